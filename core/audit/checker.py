"""Checking the trail: is the chain whole, and does every stored row still say what its act wrote?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from juri.core.audit.model import ROOT, AuditEvent
from juri.core.audit.trail import chain_head, event_hash
from juri.core.storage.base import audited_tables, row_digest, row_key

_BATCH = 500


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
class _Account:
    """What the chain says about each row: the digest it last gave, and by which event."""

    last: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)

    def enter(self, event: AuditEvent) -> None:
        told = f"event {event.seq or event.id} ({event.action} by {event.actor} at {event.at:%Y-%m-%d %H:%M:%S} UTC)"
        for table, key, digest in event.rows:
            self.last[table, key] = (digest, told)


def verify(session: Session, *, published_head: str | None = None) -> Verification:
    """Check the whole trail against the whole database, in one snapshot.

    Finds an event that was edited, removed, inserted or moved; a row that was edited, removed or inserted past the
    engine; and a chain that was cut short, as far as rows or the stored head give it away. A cut that also takes the
    rows and the head back to an earlier state can only be seen against ``published_head``, a hash that was
    published outside before: it must occur in the chain.
    """
    account = _Account()
    findings: list[Finding] = []
    state = _ChainState()
    for event in session.scalars(select(AuditEvent).order_by(AuditEvent.seq).execution_options(yield_per=_BATCH)):
        if event.seq is not None:
            findings.extend(state.follow(event))
            _enter(account, event, findings)
    waiting = _enter_waiting(session, account)
    findings.extend(_check_head(session, state))
    if published_head and published_head not in state.hashes:
        findings.append(Finding("audit_head", f"the published hash {published_head} does not occur in the chain"))
    rows = 0
    for table in audited_tables():
        seen, wrong = _check_rows(session, table, account)
        rows += seen
        findings.extend(wrong)
    for (table_name, key), (_, told) in sorted(account.last.items()):
        findings.append(Finding(f"{table_name} {key}", f"the row is gone; it was last written by {told}"))
    return Verification(state.seq, rows, state.hash, waiting, tuple(findings))


@dataclass
class _ChainState:
    seq: int = 0
    hash: str = ROOT
    hashes: set[str] = field(default_factory=set)

    def follow(self, event: AuditEvent) -> Iterator[Finding]:
        """Take the next event in; say what does not fit and go on from what is stored."""
        where = f"audit_event {event.seq}"
        if event.seq != self.seq + 1:
            yield Finding(where, f"events {self.seq + 1} to {(event.seq or 0) - 1} are missing before it")
        elif event.prev_hash != self.hash:
            yield Finding(where, "it does not follow from the event before it: one of them was replaced or moved")
        if _hash_or_none(event) != event.hash:
            yield Finding(where, f"it was edited after it was written ({event.action} by {event.actor})")
        self.seq, self.hash = event.seq or 0, event.hash or ""
        self.hashes.add(self.hash)


def _hash_or_none(event: AuditEvent) -> str | None:
    try:
        return event_hash(event.prev_hash or "", event)
    except (TypeError, ValueError):
        return None


def _enter(account: _Account, event: AuditEvent, findings: list[Finding]) -> None:
    try:
        account.enter(event)
    except (TypeError, ValueError):
        findings.append(Finding(f"audit_event {event.seq}", "its list of rows cannot be read: it was edited"))


def _enter_waiting(session: Session, account: _Account) -> int:
    waiting = session.scalars(select(AuditEvent).where(AuditEvent.seq.is_(None)).order_by(AuditEvent.id)).all()
    for event in waiting:
        account.enter(event)
    return len(waiting)


def _check_head(session: Session, state: _ChainState) -> Iterator[Finding]:
    seq, digest = chain_head(session)
    if (seq, digest) != (state.seq, state.hash):
        yield Finding(
            "audit_head",
            f"the chain ends at event {state.seq}, but {seq} events were sealed: its end was cut or changed",
        )


def _check_rows(session: Session, table: Table, account: _Account) -> tuple[int, list[Finding]]:
    """Compare every row of a table with what the chain says; rows that fit leave the account."""
    seen = 0
    findings: list[Finding] = []
    keys = [column.name for column in table.primary_key.columns]
    result = session.execute(select(table).order_by(*table.primary_key.columns).execution_options(yield_per=_BATCH))
    for mapping in result.mappings():
        row = {str(name): value for name, value in mapping.items()}
        seen += 1
        key = row_key(table, row)
        told = account.last.pop((table.name, key), None)
        where = f"{table.name} {', '.join(f'{name}={row[name]}' for name in keys)}"
        if told is None:
            findings.append(Finding(where, "no audit event accounts for this row: it was put in past the engine"))
        elif row_digest(table, row) != told[0]:
            findings.append(Finding(where, f"the row was changed past the engine; it was last written by {told[1]}"))
    return seen, findings
