"""``juri score``: rank the entries of a spreadsheet, without a database."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from juri.core.errors import InputRefused
from juri.webapp.commands.score_files import (
    OUTPUT_OPTION,
    RUBRIC_OPTION,
    SHEET_OPTION,
    choose_exporter,
    export_report,
    give,
    load_rubric_use,
    load_scores,
    output_target,
)
from juri.webapp.workbench import Workbench

if TYPE_CHECKING:
    from juri.core.extension import Exporter
    from juri.core.judging.table_ranking import RankedTable
    from juri.core.judging.table_sheets import RubricUse
    from juri.core.ranking import RankRule
    from juri.core.registry import Registry
    from juri.core.tables.layout import Layout
    from juri.core.tables.reading import Source
    from juri.core.tables.table import Table
    from juri.webapp.commands.report.statement import Origin
    from juri.webapp.commands.score_beside import Beside
    from juri.webapp.commands.score_report import ScoreResult

_METHODS = (
    "mean, sum, median, trimmed:low=1,high=1, ranksum, borda, severity[:lambda=X], blup, zscore, bayes[:m=X], wilson, "
    "jury-public:public=NAME and those of plugins.  [default: mean]"
)
_TOP = "Say how probably each entry belongs among the N best, and which the scores leave open."
_MISSING = "submitted, assigned-zero, sum, quorum:N, drop-juror or block."
_TIES = "criterion:ID, first-places, median, panel, shared and those of plugins, asked in this order."
_LANG = "Of the page (html, default: id), or of the sentences in json, csv and xlsx (default: en)."
_HIDE = "On the page, call the jurors 'Juror 1' and so on, in an order that tells nobody who is who."
_KEEP = "With --hide-jurors: who keeps the name, such as the public. May be given several times."
_HTML = "html"
_FAMILIES = ("rubric_kinds", "rubrics", "methods", "tie_breakers", "exporters")


@dataclass(frozen=True)
class _Request:
    """What was asked for on the command line, as it was typed."""

    scores: str
    rubric: str | None
    method: str | None
    missing: str
    ties: str
    group_by: str | None
    sheet: str | None
    decimals: int
    top: int | None
    intervals: bool
    draws: int
    seed: int
    hide_jurors: bool
    keep_juror: tuple[str, ...]

    def arguments(self) -> tuple[str, ...]:
        """Return the arguments that print the same ranking as JSON, without what is drawn; files without folders."""
        given = {
            "--rubric": None if self.rubric is None else Path(self.rubric).name,
            "--method": self.method,
            "--missing": self.missing,
            "--ties": self.ties,
            "--group-by": self.group_by,
            "--sheet": self.sheet,
            "--decimals": str(self.decimals),
            "--format": "json",
        }
        return (
            Path(self.scores).name,
            *(text for name, value in given.items() if value is not None for text in (name, value)),
        )


@click.command()
@click.argument("scores")
@RUBRIC_OPTION
@click.option("--method", metavar="NAME[:key=value,...]", help=_METHODS)
@click.option("--missing", metavar="POLICY", default="submitted", show_default=True, help=_MISSING)
@click.option("--ties", metavar="RULE,...", default="shared", show_default=True, help=_TIES)
@click.option("--group-by", metavar="COLUMN", help="Rank each group of this column by itself.")
@SHEET_OPTION
@click.option("--decimals", type=click.IntRange(0, 12), default=2, show_default=True, help="Decimals that are shown.")
@click.option("--top", metavar="N", type=click.IntRange(min=1), help=_TOP)
@click.option("--intervals", is_flag=True, help="Say from which to which rank each entry may truly belong.")
@click.option("--draws", type=click.IntRange(100, 100_000), default=1000, show_default=True, help="For these two.")
@click.option("--seed", type=click.IntRange(min=0), default=20240229, show_default=True, help="For these two.")
@click.option("--format", "form", metavar="table|csv|json|xlsx|html", help="Without: by the ending of -o, else table.")
@click.option("--lang", type=click.Choice(["id", "en"]), help=_LANG)
@click.option("--hide-jurors", is_flag=True, help=_HIDE)
@click.option("--keep-juror", metavar="NAME", multiple=True, help=_KEEP)
@OUTPUT_OPTION
@click.pass_obj
def score(
    workbench: Workbench,
    /,
    form: str | None,
    lang: str | None,
    output: str | None,
    **request: str | int | tuple[str, ...] | None,
) -> None:
    """Rank the entries of a spreadsheet, without a database.

    SCORES is CSV, XLSX or - for standard input, in long form (entry,juror,criterion,score), wide form
    (entry,juror,<criterion>...) or matrix form (entry,<juror>...). An empty cell is an absent score, never a zero.
    --format html writes a page for the public, with charts, the rules in words and fingerprints to verify it by.
    """
    target = output_target(output, str(request["scores"]))
    registry = workbench.registry_of(*_FAMILIES)
    asked = _Request(**request)  # type: ignore[arg-type]  # click has checked the types
    if asked.keep_juror and not asked.hide_jurors:
        raise InputRefused.at("--keep-juror", "every juror keeps the name; it goes with --hide-jurors", "clash")
    if _is_page(form, target):
        _give_page(registry, asked, lang or "id", target)
        return
    if asked.hide_jurors:
        raise InputRefused.at("--hide-jurors", "only the page hides names; ask for it by --format html", "clash")
    exporter = choose_exporter(registry, form, target, (_HTML,))
    if lang is not None and exporter is None:
        message = "the table is in English; leave --lang out, or ask for html, json, csv or xlsx by --format"
        raise InputRefused.at("--lang", message, "clash")
    _give(registry, _work_out(registry, asked, _read(registry, asked)), exporter, target, lang or "en")


def _is_page(form: str | None, target: Path | None) -> bool:
    """Tell whether the page is asked for, by name or by the ending of the output file."""
    is_page = form == _HTML or (form is None and target is not None and target.suffix.lower() == ".html")
    if is_page and target is None and sys.stdout.isatty():
        raise InputRefused.at("--format", "a page is not for the screen; name a file: -o FILE.html", "needs_output")
    return is_page


def _give_page(registry: Registry, asked: _Request, lang: str, target: Path | None) -> None:
    """Write the page. It always says how sure the ranks are, where the policy on absent sheets lets that be said."""
    from juri.core.extension import Exporter, Method
    from juri.webapp.commands.report.page import report_of, write_page
    from juri.webapp.commands.report.statement import Origin
    from juri.webapp.commands.score_beside import Beside
    from juri.webapp.commands.score_options import MISSING_WORDS
    from juri.webapp.commands.score_report import footer, report

    can_be_told = MISSING_WORDS.get(asked.missing, asked.missing) != "zero"
    read = _read(registry, asked)
    result = _work_out(registry, replace(asked, intervals=asked.intervals or can_be_told), read)
    plain = replace(result, beside=Beside(result.ranked, None, {}, result.decimals))
    printed = export_report(registry, registry.find(Exporter, "json"), report(plain))
    origin = Origin(registry.find(Method, result.rule.rule.method), asked.arguments(), printed)
    applied = footer(result) if target is not None else []
    if asked.hide_jurors:
        data, names = _page_without_names(registry, asked, read, result, origin, lang)
        told = f"note:    names of hidden jurors stand elsewhere on the page, see to it: {', '.join(names)}"
        give(data, target, [*applied, told] if names else applied)
        return
    give(write_page(report_of(result, lang, origin, registry.get)), target, applied)


def _page_without_names(
    registry: Registry, asked: _Request, read: _Read, result: ScoreResult, origin: Origin, lang: str
) -> tuple[bytes, list[str]]:
    """Make the page from a table without the jurors' names; return with it those that stand on it all the same."""
    from juri.core.tables.table import clean
    from juri.webapp.commands.report.hiding import Hiding, jurors_of, without_names
    from juri.webapp.commands.report.page import report_of, write_page
    from juri.webapp.commands.report.words import Words

    hiding = Hiding.of(jurors_of(read.table, read.layout), asked.keep_juror, read.source.data, Words(lang))
    hiding.check(result.rule.rule)
    nameless = replace(read, table=hiding.applied(read.table, read.layout))
    hidden = _work_out(registry, replace(asked, top=None, intervals=False), nameless).ranked
    data = write_page(report_of(without_names(result, hidden), lang, origin, registry.get))
    return data, [clean(name) for name in hiding.still_told(data.decode())]


@dataclass(frozen=True)
class _Read:
    """What was read: the file, its table and how that is laid out, and the rubric."""

    source: Source
    table: Table
    layout: Layout
    use: RubricUse | None


def _read(registry: Registry, request: _Request) -> _Read:
    from juri.core.tables.layout import KNOWN_HEADERS, recognise_layout
    from juri.core.tables.reading import read_table

    source = load_scores(request.scores)
    use = load_rubric_use(registry, request.rubric) if request.rubric else None
    asked = [name for leaf in use.rubric.leaves for name in (leaf.id, leaf.name)] if use else []
    table = read_table(source, sheet=request.sheet, known_headers=KNOWN_HEADERS)
    return _Read(source, table, recognise_layout(table, request.group_by, asked), use)


def _work_out(registry: Registry, request: _Request, read: _Read) -> ScoreResult:
    from juri.core.judging.table_ranking import rank_table
    from juri.core.judging.table_sheets import read_sheets
    from juri.webapp.commands.score_options import criteria_of, read_rule
    from juri.webapp.commands.score_report import ScoreResult

    sheets = read_sheets(read.table, read.layout, read.use)
    rule = read_rule(registry, request.method, request.missing, request.ties, criteria_of(sheets, read.use))
    ranked = rank_table(sheets, rule.rule, registry.get)
    beside = _beside(registry, request, rule.rule, ranked)
    return ScoreResult(read.source.sha256, read.table, read.layout, read.use, rule, ranked, request.decimals, beside)


def _beside(registry: Registry, request: _Request, rule: RankRule, ranked: RankedTable) -> Beside:
    from juri.webapp.commands.score_beside import Asked, Beside

    if request.top is None and not request.intervals:
        return Beside(ranked, None, {}, request.decimals)
    from juri.core.doubt import doubt_of

    tops = [] if request.top is None else [request.top]
    doubts = {
        group: doubt_of(
            own,
            rule,
            extensions=registry.get,
            tops=tops,
            draws=request.draws,
            seed=request.seed,
        )
        for group, own in ranked.sheets.items()
    }
    return Beside(ranked, Asked(request.top, request.draws, request.seed), doubts, request.decimals)


def _give(
    registry: Registry, result: ScoreResult, exporter: Exporter | None, target: Path | None, language: str
) -> None:
    """Print or write the result; what was applied is always said, in the result or on standard error."""
    from juri.webapp.commands.score_report import flat_report, footer, in_language, report, table_text

    if exporter is None:
        data = f"{table_text(result)}\n".encode()
    else:
        told = flat_report(result) if exporter.name == "csv" else report(result)
        data = export_report(registry, exporter, in_language(told, language))
    aside = target is not None or (exporter is not None and exporter.name == "csv")
    give(data, target, footer(result) if aside else ())
