"""Majority judgment: the best median grade wins, and equal medians are removed until they differ. Exact at any size.

Source: M. Balinski and R. Laraki, *Majority Judgment* (MIT Press, 2010). Of two middle grades the lower is the median.
The grades that would be removed one after the other are compared as runs, so that ten thousand million voters cost no
more than ten.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cmp_to_key
from math import lcm

from juri.core.ballots.ballots import GradedBallots
from juri.core.ballots.tally import Tally, place
from juri.core.errors import InputRefused, Problem

MISSING = ("worst", "median", "normalise")
"""What becomes of a grade that a voter did not give; a grade's own name is possible, too."""

Run = tuple[tuple[int, int], int]
"""A pair of grades, lower half and upper half, and how often it comes in turn."""


def majority_judgment(ballots: GradedBallots, missing: str = "worst") -> Tally:
    """Rank candidates by majority judgment.

    Args:
        ballots: the tallies of grades.
        missing: how a candidate's missing grades are filled: with the worst grade, with its own median, with a grade
            named here; or ``normalise``, which multiplies the tallies to one total instead.

    Raises:
        InputRefused: no such grade, no grade at all, or a candidate without one that ``missing`` cannot fill.

    """
    tallies = _filled(ballots, missing)
    merits = [list(_merit(tally)) for tally in tallies]

    def better(one: int, other: int) -> int:
        return _compare(merits[other], merits[one])

    order = sorted(range(len(merits)), key=cmp_to_key(better))
    ranks = [0] * len(order)
    for number, each in enumerate(order, 1):
        same = number > 1 and _compare(merits[each], merits[order[number - 2]]) == 0
        ranks[each] = ranks[order[number - 2]] if same else number
    figures = [_figures(ballots, index, tally) for index, tally in enumerate(tallies)]
    gaps = [ballots.voters - sum(given) for given in ballots.tallies]
    warnings = (_told(sum(map(bool, gaps)), missing),) if any(gaps) else ()
    facts = {"voters": ballots.voters, "grades": list(ballots.grades), "missing_grades": missing}
    return Tally(place(ballots.candidates, ranks, figures), facts=facts, warnings=warnings)


def _told(short: int, missing: str) -> str:
    what = "tallies were multiplied to one total" if missing == "normalise" else f"filled with: {missing}"
    return f"candidates without a grade from every voter: {short}; {what}"


def _figures(ballots: GradedBallots, index: int, tally: Sequence[int]) -> dict[str, object]:
    given = ballots.tallies[index]
    named = {f"graded {grade}": count for grade, count in zip(ballots.grades, given, strict=True)}
    return {"median": ballots.grades[_median(tally)], **named, "missing": ballots.voters - sum(given)}


def _filled(ballots: GradedBallots, missing: str) -> list[list[int]]:
    """Return tallies of one total."""
    if not ballots.candidates or not ballots.voters:
        raise InputRefused.at("ballots", "no ballot has a grade; there is nothing to count", "no_ballots")
    empty = [name for name, tally in zip(ballots.candidates, ballots.tallies, strict=True) if not sum(tally)]
    if empty and missing in {"median", "normalise"}:
        message = f"nobody graded this candidate, so '{missing}' has nothing to go by; use 'worst', or leave it out"
        raise InputRefused(Problem(name, message, "no_grade") for name in empty)
    if missing == "normalise":
        common = lcm(*(sum(tally) for tally in ballots.tallies))
        return [[count * (common // sum(tally)) for count in tally] for tally in ballots.tallies]
    fill = _filler(ballots, missing)
    filled = [list(tally) for tally in ballots.tallies]
    for tally in filled:
        tally[fill(tally)] += ballots.voters - sum(tally)
    return filled


def _filler(ballots: GradedBallots, missing: str) -> Callable[[Sequence[int]], int]:
    if missing == "median":
        return _median
    if missing != "worst" and missing not in ballots.grades:
        known = ", ".join([*MISSING, *ballots.grades])
        raise InputRefused.at("missing", f"'{missing}' is no grade; known are {known}", "unknown_grade")
    grade = 0 if missing == "worst" else ballots.grades.index(missing)
    return lambda _: grade


def _median(tally: Sequence[int]) -> int:
    """Return the grade in the middle, the lower of two."""
    middle = (sum(tally) - 1) // 2
    for grade, count in enumerate(tally):
        if middle < count:
            return grade
        middle -= count
    raise ValueError("an empty tally has no median")


def _merit(tally: Sequence[int]) -> Iterator[Run]:
    """Walk the medians in the order of their removal.

    With the grades in a row from the worst, an odd number of them is removed as: the middle, its left neighbour, its
    right one, the next on the left, and so on; an even number begins with the two in the middle, the left first.
    """
    total = sum(tally)
    half = total // 2
    if total % 2:
        middle = _median(tally)
        yield (middle, middle), 1
        left = list(tally)
        left[middle] -= 1
    else:
        left = list(tally)
    below = _walk(left, range(len(left) - 1, -1, -1), half, skip=half)
    above = _walk(left, range(len(left)), half, skip=half)
    yield from _paired(below, above)


def _walk(tally: Sequence[int], grades: Sequence[int], length: int, skip: int) -> list[list[int]]:
    """Return [grade, number] for ``length`` grades, from the middle outwards, after ``skip`` on the other side."""
    runs = []
    for grade in grades:
        passed = min(skip, tally[grade])
        skip -= passed
        taken = min(length, tally[grade] - passed)
        length -= taken
        if taken:
            runs.append([grade, taken])
    return runs


def _paired(below: list[list[int]], above: list[list[int]]) -> Iterator[Run]:
    left, right = iter(below), iter(above)
    (low, many), (high, more) = next(left, (0, 0)), next(right, (0, 0))
    while many and more:
        shared = min(many, more)
        yield (low, high), shared
        many, more = many - shared, more - shared
        low, many = (low, many) if many else next(left, (0, 0))
        high, more = (high, more) if more else next(right, (0, 0))


def _compare(mine: Sequence[Run], theirs: Sequence[Run]) -> int:
    """Compare two walks of one length at the first grade that differs: 1 where mine is better."""
    own, other = iter(mine), iter(theirs)
    (pair, many), (foreign, more) = next(own), next(other)
    while pair == foreign:
        shared = min(many, more)
        many, more = many - shared, more - shared
        if not many:
            pair, many = next(own, ((-1, -1), 0))
        if not more:
            foreign, more = next(other, ((-1, -1), 0))
        if not many and not more:
            return 0
    return 1 if pair > foreign else -1
