"""Jurors who all score at once: their edition, the server they use, and what they send, for the tests and the bench."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from tempfile import TemporaryFile
from typing import Any

from juri.core.accounts.sessions import begin_session, digest_of_rights
from juri.core.editions.loader import load_edition
from juri.core.editions.verbs import find_edition, install_edition, move_edition
from juri.core.entries.people import actor_of, add_organizations, add_person, grant_role
from juri.core.entries.verbs import EntryContent, register_entry, submit_entry
from juri.core.judging.assignments import assign
from juri.core.judging.conflicts import accept_assignment
from juri.core.judging.panels import add_juror
from juri.core.policy import Actor
from juri.core.registry import Registry
from juri.core.stages.deciding import decide
from juri.core.stages.verbs import close_stage, open_stage, seal_stage
from juri.core.storage.database import Database
from juri.core.storage.migrate import migrate
from juri.webapp.sessions import COOKIE

EDITION, STAGE = "ramai-2026", "penilaian"
ORGANISER = "organiser@ramai.test"
CRITERIA = ("manfaat", "kebaruan", "keberlanjutan", "replikasi", "hasil")
OPERATOR = Actor.operator("crowd")
SECONDS_TO_START = 60
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')

_TEXT = {
    "juri": 1,
    "edition": EDITION,
    "name": "Lomba Ramai 2026",
    "categories": ["layanan"],
    "clusters": ["dinas"],
    "panels": [{"id": "juri", "name": "Juri"}],
    "rubrics": {
        "nilai": {
            "kind": "weighted",
            "scale": {"min": 0, "max": 100},
            "criteria": [{"id": name, "weight": 20} for name in CRITERIA],
        }
    },
    "stages": [
        {"id": "pendaftaran", "kind": "registration"},
        {
            "id": STAGE,
            "kind": "scoring",
            "panel": "juri",
            "rubric": "nilai",
            "method": "mean",
            "missing": "submitted",
            "ties": ["panel_decision"],
        },
    ],
}


def prepare(database: Database, registry: Registry, *, jurors: int, entries: int) -> dict[str, str]:
    """Make an edition in which every juror scores every entry; returns the session tokens by address."""
    migrate(database)
    people = [f"juri{number}@ramai.test" for number in range(jurors)]
    with database.write() as session:
        install_edition(session, load_edition(json.dumps(_TEXT), registry), by=OPERATOR)
        running = find_edition(session, registry, EDITION)
        move_edition(session, running, "open", by=OPERATOR)
        add_organizations(session, [("Dinas Satu", "dinas", "")], by=OPERATOR)
        for email, role in [(ORGANISER, "organiser"), *((email, "juror") for email in people)]:
            add_person(session, name=email, email=email, by=OPERATOR)
            grant_role(session, email, role, by=OPERATOR, edition=EDITION)
        for number, email in enumerate(people):
            add_juror(session, running, "juri", email, by=OPERATOR, code=f"J{number}")
    _reach_judging(database, registry, [f"E{number}" for number in range(entries)])
    with database.write() as session:
        running = find_edition(session, registry, EDITION)
        for juror in range(jurors):
            for entry in range(entries):
                accept_assignment(session, running, STAGE, f"E{entry}", f"J{juror}", by=OPERATOR)
        return {email: _signed_in(session, email) for email in (ORGANISER, *people)}


def _reach_judging(database: Database, registry: Registry, entries: Sequence[str]) -> None:
    with database.write() as session:
        running = find_edition(session, registry, EDITION)
        open_stage(session, running, "pendaftaran", by=OPERATOR)
        for code in entries:
            content = EntryContent(title=f"Inovasi {code}", category="layanan", people=("Tim",))
            register_entry(session, running, "Dinas Satu", content, by=OPERATOR, code=code)
            submit_entry(session, running, code, by=OPERATOR)
        close_stage(session, running, "pendaftaran", by=OPERATOR)
    with database.write() as session:
        running = find_edition(session, registry, EDITION)
        decide(session, running, "pendaftaran", signer="Ketua", reason="sesuai aturan", by=OPERATOR)
        seal_stage(session, running, "pendaftaran", signers=["Ketua"], by=OPERATOR)
        open_stage(session, running, STAGE, by=OPERATOR)
        assign(session, running, STAGE, by=OPERATOR)


def _signed_in(session, email: str) -> str:  # noqa: ANN001  a writing session, as the verb takes it
    actor = actor_of(session, email)
    rights = digest_of_rights(actor.grants)
    return begin_session(session, data="{}", person=actor.person, rights=rights, second_factor=True)


@contextmanager
def serving(database_url: str, *, workers: int) -> Iterator[int]:
    """Serve a database by the real command in processes of its own; yields the port."""
    juri = [sys.executable, "-m", "juri", "--database", database_url, "serve", "--workers", str(workers)]
    with started(lambda port: [*juri, "--port", str(port)]) as port:
        yield port


@contextmanager
def started(command: Callable[[int], list[str]]) -> Iterator[int]:
    """Start a server by a command that is told its port, and stop it at the end; yields the port."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}  # noqa: TID251  of the server's process
    environment["JURI_SECRET_KEY"] = "only for a crowd of this machine"  # noqa: S105  of a server that nobody else reaches
    with TemporaryFile("w+") as log:  # a pipe that nobody reads would stop the server once it is full
        server = subprocess.Popen(command(port), env=environment, stdout=log, stderr=log)
        try:
            if not _answers(server, port):
                log.seek(0)
                raise RuntimeError(f"the server did not start: {log.read()}")
            yield port
        finally:
            server.terminate()
            server.wait(SECONDS_TO_START)


def _answers(server: subprocess.Popen[bytes], port: int) -> bool:
    until = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < until and server.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    return False


@dataclass(frozen=True)
class Sent:
    """One request of a juror and its answer: how many seconds the juror waited, and when it was there."""

    juror: str
    entry: str
    finish: bool
    status: int
    version: int
    seconds: float
    at: float


class Browser:
    """A juror's browser: one connection that stays open, the session's cookie, the token of the forms."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)
        self._headers = {"Cookie": f"{COOKIE}={token}"}
        self._forms = ""

    def open(self, path: str) -> int:
        """Open a page; returns the status."""
        status, text = self._ask("GET", path, "", {})
        self._forms = found[1] if (found := _TOKEN.search(text)) else self._forms
        return status

    def send(self, path: str, body: object) -> tuple[int, dict[str, object]]:
        """Send what the page sends while somebody types."""
        headers = {"Content-Type": "application/json", "Accept": "application/json", "X-CSRFToken": self._forms}
        status, text = self._ask("POST", path, json.dumps(body), headers)
        return status, json.loads(text)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _ask(self, method: str, path: str, body: str, headers: dict[str, str]) -> tuple[int, str]:
        try:
            self._connection.request(method, path, body or None, self._headers | headers)
            answer = self._connection.getresponse()
        except (ConnectionError, HTTPException):
            self._connection.close()  # a server may close a connection that rested; a browser asks again
            self._connection.request(method, path, body or None, self._headers | headers)
            answer = self._connection.getresponse()
        return answer.status, answer.read().decode()


def score(port: int, juror: str, token: str, entries: Sequence[str], *, drafts: int) -> Iterator[Sent]:
    """Let one juror score entries: drafts first, the last one twice as after a lost answer, then the whole sheet."""
    browser = Browser(port, token)
    browser.open(f"/juror/{EDITION}/{STAGE}/{entries[0]}/")
    for entry in entries:
        yield from _score_one(browser, juror, entry, drafts)
    browser.close()


def _score_one(browser: Browser, juror: str, entry: str, drafts: int) -> Iterator[Sent]:
    path = f"/juror/{EDITION}/{STAGE}/{entry}/save"
    version = 0
    for step in [*range(drafts), *range(max(0, drafts - 1), drafts), drafts]:
        finish = step == drafts
        answered = CRITERIA if finish else CRITERIA[: step + 1]
        answers = {name: {"value": str(50 + (step + len(entry)) % 50)} for name in answered}
        body = {"version": step, "key": f"{juror}-{entry}-{step}", "finish": finish, "answers": answers}
        begun = time.perf_counter()
        status, told = browser.send(path, body)
        version = int(str(told.get("version", version)))
        at = time.perf_counter()
        yield Sent(juror, entry, finish, status, version, at - begun, at)


def look(port: int, token: str, path: str, times: int) -> Iterator[dict[str, float]]:
    """Open one page over and over."""
    browser = Browser(port, token)
    for _ in range(times):
        begun = time.perf_counter()
        status = browser.open(path)
        at = time.perf_counter()
        yield {"status": status, "seconds": at - begun, "at": at}
    browser.close()


def main() -> None:
    """Be the crowd in a process of its own: reads what to do, writes a line for every answer as it comes."""
    plan = json.load(sys.stdin)
    with ThreadPoolExecutor(plan["at_once"]) as pool:
        for done in [pool.submit(_tell, answers) for answers in _plays(plan)]:
            done.result()


def _plays(plan: dict[str, Any]) -> Iterator[Iterator[dict[str, Any]]]:
    if "path" in plan:
        times = plan["times"] // plan["at_once"]
        for _ in range(plan["at_once"]):
            yield look(plan["port"], plan["token"], plan["path"], times)
    else:
        for juror, token in plan["jurors"].items():
            yield map(vars, score(plan["port"], juror, token, plan["entries"], drafts=plan["drafts"]))


def _tell(answers: Iterator[dict[str, Any]]) -> None:
    for answer in answers:
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
