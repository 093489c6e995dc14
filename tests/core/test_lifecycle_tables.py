"""The states and their transitions, as data."""

from dataclasses import dataclass

import pytest
from sqlalchemy import CheckConstraint

from juri.core.errors import ActionRefused
from juri.core.lifecycle import TRANSITIONS, move, next_state, states_of

FIRST = {"edition": "draft", "stage": "planned", "entry": "drafted", "assignment": "offered", "scorecard": "draft"}
ENTITIES = sorted(TRANSITIONS)
LAST = {
    "edition": {"archived"},
    "stage": set(),
    "entry": {"withdrawn", "disqualified"},
    "assignment": {"conflict"},
    "scorecard": set(),
}


@dataclass
class Thing:
    state: str


def test_every_entity_of_the_design_has_a_table():
    assert {entity: next(iter(TRANSITIONS[entity])) for entity in FIRST} == FIRST


@pytest.mark.parametrize("entity", ENTITIES)
def test_every_state_can_be_reached_and_leads_only_to_known_states(entity):
    table = TRANSITIONS[entity]
    reached, new = set(), {next(iter(table))}
    while new:
        reached |= new
        new = {after for state in new for after in table[state]} - reached
    assert reached == set(table)
    assert {after for allowed in table.values() for after in allowed} <= set(table)


@pytest.mark.parametrize("entity", sorted(FIRST))
def test_what_is_final_is_final(entity):
    assert {state for state, allowed in TRANSITIONS[entity].items() if not allowed} == LAST[entity]


@pytest.mark.parametrize("entity", ENTITIES)
def test_moving_follows_the_table_for_every_pair_of_states(entity):
    for before, allowed in TRANSITIONS[entity].items():
        for after in TRANSITIONS[entity]:
            thing = Thing(before)
            if after in allowed:
                assert (move(thing, entity, after), thing.state) == (before, after)
            else:
                with pytest.raises(ActionRefused):
                    move(thing, entity, after)
                assert thing.state == before


def test_a_refused_move_says_what_is_possible():
    with pytest.raises(ActionRefused) as refused:
        next_state("stage", "closed", "published")
    said = "the stage is closed and cannot become published; from here it can become open, sealed"
    assert refused.value.reasons == (said,)
    with pytest.raises(ActionRefused, match="from here it can become nothing"):
        next_state("entry", "withdrawn", "submitted")


def test_a_withdrawn_entry_is_never_revived():
    assert [after for after in TRANSITIONS["entry"] if after in TRANSITIONS["entry"]["withdrawn"]] == []


def test_a_stage_that_was_opened_is_never_planned_again():
    assert [state for state, allowed in TRANSITIONS["stage"].items() if "planned" in allowed] == []


def test_the_database_knows_the_states():
    constraint = states_of("stage")
    assert isinstance(constraint, CheckConstraint)
    assert str(constraint.sqltext) == "state IN ('planned', 'open', 'closed', 'sealed', 'published')"
    assert constraint.name == "state_is_known"
