"""Fixtures of the tests about what must not happen: one world for all, which they look at and leave as it is."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from juri.core.models import MODELS
from juri.core.registry import Registry
from juri.core.storage.base import Base
from juri.core.storage.database import Database, sqlite_driver
from juri.webapp.app import create_app
from juri.webapp.sessions import cookie_name
from juri.webapp.workbench import Workbench

HERE = Path(__file__).parent


def _load(name: str) -> ModuleType:
    """Load a module beside this one by its path: the tests are no package."""
    spec = importlib.util.spec_from_file_location(f"juri_security_{name}", HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


_world, _matrix, _crawl = (_load(name) for name in ("world", "matrix", "crawl"))

NOT_COUNTED = frozenset({"web_session"})
"""Looking at a page may note when a browser was last seen."""


@pytest.fixture(scope="session")
def world(kota_template: Path, builtin_registry: Registry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Return the world of ``world.py``, built once for this process. Whoever writes in it spoils it for the others."""
    path = tmp_path_factory.mktemp("world") / "world.db"
    shutil.copyfile(kota_template, path)
    database = Database(f"sqlite:///{path}")
    built = _world.World(database, builtin_registry)
    _world.build(built, (HERE.parent / "kota-2026.yaml").read_text(encoding="utf-8"))
    yield built
    database.dispose()


@pytest.fixture(scope="session")
def copy_of_world(world: Any, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Database]:
    """Return a function that copies the world, so that something in it can be changed."""

    def copy(name: str) -> Database:
        path = tmp_path_factory.mktemp(name) / f"{name}.db"
        connection = sqlite_driver().connect(world.database.path)
        connection.execute("VACUUM INTO ?", [str(path)])
        connection.close()
        return Database(f"sqlite:///{path}")

    return copy


@pytest.fixture(scope="session")
def app_on() -> Iterator[Callable[[Database], Flask]]:
    """Return a factory of applications on a database, with CSRF switched off: what refuses must be the policy."""
    benches: list[Workbench] = []

    def make(database: Database) -> Flask:
        benches.append(Workbench(None, database.url.render_as_string(hide_password=False)))
        app = create_app(benches[-1], SECRET_KEY=_world.SECRET_KEY, WTF_CSRF_ENABLED=False)
        app.testing = True
        return app

    yield make
    for bench in benches:
        bench.database.dispose()


@pytest.fixture(scope="session")
def world_app(world: Any, app_on: Callable[[Database], Flask]) -> Flask:
    """Return the application on that world."""
    return app_on(world.database)


@pytest.fixture(scope="session")
def as_role(world: Any, world_app: Flask) -> Callable[..., FlaskClient]:
    """Return a factory of test clients, signed in as the person of a role."""

    def make(role: str, app: Flask = world_app) -> FlaskClient:
        client = app.test_client()
        if role in world.tokens:
            client.set_cookie(cookie_name(app.extensions["juri"]), world.tokens[role])
        return client

    return make


@pytest.fixture(scope="session")
def matrix() -> ModuleType:
    """Return the generator of requests."""
    return _matrix


@pytest.fixture(scope="session")
def requests(world: Any, world_app: Flask) -> Any:
    """Return every request that can be made in the world."""
    return _matrix.Requests(world_app, world)


@pytest.fixture(scope="session")
def crawl() -> ModuleType:
    """Return what walks through pages."""
    return _crawl


@pytest.fixture(scope="session")
def world_module() -> ModuleType:
    """Return the module that says what is hidden, and from whom."""
    return _world


@pytest.fixture(scope="session")
def content_of() -> Callable[[Database], dict[str, int]]:
    """Return a function that counts the rows of every table; what is audited cannot change without a further event."""
    tables = sorted({model.__tablename__ for model in MODELS} - NOT_COUNTED)
    counts = select(
        *(select(func.count()).select_from(Base.metadata.tables[name]).scalar_subquery() for name in tables)
    )

    def content(database: Database) -> dict[str, int]:
        with database.read() as session:
            return dict(zip(tables, session.execute(counts).one(), strict=True))

    return content


@pytest.fixture
def database_content(world: Any, content_of: Callable[[Database], dict[str, int]]) -> Callable[[], dict[str, int]]:
    """Return the same for the database of the world."""
    return lambda: content_of(world.database)
