"""Whether an installation is fit for use: what stands well, what deserves a thought, what must be mended."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _
from sqlalchemy import text
from sqlalchemy.orm import Session

from juri.core.audit.reading import waiting_since
from juri.core.clock import now
from juri.core.errors import InputRefused
from juri.core.settings import Settings
from juri.core.storage.database import WAL_IS_SAFE_FROM, Database
from juri.core.storage.migrate import revision_of
from juri.webapp.language import shown_figure
from juri.webapp.postman import mail_server

OK, WARN, DANGER, INFO = "ok", "warn", "danger", "info"
LONGEST_LAG_SECONDS = 5
LEAST_DISK_BYTES = 2**30
_GIGABYTE = 2**30


@dataclass(frozen=True)
class Check:
    """One thing that was looked at: its name, how it stands, what was found, and what to do where it is not well."""

    name: Any
    state: str
    found: Any
    advice: Any = ""


def check_installation(session: Session, settings: Settings, database: Database) -> list[Check]:
    """Look at everything that an administrator should know of; texts are in the language of the request."""
    return [
        *_check_database(session, database),
        _check_disk(database),
        _check_seal(session),
        *_check_settings(settings),
        _versions(),
    ]


def _check_database(session: Session, database: Database) -> Iterator[Check]:
    shown = database.url.render_as_string(hide_password=True)
    if database.is_sqlite:
        found = session.execute(text("SELECT sqlite_version()")).scalar_one()
        mode = session.execute(text("PRAGMA journal_mode")).scalar_one()
        old = tuple(map(int, found.split("."))) < WAL_IS_SAFE_FROM
        advice = _("Older than 3.51.3: it runs without a write-ahead log, since that could corrupt the data.")
        yield Check(_("Database"), OK, shown)
        yield Check(_("SQLite"), WARN if old else OK, f"{found}, {mode}", advice if old else "")
    else:
        found = session.execute(text("SHOW server_version")).scalar_one()
        yield Check(_("Database"), OK, shown)
        yield Check(_("PostgreSQL"), OK, found)
    stored, wanted = revision_of(session)
    advice = _("Run 'juri db upgrade'.")
    yield Check(_("Tables"), OK if stored == wanted else DANGER, stored, "" if stored == wanted else advice)


def _check_disk(database: Database) -> Check:
    place = database.path.resolve().parent if database.is_sqlite else Path.cwd()
    free = shutil.disk_usage(place).free
    found = _("%(size)s GB free", size=shown_figure(Fraction(free, _GIGABYTE), 1))
    if free < LEAST_DISK_BYTES:
        return Check(_("Disk"), DANGER, found, _("Make room: a full disk refuses every scorecard."))
    return Check(_("Disk"), OK, found)


def _check_seal(session: Session) -> Check:
    waiting, since = waiting_since(session)
    lag = (now() - since).total_seconds() if since else 0
    if lag > LONGEST_LAG_SECONDS:
        found = _("%(count)d events wait, the oldest for %(seconds)d seconds", count=waiting, seconds=int(lag))
        return Check(
            _("Audit trail"), WARN, found, _("They are sealed after the next act; 'juri audit verify' does it.")
        )
    return Check(_("Audit trail"), OK, _("every event is sealed"))


def _check_settings(settings: Settings) -> Iterator[Check]:
    if settings.require_second_factor:
        yield Check(_("Second factor"), OK, _("required for roles that can change results"))
    else:
        advice = _("Set JURI_REQUIRE_SECOND_FACTOR=1 before people work on a real competition.")
        yield Check(_("Second factor"), WARN, _("not required"), advice)
    yield _check_address(settings)
    yield _check_mail(settings)
    if settings.oidc_issuer:
        yield Check(_("Identity provider"), OK, settings.oidc_issuer)
    else:
        yield Check(_("Identity provider"), INFO, _("none: people sign in by password or link"))
    if settings.debug:
        yield Check(_("Debugging"), WARN, _("on"), _("Unset JURI_DEBUG where others can reach this installation."))


def _check_address(settings: Settings) -> Check:
    name = _("Address")
    if not settings.base_url:
        return Check(
            name, WARN, _("not set: this machine only"), _("Set JURI_BASE_URL to the address that people use.")
        )
    if not settings.base_url.startswith("https://"):
        advice = _("Put a proxy with a certificate in front: passwords and cookies are read on the way.")
        return Check(name, DANGER, settings.base_url, advice)
    return Check(name, OK, settings.base_url)


def _check_mail(settings: Settings) -> Check:
    name = _("Mail")
    try:
        server = mail_server(settings)
    except InputRefused as refused:
        return Check(name, DANGER, _("wrongly set"), str(refused))
    if server is None:
        return Check(
            name, WARN, _("no mail server: mails stay in the outbox"), _("Set JURI_SMTP_URL and JURI_MAIL_FROM.")
        )
    return Check(name, OK, f"{server.host}:{server.port}")


def _versions() -> Check:
    named = (("Juri", "juri"), ("Flask", "flask"), ("SQLAlchemy", "sqlalchemy"), ("pluggy", "pluggy"))
    found = [f"{name} {version(distribution)}" for name, distribution in named]
    return Check(_("Versions"), INFO, ", ".join([*found, f"Python {'.'.join(map(str, sys.version_info[:3]))}"]))
