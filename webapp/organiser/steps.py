"""The steps of a stage: opened, closed, worked out again, signed and sealed, published, opened again.

Every step asks once more on a page of its own that says what it means and what stands in its way.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from juri.core.editions.gate import find_stage
from juri.core.editions.verbs import Running
from juri.core.stages.gates import against_reopening, obstacles
from juri.core.stages.signing import reopening_asked, sign_stage, signatures
from juri.core.stages.verbs import (
    close_stage,
    embargo_stage,
    open_stage,
    publish_stage,
    recompute_stage,
    reopen_stage,
    seal_stage,
)
from juri.core.storage.session import WriteSession
from juri.webapp.desk import desk
from juri.webapp.forms import JuriForm
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import shown_text
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.forms import EmbargoForm, NeededReasonForm, PlainForm, ReasonForm, SealForm
from juri.webapp.organiser.frame import Attempt, Look, acting, looking, page, tell
from juri.webapp.organiser.words import missing_word

Answer = str | Response | tuple[str, int]
Do = Callable[[WriteSession, Running, str], Any]
"""Carries the step out and says what was done."""


@dataclass(frozen=True)
class Step:
    """What a page of a step shows: its name, its button, what follows from it, and what is in its way."""

    name: str
    title: str
    label: str
    consequences: list[str]
    tone: str = "primary"
    against: list[str] = field(default_factory=list)
    more: dict[str, Any] = field(default_factory=dict)


def _take(edition: str, stage: str, form: JuriForm, step: Callable[[Look], Step], do: Do) -> Answer:
    """Show the page of a step or, when its form was sent, carry it out."""
    attempt = Attempt(form)
    if form.validate_on_submit():
        said = ""
        with attempt, acting(edition) as (session, running):
            said = do(session, running, stage)
        if not attempt.failed:
            tell(said)
            return redirect(url_for("organiser.stage", edition=edition, stage=stage))
    elif form.is_submitted():
        attempt.status = 422
    with looking(edition) as look:
        shown = step(look)
    name = shown_text(look.running.stage(stage).name)
    trail = [(name, url_for("organiser.stage", edition=edition, stage=stage)), (shown.title, "")]
    written = page(
        "step.html", look.running, current="board", trail=trail, step=shown, stage=stage, stage_name=name, form=form,
        problems=attempt.problems,
    )  # fmt: skip
    return written, attempt.status


@guarded(blueprint, "/<edition>/stages/<stage>/open", needs=Needs("stage.open", in_edition), methods=("GET", "POST"))
def stage_open(edition: str, stage: str) -> Answer:
    """Open a stage."""

    def step(look: Look) -> Step:
        consequences = [gettext("From now on the stage takes what belongs into it."),
                        gettext("Its rules cannot be changed any more while it is in use.")]  # fmt: skip
        return Step("open", gettext("Open the stage"), gettext("Open the stage"), consequences,
                    against=obstacles(look.session, look.running, stage))  # fmt: skip

    def do(session: WriteSession, running: Running, key: str) -> Any:
        open_stage(session, running, key, by=desk().actor)
        return gettext("The stage is open.")

    return _take(edition, stage, PlainForm(), step, do)


@guarded(blueprint, "/<edition>/stages/<stage>/close", needs=Needs("stage.close", in_edition), methods=("GET", "POST"))
def stage_close(edition: str, stage: str) -> Answer:
    """Close a stage, also before its deadline, with a reason."""
    form = ReasonForm()

    def step(look: Look) -> Step:
        card = look.board.card(stage)
        consequences = [gettext("Nothing is accepted in it any more, not even what is being typed at this moment."),
                        gettext("Its rules propose what becomes of each entry; people decide afterwards.")]  # fmt: skip
        missing = card.asked - card.sent
        early = card.closes_at is not None and not card.is_overdue
        form.reason.flags.required = early
        policy = str(card.spec.options.get("missing") or "")
        return Step("close", gettext("Close the stage"), gettext("Close the stage"), consequences,
                    against=[] if card.is_veiled else obstacles(look.session, look.running, stage),
                    more={"missing": missing, "early": early, "closes_at": card.closes_at,
                          "counts_as": missing_word(policy) if policy else ""})  # fmt: skip

    def do(session: WriteSession, running: Running, key: str) -> Any:
        close_stage(session, running, key, by=desk().actor, early=form.reason.data or "")
        return gettext("The stage is closed. Its rules have proposed what becomes of each entry.")

    return _take(edition, stage, form, step, do)


@guarded(
    blueprint, "/<edition>/stages/<stage>/recompute", needs=Needs("stage.close", in_edition), methods=("GET", "POST")
)
def stage_recompute(edition: str, stage: str) -> Answer:
    """Work a closed stage out again."""
    form = NeededReasonForm()

    def step(_: Look) -> Step:
        consequences = [gettext("Standings and proposals are made anew from what is stored now."),
                        gettext("Decisions that were taken on the old ones must be taken again."),
                        gettext("The old result stays in the records.")]  # fmt: skip
        return Step("recompute", gettext("Work it out again"), gettext("Work it out again"), consequences)

    def do(session: WriteSession, running: Running, key: str) -> Any:
        recompute_stage(session, running, key, by=desk().actor, reason=form.reason.data)
        return gettext("The stage was worked out again.")

    return _take(edition, stage, form, step, do)


@guarded(blueprint, "/<edition>/stages/<stage>/seal", needs=Needs("stage.seal", in_edition), methods=("GET", "POST"))
def stage_seal(edition: str, stage: str) -> Answer:
    """Sign the result of a stage: with a second person, or alone."""
    form = SealForm()

    def step(look: Look) -> Step:
        row = find_stage(look.session, look.running.id, stage)
        signed = signatures(look.session, look.running, row) if row.state == "closed" else ()
        consequences = [gettext("The result gets the hash of everything it was computed from."),
                        gettext("Entries go forward or stop as it was decided, and titles are given."),
                        gettext("What is sealed stays so; only two people together can open it again.")]  # fmt: skip
        return Step("seal", gettext("Sign and seal"), gettext("Sign"), consequences,
                    against=obstacles(look.session, look.running, stage) if row.state == "closed" else [],
                    more={"signed": signed, "account": desk().actor.name})  # fmt: skip

    def do(session: WriteSession, running: Running, key: str) -> Any:
        if form.alone.data:
            seal_stage(session, running, key, by=desk().actor, signers=[form.name.data])
        elif sign_stage(session, running, key, by=desk().actor, name=form.name.data) is None:
            return gettext("You have signed. The result is sealed when a second person signs, too.")
        return gettext("The result is sealed.")

    return _take(edition, stage, form, step, do)


@guarded(
    blueprint, "/<edition>/stages/<stage>/publish", needs=Needs("stage.publish", in_edition), methods=("GET", "POST")
)
def stage_publish(edition: str, stage: str) -> Answer:
    """Publish a sealed stage."""

    def step(look: Look) -> Step:
        row = find_stage(look.session, look.running.id, stage)
        consequences = [gettext("Everybody can see what the edition says is public."),
                        gettext("What was once public cannot be made unseen.")]  # fmt: skip
        preview = bool(look.running.stage(stage).options.get("awards"))
        return Step("publish", gettext("Publish"), gettext("Publish now"), consequences, tone="danger",
                    more={"preview": preview, "embargo": row.embargo_until})  # fmt: skip

    def do(session: WriteSession, running: Running, key: str) -> Any:
        publish_stage(session, running, key, by=desk().actor)
        return gettext("The stage is published.")

    return _take(edition, stage, PlainForm(), step, do)


@guarded(
    blueprint, "/<edition>/stages/<stage>/embargo", needs=Needs("stage.publish", in_edition), methods=("GET", "POST")
)
def stage_embargo(edition: str, stage: str) -> Answer:
    """Keep a sealed result back until a moment, or no longer."""
    form = EmbargoForm()

    def step(look: Look) -> Step:
        consequences = [gettext("Until then nobody can publish the result, not even by mistake."),
                        gettext("Leave the field empty to lift the embargo.")]  # fmt: skip
        row = find_stage(look.session, look.running.id, stage)
        if row.embargo_until and not form.is_submitted():
            form.until.data = row.embargo_until.astimezone(ZoneInfo(look.running.edition.time_zone))
        return Step("embargo", gettext("Embargo"), gettext("Keep it back"), consequences)

    def do(session: WriteSession, running: Running, key: str) -> Any:
        until: datetime | None = form.until.data
        zoned = until.replace(tzinfo=ZoneInfo(running.edition.time_zone)) if until else None
        embargo_stage(session, running, key, by=desk().actor, until=zoned)
        return gettext("The embargo is noted.") if zoned else gettext("The embargo is lifted.")

    return _take(edition, stage, form, step, do)


@guarded(
    blueprint, "/<edition>/stages/<stage>/reopen", needs=Needs("stage.reopen", in_edition), methods=("GET", "POST")
)
def stage_reopen(edition: str, stage: str) -> Answer:
    """Ask for a stage to be opened again; the second person's word does it."""
    form = NeededReasonForm()

    def step(look: Look) -> Step:
        row = find_stage(look.session, look.running.id, stage)
        consequences = [gettext("Entries that stopped here are in the race again."),
                        gettext("Titles that were given here are taken back."),
                        gettext("The old result stays in the records, with both reasons.")]  # fmt: skip
        return Step("reopen", gettext("Open it again"), gettext("Ask for it"), consequences, tone="danger",
                    against=against_reopening(look.session, look.running, row),
                    more={"asked": reopening_asked(look.session, row), "account": desk().actor.name})  # fmt: skip

    def do(session: WriteSession, running: Running, key: str) -> Any:
        if reopen_stage(session, running, key, by=desk().actor, reason=form.reason.data):
            return gettext("The stage is open again.")
        return gettext("Your wish is noted. The stage opens again when a second person wants it, too.")

    return _take(edition, stage, form, step, do)
