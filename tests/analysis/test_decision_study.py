"""Juries drawn before there is one: the figures of the design notes come out, and more jurors never make it worse."""

from dataclasses import replace

import numpy as np
import pytest

from juri.core.analysis.decision_study import (
    MEAN,
    SEVERITY,
    AnswerScale,
    Behaviour,
    Plan,
    draw,
    summarise,
)

HUNDRED = AnswerScale(tuple(tuple(at / 8 for at in range(101)) for _ in range(8)))
"""Eight criteria from 0 to 100 that weigh the same."""

NOBODY = Behaviour(severity=0, scale=0)
SMALL = Plan(entries=60, jurors=8, per_entry=2, top=10, scale=HUNDRED)

TABLE = [
    ("3,000 x 5 of 100", Plan(3000, 100, 5, 45, HUNDRED), (0.932, 0.585), (0.953, 0.652)),
    ("no juror effects", Plan(3000, 100, 5, 45, HUNDRED, NOBODY), (0.956, 0.722), (0.956, 0.715)),
    (
        "3 jurors, severity .8, scale .3",
        Plan(3000, 100, 3, 45, HUNDRED, Behaviour(severity=0.8, scale=0.3)),
        (0.846, 0.400),
        (0.919, 0.459),
    ),
    ("50 entries, all 5 jurors", Plan(50, 5, 5, 10, HUNDRED), (0.945, 0.827), (0.945, 0.827)),
    ("50 entries, 2 of 5 jurors", Plan(50, 5, 2, 10, HUNDRED), (0.853, 0.683), (0.872, 0.697)),
]
"""SCORING.md 1.2: rank correlation with the truth and part of the true Top found, by mean and severity-corrected."""


def findings(plan, draws, seed=1):
    found = summarise(plan.per_entry, [draw(plan, seed, number) for number in range(draws)])
    return {each.method: each for each in found}


@pytest.mark.slow
@pytest.mark.parametrize(("plan", "mean", "severity"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_the_simulations_of_the_design_notes_come_out_within_their_error(plan, mean, severity):
    found = findings(plan, 6 if plan.entries > 100 else 100)
    for method, (rho, hit) in ((MEAN, mean), (SEVERITY, severity)):
        # the notes drew six juries: their hits have an error of .02, and so have these
        assert found[method].rho.mean == pytest.approx(rho, abs=0.012)
        assert found[method].hit.mean == pytest.approx(hit, abs=3 * np.hypot(0.02, found[method].hit.error))


def test_the_same_seed_gives_the_same_juries_and_another_seed_others():
    assert draw(SMALL, 5, 3) == draw(SMALL, 5, 3)
    assert draw(SMALL, 5, 3) != draw(SMALL, 6, 3)
    assert draw(SMALL, 5, 3) != draw(SMALL, 5, 4)


def test_more_jurors_make_a_result_more_reproducible():
    few, many = (findings(replace(SMALL, per_entry=count), 40)[MEAN] for count in (1, 6))
    for name in ("rho", "hit", "reliability", "overlap"):
        assert getattr(many, name).mean > getattr(few, name).mean + 0.1


def test_reliability_is_the_formula_of_generalizability_theory_where_the_scale_has_no_end():
    wide = AnswerScale((tuple(np.linspace(0, 100, 100_001)),), centre=0.5, spread=0.01)
    ways = Behaviour(severity=0, scale=0, impression=0.6, noise=0.65, profile=0.3)
    plan = Plan(4000, 40, 3, 40, wide, ways)
    error = (0.6**2 + 0.65**2) / 3
    assert findings(plan, 4)[MEAN].reliability.mean == pytest.approx(1.09 / (1.09 + error), abs=0.01)


def test_without_any_doubt_two_juries_choose_the_same():
    sure = Behaviour(severity=0, scale=0, impression=0, noise=0)
    found = findings(replace(SMALL, behaviour=sure), 5)[MEAN]
    assert (found.overlap.mean, found.reliability.mean) == (1, pytest.approx(1))


def test_halo_hides_what_the_criteria_differ_by_but_not_the_level():
    hidden = findings(replace(SMALL, behaviour=Behaviour(halo=1, noise=0)), 20)[MEAN]
    seen = findings(replace(SMALL, behaviour=Behaviour(halo=0, noise=0)), 20)[MEAN]
    assert hidden.reliability.mean == pytest.approx(seen.reliability.mean, abs=0.05)


def test_a_scale_that_nobody_can_use_tells_nothing():
    blunt = AnswerScale(((0.0, 1.0),), centre=0.0, spread=0.01)
    found = findings(replace(SMALL, scale=blunt), 3)[MEAN]
    assert found.reliability.mean == 0
