"""What a plugin is shown and what it answers with: frozen values, no session, no request, no clock."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import Any, TypeVar

from juri.core.document import FormField, RuleUse, StageSpec, Text, Track, empty
from juri.core.errors import InputRefused, NotFound, Problem
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.rubric import Answer, Rubric
from juri.core.scoring.standings import Standings

ADVANCE = "advance"
STOP = "stop"
UNDECIDED = "undecided"
"""The rules alone cannot say it (a tie at the cut, a seat left open): the panel must decide."""


@dataclass(frozen=True)
class PastAward:
    """One title won in an earlier edition, kept by entrant and by title of the entry."""

    competition: str
    edition: str
    year: int
    award: str
    entrant: str
    title: str
    track: str = ""


@dataclass(frozen=True)
class EntryFacts:
    """An entry as rules may see it. ``answers`` holds the form's answers by field id; ``entrant`` the agency's name.

    ``people`` are the innovators' names; ``submitted_at`` is None for an entry that was never submitted.
    """

    code: str
    title: str
    entrant: str
    track: str = ""
    category: str = ""
    cluster: str = ""
    region: str = ""
    answers: Mapping[str, Any] = field(default_factory=empty)
    submitted_at: datetime | None = None
    people: tuple[str, ...] = ()


def _nothing_registered(family: str, name: str) -> Any:
    raise NotFound(family, name)


@dataclass(frozen=True)
class RuleContext:
    """What an eligibility rule may look at beside the entry: dates, other entries, the award history, the form.

    ``time_zone`` says on which day a moment of the calendar falls; where it is empty, the moment's own offset does.
    ``extensions`` answers ``(family, name) -> record``, for rules that are made of other rules.
    """

    calendar: Mapping[str, datetime] = field(default_factory=empty)
    entries: tuple[EntryFacts, ...] = ()
    history: tuple[PastAward, ...] = ()
    form: tuple[FormField, ...] = ()
    time_zone: str = ""
    extensions: Callable[[str, str], Any] = _nothing_registered


@dataclass(frozen=True)
class Verdict:
    """The answer of an eligibility rule; a refusal has a stable reason code and a sentence."""

    passed: bool
    code: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Sheet:
    """One assignment and, where it was filled, its scorecard. ``total`` is None where nothing was submitted."""

    entry: str
    juror: str
    total: Fraction | None
    answers: Mapping[str, Answer] = field(default_factory=empty)
    points: Mapping[str, Fraction] = field(default_factory=empty)
    passed: bool | None = None
    juror_weight: int = 1


Value = TypeVar("Value")


class ReadLater(Mapping[str, Value]):
    """A mapping whose values are read when somebody first looks at them: most looks at a stage leave most alone."""

    def __init__(self, keys: Iterable[str], read: Callable[[str], Value]) -> None:
        self._keys = tuple(keys)
        self._read = read
        self._values: dict[str, Value] = {}

    def __getitem__(self, key: str) -> Value:
        if key not in self._values:
            if key not in self._keys:
                raise KeyError(key)
            self._values[key] = self._read(key)
        return self._values[key]

    def __contains__(self, key: object) -> bool:
        return key in self._keys

    def __iter__(self) -> Iterator[str]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)


class SheetTable(Sequence[Sheet]):
    """Sheets, and the matrix of their totals: each is made when it is first asked for, and not where nobody asks.

    A ranking needs the totals alone; reading what stands on each sheet takes many times as long.
    """

    def __init__(self, totals: Callable[[], Matrix], sheets: Callable[[], Iterable[Sheet]]) -> None:
        self._make_totals = totals
        self._make_sheets = sheets

    @classmethod
    def of(cls, sheets: Iterable[Sheet]) -> SheetTable:
        """Return the table of some sheets; one that is a table already stays as it is."""
        if isinstance(sheets, SheetTable):
            return sheets
        given = tuple(sheets)
        return cls(lambda: _totals(given), lambda: given)

    @cached_property
    def totals(self) -> Matrix:
        """Return the totals of the sheets, with the assignments that have none.

        Raises:
            InputRefused: two sheets of one juror for one entry, or two weights of one juror; every case is listed.

        """
        return self._make_totals()

    def weighed(self, weights: Mapping[str, int]) -> SheetTable:
        """Return the table in which the jurors who are named have other weights."""
        if not weights:
            return self

        def sheets() -> Iterator[Sheet]:
            return (replace(each, juror_weight=weights.get(each.juror, each.juror_weight)) for each in self)

        return SheetTable(lambda: self.totals.weighed(weights), sheets)

    def over(self, entries: Collection[str]) -> SheetTable:
        """Return the table of exactly these entries, also of those that have no sheet."""
        return SheetTable(lambda: self.totals.over(entries), lambda: (each for each in self if each.entry in entries))

    @cached_property
    def _sheets(self) -> tuple[Sheet, ...]:
        return tuple(self._make_sheets())

    def __getitem__(self, index: Any) -> Any:
        return self._sheets[index]

    def __iter__(self) -> Iterator[Sheet]:
        return iter(self._sheets)

    def __len__(self) -> int:
        return len(self._sheets)


def _totals(sheets: Sequence[Sheet]) -> Matrix:
    rows = ((sheet.entry, sheet.juror, sheet.total) for sheet in sheets)
    return Matrix.build(rows, juror_weights=_juror_weights(sheets))


def _juror_weights(sheets: Sequence[Sheet]) -> dict[str, int]:
    weights = {sheet.juror: sheet.juror_weight for sheet in sheets}
    wavering = sorted({sheet.juror for sheet in sheets if sheet.juror_weight != weights[sheet.juror]})
    if wavering:
        raise InputRefused(
            Problem(juror, f"the sheets of juror '{juror}' say different weights; give one", "juror_weight")
            for juror in wavering
        )
    return weights


@dataclass(frozen=True)
class Record:
    """One act that a stage kind keeps: a check, a visit, an attendance, a rating, an objection, an adoption.

    ``topic`` is a key of the kind's ``records``; ``subject`` tells records of one topic and entry apart (a checklist
    item, a slot, a voter). The newest record of (topic, entry, subject) is the one in force.
    """

    topic: str
    entry: str | None
    subject: str
    data: Mapping[str, Any]
    by: str
    at: datetime
    number: int


@dataclass(frozen=True)
class Proposal:
    """What the rules propose for one entry: ``outcome`` is ADVANCE, STOP, UNDECIDED or a name of the kind's own.

    ``rule`` names the rule as a person would, ``reason`` is a sentence, ``codes`` are stable reason codes,
    ``displaced_by`` names the entry that took the place by another rule than the score.
    """

    entry: str
    outcome: str
    rule: str
    reason: str = ""
    codes: tuple[str, ...] = ()
    displaced_by: str = ""


@dataclass(frozen=True)
class AwardProposal:
    """A title for an entry, its entrant or a person. ``rank`` is None where the list is published unranked."""

    award: str
    title: str
    recipient_type: str
    recipient: str
    entry: str = ""
    track: str = ""
    rank: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What a stage comes to when it closes: standings where it ranks, a proposal for every entry alive in it.

    ``standings`` is keyed by track (the empty string where the edition has none).
    """

    proposals: tuple[Proposal, ...]
    standings: Mapping[str, Standings] = field(default_factory=empty)
    awards: tuple[AwardProposal, ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class StageView:
    """Everything a stage kind may know when it opens, closes or works out its outcome.

    ``entries`` are those alive in the stage; ``earlier`` maps an earlier stage to its standings by track;
    ``proposed`` is what this stage's rules propose (empty before its outcome); ``tie_order`` is the recorded panel
    decision on ties: entry codes, best first. ``extensions`` answers ``(family, name) -> record`` from the registry.
    ``eligibility`` are the edition's rules for all tracks; ``decided`` maps an entry to the outcome decided so far.
    ``passed`` maps an earlier stage to the entries that went on from it, those that stopped later included: a finalist
    who does not win is a finalist. ``sheets`` may be a ``SheetTable``, whose totals can be had without the sheets, and
    what is told of earlier stages may be read when it is first looked at.
    """

    stage: StageSpec
    entries: tuple[EntryFacts, ...]
    tracks: tuple[Track, ...] = ()
    rubrics: Mapping[str, Rubric] = field(default_factory=empty)
    sheets: Sequence[Sheet] = ()
    records: tuple[Record, ...] = ()
    earlier: Mapping[str, Mapping[str, Standings]] = field(default_factory=empty)
    earlier_records: Mapping[str, tuple[Record, ...]] = field(default_factory=empty)
    context: RuleContext = RuleContext()
    tie_order: tuple[str, ...] = ()
    proposed: tuple[Proposal, ...] = ()
    extensions: Callable[[str, str], Any] = _nothing_registered
    eligibility: tuple[RuleUse, ...] = ()
    decided: Mapping[str, str] = field(default_factory=empty)
    passed: Mapping[str, tuple[EntryFacts, ...]] = field(default_factory=empty)

    @property
    def options(self) -> Mapping[str, Any]:
        """Return the stage's checked options."""
        return self.stage.options

    def in_track(self, track: str) -> tuple[EntryFacts, ...]:
        """Return the entries of one track."""
        return tuple(entry for entry in self.entries if entry.track == track)


@dataclass(frozen=True)
class Viewer:
    """Who looks at a page: ``roles`` are those held where the page belongs; ``edition`` is empty outside of one."""

    name: str
    roles: frozenset[str] = frozenset()
    edition: str = ""


@dataclass(frozen=True)
class MenuItem:
    """One line of the menu: what it says and the path it leads to (``/kipp/map``)."""

    title: Text
    path: str


@dataclass(frozen=True)
class Transition:
    """A change of state about to happen: ``kind`` is edition, stage, entry, assignment, scorecard, result, ..."""

    kind: str
    key: str
    from_state: str
    to_state: str
    by: str


@dataclass(frozen=True)
class Refusal:
    """Why a change of state may not happen: a sentence for the person who asked, and a stable code."""

    reason: str
    code: str = "refused"


@dataclass(frozen=True)
class EventRecorded:
    """An act that was written and committed: ``action`` is the audit line's verb, ``subject`` what it was done to."""

    action: str
    subject: str
    by: str
    at: datetime
    detail: Mapping[str, Any] = field(default_factory=empty)
