"""The registry: name -> extension for each family. A plain value, built once; the core never sees a plugin manager."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any, TypeVar, cast

from juri.core.errors import NotFound
from juri.core.extension import (
    AssignmentRule,
    BallotMethod,
    CliCommand,
    CutRule,
    EditionDefinition,
    EligibilityRule,
    Exporter,
    Extension,
    Method,
    RubricDefinition,
    RubricKind,
    Setting,
    StageKind,
    TieBreaker,
    WebBlueprint,
)

FAMILIES: Mapping[str, type[Extension]] = MappingProxyType(
    {
        "rubric_kinds": RubricKind,
        "rubrics": RubricDefinition,
        "stage_kinds": StageKind,
        "methods": Method,
        "ballot_methods": BallotMethod,
        "cut_rules": CutRule,
        "tie_breakers": TieBreaker,
        "eligibility_rules": EligibilityRule,
        "assignment_rules": AssignmentRule,
        "exporters": Exporter,
        "editions": EditionDefinition,
        "settings": Setting,
        "cli_commands": CliCommand,
        "blueprints": WebBlueprint,
    }
)
"""Each family is added by the hook ``juri_<family>`` and holds records of one class."""

E = TypeVar("E", bound=Extension)


class Clash(ValueError):
    """Two extensions of one family and name; names both owners."""


@dataclass(frozen=True)
class Registered:
    """An extension with the plugin that brought it."""

    extension: Extension
    owner: str


@dataclass(frozen=True)
class Registry:
    """Every extension by family and name, sorted by name, with its owner."""

    items: Mapping[str, Mapping[str, Registered]] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, found: Iterable[tuple[str, str, Extension]]) -> Registry:
        """Build a registry from (family, owner, extension).

        Raises:
            Clash: two extensions of one family have one name.

        """
        families: dict[str, dict[str, Registered]] = {family: {} for family in FAMILIES}
        for family, owner, extension in found:
            taken = families[family].get(extension.name)
            if taken:
                raise Clash(
                    f"{family} '{extension.name}' is offered twice: by {taken.owner} (version "
                    f"{taken.extension.version}) and by {owner} (version {extension.version})"
                )
            families[family][extension.name] = Registered(extension, owner)
        return cls(MappingProxyType({name: MappingProxyType(dict(sorted(f.items()))) for name, f in families.items()}))

    def names(self, family: str) -> tuple[str, ...]:
        """Return the names of a family, sorted."""
        return tuple(self.items.get(family, {}))

    def owner(self, family: str, name: str) -> str:
        """Return which plugin brought an extension."""
        return self._registered(family, name).owner

    def get(self, family: str, name: str) -> Any:
        """Return an extension.

        Raises:
            NotFound: there is none of that name; the hint names the nearest, or all.

        """
        return self._registered(family, name).extension

    def find(self, kind: type[E], name: str) -> E:
        """Return an extension by its record class, typed.

        Raises:
            NotFound: there is none of that name.

        """
        family = next(family for family, record in FAMILIES.items() if record is kind)
        return cast(E, self.get(family, name))

    def _registered(self, family: str, name: str) -> Registered:
        found = self.items.get(family, {}).get(name)
        if found is None:
            names = self.names(family)
            near = get_close_matches(name, names, 1)
            hint = f"did you mean '{near[0]}'?" if near else f"known are: {', '.join(names) or 'none'}"
            raise NotFound(family.removesuffix("s").replace("_", " "), name, hint)
        return found
