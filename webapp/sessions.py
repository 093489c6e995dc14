"""Sessions on the server: the cookie is a random name, everything else stands in the database and ends there."""

from __future__ import annotations

import json
from typing import Any, cast

from flask import Flask, Request, Response, current_app, g, redirect, request, url_for
from flask.sessions import SessionInterface, SessionMixin
from werkzeug.datastructures import CallbackDict
from werkzeug.wrappers import Response as AnyResponse

from juri.core.accounts.second_factor import count_code
from juri.core.accounts.sessions import (
    Known,
    begin_session,
    change_token,
    digest_of_rights,
    end_session,
    find_session,
    keep_session,
    prolong_session,
)
from juri.core.accounts.signing import Proven, sign_in
from juri.core.accounts.tidying import forget_what_is_over
from juri.core.accounts.vault import Vault
from juri.core.errors import ActionRefused
from juri.core.judging.narrowing import narrowed
from juri.core.policy import Actor, changes_results
from juri.webapp.desk import NOBODY, Desk, desk
from juri.webapp.problems import asks_api
from juri.webapp.workbench import Workbench

COOKIE = "juri_session"
COOKIE_OVER_HTTPS = "__Host-juri_session"
COOKIE_OF_THE_END = "juri_until"
"""When the session ends, in seconds of 1970: no secret, so that the scripts of all open pages can warn in time."""
WITHOUT_SECOND_FACTOR = frozenset(
    {"account.second_factor", "account.recovery", "account.sign_out", "account.profile", "account.stay"}
)
"""What who has yet to set up the second factor may open."""


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """What is kept for one browser. ``known`` is whose it is; ``token`` a cookie that is to be sent with the answer."""

    def __init__(self, data: dict[str, Any] | None = None, known: Known | None = None) -> None:
        super().__init__(data or {}, on_update=_note_change)
        self.known = known
        self.token = ""
        self.over = False
        self.modified = False
        self.accessed = True


def _note_change(session: CallbackDict[str, Any]) -> None:
    cast(ServerSession, session).modified = True


class DatabaseSessions(SessionInterface):
    """Reads a session with one query and writes it only when it changed."""

    def open_session(self, app: Flask, request: Request) -> ServerSession:
        """Find the session of a request, and put its person on the desk."""
        bench = cast(Workbench, app.extensions["juri"])
        token = request.cookies.get(cookie_name(bench), "")
        g.desk = Desk(bench)
        if not token or _is_static(app, request):
            return ServerSession()
        try:
            g.desk.hold_opening()
            with g.desk.reading() as session:
                known = find_session(session, token)
                g.desk.actor = narrowed(session, _actor(bench, known))
        except ActionRefused as refused:
            g.without_session = refused
            return ServerSession()
        return ServerSession(json.loads(known.data) if known else None, known)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Store what changed; an anonymous visitor for whom nothing is kept gets no session."""
        kept = cast(ServerSession, session)
        bench = cast(Workbench, app.extensions["juri"])
        desk().end_opening()
        if "without_session" in g:
            return
        if kept.over or kept.token:
            _answer_cookie(bench, response, kept.token)
        elif kept.known is not None:
            _keep(bench, kept, kept.known, response)
            _say_the_end(bench, kept.known, response)
        elif kept.modified and kept:
            with bench.database.write() as database:
                token = begin_session(database, data=_text(kept), agent=_agent())
            _answer_cookie(bench, response, token)


def register_sessions(app: Flask) -> None:
    """Give the application its sessions, and hold back who must set up a second factor first."""
    app.session_interface = DatabaseSessions()
    app.before_request(_say_why_without_session)
    app.before_request(_hold_back)


def enter(proven: Proven, *, code: str = "") -> None:
    """Sign a person in: the browser gets another cookie, and what was kept before signing in is forgotten.

    Raises:
        ActionRefused: the code of the second factor is wrong, or was tried too often.

    """
    kept = _kept()
    if proven.code_is_due:
        count_code(desk().workbench.database, proven.person)
    with desk().writing() as session:
        if kept.known is not None:
            end_session(session, kept.known.sha256)
        kept.token = sign_in(session, proven, data="{}", agent=_agent(), vault=vault(), code=code)
    with desk().writing() as session:
        forget_what_is_over(session)


def leave() -> None:
    """Sign out: the session is forgotten at once, and the browser is told to forget its cookie."""
    kept = _kept()
    if kept.known is not None:
        with desk().writing() as session:
            end_session(session, kept.known.sha256)
    kept.over = True


def renew(*, second_factor: bool | None = None) -> None:
    """Give this browser another cookie, as after a change of its password or of its second factor."""
    kept = _kept()
    if kept.known is not None:
        with desk().writing() as session:
            rights = digest_of_rights(kept.known.grants)
            kept.token = change_token(
                session, kept.known.sha256, rights=rights, data=_text(kept), second_factor=second_factor
            )


def stay() -> Known | None:
    """Let the session of this request last on; nothing where there is none."""
    kept = _kept()
    if kept.known is not None:
        with desk().writing() as session:
            kept.known = prolong_session(session, kept.known)
    return kept.known


def vault() -> Vault:
    """Return what encrypts the secrets of authenticators, with the key that signs our forms."""
    return Vault(str(current_app.config["SECRET_KEY"]))


def this_session() -> Known | None:
    """Return the session of this request, where there is one."""
    return _kept().known


def must_set_up_second_factor() -> bool:
    """Tell whether this person can change results, and has no second factor although one is required."""
    return _is_short_of_factor(desk().workbench, _kept().known)


def cookie_name(bench: Workbench) -> str:
    """Return the name of the cookie; over HTTPS one that a browser takes from this very host only."""
    return COOKIE_OVER_HTTPS if is_over_https(bench) else COOKIE


def is_over_https(bench: Workbench) -> bool:
    """Tell whether people reach us over HTTPS, as far as we were told."""
    return bench.settings.base_url.startswith("https://")


def _keep(bench: Workbench, kept: ServerSession, known: Known, response: Response) -> None:
    """Store a session that came back, under another token where the rights of its person changed."""
    if not (kept.modified or known.has_other_rights or known.is_to_be_noted):
        return
    with bench.database.write() as database:
        if known.has_other_rights:
            rights = digest_of_rights(known.grants)
            token = change_token(database, known.sha256, rights=rights, data=_text(kept))
        else:
            token = ""
            keep_session(database, known.sha256, _text(kept))
    if token:
        _answer_cookie(bench, response, token)


def _say_the_end(bench: Workbench, known: Known, response: Response) -> None:
    """Tell the browser of a person when the session ends, where it does not know; a program shows no page."""
    until = str(int(known.lasts_until().timestamp()))
    if known.person and not asks_api() and request.cookies.get(COOKIE_OF_THE_END) != until:
        safe = is_over_https(bench)
        response.set_cookie(COOKIE_OF_THE_END, until, secure=safe, httponly=False, samesite="Lax", path="/")


def _answer_cookie(bench: Workbench, response: Response, token: str) -> None:
    """Send the cookie, or take it away. It is one of the browser session: closing the browser forgets it."""
    safe = is_over_https(bench)
    if token:
        response.set_cookie(cookie_name(bench), token, secure=safe, httponly=True, samesite="Lax", path="/")
    else:
        response.delete_cookie(cookie_name(bench), secure=safe, httponly=True, samesite="Lax", path="/")
        response.delete_cookie(COOKIE_OF_THE_END, secure=safe, samesite="Lax", path="/")


def _actor(bench: Workbench, known: Known | None) -> Actor:
    if known is None or not known.person:
        return NOBODY
    if _is_short_of_factor(bench, known):
        return Actor(known.email, frozenset(), known.person)
    return known.actor


def _is_short_of_factor(bench: Workbench, known: Known | None) -> bool:
    if known is None or known.second_factor or not bench.settings.require_second_factor:
        return False
    return changes_results(known.actor)


def _say_why_without_session() -> None:
    """Refuse what came while the database could not be read: only now, since the page that says so needs a session.

    Raises:
        ActionRefused: in the database's own words; the cookie stays, and holds again when the database is back.

    """
    if "without_session" in g:
        raise cast("ActionRefused", g.without_session)


def _hold_back() -> AnyResponse | None:
    if request.endpoint in WITHOUT_SECOND_FACTOR or request.endpoint == "static" or not must_set_up_second_factor():
        return None
    if asks_api():
        raise ActionRefused(["set up your second factor first, at /account/second-factor"], code="second_factor_due")
    return redirect(url_for("account.second_factor"))


def _kept() -> ServerSession:
    from flask import session

    return cast(ServerSession, cast(Any, session)._get_current_object())  # noqa: SLF001  Flask's way past its proxy


def _text(kept: ServerSession) -> str:
    return json.dumps(dict(kept), default=str)


def _agent() -> str:
    return request.headers.get("User-Agent", "")


def _is_static(app: Flask, request: Request) -> bool:
    return request.path.startswith(f"{app.static_url_path}/")
