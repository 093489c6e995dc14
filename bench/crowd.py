"""Jurors who all score at once: their edition, and the server they use, for the tests and the bench."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path
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
HANDED_ON = 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$@" 3<&0 < /dev/null'
"""Hands gunicorn a socket as systemd does: nobody else gets its port meanwhile, and who asks early waits in a queue."""
LOAD = Path(__file__).with_name("load.py")
"""The program that is the crowd; it is told a plan."""

EDITION_TEXT = {
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
        install_edition(session, load_edition(json.dumps(EDITION_TEXT), registry), by=OPERATOR)
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
    environment = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}  # noqa: TID251  of the server's process
    environment["JURI_SECRET_KEY"] = "only for a crowd of this machine"  # noqa: S105  of a server that nobody else reaches
    with TemporaryFile("w+") as log:  # a pipe that nobody reads would stop the server once it is full
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
            handing = ["sh", "-c", HANDED_ON, "sh", *command(port)]
            server = subprocess.Popen(handing, env=environment, stdin=listening, stdout=log, stderr=log)
        try:
            if not _answers(port):
                log.seek(0)
                raise RuntimeError(f"the server did not start: {log.read()}")
            yield port
        finally:
            server.terminate()
            server.wait(SECONDS_TO_START)


def _answers(port: int) -> bool:
    """Wait for the first answer, whatever it says; a server that ends instead lets go of the socket."""
    asked = HTTPConnection("127.0.0.1", port, timeout=SECONDS_TO_START)
    with closing(asked), suppress(OSError, HTTPException):
        asked.request("GET", "/")
        return bool(asked.getresponse().status)
    return False


def plan_of_scoring(port: int, tokens: Mapping[str, str], entries: int, *, drafts: int, at_once: int) -> dict[str, Any]:
    """Tell the load what jurors do: each scores every entry."""
    return {
        "port": port,
        "cookie": COOKIE,
        "place": f"/juror/{EDITION}/{STAGE}",
        "jurors": tokens,
        "entries": [f"E{number}" for number in range(entries)],
        "criteria": CRITERIA,
        "drafts": drafts,
        "at_once": at_once,
    }


def plan_of_looking(port: int, token: str, path: str, *, times: int, at_once: int) -> dict[str, Any]:
    """Tell the load which page somebody opens, and how often."""
    return {"port": port, "cookie": COOKIE, "token": token, "path": path, "times": times, "at_once": at_once}
