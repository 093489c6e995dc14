"""Which state may follow which, as data, and the one way in which a state changes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

from sqlalchemy import CheckConstraint

from juri.core.errors import ActionRefused

TRANSITIONS: Mapping[str, Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "edition": MappingProxyType(
            {
                "draft": frozenset({"open"}),
                "open": frozenset({"judging", "decided", "draft"}),
                "judging": frozenset({"decided"}),
                "decided": frozenset({"published", "judging"}),
                "published": frozenset({"monitored", "archived", "judging"}),
                "monitored": frozenset({"archived"}),
                "archived": frozenset(),
            }
        ),
        "stage": MappingProxyType(
            {
                "planned": frozenset({"open"}),
                "open": frozenset({"closed"}),
                "closed": frozenset({"sealed", "open"}),
                "sealed": frozenset({"published", "open"}),
                "published": frozenset({"open"}),
            }
        ),
        "entry": MappingProxyType(
            {
                "drafted": frozenset({"at_local_admin", "submitted", "withdrawn", "lapsed"}),
                "at_local_admin": frozenset({"drafted", "submitted", "withdrawn", "lapsed"}),
                "submitted": frozenset(
                    {
                        "eligible",
                        "refused",
                        "advanced",
                        "stopped",
                        "awarded",
                        "withdrawn",
                        "disqualified",
                        "drafted",
                        "at_local_admin",
                    }
                ),
                "eligible": frozenset(
                    {"advanced", "stopped", "awarded", "withdrawn", "disqualified", "submitted", "refused"}
                ),
                "advanced": frozenset(
                    {"advanced", "stopped", "awarded", "withdrawn", "disqualified", "eligible", "submitted"}
                ),
                # a finalist's title is kept by who stops later, without the winners' title
                "awarded": frozenset({"disqualified", "advanced", "stopped", "awarded", "eligible", "withdrawn"}),
                # whoever does not know yet that an entry stopped may take it back as any other
                "refused": frozenset({"submitted", "eligible", "withdrawn"}),
                "stopped": frozenset({"advanced", "eligible", "submitted", "withdrawn"}),
                "lapsed": frozenset({"drafted", "at_local_admin"}),
                "withdrawn": frozenset(),
                "disqualified": frozenset(),
            }
        ),
        "assignment": MappingProxyType(
            {
                "offered": frozenset({"accepted", "done", "conflict", "recused", "lapsed"}),
                "accepted": frozenset({"done", "conflict", "recused", "lapsed"}),
                "done": frozenset({"accepted", "conflict", "recused"}),
                "conflict": frozenset(),
                "recused": frozenset({"offered"}),
                "lapsed": frozenset({"offered", "conflict"}),
            }
        ),
        "scorecard": MappingProxyType(
            {
                "draft": frozenset({"draft", "submitted"}),
                "submitted": frozenset({"submitted", "locked", "draft"}),
                "locked": frozenset({"submitted"}),
            }
        ),
        "paper": MappingProxyType(
            {
                "typed": frozenset({"confirmed", "rejected", "withdrawn"}),
                "confirmed": frozenset(),
                "rejected": frozenset(),
                "withdrawn": frozenset(),
            }
        ),
        "mail": MappingProxyType(
            {
                "held": frozenset({"released", "withdrawn"}),
                "released": frozenset({"sending", "held"}),
                "sending": frozenset({"sent", "failed", "released"}),
                "failed": frozenset({"released", "withdrawn"}),
                "sent": frozenset(),
                "withdrawn": frozenset(),
            }
        ),
    }
)
"""State -> the states that may follow it, for each entity. Going back (reopening, restoring) is listed as such."""


def states_of(entity: str) -> CheckConstraint:
    """Return the CHECK constraint that keeps a table's states to those of the lifecycle."""
    listed = ", ".join(f"'{state}'" for state in TRANSITIONS[entity])
    return CheckConstraint(f"state IN ({listed})", name="state_is_known")


class Stateful(Protocol):
    """A row with a state."""

    state: Any


def next_state(entity: str, before: str, to: str) -> str:
    """Look a transition up; returns ``to``.

    Raises:
        ActionRefused: the table has no such transition; says which there are.

    """
    allowed = TRANSITIONS[entity][before]
    if to not in allowed:
        can = ", ".join(sorted(allowed)) or "nothing"
        raise ActionRefused([f"the {entity} is {before} and cannot become {to}; from here it can become {can}"])
    return to


def move(row: Stateful, entity: str, to: str) -> str:
    """Change the state of a row by the table; returns the state before.

    Who may do it, the reasons of plugins and the audit line are the calling verb's.

    Raises:
        ActionRefused: the table has no such transition.

    """
    before = str(row.state)
    row.state = next_state(entity, before, to)
    return before
