"""What can be done with an edition: install it, revise its document, move it on, find it again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session

from juri.core.audit.trail import record
from juri.core.document import Edition, StageSpec
from juri.core.editions.gate import hold_every_stage
from juri.core.editions.kept import edition_of
from juri.core.editions.loader import LoadedEdition, load_resolved
from juri.core.editions.model import EditionDocument, EditionRow, StageRow
from juri.core.errors import ActionRefused, InputRefused, NotFound
from juri.core.lifecycle import move
from juri.core.policy import Actor, Subject, require
from juri.core.registry import Registry
from juri.core.storage.database import database_now
from juri.core.storage.prepared import Prepared
from juri.core.storage.session import WriteSession
from juri.core.view import Refusal, Transition

Ask = Callable[[Transition], Iterable[Refusal]]


def ask_nobody(change: Transition) -> Iterable[Refusal]:
    """Answer for a program without plugins: nothing is against it."""
    return ()


@dataclass(frozen=True)
class Running:
    """An edition in force: its document as values, and the registry that gives its words a meaning.

    ``ask`` collects what plugins have against a change of state.
    """

    id: int
    slug: str
    state: str
    revision: int
    sha256: str
    edition: Edition
    registry: Registry
    ask: Ask = ask_nobody

    def stage(self, key: str) -> StageSpec:
        """Return a stage of the document.

        Raises:
            NotFound: the edition has no such stage; the hint lists those it has.

        """
        try:
            return self.edition.stage(key)
        except KeyError:
            raise NotFound("stage", key, f"the stages are {', '.join(self.edition.stage_ids)}") from None

    def require_no_refusal(self, change: Transition) -> None:
        """Let plugins refuse a change of state; all their reasons are shown.

        Raises:
            ActionRefused: at least one plugin is against it.

        """
        refusals = [refusal.reason for refusal in self.ask(change)]
        if refusals:
            raise ActionRefused(refusals, code="refused_by_plugin")


def install_edition(session: WriteSession, loaded: LoadedEdition, *, by: Actor) -> EditionRow:
    """Put an edition into the database as a draft, with its stages planned.

    Raises:
        InputRefused: it is a template, or an edition of that id is there already.

    """
    edition = loaded.edition
    require(by, "edition.create", Subject(edition.id))
    if edition.template:
        raise InputRefused.at(
            "template", f"'{edition.id}' is a template: write an edition that extends it ('juri edition new')"
        )
    if session.scalar(select(EditionRow.id).where(EditionRow.slug == edition.id)) is not None:
        raise InputRefused.at("edition", f"'{edition.id}' is installed already; revise it instead", "exists")
    row = EditionRow(slug=edition.id, state="draft", revision=1)
    session.add(row)
    session.flush()
    _store_document(session, row, loaded, by)
    session.add_all(_planned(row.id, position, stage) for position, stage in enumerate(edition.stages))
    record(session, by=by.name, action="edition.install", subject=edition.id, detail={"sha256": loaded.sha256})
    return row


def revise_edition(
    session: WriteSession,
    running: Running,
    loaded: LoadedEdition,
    *,
    by: Actor,
    reason: str,
    rescoring: Collection[str] = (),
) -> None:
    """Put a new revision of the document in force; what stages already used may not change.

    Args:
        session: the caller's writing transaction.
        running: the edition.
        loaded: its new document.
        by: who revises.
        reason: why.
        rescoring: open stages whose rubric may score otherwise, since the caller scores their sheets again.

    Raises:
        InputRefused: no reason is given, or the document is of another edition.
        ActionRefused: it changes a stage that was opened (says which), or another revision came first.

    """
    require(by, "edition.revise", Subject(running.slug))
    if not reason.strip():
        raise InputRefused.at("reason", "say why the edition is revised; the reason stands in the audit trail")
    if loaded.edition.id != running.slug:
        raise InputRefused.at("edition", f"this document is of '{loaded.edition.id}', not of '{running.slug}'")
    stages = {stage.key: stage for stage in hold_every_stage(session, running.id)}
    row = session.get_one(EditionRow, running.id, with_for_update=True)
    require_in_force(running, row.revision)
    _require_used_untouched(running.edition, loaded.edition, stages, rescoring)
    row.revision += 1
    _store_document(session, row, loaded, by)
    _replan(session, row, loaded.edition, stages)
    detail = {"sha256": loaded.sha256, "revision": str(row.revision), "reason": reason}
    record(session, by=by.name, action="edition.revise", subject=running.slug, detail=detail)


def move_edition(session: WriteSession, running: Running, to: str, *, by: Actor, reason: str = "") -> None:
    """Move an edition along its lifecycle; a draft opens only when nothing is unknown.

    Raises:
        ActionRefused: the lifecycle has no such transition, rules are unknown, or a plugin refuses.

    """
    require(by, "edition.move", Subject(running.slug, state=running.state))
    row = session.get_one(EditionRow, running.id, with_for_update=True)
    require_in_force(running, row.revision)
    if to == "open" and running.edition.is_draft:
        missing = [
            f"{item.at} is unknown: {item.why or 'the organiser must supply it'}" for item in running.edition.unknown
        ]
        raise ActionRefused(["the edition is a draft: fill in what is unknown first", *missing], code="draft")
    running.require_no_refusal(Transition("edition", running.slug, row.state, to, by.name))
    before = move(row, "edition", to)
    detail = {"from": before, "to": to, "reason": reason}
    record(session, by=by.name, action="edition.move", subject=running.slug, detail=detail)


def require_in_force(running: Running, revision: int | None) -> None:
    """Refuse to go by a document that was revised since it was read.

    Raises:
        ActionRefused: another revision is in force by now.

    """
    if revision != running.revision:
        raise ActionRefused(
            [f"the edition '{running.slug}' was revised meanwhile; try again"], code="revised_meanwhile"
        )


def find_edition(session: Session, registry: Registry, slug: str, ask: Ask = ask_nobody) -> Running:
    """Load an installed edition with the document in force.

    Raises:
        NotFound: no edition of that id is installed; the hint lists those that are.

    """
    found = _IN_FORCE.first(session, {"slug": slug})
    if found is None:
        installed = ", ".join(session.scalars(select(EditionRow.slug).order_by(EditionRow.slug)))
        raise NotFound("edition", slug, f"installed are {installed}" if installed else "none is installed yet")
    edition_id, state, revision, sha256 = found

    def read() -> tuple[dict[str, Any], str]:
        document = _document(session, edition_id, revision)
        return document.data, document.origin

    edition = edition_of(sha256, registry, read)
    return Running(edition_id, slug, state, revision, sha256, edition, registry, ask)


def find_document(session: Session, registry: Registry, slug: str) -> LoadedEdition | None:
    """Return the document in force of an installed edition, as it was loaded; None where none is installed."""
    row = session.scalar(select(EditionRow).where(EditionRow.slug == slug))
    if row is None:
        return None
    kept = _document(session, row.id, row.revision)
    edition = load_resolved(kept.data, registry, origin=kept.origin)
    return LoadedEdition(edition, kept.source, kept.data, kept.sha256, kept.origin)


_IN_FORCE = Prepared(
    select(EditionRow.id, EditionRow.state, EditionRow.revision, EditionDocument.sha256)
    .join(
        EditionDocument,
        and_(EditionDocument.edition_id == EditionRow.id, EditionDocument.revision == EditionRow.revision),
    )
    .where(EditionRow.slug == bindparam("slug"))
)


def _document(session: Session, edition_id: int, revision: int) -> EditionDocument:
    return session.scalars(
        select(EditionDocument).where(EditionDocument.edition_id == edition_id, EditionDocument.revision == revision)
    ).one()


def _planned(edition_id: int, position: int, stage: StageSpec) -> StageRow:
    return StageRow(
        edition_id=edition_id,
        key=stage.id,
        position=position,
        kind=stage.kind,
        state="planned",
        revision=0,
        opens_at=stage.opens,
        closes_at=stage.closes,
    )


def _store_document(session: WriteSession, row: EditionRow, loaded: LoadedEdition, by: Actor) -> None:
    session.add(
        EditionDocument(
            edition_id=row.id,
            revision=row.revision,
            origin=loaded.origin,
            source=loaded.source_text,
            data=loaded.data,
            sha256=loaded.sha256,
            written_by=by.name,
            at=database_now(session),
        )
    )


def _require_used_untouched(
    before: Edition, after: Edition, stages: dict[str, StageRow], rescoring: Collection[str]
) -> None:
    used = [key for key, row in stages.items() if row.state != "planned"]
    reasons = [
        f"stage '{key}' is {stages[key].state} and its rules would change; reopen nothing in silence: "
        "put the change in a later stage, or take it back"
        for key in used
        if key not in after.stage_ids
        or _used_options(before, key) != _used_options(after, key)
        or (_used_rubrics(before, key) != _used_rubrics(after, key) and not _is_rescored(stages[key], rescoring))
    ]
    if reasons:
        raise ActionRefused(reasons, code="stage_in_use")


def _is_rescored(stage: StageRow, rescoring: Collection[str]) -> bool:
    return stage.key in rescoring and stage.state == "open"


def _used_options(edition: Edition, key: str) -> tuple[object, ...]:
    stage = edition.stage(key)
    return (stage.kind, stage.tracks, dict(stage.options))


def _used_rubrics(edition: Edition, key: str) -> dict[str, str]:
    named = edition.stage(key).options.get("rubric")
    wanted = set(named.values()) if isinstance(named, dict) else {named}
    return {name: rubric.structure_hash for name, rubric in edition.rubrics.items() if name in wanted}


def _replan(session: WriteSession, row: EditionRow, edition: Edition, stages: dict[str, StageRow]) -> None:
    gone = [key for key in stages if key not in edition.stage_ids]
    if gone:
        raise ActionRefused([f"stage '{key}' would vanish; a planned stage stays in the document" for key in gone])
    for position, stage in enumerate(edition.stages):
        known = stages.get(stage.id)
        if known is None:
            session.add(_planned(row.id, 1000 + position, stage))
        elif known.state == "planned":
            known.kind, known.opens_at, known.closes_at = stage.kind, stage.opens, stage.closes
    session.flush()
    _reposition(session, row, edition)


def _reposition(session: WriteSession, row: EditionRow, edition: Edition) -> None:
    rows = {stage.key: stage for stage in session.scalars(select(StageRow).where(StageRow.edition_id == row.id))}
    if [rows[key].position for key in edition.stage_ids] == list(range(len(rows))):
        return
    for offset in (10_000, 0):
        for position, key in enumerate(edition.stage_ids):
            rows[key].position = offset + position
        session.flush()
