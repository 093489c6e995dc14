"""Many who write at once: no update is lost, none is doubled, none is accepted after the closing."""

import threading
from collections import Counter

import pytest
from sqlalchemy import select

from juri.core.editions.model import StageRow
from juri.core.entries.model import EntryRow
from juri.core.errors import ActionRefused, Conflict, InputRefused
from juri.core.judging.model import AssignmentRow, JurorRow, ScorecardRevision, ScorecardRow
from juri.core.judging.scorecards import prepare_scorecard, submit_scorecard, version_of
from juri.core.policy import Actor
from juri.core.results.snapshots import find_snapshot
from juri.core.stages.verbs import close_stage, reopen_stage

WRITERS = 8
TIMES = 6
ROUNDS = 4
PARALLEL = 30
PAIRS = [(entry, juror) for entry in ("E1", "E2", "E3") for juror in ("J1", "J2", "J3")]


class Writer:
    """One who writes scorecards as fast as it goes: everything is prepared before the write begins."""

    def __init__(self, competition, entry, juror, marks="80"):
        self.competition, self.entry, self.juror = competition, entry, juror
        answers = {"manfaat": marks, "kebaruan": marks}
        with competition.read() as (session, self.running):
            self.sheet = prepare_scorecard(
                session, self.running, stage="proposal", entry=entry, juror=juror, answers=answers
            )

    def version(self):
        with self.competition.database.read() as session:
            return version_of(session, self.running, "proposal", self.entry, self.juror)

    def send(self, version, **options):
        with self.competition.database.write() as session:
            return submit_scorecard(
                session, self.running, self.sheet, by=self.competition.by, version=version, **options
            )

    def submit(self, version, **options):
        return self.send(version, **options).version

    def hammer(self, told):
        """Write revision after revision until it is refused; returns the code of the refusal."""
        version = self.version()
        while True:
            try:
                version = self.submit(version)
            except ActionRefused as refused:
                return refused.code
            told(version)


def revisions(competition):
    """Return every stored revision with its pair, and the closing of the stage."""
    with competition.database.read() as session:
        statement = (
            select(EntryRow.code, JurorRow.code, ScorecardRevision.version, ScorecardRevision.at)
            .join(AssignmentRow, AssignmentRow.id == ScorecardRevision.assignment_id)
            .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
            .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        )
        found = {(entry, juror, version): at for entry, juror, version, at in session.execute(statement)}
        return found, session.scalar(select(StageRow.closed_at).where(StageRow.key == "proposal"))


def reopen(competition):
    for name in ("ani", "budi"):
        competition.do(reopen_stage, "proposal", by=Actor.operator(name), reason="babak berikut")


def check_closed(competition, acknowledged):
    """Hold what is stored against what was acknowledged, the closing and the snapshot."""
    stored, closed_at = revisions(competition)
    assert set(stored) == acknowledged
    assert [key for key, at in stored.items() if at > closed_at] == []
    with competition.database.read() as session:
        stage = session.scalars(select(StageRow).where(StageRow.key == "proposal")).one()
        heads = session.scalars(select(ScorecardRow.version)).all()
        snapshot = find_snapshot(session, stage)
    written = Counter(entry for entry, _ in {(entry, juror) for entry, juror, _ in acknowledged})
    counted = {line["entry"]: int(line["sheets"]) for line in snapshot.body["standings"][""]["lines"]}
    assert counted == dict(written)
    assert sum(heads) == len(acknowledged)
    assert competition.verified().findings == ()


def test_of_many_writers_of_one_scorecard_one_wins_each_version(judging, at_once):
    writers = [Writer(judging, "E1", "J1", str(number)) for number in range(WRITERS)]
    won, conflicts = [], []

    def write(writer):
        for _ in range(TIMES):
            while True:
                try:
                    won.append(writer.submit(writer.version()))
                    break
                except Conflict as lost:
                    conflicts.append(lost)

    at_once([lambda writer=writer: write(writer) for writer in writers])
    assert sorted(won) == list(range(1, WRITERS * TIMES + 1))
    assert sorted(version for _, _, version in revisions(judging)[0]) == sorted(won)
    assert writers[0].version() == WRITERS * TIMES
    assert {len(lost.theirs) for lost in conflicts} <= {2}
    assert judging.verified().findings == ()


def test_field_71_thirty_edits_of_one_version_have_one_winner_and_each_other_sees_both_texts(judging, at_once):
    judging.judge("E1", "J1")
    writers = [Writer(judging, "E1", "J1", str(number)) for number in range(PARALLEL)]
    came_to = at_once([lambda writer=writer: writer.submit(1) for writer in writers])
    winner = came_to.index(2)
    lost = [each for each in came_to if isinstance(each, Conflict)]
    assert len(lost) == PARALLEL - 1
    marks = {number: {"value": str(number)} for number in range(PARALLEL)}
    for number, each in enumerate(came_to):
        if number != winner:
            assert each.theirs == {"manfaat": marks[winner], "kebaruan": marks[winner]}
            assert each.yours == {"manfaat": marks[number], "kebaruan": marks[number]}
            assert each.reasons == ("the scorecard of J1 for E1 is at version 2 by now",)


def test_the_same_sheet_sent_thirty_times_is_one_revision_and_one_answer(judging, at_once):
    writer = Writer(judging, "E1", "J1")
    assert at_once([lambda: writer.submit(0, key="k1")] * PARALLEL) == [1] * PARALLEL
    assert list(revisions(judging)[0]) == [("E1", "J1", 1)]
    assert judging.verified().findings == ()


def test_a_sheet_that_was_taken_is_acknowledged_again_even_after_the_closing(judging):
    writer = Writer(judging, "E1", "J1")
    first = writer.send(0, key="k1")
    judging.do(close_stage, "proposal")
    assert writer.send(0, key="k1") == first
    assert first.version == 1
    with pytest.raises(ActionRefused) as refused:
        writer.submit(0, key="k2")
    assert refused.value.code == "stage_not_open"


def test_one_key_for_another_sheet_is_refused_and_writes_nothing(judging):
    Writer(judging, "E1", "J1").submit(0, key="k1")
    with pytest.raises(InputRefused, match="the key 'k1' was used before for something else"):
        Writer(judging, "E1", "J1", "81").submit(0, key="k1")
    assert list(revisions(judging)[0]) == [("E1", "J1", 1)]


@pytest.mark.slow
def test_no_score_of_any_thread_is_accepted_after_the_closing(judging, at_once):
    acknowledged = set()
    for _ in range(ROUNDS):
        writers = [Writer(judging, entry, juror) for entry, juror in PAIRS]
        busy = threading.Barrier(len(PAIRS) + 1, timeout=60)

        def hammer(writer, busy=busy):
            first = []

            def tell(version):
                acknowledged.add((writer.entry, writer.juror, version))
                if not first:
                    first.append(busy.wait())

            return writer.hammer(tell)

        def close(busy=busy):
            busy.wait()
            judging.do(close_stage, "proposal")
            return "closed"

        came_to = at_once([*(lambda writer=writer: hammer(writer) for writer in writers), close])
        assert came_to == ["stage_not_open"] * len(PAIRS) + ["closed"]
        check_closed(judging, acknowledged)
        reopen(judging)


@pytest.mark.slow
def test_field_70_no_score_of_any_process_is_accepted_after_the_closing(judging, child):
    acknowledged = set()
    for _ in range(ROUNDS):
        judging.database.dispose()

        def work(send, pair):
            writer = Writer(judging, *pair)
            send(writer.hammer(lambda version: send((*pair, version))))

        children = [child(lambda send, pair=pair: work(send, pair)) for pair in PAIRS[::3]]
        first = [each.next() for each in children]
        judging.do(close_stage, "proposal")
        told = [each.rest() for each in children]
        assert [rest[-1] for rest in told] == ["stage_not_open"] * len(children)
        acknowledged |= {*first, *(each for rest in told for each in rest[:-1])}
        check_closed(judging, acknowledged)
        reopen(judging)


@pytest.mark.slow
def test_field_69_processes_that_write_one_scorecard_lose_no_update(judging, child):
    judging.database.dispose()

    def work(send, number):
        writer = Writer(judging, "E1", "J1", str(number))
        for _ in range(TIMES):
            while True:
                try:
                    send(writer.submit(writer.version()))
                    break
                except Conflict:
                    continue

    children = [child(lambda send, number=number: work(send, number)) for number in range(3)]
    won = sorted(version for each in children for version in each.rest())
    assert won == list(range(1, 3 * TIMES + 1))
    assert judging.verified().findings == ()
