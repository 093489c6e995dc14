"""Browsers that are known: found by the hash of their cookie, with the roles of their person as they are now."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from juri.core.accounts.model import Account, WebSession
from juri.core.accounts.tokens import hash_token, new_token
from juri.core.clock import now
from juri.core.entries.model import Person, RoleGrant
from juri.core.entries.people import ROLES
from juri.core.policy import Actor, Grant
from juri.core.storage.base import table_of
from juri.core.storage.prepared import Prepared
from juri.core.storage.session import WriteSession, changed_rows

LONGEST = timedelta(hours=12)
"""A day's work; then one signs in again, unless one asks to stay."""
LONGEST_ASKED_FOR = timedelta(hours=22)
STAYS = timedelta(hours=1)
"""Who asks to stay may stay so much longer, again and again: ten times past a day's work (WCAG 2.2, 2.2.1)."""
IDLE = timedelta(hours=4)
IDLE_ANONYMOUS = timedelta(hours=2)
SEEN_AGAIN_AFTER = timedelta(minutes=5)
"""When a browser was last seen is noted no more often than this: a page that is read writes nothing."""
AGENT_LENGTH = 200

_session, _person, _account, _grant = (table_of(entity) for entity in (WebSession, Person, Account, RoleGrant))


@dataclass(frozen=True)
class Known:
    """A browser that came back, and whose it is; before signing in ``person`` is 0 and the texts are empty."""

    sha256: str
    data: str
    person: int
    email: str
    name: str
    grants: frozenset[Grant]
    rights: str
    second_factor: bool
    language: str
    theme: str
    seen_at: datetime
    ends_at: datetime

    def lasts_until(self) -> datetime:
        """Return when the session ends if nothing comes from this browser any more."""
        idle = IDLE if self.person else IDLE_ANONYMOUS
        return min(self.ends_at, (now() if self.is_to_be_noted else self.seen_at) + idle)

    @property
    def is_to_be_noted(self) -> bool:
        """Tell whether it is to be noted again that the browser was seen."""
        return now() - self.seen_at > SEEN_AGAIN_AFTER

    @property
    def actor(self) -> Actor:
        """Return the person as an actor, with the roles held at this moment."""
        return Actor(self.email, self.grants, self.person)

    @property
    def has_other_rights(self) -> bool:
        """Tell whether roles were given or taken since the id was made: it must change then."""
        return bool(self.person) and self.rights != digest_of_rights(self.grants)


def find_session(session: Session, token: str) -> Known | None:
    """Return the browser that a cookie belongs to; nothing when it is over or its account was disabled."""
    rows = _FOUND.rows(session, {"sha256": hash_token(token)})
    if not rows or _is_over(rows[0]):
        return None
    first = rows[0]
    held = (Grant(row.role, row.edition, row.organization, row.stage) for row in rows if row.role is not None)
    return Known(
        sha256=first.sha256,
        data=first.data,
        person=first.person_id or 0,
        email=first.email or "",
        name=first.name or "",
        grants=frozenset(held),
        rights=first.rights,
        second_factor=first.second_factor,
        language=first.language or "",
        theme=first.theme or "",
        seen_at=first.seen_at,
        ends_at=first.ends_at,
    )


_FOUND = Prepared(
    select(
        _session.c.sha256,
        _session.c.data,
        _session.c.person_id,
        _session.c.rights,
        _session.c.second_factor,
        _session.c.seen_at,
        _session.c.ends_at,
        _person.c.email,
        _person.c.name,
        _account.c.disabled,
        _account.c.language,
        _account.c.theme,
        _grant.c.role,
        _grant.c.edition,
        _grant.c.organization,
        _grant.c.stage,
    )
    .select_from(
        _session.outerjoin(_person, _person.c.id == _session.c.person_id)
        .outerjoin(_account, _account.c.person_id == _person.c.id)
        .outerjoin(_grant, (_grant.c.person_id == _person.c.id) & _grant.c.active & _grant.c.role.in_(sorted(ROLES)))
    )
    .where(_session.c.sha256 == bindparam("sha256"))
)


def _is_over(row: Any) -> bool:
    moment = now()
    idle = IDLE if row.person_id else IDLE_ANONYMOUS
    return bool(row.disabled) or row.ends_at <= moment or row.seen_at + idle <= moment


def digest_of_rights(grants: frozenset[Grant]) -> str:
    """Return a digest of roles: other roles, another digest."""
    return hash_token("\n".join(sorted(grant.said() for grant in grants)))


def begin_session(
    session: WriteSession,
    *,
    data: str,
    agent: str = "",
    person: int | None = None,
    rights: str = "",
    second_factor: bool = False,
) -> str:
    """Remember a browser; returns the token for its cookie, which is stored nowhere."""
    token, moment = new_token(), now()
    session.execute(
        _session.insert().values(
            sha256=hash_token(token),
            person_id=person,
            data=data,
            rights=rights,
            second_factor=second_factor,
            agent=" ".join(agent.split())[:AGENT_LENGTH],
            began_at=moment,
            seen_at=moment,
            ends_at=moment + LONGEST,
        )
    )
    return token


def keep_session(session: WriteSession, sha256: str, data: str) -> None:
    """Store what a browser's session holds, and that it was seen; one that ended meanwhile stays ended."""
    session.execute(update(_session).where(_session.c.sha256 == sha256).values(data=data, seen_at=now()))


def prolong_session(session: WriteSession, known: Known) -> Known:
    """Let a session last on, because its person asks for it; it ends all the same when the longest time is over."""
    moment = now()
    began = session.execute(select(_session.c.began_at).where(_session.c.sha256 == known.sha256)).scalar_one()
    ends = max(known.ends_at, min(moment + STAYS, began + LONGEST_ASKED_FOR))
    session.execute(update(_session).where(_session.c.sha256 == known.sha256).values(seen_at=moment, ends_at=ends))
    return replace(known, seen_at=moment, ends_at=ends)


def change_token(
    session: WriteSession, sha256: str, *, rights: str, data: str, second_factor: bool | None = None
) -> str:
    """Give a session another token, as after a change of rights; returns it, or nothing when the session is gone."""
    token = new_token()
    other: dict[str, Any] = {"sha256": hash_token(token), "rights": rights, "data": data, "seen_at": now()}
    if second_factor is not None:
        other["second_factor"] = second_factor
    changed = update(_session).where(_session.c.sha256 == sha256).values(other)
    return token if changed_rows(session, changed) else ""


def end_session(session: WriteSession, sha256: str) -> None:
    """Forget a browser at once."""
    session.execute(delete(_session).where(_session.c.sha256 == sha256))


def end_sessions(session: WriteSession, person: int, *, but: str = "") -> int:
    """Forget every browser of a person, but for the one of this hash; returns how many they were."""
    return changed_rows(session, delete(_session).where(_session.c.person_id == person, _session.c.sha256 != but))


def forget_old_sessions(session: WriteSession) -> int:
    """Forget the browsers whose time is over; returns how many they were."""
    moment = now()
    idle = _session.c.person_id.is_(None) & (_session.c.seen_at <= moment - IDLE_ANONYMOUS)
    return changed_rows(
        session,
        delete(_session).where(or_(_session.c.ends_at <= moment, _session.c.seen_at <= moment - IDLE, idle)),
    )


def list_sessions(session: Session, person: int) -> list[WebSession]:
    """Return the browsers in which a person is signed in, the newest first."""
    found = select(WebSession).where(WebSession.person_id == person).order_by(WebSession.began_at.desc())
    return list(session.scalars(found))
