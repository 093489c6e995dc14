"""Taking tables over: first a rehearsal that shows every fault with its row and column, then the same for good."""

from __future__ import annotations

import base64
import binascii
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO

from flask import redirect, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from juri.core.editions.verbs import Running
from juri.core.errors import InputRefused, Problem
from juri.core.policy import Actor
from juri.core.storage.session import WriteSession
from juri.core.tables.reading import Source, load_stream, read_table
from juri.core.tables.table import Table
from juri.webapp.desk import desk
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.imports import (
    ENTRY_COLUMNS,
    JUROR_COLUMNS,
    Columns,
    Row,
    Take,
    register_row,
    rows_of,
    seat_row,
    take_all,
)
from juri.webapp.language import ngettext
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.forms import UploadForm
from juri.webapp.organiser.frame import Attempt, acting, looking, page, tell

LARGEST = 4 * 2**20
"""A table that is sent back and forth as text must stay small; what is larger goes by the command line."""

LARGEST_FORM = LARGEST * 4 // 3 + 2**16
"""A file that comes back from its preview is a third longer as text."""

SHOWN = 20
"""So many rows stand in the preview."""

FEW = 5
"""So many places of one fault are named."""

Answer = str | Response | tuple[str, int]
Begin = Callable[[WriteSession, Running, Actor], Take]


@dataclass(frozen=True)
class Kind:
    """What is taken over: its words, its columns, what takes a row, and where to go afterwards."""

    name: str
    title: str
    columns: Columns
    begin: Begin
    back: str
    also_submit: bool = False


@dataclass(frozen=True)
class Rehearsed:
    """A table that was read, and taken over without being written: ``problems`` is empty where it can be."""

    source: Source
    table: Table | None
    rows: list[tuple[int, Row]]
    problems: list[Problem]

    @property
    def content(self) -> str:
        """Return the file as text, for the form that takes it over for good."""
        return base64.b64encode(self.source.data).decode()

    @property
    def faults(self) -> Mapping[str, Sequence[str]]:
        """Return what is wrong with the places where it is, in the order in which it was found: each fault once."""
        places: dict[str, list[str]] = defaultdict(list)
        for problem in self.problems:
            places[problem.message].append(problem.field)
        return places

    @property
    def faulty(self) -> set[int]:
        """Return the numbers of the rows with a fault."""
        return {number for number, _ in self.rows for each in self.problems if each.field.startswith(f"row {number},")
                or each.field == f"row {number}"}  # fmt: skip


@guarded(
    blueprint, "/<edition>/entries/import", needs=Needs("entry.register", in_edition), methods=("GET", "POST"),
    largest_form=LARGEST_FORM,
)  # fmt: skip
def import_entries(edition: str) -> Answer:
    """Take entries over from a table."""
    form = UploadForm()
    submit = bool(form.submit_too.data)

    def begin(session: WriteSession, running: Running, actor: Actor) -> Take:
        return lambda row: register_row(session, running, actor, row, submit=submit)

    back = url_for("organiser.entries", edition=edition)
    kind = Kind("entries", gettext("Import entries"), ENTRY_COLUMNS, begin, back, also_submit=True)
    return _import(edition, kind, form)


@guarded(
    blueprint, "/<edition>/jurors/import", needs=Needs("panel.change", in_edition), methods=("GET", "POST"),
    largest_form=LARGEST_FORM,
)  # fmt: skip
def import_jurors(edition: str) -> Answer:
    """Take jurors over from a table, into their panels."""

    def begin(session: WriteSession, running: Running, actor: Actor) -> Take:
        def take(row: Row) -> None:
            seat_row(session, running, actor, row)

        return take

    back = url_for("organiser.jurors", edition=edition)
    return _import(edition, Kind("jurors", gettext("Import jurors"), JUROR_COLUMNS, begin, back), UploadForm())


def _import(edition: str, kind: Kind, form: UploadForm) -> Answer:
    """Show the form, rehearse the file that was sent, or take over the one that was rehearsed."""
    attempt = Attempt()
    rehearsed: Rehearsed | None = None
    if form.validate_on_submit():
        with attempt:
            source = _sent(form)
            is_for_good = bool(form.content.data)
            rehearsed = _take(edition, kind, source, for_good=is_for_good)
            if is_for_good and not rehearsed.problems:
                tell(ngettext("%(num)d row was taken over.", "%(num)d rows were taken over.", len(rehearsed.rows)))
                return redirect(kind.back)
    if rehearsed is not None and rehearsed.problems:
        attempt.status = 422
    with looking(edition) as look:
        running = look.running
    written = page(
        "import.html", running, current=kind.name, trail=[(kind.title, "")], kind=kind, form=form,
        rehearsed=rehearsed, problems=attempt.problems, shown=SHOWN, few=FEW, questions=running.edition.form,
    )  # fmt: skip
    return written, attempt.status


def _sent(form: UploadForm) -> Source:
    """Return the file that was uploaded, or the one that comes back from its preview.

    Raises:
        InputRefused: there is none, it is too large, or it came back damaged.

    """
    if form.content.data:
        try:
            data = base64.b64decode(form.content.data, validate=True)
        except binascii.Error:
            raise InputRefused.at("file", "the file came back damaged; choose it again") from None
        return load_stream(BytesIO(data), form.name.data or "table")
    if not form.file.data:
        raise InputRefused.at("file", gettext("Choose a file first."))
    data = form.file.data.stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise InputRefused.at("file", gettext("The file is larger than 4 MB; split it, or use the command line."))
    return load_stream(BytesIO(data), form.file.data.filename or "table")


def _take(edition: str, kind: Kind, source: Source, *, for_good: bool) -> Rehearsed:
    """Take every row over, for good or as a rehearsal, and note what is wrong with each."""
    try:
        table = read_table(source)
        rows = rows_of(table, kind.columns)
    except InputRefused as refused:
        return Rehearsed(source, None, [], list(refused.problems))
    try:
        with acting(edition, keep=for_good) as (session, running):
            take_all(rows, kind.begin(session, running, desk().actor), table)
    except InputRefused as refused:
        return Rehearsed(source, table, rows, list(refused.problems))
    return Rehearsed(source, table, rows, [])
