"""Forms: the base of them all, numbers as people type them, and the scorecard that is built from a rubric's questions.

One description serves the page (WTForms) and the programs (marshmallow): the rubric's questions. What an answer must
be is decided in one place only, ``juri.core.sheets``; forms carry what was typed there, and problems back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, cast

from flask_babel import gettext
from flask_wtf import FlaskForm
from marshmallow import RAISE, Schema, ValidationError, fields, validate
from wtforms import (
    BooleanField,
    DateTimeLocalField,
    Form,
    FormField,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length
from wtforms.validators import ValidationError as FieldRefused

from juri.core.errors import InputRefused, Problem
from juri.core.scoring.number import read_number
from juri.core.scoring.rubric import NA, RUBRICS_AT_HAND, Answer, Question, Scale, decimal_as_text
from juri.webapp.language import language

LONGEST_COMMENT = 5000
FEW = 11
"""A range with at most so many steps is shown as buttons, as levels are."""


class JuriForm(FlaskForm):  # type: ignore[misc]  # the library has no types
    """The base of every form: with CSRF, and able to show what a verb refused."""

    def place(self, problems: Iterable[Problem]) -> list[Problem]:
        """Put problems at the fields that they name; returns those that name no field of this form."""
        left = []
        for problem in problems:
            if problem.field in self:
                field = self[problem.field]
                field.errors = [*field.errors, problem.message]
            else:
                left.append(problem)
        return left


class DecimalText(StringField):  # type: ignore[misc]  # the same
    """A number as people type it: 7,5 and 7.5 are the same. ``data`` is a Decimal, or None where nothing is typed.

    It is a text field with a decimal keyboard: a number field changes when the wheel turns, and takes no comma in half
    of the browsers.
    """

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read what was typed; what is no number is refused with a sentence, and stays in the field."""
        self.data: Any = None
        if valuelist and str(valuelist[0]).strip():
            try:
                self.data = read_number(str(valuelist[0]))
            except ValueError:
                message = gettext("Write a number, such as %(example)s.", example=shown_number(Decimal("7.5")))
                raise FieldRefused(message) from None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return shown_number(self.data) if isinstance(self.data, Decimal) else str(self.data or "")

    def __call__(self, **attributes: Any) -> Any:
        """Show the field with a decimal keyboard."""
        return super().__call__(**{"inputmode": "decimal", "autocomplete": "off", **attributes})


class MomentField(DateTimeLocalField):  # type: ignore[misc]  # the same
    """A moment to choose; shown as browsers want it, and kept as typed where it is none."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, format=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"], **options)


class AsTyped(DecimalText):
    """The same field, whose ``data`` is the text as typed: the rubric decides what is on its scale."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Keep what was typed."""
        self.data = str(valuelist[0]) if valuelist else ""


def shown_number(value: Decimal | str) -> str:
    """Write a number as it is typed in the page's language: no thousands mark, a comma in Indonesian."""
    text = decimal_as_text(value) if isinstance(value, Decimal) else value
    return text.replace(".", ",") if language() == "id" else text


@dataclass(frozen=True)
class Choice:
    """One answer to choose: its value, the number as the page writes it (none for a word), its name, what it means."""

    value: str
    mark: str = ""
    label: str = ""
    descriptor: str = ""

    @property
    def words(self) -> str:
        """Return the answer in one line."""
        return " ".join(part for part in (self.mark, self.label) if part)


def scale_choices(scale: Scale) -> tuple[Choice, ...]:
    """List the answers of a scale that are few enough to be chosen from; none where a number is to be typed."""
    if scale.choices:
        return tuple(Choice(word, label=word_shown(word)) for word in scale.choices)
    if scale.levels:
        return tuple(
            Choice(decimal_as_text(level.value), shown_number(level.value), level.label, level.descriptor)
            for level in scale.levels
        )
    return tuple(Choice(decimal_as_text(value), shown_number(value)) for value in _steps(scale))


def word_shown(word: str) -> str:
    """Write an answer that is a word in the page's language; an edition's own words stay as they are."""
    known = {"yes": gettext("Yes"), "no": gettext("No"), NA: gettext("Not applicable")}
    return str(known.get(word, word.replace("_", " ")))


def _steps(scale: Scale) -> list[Decimal]:
    if not scale.step or (scale.maximum - scale.minimum) / scale.step >= FEW:
        return []
    return [
        scale.minimum + scale.step * place for place in range(int((scale.maximum - scale.minimum) / scale.step) + 1)
    ]


class AnswerForm(Form):  # type: ignore[misc]  # the same
    """The answer to one question: its value, a tick for "not applicable" beside a number, a comment, a reason.

    The overall comment of a sheet has no value.
    """

    value: Any = None
    na: Any = None
    comment = TextAreaField(validators=[Length(max=LONGEST_COMMENT)])
    reason: Any = None

    def typed(self) -> dict[str, str]:
        """Return what was typed, as ``prepare_scorecard`` reads it."""
        if self.value is None:
            return {"value": "", "comment": str(self.comment.data or "").strip()}
        not_applicable = self.na is not None and self.na.data
        found = {"value": NA if not_applicable else self.value.data, "comment": self.comment.data}
        if self.reason is not None:
            found["reason"] = self.reason.data
        return {name: str(text or "").strip() for name, text in found.items()}

    def show(self, answer: Answer) -> None:
        """Show a stored answer."""
        self.comment.data = answer.comment
        if self.value is None:
            return
        if self.na is not None:
            self.na.data = answer.is_na
        if self.reason is not None:
            self.reason.data = answer.reason
        if self.na is None or not answer.is_na:
            self.value.data = _shown(answer.value, typed=isinstance(self.value, DecimalText))


class ScorecardForm(JuriForm):
    """A scorecard: what was typed for each criterion, the version that was seen, and a key for sending it once."""

    version = HiddenField(default="0")
    key = HiddenField()

    @property
    def seen_version(self) -> int:
        """Return the version that the writer saw.

        Raises:
            InputRefused: the hidden field was tampered with.

        """
        text = str(self.version.data or "0")
        if not text.isdecimal() or len(text) > 9:  # noqa: PLR2004  more digits than any version will have
            raise InputRefused.at("version", "the form is damaged; load the page again")
        return int(text)

    def typed(self) -> dict[str, dict[str, str]]:
        """Return what was typed, by criterion."""
        return {criterion: answer.typed() for criterion, answer in self.cards()}

    def cards(self) -> Iterator[tuple[str, AnswerForm]]:
        """Walk the criteria in reading order, each with its fields."""
        for field in self:
            if field.short_name.startswith(_CRITERION):
                yield field.short_name.removeprefix(_CRITERION), cast(AnswerForm, field.form)

    def fill(self, answers: Mapping[str, Answer]) -> None:
        """Show stored answers."""
        for criterion, form in self.cards():
            if criterion in answers:
                form.show(answers[criterion])


_CRITERION = "c_"
"""What the fields of criteria begin with: an id of the rubric may be any word, also one that a form uses itself."""


def field_name(criterion: str) -> str:
    """Return what the names of a criterion's fields begin with."""
    return _CRITERION + criterion


def scorecard_form(asked: Sequence[Question]) -> type[ScorecardForm]:
    """Build the form of a rubric from its questions."""
    return _form_of(tuple(asked))


@lru_cache(maxsize=RUBRICS_AT_HAND)
def _form_of(asked: tuple[Question, ...]) -> type[ScorecardForm]:
    return type(
        "Scorecard", (ScorecardForm,), {field_name(each.criterion): FormField(_answer_form(each)) for each in asked}
    )


def _shown(value: Decimal | str, *, typed: bool) -> str:
    if typed:
        return shown_number(value)
    return decimal_as_text(value) if isinstance(value, Decimal) else value


def _answer_form(question: Question) -> type[AnswerForm]:
    if question.is_overall:
        return AnswerForm
    choices = scale_choices(question.scale)
    parts: dict[str, Any] = {"value": AsTyped(question.text)}
    if choices:
        listed = [SelectChoice(each.value, each.value) for each in choices]
        extra = [SelectChoice(NA, NA)] if question.na_allowed else []
        parts["value"] = RadioField(question.text, choices=[*listed, *extra], validate_choice=False)
    elif question.na_allowed:
        parts["na"] = BooleanField()
    if question.reason_for and question.reasons:
        parts["reason"] = SelectField(
            choices=[SelectChoice(code, code.replace("_", " ")) for code in ("", *question.reasons)],
            validate_choice=False,
        )
    elif question.reason_for:
        parts["reason"] = StringField()
    return type("AnswerTo", (AnswerForm,), parts)


class AnswerBody(Schema):
    """One answer as a program sends it."""

    value = fields.String(load_default="", validate=validate.Length(max=200))
    comment = fields.String(load_default="", validate=validate.Length(max=LONGEST_COMMENT))
    reason = fields.String(load_default="", validate=validate.Length(max=200))


class ScorecardBody(Schema):
    """A scorecard as a program sends it; ``answers`` is built from the rubric."""

    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=0, max=2**31 - 1))
    key = fields.String(required=True, validate=validate.Length(min=8, max=100))
    finish = fields.Boolean(load_default=False, truthy={True}, falsy={False})


def scorecard_schema(asked: Sequence[Question]) -> Schema:
    """Build the schema of a rubric's scorecard from its questions; what it does not ask is refused."""
    return _schema_of(tuple(each.criterion for each in asked))


@lru_cache(maxsize=RUBRICS_AT_HAND)
def _schema_of(criteria: tuple[str, ...]) -> Schema:
    answers = Schema.from_dict({criterion: fields.Nested(AnswerBody, unknown=RAISE) for criterion in criteria})
    return ScorecardBody.from_dict({"answers": fields.Nested(answers, required=True, unknown=RAISE)})(unknown=RAISE)


def load_body(schema: Schema, body: Any) -> dict[str, Any]:
    """Read the body of a request.

    Raises:
        InputRefused: it is not what the schema says; every problem with the path of its field.

    """
    try:
        return cast("dict[str, Any]", schema.load(body))
    except ValidationError as error:
        raise InputRefused(_problems(error.messages)) from error


def _problems(messages: Any, at: str = "") -> Iterator[Problem]:
    if isinstance(messages, Mapping):
        for name, below in messages.items():
            yield from _problems(below, f"{at}.{name}" if at else str(name))
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            yield Problem("" if at == "_schema" else at, str(message), "malformed")
