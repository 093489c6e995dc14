"""The jurors' pages without JavaScript, and what nobody may see on them."""

import re

import pytest

from juri.core.audit.checker import verify
from juri.core.audit.trail import seal
from juri.core.editions.verbs import find_edition
from juri.core.entries.verbs import withdraw_entry
from juri.core.judging.conflicts import declare_conflict
from juri.core.judging.forms import find_filled
from juri.core.judging.queue import read_queue

HERE = "/juror/desa-2026/nilai/"
GOOD = {"kebaruan": "3", "manfaat": {"value": "4", "comment": "terukur"}, "replikasi": "na", "keberlanjutan": "2"}
FORM = {
    "c_kebaruan-value": "3",
    "c_manfaat-value": "4",
    "c_manfaat-comment": "terukur",
    "c_replikasi-value": "na",
    "c_keberlanjutan-value": "2",
}


@pytest.fixture
def juror(client_for, desa):
    """Return a signed-in client of J1, who has answered every question about conflicts."""
    desa.accept("J1")
    return client_for("j1@desa.test")


def filled(version=0, act="finish", key="", **changes):
    return {"version": str(version), "key": key or f"key-{version}-{act}", "act": act, **FORM, **changes}


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def last(desa, entry="D-01", juror="J1"):
    with desa.database.read() as session:
        revisions = find_filled(
            session, find_edition(session, desa.registry, "desa-2026"), "nilai", entry, juror
        ).revisions
    return revisions[-1] if revisions else None


def values(revision):
    return {name: str(answer.value) for name, answer in revision.answers.items()}


def order(desa, juror="J1"):
    with desa.database.read() as session:
        running = find_edition(session, desa.registry, "desa-2026")
        return [item.entry for item in read_queue(session, running, "nilai", desa.actor(juror).person).items]


class TestQueue:
    def test_a_single_stage_opens_at_once(self, juror):
        assert juror.get("/juror/").headers["Location"] == HERE

    def test_it_stands_in_the_jurors_own_order_with_progress_deadline_and_zone(self, juror, desa):
        desa.judge("J1", "D-02", GOOD)
        page = juror.get(HERE + "?lang=en")
        listed = re.findall(r'<a href="/juror/desa-2026/nilai/(D-\d+)/">', page.get_data(as_text=True))
        assert listed == order(desa)
        assert listed != sorted(listed)
        assert order(desa, "J2") != listed
        said = text_of(page)
        assert "Sent 1 / 5" in said
        assert "30 November 2099 16:00 WITA" in said

    @pytest.mark.parametrize(("shown", "codes"), [("todo", "D-03 D-04 D-05"), ("draft", "D-01"), ("done", "D-02")])
    def test_it_is_filtered_by_status(self, juror, desa, shown, codes):
        desa.judge("J1", "D-02", GOOD)
        desa.judge("J1", "D-01", {"kebaruan": "1"}, draft=True)
        page = juror.get(f"{HERE}?show={shown}").get_data(as_text=True)
        assert sorted(re.findall(r'<a href="/juror/desa-2026/nilai/(D-\d+)/">', page)) == codes.split()

    def test_next_goes_to_the_first_unfinished_and_what_is_skipped_comes_back_at_the_end(self, juror, desa):
        mine = order(desa)
        visited, after = [], ""
        for _ in range(6):
            where = juror.get(f"{HERE}next?after={after}").headers["Location"]
            after = where.rstrip("/").rsplit("/", 1)[-1]
            visited.append(after)
        assert visited == [*mine, mine[0]]
        for code in mine:
            answers = GOOD if code in {"D-01", "D-02", "D-04"} else {"guna": "50", "aman": "na"}
            desa.judge("J1", code, answers)
        assert juror.get(HERE + "next").headers["Location"] == HERE + "list"

    def test_a_person_without_assignments_is_told_so(self, client_for, desa):
        assert client_for("j1@desa.test").get("/juror/desa-2026/finalis/").status_code == 404
        assert client_for().get("/juror/").status_code == 302


class TestQuestionAboutConflicts:
    def test_before_the_answer_only_title_and_organization_are_shown(self, client_for, desa):
        page = client_for("j1@desa.test").get(HERE + "D-01/")
        said = text_of(page)
        assert "Meja Layanan Keliling Dusun" in said
        assert "Desa Sukamaju" in said
        for hidden in ("dua jam perjalanan", "datang ke dusun", "video.example", "surat-keputusan", "Kebaruan"):
            assert hidden not in page.get_data(as_text=True)

    def test_before_the_answer_nothing_is_saved(self, client_for, desa):
        client = client_for("j1@desa.test")
        assert client.post(HERE + "D-01/", data=filled(act="save")).status_code == 403
        body = {"version": 0, "key": "a-key-of-mine", "answers": {"kebaruan": {"value": "3"}}}
        answer = client.post(HERE + "D-01/save", json=body)
        assert (answer.status_code, answer.get_json()["error"]["code"]) == (403, "conflict_unanswered")
        assert last(desa) is None

    def test_saying_no_opens_the_entry_and_is_stored(self, client_for, desa):
        client = client_for("j1@desa.test")
        answer = client.post(HERE + "D-01/conflict", data={"answer": "none"})
        assert answer.headers["Location"] == HERE + "D-01/"
        assert "dua jam perjalanan" in client.get(HERE + "D-01/").get_data(as_text=True)
        seal(desa.database)
        with desa.database.read() as session:
            assert verify(session).findings == ()

    def test_a_conflict_takes_the_entry_off_the_queue_for_good(self, client_for, desa):
        client = client_for("j1@desa.test")
        answer = client.post(HERE + "D-01/conflict", data={"answer": "family", "note": "kakak saya"})
        assert answer.headers["Location"] == HERE + "next?after=D-01"
        assert client.get(HERE + "D-01/").status_code == 404
        assert client.post(HERE + "D-01/", data=filled()).status_code == 404
        said = text_of(client.get(HERE + "?lang=en"))
        assert "Sent 0 / 4" in said
        assert "Conflict 1" in said

    def test_another_reason_needs_words_and_an_answer_is_needed_at_all(self, client_for, desa):
        client = client_for("j1@desa.test")
        for data in ({"answer": "other"}, {}, {"answer": "strange"}):
            assert client.post(HERE + "D-01/conflict", data=data).status_code == 422
        assert client.get(HERE + "D-01/").status_code == 200

    def test_a_conflict_found_out_later_takes_what_was_sent_out_of_the_count(self, juror, desa):
        desa.judge("J1", "D-01", GOOD)
        assert juror.get(HERE + "D-01/conflict").status_code == 200
        juror.post(HERE + "D-01/conflict", data={"answer": "business"})
        assert juror.get(HERE + "D-01/").status_code == 404
        assert "D-01" not in juror.get(HERE + "list").get_data(as_text=True)

    def test_in_a_closed_stage_it_says_so(self, client_for, desa):
        desa.close()
        answer = client_for("j1@desa.test").post(HERE + "D-01/conflict", data={"answer": "none"})
        assert answer.status_code == 403


class TestScorecardAsAForm:
    def test_it_is_saved_as_a_draft_and_sent_when_complete(self, juror, desa):
        answer = juror.post(HERE + "D-01/", data=filled(act="save"))
        assert answer.headers["Location"] == HERE + "D-01/"
        assert (last(desa).version, last(desa).state) == (1, "draft")
        answer = juror.post(HERE + "D-01/", data=filled(1))
        further = order(desa)
        onward = f"{HERE}{further[(further.index('D-01') + 1) % 5]}/?sent=D-01"
        assert answer.headers["Location"] == onward
        assert "Sent: Meja Layanan Keliling Dusun" in text_of(juror.get(f"{onward}&lang=en"))
        assert "Sent: " not in text_of(juror.get(f"{HERE}D-02/?sent=D-03&lang=en"))
        assert (last(desa).version, last(desa).state) == (2, "submitted")
        assert values(last(desa)) == {"kebaruan": "3", "manfaat": "4", "replikasi": "na", "keberlanjutan": "2"}

    def test_the_same_form_sent_twice_is_stored_once(self, juror, desa):
        for _ in range(2):
            assert juror.post(HERE + "D-01/", data=filled(act="save", key="pressed-twice")).status_code == 302
        assert last(desa).version == 1

    @pytest.mark.parametrize("typed", ["7,5", "7.5", " 7,50 "])
    def test_a_comma_and_a_point_are_the_same(self, juror, desa, typed):
        data = {"version": "0", "key": "k-12345678", "act": "finish", "c_guna-value": typed, "c_aman-na": "y"}
        juror.post(HERE + "D-03/", data=data)
        assert values(last(desa, "D-03")) == {"guna": "7.5", "aman": "na"}
        page = juror.get(HERE + "D-03/").get_data(as_text=True)
        assert 'name="c_guna-value" value="7,5"' in page
        assert 'value="7.5"' in juror.get(HERE + "D-03/?lang=en").get_data(as_text=True)

    def test_finishing_an_incomplete_sheet_names_every_gap_and_keeps_what_was_typed(self, juror, desa):
        data = filled(**{"c_kebaruan-value": "", "c_manfaat-comment": ""})
        answer = juror.post(HERE + "D-01/?lang=en", data=data)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert re.findall(r'<li><a href="(#c_[^"]+)">([^<]+)</a>', page) == [
            ("#c_kebaruan-value-0", "Kebaruan: Not scored yet."),
            ("#c_manfaat-comment", "Manfaat bagi warga: Write a comment."),
        ]
        assert 'role="alert" tabindex="-1" data-focus' in page
        assert re.search(r'id="c_keberlanjutan-value-1"[^>]* checked', page)
        assert last(desa) is None

    def test_a_draft_with_a_number_off_the_scale_keeps_the_rest_and_shows_the_number_again(self, juror, desa):
        data = {
            "version": "0",
            "key": "k-12345678",
            "act": "save",
            "c_guna-value": "140",
            "c_guna-comment": "hm",
            "c_aman-value": "60",
        }
        answer = juror.post(HERE + "D-03/?lang=en", data=data)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert "Everything else is saved." in page
        assert 'name="c_guna-value" value="140"' in page
        assert 'name="version" type="hidden" value="1"' in page
        assert values(last(desa, "D-03")) == {"guna": "", "aman": "60"}
        assert last(desa, "D-03").answers["guna"].comment == "hm"

    def test_what_two_devices_wrote_is_shown_side_by_side_and_chosen_by_criterion(self, juror, desa):
        desa.judge(
            "J1", "D-01", {"kebaruan": "1", "keberlanjutan": {"value": "2", "comment": "dari kantor"}}, draft=True
        )
        answer = juror.post(HERE + "D-01/?lang=en", data=filled(act="save"))
        said = text_of(answer)
        assert answer.status_code == 409
        assert "Kebaruan What you sent 3 Baik Stored meanwhile 1 Kurang" in said
        assert "Keberlanjutan What you sent 2 Cukup Stored meanwhile 2 Cukup dari kantor" in said
        assert values(last(desa)) == {"kebaruan": "1", "keberlanjutan": "2"}
        chosen = {**FORM, "version": "1", "key": "k-merge-1", "pick-kebaruan": "mine", "pick-keberlanjutan": "theirs"}
        assert juror.post(HERE + "D-01/merge", data=chosen).status_code == 302
        assert values(last(desa)) == {"kebaruan": "3", "manfaat": "4", "replikasi": "na", "keberlanjutan": "2"}
        assert last(desa).answers["keberlanjutan"].comment == "dari kantor"

    def test_who_writes_while_another_chooses_leads_to_the_choice_again(self, juror, desa):
        desa.judge("J1", "D-01", {"kebaruan": "1"}, draft=True)
        desa.judge("J1", "D-01", {"kebaruan": "2"}, draft=True)
        chosen = {**FORM, "version": "1", "key": "k-merge-1", "pick-kebaruan": "mine"}
        assert juror.post(HERE + "D-01/merge", data=chosen).status_code == 409
        assert values(last(desa)) == {"kebaruan": "2"}

    def test_a_form_that_comes_after_the_stage_closed_shows_what_was_typed_and_stores_nothing(self, juror, desa):
        desa.close()
        answer = juror.post(HERE + "D-01/?lang=en", data=filled())
        page = answer.get_data(as_text=True)
        assert answer.status_code == 403
        assert "This stage has been closed. It takes no scores any more." in page
        assert re.search(r'<textarea id="c_manfaat-comment"[^>]*>terukur</textarea>', page)
        assert last(desa) is None

    def test_a_sent_sheet_can_be_corrected_until_the_stage_closes_and_read_afterwards(self, juror, desa):
        desa.judge("J1", "D-01", GOOD)
        assert "Send correction" in text_of(juror.get(HERE + "D-01/?lang=en"))
        juror.post(HERE + "D-01/", data=filled(1, **{"c_kebaruan-value": "1"}))
        assert (last(desa).version, values(last(desa))["kebaruan"]) == (2, "1")
        desa.close()
        page = text_of(juror.get(HERE + "D-01/?lang=en"))
        assert "This stage is closed." in page
        assert "Send correction" not in page

    def test_a_draft_never_takes_the_place_of_what_was_sent(self, juror, desa):
        desa.judge("J1", "D-01", GOOD)
        assert juror.post(HERE + "D-01/", data=filled(1, act="save")).status_code == 403
        assert last(desa).state == "submitted"

    def test_a_damaged_version_is_refused(self, juror):
        assert juror.post(HERE + "D-01/", data=filled("one")).status_code == 422


class TestOwnList:
    def test_it_ranks_what_was_sent_by_the_own_totals_and_equal_totals_share_a_place(self, juror, desa):
        desa.judge("J1", "D-01", GOOD)
        desa.judge("J1", "D-02", {**GOOD, "keberlanjutan": "4"})
        desa.judge("J1", "D-04", GOOD)
        page = juror.get(HERE + "list").get_data(as_text=True)
        listed = re.findall(r'rowheader" scope="row"><a href="[^"]*/(D-\d+)/">', page)
        assert listed[0] == "D-02"
        assert sorted(listed[1:]) == ["D-01", "D-04"]
        assert re.findall(r'class="figure" data-label="[^"]*">(?:<b>)?([\d,]+)', page) == [
            "1", "376,47", "2", "317,65", "2", "317,65",
        ]  # fmt: skip

    def test_two_entries_are_compared_criterion_by_criterion(self, juror, desa):
        desa.judge("J1", "D-01", GOOD)
        desa.judge("J1", "D-02", {**GOOD, "keberlanjutan": "4"})
        said = text_of(juror.get(HERE + "compare?entry=D-01&entry=D-02&lang=en"))
        assert "Keberlanjutan 25 % different 2 Cukup 4 Sangat baik" in said
        assert "Kebaruan 20 % 3 Baik 3 Baik" in said
        assert "Total 317.65 376.47" in said

    @pytest.mark.parametrize("asked", ["", "entry=D-01", "entry=D-01&entry=D-01", "entry=D-01&entry=D-02&entry=D-03"])
    def test_two_entries_are_needed(self, juror, asked):
        assert juror.get(f"{HERE}compare?{asked}").headers["Location"] == HERE + "list?choose=two"


class TestGrid:
    def test_each_row_is_a_form_of_its_own_and_keeps_its_comments(self, juror, desa):
        desa.judge("J1", "D-01", {"manfaat": {"value": "4", "comment": "terukur"}}, draft=True)
        page = juror.get(HERE + "grid").get_data(as_text=True)
        assert re.search(
            r'form="form-D-01" class="cell-note" type="text" name="c_manfaat-comment" value="terukur"', page
        )
        assert 'form="form-D-01" type="hidden" name="c_kebaruan-comment" value=""' in page
        answer = juror.post(HERE + "D-01/", data=filled(1, act="save", back="grid"))
        assert answer.headers["Location"] == HERE + "grid#row-D-01"
        assert values(last(desa))["kebaruan"] == "3"

    def test_entries_of_two_rubrics_stand_in_two_tables(self, juror):
        page = juror.get(HERE + "grid").get_data(as_text=True)
        assert re.findall(r'<h2 id="rubric-\d">([^<]+)</h2>', page) in (
            ["Rubrik Umum", "Rubrik Digital"],
            ["Rubrik Digital", "Rubrik Umum"],
        )

    def test_an_entry_without_an_answer_about_conflicts_has_no_fields(self, client_for, desa):
        page = client_for("j1@desa.test").get(HERE + "grid").get_data(as_text=True)
        assert "data-cell" not in page


class TestNobodyElsesBusiness:
    def test_no_page_holds_a_byte_of_another_jurors_marks_comments_or_name(self, juror, desa):
        canary = "rahasia-juri-dua"
        desa.accept("J2")
        for code in ("D-01", "D-02"):
            desa.judge("J2", code, {**GOOD, "manfaat": {"value": "1", "comment": canary}})
            desa.judge("J1", code, GOOD)
        pages = ["", "?show=done", "list", "grid", "compare?entry=D-01&entry=D-02", "D-01/", "D-03/", "D-01/conflict"]
        for path in pages:
            page = juror.get(HERE + path)
            assert (path, page.status_code) == (path, 200)
            for hidden in (canary, "Bagus Santoso", "Maria Tuto", "j2@desa.test"):
                assert (path, hidden in page.get_data(as_text=True)) == (path, False)

    def test_what_others_score_changes_no_byte_of_a_jurors_pages(self, juror, desa):
        def pages():
            token = re.compile(
                r'csrf_token" value="[^"]*"|name="key"[^>]*|value="[0-9a-f-]{36}"|data-(until|left)="[^"]*"'
            )
            return [
                token.sub("", juror.get(HERE + path).get_data(as_text=True)) for path in ("", "list", "grid", "D-01/")
            ]

        desa.judge("J1", "D-01", GOOD)
        before = pages()
        desa.accept("J2")
        desa.judge("J2", "D-01", {**GOOD, "keberlanjutan": "4"})
        assert pages() == before

    @pytest.mark.parametrize("path", ["D-01/", "D-01/conflict"])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_what_is_not_assigned_answers_with_the_same_bytes_as_what_does_not_exist(
        self, client_for, desa, method, path
    ):
        with desa.database.writer.begin() as connection:
            connection.exec_driver_sql(
                "DELETE FROM assignment WHERE entry_id IN (SELECT id FROM entry WHERE code = 'D-01')"
            )
        for email in ("j1@desa.test", "j3@desa.test", ""):
            ask = getattr(client_for(email), method)
            found, absent = ask(HERE + path), ask(HERE + path.replace("D-01", "D-98"))
            token = re.compile(
                r'name="csrf_token" value="[^"]*"|data-(until|left)="[^"]*"|Set-Cookie: juri_until=[^\r]*\r\n'
            )
            said = [
                (each.status, token.sub("", str(each.headers)), token.sub("", each.get_data(as_text=True)))
                for each in (found, absent)
            ]
            assert tuple(text.replace("D-01", "D-98") for text in said[0]) == said[1]
            assert found.status_code == (302 if method == "get" and not email else 404)

    def test_a_withdrawn_entry_is_gone_from_every_page(self, juror, desa):
        desa.do(withdraw_entry, "D-01", reason="asked for it")
        assert juror.get(HERE + "D-01/").status_code == 404
        for path in ("", "list", "grid"):
            assert "Meja Layanan" not in juror.get(HERE + path).get_data(as_text=True)

    def test_a_conflict_declared_elsewhere_holds_at_once(self, juror, desa):
        desa.do(declare_conflict, "J1", "D-01", "family", by=desa.actor("J1"))
        assert juror.get(HERE + "D-01/").status_code == 404
        assert juror.get(HERE + "compare?entry=D-01&entry=D-02").status_code in {403, 404}


class TestStoredWordsAreOnlyWords:
    EVIL = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'{{7*7}}"

    def test_a_comment_that_looks_like_a_program_is_shown_as_text(self, juror, desa):
        desa.judge("J1", "D-01", {**GOOD, "manfaat": {"value": "4", "comment": self.EVIL}})
        desa.judge("J1", "D-02", GOOD)
        for path in ("D-01/", "grid", "compare?entry=D-01&entry=D-02"):
            page = juror.get(HERE + path).get_data(as_text=True)
            assert (path, "<script>alert" in page, "<img src=x" in page) == (path, False, False)
            assert "49" not in re.findall(r"alert\(2\)&gt;[^<]*", page)[0]
