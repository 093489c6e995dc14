"""Refusals are said in the language of who asks; what programs read is the same in each."""

import pytest

from juri.core.accounts.accounts import choose_display
from juri.core.entries.people import actor_of
from juri.webapp.problems import TITLES, WAYS_OUT

OURS = "/editions/tulis-2026/entries"
ABSENT = f"{OURS}/T-99"


@pytest.fixture
def unit(api):
    return api("unit@kota.test")


@pytest.fixture
def reads_indonesian(web_bench):
    """Let the person choose Bahasa Indonesia for their account."""
    with web_bench.database.write() as session:
        by = actor_of(session, "unit@kota.test")
        choose_display(session, "unit@kota.test", language="id", theme="", by=by)


def told(answer):
    return (answer.headers["Content-Language"], answer.json["title"], answer.json["code"])


ENGLISH, INDONESIAN = ("en", "Not Found", "not_found"), ("id", "Tidak Ditemukan", "not_found")


@pytest.mark.parametrize(
    ("header", "answered"),
    [("id-ID,id;q=0.9,en;q=0.8", INDONESIAN), ("en-GB", ENGLISH), ("fr", ENGLISH), ("fr, id;q=0.5", INDONESIAN)],
)
def test_the_header_decides(unit, header, answered):
    answer = unit("GET", ABSENT, Accept_Language=header)
    assert told(answer) == answered
    assert "Accept-Language" in answer.headers["Vary"]


def test_without_the_header_the_account_does_and_without_both_it_is_english(unit, api, reads_indonesian):
    assert told(unit("GET", ABSENT)) == INDONESIAN
    assert told(unit("GET", ABSENT, Accept_Language="en")) == ENGLISH
    assert api()("GET", ABSENT).headers["Content-Language"] == "en"


def test_faults_and_reasons_are_translated_and_their_codes_are_not(unit):
    bad = {"title": "", "status": "awarded", "answers": {"mulai": 2024}}
    both = [unit("PUT", f"{OURS}/T-01", bad, If_Match='"1"', Accept_Language=each).json for each in ("en", "id")]
    faults = [{each["path"]: each["message"] for each in one["faults"]} for one in both]
    assert (faults[0]["status"], faults[1]["status"]) == ("Unknown field.", "Isian ini tidak dikenal.")
    assert faults[0]["answers.mulai"] != faults[1]["answers.mulai"]
    codes = [[(each["path"], each["code"]) for each in one["faults"]] for one in both]
    assert codes[0] == codes[1]
    whole = {"title": "Kartu", "track": "umum", "category": "kesehatan", "people": [], "answers": {}}
    stale = [
        unit("PUT", f"{OURS}/T-01", whole, If_Match="x", Accept_Language=each).json["faults"][0]
        for each in ("en", "id")
    ]
    assert [each["message"][:17] for each in stale] == ["send the ETag or ", "kirimlah ETag ata"]


def test_a_refused_act_gives_its_reasons_in_both_languages(api):
    card = "/editions/kota-2026/stages/penilaian/scorecards/K-01"
    said = [api("j1@kota.test")("GET", card, Accept_Language=each) for each in ("en", "id")]
    assert [answer.json["detail"] for answer in said] == [str(WAYS_OUT[said[0].status_code]), said[1].json["detail"]]
    assert said[0].json["detail"] != said[1].json["detail"]


def test_every_status_that_is_named_has_a_title_and_a_way_out():
    assert set(TITLES) == set(WAYS_OUT)
