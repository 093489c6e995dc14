"""The panel's order of ties holds in the stage that it was recorded in and in those that go by its ranking."""

from __future__ import annotations

from decimal import Decimal

from juri.core.document import StageSpec, Text
from juri.core.scoring.combine import Combination
from juri.core.stages.views import rests_on

BOTH = Combination("weighted_sum", {"proposal": Decimal(70), "interview": Decimal(30)})
ONE = Combination("last", {"proposal": Decimal(1)})


def stage(**options) -> StageSpec:
    return StageSpec("s", "cut", Text("s", "s"), options=options)


def test_a_cut_rests_on_the_stages_that_it_ranks_by():
    assert rests_on(stage(of=BOTH)) == {"proposal", "interview"}


def test_a_scoring_rests_on_no_earlier_stage():
    assert rests_on(stage(method="mean")) == frozenset()


def test_an_announcement_rests_on_what_its_titles_rest_on():
    assert rests_on(stage(awards=[{"id": "a", "of": ONE}, {"id": "b", "of": None}])) == {"proposal"}
