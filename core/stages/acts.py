"""Acts in a stage: what its kind keeps beside scorecards, such as checks, visits, votes and objections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields
from sqlalchemy import select

from juri.core.audit.trail import record
from juri.core.editions.gate import hold_open, hold_stage
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.facts import alive_entries, facts_of
from juri.core.entries.model import EntryRow
from juri.core.errors import ActionRefused, InputRefused, JuriError, NotFound, PluginError, Problem
from juri.core.extension import RecordType, StageKind
from juri.core.policy import Actor, Subject, require
from juri.core.stages.model import StageRecord
from juri.core.stages.views import records_of, stage_rubrics
from juri.core.storage.database import database_now
from juri.core.storage.session import WriteSession
from juri.core.storage.types import plain_json
from juri.core.view import Record, RuleContext, StageView


@dataclass(frozen=True)
class Act:
    """One act to keep: its data, the entry it is about (empty for the stage as a whole), and what tells it apart.

    ``place`` is where it was read (``row 7``): problems name it, so that many acts can be mended at once.
    """

    topic: str
    data: Mapping[str, Any] = field(default_factory=dict)
    entry: str = ""
    subject: str = ""
    place: str = ""


def record_act(session: WriteSession, running: Running, stage: str, act: Act, *, by: Actor) -> None:
    """Keep one act; see ``record_acts``."""
    record_acts(session, running, stage, [act], by=by)


def record_acts(session: WriteSession, running: Running, stage: str, acts: Sequence[Act], *, by: Actor) -> None:
    """Keep acts, all or none; each takes the place of the one before of its topic, entry and subject, which stays.

    Raises:
        InputRefused: data that are not what their topic needs; every problem with its act and field. Of several acts,
            topics and entries that do not exist are told in the same way.
        NotFound: the stage's kind keeps no such acts, or there is no such entry.
        ActionRefused: the stage is not open for it, its deadline has passed, or the acts are not for the actor's role.

    """
    require(by, "record.write", Subject(running.slug, stage=stage))
    keep_acts(session, running, stage, acts, by=by)


def keep_acts(session: WriteSession, running: Running, stage: str, acts: Sequence[Act], *, by: Actor) -> None:
    """Keep acts as ``record_acts`` does, for a verb that asked the policy itself whether the actor may."""
    kind = running.registry.find(StageKind, running.stage(stage).kind)
    told = _told(kind, acts)
    _require_writer(by, running.slug, stage, told)
    row, moment = _hold(session, running, stage, told.values())
    entries = _entries(session, running, acts)
    view = _view(session, running, row, entries.values(), told)
    problems: list[Problem] = []
    for number, act in enumerate(acts, start=1):
        own, kept = _checked(told[act.topic], view, act, by, moment)
        problems += [replace(problem, field=_at(acts, number, problem.field)) for problem in own]
        view = replace(view, records=(*view.records, kept))
    if problems:
        raise InputRefused(problems)
    for act in acts:
        _keep(session, running, row, act, entries.get(act.entry), by=by, at=moment)


def data_of(running: Running, stage: str, topic: str, texts: Mapping[str, str]) -> dict[str, Any]:
    """Turn what was typed into an act's data: empty texts are left out, lists are split at semicolons.

    Raises:
        NotFound: the stage's kind keeps no such acts.

    """
    kind = running.registry.find(StageKind, running.stage(stage).kind)
    schema = _record_type(kind, topic).schema()
    lists = {each.data_key or name for name, each in schema.fields.items() if isinstance(each, fields.List)}
    return {name: _split(text) if name in lists else text for name, text in texts.items() if text.strip()}


def _split(text: str) -> list[str]:
    return [part.strip() for part in text.strip().removeprefix("[").removesuffix("]").split(";") if part.strip()]


def _at(acts: Sequence[Act], number: int, name: str) -> str:
    place = acts[number - 1].place or (f"act {number}" if len(acts) > 1 else "")
    return f"{place}, {name}" if place and name else place or name


def _told(kind: StageKind, acts: Sequence[Act]) -> dict[str, RecordType]:
    """Look every topic up; of several acts, all that do not exist are told at once."""
    told: dict[str, RecordType] = {}
    problems = []
    for number, act in enumerate(acts, start=1):
        try:
            told[act.topic] = _record_type(kind, act.topic)
        except NotFound as error:
            if len(acts) == 1:
                raise
            problems.append(Problem(_at(acts, number, "topic"), str(error), error.code))
    if problems:
        raise InputRefused(problems)
    return told


def may_record(actor: Actor, told: RecordType, edition: str, stage: str) -> bool:
    """Tell whether the kind of act is one for a role that an actor holds in the stage; the operator writes any."""
    held = {each.role for each in actor.grants if each.edition in {"", edition} and each.stage in {"", stage}}
    return bool(held & {*told.roles, "operator"})


def _require_writer(by: Actor, edition: str, stage: str, told: Mapping[str, RecordType]) -> None:
    barred = [topic for topic, each in told.items() if not may_record(by, each, edition, stage)]
    if barred:
        raise ActionRefused([f"{by.name} may not do 'record.{topic}' here" for topic in barred], code="not_allowed")


def _record_type(kind: StageKind, topic: str) -> RecordType:
    told = kind.records.get(topic)
    if told is None:
        raise NotFound("act", topic, f"a {kind.name} stage keeps {', '.join(sorted(kind.records)) or 'none'}")
    return told


def _hold(session: WriteSession, running: Running, stage: str, told: Iterable[RecordType]) -> tuple[StageRow, datetime]:
    """Hold the stage alone: an act may be refused for what others wrote (a slot that is taken)."""
    if not all(each.after_close for each in told):
        return hold_open(session, running.id, stage, alone=True)
    row = hold_stage(session, running.id, stage, alone=True)
    if row.state not in {"open", "closed"}:
        why = "is not open yet" if row.state == "planned" else f"is {row.state}; what it rests on does not change"
        raise ActionRefused([f"the stage '{stage}' {why}"], code="stage_not_open")
    return row, database_now(session)


def _entries(session: WriteSession, running: Running, acts: Sequence[Act]) -> dict[str, EntryRow]:
    wanted = {act.entry for act in acts if act.entry}
    found = session.scalars(select(EntryRow).where(EntryRow.edition_id == running.id, EntryRow.code.in_(wanted)))
    entries = {row.code: row for row in found}
    missing = [number for number, act in enumerate(acts, start=1) if act.entry and act.entry not in entries]
    if missing and len(acts) == 1:
        raise NotFound("entry", acts[0].entry, f"in edition {running.slug}")
    if missing:
        raise InputRefused(
            Problem(_at(acts, each, "entry"), f"there is no entry '{acts[each - 1].entry}'", "not_found")
            for each in missing
        )
    return entries


def _view(
    session: WriteSession,
    running: Running,
    row: StageRow,
    entries: Iterable[EntryRow],
    told: Mapping[str, RecordType],
) -> StageView:
    """Show a check what it may need: the entries alive and those concerned, and the acts of the same topics."""
    spec = running.stage(row.key)
    alive = alive_entries(session, running, spec)
    return StageView(
        stage=spec,
        entries=facts_of(session, running, {entry.id: entry for entry in (*alive, *entries)}.values()),
        tracks=running.edition.tracks,
        rubrics=stage_rubrics(running, spec),
        records=tuple(each for each in records_of(session, running.registry, row) if each.topic in told),
        context=RuleContext(calendar=running.edition.calendar, form=running.edition.form),
        extensions=running.registry.get,
    )


def _checked(told: RecordType, view: StageView, act: Act, by: Actor, at: datetime) -> tuple[list[Problem], Record]:
    kept = Record(act.topic, act.entry or None, act.subject, act.data, by.name, at, 0)
    if told.per_entry != bool(act.entry):
        what = "names the entry it is about" if told.per_entry else "is of the stage as a whole; leave the entry out"
        return [Problem("entry", f"an act '{act.topic}' {what}")], kept
    try:
        loaded = told.schema().load(act.data)
    except ValidationError as error:
        return _problems(error.messages), kept
    kept = replace(kept, data=loaded)
    try:
        return list(told.check(view, kept)), kept
    except JuriError:
        raise
    except Exception as error:
        raise PluginError(view.stage.kind, f"check of act '{act.topic}'", f"{type(error).__name__}: {error}") from error


def _keep(
    session: WriteSession,
    running: Running,
    row: StageRow,
    act: Act,
    entry: EntryRow | None,
    *,
    by: Actor,
    at: datetime,
) -> None:
    session.add(
        StageRecord(
            stage_id=row.id,
            entry_id=None if entry is None else entry.id,
            topic=act.topic,
            subject=act.subject,
            data=plain_json(act.data),
            written_by=by.name,
            at=at,
        )
    )
    path = "/".join(part for part in (running.slug, row.key, act.entry, act.subject) if part)
    record(session, by=by.name, action=f"record.{act.topic}", subject=path)


def _problems(messages: Any, at: str = "") -> list[Problem]:
    if isinstance(messages, Mapping):
        return [p for name, below in messages.items() for p in _problems(below, f"{at}.{name}" if at else str(name))]
    return [Problem(at, str(message)) for message in messages]
