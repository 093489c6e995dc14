"""The ready rubrics that come with Juri: one YAML file each, beside this module."""

from __future__ import annotations

from functools import partial

from juri.core.extension import RubricDefinition
from juri.plugins import hookimpl

_PACKAGE = "juri.rubrics.library"

TITLES = {
    "kipp-2023-umum": "Penilaian proposal KIPP 2023, kelompok umum",
    "kipp-2025-umum": "Penilaian proposal KIPP 2025, kelompok umum",
    "kovablik-presentasi": "Penilaian presentasi dan wawancara KOVABLIK Jawa Timur",
    "kovablik-proposal": "Penilaian proposal KOVABLIK Jawa Timur",
    "krenova-jateng-2018": "Formulir penilaian Krenova Jawa Tengah 2018",
    "krenova-tegal-2026": "Penilaian Krenova Kota Tegal 2026",
}
"""Every shipped rubric with its title, which is the ``name`` in its file: known without opening the file."""


@hookimpl
def juri_rubrics() -> list[RubricDefinition]:
    """Offer the shipped rubrics; their files are read when they are used."""
    return [
        RubricDefinition(
            name=name, title=title, version="1", read=partial(_text, name), path=f"juri/rubrics/library/{name}.yaml"
        )
        for name, title in TITLES.items()
    ]


def _text(name: str) -> str:
    from importlib import resources  # imported when a rubric is read: it costs start-up time

    return resources.files(_PACKAGE).joinpath(f"{name}.yaml").read_text(encoding="utf-8")
