"""From sheets to standings: each step of the rule at its place, all problems at once, and a plugin's fault is named."""

from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.errors import InputRefused, PluginError
from juri.core.extension import Method
from juri.core.ranking import RankRule, facts_of, rank_sheets
from juri.core.scoring.aggregate import mean
from juri.core.scoring.number import ExactColumn, Rounding, int_array
from juri.core.scoring.rubric import Bonus, Line
from juri.core.scoring.standings import EntryScores, Standing, Standings, Unranked
from juri.core.view import EntryFacts, Sheet


def test_a_ranking_tells_everything_that_was_applied(rank):
    standings = rank({"A": {"j1": 80, "j2": 81}, "B": {"j1": 90, "j2": None}}, ties=("median",), entries=("C",))

    assert standings == Standings(
        lines=(
            Standing(Fraction(1), "B", Fraction(90), 1),
            Standing(Fraction(2), "A", Fraction(161, 2), 2),
        ),
        unranked=(Unranked("C", 0, "nobody was assigned to it"),),
        method="mean",
        missing="submitted",
        warnings=("absent sheets by juror: j2 (1); only submitted sheets count",),
    )


@given(st.permutations([("A", "j1", 4), ("A", "j2", 5), ("B", "j1", 5), ("B", "j2", 4), ("C", "j1", 1)]))
def test_the_order_of_the_sheets_is_of_no_account(rank, rows):
    sheets = [Sheet(entry, juror, Fraction(total)) for entry, juror, total in rows]

    assert [(line.rank, line.entry) for line in rank(sheets).lines] == [(1, "A"), (1, "B"), (3, "C")]


def test_ranks_are_by_exact_scores_unless_the_rule_rounds(rank):
    scores = {"A": {"j1": 1, "j2": 1, "j3": 2}, "B": {"j1": Fraction("1.33")}}

    exact = rank(scores)
    rounded = rank(scores, rounding=(Rounding("entry", 2),))

    assert [(line.rank, line.entry, line.score) for line in exact.lines] == [
        (1, "A", Fraction(4, 3)),
        (2, "B", Fraction(133, 100)),
    ]
    assert [(line.rank, line.entry, line.score, line.base) for line in rounded.lines] == [
        (1, "A", Fraction(133, 100), Fraction(4, 3)),
        (1, "B", Fraction(133, 100), None),
    ]


def test_sheets_are_rounded_before_the_method_and_entries_after_the_bonus(rank):
    scores = {"A": {"j1": Fraction("1.5"), "j2": Fraction("2.5")}}
    bonus = Bonus("b", "f", equals="x", points=Decimal("0.4"))
    rounding = (Rounding("sheet", 0, "half_even"), Rounding("entry", 0), Rounding("combined", 5))

    standings = rank(scores, rounding=rounding, bonuses=(bonus,), facts={"A": {"f": "x"}})

    assert standings.lines == (
        Standing(Fraction(1), "A", Fraction(2), 2, bonus=(Line("b", Fraction(2, 5), "f is x"),)),
    )


def test_fractional_ranks_are_fractions_and_dense_ones_leave_no_gap(rank):
    scores = {"A": {"j": 3}, "B": {"j": 2}, "C": {"j": 2}, "D": {"j": 1}}

    assert list(rank(scores, ranks="fractional").rank_of().values()) == [1, Fraction(5, 2), Fraction(5, 2), 4]
    assert list(rank(scores, ranks="dense").rank_of().values()) == [1, 2, 2, 3]
    assert list(rank(scores, ranks="modified").rank_of().values()) == [1, 3, 3, 4]


def test_a_median_tells_whose_sheet_did_not_count(rank):
    standings = rank({"A": {"j2": 5, "j1": 9, "j3": 1}}, "median")

    assert standings.lines == (Standing(Fraction(1), "A", Fraction(5), 3, uncounted=("j1", "j3")),)


def test_an_entry_that_the_method_cannot_score_is_listed_apart(rank):
    standings = rank(
        {"A": {"j1": 5}, "B": {"j1": 6, "j2": 3}, "C": {"j3": 4}}, "borda", options={"incomplete": "percentile"}
    )

    assert standings.rank_of() == {"B": 1, "A": 2}
    assert standings.unranked == (Unranked("C", 1, "the method gives it no score: none of its sheets counts"),)


def test_jurors_can_weigh_differently(rank):
    sheets = [Sheet("A", "j1", Fraction(10), juror_weight=3), Sheet("A", "j2", Fraction(2))]

    assert rank(sheets, "weighted").score_of() == {"A": 8}
    assert rank(sheets, "mean").warnings == (
        "this method counts every juror once; the juror weights are not used (weighted, rank_sum and borda do)",
    )


def test_one_juror_with_two_weights_is_refused(rank):
    sheets = [Sheet("A", "j1", Fraction(10), juror_weight=3), Sheet("B", "j1", Fraction(2))]

    with pytest.raises(InputRefused) as refused:
        rank(sheets)

    assert str(refused.value) == "j1: the sheets of juror 'j1' say different weights; give one"


def test_everything_wrong_with_a_rule_is_said_at_once(rank):
    with pytest.raises(InputRefused) as refused:
        rank(
            {"A": {"j": 1}},
            "meen",
            missing="ignored",
            ties=("medan", "lot"),
            ranks="olympic",
            rounding=(Rounding("juror", 2), Rounding("entry", 2, "nearest"), Rounding("entry", -1)),
            tie_order=("A", "B", "A"),
        )

    assert [(problem.field, problem.code) for problem in refused.value.problems] == [
        ("method", "unknown_method"),
        ("missing", "unknown_policy"),
        ("ties", "unknown_tie_rule"),
        ("ties", "unknown_tie_rule"),
        ("rounding", "rounding"),
        ("rounding", "rounding"),
        ("rounding", "rounding"),
        ("ranks", "unknown_convention"),
        ("tie_order", "tie_order"),
    ]
    assert refused.value.problems[0].message == "there is no method 'meen'; did you mean 'mean'?"


def test_ordinal_ranks_need_a_chain_that_sets_every_entry_apart(rank):
    scores = {"A": {"j": 3}, "B": {"j": 3}}

    settled = rank(scores, ranks="ordinal", ties=("panel_decision",), tie_order=("B", "A"))

    assert list(settled.rank_of().items()) == [("B", 1), ("A", 2)]
    with pytest.raises(InputRefused):
        rank(scores, ranks="ordinal")


def test_nothing_to_rank_is_no_error(rank):
    assert rank({}) == Standings((), (), "mean", "submitted")


def rank_by(registry, calculate, sheets):
    method = Method(name="house", title="Of the house", version="1", rank=calculate)

    def extensions(family, name):
        return method if (family, name) == ("methods", "house") else registry.get(family, name)

    return rank_sheets(sheets, RankRule("house", {}, "submitted"), extensions=extensions)


def leave(matrix, options):
    raise SystemExit(3)


def stumble(matrix, options):
    return {}["score"]


def with_figures(figures, denominator=1):
    return lambda matrix, _: EntryScores(ExactColumn(figures, denominator), matrix.sheets > 0, matrix.value > 0)


ROWS_BAD = "must be 2 truth values (a numpy array of bool)"


@pytest.mark.parametrize(
    ("calculate", "why"),
    [
        (stumble, "raised KeyError: 'score'"),
        (leave, "raised SystemExit: 3"),
        (lambda *_: [1, 2], "returned list, not EntryScores"),
        (
            lambda matrix, _: EntryScores([1, 2], matrix.sheets > 0, matrix.value > 0),
            "returned list, not an ExactColumn",
        ),
        (with_figures(int_array([1])), "must return 2 figures, one for each entry of the matrix"),
        (with_figures([1, 2]), "must return 2 figures, one for each entry of the matrix"),
        (
            with_figures(np.array([1.5, 2.5])),
            "must return whole numbers over a positive whole denominator; floats are inexact",
        ),
        (
            with_figures(int_array([1, 2]), 0),
            "must return whole numbers over a positive whole denominator; floats are inexact",
        ),
        (
            with_figures(int_array([1, 2]), 2.0),
            "must return whole numbers over a positive whole denominator; floats are inexact",
        ),
        (
            lambda matrix, _: EntryScores(matrix.column, [True, True], matrix.value > 0),
            f"'scored' {ROWS_BAD}",
        ),
        (
            lambda matrix, _: EntryScores(matrix.column, matrix.sheets, matrix.value > 0),
            f"'scored' {ROWS_BAD}",
        ),
        (
            lambda matrix, _: EntryScores(matrix.column, matrix.sheets > 0, np.array([True])),
            f"'counted' {ROWS_BAD}",
        ),
    ],
)
def test_a_method_that_fails_or_answers_nonsense_is_named(registry, sheets_of, calculate, why):
    with pytest.raises(PluginError) as failed:
        rank_by(registry, calculate, sheets_of({"A": {"j": 1}, "B": {"j": 2}}))

    assert str(failed.value) == f"plugin 'house', juri_methods: {why}"


def test_python_integers_of_any_size_are_figures_too(registry, sheets_of):
    standings = rank_by(
        registry, with_figures(np.array([2**70, 3], dtype=object)), sheets_of({"A": {"j": 1}, "B": {"j": 2}})
    )

    assert standings.score_of() == {"A": 2**70, "B": 3}


def test_a_refusal_by_a_method_is_passed_on_and_an_interruption_too(registry, sheets_of):
    def refuse(matrix, options):
        raise InputRefused.at("method", "not today")

    def interrupt(matrix, options):
        raise KeyboardInterrupt

    with pytest.raises(InputRefused):
        rank_by(registry, refuse, sheets_of({"A": {"j": 1}}))
    with pytest.raises(KeyboardInterrupt):
        rank_by(registry, interrupt, sheets_of({"A": {"j": 1}}))


def test_a_method_of_a_plugin_ranks_like_a_bundled_one(registry, sheets_of):
    sheets = sheets_of({"A": {"j": 1}, "B": {"j": 2}})

    assert rank_by(registry, lambda matrix, _: mean(matrix), sheets).rank_of() == {"B": 1, "A": 2}


def test_the_facts_of_an_entry_are_its_answers_and_its_own_fields():
    entry = EntryFacts(
        "E1",
        "Air",
        "Dinas",
        "umum",
        "kesehatan",
        "kota",
        "Tegal",
        {"years": 2, "region": "Jateng"},
        datetime(2026, 1, 1, tzinfo=UTC),
    )

    assert facts_of([entry]) == {
        "E1": {
            "title": "Air",
            "entrant": "Dinas",
            "track": "umum",
            "category": "kesehatan",
            "cluster": "kota",
            "region": "Jateng",
            "years": 2,
        }
    }
