"""Bringing a database to this version: the migrations and the models say the same, on both products."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, inspect, select, text

from juri.core.audit.checker import verify
from juri.core.audit.derived import derivations
from juri.core.audit.model import AuditEvent
from juri.core.audit.trail import seal
from juri.core.entries.model import RoleGrant
from juri.core.errors import ActionRefused
from juri.core.models import MODELS
from juri.core.stages.verbs import close_stage, open_stage
from juri.core.storage.base import Base, table_of
from juri.core.storage.database import Database
from juri.core.storage.migrate import _config, migrate, require_current

HEAD = "r0006"
TABLES = sorted([*(table_of(model).name for model in MODELS), "alembic_version"])


@pytest.fixture
def empty(database_url):
    database = Database(database_url)
    yield database
    database.dispose()


def tables(database):
    with database.reader.connect() as connection:
        return sorted(inspect(connection).get_table_names())


def shown(database):
    return database.url.render_as_string(hide_password=True)


def test_migrating_makes_exactly_the_tables_of_the_models(empty):
    assert migrate(empty) == HEAD
    assert tables(empty) == TABLES
    with empty.reader.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, Base.metadata) == []


def test_every_rule_about_data_that_the_models_name_is_in_the_database(empty):
    migrate(empty)
    wanted = {
        constraint.name
        for model in MODELS
        for constraint in table_of(model).constraints
        if constraint.__class__.__name__ in {"CheckConstraint", "UniqueConstraint"}
    }
    with empty.reader.connect() as connection:
        inspector = inspect(connection)
        found = {
            constraint["name"]
            for table in inspector.get_table_names()
            for constraint in [*inspector.get_check_constraints(table), *inspector.get_unique_constraints(table)]
        }
    assert found == wanted


def test_migrating_twice_changes_nothing(empty):
    migrate(empty)
    assert migrate(empty) == HEAD
    assert tables(empty) == TABLES


def test_a_database_goes_down_to_nothing_and_up_again(empty):
    migrate(empty)
    with _config() as config, empty.change() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "base")
    assert tables(empty) == ["alembic_version"]
    migrate(empty)
    assert tables(empty) == TABLES
    require_current(empty)


def test_rows_of_a_table_that_gets_a_column_are_accounted_for_anew(registering):
    database = registering.database
    with _config() as config, database.change() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "r0002")
        before = connection.scalar(text("SELECT count(*) FROM role_grant"))
    migrate(database)
    seal(database)
    with database.read() as session:
        found = verify(session)
        assert session.scalar(select(func.count()).select_from(RoleGrant).where(RoleGrant.stage == "")) == before > 0
        newest = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()
    assert (found.findings, newest.action, len(newest.rows)) == ((), "database.migrate", before)


def test_snapshots_that_were_kept_before_get_their_lines(judging):
    judging.judge_all()
    judging.finish("proposal")
    judging.do(open_stage, "finalists")
    judging.do(close_stage, "finalists")
    database, derived = judging.database, [table for table, _ in derivations()]

    def stored():
        with database.read() as session:
            return {table.name: sorted(map(str, session.execute(table.select()))) for table in derived}

    before = stored()
    with _config() as config, database.change() as connection:
        config.attributes["connection"] = connection
        command.downgrade(config, "r0005")
    assert {table.name for table in derived} & set(tables(database)) == set()
    migrate(database)
    assert (stored(), judging.verified().findings) == (before, ())
    assert [len(rows) for rows in before.values()][1:] == [3, 9]


def test_a_current_database_is_worked_on(empty):
    migrate(empty)
    require_current(empty)


def test_an_empty_database_is_refused_saying_what_to_do(empty):
    with pytest.raises(ActionRefused) as refused:
        require_current(empty)
    said = f"the database {shown(empty)} has no tables yet: run 'juri db upgrade' first"
    assert (refused.value.reasons, refused.value.code) == ((said,), "database_revision")


def test_a_database_of_a_newer_version_is_neither_worked_on_nor_upgraded(empty):
    migrate(empty)
    with empty.change() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'r9999'"))
    said = f"the database {shown(empty)} is at revision r9999, which this version does not know: install a newer Juri"
    for act in (require_current, migrate):
        with pytest.raises(ActionRefused) as refused:
            act(empty)
        assert refused.value.reasons == (said,)


def test_two_who_upgrade_at_once_make_one_set_of_tables(empty, at_once):
    other = Database(empty.url.render_as_string(hide_password=False))
    assert at_once([lambda: migrate(empty), lambda: migrate(other)]) == [HEAD, HEAD]
    other.dispose()
    assert tables(empty) == TABLES


def test_a_password_is_not_shown(tmp_path):
    database = Database("postgresql://juri:secret@127.0.0.1:1/juri")
    with pytest.raises(ActionRefused) as refused:
        require_current(database)
    assert "secret" not in str(refused.value)
    assert "juri:***@127.0.0.1:1/juri did not do it: connection failed" in str(refused.value)
