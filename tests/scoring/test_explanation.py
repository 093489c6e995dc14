"""A rank explains itself: down to each juror's criteria, with everything that was dropped, rounded or added."""

from decimal import Decimal
from fractions import Fraction

import pytest

from juri.core.errors import NotFound
from juri.core.scoring.explain import explain_entry
from juri.core.scoring.number import Rounding
from juri.core.scoring.rubric import Bonus
from juri.core.view import Sheet

ROUNDING = (Rounding("sheet", 1), Rounding("entry", 2))


def text_of(entry, standings, sheets, rounding=()):
    return explain_entry(entry, standings, sheets, rounding=rounding).as_text().splitlines()


def test_a_rank_is_told_down_to_the_criteria_of_each_juror(rank):
    sheets = [
        Sheet("A", "j2", Fraction("80.26"), points={"idea": Fraction(50), "use": Fraction("30.26")}),
        Sheet("A", "j1", Fraction(70)),
        Sheet("A", "j3", Fraction(75)),
        Sheet("A", "j4", Fraction(90)),
        Sheet("B", "j1", Fraction(60)),
    ]
    bonus = Bonus("two_years", "years", at_least=Decimal(2), points=Decimal(1))
    standings = rank(sheets, "trimmed", rounding=ROUNDING, bonuses=(bonus,), facts={"A": {"years": 3}})

    assert text_of("A", standings, sheets, ROUNDING) == [
        "A: rank 1 of 2",
        "Method trimmed, absent sheets: submitted",
        "  j1: 70, not counted (left out by the method trimmed)",
        "  j2: 80.26, rounded to 80.3, counted",
        "    idea: 50",
        "    use: 30.26",
        "  j3: 75, counted",
        "  j4: 90, not counted (left out by the method trimmed)",
        "By the method: 77.65",
        "Bonus two_years: +1 (years is at least 2)",
        "Rounded to 2 decimals, half_up",
        "Score: 78.65",
        "Note: the trimming rule does not apply to their number of sheets, so none was dropped: B",
    ]


def test_a_shared_rank_names_whom_it_is_shared_with_and_a_settled_one_the_rule(rank, sheets_of):
    scores = {"A": {"j1": 1, "j2": 3, "j3": 4}, "B": {"j1": 2, "j2": 2, "j3": 4}, "C": {"j1": 1, "j2": 3, "j3": 4}}
    standings = rank(scores, ties=("median",), ranks="fractional")

    assert text_of("A", standings, sheets_of(scores))[0] == "A: rank 1.5 of 3, shared with C"
    assert text_of("B", standings, sheets_of(scores)) == [
        "B: rank 3 of 3, set apart from equal scores by median",
        "Method mean, absent sheets: submitted",
        "  j1: 2, counted",
        "  j2: 2, counted",
        "  j3: 4, counted",
        "By the method: 2.6667 (8/3)",
        "Score: 2.6667 (8/3)",
    ]


def test_an_absent_sheet_is_told_with_what_it_counts(rank, sheets_of):
    scores = {"A": {"j1": 8, "j2": None}}

    assert text_of("A", rank(scores, missing="zero"), sheets_of(scores)) == [
        "A: rank 1 of 1",
        "Method mean, absent sheets: zero",
        "  j1: 8, counted",
        "  j2: absent (counts 0)",
        "By the method: 4",
        "Score: 4",
        "Note: absent sheets by juror: j2 (1); each counts 0",
    ]
    assert text_of("A", rank(scores), sheets_of(scores))[3] == "  j2: absent"


def test_a_dropped_juror_is_told_with_the_reason(rank, sheets_of):
    scores = {"A": {"j1": 8, "j2": 9}, "B": {"j2": None, "j1": 3}}

    assert text_of("A", rank(scores, missing="drop_juror"), sheets_of(scores))[2:4] == [
        "  j1: 8, counted",
        "  j2: 9, not counted (the juror did not finish all assignments)",
    ]


def test_an_entry_without_a_rank_is_told_why(rank, sheets_of):
    scores = {"A": {"j1": 8, "j2": None}}

    assert text_of("A", rank(scores, missing="quorum:2"), sheets_of(scores)) == [
        "A: no rank. Incomplete: 1 of at least 2 sheets.",
        "Method mean, absent sheets: quorum:2",
        "  j1: 8, not counted (the entry has no rank)",
        "  j2: absent",
        "Note: absent sheets by juror: j2 (1); an entry needs 2",
    ]


def test_an_entry_that_is_not_in_the_standings_is_not_found(rank):
    with pytest.raises(NotFound) as missing:
        explain_entry("Z", rank({"A": {"j": 1}}), [])

    assert str(missing.value) == "there is no entry in these standings 'Z'"
