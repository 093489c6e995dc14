"""What jurors wrote on an entry, for those who may see the standings: by criterion, with the juror's name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from juri.core.judging.loads import juror_names
from juri.core.stages.explanations import Note
from juri.webapp.organiser.frame import Look


@dataclass(frozen=True)
class Remark:
    """What one juror wrote on one criterion; ``reason`` is the code of a reason, empty without one."""

    juror: str
    name: str
    comment: str
    reason: str


def remarks_on(look: Look, notes: Iterable[Note]) -> dict[str, list[Remark]]:
    """Sort what jurors wrote by criterion, in the order of the rubric, and by juror."""
    names = juror_names(look.session, look.running)
    order = [leaf.id for rubric in look.running.edition.rubrics.values() for leaf in rubric.leaves]
    place = {criterion: number for number, criterion in reversed(list(enumerate(order)))}
    found: dict[str, list[Remark]] = {}
    for note in sorted(notes, key=lambda note: (place.get(note.criterion, len(order)), note.juror)):
        remark = Remark(note.juror, names.get(note.juror, note.juror), note.comment, note.reason)
        found.setdefault(note.criterion, []).append(remark)
    return found
