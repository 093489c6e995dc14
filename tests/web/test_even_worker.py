"""A process of the server leaves connections to the others while it has a request to answer; its own take turns."""

import time
from collections import deque
from math import inf
from selectors import EVENT_READ, DefaultSelector
from socket import create_server
from threading import Condition, Event, Thread
from types import SimpleNamespace

import pytest

from juri.webapp.even_worker import SECONDS_ALONE, EvenWorker, Turn

JUST_NOW, LONG_AGO = 0.0, 10 * SECONDS_ALONE


@pytest.fixture
def worker():
    """A worker with a listening socket and two threads, of which none runs: it is told how busy it is."""
    made = EvenWorker.__new__(EvenWorker)
    made.cfg = SimpleNamespace(threads=2, worker_connections=1000)
    made.alive, made._accepting, made._turn = True, False, Turn()
    made.keepalived_conns, made.pending_conns = deque(), deque()
    with create_server(("127.0.0.1", 0)) as listener, DefaultSelector() as made.poller:
        made.sockets = [listener]
        yield made


def accepts(worker, *, at_work, begun, idle=0):
    """Let the worker look for what to do next; returns whether it would take another connection."""
    worker.nr_conns = at_work + idle
    worker.keepalived_conns = deque(range(idle))
    worker._begun = time.monotonic() - begun
    worker.wait_for_and_dispatch_events(0)
    return any(key.events & EVENT_READ for key in worker.poller.get_map().values())


@pytest.mark.parametrize(
    ("at_work", "begun", "taken"),
    [(0, JUST_NOW, True), (1, JUST_NOW, False), (1, LONG_AGO, True), (2, LONG_AGO, False), (3, LONG_AGO, False)],
)
def test_a_request_has_the_process_to_itself_unless_it_takes_long(worker, at_work, begun, taken):
    assert accepts(worker, at_work=at_work, begun=begun) is taken


def test_connections_that_stay_open_without_a_request_keep_nobody_out(worker):
    assert accepts(worker, at_work=0, begun=JUST_NOW, idle=50)


def test_a_worker_that_ends_takes_nobody(worker):
    assert accepts(worker, at_work=0, begun=LONG_AGO)
    worker.alive = False
    assert not accepts(worker, at_work=0, begun=LONG_AGO)


def test_connections_stay_open_until_more_requests_come_than_one_at_a_time(worker):
    accepts(worker, at_work=1, begun=JUST_NOW)
    assert worker.max_keepalived > 0
    accepts(worker, at_work=2, begun=JUST_NOW)
    assert worker.max_keepalived == 0


class Queue(Condition):
    """Says when somebody begins to wait."""

    def __init__(self):
        super().__init__()
        self.is_waited_for = Event()

    def wait(self, timeout=None):
        self.is_waited_for.set()
        return super().wait(timeout)


class Request(Thread):
    """A request that works, in its turn, until it is told to end."""

    def __init__(self, turn):
        super().__init__(daemon=True)
        self.turn, self.begins, self.may_end = turn, Event(), Event()
        self.start()

    def run(self):
        with self.turn.taken():
            self.begins.set()
            self.may_end.wait()

    def end(self):
        self.may_end.set()
        self.join()


@pytest.fixture
def turn():
    made = Turn()
    made._changed = Queue()
    return made


def test_a_request_begins_when_the_one_before_it_has_ended(turn):
    first = Request(turn)
    assert first.begins.wait(60)
    second = Request(turn)
    assert turn._changed.is_waited_for.wait(60)
    assert not second.begins.is_set()
    first.end()
    assert second.begins.wait(60)
    second.end()
    assert turn.seconds_alone() == inf


def test_one_that_takes_long_lets_the_next_begin_and_does_not_end_its_turn(turn, worker, monkeypatch):
    worker._turn = turn
    first = Request(turn)
    assert first.begins.wait(60)
    second = Request(turn)
    assert turn._changed.is_waited_for.wait(60)
    monkeypatch.setattr(turn, "_since", turn._since - LONG_AGO)
    accepts(worker, at_work=2, begun=JUST_NOW)
    assert second.begins.wait(60)
    first.end()
    assert turn.seconds_alone() <= SECONDS_ALONE
    second.end()
    assert turn.seconds_alone() == inf


def test_a_request_that_fails_lets_the_next_begin(turn):
    with pytest.raises(ZeroDivisionError), turn.taken():
        raise ZeroDivisionError
    with turn.taken():
        assert 0 < turn.seconds_alone() <= SECONDS_ALONE
