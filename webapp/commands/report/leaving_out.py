"""The sections about what one juror and one criterion decide: who would be in, had they been left out."""

from __future__ import annotations

from collections.abc import Sequence

from juri.core.analysis.leaving_out import Effect
from juri.core.judging.sensitivity import Sensitivity
from juri.webapp.commands.output import short_names
from juri.webapp.commands.report.drawing import Span, spans
from juri.webapp.commands.report.ranking import DRAWN
from juri.webapp.commands.report.values import Column, Grid, Section
from juri.webapp.commands.report.words import NONE, Words

_LISTED = 1_000
_NAMED = 5


def left_out(words: Words, found: Sensitivity) -> tuple[Section, Section]:
    """Say what each juror and each criterion has to do with the cut."""
    return (
        _section(words, "juror", found.jurors, found.top, words.say("left_out_alone")),
        _section(words, "criterion", found.criteria, found.top, words.say("weights_none")),
    )


def _section(words: Words, what: str, effects: Sequence[Effect], top: int, otherwise: str) -> Section:
    """Draw so many places as change hands without each; those that change most stand first."""
    title = words.say(f"without_{what}")
    told = sorted((each for each in effects if not each.refused), key=lambda each: (-_changes(each), each.name))
    notes = tuple(dict.fromkeys(words.engine(each.refused) for each in effects if each.refused))
    if not told:
        return Section(title, (otherwise,), notes=notes)
    most = max(_changes(told[0]), 1)
    telling = sum(each.changes_the_cut for each in told)
    texts = [words.say("left_out_how", top=top, most=most), words.say("left_out_some", telling=telling, all=len(told))]
    if len(told) > DRAWN:
        texts.append(words.say("left_out_drawn", shown=DRAWN, all=len(told)))
    if len(told) > _LISTED:
        texts.append(words.say("left_out_listed", shown=_LISTED, all=len(told)))
    drawn = told[:DRAWN]
    short = short_names([each.name for each in drawn])
    lines = [_span(words, each, short[each.name], top, most) for each in drawn]
    columns = (
        Column(words.say(what), is_figure=False),
        Column(words.say("places_moved")),
        *(Column(words.say(key), is_figure=False) for key in ("comes_in", "falls_out")),
        *(Column(words.say(key), is_figure=key == "ranks_moved") for key in ("ranks_moved", "farthest")),
    )
    grid = Grid(title, columns, tuple(_row(words, each) for each in told[:_LISTED]), words.say("as_table"))
    return Section(title, tuple(texts), spans(title, lines), (grid,), notes)


def _changes(effect: Effect) -> int:
    """Count the places that change hands: as many come in as fall out, unless entries are level."""
    return max(len(effect.entered), len(effect.left))


def _span(words: Words, effect: Effect, label: str, top: int, most: int) -> Span:
    share = _changes(effect) / most
    told = words.say("places_of", count=_changes(effect), top=top)
    return Span(label, told, 0.0, share, share, effect.changes_the_cut)


def _row(words: Words, effect: Effect) -> tuple[str, ...]:
    move = effect.largest
    farthest = NONE if move is None else words.say("from_to", entry=move.entry, before=move.before, after=move.after)
    sides = (_some(words, effect.entered), _some(words, effect.left))
    return (effect.name, str(_changes(effect)), *sides, str(effect.moved), farthest)


def _some(words: Words, names: Sequence[str]) -> str:
    told = ", ".join(names[:_NAMED]) or NONE
    return words.say("and_more", names=told, count=len(names) - _NAMED) if len(names) > _NAMED else told
