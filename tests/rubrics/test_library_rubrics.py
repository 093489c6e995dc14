import csv
from decimal import Decimal
from fractions import Fraction

import pytest

from juri.core.editions.rubrics import ready_rubric
from juri.core.registry import Registry
from juri.core.sheets import read_answers, rubric_problems, score_sheet
from juri.rubrics.kinds import banded, checklist, levelled, points, weighted
from juri.rubrics.library.shipped import TITLES, juri_rubrics

KINDS = [kind for module in (banded, checklist, levelled, points, weighted) for kind in module.juri_rubric_kinds()]
REGISTRY = Registry.of(
    [
        *(("rubric_kinds", "bundled", kind) for kind in KINDS),
        *(("rubrics", "bundled", rubric) for rubric in juri_rubrics()),
    ]
)
EVERY = sorted(TITLES)


def kind_of(rubric):
    return REGISTRY.get("rubric_kinds", rubric.kind)


def scored(name, *marks):
    rubric = ready_rubric(REGISTRY, name)
    kind = kind_of(rubric)
    typed = dict(zip([leaf.id for leaf in rubric.leaves], marks, strict=True))
    return score_sheet(kind, rubric, read_answers(kind, rubric, typed)).total


def weights(name):
    return [criterion.weight for criterion in ready_rubric(REGISTRY, name).criteria]


def rows(shared, file):
    lines = (shared / "domain/rubrics" / file).read_text(encoding="utf-8").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))


@pytest.mark.parametrize("name", EVERY)
def test_a_ready_rubric_is_whole(name):
    rubric = ready_rubric(REGISTRY, name)
    assert (rubric.id, rubric.name) == (name, TITLES[name])
    assert rubric_problems(kind_of(rubric), rubric) == []
    assert all(leaf.name for leaf in rubric.leaves)


@pytest.mark.parametrize("name", EVERY)
def test_a_ready_rubric_says_where_it_comes_from_and_how_sure_that_is(name):
    definition = REGISTRY.get("rubrics", name)
    assert definition.path == f"juri/rubrics/library/{name}.yaml"
    assert "# source" in definition.read()
    assert "status: " in definition.read()


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        ("kipp-2023-umum", (0, 100)),
        ("kipp-2025-umum", (0, 100)),
        ("kovablik-presentasi", (0, 100)),
        ("kovablik-proposal", (0, 100)),
        ("krenova-jateng-2018", (100, 700)),
        ("krenova-tegal-2026", (1, 100)),
    ],
)
def test_its_totals_have_the_published_range(name, bounds):
    rubric = ready_rubric(REGISTRY, name)
    assert kind_of(rubric).bounds(rubric) == bounds


def test_kipp_2023_weighs_a_required_summary_with_nothing():
    assert weights("kipp-2023-umum") == [0, 10, 15, 5, 30, 20, 5, 15]
    assert scored("kipp-2023-umum", "1", "80", "80", "80", "80", "80", "80", "80") == 80


def test_kipp_2025_has_seven_aspects_of_a_hundred_percent():
    assert weights("kipp-2025-umum") == [5, 20, 25, 5, 20, 20, 5]


def test_krenova_jateng_gives_the_derived_total_of_its_form():
    assert scored("krenova-jateng-2018", 7, 6, 5, 3, 6, 5, 7, 7, 6, 5, 3, 2) == Fraction(1660, 3)


def test_krenova_tegal_gives_the_mean_of_four_whole_marks():
    assert scored("krenova-tegal-2026", "80", "85", "90", "70") == Fraction(325, 4)


def test_kovablik_adds_up_mark_times_weight_over_a_hundred():
    assert scored("kovablik-presentasi", "84,38", "70", "90", "100") == Fraction("25.314") + 35 + 9 + 10


@pytest.mark.parametrize(
    ("name", "file", "stage"),
    [
        ("kipp-2023-umum", "kipp-nasional-2023-umum.csv", None),
        ("kovablik-proposal", "kovablik-jatim-berdasi.csv", "1_proposal"),
        ("kovablik-presentasi", "kovablik-jatim-berdasi.csv", "2_presentasi"),
        ("krenova-tegal-2026", "krenova-kota-tegal-2026.csv", None),
    ],
)
def test_criteria_weights_and_scales_are_those_of_the_source(shared, name, file, stage):
    source = [row for row in rows(shared, file) if stage in (None, row.get("stage"))]
    criteria = ready_rubric(REGISTRY, name).criteria
    assert [criterion.weight for criterion in criteria] == [Decimal(row["weight"]) for row in source]
    assert [criterion.name for criterion in criteria] == [row["criterion"].split(" (")[0] for row in source]
    assert all(
        (criterion.scale.least, criterion.scale.greatest) == (int(row.get("min", 0)), int(row.get("max", 100)))
        for criterion, row in zip(criteria, source, strict=True)
    )


def test_the_elements_of_krenova_jateng_are_those_of_the_source(shared):
    source = rows(shared, "krenova-jateng-2018.csv")
    criteria = ready_rubric(REGISTRY, "krenova-jateng-2018").criteria
    assert [
        (criterion.name, criterion.weight, element.name) for criterion in criteria for element in criterion.children
    ] == [(row["criterion"], Decimal(row["weight"]), row["element"]) for row in source]
    assert [level.value for level in criteria[0].children[0].scale.levels] == [7, 6, 5, 3, 2, 1]
