"""Entries: listed, read, written, handed over, submitted, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import url_for

from juri.core.editions.verbs import Running
from juri.core.entries.asked import gaps_of
from juri.core.entries.facts import facts_of
from juri.core.entries.listing import PAGE, EntryFilter, agencies_of, list_entries
from juri.core.entries.model import EntryRow
from juri.core.entries.verbs import (
    change_entry,
    hand_over_entry,
    register_entry,
    submit_entry,
    withdraw_entry,
)
from juri.core.errors import InputRefused
from juri.core.policy import Subject, may
from juri.core.results.known import OwnEntry, find_own, own_entries
from juri.webapp.api.blueprint import REGISTERS, SEES_ENTRIES, SEES_ENTRY, WRITES_ENTRY
from juri.webapp.api.routing import Told, read_body, read_query, read_version, resource, written_once
from juri.webapp.api.schemas import (
    EntriesOut,
    EntriesQuery,
    EntryChangeIn,
    EntryIn,
    EntryOut,
    NothingIn,
    ReasonIn,
    ReceiptOut,
)
from juri.webapp.desk import desk
from juri.webapp.entry_forms import content_of_body, entry_schema

OPTIONAL = "optional"


@resource("/editions/<edition>/entries", needs=SEES_ENTRIES, answer=EntriesOut, query=EntriesQuery)
def entries(edition: str) -> Any:
    """List the entries that you may see, 50 a page, by code; an agency's own are all that it sees."""
    wanted = read_query(EntriesQuery)
    with desk().reading() as session:
        running = desk().running(session, edition)
        if may(desk().actor, "entry.see", Subject(edition)).allowed:
            page = list_entries(session, running, EntryFilter(**wanted), by=desk().actor)
            lines: list[Any] = list(page.lines)
            total, number, pages = page.total, page.page, page.pages
        else:
            own = [each for each in own_entries(session, running, by=desk().actor) if _fits(each, wanted)]
            total, pages = len(own), max(1, -(-len(own) // PAGE))
            number = min(wanted["page"], pages)
            lines = [_line(each) for each in own[(number - 1) * PAGE : number * PAGE]]
    return {"edition": edition, "total": total, "page": number, "pages": pages, "entries": lines}


@resource(
    "/editions/<edition>/entries", needs=REGISTERS, method="POST", answer=ReceiptOut, body=EntryIn, status=201,
    key=OPTIONAL,
)  # fmt: skip
def create_entry(edition: str) -> Any:
    """Begin an entry as a draft."""
    by = desk().actor
    with desk().reading() as session:
        running = desk().running(session, edition)
    body = read_body(entry_schema(EntryIn, running.edition.form))
    agency = body["organization"] or _only_agency(edition)
    content = content_of_body(body)
    with desk().writing() as session:
        running = desk().running(session, edition)
        sent = {"organization": agency, **content.plain()}
        told = written_once(session, sent, lambda: _receipt(register_entry(session, running, agency, content, by=by)))
    return Told(told, headers={"Location": url_for("api.entry", edition=edition, code=told["code"])})


@resource("/editions/<edition>/entries/<code>", needs=SEES_ENTRY, answer=EntryOut)
def entry(edition: str, code: str) -> Any:
    """Read an entry; its ETag begins with the version that a change must name."""
    with desk().reading() as session:
        running = desk().running(session, edition)
        own = find_own(session, running, code, by=desk().actor)
        (facts,) = facts_of(session, running, [own.row])
        gaps = gaps_of(running.edition.form, facts)
    row = own.row
    state = row.state if may(desk().actor, "entry.see", Subject(edition)).allowed else own.state
    told = {
        **_line(own),
        "state": state,
        "unit": row.unit,
        "people": row.people,
        "answers": row.answers,
        "version": row.version,
        "gaps": [
            {"question": gap.field.id, **({} if gap.is_missing else {"words": gap.words, "most": gap.most})}
            for gap in gaps
        ],
    }
    return Told(told, version=row.version)


@resource(
    "/editions/<edition>/entries/<code>", needs=WRITES_ENTRY, method="PUT", answer=ReceiptOut, body=EntryChangeIn,
    key=OPTIONAL, versioned=True,
)  # fmt: skip
def replace_entry(edition: str, code: str) -> Any:
    """Write the whole content of a draft over the version that was read."""
    with desk().reading() as session:
        running = desk().running(session, edition)
    body = read_body(entry_schema(EntryChangeIn, running.edition.form))
    version, content = read_version(body), content_of_body(body)

    def write(session: Any, running: Running) -> EntryRow:
        return change_entry(session, running, code, content, version=version, by=desk().actor)

    return _act(edition, {"version": version, **content.plain()}, write)


@resource(
    "/editions/<edition>/entries/<code>/hand-over", needs=WRITES_ENTRY, method="POST", answer=ReceiptOut,
    body=NothingIn, key=OPTIONAL,
)  # fmt: skip
def hand_over(edition: str, code: str) -> Any:
    """Hand a draft over to the agency's local administrator."""
    read_body(NothingIn())
    return _act(edition, {}, lambda session, running: hand_over_entry(session, running, code, by=desk().actor))


@resource(
    "/editions/<edition>/entries/<code>/submit", needs=WRITES_ENTRY, method="POST", answer=ReceiptOut,
    body=NothingIn, key=OPTIONAL,
)  # fmt: skip
def submit(edition: str, code: str) -> Any:
    """Submit an entry for its agency."""
    read_body(NothingIn())
    return _act(edition, {}, lambda session, running: submit_entry(session, running, code, by=desk().actor))


@resource(
    "/editions/<edition>/entries/<code>/withdraw", needs=WRITES_ENTRY, method="POST", answer=ReceiptOut,
    body=ReasonIn, key=OPTIONAL,
)  # fmt: skip
def withdraw(edition: str, code: str) -> Any:
    """Take an entry out for good."""
    reason = read_body(ReasonIn())["reason"]
    return _act(
        edition,
        {"reason": reason},
        lambda session, running: withdraw_entry(session, running, code, by=desk().actor, reason=reason),
    )


def _act(edition: str, sent: Any, write: Callable[[Any, Running], EntryRow]) -> dict[str, Any]:
    with desk().writing() as session:
        running = desk().running(session, edition)
        return written_once(session, sent, lambda: _receipt(write(session, running)))


def _receipt(row: EntryRow) -> dict[str, Any]:
    return {"code": row.code, "state": row.state, "version": row.version}


def _only_agency(edition: str) -> str:
    agencies = agencies_of(desk().actor, edition, "entry.register")
    if len(agencies) != 1:
        raise InputRefused.at("organization", "name the agency that enters", "missing")
    return agencies[0]


def _line(own: OwnEntry) -> dict[str, Any]:
    row = own.row
    return {
        "code": row.code,
        "title": row.title,
        "entrant": own.entrant,
        "track": row.track,
        "category": row.category,
        "state": own.state,
        "submitted_at": row.submitted_at,
    }


def _fits(own: OwnEntry, wanted: dict[str, Any]) -> bool:
    """Tell whether an entry is wanted, by what its agency may know of it."""
    row = own.row
    exact = ((own.state, wanted["state"]), (row.track, wanted["track"]), (row.category, wanted["category"]))
    if any(asked and asked != found for found, asked in exact):
        return False
    text = f"{row.code}\n{row.title}\n{own.entrant}".casefold()
    return all(word in text for word in wanted["words"].casefold().split())
