"""An edition as frozen values: what the loader makes of an edition document. No file, no database, no plugin."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import Any

from juri.core.scoring.rubric import Rubric

_EMPTY: Mapping[str, Any] = MappingProxyType({})


def empty() -> Mapping[str, Any]:
    """Return the empty mapping, the default of every field that holds one."""
    return _EMPTY


@dataclass(frozen=True)
class Text:
    """A text in both languages of the screens; where one is not given, both are the same."""

    id: str
    en: str

    def in_language(self, language: str) -> str:
        """Return the text in ``id`` or ``en``."""
        return self.en if language == "en" else self.id


@dataclass(frozen=True)
class Item:
    """A named choice: a cluster, a category."""

    id: str
    name: Text


@dataclass(frozen=True)
class Source:
    """Where a fact of the edition was read. ``status`` is sourced, proxy, derived, inferred or own."""

    id: str
    title: str
    url: str = ""
    status: str = "sourced"
    note: str = ""


@dataclass(frozen=True)
class RuleUse:
    """One use of a rule that a plugin provides: its name and its checked options."""

    rule: str
    options: Mapping[str, Any] = field(default_factory=empty)


@dataclass(frozen=True)
class Track:
    """A separate race: own eligibility, own quotas (``quotas`` maps a name such as ``finalists`` to places)."""

    id: str
    name: Text
    eligibility: tuple[RuleUse, ...] = ()
    quotas: Mapping[str, int] = field(default_factory=empty)


@dataclass(frozen=True)
class Limit:
    """At most ``value`` entries for each entrant, of the named tracks and clusters (empty: all)."""

    value: int
    tracks: tuple[str, ...] = ()
    clusters: tuple[str, ...] = ()


@dataclass(frozen=True)
class FormField:
    """One question of the entry form. ``type`` is text, date, number, yes_no, choice, choices, url or file.

    ``when`` names another field and the answer that makes this one asked. ``max_mb`` and ``media`` are for files.
    """

    id: str
    type: str
    label: Text
    required: bool = True
    max_words: int | None = None
    options: tuple[str, ...] = ()
    when: Mapping[str, Any] = field(default_factory=empty)
    max_mb: int | None = None
    media: tuple[str, ...] = ()
    tracks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Panel:
    """A named group of jurors; ``size`` where the rule book states it. ``scope`` limits a juror to a category.

    ``conflicts`` names the ties that keep a juror from an entry: own_agency, own_region, relation.
    """

    id: str
    name: Text
    size: int | None = None
    scope: str = ""
    conflicts: tuple[str, ...] = ("own_agency", "relation")


@dataclass(frozen=True)
class StageSpec:
    """One step of the lifecycle. ``tracks`` is empty for all; ``options`` were checked by the stage kind's schema."""

    id: str
    kind: str
    name: Text
    opens: datetime | None = None
    closes: datetime | None = None
    tracks: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=empty)


@dataclass(frozen=True)
class Contact:
    """Whom to ask for help: any of telephone, WhatsApp, e-mail and address, and when somebody answers."""

    name: Text | None = None
    phone: str = ""
    whatsapp: str = ""
    email: str = ""
    address: str = ""
    hours: Text | None = None


@dataclass(frozen=True)
class Unknown:
    """A rule that nobody could name: where it belongs, why it is unknown, and a suggestion that is not confirmed."""

    at: str
    why: str = ""
    suggestion: Any = None
    source: str = ""


@dataclass(frozen=True)
class Edition:
    """One year of one competition. While ``unknown`` is not empty the edition is a draft and refuses to open."""

    id: str
    name: Text
    stages: tuple[StageSpec, ...]
    competition: str = ""
    description: Text = Text("", "")
    extends: str | None = None
    time_zone: str = "Asia/Jakarta"
    template: bool = False
    secretariat: Contact | None = None
    calendar: Mapping[str, datetime] = field(default_factory=empty)
    sources: tuple[Source, ...] = ()
    clusters: tuple[Item, ...] = ()
    categories: tuple[Item, ...] = ()
    tracks: tuple[Track, ...] = ()
    limits: tuple[Limit, ...] = ()
    eligibility: tuple[RuleUse, ...] = ()
    form: tuple[FormField, ...] = ()
    panels: tuple[Panel, ...] = ()
    rubrics: Mapping[str, Rubric] = field(default_factory=empty)
    unknown: tuple[Unknown, ...] = ()

    @property
    def is_draft(self) -> bool:
        """Tell whether rules are still unknown."""
        return bool(self.unknown)

    def stage(self, stage_id: str) -> StageSpec:
        """Return a stage by its id.

        Raises:
            KeyError: there is no such stage.

        """
        return {stage.id: stage for stage in self.stages}[stage_id]

    @property
    def stage_ids(self) -> tuple[str, ...]:
        """Return the stages' ids in order."""
        return tuple(stage.id for stage in self.stages)
