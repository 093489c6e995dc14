"""The postman: takes released mails out of the outbox, one by one, and hands them to the mail server."""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from threading import Event, Thread
from urllib.parse import unquote, urlsplit

from juri.core.accounts.outbox import Outgoing, claim_mail, note_failed, note_sent
from juri.core.audit.trail import seal
from juri.core.errors import ActionRefused, InputRefused, JuriError
from juri.core.settings import Settings
from juri.core.storage.database import Database

PAUSE_SECONDS = 15
LOCAL_ADDRESS = "http://127.0.0.1:8000"
PATIENCE_SECONDS = 20
MOST = 500
"""Mails sent before the postman looks around again."""
_PORTS = {"smtp": 587, "smtps": 465}

_log = logging.getLogger(__name__)

Send = Callable[[EmailMessage], None]


@dataclass(frozen=True)
class MailServer:
    """Where mails go: ``smtps`` speaks TLS from the first byte, ``smtp`` turns to it where the server can."""

    host: str
    port: int
    secure: bool
    user: str = ""
    password: str = ""

    def send(self, message: EmailMessage) -> None:
        """Hand a mail over.

        Raises:
            OSError: the server cannot be reached, or does not take it.

        """
        with self._connection() as smtp:
            if not self.secure and smtp.has_extn("starttls"):
                smtp.starttls(context=ssl.create_default_context())
            if self.user:
                smtp.login(self.user, self.password)
            smtp.send_message(message)

    def _connection(self) -> smtplib.SMTP:
        if self.secure:
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE_SECONDS, context=context)
        smtp = smtplib.SMTP(self.host, self.port, timeout=PATIENCE_SECONDS)
        smtp.ehlo()
        return smtp


def mail_server(settings: Settings) -> MailServer | None:
    """Return the mail server of the settings; nothing where there is none.

    Raises:
        InputRefused: the settings name no usable one, or leave out what every mail needs.

    """
    if not settings.smtp_url:
        return None
    parts = urlsplit(settings.smtp_url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise InputRefused.at("JURI_SMTP_URL", "write smtp://host:587 or smtps://user:password@host:465")
    if not settings.mail_from or not settings.base_url:
        raise InputRefused.at("JURI_SMTP_URL", "mails need a sender and an address: JURI_MAIL_FROM, JURI_BASE_URL")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if user and parts.scheme == "smtp" and parts.hostname not in {"localhost", "127.0.0.1", "::1"}:
        raise InputRefused.at("JURI_SMTP_URL", "a password goes over smtps:// only, unless the server is this machine")
    port = parts.port or _PORTS[parts.scheme]
    return MailServer(parts.hostname, port, parts.scheme == "smtps", user, password)


def require_mail_server(settings: Settings) -> MailServer:
    """Return the mail server.

    Raises:
        ActionRefused: none is configured, so that nothing can leave the outbox.

    """
    server = mail_server(settings)
    if server is None:
        raise ActionRefused(
            ["no mail server is configured (JURI_SMTP_URL): mails stay in the outbox"], "no_mail_server"
        )
    return server


def compose(mail: Outgoing, settings: Settings) -> EmailMessage:
    """Write the message for one recipient. The library refuses line breaks in its head."""
    message = EmailMessage(policy=SMTP)
    message["From"] = settings.mail_from
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=urlsplit(settings.base_url).hostname or "juri")
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text(link_address(settings, mail.token)))
    return message


def link_address(settings: Settings, token: str) -> str:
    """Return the address of a sign-in link: below the configured address, or where 'juri serve' listens by itself."""
    return f"{settings.base_url.rstrip('/') or LOCAL_ADDRESS}/account/link/{token}" if token else ""


def send_released(database: Database, settings: Settings, send: Send, *, most: int = MOST) -> tuple[int, int]:
    """Send released mails, each in two transactions so that none is sent twice; returns how many went and failed.

    A mail whose sending was cut off stays "sending": nobody knows whether it went, and an administrator decides.
    """
    sent = failed = 0
    while sent + failed < most:
        with database.write() as session:
            mail = claim_mail(session)
        if mail is None:
            break
        problem = _try(send, mail, settings)
        with database.write() as session:
            if problem:
                note_failed(session, mail.id, problem)
            else:
                note_sent(session, mail.id)
        sent, failed = sent + (not problem), failed + bool(problem)
    seal(database)
    return sent, failed


def _try(send: Send, mail: Outgoing, settings: Settings) -> str:
    try:
        send(compose(mail, settings))
    except (OSError, ValueError, smtplib.SMTPException) as error:
        return f"{type(error).__name__}: {error}"
    return ""


class Postman:
    """Sends in the background of a server process; several of them share the work."""

    def __init__(self, database: Database, settings: Settings, server: MailServer) -> None:
        self._database = database
        self._settings = settings
        self._server = server
        self._stop = Event()
        self._thread = Thread(target=self._work, name="postman", daemon=True)

    def start(self) -> None:
        """Begin to look into the outbox, every few seconds."""
        self._thread.start()

    def stop(self) -> None:
        """Finish the mail in hand and stop."""
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        while not self._stop.wait(PAUSE_SECONDS):
            try:
                send_released(self._database, self._settings, self._server.send)
            except JuriError as error:
                _log.error("the postman could not work, and tries again: %s", error)
