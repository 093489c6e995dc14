"""Sheets with their totals beside them: a ranking asks for no more than it needs."""

from fractions import Fraction

import pytest

from juri.core.ranking import RankRule, rank_sheets
from juri.core.scoring.matrix import Matrix
from juri.core.view import Sheet, SheetTable

SHEETS = tuple(
    Sheet(entry, juror, Fraction(total), points={"x": Fraction(x)})
    for entry, juror, total, x in [("A", "j1", 3, 1), ("A", "j2", 5, 2), ("B", "j1", 4, 3), ("B", "j2", 4, 3)]
)
TOTALS = Matrix.build((each.entry, each.juror, each.total) for each in SHEETS)


def unread():
    raise AssertionError("the sheets were read")


def ranked(registry, sheets, *ties):
    found = rank_sheets(sheets, RankRule("mean", {}, "submitted", ties=ties), extensions=registry.get)
    return [(line.entry, int(line.rank)) for line in found.lines]


def test_totals_are_ranked_without_the_sheets(registry):
    table = SheetTable(lambda: TOTALS, unread)

    assert ranked(registry, table.weighed({"j1": 2}).over({"A", "B"}), "lowest_sheet") == [("B", 1), ("A", 2)]


def test_a_tie_rule_that_asks_for_a_criterion_reads_them(registry):
    assert ranked(registry, SheetTable(lambda: TOTALS, lambda: SHEETS), "criterion:x") == [("B", 1), ("A", 2)]
    with pytest.raises(AssertionError, match="were read"):
        SheetTable(lambda: TOTALS, unread)[0]


def test_a_table_is_a_sequence_of_its_sheets():
    table = SheetTable.of(iter(SHEETS))

    assert (len(table), table[1], tuple(table), SheetTable.of(table) is table) == (4, SHEETS[1], SHEETS, True)
    assert [each.juror_weight for each in table.weighed({"j2": 7})] == [1, 7, 1, 7]
    assert [each.entry for each in table.over({"B", "C"})] == ["B", "B"]
    assert table.over({"B", "C"}).totals.entries == ("B", "C")
    assert table.weighed({}) is table
