"""Tables of entries, jurors, conflicts and pairs for an assignment without a database; every fault by its cell."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from juri.core.errors import InputRefused
from juri.core.errors import Problem as Fault
from juri.core.matching.problem import MOST_AFFINITY, Entry, Juror, Mix, Pair, Problem
from juri.core.tables.table import refuse_if, show
from juri.webapp.commands.imports import read_rows
from juri.webapp.imports import Columns, Row, problems_in_row, words

if TYPE_CHECKING:
    from juri.core.tables.table import Table

ENTRIES = Columns(("entry",), ("category", "track", "organization", "wanted"), open=True)
JURORS = Columns(
    ("juror",),
    ("min_load", "max_load", "categories", "tracks", "expertise", "organization", "role"),
    open=True,
)
CONFLICTS = Columns(("entry", "juror"), ("reason",))
PAIRS = Columns(("entry", "juror"), ("bridge",))
AFFINITIES = Columns(("entry", "juror", "affinity"))

Value = TypeVar("Value")

_MIX = re.compile(r"(?P<role>.*[^\s:])\s*:\s*(?P<least>\d+)(?:-(?P<most>\d+))?")


@dataclass(frozen=True)
class Files:
    """The files of an assignment; those that are None are left away."""

    entries: Path
    jurors: Path
    conflicts: Path | None = None
    current: Path | None = None
    affinity: Path | None = None


@dataclass(frozen=True)
class Defaults:
    """What holds where a row says nothing: jurors for each entry, and a juror's loads."""

    per_entry: int | None
    min_load: int
    max_load: int | None


def read_problem(
    files: Files, defaults: Defaults, mixes: Iterable[str], scopes: Iterable[str]
) -> tuple[Problem, frozenset[Pair] | None, list[str]]:
    """Read the files: the problem, the pairs there are now (None without a file), and which columns nobody used.

    Raises:
        InputRefused: a cell cannot be understood, or names an entry or a juror that is not in its table.

    """
    if defaults.per_entry is None and "wanted" not in read_rows(files.entries, ENTRIES)[1][0][1]:
        raise InputRefused.at("--per-entry", "say how many jurors each entry gets, or write it in a column 'wanted'")
    entries, unused = _read(
        files.entries, ENTRIES, lambda row: _entry(row, defaults), "entry", lambda entry: entry.code
    )
    jurors, more = _read(files.jurors, JURORS, lambda row: _juror(row, defaults), "juror", lambda juror: juror.code)
    known = {entry.code for entry in entries}, {juror.code for juror in jurors}
    conflicts = _pairs(files.conflicts, CONFLICTS, known)
    graded = _pairs(files.affinity, AFFINITIES, known)
    current = _pairs(files.current, PAIRS, (known[0], None))
    problem = Problem(
        tuple(entries),
        tuple(jurors),
        forbidden={pair: row.get("reason") or "conflict" for pair, row in conflicts},
        mixes=_mixes(mixes),
        scopes=_scopes(scopes),
        affinity={pair: int(row["affinity"]) for pair, row in graded},
    )
    return problem, frozenset(pair for pair, _ in current) if files.current else None, [*unused, *more]


def _read(
    path: Path, columns: Columns, make: Callable[[Row], Value], key: str, code_of: Callable[[Value], str]
) -> tuple[list[Value], list[str]]:
    """Make a value of each row; every fault is told with file, row and column, a code that stands twice too."""
    table, rows = read_rows(path, columns)
    found: dict[str, Value] = {}
    faults: list[Fault] = []
    for number, row in rows:
        try:
            value = make(row)
            if not code_of(value) or code_of(value) in found:
                said = f"'{show(row[key])}' stands twice; give it once" if row[key] else f"name the {key}"
                raise InputRefused.at(key, said)
            found[code_of(value)] = value
        except InputRefused as error:
            faults += _in_file(table, problems_in_row(table, number, error))
    refuse_if(faults)
    known = {*columns.required, *columns.optional}
    unused = [name.strip() for name in table.header if name.strip() and name.strip().lower() not in known]
    return list(found.values()), [f"{table.name}: column '{show(name)}' is not used" for name in unused]


def _in_file(table: Table, faults: Iterable[Fault]) -> list[Fault]:
    return [replace(fault, field=f"{table.name}, {fault.field}") for fault in faults]


def _pairs(path: Path | None, columns: Columns, known: tuple[set[str], set[str] | None]) -> list[tuple[Pair, Row]]:
    """Read a table of pairs; each must name an entry, and where jurors are given a juror, that there is."""
    if path is None:
        return []
    table, rows = read_rows(path, columns)
    faults: list[Fault] = []
    for number, row in rows:
        try:
            _check_pair(row, known)
        except InputRefused as error:
            faults += _in_file(table, problems_in_row(table, number, error))
    refuse_if(faults)
    return [((row["entry"], row["juror"]), row) for _, row in rows]


def _check_pair(row: Row, known: tuple[set[str], set[str] | None]) -> None:
    problems = [
        Fault(name, f"there is no {name} '{show(row[name])}' in its table; correct it, or take the row out", "unknown")
        for name, codes in zip(("entry", "juror"), known, strict=True)
        if codes is not None and row[name] not in codes
    ]
    if "affinity" in row and not (row["affinity"].isdecimal() and int(row["affinity"]) <= MOST_AFFINITY):
        said = f"'{show(row['affinity'])}' is not a grade; write a whole number from 0 to {MOST_AFFINITY}"
        problems.append(Fault("affinity", said, "out_of_range"))
    if problems:
        raise InputRefused(problems)


def _entry(row: Row, defaults: Defaults) -> Entry:
    wanted = _whole(row, "wanted", defaults.per_entry)
    if wanted is None:
        raise InputRefused.at("wanted", "say how many jurors it gets: here, or for all others by --per-entry")
    return Entry(row["entry"], wanted, row.get("category", ""), row.get("track", ""), row.get("organization", ""))


def _juror(row: Row, defaults: Defaults) -> Juror:
    juror = Juror(
        row["juror"],
        _whole(row, "min_load", defaults.min_load) or 0,
        _whole(row, "max_load", defaults.max_load),
        categories=frozenset(words(row.get("categories", ""))),
        tracks=frozenset(words(row.get("tracks", ""))),
        expertise=_expertise(row.get("expertise", "")),
        agency=row.get("organization", ""),
        role=row.get("role", ""),
    )
    if juror.most is not None and juror.least > juror.most:
        raise InputRefused.at("max_load", f"the least load {juror.least} is above the largest, {juror.most}")
    return juror


def _whole(row: Row, name: str, default: int | None) -> int | None:
    text = row.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdecimal():
        raise InputRefused.at(name, f"'{show(text)}' is not a whole number; write one such as 3, or nothing")
    return int(text)


def _expertise(text: str) -> dict[str, int]:
    """Read ``kesehatan: 900; gizi``: a grade from 0 to 1000 for each category, 1000 where none is written."""
    grades: dict[str, int] = {}
    for part in words(text):
        category, colon, grade = part.rpartition(":") if ":" in part else (part, "", "")
        if colon and not (grade.strip().isdecimal() and int(grade) <= MOST_AFFINITY):
            said = f"'{show(part)}' is not a grade; write CATEGORY: 0 to {MOST_AFFINITY}, or the category alone"
            raise InputRefused.at("expertise", said)
        grades[category.strip()] = int(grade) if colon else MOST_AFFINITY
    return grades


def _mixes(texts: Iterable[str]) -> tuple[Mix, ...]:
    """Read ``academic: 1`` (at least one) and ``academic: 1-2`` (one or two)."""
    mixes = []
    for text in texts:
        found = _MIX.fullmatch(text.strip())
        if found is None:
            raise InputRefused.at(
                "--mix", f"'{text}' is not a mix; write ROLE:LEAST or ROLE:LEAST-MOST, as academic:1-2"
            )
        mixes.append(Mix(found["role"], int(found["least"]), int(found["most"]) if found["most"] else None))
    return tuple(mixes)


def _scopes(texts: Iterable[str]) -> Mapping[str, frozenset[str]]:
    """Read ``Kementerian Kesehatan=kesehatan;gizi``: the categories that the jurors of an agency may score."""
    scopes: dict[str, frozenset[str]] = {}
    for text in texts:
        agency, equals, categories = text.partition("=")
        if not equals or not agency.strip() or not words(categories):
            raise InputRefused.at("--scope", f"'{text}' is not a scope; write AGENCY=CATEGORY;CATEGORY")
        scopes[agency.strip()] = frozenset(words(categories))
    return scopes
