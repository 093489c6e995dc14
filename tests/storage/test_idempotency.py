"""A write that is sent twice has one effect, and the second sender gets the first answer."""

import pytest
from sqlalchemy import func, select

from juri.core.audit.trail import record
from juri.core.entries.model import Organization
from juri.core.errors import InputRefused
from juri.core.storage.idempotency import IdempotencyKey, once

PARALLEL = 30


def add_once(database, *, actor="ani", key="k1", name="Dinas A"):
    def add():
        session.add(row := Organization(name=name, cluster="", region=""))
        session.flush()
        record(session, by=actor, action="organization.add", subject=name)
        return {"id": row.id}

    with database.write() as session:
        return once(session, actor=actor, key=key, body={"name": name}, do=add)


def organizations(database):
    with database.read() as session:
        return session.scalars(select(Organization.name).order_by(Organization.id)).all()


def test_the_second_time_gives_the_first_answer_and_does_nothing(competition_at):
    database = competition_at("empty").database
    assert [add_once(database), add_once(database)] == [{"id": 1}, {"id": 1}]
    assert organizations(database) == ["Dinas A"]


def test_thirty_at_once_have_one_effect_and_one_answer(competition_at, at_once):
    competition = competition_at("empty")
    replies = at_once([lambda: add_once(competition.database)] * PARALLEL)
    assert [reply["id"] for reply in replies] == [replies[0]["id"]] * PARALLEL
    assert organizations(competition.database) == ["Dinas A"]
    assert competition.verified().findings == ()


def test_one_key_for_two_things_is_refused(competition_at):
    database = competition_at("empty").database
    add_once(database)
    with pytest.raises(InputRefused) as refused:
        add_once(database, name="Dinas B")
    assert str(refused.value) == "idempotency_key: the key 'k1' was used before for something else"
    assert organizations(database) == ["Dinas A"]


def test_keys_of_two_people_never_meet(competition_at):
    database = competition_at("empty").database
    add_once(database)
    add_once(database, actor="budi", name="Dinas B")
    assert organizations(database) == ["Dinas A", "Dinas B"]


def test_a_write_that_was_refused_leaves_its_key_free(competition_at):
    database = competition_at("empty").database

    def refuse():
        raise InputRefused.at("name", "not now")

    with pytest.raises(InputRefused), database.write() as session:
        once(session, actor="ani", key="k1", body={"name": "Dinas A"}, do=refuse)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(IdempotencyKey)) == 0
    assert add_once(database) == {"id": 1}


def test_a_key_that_cannot_be_stored_is_refused(competition_at):
    with pytest.raises(InputRefused) as refused:
        add_once(competition_at("empty").database, key="k" * 101)
    assert str(refused.value) == "key: 101 characters are too many; write 100 at most"
