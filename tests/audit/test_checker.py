"""``verify`` finds every edit, deletion, insertion, reordering and cut that is made past the engine, and names it."""

import contextlib
import json
import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
import pytest
from sqlalchemy import make_url, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from juri.core.audit.checker import verify
from juri.core.audit.derived import derivations
from juri.core.audit.model import ROOT, AuditEvent, AuditHead
from juri.core.audit.trail import chain_head
from juri.core.entries.people import add_past_awards, relate
from juri.core.judging.conflicts import declare_conflict
from juri.core.stages.acts import Act, record_act
from juri.core.stages.deciding import order_ties
from juri.core.stages.verbs import open_stage, publish_stage, reopen_stage
from juri.core.storage.base import audited_tables, raw_columns, table_of
from juri.core.storage.database import Database
from juri.core.storage.types import CanonicalJson, UtcDateTime
from juri.core.view import PastAward

SEED = 20261122
MUTATIONS = 220
BY = "operator:test"
MOMENT = "2026-01-01T00:00:00.000000+00:00"
ENGINE = {
    *("approval", "assignment", "award", "conflict", "decision", "edition", "edition_document", "entry"),
    *("entry_revision", "juror", "organization", "past_award", "person", "relation", "role_grant", "scorecard"),
    *("scorecard_revision", "snapshot", "stage", "stage_record", "tie_order"),
    *("entry_word", "standings_head", "standings_line"),
}


@pytest.fixture
def played(competition_at):
    """Return a competition that was played to its end, with rows in every audited table."""
    competition = competition_at("judging")
    with competition.database.write() as session:
        relate(session, "J3@juri.test", "Dinas A", "spouse", by=competition.by)
        add_past_awards(session, [PastAward("kipp", "kipp-2020", 2020, "top", "Dinas A", "Lama")], by=competition.by)
    competition.judge_all()
    competition.judge("E1", "J1", {"manfaat": "91", "kebaruan": "90"}, version=1, key="k1", reason="salah ketik")
    competition.do(declare_conflict, "J3", "E2", "keluarga")
    competition.do(order_ties, "proposal", ["E1", "E2"], signer="Ketua", reason="undian")
    competition.finish("proposal")
    competition.do(reopen_stage, "proposal", reason="keliru")
    competition.do(open_stage, "finalists")
    competition.finish("finalists")
    competition.do(open_stage, "winners")
    competition.finish("winners")
    competition.do(publish_stage, "winners")
    competition.do(open_stage, "after")
    adoption = {"by": "Dinas Z", "year": "2027", "evidence": "surat"}
    competition.do(record_act, "after", Act("adoption", adoption, "E1", "1"))
    return competition


def found_in(session):
    return verify(session).findings


def test_a_trail_that_nobody_touched_is_whole_and_covers_every_table(played):
    found = played.verified()
    assert found.findings == ()
    assert found.whole
    with played.database.read() as session:
        checked = [*audited_tables(), *(table for table, _ in derivations())]
        counted = Counter(table.name for table in checked for _ in session.execute(table.select()))
        assert chain_head(session) == (found.events, found.head)
    assert found.rows == sum(counted.values())
    assert set(counted) >= ENGINE


# One edit with a shell


@contextlib.contextmanager
def by_hand(url):
    """Open the database as a person with a shell would: with a plain driver."""
    if url.startswith("sqlite"):
        connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    else:
        plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        connection = psycopg.connect(plain, autocommit=True)
    try:
        yield connection
    finally:
        connection.close()


def test_one_score_changed_by_hand_is_found_with_the_row_the_act_and_who(judging):
    judging.judge("E2", "J1", {"manfaat": "60", "kebaruan": "60"})
    judging.judge_all({"E1": 90, "E3": 70})
    judging.seal()
    with by_hand(judging.url) as shell:
        shell.execute("UPDATE scorecard SET total_numerator = 99 WHERE total_numerator = 60 AND total_denominator = 1")
        (revision,) = shell.execute("SELECT id FROM scorecard_revision WHERE total = '60'").fetchone()
        shell.execute("UPDATE scorecard_revision SET total = '99' WHERE total = '60'")
        moment = "to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
        moment = "replace(substr(at, 1, 19), 'T', ' ')" if judging.product == "sqlite" else moment
        seq, at, subject = shell.execute(
            f"SELECT seq, {moment}, subject FROM audit_event WHERE action = 'scorecard.submitted' ORDER BY seq LIMIT 1"  # noqa: S608  no value of anybody's
        ).fetchone()
        (assignment,) = shell.execute("SELECT assignment_id FROM scorecard WHERE total_numerator = 99").fetchone()
    assert subject == "lomba-2026/proposal/E2/J1"
    written = f"it was last written by event {seq} (scorecard.submitted by {BY} at {at} UTC)"
    assert [str(finding) for finding in judging.verified().findings] == [
        f"scorecard assignment_id={assignment}: the row was changed past the engine; {written}",
        f"scorecard_revision id={revision}: the row was changed past the engine; {written}",
    ]


def test_a_row_put_in_or_taken_out_by_hand_is_found(judging):
    judging.judge("E1", "J1")
    judging.seal()
    with by_hand(judging.url) as shell:
        shell.execute("INSERT INTO organization (id, name, cluster, region) VALUES (77, 'Dinas Hantu', '', '')")
        (number,) = shell.execute("SELECT id FROM scorecard_revision").fetchone()
        shell.execute("DELETE FROM scorecard_revision")
    put_in, gone = (str(finding) for finding in judging.verified().findings)
    assert put_in == "organization id=77: no audit event accounts for this row: it was put in past the engine"
    assert gone.startswith(f"scorecard_revision {number}: the row is gone; it was last written by event ")


# A chain that was put back to an earlier state


def test_a_database_put_back_as_a_whole_is_found_by_a_head_that_was_published(competition_at):
    earlier, later = competition_at("judging"), competition_at("judging")
    later.judge_all()
    published = later.verified().head
    with earlier.database.read() as session:
        assert verify(session).whole
        found = verify(session, published_head=published).findings
    said = f"audit_head: the published hash {published} does not occur in the chain"
    assert [str(finding) for finding in found] == [said]


def test_a_head_that_was_published_earlier_occurs_in_the_chain(competition_at):
    competition = competition_at("judging")
    published = competition.verified().head
    competition.judge_all()
    competition.seal()
    with competition.database.read() as session:
        assert verify(session, published_head=published).whole
        assert verify(session, published_head=ROOT).whole


# Every way of tampering, many times


@dataclass(frozen=True)
class Tampering:
    """What somebody does to the database, and how the place that must be named begins."""

    name: str
    places: tuple[str, ...]
    act: Callable[[Session], None]


def everything(database):
    """Read every row that tampering may start from: nothing of it is committed, so once is enough."""
    with database.read() as session:
        return {
            table.name: [dict(row) for row in session.execute(select(*raw_columns(table))).mappings()]
            for table in [*audited_tables(), table_of(AuditEvent), table_of(AuditHead)]
        }


def rows_of(stored, table):
    return stored[table.name]


def filled(stored, least=1):
    return [table for table in audited_tables() if len(rows_of(stored, table)) >= least]


def where(table, row):
    return f"{table.name} " + ", ".join(f"{column.name}={row[column.name]}" for column in table.primary_key.columns)


def gone(table, row):
    return f"{table.name} " + "/".join(str(row[column.name]) for column in table.primary_key.columns)


def run(session, statement, *values):
    """Run a statement with plain values, past every type of ours."""
    marks = iter(values)
    parts = statement.split("?")
    sqlite = session.get_bind().dialect.name == "sqlite"
    text = ("?" if sqlite else "%s").join(part if sqlite else part.replace("%", "%%") for part in parts)
    session.connection().exec_driver_sql(text, tuple(marks))


def match(table, row):
    keys = [column.name for column in table.primary_key.columns]
    return " AND ".join(f'"{name}" = ?' for name in keys), [row[name] for name in keys]


def other_value(rng, column, value):
    """Return a value that is not the one stored, however little it differs."""
    if value is None:
        value = {"INTEGER": 1, "BIGINT": 1, "BOOLEAN": 1, "UtcDateTime": MOMENT}.get(kind_of(column), "1")
    others = {
        bool: lambda: [not value],
        int: lambda: [1 - value] if kind_of(column) == "BOOLEAN" else [value - 1, value + 1, value + 1000],
        datetime: lambda: [value + timedelta(microseconds=1), value + timedelta(days=1)],
        str: lambda: [f"x{value}", f"{value.upper()}x", value[1:] or "?", f"\u200b{value}", *otherwise(column, value)],
    }
    return rng.choice(others[type(value)]())


def kind_of(column):
    return "UtcDateTime" if isinstance(column.type, UtcDateTime) else str(column.type)


def otherwise(column, value):
    """Write the same value in another way: it reads the same and is yet an edit."""
    if isinstance(column.type, CanonicalJson):
        return [f"{value}\n", f" {value}"]
    return [value.replace("+00:00", "Z")] if kind_of(column) == "UtcDateTime" and "+00:00" in value else []


def change_a_column(rng, stored):
    table = rng.choice([*filled(stored), table_of(AuditEvent), table_of(AuditEvent), table_of(AuditHead)])
    row = rng.choice(rows_of(stored, table))
    column = rng.choice([each for each in table.columns if each.name != "state" or rng.random() < 0.5])
    value = other_value(rng, column, row[column.name])
    condition, key = match(table, row)
    return Tampering(
        f"{table.name}.{column.name}: {row[column.name]!r} -> {value!r}"[:200],
        (place_of(table, row),),
        lambda told: run(told, f'UPDATE "{table.name}" SET "{column.name}" = ? WHERE {condition}', value, *key),  # noqa: S608  names of ours
    )


def place_of(table, row):
    if table.name == "audit_event":
        return "audit_"
    return "audit_head" if table.name == "audit_head" else gone(table, row)


def delete_a_row(rng, stored):
    table = rng.choice([*filled(stored), table_of(AuditEvent), table_of(AuditHead)])
    row = rng.choice(rows_of(stored, table))
    condition, key = match(table, row)
    return Tampering(
        f"delete {place_of(table, row)}",
        (place_of(table, row),),
        lambda told: run(told, f'DELETE FROM "{table.name}" WHERE {condition}', *key),  # noqa: S608  names of ours
    )


def insert_a_row(rng, stored):
    table = rng.choice([*filled(stored), table_of(AuditEvent)])
    row = rng.choice(rows_of(stored, table))
    (key,) = [column.name for column in table.primary_key.columns]
    copy = row | {key: 7_000_000}
    for constraint in table.constraints:
        for column in constraint.columns if constraint.__class__.__name__ == "UniqueConstraint" else ():
            copy[column.name] = 7_000_001 if isinstance(copy[column.name], int) else f"x{copy[column.name]}"[:40]
    names = ", ".join(f'"{name}"' for name in copy)
    marks = ", ".join("?" for _ in copy)
    return Tampering(
        f"insert into {table.name}",
        ("audit_event 7000001",) if table.name == "audit_event" else (f"{table.name} {key}=7000000",),
        lambda told: run(told, f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', *copy.values()),  # noqa: S608  names of ours
    )


def swap_two_events(rng, stored):
    first, second = sorted(rng.sample([row["seq"] for row in rows_of(stored, table_of(AuditEvent))], 2))

    def act(told):
        for before, after in ((first, -1), (second, first), (-1, second)):
            run(told, "UPDATE audit_event SET seq = ? WHERE seq = ?", after, before)

    return Tampering(f"swap events {first} and {second}", (f"audit_event {first}",), act)


def swap_two_rows(rng, stored):
    table = rng.choice(filled(stored, least=2))
    first, second = rng.sample(rows_of(stored, table), 2)
    (key,) = [column.name for column in table.primary_key.columns]

    def act(told):
        for before, after in ((first[key], -1), (second[key], first[key]), (-1, second[key])):
            run(told, f'UPDATE "{table.name}" SET "{key}" = ? WHERE "{key}" = ?', after, before)  # noqa: S608  names of ours

    return Tampering(f"swap rows of {table.name}", (where(table, first),), act)


def cut_the_end(rng, stored):
    events = sorted(rows_of(stored, table_of(AuditEvent)), key=lambda row: row["seq"])
    left = rng.randrange(1, len(events))
    with_head = rng.random() < 0.5

    def act(told):
        run(told, "DELETE FROM audit_event WHERE seq > ?", left)
        if with_head:
            run(told, "UPDATE audit_head SET seq = ?, hash = ?", left, events[left - 1]["hash"])

    cut = json.loads(events[-1]["rows"])[0]
    return Tampering(
        f"cut after event {left}, head {with_head}", (f"{cut[0]} id={cut[1]}",) if with_head else ("audit_head",), act
    )


def take_out_of_the_chain(rng, stored):
    seq = rng.choice([row["seq"] for row in rows_of(stored, table_of(AuditEvent))])
    return Tampering(
        f"unseal event {seq}",
        ("audit_",),
        lambda told: run(told, "UPDATE audit_event SET seq = NULL, prev_hash = NULL, hash = NULL WHERE seq = ?", seq),
    )


WAYS = (
    *(change_a_column,) * 8,
    *(delete_a_row,) * 3,
    *(insert_a_row,) * 3,
    swap_two_events,
    swap_two_rows,
    cut_the_end,
    take_out_of_the_chain,
)


def prepare(session):
    """Switch off what the database itself has against tampering: a thorough person would."""
    if session.get_bind().dialect.name == "postgresql":
        run(session, "SET LOCAL session_replication_role = replica")


@pytest.mark.slow
def test_whatever_is_done_to_the_database_past_the_engine_is_found_and_named(played):
    played.seal()
    rng = random.Random(SEED)  # noqa: S311  no secret
    tried: Counter[str] = Counter()
    missed = []
    stored = everything(played.database)
    while sum(tried.values()) < MUTATIONS:
        way = rng.choice(WAYS)
        tampering = way(rng, stored)
        with Session(played.database.writer) as session:
            prepare(session)
            try:
                tampering.act(session)
            except DBAPIError:
                continue  # the database itself refused it: a constraint stood in the way
            places = [finding.where for finding in found_in(session)]
            tried[way.__name__] += 1
            if not all(any(same(place, wanted) for place in places) for wanted in tampering.places):
                missed.append((tampering.name, tampering.places, places))
    assert missed == []
    assert set(tried) == {way.__name__ for way in WAYS}
    assert played.verified().whole


def same(place, wanted):
    """Tell whether a finding names the row: a row that is gone is named by its key, one that stands by its columns."""
    return place.startswith(wanted) or place.split(", ")[0].replace("=", " ").split(" ")[::2] == wanted.split(" ")


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("UPDATE audit_event SET seq = 'x' WHERE seq = 3", "audit_event x: its number cannot be read: it was edited"),
        ("UPDATE audit_event SET rows = '7' WHERE seq = 3", "audit_event 3: its list of rows cannot be read"),
        ("UPDATE audit_event SET rows = '[[[],1,2]]' WHERE seq = 3", "audit_event 3: its list of rows cannot be read"),
        ("UPDATE audit_event SET detail = x'ff' WHERE seq = 3", "audit_event 3: it was edited, or put in, after"),
        ("UPDATE audit_event SET actor = CAST(x'ff' AS TEXT)", "audit_event: its events cannot be read: Could not"),
        ("UPDATE organization SET region = CAST(x'ff' AS TEXT)", "organization: its rows cannot be read: Could not"),
        (
            "UPDATE organization SET name = CAST(x'ff' AS TEXT) WHERE id = 1",
            "entry_word: what its rows follow from cannot",
        ),
        ("UPDATE organization SET region = x'41' WHERE id = 1", "organization id=1: the row was changed past the"),
        ("UPDATE juror SET active = 5 WHERE id = 1", "juror id=1: the row was changed past the engine"),
        ("UPDATE juror SET weight = 1.5 WHERE id = 1", "juror id=1: the row was changed past the engine"),
        ("INSERT INTO audit_head VALUES (2, 9, 'x')", "audit_head: the chain ends at event"),
    ],
)
def test_what_no_column_should_hold_is_found_and_stops_no_check(templates, tmp_path, statement, said):
    url = templates.copy_sqlite("judging", tmp_path / "juri.db")
    with by_hand(url) as shell:
        shell.execute("PRAGMA ignore_check_constraints=ON")
        shell.execute(statement)

    database = Database(url)
    with database.read() as session:
        findings = [str(finding) for finding in verify(session).findings]
    database.dispose()
    assert [finding for finding in findings if finding.startswith(said)] != []
