"""The registry: name to extension, sorted, clashes refused with both owners."""

import pytest

from juri.core.errors import NotFound
from juri.core.extension import CutRule, Method
from juri.core.registry import FAMILIES, Clash, Registry


def method(name, version="1"):
    return Method(name=name, title=name, version=version, rank=lambda matrix, _: matrix)


def test_extensions_are_sorted_by_name_whatever_the_order_they_came_in():
    first = Registry.of([("methods", "a", method("mean")), ("methods", "b", method("borda"))])
    second = Registry.of([("methods", "b", method("borda")), ("methods", "a", method("mean"))])
    assert first.names("methods") == second.names("methods") == ("borda", "mean")


def test_an_extension_is_found_by_family_or_by_its_record():
    mean = method("mean")
    registry = Registry.of([("methods", "juri", mean)])
    assert registry.get("methods", "mean") is registry.find(Method, "mean") is mean
    assert registry.owner("methods", "mean") == "juri"


def test_two_of_one_name_are_refused_with_both_owners_and_versions():
    with pytest.raises(Clash) as clash:
        Registry.of([("methods", "first 1.0", method("mean")), ("methods", "second 2.0", method("mean", "7"))])
    said = "methods 'mean' is offered twice: by first 1.0 (version 1) and by second 2.0 (version 7)"
    assert str(clash.value) == said


def test_one_name_in_two_families_is_no_clash():
    rule = CutRule(name="mean", title="mean", version="1", select=lambda *_: ())
    registry = Registry.of([("methods", "juri", method("mean")), ("cut_rules", "juri", rule)])
    assert registry.find(CutRule, "mean") is rule


def test_what_is_not_there_is_refused_with_the_nearest_name_or_with_all():
    registry = Registry.of([("methods", "juri", method("mean")), ("methods", "juri", method("borda"))])
    with pytest.raises(NotFound) as missing:
        registry.get("methods", "meen")
    assert str(missing.value) == "there is no method 'meen'; did you mean 'mean'?"
    with pytest.raises(NotFound) as missing:
        registry.owner("cut_rules", "top")
    assert str(missing.value) == "there is no cut rule 'top'; known are: none"
    with pytest.raises(NotFound) as missing:
        registry.get("methods", "x")
    assert str(missing.value) == "there is no method 'x'; known are: borda, mean"


def test_an_empty_registry_knows_no_name_of_any_family():
    assert {Registry().names(family) for family in FAMILIES} == {()}
