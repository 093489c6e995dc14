"""A process of the server leaves connections to the others while it has a request to answer."""

import time
from collections import deque
from selectors import EVENT_READ, DefaultSelector
from socket import create_server
from types import SimpleNamespace

import pytest

from juri.webapp.even_worker import SECONDS_ALONE, EvenWorker

JUST_NOW, LONG_AGO = 0.0, 10 * SECONDS_ALONE


@pytest.fixture
def worker():
    """A worker with a listening socket and two threads, of which none runs: it is told how busy it is."""
    made = EvenWorker.__new__(EvenWorker)
    made.cfg = SimpleNamespace(threads=2, worker_connections=1000)
    made.alive, made._accepting = True, False
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
