"""Editing a document as values: a child says only what differs, comments stay, and what is filled is not unknown."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.editions.editing import (
    change_parts,
    check_text,
    new_faults,
    own_keys,
    read_document,
    set_at,
    steps_at,
)
from juri.core.editions.overlay import SAME, overlay, same
from juri.core.editions.positions import read_mapping, read_tree
from juri.core.editions.resolve import Found, resolve
from juri.core.editions.writing import write_document, write_parts, write_value
from juri.core.errors import DefinitionError, InputRefused, Where
from juri.core.registry import Registry

CHILD = """\
juri: 1
edition: kota-2026
extends: sukoharjo-2023
name: Kota 2026

# Ours alone.
calendar:
  launch: 2026-01-05 # decree 12
  start: 2026-02-01 # decree 13
"""


def read(text, registry):
    return read_document(text, registry)


def data_of(text, registry):
    return read_document(text, registry).data


IDS = st.sampled_from(["a", "b", "c", "d", "e"])
SCALARS = st.one_of(
    st.integers(-5, 5),
    st.booleans(),
    st.sampled_from(["x", "30", "true", "", "null", "a: b", "- c", "two\nlines", " edge", "é", "#", "2026-01-01"]),
    st.decimals(min_value=0, max_value=9, places=1),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.dictionaries(st.sampled_from(["k", "id", "en", "kind", "rule", "use", "method"]), inner, max_size=3),
        st.lists(inner, max_size=3),
        st.lists(
            st.tuples(IDS, st.dictionaries(st.sampled_from(["k", "kind", "w"]), inner, max_size=2)),
            max_size=4,
            unique_by=lambda pair: pair[0],
        ).map(lambda pairs: [{**more, "id": name} for name, more in pairs]),
    ),
    max_leaves=8,
)
PARTS = st.dictionaries(st.sampled_from(["stages", "tracks", "calendar", "rubrics", "name"]), VALUES, max_size=4)


@given(PARTS, PARTS)
def test_what_a_child_says_comes_to_what_was_wanted_when_it_is_laid_over_its_parent(parent, wanted):
    base = {"juri": 1, "edition": "base", **parent}
    said = overlay({**parent, "juri": 1}, {**wanted, "juri": 1})
    child = {"edition": "child", "extends": "base", **({} if said is SAME else said), "juri": 1}
    texts = {"base": write_document(base), "child": write_document(child)}
    merged = resolve(Found(texts["child"], "child"), Registry(), lambda name: Found(texts[name], name)).root.plain()
    assert same({key: merged[key] for key in merged if key not in ("edition", "extends")}, {**wanted, "juri": 1})


@given(PARTS)
def test_a_written_document_reads_as_the_values_it_was_written_from(parts):
    assert same(read_mapping(write_document({"juri": 1, **parts}), "x").plain(), {"juri": 1, **parts})


@given(VALUES)
def test_a_snippet_reads_as_the_value_it_was_written_from(value):
    text = write_value(value)
    if text:
        assert same(read_tree(f"v:\n{indented(text)}", "x").plain()["v"], value) or value in ("", [], {})


def indented(text):
    return "\n".join(f"  {line}" for line in text.splitlines())


@pytest.mark.uncounted  # the same lines for every document
def test_every_shipped_document_is_written_back_letter_by_letter(builtin_registry):
    for name in builtin_registry.names("editions"):
        text = builtin_registry.get("editions", name).read()
        again = write_parts(text, {})
        assert same(read_mapping(again, name).plain(), read_mapping(text, name).plain())
        changed = [pair for pair in zip(text.splitlines(), again.splitlines(), strict=True) if pair[0] != pair[1]]
        assert len(changed) <= 1, changed


def test_ten_is_ten_point_zero_and_one_is_not_yes():
    assert (same(10, Decimal("10.0")), same(1, True), same("1", 1)) == (True, False, False)


def test_a_child_says_only_what_differs_and_keeps_its_comments(builtin_registry):
    document = read(CHILD, builtin_registry)
    calendar = {**document.data["calendar"], "start": "2026-03-01", "end": "2026-04-01"}
    changed = change_parts(document, {"calendar": calendar, "competition": "kipp-sukoharjo"})
    assert changed == CHILD.replace("start: 2026-02-01 # decree 13", "start: 2026-03-01 # decree 13\n  end: 2026-04-01")


def test_an_item_that_is_changed_is_said_with_its_change_alone(builtin_registry):
    document = read(CHILD, builtin_registry)
    categories = [dict(each) for each in document.data["categories"]]
    categories[1] = {"id": "pendidikan", "name": "Sekolah"}
    text = change_parts(document, {"categories": [*categories[:-1], {"id": "digital", "name": "Digital"}]})
    assert read_mapping(text, "x").plain()["categories"] == [
        {"id": "pendidikan", "name": "Sekolah"},
        {"id": "penegakan_hukum"},
        {"id": "digital", "name": "Digital"},
        {"id": "ketahanan_bencana", "remove": True},
    ]
    assert [each["id"] for each in data_of(text, builtin_registry)["categories"]][-2:] == ["penegakan_hukum", "digital"]


def test_another_order_names_every_item(builtin_registry):
    document = read(CHILD, builtin_registry)
    clusters = list(reversed(document.data["clusters"]))
    text = change_parts(document, {"clusters": clusters})
    assert read_mapping(text, "x").plain()["clusters"] == [{"id": "bumd"}, {"id": "uptpd"}, {"id": "perangkat_daerah"}]
    assert data_of(text, builtin_registry)["clusters"] == clusters


def test_a_comment_goes_with_its_item():
    text = "a:\n  - {id: x, n: 1} # first\n  - {id: y, n: 2} # second\n  - {id: z, n: 3} # third\n"
    moved = write_parts(text, {"a": [{"id": "z", "n": 3}, {"id": "new", "n": 4}, {"id": "x", "n": 5}]})
    assert moved == "a:\n  - {id: z, n: 3} # third\n  - {id: new, n: 4}\n  - {id: x, n: 5} # first\n"


def test_a_part_stands_at_its_usual_place_with_an_empty_line_before(builtin_registry):
    text = change_parts(
        read(CHILD, builtin_registry), {"panels": [{"id": "juri", "name": "Juri"}], "time_zone": "Asia/Makassar"}
    )
    assert text.startswith("juri: 1\nedition: kota-2026\nextends: sukoharjo-2023\nname: Kota 2026\n")
    assert "\n\npanels:\n  - {id: juri, name: Juri}\n" in text
    assert list(read_mapping(text, "x").value) == [
        "juri", "edition", "extends", "name", "time_zone", "calendar", "panels",
    ]  # fmt: skip


def test_what_is_filled_in_is_no_longer_unknown_and_what_is_emptied_is_unknown_again(builtin_registry):
    document = read(CHILD, builtin_registry)
    filled = change_parts(document, {"form": [{"id": "summary", "type": "text"}]})
    assert read_mapping(filled, "x").plain()["unknown"] == [{"at": "form", "resolved": True}]
    assert [item["at"] for item in read(filled, builtin_registry).unknown] == [
        "calendar.registration_open", "calendar.registration_close", "rubrics.proposal", "stages",
    ]  # fmt: skip
    emptied = change_parts(read(filled, builtin_registry), {"form": None})
    assert "unknown" not in own_keys(emptied)
    assert len(read(emptied, builtin_registry).unknown) == 5


def test_what_an_edition_does_without_stays_left_out_until_it_gets_a_value(builtin_registry):
    text = change_parts(read(CHILD, builtin_registry), {}, without=["calendar.registration_open"])
    assert read_mapping(text, "x").plain()["unknown"] == [{"at": "calendar.registration_open", "remove": True}]
    renamed = change_parts(read(text, builtin_registry), {"name": "Lain"})
    document = read(renamed, builtin_registry)
    assert ("calendar.registration_open" in str(document.unknown), len(document.unknown)) == (False, 4)
    filled = change_parts(document, set_at(document.data, "calendar.registration_open", "2026-05-01"))
    assert read_mapping(filled, "x").plain()["unknown"] == [{"at": "calendar.registration_open", "resolved": True}]


def test_a_suggestion_is_set_at_the_path_it_is_made_for(builtin_registry):
    document = read(CHILD, builtin_registry)
    parts = set_at(document.data, "rubrics.proposal", {"use": "kipp-2023-umum"})
    text = change_parts(document, parts)
    assert data_of(text, builtin_registry)["rubrics"] == {"proposal": {"use": "kipp-2023-umum"}}
    later = read(text, builtin_registry)
    assert set_at(later.data, "eligibility.min_age_months", {"value": 24}) == {
        "eligibility": [*document.data["eligibility"], {"rule": "min_age_months", "value": 24}]
    }
    assert set_at(later.data, "calendar.registration_open", "2026-05-01") == {
        "calendar": {**document.data["calendar"], "registration_open": "2026-05-01"}
    }
    with pytest.raises(InputRefused):
        set_at(later.data, "clusters.nowhere.at.all", 1)


def test_a_document_with_anchors_is_written_anew_where_a_change_would_reach_too_far(builtin_registry):
    text = "juri: 1\nedition: a\nname: A\ntracks: [{id: x, quotas: &q {n: 1}}, {id: y, quotas: *q}]\nstages: []\n"
    document = read(text, builtin_registry)
    tracks = [{"id": "x", "quotas": {"n": 9}}, {"id": "y", "quotas": {"n": 1}}]
    assert data_of(change_parts(document, {"tracks": tracks}), builtin_registry)["tracks"] == tracks


def test_a_change_is_told_the_faults_that_it_brings_and_no_others(builtin_registry):
    text = "juri: 1\nedition: a\nname: A\nlimits: [{value: no}]\nstages:\n  - {id: r, kind: registration}\n"
    document = read(text, builtin_registry)
    assert [fault.where.line for fault in check_text(text, builtin_registry).faults] == [4]
    changed = change_parts(document, {"stages": [{"id": "r", "kind": "registration", "opens": "soon"}]})
    (found,) = new_faults(document, changed, ("stages", 0))
    assert (found.steps, found.fault.problem[:6]) == (("opens",), "there ")
    assert [each.steps for each in new_faults(document, changed, ("panels",))] == [None]
    shifted = change_parts(document, {"description": "A"})
    assert not new_faults(document, shifted, ("description",))


def test_a_place_leads_back_to_the_value_that_stands_there():
    root = read_mapping("a:\n  - {id: x}\n  - {id: y, n: 2}\n", "f")
    assert steps_at(root, Where("f", 3, 16)) == ("a", 1, "n")
    assert steps_at(root, Where("f", 99, 1)) == ()


def test_an_alias_bomb_is_refused_before_anything_is_written(builtin_registry):
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    with pytest.raises(DefinitionError, match="more than 50000 things"):
        write_parts("\n".join(lines), {"juri": 1})
    with pytest.raises(DefinitionError, match="more than 50000 things"):
        read("\n".join(lines), builtin_registry)


def test_what_says_the_same_stays_as_it_was_written():
    text = "a: quorum:2\nb: 'x y'\nc: 7.50\nd: yes\ne: 5\n"
    kept = write_parts(text, {"a": "quorum:2", "b": "x y", "c": Decimal("7.5"), "d": "yes", "e": "5"})
    assert kept == text.replace("e: 5", 'e: "5"')


def test_a_fault_names_the_way_to_the_key_that_is_missing(builtin_registry):
    before = read_document("juri: 1\nedition: a\nname: A\nstages: [{id: s, kind: registration}]\n", builtin_registry)
    text = change_parts(before, {"stages": [{"id": "s", "kind": "registration"}, {"id": "o", "kind": "objection"}]})
    (found,) = new_faults(before, text, ("stages", 1))
    assert (found.fault.problem, found.steps) == ("the key 'days' is missing", ("days",))
