"""From an entry's way through the stages down to the score of one juror: every number explains itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.model import EntryRow, Organization
from juri.core.entries.verbs import find_entry
from juri.core.judging.scorecards import overall_name
from juri.core.results.decisions import decisions_in_force
from juri.core.results.model import AwardRow
from juri.core.results.snapshots import find_snapshot, standings_in_force
from juri.core.scoring.explain import Explanation, explain_entry
from juri.core.scoring.number import Rounding
from juri.core.scoring.rubric import OVERALL
from juri.core.stages.views import jurors_behind, records_of, sheets_of
from juri.core.view import Proposal, Record, Sheet


@dataclass(frozen=True)
class Note:
    """What a juror wrote beside one score: a comment, and the code of a reason where the criterion asks for one."""

    juror: str
    criterion: str
    comment: str
    reason: str = ""

    @property
    def text(self) -> str:
        """Return both as one text."""
        return "; ".join(filter(None, (self.reason, self.comment)))


@dataclass(frozen=True)
class StageExplanation:
    """What one stage made of an entry. ``overall`` is what the overall comment of its sheets is called."""

    stage: str
    kind: str
    state: str
    result_sha256: str = ""
    score: Explanation | None = None
    notes: tuple[Note, ...] = ()
    overall: str = ""
    records: tuple[Record, ...] = ()
    proposed: Proposal | None = None
    decided: Proposal | None = None


@dataclass(frozen=True)
class EntryExplanation:
    """The whole way of an entry, stage by stage."""

    code: str
    title: str
    entrant: str
    track: str
    state: str
    stages: tuple[StageExplanation, ...]
    awards: tuple[str, ...] = ()

    def as_text(self) -> str:
        """Write it for a terminal, one fact a line."""
        return "\n".join(_text(self))


def explain(session: Session, running: Running, code: str) -> EntryExplanation:
    """Explain how an entry came to where it is, from what is stored.

    Raises:
        NotFound: there is no such entry.

    """
    entry = find_entry(session, running, code)
    rows = session.scalars(select(StageRow).where(StageRow.edition_id == running.id).order_by(StageRow.position)).all()
    found = (_stage(session, running, row, entry) for row in rows if row.state != "planned")
    awards = session.scalars(select(AwardRow.title).where(AwardRow.entry_id == entry.id).order_by(AwardRow.id)).all()
    return EntryExplanation(
        code=entry.code,
        title=entry.title,
        entrant=session.get_one(Organization, entry.organization_id).name,
        track=entry.track,
        state=entry.state,
        stages=tuple(stage for stage in found if stage is not None),
        awards=tuple(dict.fromkeys(awards)),
    )


def notes_of(sheets: Iterable[Sheet]) -> Iterator[Note]:
    """Return what jurors wrote on submitted scorecards."""
    for sheet in sheets:
        for criterion, answer in sheet.answers.items():
            if answer.reason or answer.comment.strip():
                yield Note(sheet.juror, criterion, answer.comment.strip(), answer.reason)


def _stage(session: Session, running: Running, row: StageRow, entry: EntryRow) -> StageExplanation | None:
    proposed, decided = decisions_in_force(session, row)
    records = tuple(each for each in records_of(session, running.registry, row) if each.entry == entry.code)
    sheets = tuple(sheets_of(session, row, entry.code))
    score = _score(session, running, row, entry, sheets)
    notes = tuple(notes_of(sheets))
    if score is None and not records and not notes and entry.code not in proposed:
        return None
    snapshot = find_snapshot(session, row, with_body=False)
    return StageExplanation(
        stage=row.key,
        kind=row.kind,
        state=row.state,
        result_sha256=snapshot.result_sha256 if snapshot else "",
        score=score,
        notes=notes,
        overall=overall_name(running, running.stage(row.key), entry.track),
        records=records,
        proposed=proposed.get(entry.code),
        decided=decided.get(entry.code),
    )


def _score(
    session: Session, running: Running, row: StageRow, entry: EntryRow, sheets: Sequence[Sheet]
) -> Explanation | None:
    rounding: Sequence[Rounding] = running.stage(row.key).options.get("rounding", ())
    for standings in standings_in_force(session, row).values():
        if entry.code in standings.rank_of() or entry.code in {each.entry for each in standings.unranked}:
            return explain_entry(entry.code, standings, sheets, rounding=rounding, late=jurors_behind(session, row))
    return None


def _text(told: EntryExplanation) -> Iterator[str]:
    yield f"{told.code}  {told.title}"
    yield f"{told.entrant}" + (f", track {told.track}" if told.track else "") + f", now {told.state}"
    for award in told.awards:
        yield f"Title: {award}"
    for stage in told.stages:
        yield ""
        yield from _stage_text(stage)


def _stage_text(stage: StageExplanation) -> Iterator[str]:
    sealed = f", result {stage.result_sha256[:16]}" if stage.result_sha256 else ""
    yield f"Stage {stage.stage} ({stage.kind}, {stage.state}{sealed})"
    if stage.score is not None:
        yield from (f"  {line}" for line in stage.score.as_text().splitlines())
    for note in stage.notes:
        name = stage.overall if note.criterion == OVERALL else note.criterion
        yield f"  {note.juror} on {name}: {note.text}"
    for record in stage.records:
        told = ", ".join(f"{name}: {_said(value)}" for name, value in record.data.items())
        yield f"  {record.topic}{' ' + record.subject if record.subject else ''}: {told} (by {record.by})"
    if stage.proposed is not None:
        yield f"  Proposed: {_decision_text(stage.proposed)}"
    if stage.decided is not None:
        yield f"  Decided: {_decision_text(stage.decided)}"


def _said(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _decision_text(decision: Proposal) -> str:
    codes = f" [{', '.join(decision.codes)}]" if decision.codes else ""
    displaced = f"; displaced by {decision.displaced_by}" if decision.displaced_by else ""
    return f"{decision.outcome} by '{decision.rule}': {decision.reason}{codes}{displaced}"
