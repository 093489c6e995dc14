"""The search for the best set, block by block, and what is told of it: ties, who kept whom out, which quotas clash.

Each step asks one question in whole numbers: is there a set that keeps to all quotas and to what is decided already?
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from juri.core.selection.problem import Block, Quota
from juri.core.selection.solver import Count, Model

_LARGEST_SEARCH = 3
"""Clashes of up to so many rules are searched for the smallest; a larger one is only made as small as it goes."""


class Search:
    """Decides block by block, from the best on, beside what is ``given`` and ``fixed`` already.

    ``witness`` is a set that keeps to all that is decided so far, ``counts`` how many of each block are in.
    """

    def __init__(
        self,
        model: Model,
        blocks: Sequence[Block],
        witness: frozenset[str],
        given: Sequence[Count],
        fixed: Mapping[str, bool] | None = None,
    ) -> None:
        self.model = model
        self.blocks = blocks
        self.witness = witness
        self.counts: list[Count] = []
        self.fixed: dict[str, bool] = dict(fixed or {})
        self._given = tuple(given)
        self._rank = {code: len(model.candidates) - place for place, code in enumerate(model.candidates)}

    def run(self) -> None:
        """Decide every block."""
        while self.at < len(self.blocks):
            self._step()

    @property
    def at(self) -> int:
        """Return which block is next."""
        return len(self.counts)

    def _step(self) -> None:
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
        return self.model.find(worth, [*self._given, *undecided(self.counts), *more], self.fixed)

    def _decide(self, number: int) -> None:
        block = self.blocks[self.at]
        self.counts.append(Count(frozenset(block), number, number))
        if number in {0, len(block)}:
            self.fixed |= dict.fromkeys(block, number > 0)


def undecided(counts: Iterable[Count]) -> list[Count]:
    """Return the counts of blocks that are neither in nor out as a whole; the others are fixed one by one."""
    return [count for count in counts if 0 < count.least < len(count.members)]


def settle(
    model: Model, blocks: Sequence[Block], decided: Sequence[Count], given: Sequence[Count], witness: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Tell who is in all best sets, and who only in some of them: of a block that is neither in nor out as a whole.

    Args:
        model: what holds.
        blocks: those that were decided.
        decided: how many of each block are in.
        given: what holds beside.
        witness: one of the best sets.

    """
    taken: list[str] = []
    opened: list[str] = []
    for block, count in zip(blocks, decided, strict=True):
        if count.least == len(block):
            taken.extend(block)
        elif count.least:
            for code in block:
                other = model.allows([*given, *decided], {code: code not in witness})
                if other:
                    opened.append(code)
                elif code in witness:
                    taken.append(code)
    return tuple(taken), tuple(opened)


def by_rank(blocks: Iterable[Block], places: int) -> set[str]:
    """Return who would be in by rank alone; a block across the line is not in for certain."""
    found: set[str] = set()
    for block in blocks:
        if len(found) + len(block) > places:
            break
        found.update(block)
    return found


def why_out(
    model: Model, blocks: Sequence[Block], code: str, taken: frozenset[str], counts: Sequence[Count]
) -> tuple[Quota, ...]:
    """Find quotas that alone keep a candidate out beside those ranked above, none of which can be left away.

    Args:
        model: what holds.
        blocks: everybody, from the best to the worst.
        code: who is out.
        taken: who is in.
        counts: what was decided before the candidate's own block.

    """
    above = taken.intersection(_above(blocks, code))
    for quota in model.quotas:
        full = quota.most is not None and code in quota.members and len(taken & quota.members) == quota.most
        if full and len(above & quota.members) == quota.most:
            return (quota,)
    for number in sorted({quota.rule for quota in model.quotas}):
        fewer = model.without(quota for quota in model.quotas if quota.rule == number)
        model = model if fewer.allows(counts, {code: True}) else fewer
    return _narrowed(model, lambda fewer: not fewer.allows(counts, {code: True}))


def _above(blocks: Iterable[Block], code: str) -> Iterator[str]:
    for block in blocks:
        if code in block:
            return
        yield from block


def _narrowed(model: Model, still: Callable[[Model], bool]) -> tuple[Quota, ...]:
    """Leave quotas away, many at a time where that goes, as long as what is claimed still holds."""
    parts = [model.quotas]
    while parts:
        part = parts.pop(0)
        fewer = model.without(part)
        if still(fewer):
            model = fewer
        elif len(part) > 1:
            parts[:0] = [part[: len(part) // 2], part[len(part) // 2 :]]
    return model.quotas


def clash_of(model: Model) -> tuple[Quota, ...]:
    """Find few quotas that cannot hold together: of as few rules as can be, then none of them to spare."""
    rules = sorted({quota.rule for quota in model.quotas})
    for size in range(1, min(_LARGEST_SEARCH, len(rules)) + 1):
        for chosen in combinations(rules, size):
            part = model.without(quota for quota in model.quotas if quota.rule not in chosen)
            if not part.allows():
                return _narrowed(part, lambda fewer: not fewer.allows())
    return _narrowed(model, lambda fewer: not fewer.allows())
