"""Figures of agreement that others published or computed, reproduced within the tolerance that each set states."""

import json
from fractions import Fraction
from pathlib import Path

import pytest

from juri.core.analysis.agreement import LEVELS, kendall_w, krippendorff_alpha
from juri.core.analysis.agreement_icc import intraclass
from juri.core.analysis.agreement_kappa import cohen_kappa, fleiss_kappa
from juri.core.analysis.agreement_order import mean_correlation, order_beside_others
from juri.core.scoring.matrix import Matrix

DATA = Path(__file__).resolve().parents[1] / "data"
TYPED, WINES = DATA / "analysis", DATA / "scoring"
FORMS = {
    "ICC(1,1)": "1",
    "ICC(2,1)": "A1",
    "ICC(3,1)": "C1",
    "ICC(1,4)": "1k",
    "ICC(2,4)": "Ak",
    "ICC(3,4)": "Ck",
    "ICC(1)": "1",
    "ICC(A,1)": "A1",
    "ICC(C,1)": "C1",
}
TASTINGS = ("winetaster_report104", "winetaster_report109", "winetaster_report27", "winetaster_report73")


def expected_of(folder):
    """Return what is expected by its name, each as a value that knows its tolerance."""
    listed = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["expected"]
    return {each["what"]: near(each["value"], each["tolerance"]) for each in listed}


def near(value, tolerance):
    if isinstance(value, dict):
        return {key: near(each, tolerance) for key, each in value.items()}
    if isinstance(value, list):
        return [near(each, tolerance) for each in value]
    return value if isinstance(value, str) else pytest.approx(value, abs=tolerance, rel=0)


def long_form(rows, entry, juror, score):
    return Matrix.build((row[entry], row[juror], Fraction(row[score])) for row in rows)


def crossed(rows, entry):
    """Read a table with one column a juror."""
    return Matrix.build(
        (row[entry], name, Fraction(score)) for row in rows for name, score in row.items() if name != entry
    )


def test_shrout_and_fleiss_1979(rows_of):
    folder = TYPED / "icc_shrout_fleiss_1979"
    expected = expected_of(folder)
    found = intraclass(long_form(rows_of(folder / "data.csv"), "target", "judge", "score"))
    icc = {name: found.icc[FORMS[name]] for name in expected["ICC"]}
    assert {name: each.value for name, each in icc.items()} == expected["ICC"]
    assert {name: each.value for name, each in icc.items()} == expected["ICC to 8 digits"]
    assert {name: [icc[name].low, icc[name].high] for name in expected["95% CI"]} == expected["95% CI"]
    squares = found.squares
    assert {
        "BMS": squares.entries,
        "WMS": squares.within,
        "JMS": squares.jurors,
        "EMS": squares.residual,
    } == expected["mean squares"]


def test_the_anxiety_panel_of_r_irr(shared, rows_of):
    folder = shared("icc_kendall_anxiety")
    matrix, expected = crossed(rows_of(folder / "data.csv"), "subject"), expected_of(folder)
    kendall, icc = kendall_w(matrix), intraclass(matrix).icc
    assert kendall.w.value == expected["Kendall W (tie corrected)"]
    assert (kendall.chi_square, kendall.df) == (expected["chisq"], 19)
    assert kendall.p == expected["p"]
    for name in ("ICC(A,1)", "ICC(C,1)", "ICC(1)"):
        assert icc[FORMS[name]].value == expected[name]
    for name, by_rank in (("Pearson", False), ("Spearman", True)):
        assert mean_correlation(matrix, by_rank=by_rank).value == expected[f"mean pairwise {name} (Fisher z average)"]
    finn = 1 - intraclass(matrix).squares.within / ((6**2 - 1) / 12)  # the scale has six levels
    assert finn == expected["Finn"]


@pytest.mark.parametrize("tasting", TASTINGS)
def test_the_tastings_of_quandt(tasting, rows_of):
    folder = WINES / tasting
    ranks = [
        (wine, row["judge"], Fraction(rank))
        for row in rows_of(folder / "data.csv")
        for wine, rank in row.items()
        if wine != "judge"
    ]
    found, expected = kendall_w(Matrix.build(ranks)), expected_of(folder)
    assert found.w.value == expected["Kendall W"]
    assert found.p == expected["p of W (chi-square, df n-1)"]
    beside = order_beside_others(Matrix.build(ranks))
    published = expected["correlation of each judge with the average ranking of the others (Spearman, tie-corrected)"]
    assert {juror: beside[juror].value for juror in published} == published


def test_the_reds_of_paris_1976(rows_of):
    folder = WINES / "wine_paris_1976_red"
    matrix, expected = long_form(rows_of(folder / "data.csv"), "wine", "judge", "score"), expected_of(folder)
    kendall, icc = kendall_w(matrix), intraclass(matrix).icc
    assert [kendall.w.value, kendall.chi_square, kendall.p] == expected["Kendall W (tie corrected), chi-square, p"]
    assert [icc["A1"].value, icc["Ak"].value] == expected["ICC(A,1), ICC(A,11)"]
    assert krippendorff_alpha(matrix).value == expected["Krippendorff alpha interval"]


def test_krippendorff_2011_at_every_level(rows_of):
    folder = TYPED / "krippendorff_canonical"
    matrix, expected = long_form(rows_of(folder / "data.csv"), "unit", "observer", "value"), expected_of(folder)
    alphas = {level: krippendorff_alpha(matrix, level).value for level in LEVELS}
    assert alphas == expected["alpha"]
    assert alphas == expected["alpha 9 digits"]
    assert matrix.sheets[matrix.sheets > 1].sum() == expected["pairable values n.."]


def test_the_example_of_fleiss_kappa(rows_of):
    folder = TYPED / "kappa_fleiss_wikipedia"
    scores = []
    for row in rows_of(folder / "data.csv"):
        given = [category for category in range(1, 6) for _ in range(int(row[f"c{category}"]))]
        scores += [(row["subject"], f"rater{number}", Fraction(category)) for number, category in enumerate(given)]
    found, expected = fleiss_kappa(Matrix.build(scores)), expected_of(folder)
    assert found.value == expected["Fleiss kappa"]
    assert found.observed == expected["P_bar"]
    assert found.expected == expected["Pe_bar"]
    given = [score for _, _, score in scores]
    assert [given.count(Fraction(category)) / len(given) for category in range(1, 6)] == expected["p_j"]


def test_the_vision_of_7477_women(shared, rows_of):
    folder = shared("kappa_vision_weighted")
    grades = ["1st grade", "2nd grade", "3rd grade", "4th grade"]
    scores, women = [], 0
    for row in rows_of(folder / "data.csv"):
        right, left = (Fraction(grades.index(row[eye].casefold())) for eye in ("right_eye", "left_eye"))
        for woman in range(women, women + int(row["count"])):
            scores += [(f"{woman}", "right", right), (f"{woman}", "left", left)]
        women += int(row["count"])
    matrix, expected = Matrix.build(scores), expected_of(folder)
    assert women == expected["N"]
    assert cohen_kappa(matrix).value == expected["kappa unweighted"]
    assert cohen_kappa(matrix, "linear").value == expected["kappa linear weights"]
    assert cohen_kappa(matrix, "quadratic").value == expected["kappa quadratic weights"]
