"""Our own contenders of the table, by the ways that the product goes; run by ``bench/table.py``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import assignment
import numpy as np
import stage
import stand
from crowd import EDITION, STAGE
from sqlalchemy import event
from sqlalchemy.orm import Session
from stand import Contender, Work, nothing_to_compare, same_ranks

from juri.core.analysis.design import Design
from juri.core.analysis.mixed import fit_crossed, fit_severity
from juri.core.analysis.uncertainty import rank_doubt
from juri.core.ballots.ballots import RankedBallots
from juri.core.ballots.transfer import count_stv
from juri.core.editions.gate import find_stage
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import find_edition
from juri.core.matching.board import build_board
from juri.core.matching.matching import match
from juri.core.matching.problem import Wishes
from juri.core.ranking import Placed, RankRule, rank_totals
from juri.core.registry import Registry
from juri.core.results.pages import Wanted, read_page
from juri.core.results.snapshots import standings_in_force
from juri.core.scoring.snapshot import Names, Snapshot
from juri.core.settings import load_settings
from juri.core.storage.database import Database
from juri.plugins.manager import load_plugins

DRAWS, TOP = 1_000, 45
TIES = ("criterion:c0", "median")
"""The chain of the official ranking: the first criterion, then the median of the sheets."""


def registry() -> Registry:
    """Return what the product ranks with."""
    return load_plugins(load_settings({})).registry


def snapshot_of(folder: Path, order: Any = slice(None)) -> Callable[[], Snapshot]:
    """Return what builds the snapshot from the rows, taken in some order."""
    entry, juror, criterion, points = (
        np.load(folder / f"{name}.npy")[order] for name in ("entry", "juror", "criterion", "points")
    )
    weight = np.load(folder / "weights.npy").tolist()
    names = Names(_named("E", entry), _named("J", juror), tuple(f"c{place}" for place in range(len(weight))))
    places = np.stack([entry, juror, criterion])
    return lambda: Snapshot.of_rows(names, places, points, weight)


def _named(letter: str, column: Any) -> tuple[str, ...]:
    return tuple(f"{letter}{number:07}" for number in range(int(column.max()) + 1))


def ranks(placed: Placed) -> Any:
    """Return the rank of each entry."""
    return placed.ranking.rank.numerators


def official(*ties: str) -> Callable[[Path], tuple[Work, Callable[[Any], str]]]:
    """Return the contender that ranks the snapshot by the product's way, with a chain of tie rules."""

    def contender(folder: Path) -> tuple[Work, Callable[[Any], str]]:
        found, snapshot = registry(), snapshot_of(folder)()
        rule = RankRule("mean", {}, "submitted", ties=ties)

        def rank() -> Placed:
            return rank_totals(snapshot.totals, rule, extensions=found.get, criteria=snapshot)

        compare = same_ranks(folder)
        return rank, lambda placed: compare(ranks(placed)) if not ties else _settled(placed)

    return contender


def _settled(placed: Placed) -> str:
    return f"{int(placed.ranking.settled.tied.sum()):,} left tied"


def from_rows(folder: Path) -> tuple[Work, Callable[[Any], str]]:
    """Build the snapshot from rows in any order, and rank."""
    found, rule = registry(), RankRule("mean", {}, "submitted")
    build = snapshot_of(folder, np.random.default_rng(7).permutation(np.load(folder / "entry.npy").size))
    compare = same_ranks(folder)

    def rank() -> Placed:
        return rank_totals(build().totals, rule, extensions=found.get)

    return rank, lambda placed: compare(ranks(placed))


def expected_ranks(folder: Path) -> tuple[Work, Callable[[Any], str]]:
    """Write down the ranks that the others are compared with: worked out in Python integers, entry by entry."""
    rows = (np.load(folder / f"{name}.npy").astype(np.int64) for name in ("entry", "criterion", "points"))
    entry, criterion, points = rows
    worth = points * np.load(folder / "weights.npy")[criterion]
    sums = np.zeros(int(entry.max()) + 1, dtype=np.int64)
    np.add.at(sums, entry, worth)
    sheets = np.bincount(entry)
    if (sheets != sheets[0]).any():
        raise ValueError("the entries must have the same number of sheets, so that sums rank as means do")
    better = np.sort(-sums)
    np.save(folder / "ranks.npy", np.searchsorted(better, -sums) + 1)
    return lambda: None, nothing_to_compare


def bare_read(folder: Path) -> tuple[Work, Callable[[Any], str]]:
    """Read the rows that a ranking of the stage needs, with the driver alone, into a list."""
    database = Database((folder / "url").read_text(encoding="utf-8"))
    connection = database.reader.connect()
    queries = [query.format(stage=stage.number_of(connection)) for query in stage.ROWS]
    connection.rollback()
    driver = connection.connection.driver_connection
    return lambda: [driver.execute(query).fetchall() for query in queries], lambda read: f"{sum(map(len, read)):,} rows"


def from_database(folder: Path) -> tuple[Work, Callable[[Any], str]]:
    """Read a stage's totals and rank them, as the page of standings does."""
    database = Database((folder / "url").read_text(encoding="utf-8"))
    found, rule = registry(), RankRule("mean", {}, "submitted")

    def rank() -> Placed:
        with database.read() as session:
            return rank_totals(stage.totals(session, found), rule, extensions=found.get)

    return rank, lambda placed: f"{placed.places.size:,} entries ranked"


def page_of_standings(words: str = "") -> Contender:
    """Return the contender that reads the middle page of stored standings, or of what has these words."""

    def contender(folder: Path) -> tuple[Work, Callable[[Any], str]]:
        session, row, wanted = _page(folder, words)
        return lambda: read_page(session, row, wanted), lambda page: f"{len(page.lines)} of {page.found:,} lines"

    return contender


def statements_of_page(folder: Path) -> tuple[Work, Callable[[Any], str]]:
    """Do what reading that page asks of the database, with the driver alone."""
    session, row, wanted = _page(folder)
    asked: list[tuple[str, Any]] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda *told: asked.append((told[2], told[3])))
    read_page(session, row, wanted)
    driver: Any = session.connection().connection.driver_connection
    statements = tuple(asked)
    return lambda: [driver.execute(*each).fetchall() for each in statements], lambda read: f"{len(read[-1])} lines"


def _page(folder: Path, words: str = "") -> tuple[Session, StageRow, Wanted]:
    session, row = _stored_stage(folder)
    middle = (read_page(session, row, Wanted(words=words)).pages + 1) // 2
    return session, row, Wanted(words=words, page=middle)


def whole_snapshot(folder: Path) -> tuple[Work, Callable[[Any], str]]:
    """Read all standings of the stage out of its snapshot, as what needs all of them does."""
    session, row = _stored_stage(folder)

    def read() -> Any:
        session.expire_all()
        return standings_in_force(session, row)

    return read, lambda found: f"{len(found[''].lines):,} lines"


def _stored_stage(folder: Path) -> tuple[Session, StageRow]:
    session = Session(Database((folder / "url").read_text(encoding="utf-8")).reader)
    return session, find_stage(session, find_edition(session, registry(), EDITION).id, STAGE)


def components(folder: Path) -> tuple[Work, Callable[[Any], str]]:
    """Fit entries and jurors as crossed random effects, by REML, and write the variances down for the others."""
    design = _design(folder)

    def note(found: dict[str, float]) -> str:
        (folder / "variances.json").write_text(json.dumps(found), encoding="utf-8")
        return ", ".join(f"{name} {figure:.5g}" for name, figure in found.items())

    def fit() -> dict[str, float]:
        fitted = fit_crossed(design)
        return {"entry": fitted.entry_variance, "juror": fitted.juror_variance, "noise": fitted.noise}

    return fit, note


def probabilities(folder: Path) -> tuple[Work, Callable[[Any], str]]:
    """Correct for severity (ridge, REML) and draw who is among the best."""
    design = _design(folder)
    return lambda: rank_doubt(fit_severity(design), [TOP], draws=DRAWS), lambda _: f"{DRAWS:,} draws"


def _design(folder: Path) -> Design:
    entry, juror, value = (np.load(folder / f"mixed_{name}.npy") for name in ("entry", "juror", "value"))
    return Design(entry, juror, value, int(entry.max()) + 1, int(juror.max()) + 1)


def stv(folder: Path) -> tuple[Work, Callable[[Any], str]]:
    """Count by the Scottish rules, and write down who was elected for the others."""
    told = json.loads((folder / "ballots.json").read_text(encoding="utf-8"))
    place = {name: number for number, name in enumerate(told["candidates"])}
    folded = ((tuple((place[name],) for name in ranking), count) for ranking, count in told["ballots"])
    ballots = RankedBallots.fold(told["candidates"], folded)

    def note(tally: Any) -> str:
        (folder / "elected.json").write_text(json.dumps(sorted(tally.elected)), encoding="utf-8")
        return f"elected {' '.join(sorted(tally.elected))}"

    return lambda: count_stv(ballots, told["seats"]), note


def flow(folder: Path) -> tuple[Work, Callable[[Any], str]]:
    """Assign by the flow of least cost, and write down the affinity that it reaches."""
    problem = assignment.invent(_case(folder))

    def note(found: Any) -> str:
        (folder / "affinity").write_text(str(found.affinity), encoding="utf-8")
        return "the optimum"

    return lambda: match(problem, Wishes(loads_first=False)), note


def others_flow(solve: Callable[[Any], tuple[int, int]]) -> Contender:
    """Return a contender that assigns on the same table.

    ``solve`` returns the affinity that it reaches, and how many jurors it leaves below their least load.
    """

    def contender(folder: Path) -> tuple[Work, Callable[[Any], str]]:
        board = build_board(assignment.invent(_case(folder)))
        best = int((folder / "affinity").read_text(encoding="utf-8"))

        def compare(found: tuple[int, int]) -> str:
            affinity, idle = found
            reached = "same affinity" if affinity == best else f"{affinity / best:.2%} of our affinity"
            return f"{reached}, but {idle} jurors below their least load" if idle else reached

        return lambda: solve(board), compare

    return contender


def _case(folder: Path) -> assignment.Case:
    entries, jurors, per_entry = json.loads((folder / "case.json").read_text(encoding="utf-8"))
    return assignment.Case(entries, jurors, per_entry, 0)


CONTENDERS: dict[str, Contender] = {
    "expected": expected_ranks,
    "ours": official(),
    "ours ties": official(*TIES),
    "ours rows": from_rows,
    "bare read": bare_read,
    "ours database": from_database,
    "ours page": page_of_standings(),
    "ours page bare": statements_of_page,
    "ours page with a word": page_of_standings(words="inovasi 123"),
    "ours snapshot": whole_snapshot,
    "ours mixed": components,
    "ours draws": probabilities,
    "ours stv": stv,
    "ours flow": flow,
    "highs": others_flow(lambda board: (assignment.highs(board), 0)),
    "greedy": others_flow(assignment.greedy),
}

if __name__ == "__main__":
    stand.run(CONTENDERS)
