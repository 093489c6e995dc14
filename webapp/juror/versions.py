"""Two devices wrote one scorecard: both versions side by side, and a choice for each criterion."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

from flask import render_template, request
from flask_babel import gettext as _

from juri.core.errors import Conflict
from juri.core.scoring.rubric import NA, Answer
from juri.core.sheets import answers_as_json
from juri.webapp.cards import Card
from juri.webapp.forms import ScorecardForm, shown_number, word_shown
from juri.webapp.juror.worksheet import Worksheet, cards_of

THEIRS = "theirs"
Typed = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Difference:
    """One criterion that the two versions answer differently, each as text."""

    card: Card
    mine: str
    theirs: str


def versions_page(sheet: Worksheet, common: dict[str, Any], form: ScorecardForm, conflict: Conflict) -> str:
    """Show what is stored and what was sent, criterion by criterion."""
    stored = cast(Typed, conflict.theirs or {})
    form.version.data = str(conflict.version)
    form.key.data = str(uuid4())
    return render_template(
        "juror/versions.html",
        **common,
        sheet=sheet,
        own=sheet.own,
        form=form,
        typed=form.typed(),
        differences=_differences(sheet, form.typed(), stored),
    )


def chosen(typed: Typed, stored: Mapping[str, Answer]) -> dict[str, Mapping[str, str]]:
    """Put the chosen answers together: for each criterion what was sent, or what was stored."""
    theirs: Typed = answers_as_json(stored)
    return {
        name: theirs.get(name, {}) if request.form.get(f"pick-{name}") == THEIRS else answer
        for name, answer in typed.items()
    }


def answer_words(card: Card, answer: Mapping[str, str]) -> str:
    """Write an answer as text: its value as the page shows it, then reason and comment."""
    if card.is_overall:
        return answer.get("comment", "")
    value = answer.get("value", "")
    known = {NA: word_shown(NA), **{choice.value: choice.words for choice in card.choices}}
    told = known.get(value.lower()) or shown_number(value) or _("no score")
    lines = (told, answer.get("reason", "").replace("_", " "), answer.get("comment", ""))
    return "\n".join(line for line in lines if line)


def _differences(sheet: Worksheet, typed: Typed, stored: Typed) -> list[Difference]:
    found = (
        Difference(card, answer_words(card, typed[card.criterion]), answer_words(card, stored.get(card.criterion, {})))
        for card in cards_of(sheet)
    )
    return [each for each in found if _plain(each.mine) != _plain(each.theirs)]


def _plain(words: str) -> str:
    return words.replace(",", ".")
