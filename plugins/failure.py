"""Say what went wrong in a plugin, in the words that its author needs."""

from __future__ import annotations

from traceback import FrameSummary, extract_tb, walk_tb

from juri.core.errors import JuriError, PluginError
from juri.plugins.discovery import Source


def fault_of(source: Source, hook: str, what: str) -> PluginError:
    """Build the error that refuses a plugin: what happened, where it comes from, how to start without it."""
    way = f"by the setting JURI_PLUGINS_OFF={source.name}, or by 'juri plugins off {source.name}'"
    return PluginError(source.name, hook, f"{what}\n    it is {source}\n    mend it, or start without it {way}")


def failure_of(source: Source, hook: str, error: BaseException) -> PluginError:
    """Build the error for an exception that a plugin raised."""
    return fault_of(source, hook, describe(source, error))


def describe(source: Source, error: BaseException) -> str:
    """Say an exception's type and message and the last line of the plugin's own code on its way."""
    message = _message(error)
    said = message if isinstance(error, JuriError) else f"{type(error).__name__}: {message}".removesuffix(": ")
    return said + _place(source, error)


def _message(error: BaseException) -> str:
    """Return an exception's message; making it runs the plugin's code once more, which may fail once more."""
    try:
        return str(error)
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001  a sys.exit in there must not end the program as if all were well
        return "(its message cannot be shown)"


def _place(source: Source, error: BaseException) -> str:
    if isinstance(error, SyntaxError) and error.filename:
        return f"\n    at {error.filename}, line {error.lineno}: {(error.text or '').strip()}"
    line = _own_line(source, error)
    return f"\n    at {line.filename}, line {line.lineno}: {line.line}" if line else ""


def _own_line(source: Source, error: BaseException) -> FrameSummary | None:
    """Find the plugin's innermost line; frames of the libraries that it called are no help to its author."""
    names = [frame.f_globals.get("__name__", "") for frame, _ in walk_tb(error.__traceback__)]
    lines = zip(names, extract_tb(error.__traceback__), strict=True)
    own = [line for name, line in lines if source.module and f"{name}.".startswith(f"{source.module}.")]
    return own[-1] if own else None
