"""Many-facet Rasch: the published example, measures put in and got back, and what to do where there is no measure."""

from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from juri.core.analysis.rasch import CRITERION, ENTRY, JUROR, Observations, fit_rasch
from juri.core.analysis.rasch_scale import rating_scale
from juri.core.errors import InputRefused
from juri.core.scoring.matrix import Matrix

GUILFORD = Path(__file__).resolve().parents[1] / "data" / "analysis" / "mfrm_guilford_1954"
MEASURES = "JMLE measures (logits; examinees +, judges and traits -; judges float, examinees and traits centred)"


@pytest.fixture(scope="module")
def guilford(rows_of):
    """Return the scale of Guilford's three judges, seven examinees and five traits."""
    criteria = {}
    for row in rows_of(GUILFORD / "data.csv"):
        criteria.setdefault(row["trait"], []).append((row["examinee"], row["judge"], Fraction(row["rating"])))
    return rating_scale({trait: Matrix.build(given) for trait, given in sorted(criteria.items())})


def by_name(scale, fit, facet):
    found = fit.facets[facet]
    return {
        name: {"measure": m, "se": e, "infit": i, "outfit": o}
        for name, m, e, i, o in zip(
            scale.names[facet], found.measure, found.error, found.infit, found.outfit, strict=True
        )
    }


def test_guilfords_creativity_scores_have_the_published_measures(guilford, known):
    fit, expected = fit_rasch(guilford.observations), known(GUILFORD)
    published = expected[MEASURES]
    for title, facet in (("examinees", ENTRY), ("judges", JUROR), ("traits", CRITERION)):
        for name, found in by_name(guilford, fit, facet).items():
            raw = published[title][name].pop("raw")
            rows = guilford.observations.index[facet] == guilford.names[facet].index(name)
            assert guilford.value[rows].sum() == raw
            assert found == pytest.approx(published[title][name], abs=0.001)
    assert fit.thresholds == pytest.approx(published["thresholds"], abs=0.001)


def test_guilfords_order_and_his_noisy_judge(guilford, known):
    fit, expected = fit_rasch(guilford.observations), known(GUILFORD)["ordering"]
    examinees, judges = (by_name(guilford, fit, facet) for facet in (ENTRY, JUROR))
    assert sorted(examinees, key=lambda name: -examinees[name]["measure"]) == expected["examinees best to worst"]
    assert max(judges, key=lambda name: judges[name]["measure"]) == expected["most severe judge"]
    assert min(judges, key=lambda name: judges[name]["measure"]) == expected["most lenient judge"]
    assert [name for name, each in judges.items() if each["infit"] > 1.3] == expected["noisy judge (infit>1.3)"]
    assert np.bincount(guilford.observations.category).tolist() == known(GUILFORD)["category counts 1..9"]


def drawn(seed, entries=120, jurors=8, criteria=4, most=4):
    rng = np.random.default_rng(seed)
    index = tuple(np.meshgrid(*map(np.arange, (entries, jurors, criteria)), indexing="ij"))
    index = tuple(each.ravel() for each in index)
    true = [rng.normal(size=entries), 0.7 * rng.normal(size=jurors), 0.5 * rng.normal(size=criteria)]
    steps = np.linspace(-1.5, 1.5, most)
    place = true[0][index[0]] - true[1][index[1]] - true[2][index[2]]
    chances = np.exp(np.outer(place, np.arange(most + 1)) - np.concatenate([[0], steps.cumsum()]))
    chances /= chances.sum(axis=1, keepdims=True)
    category = (rng.random((place.size, 1)) > chances.cumsum(axis=1)).sum(axis=1)
    return Observations(index, (entries, jurors, criteria), category, most), true


def test_measures_that_were_put_in_come_out():
    data, true = drawn(1)
    fit = fit_rasch(data)
    for facet in (ENTRY, JUROR, CRITERION):
        measure, error = fit.facets[facet].measure, fit.facets[facet].error
        apart = (measure - measure.mean()) - (true[facet] - true[facet].mean())
        assert np.square(apart / error).mean() < 1.6
        assert fit.facets[facet].infit.mean() == pytest.approx(1, abs=0.1)
    assert fit.thresholds == pytest.approx(np.linspace(-1.5, 1.5, 4), abs=0.2)
    assert fit.facets[ENTRY].measure.mean() == pytest.approx(0, abs=1e-9)


def test_the_measures_are_where_totals_are_what_is_to_be_expected():
    data, _ = drawn(4, entries=60, jurors=9)
    kept = np.random.default_rng(5).random(data.category.size) < 0.3
    data = Observations(tuple(own[kept] for own in data.index), data.sizes, data.category[kept], data.most)
    fit = fit_rasch(data)
    place = sum(sign * fit.facets[facet].measure[data.index[facet]] for facet, sign in enumerate((1, -1, -1)))
    numbers = np.arange(data.most + 1)
    chances = np.exp(np.outer(place, numbers) - np.concatenate([[0], fit.thresholds.cumsum()]))
    chances /= chances.sum(axis=1, keepdims=True)
    rest = data.category - chances @ numbers
    for facet in (ENTRY, JUROR, CRITERION):
        usual = fit.facets[facet].extreme == 0
        assert np.bincount(data.index[facet], rest, data.sizes[facet])[usual] == pytest.approx(0, abs=1e-5)
    assert chances.sum(axis=0) == pytest.approx(np.bincount(data.category), abs=1e-5)


TOO_FEW = {
    "one score": [("A", "X", 5)],
    "one entry": [("A", "X", 1), ("A", "Y", 2), ("A", "Z", 3)],
    "two groups that never overlap": [
        (e, j, n) for n, (e, j) in enumerate([*product("AB", "XY"), *product("CD", "YZ")])
    ],
}


@pytest.mark.parametrize("scores", TOO_FEW.values(), ids=TOO_FEW)
def test_scores_that_do_not_fix_the_measures_are_refused(scores):
    scale = rating_scale({"c": Matrix.build((entry, juror, Fraction(value)) for entry, juror, value in scores)})
    with pytest.raises(InputRefused, match=r"nothing to measure|run off without end"):
        fit_rasch(scale.observations)


def test_an_entry_with_the_greatest_score_throughout_has_a_finite_measure_and_moves_nobody():
    data, _ = drawn(2)
    without = fit_rasch(data)
    best = data.sizes[ENTRY]
    index = tuple(
        np.concatenate([own, np.full(3, best) if facet == ENTRY else np.array([0, 1, 2])])
        for facet, own in enumerate(data.index)
    )
    more = Observations(index, (best + 1, *data.sizes[1:]), np.append(data.category, [data.most] * 3), data.most)
    fit = fit_rasch(more)
    entries = fit.facets[ENTRY]
    assert entries.extreme[best] == 1
    assert np.isfinite(entries.measure).all()
    assert entries.measure[best] > 2
    assert np.isnan(entries.infit[best])
    assert entries.measure[:best] == pytest.approx(without.facets[ENTRY].measure, abs=1e-6)


def test_where_every_entry_has_one_score_throughout_there_is_nothing_to_measure():
    scale = rating_scale({"c": Matrix.build((f"E{e}", f"J{j}", Fraction(e)) for e in range(2) for j in range(3))})
    with pytest.raises(InputRefused, match="nothing to measure"):
        fit_rasch(scale.observations)


def test_a_long_scale_is_cut_into_classes_for_each_criterion_by_itself():
    rng = np.random.default_rng(3)
    scores = {
        name: Matrix.build(
            (f"E{e}", f"J{j}", Fraction(round(top * rng.random(), 2))) for e in range(20) for j in range(4)
        )
        for name, top in (("hundred", 100), ("thirty", 30))
    }
    scale = rating_scale(scores, 5)
    assert (scale.is_cut, scale.observations.most) == (True, 4)
    for criterion in range(2):
        own = scale.observations.category[scale.observations.index[CRITERION] == criterion]
        assert (own.min(), own.max()) == (0, 4)


def test_groups_of_jurors_that_share_no_entry_are_told():
    pairs = [("A", "X"), ("A", "Y"), ("B", "Y"), ("C", "Z")]
    scale = rating_scale({"c": Matrix.build((entry, juror, Fraction(n)) for n, (entry, juror) in enumerate(pairs))})
    assert scale.subsets == (("X", "Y"), ("Z",))
