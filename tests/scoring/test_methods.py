"""The methods: exact, fair to order, inside the range of the sheets, and equal to a plain calculation by fractions."""

from decimal import Decimal
from fractions import Fraction
from statistics import median as plain_median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.errors import InputRefused
from juri.core.scoring.aggregate import Trim, borda, mean, median, rank_sum, total, trimmed_mean, weighted_mean
from juri.core.scoring.matrix import Matrix

numbers = st.fractions(min_value=-1000, max_value=1000, max_denominator=100) | st.integers(-(2**70), 2**70).map(
    Fraction
)
CENTRES = {
    "mean": mean,
    "weighted": weighted_mean,
    "median": median,
    "median low": lambda matrix: median(matrix, "low"),
    "median high": lambda matrix: median(matrix, "high"),
    "trimmed": lambda matrix: trimmed_mean(matrix, Trim(1, 1), 3),
}
centres = pytest.mark.parametrize("method", CENTRES.values(), ids=CENTRES)


@st.composite
def designs(draw):
    """Draw {entry: {juror: total}}, incomplete, with few values so that ties are common."""
    values = draw(st.lists(numbers, min_size=1, max_size=5))
    entries = draw(st.lists(st.sampled_from("ABCDEFG"), min_size=1, unique=True))
    jurors = st.sampled_from(["j1", "j2", "j3", "j4", "j5"])
    return {entry: draw(st.dictionaries(jurors, st.sampled_from(values), min_size=1)) for entry in entries}


@st.composite
def complete_designs(draw):
    """Draw {entry: {juror: total}} in which every juror scored every entry."""
    values = st.sampled_from(draw(st.lists(numbers, min_size=1, max_size=5)))
    entries = draw(st.lists(st.sampled_from("ABCDEFG"), min_size=1, unique=True))
    jurors = draw(st.lists(st.sampled_from(["j1", "j2", "j3", "j4"]), min_size=1, unique=True))
    return {entry: {juror: draw(values) for juror in jurors} for entry in entries}


weights = st.fixed_dictionaries({f"j{number}": st.integers(1, 9) for number in range(1, 6)})


def rows_of(design):
    return [(entry, juror, value) for entry, row in design.items() for juror, value in row.items()]


def figures(scores, matrix):
    return dict(zip(matrix.entries, scores.score.fractions(), strict=True))


def average_ranks(design, juror):
    """Rank one juror's entries from the highest, 1; equal ones share the average. By counting, with no sorting."""
    own = {entry: row[juror] for entry, row in design.items() if juror in row}
    return {
        entry: Fraction(sum(other > value for other in own.values()) * 2 + list(own.values()).count(value) + 1, 2)
        for entry, value in own.items()
    }


@centres
@given(design=designs())
def test_a_score_lies_between_the_lowest_and_the_highest_sheet(method, design):
    matrix = Matrix.build(rows_of(design))

    for entry, score in figures(method(matrix), matrix).items():
        assert min(design[entry].values()) <= score <= max(design[entry].values())


@centres
@given(value=numbers, jurors=st.integers(1, 7))
def test_equal_sheets_give_their_figure(method, value, jurors):
    matrix = Matrix.build([("A", f"j{number}", value) for number in range(jurors)])

    assert method(matrix).score.fractions() == [value]


@centres
@given(design=designs(), data=st.data())
def test_the_order_of_the_sheets_changes_nothing(method, design, data):
    rows = rows_of(design)
    first, second = (Matrix.build(each) for each in (rows, data.draw(st.permutations(rows))))

    assert figures(method(first), first) == figures(method(second), second)
    assert method(first).counted.tolist() == method(second).counted.tolist()


@given(design=designs())
def test_one_more_juror_who_gives_the_mean_leaves_the_mean_as_it_is(design):
    matrix = Matrix.build(rows_of(design))
    means = figures(mean(matrix), matrix)
    more = Matrix.build([*rows_of(design), *((entry, "more", value) for entry, value in means.items())])

    assert figures(mean(more), more) == means


@given(design=designs(), by_juror=weights)
def test_every_method_agrees_with_a_plain_calculation_by_fractions(design, by_juror):
    matrix = Matrix.build(rows_of(design), juror_weights=by_juror)
    lists = {entry: sorted(row.values()) for entry, row in design.items()}

    assert figures(mean(matrix), matrix) == {e: sum(v) / len(v) for e, v in lists.items()}
    assert figures(total(matrix), matrix) == {e: sum(v) for e, v in lists.items()}
    assert figures(median(matrix), matrix) == {e: plain_median(v) for e, v in lists.items()}
    assert figures(median(matrix, "low"), matrix) == {e: v[(len(v) - 1) // 2] for e, v in lists.items()}
    assert figures(median(matrix, "high"), matrix) == {e: v[len(v) // 2] for e, v in lists.items()}
    assert figures(weighted_mean(matrix), matrix) == {
        entry: sum(by_juror[j] * v for j, v in row.items()) / sum(by_juror[j] for j in row)
        for entry, row in design.items()
    }
    cut = {entry: values[1:-1] if len(values) > 2 else values for entry, values in lists.items()}
    assert figures(trimmed_mean(matrix, Trim(1, 1), 3), matrix) == {e: sum(v) / len(v) for e, v in cut.items()}


@given(design=complete_designs(), by_juror=weights)
def test_rank_sum_and_borda_agree_with_counting_who_stands_before_whom(design, by_juror):
    matrix = Matrix.build(rows_of(design), juror_weights=by_juror)
    jurors = next(iter(design.values()))
    by = {juror: average_ranks(design, juror) for juror in jurors}

    assert figures(rank_sum(matrix), matrix) == {e: sum(by_juror[j] * by[j][e] for j in jurors) for e in design}
    assert figures(borda(matrix), matrix) == {
        entry: sum(by_juror[juror] * (len(design) - by[juror][entry]) for juror in jurors) for entry in design
    }


@given(design=designs(), by_juror=weights)
def test_percentiles_divide_by_the_other_entries_of_each_juror(design, by_juror):
    matrix = Matrix.build(rows_of(design), juror_weights=by_juror)
    seen = {juror: sum(juror in row for row in design.values()) for juror in by_juror}
    by = {juror: average_ranks(design, juror) for juror in seen}
    scores = rank_sum(matrix, "percentile")
    points = figures(borda(matrix, "percentile"), matrix)

    for entry, score, scored in zip(matrix.entries, scores.score.fractions(), scores.scored.tolist(), strict=True):
        own = [juror for juror in design[entry] if seen[juror] > 1]
        weight = sum(by_juror[juror] for juror in own)
        assert scored == bool(own)
        if own:
            shares = (by_juror[juror] * (by[juror][entry] - 1) / (seen[juror] - 1) for juror in own)
            assert score == sum(shares) / weight
            assert points[entry] == 1 - score


def test_a_juror_with_a_single_entry_says_nothing_about_percentiles(matrix_of):
    matrix = matrix_of({"A": {"j1": 5, "j2": 3}, "B": {"j1": 7}, "C": {"j3": 9}, "D": {}})
    scores = borda(matrix, "percentile")

    assert figures(scores, matrix) == {"A": 0, "B": 1, "C": 0, "D": 0}
    assert scores.scored.tolist() == [True, True, False, False]
    assert scores.counted.tolist() == [True, False, True, False]
    assert scores.warnings == ("scored a single entry, so their ranking says nothing: j2, j3",)


@pytest.mark.parametrize(("method", "name"), [(rank_sum, "rank_sum"), (borda, "borda")])
def test_ranks_of_different_sets_of_entries_are_not_added_up(matrix_of, method, name):
    scores = {f"E{number}": {"j1": number, "j2": number} for number in range(9)}
    for number in range(1, 8):
        del scores[f"E{number}"]["j2"]

    with pytest.raises(InputRefused) as refused:
        method(matrix_of(scores))

    (problem,) = refused.value.problems
    assert (problem.field, problem.code) == ("method", "incomplete_design")
    assert problem.message == (
        f"{name} adds up ranks, so every juror must have scored every entry; not all 2 jurors scored E1, E2, E3, "
        "E4, E5 and 2 more. Use 'incomplete: percentile', or another method such as mean"
    )


def test_an_entry_without_a_sheet_has_no_score_and_hinders_no_ranking(matrix_of):
    matrix = matrix_of({"A": {"j1": 1}, "B": {"j1": 2}, "C": {}})

    for method in (*CENTRES.values(), total, rank_sum, borda):
        assert method(matrix).scored.tolist() == [True, True, False]


def test_one_copy_of_a_tied_extreme_is_dropped_the_others_count(matrix_of):
    matrix = matrix_of({"A": {"j1": 9, "j2": 9, "j3": 9, "j4": 3, "j5": 3}})
    scores = trimmed_mean(matrix, Trim(1, 1), 3)

    assert scores.score.fractions() == [7]
    assert scores.counted.tolist() == [True, True, False, False, True]


def test_too_few_sheets_are_not_trimmed_and_a_warning_names_the_entries(matrix_of):
    matrix = matrix_of({"A": {"j1": 1, "j2": 2, "j3": 9}, "B": {"j1": 1, "j2": 4}})
    scores = trimmed_mean(matrix, Trim(1, 1), 3)

    assert figures(scores, matrix) == {"A": 2, "B": Fraction(5, 2)}
    assert scores.warnings == ("the trimming rule does not apply to their number of sheets, so none was dropped: B",)


def test_a_rule_by_number_of_sheets_trims_only_the_numbers_it_lists(matrix_of):
    matrix = matrix_of({"A": {f"j{n}": n for n in range(4)}, "B": {f"j{n}": n for n in range(3)}})
    scores = trimmed_mean(matrix, Trim(0, 0), 0, {4: Trim(0, 3), 3: Trim(3, 3)})

    assert figures(scores, matrix) == {"A": 0, "B": 1}
    assert scores.warnings == ("the trimming rule does not apply to their number of sheets, so none was dropped: B",)


@pytest.mark.parametrize("method", [mean, total, median, lambda matrix: trimmed_mean(matrix, Trim(0, 0), 1)])
def test_a_method_that_uses_no_juror_weights_says_so(matrix_of, method):
    plain = matrix_of({"A": {"j1": 1, "j2": 2}})
    heavy = matrix_of({"A": {"j1": 1, "j2": 2}}, juror_weights={"j1": 2})

    assert method(plain).warnings == ()
    assert method(heavy).warnings == (
        "this method counts every juror once; the juror weights are not used (weighted, rank_sum and borda do)",
    )


def test_sheets_beyond_64_bits_are_compared_exactly(matrix_of):
    matrix = matrix_of({"A": {"j1": 2**80, "j2": 2**80 + 1}, "B": {"j1": 2**80, "j2": 2**80}})

    assert figures(mean(matrix), matrix) == {"A": 2**80 + Fraction(1, 2), "B": 2**80}
    assert figures(median(matrix), matrix) == {"A": 2**80 + Fraction(1, 2), "B": 2**80}
    assert figures(borda(matrix), matrix) == {"A": Fraction(3, 2), "B": Fraction(1, 2)}


def test_only_a_sum_of_ranks_is_best_where_it_is_lowest(registry):
    names = registry.names("methods")

    assert names == (
        *("bayes", "blup", "borda", "jury_public", "mean", "median", "rank_sum", "severity", "sum", "trimmed"),
        *("weighted", "wilson", "zscore"),
    )
    assert [name for name in names if registry.get("methods", name).low_is_best] == ["rank_sum"]


SCORES = {"A": {"j1": 8, "j2": 6, "j3": 1, "j4": 7}, "B": {"j1": 5, "j2": 9, "j3": 5, "j4": 4}}


@pytest.mark.parametrize(
    ("method", "options", "scores"),
    [
        ("mean", {}, {"A": Fraction(11, 2), "B": Fraction(23, 4)}),
        ("sum", {}, {"A": 22, "B": 23}),
        ("median", {}, {"A": Fraction(13, 2), "B": 5}),
        ("median", {"even": "low"}, {"A": 6, "B": 5}),
        ("median", {"even": "high"}, {"A": 7, "B": 5}),
        ("trimmed", {}, {"A": Fraction(13, 2), "B": 5}),
        ("trimmed", {"low": "1", "high": "0"}, {"A": 7, "B": Fraction(19, 3)}),
        ("trimmed", {"low": 0, "high": 2}, {"A": Fraction(7, 2), "B": Fraction(9, 2)}),
        ("trimmed", {"min_sheets": 5}, {"A": Fraction(11, 2), "B": Fraction(23, 4)}),
        ("trimmed", {"per_n": {4: [2, 0]}}, {"A": Fraction(15, 2), "B": 7}),
        ("weighted", {}, {"A": Fraction(11, 2), "B": Fraction(23, 4)}),
        ("rank_sum", {}, {"A": 6, "B": 6}),
        ("borda", {}, {"A": 2, "B": 2}),
        ("borda", {"incomplete": "percentile"}, {"A": Fraction(1, 2), "B": Fraction(1, 2)}),
        ("rank_sum", {"incomplete": "percentile"}, {"A": Fraction(1, 2), "B": Fraction(1, 2)}),
    ],
)
def test_a_method_is_named_with_its_options(rank, method, options, scores):
    assert rank(SCORES, method, options=options).score_of() == scores


@pytest.mark.parametrize(
    ("method", "options", "problems"),
    [
        ("mean", {"low": 1}, [("method", "the method 'mean' has no options; remove low")]),
        ("median", {"even": "random"}, [("method.even", "Must be one of: mean, low, high.")]),
        ("trimmed", {"lo": 1}, [("method.lo", "Unknown field.")]),
        (
            "trimmed",
            {"low": Decimal("0.5")},
            [("method.low", "Decimal('0.5') is not a whole number; write one such as 5")],
        ),
        (
            "trimmed",
            {"low": 1, "high": 2, "min_sheets": 3},
            [("method", "min_sheets must be more than the 1 + 2 sheets that are dropped.")],
        ),
        (
            "trimmed",
            {"low": 1, "per_n": {3: [1, 2], 9: [1, 1]}},
            [
                ("method", "per_n says it all: remove low, high and min_sheets, or per_n."),
                ("method", "per_n would drop 1 + 2 of 3 sheets and leave none."),
            ],
        ),
        ("rank_sum", {"incomplete": "maybe"}, [("method.incomplete", "Must be one of: refuse, percentile.")]),
    ],
)
def test_options_that_a_method_does_not_take_are_refused_each_named(rank, method, options, problems):
    with pytest.raises(InputRefused) as refused:
        rank(SCORES, method, options=options)

    assert [(problem.field, problem.message) for problem in refused.value.problems] == problems
