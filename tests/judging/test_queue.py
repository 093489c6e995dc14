"""A juror's queue: nobody else's work in it, an order of one's own, and never done while work remains."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update

from juri.core.entries.model import EntryRow, Person
from juri.core.entries.verbs import withdraw_entry
from juri.core.errors import ActionRefused, NotFound
from juri.core.judging.conflicts import accept_assignment, declare_conflict
from juri.core.judging.model import AssignmentRow, JurorRow
from juri.core.judging.queue import (
    OwnAssignment,
    OwnStage,
    Queue,
    find_own,
    own_stages,
    own_subject,
    queue_order,
    read_queue,
    require_open_to_read,
)
from juri.core.policy import Actor, Grant, Subject
from juri.core.stages.verbs import close_stage
from juri.core.storage.base import table_of

CODES = st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=30)
ASSIGNMENT_STATES = ("offered", "accepted", "done", "conflict", "recused", "lapsed")
CARD_STATES = ("", "draft", "submitted", "locked")
QUEUES = st.lists(
    st.tuples(st.sampled_from(ASSIGNMENT_STATES), st.sampled_from(CARD_STATES)), min_size=1, max_size=12
).map(
    lambda states: Queue(
        tuple(
            OwnAssignment("J", f"E{number}", "", "", "", "", state, card) for number, (state, card) in enumerate(states)
        )
    )
)


class TestOrder:
    @given(entries=CODES, seed=st.text())
    def test_the_order_holds_every_entry_once_however_they_come(self, entries, seed):
        ordered = queue_order(entries, seed)
        assert sorted(ordered) == sorted(entries)
        assert queue_order(reversed(entries), seed) == ordered

    @given(entries=CODES, seed=st.text(), data=st.data())
    def test_adding_and_removing_entries_leaves_the_order_of_the_others_as_it_is(self, entries, seed, data):
        kept = data.draw(st.sets(st.sampled_from(entries))) if entries else set()
        assert queue_order(kept, seed) == [entry for entry in queue_order(entries, seed) if entry in kept]

    def test_jurors_and_stages_have_orders_of_their_own(self):
        entries = [f"E{number}" for number in range(20)]
        orders = {tuple(queue_order(entries, f"lomba/{stage}/{juror}")) for stage in "ab" for juror in ("J1", "J2")}
        assert len(orders) == 4
        assert tuple(entries) not in orders


class TestProgress:
    @given(queue=QUEUES)
    def test_a_queue_is_never_done_while_work_remains(self, queue):
        left = [i.entry for i in queue.items if i.state in {"offered", "accepted", "done"} and i.card in {"", "draft"}]
        assert [item.entry for item in queue.unfinished] == left
        assert (queue.next_unfinished() is None) == (not left)
        assert queue.next_unfinished() == (queue.unfinished[0] if left else None)

    @given(queue=QUEUES)
    def test_going_on_from_entry_to_entry_meets_all_that_is_left_and_comes_round(self, queue):
        met, here = [], ""
        for _ in queue.unfinished:
            found = queue.next_unfinished(here)
            met.append(found)
            here = found.entry
        assert met == list(queue.unfinished)
        if met:
            assert queue.next_unfinished(here) == met[0]

    @given(queue=QUEUES)
    def test_every_assignment_has_exactly_one_status_and_what_is_asked_is_all_but_conflicts(self, queue):
        of_status = [item for status in ("todo", "draft", "done", "missed", "out") for item in queue.having(status)]
        assert sorted(item.entry for item in of_status) == sorted(item.entry for item in queue.items)
        assert queue.asked == tuple(item for item in queue.items if item.state not in {"conflict", "recused"})
        assert queue.done == len(queue.having("done"))

    @given(queue=QUEUES)
    def test_neighbours_walk_through_all_that_is_asked(self, queue):
        walked = [queue.asked[0]] if queue.asked else []
        while walked and queue.neighbours(walked[-1].entry)[1]:
            walked.append(queue.neighbours(walked[-1].entry)[1])
        assert walked == list(queue.asked)
        assert [queue.position(item.entry) for item in walked] == list(range(1, len(walked) + 1))
        assert [queue.neighbours(item.entry)[0] for item in walked] == [None, *walked[:-1]][: len(walked)]

    def test_what_is_not_in_the_queue_has_no_place_and_no_neighbours(self):
        queue = Queue((OwnAssignment("J", "E1", "", "", "", "", "offered"),))
        assert (queue.position("E9"), queue.neighbours("E9")) == (0, (None, None))
        assert queue.next_unfinished("E9") == queue.items[0]


@pytest.fixture
def person(judging):
    """Return the id of each juror's person, by code."""
    with judging.read() as (session, _):
        return {row.code: row.person_id for row in session.scalars(select(JurorRow))}


def juror(code, number):
    return Actor(f"{code.lower()}@juri.test", frozenset({Grant("juror", "lomba-2026")}), number)


def queue_of(judging, number):
    with judging.read() as (session, running):
        return read_queue(session, running, "proposal", number)


def steps_to_own_work(judging, number):
    """Count the steps that SQLite takes to find the queue, one assignment and the stages of a person."""
    steps = []
    with judging.read() as (session, running):
        driver = session.connection().connection.driver_connection
        read_queue(session, running, "proposal", number)
        driver.set_progress_handler(lambda: steps.append(1), 1)
        read_queue(session, running, "proposal", number)
        find_own(session, "lomba-2026", "proposal", "E1", number)
        own_stages(session, number)
        driver.set_progress_handler(None, 1)
    return len(steps)


class TestReading:
    def test_a_juror_reads_own_assignments_with_what_was_scored(self, judging, person):
        judging.judge("E1", "J1")
        judging.judge("E2", "J1", {"manfaat": "50"}, draft=True)
        judging.judge("E3", "J2")
        found = {i.entry: (i.juror, i.status, i.version, i.total) for i in queue_of(judging, person["J1"]).items}
        assert found == {
            "E1": ("J1", "done", 1, Fraction(74)),
            "E2": ("J1", "draft", 1, None),
            "E3": ("J1", "todo", 0, None),
        }

    def test_a_juror_who_left_the_panel_and_a_stranger_have_no_queue(self, judging, person):
        with judging.database.writer.begin() as connection:
            connection.execute(update(table_of(JurorRow)).where(JurorRow.code == "J1").values(active=False))
        for number in (person["J1"], 0, 10_000):
            with judging.read() as (session, running), pytest.raises(NotFound):
                read_queue(session, running, "proposal", number)
            with judging.read() as (session, _):
                assert own_stages(session, number) == ()

    def test_an_entry_that_is_withdrawn_leaves_the_queue(self, judging, person):
        judging.do(withdraw_entry, "E1", reason="asked for it")
        assert sorted(item.entry for item in queue_of(judging, person["J1"]).items) == ["E2", "E3"]

    def test_an_assignment_of_somebody_else_is_found_no_more_than_one_that_does_not_exist(self, judging, person):
        with judging.database.writer.begin() as connection:
            of_j2 = select(JurorRow.id).where(JurorRow.code == "J2").scalar_subquery()
            e1 = select(EntryRow.id).where(EntryRow.code == "E1").scalar_subquery()
            connection.execute(
                table_of(AssignmentRow).delete().where(AssignmentRow.juror_id == of_j2, AssignmentRow.entry_id == e1)
            )
        with judging.read() as (session, _):
            said = []
            for entry in ("E1", "E999"):
                with pytest.raises(NotFound) as missing:
                    find_own(session, "lomba-2026", "proposal", entry, person["J2"])
                said.append(str(missing.value).replace(entry, "E"))
            assert said[0] == said[1]
            own = find_own(session, "lomba-2026", "proposal", "E1", person["J1"])
            offered = Subject("lomba-2026", person=person["J1"], state="offered")
            assert own_subject("lomba-2026", own, person["J1"]) == offered

    def test_what_a_juror_began_but_did_not_send_is_missed_when_the_stage_closes(self, judging, person):
        judging.judge("E1", "J1")
        judging.judge("E2", "J1", {"manfaat": "50"}, draft=True)
        judging.do(close_stage, "proposal", early="the panel is through")
        queue = queue_of(judging, person["J1"])
        assert {item.entry: item.status for item in queue.items} == {"E1": "done", "E2": "missed", "E3": "missed"}
        assert queue.next_unfinished() is None

    def test_own_work_is_found_in_as_many_steps_however_much_is_assigned_to_others(self, judging, person):
        if not judging.database.is_sqlite:
            pytest.skip("PostgreSQL plans by its own statistics")
        before = steps_to_own_work(judging, person["J1"])
        jurors, assignments = table_of(JurorRow), table_of(AssignmentRow)
        with judging.database.writer.begin() as connection:
            stage = connection.scalar(select(assignments.c.stage_id).limit(1))
            other = {
                "edition_id": connection.scalar(select(jurors.c.edition_id).limit(1)),
                "person_id": person["J2"],
                "categories": [],
            }
            added = [{**other, "id": n, "panel": f"P{n}", "code": f"P{n}"} for n in range(1000, 1500)]
            connection.execute(insert(jurors), added)
            given = [{"stage_id": stage, "entry_id": 1, "juror_id": each["id"], "state": "offered"} for each in added]
            connection.execute(insert(assignments), given)
        assert steps_to_own_work(judging, person["J1"]) < 2 * before

    def test_stages_are_listed_with_what_is_done(self, judging, person):
        judging.judge("E1", "J1")
        judging.do(declare_conflict, "J1", "E3", "family")
        with judging.read() as (session, _):
            assert own_stages(session, person["J1"]) == (
                OwnStage("lomba-2026", "proposal", "open", None, None, asked=2, done=1, unfinished=1),
            )

    def test_names_of_the_people_never_stand_in_a_queue(self, judging, person):
        with judging.read() as (session, _):
            addresses = set(session.scalars(select(Person.email)))
        assert not [item for item in queue_of(judging, person["J1"]).items if addresses & set(vars(item).values())]


class TestSayingThatThereIsNoConflict:
    def accept(self, judging, entry="E1", code="J1", by=None):
        with judging.write() as (session, running):
            accept_assignment(session, running, "proposal", entry, code, by=by or judging.by)

    def test_it_opens_the_content_and_stands_in_the_audit_trail_once(self, judging, person):
        own = juror("J1", person["J1"])
        for _ in range(2):
            self.accept(judging, by=own)
        item = {i.entry: i for i in queue_of(judging, person["J1"]).items}["E1"]
        assert (item.state, item.status) == ("accepted", "todo")
        require_open_to_read(item)
        assert judging.verified().findings == ()

    def test_before_it_the_content_is_shut(self, judging, person):
        with pytest.raises(ActionRefused) as refused:
            require_open_to_read(queue_of(judging, person["J1"]).items[0])
        assert refused.value.code == "conflict_unanswered"

    def test_it_takes_no_conflict_back(self, judging):
        judging.do(declare_conflict, "J1", "E1", "family")
        with pytest.raises(ActionRefused) as refused:
            self.accept(judging)
        assert refused.value.code == "conflict_of_interest"

    def test_nobody_says_it_for_another_juror(self, judging, person):
        with pytest.raises(ActionRefused):
            self.accept(judging, by=juror("J2", person["J2"]))

    def test_it_is_not_said_of_what_is_not_assigned(self, judging):
        with pytest.raises(NotFound):
            self.accept(judging, entry="E9")

    def test_it_is_not_said_in_a_closed_stage(self, judging):
        judging.do(close_stage, "proposal", early="the panel is through")
        with pytest.raises(ActionRefused) as refused:
            self.accept(judging)
        assert refused.value.code == "stage_not_open"
