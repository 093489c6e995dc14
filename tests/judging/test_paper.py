"""Sheets from paper: one types, another confirms or rejects; until then nothing counts, and no one does both."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from juri.core.audit.model import AuditEvent
from juri.core.errors import ActionRefused, InputRefused, NotFound
from juri.core.judging.assignments import recuse
from juri.core.judging.forms import find_filled
from juri.core.judging.model import PaperSheetRow
from juri.core.judging.paper import (
    confirm_sheet,
    paper_rows,
    reject_sheet,
    rejected_sheets,
    type_sheet,
    waiting_sheets,
    withdraw_sheet,
)
from juri.core.judging.scorecards import prepare_scorecard
from juri.core.policy import Actor, Grant
from juri.core.stages.gates import obstacles
from juri.core.stages.verbs import close_stage

STAGE = "proposal"


def actor(name, role="secretariat"):
    return Actor(f"{name}@kota.test", frozenset({Grant(role, "lomba-2026")}), person=999)


@pytest.fixture
def ani():
    return actor("ani")


@pytest.fixture
def budi():
    return actor("budi")


def prepared(competition, entry="E1", *, draft=False):
    answers = {"manfaat": "80", "kebaruan": "60"}
    with competition.read() as (session, running):
        return prepare_scorecard(session, running, stage=STAGE, entry=entry, juror="J1", answers=answers, draft=draft)


def put_down(competition, by, entry="E1", version=0):
    return competition.do(type_sheet, prepared(competition, entry), by=by, version=version)


def look(competition, read, *args):
    with competition.read() as (session, running):
        return read(session, running, STAGE, *args)


def test_a_typed_sheet_counts_nothing_before_it_is_confirmed(judging, ani, budi):
    number = put_down(judging, ani)
    assert [(sheet.number, sheet.entry, sheet.typed_by) for sheet in look(judging, waiting_sheets)] == [
        (number, "E1", ani.name)
    ]
    assert look(judging, find_filled, "E1", "J1").revisions == ()
    judging.do(confirm_sheet, number, by=budi)
    filled = look(judging, find_filled, "E1", "J1")
    assert [(each.state, each.written_by) for each in filled.revisions] == [("submitted", budi.name)]
    assert filled.revisions[0].reason == f"from paper, typed by {ani.name}, confirmed by {budi.name}"
    assert (look(judging, waiting_sheets), judging.verified().findings) == ((), ())


def test_who_typed_a_sheet_neither_confirms_nor_rejects_it(judging, ani):
    number = put_down(judging, ani)
    for verb, more in ((confirm_sheet, {}), (reject_sheet, {"reason": "salah"})):
        with pytest.raises(ActionRefused) as refused:
            judging.do(verb, number, by=ani, **more)
        assert refused.value.code == "same_person"
    assert len(look(judging, waiting_sheets)) == 1


def test_the_database_itself_keeps_one_person_from_doing_both(judging, ani):
    number = put_down(judging, ani)
    both = update(PaperSheetRow).where(PaperSheetRow.id == number).values(state="confirmed", looked_by=ani.name)
    with judging.database.write() as session, pytest.raises(IntegrityError):
        session.execute(both)


def test_a_rejected_sheet_is_typed_anew_and_nothing_of_it_counts(judging, ani, budi):
    number = put_down(judging, ani)
    judging.do(reject_sheet, number, by=budi, reason="aspek kedua 70, bukan 80")
    assert look(judging, find_filled, "E1", "J1").revisions == ()
    assert [sheet.reason for sheet in look(judging, rejected_sheets, "J1")] == ["aspek kedua 70, bukan 80"]
    with pytest.raises(ActionRefused):
        judging.do(confirm_sheet, number, by=budi)
    again = put_down(judging, ani)
    assert look(judging, rejected_sheets, "J1") == ()
    judging.do(confirm_sheet, again, by=budi)
    with judging.database.read() as session:
        acts = session.scalars(
            select(AuditEvent.action).where(AuditEvent.action.startswith("paper.")).order_by(AuditEvent.id)
        ).all()
    assert acts == ["paper.type", "paper.reject", "paper.type", "paper.confirm"]
    assert judging.verified().findings == ()


def test_a_rejection_says_why(judging, ani, budi):
    number = put_down(judging, ani)
    with pytest.raises(InputRefused):
        judging.do(reject_sheet, number, by=budi, reason=" ")


def test_one_takes_back_what_one_typed_and_nobody_elses(judging, ani, budi):
    number = put_down(judging, ani)
    with pytest.raises(ActionRefused):
        judging.do(withdraw_sheet, number, by=budi)
    judging.do(withdraw_sheet, number, by=ani)
    assert look(judging, waiting_sheets) == ()
    put_down(judging, budi)


def test_one_sheet_of_a_scorecard_waits_at_a_time(judging, ani, budi):
    put_down(judging, ani)
    with pytest.raises(ActionRefused) as refused:
        put_down(judging, budi)
    assert refused.value.code == "waits"
    assert [row.is_waiting for row in look(judging, paper_rows, "J1") if row.entry == "E1"] == [True]


def test_what_the_juror_wrote_meanwhile_is_not_overwritten(judging, ani, budi):
    number = put_down(judging, ani)
    judging.judge("E1", "J1")
    with pytest.raises(ActionRefused) as refused:
        judging.do(confirm_sheet, number, by=budi)
    assert refused.value.code == "version_conflict"
    assert len(look(judging, find_filled, "E1", "J1").revisions) == 1
    with pytest.raises(ActionRefused) as refused:
        put_down(judging, ani, version=7)
    assert refused.value.code == "version_conflict"


def test_a_draft_or_a_foreign_number_is_refused(judging, ani, budi):
    with pytest.raises(InputRefused):
        judging.do(type_sheet, prepared(judging, draft=True), by=ani, version=0)
    with pytest.raises(NotFound):
        judging.do(confirm_sheet, 99, by=budi)


def test_a_juror_who_was_taken_off_has_no_sheet(judging, ani, budi):
    number = put_down(judging, ani)
    judging.do(recuse, STAGE, [("E1", "J1")])
    assert "E1" not in {row.entry for row in look(judging, paper_rows, "J1")}
    with pytest.raises(ActionRefused):
        judging.do(confirm_sheet, number, by=budi)
    with pytest.raises(ActionRefused):
        put_down(judging, ani)


@pytest.mark.parametrize("role", ["juror", "panel_chair", "auditor", "local_admin"])
def test_nobody_else_types_or_confirms(judging, ani, role):
    number = put_down(judging, ani)
    stranger = actor("siti", role)
    for verb, args in ((confirm_sheet, (number,)), (withdraw_sheet, (number,))):
        with pytest.raises(ActionRefused):
            judging.do(verb, *args, by=stranger)
    with pytest.raises(ActionRefused):
        put_down(judging, stranger, "E2")


def test_a_stage_does_not_close_over_sheets_that_wait(judging, ani, budi):
    number = put_down(judging, ani)
    told = "sheets typed from paper wait for a second person: 1; confirm or reject them first"
    with judging.read() as (session, running):
        assert told in obstacles(session, running, STAGE)
    with pytest.raises(ActionRefused) as refused:
        judging.do(close_stage, STAGE, early="selesai")
    assert told in refused.value.reasons
    judging.do(reject_sheet, number, by=budi, reason="tidak terbaca")
    with judging.read() as (session, running):
        assert told not in obstacles(session, running, STAGE)
