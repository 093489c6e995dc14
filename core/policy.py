"""Who may do what: one table and one pure function. What the table does not allow is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from juri.core.errors import ActionRefused


@dataclass(frozen=True)
class Grant:
    """A role that a person holds; an empty scope is the whole installation. A ``stage`` is one of the edition's."""

    role: str
    edition: str = ""
    organization: str = ""
    stage: str = ""

    @property
    def held_for(self) -> str:
        """Return what the role is held for, as ids and names: ``sukoharjo-2026, penilaian``."""
        return ", ".join(filter(None, (self.edition, self.stage, self.organization)))

    def said(self) -> str:
        """Say the role with what it is held for: ``organiser (sukoharjo-2026)``."""
        return f"{self.role} ({self.held_for})" if self.held_for else self.role


@dataclass(frozen=True)
class Actor:
    """Who acts: a stable name for the audit trail, and the grants held. ``person`` is 0 for the operator.

    ``judging`` are the open stages, as (edition, stage), in which this person scores: there they are a juror like any
    other, whatever else they are.
    """

    name: str
    grants: frozenset[Grant] = frozenset()
    person: int = 0
    judging: frozenset[tuple[str, str]] = frozenset()

    def stages_in(self, edition: str) -> list[str]:
        """Return the stages of an edition for which this actor holds a role that reaches no further."""
        return sorted({grant.stage for grant in self.grants if grant.stage and grant.edition == edition})

    @classmethod
    def operator(cls, name: str) -> Actor:
        """Return the operator at the command line, who has the machine and so every right."""
        return cls(f"operator:{name}", frozenset({Grant("operator")}))


@dataclass(frozen=True)
class Subject:
    """What is acted on, as far as rights depend on it. ``person`` is who owns it (the juror of an assignment).

    Without a ``stage`` it is the edition as a whole: what shows any of its stages.
    """

    edition: str = ""
    organization: str = ""
    person: int = 0
    state: str = ""
    conflicted: bool = False
    stage: str = ""


READING_IS_OVER = "reading is over"
"""The state of an assignment whose edition published its last result long ago."""


@dataclass(frozen=True)
class Allowed:
    """One line of the table: ``role`` may ``action`` where ``when`` holds for the actor, the grant and the subject."""

    action: str
    role: str
    when: Callable[[Actor, Grant, Subject], bool]
    because: str


def _everywhere(actor: Actor, grant: Grant, subject: Subject) -> bool:
    return grant.edition == grant.organization == grant.stage == ""


def _in_edition(actor: Actor, grant: Grant, subject: Subject) -> bool:
    held_here = grant.edition in {"", subject.edition} and grant.organization in {"", subject.organization}
    return held_here and grant.stage in {"", subject.stage}


def _in_some_of_it(actor: Actor, grant: Grant, subject: Subject) -> bool:
    whole = grant if subject.stage else replace(grant, stage="")
    return _in_edition(actor, whole, subject)


def _apart_from_judging(actor: Actor, grant: Grant, subject: Subject) -> bool:
    return _in_edition(actor, grant, subject) and not _judges_in(actor, subject)


def _everywhere_apart_from_judging(actor: Actor, grant: Grant, subject: Subject) -> bool:
    return _everywhere(actor, grant, subject) and not _judges_in(actor, subject)


def _judges_in(actor: Actor, subject: Subject) -> bool:
    """Tell whether an actor scores in an open stage of what is acted on: this stage, or one that the whole holds."""
    return any(subject.edition in {"", edition} and subject.stage in {"", stage} for edition, stage in actor.judging)


def _own_organization(actor: Actor, grant: Grant, subject: Subject) -> bool:
    return _in_edition(actor, grant, subject) and grant.organization == subject.organization != ""


def _own_draft(actor: Actor, grant: Grant, subject: Subject) -> bool:
    return _own_organization(actor, grant, subject) and subject.state == "drafted"


def _own_assignment(actor: Actor, grant: Grant, subject: Subject) -> bool:
    return _in_edition(actor, grant, subject) and actor.person == subject.person != 0 and not subject.conflicted


def _own_reading(actor: Actor, grant: Grant, subject: Subject) -> bool:
    return _own_assignment(actor, grant, subject) and subject.state != READING_IS_OVER


def _own_declaration(actor: Actor, grant: Grant, subject: Subject) -> bool:
    return _in_edition(actor, grant, subject) and actor.person == subject.person != 0


def _takes_part(actor: Actor, grant: Grant, subject: Subject) -> bool:
    return grant.edition in {"", subject.edition} and subject.state != "draft"


def _published(actor: Actor, grant: Grant, subject: Subject) -> bool:
    return subject.state == "published"


_EDITION_ACTS = ("edition.create", "edition.draft", "edition.revise", "edition.move",
                 "stage.open", "stage.close", "stage.seal", "stage.publish",
                 "stage.reopen", "panel.change", "decision.take", "person.change")  # fmt: skip
_SECRETARIAT_ACTS = ("entry.screen", "entry.see", "record.write", "entry.change", "entry.register",
                     "entry.hand_over", "entry.submit", "organization.add")  # fmt: skip
"""The last four are what taking a table of entries over comes to, agencies that are new included."""
_ABOUT_JUDGES = (("standings.see", ("organiser", "secretariat", "auditor", "panel_chair")),
                 ("juror.remind", ("organiser", "secretariat")),
                 ("paper.type", ("organiser", "secretariat")), ("paper.confirm", ("organiser", "secretariat")),
                 ("assignment.change", ("organiser",)))  # fmt: skip
"""What shows how others judge and how far they are: closed to who judges beside them, until the stage is closed."""
_BEHIND_THE_DESK = ("organiser", "secretariat", "auditor", "panel_chair")
_TAKING_PART = ("unit", "local_admin", "juror")

TABLE: tuple[Allowed, ...] = (
    *(
        Allowed(action, "organiser", _in_edition, "runs this edition")
        for action in (*_EDITION_ACTS, *_SECRETARIAT_ACTS)
    ),
    *(Allowed(action, "secretariat", _in_edition, "works for this edition") for action in _SECRETARIAT_ACTS),
    *(
        Allowed(action, role, _apart_from_judging, "works for this edition, and does not judge in it now")
        for action, roles in _ABOUT_JUDGES
        for role in roles
    ),
    Allowed("edition.create", "administrator", _everywhere, "administers the installation"),
    Allowed("edition.draft", "administrator", _everywhere, "administers the installation"),
    Allowed("person.change", "administrator", _everywhere, "administers the installation"),
    Allowed("organization.add", "administrator", _everywhere, "administers the installation"),
    Allowed("administrator.appoint", "administrator", _everywhere, "administers the installation"),
    Allowed("account.manage", "administrator", _everywhere, "administers the installation"),
    Allowed("installation.see", "administrator", _everywhere, "administers the installation"),
    Allowed("plugin.switch", "administrator", _everywhere, "administers the installation"),
    Allowed("mail.see", "administrator", _everywhere, "administers the installation"),
    Allowed("mail.release", "administrator", _everywhere, "administers the installation"),
    Allowed("account.change", "public", _own_declaration, "answers for their own account"),
    Allowed("audit.see", "administrator", _everywhere_apart_from_judging, "administers, and does not judge now"),
    Allowed("audit.see", "auditor", _apart_from_judging, "audits, and does not judge now"),
    Allowed("objection.file", "unit", _own_organization, "objects for its agency"),
    Allowed("objection.file", "local_admin", _own_organization, "objects for its agency"),
    Allowed("entry.register", "unit", _own_organization, "writes entries for its own agency"),
    Allowed("entry.change", "unit", _own_organization, "writes entries for its own agency"),
    Allowed("entry.hand_over", "unit", _own_organization, "writes entries for its own agency"),
    Allowed("entry.submit", "unit", _own_draft, "submits where no local admin stands between"),
    Allowed("entry.withdraw", "unit", _own_draft, "takes back what it did not hand over"),
    Allowed("entry.see", "unit", _own_organization, "sees its own agency's entries"),
    Allowed("entry.register", "local_admin", _own_organization, "answers for its agency's entries"),
    Allowed("entry.change", "local_admin", _own_organization, "answers for its agency's entries"),
    Allowed("entry.hand_over", "local_admin", _own_organization, "answers for its agency's entries"),
    Allowed("entry.submit", "local_admin", _own_organization, "submits for its agency"),
    Allowed("entry.withdraw", "local_admin", _own_organization, "submits for its agency"),
    Allowed("entry.see", "local_admin", _own_organization, "sees its own agency's entries"),
    Allowed("scorecard.write", "juror", _own_assignment, "scores what was assigned"),
    Allowed("entry.see", "juror", _own_reading, "sees what was assigned"),
    Allowed("conflict.declare", "juror", _own_declaration, "answers for own conflicts"),
    Allowed("decision.take", "panel_chair", _in_edition, "chairs the panel"),
    Allowed("record.write", "panel_chair", _in_edition, "chairs the panel"),
    Allowed("result.see", "public", _published, "the result is published"),
    *(Allowed("desk.see", role, _in_some_of_it, "works for this edition") for role in _BEHIND_THE_DESK),
    *(Allowed("edition.see", role, _in_some_of_it, "works for this edition") for role in _BEHIND_THE_DESK),
    *(Allowed("edition.see", role, _takes_part, "takes part in this edition") for role in _TAKING_PART),
    Allowed("edition.see", "administrator", _everywhere, "administers the installation"),
    Allowed("edition.see", "public", _published, "its result is published"),
)
"""Every right but the operator's, who may do everything and stands in the audit trail with it."""


CHANGES_RESULTS = frozenset({"administrator", "organiser", "panel_chair"})


JUDGES_HERE = "you score in this stage yourself: what others gave, and how far they are, is shown when it is closed"


@dataclass(frozen=True)
class Permission:
    """The answer: allowed or not, and why. ``code`` tells refusals apart: ``judges_here`` ends when the stage does."""

    allowed: bool
    why: str
    code: str = ""


def works_behind_the_desk(actor: Actor) -> bool:
    """Tell whether an actor holds a role that shows how others judge: one that is narrowed while they judge too."""
    return any(grant.role in {*_BEHIND_THE_DESK, "administrator"} for grant in actor.grants)


def changes_results(actor: Actor) -> bool:
    """Tell whether an actor holds a role that can change a result: one for which a second factor may be required."""
    return any(grant.role in CHANGES_RESULTS for grant in actor.grants)


def may(actor: Actor, action: str, subject: Subject) -> Permission:
    """Tell whether an actor may do something to a subject, by the table; what it does not allow is refused."""
    if any(grant.role == "operator" for grant in actor.grants):
        return Permission(allowed=True, why="has the machine")
    grants = {*actor.grants, Grant("public")}
    for line in TABLE:
        if line.action == action and any(g.role == line.role and line.when(actor, g, subject) for g in grants):
            return Permission(allowed=True, why=line.because)
    if actor.judging and may(replace(actor, judging=frozenset()), action, subject).allowed:
        return Permission(allowed=False, why=JUDGES_HERE, code="judges_here")
    return Permission(allowed=False, why=f"{actor.name} may not do '{action}' here", code="not_allowed")


def require(actor: Actor, action: str, subject: Subject) -> None:
    """Refuse what ``may`` does not allow.

    Raises:
        ActionRefused: the actor may not.

    """
    answer = may(actor, action, subject)
    if not answer.allowed:
        raise ActionRefused([answer.why], code=answer.code)
