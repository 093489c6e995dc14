"""Editions as a list: those that somebody may look into, with their states and the dates of their stages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from juri.core.document import Text
from juri.core.editions.model import EditionDocument, EditionRow, StageRow
from juri.core.editions.verbs import Running
from juri.core.policy import Actor, Subject, may

_ANY = "*"
"""No edition can be called so: whoever may act on it may act on every edition."""


@dataclass(frozen=True)
class ListedStage:
    """One stage of a listed edition."""

    key: str
    name: Text
    state: str
    opens_at: datetime | None
    closes_at: datetime | None


@dataclass(frozen=True)
class ListedEdition:
    """One edition of a list; ``unknown`` counts the rules that the organiser must still fill in."""

    slug: str
    name: Text
    state: str
    time_zone: str
    unknown: int
    stages: tuple[ListedStage, ...]

    @property
    def current(self) -> ListedStage | None:
        """Return the stage that is being worked on, or comes next; None where all are over."""
        working = (stage for stage in self.stages if stage.state in {"open", "closed"})
        planned = (stage for stage in self.stages if stage.state == "planned")
        return next(chain(working, planned), None)

    @property
    def over(self) -> int:
        """Return how many stages are sealed or published."""
        return sum(stage.state in {"sealed", "published"} for stage in self.stages)


def list_editions(session: Session, actor: Actor, action: str) -> tuple[ListedEdition, ...]:
    """Return the installed editions in which the actor may do something, the newest first."""
    found = session.execute(
        select(EditionRow.id, EditionRow.slug, EditionRow.state, EditionDocument.data)
        .join(
            EditionDocument,
            (EditionDocument.edition_id == EditionRow.id) & (EditionDocument.revision == EditionRow.revision),
        )
        .where(allowed_editions(actor, action))
        .order_by(EditionRow.id.desc())
    ).all()
    stages = _stages(session, [row.id for row in found])
    return tuple(_listed(row.slug, row.state, row.data, stages.get(row.id, ())) for row in found)


def listed_stages(session: Session, running: Running) -> tuple[ListedStage, ...]:
    """Return the stages of an edition with their states and dates, in order."""
    found = _stages(session, [running.id]).get(running.id, ())
    return tuple(ListedStage(key, running.stage(key).name, state, opens, ends) for key, state, opens, ends in found)


def allowed_editions(actor: Actor, action: str) -> ColumnElement[bool]:
    """Return the condition that leaves the editions in which the actor may do something: all, some or none."""
    if may(actor, action, Subject(_ANY)).allowed:
        return true()
    slugs = {grant.edition for grant in actor.grants if grant.edition}
    return EditionRow.slug.in_(sorted(slug for slug in slugs if may(actor, action, Subject(slug)).allowed))


_Stage = tuple[str, str, datetime | None, datetime | None]


def _stages(session: Session, editions: list[int]) -> Mapping[int, tuple[_Stage, ...]]:
    rows = session.execute(
        select(StageRow.edition_id, StageRow.key, StageRow.state, StageRow.opens_at, StageRow.closes_at)
        .where(StageRow.edition_id.in_(editions))
        .order_by(StageRow.edition_id, StageRow.position)
    )
    stages: dict[int, tuple[_Stage, ...]] = defaultdict(tuple)
    for edition, key, state, opens, closes in rows:
        stages[edition] = (*stages[edition], (key, state, opens, closes))
    return stages


def _listed(slug: str, standing: str, data: Mapping[str, Any], stages: tuple[_Stage, ...]) -> ListedEdition:
    names = {stage["id"]: _text(stage.get("name") or stage["id"]) for stage in data["stages"]}
    unknown = sum(not (isinstance(gap, dict) and gap.get("resolved")) for gap in data.get("unknown", ()))
    listed = tuple(
        ListedStage(key, names.get(key, Text(key, key)), state, opens, closes) for key, state, opens, closes in stages
    )
    return ListedEdition(slug, _text(data["name"]), standing, data.get("time_zone", "Asia/Jakarta"), unknown, listed)


def _text(name: str | Mapping[str, str]) -> Text:
    if isinstance(name, str):
        return Text(name, name)
    return Text(name.get("id") or name["en"], name.get("en") or name["id"])
