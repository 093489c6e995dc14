"""Put an edition together from its checked parts, and check the parts against one another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cached_property
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from juri.core.document import Edition, RuleUse, StageSpec, Text, Track
from juri.core.editions.faults import Faults
from juri.core.editions.positions import Steps
from juri.core.editions.references import OWN_FACTS, Names, References, StageReferences, refuse_twins
from juri.core.editions.rubrics import build_rubric, built
from juri.core.editions.schema import EditionSchema, StageSchema, read_moment
from juri.core.editions.unknowns import Gap, check_gaps
from juri.core.extension import StageKind
from juri.core.registry import Registry
from juri.core.scoring.rubric import Rubric

_ELSEWHERE = ("extends", "unknown")
_UNIQUE = ("sources", "clusters", "categories", "tracks", "form", "panels", "stages")
_SCALARS = ("name", "competition", "description", "time_zone", "template", "secretariat")
_LISTS = ("sources", "clusters", "categories", "limits", "form", "panels")
_LAST_MOMENT = time(23, 59, 59)
"""A day as a deadline lasts until its last second."""


@dataclass
class Assembly:
    """Builds one edition; what is wrong goes to ``faults``."""

    faults: Faults
    registry: Registry
    data: Mapping[str, Any]
    gaps: tuple[Gap, ...]
    top: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        """Read what needs no plugin."""
        own = {key: value for key, value in self.data.items() if key not in _ELSEWHERE}
        self.top = self.faults.load(EditionSchema(), own, (), _ELSEWHERE)
        for key in _UNIQUE:
            refuse_twins(self.faults, self.data.get(key), (key,))

    def build(self) -> Edition:
        """Build the edition.

        Raises:
            DefinitionError: with every fault.

        """
        rubrics = {name: rubric for name, rubric in self.rubrics.items() if rubric}
        tracks, stages, eligibility = (
            tuple(self.tracks()),
            tuple(self.stages()),
            self.uses(self.data.get("eligibility"), ("eligibility",)),
        )
        self.check_tracks_and_facts()
        check_gaps(self.faults, self.gaps, self.registry.names("eligibility_rules"))
        self.faults.refuse()
        name = self.top["edition"]
        scalars: dict[str, Any] = {key: self.top[key] for key in _SCALARS if key in self.top}
        lists: dict[str, Any] = {key: built(self.top.get(key, ())) for key in _LISTS}
        return Edition(
            **({"name": Text(name, name)} | scalars),
            **lists,
            id=name,
            extends=self.data.get("extends"),
            calendar=MappingProxyType({key: self.moment(value) for key, value in self.top.get("calendar", {}).items()}),
            tracks=tracks,
            eligibility=eligibility,
            rubrics=MappingProxyType(rubrics),
            stages=stages,
            unknown=tuple(gap.unknown for gap in self.gaps),
        )

    @cached_property
    def rubrics(self) -> dict[str, Rubric | None]:
        """Every rubric by id; one that is unknown is that of its suggestion, or None."""
        found = {
            name: build_rubric(self.faults, self.registry, name, value, ("rubrics", name))
            for name, value in self.top.get("rubrics", {}).items()
        }
        for gap in self.gaps:
            self.suggested(gap, found)
        return found

    def suggested(self, gap: Gap, found: dict[str, Rubric | None]) -> None:
        """Read the suggestion for a rubric: in place of the rubric, or for a stage only to see that it is one."""
        suggestion, place = gap.unknown.suggestion, (*gap.item, "suggestion")
        if gap.inside == ("rubrics",):
            name = str(gap.steps[-1])
            value = {"use": suggestion} if isinstance(suggestion, str) else suggestion
            found[name] = build_rubric(self.faults, self.registry, name, value, place) if value is not None else None
        elif gap.steps[-1] == "rubric" and isinstance(suggestion, dict) and {"kind", "use"} & set(suggestion):
            build_rubric(self.faults, self.registry, "suggestion", suggestion, place)

    @cached_property
    def references(self) -> References:
        """The checker of names, once the parts that have names are read."""
        quotas = (self.written(track, "quotas") for track in _dicts(self.data.get("tracks")))
        known = {
            "track": self.ids("tracks"),
            "cluster": self.ids("clusters"),
            "category": self.ids("categories"),
            "panel": self.ids("panels"),
            "stage": self.ids("stages"),
            "rubric": self.keys("rubrics", self.written(self.data, "rubrics")),
            "calendar key": self.keys("calendar", self.written(self.data, "calendar")),
            "quota": self.keys("quotas", (name for each in quotas for name in each)),
            "fact": self.facts(),
        }
        rubrics = {name: rubric for name, rubric in self.rubrics.items() if rubric}
        return References(self.faults, self.registry, Names(known, rubrics))

    def written(self, part: Mapping[str, Any], key: str) -> list[str]:
        """Return the keys of a mapping as written: a value that is wrong is not also a name that is missing."""
        found = part.get(key)
        return list(found) if isinstance(found, dict) else []

    def ids(self, key: str) -> frozenset[str] | None:
        """Return the ids of a list, as written; None where the list is unknown."""
        if self.faults.is_excused((key,)):
            return None
        written = self.data.get(key)
        items = written if isinstance(written, list) else []
        names = (item.get("id") if isinstance(item, dict) else item for item in items)
        return frozenset(name for name in names if isinstance(name, str))

    def keys(self, key: str, written: Iterable[str]) -> frozenset[str] | None:
        """Return the keys of a mapping with those that are unknown; None where it is unknown as a whole."""
        if any(gap.steps[-1] == key for gap in self.gaps):
            return None
        return frozenset([*written, *(str(gap.steps[-1]) for gap in self.gaps if key in gap.inside)])

    def facts(self) -> frozenset[str] | None:
        """Return what rules may ask of an entry."""
        form = self.ids("form")
        return None if form is None else form | set(OWN_FACTS)

    def tracks(self) -> Iterator[Track]:
        """Build the tracks."""
        written = _dicts(self.data.get("tracks"))
        uses = [self.uses(each.get("eligibility"), ("tracks", i, "eligibility")) for i, each in enumerate(written)]
        for track, rules in zip(self.top.get("tracks", []), uses, strict=False):
            name = track.get("id", "")
            yield Track(name, track.get("name", Text(name, name)), rules, MappingProxyType(track.get("quotas", {})))

    def uses(self, values: Any, steps: Steps) -> tuple[RuleUse, ...]:
        """Build a list of eligibility rules."""
        found = (
            self.references.use("eligibility_rules", value, (*steps, index))
            for index, value in enumerate(values if isinstance(values, list) else [])
        )
        return tuple(use for use in found if use)

    def check_tracks_and_facts(self) -> None:
        """Check the tracks, clusters and facts that limits, questions and bonuses name."""
        for key, kinds in (("limits", ("track", "cluster")), ("form", ("track",))):
            for index, item in enumerate(_dicts(self.data.get(key))):
                for kind in kinds:
                    self.references.listed(kind, item.get(f"{kind}s"), (key, index, f"{kind}s"))
                for fact in item.get("when") or {} if isinstance(item.get("when"), dict) else ():
                    self.references.name("fact", fact, (key, index, "when", fact))
        rubrics = self.data.get("rubrics")
        for name, rubric in rubrics.items() if isinstance(rubrics, dict) else ():
            for index, bonus in enumerate(_dicts(rubric.get("bonuses") if isinstance(rubric, dict) else None)):
                self.references.name("fact", bonus.get("fact"), ("rubrics", name, "bonuses", index, "fact"))
            self.check_categories(rubric, ("rubrics", name, "criteria"))

    def check_categories(self, rubric: Any, steps: Steps) -> None:
        """Check the categories to which criteria are limited, and that something that counts is asked in each."""
        self.check_limits(rubric.get("criteria") if isinstance(rubric, dict) else None, steps)
        built, known = self.rubrics.get(str(steps[1])), self.references.names.known["category"]
        if built is None or not built.limits or known is None:
            return
        if isinstance(rubric, dict) and "use" in rubric:
            for name in sorted(built.limits - known):
                self.references.name("category", name, (*steps[:2], "use"))
        bare = sorted(known - built.limits) if not built.part_for("").counted.criteria else []
        if bare:
            problem = f"nothing that counts is asked in category '{bare[0]}'"
            self.faults.add_new(steps[:2], problem, "let at least one criterion count in every category")

    def check_limits(self, criteria: Any, steps: Steps) -> None:
        """Check the categories that criteria name, on every level."""
        for index, criterion in enumerate(_dicts(criteria)):
            self.references.listed("category", criterion.get("only_in"), (*steps, index, "only_in"))
            self.check_limits(criterion.get("children"), (*steps, index, "children"))

    def stages(self) -> Iterator[StageSpec]:
        """Build the stages, in order."""
        earlier: list[StageSpec] = []
        values = self.data.get("stages")
        for index, value in enumerate(values if isinstance(values, list) else []):
            stage = self.stage(value, ("stages", index), tuple(each.id for each in earlier))
            if stage:
                self.check_order(stage, earlier, ("stages", index))
                earlier.append(stage)
                yield stage

    def stage(self, value: Any, steps: Steps, earlier: tuple[str, ...]) -> StageSpec | None:
        """Build one stage; its options are read by its kind."""
        if not isinstance(value, dict):
            self.faults.add(steps, "a stage must be a mapping of keys", "write '{id: NAME, kind: KIND, ...}'")
            return None
        name = value.get("kind")
        if name not in self.registry.names("stage_kinds"):
            self.no_kind(name, value, steps)
            return None
        kind = self.registry.find(StageKind, str(name))
        common, options = self.faults.load_split(StageSchema(), kind, kind.options, value, steps)
        self.references.listed("track", value.get("tracks"), (*steps, "tracks"))
        theirs = {key: item for key, item in value.items() if key not in StageSchema().fields}
        StageReferences(self.references, earlier).check(theirs, steps)
        stage = common.get("id", "")
        return StageSpec(
            stage,
            kind.name,
            common.get("name", Text(stage, stage)),
            self.when("opens", common, steps),
            self.when("closes", common, steps),
            tuple(common.get("tracks", ())),
            MappingProxyType(options),
        )

    def no_kind(self, name: Any, value: dict[str, Any], steps: Steps) -> None:
        """Say that the kind is missing or foreign; what every stage has is checked all the same."""
        if name is not None:
            self.faults.unknown_name((*steps, "kind"), "stage kind", name, self.registry.names("stage_kinds"))
        self.faults.load(StageSchema(), {key: value[key] for key in StageSchema().fields if key in value}, steps)
        self.faults.keys.pop(steps, None)

    def when(self, key: str, common: Mapping[str, Any], steps: Steps) -> datetime | None:
        """Return the moment that a text or a calendar key says; a day as a deadline lasts until its end."""
        text = common.get(key)
        if text is None:
            return None
        if text[:1].isdigit():
            try:
                return self.moment(read_moment(text), ends=key == "closes")
            except ValidationError as error:
                self.faults.add((*steps, key), f"'{key}': {error.messages[0]}")
                return None
        self.references.name("calendar key", text, (*steps, key))
        found = self.top.get("calendar", {}).get(text)
        return self.moment(found, ends=key == "closes") if found else None

    def moment(self, value: tuple[datetime, bool], *, ends: bool = False) -> datetime:
        """Give a day its zone, and its first or its last moment."""
        moment, is_day = value
        if not is_day:
            return moment
        start = moment.replace(tzinfo=ZoneInfo(self.top.get("time_zone", "UTC")))
        return datetime.combine(start.date(), _LAST_MOMENT, start.tzinfo) if ends else start

    def check_order(self, stage: StageSpec, earlier: list[StageSpec], steps: Steps) -> None:
        """Refuse a stage that closes before it opens, or opens before the stage above it."""
        opens, closes = stage.opens, stage.closes
        if opens and closes and opens >= closes:
            self.faults.add((*steps, "closes"), f"the stage '{stage.id}' closes at {closes}, but opens at {opens}")
        before = next((each for each in reversed(earlier) if each.opens and _share_tracks(each, stage)), None)
        if opens and before and before.opens and opens < before.opens:
            problem = f"the stage '{stage.id}' opens at {opens}, before '{before.id}' above it ({before.opens})"
            self.faults.add((*steps, "opens"), problem, "stages stand in the order in which they open")


def _dicts(items: Any) -> list[dict[str, Any]]:
    """Return the items of a list; what is no mapping becomes an empty one, so that positions stay."""
    return [item if isinstance(item, dict) else {} for item in items] if isinstance(items, list) else []


def _share_tracks(one: StageSpec, other: StageSpec) -> bool:
    return not one.tracks or not other.tracks or bool(set(one.tracks) & set(other.tracks))
