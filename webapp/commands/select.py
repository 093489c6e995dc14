"""``juri select``: a cut rule applied to the standings of a spreadsheet, without a database."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from juri.core.errors import InputRefused
from juri.core.errors import Problem as Fault
from juri.webapp.commands.imports import read_rows
from juri.webapp.commands.output import table
from juri.webapp.commands.score_files import give
from juri.webapp.imports import Columns, problems_in_row
from juri.webapp.workbench import Workbench

if TYPE_CHECKING:
    from juri.core.extension import CutCase
    from juri.core.view import Proposal

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_STANDINGS = Columns(("entry", "score"), ("title", "organization", "track", "category", "cluster", "region"), open=True)
_HEADERS = ("rank", "entry", "score", "outcome", "displaced by", "reason")


@dataclass(frozen=True)
class Chosen:
    """What a rule made of standings."""

    rows: tuple[tuple[str, ...], ...]
    rule: str
    notes: tuple[str, ...]
    titles: Mapping[str, Sequence[str]]

    @property
    def headers(self) -> tuple[str, ...]:
        """Return the heads of the columns; titles stand there where the rule gives several."""
        return (*_HEADERS[:4], "titles", *_HEADERS[4:]) if self.titles else _HEADERS

    @property
    def cells(self) -> tuple[tuple[str, ...], ...]:
        """Return what stands below the heads."""
        if not self.titles:
            return self.rows
        return tuple((*row[:4], "; ".join(self.titles.get(row[1], ())), *row[4:]) for row in self.rows)


@click.command()
@click.argument("standings", type=_FILE)
@click.option("--rule", required=True, type=_FILE, help="A YAML file with the cut rule, as it stands in an edition.")
@click.option("--low-is-best", is_flag=True, help="The lowest score stands first (sums of ranks).")
@click.option(
    "--format",
    "form",
    type=click.Choice(("table", "csv", "json")),
    default="table",
    show_default=True,
    help="How to say it.",
)
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write to a file.")
@click.pass_obj
def select(
    workbench: Workbench, /, standings: Path, rule: Path, low_is_best: bool, form: str, output: Path | None
) -> None:
    """Say who advances from the standings of a spreadsheet, by a cut rule.

    STANDINGS (CSV or XLSX) has the columns entry and score; optional: title, organization, track, category, cluster,
    region. Every other column is a fact that the rule may name. docs/selection.md tells more.
    """
    from juri.core.extension import CutRule
    from juri.plugins.options import settle

    case = _read_case(standings, low_is_best=low_is_best)
    name, options = _read_rule(rule)
    extension = workbench.registry_of("cut_rules").find(CutRule, name)
    settled = settle(extension, options, rule.name)
    proposals = extension.select(case, settled)
    titles = extension.titles(case, settled)
    chosen = Chosen(_rows(case, proposals), proposals[0].rule, tuple(extension.notes(case, settled)), titles)
    notes = [f"rule: {chosen.rule}", *(f"note: {note}" for note in chosen.notes)]
    if form == "json":
        give(_json(chosen), output, [])
    elif form == "csv":
        give(_csv(chosen), output, notes)
    else:
        text = "\n".join([table(chosen.headers, chosen.cells, right=("rank", "score")), "", *notes])
        give(f"{text}\n".encode(), output, [])


def _read_rule(file: Path) -> tuple[str, Mapping[str, Any]]:
    """Read ``{rule: NAME, ...options}`` from a file."""
    from juri.core.editions.positions import read_mapping

    written = read_mapping(file.read_text(encoding="utf-8"), file.name).plain()
    name = written.get("rule")
    if not isinstance(name, str):
        raise InputRefused.at(file.name, "write 'rule: NAME' and its options, as under a cut of an edition", "no_rule")
    return name, {key: value for key, value in written.items() if key != "rule"}


def _read_case(file: Path, *, low_is_best: bool) -> CutCase:
    """Read standings: exact scores, ranks by score, and the facts of each entry."""
    from juri.core.extension import CutCase
    from juri.core.scoring.number import ExactColumn, read_number
    from juri.core.scoring.ranks import rank_columns
    from juri.core.scoring.standings import Standing, Standings
    from juri.core.tables.table import refuse_if
    from juri.core.view import EntryFacts

    sheet, rows = read_rows(file, _STANDINGS)
    facts: dict[str, EntryFacts] = {}
    scores: dict[str, Fraction] = {}
    faults: list[Fault] = []
    for number, row in rows:
        try:
            facts[row["entry"]] = _facts(row, facts)
            scores[row["entry"]] = Fraction(read_number(row["score"]))
        except ValueError as error:
            faults += problems_in_row(sheet, number, InputRefused.at("score", str(error)))
        except InputRefused as error:
            faults += problems_in_row(sheet, number, error)
    refuse_if(faults)
    codes = sorted(scores)
    column = ExactColumn.from_fractions([scores[code] for code in codes])
    ranking = rank_columns(column, [], "competition", low_is_best=low_is_best)
    ranks, tied = ranking.rank.fractions(), ranking.settled.tied.tolist()
    lines = [Standing(ranks[i], codes[i], scores[codes[i]], 0, tied=tied[i]) for i in ranking.order.tolist()]
    return CutCase(Standings(tuple(lines), low_is_best=low_is_best), facts, {})


def _facts(row: Mapping[str, str], known: Mapping[str, Any]) -> Any:
    from juri.core.view import EntryFacts

    code = row["entry"]
    if not code or code in known:
        raise InputRefused.at("entry", f"'{code}' stands twice; give it once" if code else "name the entry")
    own = {*_STANDINGS.required, *_STANDINGS.optional}
    return EntryFacts(
        code,
        row.get("title", ""),
        row.get("organization", ""),
        row.get("track", ""),
        row.get("category", ""),
        row.get("cluster", ""),
        row.get("region", ""),
        {name: value for name, value in row.items() if name not in own and value},
    )


def _rows(case: CutCase, proposals: Any) -> tuple[tuple[str, ...], ...]:
    from juri.plugins.selection import figure

    by_entry: dict[str, Proposal] = {proposal.entry: proposal for proposal in proposals}
    return tuple(
        (
            figure(line.rank),
            line.entry,
            figure(line.score),
            by_entry[line.entry].outcome,
            by_entry[line.entry].displaced_by,
            by_entry[line.entry].reason,
        )
        for line in case.standings.lines
    )


def _json(chosen: Chosen) -> bytes:
    entries: list[dict[str, Any]] = [
        dict(zip((name.replace(" ", "_") for name in _HEADERS), row, strict=True)) for row in chosen.rows
    ]
    for entry in entries if chosen.titles else ():
        entry["titles"] = list(chosen.titles.get(entry["entry"], ()))
    told = {"rule": chosen.rule, "entries": entries, "notes": list(chosen.notes)}
    return f"{json.dumps(told, ensure_ascii=False, indent=2)}\n".encode()


def _csv(chosen: Chosen) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows((chosen.headers, *chosen.cells))
    return text.getvalue().encode()
