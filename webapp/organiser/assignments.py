"""Assignments: by a rule, whose loads are shown before it assigns anybody, and by hand."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response
from wtforms.fields.choices import SelectChoice

from juri.core.editions.gate import find_stage
from juri.core.entries.facts import alive_titles
from juri.core.errors import NotFound
from juri.core.extension import AssignmentRule, StageKind
from juri.core.judging.assignments import (
    assign,
    assign_pairs,
    assigned_pairs,
    free_jurors,
    recuse,
    replace_juror,
)
from juri.core.judging.loads import Seat, panel_seats
from juri.core.judging.planning import Plan, plan_assignment, plan_replacement
from juri.webapp.desk import desk
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import ngettext, shown_text
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.forms import AssignForm, PairForm, ReplaceForm
from juri.webapp.organiser.frame import Attempt, Look, acting, looking, page, tell
from juri.webapp.organiser.words import ASSIGNMENT_RULES
from juri.webapp.paging import paged

ASSIGN = Needs("assignment.change", in_edition)
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Sheet:
    """One assignment as the page shows it: whose, and how far it is."""

    juror: str
    state: str


@dataclass(frozen=True)
class Row:
    """One entry with the jurors who score it."""

    entry: str
    title: str
    sheets: tuple[Sheet, ...]


@guarded(blueprint, "/<edition>/stages/<stage>/assignments", needs=ASSIGN, methods=("GET", "POST"))
def assignments(edition: str, stage: str) -> Answer:
    """Show who scores what; a rule is previewed first and assigns when its form is sent."""
    with looking(edition) as look:
        form = _rule_form(look)
    attempt = Attempt(form)
    if form.validate_on_submit():
        done = 0
        with attempt, acting(edition) as (session, running):
            done = assign(
                session, running, stage, by=desk().actor, rule=form.rule.data, seed=form.seed.data, options=form.options
            )
        if not attempt.failed:
            tell(ngettext("%(num)d assignment was made.", "%(num)d assignments were made.", done))
            return redirect(url_for("organiser.assignments", edition=edition, stage=stage))
    elif form.is_submitted():
        attempt.status = 422
    return _page(edition, stage, form, attempt)


def _rule_form(look: Look) -> AssignForm:
    registry = look.running.registry
    rules = [registry.find(AssignmentRule, name) for name in registry.names("assignment_rules")]
    asked: dict[str, Any] = {name: request.args.get(name, type=int) for name in ("seed", "min_load", "max_load")}
    asked |= {name: request.args.get(name) for name in ("rule", "bridges")}
    given = {name: value for name, value in asked.items() if value is not None}
    choices = [SelectChoice(rule.name, ASSIGNMENT_RULES.get(rule.name, rule.title)) for rule in rules]
    return AssignForm(choices, data=given)


def _page(
    edition: str,
    stage: str,
    form: AssignForm,
    attempt: Attempt,
    *,
    pair: PairForm | None = None,
    replaced: ReplaceForm | None = None,
) -> Answer:
    wish, handing = Attempt(), Attempt()
    with looking(edition) as look:
        spec = look.running.stage(stage)
        if not look.running.registry.find(StageKind, spec.kind).judged:
            raise NotFound("judged stage", stage)
        row = find_stage(look.session, look.running.id, stage)
        may_change = row.state in {"planned", "open"}
        with wish:
            plan = _plan(look, stage, form) if may_change else None
        seats = [seat for seat in panel_seats(look.session, look.running, stage=stage) if _is_in(look, stage, seat)]
        rows = _rows(look, stage)
        asked = request.args.get("entry", "")
        leaver = request.args.get("replace", "")
        with handing:
            handed = plan_replacement(look.session, look.running, stage, leaver) if leaver and may_change else None
        free = free_jurors(look.session, look.running, stage, asked) if asked and may_change else None
    pairing = pair or PairForm(formdata=None, entry=asked)
    leaving = replaced or ReplaceForm(formdata=None, juror=leaver)
    leaving.juror.choices = _choices([seat for seat in seats if seat.total("left")], None)
    pairing.juror.choices = _choices(seats, free)
    name = shown_text(spec.name)
    written = page(
        "assignments.html", look.running, current="jurors", stage=stage, form=form, pair=pairing, seats=seats,
        trail=[(name, url_for("organiser.stage", edition=edition, stage=stage)), (gettext("Assignments"), "")],
        plan=None if wish.failed else plan,
        leaving=leaving, handed=None if handing.failed else handed, unreplaced=handing.problems,
        against=wish.problems, problems=attempt.problems, may_change=may_change,
        wanted=spec.options.get("jurors_per_entry"), stage_name=name, asked_entry=asked, nobody_free=free == (),
        **_shown(rows),
    )  # fmt: skip
    return written, attempt.status


def _choices(seats: list[Seat], free: tuple[tuple[str, int], ...] | None) -> list[SelectChoice]:
    """Offer the panel; where one entry is asked for, only who could score it, whoever has least to do first."""
    names = {seat.code: f"{seat.name} ({seat.code})" for seat in seats}
    if free is None:
        return [SelectChoice(code, name) for code, name in names.items()]
    return [
        SelectChoice(code, ngettext("%(juror)s, %(num)d entry", "%(juror)s, %(num)d entries", load, juror=names[code]))
        for code, load in free
    ]


def _plan(look: Look, stage: str, form: AssignForm) -> Plan | None:
    """Work out what the rule that was asked for would assign; None where nobody asked."""
    if not request.args.get("rule"):
        return None
    rule, seed = str(form.rule.data), int(form.seed.data or 0)
    return plan_assignment(look.session, look.running, stage, rule=rule, seed=seed, options=form.options)


def _shown(rows: list[Row]) -> dict[str, Any]:
    """Return the page of the entries that was asked for, by words of the title."""
    words = request.args.get("words", "")
    found = [each for each in rows if words.casefold() in f"{each.entry} {each.title}".casefold()]
    return {"part": paged(found), "asked_words": words}


def _is_in(look: Look, stage: str, seat: Seat) -> bool:
    return bool(seat.loads) or (seat.active and seat.panel == look.running.stage(stage).options.get("panel"))


def _rows(look: Look, stage: str) -> list[Row]:
    sheets: dict[str, list[Sheet]] = defaultdict(list)
    for (entry, juror), state in sorted(assigned_pairs(look.session, look.running, stage).items()):
        sheets[entry].append(Sheet(juror, state))
    titles = alive_titles(look.session, look.running, look.running.stage(stage))
    return [Row(code, title, tuple(sheets[code])) for code, title in titles.items()]


@guarded(blueprint, "/<edition>/stages/<stage>/assignments/add", needs=ASSIGN, methods=("POST",))
def add_pair(edition: str, stage: str) -> Answer:
    """Give one entry to one juror by hand."""
    return _by_hand(edition, stage, is_added=True)


@guarded(blueprint, "/<edition>/stages/<stage>/assignments/remove", needs=ASSIGN, methods=("POST",))
def remove_pair(edition: str, stage: str) -> Answer:
    """Take one juror off one entry by hand."""
    return _by_hand(edition, stage, is_added=False)


def _by_hand(edition: str, stage: str, *, is_added: bool) -> Answer:
    pair = PairForm()
    attempt = Attempt(pair)
    with looking(edition) as look:
        form = _rule_form(look)
    if not pair.validate():
        attempt.status = 422
        return _page(edition, stage, form, attempt, pair=pair)
    entry, juror = str(pair.entry.data).strip(), str(pair.juror.data)
    with attempt, acting(edition) as (session, running):
        if is_added:
            assign_pairs(session, running, stage, [(entry, juror)], by=desk().actor)
        else:
            recuse(session, running, stage, [(entry, juror)], by=desk().actor, reason=pair.reason.data or "")
    if attempt.failed:
        return _page(edition, stage, form, attempt, pair=pair)
    said = gettext("%(juror)s scores %(entry)s.", juror=juror, entry=entry)
    tell(said if is_added else gettext("%(juror)s does not score %(entry)s any more.", juror=juror, entry=entry))
    return redirect(url_for("organiser.assignments", edition=edition, stage=stage))


@guarded(blueprint, "/<edition>/stages/<stage>/assignments/replace", needs=ASSIGN, methods=("POST",))
def hand_over_sheets(edition: str, stage: str) -> Answer:
    """Hand what a juror has not sent over to others."""
    replaced = ReplaceForm()
    attempt = Attempt(replaced)
    with looking(edition) as look:
        form = _rule_form(look)
    if not replaced.validate():
        attempt.status = 422
        return _page(edition, stage, form, attempt, replaced=replaced)
    juror, done = str(replaced.juror.data), 0
    with attempt, acting(edition) as (session, running):
        plan = replace_juror(session, running, stage, juror, by=desk().actor, reason=str(replaced.reason.data))
        done = len(plan.fresh)
    if attempt.failed:
        return _page(edition, stage, form, attempt, replaced=replaced)
    tell(ngettext("%(juror)s is replaced: %(num)d new assignment.", "%(juror)s is replaced: %(num)d new assignments.",
                  done, juror=juror))  # fmt: skip
    return redirect(url_for("organiser.assignments", edition=edition, stage=stage))
