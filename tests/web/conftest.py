"""Fixtures of the pages: a small edition that is being judged, people signed in, a real server, a real browser."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import axe_playwright_python
import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, event, select
from werkzeug.routing import Rule
from werkzeug.serving import make_server

import juri.webapp.app
from juri.core.accounts.accounts import set_password
from juri.core.accounts.sessions import begin_session, digest_of_rights
from juri.core.editions.loader import load_edition
from juri.core.editions.verbs import find_edition, install_edition, move_edition
from juri.core.entries.model import Person
from juri.core.entries.people import actor_of, add_organizations, add_person, grant_role
from juri.core.entries.verbs import EntryContent, register_entry, submit_entry
from juri.core.judging.assignments import assign, assign_pairs
from juri.core.judging.panels import add_juror
from juri.core.policy import Actor
from juri.core.registry import Registry
from juri.core.stages.deciding import decide
from juri.core.stages.verbs import close_stage, open_stage, seal_stage
from juri.core.storage.database import Database
from juri.core.storage.migrate import migrate
from juri.webapp.app import create_app
from juri.webapp.sessions import cookie_name
from juri.webapp.workbench import Workbench

EDITION = "kota-2026"
PASSWORD_OF_ALL = "jendela biru menghadap timur"  # noqa: S105  the password of invented people
OPERATOR = Actor.operator("test")
PLACES = (
    ("Dinas Kesehatan", "dinas", "Utara"),
    ("Dinas Pendidikan", "dinas", "Selatan"),
    ("Kecamatan Timur", "kecamatan", "Timur"),
)
JURORS = ("J1", "J2", "J3", "J4")
PEOPLE = (
    ("Ayu Administrator", "admin@kota.test", "administrator", "", ""),
    ("Oka Organiser", "organiser@kota.test", "organiser", EDITION, ""),
    ("Sari Secretariat", "secretariat@kota.test", "secretariat", EDITION, ""),
    ("Agus Auditor", "auditor@kota.test", "auditor", EDITION, ""),
    ("Lina Local", "local@kota.test", "local_admin", EDITION, "Dinas Kesehatan"),
    ("Umar Unit", "unit@kota.test", "unit", EDITION, "Dinas Kesehatan"),
    *((f"Juri {code}", f"{code.lower()}@kota.test", "juror", EDITION, "") for code in JURORS),
)
"""Name, address, role, edition and agency. ``nobody@kota.test`` is known as well, and has no role."""

TITLES = (
    "Antrean Puskesmas Tanpa Kertas", "Posyandu Keliling", "Bank Sampah Sekolah", "Perpustakaan Desa Digital",
    "Layanan Akta Satu Hari", "Taman Baca Pesisir", "Ambulans Desa", "Kelas Ibu Hamil Daring",
    "Peta Banjir Warga", "Sekolah Ramah Anak", "Pengaduan Lewat Pesan", "Kebun Gizi Bersama",
)  # fmt: skip


@pytest.fixture(scope="session")
def PASSWORD() -> str:  # noqa: N802  a constant that tests ask for by name
    """Return the password of everybody in ``PEOPLE``."""
    return PASSWORD_OF_ALL


@pytest.fixture(scope="session")
def password() -> str:
    """Return the same, by the name that a test's argument may have."""
    return PASSWORD_OF_ALL


@pytest.fixture(scope="session")
def kota_template(tmp_path_factory: pytest.TempPathFactory, builtin_registry: Registry) -> Path:
    """Return the file of a database with the edition in its scoring, built once and copied for each test."""
    path = tmp_path_factory.mktemp("kota") / "kota.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    _Kota(database, builtin_registry).build()
    database.dispose()
    return path


@pytest.fixture(scope="session")
def build_kota(builtin_registry: Registry) -> Callable[[Database], None]:
    """Return what builds the same edition in another database, which has its tables."""
    return lambda database: _Kota(database, builtin_registry).build()


@pytest.fixture
def bench_on(tmp_path: Path) -> Iterator[Callable[[Path], Workbench]]:
    """Return a factory of workbenches, each on a fresh copy of a database file."""
    opened: list[Workbench] = []

    def make(template: Path) -> Workbench:
        copy = shutil.copyfile(template, tmp_path / template.name)
        opened.append(Workbench(None, f"sqlite:///{copy}"))
        return opened[-1]

    yield make
    for bench in opened:
        bench.database.dispose()


@pytest.fixture
def web_bench(kota_template: Path, bench_on: Callable[[Path], Workbench]) -> Workbench:
    """Return the workbench of a fresh copy of the edition."""
    return bench_on(kota_template)


@pytest.fixture
def web_app(web_bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Return the application, with CSRF switched off; ``make_app`` builds others."""
    return _app(web_bench, monkeypatch, WTF_CSRF_ENABLED=False)


@pytest.fixture
def make_app(web_bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Flask]:
    """Return a factory of applications on the same database with other settings (``base_url="https://..."``)."""

    def make(*, csrf: bool = False, **settings: Any) -> Flask:
        for name, value in settings.items():
            monkeypatch.setenv(f"JURI_{name.upper()}", str(value))
        bench = Workbench(None, web_bench.database_url)
        _ = bench.settings
        for name in settings:
            monkeypatch.delenv(f"JURI_{name.upper()}")
        return _app(bench, monkeypatch, WTF_CSRF_ENABLED=csrf)

    return make


@pytest.fixture
def client_for(web_app: Flask) -> Callable[..., FlaskClient]:
    """Return a factory of test clients: signed in as the person of an address, or nobody without one."""

    def make(email: str = "", app: Flask = web_app) -> FlaskClient:
        client = app.test_client()
        if email:
            client.set_cookie(cookie_name(app.extensions["juri"]), _token(app, email))
        return client

    return make


@dataclass(frozen=True)
class LiveServer:
    """A real server on a free port of this machine; its pages have CSRF as in production."""

    app: Flask
    url: str


@pytest.fixture
def live_server(web_bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveServer]:
    """Serve the edition over HTTP."""
    app = _app(web_bench, monkeypatch)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield LiveServer(app, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Start Chromium; without one skip, and in CI fail."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None or find_spec("playwright") is None:
        missing = "no Chromium or no playwright is installed: the pages are not tested in a browser"
        if os.environ.get("CI") == "true":  # noqa: TID251  a setting of the tests, not of Juri
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    from playwright.sync_api import sync_playwright

    flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
    with sync_playwright() as playwright:
        watched = os.environ.get("JURI_TEST_WATCH") == "1"  # noqa: TID251  a setting of the tests, not of Juri
        found = playwright.chromium.launch(
            executable_path=chromium, args=[*flags, "--disable-sync"], headless=not watched, slow_mo=400 * watched
        )
        yield found
        found.close()


@pytest.fixture
def page_for(live_server: LiveServer, browser: Any) -> Iterator[Callable[..., Any]]:
    """Return a factory of browser pages, signed in as somebody: ``page_for(email, width=360, theme="dark")``.

    Other keywords are those of a Playwright context. The page's base address is the live server's.
    """
    opened = []

    def make(email: str = "", *, width: int = 1280, height: int = 900, theme: str = "light", **options: Any) -> Any:
        viewport = {"width": width, "height": height}
        context = browser.new_context(
            base_url=live_server.url, viewport=viewport, color_scheme=theme, locale="id-ID", **options
        )
        context.set_default_timeout(15_000)
        opened.append(context)
        if email:
            name = cookie_name(live_server.app.extensions["juri"])
            context.add_cookies([{"name": name, "value": _token(live_server.app, email), "url": live_server.url}])
        return context.new_page()

    yield make
    for context in opened:
        with suppress(Exception):
            context.close()


# The tests are no package, so that the module which several of them share is loaded by its path.
_spec = importlib.util.spec_from_file_location("juri_writing", Path(__file__).with_name("writing.py"))
assert _spec is not None
assert _spec.loader is not None
writing_module = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = writing_module
_spec.loader.exec_module(writing_module)


_CROWD = Path(__file__).resolve().parents[2] / "bench" / "crowd.py"


@pytest.fixture(scope="session")
def crowd() -> ModuleType:
    """Return the module that serves by the real command and knows a crowd of jurors; the bench has it, too."""
    spec = importlib.util.spec_from_file_location("juri_crowd", _CROWD)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def writing_template(kota_template: Path, tmp_path_factory: pytest.TempPathFactory, builtin_registry: Registry) -> Path:
    """Return the file of a database with a second edition, whose registration is open; built once."""
    path = tmp_path_factory.mktemp("tulis") / "tulis.db"
    shutil.copyfile(kota_template, path)
    database = Database(f"sqlite:///{path}")
    writing_module.Writing(database, builtin_registry).build()
    database.dispose()
    return path


@pytest.fixture
def tulis(web_bench: Workbench) -> Any:
    """Return the edition whose registration is open, where a test works on ``writing_template``."""
    return writing_module.Writing(web_bench.database, web_bench.registry)


@pytest.fixture(scope="session")
def counted() -> Callable[[], AbstractContextManager[list[str]]]:
    """Return what gathers the statements that databases are sent meanwhile: ``with counted() as said: ...``.

    A transaction begins with ``BEGIN``.
    """

    @contextmanager
    def count() -> Iterator[list[str]]:
        said: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            said.append(statement)

        def note_begin(_connection: Any) -> None:
            said.append("BEGIN")

        event.listen(Engine, "before_cursor_execute", note)
        event.listen(Engine, "begin", note_begin)
        try:
            yield said
        finally:
            event.remove(Engine, "before_cursor_execute", note)
            event.remove(Engine, "begin", note_begin)

    return count


@pytest.fixture(scope="session")
def axe_source() -> str:
    """Return the text of axe-core, which looks a page over for barriers."""
    path = Path(axe_playwright_python.__file__).parent / "axe.min.js"
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="session", autouse=True)
def _templates_are_compiled_once(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[None]:
    """Keep what Jinja compiles, for all applications of all workers: 120 templates take a second or two."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "templates"
    folder.mkdir(exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": FileSystemBytecodeCache(str(folder))})
        yield


@pytest.fixture(scope="session", autouse=True)
def _addresses_are_compiled_once() -> Iterator[None]:
    """Keep what Werkzeug compiles for each address: each test has an application of its own, all with the same."""
    compiled: dict[Any, Any] = {}
    compile_builder = Rule._compile_builder

    def kept(rule: Rule, append_unknown: bool = True) -> Any:
        key = (rule.rule, tuple(rule._trace), repr(rule.defaults), append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", kept)
        yield


def _app(bench: Workbench, monkeypatch: pytest.MonkeyPatch, **config: Any) -> Flask:
    there = tuple(each for each in juri.webapp.app.AUDIENCES if find_spec(f"juri.webapp.{each}.views"))
    monkeypatch.setattr(juri.webapp.app, "AUDIENCES", there)
    app = create_app(bench, SECRET_KEY="only for tests", **config)  # noqa: S106  signs forms that no one else sees
    app.testing = True
    return app


def _token(app: Flask, email: str) -> str:
    """Sign a person in without the page, as if a second factor had been shown."""
    bench: Workbench = app.extensions["juri"]
    with bench.database.write() as session:
        actor = actor_of(session, email)
        rights = digest_of_rights(actor.grants)
        return begin_session(session, data="{}", person=actor.person, rights=rights, second_factor=True)


@dataclass(frozen=True)
class _Kota:
    """Builds the edition through the real verbs: 12 entries, 2 tracks, 4 jurors, in the middle of scoring."""

    database: Database
    registry: Registry

    def do(self, verb: Callable[..., Any], *args: Any, **options: Any) -> None:
        with self.database.write() as session:
            verb(session, find_edition(session, self.registry, EDITION), *args, by=OPERATOR, **options)

    def build(self) -> None:
        text = Path(__file__).with_name("kota-2026.yaml").read_text(encoding="utf-8")
        with self.database.write() as session:
            install_edition(session, load_edition(text, self.registry), by=OPERATOR)
        self.do(move_edition, "open")
        self.add_people()
        self.do(open_stage, "registration")
        self.add_entries()
        self.finish("registration")
        self.do(open_stage, "admin")
        self.finish("admin")
        self.do(open_stage, "penilaian")
        self.do(assign_pairs, "penilaian", [("K-01", "J1"), ("K-01", "J2"), ("K-02", "J1")])  # as tests have it
        self.do(assign, "penilaian")

    def add_people(self) -> None:
        with self.database.write() as session:
            running = find_edition(session, self.registry, EDITION)
            add_organizations(session, PLACES, by=OPERATOR)
            add_person(session, name="Nova Nobody", email="nobody@kota.test", by=OPERATOR)
            for name, email, role, edition, place in PEOPLE:
                add_person(session, name=name, email=email, by=OPERATOR, organization=place)
                grant_role(session, email, role, by=OPERATOR, edition=edition, organization=place)
            for code in JURORS:
                add_juror(session, running, "juri", f"{code.lower()}@kota.test", by=OPERATOR, code=code)
            for email in session.scalars(select(Person.email)).all():
                set_password(session, email, PASSWORD_OF_ALL, by=OPERATOR)

    def add_entries(self) -> None:
        for number, title in enumerate(TITLES):
            content = EntryContent(
                title=title,
                track="replikasi" if number % 3 == 2 else "umum",
                category="pendidikan" if number % 2 else "kesehatan",
                people=("Tim Inovasi",),
                answers={"ringkasan": f"{title} memudahkan warga.", "tahun": str(number % 4)},
            )
            code = f"K-{number + 1:02}"
            self.do(register_entry, PLACES[number % 3][0], content, code=code)
            self.do(submit_entry, code)

    def finish(self, stage: str) -> None:
        self.do(close_stage, stage)
        self.do(decide, stage, signer="Ketua", reason="sesuai aturan")
        self.do(seal_stage, stage, signers=["Ketua"])
