"""Who is in where several quotas hold at once: the best-ranked set, exactly, with reasons and prices.

As many places as the quotas let be filled are filled. Among those sets the best is the one that has the most of the
best block, then the most of the next, and so on: nobody is left out for the sake of somebody ranked below, unless a
quota demands it. This is decided block by block, each time by asking whether a set exists; no sum of scores is
weighed against another, so that no rounding and no scale of the scores can change who is in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from juri.core.selection.problem import Block, Contest, Displaced, Price, Quota, QuotasClashError, Selection
from juri.core.selection.search import Search, by_rank, clash_of, settle, why_out
from juri.core.selection.solver import Count, Model

_REASONS = 10
"""So many of those who stood next in line are told the quotas that kept them out; nobody had a place by rank there."""


@dataclass(frozen=True)
class _Best:
    """The best sets: how many of each block are in, and for a tie who is in all of them or in some."""

    model: Model
    counts: tuple[Count, ...]
    taken: tuple[str, ...]
    open: tuple[str, ...]
    filled: int


def select(contest: Contest) -> Selection:
    """Select.

    Raises:
        QuotasClashError: no set keeps to all quotas; names a smallest part of them that clashes.

    """
    best = _best(contest)
    ranked = by_rank(contest.blocks, best.filled)
    inside = {*best.taken, *best.open}
    order = [code for block in contest.blocks for code in block]
    last = max((place for place, code in enumerate(order) if code in best.taken), default=-1)
    out = [code for code in order[: last + 1] if code not in inside]
    passed = [code for code in out if code not in ranked and code in best.model.candidates][:_REASONS]
    lost = [code for code in out if code in ranked]
    won = [code for code in order if code in best.taken and code not in ranked]
    total = sum((contest.scores[code] for code in best.taken), Fraction(0))
    return Selection(
        best.taken,
        best.open,
        (
            *_displaced(contest, best, lost, won),
            *(Displaced(code, _why_out(contest, best, code), "") for code in passed),
        ),
        tuple(_price(contest, best, number) for number in range(len(contest.rules))),
        contest.places - best.filled,
        total,
    )


def _best(contest: Contest) -> _Best:
    kept = _kept(contest)
    order = [code for block in kept for code in block]
    model = Model(order, contest.quotas, contest.places)
    most = model.find(dict.fromkeys(order, 1))
    if most is None:
        raise QuotasClashError(clash_of(model), contest.places)
    size = Count(frozenset(order), len(most), len(most))
    search = Search(model, kept, most, [size])
    search.run()
    taken, opened = settle(model, kept, search.counts, [size], search.witness)
    return _Best(model, (size, *search.counts), taken, opened, len(most))


def _kept(contest: Contest) -> list[Block]:
    """Leave out who cannot be in a best set: so many of the same quotas as there are places stand higher."""
    membership: dict[str, list[int]] = {}
    for number, quota in enumerate(contest.quotas):
        for code in quota.members:
            membership.setdefault(code, []).append(number)
    above: Counter[tuple[int, ...]] = Counter()
    kept = []
    for block in contest.blocks:
        like = {code: tuple(membership.get(code, ())) for code in block}
        part = tuple(code for code in block if above[like[code]] < contest.places)
        above.update(like[code] for code in part)
        kept += [part] if part else []
    return kept


def _displaced(contest: Contest, best: _Best, lost: Sequence[str], won: Sequence[str]) -> Iterator[Displaced]:
    """Tell for each who lost a place which quotas kept it out, and name one who got in below the line instead.

    Whoever fills a quota that demands so many stands against those whom that quota kept out; the rest in turn.
    """
    free = list(won)
    for code in lost:
        quotas = _why_out(contest, best, code)
        demanded = frozenset().union(*(quota.members for quota in quotas if quota.least))
        by = next((each for each in free if each in demanded), free[0] if free else "")
        if by:
            free.remove(by)
        yield Displaced(code, quotas, by)


def _why_out(contest: Contest, best: _Best, code: str) -> tuple[Quota, ...]:
    place = next(number for number, block in enumerate(contest.blocks) if code in block)
    own = contest.blocks[place]
    until = {each for block in contest.blocks[: place + (len(own) > 1)] for each in block}
    counts = [best.counts[0], *(count for count in best.counts[1:] if count.members <= until)]
    return why_out(best.model, contest.blocks, code, frozenset(best.taken), counts)


def _price(contest: Contest, best: _Best, number: int) -> Price:
    quotas = tuple(quota for quota in contest.quotas if quota.rule != number)
    without = _best(replace(contest, quotas=quotas))
    gained = tuple(code for code in without.taken if code not in {*best.taken, *best.open})
    if without.open or best.open:
        return Price(contest.rules[number], None, None, gained)
    total = sum((contest.scores[code] for code in without.taken), Fraction(0))
    now = sum((contest.scores[code] for code in best.taken), Fraction(0))
    return Price(contest.rules[number], total, total - now, gained)
