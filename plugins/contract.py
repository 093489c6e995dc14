"""Check that a plugin keeps the contract before anything of it is used."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from types import ModuleType
from typing import Any

from juri.core.extension import Extension
from juri.core.registry import FAMILIES
from juri.plugins import PROJECT, hookspecs
from juri.plugins.discovery import Source
from juri.plugins.failure import failure_of, fault_of

HOOKS: Mapping[str, Callable[..., Any]] = {
    name: function for name, function in vars(hookspecs).items() if hasattr(function, f"{PROJECT}_spec")
}
"""Every hook by name, in the order of the reference."""

_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_LOADING = "loading"


def load(source: Source) -> object:
    """Load a plugin.

    Raises:
        PluginError: it raised anything at all, ``SystemExit`` included.
        KeyboardInterrupt: somebody pressed Ctrl-C meanwhile.

    """
    if not source.is_built_in and not _NAME.fullmatch(source.name):
        what = f"'{source.name}' cannot name a plugin; rename it: lower-case letters, digits, '-', '_', a letter first"
        raise fault_of(source, _LOADING, what)
    try:
        return source.load()
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise failure_of(source, _LOADING, error) from error


def check_hooks(source: Source, plugin: object) -> tuple[str, ...]:
    """Return the names of the hooks that a plugin implements.

    Raises:
        PluginError: it implements none, misspells one, takes an argument that the hook does not give, wraps others'
            implementations, or forgets to mark one.

    """
    found = []
    members = vars(plugin).items() if isinstance(plugin, ModuleType) else inspect.getmembers_static(plugin)
    for attribute, function in members:
        options = getattr(function, f"{PROJECT}_impl", None)
        if options is not None:
            found.append(_checked_hook(source, options.get("specname") or attribute, function, options))
        elif attribute in HOOKS and isinstance(plugin, ModuleType) and inspect.isfunction(function):
            raise fault_of(source, attribute, f"it has a function {attribute}() without @hookimpl above it")
    if not found and not source.is_built_in:
        raise fault_of(source, _LOADING, "it implements no hook; 'juri hooks' lists them")
    return tuple(found)


def _checked_hook(source: Source, hook: str, function: Callable[..., Any], options: Mapping[str, Any]) -> str:
    if hook not in HOOKS:
        near = get_close_matches(hook, HOOKS, 1)
        hint = f"did you mean {near[0]}?" if near else "'juri hooks' lists them"
        raise fault_of(source, hook, f"there is no hook of that name; {hint}{_line(function)}")
    if options.get("wrapper") or options.get("hookwrapper"):
        raise fault_of(source, hook, f"a plugin may not wrap the answers of others; add to them{_line(function)}")
    given = list(inspect.signature(HOOKS[hook]).parameters)
    wanted = [name for name in _arguments(function) if name not in given]
    if wanted:
        offer = f"the hook gives ({', '.join(given)})" if given else "the hook gives no arguments"
        raise fault_of(source, hook, f"{offer}; the plugin asks for {', '.join(wanted)}{_line(function)}")
    return hook


def _arguments(function: Callable[..., Any]) -> list[str]:
    parameters = inspect.signature(function).parameters.values()
    return [each.name for each in parameters if each.default is each.empty and each.name != "self"]


def _line(function: Callable[..., Any]) -> str:
    code = inspect.unwrap(function).__code__
    return f"\n    at {code.co_filename}, line {code.co_firstlineno}"


def records_of(source: Source, family: str, implementation: Callable[[], Any]) -> list[Extension]:
    """Call an Add hook of a plugin and check what it returns.

    Raises:
        PluginError: it raises, returns something else than records of the family's class, or uses another's prefix.

    """
    hook = f"{PROJECT}_{family}"
    try:
        answer = implementation()
        is_listed = isinstance(answer, Iterable) and not isinstance(answer, (str, bytes, Mapping))
        records = list(answer) if is_listed else []
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise failure_of(source, hook, error) from error
    if not is_listed:
        raise fault_of(source, hook, f"it must return a list of {FAMILIES[family].__name__}, not {_shown(answer)}")
    return [_checked_record(source, family, record) for record in records]


def _shown(value: object) -> str:
    if value is None:
        return "None (is a 'return' missing?)"
    return (
        f"a {type(value).__name__} (put it in a list)" if isinstance(value, Extension) else f"a {type(value).__name__}"
    )


def _checked_record(source: Source, family: str, record: object) -> Extension:
    hook, kind = f"{PROJECT}_{family}", FAMILIES[family]
    if not isinstance(record, kind):
        raise fault_of(source, hook, f"it must return records of {kind.__name__}, not a {type(record).__name__}")
    prefix = record.name.rpartition(":")[0]
    if prefix and prefix != source.namespace:
        what = f"'{record.name}' has the prefix of another plugin; write '{source.namespace}:...' or no prefix"
        raise fault_of(source, hook, what)
    return record
