"""The way of an entry, and every refusal on it in its words."""

import pytest
from sqlalchemy import select

from juri.core.editions.verbs import find_edition
from juri.core.entries.model import EntryRevision, EntryRow
from juri.core.entries.people import actor_of, add_person, grant_role
from juri.core.entries.verbs import (
    EntryContent,
    change_entry,
    disqualify_entry,
    find_entry,
    hand_over_entry,
    register_entry,
    submit_entry,
    withdraw_entry,
)
from juri.core.errors import ActionRefused, Conflict, InputRefused, NotFound
from juri.core.policy import Actor, Grant
from juri.core.stages.verbs import close_stage

CONTENT = EntryContent(title="Jemput Bola", category="kesehatan", people=("Ani", "Budi"), answers={"running_years": 2})
REASON = "mengundurkan diri"


def state_of(competition, code="E1"):
    with competition.database.read() as session:
        return session.scalar(select(EntryRow.state).where(EntryRow.code == code))


def person(competition, role, organization="Dinas A"):
    """Return an actor who holds a role for an agency."""
    with competition.database.write() as session:
        email = f"{role}@{organization.replace(' ', '')}.test"
        add_person(session, name=role, email=email, by=competition.by)
        grant_role(session, email, role, by=competition.by, organization=organization)
        return actor_of(session, email)


def refused(competition, verb, *args, **options):
    with pytest.raises((ActionRefused, InputRefused, NotFound)) as error:
        competition.do(verb, *args, **options)
    return getattr(error.value, "reasons", None) or (str(error.value),)


# Registering


def test_an_entry_begins_as_a_draft_and_its_first_version_is_kept(registering):
    registering.do(register_entry, "Dinas A", CONTENT)
    with registering.read() as (session, running):
        entry = find_entry(session, running, "E0001")
        (kept,) = session.scalars(select(EntryRevision))
    assert (entry.state, entry.version, entry.submitted_at, entry.title) == ("drafted", 1, None, "Jemput Bola")
    assert (kept.version, kept.written_by, kept.content) == (1, "operator:test", CONTENT.plain())


def test_everything_wrong_with_an_entry_is_told_at_once(registering):
    content = EntryContent(title=" ", track="umum", category="hobi", answers={"running_years": "dua", "foto": "x"})
    with pytest.raises(InputRefused) as error:
        registering.do(register_entry, "Dinas A", content)
    assert [(problem.field, problem.code) for problem in error.value.problems] == [
        ("title", "missing"),
        ("track", "unknown"),
        ("category", "unknown"),
        ("answers.running_years", "unreadable"),
        ("answers.foto", "foreign"),
    ]


def test_an_answer_that_no_table_can_hold_is_refused(registering):
    content = EntryContent(title="A", answers={"running_years": 2**60})
    said = "answers: write every answer as text, a whole number, yes or no, or a list of these"
    assert refused(registering, register_entry, "Dinas A", content) == (said,)


def test_an_unknown_agency_is_not_found(registering):
    assert refused(registering, register_entry, "Dinas Z", CONTENT) == ("there is no organization 'Dinas Z'",)


def test_a_code_belongs_to_one_entry(registering):
    registering.enter("E1", submit=False)
    said = "code: there is an entry 'E1' already; leave the code out to get a free one"
    assert refused(registering, register_entry, "Dinas A", CONTENT, code="E1") == (said,)


def test_numbers_pass_over_codes_that_were_given_by_hand(registering):
    registering.enter("E0002", submit=False)
    assert registering.do(register_entry, "Dinas A", CONTENT).code == "E0003"
    assert registering.do(register_entry, "Dinas A", CONTENT).code == "E0004"


def test_nothing_is_registered_before_registration_opens_or_after_it_closed(registering, competition_at):
    planned = competition_at("installed")
    said = "the stage 'registration' is planned; it takes nothing now"
    assert refused(planned, register_entry, "Dinas A", CONTENT) == (said,)
    registering.do(close_stage, "registration")
    said = "the stage 'registration' is closed; it takes nothing now"
    assert refused(registering, register_entry, "Dinas A", CONTENT) == (said,)


def test_an_edition_without_a_registration_takes_no_entries(competition_at, edition_stages):
    competition = competition_at("empty")
    competition.install(stages=[edition_stages[1]])
    assert refused(competition, register_entry, "Dinas A", CONTENT) == ("this edition has no stage that takes entries",)


# Changing


def test_a_change_is_a_new_version_and_the_old_one_is_kept(registering):
    registering.enter("E1", submit=False)
    registering.do(change_entry, "E1", CONTENT, version=1)
    with registering.database.read() as session:
        found = select(EntryRevision.version, EntryRevision.content).order_by(EntryRevision.version)
        kept = [(version, content["title"]) for version, content in session.execute(found)]
    assert kept == [(1, "Inovasi E1"), (2, "Jemput Bola")]


def test_who_writes_over_a_version_they_did_not_see_gets_both_texts(registering):
    registering.enter("E1", submit=False)
    registering.do(change_entry, "E1", CONTENT, version=1)
    mine = EntryContent(title="Lain", category="pendidikan")
    with pytest.raises(Conflict) as conflict:
        registering.do(change_entry, "E1", mine, version=1)
    assert conflict.value.reasons == ("E1 was changed meanwhile (version 2)",)
    assert (conflict.value.theirs, conflict.value.yours) == (CONTENT.plain(), mine.plain())


def test_of_two_devices_that_change_one_entry_at_once_one_gets_through(registering, at_once):
    registering.enter("E1", submit=False)
    titles = [EntryContent(title=f"Judul {number}", category="kesehatan") for number in range(6)]
    came_to = at_once(
        [lambda each=each: registering.do(change_entry, "E1", each, version=1).version for each in titles]
    )
    assert sorted(isinstance(each, Conflict) for each in came_to) == [False] + [True] * 5
    assert registering.verified().findings == ()


def test_what_is_submitted_is_not_changed_any_more(registering):
    registering.enter("E1")
    said = "E1 is submitted; only a draft can be changed"
    assert refused(registering, change_entry, "E1", CONTENT, version=1) == (said,)


def test_a_change_is_checked_like_a_new_entry(registering):
    registering.enter("E1", submit=False)
    said = "title: an entry needs a title"
    assert refused(registering, change_entry, "E1", EntryContent(title=""), version=1) == (said,)


def test_an_entry_that_is_not_there_is_not_found(registering):
    said = "there is no entry 'E9' in edition lomba-2026"
    for verb, options in (
        (submit_entry, {}),
        (withdraw_entry, {"reason": REASON}),
    ):
        assert refused(registering, verb, "E9", **options) == (said,)
    with registering.read() as (session, running), pytest.raises(NotFound):
        find_entry(session, running, "E9")


# The chain of roles


@pytest.fixture
def chained(competition_at, edition_stages):
    """Return a competition in which a unit hands its entry to the local admin, who submits it."""
    competition = competition_at("empty")
    competition.install(stages=[edition_stages[0] | {"chain": ["unit", "local_admin"]}, *edition_stages[1:]])
    competition.begin()
    return competition


def test_a_unit_writes_hands_over_and_the_local_admin_submits(chained):
    unit, admin = person(chained, "unit"), person(chained, "local_admin")
    chained.do(register_entry, "Dinas A", CONTENT, by=unit, code="E1")
    said = "E1 is still with its unit: hand it over to the local admin first"
    assert refused(chained, submit_entry, "E1", by=unit) == (said,)
    assert refused(chained, submit_entry, "E1", by=admin) == (said,)
    chained.do(hand_over_entry, "E1", by=unit)
    assert state_of(chained) == "at_local_admin"
    assert refused(chained, submit_entry, "E1", by=unit) == (f"{unit.name} may not do 'entry.submit' here",)
    chained.do(submit_entry, "E1", by=admin)
    assert state_of(chained) == "submitted"


def test_where_there_is_no_local_admin_the_unit_submits(registering):
    unit = person(registering, "unit")
    registering.do(register_entry, "Dinas A", CONTENT, by=unit, code="E1")
    assert refused(registering, hand_over_entry, "E1", by=unit) == (
        "this edition has no local admin: submit the entry",
    )
    registering.do(submit_entry, "E1", by=unit)
    assert state_of(registering) == "submitted"


def test_field_07_nobody_acts_for_another_agency(registering):
    stranger = person(registering, "local_admin", "Dinas B")
    registering.enter("E1", "Dinas A", submit=False)
    may_not = f"{stranger.name} may not do '{{}}' here".format
    assert refused(registering, submit_entry, "E1", by=stranger) == (may_not("entry.submit"),)
    assert refused(registering, change_entry, "E1", CONTENT, version=1, by=stranger) == (may_not("entry.change"),)
    assert refused(registering, hand_over_entry, "E1", by=stranger) == (may_not("entry.hand_over"),)
    said = (may_not("entry.withdraw"),)
    assert refused(registering, withdraw_entry, "E1", reason=REASON, by=stranger) == said
    assert refused(registering, register_entry, "Dinas A", CONTENT, by=stranger) == (may_not("entry.register"),)


def test_a_name_that_only_looks_like_the_agencys_is_another_agency(registering):
    admin = Actor("a@b", frozenset({Grant("local_admin", organization="Dinas A ")}), 1)
    registering.enter("E1", "Dinas A", submit=False)
    assert refused(registering, submit_entry, "E1", by=admin) == ("a@b may not do 'entry.submit' here",)


# Limits, withdrawal, disqualification


def test_a_limit_counts_what_was_submitted_and_a_withdrawn_entry_frees_its_place(registering):
    for code in ("E1", "E2", "E3"):
        registering.enter(code, "Kecamatan C", submit=False)
    registering.do(submit_entry, "E1")
    said = ("Kecamatan C has submitted 1 entries; the edition allows 1",)
    assert refused(registering, submit_entry, "E2") == said
    registering.do(withdraw_entry, "E1", reason=REASON)
    registering.do(submit_entry, "E2")
    assert refused(registering, submit_entry, "E3") == said


def test_field_19_a_withdrawn_entry_is_not_revived_to_get_around_the_limit(registering):
    registering.enter("E1", "Kecamatan C")
    registering.do(withdraw_entry, "E1", reason=REASON)
    registering.enter("E2", "Kecamatan C")
    said = "Kecamatan C has submitted 1 entries; the edition allows 1"
    assert refused(registering, submit_entry, "E1") == (said,)
    registering.do(withdraw_entry, "E2", reason=REASON)
    said = "the entry is withdrawn and cannot become submitted; from here it can become nothing"
    assert refused(registering, submit_entry, "E1") == (said,)


def test_a_limit_of_one_cluster_does_not_bind_another(registering):
    for code in ("E1", "E2"):
        registering.enter(code, "Dinas A")
    assert (state_of(registering, "E1"), state_of(registering, "E2")) == ("submitted", "submitted")


def test_a_limit_of_a_track_counts_that_track_alone(competition_at):
    competition = competition_at("empty")
    tracks = [{"id": "umum", "name": "Umum"}, {"id": "khusus", "name": "Khusus"}]
    competition.install(tracks=tracks, limits=[{"value": 1, "tracks": ["umum"]}])
    competition.begin()
    competition.enter("E1", track="khusus")
    competition.enter("E2", track="umum")
    competition.enter("E3", track="khusus")
    competition.enter("E4", track="umum", submit=False)
    assert refused(competition, submit_entry, "E4") == ("Dinas A has submitted 1 entries; the edition allows 1",)


@pytest.mark.parametrize(("verb", "state"), [(withdraw_entry, "withdrawn"), (disqualify_entry, "disqualified")])
def test_an_entry_goes_out_for_good_and_with_a_reason(registering, verb, state):
    registering.enter("E1")
    said = "reason: say why; the reason stands in the audit trail"
    assert refused(registering, verb, "E1", reason="  ") == (said,)
    registering.do(verb, "E1", reason=REASON)
    assert state_of(registering) == state
    said = f"the entry is {state} and cannot become withdrawn; from here it can become nothing"
    assert refused(registering, withdraw_entry, "E1", reason=REASON) == (said,)


def test_an_agency_does_not_disqualify(registering):
    registering.enter("E1")
    admin = person(registering, "local_admin")
    said = (f"{admin.name} may not do 'decision.take' here",)
    assert refused(registering, disqualify_entry, "E1", reason=REASON, by=admin) == said


def test_an_entry_is_found_in_its_own_edition_only(registering):
    registering.enter("E1")
    with registering.database.read() as session:
        running = find_edition(session, registering.registry, "lomba-2026")
        assert find_entry(session, running, "E1").title == "Inovasi E1"
