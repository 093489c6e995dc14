"""One competition from the first invitation to the published result, in real browsers, each person in their own.

To watch it: ``JURI_TEST_WATCH=1 .venv/bin/pytest tests/web/test_whole_story.py``; the browsers are shown, and slow.
"""

import re
import socket
import threading
from contextlib import contextmanager

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from juri.core.accounts.accounts import set_password
from juri.core.audit.checker import verify
from juri.core.entries.people import add_person, grant_role
from juri.core.policy import Actor
from juri.core.storage.database import Database
from juri.core.storage.migrate import migrate
from juri.webapp.app import create_app
from juri.webapp.postman import send_released
from juri.webapp.workbench import Workbench

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.longest]

EDITION = "sukoharjo-2026"
EDITION_PAGES, QUEUE = f"/organiser/{EDITION}", f"/juror/{EDITION}/penilaian"
ADMIN, ORGANISER, SECOND = "ayu@kab.test", "oka@kab.test", "sri@kab.test"
PASSWORD = "jendela biru menghadap timur"  # noqa: S105  of invented people
JURORS = {"R1": "Retno", "R2": "Bambang", "R3": "Dewi", "R4": "Agus", "R5": "Ratna"}

ENTRIES = """\
organization;cluster;title;category;people;innovation_state;running_years
Dinas Kesehatan;perangkat_daerah;Gerai Ibu dan Bayi;kesehatan;Wulan;sudah_berjalan;3
RSUD Sukoharjo;uptpd;Antre dari Rumah;kesehatan;Bagus;sedang_berjalan;{years}
Dinas Pendidikan;perangkat_daerah;Kelas Sore;{category};Siti;sedang_berjalan;2
Kecamatan Grogol;perangkat_daerah;Surat Tengah Malam;tata_kelola_pemerintahan;Joko;rintisan;0
"""
NOT_FOUND = 404
MOST_STOPS = 60
FAULTY = {"years": "satu", "category": "pendidkan"}
GOOD = {"years": "1", "category": "pendidikan"}


class Post:
    """The mails that left the outbox, as their recipients read them."""

    def __init__(self, bench):
        self.bench = bench
        self.sent = []

    def link_for(self, address):
        """Send what was released; returns the link in the newest mail to an address."""
        send_released(self.bench.database, self.bench.settings, self.sent.append)
        mail = next(mail for mail in reversed(self.sent) if mail["To"] == address)
        return re.search(r"https?://\S+", mail.get_content())[0]


@contextmanager
def served(bench, port):
    app = create_app(bench, SECRET_KEY="only for tests")  # noqa: S106  signs forms that no one else sees
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def town(tmp_path, monkeypatch):
    """Serve an empty installation with one administrator; returns its workbench."""
    url = f"sqlite:///{tmp_path / 'juri.db'}"
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    monkeypatch.setenv("JURI_BASE_URL", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("JURI_MAIL_FROM", "juri@kab.test")
    monkeypatch.setenv("JURI_SMTP_URL", "smtp://127.0.0.1:9")
    database = Database(url)
    migrate(database)
    operator = Actor.operator("test")
    with database.write() as session:
        add_person(session, name="Ayu Administrator", email=ADMIN, by=operator)
        grant_role(session, ADMIN, "administrator", by=operator)
        set_password(session, ADMIN, PASSWORD, by=operator)
    database.dispose()
    bench = Workbench(None, url)
    _ = bench.settings
    with served(bench, port):
        yield bench
        with bench.reading() as session:
            assert verify(session).findings == ()
    bench.database.dispose()


@pytest.fixture
def post(town):
    return Post(town)


@pytest.fixture
def open_browser(browser, town):
    """Return a factory of people with a browser of their own; at the end no page may have broken its policy."""
    opened = []

    def make(**context):
        opened.append(Visitor(browser, town.settings.base_url, **context))
        return opened[-1]

    yield make
    said = [problem for visitor in opened for problem in visitor.problems]
    for visitor in opened:
        visitor.context.close()
    assert [problem for problem in said if "Content Security Policy" in problem] == []


class Visitor:
    """A person with a browser of their own."""

    def __init__(self, browser, address, **context):
        self.context = browser.new_context(base_url=address, locale="id-ID", **context)
        self.context.set_default_timeout(15_000)
        self.page = self.context.new_page()
        self.problems = []
        self.page.on("console", lambda said: self.problems.append(said.text) if said.type == "error" else None)

    def go(self, path):
        """Open a page; returns the status."""
        return self.page.goto(path).status

    def press(self, name, role="button"):
        self.page.get_by_role(role, name=name).first.click()
        self.page.wait_for_load_state()

    def fill(self, **fields):
        """Fill fields in, or choose in them, by their names; ``__`` in a name is a hyphen."""
        for name, value in fields.items():
            field = self.page.locator(f"main [name='{name.replace('__', '-')}']").first
            if field.evaluate("field => field.tagName") == "SELECT":
                field.select_option(value)
                self.settled()
            else:
                field.fill(value)

    def settled(self):
        """Wait until the page has what it asked for."""
        expect(self.page.locator(".htmx-request, .htmx-swapping")).to_have_count(0)

    def upload(self, name, text):
        self.page.locator("main input[type=file]").set_input_files(
            {"name": name, "mimeType": "text/csv", "buffer": text.encode()}
        )

    def sign_in(self, email):
        self.go("/account/sign-in")
        self.page.get_by_label("Alamat surel").first.fill(email)
        self.page.get_by_label("Kata sandi").fill(PASSWORD)
        self.press("Masuk")
        self.page.wait_for_url(lambda address: "/account/" not in address)


def test_a_regency_runs_its_competition_from_the_first_invitation_to_the_published_result(open_browser, town, post):
    admin = open_browser()
    admin.sign_in(ADMIN)
    organiser = invited(open_browser, admin, post, "Oka Panitia", ORGANISER)
    make_edition(organiser)
    fill_unknowns(organiser)
    organiser.go(f"{EDITION_PAGES}/edit/force")
    organiser.press("Pasang")
    organiser.press("Buka edisi")

    register_entries(organiser)
    screen_entries(organiser)
    seat_and_assign_jurors(organiser)
    admin.go("/admin/outbox")
    admin.press("Lepas 5 surat ini")
    judge_until_the_stage_closes(open_browser, organiser, post)
    decide(organiser, "penilaian")
    sign(organiser, "penilaian", "Oka Panitia", alone=True)
    assert sheets_by_entry(organiser) == {"E0001": 3, "E0002": 2, "E0003": 2}

    second = invited(open_browser, admin, post, "Sri Sekda", SECOND)
    hold_the_plenary(organiser, second)
    announce(organiser, second, open_browser())


def invited(open_browser, admin, post, name, email):
    """Invite an organiser, release the invitation, and come by the link in it."""
    admin.go("/admin/people/new")
    admin.fill(name=name, email=email, role="organiser")
    admin.press("Tambah")
    admin.go("/admin/outbox")
    admin.press(email, "link")
    admin.press("Lepas surat ini")
    return came_by_link(open_browser, post, email)


def came_by_link(open_browser, post, email):
    visitor = open_browser()
    visitor.go(post.link_for(email))
    visitor.press("Masuk")
    visitor.page.wait_for_url(lambda address: "/account/" not in address)
    return visitor


def make_edition(organiser):
    organiser.go("/organiser/new")
    organiser.page.locator("[name=begin][value='sukoharjo-2023']").check()
    organiser.fill(id=EDITION, name_id="KIPP Sukoharjo 2026")
    organiser.press("Mulai")
    organiser.page.wait_for_url(f"**/organiser/{EDITION}/edit")


def fill_unknowns(organiser):
    unknown = f"/organiser/{EDITION}/edit/unknown"
    for key, day in (("registration_open", "2026-11-01"), ("registration_close", "2027-01-31")):
        organiser.go(f"{unknown}/calendar.{key}")
        organiser.fill(value__day=day)
        organiser.press("Simpan")
    for what in ("Formulir pendaftaran", "Rubrik"):
        organiser.go(unknown)
        organiser.press(f"Ambil sebagai keputusan kami: {what}")
    add_part(organiser, "panels", id="juri")
    for stage in STAGES:
        add_stage(organiser, **stage)
    organiser.go(unknown)


STAGES = (
    {"kind": "registration", "id": "pendaftaran"},
    {"kind": "checklist", "rows": "Butir daftar periksa", "id": "administrasi", "items-0-id": "surat",
     "items-0-text-id": "Surat pernyataan kepala instansi", "items-0-reason": "tanpa_surat"},
    {"kind": "scoring", "rows": "Aturan nilai seri", "id": "penilaian", "panel": "juri", "rubric": "proposal",
     "method-choice": "mean", "missing-choice": "submitted", "ties-0-value-choice": "panel_decision"},
    {"kind": "plenary", "id": "pleno", "panel": "juri", "of-choice": "penilaian", "proposes-choice": "top_n",
     "proposes-with-top_n-n": "2"},
    {"kind": "announcement", "rows": "Penghargaan", "id": "pengumuman", "awards-0-id": "top",
     "awards-0-title-id": "Top Inovasi", "awards-0-to": "entry"},
)  # fmt: skip


def add_part(organiser, part, **fields):
    organiser.go(f"/organiser/{EDITION}/edit/add/{part}")
    organiser.fill(**fields)
    organiser.press("Simpan")
    organiser.page.wait_for_url(f"**/edit/part/{part}")


def add_stage(organiser, kind, rows="", **fields):
    organiser.go(f"/organiser/{EDITION}/edit/add/stages?kind={kind}")
    if rows:
        organiser.press(re.compile(f"Tambah baris.*{rows}"))
        organiser.page.locator(f"main [name='{next(name for name in fields if '-0-' in name)}']").wait_for()
    for name, value in fields.items():
        organiser.fill(**{name: value})
    organiser.press("Simpan")
    organiser.page.wait_for_url("**/edit/part/stages")


def register_entries(organiser):
    open_stage(organiser, "pendaftaran")
    organiser.go(f"{EDITION_PAGES}/entries/import")
    organiser.upload("inovasi.csv", ENTRIES.format(**FAULTY))
    organiser.press("Periksa")
    faults = organiser.page.get_by_role("table", name="Kesalahan").get_by_role("rowheader").all_inner_texts()
    assert faults == ["baris 3, kolom G (running_years)", "baris 4, kolom D (category)"]
    organiser.upload("inovasi.csv", ENTRIES.format(**GOOD))
    organiser.page.get_by_label("Serahkan dan kirim").check()
    organiser.press("Periksa")
    organiser.press("Ambil alih 4 baris")
    finish_stage(organiser, "pendaftaran")


def screen_entries(organiser):
    open_stage(organiser, "administrasi")
    organiser.go(f"{EDITION_PAGES}/stages/administrasi/screening")
    for code, answer in {"E0001": "yes", "E0002": "yes", "E0003": "yes", "E0004": "no"}.items():
        organiser.fill(**{f"a:{code}:surat": answer})
    reason = organiser.page.locator("[name='r:E0004:surat']")
    reason.fill("Surat belum ditandatangani")
    reason.blur()
    organiser.settled()
    finish_stage(organiser, "administrasi")


def seat_and_assign_jurors(organiser):
    organiser.go(f"{EDITION_PAGES}/jurors/import")
    rows = [f"{name},{code.lower()}@kab.test,juri,{code}" for code, name in JURORS.items()]
    organiser.upload("juri.csv", "\n".join(["name,email,panel,code", *rows]))
    organiser.press("Periksa")
    organiser.press("Ambil alih 5 baris")
    open_stage(organiser, "penilaian")
    organiser.go(f"{EDITION_PAGES}/stages/penilaian/assignments")
    organiser.press("Pratinjau")
    organiser.press("Buat 15 penugasan")
    organiser.go(f"{EDITION_PAGES}/stages/penilaian/remind")
    organiser.press("Pratinjau surel")
    organiser.press("Masukkan 5 surel")


def judge_until_the_stage_closes(open_browser, organiser, post):
    by_keyboard, conflicted, on_two_devices, too_late = (
        came_by_link(open_browser, post, f"{code.lower()}@kab.test") for code in ("R1", "R2", "R3", "R4")
    )
    score_by_keyboard_alone(by_keyboard, "E0001", "84,5")
    score(by_keyboard, "E0002", "80")
    declare_conflict(conflicted, "E0002")
    score(conflicted, "E0001", "82")
    score(conflicted, "E0003", "90")
    edit_on_two_devices(open_browser, on_two_devices, "E0003")
    score(on_two_devices, "E0001", "88")
    score(on_two_devices, "E0002", "86")
    open_sheet(too_late, "E0001")
    too_late.fill(c_ringkasan__value="90")
    too_late.page.locator("#save-strip.saved").wait_for()
    organiser.go(f"{EDITION_PAGES}/stages/penilaian/close")
    organiser.press("Tutup tahap")
    too_late.fill(c_signifikansi__value="95")
    too_late.page.locator("[data-notices] .notice.danger").wait_for()
    assert "Signifikansi: 95" in too_late.page.inner_text("[data-unsaved]")
    assert too_late.page.locator("[name=c_signifikansi-value]").input_value() == "95"
    assert too_late.page.locator("button[value=finish]").is_disabled()


def open_sheet(juror, entry):
    juror.go(f"{QUEUE}/{entry}/")
    if juror.page.locator("button[value=none]").count():
        juror.press("Tidak ada konflik")
    juror.page.locator("#sheet").wait_for()


def score(juror, entry, value):
    open_sheet(juror, entry)
    for field in juror.page.locator("#sheet input[inputmode=decimal]").all():
        field.fill(value)
    juror.press("Selesai dan kirim")
    juror.page.wait_for_url("**sent=**")


def score_by_keyboard_alone(juror, entry, value):
    open_sheet(juror, entry)
    keys, stops = juror.page.keyboard, 0
    juror.page.focus("#juror-right")
    while focused(juror, "value") != "finish":
        keys.press("Tab")
        stops += 1
        assert stops < MOST_STOPS
        if focused(juror, "inputMode") == "decimal":
            keys.type(value)
    keys.press("Enter")
    juror.page.wait_for_url("**sent=**")


def focused(juror, what):
    return juror.page.evaluate("what => document.activeElement[what]", what)


def declare_conflict(juror, entry):
    juror.go(f"{QUEUE}/{entry}/")
    juror.page.locator(".conflict-yes summary").click()
    juror.page.get_by_label("Saya punya kepentingan usaha atau uang").check()
    juror.press("Saya tidak menilai inovasi ini")
    juror.page.get_by_text("Dicatat: Anda tidak menilai").wait_for()


def edit_on_two_devices(open_browser, desktop, entry):
    phone = open_browser(storage_state=desktop.context.storage_state(), viewport={"width": 360, "height": 740})
    open_sheet(desktop, entry)
    open_sheet(phone, entry)
    desktop.fill(c_ringkasan__value="70")
    desktop.page.locator("#save-strip.saved").wait_for()
    phone.fill(c_ringkasan__value="60", c_signifikansi__value="90")
    phone.page.locator("dialog.versions[open]").wait_for()
    phone.page.check("#pick-ringkasan-theirs")
    phone.page.click("dialog.versions button[value=save]")
    phone.page.locator("#save-strip.saved").wait_for()
    assert phone.page.locator("[name=c_ringkasan-value]").input_value() == "70"
    score(phone, entry, "75")


def sheets_by_entry(organiser):
    organiser.go(f"{EDITION_PAGES}/standings/?stage=penilaian")
    rows = organiser.page.locator("main table tbody tr").all()
    cells = [[cell.inner_text().strip() for cell in row.locator("th, td").all()] for row in rows]
    return {cell[1].split()[0]: int(cell[3]) for cell in cells}


def hold_the_plenary(organiser, second):
    open_stage(organiser, "pleno")
    organiser.go(f"{EDITION_PAGES}/stages/pleno/close")
    organiser.press("Tutup tahap")
    decide(organiser, "pleno", E0002="stop", E0003="advance")
    organiser.page.get_by_text("E0003: jelaskan mengapa diputuskan demikian").wait_for()
    for code in ("E0002", "E0003"):
        organiser.fill(**{f"w:{code}": "pemerataan bidang pendidikan"})
    organiser.press("Ambil keputusan")
    sign_by_two(organiser, second, "pleno")


def announce(organiser, second, anyone):
    assert anyone.go(f"/results/{EDITION}") == NOT_FOUND
    open_stage(organiser, "pengumuman")
    organiser.go(f"{EDITION_PAGES}/stages/pengumuman/close")
    organiser.press("Tutup tahap")
    decide(organiser, "pengumuman")
    sign_by_two(organiser, second, "pengumuman")
    organiser.go(f"{EDITION_PAGES}/stages/pengumuman/publish")
    assert anyone.go(f"/results/{EDITION}") == NOT_FOUND
    organiser.press("Terbitkan sekarang")
    anyone.go(f"/results/{EDITION}")
    shown = anyone.page.inner_text("main")
    assert "Ditandatangani oleh Oka Panitia, Sri Sekda" in shown
    assert re.findall("Gerai Ibu dan Bayi|Antre dari Rumah|Kelas Sore", shown) == ["Gerai Ibu dan Bayi", "Kelas Sore"]
    assert "diputuskan oleh Bupati" in shown


def open_stage(organiser, stage):
    organiser.go(f"{EDITION_PAGES}/stages/{stage}/open")
    organiser.press("Buka tahap")


def finish_stage(organiser, stage):
    organiser.go(f"{EDITION_PAGES}/stages/{stage}/close")
    organiser.press("Tutup tahap")
    decide(organiser, stage)
    sign(organiser, stage, "Oka Panitia", alone=True)


def decide(organiser, stage, **outcomes):
    organiser.go(f"{EDITION_PAGES}/stages/{stage}/decide")
    for code, outcome in outcomes.items():
        organiser.fill(**{f"o:{code}": outcome})
    organiser.fill(signer="Bupati", reason="sesuai aturan")
    organiser.press("Ambil keputusan")


def sign(who, stage, name, *, alone=False):
    who.go(f"{EDITION_PAGES}/stages/{stage}/seal")
    who.fill(name=name)
    if alone:
        who.page.locator("[name=alone]").check()
    who.page.locator("[name=sure]").check()
    who.press("Tanda tangani")


def sign_by_two(first, second, stage):
    sign(first, stage, "Oka Panitia")
    first.page.get_by_text("Hasil disegel setelah orang kedua juga menandatangani").wait_for()
    sign(second, stage, "Sri Sekda")
    second.page.get_by_text("Hasil telah disegel").wait_for()
