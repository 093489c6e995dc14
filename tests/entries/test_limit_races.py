"""Agencies that send many entries at once: the limit of the edition holds, and every entry has its own number."""

import pytest
from sqlalchemy import func, select

from juri.core.entries.model import EntryRow
from juri.core.entries.verbs import EntryContent, register_entry, submit_entry
from juri.core.errors import ActionRefused

PARALLEL = 50


def test_field_66_of_fifty_submitted_at_once_for_a_limit_of_one_exactly_one_is_taken(registering, at_once):
    with registering.write() as (session, running):
        for number in range(PARALLEL):
            content = EntryContent(title=f"Inovasi {number}", category="kesehatan")
            register_entry(session, running, "Kecamatan C", content, by=registering.by, code=f"E{number}")
    came_to = at_once([lambda code=f"E{n}": registering.do(submit_entry, code).id for n in range(PARALLEL)])
    refused = [each for each in came_to if isinstance(each, ActionRefused)]
    assert len(refused) == PARALLEL - 1
    assert {(each.code, each.reasons) for each in refused} == {
        ("limit", ("Kecamatan C has submitted 1 entries; the edition allows 1",))
    }
    with registering.database.read() as session:
        taken = select(func.count()).select_from(EntryRow).where(EntryRow.state == "submitted")
        assert session.scalar(taken) == 1
    assert registering.verified().findings == ()


def test_entries_registered_at_once_get_numbers_of_their_own(registering, at_once):
    def register(number):
        with registering.write() as (session, running):
            content = EntryContent(title=f"Inovasi {number}", category="kesehatan")
            return register_entry(session, running, "Dinas A", content, by=registering.by).code

    codes = at_once([lambda number=number: register(number) for number in range(12)])
    assert sorted(codes) == [f"E{number:04d}" for number in range(1, 13)]


@pytest.mark.parametrize("code", ["E1"])
def test_of_two_who_want_one_code_one_gets_it(registering, at_once, code):
    came_to = at_once([lambda: registering.enter(code, "Dinas A"), lambda: registering.enter(code, "Dinas B")])
    assert came_to.count(None) == 1
    with registering.database.read() as session:
        assert session.scalar(select(func.count()).select_from(EntryRow)) == 1
