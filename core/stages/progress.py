"""How far the jurors of a stage are: who has done what, and which entries still wait."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from juri.core.editions.gate import find_stage
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.facts import alive_in, alive_titles
from juri.core.entries.model import EntryRow, Person
from juri.core.errors import ActionRefused
from juri.core.extension import StageKind
from juri.core.judging.loads import SENT
from juri.core.judging.model import AssignmentRow, JurorRow, ScorecardRow
from juri.core.storage.natural import naturally

OUT = frozenset({"conflict", "recused"})
"""States of an assignment in which the juror is not to score."""


@dataclass(frozen=True)
class JurorProgress:
    """How far one juror is. ``left`` are the entries without a submitted sheet; ``drafts`` of them were begun."""

    juror: str
    name: str
    email: str
    assigned: int
    done: int
    drafts: int
    left: tuple[str, ...]
    out: tuple[str, ...]


@dataclass(frozen=True)
class EntryProgress:
    """How many sheets an entry has, of how many jurors; ``waits_for`` names the others."""

    entry: str
    title: str
    assigned: int
    done: int
    waits_for: tuple[str, ...]


@dataclass(frozen=True)
class Progress:
    """How far a judged stage is. ``per_entry`` is how many jurors an entry should have (None: not fixed)."""

    jurors: tuple[JurorProgress, ...]
    entries: tuple[EntryProgress, ...]
    per_entry: int | None

    @property
    def assigned(self) -> int:
        """Return how many sheets are asked for."""
        return sum(juror.assigned for juror in self.jurors)

    @property
    def done(self) -> int:
        """Return how many sheets are submitted."""
        return sum(juror.done for juror in self.jurors)

    @property
    def unfinished(self) -> tuple[EntryProgress, ...]:
        """Return the entries that wait for a sheet or have too few jurors."""
        wanted = self.per_entry or 1
        return tuple(entry for entry in self.entries if entry.done < max(entry.assigned, wanted))


def unfinished_entries(
    session: Session, running: Running, key: str, most: int
) -> tuple[tuple[EntryProgress, ...], int]:
    """Return the first ``most`` of the entries that ``Progress.unfinished`` names, and how many there are.

    They are counted in the database: a stage has thousands of entries, and a page names ten of them.
    """
    spec = running.stage(key)
    wanted = spec.options.get("jurors_per_entry") or 1
    asked, done = func.count(AssignmentRow.id), func.count(ScorecardRow.assignment_id)
    behind = (
        select(EntryRow.id, EntryRow.code, EntryRow.title, asked, done, func.count().over())
        .outerjoin(AssignmentRow, _of_stage(find_stage(session, running.id, key)))
        .outerjoin(ScorecardRow, (ScorecardRow.assignment_id == AssignmentRow.id) & ScorecardRow.state.in_(SENT))
        .where(*alive_in(running, spec))
        .group_by(EntryRow.id, EntryRow.code, EntryRow.title)
        .having(done < case((asked > wanted, asked), else_=wanted))
        .order_by(*naturally(EntryRow.code))
        .limit(most)
    )
    found = session.execute(behind).all()
    waits = _waiting(session, running, key, [number for number, *_ in found])
    lines = (EntryProgress(code, title, of, sent, tuple(waits[number])) for number, code, title, of, sent, _ in found)
    return tuple(lines), found[0][-1] if found else 0


def _of_stage(stage: StageRow) -> ColumnElement[bool]:
    return (
        (AssignmentRow.entry_id == EntryRow.id)
        & (AssignmentRow.stage_id == stage.id)
        & AssignmentRow.state.not_in(sorted(OUT))
    )


def _waiting(session: Session, running: Running, key: str, entries: Sequence[int]) -> Mapping[int, list[str]]:
    """Return the jurors for whose sheets these entries wait."""
    late = session.execute(
        select(EntryRow.id, JurorRow.code)
        .select_from(EntryRow)
        .join(AssignmentRow, _of_stage(find_stage(session, running.id, key)))
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .outerjoin(ScorecardRow, (ScorecardRow.assignment_id == AssignmentRow.id) & ScorecardRow.state.in_(SENT))
        .where(EntryRow.id.in_(entries), ScorecardRow.assignment_id.is_(None))
        .order_by(*naturally(JurorRow.code))
    )
    found: dict[int, list[str]] = defaultdict(list)
    for entry, juror in late:
        found[entry].append(juror)
    return found


@dataclass(frozen=True)
class _Sheet:
    entry: str
    juror: str
    state: str
    card: str | None


def stage_progress(session: Session, running: Running, key: str) -> Progress:
    """Tell how far the jurors of a stage are, from what is stored now.

    Raises:
        ActionRefused: the stage has no jurors.

    """
    spec = running.stage(key)
    if not running.registry.find(StageKind, spec.kind).judged:
        raise ActionRefused([f"the stage '{key}' is a {spec.kind}; nobody scores in it"])
    row = find_stage(session, running.id, key)
    titles = alive_titles(session, running, spec)
    sheets = [sheet for sheet in _sheets(session, row.id) if sheet.entry in titles]
    people = _people(session, running, str(spec.options.get("panel", "")), {sheet.juror for sheet in sheets})
    return Progress(
        jurors=tuple(_jurors(people, sheets)),
        entries=tuple(_entries(titles, sheets)),
        per_entry=spec.options.get("jurors_per_entry"),
    )


def _sheets(session: Session, stage_id: int) -> Iterable[_Sheet]:
    found = session.execute(
        select(EntryRow.code, JurorRow.code, AssignmentRow.state, ScorecardRow.state)
        .select_from(AssignmentRow)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .outerjoin(ScorecardRow, ScorecardRow.assignment_id == AssignmentRow.id)
        .where(AssignmentRow.stage_id == stage_id)
        .order_by(*naturally(EntryRow.code), *naturally(JurorRow.code))
    )
    return (_Sheet(*each) for each in found)


def _people(session: Session, running: Running, panel: str, assigned: set[str]) -> dict[str, tuple[str, str]]:
    """Return name and address by code: of the panel's jurors, and of whoever else has an assignment."""
    found = session.execute(
        select(JurorRow.code, JurorRow.panel, JurorRow.active, Person.name, Person.email)
        .join(Person, Person.id == JurorRow.person_id)
        .where(JurorRow.edition_id == running.id)
        .order_by(*naturally(JurorRow.code))
    )
    return {
        code: (name, email) for code, own, active, name, email in found if code in assigned or (own == panel and active)
    }


def _jurors(people: Mapping[str, tuple[str, str]], sheets: Iterable[_Sheet]) -> Iterable[JurorProgress]:
    own: dict[str, list[_Sheet]] = defaultdict(list)
    for sheet in sheets:
        own[sheet.juror].append(sheet)
    for code, (name, email) in people.items():
        asked = [sheet for sheet in own[code] if sheet.state not in OUT]
        left = tuple(sheet.entry for sheet in asked if not _is_in(sheet))
        out = tuple(sheet.entry for sheet in own[code] if sheet.state in OUT)
        drafts = Counter(sheet.card for sheet in asked)["draft"]
        yield JurorProgress(code, name, email, len(asked), len(asked) - len(left), drafts, left, out)


def _entries(titles: Mapping[str, str], sheets: Iterable[_Sheet]) -> Iterable[EntryProgress]:
    own: dict[str, list[_Sheet]] = defaultdict(list)
    for sheet in sheets:
        if sheet.state not in OUT:
            own[sheet.entry].append(sheet)
    for code, title in titles.items():
        waits = tuple(sheet.juror for sheet in own[code] if not _is_in(sheet))
        yield EntryProgress(code, title, len(own[code]), len(own[code]) - len(waits), waits)


def _is_in(sheet: _Sheet) -> bool:
    return sheet.card in {"submitted", "locked"}
