"""People, organizations, roles, ties and titles won before."""

import pytest
from sqlalchemy import func, select

from juri.core.audit.model import AuditEvent
from juri.core.audit.trail import record
from juri.core.entries.model import Organization, PastAwardRow, Person, Relation, RoleGrant
from juri.core.entries.people import (
    actor_of,
    add_organizations,
    add_past_awards,
    add_person,
    find_organization,
    find_person,
    grant_role,
    relate,
    revoke_role,
)
from juri.core.errors import ActionRefused, InputRefused, NotFound
from juri.core.policy import Actor, Grant
from juri.core.view import PastAward

EDITION = "lomba-2026"


def write(competition, verb, *args, by=None, **options):
    with competition.database.write() as session:
        return verb(session, *args, by=by or competition.by, **options)


def refused(competition, verb, *args, **options):
    with pytest.raises((ActionRefused, InputRefused, NotFound)) as error:
        write(competition, verb, *args, **options)
    return str(error.value)


def count(competition, what):
    with competition.database.read() as session:
        return session.scalar(select(func.count()).select_from(what))


def add(competition, email="ani@juri.test", **options):
    return write(competition, add_person, name="Ani", email=email, **options)


def test_organizations_are_added_once_by_name(competition_at):
    competition = competition_at("empty")
    found = [("Dinas  A ", "dinas", "Utara"), ("Dinas B", "dinas", "")]
    ids = write(competition, add_organizations, found)
    assert list(ids) == ["Dinas A", "Dinas B"]
    assert write(competition, add_organizations, [*found, ("Dinas C", "", "")]) | ids == {**ids, "Dinas C": 3}
    assert count(competition, Organization) == 3
    events = count(competition, AuditEvent)
    write(competition, add_organizations, found)
    assert count(competition, AuditEvent) == events


def test_one_address_is_one_person_however_it_is_typed(competition_at):
    competition = competition_at("empty")
    first = add(competition, " Ani@Juri.Test ")
    assert add(competition, "ANI@juri.test").id == first.id
    assert add(competition, "\uff41ni@juri.test").id == first.id
    assert (count(competition, Person), first.email) == (1, "ani@juri.test")


NO_ADDRESSES = [
    "", "ani", "@juri.test", "ani@", "a@b@c", "a ni@juri.test", "ani@ju\nri.test", "a,b@x", "a;b@x", "<ani@juri.test>",
    "ani@juri..test", "ani@-juri.test", 'a"b@juri.test', "an\u0456@juri.test", f"{'a' * 195}@b.test",
]  # fmt: skip


@pytest.mark.parametrize("email", NO_ADDRESSES)
def test_what_is_no_address_is_refused(competition_at, email):
    said = refused(competition_at("empty"), add_person, name="Ani", email=email)
    assert said == f"email: '{email}' is not an e-mail address; write name@place"


def test_a_person_of_an_unknown_organization_is_refused(competition_at):
    said = refused(competition_at("empty"), add_person, name="Ani", email="a@b.test", organization="Dinas Z")
    assert said.startswith("there is no organization 'Dinas Z'")


def test_a_role_given_twice_is_one_role(registering):
    add(registering)
    for _ in range(2):
        write(registering, grant_role, "ani@juri.test", "secretariat", edition=EDITION)
    with registering.database.read() as session:
        ani = actor_of(session, "ani@juri.test")
        grants = session.scalars(select(RoleGrant).where(RoleGrant.person_id == ani.person)).all()
    assert (ani.name, ani.grants) == ("ani@juri.test", frozenset({Grant("secretariat", EDITION)}))
    assert len(grants) == 1


@pytest.mark.parametrize(
    ("role", "scope", "said"),
    [
        ("operator", {}, "role: there is no role 'operator'; roles are administrator, auditor, "),
        ("public", {}, "role: there is no role 'public'; roles are "),
        ("unit", {}, "organization: the role 'unit' needs another scope: name the organization"),
        ("organiser", {"organization": "Dinas A"}, "organization: the role 'organiser' needs another scope: leave the"),
        ("administrator", {"edition": EDITION}, "edition: an administrator is one of the whole installation; leave"),
        ("unit", {"organization": "Dinas Z"}, "there is no organization 'Dinas Z'"),
        ("juror", {"edition": EDITION, "stage": "admin"}, "stage: the role 'juror' is not held for one stage; leave"),
        ("auditor", {"edition": EDITION, "stage": "nada"}, "stage: the edition 'lomba-2026' has no stage 'nada'; name"),
        ("auditor", {"stage": "registration"}, "stage: the edition '' has no stage 'registration'; name one of its"),
    ],
)
def test_a_role_without_sense_is_refused(registering, role, scope, said):
    add(registering)
    assert refused(registering, grant_role, "ani@juri.test", role, **scope).startswith(said)


def test_a_role_for_one_stage_stands_beside_that_for_another_and_is_taken_back_alone(registering):
    add(registering)
    for stage in ("registration", "proposal", "proposal"):
        write(registering, grant_role, "ani@juri.test", "secretariat", edition=EDITION, stage=stage)
    with registering.database.read() as session:
        held = {Grant("secretariat", EDITION, stage=stage) for stage in ("registration", "proposal")}
        assert actor_of(session, "ani@juri.test").grants == held
    write(registering, revoke_role, "ani@juri.test", "secretariat", edition=EDITION, stage="proposal")
    with registering.database.read() as session:
        (left,) = actor_of(session, "ani@juri.test").grants
        assert left.said() == "secretariat (lomba-2026, registration)"
    said = refused(registering, revoke_role, "ani@juri.test", "secretariat", edition=EDITION)
    assert "ani@juri.test holds secretariat (lomba-2026, registration)" in said


def test_who_holds_a_role_for_one_stage_gives_none_to_others(registering):
    add(registering)
    of_a_stage = Actor("org@juri.test", frozenset({Grant("organiser", EDITION, stage="registration")}), 99)
    scope = {"edition": EDITION, "stage": "registration", "by": of_a_stage}
    said = "org@juri.test may not do 'person.change' here"
    assert refused(registering, grant_role, "ani@juri.test", "secretariat", **scope) == said


def test_an_organiser_gives_roles_in_the_own_edition_and_makes_no_administrator(registering):
    add(registering)
    organiser = Actor("org@juri.test", frozenset({Grant("organiser", EDITION)}), 99)
    everywhere = Actor("org@juri.test", frozenset({Grant("organiser")}), 99)
    write(registering, grant_role, "ani@juri.test", "secretariat", edition=EDITION, by=organiser)
    said = "org@juri.test may not do 'person.change' here"
    assert refused(registering, grant_role, "ani@juri.test", "organiser", by=organiser) == said
    assert refused(registering, grant_role, "ani@juri.test", "organiser", edition="lain", by=organiser) == said
    said = "org@juri.test may not do 'administrator.appoint' here"
    assert refused(registering, grant_role, "ani@juri.test", "administrator", by=everywhere) == said


def test_an_administrator_appoints_another(registering):
    add(registering)
    administrator = Actor("adm@juri.test", frozenset({Grant("administrator")}), 99)
    write(registering, grant_role, "ani@juri.test", "administrator", by=administrator)
    with registering.database.read() as session:
        assert actor_of(session, "ani@juri.test").grants == frozenset({Grant("administrator")})


def test_a_role_that_is_over_and_one_that_nobody_can_be_given_count_for_nothing(registering):
    ani = add(registering)
    with registering.database.write() as session:
        session.add_all(
            [
                RoleGrant(person_id=ani.id, role="operator", edition="", organization="", active=True),
                RoleGrant(person_id=ani.id, role="organiser", edition="", organization="", active=False),
            ]
        )
        record(session, by="test", action="role.grant", subject="by hand")
    with registering.database.read() as session:
        assert actor_of(session, "ani@juri.test").grants == frozenset()


def test_who_is_not_there_is_not_found(competition_at):
    with competition_at("empty").database.read() as session:
        with pytest.raises(NotFound, match=r"there is no person 'ani@juri\.test'"):
            find_person(session, "ani@juri.test")
        with pytest.raises(NotFound, match="there is no organization 'Dinas Z'"):
            find_organization(session, "Dinas Z")


def test_a_tie_noted_twice_is_one_tie(registering):
    for _ in range(2):
        write(registering, relate, "J1@juri.test", "Dinas A", "spouse")
    write(registering, relate, "J1@juri.test", "Dinas A", "company")
    assert count(registering, Relation) == 2


def test_titles_won_before_are_taken_over_with_one_line(competition_at):
    competition = competition_at("empty")
    awards = [PastAward("kipp", f"kipp-{year}", year, "top", "Dinas A", "Lama") for year in (2019, 2021)]
    assert write(competition, add_past_awards, awards) == 2
    assert (count(competition, PastAwardRow), count(competition, AuditEvent)) == (2, 1)


@pytest.mark.parametrize(
    ("verb", "args", "action"),
    [
        (add_organizations, ([("A", "", "")],), "organization.add"),
        (relate, ("J1@juri.test", "Dinas A", "x"), "person.change"),
        (add_past_awards, ([],), "person.change"),
    ],
)
def test_nobody_changes_people_and_organizations_without_a_right(registering, verb, args, action):
    said = f"guest may not do '{action}' here"
    assert refused(registering, verb, *args, by=Actor("guest")) == said
