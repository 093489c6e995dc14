"""The parts of an edition document: which keys each has, how it is shown as a form, and what its list says of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext, lazy_gettext
from marshmallow import Schema

from juri.core.editions.schema import (
    ContactSchema,
    FormFieldSchema,
    LimitSchema,
    PanelSchema,
    SourceSchema,
    StageSchema,
    TrackSchema,
)
from juri.core.extension import StageKind
from juri.webapp.organiser.edit_chosen import moment_slot
from juri.webapp.organiser.edit_schema import Surroundings, said_in_language, schema_slots
from juri.webapp.organiser.edit_slots import Slot, choice_slot, group_slot, names_slot, pairs_slot, rows_slot, text_slot
from juri.webapp.organiser.edit_words import label_of, value_word
from juri.webapp.organiser.words import KINDS

ZONES = (
    ("Asia/Jakarta", "WIB (Asia/Jakarta)"),
    ("Asia/Pontianak", "WIB (Asia/Pontianak)"),
    ("Asia/Makassar", "WITA (Asia/Makassar)"),
    ("Asia/Jayapura", "WIT (Asia/Jayapura)"),
)

Item = Mapping[str, Any]
MakeSlots = Callable[[Surroundings, Item], list[Slot]]


@dataclass(frozen=True)
class Part:
    """One screen of the editor.

    ``keys`` are the top-level keys of a part that is one form. ``items`` is the key of a list whose items have a page
    each; ``says`` describes an item in its list. ``fixed`` are keys of an item that its form does not change.
    """

    name: str
    title: Any
    text: Any
    icon: str
    slots: MakeSlots
    keys: tuple[str, ...] = ()
    items: str = ""
    one: Any = ""
    says: Callable[[Item], str] = lambda _: ""
    fixed: tuple[str, ...] = ()

    @property
    def document_keys(self) -> tuple[str, ...]:
        """Return the top-level keys of the document that this part writes."""
        return (self.items,) if self.items else self.keys


def _about(around: Surroundings, _: Item) -> list[Slot]:
    zones = [*ZONES, *(() if around.zone in dict(ZONES) else ((around.zone, around.zone),))]
    return [
        names_slot("name", label_of("name")),
        names_slot("description", label_of("description"), long=True),
        text_slot("competition", label_of("competition")),
        choice_slot("time_zone", label_of("time_zone"), zones, default="Asia/Jakarta"),
    ]


def _secretariat(around: Surroundings, _: Item) -> list[Slot]:
    return [group_slot("secretariat", label_of("secretariat"), schema_slots(ContactSchema(), around))]


def _calendar(around: Surroundings, _: Item) -> list[Slot]:
    moment = moment_slot("value", gettext("Moment"), around.zone)
    return [pairs_slot("calendar", gettext("Dates"), text_slot("key", gettext("Key")), moment)]


def _groups(_around: Surroundings, _: Item) -> list[Slot]:
    row = [text_slot("id", label_of("id")), names_slot("name", label_of("name"))]
    return [
        rows_slot("clusters", label_of("clusters"), row, lone="id"),
        rows_slot("categories", gettext("Categories"), row, lone="id"),
    ]


def _rules(around: Surroundings, _: Item) -> list[Slot]:
    return [around.uses("eligibility", "eligibility_rules")]


def _limits(around: Surroundings, _: Item) -> list[Slot]:
    return [rows_slot("limits", gettext("Limits"), schema_slots(LimitSchema(), around))]


def _sources(around: Surroundings, _: Item) -> list[Slot]:
    return [rows_slot("sources", gettext("Sources"), schema_slots(SourceSchema(), around))]


def _of_schema(schema: type[Schema]) -> MakeSlots:
    return lambda around, _: schema_slots(schema(), around)


def _track(around: Surroundings, _: Item) -> list[Slot]:
    return schema_slots(
        TrackSchema(), around, overrides={"eligibility": around.uses("eligibility", "eligibility_rules")}
    )


def _stage(around: Surroundings, item: Item) -> list[Slot]:
    common = schema_slots(StageSchema(), around, leave_out=["kind"])
    name = item.get("kind")
    if name not in around.registry.names("stage_kinds"):
        return common
    options = around.registry.find(StageKind, str(name)).options
    return [*common, *(schema_slots(options(), around) if options else ())]


def _question_says(item: Item) -> str:
    told = [str(value_word("type", str(item.get("type", "text"))))]
    told += [] if item.get("required", True) else [gettext("optional")]
    told += [gettext("at most %(n)s words", n=item["max_words"])] if item.get("max_words") else []
    return ", ".join(told)


def _track_says(item: Item) -> str:
    quotas = item.get("quotas")
    told = [f"{name}: {number}" for name, number in quotas.items()] if isinstance(quotas, Mapping) else []
    rules = item.get("eligibility")
    count = len(rules) if isinstance(rules, list) else 0
    return ", ".join([*told, *([gettext("%(n)s eligibility rules", n=count)] if count else [])])


def _stage_says(item: Item) -> str:
    return str(KINDS.get(str(item.get("kind")), item.get("kind", "")))


def item_title(item: Any) -> str:
    """Return what an item is called in the page's language."""
    if not isinstance(item, Mapping):
        return str(item)
    return said_in_language(item.get("name") or item.get("label")) or str(item.get("id", ""))


PARTS: Mapping[str, Part] = {
    part.name: part
    for part in (
        Part(
            "about",
            lazy_gettext("Name and time zone"),
            lazy_gettext("What the edition is called in both languages, and by which clock it runs."),
            "info",
            _about,
            ("name", "description", "competition", "time_zone"),
        ),
        Part(
            "secretariat",
            lazy_gettext("Secretariat"),
            lazy_gettext("Whom to ask for help. It stands at the foot of every page of the edition."),
            "phone",
            _secretariat,
            ("secretariat",),
        ),
        Part(
            "calendar",
            lazy_gettext("Calendar"),
            lazy_gettext("Dates with a name. Stages and rules refer to them, so that a date is moved in one place."),
            "calendar",
            _calendar,
            ("calendar",),
        ),
        Part(
            "groups",
            lazy_gettext("Clusters and categories"),
            lazy_gettext("Kinds of entrants, and subjects of entries. Quotas, rules and reports can use them."),
            "filter",
            _groups,
            ("clusters", "categories"),
        ),
        Part(
            "tracks",
            lazy_gettext("Tracks"),
            lazy_gettext("Separate races, each with own eligibility and quotas."),
            "columns",
            _track,
            items="tracks",
            one=lazy_gettext("track"),
            says=_track_says,
        ),
        Part(
            "rules",
            lazy_gettext("Eligibility for everybody"),
            lazy_gettext("Rules for the entries of all tracks. They are checked by the machine."),
            "shield",
            _rules,
            ("eligibility",),
        ),
        Part(
            "limits",
            lazy_gettext("Limits"),
            lazy_gettext("How many entries one entrant may have."),
            "hand",
            _limits,
            ("limits",),
        ),
        Part(
            "form",
            lazy_gettext("Entry form"),
            lazy_gettext("What an entrant fills in."),
            "list",
            _of_schema(FormFieldSchema),
            items="form",
            one=lazy_gettext("question"),
            says=_question_says,
        ),
        Part(
            "panels",
            lazy_gettext("Panels"),
            lazy_gettext("Groups of jurors, and which ties keep a juror from an entry."),
            "users",
            _of_schema(PanelSchema),
            items="panels",
            one=lazy_gettext("panel"),
        ),
        Part(
            "stages",
            lazy_gettext("Stages and awards"),
            lazy_gettext("How it goes on, step by step, in the order in which they open."),
            "forward",
            _stage,
            items="stages",
            one=lazy_gettext("stage"),
            says=_stage_says,
            fixed=("kind",),
        ),
        Part(
            "sources",
            lazy_gettext("Sources"),
            lazy_gettext("Where each rule was read, so that anybody can check it."),
            "link",
            _sources,
            ("sources",),
        ),
    )
}
"""The screens, in the order in which an edition is written."""
