"""Fixtures that every test may use."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine, NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

SHARED = Path(__file__).resolve().parents[2] / "shared"
POSTGRES = "JURI_TEST_POSTGRES_URL"
LOCAL_POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"

# A busy machine is no failure: examples are limited by number, never by time.
settings.register_profile("juri", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("juri")

# The settings of whoever runs the tests are not what is tested.
for name in [name for name in os.environ if name.startswith("JURI_") and name != POSTGRES]:  # noqa: TID251  see above
    del os.environ[name]  # noqa: TID251  see above


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
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 5})
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
