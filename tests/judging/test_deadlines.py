"""The database's clock alone decides a deadline, to the millisecond."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text

from juri.core.clock import standing_at
from juri.core.errors import ActionRefused
from juri.core.stages.verbs import close_stage, open_stage

DEADLINE = datetime(2026, 6, 30, 16, 59, 59, tzinfo=UTC)
"""23:59:59 in Jakarta."""
TICK = timedelta(milliseconds=1)


class DatabaseClock:
    """The clock of one database, which a test sets: the functions that tell the time are replaced inside it."""

    def __init__(self, competition):
        self.database = competition.database
        self.moment = DEADLINE
        if not self.database.is_sqlite:
            self._make()
        self.database.dispose()
        if self.database.is_sqlite:
            event.listen(self.database.writer, "connect", self._replace)

    def _replace(self, connection, _record):
        connection.create_function("strftime", 2, lambda *_: self.moment.isoformat(timespec="milliseconds"))

    def _make(self):
        with self.database.write() as session:
            name = session.execute(text("SELECT current_database()")).scalar_one()
            session.execute(text("CREATE SCHEMA stopped"))
            session.execute(text("CREATE TABLE stopped.clock (at timestamptz)"))
            session.execute(text("INSERT INTO stopped.clock VALUES (now())"))
            session.execute(
                text(
                    "CREATE FUNCTION stopped.clock_timestamp() RETURNS timestamptz LANGUAGE sql "
                    "AS 'SELECT at FROM stopped.clock'"
                )
            )
            session.execute(text(f"ALTER DATABASE {name} SET search_path = stopped, pg_catalog, public"))

    def set(self, moment):
        self.moment = moment
        if not self.database.is_sqlite:
            with self.database.write() as session:
                session.execute(text("UPDATE stopped.clock SET at = :at"), {"at": moment})


@pytest.fixture
def judging_until(competition_at, edition_stages):
    """Return a competition whose scoring is open until the deadline, and the clock of its database."""
    competition = competition_at("empty")
    registration, proposal, *rest = edition_stages
    competition.install(stages=[registration, proposal | {"closes": "2026-06-30T23:59:59+07:00"}, *rest])
    competition.begin()
    competition.begin_judging()
    clock = DatabaseClock(competition)
    clock.set(DEADLINE - timedelta(days=1))
    return competition, clock


@pytest.mark.parametrize("early", [timedelta(0), TICK, timedelta(days=1)])
def test_a_sheet_is_taken_up_to_the_very_moment_of_the_deadline(judging_until, early):
    competition, clock = judging_until
    clock.set(DEADLINE - early)
    assert competition.judge("E1", "J1") == 1


@pytest.mark.parametrize("late", [TICK, timedelta(days=1)])
def test_a_sheet_that_comes_after_the_deadline_is_refused_with_both_times(judging_until, late):
    competition, clock = judging_until
    clock.set(DEADLINE + late)
    with pytest.raises(ActionRefused) as refused:
        competition.judge("E1", "J1")
    now = f"{DEADLINE + late:%Y-%m-%d %H:%M:%S}"
    said = f"the stage 'proposal' was open until 2026-06-30 16:59:59 UTC; it is {now} now"
    assert (refused.value.reasons, refused.value.code) == ((said,), "deadline_passed")


def test_field_74_the_clock_of_the_program_decides_nothing(judging_until):
    competition, clock = judging_until
    clock.set(DEADLINE + TICK)
    with standing_at(DEADLINE - timedelta(days=1)), pytest.raises(ActionRefused, match="was open until"):
        competition.judge("E1", "J1")
    clock.set(DEADLINE)
    with standing_at(DEADLINE + timedelta(days=1)):
        assert competition.judge("E1", "J1") == 1


def test_a_stage_closes_before_its_deadline_only_with_a_reason(judging_until):
    competition, clock = judging_until
    clock.set(DEADLINE - TICK)
    with pytest.raises(ActionRefused) as refused:
        competition.do(close_stage, "proposal", early="  ")
    said = "'proposal' is open until 2026-06-30 16:59 UTC; to close it before, give the reason"
    assert (refused.value.reasons, refused.value.code) == ((said,), "early")
    competition.do(close_stage, "proposal", early="semua juri selesai")


def test_a_stage_closes_at_its_deadline_without_a_reason(judging_until):
    competition, clock = judging_until
    clock.set(DEADLINE)
    competition.do(close_stage, "proposal")


def test_a_deadline_in_the_past_takes_nothing_even_while_the_stage_is_open(competition_at, edition_stages):
    competition = competition_at("empty")
    registration, *rest = edition_stages
    competition.install(stages=[registration | {"closes": "2020-01-01T00:00:00+07:00"}, *rest])
    competition.begin()
    with pytest.raises(ActionRefused, match="was open until 2019-12-31 17:00:00 UTC"):
        competition.enter("E1")


def test_a_stage_of_days_counts_them_from_its_opening_by_the_databases_clock(competition_at, edition_stages):
    competition = competition_at("empty")
    registration, *_ = edition_stages
    competition.install(stages=[registration, {"id": "objection", "kind": "objection", "days": 5}])
    competition.begin()
    competition.enter("E1")
    competition.finish("registration")
    clock = DatabaseClock(competition)
    clock.set(DEADLINE)
    assert competition.do(open_stage, "objection").closes_at == DEADLINE + timedelta(days=5)
