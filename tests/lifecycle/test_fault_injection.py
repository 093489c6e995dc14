"""Every statement of an act fails once, and every act dies once at each statement: nothing is ever half done."""

import os
import signal
import sqlite3

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError

from juri.core.audit.model import AuditEvent
from juri.core.editions.model import StageRow
from juri.core.errors import ActionRefused
from juri.core.judging.model import ScorecardRevision, ScorecardRow
from juri.core.judging.scorecards import version_of
from juri.core.models import MODELS
from juri.core.results.model import DecisionRow, SnapshotRow
from juri.core.stages.deciding import decide
from juri.core.stages.verbs import close_stage, seal_stage
from juri.core.storage.base import raw_columns, table_of

ENOUGH = 200
FEWEST = 5
"""More statements than any act needs, and fewer than each does."""


def submit(competition):
    return competition.judge("E1", "J1", {"manfaat": "70", "kebaruan": "70"}, key="k1")


def close(competition):
    return competition.do(close_stage, "proposal")


def seal(competition):
    return competition.do(seal_stage, "proposal", signers=["Ketua"])


def ready_to_seal(competition):
    competition.judge_all()
    close(competition)
    competition.do(decide, "proposal", signer="Ketua", reason="sesuai")


ACTS = {
    "submit": (lambda _: None, submit, "scorecard.submitted"),
    "close": (lambda competition: competition.judge_all(), close, "stage.close"),
    "seal": (ready_to_seal, seal, "stage.seal"),
}


def stored(competition):
    """Return every row of every table, as the driver reads it."""
    with competition.database.read() as session:
        return {
            table.name: sorted(map(str, session.execute(select(*raw_columns(table))).all()))
            for table in map(table_of, MODELS)
        }


class Countdown:
    """Lets the N-th statement of the writer, a commit included, come to a bad end."""

    def __init__(self, database, end, number=0):
        self.left, self.end = number, end
        event.listen(database.writer, "before_cursor_execute", self.count)
        event.listen(database.writer, "commit", self.count)

    def count(self, *_):
        self.left -= 1
        if self.left == 0:
            self.end()


def disk_fails():
    raise OperationalError("any statement", {}, sqlite3.OperationalError("disk I/O error"))


@pytest.mark.slow
@pytest.mark.parametrize("name", list(ACTS))
def test_whichever_statement_fails_the_act_has_no_effect_and_can_be_done_again(judging, name):
    prepare, act, action = ACTS[name]
    prepare(judging)
    before = stored(judging)
    countdown = Countdown(judging.database, disk_fails)
    refusals = []
    for number in range(1, ENOUGH):
        countdown.left = number
        try:
            act(judging)
            break
        except ActionRefused as refused:
            refusals.append(refused.code)
        assert stored(judging) == before
    assert countdown.left > 0
    countdown.left = 0
    assert refusals == ["database"] * (number - 1)
    assert number > FEWEST
    assert_done(judging, action, name)


def assert_done(competition, action, name):
    with competition.database.read() as session:
        last = session.scalars(select(AuditEvent.action).order_by(AuditEvent.id.desc())).first()
        stage = session.scalars(select(StageRow).where(StageRow.key == "proposal")).one()
        heads = session.scalars(select(ScorecardRow)).all()
        sheets = session.scalars(select(ScorecardRevision)).all()
        snapshots = session.scalars(select(SnapshotRow.status).where(SnapshotRow.stage_id == stage.id)).all()
        decisions = session.scalars(select(DecisionRow.status).where(DecisionRow.stage_id == stage.id)).all()
    whole = {
        "submit": ("open", 1, 1, [], 0),
        "close": ("closed", 9, 9, ["closed"], 3),
        "seal": ("sealed", 9, 9, ["closed", "sealed"], 6),
    }
    assert last == action
    assert (stage.state, len(heads), len(sheets), sorted(snapshots), len(decisions)) == whole[name]
    assert competition.verified().findings == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", list(ACTS))
def test_whenever_the_process_is_killed_the_act_is_done_as_a_whole_or_not_at_all(judging, child, name):
    prepare, act, action = ACTS[name]
    prepare(judging)
    before = stored(judging)
    statements = 0
    for number in range(1, ENOUGH, 3):
        judging.database.dispose()

        def work(send, number=number):
            Countdown(judging.database, lambda: os.kill(os.getpid(), signal.SIGKILL), number)
            act(judging)
            send("done")

        if child(work).rest() == ["done"]:
            break
        statements = number
        assert stored(judging) == before
    assert statements > FEWEST
    assert_done(judging, action, name)


@pytest.mark.slow
def test_what_was_acknowledged_before_a_kill_is_stored_and_its_audit_line_with_it(judging, child):
    """Writers are killed in the middle of their work; at most one write of each is stored without having been told."""
    acknowledged = set()
    for _ in range(5):
        judging.database.dispose()

        def work(send, juror):
            with judging.read() as (session, running):
                version = version_of(session, running, "proposal", "E1", juror)
            while True:
                version = judging.judge("E1", juror, version=version)
                send((juror, version))

        children = [child(lambda send, juror=juror: work(send, juror)) for juror in ("J1", "J2")]
        told = [each.next() for each in children for _ in range(3)]
        for each in children:
            os.kill(each.process.pid, signal.SIGKILL)
        told += [line for each in children for line in each.rest()]
        acknowledged |= set(told)
        with judging.database.read() as session:
            heads = sum(session.scalars(select(ScorecardRow.version)))
            sheets = len(session.scalars(select(ScorecardRevision.id)).all())
        assert heads == sheets
        found = judging.verified()
        assert found.findings == ()
        assert len(acknowledged) <= sheets <= len(acknowledged) + 10
