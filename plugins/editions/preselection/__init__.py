"""A template, ours and no region's: an agency chooses the best innovations of its own units."""

from juri.core.extension import EditionDefinition
from juri.plugins import hookimpl
from juri.plugins.editions._shipped import shipped_edition


@hookimpl
def juri_editions() -> list[EditionDefinition]:
    """Offer the editions of this folder."""
    return [
        shipped_edition(__package__, "preselection", "Template: internal pre-selection"),
    ]
