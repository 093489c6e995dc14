"""The marshmallow schemas of a rubric: every key that is not an option of its kind."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from juri.core.editions.schema import Exact, Id, Ids, Strict, Whole
from juri.core.scoring.rubric import Bonus, Level, OverallComment, Scale


class LevelSchema(Strict):
    """One value of an ordinal scale."""

    value = Exact(required=True)
    label = fields.String(load_default="")
    descriptor = fields.String(load_default="")


class OneOrLevel(fields.Field[Level]):
    """A value alone, or a level with its words."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Level:
        if isinstance(value, dict):
            return Level(**LevelSchema().load(value))
        return Level(Exact().deserialize(value))


class ScaleSchema(Strict):
    """The values a juror may give: a range, levels, or words."""

    min = Exact()
    max = Exact()
    step = Exact()
    levels = fields.List(OneOrLevel(), validate=validate.Length(min=2))
    choices = fields.List(fields.String(validate=validate.Length(min=1)), validate=validate.Length(min=2))

    @validates_schema
    def check_one_way(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a scale that is given in two ways, or in none.

        Raises:
            ValidationError: it is, or a range is empty, or a value stands twice.

        """
        ways = [way for way in ("levels", "choices") if way in data]
        is_range = bool({"min", "max", "step"} & set(data))
        if len(ways) + is_range != 1:
            raise ValidationError("A scale has either min and max (and step), or levels, or choices.")
        values = [getattr(value, "value", value) for value in data.get("levels", data.get("choices", []))]
        if len(set(values)) != len(values):
            raise ValidationError("A value stands here twice.", ways[0])
        if is_range:
            _check_range(data)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Scale:
        """Build the value."""
        if "levels" in data or "choices" in data:
            return Scale(levels=tuple(data.get("levels", ())), choices=tuple(data.get("choices", ())))
        return Scale(data["min"], data["max"], data.get("step"))


def _check_range(data: dict[str, Any]) -> None:
    for key in ("min", "max"):
        if key not in data:
            raise ValidationError("Missing data for required field.", key)
    if data["min"] >= data["max"]:
        raise ValidationError(f"The least value {data['min']} is not below the greatest {data['max']}.", "min")
    step = data.get("step")
    if step is not None and not 0 < step <= data["max"] - data["min"]:
        raise ValidationError("A step is above 0 and fits into the scale.", "step")


class BonusSchema(Strict):
    """Extra score on a condition."""

    id = Id(required=True)
    name = fields.String(load_default="")
    fact = fields.String(required=True)
    at_least = Exact()
    equals = fields.Raw()
    points = Exact(validate=validate.Range(min=0))
    percent = Exact(validate=validate.Range(min=0))

    @validates_schema
    def check_one_each(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a bonus without exactly one condition and exactly one amount.

        Raises:
            ValidationError: it has none of them, or both.

        """
        for one, other in (("at_least", "equals"), ("points", "percent")):
            if (one in data) == (other in data):
                raise ValidationError(f"A bonus has either '{one}' or '{other}'.")

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> Bonus:
        """Build the value; what a fact must equal is compared as text, yes and no as words."""
        if "equals" in data:
            value = data["equals"]
            data["equals"] = {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
        return Bonus(**data)


class CriterionSchema(Strict):
    """What a criterion has in every kind of rubric. Its id may be written as spreadsheets have it (``C0``)."""

    id = fields.String(
        required=True,
        validate=validate.Regexp(
            r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}\Z",
            error="An id has letters, digits, '-', '_' and '.' only, and at most 64 of them.",
        ),
    )
    name = fields.String(load_default="")
    description = fields.String(load_default="")
    weight = Exact(validate=validate.Range(min=0))
    scale = fields.Nested(ScaleSchema)
    required = fields.Boolean(load_default=True)
    na_allowed = fields.Boolean(load_default=False)
    comment_required = fields.Boolean(load_default=False)
    counts = fields.Boolean(load_default=True)
    visible = fields.Boolean(load_default=True)
    max_words = Whole(1)
    only_in = Ids()
    children = fields.List(fields.Raw(), load_default=list)


class OverallSchema(Strict):
    """One comment for the whole sheet."""

    name = fields.String(load_default="")
    required = fields.Boolean(load_default=False)
    min_words = Whole(0, load_default=0)
    visible = fields.Boolean(load_default=True)

    @post_load
    def build(self, data: dict[str, Any], **_: Any) -> OverallComment:
        """Build the value."""
        return OverallComment(**data)


class RubricSchema(Strict):
    """What a rubric has in every kind; ``scale`` is that of every criterion without one of its own."""

    kind = fields.String(required=True)
    name = fields.String(load_default="")
    scale = fields.Nested(ScaleSchema)
    criteria = fields.List(fields.Raw(), required=True, validate=validate.Length(min=1))
    overall = fields.Nested(OverallSchema)
    bonuses = fields.List(fields.Nested(BonusSchema), load_default=list)


class UsedRubricSchema(Strict):
    """A ready rubric by name, with what an edition may say on its own."""

    use = fields.String(required=True)
    name = fields.String()
    overall = fields.Nested(OverallSchema)
    bonuses = fields.List(fields.Nested(BonusSchema))
