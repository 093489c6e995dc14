"""Load every plugin that is switched on and gather what each adds, and everything that is wrong with any."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import pluggy

from juri.core.errors import PluginError
from juri.core.extension import Extension
from juri.core.registry import FAMILIES, Registry
from juri.core.settings import Settings
from juri.plugins import PROJECT, contract, hookspecs
from juri.plugins.discovery import Source, discover, select
from juri.plugins.failure import failure_of, fault_of

ON = "on"
OFF = "off"
FAILED = "failed"

Offer = tuple[str, Source, Extension]
"""A family, the plugin that offers, and what it offers."""


@dataclass(frozen=True)
class Plugin:
    """A plugin as ``juri plugins`` shows it: ``adds`` has (family, name), ``hooks`` those that it implements."""

    source: Source
    state: str
    adds: tuple[tuple[str, str], ...] = ()
    hooks: tuple[str, ...] = ()


@dataclass
class Survey:
    """Everything that can be known of the plugins, faults included: one bad plugin does not hide another."""

    settings: Settings
    manager: pluggy.PluginManager
    on: list[Source]
    off: list[Source]
    faults: list[PluginError] = field(default_factory=list)
    hooks: dict[str, tuple[str, ...]] = field(default_factory=dict)
    offers: list[Offer] = field(default_factory=list)

    def registry(self) -> Registry:
        """Return what the plugins without fault add; of two of one name the first."""
        first: dict[tuple[str, str], Offer] = {}
        for offer in self.offers:
            first.setdefault((offer[0], offer[2].name), offer)
        return Registry.of((family, source.name, extension) for family, source, extension in first.values())

    def plugins(self) -> tuple[Plugin, ...]:
        """Return every plugin with its state, by name."""
        failed = {fault.plugin for fault in self.faults}
        adds: dict[str, list[tuple[str, str]]] = {}
        for family, source, extension in self.offers:
            adds.setdefault(source.name, []).append((family, extension.name))
        states = [(source, FAILED if source.name in failed else ON) for source in self.on]
        states += [(source, OFF) for source in self.off]
        listed = [
            Plugin(source, state, tuple(adds.get(source.name, ())), self.hooks.get(source.name, ()))
            for source, state in states
        ]
        # a built-in module without hooks is a helper of its neighbours, not a plugin
        return tuple(
            sorted(
                (each for each in listed if each.hooks or each.state != ON),
                key=lambda each: (each.source.name, each.source.origin),
            )
        )


def survey_plugins(
    settings: Settings,
    *,
    beside: Path | None = None,
    families: Collection[str] = tuple(FAMILIES),
    switched_off: Collection[str] = (),
) -> Survey:
    """Find the plugins, load every one that is switched on, and gather what each adds and what is wrong with any.

    ``switched_off`` are those that an administrator switched off, beside those that the settings do.

    Raises:
        InputRefused: the settings name a plugin that does not exist, or a folder that is none.

    """
    return survey_sources(discover(settings, beside), settings, families, switched_off)


def survey_sources(
    sources: Iterable[Source],
    settings: Settings,
    families: Collection[str] = tuple(FAMILIES),
    switched_off: Collection[str] = (),
) -> Survey:
    """Load the plugins of these sources, except for built-ins that add to other families; their order shows nowhere.

    Raises:
        InputRefused: the settings name a plugin that is not among them.

    """
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(hookspecs)
    ordered = sorted(sources, key=lambda each: (each.name, each.origin, each.version))
    on, off = select(ordered, settings, switched_off)
    if len(families) < len(FAMILIES):
        on = [source for source in on if source.adds_to(families)]
    survey = Survey(settings, manager, on, off)
    survey.faults.extend(_namesakes(on))
    count = Counter(source.name for source in on)
    for source in on:
        if count[source.name] == 1:
            _register(survey, source)
    for family in FAMILIES:
        _gather(survey, family)
    survey.offers.sort(key=lambda offer: (offer[0], offer[2].name, not offer[1].is_built_in, offer[1].name))
    survey.faults.extend(_clashes(survey.offers))
    return survey


def _namesakes(sources: list[Source]) -> Iterator[PluginError]:
    for first, second in pairwise(sources):
        if first.name == second.name:
            what = f"two plugins have this name; rename or remove one. The other is {first}"
            yield fault_of(second, "loading", what)


def _register(survey: Survey, source: Source) -> None:
    try:
        plugin = contract.load(source)
        hooks = contract.check_hooks(source, plugin)
        if hooks:
            survey.manager.register(plugin, source.name)
            survey.hooks[source.name] = hooks
    except PluginError as fault:
        survey.faults.append(fault)
    except (ValueError, pluggy.PluginValidationError) as error:
        # one module under two names, or a check of pluggy's own that ours did not foresee
        survey.faults.append(failure_of(source, "loading", error))


def _gather(survey: Survey, family: str) -> None:
    """Ask each plugin what it adds to one family."""
    sources = {source.name: source for source in survey.on}
    counts = []
    for name, function, _ in implementations(survey.manager, f"{PROJECT}_{family}"):
        try:
            records = contract.records_of(sources[name], family, function)
        except PluginError as fault:
            survey.faults.append(fault)
            counts.append((name, "an error"))
            continue
        survey.offers.extend((family, sources[name], record) for record in records)
        counts.append((name, results(len(records))))
    if survey.settings.trace_hooks:
        print_trace(f"{PROJECT}_{family}", {}, counts)


def _clashes(offers: list[Offer]) -> Iterator[PluginError]:
    for (family, first, one), (other_family, second, other) in pairwise(offers):
        if (family, one.name) == (other_family, other.name):
            what = f"{FAMILIES[family].__name__} '{other.name}' (version {other.version}) is there already: "
            if first == second:
                what += "the plugin itself offers that name twice; rename one of them"
            else:
                what += f"version {one.version} comes from {first}\n    rename one of them, or start without the other "
                what += f"plugin by the setting JURI_PLUGINS_OFF={first.name}"
            yield fault_of(second, f"{PROJECT}_{family}", what)


def implementations(manager: pluggy.PluginManager, hook: str) -> list[tuple[str, Callable[..., Any], tuple[str, ...]]]:
    """Return (plugin, function, names of its arguments) by plugin, whatever the order of loading."""
    found = getattr(manager.hook, hook).get_hookimpls()
    return sorted(((each.plugin_name, each.function, each.argnames) for each in found), key=lambda each: each[0])


def print_trace(hook: str, arguments: Mapping[str, Any], answers: list[tuple[str, str]]) -> None:
    """Print one call of a hook, and what each implementation answered, to standard error."""
    given = ", ".join(f"{key}={value!r}" for key, value in arguments.items())
    lines = [f"hook {hook}({given}): {len(answers)} implementations"]
    lines += [f"  {name}: {said}" for name, said in answers]
    sys.stderr.write("\n".join(lines) + "\n")


def results(count: int) -> str:
    """Say how many results an implementation gave."""
    return "1 result" if count == 1 else f"{count} results"
