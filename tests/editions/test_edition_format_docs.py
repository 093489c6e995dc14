"""The page on the edition document is true: its examples load, and no key is left out."""

import re
from pathlib import Path

import pytest

from juri.core.editions.loader import load_edition
from juri.core.editions.positions import read_mapping
from juri.core.editions.rubric_schema import BonusSchema, CriterionSchema, RubricSchema, ScaleSchema
from juri.core.editions.schema import (
    EditionSchema,
    FormFieldSchema,
    LimitSchema,
    PanelSchema,
    SourceSchema,
    StageSchema,
    TrackSchema,
    UnknownSchema,
)
from juri.webapp.workbench import Workbench

PAGE = (Path(__file__).parents[2] / "docs" / "edition-format.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
PARTS = {
    "juri": "juri: 1\n",
    "edition": "edition: example\n",
    "name": "name: Example\n",
    "rubrics": (
        "rubrics:\n  proposal: {kind: weighted, scale: {min: 0, max: 9}, criteria: [{id: effect, weight: 100}]}\n"
    ),
    "stages": "stages: [{id: registration, kind: registration}]\n",
}


@pytest.mark.parametrize("example", EXAMPLES, ids=[example.splitlines()[0] for example in EXAMPLES])
def test_an_example_loads_as_it_stands_or_as_part_of_an_edition(example: str) -> None:
    given = set(read_mapping(example, "example").plain())
    whole = "" if "juri" in given else "".join(text for key, text in PARTS.items() if key not in given)
    assert load_edition(whole + example, Workbench().registry).edition.id


@pytest.mark.parametrize(
    "schema",
    [
        EditionSchema, SourceSchema, TrackSchema, LimitSchema, FormFieldSchema, PanelSchema, RubricSchema,
        CriterionSchema, ScaleSchema, BonusSchema, StageSchema, UnknownSchema,
    ],
)  # fmt: skip
def test_every_key_of_the_format_is_on_the_page(schema: type) -> None:
    words = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`[^`]+`|```yaml.*?```", PAGE, re.DOTALL))))
    assert set(schema().fields) - words == set()
