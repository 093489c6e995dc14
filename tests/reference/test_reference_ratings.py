"""Ratings that go game by game: they come to the published figures, and they are why Juri offers none as a result.

Elo, Glicko, Glicko-2 and TrueSkill are written down here, for the tests alone. The last test is the reason: the same
comparisons in another order end in another ranking, where Bradley-Terry gives one answer.
"""

import json
from fractions import Fraction
from itertools import permutations
from math import exp, log, pi, sqrt

import pytest
from scipy.optimize import brentq
from scipy.stats import norm

from juri.core.ballots.ballots import Pairs
from juri.core.ballots.bradley_terry import bradley_terry

SCALE = 173.7178
"""Glicko's points in a unit of Glicko-2."""


@pytest.fixture
def examples(shared):
    """Return the examples, and what is published of each as (value, tolerance)."""
    folder = shared / "reference" / "rating_systems_examples"
    stored = json.loads((folder / "expected.json").read_text(encoding="utf-8"))["expected"]
    cases = json.loads((folder / "cases.json").read_text(encoding="utf-8"))
    return cases, {each["what"]: (each["value"], each["tolerance"]) for each in stored}


def elo(own, opponents, scores, k):
    """Return what was to be expected of the games, and the rating after them."""
    expected = sum(1 / (1 + 10 ** ((other - own) / 400)) for other in opponents)
    return expected, own + k * (sum(scores) - expected)


def glicko(own, games):
    """Return the rating and its deviation after a period (Glickman 1999)."""
    rating, deviation = own
    q = log(10) / 400

    def weight(other):
        return 1 / sqrt(1 + 3 * (q * other / pi) ** 2)

    def chance(other, spread):
        return 1 / (1 + 10 ** (-weight(spread) * (rating - other) / 400))

    told = q**2 * sum(weight(s) ** 2 * chance(r, s) * (1 - chance(r, s)) for r, s, _ in games)
    precision = 1 / deviation**2 + told
    return rating + q / precision * sum(weight(s) * (won - chance(r, s)) for r, s, won in games), sqrt(1 / precision)


def glicko2(own, games, tau):
    """Return rating, deviation and volatility after a period (Glickman, Example of the Glicko-2 system)."""
    mu, phi, sigma = (own[0] - 1500) / SCALE, own[1] / SCALE, own[2]
    rows = [((r - 1500) / SCALE, 1 / sqrt(1 + 3 * (s / SCALE / pi) ** 2), won) for r, s, won in games]
    chances = [1 / (1 + exp(-g * (mu - other))) for other, g, _ in rows]
    variance = 1 / sum(g**2 * e * (1 - e) for (_, g, _), e in zip(rows, chances, strict=True))
    gain = sum(g * (won - e) for (_, g, won), e in zip(rows, chances, strict=True))
    delta = variance * gain

    def slope(x):
        whole = phi**2 + variance + exp(x)
        return exp(x) * (delta**2 - whole) / (2 * whole**2) - (x - log(sigma**2)) / tau**2

    volatility = exp(brentq(slope, log(sigma**2) - 10, log(sigma**2) + 10, xtol=1e-12) / 2)
    after = 1 / sqrt(1 / (phi**2 + volatility**2) + 1 / variance)
    return 1500 + SCALE * (mu + after**2 * gain), SCALE * after, volatility


def trueskill(first, second, rule, *, drawn=False):
    """Return both as (mean, deviation) after the first won, or drew (Herbrich and others 2007)."""
    beta, tau = float(Fraction(rule["beta"])), float(Fraction(rule["tau"]))
    before = [(mean, deviation**2 + tau**2) for mean, deviation in (first, second)]
    whole = sqrt(2 * beta**2 + sum(variance for _, variance in before))
    gap = (before[0][0] - before[1][0]) / whole
    margin = norm.ppf((rule["draw_probability"] + 1) / 2) * sqrt(2) * beta / whole
    if drawn:
        mass = norm.cdf(margin - gap) - norm.cdf(-margin - gap)
        v = (norm.pdf(-margin - gap) - norm.pdf(margin - gap)) / mass
        w = v**2 + ((margin - gap) * norm.pdf(margin - gap) + (margin + gap) * norm.pdf(margin + gap)) / mass
    else:
        v = norm.pdf(gap - margin) / norm.cdf(gap - margin)
        w = v * (v + gap - margin)
    return [
        (mean + sign * variance / whole * v, sqrt(variance * (1 - variance / whole**2 * w)))
        for sign, (mean, variance) in zip((1, -1), before, strict=True)
    ]


def test_elo_has_the_published_rating(examples):
    cases, published = examples
    wanted, tolerance = published["Elo expected sum and new rating"]
    given = cases["elo"]

    found = elo(given["a"], given["opponents"], given["scores"], given["k"])

    assert found == pytest.approx((wanted["expected"], wanted["new"]), abs=tolerance)


def test_glicko_and_glicko_2_have_glickmans_figures(examples):
    cases, published = examples
    first, second = (published[name] for name in ("Glicko-1", "Glicko-2"))

    assert glicko(cases["glicko1"]["player"], cases["glicko1"]["opponents"]) == pytest.approx(
        tuple(first[0].values()), abs=first[1]
    )
    found = glicko2(cases["glicko2"]["player"], cases["glicko2"]["opponents"], cases["glicko2"]["tau"])
    assert found == pytest.approx(tuple(second[0].values()), abs=second[1])
    assert found[2] == pytest.approx(second[0]["volatility"], abs=1e-5)


def test_trueskill_has_the_published_means_and_deviations(examples):
    cases, published = examples
    rule = cases["trueskill"]
    new = (rule["mu"], float(Fraction(rule["sigma"])))
    won, drawn = published["TrueSkill 1v1 win"], published["TrueSkill 1v1 draw"]

    winner, loser = trueskill(new, new, rule)

    assert winner == pytest.approx(tuple(won[0]["winner"]), abs=won[1])
    assert loser == pytest.approx(tuple(won[0]["loser"]), abs=won[1])
    for each in trueskill(new, new, rule, drawn=True):
        assert each == pytest.approx(tuple(drawn[0]["both"]), abs=drawn[1])


def test_the_order_of_the_games_decides_who_is_first_by_elo_but_not_by_bradley_terry():
    games = [("Ani", "Budi"), ("Budi", "Citra"), ("Citra", "Ani")]
    names = sorted({name for game in games for name in game})
    first = set()
    for order in permutations(games):
        rating = dict.fromkeys(names, 1500.0)
        for winner, loser in order:
            _, after = elo(rating[winner], [rating[loser]], [1], 32)
            rating[loser] -= after - rating[winner]
            rating[winner] = after
        first.add(max(names, key=rating.__getitem__))
    place = {name: index for index, name in enumerate(names)}
    counted = Pairs(tuple(names), {(place[a], place[b]): (Fraction(1), Fraction(0)) for a, b in games}, ordered=False)

    assert first == set(names)
    assert {each.rank for each in bradley_terry(counted).placed} == {1}
