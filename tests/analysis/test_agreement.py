"""What figures of agreement mean: what they do not depend on, where they meet, and what they say where they end."""

import math
from fractions import Fraction
from itertools import permutations

import numpy as np
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from juri.core.analysis.agreement import LEVELS, kendall_w, krippendorff_alpha, measure_agreement, no_agreement
from juri.core.analysis.agreement_icc import FORMS, intraclass
from juri.core.analysis.agreement_kappa import cohen_kappa, fleiss_kappa
from juri.core.analysis.estimate import REASONS
from juri.core.scoring.matrix import Matrix

SCORES = st.integers(0, 6)
GAPPY = st.lists(st.lists(st.none() | SCORES, min_size=3, max_size=3), min_size=1, max_size=7)
COMPLETE = st.lists(st.lists(SCORES, min_size=3, max_size=3), min_size=3, max_size=7)


def matrix_of(table):
    """Build a matrix from one row an entry, one column a juror, None where there is no score."""
    return Matrix.build(
        (f"E{row}", f"J{column}", Fraction(score))
        for row, scores in enumerate(table)
        for column, score in enumerate(scores)
        if score is not None
    )


def estimates_of(found):
    icc = found.reliability.icc
    kappas = [found.fleiss, found.cohen, found.linear, found.quadratic]
    order = [found.correlation, found.rank_correlation, *found.order.values()]
    return [*icc.values(), found.alpha, found.kendall.w, *kappas, *order]


@given(GAPPY, st.sampled_from(LEVELS))
def test_every_figure_is_a_number_or_says_why_there_is_none(table, level):
    for each in estimates_of(measure_agreement(matrix_of(table), level)):
        assert (each.value is None) == (each.why in REASONS)
        assert each.value is None or math.isfinite(each.value)


@given(COMPLETE)
@example([[0, 0, 1], [0, 0, 1], [0, 1, 0]])  # hardly a degree of freedom is left
def test_an_interval_holds_its_estimate(table):
    for each in intraclass(matrix_of(table)).icc.values():
        if each.low is not None and each.high is not None:
            assert each.low <= each.value + 1e-9
            assert each.value <= each.high + 1e-9


@given(COMPLETE, st.integers(-5, 5), st.integers(1, 9))
@example([[0, 0, 5], [0, 5, 5], [5, 0, 0]], 0, 3)  # the mean squares cancel out
def test_another_origin_or_unit_of_the_scale_changes_no_icc_and_no_interval_alpha(table, origin, unit):
    before = measure_agreement(matrix_of(table))
    after = measure_agreement(matrix_of([[origin + unit * score for score in row] for row in table]))
    for one, other in zip(estimates_of(before), estimates_of(after), strict=True):
        assert one.why == other.why
        assert one.value == (None if other.value is None else pytest.approx(other.value, rel=1e-6, abs=1e-9))


@given(COMPLETE, st.lists(st.integers(-9, 9), min_size=3, max_size=3))
def test_severity_leaves_consistency_alone(table, severity):
    shifted = [[score + bias for score, bias in zip(row, severity, strict=True)] for row in table]
    one, other = (intraclass(matrix_of(each)) for each in (table, shifted))
    assume(one.squares is not None and other.squares is not None)
    for form in ("C1", "Ck"):
        assert one.icc[form].value == (None if other.icc[form].value is None else pytest.approx(other.icc[form].value))


@given(GAPPY, st.sampled_from(LEVELS))
def test_alpha_is_one_minus_observed_over_expected_disagreement_counted_pair_by_pair(table, level):
    found = krippendorff_alpha(matrix_of(table), level)
    units = [[score for score in row if score is not None] for row in table]
    units = [unit for unit in units if len(unit) > 1]
    values = sorted(score for unit in units for score in unit)

    def apart(a, b):
        low, high = sorted((a, b))
        between = sum(low <= value <= high for value in values) - (values.count(a) + values.count(b)) / 2
        return {
            "nominal": float(a != b),
            "ordinal": between**2 if a != b else 0.0,
            "interval": (a - b) ** 2,
            "ratio": ((a - b) / (a + b)) ** 2 if a + b else 0.0,
        }[level]

    if len(set(values)) < 2:
        assert found.value is None
        return
    observed = sum(sum(apart(a, b) for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in units)
    expected = sum(apart(a, b) for a, b in permutations(values, 2)) / (len(values) - 1)
    assert found.value == pytest.approx(1 - observed / expected)


def test_one_missing_score_takes_no_entry_away_and_hardly_moves_the_correlations():
    drawn = np.random.default_rng(1)
    table = (50 + 10 * drawn.normal(size=(60, 1)) + 4 * drawn.normal(size=5) + 5 * drawn.normal(size=(60, 5))).round()
    rows = [[int(score) for score in row] for row in table]
    whole = intraclass(matrix_of(rows))
    rows[7][2] = None
    gappy = intraclass(matrix_of(rows))
    assert (whole.complete, gappy.complete) == (True, False)
    for form in FORMS:
        assert gappy.icc[form].value == pytest.approx(whole.icc[form].value, abs=0.01)
        assert gappy.icc[form].low is None
    assert gappy.components.jurors_per_entry == pytest.approx(60 / (59 / 5 + 1 / 4))


def test_the_components_of_a_gappy_table_are_those_it_was_drawn_from():
    drawn = np.random.default_rng(2)
    entries, jurors, each = 1500, 60, 4
    truth, severity = 8 * drawn.normal(size=entries), 5 * drawn.normal(size=jurors)
    scores = [
        (f"E{entry}", f"J{juror}", Fraction(round(50 + truth[entry] + severity[juror] + 6 * drawn.normal(), 3)))
        for entry in range(entries)
        for juror in drawn.choice(jurors, each, replace=False)
    ]
    found = intraclass(Matrix.build(scores)).components
    drawn_from = [float(np.var(effects, ddof=1)) for effects in (truth, severity)]
    assert [found.entry, found.juror, found.residual] == pytest.approx([*drawn_from, 36], rel=0.1)
    assert found.reliability(1, absolute=True) == pytest.approx(
        found.entry / (found.entry + found.juror + found.residual)
    )
    assert found.error(4, absolute=False) == pytest.approx(math.sqrt(found.residual / 4))


def test_kendall_is_the_statistic_of_friedman():
    from scipy.stats import friedmanchisquare

    table = [[3, 1, 2, 2], [1, 1, 1, 4], [5, 2, 3, 3], [4, 4, 2, 1], [2, 3, 5, 5]]
    found = kendall_w(matrix_of(table))
    statistic, p = friedmanchisquare(*table)
    assert (found.chi_square, found.p) == (pytest.approx(statistic), pytest.approx(p))


@pytest.mark.parametrize(
    ("table", "whys"),
    [
        ([[1, 2, 3]], {"icc": "one_entry", "alpha": "", "w": "one_entry", "fleiss": ""}),
        ([[1], [2], [3]], {"icc": "one_juror", "alpha": "no_overlap", "w": "one_juror", "fleiss": "no_overlap"}),
        ([[1, None], [None, 2]], {"icc": "no_overlap", "alpha": "no_overlap", "w": "incomplete"}),
        ([[4, 4], [4, 4]], {"icc": "all_equal", "alpha": "all_equal", "w": "all_equal", "fleiss": "all_equal"}),
        ([[1, 2], [1, 2]], {"icc": "no_spread", "alpha": "", "w": "all_equal", "cohen": ""}),
        ([[1, 2, None], [2, 2, 3]], {"w": "incomplete", "fleiss": "unequal_numbers", "cohen": "not_two_jurors"}),
        ([[], []], {"icc": "one_entry", "alpha": "no_overlap", "w": "one_entry", "fleiss": "no_overlap"}),
    ],
)
def test_a_figure_that_does_not_exist_says_why(table, whys):
    found = measure_agreement(matrix_of(table))
    said = {
        "icc": found.reliability.icc["C1"].why,
        "alpha": found.alpha.why,
        "w": found.kendall.w.why,
        "fleiss": found.fleiss.why,
        "cohen": found.cohen.why,
    }
    assert {name: said[name] for name in whys} == whys
    assert found.reliability.icc["C1"].reason == REASONS.get(whys.get("icc", ""), found.reliability.icc["C1"].reason)


def test_two_jurors_who_share_no_entry_cannot_be_compared_by_cohen():
    assert cohen_kappa(matrix_of([[1, None], [None, 2]])).why == "no_overlap"
    assert cohen_kappa(matrix_of([[1], [2]])).why == "one_juror"


def test_severity_and_chance_are_told_apart_only_where_jurors_meet_more_than_once():
    found = intraclass(matrix_of([[1, 2, None, None], [None, None, 3, 5]]))
    assert found.icc["A1"].why == "confounded"
    assert found.icc["1"].value is not None
    assert found.components is None


def test_jurors_who_agree_to_the_point_agree_perfectly():
    table = [[score] * 3 for score in (1, 4, 2)]
    found = measure_agreement(matrix_of(table))
    assert {each.value for each in found.reliability.icc.values()} == {1.0}
    assert {(each.low, each.high) for each in found.reliability.icc.values()} == {(1.0, 1.0)}
    assert [found.alpha.value, found.kendall.w.value, found.fleiss.value] == [1.0, 1.0, 1.0]


def test_ratio_is_for_scales_with_a_true_zero():
    assert krippendorff_alpha(matrix_of([[-1, 2], [3, 4]]), "ratio").why == "negative"
    assert krippendorff_alpha(matrix_of([[0, 0], [3, 4]]), "ratio").value is not None


def test_words_have_agreement_but_no_means():
    found = measure_agreement(matrix_of([[0, 0], [1, 1], [0, 1]]), "nominal", words=True)
    assert found.alpha.value is not None
    assert found.fleiss.value is not None
    assert found.cohen.value is not None
    assert {found.reliability.why, found.kendall.w.why, found.linear.why, found.quadratic.why} == {"words"}


def test_nothing_to_compare_is_told_by_every_figure():
    assert {each.why for each in estimates_of(no_agreement("no_total", "nominal"))} == {"no_total"}


def test_fleiss_leaves_entries_without_a_score_out():
    with_gap = Matrix.build([("A", "J0", Fraction(1)), ("A", "J1", Fraction(2))], entries=["A", "B"])
    assert fleiss_kappa(with_gap).value == fleiss_kappa(matrix_of([[1, 2]])).value
