"""An edition with a stage of every kind, played to the step that a test asks for, and short ways to its pages."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from juri.core.accounts.accounts import set_password
from juri.core.editions.gate import find_stage
from juri.core.editions.loader import load_edition
from juri.core.editions.verbs import Running, find_edition, install_edition, move_edition
from juri.core.entries.people import add_organizations, add_person, grant_role
from juri.core.entries.verbs import EntryContent, register_entry, submit_entry
from juri.core.judging.assignments import assign, assign_pairs
from juri.core.judging.panels import add_juror
from juri.core.judging.scorecards import prepare_scorecard, submit_scorecard
from juri.core.policy import Actor
from juri.core.registry import Registry
from juri.core.stages.acts import Act, record_acts
from juri.core.stages.deciding import decide
from juri.core.stages.model import StageRecord
from juri.core.stages.verbs import close_stage, open_stage, publish_stage, seal_stage
from juri.core.storage.database import Database
from juri.core.storage.migrate import migrate
from juri.webapp.app import create_app
from juri.webapp.workbench import Workbench

EDITION = "raya-2026"
AT = f"/organiser/{EDITION}"
OPERATOR = Actor.operator("test")
PLACES = (
    ("Dinas Kesehatan", "dinas", "Utara"),
    ("Dinas Pendidikan", "dinas", "Selatan"),
    ("Kampung Asei", "kampung", "Timur"),
)
PEOPLE = (
    ("Ayu Administrator", "admin@raya.test", "administrator", ""),
    ("Oka Organiser", "oka@raya.test", "organiser", EDITION),
    ("Rini Organiser", "rini@raya.test", "organiser", EDITION),
    ("Sari Secretariat", "sari@raya.test", "secretariat", EDITION),
    ("Agus Auditor", "agus@raya.test", "auditor", EDITION),
)
"""Name, address, role and edition."""

JURORS = {"J1": "Ratna Dewi", "J2": "Bagus Santoso", "J3": "Maria Tuto"}
PLENARY = {"P1": "Yosef Kambu", "P2": "Lina Sari", "P3": "Hasan Wele"}
ENTRIES = {
    "R-1": ("Antrean Puskesmas Tanpa Kertas", "Dinas Kesehatan", 90),
    "R-2": ("Perpustakaan Perahu", "Dinas Pendidikan", 80),
    "R-3": ("Posyandu Malam", "Dinas Kesehatan", 70),
    "R-4": ("Kebun Gizi Bersama", "Kampung Asei", 60),
    "R-5": ("Kelas Bahasa Ibu", "Kampung Asei", 50),
    "R-6": ("Bank Sampah Sekolah", "Dinas Pendidikan", 80),
}
"""Title, agency, and the points that every juror gives: R-2 and R-6 are equals, R-3 loses its place to R-4."""

STEPS = ("empty", "registering", "screening", "judging", "judged", "cutting", "visiting", "objecting", "meeting",
         "announcing", "published")  # fmt: skip


@dataclass(frozen=True)
class Raya:
    """The edition in a database, with short ways to its verbs and rows."""

    database: Database
    registry: Registry

    def do(self, verb: Callable[..., Any], *args: Any, by: Actor = OPERATOR, **options: Any) -> Any:
        with self.database.write() as session:
            return verb(session, find_edition(session, self.registry, EDITION), *args, by=by, **options)

    def look(self, read: Callable[[Any, Running], Any]) -> Any:
        with self.database.read() as session:
            return read(session, find_edition(session, self.registry, EDITION))

    def state(self, stage: str) -> str:
        return str(self.look(lambda session, running: find_stage(session, running.id, stage).state))

    def rows(self, model: Any, *columns: str) -> list[Any]:
        """Return these columns of every row of a table, in the order in which they were written."""
        with self.database.read() as session:
            found = session.scalars(select(model).order_by(model.id))
            return [tuple(getattr(row, name) for name in columns) for row in found]

    def acts(self, stage: str) -> list[tuple[str, str, Any]]:
        """Return the acts of a stage: topic, subject and data."""

        def read(session: Any, running: Running) -> list[tuple[str, str, Any]]:
            kept = select(StageRecord).where(StageRecord.stage_id == find_stage(session, running.id, stage).id)
            return [(each.topic, each.subject, each.data) for each in session.scalars(kept.order_by(StageRecord.id))]

        return list(self.look(read))

    def finish(self, stage: str, outcomes: Mapping[str, str] | None = None) -> None:
        self.do(close_stage, stage, early="semua sudah selesai")
        self.do(decide, stage, signer="Ketua", reason="sesuai aturan", outcomes=outcomes)
        self.do(seal_stage, stage, signers=["Ketua"])

    def judge(self, juror: str, entry: str, points: int, stage: str = "penilaian", *, new: int | None = None) -> None:
        answers = {"manfaat": str(points), "kebaruan": str(points if new is None else new)}
        sheet = self.look(
            lambda session, running: prepare_scorecard(
                session, running, stage=stage, entry=entry, juror=juror, answers=answers, draft=False
            )
        )
        self.do(submit_scorecard, sheet, version=0)

    def assign(self, pairs: Sequence[tuple[str, str]]) -> None:
        self.do(assign_pairs, "penilaian", pairs)

    def judge_all(self, jurors: Sequence[str] = ("J1", "J2")) -> None:
        for code, (_title, _place, points) in ENTRIES.items():
            for juror in jurors:
                self.judge(juror, code, points)

    def begin(self) -> None:
        text = Path(__file__).with_name("raya-2026.yaml").read_text(encoding="utf-8")
        with self.database.write() as session:
            install_edition(session, load_edition(text, self.registry), by=OPERATOR)
        self.do(move_edition, "open")
        with self.database.write() as session:
            running = find_edition(session, self.registry, EDITION)
            add_organizations(session, PLACES, by=OPERATOR)
            for name, email, role, edition in PEOPLE:
                add_person(session, name=name, email=email, by=OPERATOR)
                grant_role(session, email, role, by=OPERATOR, edition=edition)
                set_password(session, email, "jendela biru menghadap timur", by=OPERATOR)
            for panel, members in (("juri", JURORS), ("pleno", PLENARY)):
                for code, name in members.items():
                    email = f"{code.lower()}@raya.test"
                    add_person(session, name=name, email=email, by=OPERATOR)
                    grant_role(session, email, "juror", by=OPERATOR, edition=EDITION)
                    add_juror(session, running, panel, email, by=OPERATOR, code=code)

    def register(self) -> None:
        self.do(open_stage, "pendaftaran")
        for code, (title, place, _points) in ENTRIES.items():
            category = "pendidikan" if place == "Dinas Pendidikan" else "kesehatan"
            answers = {"ringkasan": f"{title} memudahkan warga."}
            content = EntryContent(title=title, category=category, people=("Tim",), answers=answers)
            self.do(register_entry, place, content, code=code)
            self.do(submit_entry, code)

    def screen(self) -> None:
        self.finish("pendaftaran")
        self.do(open_stage, "administrasi")

    def open_judging(self) -> None:
        answers = [Act("check", {"answer": "yes"}, code, item) for code in ENTRIES for item in ("sk", "asli")]
        self.do(record_acts, "administrasi", answers)
        self.finish("administrasi")
        self.do(open_stage, "penilaian")
        self.do(assign_pairs, "penilaian", [(code, juror) for code in ENTRIES for juror in ("J1", "J2")])

    def cut(self) -> None:
        self.do(close_stage, "penilaian", early="semua sudah selesai")
        self.do(decide, "penilaian", signer="Ketua", reason="sesuai aturan")
        self.do(seal_stage, "penilaian", signers=["Ketua"])
        self.do(open_stage, "nominasi")

    def visit(self) -> None:
        self.finish("nominasi", {"R-2": "advance", "R-6": "stop"})
        self.do(open_stage, "wawancara")
        self.do(assign, "wawancara")

    def hear(self) -> None:
        alive = ("R-1", "R-2", "R-4", "R-5")
        self.do(
            record_acts, "wawancara", [Act("attendance", {"present": "yes", "leader": "yes"}, each) for each in alive]
        )
        self.finish("wawancara")
        self.do(open_stage, "lapangan")
        found = [Act("claim", {"finding": "confirmed", "evidence": ["foto"]}, each, "berjalan") for each in alive]
        self.do(record_acts, "lapangan", found)
        self.finish("lapangan")
        self.do(open_stage, "favorit")
        self.finish("favorit")
        self.do(open_stage, "sanggah")

    def meet(self) -> None:
        self.finish("sanggah")
        self.do(open_stage, "pleno")

    def announce(self) -> None:
        self.do(record_acts, "pleno", [Act("attendance", {"present": "yes"}, "", code) for code in ("P1", "P2")])
        self.finish("pleno")
        self.do(open_stage, "pengumuman")
        self.finish("pengumuman")

    def publish(self) -> None:
        self.do(publish_stage, "pengumuman")


_PLAYED: Mapping[str, Callable[[Raya], None]] = {
    "empty": Raya.begin,
    "registering": Raya.register,
    "screening": Raya.screen,
    "judging": Raya.open_judging,
    "judged": Raya.judge_all,
    "cutting": Raya.cut,
    "visiting": Raya.visit,
    "objecting": Raya.hear,
    "meeting": Raya.meet,
    "announcing": Raya.announce,
    "published": Raya.publish,
}


@dataclass
class Played:
    """Databases of the edition at each step, built once for a worker as far as its tests ask."""

    folder: Path
    registry: Registry
    made: list[Path] = field(default_factory=list)

    def at(self, step: str) -> Path:
        """Return the file of the edition at a step, to be copied."""
        while len(self.made) <= STEPS.index(step):
            path = self.folder / f"{len(self.made)}.db"
            if self.made:
                shutil.copyfile(self.made[-1], path)
            database = Database(f"sqlite:///{path}")
            if not self.made:
                migrate(database)
            _PLAYED[STEPS[len(self.made)]](Raya(database, self.registry))
            database.dispose()
            self.made.append(path)
        return self.made[STEPS.index(step)]


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory, builtin_registry: Registry) -> Played:
    """Return the edition at each of ``STEPS``."""
    return Played(tmp_path_factory.mktemp("raya"), builtin_registry)


@pytest.fixture
def step() -> str:
    """Return the step to which the edition was played; ``parametrize("step", ["visiting"])`` names another."""
    return "judging"


@pytest.fixture(scope="session")
def shared_bench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    """Return a workbench with plugins loaded once; the file of its database is another one for each test."""
    return Workbench(None, f"sqlite:///{tmp_path_factory.mktemp('shared') / 'raya.db'}")


@pytest.fixture(scope="session")
def shared_app(shared_bench: Workbench) -> Flask:
    """Return the application with its templates compiled once."""
    app = create_app(shared_bench, SECRET_KEY="only for tests", WTF_CSRF_ENABLED=False)  # noqa: S106  signs forms that no one else sees
    app.testing = True
    return app


@pytest.fixture
def web_bench(step: str, played: Played, shared_bench: Workbench) -> Iterator[Workbench]:
    """Put a fresh copy of the edition in the place of the one that other pages are tested with."""
    _put(played.at(step), shared_bench)
    yield shared_bench
    shared_bench.database.dispose()


def _put(template: Path, bench: Workbench) -> None:
    path = Path(bench.database_url.removeprefix("sqlite:///"))
    for left in path.parent.glob("raya.db*"):
        left.unlink()
    shutil.copyfile(template, path)


@pytest.fixture
def fresh(step: str, played: Played, web_bench: Workbench) -> Callable[[], None]:
    """Return a function that puts the edition back to where it was when the test began; nobody is signed in then."""

    def again() -> None:
        web_bench.database.dispose()
        _put(played.at(step), web_bench)

    return again


@pytest.fixture
def web_app(web_bench: Workbench, shared_app: Flask) -> Flask:
    """Return the application on that copy."""
    return shared_app


@pytest.fixture
def raya(web_bench: Workbench) -> Raya:
    """Return the edition that the pages show."""
    return Raya(web_bench.database, web_bench.registry)


@pytest.fixture
def oka(client_for: Callable[..., FlaskClient]) -> FlaskClient:
    """Return a client of the organiser, who reads English."""
    client = client_for("oka@raya.test")
    client.set_cookie("language", "en")
    return client


@pytest.fixture
def admin(client_for: Callable[..., FlaskClient]) -> FlaskClient:
    """Return a client of the administrator, who reads English."""
    client = client_for("admin@raya.test")
    client.set_cookie("language", "en")
    return client
