"""Who may do what: one table and one pure function. What the table does not allow is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from juri.core.errors import ActionRefused


@dataclass(frozen=True)
class Grant:
    """A role that a person holds; an empty scope is the whole installation."""

    role: str
    edition: str = ""
    organization: str = ""

    def said(self) -> str:
        """Say the role with what it is held for: ``organiser (sukoharjo-2026)``."""
        scope = ", ".join(filter(None, (self.edition, self.organization)))
        return f"{self.role} ({scope})" if scope else self.role


@dataclass(frozen=True)
class Actor:
    """Who acts: a stable name for the audit trail, and the grants held. ``person`` is 0 for the operator."""

    name: str
    grants: frozenset[Grant] = frozenset()
    person: int = 0

    @classmethod
    def operator(cls, name: str) -> Actor:
        """Return the operator at the command line, who has the machine and so every right."""
        return cls(f"operator:{name}", frozenset({Grant("operator")}))


@dataclass(frozen=True)
class Subject:
    """What is acted on, as far as rights depend on it. ``person`` is who owns it (the juror of an assignment)."""

    edition: str = ""
    organization: str = ""
    person: int = 0
    state: str = ""
    conflicted: bool = False


@dataclass(frozen=True)
class Allowed:
    """One line of the table: ``role`` may ``action`` where ``when`` holds for the actor, the grant and the subject."""

    action: str
    role: str
    when: Callable[[Actor, Grant, Subject], bool]
    because: str


def _everywhere(actor: Actor, grant: Grant, subject: Subject) -> bool:
    return grant.edition == grant.organization == ""


def _in_edition(actor: Actor, grant: Grant, subject: Subject) -> bool:
    return grant.edition in {"", subject.edition} and grant.organization in {"", subject.organization}


def _own_organization(actor: Actor, grant: Grant, subject: Subject) -> bool:
    return _in_edition(actor, grant, subject) and grant.organization == subject.organization != ""


def _own_draft(actor: Actor, grant: Grant, subject: Subject) -> bool:
    return _own_organization(actor, grant, subject) and subject.state == "drafted"


def _own_assignment(actor: Actor, grant: Grant, subject: Subject) -> bool:
    return _in_edition(actor, grant, subject) and actor.person == subject.person != 0 and not subject.conflicted


def _own_declaration(actor: Actor, grant: Grant, subject: Subject) -> bool:
    return _in_edition(actor, grant, subject) and actor.person == subject.person != 0


def _takes_part(actor: Actor, grant: Grant, subject: Subject) -> bool:
    return grant.edition in {"", subject.edition} and subject.state != "draft"


def _published(actor: Actor, grant: Grant, subject: Subject) -> bool:
    return subject.state == "published"


_EDITION_ACTS = ("edition.create", "edition.draft", "edition.revise", "edition.move",
                 "stage.open", "stage.close", "stage.seal", "stage.publish",
                 "stage.reopen", "panel.change", "assignment.change", "decision.take", "person.change")  # fmt: skip
_SECRETARIAT_ACTS = ("entry.screen", "entry.see", "record.write", "standings.see", "entry.change", "entry.register",
                     "entry.hand_over", "entry.submit", "organization.add", "juror.remind")  # fmt: skip
"""The four before the last are what taking a table of entries over comes to, agencies that are new included."""
_BEHIND_THE_DESK = ("organiser", "secretariat", "auditor", "panel_chair")
_TAKING_PART = ("unit", "local_admin", "juror")

TABLE: tuple[Allowed, ...] = (
    *(
        Allowed(action, "organiser", _in_edition, "runs this edition")
        for action in (*_EDITION_ACTS, *_SECRETARIAT_ACTS)
    ),
    *(Allowed(action, "secretariat", _in_edition, "works for this edition") for action in _SECRETARIAT_ACTS),
    Allowed("edition.create", "administrator", _everywhere, "administers the installation"),
    Allowed("edition.draft", "administrator", _everywhere, "administers the installation"),
    Allowed("person.change", "administrator", _everywhere, "administers the installation"),
    Allowed("organization.add", "administrator", _everywhere, "administers the installation"),
    Allowed("administrator.appoint", "administrator", _everywhere, "administers the installation"),
    Allowed("account.manage", "administrator", _everywhere, "administers the installation"),
    Allowed("installation.see", "administrator", _everywhere, "administers the installation"),
    Allowed("mail.see", "administrator", _everywhere, "administers the installation"),
    Allowed("mail.release", "administrator", _everywhere, "administers the installation"),
    Allowed("account.change", "public", _own_declaration, "answers for their own account"),
    Allowed("audit.see", "administrator", _everywhere, "administers the installation"),
    Allowed("audit.see", "auditor", _in_edition, "audits"),
    Allowed("standings.see", "auditor", _in_edition, "audits"),
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
    Allowed("entry.see", "juror", _own_assignment, "sees what was assigned"),
    Allowed("conflict.declare", "juror", _own_declaration, "answers for own conflicts"),
    Allowed("decision.take", "panel_chair", _in_edition, "chairs the panel"),
    Allowed("standings.see", "panel_chair", _in_edition, "decides on them, and answers for departing from them"),
    Allowed("record.write", "panel_chair", _in_edition, "chairs the panel"),
    Allowed("result.see", "public", _published, "the result is published"),
    *(Allowed("edition.see", role, _in_edition, "works for this edition") for role in _BEHIND_THE_DESK),
    *(Allowed("edition.see", role, _takes_part, "takes part in this edition") for role in _TAKING_PART),
    Allowed("edition.see", "administrator", _everywhere, "administers the installation"),
    Allowed("edition.see", "public", _published, "its result is published"),
)
"""Every right but the operator's, who may do everything and stands in the audit trail with it."""


CHANGES_RESULTS = frozenset({"administrator", "organiser", "panel_chair"})


@dataclass(frozen=True)
class Permission:
    """The answer: allowed or not, and why."""

    allowed: bool
    why: str


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
    return Permission(allowed=False, why=f"{actor.name} may not do '{action}' here")


def require(actor: Actor, action: str, subject: Subject) -> None:
    """Refuse what ``may`` does not allow.

    Raises:
        ActionRefused: the actor may not.

    """
    answer = may(actor, action, subject)
    if not answer.allowed:
        raise ActionRefused([answer.why], code="not_allowed")
