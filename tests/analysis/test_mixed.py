"""Severity and quality told apart: published answers, what is known by theory, and juries that tell little."""

from pathlib import Path

import numpy as np
import pytest

from juri.core.analysis.design import Design
from juri.core.analysis.mixed import fit_crossed, fit_severity

RIDGE = Path(__file__).resolve().parents[1] / "data" / "analysis" / "severity_ridge_open"


@pytest.mark.parametrize("design", ["connected", "two_islands"])
@pytest.mark.parametrize("penalty", [1, 4])
def test_the_ridge_gives_the_exact_fractions(design, penalty, rows_of, design_of, known):
    rows = [(row["entry"], row["juror"], row["score"]) for row in rows_of(RIDGE / f"{design}.csv")]
    (wanted,) = (value for what, value in known(RIDGE).items() if what.startswith(f"{design}:"))

    fit = fit_severity(design_of(rows), penalty)

    assert fit.score == pytest.approx(list(wanted[str(penalty)]["entry"].values()), abs=1e-9)
    assert fit.effect == pytest.approx(list(wanted[str(penalty)]["juror_leniency"].values()), abs=1e-9)
    assert fit.design.islands_in_use == known(RIDGE)["connected components of the entry-juror graph"][design]


def test_penicillin_has_the_variances_of_lme4(rows_of, design_of, shared, known):
    folder = shared("mixed_penicillin_lme4")
    wanted = known(folder)

    fit = fit_crossed(design_of((row["plate"], row["sample"], row["diameter"]) for row in rows_of(folder / "data.csv")))

    for found, name in ((fit.entry_variance, "plate"), (fit.juror_variance, "sample"), (fit.noise, "residual")):
        assert found**0.5 == pytest.approx(wanted["REML sd"][name], abs=6e-5)
        assert found**0.5 == pytest.approx(wanted["REML sd 8 digits"][name], abs=1e-4)
    assert fit.criterion == pytest.approx(wanted["REML criterion"], abs=1e-4)
    assert fit.mean == pytest.approx(wanted["intercept"], abs=5e-5)
    assert fit.juror_effect == pytest.approx(list(wanted["BLUP sample"].values()), abs=1e-4)


def _one_way(rows):
    """Every measurement of a batch by somebody else: jurors who scored once cannot be told from noise."""
    return [(row["Batch"], f"{place:02}", row["Yield"]) for place, row in enumerate(rows)]


def test_dyestuff_has_the_published_answer(rows_of, design_of, shared, known):
    folder = shared("mixed_dyestuff_lme4")
    wanted = known(folder)

    fit = fit_crossed(design_of(_one_way(rows_of(folder / "data.csv"))))

    assert fit.entry_variance**0.5 == pytest.approx(wanted["Dyestuff REML sd"]["Batch"], abs=5e-4)
    assert fit.noise**0.5 == pytest.approx(wanted["Dyestuff REML sd"]["residual"], abs=5e-4)
    assert fit.criterion == pytest.approx(wanted["Dyestuff REML criterion"], abs=1e-4)
    assert fit.mean == pytest.approx(wanted["Dyestuff intercept"], abs=1e-9)
    assert fit.entry_effect == pytest.approx(list(wanted["Dyestuff BLUP"].values()), abs=1e-3)
    assert fit.juror_variance == 0


def test_dyestuff2_has_no_variance_between_batches(rows_of, design_of, shared, known):
    folder = shared("mixed_dyestuff_lme4")
    wanted = known(folder)
    (spread,) = (value for what, value in wanted.items() if what.startswith("Dyestuff2 REML sd"))

    fit = fit_crossed(design_of(_one_way(rows_of(folder / "data_zero_variance.csv"))))

    assert fit.entry_variance == 0
    assert not fit.entry_effect.any()
    assert fit.noise**0.5 == pytest.approx(spread["residual"], abs=1e-5)
    assert fit.mean == pytest.approx(wanted["Dyestuff2 intercept"], abs=1e-6)
    assert fit.criterion == pytest.approx(wanted["Dyestuff2 REML criterion"], abs=1e-5)


def test_a_complete_jury_has_the_variances_of_the_table_of_squares(drawn):
    design, _, _ = drawn(40, 6, 6, seed=12, severity=8)
    scores = design.value.reshape(40, 6)
    rows, columns, whole = scores.mean(axis=1), scores.mean(axis=0), scores.mean()
    noise = ((scores - rows[:, None] - columns + whole) ** 2).sum() / (39 * 5)

    fit = fit_crossed(design)

    assert fit.noise == pytest.approx(noise, rel=1e-6)
    assert fit.entry_variance == pytest.approx(rows.var(ddof=1) - noise / 6, rel=1e-6)
    assert fit.juror_variance == pytest.approx(columns.var(ddof=1) - noise / 40, rel=1e-5)
    assert fit_severity(design).juror_variance == pytest.approx(columns.var(ddof=1) - noise / 40, rel=1e-5)


def test_an_uneven_jury_is_at_the_least_of_the_criterion_as_written_in_textbooks(drawn):
    design, _, _ = drawn(30, 3, 7, seed=5)
    kept = np.random.default_rng(1).random(design.value.size) < 0.8
    design = Design(design.entry[kept], design.juror[kept], design.value[kept], 30, 7)

    def criterion(entries: float, jurors: float, noise: float) -> float:
        same = [np.equal.outer(codes, codes) for codes in (design.entry, design.juror)]
        whole = entries * same[0] + jurors * same[1] + noise * np.eye(design.value.size)
        inverse, one = np.linalg.inv(whole), np.ones(design.value.size)
        mean = (one @ inverse @ design.value) / (one @ inverse @ one)
        rest = design.value - mean
        return float(
            np.linalg.slogdet(whole)[1]
            + np.log(one @ inverse @ one)
            + rest @ inverse @ rest
            + (design.value.size - 1) * np.log(2 * np.pi)
        )

    fit = fit_crossed(design)
    found = (fit.entry_variance, fit.juror_variance, fit.noise)

    assert fit.criterion == pytest.approx(criterion(*found), rel=1e-10)
    for place in range(3):
        for factor in (0.97, 1.03):
            moved = [each * (factor if place == other else 1) for other, each in enumerate(found)]
            assert criterion(*moved) > fit.criterion


def test_severity_finds_the_harsh_juror_and_gives_back_what_was_taken(drawn):
    design, quality, effect = drawn(600, 3, 20, seed=3, severity=8)
    raw = np.bincount(design.entry, design.value) / design.sheets

    fit = fit_severity(design)

    assert np.argmin(fit.effect) == np.argmin(effect)
    assert (np.abs(fit.effect - effect + effect.mean()) < 4 * fit.error).all()
    assert ((fit.score - quality).std()) < 0.85 * (raw - quality).std()


def test_islands_keep_their_own_level_by_the_juror_variance_alone(design_of):
    rows = [("A", "1", 80), ("A", "2", 70), ("B", "1", 90), ("B", "2", 78)]
    low = [(f"{entry}x", f"{juror}x", score - 30) for entry, juror, score in rows]

    fit = fit_severity(design_of(rows + low))

    assert fit.design.islands_in_use == 2
    assert fit.score == pytest.approx([75, 45, 84, 54])
    assert fit.effect[[0, 2]].sum() == pytest.approx(0)


LITTLE = {
    "one sheet": [("A", "1", 80)],
    "one juror": [("A", "1", 80), ("B", "1", 70), ("C", "1", 75)],
    "one juror an entry": [("A", "1", 80), ("B", "1", 70), ("C", "2", 75), ("D", "2", 60)],
    "one entry": [("A", "1", 80), ("A", "2", 70), ("A", "3", 75)],
    "each juror one sheet": [("A", "1", 80), ("A", "2", 70), ("B", "3", 75), ("B", "4", 60)],
    "all equal": [(entry, juror, 77.7) for entry in "ABC" for juror in "123"],
    "jurors agree": [(entry, juror, score) for entry, score in (("A", 70), ("B", 80)) for juror in "12"],
}


@pytest.mark.parametrize("rows", LITTLE.values(), ids=LITTLE)
def test_a_jury_that_tells_nothing_about_severity_is_not_corrected(rows, design_of):
    design = design_of(rows)

    fit = fit_severity(design)

    assert fit.penalty is None
    assert not fit.effect.any()
    assert fit.score == pytest.approx(np.bincount(design.entry, design.value) / design.sheets)
    assert np.isfinite([fit.noise, fit.juror_variance, *fit.error]).all()


@pytest.mark.parametrize("rows", LITTLE.values(), ids=LITTLE)
def test_a_jury_that_tells_little_still_gets_an_answer(rows, design_of):
    fit = fit_crossed(design_of(rows))

    effects = np.concatenate([fit.entry_effect, fit.juror_effect])
    assert np.isfinite([fit.mean, fit.mean_error, fit.entry_variance, fit.juror_variance, fit.noise, *effects]).all()


def test_scores_without_noise_are_taken_apart_exactly(design_of):
    effect = {"1": -6, "2": 0, "3": 6}
    rows = [(entry, juror, quality + effect[juror]) for entry, quality in (("A", 60), ("B", 70)) for juror in "123"]
    rows += [("C", juror, 80 + effect[juror]) for juror in "12"]

    fit = fit_severity(design_of(rows))

    assert fit.effect == pytest.approx([-6, 0, 6], abs=1e-3)
    assert fit.score == pytest.approx([60, 70, 80], abs=1e-3)


def test_an_entry_without_a_sheet_has_no_score_and_harms_nobody(design_of):
    whole = design_of([("A", "1", 80), ("A", "2", 70), ("B", "1", 90), ("B", "2", 75)])
    with_more = Design(whole.entry, whole.juror, whole.value, 3, 3)

    fit = fit_severity(with_more, 2)

    assert fit.score == pytest.approx([*fit_severity(whole, 2).score, 0])
    assert fit.effect[2] == 0
    assert fit_crossed(with_more).entry_effect[2] == 0


def test_the_same_sheets_give_the_same_bits(drawn):
    design, _, _ = drawn(300, 3, 40, seed=8)
    again = Design(design.entry.copy(), design.juror.copy(), design.value.copy(), 300, 40)

    assert fit_severity(design).score.tobytes() == fit_severity(again).score.tobytes()
    assert fit_crossed(design).entry_effect.tobytes() == fit_crossed(again).entry_effect.tobytes()
