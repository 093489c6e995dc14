"""Fixtures that every test may use."""

import importlib.util
import os
import secrets
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any

import pytest
import threadpoolctl  # noqa: F401  its first import sets a variable of the environment: not in a test
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from juri.core.registry import Registry
from juri.core.settings import Settings, load_settings
from juri.plugins.manager import Plugins, load_plugins

SHARED = Path(__file__).resolve().parents[2] / "shared"
POSTGRES = "JURI_TEST_POSTGRES_URL"
LOCAL_POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"

# A busy machine is no failure: examples are limited by number, never by time.
settings.register_profile("juri", deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("juri"), max_examples=1000)
settings.load_profile("juri")

# It sets a variable of the environment when it is first imported; a test that is the first to need it leaks nothing.
import_module("threadpoolctl")

# The settings of whoever runs the tests are not what is tested.
for name in [name for name in os.environ if name.startswith("JURI_") and not name.startswith("JURI_TEST_")]:  # noqa: TID251  see above
    del os.environ[name]  # noqa: TID251  see above


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that take long: begun last, one would be waited for while the other cores rest."""
    items.sort(key=lambda item: item.get_closest_marker("longest") is None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Count no line while a test marked ``uncounted`` runs; the ``no_cover`` of pytest-cov does nothing in a worker."""
    counting = sys.gettrace()
    if item.get_closest_marker("uncounted"):
        sys.settrace(None)
    try:
        return (yield)
    finally:
        if counting is not sys.gettrace():
            sys.settrace(counting)


@pytest.fixture(autouse=True)
def _nothing_leaks() -> Iterator[None]:
    """Fail a test that leaves another environment or another working folder behind."""
    before = _surroundings()
    yield
    assert _surroundings() == before


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of shared reference data, or skip the test, saying so."""
    if not SHARED.is_dir():
        pytest.skip("the folder of shared reference data is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Engine]:
    """Connect to the PostgreSQL that the tests may make databases in; without one skip, and in CI fail."""
    url = os.environ.get(POSTGRES, LOCAL_POSTGRES)  # noqa: TID251  a setting of the tests, not of Juri
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 60})
    try:
        engine.connect().close()
    except OperationalError as error:
        missing = f"no PostgreSQL answers at {engine.url!r}; set {POSTGRES} to one ({error.orig})"
        if os.environ.get("CI") == "true":  # noqa: TID251  a setting of the tests, not of Juri
            pytest.fail(missing, pytrace=False)
        pytest.skip(missing)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_url(postgres_server: Engine) -> Iterator[str]:
    """Return the URL of a database that every test of this process shares."""
    with _throwaway_database(postgres_server, "template0") as url:
        yield url


@pytest.fixture
def fresh_postgres(postgres_server: Engine) -> Iterator[Callable[..., str]]:
    """Return a factory of empty databases (30 ms each); ``template`` names one to copy instead, as a URL."""
    with ExitStack() as opened:

        def make(template: str = "") -> str:
            source = str(make_url(template).database) if template else "template0"
            return opened.enter_context(_throwaway_database(postgres_server, source))

        yield make


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the URL of an empty database; the test runs on both products."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'juri.db'}"
    make: Callable[..., str] = request.getfixturevalue("fresh_postgres")
    return make()


# The tests are no package, so that the module they share is loaded by its path.
_spec = importlib.util.spec_from_file_location("juri_competition", Path(__file__).with_name("competition.py"))
assert _spec is not None
assert _spec.loader is not None
competition_module = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = competition_module
_spec.loader.exec_module(competition_module)


@pytest.fixture(scope="session")
def builtin_plugins() -> Plugins:
    """Return the built-in plugins, loaded once."""
    return load_plugins(load_settings({}))


@pytest.fixture(scope="session", autouse=True)
def _plugins_are_loaded_once(builtin_plugins: Plugins) -> Iterator[None]:
    """Share them, and so the editions that were built with them: every command and application would do both anew."""
    of_plugins = attrgetter("plugins", "plugins_off", "plugins_dir", "trace_hooks", "plugin_values")

    def load(settings: Settings, **options: Any) -> Plugins:
        is_plain = of_plugins(settings) == of_plugins(Settings()) and not any(options.values())
        return builtin_plugins if is_plain else load_plugins(settings, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("juri.plugins.manager.load_plugins", load)
        yield


@pytest.fixture(scope="session")
def builtin_registry(builtin_plugins: Plugins) -> Registry:
    """Return the registry of the built-in plugins."""
    return builtin_plugins.registry


@pytest.fixture(scope="session")
def templates(
    tmp_path_factory: pytest.TempPathFactory, builtin_registry: Registry, request: pytest.FixtureRequest
) -> Iterator[competition_module.Templates]:
    """Return databases to copy, built once for this process."""
    with ExitStack() as opened:

        def make() -> str:
            server: Engine = request.getfixturevalue("postgres_server")
            return opened.enter_context(_throwaway_database(server, "template0"))

        yield competition_module.Templates(tmp_path_factory.mktemp("templates"), builtin_registry, make)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def competition_at(
    request: pytest.FixtureRequest, tmp_path: Path, templates: competition_module.Templates
) -> Iterator[Callable[[str], competition_module.Competition]]:
    """Return a factory of competitions that stand at a step (see ``competition.STEPS``); runs on both products."""
    made: list[competition_module.Competition] = []

    def make(step: str) -> competition_module.Competition:
        if request.param == "sqlite":
            url = templates.copy_sqlite(step, tmp_path / f"juri{len(made)}.db")
        else:
            url = request.getfixturevalue("fresh_postgres")(template=templates.url("postgresql", step))
        made.append(competition_module.Competition(url, templates.registry))
        return made[-1]

    yield make
    for competition in made:
        competition.database.dispose()


@pytest.fixture(scope="session")
def steps_taken() -> Callable[..., AbstractContextManager[list[int]]]:
    """Return what counts the steps that SQLite takes while it reads: ``with steps_taken(database) as steps: ...``."""
    return competition_module.steps_taken


@pytest.fixture(scope="session")
def swell() -> Callable[..., None]:
    """Return what lets a closed stage have had many more entries: ``swell(database, "proposal", 300)``."""
    return competition_module.swell


@pytest.fixture
def at_once() -> Callable[..., list[object]]:
    """Return what runs acts in threads that start together; an error of Juri is what the act came to."""
    return competition_module.at_once


@pytest.fixture
def child() -> type[competition_module.Child]:
    """Return the class of processes that run a piece of a test and may be killed."""
    return competition_module.Child


@pytest.fixture
def edition_stages() -> list[dict[str, object]]:
    """Return the stages of the small edition as its document has them."""
    return list(competition_module.EDITION["stages"])


@pytest.fixture
def registering(competition_at: Callable[[str], competition_module.Competition]) -> competition_module.Competition:
    """Return a competition whose registration is open: agencies and panel are there, no entry is."""
    return competition_at("registering")


@pytest.fixture
def judging(competition_at: Callable[[str], competition_module.Competition]) -> competition_module.Competition:
    """Return a competition in its scoring: three entries, three jurors, all assigned, no sheet yet."""
    return competition_at("judging")


@contextmanager
def _throwaway_database(server: Engine, template: str) -> Iterator[str]:
    name = f"juri_test_{secrets.token_hex(6)}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    try:
        yield server.url.set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def _surroundings() -> tuple[dict[str, str], Path]:
    environment = {key: value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"}  # noqa: TID251  only compared
    return environment, Path.cwd()
