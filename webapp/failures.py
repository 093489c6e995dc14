"""What a person reads in the terminal when something fails, and the exit status that a script reads."""

from __future__ import annotations

import traceback
from collections.abc import Iterable

from juri.core.errors import ActionRefused, DefinitionError, InputRefused, JuriError, NotFound, PluginError
from juri.core.settings import load_settings

STATUS: dict[type[JuriError], int] = {
    InputRefused: 2,
    DefinitionError: 2,
    ActionRefused: 3,
    NotFound: 4,
    PluginError: 5,
}
"""Exit statuses by error class; 1 is a fault of Juri's own, 130 is Ctrl-C."""

FAULT = 1
STOPPED = 130


def status_of(error: JuriError) -> int:
    """Return the exit status of an error that Juri raised on purpose."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), FAULT)


def sentence_of(error: JuriError) -> str:
    """Say an error to a person: every problem on a line of its own."""
    if isinstance(error, InputRefused):
        return _listed("this cannot be taken as it is:", map(str, error.problems))
    if isinstance(error, DefinitionError):
        return _listed("the file has faults:", map(str, error.faults))
    if isinstance(error, ActionRefused):
        return _listed("this cannot be done:", error.reasons)
    return f"juri: {error}"


def fault_sentence(error: BaseException) -> str:
    """Say an error that nobody foresaw."""
    said = f"{type(error).__name__}: {error}".removesuffix(": ")
    return f"juri: this is a fault of Juri, please report it (JURI_DEBUG=1 shows where): {said}"


def trace_of(error: BaseException) -> str:
    """Return the traceback where ``JURI_DEBUG=1`` asks for it, else nothing."""
    try:
        wanted = load_settings().debug
    except InputRefused:
        wanted = False
    return "".join(traceback.format_exception(error)) if wanted else ""


def _listed(heading: str, lines: Iterable[str]) -> str:
    return "\n".join([f"juri: {heading}", *(f"  {line}" for line in lines)])
