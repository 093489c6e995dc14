"""Changing a rubric that is in use: what it would do is shown first, and all sheets follow in one act."""

from fractions import Fraction
from types import SimpleNamespace

import pytest

from juri.core.editions.gate import find_stage
from juri.core.editions.loader import load_edition
from juri.core.errors import ActionRefused, DefinitionError, InputRefused
from juri.core.judging.forms import find_filled
from juri.core.judging.rescoring import Counts
from juri.core.judging.scorecards import prepare_scorecard, submit_scorecard
from juri.core.results.snapshots import find_snapshot
from juri.core.stages.deciding import decide
from juri.core.stages.effects import rubric_effects
from juri.core.stages.explanations import explain
from juri.core.stages.revising import revise_rules
from juri.core.stages.verbs import close_stage, seal_stage
from juri.core.stages.views import stage_view

MARKS = {"E1": {"manfaat": "80", "kebaruan": "60"}, "E2": {"manfaat": "60", "kebaruan": "90"}}


def edition_with(competition, *criteria, **changes):
    """Return the edition of the tests with another rubric."""
    import juri_competition

    rubric = {"kind": "weighted", "scale": {"min": 0, "max": 100}, "criteria": list(criteria)}
    return load_edition(juri_competition.edition_text(rubrics={"nilai": rubric}, **changes), competition.registry)


def swapped(competition):
    return edition_with(competition, {"id": "manfaat", "weight": 30}, {"id": "kebaruan", "weight": 70})


def effects(competition, loaded):
    with competition.read() as (session, running):
        return rubric_effects(session, running, loaded.edition)


def filled(competition, entry, juror):
    with competition.read() as (session, running):
        return find_filled(session, running, "proposal", entry, juror)


@pytest.fixture
def scored(judging):
    for entry, answers in MARKS.items():
        for juror in ("J1", "J2"):
            if (entry, juror) in assigned(judging):
                judging.judge(entry, juror, answers)
    return judging


def assigned(competition):
    with competition.read() as (session, running):
        view = stage_view(session, running, find_stage(session, running.id, "proposal"))
        return {(sheet.entry, sheet.juror) for sheet in view.sheets}


def test_other_weights_are_shown_with_the_sheets_they_change_and_the_ranks_they_move(scored):
    (effect,) = effects(scored, swapped(scored))
    assert (effect.stage, effect.state, effect.rubrics, effect.is_wording) == ("proposal", "open", ("nilai",), False)
    assert {(sheet.entry, sheet.before, sheet.after) for sheet in effect.changed} == {
        ("E1", Fraction(74), Fraction(66)),
        ("E2", Fraction(69), Fraction(81)),
    }
    assert (effect.returned, effect.unclear) == ((), "")
    assert [(move.entry, int(move.places)) for move in effect.moved] == [("E2", 1), ("E1", -1)]


def test_nothing_is_stored_by_looking(scored):
    before = filled(scored, *min(assigned(scored)))
    effects(scored, swapped(scored))
    assert filled(scored, *min(assigned(scored))) == before


def test_another_wording_changes_no_score_and_scores_nothing_again(scored):
    same = {"weight": 70, "name": "Manfaat bagi warga"}
    loaded = edition_with(scored, {"id": "manfaat", **same}, {"id": "kebaruan", "weight": 30})
    (effect,) = effects(scored, loaded)
    assert (effect.is_wording, effect.sheets, effect.moved) == (True, (), ())
    assert scored.do(revise_rules, loaded, reason="plainer words") == {}


def test_a_rubric_that_stays_has_no_effects(scored):
    assert (
        effects(scored, edition_with(scored, {"id": "manfaat", "weight": 70}, {"id": "kebaruan", "weight": 30})) == ()
    )


def test_field_72_every_sheet_is_scored_again_as_a_new_revision_with_the_reason(scored):
    counts = scored.do(revise_rules, swapped(scored), reason="decree 7")
    sheets = len([pair for pair in assigned(scored) if pair[0] in MARKS and pair[1] in ("J1", "J2")])
    assert counts == {"proposal": Counts(scored=sheets, returned=0)}
    pair = next(pair for pair in sorted(assigned(scored)) if pair[0] == "E1" and pair[1] in ("J1", "J2"))
    first, second = filled(scored, *pair).revisions
    assert (first.total, second.total, second.version) == ("74", "66", first.version + 1)
    assert (second.answers, second.reason, second.written_by) == (first.answers, "decree 7", "operator:test")
    assert second.points == {"manfaat": "24", "kebaruan": "42"}
    assert scored.verified().whole


def test_a_new_criterion_sends_sheets_back_to_their_jurors_with_their_answers(scored):
    weights = ({"id": "manfaat", "weight": 50}, {"id": "kebaruan", "weight": 30}, {"id": "biaya", "weight": 20})
    loaded = edition_with(scored, *weights)
    (effect,) = effects(scored, loaded)
    assert {sheet.why[0].code for sheet in effect.returned} == {"missing"}
    (counts,) = scored.do(revise_rules, loaded, reason="decree 8").values()
    assert (counts.scored, counts.returned) == (0, len(effect.returned))
    sheet = effect.returned[0]
    now = filled(scored, sheet.entry, sheet.juror)
    assert (now.assignment, now.revisions[-1].state, now.revisions[-1].total) == ("accepted", "draft", None)
    assert set(now.revisions[-1].answers) == {"manfaat", "kebaruan"}


def test_a_criterion_that_is_dropped_leaves_its_answers_in_the_earlier_revision(scored):
    loaded = edition_with(scored, {"id": "manfaat", "weight": 100})
    (effect,) = effects(scored, loaded)
    scored.do(revise_rules, loaded, reason="decree 9")
    sheet = effect.changed[0]
    first, second = filled(scored, sheet.entry, sheet.juror).revisions
    assert (set(first.answers), set(second.answers)) == ({"manfaat", "kebaruan"}, {"manfaat"})


def test_a_mark_off_the_new_scale_goes_back_without_it(scored):
    narrow = {"id": "manfaat", "weight": 70, "scale": {"min": 0, "max": 70}}
    loaded = edition_with(scored, narrow, {"id": "kebaruan", "weight": 30})
    (effect,) = effects(scored, loaded)
    assert {sheet.entry for sheet in effect.returned} == {"E1"}
    scored.do(revise_rules, loaded, reason="decree 10")
    sheet = effect.returned[0]
    assert set(filled(scored, sheet.entry, sheet.juror).revisions[-1].answers) == {"kebaruan"}


def test_a_sheet_prepared_by_the_old_rubric_is_not_taken_after_the_change(judging):
    entry, juror = min(assigned(judging))
    with judging.read() as (session, running):
        sheet = prepare_scorecard(session, running, stage="proposal", entry=entry, juror=juror, answers=MARKS["E1"])
    judging.do(revise_rules, swapped(judging), reason="decree 7")
    with pytest.raises(ActionRefused, match="revised meanwhile"):
        judging.do(submit_scorecard, sheet, version=0)


def test_a_closed_stage_keeps_the_rubric_it_was_closed_with(scored):
    scored.do(close_stage, "proposal")
    (effect,) = effects(scored, swapped(scored))
    assert effect.state == "closed"
    with pytest.raises(ActionRefused, match="is closed and its rules would change"):
        scored.do(revise_rules, swapped(scored), reason="too late")
    scored.do(decide, "proposal", signer="Ketua", reason="sesuai aturan")
    scored.do(seal_stage, "proposal", signers=["Ketua"])
    with pytest.raises(ActionRefused, match="is sealed and its rules would change"):
        scored.do(revise_rules, swapped(scored), reason="too late")


def test_no_other_rule_of_an_open_stage_changes(scored):
    import juri_competition

    stages = [dict(stage) for stage in juri_competition.EDITION["stages"]]
    stages[1]["missing"] = "zero"
    loaded = load_edition(juri_competition.edition_text(stages=stages), scored.registry)
    with pytest.raises(ActionRefused, match="its rules would change"):
        scored.do(revise_rules, loaded, reason="no")


def limited(competition):
    own = {"id": "kebaruan", "weight": 30, "only_in": ["pendidikan"]}
    return edition_with(competition, {"id": "manfaat", "weight": 70}, own)


def test_limiting_an_aspect_in_use_shows_the_totals_that_it_changes_then_changes_them(scored):
    (effect,) = effects(scored, limited(scored))
    assert {(sheet.entry, sheet.before, sheet.after) for sheet in effect.changed} == {
        ("E1", Fraction(74), Fraction(80)),
        ("E2", Fraction(69), Fraction(60)),
    }
    scored.do(revise_rules, limited(scored), reason="decree 11")
    entry, juror = min(assigned(scored))
    newest = filled(scored, entry, juror).revisions[-1]
    assert (list(newest.answers), newest.total) == (["manfaat"], "80")


def test_the_sealed_result_and_its_explanation_name_the_limits_and_the_factor(scored):
    scored.do(revise_rules, limited(scored), reason="decree 11")
    scored.do(close_stage, "proposal")
    said = [
        "asked only in pendidikan: kebaruan",
        "totals of category 'kesehatan' count times 10/7, so that they reach the same maximum",
    ]
    with scored.read() as (session, running):
        snapshot = find_snapshot(session, find_stage(session, running.id, "proposal"))
        told = explain(session, running, "E1").as_text()
    assert [each for each in said if each not in snapshot.body["warnings"]] == []
    assert [each for each in said if f"Note: {each}" not in told] == []


def test_an_entry_is_asked_what_its_category_is_asked_and_nothing_else(scored):
    scored.do(revise_rules, limited(scored), reason="decree 11")
    with pytest.raises(InputRefused) as refused:
        scored.judge("E1", "J1", {"manfaat": "80", "kebaruan": "60"})
    assert [problem.code for problem in refused.value.problems] == ["foreign"]


@pytest.mark.parametrize(
    ("names", "fault"),
    [
        ({"only_in": ["olahraga"]}, "there is no category 'olahraga'"),
        ({"only_in": ["pendidikan"], "weight": 100}, "nothing that counts is asked in category 'kesehatan'"),
    ],
    ids=["no such category", "nothing left"],
)
def test_limits_that_lead_nowhere_are_refused(builtin_registry, names, fault):
    others = [] if names.get("weight") == 100 else [{"id": "manfaat", "weight": 70}]
    with pytest.raises(DefinitionError) as refused:
        edition_with(SimpleNamespace(registry=builtin_registry), *others, {"id": "kebaruan", "weight": 30, **names})
    assert [each.problem for each in refused.value.faults] == [fault]


def test_an_aspect_that_not_all_are_asked_settles_no_tie(builtin_registry):
    import juri_competition

    stages = [dict(each) for each in juri_competition.EDITION["stages"]]
    stages[1]["ties"] = ["criterion:kebaruan"]
    own = {"id": "kebaruan", "weight": 30, "only_in": ["pendidikan"]}
    with pytest.raises(DefinitionError) as refused:
        edition_with(SimpleNamespace(registry=builtin_registry), {"id": "manfaat", "weight": 70}, own, stages=stages)
    assert ["settles no tie" in each.problem for each in refused.value.faults] == [True]
