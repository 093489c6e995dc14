"""Two who open, close, decide, seal or reopen a stage at the same moment: one effect, and a clear word to the other."""

from collections import Counter

from sqlalchemy import select

from juri.core.editions.model import EditionRow, StageRow
from juri.core.editions.verbs import move_edition
from juri.core.entries.model import EntryRow
from juri.core.entries.verbs import submit_entry, withdraw_entry
from juri.core.errors import ActionRefused
from juri.core.judging.assignments import assign
from juri.core.judging.conflicts import declare_conflict
from juri.core.judging.model import AssignmentRow, ConflictRow
from juri.core.policy import Actor
from juri.core.results.model import DecisionRow, SnapshotRow
from juri.core.stages.acts import Act, record_act
from juri.core.stages.deciding import decide
from juri.core.stages.verbs import close_stage, open_stage, reopen_stage, seal_stage

AT_ONCE = 4


def refusals(came_to):
    return sorted(reason for each in came_to if isinstance(each, ActionRefused) for reason in each.reasons)


def done(came_to):
    return [each for each in came_to if not isinstance(each, Exception)]


def snapshots(competition):
    with competition.database.read() as session:
        return session.scalars(select(SnapshotRow.status).order_by(SnapshotRow.id)).all()


def test_field_67_of_simultaneous_closings_one_counts_and_the_others_are_told(judging, at_once):
    judging.judge_all()
    came_to = at_once([lambda: judging.do(close_stage, "proposal")] * AT_ONCE)
    assert len(done(came_to)) == 1
    said = "the stage is closed and cannot become closed; from here it can become open, sealed"
    assert refusals(came_to) == [said] * (AT_ONCE - 1)
    assert snapshots(judging) == ["closed", "sealed", "closed"]
    assert judging.verified().findings == ()


def test_of_simultaneous_seals_one_counts_and_the_others_are_told(judging, at_once):
    judging.judge_all()
    judging.do(close_stage, "proposal")
    judging.do(decide, "proposal", signer="Ketua", reason="sesuai")
    came_to = at_once([lambda: judging.do(seal_stage, "proposal", signers=["Ketua"])] * AT_ONCE)
    assert len(done(came_to)) == 1
    said = "the stage is sealed and cannot become sealed; from here it can become open, published"
    assert refusals(came_to) == [said] * (AT_ONCE - 1)
    assert snapshots(judging) == ["closed", "sealed", "closed", "sealed"]
    assert judging.verified().findings == ()


def test_of_simultaneous_decisions_each_entry_is_decided_once(judging, at_once):
    judging.judge_all()
    judging.do(close_stage, "proposal")
    came_to = at_once([lambda: judging.do(decide, "proposal", signer="Ketua", reason="sesuai")] * AT_ONCE)
    assert sorted(came_to) == [0] * (AT_ONCE - 1) + [3]
    with judging.database.read() as session:
        statement = select(DecisionRow.status).join(StageRow).where(StageRow.key == "proposal")
        assert Counter(session.scalars(statement)) == {"proposed": 3, "decided": 3}
    assert judging.verified().findings == ()


def test_of_simultaneous_openings_one_counts(judging, at_once):
    judging.judge_all()
    judging.finish("proposal")
    came_to = at_once([lambda: judging.do(open_stage, "finalists")] * AT_ONCE)
    assert len(done(came_to)) == 1
    assert refusals(came_to) == ["the stage is open and cannot become open; from here it can become closed"] * 3


def test_two_people_who_ask_at_once_reopen_once_and_one_person_never_does(judging, at_once):
    judging.judge_all()
    judging.do(close_stage, "proposal")

    def ask(name):
        return judging.do(reopen_stage, "proposal", by=Actor.operator(name), reason="salah hitung")

    came_to = at_once([lambda: ask("ani")] * AT_ONCE)
    assert done(came_to) == [False]
    assert refusals(came_to) == ["operator:ani has asked already; a second person must agree"] * (AT_ONCE - 1)
    came_to = at_once([lambda: ask("budi"), lambda: ask("cici")])
    assert done(came_to) == [True]
    assert refusals(came_to) == ["'proposal' is open; only a closed or sealed stage can be opened again"]


def test_two_who_move_an_edition_move_it_once(competition_at, at_once):
    competition = competition_at("installed")
    came_to = at_once([lambda: competition.do(move_edition, "open")] * AT_ONCE)
    assert len(done(came_to)) == 1
    said = "the edition is open and cannot become open; from here it can become decided, draft, judging"
    assert refusals(came_to) == [said] * (AT_ONCE - 1)
    with competition.database.read() as session:
        assert session.scalar(select(EditionRow.state)) == "open"


def test_no_entry_is_submitted_after_registration_closed(registering, at_once):
    for number in range(8):
        registering.enter(f"E{number}", "Dinas A", submit=False)
    came_to = at_once(
        [
            *(lambda code=f"E{number}": registering.do(submit_entry, code).id for number in range(8)),
            lambda: registering.do(close_stage, "registration"),
        ]
    )
    with registering.database.read() as session:
        row = session.scalars(select(StageRow).where(StageRow.key == "registration")).one()
        (snapshot,) = session.scalars(select(SnapshotRow)).all()
        submitted = {
            entry.code: entry.submitted_at for entry in session.scalars(select(EntryRow)) if entry.submitted_at
        }
    assert len(submitted) == len(done(came_to)) - 1
    assert [code for code, at in submitted.items() if at > row.closed_at] == []
    on = {each["entry"] for each in snapshot.body["proposed"] if each["outcome"] == "advance"}
    assert on == set(submitted)
    assert registering.verified().findings == ()


def test_an_entry_withdrawn_while_its_stage_is_sealed_stays_withdrawn(judging, at_once):
    judging.judge_all()
    judging.do(close_stage, "proposal")
    judging.do(decide, "proposal", signer="Ketua", reason="sesuai")
    at_once(
        [
            lambda: judging.do(withdraw_entry, "E1", reason="mundur"),
            lambda: judging.do(seal_stage, "proposal", signers=["Ketua"]),
        ]
    )
    with judging.database.read() as session:
        assert session.scalar(select(EntryRow.state).where(EntryRow.code == "E1")) == "withdrawn"
    assert judging.verified().findings == ()


def test_a_conflict_declared_while_the_stage_closes_is_not_overwritten(judging, at_once):
    at_once(
        [
            lambda: judging.do(declare_conflict, "J1", "E1", "keluarga"),
            lambda: judging.do(declare_conflict, "J2", "E2", "keluarga"),
            lambda: judging.do(close_stage, "proposal"),
        ]
    )
    with judging.database.read() as session:
        states = dict(
            session.execute(
                select(AssignmentRow.juror_id, AssignmentRow.state).join(
                    ConflictRow,
                    (ConflictRow.juror_id == AssignmentRow.juror_id) & (ConflictRow.entry_id == AssignmentRow.entry_id),
                )
            ).all()
        )
    assert sorted(states.values()) == ["conflict", "conflict"]
    assert judging.verified().findings == ()


def test_a_conflict_declared_while_jurors_are_assigned_keeps_the_juror_off(competition_at, at_once):
    competition = competition_at("registering")
    for code in ("E1", "E2", "E3"):
        competition.enter(code)
    competition.finish("registration")
    at_once(
        [
            lambda: competition.do(assign, "proposal"),
            lambda: competition.do(declare_conflict, "J1", "E1", "keluarga"),
        ]
    )
    with competition.database.read() as session:
        meeting = (AssignmentRow.juror_id == ConflictRow.juror_id) & (AssignmentRow.entry_id == ConflictRow.entry_id)
        states = session.scalars(select(AssignmentRow.state).join(ConflictRow, meeting)).all()
    assert set(states) <= {"conflict"}
    assert competition.verified().findings == ()


SLOTS = {
    "id": "interview",
    "kind": "interview",
    "panel": "te",
    "rubric": "nilai",
    "method": "mean",
    "missing": "submitted",
    "minutes": [7, 13],
}


def test_one_slot_of_an_interview_goes_to_one_entry(competition_at, at_once):
    competition = competition_at("empty")
    competition.install(stages=[{"id": "registration", "kind": "registration"}, SLOTS])
    competition.begin()
    for code in ("E1", "E2", "E3", "E4"):
        competition.enter(code)
    competition.finish("registration")
    competition.do(open_stage, "interview")
    slot = {"starts": "2026-11-23T09:00:00+07:00", "place": "A"}
    came_to = at_once(
        [
            lambda code=code: competition.do(record_act, "interview", Act("slot", slot, code))
            for code in ("E1", "E2", "E3", "E4")
        ]
    )
    assert came_to.count(None) == 1
