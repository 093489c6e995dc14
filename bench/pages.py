"""Measure the pages under load, beside the floor that this machine has in the same minute: the database, bare Flask.

Sixteen connections of a process of its own keep four server processes busy. What is promised (50 jurors at a deadline):
at least 300 scorecards a second on SQLite with every commit on the disk, 99 of 100 answered within 250 ms, none later
than a second; an organiser's page of 50 entries at least 200 times a second. On two cores with nothing else to do.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import crowd
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from juri.core.registry import Registry
from juri.core.settings import load_settings
from juri.core.storage.database import Database
from juri.plugins.manager import load_plugins

WORKERS, CONNECTIONS = 4, 16
JURORS, ENTRIES, DRAFTS = 50, 50, 0
OPENINGS = 1500
WARM_UP = 20 * CONNECTIONS
"""So many openings come first and are not counted: each process makes its templates ready with its first pages."""
RAW_COMMITS = 2000
POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
BARE = "from flask import Flask\napp = Flask('bare')\napp.route('/')(lambda: {'hello': 'world'})\n"
PERCENTILE = 99


@dataclass(frozen=True)
class Load:
    """What a load came to: answers a second, how long people waited, in milliseconds, and its share of one core."""

    rate: float
    median: float
    p99: float
    longest: float
    own: float

    @classmethod
    def of(cls, seconds: Sequence[float], whole: float, own: float) -> Load:
        """Sum up the waiting times of a load that took ``whole`` seconds, ``own`` of a processor for itself."""
        waits = sorted(1000 * each for each in seconds)
        cuts = statistics.quantiles(waits, n=100)
        return cls(len(waits) / whole, statistics.median(waits), cuts[PERCENTILE - 1], waits[-1], own / whole)

    def __str__(self) -> str:
        return (
            f"{self.rate:6.0f}/s   p50 {self.median:5.0f} ms   p99 {self.p99:5.0f} ms   longest {self.longest:5.0f} ms"
            f"   load itself {self.own:4.0%} of a core"
        )


def main() -> int:
    """Print each load with its ratio to the floors; returns 1 where a promise was not kept."""
    registry = load_plugins(load_settings({})).registry
    with tempfile.TemporaryDirectory() as folder:
        bare = measure_bare(Path(folder))
        print(f"bare Flask            {bare}")
        saves, page = measure_product(f"sqlite:///{folder}/juri.db", registry, bare)
    with a_postgres() as url:
        if url:
            measure_product(url, registry, bare)
        else:
            print("PostgreSQL            not measured: none answers (JURI_TEST_POSTGRES_URL)")
    kept = saves.rate >= 300 and saves.p99 <= 250 and saves.longest <= 1000 and page.rate >= 200  # noqa: PLR2004  see the top
    print(f"promised on SQLite: {'kept' if kept else 'NOT KEPT'}")
    return int(not kept)


def measure_product(url: str, registry: Registry, bare: Load) -> tuple[Load, Load]:
    """Measure scorecards and an organiser's page on one database."""
    database = Database(url)
    name = make_url(url).get_backend_name()
    tokens = crowd.prepare(database, registry, jurors=JURORS, entries=ENTRIES)
    raw = measure_raw(database)
    print(f"{name:<12}raw       {raw:6.0f} commits/s, one connection")
    organiser = tokens.pop(crowd.ORGANISER)
    with crowd.serving(url, workers=WORKERS) as port:
        page = measure_page(port, organiser, f"/organiser/{crowd.EDITION}/entries/")
        saves = measure_saves(port, tokens)
    database.dispose()
    for what, load in (("scorecard", saves), ("entries", page)):
        print(f"{name:<12}{what:<10}{load}   {load.rate / bare.rate:.2f} of bare Flask, {load.rate / raw:.2f} of raw")
    return saves, page


def measure_raw(database: Database) -> float:
    """Commit one small row after another as the writer does, without anything of ours; returns commits a second."""
    engine = create_engine(database.writer.url, module=database.writer.dialect.dbapi)
    with engine.connect() as connection:
        if database.is_sqlite:
            connection.exec_driver_sql("PRAGMA synchronous=FULL")
        connection.execute(text("CREATE TABLE floor (value TEXT)"))
        connection.commit()
        begun = time.perf_counter()
        for number in range(RAW_COMMITS):
            connection.execute(text("INSERT INTO floor VALUES (:value)"), {"value": str(number)})
            connection.commit()
        seconds = time.perf_counter() - begun
        connection.execute(text("DROP TABLE floor"))
        connection.commit()
    engine.dispose()
    return RAW_COMMITS / seconds


def measure_bare(folder: Path) -> Load:
    """Measure an application that only says hello, on the same server with the same settings."""
    (folder / "bare.py").write_text(BARE, encoding="utf-8")
    gunicorn = [sys.executable, "-m", "gunicorn", "--chdir", str(folder), "--worker-class", "gthread"]
    options = ["--workers", str(WORKERS), "--threads", "4", "--log-level", "error", "bare:app"]
    with crowd.started(lambda port: [*gunicorn, "--bind", f"127.0.0.1:{port}", *options]) as port:
        return measure_page(port, "", "/")


def measure_page(port: int, token: str, path: str) -> Load:
    """Open a page over and over, from a process of its own."""
    plan = crowd.plan_of_looking(port, token, path, times=OPENINGS, at_once=CONNECTIONS)
    _measured(plan | {"times": WARM_UP})
    return _measured(plan)


def measure_saves(port: int, tokens: dict[str, str]) -> Load:
    """Let the crowd score; no draft and no rest between: the deadline."""
    return _measured(crowd.plan_of_scoring(port, tokens, ENTRIES, drafts=DRAFTS, at_once=CONNECTIONS))


def _measured(plan: dict[str, object]) -> Load:
    told = subprocess.run(
        [sys.executable, crowd.LOAD], input=json.dumps(plan), capture_output=True, text=True, check=True
    )
    answers = [json.loads(line) for line in told.stdout.splitlines()]
    wrong = [each for each in answers if each["status"] != 200]  # noqa: PLR2004  the one status that is meant
    if wrong:
        raise RuntimeError(f"{len(wrong)} of {len(answers)} were not answered as they should: {wrong[0]}")
    begun = min(each["at"] - each["seconds"] for each in answers)
    whole = max(each["at"] for each in answers) - begun
    return Load.of([each["seconds"] for each in answers], whole, float(told.stderr))


@contextmanager
def a_postgres() -> Iterator[str]:
    """Make a database on the server that the tests use; yields nothing where none answers."""
    server = create_engine(os.environ.get("JURI_TEST_POSTGRES_URL", POSTGRES), isolation_level="AUTOCOMMIT")  # noqa: TID251  as the tests do
    name = f"juri_bench_{uuid4().hex[:8]}"
    try:
        with server.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
    except OperationalError:
        yield ""
        return
    yield server.url.set(database=name).render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


if __name__ == "__main__":
    sys.exit(main())
