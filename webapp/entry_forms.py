"""The entry form, built from the edition's own description: fields for the page, a schema for programs.

Both carry what was written to the verbs, which alone decide what an answer must be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from flask_babel import gettext, lazy_gettext
from marshmallow import RAISE, Schema, fields, validate
from marshmallow.exceptions import ValidationError
from wtforms import HiddenField, RadioField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from juri.core.document import Edition, FormField
from juri.core.entries.answers import NO, YES, read_answers
from juri.core.entries.verbs import EntryContent
from juri.core.errors import InputRefused, Problem
from juri.webapp.forms import AsTyped, JuriForm
from juri.webapp.language import shown_text
from juri.webapp.sentences import sentence

ANSWER = "q_"
"""What the names of the questions' fields begin with: an id may be any word, also one that the form uses itself."""

SHORT = 30
"""A text of at most so many words is asked for in one line."""

FEW = 8
"""So many choices are shown as buttons; more as a list."""

MOST_PEOPLE = 100
LONGEST_NAME = 200
LONGEST_ANSWER = 100_000
MOST_DIGITS = 9


class EntryForm(JuriForm):
    """What every entry says of itself, and the version that its writer saw; the questions are added by the edition."""

    title = TextAreaField(lazy_gettext("Title of the innovation"), render_kw={"rows": 2})
    unit = StringField(lazy_gettext("Work unit that runs it"))
    people = TextAreaField(lazy_gettext("Innovators, one name a line"), render_kw={"rows": 3})
    version = HiddenField(default="0")

    def __init__(self, *args: Any, needed: Iterable[str] = ("title",), **more: Any) -> None:
        super().__init__(*args, **more)
        for name in needed:
            if name in self:
                self[name].flags.required = True

    @property
    def seen_version(self) -> int:
        """Return the version that the writer saw.

        Raises:
            InputRefused: the hidden field was tampered with.

        """
        text = str(self.version.data or "0")
        if not (text.isascii() and text.isdecimal()) or len(text) > MOST_DIGITS:
            raise InputRefused.at("version", "the form is damaged; load the page again")
        return int(text)

    def questions(self) -> Iterator[tuple[str, Any]]:
        """Walk the questions in the form's order, each with its field."""
        for field in self:
            if field.short_name.startswith(ANSWER):
                yield field.short_name.removeprefix(ANSWER), field

    def show(self, content: EntryContent, version: int) -> None:
        """Show what is stored."""
        self.title.data, self.unit.data = content.title, content.unit
        self.people.data = "\n".join(content.people)
        self.version.data = str(version)
        for name in ("track", "category"):
            if name in self:
                self[name].data = getattr(content, name)
        for name, field in self.questions():
            field.data = _shown(content.answers.get(name), many=isinstance(field, SelectMultipleField))

    def content(self, form: Sequence[FormField], kept: EntryContent) -> EntryContent:
        """Return what was written; what this form does not ask stays as it was."""
        typed, lists = {}, {}
        for name, field in self.questions():
            if isinstance(field, SelectMultipleField):
                lists[name] = list(field.data or ())
            else:
                typed[name] = str(field.data or "").replace("\r\n", "\n")
        answers = {name: given for name, given in kept.answers.items() if name not in {*typed, *lists}}
        answers |= read_answers([field for field in form if field.id in typed], typed)[0]
        answers |= {name: given for name, given in lists.items() if given}
        return EntryContent(
            title=" ".join(str(self.title.data or "").split()),
            track=str(self["track"].data or "") if "track" in self else kept.track,
            category=str(self["category"].data or "").strip(),
            unit=str(self.unit.data or "").strip(),
            people=[line.strip() for line in str(self.people.data or "").splitlines() if line.strip()],
            answers=answers,
        )

    def place_refused(self, problems: Iterable[Problem]) -> list[Problem]:
        """Put what the verbs refused at its fields, in the language of the page; returns what names none of them."""
        told = (replace(each, field=field_of(each.field), message=sentence(each.message)) for each in problems)
        return self.place(told)


def option_words(option: str) -> str:
    """Write a choice as people read it: the edition names it by an id."""
    return option.replace("_", " ")


def answer_words(field: FormField, answer: Any) -> str:
    """Write an answer as text, for reading and for comparing two versions."""
    if isinstance(answer, (list, tuple)):
        return "; ".join(option_words(str(each)) for each in answer)
    text = str(_shown(answer, many=False))
    if field.type == "yes_no":
        return str(gettext("Yes")) if text in YES else str(gettext("No")) if text in NO else text
    if field.type == "date":
        return _day_first(text)
    return option_words(text) if field.type == "choice" and text in field.options else text


class DayText(StringField):  # type: ignore[misc]  # the library has no types
    """A day as people write it, 31/1/2024; what is stored is shown in that way, too."""

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else _day_first(str(self.data or ""))


def _day_first(text: str) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return text
    return f"{day.day}/{day.month}/{day.year}"


def field_of(place: str) -> str:
    """Return the name of the form's field for a place that a verb names."""
    return ANSWER + place.removeprefix("answers.") if place.startswith("answers.") else place


def begin_form(edition: Edition) -> type[EntryForm]:
    """Build the form that begins an entry: which questions follow depends on its track."""
    return _form(edition, ())


def entry_form(edition: Edition, track: str) -> type[EntryForm]:
    """Build the form of an entry of a track."""
    return _form(edition, [field for field in edition.form if not field.tracks or track in field.tracks])


def _form(edition: Edition, asked: Sequence[FormField]) -> type[EntryForm]:
    parts: dict[str, Any] = {}
    if edition.tracks:
        tracks = [SelectChoice(track.id, shown_text(track.name)) for track in edition.tracks]
        choose = [SelectChoice("", gettext("Choose …"))] if len(tracks) > 1 else []
        parts["track"] = SelectField(gettext("Track"), choices=[*choose, *tracks], validate_choice=False)
    if edition.categories:
        listed = [SelectChoice(item.id, shown_text(item.name)) for item in edition.categories]
        choices = [SelectChoice("", gettext("Choose …")), *listed]
        parts["category"] = SelectField(gettext("Category"), choices=choices, validate_choice=False)
    else:
        parts["category"] = StringField(gettext("Category"))
    return type("Entry", (EntryForm,), parts | {ANSWER + field.id: _question(field) for field in asked})


def _question(field: FormField) -> Any:
    label = shown_text(field.label)
    if field.type in {"yes_no", "choice", "choices"}:
        return _choice(field, label)
    if field.type == "number":
        return AsTyped(label)
    if field.type == "date":
        return DayText(label, render_kw={"autocomplete": "off"})
    if field.type == "text" and (field.max_words is None or field.max_words > SHORT):
        return TextAreaField(label)
    return StringField(label, render_kw={"inputmode": "url"} if field.type == "url" else None)


def _choice(field: FormField, label: str) -> Any:
    options = [SelectChoice(option, option_words(option)) for option in field.options]
    if field.type == "yes_no":
        options = [SelectChoice("yes", gettext("Yes")), SelectChoice("no", gettext("No"))]
    if not options:
        return StringField(label)
    if field.type == "choices":
        return SelectMultipleField(
            label, choices=options, validate_choice=False, widget=ListWidget(prefix_label=False),
            option_widget=CheckboxInput(),
        )  # fmt: skip
    if len(options) <= FEW:
        return RadioField(label, choices=options, validate_choice=False)
    return SelectField(label, choices=[SelectChoice("", gettext("Choose …")), *options], validate_choice=False)


def _shown(answer: Any, *, many: bool) -> Any:
    if many:
        return [str(each) for each in answer] if isinstance(answer, (list, tuple)) else [str(answer)] if answer else []
    if isinstance(answer, bool):
        return "yes" if answer else "no"
    if isinstance(answer, (list, tuple)):
        return "; ".join(map(str, answer))
    return "" if answer is None else str(answer)


class ExactNumber(fields.Field[Any]):
    """A number that stays as it was sent: a text of digits or a whole number; a floating point number is not exact."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> str:
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise ValidationError("Not an exact number; send a text such as '7.5', or a whole number.")
        if len(text := str(value)) > LONGEST_NAME:
            raise ValidationError("The number has too many digits.")
        return text


class YesOrNo(fields.Field[Any]):
    """``true`` and ``false``, or the words ``yes`` and ``no``; kept as words."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **more: Any) -> str:
        if value is True or value is False:
            return "yes" if value else "no"
        if value in ("yes", "no"):
            return str(value)
        raise ValidationError("Not yes or no; send true, false, 'yes' or 'no'.")


class EntryBody(Schema):
    """An entry as a program sends it; ``answers`` is built from the edition's form."""

    title = fields.String(required=True, validate=validate.Length(min=1, max=400))
    track = fields.String(load_default="", validate=validate.Length(max=80))
    category = fields.String(load_default="", validate=validate.Length(max=120))
    unit = fields.String(load_default="", validate=validate.Length(max=200))
    people = fields.List(
        fields.String(validate=validate.Length(min=1, max=LONGEST_NAME)),
        load_default=list,
        validate=validate.Length(max=MOST_PEOPLE),
    )
    answers = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)


def entry_schema(base: type[EntryBody], form: Sequence[FormField]) -> Schema:
    """Build the schema of an edition's entries from its form; what it does not ask is refused."""
    if not form:
        texts = fields.String(validate=validate.Length(max=LONGEST_ANSWER))
        free = fields.Dict(keys=fields.String(validate=validate.Length(max=80)), values=texts, load_default=dict)
        return base.from_dict({"answers": free})(unknown=RAISE)
    answers = Schema.from_dict({field.id: _answer(field) for field in form})
    nested = fields.Nested(answers, unknown=RAISE, load_default=dict)
    return base.from_dict({"answers": nested})(unknown=RAISE)


def _answer(field: FormField) -> fields.Field[Any]:
    if field.type == "yes_no":
        return YesOrNo(allow_none=True)
    if field.type == "number":
        return ExactNumber(allow_none=True)
    text = fields.String(validate=validate.Length(max=LONGEST_ANSWER))
    if field.type == "choices":
        return fields.List(text, allow_none=True, validate=validate.Length(max=500))
    return fields.String(allow_none=True, validate=validate.Length(max=LONGEST_ANSWER))


def content_of_body(body: Mapping[str, Any]) -> EntryContent:
    """Turn a body that the schema let through into the content of an entry."""
    answers = {name: given for name, given in body["answers"].items() if given is not None}
    named = {name: body[name] for name in ("title", "track", "category", "unit", "people")}
    return EntryContent(**named, answers=answers)
