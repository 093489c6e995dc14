"""From a ranking to the page: every section as values, then one template, in which all that was read is text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from importlib.metadata import version
from importlib.resources import files

from juri.core.errors import InputRefused
from juri.core.judging.sensitivity import work_out_sensitivity
from juri.core.ranking import Extensions
from juri.core.scoring.matrix import Matrix
from juri.core.sheets import full_points
from juri.webapp.commands.report.jury import agreement, heat_map, severity
from juri.webapp.commands.report.leaving_out import left_out
from juri.webapp.commands.report.ranking import certainty, standings
from juri.webapp.commands.report.statement import Origin, statement, verification
from juri.webapp.commands.report.values import Report, Section
from juri.webapp.commands.report.weights import firmness
from juri.webapp.commands.report.words import Words
from juri.webapp.commands.score_report import ScoreResult


def write_page(report: Report) -> bytes:
    """Write a report as one HTML page in UTF-8 that needs nothing beside itself."""
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    layout = environment.from_string((files("juri.webapp.commands.report") / "page.html").read_text(encoding="utf-8"))
    words = Words(report.language)
    return layout.render(report=report, say=words.say, version=version("juri")).encode()


def report_of(result: ScoreResult, language: str, origin: Origin, extensions: Extensions) -> Report:
    """Gather every section, group by group; what cannot be said is a section with one sentence why."""
    words = Words(language)
    filled = [sheet for own in result.ranked.sheets.values() for sheet in own if sheet.total is not None]
    told = {
        "entries": sum(len(own.lines) + len(own.unranked) for own in result.ranked.groups.values()),
        "jurors": len({sheet.juror for sheet in filled}),
        "sheets": len(filled),
    }
    parts = [
        replace(part, title=words.say("of_group", title=part.title, group=group)) if group else part
        for group in result.ranked.groups
        for part in _group(words, result, group, extensions)
    ]
    last = (statement(words, result, origin), verification(words, result, origin))
    return Report(language, words.say("title"), words.say("lead", **told), (*parts, *last))


def _group(words: Words, result: ScoreResult, group: str, extensions: Extensions) -> Iterator[Section]:
    own, sheets, asked = result.ranked.groups[group], result.ranked.sheets[group], result.beside.asked
    doubt = result.beside.doubts.get(group)
    given = Matrix.build((sheet.entry, sheet.juror, sheet.total) for sheet in sheets if sheet.total is not None)
    yield standings(words, own, doubt, asked.top if asked else None, result.decimals)
    yield certainty(words, own, doubt, asked)
    yield severity(words, given)
    yield agreement(words, given)
    yield heat_map(words, sheets, [line.entry for line in own.lines], result.decimals)
    yield from _sensitivity(words, result, group, extensions)


def _sensitivity(words: Words, result: ScoreResult, group: str, extensions: Extensions) -> tuple[Section, ...]:
    """Say what the cut depends on: the weights, each juror, each criterion; or why that cannot be said."""
    title, asked, use = words.say("firmness"), result.beside.asked, result.use
    top = asked.top if asked else None
    if asked is None or top is None:
        return (Section(title, (words.say("weights_top"),)),)
    ranked = len(result.ranked.groups[group].lines)
    if top >= ranked:
        return (Section(title, (words.say("weights_no_cut", ranked=ranked, top=top),)),)
    try:
        found = work_out_sensitivity(
            result.ranked.sheets[group],
            result.rule.rule,
            extensions=extensions,
            methods=(),
            top=top,
            full=full_points(use.kind, use.rubric, use.owner) if use else {},
            draws=asked.draws,
            seed=asked.seed,
        )
    except InputRefused as refused:
        return (Section(title, notes=tuple(words.engine(problem.message) for problem in refused.problems)),)
    return (firmness(words, found, result.rule.rule.method), *left_out(words, found))
