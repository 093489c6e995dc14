"""The reference of the hooks, built from their docstrings: ``juri hooks`` prints it, ``docs/hooks.md`` holds it."""

from __future__ import annotations

import inspect
import re
from textwrap import dedent

from juri.core.errors import NotFound
from juri.plugins import hookspecs
from juri.plugins.contract import HOOKS

_EXAMPLE = "A complete plugin::\n"
_LABEL = re.compile(
    r"^(Who|When|None|An exception|None or an exception|An exception or any other answer):", re.MULTILINE
)


def reference() -> str:
    """Return the whole reference as Markdown."""
    note = "<!-- made by `juri hooks`: edit plugins/hookspecs.py instead -->"
    head = f"# The hooks\n\n{note}\n\n{inspect.getdoc(hookspecs)}\n".replace("``", "`")
    return "\n".join([head, *map(hook_reference, HOOKS)])


def hook_reference(name: str) -> str:
    """Return the reference of one hook as Markdown.

    Raises:
        NotFound: there is no such hook.

    """
    if name not in HOOKS:
        raise NotFound("hook", name, "'juri hooks' lists them")
    text = (inspect.getdoc(HOOKS[name]) or "").split(_EXAMPLE)[0].replace("``", "`").rstrip()
    text = _LABEL.sub(r"- **\1:**", text)
    return f"## {name}\n\n    {_signature(name)}\n\n{text}\n\n```python\n{example(name)}```\n"


def example(name: str) -> str:
    """Return the complete plugin that a hook's docstring shows."""
    return dedent((inspect.getdoc(HOOKS[name]) or "").split(_EXAMPLE)[1]).strip() + "\n"


def _signature(name: str) -> str:
    return f"{name}{inspect.signature(HOOKS[name])}".replace("'", "")
