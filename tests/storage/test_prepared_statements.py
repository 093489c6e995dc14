"""Statements that go to the driver as they are: the same values, the same errors, the same ears as the session's."""

import pytest
from sqlalchemy import bindparam, event, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from juri.core.audit.model import AuditEvent
from juri.core.audit.trail import record
from juri.core.editions.model import EditionRow
from juri.core.entries.model import Organization
from juri.core.errors import ActionRefused
from juri.core.storage.base import table_of
from juri.core.storage.database import database_now
from juri.core.storage.idempotency import IdempotencyKey
from juri.core.storage.prepared import Prepared, by_name

_organizations, _events, _keys = table_of(Organization), table_of(AuditEvent), table_of(IdempotencyKey)


def test_values_come_back_as_the_session_reads_them_and_by_name(competition_at):
    competition = competition_at("installed")
    columns = (_events.c.id, _events.c.at, _events.c.detail, _events.c.rows)
    statement = select(*columns).where(_events.c.action == bindparam("action"))
    with competition.database.read() as session:
        (row,) = Prepared(statement).rows(session, {"action": "edition.install"})
        assert tuple(row) == tuple(session.execute(statement, {"action": "edition.install"}).one())
        assert (row.id, row.detail["sha256"], str(row.at.tzinfo)) == (1, row[2]["sha256"], "UTC")


def test_the_words_of_an_in_are_part_of_the_statement(competition_at):
    statement = Prepared(
        select(EditionRow.slug).where(EditionRow.state.in_(["draft", "open"]), EditionRow.slug == bindparam("slug"))
    )
    with competition_at("installed").database.read() as session:
        assert [row.slug for row in statement.rows(session, {"slug": "lomba-2026"})] == ["lomba-2026"]
        assert statement.rows(session, {"slug": "another"}) == []
        assert statement.first(session, {"slug": "another"}) is None


def test_two_columns_of_one_name_are_told_apart_by_their_place(competition_at):
    with competition_at("installed").database.read() as session:
        statement = Prepared(select(EditionRow.slug, EditionRow.slug, EditionRow.state))
        assert statement.first(session) == ("lomba-2026", "lomba-2026", "draft")


def test_values_are_written_as_the_session_writes_them(competition_at):
    database = competition_at("empty").database
    claim = Prepared(insert(_keys).returning(_keys.c.key))
    answer = Prepared(update(_keys).where(_keys.c.key == bindparam("of")).values(by_name(_keys, "reply")))
    with database.write() as session:
        moment = database_now(session)
        values = {"actor": "ani", "key": "k1", "body_sha256": "0" * 64, "reply": None, "at": moment}
        assert claim.rows(session, values) == [("k1",)]
        assert answer.rows(session, {"of": "k1", "reply": {"b": [1], "a": "é"}}) == []
    with database.read() as session:
        row = session.get(IdempotencyKey, ("ani", "k1"))
        assert (row.reply, row.at) == ({"a": "é", "b": [1]}, moment)


def test_what_the_session_still_holds_is_written_first(competition_at):
    database = competition_at("empty").database
    with database.write() as session:
        session.add(Organization(name="Dinas A", cluster="", region=""))
        assert Prepared(select(_organizations.c.name)).rows(session) == [("Dinas A",)]
        record(session, by="test", action="organization.add", subject="Dinas A")


def test_an_error_of_the_driver_is_that_of_the_session_and_undoes_the_transaction(competition_at):
    database = competition_at("empty").database
    claim = Prepared(insert(_keys))

    def claim_twice():
        with database.write() as session:
            values = {"actor": "ani", "key": "k1", "body_sha256": "0" * 64, "reply": None, "at": database_now(session)}
            claim.rows(session, values)
            claim.rows(session, values)

    with pytest.raises(ActionRefused) as refused:
        claim_twice()
    assert refused.value.code == "written_meanwhile"
    assert isinstance(refused.value.__cause__, IntegrityError)
    with database.read() as session:
        assert session.execute(select(_keys.c.key)).all() == []


def test_a_reader_cannot_write_by_one(competition_at):
    competition = competition_at("installed")
    statement = Prepared(update(EditionRow).values(by_name(table_of(EditionRow), "state")))
    with pytest.raises((ActionRefused, DBAPIError)), competition.database.read() as session:
        statement.rows(session, {"state": "open"})


def test_a_connection_that_was_lost_is_said_and_not_used_again(competition_at):
    competition = competition_at("installed")
    if competition.product == "sqlite":
        pytest.skip("a file has no connection to lose")
    database, asked = competition.database, Prepared(select(EditionRow.slug))

    def lose_and_ask():
        with database.read() as session:
            own = session.scalar(text("SELECT pg_backend_pid()"))
            with database.write() as other:
                other.execute(text("SELECT pg_terminate_backend(:own)"), {"own": own})
            asked.rows(session)

    with pytest.raises(ActionRefused) as refused:
        lose_and_ask()
    assert refused.value.code == "database"
    for _ in range(2):
        with database.read() as session:
            assert asked.rows(session) == [("lomba-2026",)]


def test_whoever_listens_to_statements_hears_them(competition_at):
    database, said = competition_at("installed").database, []
    with database.read() as session:
        session.connection()
        event.listen(database.reader, "before_cursor_execute", lambda *call: said.append(call[2]))
        Prepared(select(EditionRow.slug)).rows(session)
    assert [" ".join(each.split()) for each in said] == ["SELECT edition.slug FROM edition"]
