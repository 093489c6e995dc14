"""The acts of a stage: lists of what was written down, a form made from their schema, and roll calls of a panel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import redirect, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from juri.core.document import StageSpec
from juri.core.editions.gate import find_stage
from juri.core.entries.facts import alive_facts
from juri.core.errors import NotFound
from juri.core.extension import RecordType, StageKind
from juri.core.judging.loads import panel_seats
from juri.core.stages.acts import Act, may_record, record_act, record_acts
from juri.core.stages.views import records_of
from juri.core.storage.natural import natural_key
from juri.core.view import EntryFacts, Record
from juri.webapp.desk import desk
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import ngettext, shown_text
from juri.webapp.organiser import words
from juri.webapp.organiser.act_forms import ActForm, act_form, subjects_of, told_of
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.frame import Attempt, Look, acting, looking, page, tell

SEE = Needs("desk.see", in_edition)
WRITE = Needs("record.write", in_edition)
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True)
class Topic:
    """One topic of a stage as its page shows it."""

    name: str
    told: RecordType
    spec: StageSpec
    state: str
    entries: tuple[EntryFacts, ...]
    records: tuple[Record, ...]
    is_for_us: bool

    @property
    def takes(self) -> bool:
        """Tell whether acts are taken now, and from this person; the deadline is the verb's to watch."""
        return self.is_for_us and (self.state == "open" or (self.told.after_close and self.state != "planned"))

    @property
    def title(self) -> Any:
        """Return what the topic is called."""
        return words.word(words.TOPICS, self.name)


def find_topic(look: Look, stage: str, topic: str) -> Topic:
    """Read a topic of a stage with its acts in force.

    Raises:
        NotFound: the stage's kind keeps no such acts.

    """
    spec = look.running.stage(stage)
    kind = look.running.registry.find(StageKind, spec.kind)
    if topic not in kind.records:
        raise NotFound("act", topic)
    row = find_stage(look.session, look.running.id, stage)
    entries = tuple(sorted(alive_facts(look.session, look.running, spec), key=lambda entry: natural_key(entry.code)))
    records = tuple(each for each in records_of(look.session, look.running.registry, row) if each.topic == topic)
    is_for_us = may_record(desk().actor, kind.records[topic], look.running.slug, stage)
    return Topic(topic, kind.records[topic], spec, row.state, entries, records, is_for_us)


@guarded(blueprint, "/<edition>/stages/<stage>/acts/<topic>", needs=SEE)
def acts(edition: str, stage: str, topic: str) -> Answer:
    """List the acts of a topic beside the form for one more; one that is there already can be loaded into it."""
    with looking(edition) as look:
        found = find_topic(look, stage, topic)
        if _jurors(look, found):
            return redirect(url_for("organiser.roll_call", edition=edition, stage=stage, topic=topic))
    form = act_form(found.told, topic, found.spec, found.entries)()
    _show_stored(form, found, look.running.edition.time_zone)
    return _acts_page(look, found, form, Attempt(form))


@guarded(blueprint, "/<edition>/stages/<stage>/acts/<topic>", needs=WRITE, methods=("POST",))
def write_act(edition: str, stage: str, topic: str) -> Answer:
    """Write one act."""
    with looking(edition) as look:
        found = find_topic(look, stage, topic)
    form = act_form(found.told, topic, found.spec, found.entries)()
    attempt = Attempt(form)
    if form.validate_on_submit():
        with attempt, acting(edition) as (session, running):
            record_act(session, running, stage, form.act(topic, running.edition.time_zone), by=desk().actor)
        if not attempt.failed:
            tell(gettext("It is written down."))
            return redirect(url_for("organiser.acts", edition=edition, stage=stage, topic=topic))
        attempt.problems += form.place(_unprefixed(attempt))
    else:
        attempt.status = 422
    return _acts_page(look, found, form, attempt)


def _acts_page(look: Look, found: Topic, form: ActForm, attempt: Attempt) -> Answer:
    zone = look.running.edition.time_zone
    written = page(
        "acts.html", look.running, current="board", trail=_trail(look.running.slug, found), topic=found, form=form,
        stage=found.spec.id, problems=attempt.problems, told_of=lambda record: told_of(record, zone),
        titles={entry.code: entry.title for entry in found.entries}, subjects=subject_words(found),
    )  # fmt: skip
    return written, attempt.status


def subject_words(found: Topic) -> dict[str, str]:
    """Return what the subjects of a topic's acts are called, where the edition names them."""
    chosen = subjects_of(found.name, found.spec, per_entry=found.told.per_entry) or ()
    return {str(choice.value): str(choice.label) for choice in chosen}


def _unprefixed(attempt: Attempt) -> list[Any]:
    """Give the problems of an act's data the names of the form's fields."""
    named = [replace(problem, field=f"data_{problem.field}") for problem in attempt.problems if problem.field]
    attempt.problems = [problem for problem in attempt.problems if not problem.field]
    return named


def _show_stored(form: ActForm, found: Topic, zone: str) -> None:
    entry, subject = request.args.get("entry", ""), request.args.get("subject", "")
    if form.entry is not None:
        form.entry.data = entry
    if form.subject is not None:
        form.subject.data = subject
    stored = [each for each in found.records if (each.entry or "", each.subject) == (entry, subject)]
    if stored and (entry or subject):
        form.show(stored[-1].data, zone)


def _trail(edition: str, found: Topic) -> list[tuple[str, str]]:
    stage = url_for("organiser.stage", edition=edition, stage=found.spec.id)
    return [(shown_text(found.spec.name), stage), (str(found.title), "")]


def _jurors(look: Look, found: Topic) -> dict[str, str]:
    """Return the panel whose members are called by a topic on the stage as a whole; empty where there is none."""
    panel = found.spec.options.get("panel")
    if found.told.per_entry or not panel or found.name != "attendance":
        return {}
    seats = panel_seats(look.session, look.running)
    return {seat.code: seat.name for seat in seats if seat.panel == panel and seat.active}


@guarded(blueprint, "/<edition>/stages/<stage>/roll-call/<topic>", needs=SEE)
def roll_call(edition: str, stage: str, topic: str) -> Answer:
    """Show who of a panel is present, and whether they are enough."""
    return _roll_page(*_find_roll(edition, stage, topic), {}, Attempt())


@guarded(blueprint, "/<edition>/stages/<stage>/roll-call/<topic>", needs=WRITE, methods=("POST",))
def call_roll(edition: str, stage: str, topic: str) -> Answer:
    """Write down who of a panel is present."""
    look, found, jurors = _find_roll(edition, stage, topic)
    stored = _stored_roll(found)
    given = {code: request.form.get(f"present_{code}", "") for code in jurors}
    changed = [
        Act(topic, {"present": said}, "", code) for code, said in given.items() if said and said != stored.get(code)
    ]
    attempt = Attempt()
    with attempt, acting(edition) as (session, running):
        record_acts(session, running, stage, changed, by=desk().actor)
    if attempt.failed:
        return _roll_page(look, found, jurors, given, attempt)
    tell(ngettext("The attendance of %(num)d juror is written down.",
                  "The attendance of %(num)d jurors is written down.", len(changed)))  # fmt: skip
    return redirect(url_for("organiser.roll_call", edition=edition, stage=stage, topic=topic))


def _find_roll(edition: str, stage: str, topic: str) -> tuple[Look, Topic, dict[str, str]]:
    with looking(edition) as look:
        found = find_topic(look, stage, topic)
        jurors = _jurors(look, found)
    if not jurors:
        raise NotFound("panel", stage)
    return look, found, jurors


def _stored_roll(found: Topic) -> dict[str, str]:
    return {each.subject: each.data["present"] for each in found.records}


def _roll_page(
    look: Look, found: Topic, jurors: Mapping[str, str], given: Mapping[str, str], attempt: Attempt
) -> Answer:
    stored = _stored_roll(found)
    written = page(
        "roll_call.html", look.running, current="board", trail=_trail(look.running.slug, found), topic=found,
        stage=found.spec.id, jurors=jurors, shown={**stored, **given}, quorum=found.spec.options.get("quorum"),
        present=sum(said == "yes" for code, said in stored.items() if code in jurors), problems=attempt.problems,
    )  # fmt: skip
    return written, attempt.status
