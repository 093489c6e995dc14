"""The way of an entry: registered by a unit, handed to the local admin, submitted, withdrawn, disqualified."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from juri.core.audit.trail import record
from juri.core.document import StageSpec
from juri.core.editions.gate import hold_open, hold_stage
from juri.core.editions.model import EditionRow
from juri.core.editions.verbs import Running
from juri.core.entries.answers import answer_problems
from juri.core.entries.model import EntryRevision, EntryRow, Organization
from juri.core.errors import ActionRefused, Conflict, InputRefused, NotFound, Problem
from juri.core.extension import StageKind
from juri.core.lifecycle import move
from juri.core.policy import Actor, Subject, may, require
from juri.core.storage.database import database_now
from juri.core.storage.session import WriteSession
from juri.core.storage.types import canonical_json

GONE = frozenset({"withdrawn", "disqualified", "lapsed", "drafted", "at_local_admin"})
"""States that do not use up an entrant's places."""

LOCAL_ADMIN = "local_admin"


@dataclass(frozen=True)
class EntryContent:
    """What an entrant writes: everything about an entry but its state."""

    title: str
    track: str = ""
    category: str = ""
    unit: str = ""
    people: Sequence[str] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        """Return the content as plain JSON."""
        return {**self.__dict__, "people": list(self.people), "answers": dict(self.answers)}


def register_entry(
    session: WriteSession, running: Running, organization: str, content: EntryContent, *, by: Actor, code: str = ""
) -> EntryRow:
    """Begin an entry as a draft of its unit, while registration is open.

    Raises:
        InputRefused: the content names a track or category that the edition does not have, or no title; the code is
            taken.
        ActionRefused: registration is not open, or not to this actor.

    """
    require(by, "entry.register", Subject(running.slug, organization))
    _hold_registration(session, running)
    _require_usable(running, content)
    place = session.scalar(select(Organization.id).where(Organization.name == organization))
    if place is None:
        raise NotFound("organization", organization)
    _require_free(session, running, code)
    row = EntryRow(
        edition_id=running.id,
        code=code or _next_code(session, running, content.track),
        organization_id=place,
        state="drafted",
        version=1,
        **content.plain(),
    )
    session.add(row)
    session.flush()
    _keep_revision(session, row, content, by)
    record(session, by=by.name, action="entry.register", subject=f"{running.slug}/{row.code}")
    return row


def change_entry(
    session: WriteSession, running: Running, code: str, content: EntryContent, *, version: int, by: Actor
) -> EntryRow:
    """Write new content over the version that the writer saw; earlier versions are kept.

    Raises:
        Conflict: somebody else wrote first; carries both contents.
        ActionRefused: the entry is submitted already, or registration is closed.

    """
    _hold_registration(session, running)
    row = _hold_entry(session, running, code)
    require(by, "entry.change", _subject(session, running, row))
    if row.state not in {"drafted", "at_local_admin"}:
        raise ActionRefused([f"{code} is {row.state}; only a draft can be changed"])
    if row.version != version:
        theirs = {name: getattr(row, name) for name in content.plain()}
        said = f"{code} was changed meanwhile (version {row.version})"
        raise Conflict(said, theirs=theirs, yours=content.plain(), version=row.version)
    _require_usable(running, content)
    for name, value in content.plain().items():
        setattr(row, name, value)
    row.version += 1
    _keep_revision(session, row, content, by)
    record(session, by=by.name, action="entry.change", subject=f"{running.slug}/{code}")
    return row


def hand_over_entry(session: WriteSession, running: Running, code: str, *, by: Actor) -> EntryRow:
    """Hand a draft of the unit to the agency's local admin.

    Raises:
        ActionRefused: the edition has no such step, or the entry is not a draft.

    """
    _hold_registration(session, running)
    row = _hold_entry(session, running, code)
    require(by, "entry.hand_over", _subject(session, running, row))
    if not goes_by_local_admin(running):
        raise ActionRefused(["this edition has no local admin: submit the entry"])
    before = move(row, "entry", "at_local_admin")
    record(session, by=by.name, action="entry.hand_over", subject=f"{running.slug}/{code}", detail={"from": before})
    return row


def submit_entry(session: WriteSession, running: Running, code: str, *, by: Actor) -> EntryRow:
    """Submit an entry for its agency: counted against the agency's limits, and timed by the database.

    Raises:
        ActionRefused: registration is closed, the local admin has not got it yet, or a limit is reached.

    """
    _hold_registration(session, running)
    row = _hold_entry(session, running, code)
    require(by, "entry.submit", _subject(session, running, row))
    if goes_by_local_admin(running) and row.state == "drafted":
        raise ActionRefused([f"{code} is still with its unit: hand it over to the local admin first"])
    _require_within_limits(session, running, row)
    before = move(row, "entry", "submitted")
    row.submitted_at = database_now(session)
    record(session, by=by.name, action="entry.submit", subject=f"{running.slug}/{code}", detail={"from": before})
    return row


def withdraw_entry(session: WriteSession, running: Running, code: str, *, by: Actor, reason: str) -> EntryRow:
    """Take an entry out for good; it frees the agency's place.

    Entrants may while registration is open or, where the edition says so, until the last decision is sealed; the
    operator always may. An entry that stopped can be taken out as one that is still in the race: otherwise the answer
    would tell its entrant which it is, before that is published.

    Raises:
        ActionRefused: it is too late for that, or the entry is out already.

    """
    if not may(by, "entry.withdraw", Subject(running.slug)).allowed:
        if withdraws_until_result(running):
            _hold_until_sealed(session, running)
        else:
            _hold_registration(session, running)
    return _remove(session, running, code, to="withdrawn", right="entry.withdraw", by=by, reason=reason)


def disqualify_entry(session: WriteSession, running: Running, code: str, *, by: Actor, reason: str) -> EntryRow:
    """Disqualify an entry, with the reason; titles it won are the announcement's to revoke."""
    return _remove(session, running, code, to="disqualified", right="decision.take", by=by, reason=reason)


def revisions_of(session: Session, entry: EntryRow) -> Sequence[EntryRevision]:
    """Return every version of an entry's content, the first at the beginning."""
    found = select(EntryRevision).where(EntryRevision.entry_id == entry.id).order_by(EntryRevision.version)
    return session.scalars(found).all()


def find_entry(session: Session, running: Running, code: str) -> EntryRow:
    """Return an entry of the edition by its code.

    Raises:
        NotFound: there is none.

    """
    row = session.scalar(select(EntryRow).where(EntryRow.edition_id == running.id, EntryRow.code == code))
    if row is None:
        raise NotFound("entry", code, f"in edition {running.slug}")
    return row


def registration_of(running: Running) -> StageSpec | None:
    """Return the stage that takes entries; None where the edition has none."""
    kinds = running.registry
    takes = (stage for stage in running.edition.stages if kinds.find(StageKind, stage.kind).takes_entries)
    return next(takes, None)


def withdraws_until_result(running: Running) -> bool:
    """Tell whether entrants may take entries back after the registration, too."""
    stage = registration_of(running)
    return stage is not None and stage.options.get("withdraw_until") == "result"


def goes_by_local_admin(running: Running) -> bool:
    """Tell whether entries pass through the hands of the agency's local admin before they are submitted."""
    stage = registration_of(running)
    return stage is not None and LOCAL_ADMIN in stage.options.get("chain", ())


def content_of(row: EntryRow) -> EntryContent:
    """Return what an entry says now."""
    return EntryContent(**{name: getattr(row, name) for name in EntryContent.__dataclass_fields__})


def _remove(
    session: WriteSession, running: Running, code: str, *, to: str, right: str, by: Actor, reason: str
) -> EntryRow:
    if not reason.strip():
        raise InputRefused.at("reason", "say why; the reason stands in the audit trail")
    row = _hold_entry(session, running, code)
    require(by, right, _subject(session, running, row))
    before = move(row, "entry", to)
    row.stopped_in = ""  # what takes the stage back that stopped it must not bring it back
    detail = {"from": before, "reason": reason}
    record(session, by=by.name, action=f"entry.{to}", subject=f"{running.slug}/{code}", detail=detail)
    return row


def _hold_entry(session: WriteSession, running: Running, code: str) -> EntryRow:
    statement = select(EntryRow).where(EntryRow.edition_id == running.id, EntryRow.code == code)
    row = session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound("entry", code, f"in edition {running.slug}")
    return row


def _hold_registration(session: WriteSession, running: Running) -> None:
    """Hold the stage that takes entries, before any entry, as closing does."""
    stage = registration_of(running)
    if stage is None:
        raise ActionRefused(["this edition has no stage that takes entries"])
    hold_open(session, running.id, stage.id)


def _hold_until_sealed(session: WriteSession, running: Running) -> None:
    """Hold the stages that decide who goes on, as closing and sealing do; refuse once all of them are sealed."""
    deciding = [s.id for s in running.edition.stages if running.registry.find(StageKind, s.kind).blocks]
    states = {hold_stage(session, running.id, key, alone=False).state for key in deciding}
    if states <= {"sealed", "published"}:
        raise ActionRefused(["the result is sealed; an entry cannot be withdrawn any more"], code="result_sealed")


def _subject(session: WriteSession, running: Running, row: EntryRow) -> Subject:
    name = session.get_one(Organization, row.organization_id).name
    return Subject(running.slug, name, state=row.state)


def _require_free(session: WriteSession, running: Running, code: str) -> None:
    taken = select(EntryRow.id).where(EntryRow.edition_id == running.id, EntryRow.code == code)
    if code and session.scalar(taken) is not None:
        raise InputRefused.at(
            "code", f"there is an entry '{code}' already; leave the code out to get a free one", "exists"
        )


def content_problems(running: Running, content: EntryContent) -> list[Problem]:
    """List everything that is wrong with what an entrant wrote; what is not filled in yet is no fault of a draft."""
    return list(_problems(running, content))


def _require_usable(running: Running, content: EntryContent) -> None:
    problems = content_problems(running, content)
    if problems:
        raise InputRefused(problems)


def _problems(running: Running, content: EntryContent) -> Iterator[Problem]:
    edition = running.edition
    if not content.title.strip():
        yield Problem("title", "an entry needs a title", "missing")
    tracks = [track.id for track in edition.tracks]
    if content.track not in tracks and (tracks or content.track):
        yield Problem("track", f"'{content.track}' is not a track; tracks are {', '.join(tracks) or 'none'}", "unknown")
    categories = [item.id for item in edition.categories]
    if content.category and categories and content.category not in categories:
        yield Problem("category", f"'{content.category}' is not one of {', '.join(categories)}", "unknown")
    try:
        canonical_json(content.plain())
    except (TypeError, ValueError):
        yield Problem(
            "answers", "write every answer as text, a whole number, yes or no, or a list of these", "bad_value"
        )
    yield from answer_problems(edition.form, content.answers)


def _require_within_limits(session: WriteSession, running: Running, row: EntryRow) -> None:
    """Count under a lock on the agency, so that two submissions at the same moment cannot both be the last allowed."""
    place = session.get_one(Organization, row.organization_id, with_for_update={"key_share": True})
    for limit in running.edition.limits:
        if (limit.clusters and place.cluster not in limit.clusters) or (limit.tracks and row.track not in limit.tracks):
            continue
        counted = (
            select(func.count())
            .select_from(EntryRow)
            .where(EntryRow.edition_id == running.id, EntryRow.organization_id == place.id, EntryRow.state.not_in(GONE))
        )
        if limit.tracks:
            counted = counted.where(EntryRow.track.in_(limit.tracks))
        count = session.scalar(counted) or 0
        if count >= limit.value:
            raise ActionRefused(
                [f"{place.name} has submitted {count} entries; the edition allows {limit.value}"], code="limit"
            )


def _next_code(session: WriteSession, running: Running, track: str) -> str:
    """Number entries through the edition, one registration after the other."""
    session.get_one(EditionRow, running.id, with_for_update={"key_share": True})
    taken = set(session.scalars(select(EntryRow.code).where(EntryRow.edition_id == running.id)))
    prefix = (track[:1] or "e").upper()
    number = len(taken) + 1
    while f"{prefix}{number:04d}" in taken:
        number += 1
    return f"{prefix}{number:04d}"


def _keep_revision(session: WriteSession, row: EntryRow, content: EntryContent, by: Actor) -> None:
    session.add(
        EntryRevision(
            entry_id=row.id,
            version=row.version,
            content=content.plain(),
            written_by=by.name,
            at=database_now(session),
        )
    )
