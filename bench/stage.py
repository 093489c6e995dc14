"""A stage of any size in the database of the product, put there in bulk: for measuring what is read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from crowd import EDITION, EDITION_TEXT, OPERATOR, STAGE
from sqlalchemy import insert, text

from juri.core.audit.trail import record
from juri.core.editions.gate import find_stage
from juri.core.editions.loader import load_edition
from juri.core.editions.verbs import find_edition, install_edition
from juri.core.entries.model import EntryRow, Organization, Person
from juri.core.judging.model import AssignmentRow, JurorRow, ScorecardRow
from juri.core.ranking import RankRule, rank_totals
from juri.core.registry import Registry
from juri.core.results.snapshots import Hashes, keep_snapshot, snapshot_body
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.standings import Standing, Standings
from juri.core.stages.views import stage_view, totals_of
from juri.core.storage.database import Database, database_now
from juri.core.storage.migrate import migrate
from juri.core.view import Outcome

ROWS = (
    """
    SELECT a.entry_id, a.juror_id, coalesce(s.total_numerator, 0), coalesce(s.total_denominator, 0)
    FROM assignment AS a LEFT JOIN scorecard AS s ON s.assignment_id = a.id AND s.state IN ('submitted', 'locked')
    WHERE a.stage_id = {stage} AND a.state NOT IN ('conflict', 'recused')
    """,
    "SELECT id, code FROM entry",
    "SELECT id, code, weight FROM juror",
)
"""What a ranking of the stage cannot do without: totals and absences, and the codes that stand in the ranking."""


def fill(database: Database, registry: Registry, *, entries: int, jurors: int, per_entry: int) -> None:
    """Make an edition with a judged stage in which every scorecard is in; many totals are equal."""
    migrate(database)
    with database.write() as session:
        install_edition(session, load_edition(json.dumps(EDITION_TEXT), registry), by=OPERATOR)
    with database.read() as session:
        running = find_edition(session, registry, EDITION)
        numbers = {"edition": running.id, "stage": find_stage(session, running.id, STAGE).id}
    with database.writer.begin() as connection:
        for table, rows in _rows(numbers, entries, jurors, per_entry):
            connection.execute(insert(table), rows)


def keep_standings(database: Database, registry: Registry) -> None:
    """Close the stage as it is: keep its standings in a snapshot, as closing does, and decide on nobody."""
    with database.write() as session:
        running = find_edition(session, registry, EDITION)
        row = find_stage(session, running.id, STAGE)
        placed = rank_totals(totals_of(session, row), RankRule("mean", {}, "submitted"), extensions=registry.get)
        ranks, scores, codes = placed.ranking.rank.fractions(), placed.score.fractions(), placed.entries
        lines = (Standing(ranks[n], codes[n], scores[n], 5) for n in placed.ranking.order.tolist())
        outcome = Outcome((), {"": Standings(tuple(lines), method="mean", missing="submitted")})
        body = snapshot_body(stage_view(session, running, row), outcome, {})
        at = database_now(session)
        keep_snapshot(session, row, status="closed", body=body, hashes=Hashes("", "", ""), signers=(), at=at)
        row.state = "closed"
        record(session, by=OPERATOR.name, action="bench.close", subject=STAGE)
    if not database.is_sqlite:  # a server does so by itself, after a while
        with database.writer.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))


Rows = list[dict[str, Any]]


def _rows(numbers: dict[str, int], entries: int, jurors: int, per_entry: int) -> Iterator[tuple[Any, Rows]]:
    edition, stage = {"edition_id": numbers["edition"]}, {"stage_id": numbers["stage"]}
    place = {"cluster": "dinas", "region": ""}
    entry = {**edition, "organization_id": 1, "people": [], "answers": {}, "state": "eligible", "version": 1}
    seat = {**edition, "panel": "juri", "weight": 1, "categories": [], "active": True}
    sheet = {"state": "submitted", "version": 1, "total_denominator": 5}
    pairs = [
        (1 + number, 1 + (7 * number + 53 * step) % jurors) for number in range(entries) for step in range(per_entry)
    ]
    totals = np.random.default_rng(11).integers(250, 501, len(pairs)).tolist()
    people = range(1, jurors + 1)
    yield Organization, [{"id": 1, "name": "Dinas Satu", **place}]
    yield EntryRow, [{**entry, "id": n, "code": f"E{n:06}", "title": f"Inovasi {n}"} for n in range(1, entries + 1)]
    yield Person, [{"id": n, "name": f"Juri {n}", "email": f"juri{n}@ramai.test", "region": ""} for n in people]
    yield JurorRow, [{**seat, "id": n, "code": f"J{n:04}", "person_id": n} for n in people]
    yield (
        AssignmentRow,
        [{**stage, "id": n, "entry_id": e, "juror_id": j, "state": "done"} for n, (e, j) in enumerate(pairs, 1)],
    )
    yield ScorecardRow, [{**sheet, "assignment_id": n, "total_numerator": each} for n, each in enumerate(totals, 1)]


def number_of(connection: Any) -> int:
    """Return the number of the stage."""
    return int(connection.execute(text("SELECT id FROM stage WHERE key = :key"), {"key": STAGE}).scalar_one())


def totals(session: Any, registry: Registry) -> Matrix:
    """Read the totals of the stage as the pages do."""
    running = find_edition(session, registry, EDITION)
    return totals_of(session, find_stage(session, running.id, STAGE))
