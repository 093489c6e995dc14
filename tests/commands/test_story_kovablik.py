"""KOVABLIK Jawa Timur: limits with an exempt group, an absent juror who counts zero, and people who pick."""

import pytest

SLUG = "kovablik-2026-uji"
WEIGHTS = {
    "latar_belakang_tujuan": 10,
    "kebaruan_nilai_tambah": 15,
    "implementasi": 5,
    "signifikansi": 30,
    "adaptabilitas": 20,
    "sumber_daya": 5,
    "strategi_keberlanjutan": 15,
}
PRESENTATION = ("penyampaian_paparan", "materi_kemanfaatan_replikasi", "video", "kehadiran_pimpinan")
LINKS = ("standar_pelayanan", "maklumat", "sk_pengaduan", "youtube", "bukti_inisiasi", "sk_pejabat", "laporan_iga")
TEXTS = {
    "umum": ("ringkasan", "ide_inovatif", "signifikansi", "tpb", "adaptabilitas", "keberlanjutan", "kolaborasi"),
    "khusus": ("pembaruan", "adaptabilitas_khusus", "keberlanjutan_khusus", "evaluasi"),
}
HISTORY = """\
competition,edition,year,award,entrant,title
kovablik,kovablik-2020,2020,top_30,Kabupaten Malang,Sehat Bersama
kipp,kipp-2019,2019,top_45,Kabupaten Blitar,Kampung Literasi
"""


def _entries(*rows):
    """Write a table of (agency, cluster, track, title, first day); every text and link of the track is filled in."""
    asked = dict.fromkeys([*TEXTS["umum"], *TEXTS["khusus"], *LINKS])
    lines = [",".join(["organization", "cluster", "track", "title", "implementation_start", *asked])]
    for agency, cluster, track, title, began in rows:
        filled = {*TEXTS[track], *LINKS}
        cells = [f"https://{name}.example" if name in LINKS else "teks" if name in filled else "" for name in asked]
        lines.append(",".join([agency, cluster, track, title, began, *cells]))
    return "\n".join(lines)


@pytest.fixture
def kovablik(juri, data):
    """Return a function that installs an edition and opens its registration."""

    def install(name=SLUG, text=""):
        source = data / "editions" / f"{SLUG}.yaml"
        juri.write(f"{SLUG}.yaml", source.read_text("utf-8"))
        juri("edition", "install", juri.write(f"{name}.yaml", text) if text else source)
        juri("edition", "move", name, "open")
        juri("stage", "open", name, "registration")
        return juri

    return install


def _import(juri, *rows, submit=True):
    return juri("entry", "import", SLUG, juri.write("e.csv", _entries(*rows)), *["--submit"] * submit)


def test_each_kind_of_entrant_has_its_own_limit_and_the_special_group_is_exempt(kovablik):
    juri = kovablik()
    limits = {"opd_provinsi": 5, "kabupaten_kota": 3, "bumd": 3}
    for cluster, most in limits.items():
        rows = [(f"Peserta {cluster}", cluster, "umum", f"Inovasi {cluster} {n}", "1/2/2024") for n in range(most)]
        assert _import(juri, *rows).out == f"{most} entries submitted\n"
        one_more = juri.write("more.csv", _entries((f"Peserta {cluster}", cluster, "umum", "Satu lagi", "1/2/2024")))
        refused = juri.refuse(2, "entry", "import", SLUG, one_more, "--submit")
        said = f"Peserta {cluster} has submitted {most} entries; the edition allows {most}"
        assert refused.faults == [f"row 2: {said}"]
        _import(juri, (f"Peserta {cluster}", cluster, "khusus", f"Undangan {cluster}", "1/2/2020"))
    assert juri("entry", "list", SLUG).lines[-1] == "14 entries"


def test_the_checklist_knows_earlier_titles_and_counts_the_age_back_from_the_closing_date(kovablik):
    juri = kovablik()
    assert juri("history", "import", juri.write("h.csv", HISTORY)).out == "2 titles taken over\n"
    assert juri("history", "import", juri.folder / "h.csv").out == "0 titles taken over; 2 known before\n"
    _import(
        juri,
        ("Kabupaten Blitar", "kabupaten_kota", "umum", "Kampung Literasi", "2018-01-01"),
        ("Kabupaten Tuban", "kabupaten_kota", "umum", "Baru Setahun", "2025-06-30"),
        ("Kabupaten Gresik", "kabupaten_kota", "umum", "Belum Setahun", "2025-07-01"),
        ("Kabupaten Malang", "kabupaten_kota", "khusus", "Sehat Bersama", "2018-01-01"),
        ("Kabupaten Jember", "kabupaten_kota", "khusus", "Tanpa Riwayat", "2018-01-01"),
    )
    juri("stage", "finish", SLUG, "registration", "--signer", "Biro", "--reason", "sesuai aturan")
    juri("stage", "open", SLUG, "admin")
    for code in ("K0004", "K0005"):
        juri("record", SLUG, "admin", "check", "answer=yes", "--entry", code, "--subject", "invited")
    juri("stage", "finish", SLUG, "admin", "--signer", "Biro", "--reason", "sesuai aturan")
    assert [row[:2] for row in juri("entry", "list", SLUG).rows()] == [
        ["K0004", "eligible"],
        ["K0005", "refused"],
        ["U0001", "refused"],
        ["U0002", "eligible"],
        ["U0003", "refused"],
    ]


def _judging(juri, slug, pairs, marks):
    """Bring three entries to the assessment of proposals; ``marks`` has the score by (entry, juror)."""
    juri("stage", "finish", slug, "registration", "--signer", "Biro", "--reason", "sesuai aturan")
    juri.finish(slug, "admin")
    jurors = "name,email,panel,code\n" + "\n".join(f"Juri {n},j{n}@x.example,juri,J{n}" for n in range(1, 5))
    juri("juror", "import", slug, juri.write("j.csv", jurors))
    juri("stage", "open", slug, "proposal")
    lines = ["entry,juror", *(f"{entry},{juror}" for entry, juror in pairs)]
    juri("assign", slug, "proposal", "--file", juri.write("pairs.csv", "\n".join(lines)))
    juri.fill(
        slug,
        "proposal",
        lambda entry, juror: dict.fromkeys(WEIGHTS, marks[entry, juror]) if (entry, juror) in marks else None,
    )


THREE = [(f"Kabupaten {name}", "kabupaten_kota", "umum", f"Inovasi {name}", "2024-01-01") for name in "ABC"]
PAIRS = [("U0001", "J1"), ("U0001", "J2"), ("U0001", "J3"), ("U0002", "J1"), ("U0002", "J2")]
PAIRS += [("U0003", juror) for juror in ("J1", "J2", "J3", "J4")]
MARKS = {
    ("U0001", "J1"): 90,
    ("U0001", "J2"): 90,
    ("U0002", "J1"): 80,
    ("U0002", "J2"): 80,
    ("U0003", "J1"): 70,
    ("U0003", "J2"): 70,
    ("U0003", "J3"): 70,
}
"""One of three jurors is absent for the first entry, and one of four for the last."""

ORDERS = {
    "zero": [("U0002", "80.00"), ("U0001", "60.00"), ("U0003", "52.50")],
    "submitted": [("U0001", "90.00"), ("U0002", "80.00"), ("U0003", "70.00")],
    "sum": [("U0003", "210.00"), ("U0001", "180.00"), ("U0002", "160.00")],
}
POLICIES = {
    "zero": "missing: zero",
    "submitted": "missing: submitted",
    "sum": "missing: submitted, method: sum",
}


@pytest.mark.parametrize("policy", POLICIES)
def test_the_same_scores_give_three_orders_under_three_policies_of_an_edition(kovablik, policy):
    slug = f"kovablik-{policy}"
    stage = f"{{id: proposal, gate: none, {POLICIES[policy]}}}"
    juri = kovablik(slug, f"juri: 1\nedition: {slug}\nextends: {SLUG}.yaml\nname: {slug}\nstages:\n  - {stage}\n")
    juri("entry", "import", slug, juri.write("e.csv", _entries(*THREE)), "--submit")
    _judging(juri, slug, PAIRS, MARKS)
    juri("stage", "close", slug, "proposal")
    shown = juri("result", "standings", slug, "proposal", "--track", "umum")
    assert [(row[1], row[4]) for row in shown.rows()] == ORDERS[policy]


@pytest.mark.parametrize(("policy", "told"), [("zero", "assigned-zero"), ("submitted", "submitted"), ("sum", "sum")])
def test_and_so_does_a_spreadsheet_without_an_edition(juri, policy, told):
    table = juri.write("scores.csv", "entry,J1,J2,J3,J4\nU0001,90,90,,-\nU0002,80,80,-,-\nU0003,70,70,70,\n")
    lines = juri("score", table, "--missing", told, "--format", "csv", "--decimals", "2").lines
    assert [tuple(line.split(",")[1:3]) for line in lines[1:]] == ORDERS[policy]


def test_nobody_advances_before_every_assigned_juror_has_scored_and_then_people_pick(kovablik):
    juri = kovablik()
    _import(juri, *THREE)
    pairs = [(entry, juror) for entry in ("U0001", "U0002", "U0003") for juror in ("J1", "J2", "J3")]
    marks = {pair: 60 + 5 * number for number, pair in enumerate(pairs)}
    _judging(juri, SLUG, pairs, {pair: mark for pair, mark in marks.items() if pair != ("U0003", "J3")})
    refused = juri.refuse(3, "stage", "close", SLUG, "proposal")
    assert refused.faults == ["juror 'J3' has not submitted 1 sheet: U0003"]
    juri.fill(SLUG, "proposal", lambda *_: dict.fromkeys(WEIGHTS, marks["U0003", "J3"]))
    juri("stage", "finish", SLUG, "proposal", "--signer", "Biro", "--reason", "sesuai aturan")

    juri("stage", "open", SLUG, "to_presentation")
    finish = ("stage", "finish", SLUG, "to_presentation", "--signer", "Biro", "--reason", "dipilih")
    heading, *left = juri.refuse(3, *finish).faults
    assert heading == "the rules alone do not decide 3 entries in 'to_presentation'; close it and decide them by name"
    assert [line.split(":")[0] for line in left] == ["U0001", "U0002", "U0003"]
    juri("stage", "close", SLUG, "to_presentation")
    pick = ("stage", "decide", SLUG, "to_presentation", "--signer", "Biro", "--reason", "dipilih")
    juri(*pick, "--advance", "U0003", "--advance", "U0001", "--stop", "U0002")
    juri(*finish)

    juri("stage", "open", SLUG, "presentasi")
    slot = ("record", SLUG, "presentasi", "slot", "place=Aula")
    juri(*slot, "starts=2026-08-01T09:00+07:00", "--entry", "U0001")
    overlap = juri.refuse(2, *slot, "starts=2026-08-01T09:20+07:00", "--entry", "U0003")
    assert overlap.faults[0].startswith("starts: the slot is taken: entry 'U0001' has this place from ")
    juri(*slot, "starts=2026-08-01T09:25+07:00", "--entry", "U0003")
    juri("assign", SLUG, "presentasi", "--seed", "7")
    juri.fill(SLUG, "presentasi", lambda entry, _: dict.fromkeys(PRESENTATION, 90 if entry == "U0001" else "88,5"))
    refused = juri.refuse(3, "stage", "close", SLUG, "presentasi")
    assert refused.faults == ["2 entries without a record of attendance: U0001, U0003"]
    present = "entry,present,leader\nU0001,yes,yes\nU0003,yes,no\n"
    juri("record", SLUG, "presentasi", "attendance", "--file", juri.write("a.csv", present))
    juri("stage", "finish", SLUG, "presentasi", "--signer", "Biro", "--reason", "sesuai aturan")
    assert [row[:5] for row in juri("result", "standings", SLUG, "presentasi", "--track", "umum").rows()] == [
        ["1", "U0001", "Inovasi A", "Kabupaten A", "90.00"],
        ["2", "U0003", "Inovasi C", "Kabupaten C", "88.50"],
    ]
    juri("stage", "open", SLUG, "best")
    juri("stage", "close", SLUG, "best")
    best = ("--signer", "Gubernur", "--reason", "terbaik")
    juri("stage", "decide", SLUG, "best", *best, "--advance", "U0001", "--advance", "U0003")
    juri("stage", "seal", SLUG, "best", "--signer", "Gubernur")
    juri.finish(SLUG, "announcement")
    awards = juri("result", "show", SLUG, "--table", "awards").rows("awards")
    assert [(row[0], row[1], row[4]) for row in awards] == [
        ("terbaik", "Inovasi Terbaik KOVABLIK", "U0001"),
        ("terbaik", "Inovasi Terbaik KOVABLIK", "U0003"),
    ]
