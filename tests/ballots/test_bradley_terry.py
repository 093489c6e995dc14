"""Bradley-Terry: published strengths and errors, the prior, and comparisons that do not hang together."""

import csv
import json
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize

from juri.core.ballots.ballots import Pairs
from juri.core.ballots.bradley_terry import bradley_terry, fit_pairs
from juri.core.errors import InputRefused


def pairs(rows, *, ordered=True):
    """Build comparisons from (first, second, wins, losses)."""
    names = sorted({name for row in rows for name in row[:2]})
    place = {name: index for index, name in enumerate(names)}
    wins = {(place[a], place[b]): (Fraction(won), Fraction(lost)) for a, b, won, lost in rows}
    return Pairs(tuple(names), wins, ordered)


def read(folder):
    with (folder / "data.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    known = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["expected"]
    return [tuple(row.values()) for row in rows], {each["what"]: each for each in known}


@pytest.fixture
def baseball(shared):
    return read(shared / "reference" / "bt_baseball_1987_agresti")


@pytest.fixture
def citations(shared):
    """Return citations as comparisons: a citation is a win of the cited journal, whichever way it is read."""
    rows, known = read(shared / "reference" / "bt_citations_stigler")
    counts = {(cited, citing): count for cited, citing, count in rows}
    return [(a, b, counts[a, b], counts[b, a]) for a, b in counts if a < b], known


def against(fit, names, reference):
    base = fit.strengths[names.index(reference)]
    return dict(zip(names, fit.strengths - base, strict=True))


def test_the_clubs_of_1987_have_the_strengths_of_agresti(baseball):
    rows, known = baseball
    given = pairs(rows)
    strengths = against(fit_pairs(given, prior=0), given.candidates, "Baltimore")
    expected = known["log abilities (Baltimore=0)"]
    assert strengths == pytest.approx(expected["value"], abs=expected["tolerance"])


def test_playing_at_home_is_worth_what_bradleyterry2_finds(baseball):
    rows, known = baseball
    given = pairs(rows)
    fit = fit_pairs(given, prior=0, advantage=True)
    found = against(fit, given.candidates, "Baltimore") | {"at.home": fit.advantage}
    expected = known["with home advantage"]
    assert {name: found[name] for name in expected["value"]} == pytest.approx(expected["value"], abs=1e-6)


def test_the_deviances_are_those_of_bradleyterry2(baseball):
    rows, known = baseball
    expected = known["deviance"]["value"]
    found = [fit_pairs(pairs(rows), prior=0, advantage=home).deviance for home in (False, True)]
    assert found == pytest.approx([expected["no home"], expected["home"]], abs=known["deviance"]["tolerance"])


def test_the_journals_of_statistics_have_the_published_strengths_and_errors(citations):
    rows, known = citations
    given = pairs(rows)
    fit = fit_pairs(given, prior=0)
    strengths = against(fit, given.candidates, "Biometrika")
    for what in ("log abilities (Biometrika=0)", "9 digits"):
        expected = known[what]
        assert {name: strengths[name] for name in expected["value"]} == pytest.approx(
            expected["value"], abs=expected["tolerance"]
        )
    reference = given.candidates.index("Biometrika")
    errors = {
        name: fit.error_of_difference(index, reference)
        for index, name in enumerate(given.candidates)
        if index != reference
    }
    assert errors == pytest.approx(known["se"]["value"], abs=known["se"]["tolerance"])


def test_the_weak_prior_hardly_moves_what_many_comparisons_say(citations):
    rows, _ = citations
    with_prior, without = fit_pairs(pairs(rows)), fit_pairs(pairs(rows), prior=0)
    assert with_prior.strengths == pytest.approx(without.strengths, abs=2e-3)


def test_the_maximum_is_that_of_a_general_optimiser():
    rows = [("a", "b", 3, 1), ("b", "c", 2, 2), ("a", "c", 4, 0), ("c", "d", 1, 0)]
    given = pairs(rows)

    def minus_likelihood(strengths):
        value = sum(0.1 * (np.logaddexp(0, -s) + np.logaddexp(0, s)) for s in strengths)
        for (i, j), (won, lost) in given.wins.items():
            gap = strengths[i] - strengths[j]
            value += float(won) * np.logaddexp(0, -gap) + float(lost) * np.logaddexp(0, gap)
        return value

    best = minimize(minus_likelihood, np.zeros(4), tol=1e-12).x
    assert fit_pairs(given).strengths == pytest.approx(best - best.mean(), abs=1e-4)


def test_who_won_everything_has_a_finite_strength_by_the_prior_and_a_warning():
    tally = bradley_terry(pairs([("a", "b", 5, 0), ("b", "c", 3, 2)]))
    assert [each.candidate for each in tally.placed] == ["a", "b", "c"]
    assert 0 < tally.placed[0].figures["strength"] < 10
    assert "only the prior says: a" in tally.warnings[0]


def test_groups_that_never_met_are_told():
    tally = bradley_terry(pairs([("a", "b", 1, 1), ("c", "d", 2, 1)]))
    assert tally.warnings == (
        "no comparison joins these 2 groups, so only the prior says how they compare: a, b; c, d",
    )


@pytest.mark.parametrize("rows", [[("a", "b", 5, 0)], [("a", "b", 1, 1), ("c", "d", 2, 1)]])
def test_without_a_prior_they_are_refused(rows):
    with pytest.raises(InputRefused, match="give a prior such as"):
        fit_pairs(pairs(rows), prior=0)


def test_an_advantage_that_nothing_tells_from_the_strengths_is_held_by_the_prior_or_refused():
    given = pairs([("a", "b", 3, 0), ("c", "d", 2, 0)])
    fit = fit_pairs(given, advantage=True)
    assert 0 < fit.advantage < 10
    with pytest.raises(InputRefused, match="give a prior such as"):
        fit_pairs(pairs([("a", "b", 3, 1)]), prior=0, advantage=True)


def test_an_advantage_needs_to_know_who_was_first():
    with pytest.raises(InputRefused, match="do not say who was first"):
        bradley_terry(pairs([("a", "b", 3, 1)], ordered=False), advantage=True)


def test_a_comparison_that_never_happened_says_nothing_and_who_has_no_other_is_told():
    tally = bradley_terry(pairs([("a", "b", 2, 1), ("b", "c", 0, 0)]))
    assert {each.candidate: each.figures["strength"] for each in tally.placed}["c"] == 0
    assert "no comparison joins these 2 groups" in tally.warnings[0]


def test_a_draw_is_half_a_win_for_each():
    tally = bradley_terry(pairs([("a", "b", "0.5", "0.5"), ("b", "c", "0.5", "0.5")]))
    assert [(each.rank, each.figures["strength"], each.figures["wins"]) for each in tally.placed] == [
        (1, 0.0, Fraction(1, 2)), (1, 0.0, 1), (1, 0.0, Fraction(1, 2)),
    ]  # fmt: skip


def test_nobody_compared_is_nothing_to_count():
    with pytest.raises(InputRefused, match="nothing to count"):
        bradley_terry(Pairs(("a",), {(0, 0): (Fraction(1), Fraction(0))}))


@given(
    st.lists(
        st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde"), st.integers(0, 4), st.integers(0, 4)),
        min_size=1,
        max_size=12,
    )
)
def test_turning_every_comparison_round_turns_every_strength_round(rows):
    given = {(min(a, b), max(a, b)): (won, lost) for a, b, won, lost in rows if a != b and won + lost}
    if given:
        forward = fit_pairs(pairs([(*ends, *both) for ends, both in given.items()]))
        back = fit_pairs(pairs([(*ends, *both[::-1]) for ends, both in given.items()]))
        assert forward.strengths == pytest.approx(-back.strengths, abs=1e-6)
        assert np.isfinite(forward.errors).all()
