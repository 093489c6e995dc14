"""What the tests of the demonstration share: a small one that was played once, and the means to play others."""

from dataclasses import dataclass

import pytest

from juri.core.storage.database import Database
from juri.core.storage.migrate import migrate
from juri.webapp.demo.plan import make_plan
from juri.webapp.demo.replay import Replay
from juri.webapp.demo.results import compare_counts, result_digest
from juri.webapp.demo.script import play_demonstration
from juri.webapp.demo.size import size_at
from juri.webapp.workbench import Workbench

SCALE = 0.02


class Quiet:
    """Notes the steps that had something left to do."""

    def __init__(self):
        self.steps = []

    def begin(self, title, length):
        self.steps.append(title)

    def advance(self, done):
        pass

    def end(self):
        pass


@dataclass
class Played:
    replay: Replay
    url: str
    steps: list

    def digest(self):
        with self.replay.workbench.reading() as session:
            return result_digest(session, self.replay.running(session))

    def counts(self):
        with self.replay.workbench.reading() as session:
            counts = compare_counts(session, self.replay.running(session), self.replay.plan.size)
        return {count.name: count for count in counts}

    def read(self, ask):
        with self.replay.workbench.reading() as session:
            return ask(session, self.replay.running(session))


def play_at(url, plan=None):
    database = Database(url)
    migrate(database)
    database.dispose()
    replay, quiet = Replay(Workbench(None, url), plan or make_plan(2023, size_at(SCALE))), Quiet()
    play_demonstration(replay, quiet)
    return Played(replay, url, quiet.steps)


@pytest.fixture
def play(request):
    """Return the function that plays a demonstration to its end in a database, and tells what came of it."""

    def play_and_close(url, plan=None):
        done = play_at(url, plan)
        request.addfinalizer(done.replay.workbench.database.dispose)
        return done

    return play_and_close


@pytest.fixture
def reopened(request):
    """Return the function that looks at a demonstration which another process played."""

    def reopen(url, plan):
        replay = Replay(Workbench(None, url), plan)
        request.addfinalizer(replay.workbench.database.dispose)
        return Played(replay, url, [])

    return reopen


@pytest.fixture(scope="session")
def played(tmp_path_factory):
    """Return a small demonstration that was played to its end; nobody may change it."""
    done = play_at(f"sqlite:///{tmp_path_factory.mktemp('demo') / 'juri.db'}")
    yield done
    done.replay.workbench.database.dispose()
