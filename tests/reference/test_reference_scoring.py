"""Data with known answers: what others published or computed, reproduced to the last digit by the engine as shipped."""

import csv
import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from juri.core.ranking import RankRule, rank_sheets
from juri.core.registry import Registry
from juri.core.scoring.number import ExactColumn, Rounding, decimal_text, round_fraction
from juri.core.scoring.ranks import ranks
from juri.core.scoring.standings import Standings
from juri.core.scoring.ties import groups_of
from juri.core.settings import load_settings
from juri.core.view import Sheet
from juri.plugins.manager import load_plugins

DATA = Path(__file__).resolve().parents[1] / "data" / "scoring"
TO_CENTS = Rounding("entry", 2, "half_up")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_plugins(load_settings({})).registry


@pytest.fixture(scope="module")
def rank(registry):
    def _rank(sheets: list[Sheet], method: str = "mean", **more) -> Standings:
        facts = more.pop("facts", None)
        rule = RankRule(method, more.pop("options", {}), more.pop("missing", "submitted"), **more)
        return rank_sheets(sheets, rule, extensions=registry.get, facts=facts)

    return _rank


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def expected_of(name: str) -> dict[str, object]:
    stored = json.loads((DATA / name / "expected.json").read_text(encoding="utf-8"), parse_float=Fraction)
    return {each["what"]: each["value"] for each in stored["expected"]}


CONVENTIONS = {
    "standard_competition": "competition",
    "modified_competition": "modified",
    "dense": "dense",
    "fractional": "fractional",
}


def test_ranks_follow_the_published_conventions():
    cases = json.loads(
        (DATA / "ranking_tie_conventions" / "cases.json").read_text(encoding="utf-8"), parse_float=Fraction
    )
    checked: Counter[str] = Counter()

    for case in cases:
        scores = [sum(map(Fraction, str(score).split("+"))) for score in case["scores"]]
        low_is_best = case.get("order") == "ascending is best"
        groups = groups_of(ExactColumn.from_fractions(scores), low_is_best=low_is_best)
        for name in CONVENTIONS.keys() & case.keys():
            assert ranks(groups, CONVENTIONS[name]).fractions() == case[name]
            checked[name] += 1

    assert checked == {"standard_competition": 3, "modified_competition": 2, "dense": 2, "fractional": 3}


def test_ordinal_ranks_by_id_are_the_published_ones():
    (case,) = (
        case
        for case in json.loads((DATA / "ranking_tie_conventions" / "cases.json").read_text(encoding="utf-8"))
        if "ordinal_by_id" in case
    )
    groups = groups_of(ExactColumn.from_fractions([Fraction(score) for score in case["scores"]]))

    assert ranks(groups, "ordinal", key=groups.argsort().argsort()).fractions() == case["ordinal_by_id"]


@pytest.fixture(scope="module")
def tied_200() -> list[Sheet]:
    weights = {row["criterion"]: int(row["weight_percent"]) for row in rows_of(DATA / "exact_ties_200" / "weights.csv")}
    totals: dict[tuple[str, str], int] = {}
    for row in rows_of(DATA / "exact_ties_200" / "data.csv"):
        pair = row["entry"], row["juror"]
        totals[pair] = totals.get(pair, 0) + weights[row["criterion"]] * int(row["score"])
    return [Sheet(entry, juror, Fraction(total, 100)) for (entry, juror), total in totals.items()]


def test_exact_ties_are_neither_lost_nor_invented(rank, tied_200):
    known = json.loads((DATA / "exact_ties_200" / "ranks.json").read_text(encoding="utf-8"))
    competition, dense = (rank(tied_200, ranks=name) for name in ("competition", "dense"))

    assert {
        line.entry: {
            "score_fraction": f"{line.score.numerator}/{line.score.denominator}",
            "half_up_2": decimal_text(line.score, 2),
            "rank_competition": line.rank,
            "rank_dense": dense.rank_of()[line.entry],
        }
        for line in competition.lines
    } == {
        entry: row | {"score_fraction": "/".join(map(str, Fraction(row["score_fraction"]).as_integer_ratio()))}
        for entry, row in known.items()
    }


def test_exact_ties_are_as_many_as_known(rank, tied_200):
    shared = Counter(rank(tied_200).rank_of().values()).values()

    assert sum(count * (count - 1) // 2 for count in shared) == expected_of("exact_ties_200")["tied pairs"]


@pytest.fixture(scope="module")
def paris() -> list[Sheet]:
    return [
        Sheet(row["wine"], row["judge"], Fraction(row["score"]))
        for row in rows_of(DATA / "wine_paris_1976_red" / "data.csv")
    ]


@pytest.mark.parametrize(
    ("what", "method", "decimals"),
    [
        ("mean score over 11 judges", "mean", 2),
        ("trimmed mean (drop 1 high, 1 low)", "trimmed", 6),
        ("median", "median", 1),
        ("rank sum (average ranks, low best)", "rank_sum", 1),
    ],
)
def test_the_wines_of_paris_have_the_known_figures(rank, paris, what, method, decimals):
    scores = rank(paris, method).score_of()

    assert {wine: round_fraction(score, decimals) for wine, score in scores.items()} == expected_of(
        "wine_paris_1976_red"
    )[what]


def test_the_french_judges_of_paris_have_the_known_means(rank, paris):
    french = [sheet for sheet in paris if sheet.juror not in {"Gallagher", "Spurrier"}]
    scores = rank(french).score_of()

    assert len({sheet.juror for sheet in french}) == 9
    assert {wine: round_fraction(score, 6) for wine, score in scores.items()} == expected_of("wine_paris_1976_red")[
        "mean of the 9 French judges"
    ]


def test_the_wines_of_paris_stretched_between_the_extremes_of_each_judge_have_the_known_means(rank, paris):
    """Juri does not offer this, since two scores of a judge decide on all the others; it is worked out here."""
    judged = {juror: [sheet.total for sheet in paris if sheet.juror == juror] for juror in {s.juror for s in paris}}
    ends = {juror: (min(given), max(given)) for juror, given in judged.items()}
    stretched = [
        replace(sheet, total=(sheet.total - ends[sheet.juror][0]) / (ends[sheet.juror][1] - ends[sheet.juror][0]))
        for sheet in paris
    ]
    scores = rank(stretched).score_of()

    assert {wine: round_fraction(score, 6) for wine, score in scores.items()} == expected_of("wine_paris_1976_red")[
        "mean min-max per judge"
    ]


def test_the_wines_of_paris_stand_in_the_published_order(rank, paris):
    assert [line.entry for line in rank(paris).lines] == expected_of("wine_paris_1976_red")["ranking by mean"]


def test_who_wins_in_paris_depends_on_the_method(rank, paris):
    winners = expected_of("wine_paris_1976_red")["winner by method"]
    methods = {"mean": "mean", "trimmed": "trimmed", "median": "median", "rank sum": "rank_sum"}

    for name, method in methods.items():
        first = {line.entry for line in rank(paris, method).lines if line.rank == 1}
        assert first == set(winners[name])


@pytest.mark.parametrize("report", ["27", "73", "104", "109"])
def test_votes_against_and_group_ranking_are_those_of_the_tasting(rank, report):
    name = f"winetaster_report{report}"
    rows = list(rows_of(DATA / name / "data.csv"))
    sheets = [
        Sheet(wine, row["judge"], -Fraction(place)) for row in rows for wine, place in row.items() if wine != "judge"
    ]
    standings, known = rank(sheets, "rank_sum"), expected_of(name)

    assert standings.score_of() == known["votes against (rank sum, low is best = Borda)"]
    assert standings.rank_of() == known["group ranking (ties share the lower rank)"]


def test_the_ballots_of_tennessee_give_the_published_borda_count(rank):
    ballots = list(rows_of(DATA / "voting_tennessee" / "ballots.csv"))
    sheets = [
        Sheet(city, ballot["ranking"], Fraction(-place), juror_weight=int(ballot["percent"]))
        for ballot in ballots
        for place, city in enumerate(ballot["ranking"].split(">"))
    ]
    standings, known = rank(sheets, "borda"), expected_of("voting_tennessee")

    assert standings.score_of() == known["Borda points (3,2,1,0)"]
    assert standings.lines[0].entry == known["winners"]["borda"]


@pytest.fixture(scope="module")
def components(shared) -> list[dict[str, str]]:
    return list(rows_of(shared / "reference" / "skating_isu_2016_17" / "component_scores.csv"))


@pytest.fixture(scope="module")
def performances(shared) -> list[dict[str, str]]:
    return list(rows_of(shared / "reference" / "skating_isu_2016_17" / "performances.csv"))


@pytest.fixture(scope="module")
def panel_scores(rank, components) -> Standings:
    """Rank all components at once by the ISU's rule; a judge's score of 0.0 means that the judge is absent."""
    sheets = [
        Sheet(row["aspect_id"], judge, Fraction(row[judge]) or None)
        for row in components
        for judge in (f"J{number}" for number in range(1, 10))
        if row[judge]
    ]
    return rank(sheets, "trimmed", options={"low": 1, "high": 1}, rounding=(TO_CENTS,))


def test_each_component_of_a_skating_season_has_its_published_panel_score(panel_scores, components):
    published = {row["aspect_id"]: Fraction(row["scores_of_panel"]) for row in components}

    assert len(published) == 5715
    assert panel_scores.score_of() == published


def test_each_segment_of_a_skating_season_has_its_published_totals(panel_scores, components, performances):
    panel, parts = panel_scores.score_of(), Counter()
    for row in components:
        parts[row["performance_id"]] += round_fraction(Fraction(row["factor"]) * panel[row["aspect_id"]], 2)
    totals = {
        row["performance_id"]: (
            parts[row["performance_id"]],
            parts[row["performance_id"]]
            + Fraction(row["total_element_score"])
            - abs(Fraction(row["total_deductions"])),
        )
        for row in performances
    }

    assert len(totals) == 1143
    assert totals == {
        row["performance_id"]: (Fraction(row["total_component_score"]), Fraction(row["total_segment_score"]))
        for row in performances
    }


def test_unrounded_panel_scores_do_not_give_the_published_totals(panel_scores, components, performances):
    exact = {line.entry: line.score if line.base is None else line.base for line in panel_scores.lines}
    parts: Counter[str] = Counter()
    for row in components:
        parts[row["performance_id"]] += Fraction(row["factor"]) * exact[row["aspect_id"]]
    same = sum(
        round_fraction(parts[row["performance_id"]], 2) == Fraction(row["total_component_score"])
        for row in performances
    )

    assert same < len(performances) // 2


def test_each_skater_of_a_season_has_the_published_rank(rank, performances):
    """Ties go to the elements in a short programme and to the components in free skating."""
    segments: dict[tuple[str, str], list[dict[str, str]]] = {}
    for row in performances:
        segments.setdefault((row["competition"], row["program"]), []).append(row)
    found: dict[str, Fraction] = {}
    for (_, program), rows in segments.items():
        tie = "fact:total_element_score" if "SHORT" in program else "fact:total_component_score"
        sheets = [Sheet(row["performance_id"], "panel", Fraction(row["total_segment_score"])) for row in rows]
        found |= rank(sheets, ties=(tie,), facts={row["performance_id"]: row for row in rows}).rank_of()

    assert found == {row["performance_id"]: int(row["rank"]) for row in performances}
