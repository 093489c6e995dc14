"""Why an assignment cannot be made: the entries, jurors and rules that clash, each proved by counting.

The proofs are cuts. Where the entries of a set want more scorecards than the jurors who may score them can take, no
assignment exists, however it is made; a flow that is as large as it can be shows such a set (Ford and Fulkerson 1956).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from juri.core.matching.board import Board
from juri.core.matching.problem import Problem
from juri.core.scoring.number import IntArray

_NAMED = 5
"""So many are listed by code; of a longer list the rest is counted."""


@dataclass(frozen=True, eq=False)
class _Cut:
    """Groups of like entries, and the jurors, on the crowded side of a cut."""

    groups: IntArray
    jurors: IntArray


def explain(board: Board, solvable: Callable[[Problem], bool]) -> list[str]:
    """Name what clashes, the most telling first: single entries, crowded jurors, least loads, roles, rules together.

    Args:
        board: a problem without an assignment.
        solvable: tells whether another problem has one; asked where no single rule is at fault.

    """
    short = list(_short_entries(board))
    if short:
        return short
    return [*_crowded(board), *_idle(board)] or list(_short_of_role(board)) or [_combined(board.problem, solvable)]


def _short_entries(board: Board) -> Iterator[str]:
    """Name every entry that too few may score, whatever the loads."""
    able = board.allowed.sum(axis=1)
    for row in np.flatnonzero(able < board.wanted).tolist():
        entry = board.entries[row]
        kept = sum(code == entry.code for code, _ in board.problem.fixed)
        yield (
            f"'{entry.code}' needs {int(board.wanted[row]) + kept} jurors and can get {int(able[row]) + kept}: "
            f"{', '.join(_why_few(board, row))}"
        )


def _why_few(board: Board, row: int) -> list[str]:
    """Count the jurors who may not score an entry, by the first reason that keeps each away."""
    entry, problem = board.entries[row], board.problem
    said: dict[str, int] = {}
    for column, juror in enumerate(board.jurors):
        pair = (entry.code, juror.code)
        if board.allowed[row, column] or pair in problem.fixed:
            continue
        if pair in problem.forbidden:
            why = "may not score it because of a conflict"
        elif problem.own_agency and entry.agency and entry.agency == juror.agency:
            why = "may not score the own agency"
        elif juror.tracks and entry.track not in juror.tracks:
            why = f"cannot score the track '{entry.track}'"
        elif juror.categories and entry.category not in juror.categories:
            why = f"cannot score the category '{entry.category}'"
        else:
            why = f"come from agencies whose field is not '{entry.category}'"
        said[why] = said.get(why, 0) + 1
    reasons = sorted(said.items(), key=lambda item: "conflict" not in item[0])
    return [f"the panel has {len(board.jurors)}", *(f"{number} {why}" for why, number in reasons)]


def _grouped(board: Board) -> tuple[IntArray, IntArray, IntArray]:
    """Put entries together that the same jurors may score and that want the same number.

    Returns the group of each entry, the size of each group and, for each group, who may score it. A flow of groups
    splits into one of entries: of like rows any column sums up to the size of the group can be made.
    """
    keys = np.concatenate(
        [np.packbits(board.allowed, axis=1), board.wanted[:, None].astype(np.int64).view(np.uint8)], 1
    )
    _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    group = group.ravel()
    return group, np.bincount(group), board.allowed[first]


def _crowded(board: Board) -> Iterator[str]:
    """Find entries that want more scorecards than their jurors may take at most."""
    group, size, allowed = _grouped(board)
    wanted = np.bincount(group, board.wanted).astype(np.int64)
    room = board.most - board.held
    cut = _cut(wanted, size, allowed, room)
    if cut is None:
        return
    rows, full = np.flatnonzero(np.isin(group, cut.groups)), cut.jurors
    others = int((board.allowed[rows].sum(axis=0)[np.setdiff1d(np.arange(room.size), full)]).sum())
    asked, given = int(board.wanted[rows].sum()), int(room[full].sum())
    beside = f", and others who may score some of them {others} more" if others else ""
    yield (
        f"these {_entries(board, rows)} want {asked} scorecards; the {_jurors(board, full)} who may score them can "
        f"take at most {given}{beside}: {asked - given - others} too few; raise their largest load, add jurors, or "
        "lower the jurors for each entry"
    )


def _idle(board: Board) -> Iterator[str]:
    """Find jurors whose least loads are more than the entries that they may score have to give."""
    group, size, allowed = _grouped(board)
    wanted = np.bincount(group, board.wanted).astype(np.int64)
    due = np.maximum(board.least - board.held, 0)
    # The mirror image: jurors ask for entries. An entry group gives each juror its size at most, and its want in all.
    cut = _cut(due, None, allowed.T, wanted, size)
    if cut is None:
        return
    jurors, full = cut.groups, cut.jurors
    rows = np.flatnonzero(np.isin(group, full))
    beside = np.setdiff1d(np.arange(size.size), full)
    others = int((allowed[np.ix_(beside, jurors)] * size[beside][:, None]).sum())
    asked, given = int(due[jurors].sum()), int(wanted[full].sum()) + others
    yield (
        f"the {_jurors(board, jurors)} are to get at least {asked} entries beside what they have; the "
        f"{_entries(board, rows) if rows.size else 'entries'} that they may score have only {given} places to give; "
        "lower their least load, or let them score more"
    )


def _cut(
    wanted: IntArray, size: IntArray | None, allowed: IntArray, room: IntArray, widths: IntArray | None = None
) -> _Cut | None:
    """Return the crowded side where the demand (rows of ``allowed``) does not fit into the room (columns); or None."""
    from ortools.graph.python import max_flow

    rows, columns = allowed.shape
    source, sink = rows + columns, rows + columns + 1
    tail, head = np.nonzero(allowed)
    capacity = size[tail] if size is not None else widths[head] if widths is not None else np.ones(tail.size)
    solver = max_flow.SimpleMaxFlow()
    add = solver.add_arcs_with_capacity
    add(np.full(rows, source), np.arange(rows), wanted)
    add(tail, rows + head, capacity.astype(np.int64))
    add(rows + np.arange(columns), np.full(columns, sink), room)
    solver.solve(source, sink)
    if solver.optimal_flow() >= int(wanted.sum()):
        return None
    side = np.array(sorted(solver.get_source_side_min_cut()), np.int64)
    return _Cut(side[side < rows], side[(side >= rows) & (side < source)] - rows)


def _short_of_role(board: Board) -> Iterator[str]:
    """Find a role that cannot be filled, or that must be left out too often, as a problem of its own jurors alone."""
    for number, mix in enumerate(board.problem.mixes):
        due = np.clip(mix.least - board.kept_roles[:, number], 0, board.wanted)
        of_role = board.allowed & (board.roles == number)
        narrowed = replace(board, wanted=due, allowed=of_role)
        able = of_role.sum(axis=1)
        for row in np.flatnonzero(able < due).tolist():
            found = int(able[row] + board.kept_roles[row, number])
            yield f"'{board.entries[row].code}' needs {mix.least} of the role '{mix.role}' and can get {found}"
        yield from (f"of the role '{mix.role}': {said}" for said in _crowded(narrowed) if (able >= due).all())


def _combined(problem: Problem, solvable: Callable[[Problem], bool]) -> str:
    """Name the rules that clash only together: a set of which none can be left out.

    Found by dropping one kind of rule after the other and keeping dropped what is not needed for the clash.
    """
    needed, rest = [], problem
    for name, dropped in _RULES:
        without = dropped(rest)
        if without != rest and solvable(without):
            needed.append(name)
        else:
            rest = without
    return f"these rules can each be met, but not all together: {', '.join(needed)}; loosen one of them"


_RULES: Sequence[tuple[str, Callable[[Problem], Problem]]] = (
    ("the pairs that stay", lambda problem: replace(problem, fixed=frozenset())),
    ("least loads", lambda problem: _with_jurors(problem, least=0)),
    ("largest loads", lambda problem: _with_jurors(problem, most=None)),
    ("numbers by role", lambda problem: replace(problem, mixes=())),
    ("conflicts", lambda problem: replace(problem, forbidden={}, own_agency=False)),
    ("the jurors' categories and tracks", lambda p: _with_jurors(p, categories=frozenset(), tracks=frozenset())),
    ("the agencies' fields", lambda problem: replace(problem, scopes={})),
)


def _with_jurors(problem: Problem, **changed: object) -> Problem:
    jurors = tuple(replace(juror, **changed) for juror in problem.jurors)  # type: ignore[arg-type]  # named fields
    return replace(problem, jurors=jurors)


def _entries(board: Board, rows: IntArray) -> str:
    found = [board.entries[row] for row in rows.tolist()]
    categories = sorted({entry.category for entry in found})
    of = f" of category '{categories[0]}'" if len(categories) == 1 and categories[0] else ""
    noun = "entry" if len(found) == 1 else "entries"
    return f"{len(found)} {noun}{of} ({_some([entry.code for entry in found])})"


def _jurors(board: Board, columns: IntArray) -> str:
    codes = [board.jurors[column].code for column in columns.tolist()]
    return f"{len(codes)} juror{'' if len(codes) == 1 else 's'}" + (f" ({_some(codes)})" if codes else "")


def _some(codes: Sequence[str]) -> str:
    more = f" and {len(codes) - _NAMED} more" if len(codes) > _NAMED else ""
    return ", ".join(codes[:_NAMED]) + more
