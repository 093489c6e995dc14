"""Codes in the order in which people expect them, the same from both databases and from Python."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select

from juri.core.editions.model import EditionRow
from juri.core.storage.base import table_of
from juri.core.storage.database import Database
from juri.core.storage.migrate import migrate
from juri.core.storage.natural import natural_key, naturally

ORDERED = [
    "7",
    "11",
    "K-01",
    "K-1",
    "K-2",
    "K-09",
    "K-10",
    "K-100",
    "R",
    "R-0",
    "R-2",
    "R-10",
    "R-100000000000000000001",
    "S-1",
]


def test_the_number_at_the_end_counts_as_a_number():
    shuffled = sorted(ORDERED, key=lambda code: code[::-1])
    assert sorted(shuffled, key=natural_key) == ORDERED


@pytest.fixture
def filled(database_url):
    """Return a database with a row for each code, written in another order."""
    database = Database(database_url)
    migrate(database)
    editions = table_of(EditionRow)
    with database.writer.begin() as connection:
        for code in sorted(ORDERED, key=lambda code: code[::-1]):
            connection.execute(insert(editions).values(slug=code, state="draft", revision=1))
    yield database
    database.dispose()


def test_both_databases_order_rows_as_python_does(filled):
    with filled.read() as session:
        found = list(session.scalars(select(EditionRow.slug).order_by(*naturally(EditionRow.slug))))
    assert found == ORDERED


@given(st.lists(st.from_regex(r"[A-Z]{0,2}-?[0-9]{0,4}", fullmatch=True)))
def test_no_two_codes_are_taken_for_one_and_the_order_is_that_of_the_numbers(codes):
    found = sorted(set(codes), key=natural_key)
    assert len({natural_key(code) for code in found}) == len(found)
    for first, second in pairwise(found):
        before, after = first.rstrip("0123456789"), second.rstrip("0123456789")
        assert before <= after
        if before == after:
            assert int(first[len(before) :] or 0) <= int(second[len(after) :] or 0)
