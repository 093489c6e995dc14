"""A plugin that is one YAML file: a ready rubric or an edition, offered through the same hooks as any."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from juri.core.errors import DefinitionError, Fault, Where
from juri.core.extension import EditionDefinition, RubricDefinition
from juri.plugins import hookimpl

DATA_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True)
class DataFile:
    """What one YAML file offers. Its version is the beginning of the SHA-256 of its text: what results keep."""

    rubrics: tuple[RubricDefinition, ...] = ()
    editions: tuple[EditionDefinition, ...] = ()

    @classmethod
    def read(cls, path: Path) -> DataFile:
        """Read a file that says ``edition: ID``, or ``kind:`` and ``criteria:`` (``rubric:`` may name it).

        Raises:
            DefinitionError: it is not YAML, or neither of the two; with file, line and column.

        """
        from juri.core.editions.positions import read_mapping, read_text

        text = read_text(path)
        root = read_mapping(text, str(path))
        document: Mapping[str, Any] = root.plain()
        more: dict[str, Any] = {"read": lambda: text, "path": str(path), "version": _digest(text)}
        if "edition" in document:
            name = str(document["edition"])
            return cls(editions=(EditionDefinition(name=name, title=_title(document, name), **more),))
        if "kind" in document and "criteria" in document:
            name = str(document.get("rubric", path.stem))
            return cls(rubrics=(RubricDefinition(name=name, title=_title(document, name), **more),))
        problem = "this is neither an edition (no 'edition:') nor a rubric (no 'kind:' with 'criteria:')"
        raise DefinitionError([Fault(Where(str(path), 1, 1), problem, "add the keys, or move the file elsewhere")])

    @hookimpl
    def juri_rubrics(self) -> tuple[RubricDefinition, ...]:
        """Offer the rubric, where the file is one."""
        return self.rubrics

    @hookimpl
    def juri_editions(self) -> tuple[EditionDefinition, ...]:
        """Offer the edition, where the file is one."""
        return self.editions


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _title(document: Mapping[str, Any], fallback: str) -> str:
    name = document.get("name", fallback)
    return str(name.get("en") or name.get("id") or fallback) if isinstance(name, Mapping) else str(name)
