"""Switching a plugin off and on: what it would do is found out first, from the page and from the command line alike."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from juri.core.editions.standing import Fallen, what_falls
from juri.core.errors import ActionRefused, NotFound
from juri.core.settings import Settings
from juri.core.switches import switched_off
from juri.plugins.survey import OFF, Plugin, survey_plugins


@dataclass(frozen=True)
class Foreseen:
    """What switching a plugin would do: ``fallen`` makes no sense any more, ``refusals`` are why it may not be.

    ``faults`` are what is wrong with it now. ``is_off`` tells whether an administrator switched it off, so that it
    would be switched on. A plugin that failed can be switched off whatever names it: nothing stands on it as it is.
    """

    plugin: Plugin
    is_off: bool
    faults: tuple[str, ...]
    fallen: Fallen = field(default_factory=Fallen)
    refusals: tuple[str, ...] = ()

    def require(self, *, off: bool) -> None:
        """Refuse what may not be.

        Raises:
            ActionRefused: a running edition uses the plugin, Juri would not start, or the settings decide; says which.

        """
        if off == self.is_off:
            said = f"plugin '{self.plugin.source.name}' is switched {'off' if off else 'on'} already"
            raise ActionRefused([said], code="switched_already")
        if self.refusals:
            raise ActionRefused(self.refusals, code="plugin_needed")


def foresee_switch(session: Session, settings: Settings, name: str) -> Foreseen:
    """Find out what switching a plugin to its other state would do; runs the plugins' start-up, and changes nothing.

    Raises:
        NotFound: there is no such plugin.

    """
    now_off = set(switched_off(session))
    before = survey_plugins(settings, switched_off=now_off)
    plugin = next((each for each in before.plugins() if each.source.name == name), None)
    if plugin is None:
        raise NotFound("plugin", name, "'juri plugins' lists them")
    by_hand = name in now_off
    own_faults = tuple(str(fault) for fault in before.faults if fault.plugin == name)
    setting = setting_of(settings, plugin, by_hand)
    if setting:
        said = f"the setting {setting} keeps the plugin '{name}' switched off, and has the last word"
        return Foreseen(plugin, by_hand, own_faults, refusals=(said,))
    after = survey_plugins(settings, switched_off=now_off ^ {name})
    fallen = what_falls(session, before.registry(), after.registry())
    known = {str(fault) for fault in before.faults}
    faults = [str(fault) for fault in after.faults if str(fault) not in known]
    refusals = (
        *(f"Juri would not start: {fault}" for fault in faults),
        *(f"edition '{slug}' is running and uses the plugin '{name}'" for slug in fallen.running),
    )
    return Foreseen(plugin, by_hand, own_faults, fallen, refusals)


def setting_of(settings: Settings, plugin: Plugin, by_hand: bool) -> str:
    """Return the setting that keeps a plugin off, whoever else does; nothing where none does."""
    if plugin.state != OFF:
        return ""
    if plugin.source.name in settings.plugins_off:
        return "JURI_PLUGINS_OFF"
    return "" if by_hand else "JURI_PLUGINS"
