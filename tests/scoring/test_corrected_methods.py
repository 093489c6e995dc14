"""Methods that correct what jurors gave: raw stands beside adjusted, every edge has its answer and its sentence."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from juri.core.errors import InputRefused, PluginError
from juri.core.extension import Method
from juri.core.ranking import RankRule, rank_sheets
from juri.core.registry import Registry
from juri.core.scoring.aggregate import mean
from juri.core.scoring.explain import correction_text, explain_entry
from juri.core.scoring.number import Rounding
from juri.core.scoring.rubric import Bonus
from juri.core.scoring.standings import Correction, JurorFigure

OPEN = {
    "A": {"J1": 80, "J2": 70},
    "B": {"J1": 90, "J3": 60},
    "C": {"J2": 75, "J3": 55},
    "D": {"J1": 85, "J2": 75},
}
"""Everybody agrees on the order, but J3 is harsh; severity_ridge_open has its exact answer for other figures."""

ISLANDS = {"A": {"1": 80, "2": 70}, "B": {"1": 90, "2": 78}, "C": {"3": 50, "4": 60}, "D": {"3": 55, "4": 66}}
CORRECTING = ("severity", "blup", "zscore")


def warned(standings, words):
    return [each for each in standings.warnings if words in each]


def test_severity_lifts_the_entries_of_the_harsh_juror(rank):
    standings = rank(OPEN, "severity")

    harsh = {figure.juror: figure for figure in standings.jurors}
    assert max(harsh, key=lambda juror: harsh[juror].severity) == "J3"
    assert [line.entry for line in standings.lines if line.rank < line.raw_rank] == ["B", "C"]
    assert standings.score_of()["B"] > Fraction(75)


def test_a_given_lambda_gives_the_answer_worked_out_by_hand(rank):
    """Two jurors on both of two entries: effects are half the difference, times 2 / (2 + lambda)."""
    standings = rank({"A": {"1": 80, "2": 70}, "B": {"1": 90, "2": 80}}, "severity", options={"lambda": "2"})

    assert {figure.juror: figure.severity for figure in standings.jurors} == {"1": Fraction(-5, 2), "2": Fraction(5, 2)}
    assert standings.score_of() == {"A": 75, "B": 85}
    assert standings.estimates["lambda"] == 2
    assert [(figure.sheets, figure.common) for figure in standings.jurors] == [(2, 2), (2, 2)]


def test_raw_score_and_rank_stand_beside_the_corrected_ones(rank):
    standings = rank(OPEN, "severity", options={"lambda": "1"})

    assert {line.entry: (line.raw, line.raw_rank) for line in standings.lines} == {
        "A": (75, 2),
        "B": (75, 2),
        "C": (65, 4),
        "D": (80, 1),
    }


def test_scores_are_rounded_to_six_places_and_exact_from_there_on(rank):
    standings = rank(OPEN, "severity")

    assert all((line.score * 10**6).denominator == 1 for line in standings.lines)
    assert all((figure.severity * 10**6).denominator == 1 for figure in standings.jurors)


@pytest.mark.parametrize("method", CORRECTING)
def test_scores_of_any_size_stay_what_they_are(method, rank):
    great = {entry: {juror: total * 10**30 for juror, total in row.items()} for entry, row in OPEN.items()}

    found, small = (rank(scores, method) for scores in (great, OPEN))

    assert [line.entry for line in found.lines] == [line.entry for line in small.lines]
    assert float(max(found.score_of().values())) == pytest.approx(
        float(max(small.score_of().values())) * (1 if method == "zscore" else 1e30), rel=1e-4
    )


@pytest.mark.parametrize("method", CORRECTING)
def test_the_order_of_the_sheets_changes_nothing(method, rank, sheets_of):
    sheets = sheets_of(OPEN)

    assert rank(sheets, method) == rank(sheets[::-1], method)


def test_bonus_and_rounding_apply_to_raw_and_corrected_alike(rank):
    bonus = Bonus("two_years", "years", at_least=2, points=1)
    standings = rank(
        OPEN,
        "severity",
        options={"lambda": "1"},
        bonuses=(bonus,),
        facts={"A": {"years": 3}},
        rounding=(Rounding("entry", 0),),
    )

    (line,) = (line for line in standings.lines if line.entry == "A")
    assert (line.raw, line.raw_rank) == (76, 2)
    assert line.score.denominator == 1


def test_other_methods_have_nothing_raw_beside(rank):
    standings = rank(OPEN, "mean")

    assert {(line.raw, line.raw_rank) for line in standings.lines} == {(None, None)}
    assert (standings.jurors, dict(standings.estimates)) == ((), {})


@pytest.mark.parametrize("method", CORRECTING)
def test_an_absent_sheet_that_counts_zero_is_no_harsh_juror(method, rank):
    with pytest.raises(InputRefused) as refused:
        rank({"A": {"1": 80, "2": None}}, method, missing="zero")

    assert [problem.code for problem in refused.value.problems] == ["zero_is_harsh"]


@pytest.mark.parametrize("method", CORRECTING)
def test_a_stage_without_a_sheet_ranks_nobody(method, rank):
    standings = rank({"A": {"1": None}}, method)

    assert standings.lines == ()
    assert [gone.entry for gone in standings.unranked] == ["A"]


UNCORRECTED = {
    "one juror scored everything": {"A": {"1": 80}, "B": {"1": 70}},
    "no entry was scored by two jurors": {"A": {"1": 80}, "B": {"1": 70}, "C": {"2": 60}, "D": {"2": 50}},
    "every juror scored one entry only": {"A": {"1": 80, "2": 70}, "B": {"3": 75, "4": 60}},
    "no difference between jurors": {"A": {"1": 80, "2": 80}, "B": {"1": 70, "2": 70}, "C": {"1": 7, "2": 7}},
}


@pytest.mark.parametrize(("sentence", "scores"), UNCORRECTED.items(), ids=UNCORRECTED)
def test_what_cannot_be_corrected_is_shown_as_uncorrected_and_says_why(sentence, scores, rank):
    standings = rank(scores, "severity")

    assert len(warned(standings, sentence)) == 1
    assert all(line.score == line.raw for line in standings.lines)
    assert "lambda" not in standings.estimates
    assert {own.error for own in standings.jurors} == {None}
    assert dict(standings.estimates) == ({"noise_sd": 0, "juror_sd": 0} if "difference" in sentence else {})


def test_a_complete_jury_is_told_that_correction_changes_no_rank(rank):
    scores = {entry: {"1": base, "2": base - 9, "3": base + 5} for entry, base in (("A", 80), ("B", 60), ("C", 70))}

    standings = rank(scores, "severity")

    assert warned(standings, "changes no rank")
    assert all(line.rank == line.raw_rank for line in standings.lines)


def test_islands_are_named_and_keep_their_level(rank):
    standings = rank(ISLANDS, "severity")

    (warning,) = warned(standings, "2 groups without a common entry")
    assert "(1, 2 / 3, 4)" in warning
    assert {line.entry: line.score for line in standings.lines} == {"A": 75, "B": 84, "C": 55, "D": Fraction(121, 2)}


def test_a_juror_without_a_common_entry_is_named(rank):
    standings = rank({**OPEN, "E": {"J9": 66}}, "severity")

    assert warned(standings, "nobody else scored an entry of J9")
    assert standings.score_of()["E"] == 66


def test_thin_threads_between_jurors_are_told(rank):
    first = {f"A{n}": {"1": 70 + n % 7, "2": 75 + n % 5} for n in range(70)}
    second = {f"B{n}": {"3": 60 + n % 7, "4": 66 + n % 5} for n in range(70)}

    standings = rank({**first, **second, "X": {"2": 70, "3": 60}}, "severity")

    assert warned(standings, "few common entries")


def test_juror_weights_are_not_used_and_that_is_told(sheets_of, rank):
    sheets = [replace(sheet, juror_weight=2 if sheet.juror == "J1" else 1) for sheet in sheets_of(OPEN)]

    assert warned(rank(sheets, "severity"), "juror weights are not used")


def test_blup_draws_entries_to_the_mean_and_those_with_one_sheet_further(rank):
    scores = {f"E{n}": {f"J{n % 3}": 60 + 5 * n, f"J{(n + 1) % 3}": 62 + 5 * n} for n in range(8)}
    scores["E7"].popitem()

    standings = rank(scores, "blup")

    assert warned(standings, "can hardly win")
    ends = standings.lines[0], standings.lines[-1]
    assert ends[0].score < standings.estimates["mean"] * 2
    assert set(standings.estimates) == {"mean", "entry_sd", "juror_sd", "noise_sd"}


def test_blup_without_a_difference_between_entries_puts_all_first(rank):
    standings = rank({"A": {"1": 70, "2": 80}, "B": {"1": 80, "2": 70}}, "blup")

    assert [line.rank for line in standings.lines] == [1, 1]
    assert warned(standings, "no difference between entries")


def test_a_z_score_counts_in_spreads_of_the_juror(rank):
    standings = rank({"A": {"1": 10, "2": 70}, "B": {"1": 20, "2": 50}, "C": {"1": 30, "2": 60}}, "zscore")

    assert {line.entry: line.score for line in standings.lines} == {"A": 0, "B": Fraction(-1, 2), "C": Fraction(1, 2)}
    assert warned(standings, "at least 20 sheets of a juror; fewer are of 1, 2")
    assert [line.raw for line in standings.lines] == [45, 40, 35]


def test_a_juror_whose_sheets_are_equal_has_the_spread_of_all(rank):
    scores = {"A": {"1": 10, "2": 50}, "B": {"1": 20, "2": 50}, "C": {"1": 30, "2": 50}}

    assert rank(scores, "zscore").score_of() == {"A": Fraction(-1, 2), "B": 0, "C": Fraction(1, 2)}
    assert set(rank({"A": {"1": 5, "2": 5}, "B": {"1": 5, "2": 5}}, "zscore").score_of().values()) == {0}


def test_the_prior_mixes_in_the_spread_of_all(rank):
    scores = {"A": {"1": 10, "2": 49}, "B": {"1": 20, "2": 50}, "C": {"1": 30, "2": 51}}

    own, mixed = (rank(scores, "zscore", options={"prior": prior}).score_of() for prior in ("0", "1000000"))

    assert own["C"] == 1
    assert float(mixed["C"]) == pytest.approx((10 + 1) / 2 / (101 / 2) ** 0.5, abs=1e-4)


def test_a_juror_with_one_sheet_says_nothing_in_z_scores(rank):
    standings = rank({"A": {"1": 10, "3": 99}, "B": {"1": 20}, "C": {"1": 30}, "D": {"3": 1}, "E": {"1": 3}}, "zscore")

    assert warned(standings, "scored a single entry") == []
    lone = rank({"A": {"1": 10, "3": 99}, "B": {"1": 20}, "C": {"1": 30}}, "zscore")
    assert warned(lone, "scored a single entry, so their sheets do not count: 3")
    assert {line.entry: line.uncounted for line in lone.lines}["A"] == ("3",)


def test_z_scores_across_islands_are_refused_with_the_groups(rank):
    with pytest.raises(InputRefused, match=r"2 groups without a common entry \(1, 2 / 3, 4\)"):
        rank(ISLANDS, "zscore")


def test_z_scores_warn_where_jurors_saw_entries_of_unequal_quality(rank):
    rng = np.random.default_rng(3)
    scores = {}
    for n in range(200):
        quality = int(rng.normal(80 if n % 2 else 50, 5))
        jurors = ("1", "2", "3") if n % 2 else ("4", "5", "6")
        if n % 20 == 0:
            jurors = ("1", "4")
        scores[f"E{n:03}"] = {juror: quality + int(rng.normal(0, 4)) for juror in jurors}

    random = {f"E{n:03}": {str(j): int(rng.normal(70, 9)) for j in rng.permutation(6)[:3].tolist()} for n in range(200)}

    assert warned(rank(scores, "zscore"), "the assignment was not random")
    assert warned(rank(random, "zscore"), "not random") == []


def told_of(entry, standings, sheets):
    return explain_entry(entry, standings, sheets).as_text().splitlines()


def test_an_explanation_names_the_severity_of_each_juror(rank, sheets_of):
    scores = {"A": {"1": 80, "2": 70}, "B": {"1": 90, "2": 80}, "C": {"1": 60}}
    standings = rank(scores, "severity", options={"lambda": "2"})

    assert told_of("C", standings, sheets_of(scores))[:6] == [
        "C: rank 3 of 3",
        "Method severity, absent sheets: submitted",
        "  1: 60, counted; gives 2.50 more than an average juror",
        "Without correction: 60, rank 3",
        "Corrected: its jurors gave 2.50 more on average (1 2.50 more)",
        "By the method: 57.5",
    ]
    assert "Corrected: its jurors are as harsh as the average together (1 2.50 more, 2 2.50 less)" in told_of(
        "A", standings, sheets_of(scores)
    )


def test_an_explanation_of_z_scores_names_the_raw_score_alone(rank, sheets_of):
    scores = {"A": {"1": 10, "2": 70}, "B": {"1": 20, "2": 50}}
    told = told_of("A", rank(scores, "zscore"), sheets_of(scores))

    assert "Without correction: 40, rank 1" in told
    assert not [line for line in told if line.startswith("Corrected")]


def test_the_sentence_names_the_three_jurors_that_matter_most_and_what_else_moved_the_score(rank):
    (line,) = rank({"A": {"1": 10}}, "mean").lines
    held = [
        JurorFigure(name, Fraction(points), Fraction(1), 9, 9)
        for name, points in zip("abcd", (1, -4, 2, 3), strict=True)
    ]

    text = correction_text(replace(line, score=Fraction(9), raw=Fraction(10), raw_rank=Fraction(1)), held)

    assert text == (
        "its jurors gave 0.50 less on average (b 4.00 more, d 3.00 less, c 2.00 less, 1 more); "
        "the other -1.50 is a draw to the mean of all, or rounding"
    )
    assert correction_text(line, held) == ""


def test_a_plugin_that_hands_out_inexact_corrections_is_refused(sheets_of):
    def inexact(matrix, options):
        return replace(mean(matrix), correction=Correction(mean(matrix).score, estimates={"lambda": 0.5}))

    registry = Registry.of([("methods", "mine", Method(name="rough", title="Rough", version="1", rank=inexact))])

    with pytest.raises(PluginError, match="must be fractions"):
        rank_sheets(sheets_of(OPEN), RankRule("rough", {}, "submitted"), extensions=registry.get)
