"""The assignment as a flow of least cost: one unit for each scorecard, from its entry to its juror to the sink.

Node balances hold the least loads and the least numbers by role, so that they are kept and never bargained with. Loads
are evened by arcs from a juror to the sink that grow dearer one by one (convex costs). The constraint matrix of a flow
is totally unimodular: the optimum is a whole number of scorecards, and no better assignment of the given arcs exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from juri.core.errors import InputRefused
from juri.core.matching.board import Board
from juri.core.scoring.number import IntArray

_WIDEST_LOT = 2**20
_COST_LIMIT = 2**61
"""OR-tools multiplies costs by the number of nodes, in 64 bits."""

_LOAD_ARCS = 150_000
"""So many arcs carry the exact costs of loads at first."""


@dataclass(frozen=True, eq=False)
class Arcs:
    """Pairs that may be chosen, as rows and columns of the board, sorted; ``lots`` has 64 random bits for each."""

    entry: IntArray
    juror: IntArray
    lots: IntArray

    def keep(self, mask: IntArray) -> Arcs:
        """Keep some of the arcs."""
        return Arcs(self.entry[mask], self.juror[mask], self.lots[mask])


@dataclass(frozen=True, eq=False)
class Aims:
    """What an assignment is measured by, the first that differs deciding.

    ``before`` are costs of the arcs (one array each) that come before the loads, ``after`` those that come behind
    them. Costs are whole numbers from 0.
    """

    before: Sequence[IntArray]
    after: Sequence[IntArray]


@dataclass(frozen=True, eq=False)
class Chosen:
    """The arcs that were chosen, as a mask, and how many values the lot had."""

    mask: IntArray
    lots: int


@dataclass(frozen=True, eq=False)
class _Prices:
    arc: IntArray
    load: int
    lots: int


def choose(board: Board, arcs: Arcs, aims: Aims) -> Chosen | None:
    """Choose the best arcs; None where the loads, the roles and the numbers wanted cannot all be met by them.

    The costs of a juror's load are exact inside a window around the load that comes out; where a load lies at the
    edge of its window, the window grows and the flow is solved again. A flow that no cycle of the network improves is
    the best there is, and a cycle changes a load by one only: so the windows lose nothing.
    """
    base = np.maximum(board.held, board.least)
    reach = np.bincount(arcs.juror, minlength=len(board.jurors)) + board.held
    top = np.maximum(np.minimum(board.most, reach), base)
    centre = np.full(len(board.jurors), (int(board.wanted.sum()) + int(board.held.sum())) // max(1, len(board.jurors)))
    half = np.full(len(board.jurors), max(8, _LOAD_ARCS // (2 * max(1, len(board.jurors)))))
    while True:
        low, high = np.clip(centre - half, base, top), np.clip(centre + half, base, top)
        prices = _stack(board, aims, int(high.max(initial=0) - low.min(initial=0)) + 2)
        mask = _solve(board, arcs, prices, (base, low, high, top))
        if mask is None:
            return None
        load = board.held + np.bincount(arcs.juror[mask], minlength=len(board.jurors))
        at_edge = ((load <= low) & (low > base)) | ((load >= high) & (high < top))
        if not at_edge.any():
            return Chosen(mask, prices.lots)
        centre, half = np.where(at_edge, load, centre), np.where(at_edge, 2 * half, half)


def _stack(board: Board, aims: Aims, steps: int) -> _Prices:
    """Weigh the aims against each other so that no amount of a later one outweighs one unit of an earlier one.

    A simple cycle of the network passes each juror once and the sink once. So it changes a sum over arcs by at most
    (jurors x the largest cost), and the cost of the loads by at most ``steps``: a weight above that is enough.
    """
    longest = max(1, len(board.jurors))
    nodes = len(board.entries) * (1 + board.kept_roles.shape[1]) + longest + 2
    bits = _WIDEST_LOT
    while bits >= 1:
        weight, arc_weights, bound = 1, [], longest * (bits - 1)
        for costs in reversed(aims.after):
            weight = bound + 1
            arc_weights.append(weight)
            bound += weight * longest * int(costs.max(initial=0))
        load = bound + 1
        bound += load * steps
        highest = load * steps
        for costs in reversed(aims.before):
            weight = bound + 1
            arc_weights.append(weight)
            bound += weight * longest * int(costs.max(initial=0))
        ordered = [*reversed(aims.after), *reversed(aims.before)]
        highest += sum(w * int(costs.max(initial=0)) for w, costs in zip(arc_weights, ordered, strict=True)) + bits
        if highest * (nodes + 1) < _COST_LIMIT:
            return _Prices(_summed(arc_weights, ordered), load, bits)
        bits //= 2
    raise InputRefused.at("jurors", "the table is too large to be solved exactly; assign track by track", "too_large")


def _summed(weights: Sequence[int], costs: Sequence[IntArray]) -> IntArray:
    total: IntArray = np.zeros(1, np.int64)
    for weight, each in zip(weights, costs, strict=True):
        total = total + weight * each.astype(np.int64)
    return total


def _solve(
    board: Board, arcs: Arcs, prices: _Prices, levels: tuple[IntArray, IntArray, IntArray, IntArray]
) -> IntArray | None:
    """Solve one flow; returns the mask of the chosen arcs, or None where there is none that meets every bound."""
    from ortools.graph.python import min_cost_flow

    base = levels[0]
    rows, columns = len(board.entries), len(board.jurors)
    roles = board.kept_roles.shape[1]
    at_roles = roles > 1
    middle = rows * roles if at_roles else 0
    sink = rows + middle + columns
    supply = np.zeros(sink + 1, np.int64)
    due = base - board.held
    if int(due.sum()) > int(board.wanted.sum()):
        return None
    supply[rows + middle : sink], supply[sink] = -due, int(due.sum()) - int(board.wanted.sum())
    solver = min_cost_flow.SimpleMinCostFlow()
    cost = prices.arc + (arcs.lots % np.uint64(prices.lots)).astype(np.int64)
    tails = arcs.entry
    if at_roles:
        tails = rows + arcs.entry * roles + board.roles[arcs.juror]
        bounds = role_bounds(board)
        if bounds is None:
            return None
        _add_roles(solver, board, supply, bounds)
    else:
        supply[:rows] = board.wanted
    ones = np.ones(arcs.entry.size, np.int64)
    first = solver.add_arcs_with_capacity_and_unit_cost(tails, rows + middle + arcs.juror, ones, cost)
    tail, capacity, step = _load_arcs(levels, prices.load)
    solver.add_arcs_with_capacity_and_unit_cost(rows + middle + tail, np.full(tail.size, sink), capacity, step)
    solver.set_nodes_supplies(np.arange(sink + 1), supply)
    status = solver.solve()
    if status == solver.OPTIMAL:
        mask: IntArray = solver.flows(first) > 0
        return mask
    if status == solver.INFEASIBLE:
        return None
    raise ArithmeticError(f"the flow could not be solved: {status}")


def role_bounds(board: Board) -> tuple[IntArray, IntArray] | None:
    """Return how many new jurors of each role an entry needs and may have; None where an entry needs too many.

    Jurors have one role each, so the roles split the jurors of an entry and the problem stays a flow.
    """
    mixes = board.problem.mixes
    least = np.array([*(mix.least for mix in mixes), 0], np.int64) - board.kept_roles
    limits = [len(board.jurors) if mix.most is None else mix.most for mix in mixes]
    most = np.array([*limits, len(board.jurors)], np.int64) - board.kept_roles
    least = np.where(board.wanted[:, None] > 0, np.maximum(least, 0), 0)
    most = np.maximum(np.minimum(most, board.wanted[:, None]), 0)
    if (least.sum(axis=1) > board.wanted).any() or (least > most).any():
        return None
    return least, most


def _add_roles(solver: object, board: Board, supply: IntArray, bounds: tuple[IntArray, IntArray]) -> None:
    least, most = bounds
    rows, roles = least.shape
    supply[:rows] = board.wanted - least.sum(axis=1)
    supply[rows : rows + rows * roles] = least.ravel()
    tail = np.repeat(np.arange(rows), roles)
    head = rows + np.arange(rows * roles)
    add = solver.add_arcs_with_capacity_and_unit_cost  # type: ignore[attr-defined]  # OR-tools has no type hints
    add(tail, head, (most - least).ravel(), np.zeros(tail.size, np.int64))


def _load_arcs(
    levels: tuple[IntArray, IntArray, IntArray, IntArray], price: int
) -> tuple[IntArray, IntArray, IntArray]:
    """Return the arcs from jurors to the sink: whole blocks beside the window, one arc for each entry inside."""
    base, low, high, top = levels
    lowest = int(low.min(initial=0))
    steps = (high - low).astype(np.int64)
    tail = np.repeat(np.arange(base.size), steps)
    place = np.arange(int(steps.sum())) - np.repeat(np.cumsum(steps) - steps, steps)
    inside = (low[tail] + place - lowest + 1) * price
    everyone = np.arange(base.size)
    below, above = low - base, top - high
    tails = np.concatenate([everyone[below > 0], tail, everyone[above > 0]])
    capacity = np.concatenate([below[below > 0], np.ones(tail.size, np.int64), above[above > 0]])
    above_price = (high - lowest + 1)[above > 0] * price
    step = np.concatenate([np.zeros(int((below > 0).sum()), np.int64), inside, above_price])
    return tails, capacity, step
