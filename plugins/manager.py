"""Load the plugins, ask each what it adds, and build the registry; then ask and tell them. Whatever fails, refuses."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pluggy

from juri.core.errors import InputRefused, PluginError, Problem
from juri.core.extension import Extension, Setting
from juri.core.registry import FAMILIES, Registry
from juri.core.settings import PLUGIN_PREFIX, Settings
from juri.core.view import EventRecorded, MenuItem, Refusal, Transition, Viewer
from juri.plugins.discovery import Source
from juri.plugins.failure import describe, failure_of, fault_of
from juri.plugins.survey import Plugin, implementations, print_trace, results, survey_plugins

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Answer:
    """What one plugin answered to a hook; ``error`` where it raised instead."""

    source: Source
    value: Any = None
    error: BaseException | None = None


@dataclass(frozen=True)
class Plugins:
    """The loaded plugins: the registry of what they add, and the way to ask and to tell them."""

    registry: Registry
    listed: tuple[Plugin, ...]
    manager: pluggy.PluginManager
    trace: bool = False
    values: Mapping[str, str] = field(default_factory=dict)

    def setting(self, name: str) -> str:
        """Return the value of a plugin's own setting.

        Raises:
            NotFound: no plugin has such a setting.

        """
        extension = self.registry.find(Setting, name)
        owner = self.registry.owner("settings", name)
        return self.values.get(_variable(owner, extension), extension.default)

    def load(self, family: str, name: str) -> Any:
        """Load a command or a blueprint: call the ``load`` of its record.

        Raises:
            NotFound: there is none of that name.
            PluginError: it raised.

        """
        extension = self.registry.get(family, name)
        source = self._source(self.registry.owner(family, name))
        answer = _answer(source, extension.load, {})
        if answer.error is not None:
            raise failure_of(source, f"{family} '{name}'", answer.error) from answer.error
        return answer.value

    def menu_items(self, viewer: Viewer) -> list[MenuItem]:
        """Return the lines that plugins add to a viewer's menu; those of a plugin that fails are left out."""
        items: list[MenuItem] = []
        for answer in self._call("juri_menu_items", viewer=viewer):
            try:
                items.extend(_menu_items(answer))
            except PluginError as error:
                _log.error("%s", error)
        return items

    def check_transition(self, change: Transition) -> list[Refusal]:
        """Return every plugin's reasons against a change of state; a plugin that fails is one of them."""
        answers = [_refusal(answer) for answer in self._call("juri_check_transition", change=change)]
        return [refusal for refusal in answers if refusal is not None]

    def tell(self, event: EventRecorded) -> None:
        """Tell the plugins of an act that was committed; what fails there is logged and undoes nothing."""
        for answer in self._call("juri_event_recorded", event=event):
            if answer.error is not None:
                _log.error("%s", failure_of(answer.source, "juri_event_recorded", answer.error))

    def _call(self, hook: str, **arguments: Any) -> list[Answer]:
        answers = [
            _answer(self._source(name), function, {key: arguments[key] for key in keys})
            for name, function, keys in implementations(self.manager, hook)
        ]
        if self.trace:
            print_trace(hook, arguments, [(answer.source.name, _count(answer)) for answer in answers])
        return answers

    def _source(self, name: str) -> Source:
        return next(plugin.source for plugin in self.listed if plugin.source.name == name)


def load_plugins(
    settings: Settings,
    *,
    beside: Path | None = None,
    families: Collection[str] = tuple(FAMILIES),
    switched_off: Collection[str] = (),
) -> Plugins:
    """Load every plugin that is switched on and build the registry.

    Args:
        settings: where to look (``plugins_dir``), which to load (``plugins``, ``plugins_off``), ``trace_hooks``.
        beside: an edition file, or its folder: ``plugin.py`` there is loaded, too.
        families: what the caller will look up; built-ins that add to none of these are not imported, which is most
            of the start-up time of a command that needs few. Other plugins are always loaded: a bad one must show.
        switched_off: plugins that an administrator switched off; they are not loaded either.

    Raises:
        PluginError: a plugin does not load or breaks the contract: Juri does not start without it unasked.
        InputRefused: the settings name a plugin, or a plugin's setting, that does not exist.

    """
    survey = survey_plugins(settings, beside=beside, families=families, switched_off=switched_off)
    if survey.faults:
        raise survey.faults[0]
    registry = survey.registry()
    _check_values(settings, registry, survey.off)
    return Plugins(registry, survey.plugins(), survey.manager, settings.trace_hooks, dict(settings.plugin_values))


def _answer(source: Source, function: Callable[..., Any], arguments: Mapping[str, Any]) -> Answer:
    try:
        return Answer(source, function(**arguments))
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  a plugin's sys.exit must not end the program either
        return Answer(source, error=error)


def _refusal(answer: Answer) -> Refusal | None:
    if answer.error is not None:
        what = describe(answer.source, answer.error)
        return Refusal(f"plugin '{answer.source.name}' failed when it was asked: {what}", "plugin_error")
    if answer.value is None or isinstance(answer.value, Refusal):
        return answer.value
    what = f"a {type(answer.value).__name__} instead of a Refusal or None"
    return Refusal(f"plugin '{answer.source.name}' answered with {what}", "plugin_error")


def _menu_items(answer: Answer) -> list[MenuItem]:
    if answer.error is not None:
        raise failure_of(answer.source, "juri_menu_items", answer.error) from answer.error
    items = [] if answer.value is None else answer.value
    if not isinstance(items, (list, tuple)) or not all(isinstance(item, MenuItem) for item in items):
        raise fault_of(answer.source, "juri_menu_items", "it must return a list of MenuItem")
    return list(items)


def _check_values(settings: Settings, registry: Registry, off: list[Source]) -> None:
    """Refuse a ``JURI_PLUGIN_...`` that no plugin knows; those of plugins that are switched off may stay."""
    known = [_variable(item.owner, item.extension) for item in registry.items["settings"].values()]
    dormant = tuple(f"{_upper(source.namespace)}_" for source in off)
    strange = [key for key, _ in settings.plugin_values if key not in known and not key.startswith(dormant)]
    if strange:
        raise InputRefused(_strange_value(key, known) for key in strange)


def _strange_value(key: str, known: list[str]) -> Problem:
    near = get_close_matches(key, known, 1)
    hint = f"did you mean {PLUGIN_PREFIX}{near[0]}?" if near else "'juri plugins show NAME' lists a plugin's settings"
    return Problem(PLUGIN_PREFIX + key, f"no plugin has such a setting; {hint}", "unknown_setting")


def _variable(owner: str, extension: Extension) -> str:
    return f"{_upper(owner.rpartition('.')[2])}_{_upper(extension.name.rpartition(':')[2])}"


def _upper(name: str) -> str:
    return name.upper().replace("-", "_")


def _count(answer: Answer) -> str:
    if answer.error is not None:
        return "an error"
    return results(len(answer.value) if isinstance(answer.value, (list, tuple)) else int(answer.value is not None))
