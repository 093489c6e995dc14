"""Make rubrics of what stands under ``rubrics:``, in a file of its own, or in the library of ready rubrics."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from juri.core.editions.faults import Faults
from juri.core.editions.positions import Node, Steps, read_mapping, read_text
from juri.core.editions.rubric_schema import CriterionSchema, RubricSchema, UsedRubricSchema
from juri.core.editions.schema import FORMAT, is_id
from juri.core.errors import DefinitionError
from juri.core.extension import RubricKind
from juri.core.registry import Registry
from juri.core.scoring.rubric import Criterion, OverallComment, Rubric, Scale
from juri.core.sheets import rubric_problems

_OWN_FILE = ("juri", "rubric")
"""Keys of a rubric that stands in a file of its own."""


def built(items: Iterable[Any]) -> tuple[Any, ...]:
    """Return the items that became values; one with a gap stays a mapping until the gap is filled."""
    return tuple(item for item in items if not isinstance(item, dict))


def build_rubric(faults: Faults, registry: Registry, name: str, value: Any, steps: Steps) -> Rubric | None:
    """Make the rubric ``name`` of the data at ``steps``; what is wrong becomes faults.

    Returns:
        None where the data says too little to make one.

    """
    if not isinstance(value, dict):
        faults.add(steps, f"the rubric '{name}' must be a mapping of keys", "begin with 'kind:', or 'use:' a ready one")
        return None
    if "use" in value:
        return _used(faults, registry, name, value, steps)
    kind = _kind(faults, registry, value, steps)
    return _build(faults, kind, name, value, steps) if kind else None


def load_rubric(source: str | Path, registry: Registry, origin: str = "rubric") -> Rubric:
    """Read a rubric that stands alone: as under ``rubrics:`` in an edition.

    It may say its format (``juri: 1``) and its id (``rubric: ID``); without an id it is called after its file.

    Args:
        source: a path, or the YAML or JSON text itself.
        registry: knows the rubric kinds.
        origin: what errors call a text.

    Raises:
        DefinitionError: every fault, with file, line and column.

    """
    text, file = (read_text(source), str(source)) if isinstance(source, Path) else (source, origin)
    root = read_mapping(text, file)
    faults = Faults(root)
    rubric = _from_root(faults, registry, root)
    faults.refuse()
    return cast("Rubric", rubric)  # without a fault there is one


def ready_rubric(registry: Registry, name: str) -> Rubric:
    """Return a ready rubric of the library.

    Raises:
        NotFound: there is none of that name.
        DefinitionError: its file is at fault.

    """
    ready = registry.get("rubrics", name)
    return load_rubric(ready.read(), registry, ready.path)


def _from_root(faults: Faults, registry: Registry, root: Node) -> Rubric | None:
    data = root.plain()
    name = data.get("rubric", _id_of(root.place(()).file))
    if data.get("juri", FORMAT) != FORMAT:
        faults.add(
            ("juri",), f"the format {data['juri']} is not known here", f"write 'juri: {FORMAT}', or leave it out"
        )
    if not isinstance(name, str) or not is_id(name):
        faults.add(("rubric",), "this is no id: 'rubric: ID'", "lower-case letters, digits, '-' and '_'")
        name = "rubric"
    value = {key: item for key, item in data.items() if key not in _OWN_FILE}
    return build_rubric(faults, registry, name, value, ())


def _id_of(file: str) -> str:
    """Make an id of a file's name."""
    name = re.sub(r"[^a-z0-9_-]+", "-", Path(file).stem.lower()).strip("-_")[:64]
    return name or "rubric"


def _used(faults: Faults, registry: Registry, name: str, value: dict[str, Any], steps: Steps) -> Rubric | None:
    before = len(faults.found)
    loaded = faults.load(UsedRubricSchema(), value, steps)
    used = loaded.get("use")
    if used is None:
        return None
    if used not in registry.names("rubrics"):
        faults.unknown_name((*steps, "use"), "ready rubric", used, registry.names("rubrics"))
        return None
    try:
        rubric = replace(ready_rubric(registry, used), id=name)
    except DefinitionError as error:
        faults.found.extend(error.faults)
        return None
    rubric = replace(
        rubric,
        name=loaded.get("name", rubric.name),
        bonuses=built(loaded.get("bonuses", rubric.bonuses)),
        overall=_overall(loaded) or rubric.overall,
    )
    if "bonuses" in loaded and len(faults.found) == before:
        _check(faults, registry.find(RubricKind, rubric.kind), rubric, steps)
    return rubric


def _kind(faults: Faults, registry: Registry, value: dict[str, Any], steps: Steps) -> RubricKind | None:
    name = value.get("kind")
    if name in registry.names("rubric_kinds"):
        return registry.find(RubricKind, str(name))
    if name is None:
        faults.add(
            (*steps, "kind"), "the rubric does not say its kind", "write 'kind: weighted', or 'use:' a ready rubric"
        )
    else:
        faults.unknown_name((*steps, "kind"), "rubric kind", name, registry.names("rubric_kinds"))
    return None


def _build(faults: Faults, kind: RubricKind, name: str, value: dict[str, Any], steps: Steps) -> Rubric | None:
    before = len(faults.found)
    common, options = faults.load_split(RubricSchema(), kind, kind.options, value, steps)
    scale = _scale(common, None)
    criteria = _criteria(faults, kind, value.get("criteria"), (*steps, "criteria"), scale)
    _refuse_twins(faults, value.get("criteria"), (*steps, "criteria"), {})
    bonuses = built(common.get("bonuses", ()))
    title, overall = common.get("name", ""), _overall(common)
    rubric = Rubric(name, kind.name, criteria, title, bonuses, MappingProxyType(options), overall)
    if len(faults.found) == before:
        _check(faults, kind, rubric, steps)
    return rubric


def _criteria(
    faults: Faults, kind: RubricKind, values: Any, steps: Steps, scale: Scale | None
) -> tuple[Criterion, ...]:
    items = values if isinstance(values, list) else []
    found = (_criterion(faults, kind, value, (*steps, index), scale) for index, value in enumerate(items))
    return tuple(criterion for criterion in found if criterion)


def _criterion(faults: Faults, kind: RubricKind, value: Any, steps: Steps, scale: Scale | None) -> Criterion | None:
    """Make a criterion and what is below it; a scale holds for all below that have none of their own."""
    if not isinstance(value, dict):
        faults.add(steps, "a criterion must be a mapping of keys", "write '{id: NAME, weight: 10}'")
        return None
    common, options = faults.load_split(CriterionSchema(), kind, kind.criterion_options, value, steps)
    if "id" not in common:
        return None
    own = _scale(common, scale)
    common.pop("children", None)
    children = _criteria(faults, kind, value.get("children"), (*steps, "children"), own)
    common["only_in"] = tuple(common.get("only_in", ()))
    words = common.pop("max_words", None)
    more = {"max_words": words} if words else {}
    common.setdefault("weight", Decimal(1))
    criterion = Criterion(**common, children=children, scale=own or Scale(), options=MappingProxyType(more | options))
    prepare = kind.prepare
    if prepare is None:
        return criterion
    prepared: Criterion = faults.guarded(kind, "prepare", lambda: prepare(criterion))
    return prepared


def _overall(loaded: dict[str, Any]) -> OverallComment | None:
    found = loaded.get("overall")
    return found if isinstance(found, OverallComment) else None


def _scale(common: dict[str, Any], above: Scale | None) -> Scale | None:
    scale = common.pop("scale", above)
    return scale if isinstance(scale, Scale) else above


def _refuse_twins(faults: Faults, values: Any, steps: Steps, seen: dict[str, Steps]) -> None:
    """Refuse an id that stands twice anywhere in the tree: answers are kept by criterion id."""
    for index, value in enumerate(values if isinstance(values, list) else []):
        if not isinstance(value, dict):
            continue
        place, name = (*steps, index), value.get("id")
        if isinstance(name, str) and name in seen:
            first = faults.root.place((*seen[name], "id"))
            faults.add((*place, "id"), f"the criterion '{name}' stands twice; it is already at {first}", "rename one")
        elif isinstance(name, str):
            seen[name] = place
        _refuse_twins(faults, value.get("children"), (*place, "children"), seen)


def _check(faults: Faults, kind: RubricKind, rubric: Rubric, steps: Steps) -> None:
    """Ask what is wrong with the rubric as a whole, unless a part of it is unknown on purpose."""
    open_parts = {place[len(steps) :] for place in faults.excused if place[: len(steps)] == steps}
    if open_parts - {("bonuses",), ("name",)}:
        return
    for problem in rubric_problems(kind, rubric):
        faults.add(_place_of(faults, problem.field, steps), problem.message)


def _place_of(faults: Faults, name: str, steps: Steps) -> Steps:
    """Return where a criterion or key that a kind complains of stands; the rubric itself where it is neither."""
    node = faults.root
    for step in steps:
        node = node.child(step) or node
    found = _criterion_place(node.plain(), name)
    if found:
        return (*steps, *found)
    return (*steps, name) if node.child(name) else steps


def _criterion_place(value: Any, name: str) -> Steps:
    for key in ("criteria", "children"):
        items = value.get(key) if isinstance(value, Mapping) else None
        for index, item in enumerate(items if isinstance(items, list) else []):
            if isinstance(item, Mapping) and item.get("id") == name:
                return (key, index)
            below = _criterion_place(item, name)
            if below:
                return (key, index, *below)
    return ()
