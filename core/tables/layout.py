"""Recognise how a table of scores is laid out, from the words of its header.

Three forms are known. *Long* has one score a row (``entry, juror, criterion, score``, or without the criterion where
the score is the sheet's total), *wide* one sheet a row (``entry, juror, <criterion>...``), *matrix* one entry a row
(``entry, <juror>...``, each cell a sheet's total).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from juri.core.errors import InputRefused, Problem
from juri.core.tables.table import Table, refuse_if, show

LONG, WIDE, MATRIX = "long", "wide", "matrix"

HEADER_WORDS: Mapping[str, frozenset[str]] = {
    "entry": frozenset({"entry", "entri", "inovasi", "innovation", "peserta", "participant", "proposal"}),
    "juror": frozenset({"juror", "juri", "judge", "penilai", "assessor", "reviewer", "rater"}),
    "criterion": frozenset({"criterion", "kriteria", "aspek", "aspect", "indikator", "indicator"}),
    "score": frozenset({"score", "skor", "nilai", "poin", "points", "rating"}),
}
"""The words that a header is recognised by, in small letters; capitals and spaces around them are of no account."""

KNOWN_HEADERS = frozenset().union(*HEADER_WORDS.values())

SUMMARIES = frozenset(
    {
        *("total", "jumlah", "sum", "rata-rata", "rata rata", "rerata", "average", "mean", "median"),
        *("nilai akhir", "skor akhir", "total score", "rank", "ranking", "peringkat", "juara"),
        *("no", "no.", "nomor", "number", "keterangan", "catatan", "note", "notes", "comment"),
    }
)
"""Columns that stand beside scores in a spreadsheet and are none; taken for a juror they would change the result."""


@dataclass(frozen=True)
class Layout:
    """Which column is what. ``values`` are the criteria of a wide form or the jurors of a matrix.

    ``totals`` tells that each score is a whole sheet's; ``unused`` are the columns of a long form that say nothing.
    """

    form: str
    entry: int
    juror: int | None = None
    criterion: int | None = None
    score: int | None = None
    values: tuple[int, ...] = ()
    group: int | None = None
    unused: tuple[int, ...] = ()

    @property
    def totals(self) -> bool:
        """Tell whether a score is the total of a sheet."""
        return self.form == MATRIX or (self.form == LONG and self.criterion is None)


def recognise_layout(table: Table, group_by: str | None = None, criteria: Iterable[str] = ()) -> Layout:
    """Tell which form a table has.

    Args:
        table: the table.
        group_by: the header of the column that sets entries apart (track, category); it is nothing else then.
        criteria: what a rubric asks; such a header is a criterion even where it looks like a sum or a score.

    Raises:
        InputRefused: no form fits, or more than one; says which header to write.

    """
    group = _find_group(table, group_by)
    asked = frozenset(map(str.casefold, criteria))
    columns = [column for column, text in enumerate(table.header) if text and column != group]
    roles = _find_roles(table, columns, asked)
    roles = _guess_entry(roles, columns)
    layout = _lay_out(
        _entry_of(table, roles), roles, [column for column in columns if column not in roles.values()], group
    )
    _check_layout(table, layout, asked)
    return layout


def _find_group(table: Table, group_by: str | None) -> int | None:
    if group_by is None:
        return None
    headers = [text.casefold() for text in table.header]
    wanted = group_by.strip().casefold()
    if wanted in headers and wanted:
        return headers.index(wanted)
    near = get_close_matches(wanted, headers, 1)
    hint = f"did you mean '{show(near[0])}'?" if near else f"the table has {_listed(table.header)}"
    raise InputRefused.at("--group-by", f"there is no column '{show(group_by)}'; {hint}", "unknown_column")


def _listed(texts: Iterable[str]) -> str:
    return ", ".join(f"'{show(text)}'" for text in texts if text)


def _find_roles(table: Table, columns: list[int], asked: frozenset[str]) -> dict[str, int]:
    """Map each role to its column; a word that the rubric asks as a criterion has no other role."""
    roles: dict[str, int] = {}
    problems = []
    for role, words in HEADER_WORDS.items():
        found = [column for column in columns if table.header[column].casefold() in words - asked]
        if len(found) > 1:
            both = _listed(table.header[column] for column in found)
            message = f"{both} could each be the {role}; rename all but one, or name one by --group-by"
            problems.append(Problem(table.place(table.header_row, found[1]), message, "ambiguous_header"))
        elif found:
            roles[role] = found[0]
    refuse_if(problems)
    return roles


def _guess_entry(roles: dict[str, int], columns: list[int]) -> dict[str, int]:
    """Take the one column beside juror and score for the entry, whatever it is called (``judge, wine, score``)."""
    others = [column for column in columns if column not in roles.values()]
    if "entry" not in roles and {"juror", "score"} <= roles.keys() and len(others) == 1:
        return {**roles, "entry": others[0]}
    return roles


def _entry_of(table: Table, roles: dict[str, int]) -> int:
    if "entry" not in roles:
        message = (
            f"no column is headed 'entry' (or 'inovasi', 'peserta'); the headers are {_listed(table.header)}. "
            "Known forms are: entry,juror,criterion,score - entry,juror,<criterion>... - entry,<juror>..."
        )
        raise InputRefused.at(f"row {table.header_row}", message, "unknown_form")
    return roles["entry"]


def _lay_out(entry: int, roles: dict[str, int], others: list[int], group: int | None) -> Layout:
    juror, criterion, score = (roles.get(role) for role in ("juror", "criterion", "score"))
    if juror is None and criterion is None and score is None:
        return Layout(MATRIX, entry, values=tuple(others), group=group)
    if juror is not None and score is not None and (criterion is not None or not others):
        return Layout(LONG, entry, juror, criterion, score, group=group, unused=tuple(others))
    if criterion is None and juror is not None:
        values = sorted([*others, *([] if score is None else [score])])
        return Layout(WIDE, entry, juror, values=tuple(values), group=group)
    return Layout(LONG, entry, juror, criterion, score, group=group)


def _check_layout(table: Table, layout: Layout, asked: frozenset[str]) -> None:
    missing = {"juror": layout.juror, "score": layout.score} if layout.form == LONG else {}
    problems = [
        Problem(f"row {table.header_row}", f"the table has no {role} column; name it '{role}'", "no_column")
        for role, column in missing.items()
        if column is None
    ]
    if layout.form != LONG and not layout.values:
        what = "criterion" if layout.form == WIDE else "juror"
        problems.append(
            Problem(f"row {table.header_row}", f"the {layout.form} form needs a column for each {what}", "no_column")
        )
    for column in layout.values:
        header = table.header[column].casefold()
        if header in SUMMARIES and header not in asked:
            message = (
                f"'{show(table.header[column])}' would be read as a {'criterion' if layout.form == WIDE else 'juror'}"
            )
            problems.append(
                Problem(table.place(table.header_row, column), f"{message}; remove or rename it", "summary_column")
            )
    refuse_if(problems)
