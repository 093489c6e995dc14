"""The assignment itself: the best one, or the reasons why there is none; and its repair with the fewest changes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from juri.core.errors import ActionRefused
from juri.core.matching.board import Board, build_board, draw_lots, pair_lots
from juri.core.matching.bridges import build_bridges
from juri.core.matching.clashes import explain
from juri.core.matching.flow import Aims, Arcs, Chosen, choose
from juri.core.matching.graph import graph_of, worries
from juri.core.matching.problem import MOST_AFFINITY, Graph, Matching, Pair, Problem, Wishes
from juri.core.scoring.number import IntArray

_ALL_PAIRS = 1_200_000
"""Up to so many possible pairs none is left out."""

_CANDIDATES = 40
"""Beyond that an entry chooses among its best jurors, and each juror keeps the best entries, so that none is idle."""

_TO_BRIDGE = 20
"""The same for the draft that bridges are chosen from: it shows who stands alone as well, in half the time."""

TOO_FEW = "too_few_jurors"
"""The code of a refusal."""

DEFAULT = Wishes()


@dataclass(frozen=True)
class Repair:
    """What mending an assignment changes: pairs that go, pairs that come, and the whole afterwards."""

    removed: tuple[Pair, ...]
    added: tuple[Pair, ...]
    matching: Matching


@dataclass(frozen=True, eq=False)
class _Draft:
    """A solved board: the columns and rows of the new pairs."""

    board: Board
    entry: IntArray
    juror: IntArray
    lots: int
    candidates: int
    threshold: int = 0


def match(problem: Problem, wishes: Wishes = DEFAULT) -> Matching:
    """Assign jurors to entries: every entry gets the number it wants, every load and rule is kept, the best is chosen.

    The same problem gives the same answer, whatever the order of its parts.

    Raises:
        InputRefused: the problem is faulty.
        ActionRefused: there is no such assignment; says which entries, jurors and rules clash (``too_few_jurors``).

    """
    board = build_board(problem)
    count = ceil(wishes.bridges * int((board.wanted > 0).sum()))
    draft = _settle(board, wishes, candidates=_TO_BRIDGE if count else _CANDIDATES)
    before = _graph(draft)
    if not count:
        return _told(draft, wishes, (before, before))
    bridges = _bridges(draft, wishes, count)
    fixed = problem.fixed | frozenset(bridges)
    bridged = _try(build_board(replace(problem, fixed=fixed)), wishes)
    if bridged is None:
        said = f"{len(bridges)} bridge entries do not fit beside loads and roles; ask for fewer, or raise the loads"
        raise ActionRefused([said], TOO_FEW)
    missing = [] if len(bridges) == count else [_fewer_bridges(len(bridges), count)]
    return _told(bridged, wishes, (before, _graph(bridged)), tuple(bridges), missing)


def repair(problem: Problem, current: Iterable[Pair], wishes: Wishes = DEFAULT) -> Repair:
    """Mend an assignment with the fewest new pairs: keep every pair that is still allowed, unless a rule forbids it.

    Among repairs of one size the wishes decide. ``bridges`` are not built anew.

    Args:
        problem: who may score what now; a juror who dropped out is not in it any more.
        current: the pairs as they are.
        wishes: what decides between repairs of one size.

    Raises:
        InputRefused: the problem is faulty.
        ActionRefused: there is no assignment any more; says what clashes.

    """
    before = frozenset(current) | problem.fixed
    board = build_board(problem)
    draft = _settle(board, replace(wishes, worst_first=False), before)
    matching = _told(draft, wishes, (graph_of(sorted(before)), _graph(draft)))
    after = frozenset(matching.pairs)
    return Repair(tuple(sorted(before - after)), tuple(sorted(after - before)), matching)


def _settle(
    board: Board, wishes: Wishes, current: frozenset[Pair] = frozenset(), candidates: int = _CANDIDATES
) -> _Draft:
    """Solve a board, or say why it cannot be solved."""
    draft = _try(board, wishes, current, candidates)
    if draft is not None:
        return draft
    raise ActionRefused(explain(board, lambda other: _try(build_board(other), DEFAULT) is not None), TOO_FEW)


def _try(
    board: Board, wishes: Wishes, current: frozenset[Pair] = frozenset(), least: int = _CANDIDATES
) -> _Draft | None:
    """Solve a board; None where no assignment exists. Candidates are doubled before that is said."""
    if (board.allowed.sum(axis=1) < board.wanted).any():
        return None
    lots = _lots(board, wishes)
    kept = _changes(board, current)
    candidates = 0 if int(board.allowed.sum()) <= _ALL_PAIRS else max(least, 4 * int(board.wanted.max(initial=0)))
    while True:
        arcs = _arcs(board, lots, candidates, kept)
        draft = _best(board, arcs, wishes, kept, candidates)
        if draft is not None or not candidates:
            return draft
        candidates = 0 if 2 * candidates >= len(board.jurors) else 2 * candidates


def _lots(board: Board, wishes: Wishes) -> tuple[IntArray, IntArray]:
    of_entries = draw_lots(wishes.seed, (entry.code for entry in board.entries))
    return of_entries, draw_lots(wishes.seed, (juror.code for juror in board.jurors))


def _best(board: Board, arcs: Arcs, wishes: Wishes, kept: IntArray | None, candidates: int) -> _Draft | None:
    threshold = 0
    if wishes.worst_first:
        found = _highest_threshold(board, arcs)
        if found is None:
            return None
        threshold = found
        arcs = arcs.keep(board.affinity[arcs.entry, arcs.juror] >= threshold)
    chosen = choose(board, arcs, _aims(board, arcs, wishes, kept))
    return None if chosen is None else _draft(board, arcs, chosen, candidates, threshold)


def _draft(board: Board, arcs: Arcs, chosen: Chosen, candidates: int, threshold: int) -> _Draft:
    return _Draft(board, arcs.entry[chosen.mask], arcs.juror[chosen.mask], chosen.lots, candidates, threshold)


def _aims(board: Board, arcs: Arcs, wishes: Wishes, kept: IntArray | None) -> Aims:
    distance = (MOST_AFFINITY - board.affinity[arcs.entry, arcs.juror]).astype(np.int64)
    distance -= distance.min(initial=MOST_AFFINITY)
    change = [] if kept is None else [(~kept[arcs.entry, arcs.juror]).astype(np.int64)]
    return Aims(change, [distance]) if wishes.loads_first else Aims([*change, distance], [])


def _highest_threshold(board: Board, arcs: Arcs) -> int | None:
    """Find by bisection the highest affinity that every new pair can have; None where not even 0 can be met.

    Whether a threshold can be met falls off once and for all as it rises, since a higher one only takes arcs away.
    """
    affinity = board.affinity[arcs.entry, arcs.juror]
    levels = np.unique(affinity)
    low, high = 0, levels.size
    best = None
    while low < high:
        middle = (low + high) // 2
        fewer = arcs.keep(affinity >= levels[middle])
        if choose(board, fewer, Aims([], [])) is None:
            high = middle
        else:
            best, low = int(levels[middle]), middle + 1
    return best


def _changes(board: Board, current: frozenset[Pair]) -> IntArray | None:
    if not current:
        return None
    kept = np.zeros(board.allowed.shape, bool)
    for entry, juror in current:
        if entry in board.row and juror in board.column:
            kept[board.row[entry], board.column[juror]] = True
    return kept


def _arcs(board: Board, lots: tuple[IntArray, IntArray], candidates: int, kept: IntArray | None) -> Arcs:
    """Return the pairs that may be chosen; with ``candidates`` the best for each entry and for each juror only."""
    mask = board.allowed
    if candidates:
        mask = _pruned(board, lots, candidates)
        if kept is not None:
            mask |= kept & board.allowed
    entry, juror = np.nonzero(mask[board.wanted > 0])
    entry = np.flatnonzero(board.wanted > 0)[entry]
    return Arcs(entry, juror, pair_lots(lots[0][entry], lots[1][juror]))


_ROWS_AT_ONCE = 4096


def _pruned(board: Board, lots: tuple[IntArray, IntArray], candidates: int) -> IntArray:
    """Keep the best ``candidates`` jurors of each entry, and of each juror as many entries as twice an even load.

    Equal ones are told apart by lot, so that not all entries keep the same jurors.
    """
    rows, columns = board.allowed.shape
    mask = np.zeros((rows, columns), bool)
    rank = np.empty((rows, columns), np.int32)
    for start in range(0, rows, _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        drawn = pair_lots(lots[0][part, None], lots[1][None, :])
        worth = board.affinity[part].astype(np.int64) + 1
        rank[part] = np.where(board.allowed[part], worth * 2**20 + (drawn % np.uint64(2**20)).astype(np.int64), 0)
        best = np.argpartition(rank[part], columns - candidates, axis=1)[:, columns - candidates :]
        np.put_along_axis(mask[part], best, values=True, axis=1)
    most = min(rows, 2 * -(-int(board.wanted.sum()) // columns))
    for column in range(columns):
        mask[np.argpartition(rank[:, column], rows - most)[rows - most :], column] = True
    mask &= board.allowed
    return mask


def _bridges(draft: _Draft, wishes: Wishes, count: int) -> list[Pair]:
    board = draft.board
    lots = _lots(board, wishes)
    fixed = [(board.row[e], board.column[j]) for e, j in board.problem.fixed if e in board.row and j in board.column]
    stay = np.array(sorted(fixed), np.int64).reshape(-1, 2)
    chosen = np.concatenate([draft.entry, stay[:, 0]]), np.concatenate([draft.juror, stay[:, 1]])
    built = np.array(build_bridges(board, chosen, count, lots, beyond_scope=wishes.beyond_scope), np.int64).reshape(
        -1, 2
    )
    return board.codes(built[:, 0], built[:, 1])


def _fewer_bridges(built: int, count: int) -> str:
    return (
        f"only {built} of {count} bridge entries were possible: elsewhere no juror may score the entry; let bridges "
        "go beyond the jurors' categories, or loosen the loads"
    )


def _graph(draft: _Draft) -> Graph:
    return graph_of(_pairs(draft))


def _pairs(draft: _Draft) -> list[Pair]:
    board = draft.board
    fixed = [pair for pair in board.problem.fixed if pair[0] in board.row]
    return sorted([*board.codes(draft.entry, draft.juror), *fixed])


def _told(
    draft: _Draft,
    wishes: Wishes,
    graphs: tuple[Graph, Graph],
    bridges: tuple[Pair, ...] = (),
    warnings: Iterable[str] = (),
) -> Matching:
    board, pairs = draft.board, _pairs(draft)
    counted = Counter(juror for _, juror in pairs)
    affinity = board.affinity[draft.entry, draft.juror].astype(np.int64)
    return Matching(
        pairs=tuple(pairs),
        loads={juror.code: counted[juror.code] for juror in board.jurors},
        affinity=int(affinity.sum()),
        graph=graphs[1],
        before=graphs[0],
        bridges=bridges,
        worst=_worst(board, draft, affinity),
        threshold=draft.threshold,
        seed=wishes.seed,
        lots=draft.lots,
        candidates=draft.candidates,
        warnings=(*warnings, *worries(graphs[1])),
    )


def _worst(board: Board, draft: _Draft, affinity: IntArray) -> tuple[str, int] | None:
    """Name the entry whose new jurors suit it least, by the mean; None where nothing was to choose or nobody suits."""
    if not affinity.any():
        return None
    sums = np.bincount(draft.entry, affinity, len(board.entries)).astype(np.int64)
    row = min(np.unique(draft.entry).tolist(), key=lambda place: (sums[place] / board.wanted[place], place))
    return board.entries[row].code, int(sums[row])
