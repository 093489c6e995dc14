"""Rank the sheets of a table, group by group, by the same pure path that a sealed result takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from juri.core.errors import InputRefused, Problem
from juri.core.judging.table_sheets import TableSheets
from juri.core.ranking import RankRule, rank_sheets
from juri.core.scoring.standings import Standings
from juri.core.scoring.ties import PANEL
from juri.core.tables.table import clean, show
from juri.core.view import Sheet

BLOCK = "block"
LOOKS_AT_ABSENCE = frozenset({"zero", "drop_juror", BLOCK})
"""Policies that ask who should have scored what; a table has no list of assignments."""

DESIGN = (
    "a table lists no assignments: every juror of the table (of the group) counts as assigned to every entry of it; "
    "write '-' where a juror was not to score an entry"
)


@dataclass(frozen=True)
class RankedTable:
    """The standings of each group (the empty text where there are none), and what a person should know.

    ``sheets`` are those that were ranked, absent ones included where the policy looks at them.
    """

    groups: Mapping[str, Standings]
    warnings: tuple[str, ...]
    sheets: Mapping[str, tuple[Sheet, ...]]


def rank_table(sheets: TableSheets, rule: RankRule, extensions: Callable[[str, str], Any]) -> RankedTable:
    """Rank the sheets of a table.

    Raises:
        InputRefused: the policy ``block`` and an absent sheet, each with its place; or an option of the rule.
        NotFound: the rule names a method or tie-breaker that no plugin offers.

    """
    complete, warnings = complete_sheets(sheets, rule)
    ranked = {
        group: rank_sheets(own, rule, extensions=extensions, facts={}, entries=sheets.entries[group])
        for group, own in complete.groups.items()
    }
    return RankedTable(ranked, (*warnings, *_warnings_of(ranked, rule)), complete.groups)


def complete_sheets(sheets: TableSheets, rule: RankRule) -> tuple[TableSheets, tuple[str, ...]]:
    """Add the absent sheets that a policy asks about; return with them what a person should know of the table.

    Raises:
        InputRefused: the policy ``block`` and an absent sheet, each with its place.

    """
    if rule.missing not in LOOKS_AT_ABSENCE:
        return sheets, sheets.warnings
    complete = replace(sheets, groups={group: _assign_all(sheets, group) for group in sheets.groups})
    _refuse_blocked(complete, rule)
    return complete, (*sheets.warnings, DESIGN)


def _assign_all(sheets: TableSheets, group: str) -> tuple[Sheet, ...]:
    """Add a sheet without a total for each entry and juror of a group that the table does not set apart."""
    own = {(sheet.entry, sheet.juror): sheet for sheet in sheets.groups[group]}
    jurors = sorted({juror for _, juror in own})
    for entry in sheets.entries[group]:
        for juror in jurors:
            if (entry, juror) not in sheets.not_assigned:
                own.setdefault((entry, juror), Sheet(entry, juror, None))
    return tuple(own[pair] for pair in sorted(own))


def _refuse_blocked(sheets: TableSheets, rule: RankRule) -> None:
    absent = [sheet for own in sheets.groups.values() for sheet in own if sheet.total is None]
    if rule.missing == BLOCK and absent:
        raise InputRefused(
            Problem(
                sheets.places.get((sheet.entry, sheet.juror)) or sheets.places[sheet.entry, ""],
                f"'{show(sheet.juror)}' has no score for '{show(sheet.entry)}'; the policy 'block' ranks nothing "
                "before all are there ('-' says that none is due)",
                "absent",
            )
            for sheet in absent
        )


def _warnings_of(ranked: Mapping[str, Standings], rule: RankRule) -> Iterator[str]:
    for group, standings in ranked.items():
        before = f"{clean(group)}: " if group else ""
        for warning in standings.warnings:
            yield f"{before}{clean(warning)}"
        tied = [clean(line.entry) for line in standings.lines if line.tied]
        if tied and PANEL in rule.ties:
            yield f"{before}the panel must decide between {', '.join(tied)}; a table holds no decision of a panel"
