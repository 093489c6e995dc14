"""The small edition of the demonstration: in the middle of its judging, with an account for each role."""

from collections import Counter

import pytest
from sqlalchemy import select

from juri.core.accounts.signing import prove_by_password
from juri.core.audit.checker import verify
from juri.core.editions.loader import load_shipped
from juri.core.editions.verbs import find_edition, install_edition
from juri.core.entries.model import Person
from juri.core.entries.people import actor_of
from juri.core.errors import ActionRefused
from juri.core.judging.assignments import assigned_pairs
from juri.core.storage.database import Database
from juri.core.storage.migrate import migrate
from juri.webapp.demo.access import PEOPLE, open_accounts
from juri.webapp.demo.local import LOCAL, SCORING, play_local
from juri.webapp.workbench import Workbench

pytestmark = pytest.mark.slow


@pytest.fixture
def workbench(tmp_path):
    url = f"sqlite:///{tmp_path / 'juri.db'}"
    database = Database(url)
    migrate(database)
    database.dispose()
    opened = Workbench(None, url)
    yield opened
    opened.database.dispose()


def test_it_is_made_once_and_jurors_are_in_the_middle_of_their_work(workbench):
    assert [play_local(workbench), play_local(workbench)] == [True, False]
    with workbench.reading() as session:
        running = find_edition(session, workbench.registry, LOCAL)
        states = Counter(assigned_pairs(session, running, SCORING).values())
        assert running.state == "judging"
        assert states == {"done": 11, "accepted": 1, "offered": 24, "conflict": 1}
        assert verify(session).findings == ()


def test_where_people_work_neither_the_edition_nor_an_account_is_made(workbench):
    with workbench.writing() as (session, by):
        install_edition(session, load_shipped("sukoharjo-2023", workbench.registry), by=by)
    with pytest.raises(ActionRefused, match="the database holds other editions: sukoharjo-2023"):
        play_local(workbench)
    with workbench.reading() as session:
        assert session.scalars(select(Person.email)).all() == []


def test_everybody_who_may_be_tried_has_a_role_and_the_password_of_this_installation(workbench):
    play_local(workbench)
    assert {"panitia", "sekretariat", "ketua.juri"} <= {email.partition("@")[0] for _, email, _ in PEOPLE}
    password = open_accounts(workbench)
    assert open_accounts(workbench) == password
    for _role, email, _what in PEOPLE:
        assert prove_by_password(workbench.database, email, password, address="").method == "password"
        with workbench.reading() as session:
            assert actor_of(session, email).grants != frozenset()
