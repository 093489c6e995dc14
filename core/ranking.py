"""The one way from sheets to standings, for the live board, the sealed result and a plain spreadsheet alike.

sheets -> rounding of sheets -> missing policy -> method -> bonus -> rounding of entries -> tie chain -> ranks
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property, partial
from types import MappingProxyType
from typing import Any, TypeVar

import numpy as np

from juri.core.document import empty
from juri.core.errors import InputRefused, NotFound, Problem
from juri.core.extension import Method, TieBreaker, TieContext, load_options
from juri.core.scoring.answers import call_plugin, check_column, check_scores
from juri.core.scoring.bonus import bonus_lines, bonus_problems
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.missing import Counted, MissingPolicy
from juri.core.scoring.number import ROUNDING_MODES, ExactColumn, IntArray, Rounding
from juri.core.scoring.ranks import CONVENTIONS, Ranking, rank_columns
from juri.core.scoring.rubric import Bonus, Line
from juri.core.scoring.standings import EntryScores, Standing, Standings, Unranked
from juri.core.scoring.ties import TieLink
from juri.core.view import EntryFacts, Sheet, SheetTable

Extensions = Callable[[str, str], Any]
"""Answers (family, name) with the extension of that name, or raises NotFound: ``Registry.get``."""

STEPS = ("sheet", "entry", "combined")
_METHODS, _TIE_BREAKERS = "juri_methods", "juri_tie_breakers"
_OWN_FACTS = ("title", "entrant", "track", "category", "cluster", "region")
T = TypeVar("T")


@dataclass(frozen=True)
class RankRule:
    """Everything that decides a ranking beside the sheets, as an edition names it.

    ``missing`` is a policy of ``juri.core.scoring.missing``, ``ties`` is a chain of tie-breakers, written ``name`` or
    ``name:argument``. Ranks are by the exact scores, unless ``rounding`` says otherwise.
    """

    method: str
    method_options: Mapping[str, Any]
    missing: str
    rounding: tuple[Rounding, ...] = ()
    ties: tuple[str, ...] = ()
    ranks: str = "competition"


def rank_sheets(
    sheets: Iterable[Sheet],
    rule: RankRule,
    *,
    extensions: Extensions,
    facts: Mapping[str, Mapping[str, Any]] | None = None,
    entries: Iterable[str] = (),
    bonuses: Sequence[Bonus] = (),
    tie_order: Sequence[str] = (),
) -> Standings:
    """Rank entries by their sheets.

    Args:
        sheets: one for each assignment; those without a total are absent, and ``rule.missing`` says what follows.
        rule: the rules.
        extensions: where methods and tie-breakers are found by name.
        facts: the facts of each entry, for bonuses and for ``fact:`` in the tie chain; see ``facts_of``.
        entries: entries to list even where nobody was assigned to them.
        bonuses: the bonuses of the rubric, where the stage grants them.
        tie_order: the recorded panel decision on ties: entries, best first.

    Raises:
        InputRefused: a rule is unknown or cannot be applied to these sheets; every problem is listed.
        PluginError: a method or tie-breaker fails or returns something unusable; names it.

    """
    rules = _Rules.of(rule, extensions, bonuses, tie_order)
    table = SheetTable.of(sheets)
    case = _Case(rules, partial(_Criteria, table, rule.missing == "zero"), facts or empty(), bonuses, tuple(tie_order))
    return case.standings(case.placed(_with_entries(table.totals, entries)))


def rank_totals(
    given: Matrix,
    rule: RankRule,
    *,
    extensions: Extensions,
    criteria: Mapping[str, Matrix] = MappingProxyType({}),
    tie_order: Sequence[str] = (),
) -> Placed:
    """Rank entries as ``rank_sheets`` does, from totals and into columns: for many entries, and to try many variants.

    Args:
        given: the totals of the sheets, such as those of a ``Snapshot``.
        rule: the rules.
        extensions: where methods and tie-breakers are found by name.
        criteria: the sheets by criterion, none of them absent, for a tie chain that asks for one: a ``Snapshot``.
        tie_order: the recorded panel decision on ties: entries, best first.

    Raises:
        InputRefused: a rule is unknown or cannot be applied to these sheets; every problem is listed.
        PluginError: a method or tie-breaker fails or returns something unusable; names it.

    """
    case = _Case(
        _Rules.of(rule, extensions, (), tie_order),
        lambda matrix, _: _Over(criteria, matrix.entries),
        empty(),
        (),
        tuple(tie_order),
    )
    return case.placed(given)


def counted_sheets(
    sheets: Iterable[Sheet], rule: RankRule, *, extensions: Extensions, entries: Iterable[str] = ()
) -> tuple[Matrix, Mapping[str, Any]]:
    """Return the sheets that a ranking counts, as its method gets them, and the method's options, checked.

    Raises:
        InputRefused: a rule is unknown; every problem is listed.

    """
    rules = _Rules.of(rule, extensions, (), ())
    return rules.counted(_with_entries(SheetTable.of(sheets).totals, entries)).matrix, rules.options


def _with_entries(totals: Matrix, entries: Iterable[str]) -> Matrix:
    """Return the matrix with entries to list even where nobody was assigned to them."""
    return totals.over({*totals.entries, *entries})


def rank_matrix(given: Matrix, rule: RankRule, *, extensions: Extensions) -> IntArray:
    """Rank entries by their scores alone: neither the tie chain nor a bonus is applied, equal entries share their rank.

    Returns the rank of each entry of the matrix, 0 where it has none; shape (entries,).

    Raises:
        InputRefused: a rule is unknown or cannot be applied to these sheets; every problem is listed.
        PluginError: the method fails or returns something unusable; names it.

    """
    placed = rank_totals(given, replace(rule, ties=(), ranks="competition"), extensions=extensions)
    ranks = np.zeros(len(given.entries), dtype=np.int64)
    kept = np.ones(len(given.entries), dtype=bool)
    if placed.matrix.entries != given.entries:
        names = frozenset(placed.matrix.entries)
        kept = np.array([entry in names for entry in given.entries], dtype=bool)
    ranks[np.flatnonzero(kept)[placed.places]] = placed.ranking.rank.numerators
    return ranks


@dataclass(frozen=True, eq=False)
class Placed:
    """A ranking as columns.

    ``matrix`` has the sheets that counted, ``places`` the entries of it that have a score, in the order of their codes;
    ``base`` and ``score`` are their scores before and after bonus and rounding, ``ranking`` their ranks and their order
    from the best, ``chain`` the tie rules by which it came about.
    """

    given: Matrix
    counted: Counted
    scores: EntryScores
    places: IntArray
    base: ExactColumn
    score: ExactColumn
    bonus: Mapping[str, tuple[Line, ...]]
    chain: tuple[TieLink, ...]
    ranking: Ranking

    @property
    def matrix(self) -> Matrix:
        """Return the sheets that counted."""
        return self.counted.matrix

    @property
    def entries(self) -> list[str]:
        """Return the codes of the entries that have a score."""
        return [self.matrix.entries[place] for place in self.places.tolist()]

    @property
    def order(self) -> IntArray:
        """Return the entries from the best, by their place in ``matrix``."""
        return self.places[self.ranking.order]


def facts_of(entries: Iterable[EntryFacts]) -> dict[str, dict[str, Any]]:
    """Return the facts of entries by code, as ``rank_sheets`` takes them: form answers, and the entry's own fields.

    An answer of the form goes before a field of the same name.
    """
    return {entry.code: {name: getattr(entry, name) for name in _OWN_FACTS} | dict(entry.answers) for entry in entries}


@dataclass(frozen=True)
class _Rules:
    """A rank rule whose names were all found."""

    method: Method
    options: Mapping[str, Any]
    missing: MissingPolicy
    chain: tuple[tuple[str, TieBreaker, str], ...]
    rule: RankRule

    @classmethod
    def of(cls, rule: RankRule, extensions: Extensions, bonuses: Sequence[Bonus], tie_order: Sequence[str]) -> _Rules:
        problems: list[Problem] = []
        method = _noted(problems, lambda: _method(rule.method, extensions))
        options = _noted(problems, lambda: load_options(method, rule.method_options)) if method else None
        missing = _noted(problems, lambda: MissingPolicy.parse(rule.missing))
        chain = [_noted(problems, partial(_tie_breaker, text, extensions)) for text in rule.ties]
        problems.extend(_plain_problems(rule, bonuses, tie_order))
        if method and method.low_is_best and bonuses:
            message = (
                f"with the method '{method.name}' the lowest score is best, so a bonus would harm; drop one of them"
            )
            problems.append(Problem("bonuses", message, "bonus_harms"))
        if method and missing and method.corrects and missing.name == "zero":
            message = (
                f"the method '{method.name}' would take an absent sheet that counts 0 for a harsh juror; let only what "
                "was submitted count, or use another method"
            )
            problems.append(Problem("missing", message, "zero_is_harsh"))
        if problems or method is None or options is None or missing is None:
            raise InputRefused(problems)
        return cls(method, options, missing, tuple(link for link in chain if link), rule)

    def counted(self, given: Matrix) -> Counted:
        return self.missing.apply(given.with_totals(self.rounded(given.column, "sheet")))

    def rounded(self, column: ExactColumn, step: str) -> ExactColumn:
        for rounding in self.rule.rounding:
            if rounding.step == step:
                column = column.rounded(rounding.decimals, rounding.mode)
        return column


def _noted(problems: list[Problem], find: Callable[[], T]) -> T | None:
    """Go on after a refusal, so that a person sees every problem at once."""
    try:
        return find()
    except InputRefused as refused:
        problems.extend(refused.problems)
        return None


def _method(name: str, extensions: Extensions) -> Method:
    try:
        method: Method = extensions("methods", name)
    except NotFound as error:
        raise InputRefused.at("method", str(error), "unknown_method") from error
    return method


def _tie_breaker(text: str, extensions: Extensions) -> tuple[str, TieBreaker, str]:
    """Find the rule of ``name``, ``name:argument``, ``plugin:name`` or ``plugin:name:argument``."""
    head, _, tail = text.rpartition(":")
    misses: list[NotFound] = []
    for name, argument in ((text, ""), (head, tail)) if head else ((text, ""),):
        try:
            found: TieBreaker = extensions("tie_breakers", name)
        except NotFound as error:
            misses.append(error)
            continue
        if found.argument != bool(argument):
            wanted = f"'{name}:ARGUMENT'" if found.argument else f"'{name}' alone"
            raise InputRefused.at("ties", f"write {wanted} in the tie chain, not '{text}'", "tie_argument")
        return text, found, argument
    best = next((miss for miss in misses if "did you mean" in miss.hint), misses[-1])
    raise InputRefused.at("ties", f"there is no tie rule '{text}'; {best.hint}", "unknown_tie_rule")


def _plain_problems(rule: RankRule, bonuses: Sequence[Bonus], tie_order: Sequence[str]) -> Iterator[Problem]:
    for rounding in rule.rounding:
        if rounding.step not in STEPS or rounding.mode not in ROUNDING_MODES or rounding.decimals < 0:
            message = (
                f"{rounding} cannot be applied: steps are {', '.join(STEPS)}, modes are {', '.join(ROUNDING_MODES)}, "
                "and decimals are 0 or more"
            )
            yield Problem("rounding", message, "rounding")
    if rule.ranks not in CONVENTIONS:
        message = f"there are no '{rule.ranks}' ranks; known are {', '.join(CONVENTIONS)}"
        yield Problem("ranks", message, "unknown_convention")
    for bonus in bonuses:
        yield from bonus_problems(bonus)
    for entry in sorted(entry for entry, times in Counter(tie_order).items() if times > 1):
        yield Problem("tie_order", f"the panel decision names '{entry}' more than once", "tie_order")


@dataclass(frozen=True)
class _Case:
    """One ranking on its way: the rules, and what beside the matrix they may look at.

    ``criteria`` gives the sheets that count of some entries by criterion, once a tie rule asks for them.
    """

    rules: _Rules
    criteria: Callable[[Matrix, frozenset[str]], Mapping[str, Matrix]]
    facts: Mapping[str, Mapping[str, Any]]
    bonuses: Sequence[Bonus]
    tie_order: tuple[str, ...]

    def placed(self, given: Matrix) -> Placed:
        rules = self.rules
        counted = rules.counted(given)
        matrix = counted.matrix
        scores = _scores(rules.method, rules.options, matrix)
        places = np.flatnonzero(scores.scored)
        base = scores.score.take(places)
        earned, bonus = self._bonuses(matrix, places, base)
        score = rules.rounded(earned, "entry")
        chain = tuple(self._link(link, matrix, places) for link in rules.chain)
        ranking = rank_columns(score, chain, rules.rule.ranks, low_is_best=rules.method.low_is_best)
        return Placed(given, counted, scores, places, base, score, bonus, chain, ranking)

    def standings(self, placed: Placed) -> Standings:
        rules, scores = self.rules, placed.scores
        columns = _Columns(
            placed, _sheet_counts(placed.given, placed.matrix), _uncounted(placed), self._uncorrected(placed)
        )
        standings = Standings(
            columns.lines(),
            tuple(sorted((*placed.counted.unranked, *_unscored(placed.matrix, scores)), key=lambda line: line.entry)),
            rules.method.name,
            rules.rule.missing,
            (*placed.counted.warnings, *scores.warnings),
            rules.method.low_is_best,
        )
        told = scores.correction
        return replace(standings, jurors=told.jurors, estimates=told.estimates) if told else standings

    def _uncorrected(self, placed: Placed) -> _Raw | None:
        """Take the scores without correction the same way: bonus, rounding, ranks; ties stay."""
        correction = placed.scores.correction
        if correction is None:
            return None
        raw = correction.raw.take(placed.places)
        score = self.rules.rounded(self._bonuses(placed.matrix, placed.places, raw)[0], "entry")
        ranking = rank_columns(score, (), self.rules.rule.ranks)
        return _Raw(score, ranking.rank)

    def _bonuses(
        self, matrix: Matrix, places: IntArray, base: ExactColumn
    ) -> tuple[ExactColumn, dict[str, tuple[Line, ...]]]:
        if not self.bonuses:
            return base, {}
        entries = [matrix.entries[place] for place in places.tolist()]
        figures = zip(entries, base.fractions(), strict=True)
        earned = {entry: bonus_lines(self.bonuses, self.facts.get(entry, empty()), score) for entry, score in figures}
        points = [sum((line.points for line in earned[entry]), Fraction(0)) for entry in entries]
        return base.added(ExactColumn.from_fractions(points)), earned

    def _link(self, link: tuple[str, TieBreaker, str], matrix: Matrix, places: IntArray) -> TieLink:
        name, rule, argument = link

        def figures(tied: IntArray) -> ExactColumn:
            names = frozenset(matrix.entries[place] for place in places[tied].tolist())
            context = TieContext(matrix, self.criteria(matrix, names), self.facts, self.tie_order, names)
            column = call_plugin(rule.name, _TIE_BREAKERS, lambda: rule.key(context, argument))
            return check_column(rule.name, _TIE_BREAKERS, column, len(matrix.entries)).take(places[tied])

        return TieLink(name, figures)


@dataclass(frozen=True, eq=False)
class _Raw:
    """Score and rank of each entry without the correction of the method."""

    score: ExactColumn
    rank: ExactColumn


@dataclass(frozen=True, eq=False)
class _Columns:
    """What the lines of the standings say: the ranking, and beside it what is told by the entries' codes."""

    placed: Placed
    sheets: Mapping[str, int]
    uncounted: Mapping[str, list[str]]
    raw: _Raw | None

    def lines(self) -> tuple[Standing, ...]:
        placed, ranking, entries = self.placed, self.placed.ranking, self.placed.entries
        rank, score, base = ranking.rank.fractions(), placed.score.fractions(), placed.base.fractions()
        link, tied = ranking.settled.link.tolist(), ranking.settled.tied.tolist()
        return tuple(
            Standing(
                rank[place],
                entry := entries[place],
                score[place],
                self.sheets[entry],
                tied[place],
                placed.chain[link[place]].name if link[place] >= 0 else "",
                None if base[place] == score[place] else base[place],
                placed.bonus.get(entry, ()),
                tuple(sorted(self.uncounted.get(entry, ()))),
                *((self.raw.score.fraction(place), self.raw.rank.fraction(place)) if self.raw else ()),
            )
            for place in ranking.order.tolist()
        )


def _uncounted(placed: Placed) -> dict[str, list[str]]:
    """Name the jurors whose submitted sheet did not count, by entry."""
    given, counted = placed.given, placed.matrix
    if placed.scores.counted.all() and given.jurors == counted.jurors:
        return {}
    kept = placed.scores.counted
    pairs = {(counted.entries[e], counted.jurors[j]) for e, j in _pairs(counted.entry[kept], counted.juror[kept])}
    found: dict[str, list[str]] = {}
    for entry, juror in _pairs(given.entry, given.juror):
        if (given.entries[entry], given.jurors[juror]) not in pairs:
            found.setdefault(given.entries[entry], []).append(given.jurors[juror])
    return found


def _pairs(entry: IntArray, juror: IntArray) -> Iterator[tuple[int, int]]:
    return zip(entry.tolist(), juror.tolist(), strict=True)


class _Criteria(Mapping[str, Matrix]):
    """The counted sheets of some entries, one matrix a criterion, built only when a rule asks for one.

    ``zero`` tells that an absent sheet counts 0 in every criterion.
    """

    def __init__(self, sheets: Sequence[Sheet], zero: bool, matrix: Matrix, entries: frozenset[str]) -> None:
        self._absent = Fraction(0) if zero else None
        self._sheets = sheets
        self._matrix = matrix
        self._entries = entries

    @cached_property
    def _own(self) -> list[Sheet]:
        jurors = frozenset(self._matrix.jurors)
        return [sheet for sheet in self._sheets if sheet.entry in self._entries and sheet.juror in jurors]

    @cached_property
    def _names(self) -> tuple[str, ...]:
        return tuple(sorted({name for sheet in self._sheets for name in sheet.points}))

    def __getitem__(self, criterion: str) -> Matrix:
        if criterion not in self._names:
            raise KeyError(criterion)
        rows = ((sheet.entry, sheet.juror, self._points(sheet, criterion)) for sheet in self._own)
        return Matrix.build(rows, entries=self._matrix.entries)

    def _points(self, sheet: Sheet, criterion: str) -> Fraction | None:
        return self._absent if sheet.total is None else sheet.points.get(criterion)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


class _Over(Mapping[str, Matrix]):
    """Matrices by criterion, each over the entries that count; made when a rule asks for one."""

    def __init__(self, criteria: Mapping[str, Matrix], entries: tuple[str, ...]) -> None:
        self._criteria = criteria
        self._entries = entries

    def __getitem__(self, criterion: str) -> Matrix:
        return self._criteria[criterion].over(self._entries)

    def __iter__(self) -> Iterator[str]:
        return iter(self._criteria)

    def __len__(self) -> int:
        return len(self._criteria)


def _scores(method: Method, options: Mapping[str, Any], matrix: Matrix) -> EntryScores:
    """Call a method and refuse an answer that would put figures on the wrong entries."""
    scores = call_plugin(method.name, _METHODS, lambda: method.rank(matrix, options))
    return check_scores(method.name, _METHODS, scores, matrix)


def _unscored(matrix: Matrix, scores: EntryScores) -> list[Unranked]:
    sheets = matrix.sheets
    return [
        Unranked(matrix.entries[place], int(sheets[place]), "the method gives it no score: none of its sheets counts")
        for place in np.flatnonzero(~scores.scored).tolist()
    ]


def _sheet_counts(given: Matrix, counted: Matrix) -> dict[str, int]:
    """Count the submitted sheets of each entry whose jurors count; a zero in place of an absent sheet is none."""
    submitted = dict(zip(given.entries, given.sheets.tolist(), strict=True))
    counts = zip(counted.entries, counted.sheets.tolist(), strict=True)
    return {entry: min(count, submitted[entry]) for entry, count in counts}
