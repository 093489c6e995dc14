"""The rubrics of a working copy: what stands there, what a new one may begin from, who uses it, and writing it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from juri.core.editions.editing import change_parts, new_faults
from juri.core.editions.model import StageRow
from juri.core.editions.overlay import same
from juri.core.editions.positions import read_mapping
from juri.core.editions.schema import is_id
from juri.core.editions.writing import write_value
from juri.core.errors import JuriError
from juri.core.registry import Registry
from juri.core.scoring.rubric import Rubric
from juri.webapp.organiser.drafts import Draft
from juri.webapp.organiser.edit_faults import fault_sentence
from juri.webapp.organiser.edit_parts import item_title
from juri.webapp.organiser.rubric_words import beginning_of

_OWN_FILE = ("juri", "rubric")
"""Keys of a ready rubric that stand in its file only."""


@dataclass(frozen=True)
class Use:
    """A stage that a rubric is for; ``state`` is empty while its edition is not installed."""

    stage: str
    title: str
    state: str

    @property
    def is_begun(self) -> bool:
        """Tell whether the stage was opened, so that sheets may hang on the rubric."""
        return self.state not in ("", "planned")


@dataclass(frozen=True)
class Beginning:
    """Where an editor begins: ``stored`` is what the document says, None for a new rubric; ``value`` is shown.

    ``ready`` is the ready rubric that the document uses instead of one of its own.
    """

    stored: Mapping[str, Any] | None
    value: Mapping[str, Any]
    ready: str = ""


def rubrics_of(draft: Draft) -> dict[str, Any]:
    """Return the rubrics of a document, as they stand there."""
    found = draft.data.get("rubrics")
    return found if isinstance(found, dict) else {}


def begin_rubric(draft: Draft, name: str, what: str) -> Beginning:
    """Return what the editor of a rubric begins with.

    Args:
        draft: the working copy.
        name: the rubric.
        what: what a new one begins from: ``kind:``, ``library:`` or ``own:`` with a name.

    """
    stored = rubrics_of(draft).get(name)
    if isinstance(stored, dict):
        return Beginning(stored, written_out(draft.registry, stored), str(stored.get("use", "")))
    source, _, which = what.partition(":")
    if source == "library" and which in draft.registry.names("rubrics"):
        return Beginning(None, ready_value(draft.registry, which))
    if source == "own" and isinstance(rubrics_of(draft).get(which), dict):
        return Beginning(None, written_out(draft.registry, rubrics_of(draft)[which]))
    if source == "kind" and which in draft.registry.names("rubric_kinds"):
        return Beginning(None, beginning_of(which))
    return Beginning(None, _suggested(draft, name) or beginning_of("weighted"))


def open_rubrics(draft: Draft) -> dict[str, Any]:
    """Return the rubrics that the document leaves open, with what is suggested for each."""
    items = (item for item in draft.document.unknown if isinstance(item, dict))
    paths = ((str(item.get("at", "")).partition("."), item.get("suggestion")) for item in items)
    return {name: suggestion for (top, _, name), suggestion in paths if top == "rubrics" and is_id(name)}


def _suggested(draft: Draft, name: str) -> dict[str, Any]:
    suggestion = open_rubrics(draft).get(name)
    value = {"use": suggestion} if isinstance(suggestion, str) else suggestion
    return written_out(draft.registry, value) if isinstance(value, dict) else {}


def written_out(registry: Registry, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rubric with everything that it says: a ready one that is used by name is written out."""
    if value.get("use") not in registry.names("rubrics"):
        return dict(value)
    own = {key: each for key, each in value.items() if key != "use"}
    return {**ready_value(registry, str(value["use"])), **own}


def ready_value(registry: Registry, name: str) -> dict[str, Any]:
    """Return a ready rubric as plain values; nothing where its file is at fault."""
    ready = registry.get("rubrics", name)
    try:
        said = read_mapping(ready.read(), ready.path).plain()
    except (JuriError, OSError):
        return {}
    return {key: value for key, value in said.items() if key not in _OWN_FILE}


def in_force(draft: Draft, name: str) -> Rubric | None:
    """Return a rubric as it is in force."""
    return draft.running.edition.rubrics.get(name) if draft.running else None


def uses_of(draft: Draft, name: str) -> list[Use]:
    """Return the stages that a rubric is for, in the document and in force."""
    states: dict[str, str] = {}
    if draft.running is not None:
        rows = select(StageRow.key, StageRow.state).where(StageRow.edition_id == draft.running.id)
        states = {row.key: row.state for row in draft.session.execute(rows)}
    stages = draft.data.get("stages")
    return [
        Use(str(stage.get("id")), item_title(stage), states.get(str(stage.get("id")), ""))
        for stage in (stages if isinstance(stages, list) else [])
        if isinstance(stage, Mapping) and _names(stage.get("rubric"), name)
    ]


def _names(rubric: Any, name: str) -> bool:
    return name in (rubric.values() if isinstance(rubric, Mapping) else [rubric])


def text_of(value: Mapping[str, Any]) -> str:
    """Write a rubric as a piece of YAML."""
    return f"{write_value(dict(value))}\n" if value else ""


def document_with(draft: Draft, name: str, value: Mapping[str, Any] | None) -> str:
    """Return the document with another rubric under a name; None takes the rubric out.

    Raises:
        InputRefused: it cannot be written.

    """
    before = rubrics_of(draft)
    after = {key: each for key, each in {**before, name: value}.items() if each is not None}
    return draft.document.text if same(before, after) else change_parts(draft.document, {"rubrics": after or None})


def faults_elsewhere(draft: Draft, name: str, text: str) -> list[str]:
    """Return the faults that a rubric brings to the rest of the document, such as a tie rule without its aspect."""
    return [fault_sentence(each.fault) for each in new_faults(draft.document, text, ("rubrics", name))]
