"""What a change of rubrics does to what was judged already: worked out from the stored answers, never stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.document import Edition, StageSpec, Text
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.errors import InputRefused, Problem
from juri.core.extension import StageKind
from juri.core.judging.rescoring import score_again
from juri.core.judging.scorecards import rubric_of
from juri.core.scoring.rubric import Rubric
from juri.core.scoring.standings import Standings
from juri.core.stages.gates import outcome_of
from juri.core.stages.preview import Move, moves_between
from juri.core.stages.views import stage_rubrics, stage_view
from juri.core.view import Sheet, StageView


@dataclass(frozen=True)
class SheetEffect:
    """One submitted sheet by both rubrics; ``after`` is None where it goes back to its juror, and ``why`` says why."""

    entry: str
    juror: str
    before: Fraction
    after: Fraction | None
    why: tuple[Problem, ...] = ()

    @property
    def is_changed(self) -> bool:
        """Tell whether the sheet is worth something else."""
        return self.before != self.after


@dataclass(frozen=True)
class StageEffect:
    """What a change does to one judged stage that was opened.

    ``moves`` are by track; ``unclear`` says why no ranking could be worked out (empty: it could). ``is_wording`` tells
    that no score can change.
    """

    stage: str
    name: Text
    state: str
    rubrics: tuple[str, ...]
    is_wording: bool
    sheets: tuple[SheetEffect, ...] = ()
    moves: Mapping[str, tuple[Move, ...]] | None = None
    unclear: str = ""

    @property
    def changed(self) -> tuple[SheetEffect, ...]:
        """Return the sheets that stay complete with another total."""
        return tuple(sheet for sheet in self.sheets if sheet.after is not None and sheet.is_changed)

    @property
    def returned(self) -> tuple[SheetEffect, ...]:
        """Return the sheets that go back to their jurors, to be completed."""
        return tuple(sheet for sheet in self.sheets if sheet.after is None)

    @property
    def moved(self) -> tuple[Move, ...]:
        """Return the entries whose rank moves."""
        return tuple(move for moves in (self.moves or {}).values() for move in moves if move.is_moved)


def rubric_effects(session: Session, running: Running, after: Edition) -> tuple[StageEffect, ...]:
    """Work out what another document does to every judged stage that was opened and whose rubric it changes.

    Raises:
        PluginError: a rubric kind or a stage kind broke down.

    """
    rows = session.scalars(
        select(StageRow)
        .where(StageRow.edition_id == running.id, StageRow.state != "planned")
        .order_by(StageRow.position)
    )
    return tuple(_effect(session, running, row, after) for row in rows if changed_rubrics(running, row.key, after))


def changed_rubrics(running: Running, key: str, after: Edition, *, wording: bool = True) -> tuple[str, ...]:
    """Return the rubrics of a judged stage that another document changes, with or without mere changes of wording."""
    spec = running.stage(key)
    if key not in after.stage_ids or not running.registry.find(StageKind, spec.kind).judged:
        return ()
    used = stage_rubrics(running, spec)
    return tuple(
        name
        for name, rubric in used.items()
        if name in after.rubrics and _hash(rubric, wording=wording) != _hash(after.rubrics[name], wording=wording)
    )


def _hash(rubric: Rubric, *, wording: bool) -> str:
    return rubric.content_hash if wording else rubric.structure_hash


def _effect(session: Session, running: Running, row: StageRow, after: Edition) -> StageEffect:
    spec = running.stage(row.key)
    names = changed_rubrics(running, row.key, after)
    structural = changed_rubrics(running, row.key, after, wording=False)
    told = StageEffect(row.key, spec.name, row.state, names, is_wording=not structural)
    if not structural:
        return told
    view = stage_view(session, running, row)
    changed = replace(running, edition=after)
    sheets = tuple(_sheets_again(changed, changed.stage(row.key), view))
    effects = tuple(effect for _, effect in sheets if effect)
    altered = replace(
        view,
        stage=changed.stage(row.key),
        rubrics=stage_rubrics(changed, changed.stage(row.key)),
        sheets=tuple(sheet for sheet, _ in sheets),
    )
    moves, unclear = _moves(running, row, view, altered)
    return replace(told, sheets=effects, moves=moves, unclear=unclear)


def _sheets_again(changed: Running, spec: StageSpec, view: StageView) -> Iterator[tuple[Sheet, SheetEffect | None]]:
    place_of = {entry.code: (entry.track, entry.category) for entry in view.entries}
    for sheet in view.sheets:
        if sheet.total is None:
            yield sheet, None
            continue
        rubric = rubric_of(changed, spec, *place_of.get(sheet.entry, ("", "")))
        again = score_again(changed.registry, rubric, sheet.answers)
        total = None if again.score is None else Fraction(again.score.total)
        points = {} if again.score is None else {line.criterion: Fraction(line.points) for line in again.score.lines}
        passed = None if again.score is None else again.score.passed
        effect = SheetEffect(sheet.entry, sheet.juror, sheet.total, total, again.problems)
        yield replace(sheet, total=total, points=points, passed=passed, answers=again.answers), effect


def _moves(
    running: Running, row: StageRow, before: StageView, after: StageView
) -> tuple[Mapping[str, tuple[Move, ...]] | None, str]:
    kind = running.registry.find(StageKind, row.kind)
    try:
        old: Mapping[str, Standings] = outcome_of(running, kind, before).standings
        new: Mapping[str, Standings] = outcome_of(running, kind, after).standings
    except InputRefused as refused:
        return None, str(refused)
    return {track: moves_between(old.get(track), new[track]) for track in new}, ""
