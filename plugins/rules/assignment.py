"""Who scores what: the bundled rule ``balanced``, which spreads the entries evenly over the jurors.

A juror's load has no upper limit, so an entry can be served whenever enough jurors may score it at all. Each entry
first takes the least loaded of them; then load moves along chains of jurors, from one who has too much to one who has
too little, until no chain helps. Without such a chain no other assignment is more even (Harvey, Ladner, Lovasz, Tamir:
Semi-matchings for bipartite graphs and load balancing, 2006).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from typing import Any

from juri.core.errors import ActionRefused
from juri.core.extension import AssignmentCase, AssignmentRule
from juri.core.view import EntryFacts
from juri.plugins import hookimpl

_LEAST_GAP = 2
"""Moving one entry from a juror to another evens the loads only where they differ by this much."""


def assign_balanced(case: AssignmentCase, options: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Give each entry ``per_entry`` jurors, loads as even as the conflicts and the jurors' categories allow.

    Pairs that exist are kept, unless they are forbidden now; where an entry has more than ``per_entry`` of them it
    keeps all. Where ``fewer_will_do`` an entry takes all who may score it, and needs one. The answer holds kept and new
    pairs, sorted. ``seed`` settles every choice between equals; the order in which entries and jurors are given does
    not.

    Raises:
        ActionRefused: some entries cannot get enough jurors; names each, and why.

    """
    plan = _Plan(case)
    refusals = [_refusal(entry, case, plan) for entry in case.entries if plan.lacks(entry.code)]
    if refusals:
        raise ActionRefused(refusals, "too_few_jurors")
    for code in sorted(plan.allowed, key=lambda code: (len(plan.allowed[code]), _lot(case.seed, code))):
        plan.serve(code)
    plan.even_out()
    return sorted((code, juror) for code, jurors in plan.jurors_of.items() for juror in jurors)


class _Plan:
    """The assignment while it is made: who scores each entry, and how much each juror has to score.

    Jurors are bits of a number inside the search for chains: most of its work is to ask who could take an entry over.
    """

    def __init__(self, case: AssignmentCase) -> None:
        self.per_entry, self.seed = case.per_entry, case.seed
        self.least = min(1, case.per_entry) if case.fewer_will_do else case.per_entry
        self.names = sorted(case.jurors)
        self.lots = {juror: _lot(case.seed, juror) for juror in self.names}
        self.bits = {juror: 1 << place for place, juror in enumerate(self.names)}
        self.load = dict.fromkeys(self.names, 0)
        self.movable: dict[str, dict[str, None]] = {juror: {} for juror in self.names}
        self.allowed = {entry.code: _allowed(entry, case) for entry in case.entries}
        self.open = {code: sum(map(self.bits.__getitem__, jurors)) for code, jurors in self.allowed.items()}
        self.jurors_of: dict[str, set[str]] = {code: set() for code in self.allowed}
        for code, juror in case.existing - case.forbidden:
            if code in self.jurors_of:
                self._keep(code, juror)

    def _keep(self, code: str, juror: str) -> None:
        self.jurors_of[code].add(juror)
        self.open[code] &= ~self.bits.get(juror, 0)
        self.load[juror] = self.load.get(juror, 0) + 1

    def lacks(self, code: str) -> int:
        """Return how many of the jurors that it must have the entry cannot get."""
        return max(0, self.least - len(self.allowed[code] | self.jurors_of[code]))

    def serve(self, code: str) -> None:
        """Give an entry the least loaded jurors that may score it."""
        mask = _lot(self.seed, code)
        free = sorted(
            self.allowed[code] - self.jurors_of[code], key=lambda juror: (self.load[juror], self.lots[juror] ^ mask)
        )
        for juror in free[: max(0, self.per_entry - len(self.jurors_of[code]))]:
            self._give(code, juror)

    def even_out(self) -> None:
        """Move load from the most to the least loaded jurors until no chain of moves helps."""
        while any(self._relieve(juror) for juror in sorted(self.names, key=lambda name: (-self.load[name], name))):
            pass

    def _relieve(self, juror: str) -> bool:
        """Take load from one juror while a chain of moves helps; tell whether anything was moved."""
        moved = False
        while chain := self._find_chain(juror):
            moved = True
            for code, giver, taker in chain:
                self._take(code, giver)
                self._give(code, taker)
        return moved

    def _give(self, code: str, juror: str) -> None:
        self._keep(code, juror)
        self.movable[juror][code] = None

    def _take(self, code: str, juror: str) -> None:
        self.jurors_of[code].remove(juror)
        self.open[code] |= self.bits[juror]
        self.load[juror] -= 1
        del self.movable[juror][code]

    def _find_chain(self, first: str) -> list[tuple[str, str, str]]:
        """Find moves (entry, giver, taker) by which ``first`` hands one entry on to a juror with much less to do."""
        moves: dict[str, tuple[str, str]] = {}
        waiting, seen = [first], self.bits[first]
        for giver in waiting:
            for code in self.movable[giver]:
                takers = self.open[code] & ~seen
                seen |= takers
                for taker in self._named(takers):
                    moves[taker] = (code, giver)
                    if self.load[first] - self.load[taker] >= _LEAST_GAP:
                        return _trace(moves, taker, first)
                    waiting.append(taker)
        return []

    def _named(self, jurors: int) -> Iterator[str]:
        while jurors:
            lowest = jurors & -jurors
            yield self.names[lowest.bit_length() - 1]
            jurors ^= lowest


def _trace(moves: Mapping[str, tuple[str, str]], last: str, first: str) -> list[tuple[str, str, str]]:
    """Walk a chain back from its last taker; each entry moves once, the last move first."""
    chain: list[tuple[str, str, str]] = []
    taker = last
    while taker != first:
        code, giver = moves[taker]
        chain.append((code, giver, taker))
        taker = giver
    return chain


def _allowed(entry: EntryFacts, case: AssignmentCase) -> frozenset[str]:
    return frozenset(
        juror
        for juror, facts in case.jurors.items()
        if (entry.code, juror) not in case.forbidden and _is_in_scope(entry, facts)
    )


def _is_in_scope(entry: EntryFacts, facts: Mapping[str, Any]) -> bool:
    """Tell whether a juror scores the entry's category; one without ``categories`` scores all."""
    categories = facts.get("categories")
    return not categories or entry.category in categories


def _refusal(entry: EntryFacts, case: AssignmentCase, plan: _Plan) -> str:
    conflicts = sum((entry.code, juror) in case.forbidden for juror in case.jurors)
    foreign = len(case.jurors) - conflicts - len(plan.allowed[entry.code])
    why = [f"the panel has {len(case.jurors)}"]
    why += [f"{conflicts} may not score it because of a conflict"] if conflicts else []
    why += [f"{foreign} cannot score the category '{entry.category}'"] if foreign else []
    found = plan.least - plan.lacks(entry.code)
    return f"'{entry.code}' needs {plan.least} jurors and can get {found}: {', '.join(why)}"


def _lot(seed: int, name: str) -> int:
    """Draw a lot: a figure that looks random, yet is the same for the same seed and name on every machine.

    Two lots combined by exclusive or put the jurors into another order for each entry, so that not always the same
    jurors meet.
    """
    return int.from_bytes(blake2b(f"{seed}/{name}".encode(), digest_size=8).digest(), "big")


@hookimpl
def juri_assignment_rules() -> list[AssignmentRule]:
    """Offer the bundled assignment rule."""
    return [AssignmentRule(name="balanced", title="Even loads", version="1", assign=assign_balanced)]
