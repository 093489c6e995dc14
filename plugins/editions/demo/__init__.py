"""Demonstrations: real editions with every unknown rule replaced by a choice of ours, labelled so."""

from juri.core.extension import EditionDefinition
from juri.plugins import hookimpl
from juri.plugins.editions._shipped import shipped_edition


@hookimpl
def juri_editions() -> list[EditionDefinition]:
    """Offer the editions of this folder."""
    return [
        shipped_edition(__package__, "kipp-2023-demo", "DEMO: KIPP Nasional 2023"),
        shipped_edition(__package__, "sukoharjo-2023-demo", "DEMO: KIPP Sukoharjo 2023"),
    ]
