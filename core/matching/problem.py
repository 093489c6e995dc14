"""What is to be assigned, as frozen values: entries that want jurors, jurors with loads, and what keeps them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from juri.core.errors import InputRefused
from juri.core.errors import Problem as Fault

Pair = tuple[str, str]
"""An entry's code and a juror's code."""

MOST_AFFINITY = 1000
"""How well a juror can suit an entry; 0 is a juror who knows nothing special of it."""

_NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True)
class Entry:
    """An entry that wants so many jurors. ``agency`` is who entered it."""

    code: str
    wanted: int
    category: str = ""
    track: str = ""
    agency: str = ""


@dataclass(frozen=True)
class Juror:
    """A juror who takes from ``least`` to ``most`` entries (None: no limit).

    ``categories`` and ``tracks`` limit what the juror may score (empty: everything). ``expertise`` grades categories
    from 0 to 1000. ``agency`` is the employer, ``role`` what the juror stands for in a panel (academic, practitioner).
    """

    code: str
    least: int = 0
    most: int | None = None
    categories: frozenset[str] = frozenset()
    tracks: frozenset[str] = frozenset()
    expertise: Mapping[str, int] = field(default_factory=lambda: _NOTHING)
    agency: str = ""
    role: str = ""


@dataclass(frozen=True)
class Mix:
    """How many of an entry's jurors have a role: at least ``least``, at most ``most`` (None: any number)."""

    role: str
    least: int = 0
    most: int | None = None


@dataclass(frozen=True)
class Wishes:
    """What makes one assignment better than another, where several are possible.

    ``loads_first`` evens the loads before it looks at expertise; otherwise expertise comes first. ``worst_first``
    raises, before both, the least affinity of any pair as far as it goes. ``bridges`` is the share of the entries
    that get a juror from elsewhere, to keep the jurors comparable, and ``beyond_scope`` lets that one juror come from
    other categories than his or her own. ``seed`` settles what is left.
    """

    loads_first: bool = True
    worst_first: bool = False
    bridges: Fraction = Fraction(0)
    beyond_scope: bool = False
    seed: int = 0


@dataclass(frozen=True)
class Problem:
    """Who may score what. ``forbidden`` maps pairs to the reason, ``fixed`` are pairs that stay whatever comes.

    ``scopes`` maps an agency to the categories that its jurors may score (a ministry to its field). ``affinity``
    overrides the expertise of single pairs. With ``own_agency`` no juror scores an entry of the own agency.
    """

    entries: tuple[Entry, ...]
    jurors: tuple[Juror, ...]
    forbidden: Mapping[Pair, str] = field(default_factory=lambda: _NOTHING)
    fixed: frozenset[Pair] = frozenset()
    mixes: tuple[Mix, ...] = ()
    scopes: Mapping[str, frozenset[str]] = field(default_factory=lambda: _NOTHING)
    affinity: Mapping[Pair, int] = field(default_factory=lambda: _NOTHING)
    own_agency: bool = True

    def check(self) -> None:
        """Check what the arithmetic relies on.

        Raises:
            InputRefused: a code stands twice, a number is out of range, or a pair names nobody.

        """
        faults = [*_twice("entry", (each.code for each in self.entries)), *_faults_of_entries(self.entries)]
        faults += [*_twice("juror", (each.code for each in self.jurors)), *_faults_of_jurors(self.jurors)]
        faults += [*_twice("role", (mix.role for mix in self.mixes)), *_faults_of_mixes(self.mixes)]
        for pair, grade in self.affinity.items():
            faults += _fault_of_grade(", ".join(pair), grade)
        if faults:
            raise InputRefused(faults)


def _twice(what: str, codes: Iterable[str]) -> Iterator[Fault]:
    for code, times in sorted(Counter(codes).items()):
        if times > 1:
            yield Fault(code, f"the {what} '{code}' is given {times} times; give it once", "twice")


def _faults_of_entries(entries: Iterable[Entry]) -> Iterator[Fault]:
    for entry in entries:
        if entry.wanted < 0:
            yield Fault(entry.code, f"it wants {entry.wanted} jurors; write 0 or more", "out_of_range")


def _faults_of_jurors(jurors: Iterable[Juror]) -> Iterator[Fault]:
    for juror in jurors:
        if juror.least < 0 or (juror.most is not None and juror.most < juror.least):
            most = "no limit" if juror.most is None else juror.most
            said = f"the load goes from {juror.least} to {most}; the least is 0 or more, the most not below it"
            yield Fault(juror.code, said, "out_of_range")
        for category, grade in juror.expertise.items():
            yield from _fault_of_grade(f"{juror.code}, {category}", grade)


def _faults_of_mixes(mixes: Iterable[Mix]) -> Iterator[Fault]:
    for mix in mixes:
        if mix.least < 0 or (mix.most is not None and mix.most < mix.least):
            said = f"at least {mix.least} and at most {mix.most}: the least is 0 or more, the most not below it"
            yield Fault(mix.role, said, "out_of_range")


def _fault_of_grade(where: str, grade: int) -> Iterator[Fault]:
    if not 0 <= grade <= MOST_AFFINITY:
        yield Fault(where, f"the grade {grade} is not between 0 and {MOST_AFFINITY}", "out_of_range")


@dataclass(frozen=True)
class Graph:
    """How the jurors hang together by the entries they share.

    ``components`` counts the groups of jurors that share no entry with each other; a juror without entries counts in
    none. ``connectivity`` is the algebraic connectivity (lambda2 of the normalised Laplacian), from 0 (several
    components) to 2; None for fewer than two jurors.
    """

    components: int
    connectivity: float | None


@dataclass(frozen=True)
class Matching:
    """An assignment: every pair with the fixed ones, sorted, and what can be said of it.

    ``bridges`` are the pairs that were made to connect jurors; ``before`` is the graph without them. ``worst`` names
    the entry whose jurors suit it least, with the sum of their affinities (of the pairs that were free to choose).
    ``lots`` is how many values the seeded lot had that settled equals, and ``candidates`` the number of jurors an
    entry chose among (0: all who may score it).
    """

    pairs: tuple[Pair, ...]
    loads: Mapping[str, int]
    affinity: int
    graph: Graph
    before: Graph
    bridges: tuple[Pair, ...] = ()
    worst: tuple[str, int] | None = None
    threshold: int = 0
    seed: int = 0
    lots: int = 1
    candidates: int = 0
    warnings: tuple[str, ...] = ()
