"""The totals of a stage in columns: what the sheets say, and no more is read for a ranking."""

from sqlalchemy import event

from juri.core.editions.gate import find_stage
from juri.core.judging.conflicts import declare_conflict
from juri.core.stages.preview import preview_outcome
from juri.core.stages.views import sheets_of, totals_of
from juri.core.view import SheetTable


def shown(matrix):
    return {name: value.tolist() if hasattr(value, "tolist") else value for name, value in vars(matrix).items()}


def test_the_totals_are_those_of_the_sheets_drafts_and_conflicts_included(judging):
    judging.judge("E2", "J1", {"manfaat": "33.3", "kebaruan": "7"})
    judging.judge("E1", "J2")
    judging.judge("E1", "J3", draft=True)
    judging.do(declare_conflict, "J1", "E3", reason="keluarga")
    with judging.read() as (session, running):
        row = find_stage(session, running.id, "proposal")
        assert shown(totals_of(session, row)) == shown(SheetTable.of(sheets_of(session, row)).totals)


def test_what_a_stage_would_come_to_is_worked_out_without_reading_answers(judging):
    judging.judge_all()
    asked = []
    with judging.read() as (session, running):
        event.listen(session.get_bind(), "before_cursor_execute", lambda *call: asked.append(call[2]))
        found = preview_outcome(session, running, "proposal").standings[""]
    assert [(line.entry, int(line.score)) for line in found.lines] == [("E1", 90), ("E2", 70), ("E3", 50)]
    assert asked
    assert not [text for text in asked if "scorecard_revision" in text]
