"""The clock of the machine, which a test can stop."""

from datetime import UTC, datetime, timedelta

import pytest

from juri.core.clock import now, standing_at

MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_the_time_is_in_utc_and_goes_on():
    first, second = now(), now()
    assert first <= second
    assert first.utcoffset() == timedelta(0)


def test_the_clock_stands_still_where_it_is_told_to_and_goes_on_afterwards():
    with standing_at(MOMENT):
        assert now() == now() == MOMENT
        with standing_at(MOMENT + timedelta(days=1)):
            assert now() == MOMENT + timedelta(days=1)
        assert now() == MOMENT
    assert now() > MOMENT


def test_the_clock_goes_on_after_an_error_too():
    with pytest.raises(ZeroDivisionError), standing_at(MOMENT):
        raise ZeroDivisionError
    assert now() > MOMENT
