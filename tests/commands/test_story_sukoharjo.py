"""A kabupaten with a spreadsheet and five jurors: KIPP Sukoharjo from the shipped draft to a published result."""

import csv
import io
import json

import pytest

SLUG = "sukoharjo-2026"
CRITERIA = (
    "ringkasan",
    "latar_belakang_tujuan",
    "kebaruan_nilai_tambah",
    "implementasi",
    "signifikansi",
    "adaptabilitas",
    "sumber_daya",
    "strategi_keberlanjutan",
)
ENTRIES = """\
organization;title;cluster;category;people;innovation_state;running_years
Dinas Kesehatan;GELIS;perangkat_daerah;kesehatan;Sari Dewi;sudah_berjalan;3
RSUD Ir. Soekarno;Antrian Daring;uptpd;kesehatan;"Budi; Tono";sedang_berjalan;1
Dinas Pendidikan;Kelas Sore;perangkat_daerah;pendidikan;Siti;sedang_berjalan;2
PDAM Tirta Makmur;Air Desa;bumd;tata_kelola_pemerintahan;;rintisan;0
Kecamatan Grogol;Surat Jalan;perangkat_daerah;tata_kelola_pemerintahan;Joko;rintisan;0
"""
JURORS = """\
name,email,panel,organization,code
Retno,retno@kampus.example,juri,Universitas,R1
Bambang,bambang@media.example,juri,Media,R2
Dewi,dewi@dinkes.example,juri,Dinas Kesehatan,R3
Agus,agus@lsm.example,juri,LSM,R4
Ratna,ratna@setda.example,juri,Setda,R5
"""


def _opened(juri, data):
    juri("edition", "install", data / "editions" / f"{SLUG}.yaml")
    juri("edition", "move", SLUG, "open")
    return juri


@pytest.fixture
def sukoharjo(begin, data):
    """Return the command with the filled-in edition installed and open."""
    return begin(lambda juri: _opened(juri, data))


def _registered(juri):
    juri("stage", "open", SLUG, "registration")
    juri("entry", "import", SLUG, juri.write("entries.csv", ENTRIES))
    for code in ("E0001", "E0002", "E0003", "E0004"):
        juri("entry", "submit", SLUG, code)


def _screened(juri):
    _registered(juri)
    juri("stage", "finish", SLUG, "registration", "--signer", "Ketua", "--reason", "sesuai aturan")
    juri("stage", "open", SLUG, "admin")
    checks = "entry,subject,answer\nE0001,letter,yes\nE0002,letter,yes\nE0003,letter,yes\nE0004,letter,no\n"
    juri("record", SLUG, "admin", "check", "--file", juri.write("checks.csv", checks))
    juri("stage", "finish", SLUG, "admin", "--signer", "Ketua", "--reason", "sesuai aturan")


def _seated(juri):
    juri("juror", "import", SLUG, juri.write("jurors.csv", JURORS))
    juri("stage", "open", SLUG, "proposal")
    pairs = [("E0001", "R1"), ("E0001", "R2"), ("E0001", "R4"), ("E0002", "R1"), ("E0002", "R3"), ("E0002", "R5")]
    pairs += [("E0003", "R2"), ("E0003", "R3"), ("E0003", "R5")]
    text = "entry,juror\n" + "\n".join(map(",".join, pairs))
    said = juri("assign", SLUG, "proposal", "--file", juri.write("pairs.csv", text))
    assert said.out == "9 assignments made in proposal\n"


def _sheet(entry, juror, score, *, signifikansi=None):
    marks = dict.fromkeys(CRITERIA, score) | ({"signifikansi": signifikansi} if signifikansi else {})
    return ";".join([entry, juror, *(marks[name] for name in CRITERIA)])


SCORES = "\n".join(
    [
        ";".join(["entry", "juror", *CRITERIA]),
        _sheet("E0001", "R1", "84,38"),
        _sheet("E0001", "R2", "80,5"),
        _sheet("E0002", "R1", "88"),
        _sheet("E0002", "R3", "84", signifikansi="90"),
        _sheet("E0002", "R5", "86,25"),
        _sheet("E0003", "R2", "84"),
        _sheet("E0003", "R3", "82,5"),
        _sheet("E0003", "R5", "83,05"),
    ]
)


def test_the_shipped_draft_says_what_it_does_not_know_and_refuses_to_open(juri):
    said = juri("edition", "new", SLUG, "--from", "sukoharjo-2023")
    assert said.lines[0] == f"{SLUG}.yaml is written: ok, a draft (0 stages, 1 rubrics); still unknown:"
    juri("edition", "install", f"{SLUG}.yaml")
    refused = juri.refuse(3, "edition", "move", SLUG, "open")
    assert [line.split(" is unknown")[0] for line in refused.faults[1:]] == [
        "calendar.registration_open",
        "calendar.registration_close",
        "form",
        "rubrics.proposal",
        "stages",
    ]


def test_the_edition_runs_from_registration_to_a_published_result(juri_anywhere, data):
    juri = _opened(juri_anywhere, data)
    _screened(juri)
    assert juri("entry", "list", SLUG).rows() == [
        ["E0001", "eligible", "", "kesehatan", "Dinas Kesehatan", "GELIS"],
        ["E0002", "eligible", "", "kesehatan", "RSUD Ir. Soekarno", "Antrian Daring"],
        ["E0003", "eligible", "", "pendidikan", "Dinas Pendidikan", "Kelas Sore"],
        ["E0004", "refused", "", "tata_kelola_pemerintahan", "PDAM Tirta Makmur", "Air Desa"],
        ["E0005", "lapsed", "", "tata_kelola_pemerintahan", "Kecamatan Grogol", "Surat Jalan"],
    ]
    _seated(juri)
    said = juri("scorecard", "import", SLUG, "proposal", juri.write("scores.csv", SCORES))
    assert said.out == "8 scorecards submitted in proposal\n"
    assert juri("stage", "progress", SLUG, "proposal").lines[-1] == "8 of 9 scorecards are in; 1 entry waits"

    said = juri("stage", "close", SLUG, "proposal")
    assert said.lines == [
        "proposal is closed. Proposed: 3 advance",
        "Note: absent sheets by juror: R4 (1); only submitted sheets count",
    ]
    assert juri("result", "standings", SLUG, "proposal").rows("standings proposal") == [
        ["1", "E0003", "Kelas Sore", "Dinas Pendidikan", "88.18", "4409/50", "3"],
        ["2", "E0001", "GELIS", "Dinas Kesehatan", "87.44", "2186/25", "2"],
        ["3", "E0002", "Antrian Daring", "RSUD Ir. Soekarno", "86.68", "2167/25", "3"],
    ]
    late = ";".join(["entry", "juror", *CRITERIA]) + "\n" + _sheet("E0001", "R4", "99")
    refused = juri.refuse(3, "scorecard", "import", SLUG, "proposal", juri.write("late.csv", late))
    assert refused.faults == ["the stage 'proposal' is closed; it takes nothing now"]
    juri("stage", "finish", SLUG, "proposal", "--signer", "Ketua", "--reason", "sesuai aturan")

    juri("stage", "open", SLUG, "pleno")
    juri("record", SLUG, "pleno", "attendance", "present=yes", "--subject", "R1")
    juri("stage", "close", SLUG, "pleno")
    decide = ("stage", "decide", SLUG, "pleno", "--signer", "Bupati", "--reason", "Dua dari bidang kesehatan")
    assert juri(*decide, "--stop", "E0002").out == "3 entries decided in pleno, signed by Bupati\n"
    seal = ("stage", "seal", SLUG, "pleno", "--signer", "Bupati", "--signer", "Sekda")
    assert juri.refuse(3, *seal).faults == ["no quorum: 1 juror present, 3 needed"]
    attendance = "subject,present\nR2,yes\nR3,yes\nR4,no\n"
    juri("record", SLUG, "pleno", "attendance", "--file", juri.write("present.csv", attendance))
    assert juri(*seal).lines[0] == "pleno is sealed by Bupati, Sekda"
    juri.finish(SLUG, "announcement")
    juri("stage", "publish", SLUG, "announcement")
    for state in ("judging", "decided", "published"):
        juri("edition", "move", SLUG, state)

    shown = juri("result", "show", SLUG)
    assert shown.rows("awards") == [
        ["top", "Top Inovasi Pelayanan Publik", "entry", "E0001", "E0001", "GELIS", "Dinas Kesehatan"],
        ["top", "Top Inovasi Pelayanan Publik", "entry", "E0003", "E0003", "Kelas Sore", "Dinas Pendidikan"],
    ]
    assert [row[:5] for row in shown.rows("stages")] == [
        ["registration", "registration", "sealed", "5", "4"],
        ["admin", "checklist", "sealed", "4", "3"],
        ["proposal", "scoring", "sealed", "3", "3"],
        ["pleno", "plenary", "sealed", "3", "2"],
        ["announcement", "announcement", "published", "2", "2"],
    ]
    _assert_explained(juri)
    _assert_exported(juri)
    _assert_audited(juri)


def _assert_explained(juri):
    told = [line.strip() for line in juri("result", "explain", SLUG, "E0002").lines]
    assert [line for line in told if line.startswith(("Proposed", "Decided"))][-2:] == [
        "Proposed: advance by 'top 3': rank 3 with 86.68: the 3 places",
        "Decided: stop by 'decided by Bupati': Dua dari bidang kesehatan",
    ]
    assert "E0002: rank 3 of 3" in told
    gelis = [line.strip() for line in juri("result", "explain", SLUG, "E0001").lines]
    for line in (
        "R1: 84.38, counted",
        "R2: 80.5, counted",
        "R4: absent",
        "By the method: 82.44",
        "Bonus dua_tahun: +5 (running_years is at least 2)",
        "Score: 87.44",
        "Title: Top Inovasi Pelayanan Publik",
    ):
        assert line in gelis


def _assert_exported(juri):
    juri("result", "export", SLUG, "--format", "json", "-o", "hasil.json", "--sheets")
    report = json.loads((juri.folder / "hasil.json").read_text("utf-8"))
    assert {name: len(rows) for name, rows in report.items() if isinstance(rows, list)} == {
        "stages": 5,
        "decisions registration": 5,
        "decisions admin": 4,
        "standings proposal": 3,
        "decisions proposal": 3,
        "standings pleno": 3,
        "decisions pleno": 3,
        "decisions announcement": 2,
        "awards": 2,
        "scorecards": 9,
        "answers": 64,
    }
    for form in ("csv", "xlsx"):
        juri("result", "export", SLUG, "--format", form, "-o", f"hasil.{form}")
        assert (juri.folder / f"hasil.{form}").stat().st_size > 1000


def _assert_audited(juri):
    verified = juri("audit", "verify")
    assert verified.lines[-1] == "The trail is whole."
    count, head = juri("audit", "head").out.split()
    assert juri("audit", "verify", "--head", head).status == 0
    newest = juri("audit", "log", "--last", "1").rows()[0]
    assert [newest[0], *newest[3:5]] == [count, "edition.move", SLUG]


def test_a_table_with_faulty_rows_is_told_cell_by_cell_and_nothing_is_written(sukoharjo):
    juri = sukoharjo
    juri("stage", "open", SLUG, "registration")
    faulty = ENTRIES.replace("kesehatan;Sari", "kesihatan;Sari").replace("sedang_berjalan;1", "sedang;dua")
    refused = juri.refuse(2, "entry", "import", SLUG, juri.write("entries.csv", faulty))
    assert [line.split(" is not ")[0] for line in refused.faults] == [
        "row 2, column D (category): 'kesihatan'",
        "row 3, column F (innovation_state): 'sedang'",
        "row 3, column G (running_years): 'dua'",
    ]
    refused = juri.refuse(2, "juror", "import", SLUG, juri.write("jurors.csv", JURORS.replace("bambang@", "bambang ")))
    assert refused.faults == [
        "row 3, column B (email): 'bambang media.example' is not an e-mail address; write name@place"
    ]


def test_a_workbook_is_read_like_a_csv_and_its_faults_have_the_same_places(sukoharjo):
    import xlsxwriter

    juri = sukoharjo
    juri("stage", "open", SLUG, "registration")
    rows = list(csv.reader(io.StringIO(ENTRIES), delimiter=";"))

    def workbook(lines):
        path = juri.folder / "entries.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet()
            for number, line in enumerate(lines):
                sheet.write_row(number, 0, line)
        return path

    faulty = [rows[0], ["", *rows[1][1:]], [*rows[2][:3], "sehat", *rows[2][4:]], *rows[3:]]
    refused = juri.refuse(2, "entry", "import", SLUG, workbook(faulty))
    assert [line.split(": ")[0] for line in refused.faults] == [
        "row 2, column A (organization)",
        "row 3, column D (category)",
    ]
    assert juri("entry", "import", SLUG, workbook(rows)).out == "5 entries registered\n"
    assert juri("entry", "list", SLUG).lines[-1] == "5 entries"


def test_scores_off_the_scale_are_refused_with_their_cells_and_a_decimal_comma_is_read(sukoharjo):
    juri = sukoharjo
    _screened(juri)
    _seated(juri)
    wrong = SCORES.replace("E0001;R1;84,38;84,38", "E0001;R1;84,38;8031").replace("E0003;R5", "E0003;R4")
    refused = juri.refuse(2, "scorecard", "import", SLUG, "proposal", juri.write("scores.csv", wrong))
    assert refused.faults == [
        "row 2, column D (latar_belakang_tujuan), E0001 by R1: 8031 is outside the scale 0 to 100",
        "row 9, E0003 by R4: there is no assignment 'R4 to E0003' in stage proposal",
    ]
    juri("scorecard", "import", SLUG, "proposal", juri.write("scores.csv", SCORES))
    again = juri("scorecard", "import", SLUG, "proposal", juri.folder / "scores.csv")
    assert again.out == "0 scorecards submitted in proposal; 8 already there, just so\n"
    shown = juri("scorecard", "show", SLUG, "proposal", "E0001", "R1").lines
    assert shown[2].startswith("version 1, submitted, total 4219/50, by operator:")
    assert "  signifikansi: 84.38 -> 12657/500" in shown


def test_what_people_decide_is_never_finished_by_the_rules_alone(sukoharjo):
    juri = sukoharjo
    _screened(juri)
    _seated(juri)
    juri("scorecard", "import", SLUG, "proposal", juri.write("scores.csv", SCORES))
    finish = ("--signer", "Bupati", "--reason", "sesuai aturan")
    juri("stage", "finish", SLUG, "proposal", *finish)
    juri("stage", "open", SLUG, "pleno")
    refused = juri.refuse(3, "stage", "finish", SLUG, "pleno", *finish)
    assert refused.faults == ["'pleno' is decided by people (Plenary): close it, look at the proposal, and decide"]
    assert juri("stage", "list", SLUG).rows()[3][:3] == ["pleno", "plenary", "open"]


def test_a_juror_does_not_score_the_own_agency(sukoharjo):
    juri = sukoharjo
    _screened(juri)
    juri("juror", "import", SLUG, juri.write("jurors.csv", JURORS))
    assert juri("juror", "conflicts", SLUG).rows() == [["juri", "R3", "E0001", "own_agency"]]
    juri("person", "relate", "agus@lsm.example", "RSUD Ir. Soekarno", "spouse")
    assert juri("juror", "conflicts", SLUG).rows()[1:] == [["juri", "R4", "E0002", "relation"]]
    pairs = juri.write("pairs.csv", "entry,juror\nE0001,R3\nE0002,R4\nE0009,R1\nE0001,R9\n")
    refused = juri.refuse(2, "assign", SLUG, "proposal", "--file", pairs)
    assert refused.faults == [
        "E0001, R3: they are in conflict: own_agency",
        "E0001, R9: juror 'R9' is not in this stage's panel",
        "E0002, R4: they are in conflict: relation",
        "E0009, R1: entry 'E0009' does not take part in this stage",
    ]
    assert juri("assign", SLUG, "proposal").out == "9 assignments made in proposal\n"
    assigned = {row[1]: row[5] for row in juri("juror", "list", SLUG, "--stage", "proposal").rows()}
    assert sum(map(int, assigned.values())) == 9
    assert max(map(int, assigned.values())) - min(map(int, assigned.values())) <= 1
