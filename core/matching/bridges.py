"""Bridge entries: a few entries get one juror from elsewhere, so that no group of jurors stands alone.

Chosen from a first assignment by whole numbers only, so that every machine chooses the same. First come entries that
join two components, then entries that connect these once more and, where there is only one, entries whose new juror is
farthest from the others: fewest entries shared at one or two steps. The pairs are then fixed, and the rest of the
assignment is the best one beside them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from juri.core.matching.board import Board, build_board, pair_lots
from juri.core.matching.flow import role_bounds
from juri.core.matching.graph import component_of, shared_entries
from juri.core.scoring.number import IntArray

_COMPANY = 2
"""An entry connects jurors only where it has at least so many."""


@dataclass
class _Site:
    """The bridges while they are built: who may take one, how near jurors are, what is joined already."""

    may: IntArray
    room: IntArray
    near: IntArray
    origin: IntArray
    group: IntArray
    lots: tuple[IntArray, IntArray]
    built: dict[int, int] = field(default_factory=dict)

    def find(self, row: int, company: list[int], apart: IntArray | None) -> int | None:
        """Return the column of the juror who is farthest from an entry's jurors, of those who have room; or None.

        With ``apart``, only a juror of another group than theirs will do.
        """
        free = self.may[row] & (self.room > 0)
        free[company] = False
        if apart is not None:
            theirs = np.zeros(int(apart.max()) + 1, bool)
            theirs[apart[company]] = True
            free &= ~theirs[apart]
        columns = np.flatnonzero(free)
        if not columns.size:
            return None
        nearness = self.near[company][:, columns].sum(axis=0)
        lots = pair_lots(self.lots[0][row], self.lots[1][columns])
        return int(columns[np.lexsort((lots, -self.room[columns], nearness))[0]])

    def build(self, row: int, column: int, company: list[int]) -> None:
        """Note a bridge: its juror is near the others of the entry from now on."""
        self.built[row] = column
        self.room[column] -= 1
        self.near[company, column] += 1
        self.near[column, company] += 1
        self.group[np.isin(self.group, self.group[company])] = self.group[column]


def build_bridges(
    board: Board, chosen: tuple[IntArray, IntArray], count: int, lots: tuple[IntArray, IntArray], *, beyond_scope: bool
) -> list[tuple[int, int]]:
    """Choose pairs (row, column) that connect the jurors of an assignment.

    Args:
        board: the problem.
        chosen: rows and columns of the pairs of the assignment, fixed ones included.
        count: how many bridges there may be at most.
        lots: the lots of entries and jurors, which settle what is equal.
        beyond_scope: whether a bridge may leave the categories of its juror (never conflicts, agencies and tracks).

    """
    shared = shared_entries(*chosen, len(board.entries), len(board.jurors))
    share = max(1, 2 * -(-count // max(1, len(board.jurors))))
    room = np.minimum(board.most - board.held, share)
    origin = component_of(shared)
    near = shared + shared @ shared
    site = _Site(_may_bridge(board, beyond_scope), room, near, origin, origin.copy(), lots)
    company: list[list[int]] = [[] for _ in board.entries]
    for row, column in zip(*(each.tolist() for each in chosen), strict=True):
        company[row].append(column)
    in_order = np.argsort(lots[0], kind="stable").tolist()
    rows = [row for row in in_order if board.wanted[row] and len(company[row]) >= _COMPANY]
    _join(site, rows, company, count, site.group)
    _join(site, rows, company, count, site.origin)
    if np.unique(site.group[np.unique(chosen[1])]).size == 1:
        _join(site, rows, company, count, None)
    return sorted(site.built.items())


def _join(site: _Site, rows: list[int], company: list[list[int]], count: int, apart: IntArray | None) -> None:
    """Build bridges until there are enough; ``apart`` are the groups that a bridge must lead across."""
    for row in rows:
        if len(site.built) >= count or (apart is not None and (apart == apart[0]).all()):
            return
        column = None if row in site.built else site.find(row, company[row], apart)
        if column is not None:
            site.build(row, column, company[row])


def _may_bridge(board: Board, beyond_scope: bool) -> IntArray:
    """Tell who may take one place of an entry without breaking the numbers by role."""
    problem = board.problem
    anywhere = tuple(replace(juror, categories=frozenset()) for juror in problem.jurors)
    allowed = build_board(replace(problem, jurors=anywhere)).allowed if beyond_scope else board.allowed
    bounds = role_bounds(board)
    if bounds is None:
        return np.zeros_like(allowed)
    least, most = bounds
    fits = (most > 0) & (least.sum(axis=1, keepdims=True) - (least > 0) < board.wanted[:, None])
    found: IntArray = allowed & fits[:, board.roles]
    return found
