"""Checking the trail: is the chain whole, and does every stored row still say what its act wrote?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Table, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from juri.core.audit.derived import Derivation, derivations
from juri.core.audit.model import ROOT, AuditEvent, AuditHead
from juri.core.audit.trail import event_hash
from juri.core.storage.base import (
    audited_tables,
    plain_digest,
    raw_columns,
    row_digest,
    row_key,
    stored_row,
    table_of,
)

_BATCH = 500

_Account = MutableMapping[tuple[str, str], tuple[str, str]]
"""What every row of some tables must be, by table and key: its digest, and where that is from."""


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit: where it stands and what is wrong with it."""

    where: str
    problem: str

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}"


@dataclass(frozen=True)
class Verification:
    """What the check came to: how much was checked, the end of the chain, and what was found."""

    events: int
    rows: int
    head: str
    waiting: int = 0
    findings: tuple[Finding, ...] = ()

    @property
    def whole(self) -> bool:
        """Tell whether nothing was found."""
        return not self.findings


@dataclass
class _Chain:
    """What following the events came to: the end of the chain, and the last word on each row with who said it."""

    published: str = ROOT
    seq: int = 0
    hash: str = ROOT
    waiting: int = 0
    met: bool = False
    last: _Account = field(default_factory=dict)

    def follow(self, plain: Mapping[str, Any]) -> Iterator[Finding]:
        """Take the next event in; say what does not fit and go on from what is stored."""
        where = f"audit_event {plain['seq']}"
        if not str(plain["seq"]).isdecimal():
            yield Finding(where, "its number cannot be read: it was edited")
            return
        if plain["seq"] != str(self.seq + 1):
            yield Finding(where, f"it is not event {self.seq + 1}, which should stand here: events are missing")
        elif plain["prev_hash"] != self.hash:
            yield Finding(where, "it does not follow from the event before it: one of them was replaced or moved")
        if event_hash(plain) != plain["hash"]:
            told = f"{plain['action']} by {plain['actor']}"
            yield Finding(where, f"it was edited, or put in, after it was written ({told})")
        self.seq, self.hash = int(plain["seq"]), str(plain["hash"])
        self.met = self.met or self.hash == self.published
        yield from self.enter(plain, where)

    def enter(self, plain: Mapping[str, Any], where: str) -> Iterator[Finding]:
        """Note what an event says of each row."""
        moment = str(plain["at"]).replace("T", " ")[:19]
        event = f"event {plain['seq'] or plain['id']} ({plain['action']} by {plain['actor']} at {moment} UTC)"
        told = f"it was last written by {event}"
        try:
            self.last.update({(table, key): (digest, told) for table, key, digest in json.loads(plain["rows"])})
        except (TypeError, ValueError):
            yield Finding(where, "its list of rows cannot be read: it was edited")


def verify(session: Session, *, published_head: str | None = None) -> Verification:
    """Check the whole trail against the whole database, in one snapshot.

    Finds an event that was edited, removed, inserted or moved; a row that was edited, removed or inserted past the
    engine; and a chain that was cut short, as far as rows or the stored head give it away. A cut that also takes the
    rows and the head back to an earlier state can only be seen against ``published_head``, a hash that was
    published outside before: it must occur in the chain.
    """
    chain = _Chain(published_head or ROOT)
    chain.met = chain.published == ROOT
    findings = [*_check_events(session, chain), *_check_head(session, chain)]
    if not chain.met:
        findings.append(Finding("audit_head", f"the published hash {published_head} does not occur in the chain"))
    rows = 0
    for table in audited_tables():
        seen, wrong = _check_rows(session, table, chain.last, "no audit event accounts for this row")
        rows += seen
        findings.extend(wrong)
    findings.extend(_gone(chain.last))
    for table, derivation in derivations():
        seen, wrong = _check_derived(session, table, derivation)
        rows += seen
        findings.extend(wrong)
    return Verification(chain.seq, rows, chain.hash, chain.waiting, tuple(findings))


def _check_events(session: Session, chain: _Chain) -> Iterator[Finding]:
    """Follow the chain, then what waits to be sealed; on SQLite, where events are sealed at once, nothing waits."""
    table = table_of(AuditEvent)
    sealed = select(*raw_columns(table)).where(table.c.seq.is_not(None)).order_by(table.c.seq)
    waiting = select(*raw_columns(table)).where(table.c.seq.is_(None)).order_by(table.c.id)
    try:
        for raw in session.execute(sealed.execution_options(yield_per=_BATCH)).mappings():
            yield from chain.follow(stored_row(table, _named(raw)))
        for raw in session.execute(waiting).mappings():
            plain = stored_row(table, _named(raw))
            chain.waiting += 1
            yield from chain.enter(plain, f"audit_event id={plain['id']}")
            if session.get_bind().dialect.name == "sqlite":
                yield Finding(
                    f"audit_event id={plain['id']}", "it was taken out of the chain or put in past the engine"
                )
    except DBAPIError as error:
        yield Finding(table.name, f"its events cannot be read: {error.orig}")


def _check_head(session: Session, chain: _Chain) -> Iterator[Finding]:
    table = table_of(AuditHead)
    heads = [stored_row(table, _named(raw)) for raw in session.execute(select(*raw_columns(table))).mappings()]
    if heads != [{"id": "1", "seq": str(chain.seq), "hash": chain.hash}] and (heads or chain.seq):
        stored = ", ".join(str(head["seq"]) for head in heads) or "no"
        problem = f"the chain ends at event {chain.seq}, but {stored} events were sealed: its end was cut or changed"
        yield Finding("audit_head", problem)


def _check_derived(session: Session, table: Table, derivation: Derivation) -> tuple[int, list[Finding]]:
    """Compare every row of a table with what is worked out again from the rows that it follows from."""
    account: _Account = {}
    try:
        for values in derivation(session):
            account[table.name, row_key(table, values)] = row_digest(table, values), _DERIVED
    except DBAPIError as error:
        return 0, [Finding(table.name, f"what its rows follow from cannot be read: {error.orig}")]
    seen, findings = _check_rows(session, table, account, "nothing that is stored comes to this row")
    return seen, [*findings, *_gone(account)]


_DERIVED = "it follows from rows that say otherwise"


def _gone(account: _Account) -> Iterator[Finding]:
    for (table_name, key), (_, told) in sorted(account.items()):
        yield Finding(f"{table_name} {key}", f"the row is gone; {told}")


def _check_rows(session: Session, table: Table, account: _Account, unknown: str) -> tuple[int, list[Finding]]:
    """Compare every row of a table with the account of it; rows that fit leave the account."""
    seen = 0
    findings: list[Finding] = []
    keys = [column.name for column in table.primary_key.columns]
    statement = select(*raw_columns(table)).order_by(*table.primary_key.columns).execution_options(yield_per=_BATCH)
    try:
        for raw in session.execute(statement).mappings():
            seen += 1
            row = _named(raw)
            told = account.pop((table.name, row_key(table, row)), None)
            where = f"{table.name} {', '.join(f'{name}={row[name]}' for name in keys)}"
            if told is None:
                findings.append(Finding(where, f"{unknown}: it was put in past the engine"))
            elif plain_digest(table, stored_row(table, row)) != told[0]:
                findings.append(Finding(where, f"the row was changed past the engine; {told[1]}"))
    except DBAPIError as error:
        findings.append(Finding(table.name, f"its rows cannot be read: {error.orig}"))
    return seen, findings


def _named(raw: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(name): value for name, value in raw.items()}
