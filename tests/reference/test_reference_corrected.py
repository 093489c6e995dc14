"""Methods that correct and weigh, as shipped, against what was published or computed by others."""

import csv
import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from juri.core.analysis.votes import wilson_bounds
from juri.core.ranking import RankRule, rank_sheets
from juri.core.scoring.standings import Standings
from juri.core.settings import load_settings
from juri.core.view import Sheet
from juri.plugins.manager import load_plugins

DATA = Path(__file__).resolve().parents[1] / "data"


@pytest.fixture(scope="module")
def rank():
    registry = load_plugins(load_settings({})).registry

    def _rank(sheets: list[Sheet], method: str, **more) -> Standings:
        rule = RankRule(method, more.pop("options", {}), "submitted", **more)
        return rank_sheets(sheets, rule, extensions=registry.get)

    return _rank


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def expected_of(folder: Path) -> dict[str, object]:
    stored = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return {each["what"]: each["value"] for each in stored["expected"]}


@pytest.mark.parametrize("design", ["connected", "two_islands"])
@pytest.mark.parametrize("penalty", ["1", "4"])
def test_the_open_set_comes_out_of_the_method_to_six_places(rank, design, penalty):
    folder = DATA / "analysis" / "severity_ridge_open"
    (answers,) = (value for what, value in expected_of(folder).items() if what.startswith(f"{design}:"))
    sheets = [Sheet(row["entry"], row["juror"], Fraction(row["score"])) for row in rows_of(folder / f"{design}.csv")]

    standings = rank(sheets, "severity", options={"lambda": penalty})

    wanted = answers[penalty]
    assert {entry: float(score) for entry, score in standings.score_of().items()} == pytest.approx(
        wanted["entry"], abs=5.1e-7
    )
    lenient = {figure.juror: -float(figure.severity) for figure in standings.jurors}
    assert lenient == pytest.approx(wanted["juror_leniency"], abs=5.1e-7)


def test_z_scores_of_the_wines_of_paris_are_those_of_r_and_put_mouton_first(rank):
    folder = DATA / "scoring" / "wine_paris_1976_red"
    wanted = expected_of(folder)
    sheets = [Sheet(row["wine"], row["judge"], Fraction(row["score"])) for row in rows_of(folder / "data.csv")]

    standings = rank(sheets, "zscore")

    found = {wine: float(score) for wine, score in standings.score_of().items()}
    assert found == pytest.approx(wanted["mean z-score per judge (n-1)"], abs=1e-5)
    assert [line.entry for line in standings.lines if line.rank == 1] == wanted["winner by method"]["z-score"]


def test_everybody_scored_every_wine_so_severity_changes_no_place(rank):
    rows = rows_of(DATA / "scoring" / "wine_paris_1976_red" / "data.csv")
    sheets = [Sheet(row["wine"], row["judge"], Fraction(row["score"])) for row in rows]

    standings = rank(sheets, "severity")

    assert all(line.rank == line.raw_rank for line in standings.lines)
    assert standings.lines[0].entry == "Stags Leap 1973"


@pytest.mark.parametrize(
    ("what", "continuity"),
    [("Wilson score 95% (method 3)", False), ("Wilson with continuity correction (method 4)", True)],
)
def test_wilson_bounds_are_those_of_newcombes_table(what, continuity):
    folder = DATA / "analysis" / "wilson_newcombe_1998"
    wanted = expected_of(folder)[what]
    yes, votes = (
        np.array([int(part) for part in each]) for each in zip(*(name.split("/") for name in wanted), strict=True)
    )

    low, high = wilson_bounds(yes, votes, continuity=continuity)

    assert np.column_stack([low, high]) == pytest.approx(np.array(list(wanted.values())), abs=6e-5)


def test_without_votes_wilson_knows_nothing_and_says_so():
    low, high = wilson_bounds(np.array([0]), np.array([0]))

    assert (low.tolist(), high.tolist()) == ([0], [1])


def test_junior_eurovision_has_the_published_totals_and_places(rank, shared):
    rows = rows_of(shared / "reference" / "jesc_jury_public_2017_24" / "data.csv")
    assert len(rows) == 135
    for year in sorted({row["year"] for row in rows}):
        own = {row["country"]: row for row in rows if row["year"] == year}
        sheets = [Sheet(name, side, Fraction(row[side])) for name, row in own.items() for side in ("jury", "online")]

        standings = rank(sheets, "jury_public", options={"public": "online"}, ties=("juror:online",))

        assert standings.score_of() == {name: int(row["total"]) for name, row in own.items()}
        shared_places = {line.entry for line in standings.lines if line.tied}
        assert shared_places == ({"PL", "IT"} if year == "2022" else set())
        places = {line.entry: line.rank for line in standings.lines if not line.tied}
        assert places == {name: int(row["place"]) for name, row in own.items() if name not in shared_places}
