"""What becomes of an entry whose juror sent no sheet: policies by name, none of which goes without saying."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np

from juri.core.errors import InputRefused, Problem
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.number import IntArray
from juri.core.scoring.standings import Unranked

POLICIES = ("block", "drop_juror", "quorum:N", "submitted", "zero")
"""The policies that an edition can name; N is the least number of sheets."""

_QUORUM = re.compile(r"quorum:([1-9][0-9]*)")
_NO_JUROR = "nobody was assigned to it"
_NO_SHEET = "no sheet was submitted"
_DROPPED = "all its jurors were dropped, because they did not finish"


@dataclass(frozen=True, eq=False)
class Counted:
    """The sheets that count after a policy. ``matrix`` has only entries that can be scored; the others are listed."""

    matrix: Matrix
    unranked: tuple[Unranked, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class MissingPolicy:
    """A policy that was read from its name; ``quorum`` is the least number of sheets of ``quorum:N``."""

    name: str
    quorum: int = 1

    @classmethod
    def parse(cls, text: str) -> MissingPolicy:
        """Read a policy's name.

        Raises:
            InputRefused: there is no such policy; the message lists those that there are.

        """
        quorum = _QUORUM.fullmatch(text)
        if quorum:
            return cls("quorum", int(quorum[1]))
        if text in _RULES and text != "quorum":
            return cls(text)
        near = get_close_matches(text, POLICIES, 1)
        hint = f"did you mean '{near[0]}'? Known are" if near else "known are"
        message = f"there is no policy '{text}' for missing sheets; {hint} {', '.join(POLICIES)}"
        raise InputRefused.at("missing", message, "unknown_policy")

    def apply(self, matrix: Matrix) -> Counted:
        """Return the sheets that count, and the entries that cannot be ranked.

        Raises:
            InputRefused: the policy is ``block`` and a sheet is missing; each is named.

        """
        return _RULES[self.name](matrix, self.quorum)


def _zero(matrix: Matrix, quorum: int) -> Counted:
    """Count every absent sheet as 0: the mean is over the assigned jurors."""
    warnings = _absences(matrix, "each counts 0")
    return _ranked(matrix.absent_as_zero(), matrix, lambda _: _NO_JUROR, warnings)


def _submitted(matrix: Matrix, quorum: int) -> Counted:
    """Count what was submitted and nothing else."""
    return _ranked(matrix, matrix, _why_empty(matrix), _absences(matrix, "only submitted sheets count"))


def _quorum(matrix: Matrix, quorum: int) -> Counted:
    """Count what was submitted, where there is enough of it."""
    enough = matrix.sheets >= quorum
    why_empty = _why_empty(matrix)

    def reason(index: int) -> str:
        sheets = int(matrix.sheets[index])
        return f"incomplete: {sheets} of at least {quorum} sheets" if sheets else why_empty(index)

    kept = matrix.keep(enough, _all(matrix.jurors))
    return Counted(kept, _set_apart(matrix, ~enough, reason), _absences(matrix, f"an entry needs {quorum}"))


def _drop_juror(matrix: Matrix, quorum: int) -> Counted:
    """Count only the jurors who finished: one absent sheet drops all sheets of its juror."""
    finished = np.bincount(matrix.absent_juror, minlength=len(matrix.jurors)) == 0
    kept = matrix.keep(_all(matrix.entries), finished)
    before, assigned = matrix.sheets, matrix.assigned

    def reason(index: int) -> str:
        return _DROPPED if before[index] else _NO_SHEET if assigned[index] else _NO_JUROR

    return _ranked(kept, matrix, reason, _absences(matrix, "all sheets of these jurors are left out"))


def _block(matrix: Matrix, quorum: int) -> Counted:
    """Rank nothing until every assignment has its sheet."""
    pairs = zip(matrix.absent_entry.tolist(), matrix.absent_juror.tolist(), strict=True)
    problems = [
        Problem(
            matrix.entries[entry],
            f"juror '{matrix.jurors[juror]}' has no sheet for entry '{matrix.entries[entry]}', and the policy "
            "'block' ranks nothing before all sheets are there",
            "sheet_missing",
        )
        for entry, juror in pairs
    ]
    if problems:
        raise InputRefused(problems)
    return _ranked(matrix, matrix, lambda _: _NO_JUROR, ())


_RULES: dict[str, Callable[[Matrix, int], Counted]] = {
    "block": _block,
    "drop_juror": _drop_juror,
    "quorum": _quorum,
    "submitted": _submitted,
    "zero": _zero,
}


def _ranked(counted: Matrix, given: Matrix, reason: Callable[[int], str], warnings: tuple[str, ...]) -> Counted:
    filled = counted.sheets > 0
    return Counted(counted.keep(filled, _all(counted.jurors)), _set_apart(given, ~filled, reason), warnings)


def _set_apart(given: Matrix, out: IntArray, reason: Callable[[int], str]) -> tuple[Unranked, ...]:
    sheets = given.sheets
    return tuple(Unranked(given.entries[i], int(sheets[i]), reason(i)) for i in np.flatnonzero(out).tolist())


def _why_empty(matrix: Matrix) -> Callable[[int], str]:
    assigned = matrix.assigned
    return lambda index: _NO_SHEET if assigned[index] else _NO_JUROR


def _absences(matrix: Matrix, consequence: str) -> tuple[str, ...]:
    """Name every juror with absent sheets, and how many: a person must see what the policy decided."""
    absent = np.bincount(matrix.absent_juror, minlength=len(matrix.jurors)).tolist()
    late = [f"{name} ({count})" for name, count in zip(matrix.jurors, absent, strict=True) if count]
    return (f"absent sheets by juror: {', '.join(late)}; {consequence}",) if late else ()


def _all(names: tuple[str, ...]) -> IntArray:
    return np.ones(len(names), dtype=bool)
