"""Forms that jurors fill in without a network, what they gave, and how far everybody is."""

import pytest
import xlsxwriter

from juri.core.tables.reading import load_file, read_table

SLUG = "lomba-contoh"
SIGN = ("--signer", "Ketua", "--reason", "sesuai aturan")


@pytest.fixture
def scoring(begin, data):
    """Return the command in the scoring stage of the example edition; three jurors have three entries each."""
    return begin(lambda juri: _begin(juri, data))


def _begin(juri, data):
    samples = data.parents[1] / "docs" / "samples"
    juri("edition", "install", samples / f"{SLUG}.yaml")
    juri("edition", "move", SLUG, "open")
    juri("stage", "open", SLUG, "pendaftaran")
    juri("entry", "import", SLUG, samples / "entries.csv", "--submit")
    juri("stage", "finish", SLUG, "pendaftaran", *SIGN)
    juri("stage", "open", SLUG, "administrasi")
    juri("record", SLUG, "administrasi", "check", "--file", samples / "checks.csv")
    juri("stage", "finish", SLUG, "administrasi", *SIGN)
    juri("juror", "import", SLUG, samples / "jurors.csv")
    juri("stage", "open", SLUG, "penilaian")
    juri("assign", SLUG, "penilaian")


def _table(path):
    return read_table(load_file(path))


def test_a_workbook_of_forms_has_a_row_for_each_scorecard_and_is_imported_when_filled_in(scoring):
    juri = scoring
    juri("scorecard", "template", SLUG, "penilaian", "--juror", "R2", "-o", "R2.xlsx")
    table = _table(juri.folder / "R2.xlsx")
    assert table.header == ("entry", "juror", "title", "manfaat", "kebaruan", "keberlanjutan")
    assert [row[:3] for row in table.rows] == [
        ("E0001", "R2", "Posyandu Digital"),
        ("E0002", "R2", "Antar Obat"),
        ("E0003", "R2", "Kelas Sore"),
    ]
    assert read_table(load_file(juri.folder / "R2.xlsx"), sheet="criteria").rows[0] == (
        "manfaat",
        "Manfaat",
        "0 to 100",
    )
    with xlsxwriter.Workbook(juri.folder / "R2.xlsx") as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([table.header, (*table.rows[0][:3], 84.38, 80, 75), *table.rows[1:]]):
            sheet.write_row(number, 0, row)
    said = juri("scorecard", "import", SLUG, "penilaian", "R2.xlsx")
    assert said.out == "1 scorecard submitted in penilaian\n"
    shown = juri("scorecard", "show", SLUG, "penilaian", "E0001", "R2").lines
    assert shown[3:] == ["  kebaruan: 80 -> 24", "  keberlanjutan: 75 -> 15", "  manfaat: 84.38 -> 4219/100"]
    juri("scorecard", "template", SLUG, "penilaian", "--juror", "R2", "-o", "rest.csv")
    assert [row[0] for row in _table(juri.folder / "rest.csv").rows] == ["E0002", "E0003"]
    juri("scorecard", "template", SLUG, "penilaian", "--juror", "R2", "--again", "-o", "all.csv")
    assert [row[0] for row in _table(juri.folder / "all.csv").rows] == ["E0001", "E0002", "E0003"]


def test_a_correction_is_a_new_version_with_its_reason_and_the_old_one_stays(scoring):
    juri = scoring
    rest = "E0001;R1;kebaruan;70;\nE0001;R1;keberlanjutan;70;\n"
    long = "inovasi;juri;aspek;nilai;catatan\nE0001;R1;manfaat;{};bagus\n" + rest
    juri("scorecard", "import", SLUG, "penilaian", juri.write("a.csv", long.format("70")))
    corrected = juri.write("b.csv", long.format("77,5"))
    juri("scorecard", "import", SLUG, "penilaian", corrected, "--reason", "salah ketik")
    lines = juri("scorecard", "show", SLUG, "penilaian", "E0001", "R1").lines
    assert [line.split(", by ")[0] for line in lines if line.startswith("version")] == [
        "version 2, submitted, total 295/4",
        "version 1, submitted, total 70",
    ]
    assert lines[2].endswith("because: salah ketik")
    assert "  manfaat: 77.5 -> 155/4  (bagus)" in lines


def test_a_draft_may_be_incomplete_and_does_not_count(scoring):
    juri = scoring
    half = juri.write("half.csv", "entry,juror,manfaat,kebaruan,keberlanjutan\nE0001,R1,80,,\n")
    refused = juri.refuse(2, "scorecard", "import", SLUG, "penilaian", half)
    assert refused.faults == [
        f"row 2, column {cell}, E0001 by R1: '{name}' is not answered; every required criterion needs a score"
        for cell, name in (("D (kebaruan)", "kebaruan"), ("E (keberlanjutan)", "keberlanjutan"))
    ]
    said = juri("scorecard", "import", SLUG, "penilaian", half, "--draft")
    assert said.out == "1 scorecard kept as draft in penilaian\n"
    assert juri("stage", "progress", SLUG, "penilaian").rows()[0] == [
        "R1",
        "Retno",
        "3",
        "0",
        "1",
        "E0001 E0002 E0003",
        "",
    ]


def test_a_rehearsal_says_what_would_be_taken_and_writes_nothing(scoring, data):
    juri = scoring
    before = juri.content()
    scores = data.parents[1] / "docs" / "samples" / "scores.csv"
    said = juri("scorecard", "import", SLUG, "penilaian", scores, "--dry-run")
    assert said.out == "Dry run: 8 scorecards would be taken; nothing was written\n"
    assert juri.content() == before


def test_progress_names_who_is_late_and_what_waits_for_whom(scoring, data):
    juri = scoring
    juri("scorecard", "import", SLUG, "penilaian", data.parents[1] / "docs" / "samples" / "scores.csv")
    juri("juror", "conflict", SLUG, "R1", "E0003", "--reason", "saudara")
    said = juri("stage", "progress", SLUG, "penilaian")
    assert said.rows() == [
        ["R1", "Retno", "2", "2", "0", "", "E0003"],
        ["R2", "Bambang", "3", "3", "0", "", ""],
        ["R3", "Agus", "3", "2", "0", "E0002", ""],
    ]
    assert said.lines[-3:] == [
        "E0002       3       3       2  R3         Antar Obat",
        "E0003       2       3       2             Kelas Sore",
        "7 of 8 scorecards are in; 2 entries wait",
    ]
    listed = juri("juror", "list", SLUG, "--stage", "penilaian").rows()
    assert [(row[1], row[5], row[6]) for row in listed] == [("R1", "2", "2"), ("R2", "3", "3"), ("R3", "3", "2")]


def test_the_checklist_kind_of_rubric_takes_reasons_from_a_column_beside_the_answer(juri):
    edition = """
        juri: 1
        edition: daftar
        name: Daftar
        panels: [{id: juri, name: Juri}]
        rubrics:
          periksa:
            kind: checklist
            mode: count
            reason_for: ["no"]
            criteria:
              - {id: logo, name: Logo, reasons: [buram, hilang]}
              - {id: peta, name: Peta}
        stages:
          - {id: daftar, kind: registration}
          - {id: periksa, kind: scoring, panel: juri, rubric: periksa, method: mean, missing: submitted}
    """
    juri("edition", "install", juri.write("daftar.yaml", edition))
    juri("edition", "move", "daftar", "open")
    juri("stage", "open", "daftar", "daftar")
    juri("entry", "import", "daftar", juri.write("e.csv", "organization,title\nDesa Satu,Alfa\n"), "--submit")
    juri("stage", "finish", "daftar", "daftar", *SIGN)
    juri("juror", "import", "daftar", juri.write("j.csv", "name,email,panel,code\nA,a@x.example,juri,A\n"))
    juri("stage", "open", "daftar", "periksa")
    juri("assign", "daftar", "periksa")
    juri("scorecard", "template", "daftar", "periksa", "-o", "f.csv")
    assert "logo reason" in _table(juri.write("g.csv", (juri.folder / "f.csv").read_text("utf-8-sig") + "\n")).header
    filled = "entry,juror,logo,logo reason,peta\nE0001,A,no,buram,yes\n"
    juri("scorecard", "import", "daftar", "periksa", juri.write("filled.csv", filled))
    assert "  logo: no -> 0  (reason buram)" in juri("scorecard", "show", "daftar", "periksa", "E0001", "A").lines


@pytest.fixture
def in_fields(juri, data):
    """Return the command in the scoring stage of an edition that asks by category, and a comment on each sheet."""
    samples = data.parents[1] / "docs" / "samples"
    juri("edition", "install", samples / "lomba-bidang.yaml")
    juri("edition", "move", "lomba-bidang", "open")
    juri("stage", "open", "lomba-bidang", "pendaftaran")
    juri("entry", "import", "lomba-bidang", samples / "entries-fields.csv", "--submit")
    juri("stage", "finish", "lomba-bidang", "pendaftaran", *SIGN)
    juri("juror", "import", "lomba-bidang", samples / "jurors-fields.csv")
    juri("stage", "open", "lomba-bidang", "penilaian")
    juri("assign", "lomba-bidang", "penilaian")
    return juri


def test_a_form_has_what_all_categories_are_asked_and_the_comment_on_the_whole_sheet_last(in_fields):
    juri = in_fields
    juri("scorecard", "template", "lomba-bidang", "penilaian", "-o", "forms.csv")
    assert _table(juri.folder / "forms.csv").header == (
        "entry", "juror", "title", "manfaat", "keberlanjutan", "keamanan_data", "keamanan_pangan", "_overall comment",
    )  # fmt: skip


ASKED = "entry,juror,manfaat,keberlanjutan"
LONG = """\
entry,juror,criterion,score,comment
E0003,R1,manfaat,84,
E0003,R1,keberlanjutan,80,
E0003,R1,_overall,,Perluas saja
"""
NEEDED = "the sheet needs an overall comment"
TOO_SHORT = "the overall comment has 2 words; at least 3 are wanted"
NOT_ANSWERED = "'keberlanjutan' is not answered; every required criterion needs a score"


@pytest.mark.parametrize(
    ("filled", "faults"),
    [
        (
            f"{ASKED},_overall comment\nE0003,R1,84,80,\nE0003,R2,86,,Perluas saja\n",
            [
                f"row 2, column E (_overall comment), E0003 by R1: {NEEDED}",
                f"row 3, column D (keberlanjutan), E0003 by R2: {NOT_ANSWERED}",
                f"row 3, column E (_overall comment), E0003 by R2: {TOO_SHORT}",
            ],
        ),
        (f"{ASKED}\nE0003,R1,84,80\n", [f"row 2, E0003 by R1: {NEEDED}"]),
        (LONG, [f"row 4, column E (comment), E0003 by R1: {TOO_SHORT}"]),
    ],
    ids=["wide", "without the column", "long"],
)
def test_a_fault_of_the_comment_on_the_whole_sheet_is_told_at_its_cell(in_fields, filled, faults):
    sheet = in_fields.write("filled.csv", filled)
    assert in_fields.refuse(2, "scorecard", "import", "lomba-bidang", "penilaian", sheet).faults == faults


def test_the_comment_on_the_whole_sheet_is_called_by_its_name_wherever_it_is_shown(in_fields):
    juri, place = in_fields, ("lomba-bidang", "penilaian")
    sheet = juri.write("filled.csv", f"{ASKED},_overall comment\nE0003,R1,84,80,Perluas ke desa\n")
    juri("person", "add", "ani@juri.example", "--name", "Ani")
    juri("person", "grant", "ani@juri.example", "secretariat", "--edition", "lomba-bidang")
    juri("--as", "ani@juri.example", "paper", "type", *place, sheet)
    assert "Saran untuk peserta: Perluas ke desa, keberlanjutan 80, manfaat 84" in juri("paper", "list", *place).out
    juri("paper", "confirm", "lomba-bidang", "1")
    assert "  Saran untuk peserta: Perluas ke desa" in juri("scorecard", "show", *place, "E0003", "R1").lines
    assert "  R1 on Saran untuk peserta: Perluas ke desa" in juri("result", "explain", "lomba-bidang", "E0003").lines
