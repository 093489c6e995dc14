"""A rubric as a piece of YAML: for what no form shows, such as a kind that is switched off, or for who prefers it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from juri.core.editions.positions import Node, read_mapping
from juri.core.errors import DefinitionError, InputRefused
from juri.webapp.organiser.drafts import Draft
from juri.webapp.organiser.rubric_check import Found, check_rubric
from juri.webapp.organiser.rubric_document import document_with, faults_elsewhere


@dataclass
class RubricText:
    """The text of one rubric over a working copy; ``problems`` is what it breaks elsewhere in the document."""

    draft: Draft
    name: str
    typed: str
    problems: list[str] = field(default_factory=list)

    @cached_property
    def _read(self) -> Node | Found:
        try:
            return read_mapping(self.typed, f"{self.name}.yaml")
        except DefinitionError as error:
            return Found(None, tuple(((), fault) for fault in error.faults))

    @property
    def is_readable(self) -> bool:
        """Tell whether the text can be kept, finished or not."""
        return isinstance(self._read, Node)

    @cached_property
    def found(self) -> Found:
        """Return the rubric that the text says, checked."""
        return self._read if isinstance(self._read, Found) else check_rubric(self.draft.registry, self.name, self._read)

    @property
    def value(self) -> Mapping[str, Any]:
        """Return the rubric that the text says."""
        return {} if isinstance(self._read, Found) else self._read.plain()

    def is_fine(self, *, unfinished: bool = False) -> bool:
        """Check what was sent; an ``unfinished`` rubric need only be readable."""
        if not self.is_readable or (self.found.faults and not unfinished):
            return False
        try:
            self.problems = [] if unfinished and self.text else faults_elsewhere(self.draft, self.name, self.text)
        except InputRefused as refused:
            self.problems = [problem.message for problem in refused.problems]
        return not self.problems

    @cached_property
    def text(self) -> str:
        """Return what the document would say.

        Raises:
            InputRefused: it cannot be written.

        """
        return document_with(self.draft, self.name, self.value)
