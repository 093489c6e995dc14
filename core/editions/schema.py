"""The marshmallow schemas of an edition document: every key that is not an option of a plugin."""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema

from juri.core.document import Contact, FormField, Item, Limit, Panel, Source, Text

FORMAT = 1
CONFLICTS = ("own_agency", "own_region", "relation")
FIELD_TYPES = ("text", "date", "number", "yes_no", "choice", "choices", "url", "file")
SOURCE_STATUSES = ("sourced", "proxy", "derived", "inferred", "own")

_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_PHONE = re.compile(r"\+?[\d(][\d ()./-]{3,30}")
_WHATSAPP = re.compile(r"\+[1-9][\d -]{6,25}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def is_id(text: str) -> bool:
    """Tell whether a text can be an id: lower-case letters, digits, ``-`` and ``_``, at most 64 of them."""
    return bool(_ID.fullmatch(text))


class Strict(Schema):
    """A part of a document in which an unknown key is an error."""

    class Meta:
        """Refuse what nobody would read."""

        unknown = RAISE


class Id(fields.String):
    """An id, unique in its list."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **more)
        if not is_id(text):
            raise ValidationError("An id has lower-case letters, digits, '-' and '_' only, and at most 64 of them.")
        return text


class Ids(fields.List[str]):
    """A list of ids that stand elsewhere, none twice."""

    def __init__(self, **more: Any) -> None:
        super().__init__(Id(), load_default=list, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> list[Any]:
        found: list[Any] = super()._deserialize(value, attr, data, **more)
        twice = sorted({name for name in found if found.count(name) > 1})
        if twice:
            raise ValidationError(f"{', '.join(twice)} stands here twice.")
        return found


class Words(fields.Field[Text]):
    """A text in both languages of the screens: one string for both, or ``{id: ..., en: ...}``."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Text:
        if isinstance(value, str) and value.strip():
            return Text(value, value)
        if isinstance(value, dict) and value and set(value) <= {"id", "en"}:
            texts = {key: text for key, text in value.items() if isinstance(text, str) and text.strip()}
            if len(texts) == len(value):
                return Text(texts.get("id", texts.get("en", "")), texts.get("en", texts.get("id", "")))
        raise ValidationError("Write a text, or one in each language: {id: ..., en: ...}.")


class Exact(fields.Field[Decimal]):
    """A number as it was written; a float, a word or yes and no are none."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Decimal:
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            raise ValidationError("Not a valid number.")
        return Decimal(value)


class Whole(fields.Integer):
    """A whole number, never rounded from another."""

    def __init__(self, minimum: int = 0, **more: Any) -> None:
        super().__init__(strict=True, validate=validate.Range(min=minimum), **more)

    def _validated(self, value: Any) -> int:
        if not isinstance(value, int):  # '5' in quotes is text, 5.0 is a decimal
            raise ValidationError("Not a valid integer.")
        found: int = super()._validated(value)
        return found


class Moment(fields.Field[tuple[datetime, bool]]):
    """A moment with its offset, or a whole day; loads into (moment or midnight without a zone, is it a day)."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> tuple[datetime, bool]:
        if isinstance(value, str):
            return read_moment(value)
        raise ValidationError("Write a day (2023-05-06) or a moment with its offset (2023-05-06T23:59:00+07:00).")


def read_moment(text: str) -> tuple[datetime, bool]:
    """Read an ISO moment with offset, or a day; the second value says that it is a day.

    Raises:
        ValidationError: it is neither, or the offset is missing.

    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValidationError(
            f"'{text}' is no date; write a day (2023-05-06) or a moment with its offset (2023-05-06T23:59:00+07:00)."
        ) from None
    if _DAY.fullmatch(text):
        return moment, True
    if moment.tzinfo is None:
        raise ValidationError(f"'{text}' does not say its offset from UTC; write for example {text}+07:00.")
    return moment, False


class Zone(fields.String):
    """A time zone of the IANA list."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        name: str = super()._deserialize(value, attr, data, **more)
        try:
            ZoneInfo(name)
        except (ValueError, OSError, LookupError):
            raise ValidationError(f"'{name}' is no time zone; write for example Asia/Jakarta.") from None
        return name


class Filename(fields.String):
    """The name of another edition, or of a file in the same folder."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> str:
        name: str = super()._deserialize(value, attr, data, **more)
        if "/" in name or "\\" in name or name.startswith("."):
            raise ValidationError("Name a shipped edition, or a file in the same folder.")
        return name


class ItemSchema(Strict):
    """A cluster or a category."""

    id = Id(required=True)
    name = Words()

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Item:
        """Build the value; an item without a name is called by its id."""
        return Item(data["id"], data.get("name", Text(data["id"], data["id"])))


class OneOrItem(fields.Field[Item]):
    """An id alone, or an item with its name."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Item:
        if isinstance(value, str):
            name = Id().deserialize(value)
            return Item(name, Text(name, name))
        loaded: Item = ItemSchema().load(value)
        return loaded


class ContactSchema(Strict):
    """Whom to ask for help with an edition."""

    name = Words()
    phone = fields.String(validate=validate.Regexp(_PHONE, error="Write digits, such as (0271) 593068."))
    whatsapp = fields.String(
        validate=validate.Regexp(_WHATSAPP, error="Write it from the +, such as +62 812 3456 7890.")
    )
    email = fields.Email(error_messages={"invalid": "Write an e-mail address: name@place."})
    address = fields.String(validate=validate.Length(min=1, max=300))
    hours = Words()

    @validates_schema
    def check_way(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a contact by which nobody can be reached.

        Raises:
            ValidationError: it names no way.

        """
        if not any(data.get(key) for key in ("phone", "whatsapp", "email", "address")):
            raise ValidationError("Name at least one of phone, whatsapp, email and address.", "phone")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Contact:
        """Build the value."""
        return Contact(**data)


class SourceSchema(Strict):
    """Where a fact was read."""

    id = Id(required=True)
    title = fields.String(required=True)
    url = fields.String(load_default="")
    status = fields.String(load_default="sourced", validate=validate.OneOf(SOURCE_STATUSES))
    note = fields.String(load_default="")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Source:
        """Build the value."""
        return Source(**data)


class LimitSchema(Strict):
    """How many entries an entrant may have."""

    value = Whole(1, required=True)
    tracks = Ids()
    clusters = Ids()

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Limit:
        """Build the value."""
        return Limit(data["value"], tuple(data["tracks"]), tuple(data["clusters"]))


class PanelSchema(Strict):
    """A group of jurors."""

    id = Id(required=True)
    name = Words()
    size = Whole(1)
    scope = fields.String()
    conflicts = fields.List(fields.String(validate=validate.OneOf(CONFLICTS)))

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Panel:
        """Build the value; a panel without a name is called by its id."""
        lists = {"conflicts": tuple(data["conflicts"])} if "conflicts" in data else {}
        return Panel(**({"name": Text(data["id"], data["id"])} | data | lists))


class FormFieldSchema(Strict):
    """One question of the entry form."""

    id = Id(required=True)
    type = fields.String(load_default="text", validate=validate.OneOf(FIELD_TYPES))
    label = Words()
    required = fields.Boolean(load_default=True)
    max_words = Whole(1)
    options = fields.List(fields.String(), load_default=list)
    when = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)
    max_mb = Whole(1)
    media = fields.List(fields.String(), load_default=list)
    tracks = Ids()

    @validates_schema
    def check_type(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse keys that mean nothing for the type of the question.

        Raises:
            ValidationError: a choice without options, options of no choice, sizes of no file.

        """
        kind = data["type"]
        if kind in ("choice", "choices") and not data["options"]:
            raise ValidationError(f"A {kind} needs its options.", "options")
        if kind not in ("choice", "choices") and data["options"]:
            raise ValidationError(f"Only a choice has options; this is a {kind}.", "options")
        for key in ("max_mb", "media"):
            if data.get(key) and kind != "file":
                raise ValidationError(f"Only a file has '{key}'; this is a {kind}.", key)
        if data.get("max_words") and kind != "text":
            raise ValidationError(f"Only a text has words to count; this is a {kind}.", "max_words")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> FormField:
        """Build the value; a question without a label is called by its id."""
        lists = {key: tuple(data[key]) for key in ("options", "media", "tracks")}
        return FormField(**({"label": Text(data["id"], data["id"])} | data | lists))


class TrackSchema(Strict):
    """A separate race; ``eligibility`` is read by the rules that it names."""

    id = Id(required=True)
    name = Words()
    eligibility = fields.List(fields.Raw(), load_default=list)
    quotas = fields.Dict(keys=Id(), values=Whole(1), load_default=dict)


class StageSchema(Strict):
    """What every stage has; all other keys are the options of its kind."""

    id = Id(required=True)
    kind = fields.String(required=True)
    name = Words()
    opens = fields.String()
    closes = fields.String()
    tracks = Ids()


class UnknownSchema(Strict):
    """A rule that nobody could name."""

    at = fields.String(required=True, validate=validate.Length(min=1))
    why = fields.String(load_default="")
    suggestion = fields.Raw()
    source = fields.String(load_default="")
    resolved = fields.Boolean(load_default=False)


class EditionSchema(Strict):
    """The top of an edition document; parts that plugins know are read by their own schemas."""

    juri = fields.Integer(strict=True, required=True, validate=validate.OneOf([FORMAT]))
    edition = Id(required=True)
    competition = fields.String(load_default="")
    name = Words(required=True)
    description = Words(load_default=Text("", ""))
    template = fields.Boolean(load_default=False)
    time_zone = Zone(load_default="Asia/Jakarta")
    secretariat = fields.Nested(ContactSchema, load_default=None)
    sources = fields.List(fields.Nested(SourceSchema), load_default=list)
    calendar = fields.Dict(keys=Id(), values=Moment(), load_default=dict)
    clusters = fields.List(OneOrItem(), load_default=list)
    categories = fields.List(OneOrItem(), load_default=list)
    tracks = fields.List(fields.Nested(TrackSchema), load_default=list)
    limits = fields.List(fields.Nested(LimitSchema), load_default=list)
    eligibility = fields.List(fields.Raw(), load_default=list)
    form = fields.List(fields.Nested(FormFieldSchema), load_default=list)
    panels = fields.List(fields.Nested(PanelSchema), load_default=list)
    rubrics = fields.Dict(keys=Id(), values=fields.Raw(), load_default=dict)
    stages = fields.List(fields.Raw(), required=True, validate=validate.Length(min=1))
