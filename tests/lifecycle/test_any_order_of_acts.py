"""Whatever people do, in whatever order, the promises of the engine hold: a machine tries thousands of ways."""

import hashlib
from typing import ClassVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from juri.core.audit.checker import verify
from juri.core.editions.model import StageRow
from juri.core.entries.model import EntryRow
from juri.core.entries.verbs import disqualify_entry, submit_entry, withdraw_entry
from juri.core.errors import ActionRefused, InputRefused, NotFound
from juri.core.judging.assignments import assign
from juri.core.judging.conflicts import declare_conflict
from juri.core.judging.model import AssignmentRow, ScorecardRevision, ScorecardRow
from juri.core.judging.scorecards import version_of
from juri.core.lifecycle import TRANSITIONS
from juri.core.policy import Actor
from juri.core.results.model import DecisionRow, SnapshotRow
from juri.core.results.snapshots import find_snapshot
from juri.core.stages.deciding import decide
from juri.core.stages.verbs import close_stage, open_stage, recompute_stage, reopen_stage, seal_stage
from juri.core.storage.types import canonical_json
from juri.core.view import UNDECIDED

ENTRIES = ("E1", "E2", "E3", "E4")
STAGES = ("registration", "proposal", "finalists", "winners")
JURORS = ("J1", "J2", "J3")
PEOPLE = ("ani", "budi")
TERMINAL = frozenset({"withdrawn", "disqualified"})

entries, stages, jurors = st.sampled_from(ENTRIES), st.sampled_from(STAGES), st.sampled_from(JURORS)
marks = st.integers(0, 100).map(str)


class AnyOrder(RuleBasedStateMachine):
    """Tries any act at any time; what is refused must be refused in words, and leave everything as it was."""

    begin = None  # how to get a competition, set by the test
    came_to: ClassVar[set] = set()

    def __init__(self):
        super().__init__()
        self.competition = type(self).begin()
        self.wordless = 0
        self.sealed = {}
        self.gone = set()

    def teardown(self):
        self.competition.database.dispose()

    def try_to(self, verb, *args, **options):
        try:
            return self.competition.do(verb, *args, **options)
        except (ActionRefused, InputRefused, NotFound) as refused:
            self.wordless += not str(refused)
            return None

    @initialize(submitted=st.lists(entries, unique=True))
    def begin_with_entries(self, submitted):
        for code in submitted:
            self.competition.enter(code, "Dinas A")

    @rule(code=entries, place=st.sampled_from(["Dinas A", "Dinas B", "Kecamatan C"]))
    def register(self, code, place):
        try:
            self.competition.enter(code, place, submit=False)
        except (ActionRefused, InputRefused):
            return

    @rule(code=entries)
    def submit(self, code):
        self.try_to(submit_entry, code)

    @rule(code=entries)
    def withdraw(self, code):
        self.try_to(withdraw_entry, code, reason="mundur")

    @rule(code=entries)
    def disqualify(self, code):
        self.try_to(disqualify_entry, code, reason="melanggar")

    @rule(key=stages)
    def open(self, key):
        self.try_to(open_stage, key)

    @rule(key=stages)
    def close(self, key):
        self.try_to(close_stage, key)

    @rule(key=stages, outcomes=st.dictionaries(entries, st.sampled_from(["advance", "stop"]), max_size=2))
    def decide(self, key, outcomes):
        self.try_to(decide, key, signer="Ketua", reason="sidang", outcomes=outcomes)

    @rule(key=stages)
    def recompute(self, key):
        self.try_to(recompute_stage, key, reason="ada perubahan")

    @rule(key=stages)
    def seal(self, key):
        self.try_to(seal_stage, key, signers=["Ketua"])

    @rule(key=stages, person=st.sampled_from(PEOPLE))
    def reopen(self, key, person):
        if self.try_to(reopen_stage, key, by=Actor.operator(person), reason="keliru"):
            self.came_to.add("reopened")
            self.sealed = {(stage, number): kept for (stage, number), kept in self.sealed.items() if stage != key}

    @rule(key=st.sampled_from(["proposal"]))
    def assign(self, key):
        self.try_to(assign, key)

    @rule(code=entries, juror=jurors)
    def declare(self, code, juror):
        self.try_to(declare_conflict, juror, code, "keluarga")

    @rule(code=entries, juror=jurors, mark=marks, draft=st.booleans(), stale=st.booleans())
    def score(self, code, juror, mark, draft, stale):
        with self.competition.read() as (session, running):
            version = version_of(session, running, "proposal", code, juror)
        answers = {"manfaat": mark, "kebaruan": mark}
        try:
            self.competition.judge(code, juror, answers, version=version + stale, draft=draft)
        except (ActionRefused, NotFound):
            return

    @rule(upheld=st.sampled_from(["advance", "stop"]), marks=st.lists(marks, min_size=4, max_size=4))
    def play_the_next_stage(self, upheld, marks):
        """Do what is next from opening to seal, so that the machine gets deep."""
        with self.competition.database.read() as session:
            rows = session.execute(select(StageRow.key, StageRow.state).order_by(StageRow.position)).all()
        key, state = next(((key, state) for key, state in rows if state in {"planned", "open"}), (None, None))
        if key not in STAGES:
            return
        if state == "planned":
            self.open(key)
        if key == "proposal":
            self.assign(key)
            for code, mark in zip(ENTRIES, marks, strict=True):
                for juror in JURORS:
                    self.score(code, juror, mark, draft=False, stale=False)
        outcome = self.try_to(close_stage, key)
        if outcome is not None:
            open_still = {each.entry: upheld for each in outcome.proposals if each.outcome == UNDECIDED}
            self.decide(key, open_still)
            self.seal(key)

    @rule()
    def reopen_the_last_stage(self):
        with self.competition.database.read() as session:
            rows = session.execute(select(StageRow.key, StageRow.state).order_by(StageRow.position)).all()
        begun = [key for key, state in rows if state != "planned"]
        for person in PEOPLE:
            self.reopen(begun[-1], person)

    @invariant()
    def nothing_is_refused_without_a_word(self):
        assert self.wordless == 0

    @invariant()
    def the_trail_is_whole(self):
        with self.competition.database.read() as session:
            assert verify(session).findings == ()

    @invariant()
    def every_state_is_known_and_what_is_final_stays(self):
        with self.competition.database.read() as session:
            found = dict(session.execute(select(EntryRow.code, EntryRow.state)).all())
            states = set(session.scalars(select(AssignmentRow.state)))
            self.came_to.update(map(tuple, session.execute(select(StageRow.key, StageRow.state))))
        assert set(found.values()) <= set(TRANSITIONS["entry"])
        assert states <= set(TRANSITIONS["assignment"])
        assert {code for code in self.gone if found[code] not in TERMINAL} == set()
        self.gone = {code for code, state in found.items() if state in TERMINAL}

    @invariant()
    def no_entry_went_on_or_stopped_without_a_decision(self):
        with self.competition.database.read() as session:
            decided = select(DecisionRow.entry_id).where(DecisionRow.status == "decided", DecisionRow.signer != "")
            moved = select(EntryRow.code).where(
                EntryRow.state.in_(("advanced", "stopped", "awarded", "lapsed")), EntryRow.id.not_in(decided)
            )
            assert session.scalars(moved).all() == []

    @invariant()
    def a_sealed_result_never_changes_and_comes_out_again(self):
        with self.competition.database.read() as session:
            for each in session.scalars(select(SnapshotRow)):
                assert each.result_sha256 == hashlib.sha256(canonical_json(each.body).encode()).hexdigest()
            rows = session.scalars(select(StageRow).where(StageRow.state == "sealed")).all()
            for row in rows:
                snapshot = find_snapshot(session, row)
                assert snapshot.status == "sealed"
                kept = self.sealed.setdefault((row.key, row.revision), snapshot.result_sha256)
                assert snapshot.result_sha256 == kept
                closed = session.scalars(
                    select(SnapshotRow).where(
                        SnapshotRow.stage_id == row.id,
                        SnapshotRow.round == row.revision,
                        SnapshotRow.status == "closed",
                    )
                ).one()
                assert closed.body["standings"] == snapshot.body["standings"]

    @invariant()
    def every_head_is_its_newest_revision(self):
        with self.competition.database.read() as session:
            heads = session.execute(select(ScorecardRow.assignment_id, ScorecardRow.version, ScorecardRow.state)).all()
            newest = {}
            for each in session.scalars(select(ScorecardRevision).order_by(ScorecardRevision.version)):
                newest[each.assignment_id] = (each.version, each.state)
        assert {number: (version, state) for number, version, state in heads} == newest


@pytest.mark.longest
@pytest.mark.slow
def test_field_68_no_order_of_acts_breaks_a_promise(competition_at):
    AnyOrder.begin = staticmethod(lambda: competition_at("registering"))
    AnyOrder.came_to = set()
    examples, deepest = (4, "proposal") if competition_at("empty").product == "postgresql" else (15, "winners")
    run_state_machine_as_test(
        AnyOrder,
        settings=settings(
            max_examples=examples,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert AnyOrder.came_to >= {(deepest, "sealed"), "reopened"}
