"""An agency objects by a page while a stage hears objections, and reads the answer there."""

import re

import pytest

from juri.core.entries.people import actor_of, add_person, grant_role
from juri.core.errors import ActionRefused
from juri.core.policy import Actor
from juri.core.stages.acts import Act, record_act
from juri.core.stages.objections import file_objection
from juri.core.stages.verbs import close_stage

OPERATOR = Actor.operator("test")
PAGE = "/entrant/raya-2026/objections/"
WHY = "Layanan itu belum berjalan."
AGENCIES = {"unit@raya.test": ("unit", "Kampung Asei"), "rival@raya.test": ("local_admin", "Dinas Kesehatan")}


@pytest.fixture
def step():
    return "objecting"


@pytest.fixture
def agencies(web_bench, client_for):
    """Return clients of two agencies, by address; they read English."""
    with web_bench.database.write() as session:
        for email, (role, agency) in AGENCIES.items():
            add_person(session, name=email, email=email, by=OPERATOR)
            grant_role(session, email, role, by=OPERATOR, edition="raya-2026", organization=agency)
    clients = {email: client_for(email) for email in AGENCIES}
    for client in clients.values():
        client.set_cookie("language", "en")
    return clients


@pytest.fixture
def unit(agencies):
    return agencies["unit@raya.test"]


def sent(client, **other):
    (key,) = re.findall(r'name="key" type="hidden" value="([^"]+)"', client.get(PAGE).text)
    return {"key": key, "stage": "sanggah", "agency": "Kampung Asei", "entry": "R-2", "text": WHY, **other}


def test_an_objection_gets_a_number_is_sent_once_and_is_read_by_the_organiser(unit, agencies, raya, oka):
    assert f'href="{PAGE}"' in unit.get("/entrant/raya-2026/").text
    data = sent(unit)
    for _ in range(2):
        assert unit.post(PAGE, data=data).status_code == 302
    assert raya.acts("sanggah") == [("objection", "S-1", {"from": "Kampung Asei", "text": WHY})]
    mine, theirs = unit.get(PAGE).text, agencies["rival@raya.test"].get(PAGE).text
    assert ("S-1 · R-2" in mine, WHY in mine, "waits for an answer" in mine) == (True, True, True)
    assert ("S-1" in theirs, WHY in theirs) == (False, False)
    assert WHY in oka.get("/organiser/raya-2026/stages/sanggah/acts/objection").text


def test_the_answer_is_read_where_the_objection_stands(unit, raya):
    unit.post(PAGE, data=sent(unit))
    raya.do(record_act, "sanggah", Act("answer", {"verdict": "rejected", "text": "Berjalan sejak 2024."}, "R-2", "S-1"))
    page = unit.get(PAGE).text
    assert ("rejected" in page, "Berjalan sejak 2024." in page, "waits for an answer" in page) == (True, True, False)


def test_field_14_nor_does_objecting_tell_who_is_still_in_the_race(unit):
    said = [unit.post(PAGE, data=sent(unit, entry=code)).status_code for code in ("R-1", "R-3", "R-6")]
    assert said == [302] * 3
    unknown = unit.post(PAGE, data=sent(unit, entry="R-99"))
    assert (unknown.status_code, "no submitted entry has the number" in unknown.text) == (422, True)


def test_what_is_missing_stands_at_its_field_and_what_was_typed_stays(unit, raya):
    answer = unit.post(PAGE, data=sent(unit, entry="", text="Sebab"))
    assert (answer.status_code, "Write the number." in answer.text, "Sebab" in answer.text) == (422, True, True)
    assert raya.acts("sanggah") == []


def test_once_the_window_is_over_nothing_is_filed_and_the_answers_stay(unit, raya):
    unit.post(PAGE, data=sent(unit))
    data = sent(unit)
    raya.do(record_act, "sanggah", Act("answer", {"verdict": "upheld", "text": "Benar."}, "R-2", "S-1"))
    raya.do(close_stage, "sanggah", early="uji")
    late = unit.post(PAGE, data=data)
    assert (late.status_code, "Objections are not heard now." in late.text) == (409, True)
    page = unit.get(PAGE).text
    assert ('name="key"' in page, "upheld" in page, "Benar." in page) == (False, True, True)


@pytest.mark.parametrize(("agency", "stage"), [("Dinas Kesehatan", "sanggah"), ("Kampung Asei", "penilaian")])
def test_nobody_objects_for_another_agency_or_where_nothing_is_heard(unit, raya, web_bench, agency, stage):
    assert unit.post(PAGE, data=sent(unit, agency=agency, stage=stage)).status_code == 422
    with web_bench.database.read() as session:
        by = actor_of(session, "unit@raya.test")
    with pytest.raises(ActionRefused):
        raya.do(file_objection, stage, "R-2", WHY, organization=agency, by=by)
    assert raya.acts("sanggah") == []
