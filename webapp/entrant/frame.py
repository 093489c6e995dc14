"""What the entrants' pages share: the edition, its registration, its zone, and how they carry an act out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from flask import g, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as later
from sqlalchemy.orm import Session

from juri.core.clock import now
from juri.core.editions.gate import find_stage
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.verbs import goes_by_local_admin, registration_of, withdraws_until_result
from juri.core.errors import ActionRefused, Conflict
from juri.core.storage.session import WriteSession
from juri.webapp.desk import desk
from juri.webapp.language import shown_text
from juri.webapp.sentences import about, sentence

REFUSALS = {
    "stage_not_open": later("The registration is not open. Entries cannot be changed now."),
    "deadline_passed": later("The registration is over. Entries cannot be changed any more."),
    "result_sealed": later("The result is decided. An entry cannot be withdrawn any more."),
    "not_allowed": later("Your role does not allow this. Ask your local administrator or the secretariat."),
}


@dataclass(frozen=True)
class Look:
    """One look into an edition: a session, the edition in force, and its registration (None where it has none)."""

    session: Session
    running: Running
    registration: StageRow | None

    @property
    def is_open(self) -> bool:
        """Tell whether entries can be written, as far as this machine's clock knows; the database decides."""
        gate = self.registration
        return gate is not None and gate.state == "open" and (gate.closes_at is None or now() <= gate.closes_at)

    @property
    def may_withdraw(self) -> bool:
        """Tell whether an entry may be taken back now, as far as an agency can know; the verb decides."""
        return self.is_open or (withdraws_until_result(self.running) and self.running.state in {"open", "judging"})

    @property
    def by_local_admin(self) -> bool:
        """Tell whether the agency's local admin submits."""
        return goes_by_local_admin(self.running)


@contextmanager
def looking(edition: str) -> Iterator[Look]:
    """Open one consistent look into an edition; its time zone becomes that of the page."""
    here = desk()
    with here.reading() as session:
        running = here.running(session, edition)
        g.zone = running.edition.time_zone
        about(running.edition)
        stage = registration_of(running)
        yield Look(session, running, find_stage(session, running.id, stage.id) if stage else None)


@contextmanager
def acting(edition: str) -> Iterator[tuple[WriteSession, Running]]:
    """Open a writing session on an edition."""
    with desk().writing() as session:
        yield session, desk().running(session, edition)


@dataclass
class Attempt:
    """An act that may be refused for now: its reasons are kept for the page. ``status`` is the page's."""

    reasons: Sequence[str] = ()
    status: int = 200

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        if not isinstance(error, ActionRefused) or isinstance(error, Conflict):
            return False
        self.reasons, self.status = refusal_words(error), 403 if error.code == "not_allowed" else 409
        return True


def refusal_words(refused: ActionRefused) -> list[str]:
    """Say why not now or not you."""
    if refused.code in REFUSALS:
        return [str(REFUSALS[refused.code])]
    return [sentence(reason) for reason in refused.reasons]


def page(template: str, running: Running, *trail: tuple[str, str], **values: Any) -> str:
    """Write a page about an edition; ``trail`` are the pages between the edition's and this one, and this one."""
    name = shown_text(running.edition.name)
    url = url_for("entrant.edition", edition=running.slug)
    return render_template(
        f"entrant/{template}",
        running=running,
        edition=running.slug,
        edition_context={"name": name, "url": url},
        breadcrumbs=[(_("My entries"), url_for("entrant.home")), (name, url), *trail],
        **values,
    )
