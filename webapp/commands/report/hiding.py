"""Jurors without names: they are taken out of the table before a page is made of it. What is not read is not told."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from html import unescape

from juri.core.errors import InputRefused, Problem
from juri.core.judging.table_ranking import RankedTable
from juri.core.ranking import RankRule
from juri.core.tables.layout import MATRIX, Layout
from juri.core.tables.table import Table, show
from juri.webapp.commands.report.words import Words
from juri.webapp.commands.score_report import ScoreResult

_SHORTEST = 3
"""Shorter names are no words: they would be found in any text."""


@dataclass(frozen=True)
class Hiding:
    """What each juror is called on the page."""

    called: Mapping[str, str]

    @classmethod
    def of(cls, jurors: Iterable[str], kept: Iterable[str], content: bytes, words: Words) -> Hiding:
        """Number the jurors in an order that only the content of the file tells: not that of their names.

        Args:
            jurors: everybody who gave a score.
            kept: those who keep their name, such as the public.
            content: the file of scores.
            words: what a juror is called.

        Raises:
            InputRefused: one who is to keep the name is no juror.

        """
        known, kept = set(jurors), set(kept)
        unknown = sorted(kept - known)
        if unknown:
            raise InputRefused(
                Problem("--keep-juror", f"'{show(name)}' is no juror of the table; write the name as there", "unknown")
                for name in unknown
            )
        order = sorted(known - kept, key=lambda name: hmac.digest(content, name.encode(), "sha256"))
        width = len(str(len(order)))
        numbered = (words.say("juror_number", number=f"{place:0{width}}") for place in range(1, len(known) + 1))
        free = (name for name in numbered if name not in kept)
        return cls(dict(zip(order, free, strict=False)))

    def applied(self, table: Table, layout: Layout) -> Table:
        """Return the table with the jurors as the page calls them."""
        if layout.form == MATRIX:
            header = tuple(
                self.called.get(text, text) if at in layout.values else text for at, text in enumerate(table.header)
            )
            return replace(table, header=header)
        rows = (
            tuple(self.called.get(text, text) if at == layout.juror else text for at, text in enumerate(row))
            for row in table.rows
        )
        return replace(table, rows=tuple(rows))

    def check(self, rule: RankRule) -> None:
        """See that the rules, which the page tells, name none of the hidden.

        Raises:
            InputRefused: they do.

        """
        told = {*map(str, rule.method_options.values()), *(tie.partition(":")[2] for tie in rule.ties)}
        for name in sorted(told & self.called.keys()):
            message = (
                f"the rules name '{show(name)}', and the page tells the rules; leave that rule out, or let this one "
                f"keep the name: --keep-juror '{show(name)}'"
            )
            raise InputRefused.at("--hide-jurors", message, "named_by_rule")

    def still_told(self, page: str) -> Iterator[str]:
        """Find hidden names that the page tells elsewhere: in an entry, a criterion, a group or the file's name."""
        text = unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL)).casefold()
        for name in sorted(self.called):
            if len(name) >= _SHORTEST and re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", text):
                yield name


def jurors_of(table: Table, layout: Layout) -> set[str]:
    """Return the names of the jurors of a table, as they stand there."""
    if layout.form == MATRIX:
        return {table.header[column] for column in layout.values}
    return {row[layout.juror] for row in table.rows if layout.juror is not None and row[layout.juror]}


def without_names(result: ScoreResult, hidden: RankedTable) -> ScoreResult:
    """Return a ranking with the jurors of another of the same sheets, in which they have no names.

    Scores, ranks and doubts stay those of the first, to the last digit: an estimate may depend on the jurors' order.
    """
    groups = {
        group: replace(own, lines=tuple(replace(line, uncounted=()) for line in result.ranked.groups[group].lines))
        for group, own in hidden.groups.items()
    }
    ranked = replace(hidden, groups=groups)
    return replace(result, ranked=ranked, beside=replace(result.beside, ranked=ranked))
