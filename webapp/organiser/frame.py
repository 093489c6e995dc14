"""What the organiser's pages share: the edition they are about, their frame, and how they carry an act out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from flask import current_app, flash, g, render_template, request, url_for
from flask_babel import gettext

from juri.core.errors import ActionRefused, Conflict, InputRefused, NotFound, Problem
from juri.core.policy import Permission, Subject, may
from juri.core.stages.board import Board, StageHead, edition_board, stage_heads, veil
from juri.webapp.desk import desk
from juri.webapp.language import shown_text
from juri.webapp.organiser import words
from juri.webapp.sentences import about, sentence

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

    @cached_property
    def hidden(self) -> dict[str, str]:
        """Return the stages whose figures are hidden from who asks, each with the code that says why."""
        answers = {key: sight(self.running.slug, key) for key in self.running.edition.stage_ids}
        return {key: answer.code for key, answer in answers.items() if not answer.allowed}

    @property
    def judged(self) -> list[str]:
        """Return the stages whose figures are hidden since who asks scores in them now."""
        return [key for key, code in self.hidden.items() if code == "judges_here"]

    def tells_of(self, stage: str) -> bool:
        """Tell whether who asks sees the figures of a stage now, or will when it is closed."""
        return self.hidden.get(stage, "judges_here") == "judges_here"

    @property
    def stages(self) -> tuple[StageHead, ...]:
        """Return the stages of the edition, for a page that needs none of their figures."""
        return stage_heads(self.session, self.running, self.hidden)

    @property
    def board(self) -> Board:
        """Return the board of the edition, as far as who asks may see it."""
        return veil(self.running, edition_board(self.session, self.running), self.hidden)


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
        about(running.edition)
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
        about(running.edition)
        yield session, running
        if not keep:
            raise _UndoneError


def allowed(action: str, edition: str, stage: str = "") -> bool:
    """Tell whether whoever asks may do something in an edition or a stage: what may not be done is not offered."""
    return may(desk().actor, action, Subject(edition, stage=stage)).allowed


def sight(edition: str, stage: str) -> Permission:
    """Return whether whoever asks may see how a stage is judged and what came of it, and if not, why."""
    return may(desk().actor, "standings.see", Subject(edition, stage=stage))


def page(
    template: str, running: Running, *, current: str, trail: Sequence[Crumb] = (), at: str = "", **values: Any
) -> str:
    """Write a page about an edition.

    Args:
        template: its file, below ``organiser/``.
        running: the edition.
        current: which item of the menu it belongs to.
        trail: the pages between the board and this one, and this one.
        at: the stage that it is about, where its address does not name it.
        values: what the template shows.

    """
    name, here = shown_text(running.edition.name), at or (request.view_args or {}).get("stage", "")
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
        allowed=lambda action, stage=here: allowed(action, running.slug, stage),
        **values,
    )


def menu_of(edition: str, current: str) -> list[dict[str, Any]]:
    """Return the menu of an edition: the pages that this person may open."""
    items = [
        ("board", gettext("Board"), "organiser.board", "desk.see"),
        ("entries", gettext("Entries"), "organiser.entries", "entry.see"),
        ("jurors", gettext("Jurors"), "organiser.jurors", "desk.see"),
        ("standings", gettext("Standings"), "organiser.standings", "desk.see"),
        ("decisions", gettext("Decisions"), "organiser.decisions", "desk.see"),
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
