"""What the options of bundled stage kinds and rules are written in: exact numbers, references, values by track."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from juri.core.document import RuleUse, Text, empty
from juri.core.errors import InputRefused, Problem
from juri.core.scoring.combine import RULES as COMBINATIONS
from juri.core.scoring.combine import Combination
from juri.core.scoring.missing import MissingPolicy
from juri.core.scoring.number import ROUNDING_MODES, Rounding
from juri.core.scoring.ranks import CONVENTIONS

YES_NO = ("yes", "no")
_WHOLE = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
RANKS = tuple(name for name in CONVENTIONS if name != "ordinal")
"""The ways of counting ranks that an edition may name: an ordinal list would have to guess about equal entries."""


def not_blank() -> validate.Regexp:
    """Return the check that a text says something."""
    return validate.Regexp(re.compile(r".*\S", re.DOTALL), error="Say something here: it is empty.")


class Whole(fields.Field[int]):
    """A whole number: 5, or the text "5" where a value comes from a command line. Never a float, never yes or no."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> int:
        text = str(value).strip() if isinstance(value, (int, str, Decimal)) and not isinstance(value, bool) else ""
        if not _WHOLE.fullmatch(text):
            raise ValidationError(f"{value!r} is not a whole number; write one such as 5")
        return int(text)


class Exact(fields.Field[Decimal]):
    """An exact number: 5, 0.5 or the text "0.5". A float is refused: it is not the number that was written."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Decimal:
        return exact_number(value)


class ExactText(fields.Field[str]):
    """An exact number kept as its shortest text ("84.50" as "84.5"): records are stored as JSON."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        return format(exact_number(value).normalize(), "f")


def exact_number(value: Any) -> Decimal:
    """Read a whole number, a decimal or their text.

    Raises:
        ValidationError: it is none of these (a float, yes or no, "1e5", a decimal comma).

    """
    if isinstance(value, (int, str, Decimal)) and not isinstance(value, bool):
        try:
            number = Decimal(str(value).strip())
        except InvalidOperation:
            number = Decimal("nan")
        if number.is_finite() and (not isinstance(value, str) or _NUMBER.fullmatch(value.strip())):
            return number
    raise ValidationError(f"{value!r} is not an exact number; write one such as 5 or 0.5, with a point")


class Moment(fields.Field[str]):
    """A moment with its offset from UTC, kept as ISO 8601 text: records are stored as JSON."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> str:
        try:
            moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except (TypeError, ValueError):
            moment = None
        if moment is None or moment.tzinfo is None:
            raise ValidationError(f"{value!r} is not a moment; write one such as 2023-06-26T09:00:00+07:00")
        return moment.isoformat()


class Wording(fields.Field[Text]):
    """A text for people: one string, or one in each language of the screens (``{id: ..., en: ...}``)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Text:
        if _is_text(value):
            return Text(value, value)
        if isinstance(value, Mapping) and value and set(value) <= {"id", "en"} and all(map(_is_text, value.values())):
            either = next(iter(value.values()))
            return Text(value.get("id", either), value.get("en", either))
        raise ValidationError(f"{value!r} is not a text; write a string, or both languages as {{id: ..., en: ...}}")


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


class Reference(fields.Field[RuleUse]):
    """A use of something that a plugin provides: ``NAME`` or ``{rule: NAME, ...options}`` (methods: ``name:``).

    The options are kept as written, since only the named rule knows them; ``settle`` checks them. The field's
    metadata has ``family``, so that a loader can check name and options as soon as the edition is read.
    """

    def __init__(self, family: str, *, key: str = "rule", **more: Any) -> None:
        super().__init__(metadata={"family": family, "key": key}, **more)
        self.key = key

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> RuleUse:
        if isinstance(value, str) and value:
            return RuleUse(value)
        if isinstance(value, Mapping) and isinstance(value.get(self.key), str):
            return RuleUse(value[self.key], {key: item for key, item in value.items() if key != self.key})
        raise ValidationError(f"Write the name of a rule, or {{{self.key}: NAME, ...its options}}.")


class ForTracks(fields.Field[Any]):
    """One value for all tracks, or one for each of those named: ``{umum: VALUE, khusus: VALUE}``.

    Read it with ``for_track``.
    """

    def __init__(self, value: fields.Field[Any], is_single: Callable[[Any], bool], **more: Any) -> None:
        super().__init__(**more)
        self.value = value
        self.is_single = is_single

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if self.is_single(value):
            return self.value.deserialize(value)
        if not isinstance(value, Mapping) or not value:
            raise ValidationError("Write one for all tracks, or one for each track: {TRACK: ..., TRACK: ...}.")
        return {track: self.value.deserialize(item) for track, item in value.items()}


def rules_by_track(family: str, **more: Any) -> ForTracks:
    """Return the field of a rule, or of one rule for each track."""
    return ForTracks(Reference(family), lambda value: not isinstance(value, Mapping) or "rule" in value, **more)


def names_by_track(**more: Any) -> ForTracks:
    """Return the field of a name (of a rubric), or of one name for each track."""
    return ForTracks(fields.String(validate=not_blank()), lambda value: isinstance(value, str), **more)


def for_track(values: Any, track: str) -> Any:
    """Return what a ``ForTracks`` value says for a track; None where it says nothing."""
    return values.get(track) if isinstance(values, Mapping) else values


class RoundingStep(fields.Field[Rounding]):
    """Where and how to round: ``{step: sheet|entry|combined, decimals: 2, mode: half_up}``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Rounding:
        return Rounding(**RoundingOptions().load(value))


class RoundingOptions(Schema):
    """The keys of one rounding step."""

    step = fields.String(required=True, validate=validate.OneOf(("sheet", "entry", "combined")))
    decimals = Whole(required=True, validate=validate.Range(min=0, max=12))
    mode = fields.String(load_default="half_up", validate=validate.OneOf(tuple(ROUNDING_MODES)))


class CombinationOptions(Schema):
    """``{combine: RULE, stages: {STAGE: WEIGHT}}``: the ranking over several stages, in the order written.

    ``rounding``, ``ties`` (stages whose rank sets equal entries apart) and ``ranks`` are as in scoring.
    """

    combine = fields.String(required=True, validate=validate.OneOf(COMBINATIONS))
    stages = fields.Dict(
        keys=fields.String(validate=not_blank()), values=Exact(), required=True, validate=validate.Length(min=1)
    )
    rounding = fields.List(RoundingStep(), load_default=list)
    ties = fields.List(fields.String(), load_default=list)
    ranks = fields.String(load_default="competition", validate=validate.OneOf(RANKS))

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Combination:
        """Build the value."""
        return Combination(data["combine"], data["stages"], tuple(data["rounding"]), tuple(data["ties"]), data["ranks"])


class RankingOf(fields.Field[Combination]):
    """Which ranking is meant: a stage id, or a combination of stages. One stage alone is its own last."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Combination:
        if isinstance(value, str) and value:
            return Combination("last", {value: Decimal(1)})
        if not isinstance(value, Mapping):
            raise ValidationError("Write the id of a stage, or {combine: RULE, stages: {STAGE: WEIGHT}}.")
        loaded: Combination = CombinationOptions().load(value)
        return loaded


def known_policy(text: str) -> None:
    """Check the name of a policy for jurors who never finish.

    Raises:
        ValidationError: there is no such policy; says which there are.

    """
    try:
        MissingPolicy.parse(text)
    except InputRefused as refused:
        raise ValidationError([problem.message for problem in refused.problems]) from refused


def settle(extension: Any, options: Mapping[str, Any], where: str) -> Mapping[str, Any]:
    """Check the options of one use of an extension by the extension's own schema, and fill in the defaults.

    Raises:
        InputRefused: an option is wrong, or there are options where the extension has none; every problem is listed.

    """
    if extension.options is None:
        if options:
            raise InputRefused([Problem(f"{where}.{key}", f"'{extension.name}' has no options") for key in options])
        return empty()
    try:
        return dict(extension.options().load(options))
    except ValidationError as error:
        raise InputRefused(list(_problems(where, error.messages))) from error


def _problems(where: str, messages: Any) -> list[Problem]:
    if isinstance(messages, dict):
        found = (_problems(where if key == "_schema" else f"{where}.{key}", inner) for key, inner in messages.items())
        return [problem for problems in found for problem in problems]
    return [Problem(where, str(message)) for message in messages]
