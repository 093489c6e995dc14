"""An edition is built once for the same texts: asked for again, it is the same value, until a text is another one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from juri.core.editions.loader import load_edition
from juri.core.editions.resolve import Found
from juri.core.editions.shelf import Shelf
from juri.core.errors import DefinitionError
from juri.core.registry import Registry

CHILD = "juri: 1\nedition: anak-2026\nextends: induk\nname: Anak\n"
PARENT = (
    "juri: 1\nedition: induk\nname: Induk\ncategories: [{category}]\nstages: [{{id: daftar, kind: registration}}]\n"
)


def parent(category):
    text = PARENT.format(category=category)
    return lambda name: Found(text, "induk.yaml") if name == "induk" else None


def test_the_same_texts_come_to_the_same_value(builtin_registry):
    first = load_edition(CHILD, builtin_registry, find=parent("kesehatan"))
    assert load_edition(CHILD, builtin_registry, find=parent("kesehatan")) is first


def test_another_parent_or_another_registry_is_another_edition(builtin_registry):
    first = load_edition(CHILD, builtin_registry, find=parent("kesehatan"))
    other = load_edition(CHILD, builtin_registry, find=parent("pendidikan"))
    assert [each.id for each in other.edition.categories] == ["pendidikan"]
    assert [each.id for each in first.edition.categories] == ["kesehatan"]
    again = load_edition(CHILD, replace(builtin_registry), find=parent("kesehatan"))
    assert again is not first
    assert again.sha256 == first.sha256


def test_a_fault_is_told_each_time(builtin_registry):
    for _ in range(2):
        with pytest.raises(DefinitionError):
            load_edition("juri: 1\nedition: x\nname: X\nstages: [{id: a, kind: nothing}]\n", builtin_registry)


def test_a_full_shelf_lets_the_oldest_go():
    shelf, made = Shelf(), []

    def take(key):
        return shelf.take(registry, key, lambda: made.append(key) or key)

    registry = Registry()
    keys = [str(number) for number in range(33)]
    assert [take(key) for key in keys] == keys
    assert (take("32"), take("1"), take("0"), made[33:]) == ("32", "1", "0", ["0"])
