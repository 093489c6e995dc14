"""What the organiser's pages share: the edition they are about, their frame, and how they carry an act out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from flask import current_app, flash, g, render_template, request, url_for
from flask_babel import gettext

from juri.core.errors import ActionRefused, Conflict, InputRefused, NotFound, Problem
from juri.core.policy import Subject, may
from juri.webapp.desk import desk
from juri.webapp.language import shown_text
from juri.webapp.organiser import words
from juri.webapp.sentences import sentence

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from juri.core.editions.verbs import Running
    from juri.core.storage.session import WriteSession
    from juri.webapp.forms import JuriForm

Crumb = tuple[str, str]


@dataclass(frozen=True)
class Look:
    """One look into an edition: a session and the edition in force."""

    session: Session
    running: Running


@contextmanager
def looking(edition: str) -> Iterator[Look]:
    """Open one consistent look into an edition; its time zone becomes that of the page.

    Raises:
        NotFound: it is not installed.

    """
    here = desk()
    with here.reading() as session:
        running = here.running(session, edition)
        g.zone = running.edition.time_zone
        yield Look(session, running)


class _UndoneError(Exception):
    """Not a fault: ends a rehearsal, so that nothing is written."""


@contextmanager
def acting(edition: str, *, keep: bool = True) -> Iterator[tuple[WriteSession, Running]]:
    """Open a writing session on an edition; without ``keep`` everything is undone at the end, as in a rehearsal.

    Raises:
        NotFound: it is not installed.

    """
    here = desk()
    with suppress(_UndoneError), here.writing() as session:
        running = here.running(session, edition)
        g.zone = running.edition.time_zone
        yield session, running
        if not keep:
            raise _UndoneError


def allowed(action: str, edition: str) -> bool:
    """Tell whether whoever asks may do something in an edition: what may not be done is not offered."""
    return may(desk().actor, action, Subject(edition)).allowed


def page(template: str, running: Running, *, current: str, trail: Sequence[Crumb] = (), **values: Any) -> str:
    """Write a page about an edition.

    Args:
        template: its file, below ``organiser/``.
        running: the edition.
        current: which item of the menu it belongs to.
        trail: the pages between the board and this one, and this one.
        values: what the template shows.

    """
    name = shown_text(running.edition.name)
    context = {"name": name, "url": url_for("organiser.board", edition=running.slug), "state": running.state}
    begin = [(gettext("My editions"), url_for("organiser.home")), (name, context["url"])]
    return render_template(
        f"organiser/{template}",
        running=running,
        edition=running.slug,
        edition_context=context,
        menu=menu_of(running.slug, current),
        breadcrumbs=[*begin, *trail],
        words=words,
        allowed=lambda action: allowed(action, running.slug),
        **values,
    )


def menu_of(edition: str, current: str) -> list[dict[str, Any]]:
    """Return the menu of an edition: the pages that this person may open."""
    items = [
        ("board", gettext("Board"), "organiser.board", "standings.see"),
        ("entries", gettext("Entries"), "organiser.entries", "entry.see"),
        ("jurors", gettext("Jurors"), "organiser.jurors", "standings.see"),
        ("standings", gettext("Standings"), "organiser.standings", "standings.see"),
        ("decisions", gettext("Decisions"), "organiser.decisions", "standings.see"),
        ("edit", gettext("Rules"), "organiser.edit", "edition.revise"),
    ]
    return [
        {"label": label, "url": url_for(endpoint, edition=edition), "current": name == current}
        for name, label, endpoint, action in items
        if has_page(endpoint) and allowed(action, edition)
    ]


def has_page(endpoint: str) -> bool:
    """Tell whether a page of another room of the house is there."""
    return endpoint in current_app.view_functions


def tell(message: str, tone: str = "ok") -> None:
    """Say on the next page what was done."""
    flash(message, tone)


def is_partial() -> bool:
    """Tell whether htmx asks for a part of the page."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


@dataclass
class Attempt:
    """An act that may be refused: in a ``with`` block, refusals become problems that the page shows.

    What names a field of the form stands at the field (so does what is not found and was typed there), the rest is in
    ``problems``. ``failed`` tells that it was
    refused, so that the page is shown again, with ``status``.
    """

    form: JuriForm | None = None
    problems: list[Problem] = field(default_factory=list)
    status: int = 200

    @property
    def failed(self) -> bool:
        """Tell whether the act was refused."""
        return self.status != 200  # noqa: PLR2004  nothing went wrong

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> bool:
        if isinstance(error, InputRefused):
            self.refuse(error.problems, 422)
        elif isinstance(error, ActionRefused) and not isinstance(error, Conflict) and error.code != "not_allowed":
            self.refuse([Problem("", reason, error.code) for reason in error.reasons], 409)
        elif isinstance(error, NotFound) and self.form is not None and error.kind in self.form:
            self.refuse([Problem(error.kind, str(error), error.code)], 422)
        else:
            return False
        return True

    def refuse(self, problems: Iterable[Problem], status: int = 422) -> None:
        """Note what is wrong, in the language of the page."""
        self.status = status
        told = [replace(problem, message=sentence(problem.message)) for problem in problems]
        self.problems += told if self.form is None else self.form.place(told)
