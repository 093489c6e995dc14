"""How an entry is printed: what it says, question by question, and who wrote which version."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from juri.core.entries.model import Organization

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from juri.core.editions.verbs import Running
    from juri.core.entries.model import EntryRevision, EntryRow


def entry_text(session: Session, running: Running, row: EntryRow, revisions: Sequence[EntryRevision]) -> str:
    """Write an entry for a terminal."""
    place = session.get_one(Organization, row.organization_id)
    return "\n".join([*_head(row, place), "", *_answers(running, row), "", *map(_revision, revisions)])


def _head(row: EntryRow, place: Organization) -> Iterator[str]:
    yield f"{row.code}  {row.title}"
    facts = [place.name, row.unit, place.cluster, place.region]
    yield ", ".join(filter(None, facts))
    labels = [("track", row.track), ("category", row.category), ("people", ", ".join(row.people))]
    yield from (f"{label}: {value}" for label, value in labels if value)
    stopped = f", stopped in {row.stopped_in}" if row.stopped_in else ""
    submitted = f", submitted {row.submitted_at:%Y-%m-%d %H:%M:%S} UTC" if row.submitted_at else ""
    yield f"{row.state}{stopped}{submitted}"


def _answers(running: Running, row: EntryRow) -> Iterator[str]:
    labels = {field.id: field.label.en for field in running.edition.form}
    for name in [*labels, *sorted(set(row.answers) - set(labels))]:
        if name in row.answers:
            label = f" ({labels[name]})" if name in labels else ""
            yield f"{name}{label}: {_said(row.answers[name])}"


def _said(answer: Any) -> str:
    return "; ".join(map(str, answer)) if isinstance(answer, (list, tuple)) else str(answer)


def _revision(row: EntryRevision) -> str:
    return f"version {row.version} by {row.written_by}, {row.at:%Y-%m-%d %H:%M:%S} UTC"
