"""The section about the weights: how little of them must move before another entry is in."""

from __future__ import annotations

from juri.core.judging.sensitivity import Sensitivity, WeightSensitivity
from juri.webapp.commands.output import short_names
from juri.webapp.commands.report.drawing import Span, spans
from juri.webapp.commands.report.values import Column, Grid, Section
from juri.webapp.commands.report.words import Words

_DRAWN = 20


def firmness(words: Words, found: Sensitivity, method: str) -> Section:
    """Say what the weights have to do with the cut."""
    title = words.say("firmness")
    if found.weights is None:
        return Section(title, (words.say("weights_none"),))
    texts = [] if method in {"mean", "sum"} else [words.say("weights_mean", method=method)]
    texts += [_least(words, found.weights, found.top), _drawn(words, found.weights)]
    contested = sorted(found.weights.contested, key=lambda each: (abs(each[1] - 1 / 2), each[0]))
    if not contested:
        return Section(title, tuple(texts), grids=_overtakings(words, found.weights))
    shown = sorted(contested[:_DRAWN], key=lambda each: (-each[1], each[0]))
    if len(shown) < len(contested):
        texts.append(words.say("weights_nearest", shown=len(shown)))
    short = short_names([entry for entry, _ in shown])
    lines = [Span(short[entry], words.percent(share), 0.0, share, share) for entry, share in shown]
    heads = (Column(words.say("entry"), is_figure=False), Column(words.say("share_in")))
    rows = tuple((entry, words.percent(share)) for entry, share in shown)
    told = Grid(words.say("share_in"), heads, rows, words.say("as_table"))
    return Section(title, tuple(texts), spans(title, lines), (told, *_overtakings(words, found.weights)))


def _least(words: Words, weights: WeightSensitivity, top: int) -> str:
    if not weights.overtakings:
        return words.say("weights_firm")
    least = weights.overtakings[0]
    mass = words.percent(least.change.mass, 2)
    return words.say("weights_least", mass=mass, behind=least.behind, ahead=least.ahead, top=top)


def _drawn(words: Words, weights: WeightSensitivity) -> str:
    counts = {"always": weights.always, "some": len(weights.contested)}
    return words.say("weights_drawn", draws=weights.draws, seed=weights.seed, **counts)


def _overtakings(words: Words, weights: WeightSensitivity) -> tuple[Grid, ...]:
    if not weights.overtakings:
        return ()
    names = list(weights.weights)
    rows = tuple(
        (
            each.behind,
            each.ahead,
            words.percent(each.change.mass, 2),
            ", ".join(names[place] for place, _ in each.change.taken),
            names[each.change.given_to],
        )
        for each in weights.overtakings
    )
    keys = ("comes_in", "for_whom", "moved", "from", "into")
    columns = tuple(Column(words.say(key), is_figure=key == "moved") for key in keys)
    return (Grid(words.say("overtakings"), columns, rows),)
