"""Whatever is done to a good document: it loads, or it is refused in words; nothing else ever happens."""

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juri.core.editions.loader import load_edition, load_resolved
from juri.core.editions.positions import read_mapping
from juri.core.errors import DefinitionError
from juri.core.registry import Registry

RICH = """\
juri: 1
edition: rich
extends: base
name: {id: Kaya, en: Rich}
clusters: [city, {id: agency, name: Badan}]
limits: [{value: 2, tracks: [open], clusters: [city]}]
eligibility: [{rule: any_of, rules: [{rule: complete}]}]
form: [{id: kind, type: choice, options: [a, b]}, {id: more, when: {kind: a}, max_words: 10}]
rubrics:
  ready: {use: ready, bonuses: [{id: b, fact: kind, equals: a, points: 0.5}]}
  deep:
    kind: plain
    scale: {levels: [{value: 1, label: low}, {value: 3, label: high}]}
    criteria: [{id: top, weight: 100, children: [{id: one}, {id: two, scale: {choices: [yes, no]}}]}]
stages:
  - {id: second, kind: score, panel: jury, rubric: {open: ready, special: deep}, missing: "quorum:2"}
  - {id: end, kind: final, proposes: {open: {rule: top, n: 3}}, awards: [{id: a, of: second, track: open}]}
unknown:
  - {at: stages.second.method, why: nobody knows, suggestion: {name: trimmed, low: 1}}
"""

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 10**20)
    | st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-5, max_value=200)
    | st.sampled_from(
        ["", "x", "main", "open", "close", "id", "2026-01-01", "quorum:0", "a.b", "criterion:idea", "é\u2028"]
    )
    | st.text(max_size=5)
)
values = scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.sampled_from(["id", "en", "rule", "x"]), scalars)


def places(value: Any, steps: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the way to every part of a document."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way for key, item in parts for way in [(*steps, key), *places(item, (*steps, key))]]


def changed(document: Any, way: tuple[Any, ...], change: str, value: Any) -> Any:
    found = copy.deepcopy(document)
    inside = found
    for step in way[:-1]:
        inside = inside[step]
    if change == "forget" and isinstance(found, dict):
        path = ".".join(str(step + 1) if isinstance(step, int) else step for step in way)
        found["unknown"] = [*(found.get("unknown") or []), path] if isinstance(found.get("unknown", []), list) else []
    if change in ("delete", "forget"):
        del inside[way[-1]]
    elif change == "add" and isinstance(inside, dict):
        inside[str(way[-1]) + "s"] = value
    elif change == "twice" and isinstance(inside, list):
        inside.append(inside[way[-1]])
    else:
        inside[way[-1]] = value
    return found


def as_yaml(value: Any) -> str:
    """Write plain data as flow YAML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(str(key))}: {as_yaml(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_yaml, value)) + "]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value)


@pytest.mark.uncounted  # what so many documents reach, the tests of the loader count in a few
@settings(max_examples=150)
@given(st.data())
@pytest.mark.parametrize("which", ["base", "rich"])
def test_any_change_of_a_good_document_loads_or_is_refused_in_words(
    which: str, base: str, registry: Registry, data: st.DataObject
) -> None:
    document = read_mapping({"base": base, "rich": RICH}[which], "good").plain()
    for _ in range(data.draw(st.integers(1, 2))):
        way = data.draw(st.sampled_from(places(document)))
        document = changed(
            document, way, data.draw(st.sampled_from(["delete", "forget", "put", "add", "twice"])), data.draw(values)
        )
    try:
        loaded = load_edition(as_yaml(document), registry)
    except DefinitionError as error:
        assert all(fault.problem for fault in error.faults)  # noqa: PT017  either way is right; another exception is not
    else:
        assert load_resolved(json.loads(json.dumps(loaded.data)), registry) == loaded.edition


@given(st.randoms())
def test_the_order_of_keys_never_changes_the_hash(base: str, registry: Registry, random: Any) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, list):
            return [shuffled(item) for item in value]
        if not isinstance(value, dict):
            return value
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(value[key]) for key in keys}

    document = read_mapping(base, "good").plain()
    assert load_edition(as_yaml(shuffled(document)), registry).sha256 == load_edition(base, registry).sha256


def test_the_good_document_is_good(registry: Registry) -> None:
    edition = load_edition(RICH, registry).edition
    assert (edition.is_draft, len(edition.stages), sorted(edition.rubrics)) == (True, 5, ["deep", "main", "ready"])


@pytest.mark.parametrize("hostile", ["a: &a [*a]", "? [1]\n: 2", "%YAML 1.3\n---\na: 1", 'a: "\\UFFFFFFFF"', "\ud800"])
def test_hostile_yaml_is_refused_in_words(hostile: str, registry: Registry, tmp_path: Path) -> None:
    with pytest.raises(DefinitionError):
        load_edition(hostile, registry)
