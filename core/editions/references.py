"""The names that a document uses: rules, methods, panels, rubrics, stages. Each must lead to something."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import Schema

from juri.core.document import RuleUse
from juri.core.editions.faults import Faults, shown
from juri.core.editions.positions import Steps
from juri.core.errors import InputRefused
from juri.core.extension import TieBreaker
from juri.core.registry import Registry
from juri.core.scoring.missing import MissingPolicy
from juri.core.scoring.rubric import Rubric

OWN_FACTS = ("title", "entrant", "track", "category", "cluster", "region")
"""Facts that every entry has beside the answers of its form."""

_PLAIN = {"panel": "panel", "until": "calendar key", "quota": "quota", "fact": "fact", "title_fact": "fact"}
_LISTS = {"tracks": "track", "clusters": "cluster", "priority": "fact"}
_FAMILIES = {"rule": "cut_rules", "proposes": "cut_rules", "method": "methods"}
_WORDS = {
    "cut_rules": "cut rule",
    "eligibility_rules": "eligibility rule",
    "methods": "method",
    "assignment_rules": "assignment rule",
}


@dataclass(frozen=True)
class Names:
    """What a document defines and may therefore name, by what it is; None where it is unknown as a whole."""

    known: Mapping[str, frozenset[str] | None]
    rubrics: Mapping[str, Rubric] = field(default_factory=dict)


@dataclass(frozen=True)
class References:
    """Checks the names that the parts of a document use."""

    faults: Faults
    registry: Registry
    names: Names

    def name(self, kind: str, value: Any, steps: Steps) -> None:
        """Check that a text names something; other values are the schemas' business."""
        known = self.names.known[kind]
        if isinstance(value, str) and known is not None and value not in known:
            self.faults.unknown_name(steps, kind, value, known)

    def listed(self, kind: str, values: Any, steps: Steps) -> None:
        """Check each text of a list."""
        for index, value in enumerate(values if isinstance(values, list) else []):
            self.name(kind, value, (*steps, index))

    def use(self, family: str, value: Any, steps: Steps, key: str = "rule") -> RuleUse | None:
        """Check one use of a rule or method: its name, its options, and the names among them.

        Returns:
            The use with its options as the extension's schema read them; None where it is not one.

        """
        written = {key: value} if isinstance(value, str) else value
        if not isinstance(written, dict) or not isinstance(written.get(key), str):
            what = _WORDS.get(family, family)
            self.faults.add_new(steps, f"this is not a {what}", f"write its name, or '{{{key}: NAME, ...options}}'")
            return None
        name = written[key]
        if name not in self.registry.names(family):
            place = steps if isinstance(value, str) else (*steps, key)
            self.faults.unknown_name(place, _WORDS.get(family, family), name, self.registry.names(family))
            return None
        options = {option: item for option, item in written.items() if option != key}
        self.options(family, options, steps)
        return RuleUse(name, self._checked(family, name, options, steps, key))

    def options(self, family: str, options: Mapping[str, Any], steps: Steps) -> None:
        """Check the names among the options of a rule, those of rules that are made of rules too."""
        for key, value in options.items():
            place = (*steps, key)
            if key in _PLAIN:
                self.name(_PLAIN[key], value, place)
            elif key in _LISTS and family == "cut_rules":
                self.listed(_LISTS[key], value, place)
            elif key == "rules" and isinstance(value, list):
                for index, inner in enumerate(value):
                    self.use(family, inner, (*place, index))

    def _checked(self, family: str, name: str, options: dict[str, Any], steps: Steps, key: str) -> Mapping[str, Any]:
        extension = self.registry.get(family, name)
        schema: type[Schema] | None = extension.options
        if schema is not None:
            load: Callable[[], Any] = lambda: self.faults.load(schema(), options, steps, [key])  # noqa: E731  one call, guarded
            loaded: dict[str, Any] = self.faults.guarded(extension, "options", load)
            return loaded
        for option in options:
            problem = f"the {_WORDS.get(family, family)} '{name}' has no options"
            self.faults.add((*steps, option), problem, "leave it out", of_key=True)
        self.faults.keys.setdefault(steps, set()).add(key)
        return {}


@dataclass(frozen=True)
class StageReferences:
    """Checks the keys that mean the same in the options of every stage kind, a plugin's included."""

    base: References
    earlier: tuple[str, ...]

    def check(self, options: Mapping[str, Any], steps: Steps) -> None:
        """Check every such key that the stage has."""
        checks: Mapping[str, Callable[[Any, Steps], None]] = {
            "panel": lambda value, place: self.base.name("panel", value, place),
            "rubric": self.rubric,
            "of": self.of,
            "method": lambda value, place: self._use("methods", value, place, "name"),
            "assignment": lambda value, place: self._use("assignment_rules", value, place, "rule"),
            "rule": self.cut_rule,
            "proposes": self.cut_rule,
            "ties": lambda value, place: self.ties(value, place, options.get("rubric")),
            "missing": self.missing,
            "awards": self.awards,
            "items": self.items,
        }
        for key in sorted(set(options) & set(checks)):
            checks[key](options[key], (*steps, key))

    def _use(self, family: str, value: Any, place: Steps, key: str) -> None:
        self.base.use(family, value, place, key)

    def rubric(self, value: Any, place: Steps) -> None:
        """Check the id of a rubric, or one for each track."""
        if not isinstance(value, dict):
            self.base.name("rubric", value, place)
            return
        for track, name in value.items():
            self._track(track, (*place, track))
            self.base.name("rubric", name, (*place, track))

    def of(self, value: Any, place: Steps) -> None:
        """Check the id of an earlier stage, several of them, or a combination with weights."""
        if isinstance(value, dict) and isinstance(value.get("stages"), dict):
            for name in value["stages"]:
                self._earlier(name, (*place, "stages", name))
        elif isinstance(value, list):
            for index, name in enumerate(value):
                self._earlier(name, (*place, index))
        else:
            self._earlier(value, place)

    def cut_rule(self, value: Any, place: Steps) -> None:
        """Check a cut rule, or one for each track."""
        if not isinstance(value, dict) or "rule" in value:
            self._use("cut_rules", value, place, "rule")
            return
        for track, use in value.items():
            self._track(track, (*place, track))
            self._use("cut_rules", use, (*place, track), "rule")

    def ties(self, value: Any, place: Steps, rubric: Any) -> None:
        """Check a chain of tie-breakers; ``criterion:ID`` and ``fact:ID`` must lead to something."""
        for index, name in enumerate(value if isinstance(value, list) else []):
            if isinstance(name, str):
                self._tie(name, (*place, index), rubric)

    def missing(self, value: Any, place: Steps) -> None:
        """Check the policy for sheets that never came."""
        try:
            if isinstance(value, str):
                MissingPolicy.parse(value)
        except InputRefused as refused:
            self.base.faults.add_new(place, refused.problems[0].message)

    def awards(self, value: Any, place: Steps) -> None:
        """Check the stage and the track of each award, and that no award stands twice."""
        refuse_twins(self.base.faults, value, place)
        for step, award in _mappings(value):
            if "of" in award:
                self.of(award["of"], (*place, step, "of"))
            self.base.name("track", award.get("track"), (*place, step, "track"))

    def items(self, value: Any, place: Steps) -> None:
        """Check the rule and the tracks of each item."""
        for step, item in _mappings(value):
            if "rule" in item:
                self._use("eligibility_rules", item["rule"], (*place, step, "rule"), "rule")
            self.base.listed("track", item.get("tracks"), (*place, step, "tracks"))

    def _track(self, name: str, place: Steps) -> None:
        known = self.base.names.known["track"]
        if known is not None and name not in known:
            self.base.faults.unknown_name(place, "track", name, known)

    def _earlier(self, value: Any, place: Steps) -> None:
        known = self.base.names.known["stage"]
        if not isinstance(value, str) or known is None or value in self.earlier:
            return
        if value in known:
            hint = "it must stand above this stage"
            self.base.faults.add_new(place, f"the stage '{value}' does not come before this one", hint)
        else:
            self.base.faults.unknown_name(place, "stage", value, self.earlier)

    def _tie(self, name: str, place: Steps, rubric: Any) -> None:
        rules, faults = self.base.registry.names("tie_breakers"), self.base.faults
        rule, _, argument = (name, "", "") if name in rules else name.rpartition(":")
        if not rule or rule not in rules:
            faults.unknown_name(place, "tie-breaker", rule or name, rules)
            return
        takes = self.base.registry.find(TieBreaker, rule).argument
        if takes and not argument:
            faults.add_new(place, f"the tie-breaker '{rule}' needs to know of what", f"write '{rule}:ID'")
        elif argument and not takes:
            faults.add_new(place, f"the tie-breaker '{rule}' takes nothing behind a ':'", f"write '{rule}'")
        elif rule == "criterion":
            self._criterion(argument, place, rubric)
        elif rule == "fact":
            self.base.name("fact", argument, place)

    def _criterion(self, name: str, place: Steps, rubric: Any) -> None:
        named = rubric.values() if isinstance(rubric, dict) else [rubric]
        ids = [each for each in named if isinstance(each, str)]
        rubrics = [self.base.names.rubrics[each] for each in ids if each in self.base.names.rubrics]
        known = {leaf.id for each in rubrics for leaf in each.leaves}
        if rubrics and len(rubrics) == len(ids) and name not in known:
            self.base.faults.unknown_name(place, "criterion", name, known)
        limited = {leaf.id for each in rubrics for leaf in each.leaves} - {
            leaf.id for each in rubrics for leaf in each.part_for("").leaves
        }
        if name in limited:
            problem = f"the criterion '{name}' is asked in some categories only, so it settles no tie among all entries"
            self.base.faults.add_new(place, problem, "name one that is asked in every category")


def refuse_twins(faults: Faults, items: Any, steps: Steps) -> None:
    """Refuse an id that stands twice in a list; items may be ids or mappings with an id."""
    seen: dict[str, Steps] = {}
    for index, item in enumerate(items if isinstance(items, list) else []):
        name = item.get("id") if isinstance(item, dict) else item
        place = (*steps, index, "id") if isinstance(item, dict) else (*steps, index)
        if isinstance(name, str) and seen.setdefault(name, place) != place:
            first = faults.root.place(seen[name])
            faults.add_new(place, f"{shown(name)} stands twice in this list; it is already at {first}", "rename one")


def _mappings(value: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    items: Iterable[Any] = value if isinstance(value, list) else ()
    return ((index, item) for index, item in enumerate(items) if isinstance(item, dict))
