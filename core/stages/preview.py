"""What a stage would come to if it closed now, and what other weights would make of it: worked out, never stored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from sqlalchemy.orm import Session

from juri.core.editions.gate import find_stage
from juri.core.editions.verbs import Running
from juri.core.errors import ActionRefused, InputRefused, Problem
from juri.core.extension import RubricKind, StageKind
from juri.core.scoring.rubric import Rubric
from juri.core.scoring.standings import Standing, Standings
from juri.core.sheets import rubric_in, rubric_problems, score_sheet
from juri.core.stages.gates import outcome_of
from juri.core.stages.views import stage_view
from juri.core.view import Outcome, Sheet, StageView


def preview_outcome(session: Session, running: Running, key: str, *, acts: bool = True) -> Outcome:
    """Work out what a stage would come to if it closed now; nothing is stored.

    Args:
        session: a reading session.
        running: the edition.
        key: the stage.
        acts: whether what people wrote in the stage counts; without it, what rules alone find is left.

    """
    row = find_stage(session, running.id, key)
    view = stage_view(session, running, row)
    return outcome_of(running, running.registry.find(StageKind, row.kind), view if acts else replace(view, records=()))


@dataclass(frozen=True)
class Move:
    """One entry before and after a change of the rules: its rank and score; None where it has none."""

    entry: str
    before: Standing | None
    after: Standing | None

    @property
    def places(self) -> Fraction:
        """Return how many places the entry rises (below zero: falls); 0 where it had or has no rank."""
        if self.before is None or self.after is None:
            return Fraction(0)
        return self.before.rank - self.after.rank

    @property
    def is_moved(self) -> bool:
        """Tell whether the entry has another rank than before, or lost or got one."""
        return (self.before is None) != (self.after is None) or self.places != 0


@dataclass(frozen=True)
class Comparison:
    """What other rubrics would make of a stage: the moves of each track, and how many sheets get another total."""

    moves: Mapping[str, tuple[Move, ...]]
    sheets: int
    sheets_changed: int
    standings: Mapping[str, Standings]

    @property
    def ranks_moved(self) -> int:
        """Return how many entries would have another rank."""
        return sum(move.is_moved for moves in self.moves.values() for move in moves)

    @property
    def scores_changed(self) -> int:
        """Return how many entries would have another score."""
        both = (move for moves in self.moves.values() for move in moves if move.before and move.after)
        return sum(move.before.score != move.after.score for move in both if move.before and move.after)


def compare_rubrics(session: Session, running: Running, key: str, rubrics: Mapping[str, Rubric]) -> Comparison:
    """Work a judged stage out by other rubrics, from the stored answers, and compare; nothing is stored.

    Args:
        session: a reading session.
        running: the edition.
        key: a judged stage.
        rubrics: the rubrics to try, by id; those that are not named stay as they are.

    Raises:
        InputRefused: a rubric is not usable, or does not fit the stored answers (another criterion, another scale).
        ActionRefused: the stage has no scorecards.

    """
    row = find_stage(session, running.id, key)
    kind = running.registry.find(StageKind, row.kind)
    if not kind.judged:
        raise ActionRefused([f"the stage '{key}' is a {row.kind}; it has no scores to compare"])
    view = stage_view(session, running, row)
    tried = {name: rubrics.get(name, rubric) for name, rubric in view.rubrics.items()}
    _require_usable(running, tried)
    sheets = _scored_again(running, view, tried)
    after = outcome_of(running, kind, replace(view, sheets=sheets, rubrics=tried)).standings
    before = outcome_of(running, kind, view).standings
    pairs = list(zip(view.sheets, sheets, strict=True))
    return Comparison(
        moves={track: moves_between(before.get(track), after[track]) for track in after},
        sheets=sum(sheet.total is not None for sheet in sheets),
        sheets_changed=sum(old.total != new.total for old, new in pairs),
        standings=after,
    )


def moves_between(before: Standings | None, after: Standings) -> tuple[Move, ...]:
    """Set two standings side by side, in the order of the second; entries without a rank in it stand at the end."""
    old = {line.entry: line for line in before.lines} if before else {}
    new = {line.entry: line for line in after.lines}
    order = [*new, *(entry for entry in old if entry not in new)]
    return tuple(Move(entry, old.get(entry), new.get(entry)) for entry in order)


def _require_usable(running: Running, rubrics: Mapping[str, Rubric]) -> None:
    problems = [problem for rubric in rubrics.values() for problem in _problems(running, rubric)]
    if problems:
        raise InputRefused(problems)


def _problems(running: Running, rubric: Rubric) -> list[Problem]:
    owner = running.registry.owner("rubric_kinds", rubric.kind)
    return rubric_problems(running.registry.find(RubricKind, rubric.kind), rubric, owner)


def _scored_again(running: Running, view: StageView, rubrics: Mapping[str, Rubric]) -> tuple[Sheet, ...]:
    named = view.options.get("rubric")
    place_of = {entry.code: (entry.track, entry.category) for entry in view.entries}
    found: list[Sheet] = []
    problems: list[Problem] = []
    for sheet in view.sheets:
        track, category = place_of.get(sheet.entry, ("", ""))
        rubric = rubrics.get(str(named.get(track) if isinstance(named, Mapping) else named))
        try:
            again = sheet.total is not None and rubric and _again(running, sheet, rubric, category)
            found.append(again or sheet)
        except InputRefused as refused:
            problems += _in_sheet(sheet, refused.problems)
    if problems:
        raise InputRefused(problems)
    return tuple(found)


def _again(running: Running, sheet: Sheet, rubric: Rubric, category: str) -> Sheet:
    kind, owner = running.registry.find(RubricKind, rubric.kind), running.registry.owner("rubric_kinds", rubric.kind)
    score = score_sheet(kind, rubric_in(kind, rubric, category, owner), sheet.answers, owner)
    points = {line.criterion: Fraction(line.points) for line in score.lines}
    return replace(sheet, total=Fraction(score.total), points=points, passed=score.passed)


def _in_sheet(sheet: Sheet, problems: Iterable[Problem]) -> list[Problem]:
    place = f"{sheet.entry}, {sheet.juror}"
    return [replace(problem, field=f"{place}, {problem.field}") for problem in problems]
