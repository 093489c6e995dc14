"""The details of an act in the language of the page: what each is called, and what it says where the word is ours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask_babel import lazy_gettext, lazy_pgettext
from markupsafe import Markup, escape

from juri.core.audit.model import AuditEvent
from juri.webapp.admin.outbox import mail_states
from juri.webapp.frame import role_name
from juri.webapp.sentences import sentence
from juri.webapp.states import state_of

NOTHING, BETWEEN = "\N{EN DASH}", " \N{EN DASH} "
SHORT, LONG = 16, 60
"""Of details longer than ``LONG`` in all, each is shown with ``SHORT`` signs at first."""

NAMES: Mapping[str, Any] = {
    "answers": lazy_gettext("Answers"),
    "by": lazy_pgettext("audit", "signed in by"),
    "decided": lazy_pgettext("audit", "decided"),
    "departures": lazy_pgettext("audit", "against the proposal"),
    "early": lazy_pgettext("audit", "closed early because"),
    "edition": lazy_gettext("Edition"),
    "ended": lazy_pgettext("audit", "sessions ended"),
    "entries": lazy_gettext("Entries"),
    "from": lazy_pgettext("audit", "before"),
    "inputs": lazy_pgettext("audit", "hash of the inputs"),
    "issuer": lazy_pgettext("audit", "provider"),
    "jurors": lazy_gettext("Jurors"),
    "kind": lazy_gettext("Kind"),
    "mail": lazy_pgettext("audit", "mail"),
    "name": lazy_gettext("Name"),
    "new": lazy_pgettext("audit", "new"),
    "note": lazy_gettext("Note"),
    "number": lazy_gettext("Number"),
    "organization": lazy_pgettext("audit", "agency"),
    "pairs": lazy_pgettext("audit", "jurors and entries"),
    "reason": lazy_gettext("Reason"),
    "reasons": lazy_pgettext("audit", "reasons"),
    "result": lazy_pgettext("audit", "hash of the result"),
    "returned": lazy_pgettext("audit", "returned to their jurors"),
    "revision": lazy_pgettext("audit", "revision"),
    "role": lazy_gettext("Role"),
    "round": lazy_pgettext("audit", "round"),
    "rule": lazy_gettext("Rule"),
    "rules": lazy_pgettext("audit", "hash of the rules"),
    "scored": lazy_pgettext("audit", "scored again"),
    "second_factor": lazy_pgettext("audit", "second factor"),
    "seed": lazy_pgettext("audit", "seed"),
    "sha256": lazy_pgettext("audit", "hash of the document"),
    "signer": lazy_pgettext("audit", "answers for it"),
    "signers": lazy_pgettext("audit", "signed by"),
    "stage": lazy_gettext("Stage"),
    "subject": lazy_gettext("Subject"),
    "to": lazy_pgettext("audit", "after"),
    "total": lazy_gettext("Total"),
    "typed_by": lazy_gettext("Typed by"),
    "until": lazy_pgettext("audit", "until"),
    "version": lazy_gettext("Version"),
}
"""What a detail is called; one of a plugin keeps its own name."""

WORDS: Mapping[tuple[str, str], Any] = {
    ("by", "password"): lazy_pgettext("audit", "password"),
    ("by", "link"): lazy_pgettext("audit", "link by mail"),
    ("by", "provider"): lazy_pgettext("audit", "provider"),
    ("second_factor", "none"): lazy_pgettext("audit", "none"),
    ("second_factor", "authenticator"): lazy_pgettext("audit", "code of the authenticator"),
    ("second_factor", "recovery code"): lazy_pgettext("audit", "recovery code"),
}


def said_details(event: AuditEvent) -> tuple[str, str]:
    """Return the details of an act, whole and in short; the latter is empty where the former is short."""
    told = [(_name(name), _value(event.action, name, value)) for name, value in event.detail.items() if value]
    whole = "; ".join(f"{name}: {value}" for name, value in told)
    if len(whole) <= LONG:
        return whole, ""
    return whole, "; ".join(
        f"{name}: {value if len(value) <= SHORT else value[: SHORT - 1] + '…'}" for name, value in told
    )


def shown_details(event: AuditEvent) -> Markup:
    """Write the details of an act; long ones open at a click."""
    whole, short = said_details(event)
    if not short:
        return escape(whole or NOTHING)
    return Markup("<details><summary>{}</summary>{}</details>").format(short, whole)


def _name(name: str) -> str:
    return str(NAMES.get(name, name))


def _value(action: str, name: str, value: Any) -> str:
    if isinstance(value, Mapping):
        return _listed(f"{key}: {_value(action, name, each)}" for key, each in value.items())
    if isinstance(value, list | tuple):
        return _listed(BETWEEN.join(map(str, each)) if isinstance(each, list | tuple) else str(each) for each in value)
    if (name, value) in WORDS:
        return str(WORDS[name, value])
    if name in {"from", "to"}:
        return _state(action.partition(".")[0], str(value))
    return role_name(str(value)) if name == "role" else sentence(str(value))


def _listed(values: Iterable[str]) -> str:
    return ", ".join(values)


def _state(entity: str, value: str) -> str:
    shown = mail_states().get(value) if entity == "mail" else state_of(entity, value)
    return str(shown[0]) if shown else value
