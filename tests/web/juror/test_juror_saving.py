"""What the page sends while its juror types: a strict body, an answer that says all, errors that say what to do."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juri.core.scoring.rubric import Question, Scale
from juri.webapp.forms import scorecard_schema

URL = "/juror/desa-2026/nilai/D-01/save"
GOOD = {
    "kebaruan": {"value": "3"},
    "manfaat": {"value": "4", "comment": "terukur"},
    "replikasi": {"value": "na"},
    "keberlanjutan": {"value": "2"},
}


@pytest.fixture
def juror(client_for, desa):
    desa.accept("J1")
    return client_for("j1@desa.test")


def body(version=0, key="key-of-the-page", **more):
    return {"version": version, "key": key, "answers": {"kebaruan": {"value": "3"}}, **more}


def sent(client, /, **more):
    answer = client.post(URL + "?lang=en", json=body(**more))
    return answer.status_code, answer.get_json()


def test_a_draft_is_answered_with_its_version_its_total_and_what_is_open(juror):
    status, told = sent(juror)
    assert status == 200
    assert told.pop("saved_at").endswith(" WITA")
    assert told == {
        "version": 1,
        "state": "draft",
        "total": "140 to 380",
        "exact": False,
        "verdict": "",
        "answered": 1,
        "asked": 4,
        "problems": [
            {"field": "manfaat", "message": "Not scored yet.", "code": "missing"},
            {"field": "replikasi", "message": "Not scored yet.", "code": "missing"},
            {"field": "keberlanjutan", "message": "Not scored yet.", "code": "missing"},
        ],
    }


def test_a_finished_sheet_is_answered_with_its_total_and_nothing_open(juror):
    status, told = sent(juror, finish=True, answers=GOOD)
    assert (status, told["state"], told["total"], told["exact"], told["problems"]) == (
        200,
        "submitted",
        "317.65",
        True,
        [],
    )


def test_the_overall_comment_is_kept_as_it_is_typed_and_checked_when_the_sheet_is_sent(juror):
    short = {**GOOD, "_overall": {"comment": "Baik."}}
    status, told = sent(juror, answers=short)
    assert (status, told["answered"], told["asked"], [each["code"] for each in told["problems"]]) == (
        200, 4, 4, ["comment_short"],
    )  # fmt: skip
    status, told = sent(juror, version=1, key="another-key", finish=True, answers=short)
    assert (status, told["error"]["problems"]) == (
        422, [{"field": "_overall", "message": "Write at least 3 words.", "code": "comment_short"}],
    )  # fmt: skip
    enough = {**GOOD, "_overall": {"comment": "Baik dan jelas."}}
    assert sent(juror, version=1, key="a-third-key", finish=True, answers=enough)[1]["total"] == "317.65"
    page = juror.get("/juror/desa-2026/nilai/D-01/?lang=en").text
    assert re.search(r'<textarea id="c__overall-comment"[^>]*>Baik dan jelas.</textarea>', page)
    assert 'name="c__overall-comment" value="Baik dan jelas."' in juror.get("/juror/desa-2026/nilai/grid").text


def test_an_entry_is_asked_what_its_category_is_asked(juror):
    page, grid = (juror.get(f"/juror/desa-2026/nilai/{each}").text for each in ("D-03/", "grid"))
    assert [name in page for name in ("c_guna-value", "c_aman-value", "c_murid-value")] == [True, True, False]
    assert ("Keamanan" in grid, "Bagi murid" in grid) == (True, False)
    both = {"guna": {"value": "80"}, "murid": {"value": "70"}}
    answer = juror.post("/juror/desa-2026/nilai/D-03/save", json=body(answers=both))
    assert (answer.status_code, answer.get_json()["error"]["problems"][0]["field"]) == (422, "answers.murid")


def test_a_plain_form_shows_both_overall_comments_where_two_devices_wrote(juror):
    sent(juror, answers={"_overall": {"comment": "Dari ponsel saya."}})
    typed = {"csrf_token": "", "version": "0", "key": "a-key-of-a-form", "c__overall-comment": "Dari laptop saya."}
    page = juror.post("/juror/desa-2026/nilai/D-01/", data=typed).text
    chosen = re.findall(r'name="pick-_overall" value="(\w+)".*?<span>(.*?)</span>', page)
    assert chosen == [("mine", "Dari laptop saya."), ("theirs", "Dari ponsel saya.")]


def test_a_sheet_that_is_not_complete_is_not_taken_as_finished(juror):
    status, told = sent(juror, finish=True)
    assert (status, [problem["field"] for problem in told["error"]["problems"]]) == (
        422,
        ["manfaat", "replikasi", "keberlanjutan"],
    )


def test_the_second_of_two_writers_gets_both_versions_and_the_version_to_go_on_from(juror):
    sent(juror)
    status, told = sent(juror, key="key-of-another-page", answers={"kebaruan": {"value": "1"}})
    assert status == 409
    assert told["error"].pop("reasons")
    assert told["error"] == {
        "code": "conflict",
        "theirs": {"kebaruan": {"value": "3"}},
        "yours": {"kebaruan": {"value": "1"}},
        "version": 1,
    }


def test_the_same_request_again_gets_the_same_answer_even_after_the_stage_closed(juror, desa):
    first = sent(juror, finish=True, answers=GOOD)
    assert sent(juror, finish=True, answers=GOOD) == first
    desa.close()
    assert sent(juror, finish=True, answers=GOOD) == first


def test_a_key_that_was_used_for_something_else_is_refused(juror):
    sent(juror)
    status, told = sent(juror, version=1, answers={"kebaruan": {"value": "1"}})
    assert (status, told["error"]["problems"][0]["code"]) == (422, "key_reused")


def test_a_stage_that_closed_meanwhile_takes_nothing_and_says_so(juror, desa):
    desa.close()
    status, told = sent(juror)
    assert (status, told["error"]) == (
        403,
        {"code": "stage_not_open", "reasons": ["This stage has been closed. It takes no scores any more."]},
    )


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"state": "submitted"}, "state"),
        ({"juror": "J2"}, "juror"),
        ({"total": "400"}, "total"),
        ({"version": -1}, "version"),
        ({"version": "0"}, "version"),
        ({"version": True}, "version"),
        ({"key": "short"}, "key"),
        ({"finish": "yes"}, "finish"),
        ({"answers": {"strange": {"value": "1"}}}, "answers.strange"),
        ({"answers": {"kebaruan": {"value": 3}}}, "answers.kebaruan.value"),
        ({"answers": {"kebaruan": {"value": "3", "points": "9"}}}, "answers.kebaruan.points"),
        ({"answers": {"kebaruan": {"comment": "x" * 5001}}}, "answers.kebaruan.comment"),
        ({"answers": None}, "answers"),
    ],
)
def test_a_body_that_is_not_what_the_rubric_asks_is_refused_with_its_field(juror, changed, field):
    status, told = sent(juror, **changed)
    assert (status, [problem["field"] for problem in told["error"]["problems"]]) == (422, [field])


@pytest.mark.parametrize("text", ["", "[]", "{", "null", '"a"', "3"])
def test_what_is_no_object_is_refused(juror, text):
    assert juror.post(URL, data=text, content_type="application/json").status_code == 422


def test_a_form_is_not_taken_where_json_is_asked(juror):
    assert juror.post(URL, data={"version": "0"}).status_code == 415


def test_a_request_without_the_token_of_the_page_is_refused(client_for, make_app, desa):
    desa.accept("J1")
    app = make_app(csrf=True)
    answer = client_for("j1@desa.test", app=app).post(URL, json=body())
    assert (answer.status_code, answer.get_json()) == (400, {"error": {"code": "csrf"}})


def test_nobody_saves_for_another_and_nobody_without_signing_in(client_for, desa):
    desa.accept("J1")
    with desa.database.writer.begin() as connection:
        connection.exec_driver_sql("DELETE FROM assignment WHERE juror_id IN (SELECT id FROM juror WHERE code = 'J2')")
    for email in ("j2@desa.test", ""):
        answer = client_for(email).post(URL, json=body())
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (404, "not_found")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


@given(body=JSON)
@settings(max_examples=200)
def test_whatever_is_sent_the_schema_either_reads_or_refuses_it(body):
    schema = scorecard_schema([Question("a", "A", Scale(), True, False, False)])
    errors = schema.validate(body)
    assert errors or set(body) <= {"version", "key", "finish", "answers"}
