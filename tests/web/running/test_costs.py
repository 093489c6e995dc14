"""What an organiser's page costs: statements that do not grow with the entries, and bytes within the budget."""

from __future__ import annotations

import gzip
import re

import pytest

from juri.core.entries.verbs import EntryContent, register_entry, submit_entry
from juri.core.stages.acts import Act, record_acts
from juri.core.stages.verbs import open_stage

AT = "/organiser/raya-2026"
PAGES = ("/", "/entries/", "/standings/", "/jurors/", "/jurors/conflicts", "/decisions/", "/stages/penilaian/",
         "/stages/penilaian/assignments", "/stages/penilaian/jury", "/stages/administrasi/",
         "/stages/administrasi/screening")  # fmt: skip


MOST_BYTES, MOST_REQUESTS = 180_000, 12


def counts(client, counted):
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
def test_the_number_of_statements_does_not_depend_on_the_number_of_entries(raya, client_for, fresh, counted):
    play(raya, 0)
    few = counts(client_for("oka@raya.test"), counted)
    fresh()
    play(raya, 14)
    assert counts(client_for("oka@raya.test"), counted) == few
    assert max(few[page] for page in ("/", "/entries/")) <= 12


@pytest.fixture
def costs_of(raya, client_for, counted, steps_taken):
    """Return what counts the statements that pages take, and the steps that the database takes for them."""

    def count(pages):
        client, found = client_for("oka@raya.test"), []
        for page in pages:
            client.get(page)  # what is kept for the next time is not asked again
            with counted() as said, steps_taken(raya.database) as steps:
                assert client.get(page).status_code == 200
            found.append((len(said), len(steps)))
        return found

    return count


@pytest.mark.parametrize("step", ["published"])
def test_standings_and_the_public_result_take_as_many_steps_however_many_entries_there_were(
    raya, costs_of, fresh, swell, monkeypatch
):
    monkeypatch.setattr("juri.webapp.paging.PAGE", 4)
    pages = (f"{AT}/standings/?stage=penilaian", f"{AT}/standings/?stage=nominasi&words=perahu", "/results/raya-2026")
    taken = []
    for entries in (30, 300):
        fresh()
        for stage in ("penilaian", "nominasi"):
            swell(raya.database, stage, entries)
        taken.append(costs_of(pages))
    assert taken[0] == taken[1]
    assert max(statements for statements, _ in taken[0][:2]) <= 10


def test_a_page_with_all_that_it_loads_stays_within_its_budget(oka):
    too_heavy = {}
    for page in PAGES:
        html = oka.get(AT + page).data
        loaded = sorted(set(re.findall(rb'(?:href|src)="(/static/[^"#]+)', html)))
        answers = [html, *(oka.get(address.decode(), buffered=True).data for address in loaded)]
        weight = sum(len(gzip.compress(each)) for each in answers)
        if weight > MOST_BYTES or len(answers) > MOST_REQUESTS:
            too_heavy[page] = (weight, len(answers))
    assert too_heavy == {}


@pytest.mark.parametrize("step", ["judging"])
def test_what_entries_answer_is_read_by_rules_alone_and_once(oka, counted):
    """Of thousands of entries the answers are most of what is stored."""

    def readings(page, column):
        with counted() as said:
            assert oka.get(AT + page).status_code == 200
        return sum(column in statement.partition("FROM")[0] for statement in said)

    pages = ("/", "/entries/", "/jurors/", "/stages/penilaian/assignments", "/stages/penilaian/entries",
             "/stages/penilaian/", "/stages/penilaian/close", "/standings/", "/what-if/penilaian")  # fmt: skip
    assert {page: readings(page, "entry.answers") for page in pages} == {
        **dict.fromkeys(pages[:5], 0), **dict.fromkeys(pages[5:], 1),
    }  # fmt: skip
    assert [readings(page, "stage_record.data") for page in pages[5:]] == [2, 1, 1, 1]  # of this stage, no earlier one
    assert [readings(page, "snapshot.body") for page in pages[5:]] == [1, 0, 0, 0]
    assert [readings(page, "decision.codes") for page in pages[5:]] == [1, 1, 1, 1]
