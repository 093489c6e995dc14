"""Entries, scorecards and results over the API: good input and bad, stale versions, the same write sent twice."""

from fractions import Fraction

import pytest

from juri.core.scoring.standings import Standing, Standings
from juri.core.stages.verbs import close_stage

E = "/editions/tulis-2026"
OURS = f"{E}/entries"
CARD = "/editions/kota-2026/stages/penilaian/assignments"
BODY = {"title": "Kartu Ibu", "track": "umum", "category": "kesehatan", "people": ["Ani"], "answers": {
    "ringkasan": "Kartu.", "mulai": "2024-01-31", "keadaan": "rintisan", "pernah": False, "biaya": 7,
    "sasaran": ["ibu"], "video": None,
}}  # fmt: skip
GOOD = {"manfaat": {"value": "80"}, "kebaruan": {"value": "70,5"}, "keberlanjutan": {"value": "60"}}


@pytest.fixture
def unit(api):
    return api("unit@kota.test")


@pytest.fixture
def local(api):
    return api("local@kota.test")


def faults(answer):
    return {fault["path"]: fault["code"] for fault in answer.json["faults"]}


class TestReading:
    def test_each_is_told_of_the_editions_that_concern_them(self, api):
        def told(email):
            return [each["edition"] for each in api(email)("GET", "/editions").json["editions"]]

        assert [told(email) for email in ("", "nobody@kota.test", "rival@kota.test", "admin@kota.test")] == [
            [], [], ["tulis-2026"], ["tulis-2026", "kota-2026"],
        ]  # fmt: skip

    def test_an_edition_its_document_and_its_stages(self, api):
        ask = api("rival@kota.test")
        assert ask("GET", E).json == {
            "edition": "tulis-2026",
            "name": {"id": "Lomba Pelayanan Publik 2026", "en": "Public Service Contest 2026"},
            "state": "open",
            "time_zone": "Asia/Makassar",
        }
        document = ask("GET", f"{E}/document").json
        assert (document["revision"], document["document"]["edition"]) == (1, "tulis-2026")
        first = ask("GET", f"{E}/stages").json["stages"][0]
        assert (first["stage"], first["state"], first["opens_at"]) == (
            "pendaftaran", "open", "2026-01-05T00:00:00+00:00",
        )  # fmt: skip
        absent = ask("GET", "/editions/none-2026")
        foreign = ask("GET", "/editions/kota-2026")
        assert (foreign.status_code, foreign.text.replace("kota", "none")) == (404, absent.text)

    def test_an_answer_that_did_not_change_is_not_sent_again(self, unit):
        first = unit("GET", f"{OURS}/T-01")
        assert first.headers["ETag"].startswith('"1-')
        again = unit("GET", f"{OURS}/T-01", If_None_Match=first.headers["ETag"])
        assert (again.status_code, again.data) == (304, b"")

    def test_an_agency_lists_and_finds_its_own_entries_only(self, unit, api):
        def codes(ask, query=""):
            return [each["code"] for each in ask("GET", f"{OURS}{query}").json["entries"]]

        assert codes(unit) == ["T-01", "T-02", "T-03"]
        assert codes(unit, "?words=obat&state=at_local_admin&track=umum&category=kesehatan") == ["T-02"]
        assert codes(unit, "?words=Rahasia") == []
        assert codes(api("organiser@kota.test")) == ["T-01", "T-02", "T-03", "T-04", "T-05"]
        assert codes(api("organiser@kota.test"), "?words=malam") == ["T-04"]
        assert unit("GET", f"{OURS}?sort=score").status_code == 422
        assert faults(unit("GET", f"{OURS}?page=0")) == {"page": "malformed"}

    def test_field_23_an_entry_of_others_is_as_absent_as_one_that_is_not_there(self, local):
        acts = {"": ("GET", "PUT"), "/hand-over": ("POST",), "/submit": ("POST",), "/withdraw": ("POST",)}
        for below, methods in acts.items():
            for method in methods:
                theirs, absent = (
                    local(method, f"{OURS}/{code}{below}", BODY, If_Match='"1"') for code in ("T-05", "T-99")
                )
                assert (theirs.status_code, theirs.text.replace("T-05", "T-99")) == (404, absent.text)
                assert sorted(theirs.headers.keys()) == sorted(absent.headers.keys())

    def test_who_has_no_part_in_it_sees_nothing(self, api):
        paths = (f"{OURS}/T-01", OURS, f"{E}/stages/penilaian/progress", f"{E}/audit/head")
        for email in ("nobody@kota.test", "j3@kota.test"):
            assert [api(email)("GET", path).status_code for path in paths] == [404, 404, 404, 404]


class TestWritingEntries:
    def test_an_entry_goes_from_its_beginning_to_its_submission(self, unit, local, tulis):
        begun = unit("POST", OURS, BODY)
        assert (begun.status_code, begun.json) == (201, {"code": "U0006", "state": "drafted", "version": 1})
        assert begun.headers["Location"] == f"/api/v1{OURS}/U0006"
        read = unit("GET", f"{OURS}/U0006")
        assert (read.json["answers"]["biaya"], read.json["answers"]["pernah"], read.json["gaps"]) == ("7", "no", [])
        changed = unit("PUT", f"{OURS}/U0006", BODY | {"title": "Kartu Baru"}, If_Match=read.headers["ETag"])
        assert changed.json == {"code": "U0006", "state": "drafted", "version": 2}
        assert unit("POST", f"{OURS}/U0006/hand-over", {}).json["state"] == "at_local_admin"
        refused = unit("POST", f"{OURS}/U0006/submit", {})
        assert (refused.status_code, refused.json["code"]) == (403, "not_allowed")
        assert local("POST", f"{OURS}/U0006/submit", {}).json["state"] == "submitted"
        assert local("POST", f"{OURS}/U0006/withdraw", {"reason": "mundur"}).json["state"] == "withdrawn"
        assert tulis.entry("U0006")[2].title == "Kartu Baru"

    def test_every_fault_is_told_with_its_path_and_nothing_is_written(self, unit, tulis):
        before = tulis.entry("T-01")
        wrong = {"track": "lain", "answers": {"mulai": "kemarin", "keadaan": "mangkrak", "video": "javascript:1"}}
        answer = unit("PUT", f"{OURS}/T-01", BODY | wrong, If_Match="1")
        assert faults(answer) == {
            "track": "unknown", "answers.mulai": "unreadable", "answers.keadaan": "unreadable",
            "answers.video": "unreadable",
        }  # fmt: skip
        shape = {"title": "", "people": [1], "answers": {"biaya": 7.5, "pernah": "mungkin", "lain": "x"}}
        answer = unit("PUT", f"{OURS}/T-01", shape, If_Match="1")
        assert set(faults(answer)) == {"title", "people.0", "answers.biaya", "answers.pernah", "answers.lain"}
        assert faults(unit("PUT", f"{OURS}/T-01", BODY)) == {"version": "missing"}
        assert faults(unit("PUT", f"{OURS}/T-01", BODY, If_Match='"x"')) == {"If-Match": "malformed"}
        assert faults(unit("PUT", f"{OURS}/T-01", BODY | {"title": "a\ud800"}, If_Match="1")) == {
            "title": "bad_character"
        }
        assert tulis.entry("T-01") == before

    def test_field_71_a_stale_version_is_told_with_both_texts(self, unit, local, tulis):
        assert local("PUT", f"{OURS}/T-01", BODY | {"version": 1}).status_code == 200
        answer = unit("PUT", f"{OURS}/T-01", BODY | {"title": "Lain", "version": 1})
        assert (answer.status_code, answer.json["code"], answer.json["version"]) == (409, "conflict", 2)
        assert (answer.json["theirs"]["title"], answer.json["yours"]["title"]) == ("Kartu Ibu", "Lain")
        assert tulis.entry("T-01")[2].title == "Kartu Ibu"

    def test_the_same_write_has_one_effect_and_one_answer_also_after_the_close(self, unit, local, tulis):
        first = unit("POST", OURS, BODY, Idempotency_Key="begin-0001")
        sent = local("POST", f"{OURS}/T-02/submit", {}, Idempotency_Key="submit-0001")
        tulis.do(close_stage, "pendaftaran", early="uji")
        again = unit("POST", OURS, BODY, Idempotency_Key="begin-0001")
        assert (again.status_code, again.data, again.headers["Location"]) == (
            201, first.data, first.headers["Location"],
        )  # fmt: skip
        repeated = local("POST", f"{OURS}/T-02/submit", {}, Idempotency_Key="submit-0001")
        assert (repeated.status_code, repeated.data) == (sent.status_code, sent.data)
        other = unit("POST", OURS, BODY | {"title": "Lain"}, Idempotency_Key="begin-0001")
        assert (other.status_code, faults(other)) == (422, {"idempotency_key": "key_reused"})
        late = unit("POST", OURS, BODY, Idempotency_Key="begin-0002")
        assert (late.status_code, late.json["code"]) == (403, "stage_not_open")
        assert faults(unit("POST", OURS, BODY, Idempotency_Key="short")) == {"Idempotency-Key": "malformed"}

    def test_an_entry_is_begun_for_ones_own_agency_only(self, unit, api):
        refusals = [unit("POST", OURS, BODY | {"organization": name}) for name in ("Dinas Pendidikan", "Tidak Ada")]
        assert [(each.status_code, each.json["code"]) for each in refusals] == [(403, "not_allowed")] * 2
        organiser = api("organiser@kota.test")
        assert faults(organiser("POST", OURS, BODY)) == {"organization": "missing"}
        assert organiser("POST", OURS, BODY | {"organization": "Dinas Kesehatan"}).status_code == 201


class TestScoring:
    @pytest.fixture
    def juror(self, api):
        ask = api("j1@kota.test")
        assert ask("POST", f"{CARD}/K-01/declaration", {"conflict": False}).json == {"status": "todo"}
        return ask

    def test_the_content_opens_after_the_question_about_conflicts(self, juror):
        closed = juror("GET", f"{CARD}/K-02")
        assert (closed.status_code, closed.json["code"]) == (403, "conflict_unanswered")
        opened = juror("GET", f"{CARD}/K-01").json
        assert opened["answers"]["ringkasan"] == "Antrean Puskesmas Tanpa Kertas memudahkan warga."
        assert [each["criterion"] for each in opened["questions"]] == ["manfaat", "kebaruan", "keberlanjutan"]
        assert juror("POST", f"{CARD}/K-02/declaration", {"conflict": True, "reason": "family"}).json == {
            "status": "out"
        }
        assert juror("GET", f"{CARD}/K-02").status_code == 404

    def test_a_scorecard_is_saved_sent_and_read_with_exact_figures(self, juror):
        saved = juror("PUT", f"{CARD}/K-01/scorecard", {"answers": {"manfaat": {"value": "80"}}, "version": 0},
                      Idempotency_Key="draft-0001")  # fmt: skip
        assert saved.json == {"state": "draft", "version": 1, "total": None, "total_exact": None}
        sent = juror("POST", f"{CARD}/K-01/scorecard/submit", {"answers": GOOD}, If_Match='"1"',
                     Idempotency_Key="final-0001")  # fmt: skip
        assert sent.json == {"state": "submitted", "version": 2, "total": "73.15", "total_exact": "1463/20"}
        read = juror("GET", f"{CARD}/K-01/scorecard")
        assert (read.json["answers"]["kebaruan"], read.headers["ETag"][:3]) == ({"value": "70.5"}, '"2-')
        over = juror("PUT", f"{CARD}/K-01/scorecard", {"answers": GOOD, "version": 2}, Idempotency_Key="draft-0002")
        assert (over.status_code, over.json["code"]) == (403, "already_sent")

    def test_what_is_missing_or_off_its_scale_is_told_at_its_criterion(self, juror):
        wrong = {"answers": {"manfaat": {"value": "101"}, "kebaruan": {"value": "baik"}}, "version": 0}
        answer = juror("POST", f"{CARD}/K-01/scorecard/submit", wrong, Idempotency_Key="final-0001")
        assert faults(answer) == {
            "answers.manfaat": "off_scale", "answers.kebaruan": "unreadable", "answers.keberlanjutan": "missing",
        }  # fmt: skip
        foreign = {"answers": {"lain": {"value": "1"}, "manfaat": {"value": 80}}}
        answer = juror("PUT", f"{CARD}/K-01/scorecard", foreign, Idempotency_Key="draft-0001")
        assert faults(answer) == {"answers.lain": "malformed", "answers.manfaat.value": "malformed"}
        assert faults(juror("PUT", f"{CARD}/K-01/scorecard", {"answers": {}})) == {"Idempotency-Key": "missing"}
        assert juror("GET", f"{CARD}/K-01/scorecard").json["version"] == 0

    def test_a_stale_write_is_told_and_a_repeated_one_gets_its_answer_also_after_the_close(self, juror, kota):
        body = {"answers": GOOD, "version": 0}
        sent = juror("POST", f"{CARD}/K-01/scorecard/submit", body, Idempotency_Key="final-0001")
        stale = juror("POST", f"{CARD}/K-01/scorecard/submit", body, Idempotency_Key="final-0002")
        assert (stale.status_code, stale.json["version"]) == (409, 1)
        assert stale.json["theirs"]["manfaat"] == {"value": "80"}
        kota.do(close_stage, "penilaian", early="uji")
        again = juror("POST", f"{CARD}/K-01/scorecard/submit", body, Idempotency_Key="final-0001")
        assert (again.status_code, again.data) == (200, sent.data)
        other = {"answers": GOOD | {"manfaat": {"value": "10"}}, "version": 0}
        reused = juror("POST", f"{CARD}/K-01/scorecard/submit", other, Idempotency_Key="final-0001")
        assert faults(reused) == {"idempotency_key": "key_reused"}
        late = juror("POST", f"{CARD}/K-01/scorecard/submit", {"answers": GOOD, "version": 1},
                     Idempotency_Key="final-0003")  # fmt: skip
        assert (late.status_code, late.json["code"]) == (403, "stage_not_open")

    def test_field_23_what_is_assigned_to_another_juror_is_as_absent_as_what_is_not_there(self, juror):
        listed = {each["entry"] for each in juror("GET", "/editions/kota-2026/assignments").json["assignments"]}
        others = min({f"K-{number:02}" for number in range(1, 13)} - listed)
        acts = {"": "GET", "/scorecard": "PUT", "/scorecard/submit": "POST", "/declaration": "POST"}
        for below, method in [*acts.items(), ("/scorecard", "GET")]:
            theirs, absent = (juror(method, f"{CARD}/{code}{below}", {"conflict": False}) for code in (others, "K-99"))
            assert (theirs.status_code, theirs.text.replace(others, "K-99")) == (404, absent.text)


class TestResults:
    def test_field_14_nothing_tells_an_agency_of_a_result_before_it_is_published(self, local, api, tulis):
        tulis.judge()
        pages = (OURS, f"{OURS}/T-03", f"{OURS}?state=submitted", f"{E}/result", "/editions", f"{E}/document")

        def told():
            return [(answer.status_code, answer.headers.get("ETag"), answer.data) for answer in
                    (local("GET", page) for page in pages)]  # fmt: skip

        before = told()
        tulis.announce(publish=False)
        assert told() == before
        assert [each["state"] for each in local("GET", f"{E}/stages").json["stages"]] == ["closed"] * 5
        hidden = (f"{E}/stages/penilaian/standings", f"{E}/stages/penilaian/progress", f"{E}/result?preview=pengumuman")
        assert [local("GET", page).status_code for page in hidden] == [404, 404, 404]
        assert api("j1@kota.test")("GET", hidden[0]).status_code == 404

    def test_who_runs_the_edition_reads_standings_and_a_sealed_announcement(self, api, tulis):
        tulis.judge()
        tulis.announce(publish=False)
        ask = api("organiser@kota.test")
        (track,) = [each for each in ask("GET", f"{E}/stages/penilaian/standings").json["tracks"] if each["lines"]]
        assert track["lines"] == [
            {"rank": "1", "entry": "T-04", "score": "90", "score_exact": "90", "raw": None,
             "raw_exact": None, "raw_rank": None, "sheets": 2, "tied": False, "tie_rule": ""},
            {"rank": "2", "entry": "T-03", "score": "70", "score_exact": "70", "raw": None,
             "raw_exact": None, "raw_rank": None, "sheets": 2, "tied": False, "tie_rule": ""},
        ]  # fmt: skip
        (one,) = ask("GET", f"{E}/stages/penilaian/progress").json["entries"]
        assert one == {"entry": "T-04", "title": "Kelas Malam Pesisir", "assigned": 2, "done": 2, "waits_for": []}
        assert ask("GET", f"{E}/result").status_code == 404
        preview = ask("GET", f"{E}/result?preview=pengumuman").json["announcements"]
        assert preview[0]["titles"][0]["places"][0]["innovation"] == "Kelas Malam Pesisir"
        assert ask("GET", f"{E}/audit/head").status_code == 404
        trail = api("auditor@kota.test")("GET", f"{E}/audit/head").json
        assert (trail["events"] > 0, len(trail["head"])) == (True, 64)

    def test_a_corrected_score_has_the_uncorrected_one_beside_it(self, api, tulis, monkeypatch):
        tulis.judge()
        tulis.announce(publish=False)
        line = Standing(Fraction(1), "T-04", Fraction(90), 2, raw=Fraction(265, 3), raw_rank=Fraction(2))
        found = {"umum": Standings((line,), method="severity")}
        monkeypatch.setattr("juri.webapp.api.results.standings_in_force", lambda *_: found)
        (track,) = api("organiser@kota.test")("GET", f"{E}/stages/penilaian/standings").json["tracks"]
        (told,) = track["lines"]
        assert {name: told[name] for name in ("rank", "score", "raw", "raw_exact", "raw_rank")} == {
            "rank": "1", "score": "90", "raw": "88.33333333333333333333", "raw_exact": "265/3", "raw_rank": "2",
        }  # fmt: skip

    def test_what_is_published_is_for_everybody_as_openly_as_the_edition_says(self, api, local, tulis):
        tulis.judge()
        tulis.announce()
        result = api()("GET", f"{E}/result").json
        (announced,) = result["announcements"]
        assert announced["titles"][0]["places"] == [
            {"recipient": "T-04", "recipient_type": "entry", "innovation": "Kelas Malam Pesisir",
             "entrant": "Dinas Pendidikan", "region": "Selatan", "track": "umum", "rank": 1, "score": "90",
             "score_exact": "90", "rule": announced["titles"][0]["places"][0]["rule"]},
        ]  # fmt: skip
        assert (sorted(announced["hashes"]), len(result["trail"]["head"])) == (["inputs", "result", "rules"], 64)
        assert [each["edition"] for each in api()("GET", "/editions").json["editions"]] == ["tulis-2026"]
        assert local("GET", f"{OURS}/T-03").json["state"] == "stopped"
