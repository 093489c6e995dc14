"""KOVABLIK, the competition of East Java province."""

from juri.core.extension import EditionDefinition
from juri.plugins import hookimpl
from juri.plugins.editions._shipped import shipped_edition


@hookimpl
def juri_editions() -> list[EditionDefinition]:
    """Offer the editions of this folder."""
    return [
        shipped_edition(__package__, "kovablik-jatim", "KOVABLIK Jawa Timur"),
    ]
