"""The screening of a checklist: entries by items, answered by people, with what the rules found beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from juri.core.errors import NotFound
from juri.core.stages.acts import Act, record_acts
from juri.core.stages.preview import preview_outcome
from juri.core.view import STOP, EntryFacts, Proposal
from juri.webapp.desk import desk
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import ngettext, shown_text
from juri.webapp.organiser import words
from juri.webapp.organiser.acts import Topic, find_topic
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.forms import PlainForm
from juri.webapp.organiser.frame import Attempt, Look, acting, is_partial, looking, page, tell
from juri.webapp.paging import page_number, paged

SCREEN = Needs("entry.screen", in_edition)
"""So many entries stand on a page of the screening."""

SHOWN = ("open", "all", "failed")
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Cell:
    """One item of one entry: the stored answer, or none yet. ``is_asked`` is False where its track is not asked."""

    item: str
    text: Any
    answer: str = ""
    reason: str = ""
    is_asked: bool = True


@dataclass(frozen=True)
class Line:
    """One entry of the screening."""

    entry: EntryFacts
    cells: tuple[Cell, ...]
    found: Proposal

    @property
    def left(self) -> int:
        """Return how many items nobody has answered."""
        return sum(cell.is_asked and not cell.answer for cell in self.cells)

    @property
    def refused_by_rule(self) -> bool:
        """Tell whether a rule is against the entry."""
        return self.found.outcome == STOP

    @property
    def failed(self) -> bool:
        """Tell whether an item is answered no, or a rule is against the entry."""
        return self.refused_by_rule or any(cell.answer == "no" for cell in self.cells)


@dataclass(frozen=True)
class Screening:
    """The whole screening of a stage."""

    topic: Topic
    items: tuple[Mapping[str, Any], ...]
    lines: tuple[Line, ...]

    def shown(self, which: str) -> list[Line]:
        """Return the entries with something open, those that failed, or all."""
        if which == "open":
            return [line for line in self.lines if line.left]
        return [line for line in self.lines if line.failed or which != "failed"]

    @property
    def asked(self) -> int:
        """Return how many answers are asked for."""
        return sum(cell.is_asked for line in self.lines for cell in line.cells)

    @property
    def answered(self) -> int:
        """Return how many answers are there."""
        return self.asked - sum(line.left for line in self.lines)


def find_screening(look: Look, stage: str) -> Screening:
    """Read the screening of a stage.

    Raises:
        NotFound: the stage is no checklist.

    """
    topic = find_topic(look, stage, "check")
    if "items" not in topic.spec.options:
        raise NotFound("checklist", stage)
    items = tuple(item for item in topic.spec.options["items"] if item["rule"] is None)
    by_rule = {each.entry: each for each in preview_outcome(look.session, look.running, stage, acts=False).proposals}
    answers = {(each.entry or "", each.subject): each.data for each in topic.records}
    lines = tuple(
        Line(entry, tuple(_cells(entry, items, answers)), by_rule[entry.code])
        for entry in topic.entries
        if entry.code in by_rule
    )
    return Screening(topic, items, lines)


def _cells(
    entry: EntryFacts, items: tuple[Mapping[str, Any], ...], answers: Mapping[tuple[str, str], Mapping[str, Any]]
) -> Iterator[Cell]:
    for item in items:
        said = answers.get((entry.code, item["id"]), {})
        asked = not item["tracks"] or entry.track in item["tracks"]
        yield Cell(item["id"], item["text"], said.get("answer", ""), said.get("reason", ""), asked)


@guarded(blueprint, "/<edition>/stages/<stage>/screening", needs=SCREEN, methods=("GET", "POST"))
def screening(edition: str, stage: str) -> Answer:
    """Screen entries: a page of them by items, saved all together or, with htmx, row by row."""
    form = PlainForm()
    attempt = Attempt(form)
    if form.validate_on_submit():
        with looking(edition) as look:
            typed = list(_typed(find_screening(look, stage)))
        with attempt, acting(edition) as (session, running):
            record_acts(session, running, stage, typed, by=desk().actor)
        if not attempt.failed and not is_partial():
            tell(ngettext("%(num)d answer is saved.", "%(num)d answers are saved.", len(typed)))
            return redirect(url_for("organiser.screening", edition=edition, stage=stage, **_asked()))
    with looking(edition) as look:
        found = find_screening(look, stage)
    if attempt.failed:
        found = _as_typed(found)
    return _partial(look, found, attempt) if is_partial() else _whole(look, found, attempt)


def _as_typed(found: Screening) -> Screening:
    """Show the answers that were refused as they were sent."""

    def typed(code: str, cell: Cell) -> Cell:
        answer = request.form.get(f"a:{code}:{cell.item}", cell.answer)
        return replace(cell, answer=answer, reason=request.form.get(f"r:{code}:{cell.item}", cell.reason))

    lines = [replace(line, cells=tuple(typed(line.entry.code, cell) for cell in line.cells)) for line in found.lines]
    return replace(found, lines=tuple(lines))


def _asked() -> dict[str, Any]:
    """Return which entries and which page are looked at."""
    which = request.args.get("show", "open")
    return {"show": which if which in SHOWN else "open", "page": page_number()}


def _whole(look: Look, found: Screening, attempt: Attempt) -> Answer:
    asked = _asked()
    here: dict[str, Any] = {"edition": look.running.slug, "stage": found.topic.spec.id}
    lines = found.shown(asked["show"])
    tabs = [
        {"label": label, "url": url_for("organiser.screening", show=name, **here), "current": name == asked["show"],
         "count": len(found.shown(name))}
        for name, label in zip(SHOWN, (gettext("Still open"), gettext("All"), gettext("Refused")), strict=True)
    ]  # fmt: skip
    written = page(
        "screening.html", look.running, current="board", trail=_trail(here, found), screening=found, tabs=tabs,
        part=paged(lines), problems=attempt.problems, asked=asked, stage=here["stage"],
    )  # fmt: skip
    return written, attempt.status


def _trail(here: dict[str, Any], found: Screening) -> list[tuple[str, str]]:
    return [(shown_text(found.topic.spec.name), url_for("organiser.stage", **here)), (gettext("Screening"), "")]


def _partial(look: Look, found: Screening, attempt: Attempt) -> Answer:
    """Write the row that was sent again, with what is wrong with it, and how far the screening is."""
    row = request.form.get("row", "")
    line = next((each for each in found.lines if each.entry.code == row), None)
    if line is None:
        raise NotFound("entry", row)
    return render_template(
        "organiser/screening_row.html", line=line, screening=found, edition=look.running.slug,
        stage=found.topic.spec.id, problems=attempt.problems, words=words, with_progress=True,
    )  # fmt: skip


def _typed(found: Screening) -> Iterator[Act]:
    """Read the answers that differ from what is stored; the button of a row answers what is open in it with yes."""
    everything = request.form.get("all_yes", "")
    for line in found.lines:
        code = line.entry.code
        for cell in line.cells:
            answer = request.form.get(f"a:{code}:{cell.item}", cell.answer)
            reason = request.form.get(f"r:{code}:{cell.item}", cell.reason).strip()
            if not answer and everything == code and cell.is_asked:
                answer = "yes"
            if not cell.is_asked or not answer:
                continue
            reason = reason if answer == "no" else ""
            if (answer, reason) != (cell.answer, cell.reason):
                data = {"answer": answer, **({"reason": reason} if reason else {})}
                yield Act("check", data, code, cell.item, f"{code}")
