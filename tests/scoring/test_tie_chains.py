"""Ties: settled by the rules an edition names, in turn, with the rule that did it; what is left stays tied."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.errors import InputRefused, PluginError
from juri.core.extension import TieBreaker
from juri.core.ranking import RankRule, rank_sheets
from juri.core.scoring.number import ExactColumn, int_array
from juri.core.scoring.ties import TieLink, settle_ties
from juri.core.view import Sheet

EQUAL = {
    "A": {"j1": 10, "j2": 6, "j3": 8},
    "B": {"j1": 9, "j2": 9, "j3": 6},
    "C": {"j1": 8, "j2": 8, "j3": 8},
    "D": {"j1": 1, "j2": 1, "j3": 1},
}
"""A, B and C have 8 each."""


def told(standings):
    return [(int(line.rank), line.entry, line.tied, line.tie_rule) for line in standings.lines]


def test_equal_scores_share_a_rank_in_the_order_of_their_codes(rank):
    assert told(rank(EQUAL)) == [(1, "A", True, ""), (1, "B", True, ""), (1, "C", True, ""), (4, "D", False, "")]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("highest_sheet", [(1, "A", False), (2, "B", False), (3, "C", False)]),
        ("lowest_sheet", [(1, "C", False), (2, "A", True), (2, "B", True)]),
        ("median", [(1, "B", False), (2, "A", True), (2, "C", True)]),
        ("first_places", [(1, "A", False), (2, "B", True), (2, "C", True)]),
    ],
)
def test_a_rule_over_the_sheets_sets_entries_apart(rank, rule, expected):
    standings = rank(EQUAL, ties=(rule,))

    assert [line[:3] for line in told(standings)[:3]] == expected
    assert [line[3] for line in told(standings)[:3]] == ["" if tied else rule for _, _, tied in expected]


def test_fewer_last_places_are_better(rank):
    scores = {"A": {"j1": 1, "j2": 5}, "B": {"j1": 3, "j2": 3}, "C": {"j1": 2, "j2": 2}}

    assert told(rank(scores, ties=("fewest_last_places",))) == [
        (1, "B", False, "fewest_last_places"),
        (2, "A", False, "fewest_last_places"),
        (3, "C", False, ""),
    ]


def test_each_rule_is_asked_only_about_what_the_ones_before_left_tied(rank):
    assert told(rank(EQUAL, ties=("lowest_sheet", "highest_sheet"))) == [
        (1, "C", False, "lowest_sheet"),
        (2, "A", False, "highest_sheet"),
        (3, "B", False, "highest_sheet"),
        (4, "D", False, ""),
    ]


def sheets_with_points(points, totals=None):
    return [
        Sheet(entry, juror, (totals or {}).get((entry, juror), Fraction(10)), points={"idea": Fraction(each)})
        for entry, row in points.items()
        for juror, each in row.items()
    ]


def test_a_named_criterion_settles_a_tie_by_its_mean(rank):
    sheets = sheets_with_points({"A": {"j1": 4, "j2": 5}, "B": {"j1": 6, "j2": 4}, "C": {"j1": 5, "j2": 5}})

    assert told(rank(sheets, ties=("criterion:idea",))) == [
        (1, "B", True, ""),
        (1, "C", True, ""),
        (3, "A", False, "criterion:idea"),
    ]


def test_a_criterion_counts_the_sheets_that_the_policy_counts(rank):
    sheets = [
        Sheet("A", "j1", Fraction(10), points={"idea": Fraction(6)}),
        Sheet("A", "j2", None),
        Sheet("B", "j1", Fraction(8), points={"idea": Fraction(4)}),
        Sheet("B", "j3", Fraction(2), points={"idea": Fraction(4)}),
    ]

    assert told(rank(sheets, missing="zero", ties=("criterion:idea",))) == [
        (1, "B", False, "criterion:idea"),
        (2, "A", False, "criterion:idea"),
    ]


def test_a_dropped_juror_settles_no_tie_and_an_unanswered_criterion_adds_nothing(rank):
    sheets = [
        Sheet("A", "j1", Fraction(10), points={"idea": Fraction(4)}),
        Sheet("A", "j2", Fraction(10), points={"idea": Fraction(9)}),
        Sheet("B", "j1", Fraction(10), points={"idea": Fraction(5)}),
        Sheet("C", "j1", Fraction(10), points={}),
        Sheet("D", "j1", Fraction(11), points={"idea": Fraction(1)}),
        Sheet("D", "j2", None),
    ]

    assert told(rank(sheets, missing="drop_juror", ties=("criterion:idea",))) == [
        (1, "D", False, ""),
        (2, "B", False, "criterion:idea"),
        (3, "A", False, "criterion:idea"),
        (4, "C", False, "criterion:idea"),
    ]


@pytest.mark.parametrize(
    ("points", "known"),
    [({"idea": Fraction(1)}, "idea"), ({}, "none: these sheets have totals only")],
)
def test_a_criterion_that_nobody_scored_is_refused(rank, points, known):
    sheets = [Sheet(entry, "j1", Fraction(1), points=points) for entry in "AB"]

    with pytest.raises(InputRefused) as refused:
        rank(sheets, ties=("criterion:signifikansi",))

    assert [problem.message for problem in refused.value.problems] == [
        f"there is no criterion 'signifikansi' to settle ties by; known are {known}"
    ]


def test_a_fact_settles_a_tie_and_an_entry_without_it_comes_last(rank):
    facts = {"A": {"members": Decimal("2.5")}, "B": {"members": "12"}, "C": {"members": ""}, "D": {"members": "many"}}

    assert told(rank(EQUAL, ties=("fact:members",), facts=facts)) == [
        (1, "B", False, "fact:members"),
        (2, "A", False, "fact:members"),
        (3, "C", False, "fact:members"),
        (4, "D", False, ""),
    ]


def test_a_fact_that_nobody_has_leaves_the_tie(rank):
    assert [line[2] for line in told(rank(EQUAL, ties=("fact:members",)))] == [True, True, True, False]


def test_a_fact_that_is_no_number_is_refused_for_each_tied_entry(rank):
    facts = {"A": {"members": "many"}, "B": {"members": True}, "D": {"members": "few"}}

    with pytest.raises(InputRefused) as refused:
        rank(EQUAL, ties=("fact:members",), facts=facts)

    assert [problem.message for problem in refused.value.problems] == [
        "'members' of A is 'many', not a number, so it settles no tie",
        "'members' of B is True, not a number, so it settles no tie",
    ]


def test_the_recorded_panel_decision_is_the_last_word_and_whom_it_leaves_out_stays_tied(rank):
    assert told(rank(EQUAL, ties=("panel_decision",), tie_order=("C", "A", "B"))) == [
        (1, "C", False, "panel_decision"),
        (2, "A", False, "panel_decision"),
        (3, "B", False, "panel_decision"),
        (4, "D", False, ""),
    ]
    assert told(rank(EQUAL, ties=("panel_decision",), tie_order=("D", "B"))) == [
        (1, "B", False, "panel_decision"),
        (2, "A", True, ""),
        (2, "C", True, ""),
        (4, "D", False, ""),
    ]


def test_a_panel_decision_counts_only_where_the_edition_names_it(rank):
    assert told(rank(EQUAL, tie_order=("C", "A", "B"))) == told(rank(EQUAL))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("medan", "there is no tie rule 'medan'; did you mean 'median'?"),
        ("criteria:idea", "there is no tie rule 'criteria:idea'; did you mean 'criterion'?"),
        (
            "lot",
            (
                "there is no tie rule 'lot'; known are: criterion, fact, fewest_last_places, first_places, "
                "highest_sheet, juror, lowest_sheet, median, panel_decision"
            ),
        ),
        ("criterion", "write 'criterion:ARGUMENT' in the tie chain, not 'criterion'"),
        ("median:low", "write 'median' alone in the tie chain, not 'median:low'"),
    ],
)
def test_a_tie_rule_that_does_not_exist_or_is_miswritten_is_refused_with_a_hint(rank, text, message):
    with pytest.raises(InputRefused) as refused:
        rank(EQUAL, ties=("median", text))

    assert [(problem.field, problem.message) for problem in refused.value.problems] == [("ties", message)]


def test_a_rule_that_nobody_needs_is_not_asked():
    asked = []
    chain = [
        TieLink("first", lambda places: asked.append(places.tolist()) or ExactColumn(places, 1)),
        TieLink("no", None),
    ]

    settled = settle_ties(np.array([0, 1, 1]), chain)

    assert asked == [[1, 2]]
    assert (settled.groups.tolist(), settled.link.tolist()) == ([0, 2, 1], [-1, 0, 0])


@given(st.lists(st.integers(0, 2), max_size=8), st.data())
def test_a_chain_ranks_as_comparing_score_then_figures_in_turn_does(groups, data):
    figures = st.lists(st.integers(0, 2), min_size=len(groups), max_size=len(groups))
    columns = [data.draw(figures) for _ in range(3)]
    chain = [
        TieLink(str(number), lambda places, column=column: ExactColumn(int_array(column).take(places), 1))
        for number, column in enumerate(columns)
    ]
    keys = [(group, *(-column[place] for column in columns)) for place, group in enumerate(groups)]

    settled = settle_ties(int_array(groups), chain)

    for mine, my_key in zip(settled.groups.tolist(), keys, strict=True):
        for theirs, their_key in zip(settled.groups.tolist(), keys, strict=True):
            assert (mine < theirs, mine == theirs) == (my_key < their_key, my_key == their_key)
    assert settled.tied.tolist() == [keys.count(key) > 1 for key in keys]


def rule(key, **more):
    return TieBreaker(name="house:rule", title="Of the house", version="1", key=key, **more)


def rank_with(registry, breaker, text, sheets):
    def extensions(family, name):
        return breaker if (family, name) == ("tie_breakers", breaker.name) else registry.get(family, name)

    return rank_sheets(sheets, RankRule("mean", {}, "submitted", ties=(text,)), extensions=extensions)


def test_a_plugin_rule_gets_its_argument_and_the_entries_that_are_still_tied(registry, sheets_of):
    asked = []

    def key(context, argument):
        asked.append((argument, sorted(context.tied), list(context.criteria), len(context.criteria)))
        return ExactColumn(int_array(range(len(context.matrix.entries))), 1)

    standings = rank_with(registry, rule(key, argument=True), "house:rule:idea", sheets_of(EQUAL))

    assert asked == [("idea", ["A", "B", "C"], [], 0)]
    assert [line.entry for line in standings.lines] == ["C", "B", "A", "D"]


def test_a_plugin_rule_without_argument_is_found_by_its_full_name(registry, sheets_of):
    breaker = rule(lambda context, _: context.matrix.column)

    with pytest.raises(PluginError) as failed:
        rank_with(registry, breaker, "house:rule", sheets_of(EQUAL))

    assert str(failed.value) == (
        "plugin 'house:rule', juri_tie_breakers: must return 4 figures, one for each entry of the matrix"
    )


def test_a_plugin_rule_that_fails_is_named(registry, sheets_of):
    def key(context, argument):
        return 1 / 0

    with pytest.raises(PluginError) as failed:
        rank_with(registry, rule(key), "house:rule", sheets_of(EQUAL))

    assert str(failed.value) == ("plugin 'house:rule', juri_tie_breakers: raised ZeroDivisionError: division by zero")
