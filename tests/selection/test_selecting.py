"""Several quotas at once: the best-ranked set, against trying every set; reasons, prices and clashes that hold."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from juri.core.selection.problem import Contest, Quota, QuotasClashError
from juri.core.selection.selecting import select

CODES = ("A", "B", "C", "D", "E", "F", "G")


@st.composite
def contests(draw):
    """Draw candidates with ties, a number of places, and up to four quotas of up to three rules."""
    codes = CODES[: draw(st.integers(1, 7))]
    cuts = sorted(draw(st.sets(st.integers(1, len(codes) - 1)))) if len(codes) > 1 else []
    blocks = tuple(codes[start:end] for start, end in zip([0, *cuts], [*cuts, len(codes)], strict=True))
    quotas = []
    for number in range(draw(st.integers(0, 4))):
        members = frozenset(draw(st.sets(st.sampled_from(codes))))
        least = draw(st.integers(0, 2))
        most = draw(st.one_of(st.none(), st.integers(least, 3)))
        quotas.append(Quota(number % 3, f"quota {number}", members, least, most))
    scores = {code: Fraction(100 - 10 * place) for place, block in enumerate(blocks) for code in block}
    return Contest(blocks, draw(st.integers(1, 5)), tuple(quotas), ("one", "two", "three"), scores)


def keeps(contest, chosen, quotas=None):
    every = contest.quotas if quotas is None else quotas
    return len(chosen) <= contest.places and all(
        quota.least <= len(chosen & quota.members) <= (99 if quota.most is None else quota.most) for quota in every
    )


def sets_of(contest, quotas=None):
    codes = [code for block in contest.blocks for code in block]
    every = (frozenset(part) for size in range(len(codes) + 1) for part in combinations(codes, size))
    return [chosen for chosen in every if keeps(contest, chosen, quotas)]


def merit(contest, chosen):
    return len(chosen), [len(chosen.intersection(block)) for block in contest.blocks]


@settings(deadline=None, max_examples=60)
@given(contests())
def test_the_best_ranked_set_is_found_and_ties_stay_open(contest):
    possible = sets_of(contest)
    if not possible:
        with pytest.raises(QuotasClashError) as clash:
            select(contest)
        named = clash.value.quotas
        assert not sets_of(contest, named)
        assert all(sets_of(contest, [each for each in named if each is not quota]) for quota in named)
        return
    top = max(merit(contest, chosen) for chosen in possible)
    best = [chosen for chosen in possible if merit(contest, chosen) == top]
    found = select(contest)
    assert set(found.taken) == frozenset.intersection(*best)
    assert set(found.open) == frozenset.union(*best) - frozenset.intersection(*best)
    assert found.vacant == contest.places - top[0]


@settings(deadline=None, max_examples=30)
@given(contests())
def test_a_reason_is_one_that_keeps_the_displaced_out_and_none_of_it_can_be_spared(contest):
    assume(sets_of(contest))
    found = select(contest)
    filled = contest.places - found.vacant
    inside = {*found.taken, *found.open}
    for lost in found.displaced:
        own = next(block for block in contest.blocks if lost.entry in block)
        above = contest.blocks[: contest.blocks.index(own) + (len(own) > 1)]

        best = max(
            (chosen for chosen in sets_of(contest) if set(found.taken) <= chosen <= inside),
            key=lambda chosen: merit(contest, chosen),
        )
        numbers = {block: len(best.intersection(block)) for block in contest.blocks}

        def could_be_in(quotas, lost=lost, above=above, numbers=numbers):
            return any(
                lost.entry in chosen
                and len(chosen) == filled
                and all(len(chosen.intersection(block)) == numbers[block] for block in above)
                for chosen in sets_of(contest, quotas)
            )

        assert not could_be_in(lost.quotas)
        assert all(could_be_in([each for each in lost.quotas if each is not quota]) for quota in lost.quotas)
        assert lost.by in {*found.taken, ""}


@pytest.mark.uncounted  # many small sets, worked out by hand beside
@settings(deadline=None, max_examples=25)
@given(contests())
def test_the_price_of_a_rule_is_what_the_best_set_without_it_has_more(contest):
    assume(sets_of(contest))
    found = select(contest)
    for number, price in enumerate(found.prices):
        without = select(replace(contest, quotas=tuple(q for q in contest.quotas if q.rule != number)))
        if found.open or without.open:
            assert price.cost is None
        else:
            assert (price.total, price.cost) == (without.total, without.total - found.total)
        assert set(price.gained) == set(without.taken) - {*found.taken, *found.open}


def contest(names, places, *quotas):
    scores = {code: Fraction(90 - place) for place, code in enumerate(names)}
    rules = tuple(f"rule {number}" for number in range(1 + max((quota.rule for quota in quotas), default=-1)))
    return Contest(tuple((code,) for code in names), places, quotas, rules, scores)


def members(*codes):
    return frozenset(codes)


def test_quotas_that_pull_apart_are_met_at_once():
    agencies = Quota(0, "at most 1 of agency X", members("A", "B", "F"), most=1)
    remote = Quota(1, "at least 2 of region 3T", members("E", "F"), least=2)
    found = select(contest("ABCDEF", 4, agencies, remote))
    assert (found.taken, found.vacant) == (("C", "D", "E", "F"), 0)
    assert [(lost.entry, lost.quotas, lost.by) for lost in found.displaced] == [
        ("A", (agencies, remote), "E"),
        ("B", (agencies, remote), "F"),
    ]
    assert [(price.cost, price.gained) for price in found.prices] == [(4, ("A", "B")), (5, ("A",))]


def test_who_stands_above_in_the_same_full_quota_is_reason_enough():
    agencies = Quota(0, "at most 1 of agency X", members("A", "B"), most=1)
    found = select(contest("ABC", 2, agencies))
    assert [(lost.entry, lost.quotas, lost.by) for lost in found.displaced] == [("B", (agencies,), "C")]


def test_places_that_the_quotas_do_not_let_be_filled_stay_empty():
    found = select(contest("ABC", 3, Quota(0, "at most 1", members("A", "B"), most=1)))
    assert (found.taken, found.vacant) == (("A", "C"), 1)
    assert select(contest("AB", 5)).vacant == 3


def test_the_smallest_clash_is_named_and_no_other_quota():
    wide = Quota(0, "at least 1 of C", members("C"), least=1)
    north = Quota(1, "at least 2 of the north", members("A", "B"), least=2)
    south = Quota(2, "at least 2 of the south", members("D", "E"), least=2)
    with pytest.raises(QuotasClashError) as clash:
        select(contest("ABCDE", 3, wide, north, south))
    assert (clash.value.quotas, clash.value.places) == ((north, south), 3)
    alone = Quota(1, "at least 3 of two", members("A", "B"), least=3)
    with pytest.raises(QuotasClashError) as single:
        select(contest("ABCDE", 4, wide, alone, south))
    assert single.value.quotas == (alone,)


def test_nobody_to_select_from_leaves_all_places_empty():
    found = select(Contest((), 3, (), (), {}))
    assert (found.taken, found.vacant, found.total) == ((), 3, 0)


def test_hundreds_of_entries_of_many_agencies_are_selected_at_once():
    codes = [f"E{number:04}" for number in range(400)]
    per_agency = [
        Quota(0, f"at most 1 of agency {a}", frozenset(codes[a::120]), most=1) for a in range(120)
    ]  # 120 agencies: each has every 120th rank
    remote = Quota(1, "at least 10 of the last 100", frozenset(codes[300:]), least=10)
    found = select(contest(codes, 25, *per_agency, remote))
    assert found.taken[:15] == tuple(codes[:15])
    assert found.taken[15:] == tuple(codes[300:310])
    assert sum(bool(lost.by) for lost in found.displaced) == 10
    assert {lost.quotas for lost in found.displaced} == {(remote,)}
