"""Who may do what: the table of rights against one written by hand, over every relation of actor and subject."""

from itertools import product

import pytest

from juri.core.entries.people import ROLES
from juri.core.errors import ActionRefused
from juri.core.policy import (
    READING_IS_OVER,
    TABLE,
    Actor,
    Allowed,
    Grant,
    Permission,
    Subject,
    changes_results,
    may,
    require,
    works_behind_the_desk,
)

EDITION, OTHER_EDITION = "kipp-2023", "kipp-2025"
STAGE, NEXT_STAGE = "administrasi", "penilaian"
AGENCY, OTHER_AGENCY = "Dinas A", "Dinas B"
ME, SOMEBODY = 7, 8

# How an actor must stand to the subject:
#   E  the grant is for this edition, or for all, and for the stage that is acted on, or for all of them
#   W  the grant is for this edition, or for all, or for any stage of it where none is named
#   I  the grant is for the whole installation
#   O  also: the grant is for the subject's agency      D  also: the entry is a draft still
#   A  the assignment is my own, and no conflict        R  also: its time for reading is not over
#   P  it is about myself            V  it is published
#   T  the grant is for this edition, or for all, whatever the agency, and it is no draft
RIGHTS = {
    "edition.create": {"organiser": "E", "administrator": "I"},
    "edition.draft": {"organiser": "E", "administrator": "I"},
    "edition.revise": {"organiser": "E"},
    "edition.move": {"organiser": "E"},
    "stage.open": {"organiser": "E"},
    "stage.close": {"organiser": "E"},
    "stage.seal": {"organiser": "E"},
    "stage.publish": {"organiser": "E"},
    "stage.reopen": {"organiser": "E"},
    "panel.change": {"organiser": "E"},
    "assignment.change": {"organiser": "E"},
    "decision.take": {"organiser": "E", "panel_chair": "E"},
    "person.change": {"organiser": "E", "administrator": "I"},
    "administrator.appoint": {"administrator": "I"},
    "account.manage": {"administrator": "I"},
    "account.change": {"public": "P"},
    "installation.see": {"administrator": "I"},
    "plugin.switch": {"administrator": "I"},
    "mail.see": {"administrator": "I"},
    "mail.release": {"administrator": "I"},
    "organization.add": {"organiser": "E", "secretariat": "E", "administrator": "I"},
    "entry.screen": {"organiser": "E", "secretariat": "E"},
    "audit.see": {"administrator": "I", "auditor": "E"},
    "standings.see": {"organiser": "E", "secretariat": "E", "auditor": "E", "panel_chair": "E"},
    "paper.type": {"organiser": "E", "secretariat": "E"},
    "paper.confirm": {"organiser": "E", "secretariat": "E"},
    "juror.remind": {"organiser": "E", "secretariat": "E"},
    "record.write": {"organiser": "E", "secretariat": "E", "panel_chair": "E"},
    "entry.see": {"organiser": "E", "secretariat": "E", "unit": "O", "local_admin": "O", "juror": "R"},
    "entry.register": {"organiser": "E", "secretariat": "E", "unit": "O", "local_admin": "O"},
    "entry.change": {"organiser": "E", "secretariat": "E", "unit": "O", "local_admin": "O"},
    "entry.hand_over": {"organiser": "E", "secretariat": "E", "unit": "O", "local_admin": "O"},
    "entry.submit": {"organiser": "E", "secretariat": "E", "unit": "D", "local_admin": "O"},
    "entry.withdraw": {"unit": "D", "local_admin": "O"},
    "objection.file": {"unit": "O", "local_admin": "O"},
    "scorecard.write": {"juror": "A"},
    "conflict.declare": {"juror": "P"},
    "result.see": {"public": "V"},
    "desk.see": {"organiser": "W", "secretariat": "W", "auditor": "W", "panel_chair": "W"},
    "edition.see": {
        "organiser": "W",
        "secretariat": "W",
        "auditor": "W",
        "panel_chair": "W",
        "administrator": "I",
        "unit": "T",
        "local_admin": "T",
        "juror": "T",
        "public": "V",
    },
    "operator": {},
    "": {},
}
WHERE = [*product(("", EDITION, OTHER_EDITION), ("", AGENCY, OTHER_AGENCY), ("",)),
         *product((EDITION, OTHER_EDITION), ("",), (STAGE, NEXT_STAGE))]  # fmt: skip
GRANTS = [Grant(role, *where) for role in sorted({*ROLES, "public", "nobody", ""}) for where in WHERE]
SUBJECTS = (
    [
        Subject(edition, agency, person, state, conflicted)
        for edition, agency, person, state, conflicted in product(
            ("", EDITION), ("", AGENCY), (0, ME, SOMEBODY), ("", "draft", "drafted", "published"), (False, True)
        )
    ]
    + [Subject(EDITION, agency, stage=STAGE) for agency in ("", AGENCY)]
    + [Subject(EDITION, "", ME, READING_IS_OVER)]
)


def covers(grant, subject):
    return lies_in(grant, subject) and grant.stage in ("", subject.stage)


def lies_in(grant, subject):
    return grant.edition in ("", subject.edition) and grant.organization in ("", subject.organization)


RELATIONS = {
    "E": lambda _, grant, subject: covers(grant, subject),
    "W": lambda _, grant, subject: lies_in(grant, subject) and (not subject.stage or covers(grant, subject)),
    "I": lambda _, grant, __: (grant.edition, grant.organization) == ("", ""),
    "O": lambda _, grant, subject: covers(grant, subject) and bool(grant.organization),
    "D": lambda _, grant, subject: covers(grant, subject) and bool(grant.organization) and subject.state == "drafted",
    "A": lambda me, grant, subject: covers(grant, subject) and 0 != subject.person == me and not subject.conflicted,
    "R": lambda me, grant, subject: RELATIONS["A"](me, grant, subject) and subject.state != READING_IS_OVER,
    "P": lambda me, grant, subject: covers(grant, subject) and 0 != subject.person == me,
    "T": lambda _, grant, subject: grant.edition in ("", subject.edition) and subject.state != "draft",
    "V": lambda _, __, subject: subject.state == "published",
}


@pytest.mark.uncounted  # asks the policy a million times, which the tests below count in a few
@pytest.mark.parametrize("action", sorted(RIGHTS))
@pytest.mark.parametrize("person", [0, ME])
def test_a_right_is_held_where_the_table_by_hand_says_so_and_nowhere_else(action, person):
    everybodys = RELATIONS[RIGHTS[action]["public"]] if "public" in RIGHTS[action] else lambda *_: False
    public = Grant("public")
    given = {subject: everybodys(person, public, subject) for subject in SUBJECTS}
    wrong = []
    for grant in GRANTS:
        actor = Actor("ani", frozenset({grant}), person)
        held = RELATIONS.get(RIGHTS[action].get(grant.role), lambda *_: False)
        for subject in SUBJECTS:
            wanted = given[subject] or held(person, grant, subject)
            if may(actor, action, subject).allowed != wanted:
                wrong.append((grant, subject, wanted))
    assert wrong == []


def test_every_action_of_the_table_stands_in_the_one_by_hand():
    assert sorted({line.action for line in TABLE} - set(RIGHTS)) == []


def test_who_holds_nothing_may_see_what_is_published_and_change_nothing():
    nobody = Actor("guest")
    changes = {line.action for line in TABLE} - {"result.see", "edition.see"}
    assert [action for action in sorted(changes) for each in SUBJECTS if may(nobody, action, each).allowed] == []
    assert {each.state for each in SUBJECTS if may(nobody, "result.see", each).allowed} == {"published"}


def test_no_role_that_people_can_be_given_stands_for_the_operator():
    assert "operator" not in ROLES
    assert "public" not in ROLES
    assert {line.role for line in TABLE} <= {*ROLES, "public"}


def test_every_right_says_why():
    assert [line for line in TABLE if not line.because] == []
    assert len({(line.action, line.role) for line in TABLE}) == len(TABLE)
    assert all(isinstance(line, Allowed) for line in TABLE)


def test_the_operator_has_the_machine_and_so_every_right():
    operator = Actor.operator("ani")
    assert operator.name == "operator:ani"
    for action in RIGHTS:
        assert may(operator, action, Subject()) == Permission(allowed=True, why="has the machine")


def test_a_name_that_looks_like_the_operators_is_no_right():
    assert not may(Actor("operator:ani"), "stage.close", Subject(EDITION)).allowed


def test_an_answer_says_why_it_is_yes_and_who_may_not_what():
    chair = Actor("ketua", frozenset({Grant("panel_chair", EDITION)}))
    assert may(chair, "decision.take", Subject(EDITION)) == Permission(allowed=True, why="chairs the panel")
    refused = may(chair, "stage.close", Subject(EDITION))
    assert refused == Permission(False, "ketua may not do 'stage.close' here", "not_allowed")


def test_grants_add_up_and_none_borrows_the_scope_of_another():
    both = Actor("ani", frozenset({Grant("juror", EDITION), Grant("organiser", OTHER_EDITION)}), ME)
    assert may(both, "scorecard.write", Subject(EDITION, person=ME)).allowed
    assert not may(both, "stage.close", Subject(EDITION)).allowed
    assert not may(both, "scorecard.write", Subject(OTHER_EDITION, person=ME)).allowed


NOT_WHILE_JUDGING = {"standings.see", "assignment.change", "juror.remind", "paper.type", "paper.confirm", "audit.see"}
JUDGED, OTHER_STAGE = "penilaian", "wawancara"


@pytest.mark.parametrize("action", sorted(RIGHTS))
@pytest.mark.parametrize("role", sorted(ROLES))
def test_who_scores_in_an_open_stage_keeps_every_right_there_but_to_see_how_others_judge(action, role):
    judging = frozenset({(EDITION, JUDGED)})
    for edition, stage in product(("", EDITION, OTHER_EDITION), ("", JUDGED, OTHER_STAGE)):
        subject = Subject(edition, person=ME, stage=stage)
        grants = frozenset({Grant(role, EDITION), Grant(role, OTHER_EDITION), Grant(role)})
        free = may(Actor("ani", grants, ME), action, subject)
        judge = may(Actor("ani", grants, ME, judging), action, subject)
        shows = edition in ("", EDITION) and stage in ("", JUDGED)
        if action in NOT_WHILE_JUDGING and shows and free.allowed:
            assert (judge.allowed, judge.code) == (False, "judges_here"), subject
        else:
            assert judge == free, subject


def test_only_a_role_behind_the_desk_shows_how_others_judge():
    shows = {role for role in ROLES if works_behind_the_desk(Actor("ani", frozenset({Grant(role, EDITION)})))}
    assert shows == {line.role for line in TABLE if line.action in NOT_WHILE_JUDGING}


def test_who_works_in_one_stage_acts_in_that_stage_alone():
    desk = Actor("sari", frozenset({Grant("organiser", EDITION, stage=STAGE)}))
    acts = ("stage.close", "standings.see", "entry.screen", "assignment.change", "record.write", "decision.take")
    assert [may(desk, action, Subject(EDITION, stage=STAGE)).allowed for action in acts] == [True] * len(acts)
    for elsewhere in (Subject(EDITION, stage=NEXT_STAGE), Subject(EDITION), Subject(OTHER_EDITION, stage=STAGE)):
        assert [action for action in acts if may(desk, action, elsewhere).allowed] == []
    assert may(desk, "desk.see", Subject(EDITION)).allowed
    assert not may(desk, "edition.revise", Subject(EDITION, stage="")).allowed


def test_a_role_says_what_it_is_held_for():
    assert Grant("secretariat", EDITION, stage=STAGE).said() == "secretariat (kipp-2023, administrasi)"
    assert Grant("auditor").said() == "auditor"
    held = frozenset({Grant("secretariat", EDITION, stage=STAGE), Grant("auditor", EDITION), Grant("organiser")})
    assert Actor("sari", held).stages_in(EDITION) == [STAGE]
    assert Actor("sari", held).stages_in(OTHER_EDITION) == []


def test_an_organiser_of_one_agency_does_not_run_the_edition():
    actor = Actor("ani", frozenset({Grant("organiser", organization=AGENCY)}))
    assert not may(actor, "stage.close", Subject(EDITION)).allowed
    assert may(actor, "entry.see", Subject(EDITION, AGENCY)).allowed


def test_a_juror_neither_scores_nor_sees_what_was_taken_for_a_conflict_but_may_still_declare():
    juror = Actor("juri", frozenset({Grant("juror", EDITION)}), ME)
    subject = Subject(EDITION, person=ME, conflicted=True)
    acts = ("scorecard.write", "entry.see", "conflict.declare")
    assert [may(juror, action, subject).allowed for action in acts] == [False, False, True]


def test_a_juror_of_another_edition_may_nothing_here_but_keep_the_own_account():
    juror = Actor("juri", frozenset({Grant("juror", OTHER_EDITION)}), ME)
    mine = Subject(EDITION, AGENCY, ME)
    assert [action for action in RIGHTS if may(juror, action, mine).allowed] == ["account.change"]


def test_person_zero_is_nobody_and_owns_nothing():
    juror = Actor("juri", frozenset({Grant("juror")}), 0)
    assert not may(juror, "scorecard.write", Subject(EDITION, person=0)).allowed
    assert not may(juror, "conflict.declare", Subject(EDITION, person=0)).allowed


def test_requiring_a_right_passes_or_refuses_with_a_code():
    require(Actor.operator("ani"), "stage.close", Subject(EDITION))
    with pytest.raises(ActionRefused) as refused:
        require(Actor("guest"), "stage.close", Subject(EDITION))
    assert refused.value.reasons == ("guest may not do 'stage.close' here",)
    assert refused.value.code == "not_allowed"


@pytest.mark.parametrize("role", sorted({*ROLES, "operator", "public"}))
def test_who_can_change_a_result_is_known_by_role(role):
    assert changes_results(Actor("ani", frozenset({Grant(role, EDITION)}))) == (
        role in {"administrator", "organiser", "panel_chair"}
    )
