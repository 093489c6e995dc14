"""The entrants' pages: what an agency writes and sends, what is refused, and what it is told before and after."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest
from sqlalchemy import select

from juri.core.document import Edition, FormField, Text
from juri.core.editions.model import StageRow
from juri.core.entries.model import EntryRow
from juri.core.entries.people import grant_role
from juri.core.entries.verbs import EntryContent
from juri.core.policy import Actor
from juri.core.stages.verbs import close_stage, open_stage, publish_stage
from juri.webapp.entrant.frame import Look
from juri.webapp.entrant.home import todo_of
from juri.webapp.entry_forms import entry_form
from tests.web.signing import MADE_ANEW

OPERATOR = Actor.operator("test")
SLUG = "tulis-2026"
HERE = "/entrant/tulis-2026/"
T1, T2, T3, T4 = (f"{HERE}entries/T-0{number}/" for number in (1, 2, 3, 4))
WRITTEN = {
    "title": "Pos Sehat Keliling Baru",
    "track": "umum",
    "category": "kesehatan",
    "unit": "Puskesmas Utara",
    "people": "Ani\r\nBudi\r\n",
    "version": "1",
    "q_ringkasan": "Pos layanan yang\r\ndatang ke kampung.",
    "q_mulai": "31/1/2024",
    "q_keadaan": "rintisan",
    "q_pernah": "no",
    "q_judul_lama": "",
    "q_biaya": "7,5",
    "q_sasaran": ["ibu", "lansia"],
    "q_video": "https://video.example/pos",
    "q_bukti": "surat-keputusan.pdf",
}
READ = {
    "ringkasan": "Pos layanan yang\ndatang ke kampung.",
    "mulai": "2024-01-31",
    "keadaan": "rintisan",
    "pernah": "no",
    "biaya": "7,5",
    "sasaran": ["ibu", "lansia"],
    "video": "https://video.example/pos",
    "bukti": "surat-keputusan.pdf",
}


@pytest.fixture
def unit(client_for):
    return client_for("unit@kota.test")


@pytest.fixture
def local(client_for):
    return client_for("local@kota.test")


@pytest.fixture
def rival(client_for):
    return client_for("rival@kota.test")


def texts(answer, pattern):
    """Find what a pattern catches in a page, without its markup."""
    found = re.findall(pattern, answer.text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", " ", each).split()) for each in found]


def shown(answer):
    """Return a page without the token of its forms and the end of its session, which are others each time."""
    return MADE_ANEW.sub(b"", answer.data).decode()


def badges(answer):
    return texts(answer, r'<main.*?<span class="badge[^>]*>(.*?)</span>')


def notices(answer):
    return texts(answer, r'<div class="notice[^>]*>(.*?)</div></div>')


def errors(answer):
    """Return the messages at fields, by field."""
    return {name: text.removeprefix("Kesalahan: ") for name, text in zip(
        re.findall(r'class="error" id="([\w]+)-error"', answer.text),
        texts(answer, r'<p class="error"[^>]*>(.*?)</p>'), strict=True,
    )}  # fmt: skip


def states(tulis):
    with tulis.database.read() as session:
        return dict(session.execute(select(EntryRow.code, EntryRow.state).where(EntryRow.code.like("T-%"))).all())


class TestWhereAnAgencyBegins:
    def test_it_finds_its_competitions_and_in_each_its_own_entries_only(self, unit):
        home = unit.get("/entrant/")
        assert texts(home, r'<h2 class="tile-title">(.*?)</h2>') == [
            "Lomba Pelayanan Publik 2026",
            "Lomba Inovasi Kota 2026",
        ]
        page = unit.get(HERE)
        assert texts(page, r'<div class="own-main">.*?<h2>(.*?)</h2>') == [
            "Pos Sehat Keliling",
            "Antar Obat ke Rumah",
            "Antrean Tanpa Kertas",
        ]
        assert texts(page, r'<span class="badge (?:info|plain)">(.*?)</span>')[-3:] == [
            "draf", "di admin instansi", "dikirim",
        ]  # fmt: skip
        assert texts(page, r'<div class="todo">(.*?)</div>') == [
            "2 inovasi belum dikirim. sampai 30 Juni 2099 17.00 WITA"
        ]
        assert "Rahasia Tetangga" not in page.text

    def test_it_is_shown_every_stage_with_its_dates_in_the_zone_of_the_competition(self, unit):
        page = unit.get(HERE)
        assert texts(page, r'<span class="timeline-name">(.*?)</span>')[0] == "Pendaftaran"
        assert len(re.findall(r'<li class="next">', page.text)) == 4
        assert texts(page, r'<span class="timeline-when">(.*?)</span>') == [
            "5 Januari 2026 08.00 WITA sampai 30 Juni 2099 17.00 WITA"
        ]
        assert 'lang="en"' in unit.get(HERE + "?lang=en").text
        assert "2 entries are not submitted yet." in unit.get(HERE + "?lang=en").text

    def test_a_single_competition_is_opened_at_once(self, rival):
        assert rival.get("/entrant/").location == HERE

    def test_who_acts_for_no_agency_is_told_whom_to_ask(self, client_for):
        home = client_for("nobody@kota.test").get("/entrant/")
        assert (home.status_code, "Anda belum mewakili instansi mana pun" in home.text) == (200, True)

    def test_the_menu_leads_there(self, unit):
        assert 'href="/entrant/" aria-current="page">Inovasi saya' in unit.get(HERE).text


class TestWhoMayOpenWhat:
    def test_field_23_an_entry_of_another_agency_is_as_absent_as_one_that_does_not_exist(self, unit):
        for page in ("", "edit", "hand-over", "submit", "withdraw", "versions/1"):
            theirs, absent = (unit.get(f"{HERE}entries/{code}/{page}") for code in ("T-05", "T-99"))
            assert (theirs.status_code, shown(theirs).replace("T-05", "T-99")) == (404, shown(absent))

    def test_field_07_nobody_changes_an_entry_of_another_agency(self, unit, tulis):
        before, sent = tulis.entry("T-05"), WRITTEN | {"reason": "x", "sure": "y"}
        for page in ("edit", "hand-over", "submit", "withdraw"):
            assert unit.post(f"{HERE}entries/T-05/{page}", data=sent).status_code == 404
        assert tulis.entry("T-05") == before

    def test_other_roles_have_no_agency_here(self, client_for):
        for email in ("j1@kota.test", "nobody@kota.test", "admin@kota.test", "organiser@kota.test"):
            client = client_for(email)
            assert [client.get(path).status_code for path in (HERE, HERE + "new", T3)] == [404, 404, 404]

    def test_who_is_not_signed_in_is_asked_to(self, client_for):
        assert client_for().get(T3).location.startswith("/account/sign-in?next=")


class TestBeginning:
    def test_an_entry_begins_as_a_draft_of_ones_own_agency_and_its_questions_follow(self, unit, tulis):
        answer = unit.post(HERE + "new", data={"title": " Kartu  Ibu ", "track": "replikasi", "category": "kesehatan"})
        assert (answer.status_code, answer.location) == (302, f"{HERE}entries/R0006/edit")
        state, version, content = tulis.entry("R0006")
        assert (state, version, content.title, content.track) == ("drafted", 1, "Kartu Ibu", "replikasi")
        page = unit.get(answer.location)
        assert ("Ditiru dari mana" in page.text, "Ditiru dari mana" in unit.get(T1 + "edit").text) == (True, False)

    def test_a_double_click_begins_one_entry_and_another_text_in_the_same_form_another(self, unit, tulis):
        (key,) = re.findall(r'name="key" type="hidden" value="([^"]+)"', unit.get(HERE + "new").text)
        sent = {"key": key, "title": "Kartu Ibu", "track": "umum", "category": "kesehatan"}
        twice = [unit.post(HERE + "new", data=sent).location for _ in range(2)]
        other = unit.post(HERE + "new", data={**sent, "title": "Kartu Bapak"}).location
        assert (len(set(twice)), other in twice) == (1, False)
        counted = tulis.read(lambda session, running: session.query(EntryRow).filter_by(edition_id=running.id).count())
        assert counted == 5 + 2

    def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(self, unit, tulis):
        before = states(tulis)
        answer = unit.post(HERE + "new", data={"title": " ", "track": "", "category": "pendidikan", "unit": "Unit X"})
        assert answer.status_code == 422
        assert errors(answer)["title"] == "inovasi harus mempunyai judul"
        assert "track" in errors(answer)
        assert ('value="Unit X"' in answer.text, states(tulis)) == (True, before)

    def test_once_the_registration_is_over_nothing_begins(self, unit, tulis):
        tulis.do(close_stage, "pendaftaran", early="uji")
        answer = unit.post(HERE + "new", data={"title": "Terlambat", "track": "umum"})
        assert (answer.status_code, "Terlambat" in answer.text) == (409, True)
        (said,) = notices(answer)
        assert said == (
            "Pendaftaran tidak sedang dibuka. Inovasi tidak dapat diubah sekarang. "
            "Yang Anda tulis masih ada di bawah dan belum tersimpan."
        )


class TestWriting:
    def test_every_kind_of_answer_is_stored_and_shown_again(self, unit, tulis):
        answer = unit.post(T1 + "edit", data=WRITTEN)
        assert (answer.status_code, answer.location) == (302, T1)
        state, version, content = tulis.entry("T-01")
        assert (state, version, content.answers) == ("drafted", 2, READ)
        assert (content.title, content.unit, content.people) == (WRITTEN["title"], "Puskesmas Utara", ["Ani", "Budi"])
        page = unit.get(T1 + "edit").text
        for shown in ('value="31/1/2024"', 'value="7,5"', 'value="2"', "Ani\nBudi"):
            assert shown in page
        assert len(re.findall(r'<input checked id="q_(?:sasaran-[12]|keadaan-0|pernah-1)"', page)) == 4

    def test_saving_can_stay_on_the_page_and_says_how_much_is_open(self, unit):
        sent = WRITTEN | {"q_ringkasan": "", "act": "stay"}
        assert unit.post(T1 + "edit", data=sent).location == T1 + "edit"
        assert notices(unit.get(T1 + "edit")) == ["Tersimpan. 1 hal masih belum beres."]

    def test_faults_stand_at_their_fields_and_nothing_is_stored(self, unit, tulis):
        before = tulis.entry("T-01")
        wrong = {"q_mulai": "kemarin", "q_video": "javascript:alert(1)", "q_keadaan": "mangkrak", "q_biaya": "murah",
                 "q_sasaran": ["ibu", "kucing"], "category": "musik"}  # fmt: skip
        answer = unit.post(T1 + "edit", data=WRITTEN | wrong)
        assert answer.status_code == 422
        assert set(errors(answer)) == set(wrong)
        assert unescape(errors(answer)["q_video"]) == "'javascript:alert(1)' bukan alamat halaman; tulis https://..."
        assert 'value="kemarin"' in answer.text
        assert '<a href="#q_mulai">' in answer.text
        assert tulis.entry("T-01") == before

    def test_what_is_too_long_or_cannot_be_stored_is_refused_at_its_field(self, unit, tulis):
        before = tulis.entry("T-01")
        answer = unit.post(T1 + "edit", data=WRITTEN | {"title": "x" * 401, "unit": "a\0b"})
        assert (answer.status_code, sorted(errors(answer)), tulis.entry("T-01")) == (422, ["title", "unit"], before)

    def test_field_20_columns_that_the_form_does_not_ask_change_nothing(self, unit, tulis):
        columns = {name: "9" for name in dict(EntryRow.__table__.columns) if name not in {*WRITTEN, "answers"}}
        assert unit.post(T1 + "edit", data=WRITTEN | columns | {"q_foreign": "x"}).status_code == 302
        state, version, content = tulis.entry("T-01")
        assert (state, version, content.answers, states(tulis)["T-02"]) == ("drafted", 2, READ, "at_local_admin")

    def test_a_damaged_version_is_said_in_words(self, unit, tulis):
        for version in ("x", "-1", "99999999999", "²"):
            assert unit.post(T1 + "edit", data=WRITTEN | {"version": version}).status_code == 422
        assert tulis.entry("T-01")[1] == 1

    def test_field_71_who_writes_over_anothers_version_sees_both_and_loses_nothing(self, unit, local, tulis):
        assert local.post(T1 + "edit", data=WRITTEN | {"title": "Judul admin"}).status_code == 302
        mine = WRITTEN | {"title": "Judul <unit>", "q_keadaan": "sudah_berjalan"}
        answer = unit.post(T1 + "edit", data=mine)
        assert (answer.status_code, tulis.entry("T-01")[1:][1].title) == (409, "Judul admin")
        assert texts(answer, r"<pre[^>]*>(.*?)</pre>") == [
            "Judul admin", "Judul &lt;unit&gt;", "rintisan", "sudah berjalan",
        ]  # fmt: skip
        assert re.search(r'name="version"[^>]*value="2"', answer.text)
        assert unit.post(T1 + "edit", data=mine | {"version": "2"}).status_code == 302
        assert tulis.entry("T-01")[1:][1].title == "Judul <unit>"

    def test_earlier_versions_can_be_read_beside_the_present_one(self, unit):
        unit.post(T1 + "edit", data=WRITTEN)
        page = unit.get(T1 + "versions/1")
        assert texts(page, r'<dd class="answer-text now-text">(.*?)</dd>')[0] == "Sekarang: Pos Sehat Keliling Baru"
        assert unit.get(T1 + "versions/3").status_code == 404

    def test_an_answer_that_another_track_asked_is_kept(self, unit, tulis):
        unit.post(T1 + "edit", data=WRITTEN | {"track": "replikasi"})
        unit.post(T1 + "edit", data=WRITTEN | {"track": "umum", "version": "2", "q_asal": "Dinas lain"})
        answer = unit.post(T1 + "edit", data=WRITTEN | {"version": "3"})
        assert (answer.status_code, tulis.entry("T-01")[2].answers["asal"]) == (302, "Dinas lain")


class TestBeforeItIsSent:
    def test_what_would_be_refused_is_said_while_it_can_be_mended(self, unit):
        many = " ".join(["kata"] * 41)
        unit.post(T1 + "edit", data=WRITTEN | {"q_ringkasan": many, "q_pernah": "yes", "q_mulai": "1/6/2099"})
        page = unit.get(T1)
        (said,) = texts(page, r'<ul class="findings">(.*?)</ul>')
        assert said == (
            "Ringkasan: 41 kata, paling banyak 40. Judul ketika menang: belum dijawab. "
            "dimulai 2099-06-01; agar berumur 12 bulan pada 2099-06-30 seharusnya dimulai paling lambat 2098-06-30"
        )
        assert "41 dari 40 kata" in unit.get(T1 + "edit").text
        assert texts(page, r'<span class="progress-text">(.*?)</span>') == ["Pertanyaan wajib yang terjawab 4 / 5"]

    def test_field_11_nothing_of_other_agencies_is_used_to_find_it(self, unit):
        unit.post(T1 + "edit", data=WRITTEN | {"title": "Kelas Malam Pesisir"})
        assert "Pemeriksaan otomatis tidak menemukan masalah" in unit.get(T1).text
        unit.post(T1 + "edit", data=WRITTEN | {"title": "Antrean tanpa kertas!", "version": "2"})
        assert "T-03" in texts(unit.get(T1), r'<ul class="findings">(.*?)</ul>')[0]

    def test_handing_over_shows_the_whole_and_asks_to_go_on_knowingly(self, unit, tulis):
        page = unit.get(T1 + "hand-over")
        assert ("Masih ditulis." in page.text, states(tulis)["T-01"]) == (True, "drafted")
        refused = unit.post(T1 + "hand-over", data={})
        assert (refused.status_code, list(errors(refused)), states(tulis)["T-01"]) == (422, ["sure"], "drafted")
        assert unit.post(T1 + "hand-over", data={"sure": "y"}).status_code == 302
        assert states(tulis)["T-01"] == "at_local_admin"

    def test_the_local_admin_submits_and_the_unit_does_not(self, unit, local, tulis):
        refused = unit.post(T2 + "submit", data={})
        assert (refused.status_code, states(tulis)["T-02"]) == (403, "at_local_admin")
        assert notices(refused) == ["Peran Anda tidak mengizinkan ini. Hubungi admin instansi Anda atau sekretariat."]
        assert texts(local.get(T2), r'<div class="actions">(.*?)</div>') == [
            "Periksa dan kirim Lanjutkan menulis Tarik …"
        ]
        assert local.post(T2 + "submit", data={}).status_code == 302
        assert states(tulis)["T-02"] == "submitted"

    def test_what_the_engine_refuses_is_said_on_the_page(self, local, tulis):
        early = local.post(T1 + "submit", data={"sure": "y"})
        assert early.status_code == 409
        assert notices(early) == ["T-01 masih pada unitnya: serahkan dahulu kepada admin instansi"]
        local.post(T2 + "submit", data={})
        local.post(T1 + "hand-over", data={"sure": "y"})
        local.get(HERE)
        beyond = local.post(T1 + "submit", data={"sure": "y"})
        assert (beyond.status_code, states(tulis)["T-01"]) == (409, "at_local_admin")
        assert notices(beyond) == ["Dinas Kesehatan sudah mengirim 2 inovasi; edisi ini membolehkan 2"]

    def test_withdrawing_needs_a_reason_and_is_for_good(self, local, tulis):
        assert local.get(T3 + "withdraw").status_code == 200
        refused = local.post(T3 + "withdraw", data={"reason": " "})
        assert (refused.status_code, list(errors(refused)), states(tulis)["T-03"]) == (422, ["reason"], "submitted")
        assert local.post(T3 + "withdraw", data={"reason": "mundur"}).status_code == 302
        assert (badges(local.get(T3)), states(tulis)["T-03"]) == (["ditarik"], "withdrawn")
        assert texts(local.get(T3), r'<div class="actions">(.*?)</div>') == [""]


class TestWhatAnAgencyIsTold:
    def test_field_15_before_the_result_is_published_a_winner_and_a_loser_are_told_the_same(self, local, rival, tulis):
        tulis.judge()
        during = badges(local.get(T3)), notices(local.get(T3))
        tulis.announce(publish=False)
        told = ["Inovasi Anda sudah dikirim dan sedang dinilai. Hasilnya disampaikan di sini begitu diumumkan."]
        assert during == (["dikirim"], told)
        for client, page in ((local, T3), (rival, T4)):
            answer = client.get(page)
            assert (badges(answer), notices(answer)) == (["dikirim"], told)
            assert not re.search(r"bagus|Terbaik|peringkat|tidak lanjut|70,00|90,00", answer.text)
            assert not re.search(r"bagus|tidak lanjut|lanjut<|meraih", client.get(HERE).text)

    def test_field_14_nor_does_withdrawing_tell_who_is_still_in_the_race(self, local, rival, tulis):
        tulis.judge()
        tulis.choose()
        assert (states(tulis)["T-03"], states(tulis)["T-04"]) == ("stopped", "advanced")
        for client, page in ((local, T3), (rival, T4)):
            assert f'href="{page}withdraw"' in client.get(page).text
            assert client.post(f"{page}withdraw", data={"reason": "mundur"}).status_code == 302
            assert badges(client.get(page)) == ["ditarik"]
        assert {states(tulis)[code] for code in ("T-03", "T-04")} == {"withdrawn"}

    def test_field_14_nor_does_it_once_the_result_is_sealed_and_nothing_is_withdrawn(self, local, rival, tulis):
        tulis.judge()
        tulis.announce(publish=False)
        for client, page in ((local, T3), (rival, T4)):
            answer = client.post(f"{page}withdraw", data={"reason": "mundur"})
            told = ["Hasil sudah ditetapkan. Inovasi tidak dapat ditarik lagi."]
            assert (answer.status_code, notices(answer), badges(client.get(page))) == (409, told, ["dikirim"])

    def test_where_the_edition_does_not_say_so_withdrawing_ends_with_the_registration(self, client_for):
        page = "/entrant/kota-2026/entries/K-01/"
        unit = client_for("local@kota.test")
        assert "/withdraw" not in unit.get(page).text
        answer = unit.post(f"{page}withdraw", data={"reason": "mundur"})
        told = ["Pendaftaran tidak sedang dibuka. Inovasi tidak dapat diubah sekarang."]
        assert (answer.status_code, notices(answer)) == (409, told)

    def test_afterwards_each_reads_the_own_result_and_the_comments_without_names(self, local, rival, tulis):
        tulis.judge()
        tulis.announce()
        won, lost = rival.get(T4), local.get(T3)
        assert badges(won) == ["menerima penghargaan"]
        (todo,) = texts(local.get(HERE), r'<div class="todo">(.*?)</div>')
        assert todo.startswith("Hasil sudah diumumkan.")
        assert f'href="/results/{SLUG}"' in local.get(HERE).text
        assert texts(won, r'<ul class="titles">(.*?)</ul>') == ["Inovasi Terbaik , peringkat 1, nilai 90,00 Pengumuman"]
        assert (badges(lost), "Inovasi ini tidak lanjut." in lost.text) == (["tidak lanjut"], True)
        assert texts(lost, r'<dd class="answer-text">(T-03:.*?)</dd>') == ["T-03: bagus j1", "T-03: bagus j2"]
        (main,) = re.findall(r"<main.*?</main>", lost.text, re.DOTALL)
        assert re.search(r"Juri J|J1|J2|70,00|T-04", main) is None

    def test_who_was_refused_by_papers_is_told_why_once_that_is_published(self, local, tulis):
        local.post(T2 + "edit", data=WRITTEN | {"q_ringkasan": "", "title": "Antar Obat"})
        local.post(T2 + "submit", data={"sure": "y"})
        tulis.seal("pendaftaran")
        tulis.do(open_stage, "administrasi")
        tulis.seal("administrasi")
        assert badges(local.get(T2)) == ["dikirim"]
        tulis.do(publish_stage, "administrasi")
        page = local.get(T2)
        assert (badges(page), badges(local.get(T3))) == (["tidak layak"], ["layak"])
        assert texts(page, r"<ul><li>(.*?)</li></ul>")[0] == "Formulir lengkap: tidak dijawab: ringkasan"


class TestOtherWays:
    def test_who_acts_for_several_agencies_says_for_which(self, local, tulis):
        with tulis.database.write() as session:
            grant_role(session, "local@kota.test", "unit", by=OPERATOR, edition=SLUG, organization="Dinas Pendidikan")
        sent = {"title": "Kelas Sore", "track": "umum", "category": "pendidikan", "agency": ""}
        refused = local.post(HERE + "new", data=sent)
        assert (refused.status_code, errors(refused)) == (422, {"agency": "Pilih instansi yang mengajukan."})
        foreign = local.post(HERE + "new", data=sent | {"agency": "Kecamatan Timur"})
        assert (foreign.status_code, notices(foreign)[0][:30]) == (403, "Peran Anda tidak mengizinkan i")
        assert local.post(HERE + "new", data=sent | {"agency": "Dinas Pendidikan"}).status_code == 302
        assert "Kelas Sore" in texts(local.get(HERE), r'<div class="own-main">.*?<h2>(.*?)</h2>')

    def test_it_says_when_the_registration_opens_and_that_it_is_over(self, web_app, unit):
        assert texts(unit.get("/entrant/kota-2026/"), r'<div class="todo">(.*?)</div>') == [
            "Pendaftaran sudah berakhir. Hasilnya disampaikan di sini begitu diumumkan."
        ]
        opens = datetime(2027, 1, 5, 1, tzinfo=UTC)
        with web_app.test_request_context():
            planned = Look(None, None, StageRow(state="planned", opens_at=opens))
            assert todo_of(planned, ()) == ("Pendaftaran belum dibuka.", "Dibuka pada 5 Januari 2027 08.00 WIB.")
            assert todo_of(Look(None, None, None), ()) == ("Pendaftaran belum dibuka.", "")

    def test_each_kind_of_question_gets_a_field_that_fits(self, web_app):
        label = Text("Apa?", "What?")
        asked = [
            FormField("few", "choice", label, options=("a", "b")),
            FormField("many", "choice", label, options=tuple("abcdefghij")),
            FormField("any", "choice", label),
            FormField("several", "choices", label),
            FormField("line", "text", label, max_words=5),
            FormField("text", "text", label),
        ]
        with web_app.test_request_context():
            form = entry_form(Edition("x", label, (), form=tuple(asked)), "")()
            form.show(EntryContent("Judul", answers={"several": ["a", "b"], "line": 7, "text": True}), 3)
            shown = {name: (type(field).__name__, field.data) for name, field in form.questions()}
        assert shown == {
            "few": ("RadioField", ""),
            "many": ("SelectField", ""),
            "any": ("StringField", ""),
            "several": ("StringField", "a; b"),
            "line": ("StringField", "7"),
            "text": ("TextAreaField", "yes"),
        }
