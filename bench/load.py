"""The load on the pages, as a process of its own: jurors who score, or somebody who opens one page over and over.

It shares the machine with what it measures, so it is as cheap as it can be and stay honest: one thread, connections
that stay open, requests that are put together before they are timed, answers that are read to their end. It reads what
to do from standard input and writes a line for every answer as it comes; at the end it tells on standard error how many
seconds of the processor it took.
"""

from __future__ import annotations

import json
import re
import socket
import sys
import time
from collections import deque
from collections.abc import Generator, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from selectors import EVENT_READ, DefaultSelector
from typing import Any

_FORMS = re.compile(rb'name="csrf_token" value="([^"]+)"')
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_CLOSING = re.compile(rb"\r\nconnection: close\r\n", re.IGNORECASE)
_HEAD_END = b"\r\n\r\n"
_PIECE = 1 << 16
_SCRIPT = "Content-Type: application/json\r\nAccept: application/json\r\n"


@dataclass(frozen=True)
class Answer:
    """A whole answer: its status and body, how many seconds somebody waited for it, and when it was there."""

    status: int
    body: bytes
    seconds: float
    at: float


Talk = Generator[bytes, Answer, None]
"""What one person does: requests one after the other, each put together from the answers before."""


class Line:
    """One person's connection to the server; it stays open, and is made anew where the server closes it."""

    def __init__(self, port: int, talk: Talk) -> None:
        self._port = port
        self._talk = talk
        self._found = bytearray()
        self.socket = self._connected()
        self._send(next(talk))

    def go_on(self) -> bool:
        """Read what came; once the answer is whole, send the next request. Tells whether the talk goes on."""
        piece = self.socket.recv(_PIECE)
        self._found += piece
        if not piece and not self._found:
            self.socket.close()
            self.socket = self._connected()
            self.socket.sendall(self._request)
            return True
        if not piece:
            raise ConnectionError(f"the answer ended too soon: {bytes(self._found)[:200]!r}")
        answer = self._whole()
        if answer is None:
            return True
        if _CLOSING.search(self._found, 0, self._found.find(_HEAD_END) + 2):
            self.socket.close()
            self.socket = self._connected()
        self._found.clear()
        with suppress(StopIteration):
            self._send(self._talk.send(answer))
            return True
        return False

    def _whole(self) -> Answer | None:
        head = self._found.find(_HEAD_END)
        if head < 0:
            return None
        told = _LENGTH.search(self._found, 0, head + len(_HEAD_END))
        if told is None:
            raise ConnectionError(f"an answer without a length: {bytes(self._found)[:200]!r}")
        begin = head + len(_HEAD_END)
        if len(self._found) < begin + int(told[1]):
            return None
        at = time.perf_counter()
        return Answer(int(self._found[9:12]), bytes(self._found[begin:]), at - self._begun, at)

    def _send(self, request: bytes) -> None:
        self._request = request
        self._begun = time.perf_counter()
        self.socket.sendall(request)

    def _connected(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self._port), timeout=60)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made


def play(port: int, talks: Iterator[Talk], at_once: int) -> None:
    """Let people talk with the server, so many at once, until nobody has more to say."""
    waiting = deque(talks)
    with DefaultSelector() as selector:
        while waiting or selector.get_map():
            while waiting and len(selector.get_map()) < at_once:
                line = Line(port, waiting.popleft())
                selector.register(line.socket, EVENT_READ, line)
            for key, _events in selector.select():
                selector.unregister(key.fileobj)
                if key.data.go_on():
                    selector.register(key.data.socket, EVENT_READ, key.data)
                else:
                    key.data.socket.close()


def score(plan: Mapping[str, Any], juror: str, token: str) -> Talk:
    """Let one juror score entries: drafts first, the last one twice as after a lost answer, then the whole sheet."""
    cookie = f"Cookie: {plan['cookie']}={token}\r\n"
    page = yield _request(f"GET {plan['place']}/{plan['entries'][0]}/", cookie)
    forms = _FORMS.search(page.body)
    if forms is None:
        raise ConnectionError(f"the first page is no form: {page.body[:200]!r}")
    headers = _SCRIPT + f"X-CSRFToken: {forms[1].decode()}\r\n"
    for entry in plan["entries"]:
        version = 0
        for step, body in _bodies(plan, juror, entry):
            answer = yield _request(f"POST {plan['place']}/{entry}/save", cookie + headers, body)
            version = int(json.loads(answer.body).get("version", version))
            finish = step == plan["drafts"]
            _tell(answer, juror=juror, entry=entry, finish=finish, version=version)


def _bodies(plan: Mapping[str, Any], juror: str, entry: str) -> Iterator[tuple[int, str]]:
    drafts, criteria = plan["drafts"], plan["criteria"]
    for step in [*range(drafts), *range(max(0, drafts - 1), drafts), drafts]:
        answered = criteria if step == drafts else criteria[: step + 1]
        answers = {name: {"value": str(50 + (step + len(entry)) % 50)} for name in answered}
        key = f"{juror}-{entry}-{step}"
        yield step, json.dumps({"version": step, "key": key, "finish": step == drafts, "answers": answers})


def look(plan: Mapping[str, Any]) -> Talk:
    """Open one page over and over."""
    request = _request(f"GET {plan['path']}", f"Cookie: {plan['cookie']}={plan['token']}\r\n")
    for _ in range(plan["times"] // plan["at_once"]):
        _tell((yield request))


def _request(what: str, headers: str, body: str = "") -> bytes:
    length = f"Content-Length: {len(body.encode())}\r\n" if body else ""
    return f"{what} HTTP/1.1\r\nHost: 127.0.0.1\r\n{headers}{length}\r\n{body}".encode()


def _tell(answer: Answer, **more: object) -> None:
    said = {**more, "status": answer.status, "seconds": answer.seconds, "at": answer.at}
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Do what standard input says."""
    plan = json.load(sys.stdin)
    if "path" in plan:
        talks: Iterator[Talk] = (look(plan) for _ in range(plan["at_once"]))
    else:
        talks = (score(plan, juror, token) for juror, token in plan["jurors"].items())
    begun = time.process_time()
    play(plan["port"], talks, plan["at_once"])
    sys.stderr.write(f"{time.process_time() - begun}\n")


if __name__ == "__main__":
    main()
