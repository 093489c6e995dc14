"""The plugins: what is loaded, what each adds, what is wrong with any, and switching one off and on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, flash, redirect, url_for
from flask_babel import gettext as _

from juri.core.errors import ActionRefused
from juri.core.settings import Settings
from juri.core.switches import SwitchedOff, switch_plugin, switched_off
from juri.plugins.survey import Plugin, survey_plugins
from juri.webapp.admin.blueprint import blueprint
from juri.webapp.admin.forms import ReasonForm
from juri.webapp.admin.frame import REFUSED, SEES, SWITCHES, shown
from juri.webapp.desk import desk
from juri.webapp.guard import guarded
from juri.webapp.plugin_switch import foresee_switch, setting_of
from juri.webapp.sentences import sentence


@dataclass(frozen=True)
class Listed:
    """A plugin on the page. ``setting`` or ``switch`` is what keeps it off; ``waits`` that this process has yet to."""

    plugin: Plugin
    setting: str
    switch: SwitchedOff | None
    waits: bool

    @property
    def adds(self) -> dict[str, list[str]]:
        """Return the names of what it adds, by family."""
        families: dict[str, list[str]] = {}
        for family, name in self.plugin.adds:
            families.setdefault(family.replace("_", " "), []).append(name)
        return families


@guarded(blueprint, "/plugins", needs=SEES)
def plugins() -> Any:
    """List the plugins, as they are after the next start."""
    settings = desk().workbench.settings
    with desk().reading() as session:
        off = switched_off(session)
    survey = survey_plugins(settings, switched_off=off)
    return shown(
        "plugins.html",
        plugins=[_listed(settings, plugin, off) for plugin in survey.plugins()],
        faults=[str(fault) for fault in survey.faults],
        **_of_this_process(off),
    )


@guarded(blueprint, "/plugins/<plugin>", needs=SEES)
def plugin(plugin: str) -> Any:
    """Show one plugin, and what switching it would do; nothing is switched before that was seen."""
    return _page(plugin, ReasonForm(formdata=None), [])


@guarded(blueprint, "/plugins/<plugin>/off", needs=SWITCHES, methods=("POST",))
def switch_off(plugin: str) -> Any:
    """Switch a plugin off."""
    return _switch(plugin, off=True, said=_("The plugin is switched off."))


@guarded(blueprint, "/plugins/<plugin>/on", needs=SWITCHES, methods=("POST",))
def switch_on(plugin: str) -> Any:
    """Switch a plugin on again."""
    return _switch(plugin, off=False, said=_("The plugin is switched on."))


def _switch(name: str, *, off: bool, said: str) -> Any:
    form = ReasonForm()
    if not form.validate_on_submit():
        return _page(name, form, []), REFUSED
    with desk().reading() as session:
        foreseen = foresee_switch(session, desk().workbench.settings, name)
    try:
        foreseen.require(off=off)
        with desk().writing() as writing:
            switch_plugin(writing, name, off=off, by=desk().actor, reason=form.reason.data)
    except ActionRefused as refused:
        return _page(name, form, [sentence(reason) for reason in refused.reasons]), REFUSED
    flash(said, "ok")
    return redirect(url_for("admin.plugin", plugin=name))


def _page(name: str, form: ReasonForm, problems: list[str]) -> str:
    settings = desk().workbench.settings
    with desk().reading() as session:
        off = switched_off(session)
        foreseen = foresee_switch(session, settings, name)
    return shown(
        "plugin.html",
        listed=_listed(settings, foreseen.plugin, off),
        foreseen=foreseen,
        form=form,
        problems=problems,
        **_of_this_process(off),
    )


def _listed(settings: Settings, plugin: Plugin, off: Mapping[str, SwitchedOff]) -> Listed:
    name = plugin.source.name
    waits = (name in off) != (name in desk().workbench.switched_off)
    return Listed(plugin, setting_of(settings, plugin, name in off), off.get(name), waits)


def _of_this_process(off: Mapping[str, SwitchedOff]) -> dict[str, Any]:
    """Return whether the process that answers goes by the switches already, and whether it starts again by itself."""
    waits = frozenset(off) != desk().workbench.switched_off
    return {"waits": waits, "starts_again": bool(current_app.config.get("STARTS_AGAIN"))}
