"""KIPP of the Sukoharjo regency government: a draft, since its rubric and stages were not published."""

from juri.core.extension import EditionDefinition
from juri.plugins import hookimpl
from juri.plugins.editions._shipped import shipped_edition


@hookimpl
def juri_editions() -> list[EditionDefinition]:
    """Offer the editions of this folder."""
    return [
        shipped_edition(__package__, "sukoharjo-2023", "KIPP Sukoharjo 2023"),
    ]
