"""What was entered, as a juror reads it: the answers to the entry form, in the form's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask_babel import gettext as _

from juri.core.document import FormField
from juri.core.entries.answers import NO, YES
from juri.webapp.entry_forms import option_words
from juri.webapp.juror.worksheet import Worksheet
from juri.webapp.language import shown_text


@dataclass(frozen=True)
class Passage:
    """One answer: its question, its paragraphs or items, and the address where it is a link."""

    id: str
    label: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    url: str = ""


@dataclass(frozen=True)
class Content:
    """What a juror reads: the passages, and the attachments by name."""

    passages: tuple[Passage, ...]
    attachments: tuple[Passage, ...]

    @property
    def words(self) -> int:
        """Return how long the text is."""
        return sum(len(text.split()) for passage in self.passages for text in passage.paragraphs)


def content_of(sheet: Worksheet, answers: Mapping[str, Any]) -> Content:
    """Arrange the answers of an entry by the edition's form; what was left empty is left out."""
    form = sheet.running.edition.form
    if not form:
        return Content(
            tuple(Passage(name, name, _paragraphs(str(given))) for name, given in answers.items() if given), ()
        )
    asked = [field for field in form if not field.tracks or sheet.own.track in field.tracks]
    shown = [(field, answers[field.id]) for field in asked if _is_given(answers.get(field.id))]
    return Content(
        tuple(_passage(field, given) for field, given in shown if field.type != "file"),
        tuple(each for field, given in shown if field.type == "file" for each in _files(field, given)),
    )


def _is_given(answer: Any) -> bool:
    return answer not in (None, "", [], ())


def _passage(field: FormField, given: Any) -> Passage:
    label, text = shown_text(field.label), str(given)
    if field.type == "yes_no":
        known = {**dict.fromkeys(YES, _("Yes")), **dict.fromkeys(NO, _("No"))}
        return Passage(field.id, label, (known.get(text.casefold(), text),))
    if isinstance(given, (list, tuple)):
        return Passage(field.id, label, items=tuple(option_words(str(each)) for each in given))
    if field.type == "choice" and text in field.options:
        return Passage(field.id, label, (option_words(text),))
    if field.type == "url" and urlsplit(text).scheme in {"http", "https"}:
        return Passage(field.id, label, url=text)
    return Passage(field.id, label, _paragraphs(text))


def _files(field: FormField, given: Any) -> Iterator[Passage]:
    for each in given if isinstance(given, (list, tuple)) else [given]:
        name = each.get("name", "") if isinstance(each, Mapping) else each
        yield Passage(field.id, shown_text(field.label), (str(name),))


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.splitlines() if part.strip())
