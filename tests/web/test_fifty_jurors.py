"""Fifty jurors score at once over HTTP, four processes serve them, and the stage closes meanwhile: nothing is lost."""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from subprocess import PIPE

import pytest
from sqlalchemy import func, select

from juri.core.audit.checker import verify
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import find_edition
from juri.core.entries.model import EntryRow
from juri.core.judging.model import AssignmentRow, JurorRow, ScorecardRevision, ScorecardRow
from juri.core.stages.verbs import close_stage
from juri.core.storage.database import Database
from juri.webapp.sealer import link_waiting

JURORS, ENTRIES, DRAFTS = 50, 4, 1

pytestmark = [pytest.mark.slow, pytest.mark.longest]


def test_no_scorecard_is_lost_late_or_doubled(crowd, database_url, builtin_registry):
    database = Database(database_url)
    tokens = crowd.prepare(database, builtin_registry, jurors=JURORS, entries=ENTRIES)
    tokens.pop(crowd.ORGANISER)
    with crowd.serving(database_url, workers=4) as port:
        plan = crowd.plan_of_scoring(port, tokens, ENTRIES, drafts=DRAFTS, at_once=JURORS)
        answers = played_while_closing(crowd, database, builtin_registry, plan)
    assert Counter(each["status"] for each in answers) == {200: acknowledged(answers), 403: refused(answers)}
    assert refused(answers) > 0
    assert stored_versions(database) == acknowledged_versions(answers)
    assert revisions(database) == sum(stored_versions(database).values())
    assert late_revisions(database) == 0
    assert audited(database) == ()
    database.dispose()


def played_while_closing(crowd, database, registry, plan):
    """Let the crowd score, and close the stage when half of the scorecards are in."""
    with subprocess.Popen([sys.executable, crowd.LOAD], stdin=PIPE, stdout=PIPE, stderr=PIPE, text=True) as process:
        process.stdin.write(json.dumps(plan))
        process.stdin.close()
        first = [json.loads(process.stdout.readline()) for _ in range(JURORS * ENTRIES * (DRAFTS + 2) // 2)]
        with database.write() as session:
            close_stage(session, find_edition(session, registry, crowd.EDITION), crowd.STAGE, by=crowd.OPERATOR)
        rest = [json.loads(line) for line in process.stdout]
    return first + rest


def acknowledged(answers):
    return sum(each["status"] == 200 for each in answers)


def refused(answers):
    return sum(each["status"] == 403 for each in answers)


def acknowledged_versions(answers):
    """Return the newest version that each juror was told of; the same request twice is one version."""
    told = defaultdict(int)
    for each in answers:
        if each["status"] == 200:
            juror = each["juror"].partition("@")[0].replace("juri", "J")
            told[juror, each["entry"]] = max(told[juror, each["entry"]], each["version"])
    return dict(told)


def audited(database):
    """Return what is wrong with the trail once everything that waits is linked."""
    while not link_waiting(database):
        """Transactions in other databases of the server may hold it back."""
    with database.read() as session:
        return verify(session).findings


def stored_versions(database):
    with database.read() as session:
        found = session.execute(
            select(JurorRow.code, EntryRow.code, ScorecardRow.version)
            .join(AssignmentRow, AssignmentRow.id == ScorecardRow.assignment_id)
            .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
            .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        )
        return {(juror, entry): version for juror, entry, version in found}


def revisions(database):
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(ScorecardRevision))


def late_revisions(database):
    with database.read() as session:
        closed = select(StageRow.closed_at).where(StageRow.kind == "scoring").scalar_subquery()
        return session.scalar(select(func.count()).select_from(ScorecardRevision).where(ScorecardRevision.at > closed))
