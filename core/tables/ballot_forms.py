"""Read ballots from a table: rankings, grades or comparisons, one ballot a row or one mark a row.

Which form a table has follows from the words of its header and from what the method takes. Every fault is told with
its cell; nothing is guessed about an order of grades that are words.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from juri.core.ballots.ballots import Ballots, GradedBallots, Pairs, RankedBallots, Ranking
from juri.core.errors import InputRefused, Problem
from juri.core.scoring.number import read_number, read_whole
from juri.core.tables.layout import SUMMARIES
from juri.core.tables.marks import Faults
from juri.core.tables.table import Table, name_column, refuse_if, show

BALLOT_WORDS: Mapping[str, frozenset[str]] = {
    "voter": frozenset({"voter", "pemilih", "ballot", "juror", "juri", "judge", "penilai"}),
    "candidate": frozenset({"candidate", "kandidat", "calon", "entry", "entri", "inovasi", "peserta"}),
    "rank": frozenset({"rank", "peringkat", "preference", "pilihan"}),
    "grade": frozenset({"grade", "predikat"}),
    "ranking": frozenset({"ranking", "urutan"}),
    "count": frozenset({"count", "ballots", "votes", "percent", "jumlah", "suara", "persen"}),
    "winner": frozenset({"winner", "pemenang", "better"}),
    "loser": frozenset({"loser", "kalah", "worse"}),
    "first": frozenset({"first", "left", "home", "home.team", "pertama"}),
    "second": frozenset({"second", "right", "away", "away.team", "kedua"}),
    "wins": frozenset({"wins", "home.wins", "menang"}),
    "losses": frozenset({"losses", "away.wins", "kekalahan"}),
}
"""The words that a header is recognised by, in small letters."""

KNOWN_BALLOT_HEADERS = frozenset().union(*BALLOT_WORDS.values())

_ROLES: Mapping[type, tuple[str, ...]] = {
    RankedBallots: ("voter", "candidate", "rank", "ranking", "count"),
    GradedBallots: ("voter", "candidate", "grade", "count"),
    Pairs: ("voter", "winner", "loser", "first", "second", "wins", "losses", "count"),
}
_FORMS: Mapping[type, str] = {
    RankedBallots: "ranking (A>B=C) - 1,2,3 with names in the cells - <candidate>... with ranks - voter,candidate,rank",
    GradedBallots: "voter,candidate,grade - <candidate>... with grades in the cells - candidate,<grade>... (numbers)",
    Pairs: "winner,loser - first,second,wins,losses",
}


_TELLING: Mapping[type, tuple[str, ...]] = {
    RankedBallots: ("rank", "ranking"),
    GradedBallots: ("grade",),
    Pairs: ("winner", "loser"),
}
"""The roles that tell which ballots a table holds."""

_NO_COUNT = "each row is a mark of one voter, so it cannot stand for several ballots; remove this column"
_SKIPS = "ballots that skip a rank: {}; only the order of their ranks counts"
_SHOWN = 8
_PLACE = re.compile(r"(?:(?:rank|choice|preference|place|pilihan|peringkat)[ _.-]?)?([1-9][0-9]?)(?:st|nd|rd|th|[.])?")
"""A header that numbers a place of the ballot."""


@dataclass(frozen=True)
class ReadBallots:
    """Ballots with the form they were read from, and what a person should know."""

    ballots: Ballots
    form: str
    warnings: tuple[str, ...] = ()


def read_ballots(table: Table, takes: type[Ballots], grades: Sequence[str] = ()) -> ReadBallots:
    """Read the ballots that a method takes.

    Args:
        table: the table.
        takes: ``RankedBallots``, ``GradedBallots`` or ``Pairs``.
        grades: the grades from the worst to the best; may be left out where all are numbers.

    Raises:
        InputRefused: the table has no form of such ballots, or faults; each is told with row and column.

    """
    _refuse_foreign(table, takes)
    reader = _Reader(table, takes, _find_roles(table, _ROLES[takes]))
    readers: Mapping[type, Callable[[], ReadBallots]] = {
        RankedBallots: reader.rankings,
        GradedBallots: lambda: reader.grades(grades),
        Pairs: reader.pairs,
    }
    return readers[takes]()


def _refuse_foreign(table: Table, takes: type[Ballots]) -> None:
    """Refuse a table that says by a header that it holds ballots of another class."""
    foreign = [role for kind, roles in _TELLING.items() if kind is not takes for role in roles]
    for column, text in enumerate(table.header):
        role = next((role for role in foreign if text.casefold() in BALLOT_WORDS[role]), None)
        if role:
            message = f"this column holds a {role}, but the method needs another form: {_FORMS[takes]}"
            raise InputRefused.at(table.place(table.header_row, column), message, "unknown_form")


def _find_roles(table: Table, wanted: Iterable[str]) -> dict[str, int]:
    roles: dict[str, int] = {}
    problems = []
    for role in wanted:
        found = [column for column, text in enumerate(table.header) if text.casefold() in BALLOT_WORDS[role]]
        if len(found) > 1:
            both = ", ".join(f"'{show(table.header[column])}'" for column in found)
            message = f"{both} could each be the {role}; rename all but one"
            problems.append(Problem(table.place(table.header_row, found[1]), message, "ambiguous_header"))
        elif found:
            roles[role] = found[0]
    refuse_if(problems)
    return roles


@dataclass(frozen=True)
class _Mark:
    """What a ballot says of one candidate, and the cell where it does."""

    candidate: int
    text: str
    row: int
    column: int


@dataclass(frozen=True)
class _Marked:
    """Candidates by name, and ballots as marks, each with how many ballots look like it."""

    names: Sequence[str]
    ballots: Sequence[tuple[Sequence[_Mark], int]]
    form: str


class _Reader:
    """Reads one table; faults are gathered and told at the end."""

    def __init__(self, table: Table, takes: type[Ballots], roles: Mapping[str, int]) -> None:
        self.table = table
        self.takes = takes
        self.roles = roles
        self.faults = Faults(table)
        self.warnings: list[str] = []

    def rankings(self) -> ReadBallots:
        """Read rankings."""
        if "ranking" in self.roles:
            return self._done(self._written_rankings(), "ranking (A>B=C)")
        places = self._places()
        if places:
            return self._done(self._named_by_place(places), f"one ballot a row (names in {len(places)} places)")
        marked = self._marked("rank")
        rankings = [(self._ranking(marks), count) for marks, count in marked.ballots]
        gaps = sum(count for (_, skips), count in rankings if skips)
        if gaps:
            self.warnings.append(_SKIPS.format(gaps))
        ballots = RankedBallots.fold(marked.names, ((ranking, count) for (ranking, _), count in rankings))
        return self._done(ballots, marked.form)

    def grades(self, grades: Sequence[str]) -> ReadBallots:
        """Read grades."""
        if "candidate" in self.roles and not {"voter", "grade"} & self.roles.keys():
            return self._done(self._tallies(grades), "tallies (candidate, a number for each grade)")
        marked = self._marked("grade")
        given = [mark for marks, _ in marked.ballots for mark in marks]
        levels = grades or self._numbers_in_order(given)
        place = {_grade(level): index for index, level in enumerate(levels)}
        tallies = [[0] * len(levels) for _ in marked.names]
        for marks, count in marked.ballots:
            for mark in marks:
                found = place.get(_grade(mark.text))
                if found is not None:
                    tallies[mark.candidate][found] += count
                elif levels:
                    message = f"'{show(mark.text)}' is not a grade; the grades are {', '.join(levels)}"
                    self.faults.add(mark.row, mark.column, message, "unknown_grade")
        voters = sum(count for _, count in marked.ballots)
        ballots = GradedBallots(tuple(marked.names), tuple(levels), tuple(map(tuple, tallies)), voters)
        return self._done(ballots, marked.form)

    def pairs(self) -> ReadBallots:
        """Read comparisons of two."""
        decided = {"winner", "loser"} <= self.roles.keys()
        ends = ("winner", "loser") if decided else ("first", "second")
        if not decided:
            self._require("first", "second", "wins", "losses")
        found: dict[tuple[str, str], tuple[Fraction, Fraction]] = {}
        for row, cells in self.table:
            one, other = (cells[self.roles[end]] for end in ends)
            if self._named(row, cells, ends) and one == other:
                self.faults.add(row, self.roles[ends[1]], f"'{show(one)}' is compared with itself", "same_twice")
            won = self._amount(row, cells, "count" if decided else "wins")
            lost = Fraction(0) if decided else self._amount(row, cells, "losses")
            key, gain = ((one, other), (won, lost)) if one < other or not decided else ((other, one), (lost, won))
            before = found.get(key, (Fraction(0), Fraction(0)))
            found[key] = (before[0] + gain[0], before[1] + gain[1])
        names = tuple(sorted({name for pair in found for name in pair}))
        index = {name: place for place, name in enumerate(names)}
        wins = {(index[one], index[other]): both for (one, other), both in sorted(found.items())}
        self._note_alike(names)
        return self._done(
            Pairs(names, wins, ordered=not decided), ", ".join(ends if decided else (*ends, "wins", "losses"))
        )

    def _done(self, ballots: Ballots, form: str) -> ReadBallots:
        refuse_if(self.faults.problems())
        return ReadBallots(ballots, form, tuple(self.warnings))

    def _require(self, *roles: str) -> None:
        if not set(roles) <= self.roles.keys():
            headers = ", ".join(f"'{show(text)}'" for text in self.table.header if text)
            message = f"the method needs another form: {_FORMS[self.takes]}; the headers are {headers}"
            raise InputRefused.at(f"row {self.table.header_row}", message, "unknown_form")

    def _named(self, row: int, cells: Sequence[str], roles: Iterable[str]) -> bool:
        """Tell whether the cells that name somebody do; an empty one is a fault."""
        empty = [role for role in roles if role in self.roles and not cells[self.roles[role]]]
        for role in empty:
            self.faults.add(row, self.roles[role], "the cell is empty, but the row has text; name it", "no_name")
        return not empty

    def _amount(self, row: int, cells: Sequence[str], role: str) -> Fraction:
        """Return how often a comparison ended so: 1 where no column says it, decimals for draws."""
        if role not in self.roles:
            return Fraction(1)
        column = self.roles[role]
        try:
            value = read_number(cells[column])
        except ValueError as error:
            self.faults.add(row, column, str(error), "not_a_number")
            return Fraction(0)
        if value < 0:
            self.faults.add(row, column, f"{value} is less than 0; count how often it happened", "negative")
        return Fraction(value)

    def _ballots(self, row: int, cells: Sequence[str]) -> int:
        """Return how many ballots a row stands for."""
        if "count" not in self.roles:
            return 1
        text = cells[self.roles["count"]]
        count = read_whole(text)
        if count:
            return count
        message = f"'{show(text)}' is not a number of ballots; write a whole number from 1 on"
        self.faults.add(row, self.roles["count"], message, "not_a_count")
        return 0

    def _marked(self, what: str) -> _Marked:
        """Read marks: one a row, or one ballot a row with a column for each candidate."""
        if {"candidate", what} & self.roles.keys():
            self._require("voter", "candidate", what)
            return self._one_mark_a_row(what)
        return self._one_ballot_a_row(what)

    def _one_mark_a_row(self, what: str) -> _Marked:
        ballots: dict[str, dict[str, _Mark]] = {}
        voter_at, candidate_at, mark_at = (self.roles[role] for role in ("voter", "candidate", what))
        named = [(row, cells) for row, cells in self.table if self._named(row, cells, ("voter", "candidate"))]
        names = sorted({cells[candidate_at] for _, cells in named})
        index = {name: place for place, name in enumerate(names)}
        for row, cells in named:
            own = ballots.setdefault(cells[voter_at], {})
            mark = _Mark(index[cells[candidate_at]], cells[mark_at], row, mark_at)
            first = own.setdefault(cells[candidate_at], mark)
            if first is not mark:
                said = f"'{show(cells[voter_at])}', '{show(cells[candidate_at])}' is in row {first.row} already"
                self.faults.add(row, candidate_at, f"{said}; remove one of the two", "duplicate")
        if "count" in self.roles:
            self.faults.add(self.table.header_row, self.roles["count"], _NO_COUNT, "count_of_marks")
        self._note_alike(names)
        self._note_unused(voter_at, candidate_at, mark_at)
        filled = [([mark for mark in own.values() if mark.text], 1) for own in ballots.values()]
        return _Marked(names, filled, f"one mark a row (voter, candidate, {what})")

    def _one_ballot_a_row(self, what: str) -> _Marked:
        beside = {self.roles[role] for role in ("voter", "count") if role in self.roles}
        columns = [column for column, text in enumerate(self.table.header) if text and column not in beside]
        for column in columns:
            if self.table.header[column].casefold() in SUMMARIES:
                message = f"'{show(self.table.header[column])}' would be read as a candidate; remove or rename it"
                self.faults.add(self.table.header_row, column, message, "summary_column")
        if not columns:
            self._require("candidate")
        self._check_voters()
        first: dict[tuple[str, ...], int] = {}
        counts: Counter[tuple[str, ...]] = Counter()
        for row, cells in self.table:
            key = tuple(cells[column] for column in columns)
            first.setdefault(key, row)
            counts[key] += self._ballots(row, cells)
        ballots = [
            ([_Mark(place, text, first[key], columns[place]) for place, text in enumerate(key) if text], count)
            for key, count in counts.items()
        ]
        names = [self.table.header[column] for column in columns]
        return _Marked(names, ballots, f"one ballot a row ({len(names)} candidates, {what}s in the cells)")

    def _check_voters(self) -> None:
        if "voter" not in self.roles:
            return
        first: dict[str, int] = {}
        for row, cells in self.table:
            if self._named(row, cells, ("voter",)):
                voter = cells[self.roles["voter"]]
                if first.setdefault(voter, row) != row:
                    message = f"'{show(voter)}' has a ballot in row {first[voter]} already; remove one of the two"
                    self.faults.add(row, self.roles["voter"], message, "duplicate")

    def _ranking(self, marks: Sequence[_Mark]) -> tuple[Ranking, bool]:
        """Return the ranking of a ballot, and whether its ranks leave a number out."""
        groups: dict[int, list[int]] = {}
        for mark in marks:
            rank = read_whole(mark.text)
            if rank:
                groups.setdefault(rank, []).append(mark.candidate)
            else:
                message = f"'{show(mark.text)}' is not a rank; write 1 for the first, and leave the cell empty for none"
                self.faults.add(mark.row, mark.column, message, "not_a_rank")
        numbers = sorted(groups)
        places = [1 + sum(len(groups[lower]) for lower in numbers[:index]) for index in range(len(numbers))]
        skips = numbers not in (places, list(range(1, len(numbers) + 1)))
        return tuple(tuple(sorted(groups[number])) for number in numbers), skips

    def _places(self) -> list[int]:
        """Return the columns that are headed 1, 2, 3 (or choice 1, 2nd, ...), in this order; none where others are."""
        beside = {self.roles[role] for role in ("voter", "count") if role in self.roles}
        found = {
            column: _PLACE.fullmatch(text.casefold())
            for column, text in enumerate(self.table.header)
            if text and column not in beside
        }
        numbers = {int(match[1]): column for column, match in found.items() if match}
        columns = [numbers[number] for number in sorted(numbers)]
        if len(columns) < len(found) or not columns:
            return []
        if all(not cells[column] or cells[column].isdigit() for _, cells in self.table for column in columns):
            message = "are the headers places or candidates? Write 'choice 1' for a place, or a candidate's name"
            raise InputRefused.at(f"row {self.table.header_row}", message, "ambiguous_header")
        return columns

    def _named_by_place(self, columns: Sequence[int]) -> RankedBallots:
        """Read ballots that name a candidate for the first place, one for the second, and so on."""
        self._check_voters()
        written: list[tuple[list[str], int]] = []
        skips = 0
        for row, cells in self.table:
            texts = [cells[column] for column in columns]
            named = [text for text in texts if text]
            for place, text in enumerate(texts):
                if text and text in texts[:place]:
                    message = f"the ballot names '{show(text)}' more than once; keep one"
                    self.faults.add(row, columns[place], message, "duplicate")
            count = self._ballots(row, cells)
            skips += count if texts[: len(named)] != named else 0
            written.append((named, count))
        if skips:
            self.warnings.append(_SKIPS.format(skips))
        names = sorted({name for named, _ in written for name in named})
        index = {name: place for place, name in enumerate(names)}
        self._note_alike(names)
        return RankedBallots.fold(names, ((tuple((index[name],) for name in named), count) for named, count in written))

    def _written_rankings(self) -> RankedBallots:
        """Read rankings that are written out, best first: A>B=C."""
        column = self.roles["ranking"]
        self._check_voters()
        written: list[tuple[list[list[str]], int]] = []
        for row, cells in self.table:
            groups = [[name.strip() for name in part.split("=")] for part in cells[column].split(">") if cells[column]]
            named = [name for group in groups for name in group]
            if "" in named:
                self.faults.add(row, column, "a name is missing; write names as A>B=C, best first", "no_name")
            for name in sorted(each for each, times in Counter(named).items() if times > 1):
                self.faults.add(row, column, f"the ballot names '{show(name)}' more than once; keep one", "duplicate")
            written.append((groups, self._ballots(row, cells)))
        names = sorted({name for groups, _ in written for group in groups for name in group})
        index = {name: place for place, name in enumerate(names)}
        self._note_alike(names)
        self._note_unused(column, *(self.roles[role] for role in ("voter", "count") if role in self.roles))
        rankings = ((tuple(tuple(sorted(index[name] for name in g)) for g in groups), n) for groups, n in written)
        return RankedBallots.fold(names, rankings)

    def _tallies(self, grades: Sequence[str]) -> GradedBallots:
        """Read numbers of grades: a row a candidate, a column a grade; from the worst, unless ``grades`` says how."""
        at = self.roles["candidate"]
        columns = [column for column, text in enumerate(self.table.header) if text and column != at]
        names = {_grade(self.table.header[column]): column for column in columns}
        if grades and {_grade(each) for each in grades} != names.keys():
            told = ", ".join(f"'{show(self.table.header[column])}'" for column in columns)
            raise InputRefused.at("--grades", f"the table has the grades {told}; name these, worst first", "grades")
        columns = [names[_grade(each)] for each in grades] or columns
        first: dict[str, int] = {}
        tallies = []
        for row, cells in self.table:
            self._named(row, cells, ("candidate",))
            if first.setdefault(cells[at], row) != row:
                self.faults.add(row, at, f"'{show(cells[at])}' is in row {first[cells[at]]} already", "duplicate")
            tallies.append(tuple(self._number(row, column, cells[column]) for column in columns))
        voters = max(map(sum, tallies))
        levels = tuple(self.table.header[column] for column in columns)
        if not grades:
            self.warnings.append(f"grades from the worst to the best, as the columns stand: {', '.join(levels)}")
        return GradedBallots(tuple(first), levels, tuple(tallies), voters)

    def _number(self, row: int, column: int, text: str) -> int:
        number = read_whole(text) if text else 0
        if number is None:
            self.faults.add(row, column, f"'{show(text)}' is not a whole number of voters", "not_a_count")
        return number or 0

    def _numbers_in_order(self, marks: Iterable[_Mark]) -> list[str]:
        """Return the grades of ballots that say them as numbers, from the lowest."""
        numbers: dict[str, Decimal] = {}
        for text in sorted({mark.text for mark in marks}):
            try:
                numbers.setdefault(_grade(text), read_number(text))
            except ValueError:
                words = ", ".join(sorted({show(mark.text) for mark in marks})[:_SHOWN])
                message = f"the grades are words ({words}); say their order, worst first: --grades poor,fair,good"
                raise InputRefused.at("--grades", message, "grades_needed") from None
        return sorted(numbers, key=lambda text: numbers[text])

    def _note_alike(self, names: Iterable[str]) -> None:
        """Tell names that differ only in capitals or spaces: they were read as two."""
        alike: dict[str, list[str]] = {}
        for name in names:
            alike.setdefault(" ".join(name.casefold().split()), []).append(name)
        for same in alike.values():
            if len(same) > 1:
                told = " and ".join(f"'{show(name)}'" for name in same)
                self.warnings.append(f"{told} were read as {len(same)} different names")

    def _note_unused(self, *used: int) -> None:
        unused = [column for column, text in enumerate(self.table.header) if text and column not in used]
        if unused:
            told = ", ".join(f"'{show(self.table.header[column])}' ({name_column(column)})" for column in unused)
            self.warnings.append(f"columns that were not used: {told}")


def _grade(text: str) -> str:
    """Return one text for all ways to write a grade: capitals are of no account, 4,0 is 4."""
    try:
        return format(read_number(text).normalize(), "f")
    except ValueError:
        return text.casefold()
