"""The standings of a stage as they were at a moment: by what was written until then, whatever came after."""

from datetime import timedelta
from fractions import Fraction

import pytest
from sqlalchemy import func, select

from juri.core.audit.model import AuditEvent
from juri.core.editions.gate import find_stage
from juri.core.entries.verbs import withdraw_entry
from juri.core.errors import ActionRefused
from juri.core.judging.model import ScorecardRevision
from juri.core.results.snapshots import standings_in_force
from juri.core.stages.past import standings_as_of
from juri.core.stages.preview import preview_outcome
from juri.core.stages.reports import stage_standings

BETTER = {"manfaat": "90", "kebaruan": "90"}


def newest(session):
    return session.scalar(select(func.max(ScorecardRevision.at)))


def ranks(found):
    return [(line.entry, line.score) for line in found[""].lines]


def test_field_73_the_standings_of_any_moment_come_out_again_after_changes_and_after_the_stage(judging):
    judging.judge_all()
    with judging.read() as (session, running):
        moment, then = newest(session), preview_outcome(session, running, "proposal").standings
        events = session.scalar(select(func.count()).select_from(AuditEvent))
        assert standings_as_of(session, running, "proposal", moment) == then
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == events
    for juror in ("J1", "J2", "J3"):
        judging.judge("E3", juror, {"manfaat": "100", "kebaruan": "100"}, version=1)
    with judging.read() as (session, running):
        assert ranks(preview_outcome(session, running, "proposal").standings)[0] == ("E3", Fraction(100))
        assert standings_as_of(session, running, "proposal", moment) == then
    judging.finish("proposal")
    judging.do(withdraw_entry, "E1", reason="mundur")
    with judging.read() as (session, running):
        assert standings_as_of(session, running, "proposal", moment) == then
        now = standings_in_force(session, find_stage(session, running.id, "proposal"))
        assert ranks(standings_as_of(session, running, "proposal", newest(session))) == ranks(now)


def test_field_73_before_anything_was_written_nothing_is_ranked(judging):
    judging.judge("E1", "J1", BETTER)
    judging.judge("E2", "J1", BETTER, draft=True)
    with judging.read() as (session, running):
        first = session.scalar(select(func.min(ScorecardRevision.at)))
        none = standings_as_of(session, running, "proposal", first - timedelta(microseconds=1))
        assert (ranks(none), [each.entry for each in none[""].unranked]) == ([], ["E1", "E2", "E3"])
        assert ranks(standings_as_of(session, running, "proposal", newest(session))) == [("E1", Fraction(90))]


def test_field_73_a_report_of_a_moment_is_laid_out_as_one_of_now(judging):
    judging.judge_all()
    with judging.read() as (session, running):
        moment = newest(session)
    judging.finish("proposal")
    with judging.read() as (session, running):
        now = stage_standings(session, running, "proposal")
        assert stage_standings(session, running, "proposal", at=moment) == now


def test_a_stage_without_scores_has_nothing_to_look_back_on(judging):
    with judging.read() as (session, running), pytest.raises(ActionRefused) as refused:
        standings_as_of(session, running, "registration", newest(session))
    assert refused.value.reasons == ("the stage 'registration' is a registration; it has no scores to look back on",)
