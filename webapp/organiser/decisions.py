"""Deciding: what the rules propose beside what people decide, the order of equals, and who answers for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from juri.core.editions.gate import find_stage
from juri.core.editions.model import StageRow
from juri.core.errors import NotFound, Problem
from juri.core.results.decisions import tie_order_in_force
from juri.core.stages.deciding import decide as take_decision
from juri.core.stages.deciding import order_ties
from juri.core.stages.outcomes import OutcomeLine, outcome_lines, tied_groups
from juri.core.stages.verbs import recompute_stage
from juri.core.view import ADVANCE, STOP
from juri.webapp.desk import desk
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import ngettext, shown_text
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.forms import DecisionForm, TiesForm
from juri.webapp.organiser.frame import Attempt, Look, acting, is_partial, looking, page, tell
from juri.webapp.paging import paged

SEE = Needs("desk.see", in_edition)
DECIDE = Needs("decision.take", in_edition)
Answer = str | Response | tuple[str, int]

_FILTERS = ("show", "track", "words")
_OVER = ("closed", "sealed", "published")
_FEW = 20
"""So many entries are decided on without folding any of them away."""


@dataclass(frozen=True)
class Fold:
    """Entries of one track that stand alike, to be decided on; ``is_open`` where one of them must be looked at."""

    track: str
    state: str
    lines: tuple[OutcomeLine, ...]
    is_open: bool


def stage_tabs(look: Look, endpoint: str, current: str, stages: Sequence[tuple[str, int]]) -> list[dict[str, Any]]:
    """Return the tabs of a page that shows one stage at a time."""
    return [
        {
            "label": shown_text(look.running.stage(key).name),
            "url": url_for(endpoint, edition=look.running.slug, stage=key),
            "current": key == current,
            "count": count or None,
        }
        for key, count in stages
    ]


@guarded(blueprint, "/<edition>/decisions/", needs=SEE)
def decisions(edition: str) -> Any:
    """Show what was proposed and decided in the stage that is asked for, or in the one that waits for people."""
    stage = request.args.get("stage", "")
    with looking(edition) as look:
        cards = [card for card in look.board.cards if card.state in _OVER and not card.is_veiled]
        waiting = [card.key for card in cards if card.state == "closed"]
        chosen = stage or next(iter([*waiting, *(card.key for card in reversed(cards))]), "")
        if chosen in look.hidden:
            raise NotFound("decisions", chosen)
        row = find_stage(look.session, look.running.id, chosen) if chosen else None
        lines = outcome_lines(look.session, look.running, row) if row else ()
        tabs = stage_tabs(look, "organiser.decisions", chosen, [(card.key, card.undecided) for card in cards])
        ties = tied_groups(lines)
    asked = {name: text for name in _FILTERS if (text := request.args.get(name, "").strip())}
    sought = asked.get("words", "").casefold()
    fitting = [line for line in lines if asked.get("track") in {None, line.track} and sought in _words_of(line)]
    found = [line for line in fitting if _fits(line, asked.get("show", ""))]
    return page(
        "decisions.html", look.running, current="decisions", trail=[(gettext("Decisions"), "")], row=row, tabs=tabs,
        stage=chosen, part=paged(found), asked=asked, ties=ties, total=len(lines),
        counts=Counter(line.outcome for line in fitting), departures=sum(line.departs for line in fitting), at=chosen,
        undecided=sum(line.decided is None for line in fitting),
        tracks=[(track.id, shown_text(track.name)) for track in look.running.edition.tracks
                if any(line.track == track.id for line in lines)],
    )  # fmt: skip


def _words_of(line: OutcomeLine) -> str:
    return f"{line.entry} {line.title} {line.entrant}".casefold()


def _fits(line: OutcomeLine, which: str) -> bool:
    """Tell whether a line is shown: all of them, those of an outcome, departures, or what nobody decided yet."""
    special = {"": True, "departures": line.departs, "waiting": line.decided is None}
    return special.get(which, line.outcome == which)


@guarded(blueprint, "/<edition>/stages/<stage>/decide", needs=DECIDE, methods=("GET", "POST"))
def decide(edition: str, stage: str) -> Answer:
    """Decide on a closed stage: as proposed, but for the entries that are named with their reasons."""
    form = DecisionForm()
    attempt = Attempt(form)
    if form.validate_on_submit():
        outcomes, reasons, problems = _departures()
        if problems:
            attempt.refuse(problems)
        else:
            done = 0
            with attempt, acting(edition) as (session, running):
                done = take_decision(session, running, stage, by=desk().actor, signer=form.signer.data,
                                     reason=form.reason.data, outcomes=outcomes, reasons=reasons)  # fmt: skip
            if not attempt.failed:
                tell(ngettext("%(num)d entry is decided.", "%(num)d entries are decided.", done))
                return redirect(url_for("organiser.stage", edition=edition, stage=stage))
    elif form.is_submitted():
        attempt.status = 422
    with looking(edition) as look:
        row = find_stage(look.session, look.running.id, stage)
        lines = outcome_lines(look.session, look.running, row)
    written = page(
        "decide.html", look.running, current="decisions", trail=_trail(look, row, gettext("Decide")), row=row,
        stage=stage, lines=lines, form=form, problems=attempt.problems, typed=request.form, ties=tied_groups(lines),
        folds=_folds(lines), tracks={track.id: shown_text(track.name) for track in look.running.edition.tracks},
        waiting=sum(line.decided is None and not line.is_open for line in lines),
    )  # fmt: skip
    return written, attempt.status


def _folds(lines: Sequence[OutcomeLine]) -> list[Fold]:
    """Group entries by track and by what is proposed or decided; what waits for people, or was typed, stands open."""
    groups: dict[tuple[str, str], list[OutcomeLine]] = defaultdict(list)
    for line in lines:
        groups[line.track, "decided" if line.decided else line.proposed.outcome].append(line)
    return [
        Fold(track, state, tuple(own), len(lines) <= _FEW or any(line.is_open or _is_typed(line) for line in own))
        for (track, state), own in groups.items()
    ]


def _is_typed(line: OutcomeLine) -> bool:
    return any(request.form.get(f"{kind}:{line.entry}") for kind in "ow")


def _trail(look: Look, row: StageRow, last: str) -> list[tuple[str, str]]:
    name = shown_text(look.running.stage(row.key).name)
    return [(name, url_for("organiser.stage", edition=look.running.slug, stage=row.key)), (last, "")]


def _departures() -> tuple[dict[str, str], dict[str, str], list[Problem]]:
    """Read the entries that are decided by name; each of them needs its own reason."""
    named = {name.removeprefix("o:"): value for name, value in request.form.items() if name.startswith("o:") and value}
    reasons = {code: request.form.get(f"w:{code}", "").strip() for code in named}
    silent = [code for code, reason in reasons.items() if not reason]
    told = [Problem(f"w-{code}", gettext("%(code)s: say why it is decided so.", code=code)) for code in silent]
    return {code: value for code, value in named.items() if value in {ADVANCE, STOP}}, reasons, told


@guarded(blueprint, "/<edition>/stages/<stage>/ties", needs=DECIDE, methods=("GET", "POST"))
def ties(edition: str, stage: str) -> Answer:
    """Put equals into an order, best first; the stage is worked out again by it at once."""
    form = TiesForm()
    attempt = Attempt(form)
    moved = request.form.get("move", "")
    if moved:
        form.errors.clear()
    elif form.validate_on_submit():
        with attempt, acting(edition) as (session, running):
            order_ties(session, running, stage, request.form.getlist("order"), by=desk().actor,
                       signer=form.signer.data, reason=form.reason.data)  # fmt: skip
            recompute_stage(session, running, stage, by=desk().actor, reason=form.reason.data)
        if not attempt.failed:
            tell(gettext("The order is recorded, and the stage was worked out again by it."))
            return redirect(url_for("organiser.decisions", edition=edition, stage=stage))
    elif form.is_submitted():
        attempt.status = 422
    with looking(edition) as look:
        row = find_stage(look.session, look.running.id, stage)
        lines = outcome_lines(look.session, look.running, row)
        kept = tie_order_in_force(look.session, [row])
    order: Sequence[str] = request.form.getlist("order") or kept
    if moved:
        order = _moved(list(order), moved, tied_groups(lines, order))
    written = page(
        "ties_form.html" if is_partial() else "ties.html", look.running, current="decisions",
        trail=_trail(look, row, gettext("Order of equals")), row=row, stage=stage, form=form,
        groups=tied_groups(lines, order), problems=attempt.problems, moved=moved,
    )  # fmt: skip
    return written, attempt.status


def _moved(order: list[str], wish: str, groups: Sequence[Sequence[OutcomeLine]]) -> list[str]:
    """Let one entry change places with its neighbour in its group: ``up:E1`` or ``down:E1``."""
    way, _, code = wish.partition(":")
    place = {each: number for number, each in enumerate(order)}
    for group in groups:
        codes = sorted((line.entry for line in group), key=lambda each: place.get(each, len(place)))
        if code in codes:
            at = codes.index(code)
            to = at + (-1 if way == "up" else 1)
            if 0 <= to < len(codes):
                other = codes[to]
                swapped = {code: other, other: code}
                return [swapped.get(each, each) for each in order]
    return order
