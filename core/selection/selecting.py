"""Who is in where several quotas hold at once: the best-ranked set, exactly, with reasons and prices.

As many places as the quotas let be filled are filled. Among those sets the best is the one that has the most of the
best block, then the most of the next, and so on: nobody is left out for the sake of somebody ranked below, unless a
quota demands it. This is decided block by block, each time by asking whether a set exists; no sum of scores is
weighed against another, so that no rounding and no scale of the scores can change who is in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations

from juri.core.selection.problem import Block, Contest, Displaced, Price, Quota, QuotasClashError, Selection
from juri.core.selection.solver import Count, Model

_LARGEST_SEARCH = 3
"""Clashes of up to so many rules are searched for the smallest; a larger one is only made as small as it goes."""


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
    by_rank = _by_rank(contest.blocks, best.filled)
    inside = {*best.taken, *best.open}
    order = [code for block in contest.blocks for code in block]
    last = max((place for place, code in enumerate(order) if code in best.taken), default=-1)
    out = [code for code in order[: last + 1] if code not in inside]
    passed = [code for code in out if code not in by_rank and code in best.model.candidates][:_REASONS]
    lost = [code for code in out if code in by_rank]
    won = [code for code in order if code in best.taken and code not in by_rank]
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
        raise QuotasClashError(_clash(model), contest.places)
    search = _Search(model, kept, most)
    while search.at < len(kept):
        search.step()
    counts = (Count(frozenset(order), len(most), len(most)), *search.counts)
    taken, opened = _settle(model, kept, counts, search.witness)
    return _Best(model, counts, taken, opened, len(most))


class _Search:
    """Decides block by block, from the best on. ``witness`` is a set that keeps to all that is decided so far."""

    def __init__(self, model: Model, blocks: Sequence[Block], witness: frozenset[str]) -> None:
        self.model = model
        self.blocks = blocks
        self.witness = witness
        self.counts: list[Count] = []
        everybody = frozenset(model.candidates)
        self._size = Count(everybody, len(witness), len(witness))
        self._fixed: dict[str, bool] = {}
        self._rank = {code: len(model.candidates) - place for place, code in enumerate(model.candidates)}

    @property
    def at(self) -> int:
        """Return which block is next."""
        return len(self.counts)

    def step(self) -> None:
        """Decide the next block, or a whole run of blocks of which nobody can be in."""
        run = self._unlucky()
        if run > self.at:
            self._pass_over(run)
            return
        block = self.blocks[self.at]
        if not self.witness.issuperset(block):
            self._improve(frozenset(block))
        self._decide(len(self.witness.intersection(block)))

    def _unlucky(self) -> int:
        """Return where the run of blocks ends of which the witness holds nobody."""
        end = self.at
        while end < len(self.blocks) and self.witness.isdisjoint(self.blocks[end]):
            end += 1
        return end

    def _pass_over(self, end: int) -> None:
        """Find the first block of a run that anybody can be in of, by bisection; those before it are out."""
        low, high = self.at, end
        while low < high:
            middle = (low + high + 1) // 2
            part = frozenset(code for block in self.blocks[self.at : middle] for code in block)
            found = self._ask({code: self._rank[code] for code in part}, Count(part, 1, len(part)))
            if found is None:
                low = middle
            else:
                self.witness = found
                high = next(n for n in range(self.at, middle) if not found.isdisjoint(self.blocks[n]))
        for _ in range(high - self.at):
            self._decide(0)

    def _improve(self, block: frozenset[str]) -> None:
        """Make the witness hold as many of a block as can be, and of the others the best, as far as one sum tells."""
        heavy = 1 + sum(sorted(self._rank.values(), reverse=True)[: self.model.places])
        found = self._ask({**self._rank, **dict.fromkeys(block, heavy)})
        if found is None:
            raise ArithmeticError("the solver lost a set that it had found")
        self.witness = found

    def _ask(self, worth: Mapping[str, int], *more: Count) -> frozenset[str] | None:
        open_ = [count for count in self.counts if 0 < count.least < len(count.members)]
        return self.model.find(worth, [self._size, *open_, *more], self._fixed)

    def _decide(self, number: int) -> None:
        block = self.blocks[self.at]
        self.counts.append(Count(frozenset(block), number, number))
        if number in {0, len(block)}:
            self._fixed |= dict.fromkeys(block, number > 0)


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


def _settle(
    model: Model, blocks: Sequence[Block], counts: Sequence[Count], witness: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tell who is in all best sets, and who only in some of them: of a block that is neither in nor out as a whole."""
    taken: list[str] = []
    opened: list[str] = []
    for block, count in zip(blocks, counts[1:], strict=True):
        if count.least == len(block):
            taken.extend(block)
        elif count.least:
            for code in block:
                other = model.allows(counts, {code: code not in witness})
                if other:
                    opened.append(code)
                elif code in witness:
                    taken.append(code)
    return tuple(taken), tuple(opened)


def _by_rank(blocks: Iterable[Block], places: int) -> set[str]:
    """Return who would be in by rank alone; a block across the line is not in for certain."""
    found: set[str] = set()
    for block in blocks:
        if len(found) + len(block) > places:
            break
        found.update(block)
    return found


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
    """Find quotas that alone keep a candidate out beside those ranked above, none of which can be left away."""
    taken = set(best.taken)
    for quota in best.model.quotas:
        if quota.most is not None and code in quota.members and len(taken & quota.members) == quota.most:
            above = {each for each in _above(contest.blocks, code) if each in taken}
            if len(above & quota.members) == quota.most:
                return (quota,)
    place = next(number for number, block in enumerate(contest.blocks) if code in block)
    own = contest.blocks[place]
    until = {each for block in contest.blocks[: place + (len(own) > 1)] for each in block}
    counts = [best.counts[0], *(count for count in best.counts[1:] if count.members <= until)]
    model = best.model
    for number in range(len(contest.rules)):
        fewer = model.without(quota for quota in model.quotas if quota.rule == number)
        model = model if fewer.allows(counts, {code: True}) else fewer
    return _narrowed(model, lambda fewer: not fewer.allows(counts, {code: True}))


def _above(blocks: Iterable[Block], code: str) -> Iterator[str]:
    for block in blocks:
        if code in block:
            return
        yield from block


def _narrowed(model: Model, still: Callable[[Model], bool]) -> tuple[Quota, ...]:
    """Leave quotas away, one after the other, as long as what is claimed still holds."""
    for quota in model.quotas:
        fewer = model.without([quota])
        model = fewer if still(fewer) else model
    return model.quotas


def _clash(model: Model) -> tuple[Quota, ...]:
    """Find few quotas that cannot hold together: of as few rules as can be, then none of them to spare."""
    rules = sorted({quota.rule for quota in model.quotas})
    for size in range(1, min(_LARGEST_SEARCH, len(rules)) + 1):
        for chosen in combinations(rules, size):
            part = model.without(quota for quota in model.quotas if quota.rule not in chosen)
            if not part.allows():
                return _narrowed(part, lambda fewer: not fewer.allows())
    return _narrowed(model, lambda fewer: not fewer.allows())


def _price(contest: Contest, best: _Best, number: int) -> Price:
    quotas = tuple(quota for quota in contest.quotas if quota.rule != number)
    without = _best(replace(contest, quotas=quotas))
    gained = tuple(code for code in without.taken if code not in {*best.taken, *best.open})
    if without.open or best.open:
        return Price(contest.rules[number], None, None, gained)
    total = sum((contest.scores[code] for code in without.taken), Fraction(0))
    now = sum((contest.scores[code] for code in best.taken), Fraction(0))
    return Price(contest.rules[number], total, total - now, gained)
