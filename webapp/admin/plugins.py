"""The plugins: what is loaded, what each adds, what is wrong with any, and how one is switched off."""

from __future__ import annotations

from typing import Any

from juri.plugins.survey import Plugin, survey_plugins
from juri.webapp.admin.blueprint import blueprint
from juri.webapp.admin.frame import SEES, shown
from juri.webapp.desk import desk
from juri.webapp.guard import guarded


@guarded(blueprint, "/plugins", needs=SEES)
def plugins() -> Any:
    """List the plugins. Switching one off is a setting: a page cannot change which rules decide."""
    settings = desk().workbench.settings
    survey = survey_plugins(settings)
    return shown(
        "plugins.html",
        plugins=[(plugin, _by_family(plugin)) for plugin in survey.plugins()],
        faults=[str(fault) for fault in survey.faults],
        off=settings.plugins_off,
    )


def _by_family(plugin: Plugin) -> dict[str, list[str]]:
    families: dict[str, list[str]] = {}
    for family, name in plugin.adds:
        families.setdefault(family.replace("_", " "), []).append(name)
    return families
