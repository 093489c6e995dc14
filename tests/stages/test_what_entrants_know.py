"""What entrants know of their own entries: nothing of a result before it, or one that follows it, is published."""

import pytest

from juri.core.entries.people import actor_of, add_person, grant_role
from juri.core.entries.verbs import find_entry, withdraw_entry
from juri.core.errors import NotFound
from juri.core.results.known import comments_on, find_own, known_states, own_entries, refusal_of, titles_of
from juri.core.results.publication import edition_subject, visible_editions
from juri.core.stages.verbs import open_stage, publish_stage, reopen_stage

CUT, ANNOUNCEMENT = "finalists", "winners"


@pytest.fixture
def agency(judging):
    """Return the local admin of Dinas B, which has the entries E2 and E3."""
    with judging.database.write() as session:
        person = add_person(session, name="B", email="b@b.test", by=judging.by)
        grant_role(session, person.email, "local_admin", by=judging.by, organization="Dinas B")
        return actor_of(session, person.email)


def known(competition):
    with competition.read() as (session, running):
        return known_states(session, running, [find_entry(session, running, code) for code in ("E1", "E2", "E3")])


def of(competition, question, code):
    with competition.read() as (session, running):
        return question(session, running, find_entry(session, running, code))


def go_to_the_announcement(competition):
    for stage in (CUT, ANNOUNCEMENT):
        competition.do(open_stage, stage)
        competition.finish(stage)


def test_states_follow_what_is_published_and_not_what_is_sealed(judging):
    judging.judge_all()
    judging.finish("proposal")
    go_to_the_announcement(judging)
    assert known(judging) == dict.fromkeys(("E1", "E2", "E3"), "submitted")
    judging.do(publish_stage, CUT)
    assert known(judging) == {"E1": "advanced", "E2": "advanced", "E3": "stopped"}
    judging.do(publish_stage, ANNOUNCEMENT)
    assert known(judging) == {"E1": "awarded", "E2": "awarded", "E3": "stopped"}
    assert [title.title.en for title in of(judging, titles_of, "E1")] == ["Best"]
    assert of(judging, titles_of, "E3") == ()
    assert of(judging, refusal_of, "E3") is None


def test_what_a_published_announcement_rests_on_is_known_with_it_and_forgotten_when_it_is_reopened(judging):
    judging.judge_all()
    judging.finish("proposal")
    go_to_the_announcement(judging)
    judging.do(publish_stage, ANNOUNCEMENT)
    assert known(judging)["E3"] == "stopped"
    other = judging.by.operator("second")
    for by in (judging.by, other):
        judging.do(reopen_stage, ANNOUNCEMENT, reason="salah tanda tangan", by=by)
    assert known(judging) == dict.fromkeys(("E1", "E2", "E3"), "submitted")


def test_an_agency_knows_its_own_entries_and_no_others(judging, agency):
    with judging.read() as (session, running):
        own = own_entries(session, running, by=agency)
        assert [(each.row.code, each.entrant, each.state) for each in own] == [
            ("E2", "Dinas B", "submitted"),
            ("E3", "Dinas B", "submitted"),
        ]
        assert find_own(session, running, "E2", by=agency).entrant == "Dinas B"
        for code in ("E1", "E9"):
            with pytest.raises(NotFound, match=f"there is no entry '{code}'"):
                find_own(session, running, code, by=agency)


def test_once_registration_is_over_only_whoever_runs_it_takes_an_entry_out(judging, agency):
    with pytest.raises(Exception, match="the stage 'registration' is sealed; it takes nothing now"):
        judging.do(withdraw_entry, "E2", reason="mundur", by=agency)
    judging.do(withdraw_entry, "E2", reason="mundur")
    assert known(judging)["E2"] == "withdrawn"


@pytest.mark.parametrize(("allowed", "kept"), [(True, ""), (False, ""), (True, "manfaat")])
def test_comments_are_read_where_edition_and_rubric_allow_it_without_a_trace_of_who_wrote_them(
    competition_at, edition_stages, allowed, kept
):
    competition = competition_at("empty")
    publish = {"publish": {"comments": allowed}}
    stages = [stage | (publish if stage["kind"] == "announcement" else {}) for stage in edition_stages]
    weights = {"manfaat": 70, "kebaruan": 30}
    criteria = [{"id": name, "weight": weight, "visible": name != kept} for name, weight in weights.items()]
    rubric = {
        "kind": "weighted",
        "scale": {"min": 0, "max": 100},
        "criteria": criteria,
        "overall": {"visible": not kept},
    }
    competition.install(stages=stages, rubrics={"nilai": rubric})
    competition.begin()
    competition.begin_judging()
    for juror, text in (("J1", "terukur"), ("J2", "cukup"), ("J3", "")):
        answers = {"manfaat": {"value": "80", "comment": text}, "kebaruan": {"value": "60", "comment": text and "baru"}}
        answers["_overall"] = {"comment": text and "baik"}
        for entry in ("E1", "E2", "E3"):
            competition.judge(entry, juror, answers)
    competition.finish("proposal", outcomes=dict.fromkeys(("E1", "E2", "E3"), "advance"))
    competition.do(open_stage, CUT)
    competition.finish(CUT, outcomes={"E1": "advance", "E2": "advance", "E3": "stop"})
    competition.do(open_stage, ANNOUNCEMENT)
    competition.finish(ANNOUNCEMENT)
    assert of(competition, comments_on, "E1") == ()
    competition.do(publish_stage, ANNOUNCEMENT)
    told = [(each.criterion, each.text) for each in of(competition, comments_on, "E1")]
    by_text = [("manfaat", "cukup"), ("manfaat", "terukur"), ("kebaruan", "baru"), ("kebaruan", "baru")]
    overall = [] if kept else [("_overall", "baik"), ("_overall", "baik")]
    assert told == [each for each in [*by_text, *overall] if allowed and each[0] != kept]


def test_an_edition_is_seen_by_who_takes_part_and_by_all_once_something_is_published(judging, agency):
    nobody = judging.by.__class__("anonymous")

    def seen():
        with judging.database.read() as session:
            return visible_editions(session, nobody), visible_editions(session, agency)

    assert seen() == ((), ("lomba-2026",))
    judging.judge_all()
    judging.finish("proposal")
    go_to_the_announcement(judging)
    judging.do(publish_stage, ANNOUNCEMENT)
    assert seen() == (("lomba-2026",), ("lomba-2026",))
    with judging.database.read() as session:
        assert edition_subject(session, "lomba-2026").state == "published"
        assert edition_subject(session, "none").edition == ""
