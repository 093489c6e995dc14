"""The frozen records that plugins return: what Juri can be extended by. Callables take values and return values."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from marshmallow import Schema, ValidationError

from juri.core.ballots.ballots import Ballots
from juri.core.ballots.tally import Tally
from juri.core.document import empty
from juri.core.errors import InputRefused, Problem
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.number import ExactColumn
from juri.core.scoring.rubric import Answer, Criterion, Question, Rubric, Score, questions
from juri.core.scoring.standings import EntryScores, Standings
from juri.core.view import EntryFacts, Outcome, PastAward, Proposal, Record, RuleContext, StageView, Verdict

_NAME = re.compile(r"[a-z][a-z0-9_-]*(:[a-z][a-z0-9_-]*)?")


@dataclass(frozen=True, kw_only=True)
class Extension:
    """The base of every record: a name that editions use, a title for people, a version that results keep.

    A name is lower-case letters, digits, ``-`` and ``_``; a plugin may prefix it with its own name and a colon.

    Raises:
        ValueError: the name, the title or the version is not usable; says which and why.

    """

    name: str
    title: str
    version: str

    def __post_init__(self) -> None:
        """Refuse a record that nobody could name in an edition."""
        if not _NAME.fullmatch(self.name):
            raise ValueError(
                f"{type(self).__name__} name {self.name!r} is not usable: write lower-case letters, digits, '-' and "
                "'_', beginning with a letter, with at most one 'plugin:' in front"
            )
        if not self.title.strip() or not self.version.strip():
            raise ValueError(f"{type(self).__name__} '{self.name}' needs a title and a version")


def _no_problems(rubric: Rubric) -> Iterable[Problem]:
    return ()


@dataclass(frozen=True, kw_only=True)
class RubricKind(Extension):
    """How a filled sheet becomes a score.

    ``score`` gets a rubric and answers that were already checked against ``questions`` (nothing missing, nothing
    foreign, all on their scales) and returns a ``Score`` whose lines add up to its total. ``options`` and
    ``criterion_options`` are marshmallow schemas of the keys that only this kind knows, ``check`` lists what is wrong
    with a rubric as a whole (weights that do not sum up), ``bounds`` gives the least and the greatest total.
    ``prepare`` may complete a criterion from its options when the rubric is loaded (such as give it a scale). One that
    ``scales`` has totals that may be multiplied: then criteria can be limited to categories, and what is asked in each
    reaches the same greatest total. It needs ``bounds``.
    """

    score: Callable[[Rubric, Mapping[str, Answer]], Score]
    options: type[Schema] | None = None
    criterion_options: type[Schema] | None = None
    prepare: Callable[[Criterion], Criterion] | None = None
    check: Callable[[Rubric], Iterable[Problem]] = _no_problems
    questions: Callable[[Rubric], tuple[Question, ...]] = questions
    bounds: Callable[[Rubric], tuple[Fraction, Fraction]] | None = None
    scales: bool = False


@dataclass(frozen=True, kw_only=True)
class RubricDefinition(Extension):
    """A ready rubric: ``read`` returns the text of its YAML file, ``path`` is where errors say that it stands.

    The text is what stands under a rubric in an edition (kind, criteria, ...), with ``juri: 1`` and ``rubric: NAME``.
    ``read`` is called when somebody uses the rubric and not before: offering one costs no start-up time.
    """

    read: Callable[[], str]
    path: str


def _no_record_problems(view: StageView, record: Record) -> Iterable[Problem]:
    return ()


@dataclass(frozen=True)
class RecordType:
    """A kind of act that a stage keeps. ``schema`` checks its data.

    Of those whom the policy lets write records, the holders of one of its ``roles`` may write it.
    ``per_entry`` is False for acts on the stage as a whole (attendance of a plenary). ``after_close`` allows writing
    while the stage is closed but not yet sealed (votes of a plenary). ``check`` is asked before a record is written
    and lists what is wrong with it in its stage (an unknown checklist item, a slot taken, a vote off the scale).
    """

    schema: type[Schema]
    roles: frozenset[str]
    title: str
    per_entry: bool = True
    after_close: bool = False
    check: Callable[[StageView, Record], Iterable[Problem]] = _no_record_problems


def _nothing_against(view: StageView) -> Iterable[str]:
    return ()


@dataclass(frozen=True, kw_only=True)
class StageKind(Extension):
    """A kind of step in the lifecycle, computed from values.

    ``outcome`` turns what happened in the stage into standings and a proposal for every entry alive in it.
    ``against_opening``, ``against_closing`` and ``against_sealing`` list the reasons why not yet (empty: go ahead).
    ``judged`` stages take scorecards (their options name ``panel`` and ``rubric``); ``takes_entries`` stages let
    entries be registered and submitted. ``records`` are the acts the stage keeps, by topic. ``options`` is the
    marshmallow schema of the stage's own keys in the edition document. A stage that ``blocks`` must be sealed before
    a later one opens. ``advances_as`` and ``stops_as`` are the states that its entries get when it is sealed. Where
    ``people_decide``, what the rules propose is never taken over without a decision of its own.
    """

    outcome: Callable[[StageView], Outcome]
    options: type[Schema] | None = None
    records: Mapping[str, RecordType] = field(default_factory=dict)
    judged: bool = False
    takes_entries: bool = False
    blocks: bool = True
    people_decide: bool = False
    advances_as: str = "advanced"
    stops_as: str = "stopped"
    against_opening: Callable[[StageView], Iterable[str]] = _nothing_against
    against_closing: Callable[[StageView], Iterable[str]] = _nothing_against
    against_sealing: Callable[[StageView], Iterable[str]] = _nothing_against


@dataclass(frozen=True, kw_only=True)
class Method(Extension):
    """How the sheets of an entry become its score. ``rank`` is pure and exact; entries keep the matrix's order.

    ``low_is_best`` is for sums of ranks. ``options`` is a marshmallow schema, ``per_n`` rules and the like in it.
    ``corrects`` says that it looks at what jurors gave to find out how harsh they are: then an absent sheet cannot
    count 0, for it would be taken for harshness.
    """

    rank: Callable[[Matrix, Mapping[str, Any]], EntryScores]
    options: type[Schema] | None = None
    low_is_best: bool = False
    corrects: bool = False


@dataclass(frozen=True)
class BallotCase:
    """What a ballot method counts: the ballots, the seats to fill, and the seed that a lot is drawn with."""

    ballots: Any
    seats: int
    seed: int


@dataclass(frozen=True, kw_only=True)
class BallotMethod(Extension):
    """How ballots become an order, or fill seats. ``count`` is pure: equal ballots give an equal tally.

    ``takes`` is the class of the ballots: ``RankedBallots``, ``GradedBallots`` or ``Pairs``. ``most_seats`` is 0 for a
    method that ranks and elects nobody, 1 where it fills one seat, None where it fills any number. ``options`` is a
    marshmallow schema.
    """

    takes: type[Ballots]
    count: Callable[[BallotCase, Mapping[str, Any]], Tally]
    most_seats: int | None = 0
    options: type[Schema] | None = None


def load_options(method: Method | BallotMethod, given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Check the options that are given for a method, and complete them.

    Raises:
        InputRefused: an option is unknown, or its value does not fit; every one is listed.

    """
    if method.options is None:
        if given:
            message = f"the method '{method.name}' has no options; remove {', '.join(map(str, given))}"
            raise InputRefused.at("method", message, "method_options")
        return empty()
    try:
        loaded: Mapping[str, Any] = method.options().load(dict(given))
    except ValidationError as error:
        raise InputRefused(_option_problems("method", error.messages)) from error
    return loaded


def _option_problems(place: str, messages: Any) -> Iterator[Problem]:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from _option_problems(place if key == "_schema" else f"{place}.{key}", inner)
    else:
        yield from (Problem(place, str(message), "method_options") for message in messages)


@dataclass(frozen=True)
class TieContext:
    """What a tie-breaker may look at: the matrix, one matrix a criterion, entry facts, the recorded panel order.

    Only the figures of the entries in ``tied`` are of account (where it is empty: all); ``criteria`` may hold the
    sheets of these alone, with the entries of ``matrix`` in their order.
    """

    matrix: Matrix
    criteria: Mapping[str, Matrix]
    facts: Mapping[str, Mapping[str, Any]]
    panel_order: tuple[str, ...] = ()
    tied: frozenset[str] = frozenset()


@dataclass(frozen=True, kw_only=True)
class TieBreaker(Extension):
    """A rule that may set entries of one score apart: a figure for each entry of the matrix, greater is better.

    ``argument`` says that the rule is written ``name:argument`` in a tie chain (``criterion:signifikansi``).
    """

    key: Callable[[TieContext, str], ExactColumn]
    argument: bool = False


@dataclass(frozen=True)
class CutCase:
    """What a cut rule decides on: the standings of one track, the facts of its entries and the track's quotas.

    ``history`` are the titles won before.
    """

    standings: Standings
    facts: Mapping[str, EntryFacts]
    quotas: Mapping[str, int]
    tie_order: tuple[str, ...] = ()
    history: tuple[PastAward, ...] = ()


def _no_notes(case: CutCase, options: Mapping[str, Any]) -> Sequence[str]:
    return ()


def _no_titles(case: CutCase, options: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    return {}


@dataclass(frozen=True, kw_only=True)
class CutRule(Extension):
    """Who advances: one proposal for each ranked and unranked entry of the case, each with its reason.

    ``notes`` are sentences about the choice as a whole, such as what a quota costs. ``titles`` names for an entry the
    titles that it holds, where the rule gives several.
    """

    select: Callable[[CutCase, Mapping[str, Any]], Sequence[Proposal]]
    notes: Callable[[CutCase, Mapping[str, Any]], Sequence[str]] = _no_notes
    titles: Callable[[CutCase, Mapping[str, Any]], Mapping[str, Sequence[str]]] = _no_titles
    options: type[Schema] | None = None


@dataclass(frozen=True, kw_only=True)
class EligibilityRule(Extension):
    """Whether an entry may take part, from its facts; every refusal has a reason code and a sentence."""

    verdict: Callable[[EntryFacts, Mapping[str, Any], RuleContext], Verdict]
    options: type[Schema] | None = None


@dataclass(frozen=True)
class AssignmentCase:
    """What an assignment rule works on: entries, jurors by name with their facts, and the pairs that are forbidden.

    Facts of a juror are ``categories`` and the employer: ``agency``, its ``cluster`` and ``region``. Where the edition
    names no number, ``per_entry`` is the size of the panel and ``fewer_will_do``: an entry takes all who may score it,
    at least one. Of the ``existing`` pairs, those that are ``settled`` stay whatever comes: their sheets were begun.
    """

    entries: tuple[EntryFacts, ...]
    jurors: Mapping[str, Mapping[str, Any]]
    forbidden: frozenset[tuple[str, str]]
    existing: frozenset[tuple[str, str]]
    per_entry: int
    seed: int = 0
    fewer_will_do: bool = False
    settled: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, kw_only=True)
class AssignmentRule(Extension):
    """Who scores what: pairs (entry, juror); refuses with reasons where the case cannot be met.

    ``assign`` keeps what exists. ``mend`` fills the gaps that a juror leaves with few new pairs, and may move pairs
    that are not settled; a rule without it mends by ``assign``.
    """

    assign: Callable[[AssignmentCase, Mapping[str, Any]], Sequence[tuple[str, str]]]
    mend: Callable[[AssignmentCase, Mapping[str, Any]], Sequence[tuple[str, str]]] | None = None
    options: type[Schema] | None = None


@dataclass(frozen=True)
class Report:
    """A result ready for export: metadata, and tables of text cells (name -> header row and rows)."""

    meta: Mapping[str, Any]
    tables: Mapping[str, tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]]


@dataclass(frozen=True, kw_only=True)
class Exporter(Extension):
    """A file format for a report; stable for equal reports: no times, no ids that change."""

    suffix: str
    media_type: str
    write: Callable[[Report], bytes]


@dataclass(frozen=True, kw_only=True)
class EditionDefinition(Extension):
    """A shipped edition: ``read`` returns the text of its YAML file, ``path`` is where errors say that it stands.

    ``read`` is called when somebody asks for the edition and not before: offering one costs no start-up time.
    """

    read: Callable[[], str]
    path: str


@dataclass(frozen=True, kw_only=True)
class Setting(Extension):
    """A setting that a plugin reads: its default and what it is for. Set as ``JURI_PLUGIN_<PLUGIN>_<NAME>``."""

    default: str
    help: str


@dataclass(frozen=True, kw_only=True)
class CliCommand(Extension):
    """A sub-command of ``juri``: ``load`` returns a click command, so that click is imported only when it is used."""

    load: Callable[[], Any]


@dataclass(frozen=True, kw_only=True)
class WebBlueprint(Extension):
    """Pages that a plugin adds: ``load`` returns a Flask blueprint."""

    load: Callable[[], Any]
