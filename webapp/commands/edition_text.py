"""How ``juri edition show`` says an edition to a person, and as YAML."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from textwrap import wrap
from typing import Any

from juri.core.document import Edition, StageSpec, Unknown
from juri.core.editions.loader import LoadedEdition, exact_data
from juri.core.scoring.rubric import Criterion, Rubric
from juri.webapp.commands.output import table

WIDTH = 110


def edition_text(loaded: LoadedEdition) -> str:
    """Say everything that an organiser wants to see at a glance."""
    edition = loaded.edition
    parts = [
        _head(loaded),
        _tracks(loaded),
        _stages(edition),
        *_rubrics(edition),
        _unknown(edition),
        _sources(edition),
    ]
    return "\n\n".join(part for part in parts if part)


def edition_yaml(loaded: LoadedEdition) -> str:
    """Write the edition, with everything that it inherits, as one YAML document."""
    from ruamel.yaml import YAML

    yaml: Any = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.allow_unicode = True
    yaml.width = 110
    yaml.sort_base_mapping_type_on_output = False  # keep the order of the document
    yaml.representer.add_representer(Decimal, _decimal)
    out = StringIO()
    data = exact_data(loaded.data)
    yaml.dump({key: value for key, value in data.items() if key != "extends"}, out)
    return out.getvalue()


def unknown_lines(unknown: tuple[Unknown, ...]) -> Iterator[str]:
    """Say what is still to be decided, each with its suggestion."""
    for item in unknown:
        yield from _wrapped("  ", item.at + (f": {item.why}" if item.why else ""))
        if item.suggestion is not None:
            source = f", from {item.source}" if item.source else ""
            yield from _wrapped("      ", f"suggestion (not confirmed{source}): {plain_text(item.suggestion)}")


def plain_text(value: Any) -> str:
    """Write a value on one line, as in a document."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {plain_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(plain_text, value)) + "]"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _wrapped(indent: str, text: str) -> list[str]:
    return wrap(text, WIDTH, initial_indent=indent, subsequent_indent=" " * len(indent) + "  ", break_on_hyphens=False)


def _decimal(representer: Any, value: Decimal) -> Any:
    return representer.represent_scalar("tag:yaml.org,2002:float", str(value))


def _head(loaded: LoadedEdition) -> str:
    edition = loaded.edition
    state = f"draft: {len(edition.unknown)} unknown" if edition.is_draft else "complete"
    lines = [
        f"{edition.name.en} ({edition.id})",
        f"  state      {'template, ' if edition.template else ''}{state}",
        f"  file       {loaded.origin}",
        f"  sha256     {loaded.sha256}",
        f"  time zone  {edition.time_zone}",
    ]
    lines += [f"  extends    {edition.extends}"] if edition.extends else []
    return "\n".join([*lines, *_rules("  for all    ", loaded.data.get("eligibility", []))])


def _rules(indent: str, rules: list[Any]) -> list[str]:
    return [line for rule in rules for line in _wrapped(indent, plain_text(rule))]


def _tracks(loaded: LoadedEdition) -> str:
    rows = [[each.id, each.name.en, plain_text(dict(each.quotas)).strip("{}")] for each in loaded.edition.tracks]
    rules = [
        line
        for each in exact_data(loaded.data).get("tracks", [])
        for line in _rules(f"  {each['id']}: ", each.get("eligibility", []))
    ]
    return "\n".join(["Tracks", table(["track", "name", "quotas"], rows), *rules]) if rows else ""


def _stages(edition: Edition) -> str:
    rows = [[stage.id, stage.kind, *_times(stage), ", ".join(stage.tracks) or "all"] for stage in edition.stages]
    return "Stages\n" + table(["stage", "kind", "opens", "closes", "tracks"], rows) if rows else ""


def _times(stage: StageSpec) -> list[str]:
    return [f"{moment:%Y-%m-%d %H:%M %z}" if moment else "" for moment in (stage.opens, stage.closes)]


def _rubrics(edition: Edition) -> Iterator[str]:
    suggested = {item.at for item in edition.unknown}
    for name, rubric in edition.rubrics.items():
        mark = " - suggestion, not confirmed" if f"rubrics.{name}" in suggested else ""
        rows = [row for criterion in rubric.criteria for row in _criterion(criterion, 0)]
        heading = f"Rubric {name} ({rubric.kind}){mark}"
        yield (
            f"{heading}\n" + table(["criterion", "name", "weight", "scale"], rows, right=["weight"]) + _bonuses(rubric)
        )


def _bonuses(rubric: Rubric) -> str:
    return "".join(
        f"\n  bonus {bonus.id}: {f'{bonus.points} points' if bonus.points is not None else f'{bonus.percent} percent'} "
        f"where {bonus.fact} is {f'at least {bonus.at_least}' if bonus.at_least is not None else bonus.equals}"
        for bonus in rubric.bonuses
    )


def _criterion(criterion: Criterion, depth: int) -> Iterator[list[Any]]:
    scale = "" if criterion.children else _scale(criterion)
    yield ["  " * depth + criterion.id, criterion.name, criterion.weight, scale]
    for child in criterion.children:
        yield from _criterion(child, depth + 1)


def _scale(criterion: Criterion) -> str:
    scale = criterion.scale
    if scale.levels or scale.choices:
        return ", ".join([*(str(level.value) for level in scale.levels), *scale.choices])
    return f"{scale.minimum} to {scale.maximum}" + (f", step {scale.step}" if scale.step else "")


def _unknown(edition: Edition) -> str:
    heading = "Unknown: the organiser must supply these before the edition can open"
    return "\n".join([heading, *unknown_lines(edition.unknown)]) if edition.unknown else ""


def _sources(edition: Edition) -> str:
    rows = [[source.id, source.status, source.title, source.url] for source in edition.sources]
    return "Sources\n" + table(["source", "status", "title", "address"], rows) if rows else ""
