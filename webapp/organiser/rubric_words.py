"""What the rubric editor knows by heart of the kinds that come with Juri; any other is shown as every kind has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask_babel import gettext, lazy_gettext

from juri.core.errors import JuriError
from juri.core.extension import RubricKind
from juri.core.registry import Registry
from juri.webapp.organiser.edit_words import KIND_NAMES, KIND_TEXTS


@dataclass(frozen=True)
class Looks:
    """How the rows of a kind are shown.

    ``weighs_below`` tells that elements have weights of their own, ``has_scale`` that the rubric says which values may
    be given. ``sums`` is what the sum of weights is called, None where it says nothing.
    """

    weight: Any
    sums: Any = None
    weighs_below: bool = True
    has_scale: bool = True


_WEIGHT, _SUM = lazy_gettext("Weight"), lazy_gettext("Sum of weights")

_LOOKS: Mapping[str, Looks] = {
    "levelled": Looks(_WEIGHT, _SUM, weighs_below=False),
    "points": Looks(lazy_gettext("Points at most")),
    "checklist": Looks(lazy_gettext("Counts"), has_scale=False),
}


def looks_of(kind: str) -> Looks:
    """Return how the rows of a kind are shown."""
    return _LOOKS.get(kind, Looks(_WEIGHT, _SUM))


@dataclass(frozen=True)
class KindChoice:
    """A rubric kind to choose: its name, what it is called, and what it is for."""

    name: str
    title: str
    text: str


def kind_choices(registry: Registry) -> list[KindChoice]:
    """Return the rubric kinds: those that come with Juri first."""
    found = [kind_choice(registry, name) for name in registry.names("rubric_kinds")]
    order = list(KIND_NAMES)
    return sorted(found, key=lambda each: order.index(each.name) if each.name in order else len(order))


def kind_choice(registry: Registry, name: str) -> KindChoice:
    """Return what a kind is called; one that no plugin brings by its name."""
    try:
        title = registry.find(RubricKind, name).title
    except JuriError:
        title = name
    return KindChoice(name, str(KIND_NAMES.get(name, title)), str(KIND_TEXTS.get(name, title)))


def beginning_of(kind: str) -> dict[str, Any]:
    """Return what a new rubric of a kind begins with: a usual scale, which the organiser changes."""
    begun = _BEGINNINGS.get(kind)
    return {"kind": kind, **(begun() if begun else {})}


def _range() -> dict[str, Any]:
    return {"scale": {"min": 0, "max": 100}}


def _levels() -> dict[str, Any]:
    labels = (gettext("poor"), gettext("fair"), gettext("good"), gettext("very good"))
    return {"scale": {"levels": [{"value": number, "label": label} for number, label in enumerate(labels, 1)]}}


def _bands() -> dict[str, Any]:
    lower = [{"grade": grade, "min": Decimal(least)} for grade, least in (("A", 90), ("B", 80), ("C", 70))]
    return {**_range(), "bands": [*lower, {"grade": "D"}]}


_BEGINNINGS = {"weighted": _range, "levelled": _levels, "banded": _bands}
