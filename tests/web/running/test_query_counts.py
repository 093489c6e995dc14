"""An organiser's pages ask the database as often for many entries as for few."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from juri.core.entries.verbs import EntryContent, register_entry, submit_entry
from juri.core.stages.acts import Act, record_acts
from juri.core.stages.verbs import open_stage

AT = "/organiser/raya-2026"
PAGES = ("/", "/entries/", "/standings/", "/jurors/", "/jurors/conflicts", "/decisions/", "/stages/penilaian/",
         "/stages/penilaian/assignments", "/stages/administrasi/", "/stages/administrasi/screening")  # fmt: skip


@contextmanager
def counted() -> Iterator[list[str]]:
    said: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        said.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", note)


def counts(client):
    found = {}
    for page in PAGES:
        client.get(AT + page)  # what is kept for the next time is not asked again
        with counted() as said:
            assert client.get(AT + page).status_code == 200
        found[page] = len(said)
    return found


def play(raya, entries):
    """Play an edition with so many entries more into its scoring, where two jurors have scored everything."""
    for number in range(entries):
        content = EntryContent(title=f"Inovasi {number}", category="kesehatan", answers={"ringkasan": "Ada."})
        raya.do(register_entry, "Kampung Asei", content, code=f"T-{number}")
        raya.do(submit_entry, f"T-{number}")
    codes = [f"R-{n}" for n in range(1, 7)] + [f"T-{n}" for n in range(entries)]
    raya.finish("pendaftaran")
    raya.do(open_stage, "administrasi")
    raya.do(record_acts, "administrasi",
            [Act("check", {"answer": "yes"}, code, item) for code in codes for item in ("sk", "asli")])  # fmt: skip
    raya.finish("administrasi")
    raya.do(open_stage, "penilaian")
    raya.assign([(code, juror) for code in codes for juror in ("J1", "J2")])
    for code in codes:
        raya.judge("J1", code, 70)


@pytest.mark.parametrize("step", ["registering"])
def test_the_number_of_statements_does_not_depend_on_the_number_of_entries(raya, client_for, fresh):
    play(raya, 0)
    few = counts(client_for("oka@raya.test"))
    fresh()
    play(raya, 14)
    assert counts(client_for("oka@raya.test")) == few
    assert max(few[page] for page in ("/", "/entries/")) <= 12
