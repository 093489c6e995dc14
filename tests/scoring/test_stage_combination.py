"""Several stages become one result: exactly, by a rule with a name, and nobody without a rank is lost on the way."""

from decimal import Decimal
from fractions import Fraction

import pytest

from juri.core.errors import InputRefused
from juri.core.scoring.combine import Combination, combine_stages
from juri.core.scoring.number import Rounding
from juri.core.scoring.standings import Standing, Standings, Unranked


@pytest.fixture
def stages(rank):
    """Two stages: C has no sheet in the interview, D was never in it."""
    proposal = rank({"A": {"j1": 80}, "B": {"j1": 90}, "C": {"j1": 95}, "D": {"j1": 70}})
    interview = rank({"A": {"j1": 90, "j2": 91}, "B": {"j1": 80, "j2": 75}, "C": {"j1": None}})
    return {"proposal": proposal, "interview": interview}


def told(standings):
    return [(line.rank, line.entry, line.score, line.tied, line.tie_rule) for line in standings.lines]


def by_weight(rule="weighted_sum", **more):
    weights = {"proposal": Decimal("0.7"), "interview": Decimal("0.3")}
    return Combination(rule, more.pop("weights", weights), **more)


def test_a_weighted_sum_is_exact_and_names_what_an_entry_lacks(stages):
    combined = combine_stages(stages, by_weight())

    assert combined == Standings(
        (
            Standing(Fraction(1), "B", Fraction(345, 4), 3),
            Standing(Fraction(2), "A", Fraction(1663, 20), 3),
        ),
        (
            Unranked("C", 1, "it has no rank in stage 'interview'"),
            Unranked("D", 1, "it has no rank in stage 'interview'"),
        ),
        "weighted_sum",
        "submitted",
        ("absent sheets by juror: j1 (1); only submitted sheets count",),
    )


def test_a_weighted_mean_divides_by_the_weights_and_leaves_the_order_as_it_is(stages):
    weights = {"proposal": Decimal(70), "interview": Decimal(30)}
    added, mean = (
        combine_stages(stages, by_weight(rule, weights=weights)) for rule in ("weighted_sum", "weighted_mean")
    )

    assert [line.score for line in added.lines] == [8625, 8315]
    assert [line.score for line in mean.lines] == [Fraction(345, 4), Fraction(1663, 20)]


def test_the_combined_score_is_rounded_where_the_rule_says_so(stages):
    rounding = (Rounding("entry", 5), Rounding("combined", 0, "up"))
    combined = combine_stages(stages, by_weight(rounding=rounding))

    assert [(line.score, line.base) for line in combined.lines] == [(87, Fraction(345, 4)), (84, Fraction(1663, 20))]


def test_scores_that_are_equal_once_rounded_are_tied(rank):
    one = rank({"A": {"j": Fraction("7.4")}, "B": {"j": Fraction("7.1")}})
    rounding = (Rounding("combined", 0),)

    assert told(combine_stages({"one": one}, Combination("weighted_sum", {"one": Decimal(1)}, rounding))) == [
        (1, "A", 7, True, ""),
        (1, "B", 7, True, ""),
    ]


def test_equal_sums_are_set_apart_by_a_named_stage_and_then_by_the_panel(rank):
    one = rank({"A": {"j": 1}, "B": {"j": 2}, "C": {"j": 1}, "D": {"j": 1}})
    two = rank({"A": {"j": 2}, "B": {"j": 1}, "C": {"j": 2}, "D": {"j": 2}})
    weights = {"one": Decimal(1), "two": Decimal(1)}
    stages = {"one": one, "two": two}

    assert told(combine_stages(stages, Combination("weighted_sum", weights))) == [
        (1, entry, 3, True, "") for entry in "ABCD"
    ]
    assert told(combine_stages(stages, Combination("weighted_sum", weights, ties=("one",), tie_order=("D",)))) == [
        (1, "B", 3, False, "stage:one"),
        (2, "D", 3, False, "panel_decision"),
        (3, "A", 3, True, ""),
        (3, "C", 3, True, ""),
    ]


def test_a_tie_is_settled_by_a_stage_that_is_not_added_up_and_not_being_in_it_comes_last(rank):
    final = rank({"A": {"j": 5}, "B": {"j": 5}, "C": {"j": 5}})
    pitch = rank({"B": {"j": 1}, "C": {"j": 2}})
    combination = Combination("weighted_sum", {"final": Decimal(1)}, ties=("pitch",), ranks="dense")

    assert told(combine_stages({"final": final, "pitch": pitch}, combination)) == [
        (1, "C", 5, False, "stage:pitch"),
        (2, "B", 5, False, "stage:pitch"),
        (3, "A", 5, False, "stage:pitch"),
    ]


def test_the_last_stage_decides_alone(stages):
    combined = combine_stages(stages, by_weight("last"))

    assert combined.lines == stages["interview"].lines
    assert combined.unranked == (
        Unranked("C", 0, "no sheet was submitted"),
        Unranked("D", 0, "it has no rank in stage 'interview', which decides"),
    )


def test_stages_can_be_compared_in_turn_the_next_only_where_the_one_before_is_equal(rank):
    first = rank({"A": {"j": 5}, "B": {"j": 7}, "C": {"j": 7}, "D": {"j": 9}})
    second = rank({"A": {"j": 9}, "B": {"j": 1}, "C": {"j": 2}})
    weights = {"first": Decimal(1), "second": Decimal(1)}

    combined = combine_stages({"second": second, "first": first}, Combination("lexicographic", weights))

    assert told(combined) == [
        (1, "C", 7, False, "stage:second"),
        (2, "B", 7, False, "stage:second"),
        (3, "A", 5, False, ""),
    ]
    assert combined.unranked == (Unranked("D", 1, "it has no rank in stage 'second'"),)


def test_stages_that_are_not_combined_rank_nobody_together(stages):
    combined = combine_stages(stages, by_weight("none"))

    reason = "the stages proposal, interview are not combined; each has its own ranking"
    assert combined == Standings((), tuple(Unranked(entry, 0, reason) for entry in "ABCD"), "none")


def test_sums_of_ranks_are_added_up_with_the_lowest_best_but_never_to_scores(rank):
    sheets = {"A": {"j1": 1, "j2": 1}, "B": {"j1": 2, "j2": 3}}
    ranks, scores = rank(sheets, "rank_sum"), rank(sheets)
    weights = {"one": Decimal(1), "two": Decimal(2)}

    combined = combine_stages({"one": ranks, "two": ranks}, Combination("weighted_sum", weights))
    in_turn = combine_stages({"one": ranks, "two": scores}, Combination("lexicographic", weights))

    assert combined.low_is_best
    assert told(combined) == [(1, "B", 6, False, ""), (2, "A", 12, False, "")]
    assert told(in_turn) == [(1, "B", 2, False, ""), (2, "A", 4, False, "")]
    with pytest.raises(InputRefused) as refused:
        combine_stages({"one": ranks, "two": scores}, Combination("weighted_sum", weights))
    assert [problem.code for problem in refused.value.problems] == ["opposite_directions"]


@pytest.mark.parametrize(
    ("combination", "message"),
    [
        (
            by_weight("average"),
            "there is no combination 'average'; known are weighted_sum, weighted_mean, last, lexicographic, none",
        ),
        (
            by_weight(weights={"final": Decimal(1)}, ties=("poll",)),
            "there are no standings of final, poll; there are proposal, interview",
        ),
        (by_weight(weights={}), "there are no standings of any stage; there are proposal, interview"),
        (
            by_weight("weighted_mean", weights={"proposal": Decimal(0)}),
            "the weights of the stages sum to 0; a mean needs a weight",
        ),
    ],
)
def test_a_combination_that_cannot_be_made_is_refused_in_words(stages, combination, message):
    with pytest.raises(InputRefused) as refused:
        combine_stages(stages, combination)

    assert [problem.message for problem in refused.value.problems] == [message]


def test_an_entry_that_lacks_several_stages_hears_of_all(rank):
    empty, full = rank({"A": {"j": None}}), rank({"B": {"j": 1}})
    stages = {"one": empty, "two": empty, "three": full}
    combined = combine_stages(stages, Combination("lexicographic", dict.fromkeys(stages, Decimal(1))))

    assert combined.lines == ()
    assert combined.unranked == (
        Unranked("A", 0, "it has no rank in stages 'one', 'two', 'three'"),
        Unranked("B", 1, "it has no rank in stages 'one', 'two'"),
    )
