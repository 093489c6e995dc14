"""What ``juri count`` gives back: a table for people, CSV, and JSON with every stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import version
from textwrap import wrap
from typing import Any

from juri.core.ballots.tally import Placed, Stage, Tally
from juri.core.extension import BallotMethod, Exporter, Report
from juri.core.registry import Registry
from juri.core.tables.ballot_forms import ReadBallots
from juri.core.tables.reading import Source
from juri.core.tables.table import clean
from juri.webapp.commands.output import short_names
from juri.webapp.commands.output import table as lay_out
from juri.webapp.commands.score_files import export_report

WIDTH = 80
_SHOWN_HASH = 12
_LONGEST_FIGURE = 12
_WORDS = {"candidate", "median", "outcome"}
"""Columns of words, aligned to the left."""


@dataclass(frozen=True)
class CountResult:
    """A count with everything that was applied to get it."""

    method: BallotMethod
    options: Mapping[str, str]
    source: Source
    read: ReadBallots
    tally: Tally
    seed: int

    @property
    def warnings(self) -> tuple[str, ...]:
        """Return what a person should know, of the reading and of the counting."""
        return (*self.read.warnings, *self.tally.warnings)

    @property
    def title(self) -> str:
        """Return the title of the ballots, where they have one."""
        return getattr(self.read.ballots, "title", "")


def count_json(result: CountResult, registry: Registry) -> bytes:
    """Write the count as JSON: what was applied, who is elected or the order, each candidate, every stage."""
    tally = result.tally
    order = [each.candidate for each in tally.placed]
    meta = {
        "juri": version("juri"),
        "method": result.method.name,
        "method_options": dict(sorted(result.options.items())),
        "title": result.title,
        "form": result.read.form,
        "input_sha256": result.source.sha256,
        **({"seed": result.seed} if tally.stages else {}),
        **{name: _exact(fact) for name, fact in tally.facts.items()},
        "warnings": list(result.warnings),
        **({"order": order} if tally.elected is None else {"elected": list(tally.elected)}),
        "stages": [_plain(stage) for stage in tally.stages],
    }
    return _export(registry, "json", Report(meta, {"candidates": _candidates(tally)}))


def count_csv(result: CountResult, registry: Registry) -> bytes:
    """Write the candidates as CSV, and below them, where there are stages, one row for each candidate of each."""
    tables = {"candidates": _candidates(result.tally)}
    if result.tally.stages:
        header = ("stage", "act", "of", "candidate", "votes", "change", "elected")
        rows = [
            (stage.number, stage.act, stage.of, name, votes, stage.changes[name], name in stage.elected)
            for stage in result.tally.stages
            for name, votes in stage.votes.items()
        ]
        tables["stages"] = (header, tuple(rows))
    return _export(registry, "csv", Report({}, tables))


def _export(registry: Registry, name: str, report: Report) -> bytes:
    return export_report(registry, registry.find(Exporter, name), report)


def _candidates(tally: Tally) -> tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    names = tuple(tally.placed[0].figures) if tally.placed else ()
    rows = tuple(
        (each.rank, each.candidate, each.tied, *(_exact(each.figures[name]) for name in names)) for each in tally.placed
    )
    return ("rank", "candidate", "tied", *names), rows


def _exact(figure: Any) -> Any:
    """Write an estimate with its six decimals, so that no reader bends it; the other figures are exact."""
    return Decimal(f"{figure:.6f}") if isinstance(figure, float) else figure


def _plain(stage: Stage) -> dict[str, Any]:
    return {
        "stage": stage.number,
        "act": stage.act,
        "of": stage.of or None,
        "needed": stage.needed,
        "votes": dict(stage.votes),
        "transfers": dict(stage.changes),
        "exhausted": stage.exhausted,
        "cut_off": stage.cut_off,
        "non_transferable": stage.exhausted + stage.cut_off,
        "elected": list(stage.elected),
        "tie": stage.tie or None,
    }


def count_text(result: CountResult, registry: Registry) -> bytes:
    """Lay the count out for a terminal of 80 columns: the result, the stages one by one, the votes of each."""
    tally = result.tally
    parts = [f"{clean(result.title)}\n"] if result.title else []
    parts.append(_placed_text(tally))
    if tally.stages:
        parts += ["", *(line for stage in tally.stages for line in _said(stage)), "", *_votes(tally.stages)]
    parts += ["", *_footer(result)]
    return ("\n".join(parts) + "\n").encode()


def _placed_text(tally: Tally) -> str:
    figures = [name for name in tally.placed[0].figures if not name.startswith("graded ")]
    ranked, whole = tally.elected is None, _all_whole(tally.stages)
    short = short_names(each.candidate for each in tally.placed)
    rows = [
        [*([_rank(each)] if ranked else []), short[each.candidate]]
        + [_figure(each.figures[name], whole) for name in figures]
        for each in tally.placed
    ]
    headers = [*(["rank"] if ranked else []), "candidate", *(name.replace("_", " ") for name in figures)]
    return lay_out(headers, rows, right=set(headers) - _WORDS)


def _rank(each: Placed) -> str:
    return f"{each.rank}{'=' if each.tied else ''}"


def _figure(figure: Any, whole: bool = False) -> Any:
    if isinstance(figure, Decimal) and whole:
        return figure.to_integral_value()
    return f"{figure:.4f}" if isinstance(figure, float) else figure


def _all_whole(stages: Sequence[Stage]) -> bool:
    """Tell whether there are stages, and no vote was ever parted in them."""
    return bool(stages) and all(vote == vote.to_integral_value() for stage in stages for vote in stage.votes.values())


def _said(stage: Stage) -> Iterator[str]:
    """Say a stage in a line, with who was elected and how a tie was settled on lines below."""
    what = f"{stage.act} of {clean(stage.of)}" if stage.of else stage.act
    yield from wrap(f"stage {stage.number}: {what}", WIDTH, subsequent_indent="  ")
    if stage.elected:
        elected = f"elected: {', '.join(map(clean, stage.elected))}"
        yield from wrap(elected, WIDTH, initial_indent="  ", subsequent_indent="    ")
    yield from wrap(clean(stage.tie), WIDTH, initial_indent="  ", subsequent_indent="    ")


def _votes(stages: Sequence[Stage]) -> Iterator[str]:
    """Lay the votes out, a column a stage, in as many blocks as fit the width."""
    names = short_names(stages[0].votes)
    width = max(map(len, ["not transferable", *names.values()]))
    each = max(1, (WIDTH - width) // (_LONGEST_FIGURE + 2))
    whole = _all_whole(stages)
    for start in range(0, len(stages), each):
        block = stages[start : start + each]
        headers = [f"stage {stage.number}" for stage in block]
        rows = [
            [short.ljust(width), *(_figure(stage.votes[name], whole) for stage in block)]
            for name, short in names.items()
        ]
        rows.append(["not transferable", *(_figure(stage.exhausted + stage.cut_off, whole) for stage in block)])
        yield lay_out(["votes", *headers], rows, right=set(headers))
        if start + each < len(stages):
            yield ""


def _footer(result: CountResult) -> list[str]:
    options = ",".join(f"{key}={value}" for key, value in sorted(result.options.items()))
    facts = result.tally.facts
    plain = {key: value for key, value in facts.items() if isinstance(value, (int, float, str, Decimal))}
    told = ", ".join(f"{key.replace('_', ' ')} {_figure(value)}" for key, value in plain.items())
    withdrawn = facts.get("withdrawn")
    form, digest = clean(result.read.form), result.source.sha256[:_SHOWN_HASH]
    return [
        f"method:  {result.method.name}{f':{options}' if options else ''} ({result.method.title})",
        *([f"count:   {told}"] if told else []),
        *([f"gone:    {', '.join(map(clean, withdrawn))} withdrew"] if withdrawn else []),
        f"input:   {clean(result.source.name)} ({form}; sha256 {digest})",
        *(
            line
            for warning in result.warnings
            for line in wrap(f"note:    {clean(warning)}", WIDTH, subsequent_indent=" " * 9)
        ),
    ]
