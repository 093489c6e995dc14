"""Working copies: documents that organisers change in the browser until they put them in force."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.audit.trail import record
from juri.core.editions.loader import LoadedEdition, exact_data, load_edition
from juri.core.editions.model import EditionDocument, EditionDraft, EditionDraftRevision, EditionRow
from juri.core.editions.positions import read_mapping
from juri.core.editions.resolve import Find, Found
from juri.core.editions.schema import is_id
from juri.core.editions.verbs import find_document, install_edition
from juri.core.editions.writing import write_document
from juri.core.errors import ActionRefused, Conflict, DefinitionError, InputRefused, NotFound
from juri.core.policy import Actor, Subject, require
from juri.core.registry import Registry
from juri.core.storage.database import database_now
from juri.core.storage.session import WriteSession

EDITING = "editing"
DISCARDED = "discarded"
LONGEST_NOTE = 300


@dataclass(frozen=True)
class Seen:
    """What a writer saw: the version of the working copy, and the revision in force that it began from.

    ``base`` is 0 while the edition is not installed, ``version`` 0 while nobody works on it.
    """

    version: int
    base: int = 0


@dataclass(frozen=True)
class WorkingCopy:
    """A working copy as it is now: its text, what to name when saving, who saved it last and when."""

    slug: str
    text: str
    seen: Seen
    written_by: str
    at: datetime

    @property
    def is_installed(self) -> bool:
        """Tell whether there is a document in force that this copy would revise."""
        return self.seen.base > 0


@dataclass(frozen=True)
class Saved:
    """One saved revision of a working copy."""

    version: int
    note: str
    written_by: str
    at: datetime


def begin_copy(session: WriteSession, slug: str, text: str, *, by: Actor, note: str = "") -> int:
    """Begin the working copy of a new edition; returns its version.

    Raises:
        InputRefused: the id is not usable or taken, or the text does not carry it.
        DefinitionError: the text is not YAML.

    """
    require(by, "edition.create", Subject(slug))
    if not is_id(slug):
        raise InputRefused.at("id", f"'{slug}' is no id: write lower-case letters, digits, '-' and '_', at most 64")
    if session.scalar(select(EditionRow.id).where(EditionRow.slug == slug)) is not None:
        raise InputRefused.at("id", f"the edition '{slug}' is installed already; open it and change it", "exists")
    _require_own(slug, text)
    row = _hold(session, slug)
    if row is not None and row.state == EDITING:
        raise InputRefused.at("id", f"somebody works on an edition '{slug}' already; choose another id", "exists")
    return _keep(session, row or EditionDraft(slug=slug, version=0), text, by=by, note=note, action="begin", base=0)


def look_at_copy(session: Session, registry: Registry, slug: str) -> WorkingCopy:
    """Return the working copy of an edition; where nobody works on it, what it would begin from: the text in force.

    Raises:
        NotFound: there is neither.

    """
    row = session.scalar(select(EditionDraft).where(EditionDraft.slug == slug))
    if row is not None and row.state == EDITING:
        return find_copy(session, slug)
    document = _document_in_force(session, slug)
    text = _text_in_force(session, registry, slug)
    version = row.version if row else 0
    return WorkingCopy(slug, text, Seen(version, document.revision), document.written_by, document.at)


def find_copy(session: Session, slug: str) -> WorkingCopy:
    """Return a working copy.

    Raises:
        NotFound: there is none of that edition.

    """
    row = session.scalar(select(EditionDraft).where(EditionDraft.slug == slug, EditionDraft.state == EDITING))
    if row is None:
        raise NotFound("working copy", slug)
    kept = _revision(session, row, row.version)
    return WorkingCopy(slug, kept.source, Seen(row.version, row.base_revision), kept.written_by, kept.at)


def has_copy(session: Session, slug: str) -> bool:
    """Tell whether somebody works on an edition."""
    found = select(EditionDraft.id).where(EditionDraft.slug == slug, EditionDraft.state == EDITING)
    return session.scalar(found) is not None


def is_free(session: Session, slug: str) -> bool:
    """Tell whether an id is of no installed edition, and of none that somebody works on."""
    installed = session.scalar(select(EditionRow.id).where(EditionRow.slug == slug))
    return installed is None and not has_copy(session, slug)


def list_copies(session: Session) -> tuple[WorkingCopy, ...]:
    """Return every working copy, by id of the edition."""
    slugs = session.scalars(select(EditionDraft.slug).where(EditionDraft.state == EDITING).order_by(EditionDraft.slug))
    return tuple(find_copy(session, slug) for slug in slugs)


def save_copy(session: WriteSession, slug: str, text: str, *, by: Actor, seen: Seen, note: str = "") -> Seen:
    """Save a working copy as a new revision; where nobody works on an installed edition, this begins it.

    A text with faults is kept: they are told.

    Args:
        session: the caller's writing transaction.
        slug: the edition.
        text: the whole document.
        by: who saves.
        seen: what the writer saw.
        note: what was changed, in a few words.

    Raises:
        Conflict: somebody saved meanwhile; carries both texts.
        InputRefused: the text says another id.
        DefinitionError: the text is not YAML; nothing is saved.

    """
    require(by, "edition.draft", Subject(slug))
    _require_own(slug, text)
    row = _hold(session, slug)
    if row is None or row.state == DISCARDED:
        return _begin_revising(session, row or EditionDraft(slug=slug, version=0), text, by=by, seen=seen, note=note)
    stored = _revision(session, row, row.version)
    if Seen(row.version, row.base_revision) != seen:
        raise _overtaken(stored, text)
    if stored.source != text:
        _keep(session, row, text, by=by, note=note, action="save", base=row.base_revision)
    return Seen(row.version, row.base_revision)


def _begin_revising(session: WriteSession, row: EditionDraft, text: str, *, by: Actor, seen: Seen, note: str) -> Seen:
    document = _document_in_force(session, row.slug)
    if Seen(row.version, document.revision) != seen:
        reason = f"revision {document.revision} is in force meanwhile; look at it first"
        raise Conflict(reason, theirs=document.source, yours=text, version=row.version)
    _keep(session, row, text, by=by, note=note, action="begin", base=document.revision)
    return Seen(row.version, row.base_revision)


def _overtaken(stored: EditionDraftRevision, yours: str) -> Conflict:
    reason = f"{stored.written_by} saved version {stored.version} meanwhile"
    return Conflict(reason, theirs=stored.source, yours=yours, version=stored.version)


def saved_copies(session: Session, slug: str) -> tuple[Saved, ...]:
    """Return the saved revisions of a working copy, the newest first."""
    found = session.scalars(
        select(EditionDraftRevision)
        .join(EditionDraft, EditionDraft.id == EditionDraftRevision.draft_id)
        .where(EditionDraft.slug == slug)
        .order_by(EditionDraftRevision.version.desc())
    )
    return tuple(Saved(row.version, row.note, row.written_by, row.at) for row in found)


def text_of_version(session: Session, slug: str, version: int) -> str:
    """Return what a working copy said in one of its versions.

    Raises:
        NotFound: it has no such version.

    """
    row = session.scalar(select(EditionDraft).where(EditionDraft.slug == slug))
    if row is None:
        raise NotFound("working copy", slug)
    return _revision(session, row, version).source


def discard_copy(session: WriteSession, slug: str, *, by: Actor) -> None:
    """Lay a working copy aside; what was saved stays on record, what is in force stays in force."""
    require(by, "edition.draft", Subject(slug))
    row = _require_editing(_hold(session, slug), slug)
    row.state = DISCARDED
    record(session, by=by.name, action="draft.discard", subject=slug, detail={"version": str(row.version)})


def install_copy(session: WriteSession, registry: Registry, slug: str, *, by: Actor, seen: Seen) -> EditionRow:
    """Install a new edition from its working copy, which then goes on as the copy of the installed one.

    Raises:
        Conflict: somebody saved meanwhile.
        DefinitionError: the document has faults.
        ActionRefused: something is unknown yet, or it is installed already.

    """
    copy = hold_copy(session, slug, seen)
    if copy.is_installed:
        raise ActionRefused([f"the edition '{slug}' is installed already; put the change in force instead"])
    loaded = load_copy(session, registry, copy)
    if loaded.edition.is_draft:
        unknown = [f"{item.at} is unknown: {item.why or 'supply it'}" for item in loaded.edition.unknown]
        raise ActionRefused(["fill in what is unknown first", *unknown], code="draft")
    row = install_edition(session, loaded, by=by)
    mark_in_force(session, slug, row.revision, by=by)
    return row


def hold_copy(session: WriteSession, slug: str, seen: Seen) -> WorkingCopy:
    """Hold a working copy and return it, if it still is what the actor saw.

    Raises:
        Conflict: somebody saved meanwhile.

    """
    row = _require_editing(_hold(session, slug), slug)
    copy = find_copy(session, slug)
    if copy.seen != seen:
        raise _overtaken(_revision(session, row, row.version), _revision(session, row, seen.version).source)
    return copy


def mark_in_force(session: WriteSession, slug: str, revision: int, *, by: Actor) -> None:
    """Note that a working copy was put in force: what is changed from now on is a change of that revision."""
    row = _require_editing(_hold(session, slug), slug)
    row.base_revision = revision
    detail = {"version": str(row.version), "revision": str(revision)}
    record(session, by=by.name, action="draft.in_force", subject=slug, detail=detail)


def load_copy(session: Session, registry: Registry, copy: WorkingCopy) -> LoadedEdition:
    """Load a working copy as an edition.

    Raises:
        DefinitionError: every fault.

    """
    return load_edition(copy.text, registry, find=installed_parents(session, registry), origin=f"{copy.slug}.yaml")


def installed_parents(session: Session, registry: Registry) -> Find:
    """Return what finds installed editions, so that a document can extend last year's; each stands for itself."""

    def find(name: str) -> Found | None:
        if name in registry.names("editions"):
            return None
        loaded = find_document(session, registry, name)
        return Found(_standing_alone(loaded), f"{name} (installed)") if loaded else None

    return find


def _text_in_force(session: Session, registry: Registry, slug: str) -> str:
    """Return the text in force as it was written, where what it extends can still be read."""
    loaded = find_document(session, registry, slug)
    if loaded is None:
        raise NotFound("edition", slug)
    try:
        again = load_edition(loaded.source_text, registry, find=installed_parents(session, registry))
    except DefinitionError:
        return _standing_alone(loaded)
    return loaded.source_text if again.sha256 == loaded.sha256 else _standing_alone(loaded)


def _document_in_force(session: Session, slug: str) -> EditionDocument:
    found = session.scalar(
        select(EditionDocument)
        .join(EditionRow, EditionRow.id == EditionDocument.edition_id)
        .where(EditionRow.slug == slug, EditionDocument.revision == EditionRow.revision)
    )
    if found is None:
        raise NotFound("edition", slug)
    return found


def _standing_alone(loaded: LoadedEdition) -> str:
    data = exact_data(loaded.data)
    return write_document({key: value for key, value in data.items() if key != "extends"})


def _require_own(slug: str, text: str) -> None:
    said = read_mapping(text, f"{slug}.yaml").plain().get("edition")
    if said != slug:
        raise InputRefused.at("text", f"the document says 'edition: {said}'; this one is '{slug}', and stays it", "id")


def _require_editing(row: EditionDraft | None, slug: str) -> EditionDraft:
    if row is None or row.state != EDITING:
        raise NotFound("working copy", slug)
    return row


def _hold(session: WriteSession, slug: str) -> EditionDraft | None:
    own = select(EditionDraft).where(EditionDraft.slug == slug)
    return session.scalar(own.with_for_update().execution_options(populate_existing=True))


def _revision(session: Session, row: EditionDraft, version: int) -> EditionDraftRevision:
    found = session.scalar(
        select(EditionDraftRevision).where(
            EditionDraftRevision.draft_id == row.id, EditionDraftRevision.version == version
        )
    )
    if found is None:
        raise NotFound("version", version, f"of the working copy of '{row.slug}'")
    return found


def _keep(session: WriteSession, row: EditionDraft, text: str, *, by: Actor, note: str, action: str, base: int) -> int:
    row.state, row.base_revision = EDITING, base
    row.version += 1
    session.add(row)
    session.flush()
    kept = EditionDraftRevision(
        draft_id=row.id,
        version=row.version,
        source=text,
        note=note[:LONGEST_NOTE],
        written_by=by.name,
        at=database_now(session),
    )
    session.add(kept)
    session.flush()
    detail = {"version": str(row.version), "sha256": hashlib.sha256(text.encode()).hexdigest(), "note": kept.note}
    record(session, by=by.name, action=f"draft.{action}", subject=row.slug, detail=detail)
    return row.version
