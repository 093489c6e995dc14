"""The writing session: nothing is committed without an audit line, nothing changed in place, nothing deleted."""

import subprocess
import sys

import pytest
from sqlalchemy import insert, select

from juri.core.audit.derived import derivations
from juri.core.audit.model import AuditEvent
from juri.core.audit.trail import record, recorded
from juri.core.editions.model import EditionDocument, EditionRow
from juri.core.entries.model import Organization, Person
from juri.core.errors import ActionRefused, InputRefused
from juri.core.models import MODELS
from juri.core.storage.base import audited_tables, row_digest, table_of
from juri.core.storage.session import UnauditedWriteError

ENGINE = tuple(f"juri.core.{room}." for room in ("editions", "entries", "judging", "stages", "results"))


def write(database, *acts):
    with database.write() as session:
        for act in acts:
            act(session)


def line(session):
    record(session, by="test", action="organization.add", subject="Dinas A")


def organization(**other):
    return Organization(**{"name": "Dinas A", "cluster": "", "region": "", **other})


def test_a_commit_without_an_audit_line_is_refused_and_nothing_is_stored(competition_at):
    database = competition_at("empty").database
    with pytest.raises(UnauditedWriteError) as refused, database.write() as session:
        session.add(organization())
    assert str(refused.value) == "no audit line accounts for 1 written rows, such as ['organization', '1']"
    with database.read() as session:
        assert session.scalars(select(Organization)).all() == []


def test_a_row_that_is_written_after_the_audit_line_needs_another(competition_at):
    database = competition_at("empty").database
    with pytest.raises(UnauditedWriteError):
        write(database, lambda s: s.add(organization()), line, lambda s: s.add(organization(name="Dinas B")))
    with database.read() as session:
        assert session.scalars(select(Organization)).all() == []


def test_a_change_needs_an_audit_line_too(competition_at):
    database = competition_at("installed").database
    with pytest.raises(UnauditedWriteError), database.write() as session:
        session.scalars(select(EditionRow)).one().state = "open"
    with database.read() as session:
        assert session.scalar(select(EditionRow.state)) == "draft"


def test_a_row_that_is_set_to_what_it_was_is_no_change(competition_at):
    competition = competition_at("installed")
    with competition.database.write() as session:
        session.scalars(select(EditionRow)).one().state = "draft"
    assert competition.verified().findings == ()


def test_an_audited_row_is_never_deleted(competition_at):
    database = competition_at("installed").database
    with (
        pytest.raises(UnauditedWriteError, match="would be deleted; a deletion is a state"),
        database.write() as session,
    ):
        session.delete(session.scalars(select(EditionRow)).one())


def test_an_append_only_row_is_never_changed_in_place(competition_at):
    database = competition_at("installed").database

    def change(session):
        session.scalars(select(EditionDocument)).one().source = "juri: 1"

    with pytest.raises(UnauditedWriteError, match="would be changed in place; a change is a new row"):
        write(database, change, line)


def test_a_row_of_a_core_statement_counts_once_it_is_touched(competition_at):
    competition = competition_at("empty")
    values = {"name": "Dinas A", "cluster": "", "region": ""}
    with competition.database.write() as session:
        number = session.execute(insert(Organization).values(values).returning(Organization.id)).scalar_one()
        session.touch(table_of(Organization), {"id": number, **values})
        record(session, by="test", action="organization.add", subject="Dinas A")
        digest = row_digest(table_of(Organization), {"id": number, **values})
        assert session.scalars(select(AuditEvent.rows)).all() == [[["organization", "1", digest]]]
    assert competition.verified().findings == ()


def test_what_was_rolled_back_is_neither_stored_nor_told(competition_at):
    database = competition_at("empty").database
    with database.write() as session:
        session.add(organization())
        record(session, by="test", action="organization.add", subject="Dinas A")
        session.rollback()
        assert recorded(session) == []
        assert session.take_touched() == []
    with database.read() as session:
        assert session.scalars(select(AuditEvent)).all() == []


def test_the_acts_of_a_session_are_told_after_it(competition_at):
    with competition_at("empty").database.write() as session:
        session.add(organization())
        record(session, by="test", action="organization.add", subject="Dinas A", detail={"how": "by hand"})
        told = [(act.action, act.subject, act.by, act.detail) for act in recorded(session)]
    assert told == [("organization.add", "Dinas A", "test", {"how": "by hand"})]


def test_what_does_not_fit_a_column_is_refused_in_the_same_words_by_both_databases(competition_at):
    database = competition_at("empty").database
    with pytest.raises(InputRefused) as refused:
        write(database, lambda s: s.add(organization(name="A" * 201, cluster="dinas\0", region="\ud800")), line)
    assert [str(problem) for problem in refused.value.problems] == [
        "name: 201 characters are too many; write 200 at most",
        "cluster: it holds a character that cannot be stored; type the text again",
        "region: it holds a character that cannot be stored; type the text again",
    ]


def test_a_number_that_does_not_fit_is_refused_by_both_databases(competition_at):
    database = competition_at("empty").database
    with pytest.raises(InputRefused) as refused:
        write(database, lambda session: session.add(Person(name="A", email="a@b", organization_id=2**31)), line)
    assert str(refused.value) == "organization_id: 2147483648 is too large; 2147483647 is the largest"


def test_two_who_write_the_same_at_once_get_one_row_and_one_clear_refusal(competition_at):
    database = competition_at("empty").database
    write(database, lambda session: session.add(organization()), line)
    with pytest.raises(ActionRefused) as refused:
        write(database, lambda session: session.add(organization()), line)
    said = "somebody wrote the same at the same moment; look at what is stored now, then try again"
    assert (refused.value.reasons, refused.value.code) == ((said,), "written_meanwhile")


def test_of_the_engines_tables_three_are_not_answered_for_by_the_trail():
    audited = {table.name for table in audited_tables()}
    kept = {"audit_event", "audit_head", "idempotency_key"}
    assert kept & audited == set()
    derived = {table.name for table, _ in derivations()}
    assert {table_of(model).name for model in MODELS if model.__module__.startswith(ENGINE)} - kept <= audited | derived


def test_whoever_knows_all_tables_knows_what_works_the_derived_ones_out():
    asked = (
        "import juri.core.models, juri.core.audit.derived as d; print(*(table.name for table, _ in d.derivations()))"
    )
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout
    assert told.split() == ["entry_word", "standings_head", "standings_line"]
