"""How sure a ranking is: intervals that hold as often as they say, and answers that do not depend on chance."""

from dataclasses import replace

import numpy as np
import pytest

from juri.core.analysis.design import Design
from juri.core.analysis.mixed import fit_severity
from juri.core.analysis.uncertainty import rank_doubt


def ranks_of(quality: np.ndarray) -> np.ndarray:
    ranks = np.empty(quality.shape, dtype=int)
    np.put_along_axis(ranks, np.argsort(-quality, axis=-1), np.arange(1, quality.shape[-1] + 1)[None, :], axis=-1)
    return ranks


def bootstrapped(design: Design, per_entry: int, draws: int) -> tuple[np.ndarray, np.ndarray]:
    """Resample the sheets of each entry, as spreadsheets of doubt do, and take the ranks of the means."""
    rng = np.random.default_rng(7)
    scores = design.value.reshape(design.entries, per_entry)
    chosen = rng.integers(0, per_entry, (draws, design.entries, per_entry))
    ranks = ranks_of(np.take_along_axis(scores[None], chosen, axis=2).mean(axis=2))
    ranks.sort(axis=0)
    return ranks[int(0.025 * draws)], ranks[draws - 1 - int(0.025 * draws)]


@pytest.mark.slow
@pytest.mark.parametrize(("per_entry", "bootstrap"), [(3, (0.66, 0.76)), (5, (0.78, 0.86))])
def test_intervals_hold_as_often_as_they_say_and_those_of_the_bootstrap_do_not(per_entry, bootstrap, drawn):
    held, naive = [], []
    for seed in range(30):
        design, quality, _ = drawn(300, per_entry, 20, seed=seed)
        true = ranks_of(quality[None])[0]
        doubt = rank_doubt(fit_severity(design), (10,))
        held.append(((true >= doubt.low) & (true <= doubt.high)).mean())
        low, high = bootstrapped(design, per_entry, 400)
        naive.append(((true >= low) & (true <= high)).mean())

    assert 0.94 <= np.mean(held) <= 0.96
    assert bootstrap[0] <= np.mean(naive) <= bootstrap[1]


@pytest.mark.slow
def test_intervals_hold_where_each_category_has_jurors_of_its_own(drawn):
    held = []
    for seed in range(30):
        parts = [drawn(60, 3, 6, seed=100 * seed + part) for part in range(5)]
        shift = np.random.default_rng(seed).normal(0, 6, 5)
        design = Design(
            np.concatenate([part.entry + 60 * place for place, (part, _, _) in enumerate(parts)]),
            np.concatenate([part.juror + 6 * place for place, (part, _, _) in enumerate(parts)]),
            np.concatenate([part.value + shift[place] for place, (part, _, _) in enumerate(parts)]),
            300,
            30,
        )
        true = ranks_of(np.concatenate([quality + shift[place] for place, (_, quality, _) in enumerate(parts)])[None])
        doubt = rank_doubt(fit_severity(design))
        held.append(((true[0] >= doubt.low) & (true[0] <= doubt.high)).mean())

    assert 0.93 <= np.mean(held) <= 0.96


@pytest.mark.slow
def test_of_entries_that_are_inside_with_some_probability_that_share_is(drawn):
    said, was = [], []
    for seed in range(120):
        design, quality, _ = drawn(200, 3, 20, seed=seed)
        said.append(rank_doubt(fit_severity(design), (20,), draws=300).inside[0])
        was.append(ranks_of(quality[None])[0] <= 20)
    said, was = np.concatenate(said), np.concatenate(was)

    for low, high in ((0.05, 0.3), (0.3, 0.7), (0.7, 0.95)):
        band = (said > low) & (said < high)
        assert was[band].mean() == pytest.approx(said[band].mean(), abs=0.05)


def test_the_places_of_a_cut_are_shared_out_completely(drawn):
    doubt = rank_doubt(fit_severity(drawn(80, 3, 8, seed=2)[0]), (5, 20))

    assert doubt.inside.sum(axis=1) == pytest.approx([5, 20])
    assert (doubt.inside[0] <= doubt.inside[1]).all()
    assert (doubt.low <= doubt.high).all()
    assert doubt.borderline(0).any()
    assert not doubt.borderline(0).all()


def test_the_same_seed_draws_the_same_and_another_seed_something_else(drawn):
    fit = fit_severity(drawn(60, 3, 8, seed=4)[0])

    one, again, other = (rank_doubt(fit, (5,), seed=seed) for seed in (1, 1, 2))

    assert one.inside.tolist() == again.inside.tolist()
    assert one.low.tolist() == again.low.tolist()
    assert one.inside.tolist() != other.inside.tolist()
    assert one.inside[0] == pytest.approx(other.inside[0], abs=0.08)


def test_more_sheets_leave_less_doubt(drawn):
    few, many = (rank_doubt(fit_severity(drawn(100, sheets, 12, seed=6)[0])) for sheets in (2, 8))

    assert (many.high - many.low).mean() < 0.7 * (few.high - few.low).mean()


def test_where_all_are_equal_everybody_is_first_and_inside_with_the_same_probability(design_of):
    equal = design_of([(entry, juror, 77) for entry in "ABCD" for juror in "12"])

    doubt = rank_doubt(fit_severity(equal), (1, 3))

    assert doubt.low.tolist() == [1] * 4
    assert doubt.high.tolist() == [4] * 4
    assert doubt.inside.tolist() == [[0.25] * 4, [0.75] * 4]


def test_jurors_who_agree_leave_no_doubt_but_between_equals(design_of):
    score = {"A": 90, "B": 80, "C": 80, "D": 70}
    agreed = design_of([(entry, juror, score[entry]) for entry in "ABCD" for juror in "12"])

    doubt = rank_doubt(fit_severity(agreed), (2,))

    assert list(zip(doubt.low.tolist(), doubt.high.tolist(), strict=True)) == [(1, 1), (2, 3), (2, 3), (4, 4)]
    assert doubt.inside.tolist() == [[1, 0.5, 0.5, 0]]


def test_entries_that_differ_by_no_more_than_noise_are_all_in_doubt(design_of):
    noisy = design_of([("A", "1", 70), ("A", "2", 80), ("B", "1", 80), ("B", "2", 70)])

    doubt = rank_doubt(fit_severity(noisy), (1,))

    assert doubt.quality_variance == 0
    assert doubt.inside.tolist() == [[0.5, 0.5]]


def test_one_sheet_an_entry_measures_no_doubt(design_of):
    assert rank_doubt(fit_severity(design_of([("A", "1", 70), ("B", "1", 80), ("C", "2", 60)])), (1,)) is None


def test_an_entry_without_a_sheet_takes_no_part(drawn):
    design = drawn(20, 3, 5, seed=9)[0]

    doubt = rank_doubt(fit_severity(replace(design, entries=22)), (4,))

    assert doubt.entries.tolist() == list(range(20))
    assert doubt.high.max() <= 20
    assert doubt.inside.sum() == pytest.approx(4)


def test_a_cut_wider_than_the_field_lets_everybody_in(drawn):
    doubt = rank_doubt(fit_severity(drawn(10, 3, 5, seed=9)[0]), (25,))

    assert doubt.inside.tolist() == [[1.0] * 10]
