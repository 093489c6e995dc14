"""A stage that corrects for severity: accepted by the document, sealed with all that its figures rest on, explained."""

from fractions import Fraction

import pytest

from juri.core.editions.gate import find_stage
from juri.core.errors import ActionRefused
from juri.core.results.snapshots import find_snapshot, standings_in_force
from juri.core.stages.explanations import explain
from juri.core.stages.reports import stage_standings
from juri.core.stages.verbs import open_stage

GIVEN = {"E1": {"J1": 90, "J2": 80}, "E2": {"J2": 80, "J3": 60}, "E3": {"J1": 70, "J3": 50}}


@pytest.fixture
def corrected(competition_at, edition_stages):
    """Return a competition whose scoring corrects for severity with lambda 1, two of three jurors on each entry."""

    def _corrected(method, **more):
        competition = competition_at("empty")
        competition.install(
            stages=[
                {**stage, "method": method, **more} if stage["kind"] == "scoring" else stage for stage in edition_stages
            ]
        )
        competition.begin()
        competition.begin_judging()
        for entry, sheets in GIVEN.items():
            for juror, points in sheets.items():
                competition.judge(entry, juror, {"manfaat": str(points), "kebaruan": str(points)})
        return competition

    return _corrected


def test_a_sealed_result_keeps_lambda_variances_jurors_and_raw_scores(corrected):
    competition = corrected({"name": "severity", "lambda": 1})
    competition.finish("proposal")

    with competition.read() as (session, running):
        row = find_stage(session, running.id, "proposal")
        body = find_snapshot(session, row).body["standings"][""]
        read = standings_in_force(session, row)[""]
        (table,) = stage_standings(session, running, "proposal").values()

    assert [name for name, _ in body["estimates"]] == ["lambda", "noise_sd", "juror_sd"]
    assert read.estimates["lambda"] == 1
    assert [figure.juror for figure in read.jurors] == ["J1", "J2", "J3"]
    assert read.jurors[2].severity > 0 > read.jurors[0].severity
    assert (read.jurors[0].sheets, read.jurors[0].common) == (2, 2)
    assert {line.entry: line.raw for line in read.lines} == {"E1": 85, "E2": 70, "E3": 60}
    assert all((line.score * 10**6).denominator == 1 for line in read.lines)
    assert table[0][-2:] == ("raw", "raw_rank")
    assert {row[1]: row[-2:] for row in table[1]} == {"E1": ("85.00", "1"), "E2": ("70.00", "2"), "E3": ("60.00", "3")}


def test_an_entry_is_explained_with_what_is_held_of_its_jurors(corrected):
    competition = corrected("severity")
    competition.finish("proposal")

    with competition.read() as (session, running):
        text = explain(session, running, "E2").as_text()

    assert "Without correction: 70, rank 2" in text
    assert "than an average juror" in text
    assert "Corrected: its jurors gave" in text


def test_the_standings_of_other_methods_are_sealed_as_before(corrected):
    competition = corrected("mean")
    competition.finish("proposal")

    with competition.read() as (session, running):
        row = find_stage(session, running.id, "proposal")
        body = find_snapshot(session, row).body["standings"][""]
        (table,) = stage_standings(session, running, "proposal").values()

    assert not {"jurors", "estimates"} & body.keys()
    assert "raw" not in body["lines"][0]
    assert "raw" not in table[0]
    assert Fraction(body["lines"][0]["score"]) == 85


def test_a_stage_that_corrects_cannot_open_where_absent_sheets_count_zero(competition_at, edition_stages):
    competition = competition_at("empty")
    competition.install(
        stages=[
            {**stage, "method": "severity", "missing": "zero"} if stage["kind"] == "scoring" else stage
            for stage in edition_stages
        ]
    )
    competition.begin()
    for code in ("E1", "E2"):
        competition.enter(code)
    competition.finish("registration")

    with pytest.raises(ActionRefused, match="would take an absent sheet that counts 0 for a harsh juror"):
        competition.do(open_stage, "proposal")
