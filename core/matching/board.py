"""A problem as arrays: who may score what, and how well each suits. Rows and columns are sorted by code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np

from juri.core.matching.problem import Entry, Juror, Pair, Problem
from juri.core.scoring.number import IntArray

NO_LIMIT = 2**40
"""More entries than any juror could get: the load of a juror without a limit."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True, eq=False)
class Board:
    """Entries by jurors. ``allowed`` says where a new pair may be made; fixed pairs are not among them.

    ``wanted`` is what each entry still lacks beside its fixed pairs. ``least`` and ``most`` bound the whole load of a
    juror, ``held`` is what the fixed pairs make of it. ``roles`` numbers each juror's role (that of ``mixes``; one
    more for all the others), ``kept_roles`` counts the fixed jurors of an entry by role.
    """

    problem: Problem
    entries: tuple[Entry, ...]
    jurors: tuple[Juror, ...]
    allowed: IntArray
    affinity: IntArray
    wanted: IntArray
    least: IntArray
    most: IntArray
    held: IntArray
    roles: IntArray
    kept_roles: IntArray

    @cached_property
    def row(self) -> dict[str, int]:
        """Map an entry's code to its row."""
        return {entry.code: place for place, entry in enumerate(self.entries)}

    @cached_property
    def column(self) -> dict[str, int]:
        """Map a juror's code to its column."""
        return {juror.code: place for place, juror in enumerate(self.jurors)}

    def codes(self, entry: IntArray, juror: IntArray) -> list[Pair]:
        """Name pairs that are given as rows and columns."""
        entries, jurors = [each.code for each in self.entries], [each.code for each in self.jurors]
        return [(entries[row], jurors[column]) for row, column in zip(entry.tolist(), juror.tolist(), strict=True)]


def build_board(problem: Problem) -> Board:
    """Lay a problem out; what is fixed counts for its entry and its juror.

    Raises:
        InputRefused: the problem is faulty.

    """
    problem.check()
    entries = tuple(sorted(problem.entries, key=lambda entry: entry.code))
    jurors = tuple(sorted(problem.jurors, key=lambda juror: juror.code))
    row = {entry.code: place for place, entry in enumerate(entries)}
    column = {juror.code: place for place, juror in enumerate(jurors)}
    allowed = in_scope(problem, entries, jurors) & ~_same_agency(problem, entries, jurors)
    _forbid(allowed, problem.forbidden, row, column)
    _forbid(allowed, problem.fixed, row, column)
    wanted = np.array([entry.wanted for entry in entries], np.int64)
    held = np.zeros(len(jurors), np.int64)
    named = [mix.role for mix in problem.mixes]
    roles = np.array([named.index(j.role) if j.role in named else len(named) for j in jurors], np.int64)
    kept_roles = np.zeros((len(entries), len(named) + 1), np.int64)
    for code, juror in problem.fixed:
        if code in row:
            wanted[row[code]] -= 1
            kept_roles[row[code], roles[column[juror]] if juror in column else len(named)] += 1
            if juror in column:
                held[column[juror]] += 1
    least = np.array([juror.least for juror in jurors], np.int64)
    most = np.array([NO_LIMIT if juror.most is None else juror.most for juror in jurors], np.int64)
    affinity = _affinity(problem, entries, jurors, row, column)
    most = np.maximum(most, held)
    return Board(
        problem, entries, jurors, allowed, affinity, np.maximum(wanted, 0), least, most, held, roles, kept_roles
    )


def in_scope(problem: Problem, entries: Sequence[Entry], jurors: Sequence[Juror]) -> IntArray:
    """Tell for each entry and juror whether categories, tracks and the agency's field let them meet."""
    categories, of_category = _numbered(entry.category for entry in entries)
    tracks, of_track = _numbered(entry.track for entry in entries)

    def may(names: list[str], allows: Callable[[Juror, str], bool]) -> IntArray:
        return np.array([[allows(juror, name) for juror in jurors] for name in names], bool).reshape(
            len(names), len(jurors)
        )

    by_category = may(categories, lambda juror, name: not juror.categories or name in juror.categories)
    by_field = may(categories, lambda juror, name: name in problem.scopes.get(juror.agency, (name,)))
    by_track = may(tracks, lambda juror, name: not juror.tracks or name in juror.tracks)
    found: IntArray = (by_category & by_field)[of_category] & by_track[of_track]
    return found


def _same_agency(problem: Problem, entries: Sequence[Entry], jurors: Sequence[Juror]) -> IntArray:
    if not problem.own_agency:
        return np.zeros((len(entries), len(jurors)), bool)
    names, numbers = _numbered([*(entry.agency for entry in entries), *(juror.agency for juror in jurors)])
    here, there = numbers[: len(entries)], numbers[len(entries) :]
    known = np.array([bool(name) for name in names], bool)
    same: IntArray = (here[:, None] == there[None, :]) & known[here][:, None] if names else np.zeros((0, 0), bool)
    return same


def _numbered(names: Iterable[str]) -> tuple[list[str], IntArray]:
    """Number names in their order: the list of those there are, and the number of each."""
    given = list(names)
    known = sorted(set(given))
    number = {name: place for place, name in enumerate(known)}
    return known, np.array([number[name] for name in given], np.int64)


def _forbid(allowed: IntArray, pairs: Iterable[Pair], row: dict[str, int], column: dict[str, int]) -> None:
    both = [(row[entry], column[juror]) for entry, juror in pairs if entry in row and juror in column]
    if both:
        rows, columns = zip(*both, strict=True)
        allowed[list(rows), list(columns)] = False


def _affinity(
    problem: Problem, entries: Sequence[Entry], jurors: Sequence[Juror], row: dict[str, int], column: dict[str, int]
) -> IntArray:
    categories, of_category = _numbered(entry.category for entry in entries)
    grades = [[juror.expertise.get(name, 0) for juror in jurors] for name in categories]
    found: IntArray = np.array(grades, np.int32).reshape(len(categories), len(jurors))[of_category]
    for (entry, juror), grade in problem.affinity.items():
        if entry in row and juror in column:
            found[row[entry], column[juror]] = grade
    return found


def draw_lots(seed: int, codes: Iterable[str]) -> IntArray:
    """Draw a lot for each code: 64 bits that look random, yet are the same for one seed and code on every machine."""
    drawn = [blake2b(f"{seed}/{code}".encode(), digest_size=8).digest() for code in codes]
    return np.frombuffer(b"".join(drawn), ">u8").astype(np.uint64)


def pair_lots(entries: IntArray, jurors: IntArray) -> IntArray:
    """Combine the lots of entries and jurors into one for each pair (the finaliser of SplitMix64, Steele 2014)."""
    with np.errstate(over="ignore"):
        mixed = entries ^ (jurors * _GOLDEN)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX[0]
        mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX[1]
    lots: IntArray = mixed ^ (mixed >> np.uint64(31))
    return lots
