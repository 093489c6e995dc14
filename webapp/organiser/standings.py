"""Standings: ranks with their rules, one entry down to its jurors' lines, and what other weights would make of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from juri.core.editions.gate import find_stage
from juri.core.entries.listing import EntryLabel, entry_labels
from juri.core.errors import InputRefused, NotFound, Problem
from juri.core.results.pages import StandingsPage, Wanted, cut_page, read_page
from juri.core.results.snapshots import standings_in_force
from juri.core.scoring.explain import explain_entry
from juri.core.scoring.number import read_number
from juri.core.scoring.rubric import Criterion, Rubric
from juri.core.scoring.standings import Standings
from juri.core.stages.board import StageHead
from juri.core.stages.explanations import notes_of
from juri.core.stages.past import standings_as_of
from juri.core.stages.preview import Comparison, Move, compare_rubrics, preview_outcome
from juri.core.stages.views import jurors_behind, sheets_of, stage_rubrics
from juri.webapp import paging
from juri.webapp.cards import aspect_names
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import shown_text
from juri.webapp.organiser import words
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.decisions import stage_tabs
from juri.webapp.organiser.forms import PastForm
from juri.webapp.organiser.frame import Attempt, Look, is_partial, looking, page
from juri.webapp.organiser.remarks import remarks_on

SEE = Needs("standings.see", in_edition)
LOOK = Needs("desk.see", in_edition)
Answer = str | Response | tuple[str, int]
_OVER = ("closed", "sealed", "published")
_FILTERS = ("track", "words")


@dataclass(frozen=True)
class Ranked:
    """The whole standings of a stage: those in force, or what they would be now."""

    standings: Mapping[str, Standings]
    labels: Mapping[str, EntryLabel]
    names: Mapping[str, str]


def _moment(form: PastForm, zone: str) -> datetime | None:
    """Return the moment that the address asks for; None for now."""
    given: datetime | None = form.at.data if request.args.get("at") and form.validate() else None
    return given.replace(tzinfo=ZoneInfo(zone)) if given else None


def _ranked(look: Look, card: StageHead) -> Ranked:
    """Read the whole standings of a stage, for a page that compares all of them."""
    found = _worked_out(look, card)
    return Ranked(found, entry_labels(look.session, look.running), _track_names(look))


def _worked_out(look: Look, card: StageHead, at: datetime | None = None) -> Mapping[str, Standings]:
    """Return standings in force, or work out what they would be if the stage closed now, or were at a moment."""
    if at is not None:
        return standings_as_of(look.session, look.running, card.key, at)
    if _is_live(card, at):
        return preview_outcome(look.session, look.running, card.key).standings
    return standings_in_force(look.session, find_stage(look.session, look.running.id, card.key))


def _is_live(card: StageHead, at: datetime | None) -> bool:
    return card.state not in _OVER and at is None


def _track_names(look: Look) -> dict[str, str]:
    return {track.id: shown_text(track.name) for track in look.running.edition.tracks}


def _ranking_cards(look: Look) -> list[StageHead]:
    """Return the stages that rank entries and were opened, with those whose standings who asks will see later."""
    return [card for card in look.stages if card.state != "planned" and _may_rank(card) and look.tells_of(card.key)]


def _may_rank(card: StageHead) -> bool:
    return card.kind.judged or bool({"of", "scale", "proposes"} & set(card.spec.options))


@guarded(blueprint, "/<edition>/standings/", needs=LOOK)
def standings(edition: str) -> Any:
    """Show the standings of the stage that is asked for, or of the one being worked on, track by track."""
    stage = request.args.get("stage", "")
    asked = {name: text for name in _FILTERS if (text := request.args.get(name, "").strip())}
    with looking(edition) as look:
        cards = _ranking_cards(look)
        working = [card for card in cards if card.state in {"open", "closed"}]
        chosen = stage or next((card.key for card in [*working, *reversed(cards)]), "")
        card = next((card for card in cards if card.key == chosen), None)
        if stage and card is None:
            raise NotFound("standings", stage)
        past = PastForm(request.args, meta={"csrf": False})
        moment = _moment(past, look.running.edition.time_zone) if card and card.kind.judged else None
        ranked = _page(look, card, asked, moment) if card and not card.is_veiled else None
        tabs = stage_tabs(look, "organiser.standings", chosen, [(each.key, 0) for each in cards])
    return page(
        "standings.html", look.running, current="standings", trail=[(gettext("Standings"), "")], card=card, at=chosen,
        stage=chosen, ranked=ranked, tabs=tabs, is_provisional=card is None or card.state != "published",
        is_live=card is not None and _is_live(card, moment), names=_track_names(look),
        tie_names=_criterion_names(look), past=past, moment=moment, asked=asked,
    )  # fmt: skip


def _page(look: Look, card: StageHead, asked: Mapping[str, str], at: datetime | None) -> StandingsPage:
    """Read the page of the standings in force that the address asks for; what is not in force is worked out first."""
    wanted = Wanted(**asked, page=paging.page_number(), size=paging.PAGE)
    if at is None and not _is_live(card, at):
        return read_page(look.session, find_stage(look.session, look.running.id, card.key), wanted)
    return cut_page(_worked_out(look, card, at), entry_labels(look.session, look.running), wanted)


def _criterion_names(look: Look) -> dict[str, str]:
    """Return what the criteria of the edition are called; a tie may be broken by one of an earlier stage."""
    rubrics = look.running.edition.rubrics.values()
    return aspect_names(rubrics)


@guarded(blueprint, "/<edition>/standings/<stage>/<code>", needs=SEE)
def standing(edition: str, stage: str, code: str) -> Any:
    """Explain one entry's place down to the lines of each juror."""
    with looking(edition) as look:
        card = next((each for each in _ranking_cards(look) if each.key == stage), None)
        if card is None:
            raise NotFound("standings", stage)
        ranked = _ranked(look, card)
        if code not in ranked.labels:
            raise NotFound("entry", code)
        row = find_stage(look.session, look.running.id, stage)
        sheets = tuple(sheets_of(look.session, row, code))
        told = None
        for found in ranked.standings.values():
            if code in {*found.rank_of(), *(each.entry for each in found.unranked)}:
                late = jurors_behind(look.session, row)
                told = explain_entry(code, found, sheets, rounding=card.spec.options.get("rounding", ()), late=late)
        names = _criterion_names(look)
        said = remarks_on(look, notes_of(sheets))
    label = ranked.labels[code]
    values: dict[str, Any] = {"told": told, "label": label, "criteria": names, "stage": stage, "code": code,
                              "said": said}  # fmt: skip
    if is_partial():
        return render_template("organiser/standing_part.html", words=words, edition=edition, **values)
    title = f"{code} · {label.title}"
    back = url_for("organiser.standings", edition=edition, stage=stage)
    trail = [(gettext("Standings"), back), (title, "")]
    return page("standing.html", look.running, current="standings", trail=trail, title=title, card=card, **values)


@guarded(blueprint, "/<edition>/what-if/<stage>", needs=SEE)
def what_if(edition: str, stage: str) -> Answer:
    """Show what other weights would make of the standings; the weights stand in the address, nothing is stored."""
    attempt = Attempt()
    compared: Comparison | None = None
    with looking(edition) as look:
        card = next((each for each in _ranking_cards(look) if each.key == stage and each.kind.judged), None)
        if card is None:
            raise NotFound("judged stage", stage)
        rubrics = stage_rubrics(look.running, card.spec)
        if any(name.startswith("w:") for name in request.args):
            with attempt:
                compared = compare_rubrics(look.session, look.running, stage, _with_weights(rubrics))
        ranked = _ranked(look, card)
    values: dict[str, Any] = {"rubrics": rubrics, "compared": compared, "ranked": ranked, "problems": attempt.problems,
                              "typed": request.args, "stage": stage, "sums": _sums(rubrics),
                              "part": _paged_moves(compared)}  # fmt: skip
    if is_partial():
        return render_template("organiser/what_if_part.html", edition=edition, words=words, **values), 200
    back = url_for("organiser.standings", edition=edition, stage=stage)
    trail = [(gettext("Standings"), back), (gettext("What if"), "")]
    written = page("what_if.html", look.running, current="standings", trail=trail, card=card, **values)
    return written, attempt.status


def _paged_moves(compared: Comparison | None) -> paging.Part[tuple[str, Move]] | None:
    """Return the moves of one page, each with its track, in the order of the new ranking."""
    if compared is None:
        return None
    return paging.paged([(track, move) for track, moves in compared.moves.items() for move in moves])


def _with_weights(rubrics: Mapping[str, Rubric]) -> dict[str, Rubric]:
    """Return the rubrics with the weights of the address.

    Raises:
        InputRefused: a weight is no number.

    """
    problems: list[Problem] = []
    found = {
        name: replace(rubric, criteria=tuple(_weighted(name, each, problems) for each in rubric.criteria))
        for name, rubric in rubrics.items()
    }
    if problems:
        raise InputRefused(problems)
    return found


def _weighted(rubric: str, criterion: Criterion, problems: list[Problem]) -> Criterion:
    text = request.args.get(f"w:{rubric}:{criterion.id}")
    weight = criterion.weight
    if text is not None:
        try:
            weight = read_number(text)
        except ValueError as error:
            problems.append(Problem(f"w-{rubric}-{criterion.id}", f"{criterion.name or criterion.id}: {error}"))
    children = tuple(_weighted(rubric, each, problems) for each in criterion.children)
    return replace(criterion, weight=weight, children=children)


def _sums(rubrics: Mapping[str, Rubric]) -> dict[str, Decimal]:
    return {name: sum((each.weight for each in rubric.criteria), Decimal(0)) for name, rubric in rubrics.items()}
