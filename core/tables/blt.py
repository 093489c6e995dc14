"""Read a BLT file: the ballots of an election by preferences, as counting programs have exchanged them since 1984.

::

    4 2                 candidates and seats
    -3                  candidate 3 withdrew (may be left out)
    5 1 2=4 0           five ballots: 1 first, then 2 and 4 alike
    1 4 - 1 0           one ballot: 4, a preference that was skipped, then 1; only the order counts
    0                   the end of the ballots
    "Ani"               as many names as candidates
    "Budi"
    "Citra"
    "Dewi"
    "Tahap akhir"       a title (may be left out)

``#`` begins a comment, a ballot may begin with an identifier in brackets ``(17)``. One ballot stands on one line.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from juri.core.ballots.ballots import RankedBallots, Ranking
from juri.core.errors import InputRefused, Problem
from juri.core.scoring.number import read_whole
from juri.core.tables.delimited import decode_text
from juri.core.tables.table import refuse_if, show

_HEADER = re.compile(r"([0-9]{1,6})\s+([0-9]{1,6})")
_COMMENT = re.compile(r"""^((?:[^"#]|"[^"]*")*)#.*$""")
_IDENTIFIER = re.compile(r"\([^)]*\)\s*")
_NAME = re.compile(r'"([^"]*)"')
_SKIPPED = "-"
_BLANK_START = 4_096


def is_blt(data: bytes) -> bool:
    """Tell whether the first line that says anything holds two whole numbers and nothing else."""
    for line in data[:_BLANK_START].decode("latin-1").removeprefix("\u00ef\u00bb\u00bf").splitlines():
        text = _uncommented(line)
        if text:
            return _HEADER.fullmatch(text) is not None
    return False


def read_blt(data: bytes, name: str) -> RankedBallots:
    """Read the ballots.

    Raises:
        InputRefused: the file is no BLT file, or has faults; each is told with its line.

    """
    text, _ = decode_text(data, name)
    lines = [(number, _uncommented(line)) for number, line in enumerate(text.splitlines(), 1)]
    reader = _Reader([(number, line) for number, line in lines if line])
    return reader.read()


def _uncommented(line: str) -> str:
    return _COMMENT.sub(r"\1", line).strip() if "#" in line else line.strip()


@dataclass
class _Reader:
    """Reads a file from the top: header, withdrawn candidates, ballots, names. ``problems`` grows on the way."""

    lines: Sequence[tuple[int, str]]
    problems: list[Problem] = field(default_factory=list)
    candidates: int = 0

    def read(self) -> RankedBallots:
        at, header = self.lines[0]
        found = _HEADER.fullmatch(header)
        if not found:
            message = f"'{show(header)}' is not the number of candidates and the number of seats, such as '5 3'"
            raise InputRefused.at(f"line {at}", message, "blt_header")
        self.candidates, seats = int(found[1]), int(found[2])
        end = next((place for place, (_, line) in enumerate(self.lines) if line == "0"), None)
        if end is None:
            message = "no line with a single 0 ends the ballots; write one before the names"
            raise InputRefused.at(f"line {self.lines[-1][0]}", message, "blt_end")
        gone = next((place for place in range(1, end) if not self.lines[place][1].startswith("-")), end)
        withdrawn = self._withdrawn(self.lines[1:gone])
        rankings = self._ballots(self.lines[gone:end])
        names, title = self._names(self.lines[end + 1 :], self.lines[end][0])
        if not 1 <= seats <= self.candidates:
            message = f"{seats} seats do not fit {self.candidates} candidates"
            self._fault(at, message, "blt_seats")
        refuse_if(sorted(self.problems, key=lambda problem: int(problem.field.split()[1])))
        return replace(RankedBallots.fold(names, rankings), withdrawn=withdrawn, seats=seats, title=title)

    def _fault(self, line: int, message: str, code: str) -> None:
        self.problems.append(Problem(f"line {line}", message, code))

    def _withdrawn(self, lines: Sequence[tuple[int, str]]) -> frozenset[int]:
        found = set()
        for number, line in lines:
            for token in line.split():
                place = self._candidate(number, token.removeprefix("-")) if token.startswith("-") else None
                if place is None and not token.startswith("-"):
                    self._fault(number, f"'{show(token)}' should be a withdrawn candidate, such as -3", "blt_withdrawn")
                elif place is not None:
                    found.add(place)
        return frozenset(found)

    def _candidate(self, line: int, token: str) -> int | None:
        """Return the place of a candidate that is named by its number."""
        number = read_whole(token)
        if number is not None and 1 <= number <= self.candidates:
            return number - 1
        self._fault(line, f"'{show(token)}' is not a candidate's number (1 to {self.candidates})", "blt_candidate")
        return None

    def _ballots(self, lines: Sequence[tuple[int, str]]) -> list[tuple[Ranking, int]]:
        """Read each different line once, however many ballots look like it."""
        equal = Counter(line for _, line in lines)
        first = {line: number for number, line in reversed(lines)}
        found = []
        for line, times in equal.items():
            ranking, count = self._ballot(first[line], line)
            found.append((ranking, count * times))
        return found

    def _ballot(self, number: int, line: str) -> tuple[Ranking, int]:
        tokens = _IDENTIFIER.sub("", line, count=1).split() if line.startswith("(") else line.split()
        weight, *marks = tokens or [""]
        count = read_whole(weight)
        if not (count and marks and marks[-1] == "0"):
            message = f"'{show(line)}' is no ballot: write how many there are, the preferences, and a 0 at the end"
            self._fault(number, message, "blt_ballot")
            return (), 0
        groups = [mark.split("=") for mark in marks[:-1] if mark != _SKIPPED]
        ranking = [[self._candidate(number, token) for token in group] for group in groups]
        named = [place for group in ranking for place in group if place is not None]
        for place in sorted(each for each, times in Counter(named).items() if times > 1):
            self._fault(number, f"the ballot names candidate {place + 1} more than once; keep one", "blt_twice")
        return tuple(tuple(sorted(place for place in group if place is not None)) for group in ranking), count

    def _names(self, lines: Sequence[tuple[int, str]], end: int) -> tuple[list[str], str]:
        names: list[tuple[int, str]] = []
        for number, line in lines:
            if _NAME.sub("", line).strip():
                self._fault(number, f"'{show(line)}' should be a name in double quotes", "blt_name")
            names += [(number, found.strip()) for found in _NAME.findall(line)]
        last = names[-1][0] if names else end
        if not self.candidates <= len(names) <= self.candidates + 1:
            message = f"there are {len(names)} names for {self.candidates} candidates and a title"
            self._fault(last, message, "blt_names")
        first: dict[str, int] = {}
        for number, text in names[: self.candidates]:
            if not text:
                self._fault(number, "a candidate has no name; write one", "blt_name")
            elif first.setdefault(text, number) != number:
                self._fault(
                    number, f"'{show(text)}' is the name of line {first[text]}, too; set them apart", "blt_name"
                )
        title = names[self.candidates][1] if len(names) > self.candidates else ""
        return [text for _, text in names[: self.candidates]], title
