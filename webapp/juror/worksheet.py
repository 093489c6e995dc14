"""What a juror works on: the own assignment, the rubric as cards, what is stored, and how far it is complete."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from fractions import Fraction

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.clock import now
from juri.core.document import StageSpec
from juri.core.editions.gate import Gate
from juri.core.editions.verbs import Running
from juri.core.entries.model import EntryRow
from juri.core.errors import ActionRefused, InputRefused, Problem
from juri.core.extension import RubricKind
from juri.core.judging.forms import newest_revision
from juri.core.judging.queue import (
    DONE,
    DRAFT,
    TODO,
    OwnAssignment,
    own_subject,
    reading_is_over,
    require_open_to_read,
)
from juri.core.judging.scorecards import rubric_of
from juri.core.policy import READING_IS_OVER, may
from juri.core.scoring.rubric import OVERALL, Answer, Question, Rubric, Score, check_answers
from juri.core.sheets import NOT_YET, asked_by, reachable_totals, score_sheet
from juri.webapp.cards import Card, lay_out
from juri.webapp.desk import desk
from juri.webapp.juror.words import in_words, refusal_words, shown_total
from juri.webapp.own_work import OwnWork

NO_TOTAL = "-"
NEAR = timedelta(days=1)
READ_LONG_ENOUGH = "the time for reading the entries of this edition is over; your own scores stay in your list"


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
    gate: Gate
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
        """Return how long the stage takes scores still, where it closes within a day; else 0."""
        left = self.gate.closes_at - now() if self.gate.closes_at else NEAR
        return max(0, int(left.total_seconds())) if left < NEAR else 0

    @property
    def is_writable(self) -> bool:
        """Tell whether the scorecard can be changed."""
        return self.is_open and self.own.status in {TODO, DRAFT, DONE} and self.own.card != "locked"

    def summarise(self, answers: Mapping[str, Answer], score: Score | None = None) -> Summary:
        """Say how far a sheet is; its total comes from the rubric's kind, which need not score it twice."""
        given = {name: answer for name, answer in answers.items() if answer.value != NOT_YET}
        if score is not None:
            return self._scored(len(given), score)
        kept = {**given, **{name: answer for name, answer in answers.items() if name == OVERALL}}
        problems = tuple(in_words(check_answers(self.asked, kept), self.asked))
        if problems:
            found = reachable_totals(self.kind, self.rubric, given, self.owner)
            return Summary(len(given), self._scores_asked, problems, _range_words(found), is_exact=False)
        try:
            score = score_sheet(self.kind, self.rubric, kept, self.owner)
        except InputRefused as refused:
            told = tuple(in_words(refused.problems, self.asked))
            return Summary(len(given), self._scores_asked, told, NO_TOTAL, is_exact=False)
        return self._scored(len(given), score)

    @property
    def _scores_asked(self) -> int:
        return sum(not question.is_overall for question in self.asked)

    def _scored(self, answered: int, score: Score) -> Summary:
        total, verdict = shown_total(score.total), _verdict(score)
        return Summary(answered, self._scores_asked, (), total, is_exact=True, verdict=verdict)


def _verdict(score: Score) -> str:
    if score.grade or score.passed is None:
        return score.grade or ""
    return str(_("passed") if score.passed else _("not passed"))


@dataclass(frozen=True)
class Stored:
    """What the database holds of a scorecard: its answers, when they were written, and whether all count."""

    answers: Mapping[str, Answer]
    at: datetime | None = None


def open_worksheet(work: OwnWork) -> Worksheet:
    """Put the worksheet of an own assignment together.

    Raises:
        ActionRefused: the question about conflicts is not answered yet; in the words of the page.

    """
    try:
        require_open_to_read(work.own)
    except ActionRefused as refused:
        raise ActionRefused(refusal_words(refused), code=refused.code) from refused
    return worksheet_of(work.running, work.stage, work.gate, work.own)


def worksheet_of(running: Running, spec: StageSpec, gate: Gate, own: OwnAssignment) -> Worksheet:
    """Find the rubric of an own assignment."""
    rubric = rubric_of(running, spec, own.track, own.category)
    kind = running.registry.find(RubricKind, rubric.kind)
    owner = running.registry.owner("rubric_kinds", rubric.kind)
    return Worksheet(running, spec, gate, own, rubric, kind, owner, asked_by(kind, rubric, owner))


def read_stored(session: Session, sheet: Worksheet) -> Stored:
    """Return the newest revision of a scorecard."""
    found = newest_revision(session, sheet.running, sheet.stage.id, sheet.own.entry, sheet.own.juror)
    return Stored(found.answers, found.at) if found else Stored({})


def read_content(session: Session, sheet: Worksheet) -> Mapping[str, object]:
    """Return the answers of the entry form.

    Raises:
        ActionRefused: the result was published long ago, and the time in which jurors still read entries is over.

    """
    subject = own_subject(sheet.running.slug, sheet.own, desk().actor.person)
    if reading_is_over(session, sheet.running, desk().workbench.settings.juror_reading_days):
        subject = replace(subject, state=READING_IS_OVER)
    if not may(desk().actor, "entry.see", subject).allowed:
        raise ActionRefused([READ_LONG_ENOUGH], code="reading_is_over")
    found: Mapping[str, object] = session.execute(
        select(EntryRow.answers).where(EntryRow.edition_id == sheet.running.id, EntryRow.code == sheet.own.entry)
    ).scalar_one()
    return found


def cards_of(sheet: Worksheet) -> list[Card]:
    """Lay the rubric out as cards, in reading order."""
    return lay_out(sheet.rubric, sheet.asked)


def _range_words(found: tuple[Fraction, Fraction] | None) -> str:
    if found is None:
        return NO_TOTAL
    least, greatest = map(shown_total, found)
    return least if least == greatest else _("%(least)s to %(greatest)s", least=least, greatest=greatest)
