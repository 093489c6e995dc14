"""Slowing down who guesses. Counts stand in the database, so that they hold over every worker.

An attempt is counted before it is checked: of many that are sent at once, no more get through than one after the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import case, delete
from sqlalchemy.dialects.postgresql import insert as pg_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from juri.core.accounts.model import Attempt
from juri.core.accounts.tokens import hash_token
from juri.core.errors import ActionRefused
from juri.core.storage.base import table_of
from juri.core.storage.database import database_now
from juri.core.storage.session import WriteSession, changed_rows

WINDOW = timedelta(minutes=15)


@dataclass(frozen=True)
class Limit:
    """At most ``most`` attempts of a kind for one key in a window."""

    kind: str
    most: int


BY_ACCOUNT = Limit("account", 10)
BY_ADDRESS = Limit("address", 100)
"""Wider, since a whole agency may come from one address."""
LINKS_BY_ACCOUNT = Limit("link", 3)
LINKS_BY_ADDRESS = Limit("links from", 30)
CODES = Limit("code", 5)


def count_attempt(session: WriteSession, limit: Limit, of: str) -> None:
    """Count an attempt; commit before checking what was tried.

    Raises:
        ActionRefused: there were too many, with code ``too_many``.

    """
    table, moment = table_of(Attempt), database_now(session)
    insert = sqlite_insert if session.get_bind().dialect.name == "sqlite" else pg_insert
    over = table.c.since < moment - WINDOW
    statement = (
        insert(table)
        .values(key=_key(limit, of), count=1, since=moment)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={
                "count": case((over, 1), else_=table.c.count + 1),
                "since": case((over, moment), else_=table.c.since),
            },
        )
        .returning(table.c.count)
    )
    if session.execute(statement).scalar_one() > limit.most:
        minutes = int(WINDOW.total_seconds() // 60)
        raise ActionRefused([f"that was tried too often; try again in {minutes} minutes"], code="too_many")


def forget_attempts(session: WriteSession, limit: Limit, of: str) -> None:
    """Forget the attempts of a key: the last one was right."""
    table = table_of(Attempt)
    session.execute(delete(table).where(table.c.key == _key(limit, of)))


def give_back(session: WriteSession, limit: Limit, of: str) -> None:
    """Take one attempt off the count: it was right, and those of others from there still count."""
    table = table_of(Attempt)
    session.execute(
        table.update().where(table.c.key == _key(limit, of), table.c.count > 0).values(count=table.c.count - 1)
    )


def forget_old_attempts(session: WriteSession) -> int:
    """Forget every window that is over; returns how many they were."""
    table = table_of(Attempt)
    return changed_rows(session, delete(table).where(table.c.since < database_now(session) - WINDOW))


def network_of(address: str) -> str:
    """Return what one who guesses can change least: an IPv4 address, or the /64 that a household gets of IPv6."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    if isinstance(found, IPv6Address) and found.ipv4_mapped is None:
        return str(ip_network((found, 64), strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)


def _key(limit: Limit, of: str) -> str:
    """Name what is counted by its hash: addresses of people who only mistyped are not collected."""
    return f"{limit.kind}:{hash_token(of)}"
