"""The national KIPP editions: 2023, the best documented one, and 2025."""

from juri.core.extension import EditionDefinition
from juri.plugins import hookimpl
from juri.plugins.editions._shipped import shipped_edition


@hookimpl
def juri_editions() -> list[EditionDefinition]:
    """Offer the editions of this folder."""
    return [
        shipped_edition(__package__, "kipp-2023", "KIPP Nasional 2023"),
        shipped_edition(__package__, "kipp-2025", "KIPP Nasional 2025"),
    ]
