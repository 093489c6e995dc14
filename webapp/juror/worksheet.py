"""What a juror works on: the own assignment, the rubric as cards, what is stored, and how far it is complete."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.clock import now
from juri.core.document import StageSpec
from juri.core.editions.gate import find_stage
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.model import EntryRow
from juri.core.errors import ActionRefused, InputRefused, Problem
from juri.core.extension import RubricKind
from juri.core.judging.forms import newest_revision
from juri.core.judging.queue import DONE, DRAFT, TODO, OwnAssignment, require_open_to_read
from juri.core.judging.scorecards import rubric_of
from juri.core.scoring.rubric import Answer, Criterion, Question, Rubric, Scale, check_answers
from juri.core.sheets import NOT_YET, reachable_totals, score_sheet
from juri.webapp.desk import desk
from juri.webapp.forms import Choice, field_name, scale_choices, shown_number, word_shown
from juri.webapp.juror.words import in_words, refusal_words, shown_total

HUNDRED = 100
NO_TOTAL = "-"


@dataclass(frozen=True)
class Card:
    """One criterion as it is shown. ``weight`` is empty where all weigh the same; ``group`` begins a group."""

    criterion: str
    field: str
    number: int
    title: str
    description: str
    weight: str
    group: str
    group_weight: str
    scale: Scale
    choices: tuple[Choice, ...]
    question: Question

    @property
    def reason_for(self) -> str:
        """Name the answers that need a reason."""
        return ", ".join(map(word_shown, self.question.reason_for))


@dataclass(frozen=True)
class Summary:
    """How far a sheet is: what is scored, what is still wrong or missing, and the total in words.

    ``total`` is one figure where the sheet is complete; else the least and the greatest that it can still come to.
    """

    answered: int
    asked: int
    problems: tuple[Problem, ...]
    total: str
    is_exact: bool
    verdict: str = ""

    @property
    def is_complete(self) -> bool:
        """Tell whether the sheet can be sent."""
        return not self.problems


@dataclass(frozen=True)
class Worksheet:
    """One own assignment with everything that the page and the autosave need."""

    running: Running
    stage: StageSpec
    gate: StageRow
    own: OwnAssignment
    rubric: Rubric
    kind: RubricKind
    owner: str
    asked: tuple[Question, ...]

    @property
    def is_open(self) -> bool:
        """Tell whether the stage takes scores, as far as this machine's clock knows; the database decides."""
        return self.gate.state == "open" and (self.gate.closes_at is None or now() <= self.gate.closes_at)

    @property
    def seconds_left(self) -> int:
        """Return how long the stage takes scores still; 0 where it does not say."""
        return max(0, int((self.gate.closes_at - now()).total_seconds())) if self.gate.closes_at else 0

    @property
    def is_writable(self) -> bool:
        """Tell whether the scorecard can be changed."""
        return self.is_open and self.own.status in {TODO, DRAFT, DONE} and self.own.card != "locked"

    def summarise(self, answers: Mapping[str, Answer]) -> Summary:
        """Say how far a sheet is; its total comes from the rubric's kind and from nowhere else."""
        given = {name: answer for name, answer in answers.items() if answer.value != NOT_YET}
        problems = tuple(in_words(check_answers(self.asked, given), self.asked))
        if problems:
            found = reachable_totals(self.kind, self.rubric, given, self.owner)
            return Summary(len(given), len(self.asked), problems, _range_words(found), is_exact=False)
        try:
            score = score_sheet(self.kind, self.rubric, given, self.owner)
        except InputRefused as refused:
            told = tuple(in_words(refused.problems, self.asked))
            return Summary(len(given), len(self.asked), told, NO_TOTAL, is_exact=False)
        verdict = score.grade or {True: _("passed"), False: _("not passed"), None: ""}[score.passed]
        return Summary(len(given), len(self.asked), (), shown_total(score.total), is_exact=True, verdict=verdict)


@dataclass(frozen=True)
class Stored:
    """What the database holds of a scorecard: its answers, when they were written, and whether all count."""

    answers: Mapping[str, Answer]
    at: datetime | None = None


def open_worksheet(session: Session, edition: str, stage: str, own: OwnAssignment) -> Worksheet:
    """Put the worksheet of an own assignment together.

    Raises:
        ActionRefused: the question about conflicts is not answered yet; in the words of the page.

    """
    try:
        require_open_to_read(own)
    except ActionRefused as refused:
        raise ActionRefused(refusal_words(refused), code=refused.code) from refused
    running = desk().running(session, edition)
    return worksheet_of(running, running.stage(stage), find_stage(session, running.id, stage), own)


def worksheet_of(running: Running, spec: StageSpec, gate: StageRow, own: OwnAssignment) -> Worksheet:
    """Find the rubric of an own assignment."""
    rubric = rubric_of(running, spec, own.track)
    kind = running.registry.find(RubricKind, rubric.kind)
    owner = running.registry.owner("rubric_kinds", rubric.kind)
    return Worksheet(running, spec, gate, own, rubric, kind, owner, kind.questions(rubric))


def read_stored(session: Session, sheet: Worksheet) -> Stored:
    """Return the newest revision of a scorecard."""
    found = newest_revision(session, sheet.running, sheet.stage.id, sheet.own.entry, sheet.own.juror)
    return Stored(found.answers, found.at) if found else Stored({})


def read_content(session: Session, sheet: Worksheet) -> Mapping[str, object]:
    """Return the answers of the entry form."""
    found: Mapping[str, object] = session.execute(
        select(EntryRow.answers).where(EntryRow.edition_id == sheet.running.id, EntryRow.code == sheet.own.entry)
    ).scalar_one()
    return found


def cards_of(sheet: Worksheet) -> list[Card]:
    """Lay the rubric out as cards, in reading order."""
    by_id = {question.criterion: question for question in sheet.asked}
    places = [(leaf, head) for leaf, head in _leaves(sheet.rubric.criteria) if leaf.id in by_id]
    weights, group_weights = _weight_words(sheet.rubric)
    shown, before = [], None
    for number, (leaf, head) in enumerate(places, start=1):
        begins = head is not None and head is not before
        shown.append(
            Card(
                criterion=leaf.id,
                field=field_name(leaf.id),
                number=number,
                title=by_id[leaf.id].text,
                description=leaf.description,
                weight=weights.get(leaf.id, ""),
                group=(head.name or head.id) if head is not None and begins else "",
                group_weight=group_weights.get(head.id, "") if head is not None and begins else "",
                scale=by_id[leaf.id].scale,
                choices=scale_choices(by_id[leaf.id].scale),
                question=by_id[leaf.id],
            )
        )
        before = head
    return shown


def _leaves(
    criteria: Sequence[Criterion], head: Criterion | None = None
) -> Iterator[tuple[Criterion, Criterion | None]]:
    for criterion in criteria:
        if criterion.children:
            yield from _leaves(criterion.children, criterion)
        else:
            yield criterion, head


def _weight_words(rubric: Rubric) -> tuple[dict[str, str], dict[str, str]]:
    """Write the weights of the first level, where they differ: of leaves, and of groups.

    Where every weight is the most that its item can get, the items say so themselves.
    """
    weights = {criterion.weight for criterion in rubric.criteria}
    are_points = all(not each.children and each.weight == each.scale.greatest for each in rubric.criteria)
    if len(weights) < 2 or are_points:  # noqa: PLR2004  one weight for all says nothing
        return {}, {}
    percent = sum(criterion.weight for criterion in rubric.criteria) == HUNDRED
    leaves: dict[str, str] = {}
    groups: dict[str, str] = {}
    for criterion in rubric.criteria:
        words = _one_weight(criterion.weight, percent=percent)
        (groups if criterion.children else leaves)[criterion.id] = words
    return leaves, groups


def _one_weight(weight: Decimal, *, percent: bool) -> str:
    return f"{shown_number(weight)} %" if percent else _("weight %(weight)s", weight=shown_number(weight))


def _range_words(found: tuple[Fraction, Fraction] | None) -> str:
    if found is None:
        return NO_TOTAL
    least, greatest = map(shown_total, found)
    return least if least == greatest else _("%(least)s to %(greatest)s", least=least, greatest=greatest)
