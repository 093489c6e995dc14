"""A small competition for the tests of the engine: one edition, played through the real verbs with the real plugins.

The tests are no package: ``conftest.py`` loads this module by its path and offers it as fixtures.
"""

from __future__ import annotations

import copy
import json
import multiprocessing
import shutil
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, insert, make_url, select

from juri.core.audit.checker import Verification, verify
from juri.core.audit.model import AuditEvent
from juri.core.audit.trail import record, seal
from juri.core.clock import now
from juri.core.editions.loader import load_edition
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running, find_edition, install_edition, move_edition
from juri.core.entries.model import EntryRow
from juri.core.entries.people import add_organizations, add_person, grant_role
from juri.core.entries.verbs import EntryContent, register_entry, submit_entry
from juri.core.errors import JuriError
from juri.core.judging.assignments import assign
from juri.core.judging.panels import add_juror
from juri.core.judging.scorecards import prepare_scorecard, submit_scorecard
from juri.core.models import MODELS
from juri.core.policy import Actor
from juri.core.registry import Registry
from juri.core.results.model import DecisionRow
from juri.core.results.snapshots import Hashes, find_snapshot, keep_snapshot
from juri.core.stages.deciding import decide
from juri.core.stages.verbs import close_stage, open_stage, seal_stage
from juri.core.storage.base import table_of
from juri.core.storage.database import Database
from juri.core.storage.migrate import migrate
from juri.core.storage.session import WriteSession

SLUG = "lomba-2026"
TABLES = len(MODELS)
ANSWERS = {"manfaat": "80", "kebaruan": "60"}
"""A sheet that comes to 74: 70 % of 80 and 30 % of 60."""

EDITION: Mapping[str, Any] = {
    "juri": 1,
    "edition": SLUG,
    "name": "Lomba Inovasi 2026",
    "clusters": ["dinas", "kecamatan"],
    "categories": ["kesehatan", "pendidikan"],
    "limits": [{"value": 1, "clusters": ["kecamatan"]}],
    "form": [{"id": "running_years", "type": "number", "label": "Years", "required": False}],
    "panels": [{"id": "te", "name": "Tim Evaluasi", "conflicts": ["own_agency", "own_region", "relation"]}],
    "rubrics": {
        "nilai": {
            "kind": "weighted",
            "scale": {"min": 0, "max": 100},
            "criteria": [{"id": "manfaat", "weight": 70}, {"id": "kebaruan", "weight": 30}],
        }
    },
    "stages": [
        {"id": "registration", "kind": "registration"},
        {
            "id": "proposal",
            "kind": "scoring",
            "panel": "te",
            "rubric": "nilai",
            "method": "mean",
            "missing": "submitted",
            "ties": ["panel_decision"],
        },
        {"id": "finalists", "kind": "cut", "of": "proposal", "rule": {"rule": "top_n", "n": 2}},
        {"id": "winners", "kind": "announcement", "awards": [{"id": "best", "title": "Best", "to": "entry"}]},
        {"id": "after", "kind": "monitoring"},
    ],
}
"""Three jurors, a rubric of two criteria, two finalists. Everything in it is made up."""

PLACES = (("Dinas A", "dinas", "Utara"), ("Dinas B", "dinas", "Selatan"), ("Kecamatan C", "kecamatan", "Timur"))
JURORS = ("J1", "J2", "J3")
ENTRIES = {"E1": "Dinas A", "E2": "Dinas B", "E3": "Dinas B"}
OPERATOR = Actor.operator("test")


def edition_text(**changes: Any) -> str:
    """Write the edition document, with other values for some of its keys."""
    return json.dumps({**EDITION, **changes})


@dataclass(frozen=True)
class Competition:
    """A database with the edition in it, and short ways to the verbs."""

    url: str
    registry: Registry
    by: Actor = OPERATOR
    database: Database = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "database", Database(self.url))

    @property
    def product(self) -> str:
        return make_url(self.url).get_backend_name()

    @contextmanager
    def write(self) -> Iterator[tuple[WriteSession, Running]]:
        with self.database.write() as session:
            yield session, find_edition(session, self.registry, SLUG)

    @contextmanager
    def read(self) -> Iterator[tuple[Any, Running]]:
        with self.database.read() as session:
            yield session, find_edition(session, self.registry, SLUG)

    def do(self, verb: Callable[..., Any], *args: Any, by: Actor | None = None, **options: Any) -> Any:
        """Call a verb of the edition in a transaction of its own."""
        with self.write() as (session, running):
            return verb(session, running, *args, by=by or self.by, **options)

    def install(self, **changes: Any) -> None:
        with self.database.write() as session:
            install_edition(session, load_edition(edition_text(**changes), self.registry), by=self.by)

    def begin(self) -> None:
        """Open the edition and its registration, with the agencies and the panel."""
        self.do(move_edition, "open")
        with self.write() as (session, running):
            add_organizations(session, PLACES, by=self.by)
            for juror in JURORS:
                person = add_person(session, name=juror, email=f"{juror}@juri.test", by=self.by)
                grant_role(session, person.email, "juror", by=self.by, edition=SLUG)
                add_juror(session, running, "te", person.email, by=self.by, code=juror)
        self.do(open_stage, "registration")

    def enter(self, code: str, organization: str = "Dinas A", *, submit: bool = True, **content: Any) -> None:
        written = EntryContent(**{"title": f"Inovasi {code}", "category": "kesehatan", **content})
        with self.write() as (session, running):
            register_entry(session, running, organization, written, by=self.by, code=code)
            if submit:
                submit_entry(session, running, code, by=self.by)

    def finish(self, stage: str, *, outcomes: Mapping[str, str] | None = None) -> None:
        """Close, decide and seal a stage."""
        self.do(close_stage, stage)
        self.do(decide, stage, signer="Ketua", reason="sesuai aturan", outcomes=outcomes)
        self.do(seal_stage, stage, signers=["Ketua"])

    def begin_judging(self) -> None:
        for code, place in ENTRIES.items():
            self.enter(code, place)
        self.finish("registration")
        self.do(open_stage, "proposal")
        self.do(assign, "proposal")

    def judge(
        self,
        entry: str,
        juror: str,
        answers: Mapping[str, str] = ANSWERS,
        *,
        version: int = 0,
        draft: bool = False,
        stage: str = "proposal",
        by: Actor | None = None,
        **options: Any,
    ) -> int:
        """Prepare a sheet and submit it; returns its version."""
        with self.read() as (session, running):
            sheet = prepare_scorecard(
                session, running, stage=stage, entry=entry, juror=juror, answers=answers, draft=draft
            )
        with self.write() as (session, running):
            return submit_scorecard(session, running, sheet, by=by or self.by, version=version, **options).version

    def judge_all(self, points: Mapping[str, int] | None = None) -> None:
        for entry, value in (points or {"E1": 90, "E2": 70, "E3": 50}).items():
            for juror in JURORS:
                self.judge(entry, juror, {"manfaat": str(value), "kebaruan": str(value)})

    def seal(self) -> int:
        """Seal everything that is committed; waits for transactions in other databases of the server to end."""
        sealed = seal(self.database)
        while self._waiting():
            sealed += seal(self.database)
        return sealed

    def _waiting(self) -> int:
        with self.database.read() as session:
            return session.scalars(select(func.count()).where(AuditEvent.seq.is_(None))).one()

    def verified(self) -> Verification:
        """Seal what waits, and check everything."""
        self.seal()
        with self.database.read() as session:
            return verify(session)


STEPS: Mapping[str, Sequence[Callable[[Competition], None]]] = {
    "empty": (),
    "installed": (Competition.install,),
    "registering": (Competition.install, Competition.begin),
    "judging": (Competition.install, Competition.begin, Competition.begin_judging),
}


@dataclass
class Templates:
    """Databases at some step of the competition, built once for each worker and product, then copied for each test."""

    folder: Path
    registry: Registry
    postgres: Callable[..., str]
    made: dict[tuple[str, str], str] = field(default_factory=dict)

    def url(self, product: str, step: str) -> str:
        if (product, step) not in self.made:
            empty = f"sqlite:///{self.folder / step}.db" if product == "sqlite" else self.postgres()
            competition = Competition(empty, self.registry)
            migrate(competition.database)
            for act in STEPS[step]:
                act(competition)
            competition.seal()
            competition.database.dispose()
            self.made[product, step] = empty
        return self.made[product, step]

    def copy_sqlite(self, step: str, target: Path) -> str:
        shutil.copyfile(Database(self.url("sqlite", step)).path, target)
        return f"sqlite:///{target}"


def swell(database: Database, key: str, entries: int) -> None:
    """Let a closed stage have had many more entries: all that they would have left in it, short of their sheets."""
    with database.write() as session:
        stage = session.scalars(select(StageRow).where(StageRow.key == key)).one()
        like = table_of(EntryRow)
        known = session.execute(select(like).where(like.c.edition_id == stage.edition_id)).mappings().first()
        first = session.scalars(select(func.max(EntryRow.id))).one() + 1
        more = [{"id": first + n, "code": f"Z-{first + n}", "title": f"Tambahan {n}"} for n in range(entries)]
        session.execute(insert(like), [{**known, **each} for each in more])
        decided = {"stage_id": stage.id, "round": stage.revision, "outcome": "stop", "codes": [], "at": now()}
        steps = [{"number": 1, "status": "proposed"}, {"number": 2, "status": "decided", "signer": "Ketua"}]
        session.execute(
            insert(table_of(DecisionRow)),
            [
                {"rule": "", "reason": "", "displaced_by": "", "signer": "", "entry_id": each["id"], **decided, **step}
                for each in more
                for step in steps
            ],
        )
        _keep_more_lines(session, stage, [each["code"] for each in more])
        record(session, by="test", action="test.swell", subject=key)


def _keep_more_lines(session: WriteSession, stage: StageRow, codes: Sequence[str]) -> None:
    """Keep one snapshot more, in which the last track has these entries, too."""
    kept = find_snapshot(session, stage)
    body = copy.deepcopy(kept.body)
    for told in list(body["standings"].values())[-1:]:
        told["lines"] += [{**told["lines"][-1], "entry": code} for code in codes]
    hashes = Hashes(kept.inputs_sha256, kept.rules_sha256, kept.result_sha256)
    keep_snapshot(session, stage, status=f"with {codes[0]}", body=body, hashes=hashes, signers=(), at=kept.at)


@contextmanager
def steps_taken(database: Database) -> Iterator[list[int]]:
    """Count the steps that SQLite takes meanwhile in every transaction of readers: one element for each."""
    steps: list[int] = []
    watched = []

    def watch(connection: Any) -> None:
        watched.append(connection.connection.driver_connection)
        watched[-1].set_progress_handler(lambda: steps.append(1), 1)

    event.listen(database.reader, "begin", watch)
    try:
        yield steps
    finally:
        event.remove(database.reader, "begin", watch)
        for driver in watched:
            driver.set_progress_handler(None, 1)


def told(error: JuriError) -> list[str]:
    """Return what a person is told, one line each."""
    return [str(each) for each in getattr(error, "problems", None) or getattr(error, "reasons", None) or [error]]


def at_once(acts: Iterable[Callable[[], Any]]) -> list[Any]:
    """Run acts in threads that start together; returns what each returned, or the error of Juri that it met."""
    listed = list(acts)
    barrier = threading.Barrier(len(listed), timeout=60)

    def run(act: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return act()
        except JuriError as refused:
            return refused

    with ThreadPoolExecutor(len(listed)) as pool:
        return list(pool.map(run, listed))


_FORK = multiprocessing.get_context("fork")


class Child:
    """A process of its own that runs ``work(send)``; what it sends comes back by ``told``, also when it was killed."""

    def __init__(self, work: Callable[[Callable[[Any], None]], None]) -> None:
        self._ours, theirs = _FORK.Pipe(duplex=False)
        self.process = _FORK.Process(target=work, args=(theirs.send,), daemon=True)
        self.process.start()
        theirs.close()

    def next(self) -> Any:
        """Wait for the next thing that the child sends."""
        return self._ours.recv()

    def rest(self) -> list[Any]:
        """Return everything that the child still sends, until it ends."""
        said = []
        try:
            while True:
                said.append(self._ours.recv())
        except EOFError:
            self.process.join()
            self._ours.close()
        return said
