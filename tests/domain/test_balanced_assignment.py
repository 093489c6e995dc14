"""The assignment rule ``balanced``: enough jurors for each entry, even loads, no conflict, the same again."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from juri.core.errors import ActionRefused
from juri.core.extension import AssignmentCase
from juri.core.view import EntryFacts
from juri.plugins.rules.assignment import BalancedOptions, assign_balanced, juri_assignment_rules


def entries(count, categories=("",)):
    return tuple(EntryFacts(f"E{i:04}", "t", "o", category=categories[i % len(categories)]) for i in range(count))


def jurors(count, **more):
    return {f"J{i:02}": dict(more) for i in range(count)}


def case(**more):
    defaults = {"entries": (), "jurors": {}, "forbidden": frozenset(), "existing": frozenset(), "per_entry": 2}
    return AssignmentCase(**defaults | more)


def loads(pairs, names):
    counted = Counter(juror for _, juror in pairs)
    return [counted[name] for name in names]


@given(st.integers(0, 30), st.integers(1, 9), st.data())
def test_without_conflicts_every_entry_gets_its_jurors_and_loads_differ_by_one_at_most(count, panel, data):
    per_entry = data.draw(st.integers(1, panel))
    pairs = assign_balanced(case(entries=entries(count), jurors=jurors(panel), per_entry=per_entry), {})
    assert Counter(entry for entry, _ in pairs) == {each.code: per_entry for each in entries(count)}
    assert len(pairs) == len(set(pairs))
    assert max(loads(pairs, jurors(panel))) - min(loads(pairs, jurors(panel))) <= 1


@settings(deadline=None)
@given(data=st.data())
def test_conflicts_are_never_used_existing_pairs_stay_and_nobody_could_hand_an_entry_on(data):
    names, all_entries = list(jurors(6)), entries(8)
    everything = [(each.code, name) for each in all_entries for name in names]
    forbidden = frozenset(data.draw(st.lists(st.sampled_from(everything), max_size=16)))
    existing = frozenset(data.draw(st.lists(st.sampled_from(everything), max_size=5)))
    given_case = case(entries=all_entries, jurors=jurors(6), forbidden=forbidden, existing=existing)
    possible = {each.code: [name for name in names if (each.code, name) not in forbidden] for each in all_entries}
    if any(len(able) < 2 for able in possible.values()):
        with pytest.raises(ActionRefused):
            assign_balanced(given_case, {})
        return
    pairs = set(assign_balanced(given_case, {}))
    assert not pairs & forbidden
    assert existing - forbidden <= pairs
    kept = Counter(entry for entry, _ in existing - forbidden)
    assert Counter(entry for entry, _ in pairs) == {each.code: max(2, kept[each.code]) for each in all_entries}
    load = dict(zip(names, loads(pairs, names), strict=True))
    movable = pairs - existing
    handed = [
        (giver, taker)
        for entry, giver in movable
        for taker in possible[entry]
        if (entry, taker) not in pairs and load[giver] - load[taker] > 1
    ]
    assert handed == []


def test_a_chain_of_moves_evens_loads_that_no_single_move_can():
    able = {"E0": ["J1", "J2"], "E1": ["J2"], "E2": ["J0", "J1", "J3"], "E3": ["J0", "J1", "J2"]}
    panel = ["J0", "J1", "J2", "J3"]
    forbidden = frozenset((entry, juror) for entry in able for juror in panel if juror not in able[entry])
    given_entries = tuple(EntryFacts(code, "t", "o") for code in able)
    given_case = case(entries=given_entries, jurors={juror: {} for juror in panel}, forbidden=forbidden, per_entry=1)
    assert loads(assign_balanced(given_case, {}), panel) == [1, 1, 1, 1]


def test_where_fewer_will_do_the_whole_panel_scores_but_for_conflicts():
    given_case = case(entries=entries(2), jurors=jurors(3), per_entry=3, fewer_will_do=True)
    one_out = replace(given_case, forbidden=frozenset({("E0000", "J01")}))
    everybody = [(entry, juror) for entry in ("E0000", "E0001") for juror in ("J00", "J01", "J02")]
    assert assign_balanced(given_case, {}) == everybody
    assert assign_balanced(one_out, {}) == [pair for pair in everybody if pair != ("E0000", "J01")]


def test_where_fewer_will_do_an_entry_still_needs_one_juror():
    alone = frozenset(("E0000", juror) for juror in jurors(3))
    given_case = case(entries=entries(2), jurors=jurors(3), forbidden=alone, per_entry=3, fewer_will_do=True)
    with pytest.raises(ActionRefused) as refused:
        assign_balanced(given_case, {})
    said = "'E0000' needs 1 jurors and can get 0: the panel has 3, 3 may not score it because of a conflict"
    assert refused.value.reasons == (said,)


def test_a_juror_with_categories_scores_those_only():
    panel = jurors(2, categories=("kesehatan",)) | {"Z": {}}
    pairs = assign_balanced(case(entries=entries(4, ("kesehatan", "energi")), jurors=panel, per_entry=1), {})
    assert {juror for entry, juror in pairs if int(entry[1:]) % 2} == {"Z"}


def test_the_answer_depends_neither_on_the_order_of_entries_nor_on_that_of_jurors():
    forward = case(entries=entries(40), jurors=jurors(7), seed=3)
    backward = case(entries=entries(40)[::-1], jurors=dict(reversed(jurors(7).items())), seed=3)
    assert assign_balanced(forward, {}) == assign_balanced(backward, {})


def test_another_seed_gives_another_assignment():
    answers = {tuple(assign_balanced(case(entries=entries(40), jurors=jurors(7), seed=seed), {})) for seed in range(3)}
    assert len(answers) == 3


def test_entries_that_cannot_get_enough_jurors_are_all_named_with_the_reason():
    panel = {"J0": {}, "J1": {"categories": ["energi"]}, "J2": {}}
    given_entries = (EntryFacts("E1", "t", "o", category="kesehatan"), EntryFacts("E2", "t", "o", category="energi"))
    forbidden = frozenset({("E1", "J0"), ("E2", "J2"), ("E2", "J0")})
    with pytest.raises(ActionRefused) as refused:
        assign_balanced(case(entries=given_entries, jurors=panel, forbidden=forbidden), {})
    conflict = "may not score it because of a conflict"
    assert refused.value.reasons == (
        f"'E1' needs 2 jurors and can get 1: the panel has 3, 1 {conflict}, 1 cannot score the category 'kesehatan'",
        f"'E2' needs 2 jurors and can get 1: the panel has 3, 2 {conflict}",
    )
    assert refused.value.code == "too_few_jurors"


def test_a_juror_who_left_the_panel_keeps_his_pairs_and_counts_for_the_entry():
    existing = frozenset({("E0000", "gone")})
    pairs = assign_balanced(case(entries=entries(1), jurors=jurors(1), existing=existing), {})
    assert pairs == [("E0000", "J00"), ("E0000", "gone")]


def test_pairs_of_entries_that_are_out_are_left_out():
    existing = frozenset({("X", "J00")})
    assert assign_balanced(case(entries=entries(1), jurors=jurors(2), existing=existing), {}) == [
        ("E0000", "J00"),
        ("E0000", "J01"),
    ]


def test_the_real_size_of_kipp_2023_comes_out_even():
    pairs = assign_balanced(case(entries=entries(2135), jurors=jurors(60), per_entry=3), {})
    assert (len(pairs), sorted(set(loads(pairs, jurors(60))))) == (6405, [106, 107])


def test_the_rule_is_offered_by_name():
    assert [rule.name for rule in juri_assignment_rules()] == ["balanced"]


def test_graded_expertise_decides_where_categories_alone_do_not():
    health = entries(2, categories=("health",))
    panel = {"R1": {"categories": ("health",)}, "R2": {"categories": ("health",)}, "R3": {"categories": ()}}
    asked = {"prefer": "expertise", "expertise": {"R1": {"health": 400}, "R3": {"health": 900}}}
    given_case = case(entries=health, jurors=panel, per_entry=2)

    graded = assign_balanced(given_case, BalancedOptions().load(asked))
    assert set(graded) == {(entry.code, juror) for entry in health for juror in ("R2", "R3")}  # 1000 and 900
    beside = assign_balanced(given_case, BalancedOptions().load({**asked, "categories": "prefer"}))
    assert beside == graded
    with pytest.raises(ValidationError):
        BalancedOptions().load({"expertise": {"R1": {"health": 1001}}})
