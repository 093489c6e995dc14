"""One entry as its agency sees it: its state, what is open in it, what is to be done, its versions, its result."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from juri.core.document import StageSpec
from juri.core.editions.verbs import Running
from juri.core.entries.asked import Gap, asked_of, gaps_of, is_blank
from juri.core.entries.facts import facts_of
from juri.core.entries.verbs import EntryContent, content_of, revisions_of
from juri.core.errors import NotFound
from juri.core.policy import Subject, may
from juri.core.results.known import OwnEntry, comments_on, find_own, own_entries, refusal_of, titles_of
from juri.core.stages.foresight import find_selection, foresee_refusal
from juri.core.view import EntryFacts
from juri.webapp.cards import aspect_names
from juri.webapp.desk import desk
from juri.webapp.entrant.blueprint import SEES, blueprint
from juri.webapp.entrant.frame import Look, looking, page
from juri.webapp.entry_forms import ANSWER, answer_words
from juri.webapp.guard import guarded
from juri.webapp.language import shown_text
from juri.webapp.recognition import parts_of
from juri.webapp.sentences import shown_sentence

WITHDRAWABLE = frozenset({"drafted", "at_local_admin", "submitted", "eligible", "advanced"})

WRITABLE = frozenset({"drafted", "at_local_admin"})


@dataclass(frozen=True)
class Step:
    """Something that this person may do with an entry now."""

    name: str
    label: str
    url: str
    icon: str
    kind: str = "secondary"


@dataclass(frozen=True)
class Finding:
    """Something that the administrative selection would refuse; ``url`` leads to the question, where it is one."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Review:
    """How complete an entry is: its questions, the open ones, and what rules find against it."""

    asked: int
    gaps: tuple[Gap, ...]
    findings: tuple[Finding, ...]

    @property
    def answered(self) -> int:
        """Return how many of the required questions are answered."""
        return self.asked - sum(gap.is_missing for gap in self.gaps)


@guarded(blueprint, "/<edition>/entries/<code>/", needs=SEES)
def entry(edition: str, code: str) -> Any:
    """Show an entry."""
    with looking(edition) as look:
        own = find_own(look.session, look.running, code, by=desk().actor)
        values = {
            "own": own,
            "steps": steps_of(look, [own])[0],
            "review": review_of(look, own) if own.state in {"drafted", "at_local_admin"} else None,
            "revisions": revisions_of(look.session, own.row),
            **_result(look, own),
        }
    return page(
        "entry.html",
        look.running,
        (own.row.title, ""),
        look=look,
        passages=list(passages_of(look.running, content_of(own.row))),
        **values,
    )


@guarded(blueprint, "/<edition>/entries/<code>/versions/<int:number>", needs=SEES)
def version(edition: str, code: str, number: int) -> Any:
    """Show an earlier version beside the present one."""
    with looking(edition) as look:
        own = find_own(look.session, look.running, code, by=desk().actor)
        found = [each for each in revisions_of(look.session, own.row) if each.version == number]
    if not found:
        raise NotFound("version", number)
    then = dict(passages_of(look.running, EntryContent(**found[0].content)))
    here = dict(passages_of(look.running, content_of(own.row)))
    back = url_for("entrant.entry", edition=edition, code=code)
    trail = ((own.row.title, back), (_("Version %(number)s", number=number), ""))
    return page("version.html", look.running, *trail, own=own, revision=found[0], then=then, here=here)


def steps_of(look: Look, owns: Sequence[OwnEntry]) -> list[list[Step]]:
    """List what the person may do with each entry now, the next thing first; the verbs decide once more."""
    facts = facts_of(look.session, look.running, [own.row for own in owns])
    return [_in_order(look, own, known) for own, known in zip(owns, facts, strict=True)]


def _in_order(look: Look, own: OwnEntry, facts: EntryFacts) -> list[Step]:
    """Put the steps in their order: while questions are open, going on with writing comes first."""
    steps = list(_steps(look, own))
    if gaps_of(look.running.edition.form, facts):
        steps.sort(key=lambda step: step.name != "edit")
    first = [replace(step, kind="primary" if step.name != "withdraw" else step.kind) for step in steps[:1]]
    return [*first, *steps[1:]]


def _steps(look: Look, own: OwnEntry) -> Iterator[Step]:
    if not look.may_withdraw or own.state not in WITHDRAWABLE:
        return
    address: dict[str, Any] = {"edition": look.running.slug, "code": own.row.code}
    on = Subject(look.running.slug, own.entrant, state=own.state)
    offered = (
        ("submit", _("Check and submit"), "check", "secondary", look.is_open and own.state in _submittable(look)),
        ("hand_over", _("Hand over to the local administrator"), "forward", "secondary", _is_handed_over(look, own)),
        ("edit", _("Go on writing"), "edit", "secondary", look.is_open and own.state in WRITABLE),
        ("withdraw", _("Withdraw …"), "undo", "quiet", look.is_open or own.state not in WRITABLE),
    )
    rights = {"edit": "entry.change"}
    for name, label, icon, kind, is_due in offered:
        if is_due and may(desk().actor, rights.get(name, f"entry.{name}"), on).allowed:
            yield Step(name, label, url_for(f"entrant.{name}", **address), icon, kind)


def _submittable(look: Look) -> frozenset[str]:
    return frozenset({"at_local_admin"} if look.by_local_admin else {"drafted", "at_local_admin"})


def _is_handed_over(look: Look, own: OwnEntry) -> bool:
    return look.is_open and look.by_local_admin and own.state == "drafted"


def review_of(look: Look, own: OwnEntry) -> Review:
    """Say how complete an entry is, and what rules alone would find against it in the administrative selection."""
    form = look.running.edition.form
    (facts,) = facts_of(look.session, look.running, [own.row])
    gaps = gaps_of(form, facts)
    beside = [each.row for each in own_entries(look.session, look.running, by=desk().actor)]
    beside = beside if own.row in beside else [*beside, own.row]
    reason = foresee_refusal(look.session, look.running, own.row, beside)
    return Review(
        asked=sum(field.required for field in asked_of(form, facts)),
        gaps=gaps,
        findings=(*_open_points(look, own, gaps), *_found_by_rules(look, own, reason, gaps)),
    )


def _open_points(look: Look, own: OwnEntry, gaps: Sequence[Gap]) -> Iterator[Finding]:
    edit = url_for("entrant.edit", edition=look.running.slug, code=own.row.code)
    for gap in gaps:
        label = shown_text(gap.field.label)
        if gap.is_missing:
            said = _("%(question)s: not answered yet.", question=label)
        else:
            said = _(
                "%(question)s: %(words)s words, %(most)s are allowed.", question=label, words=gap.words, most=gap.most
            )
        yield Finding(said, f"{edit}#{ANSWER}{gap.field.id}")


def _found_by_rules(look: Look, own: OwnEntry, reason: str, gaps: Sequence[Gap]) -> Iterator[Finding]:
    """Say what rules found; what is said as an open point above is not said again."""
    form = look.running.edition.form
    missing = (f"'{gap.field.id}' " for gap in gaps if gap.is_missing)
    known = ("not answered: ", *(f"{field.id} has " for field in form), *missing)
    for said, words in _parts(look.running, find_selection(look.running, own.row.track), reason):
        if not said.startswith(known):
            yield Finding(words)


def _parts(running: Running, spec: StageSpec | None, reason: str) -> Iterator[tuple[str, Markup]]:
    """Take a reason apart: each part in English without the checklist item before it, and in the page's language.

    A question is called there by its id; people know it by its label.
    """
    labels = {f"'{field.id}'": f"'{shown_text(field.label)}'" for field in running.edition.form}
    items = spec.options.get("items", ()) if spec else ()
    names = {f"{item['text'].en}: ": shown_text(item["text"]) for item in items}
    for part in parts_of(reason):
        item = next((each for each in names if part.startswith(each)), "")
        said = part.removeprefix(item)
        words = shown_sentence(reduce(lambda text, id_: text.replace(id_, labels[id_]), labels, said))
        yield said, Markup("{}: {}").format(names[item], words) if item else words


def passages_of(running: Running, content: EntryContent) -> Iterator[tuple[str, str]]:
    """Write the content of an entry as pairs of a label and a text, in the form's order; what is blank is left out."""
    edition = running.edition
    tracks = {track.id: shown_text(track.name) for track in edition.tracks}
    categories = {item.id: shown_text(item.name) for item in edition.categories}
    yield _("Title of the innovation"), content.title
    told = (
        (_("Track"), tracks.get(content.track, content.track)),
        (_("Category"), categories.get(content.category, content.category)),
        (_("Work unit"), content.unit),
        (_("Innovators"), "\n".join(content.people)),
    )
    yield from ((label, text) for label, text in told if text)
    fields = {field.id: field for field in edition.form}
    ordered = [*(name for name in fields if name in content.answers), *(n for n in content.answers if n not in fields)]
    for name in ordered:
        given, field = content.answers[name], fields.get(name)
        if not is_blank(given):
            yield (name, str(given)) if field is None else (shown_text(field.label), answer_words(field, given))


def _result(look: Look, own: OwnEntry) -> dict[str, Any]:
    """Read what was published of an entry: nothing before that."""
    refused = refusal_of(look.session, look.running, own.row)
    comments = comments_on(look.session, look.running, own.row)
    return {
        "titles": titles_of(look.session, look.running, own.row),
        "refusal": None
        if refused is None
        else (refused[0].name, [words for _said, words in _parts(look.running, *refused)]),
        "comments": comments,
        "criteria": _criteria(look.running),
        "is_judged": own.state == "submitted" and not look.is_open,
    }


def _criteria(running: Running) -> dict[str, str]:
    rubrics = running.edition.rubrics.values()
    return aspect_names(rubrics)
