"""Krenova Jawa Tengah 2018: levels without a 4, forty nominators, ten winners, ten runners-up, favourites by poll."""

from fractions import Fraction
from itertools import product

import pytest

SLUG = "krenova-jateng-2018-uji"
LEVELS = (1, 2, 3, 5, 6, 7)
ELEMENTS = {
    "orisinalitas_kepioniran": (20, ("asli", "kapan_diproduksi", "alat_sejenis", "pengembangan_ide")),
    "penerapan": (30, ("siap_produksi", "skala_penerapan")),
    "manfaat": (35, ("bahan_baku_lokal", "proses_produksi", "tenaga_kerja")),
    "keberlangsungan": (15, ("prospek_bisnis", "kemelimpahan_bahan", "kebutuhan_masa_depan")),
}
VECTOR = (7, 6, 5, 3, 6, 5, 7, 7, 6, 5, 3, 2)
"""The worked example of the guide's form: 105 + 165 + 233.33 + 50 = 553.33 of 700."""

FILES = ("proposal_file", "statement_originality", "ktp", "cv", "questionnaire")
ENTRIES = 45
CODES = [f"E{number:04d}" for number in range(1, ENTRIES + 1)]


def _total(marks):
    groups = iter(marks)
    total = Fraction(0)
    for weight, elements in ELEMENTS.values():
        own = [next(groups) for _ in elements]
        total += Fraction(weight * sum(own), len(own))
    return total


def _sheets():
    """Return 45 filled forms of different totals, the worked example among them, the best first."""
    by_total = {_total(VECTOR): VECTOR}
    for a, b, c, d in product(LEVELS, repeat=4):
        marks = (*([a] * 4), *([b] * 2), *([c] * 3), *([d] * 3))
        by_total.setdefault(_total(marks), marks)
    best_first = [by_total[total] for total in sorted(by_total, reverse=True)]
    others = [marks for marks in best_first if marks != VECTOR][:: len(best_first) // ENTRIES][: ENTRIES - 1]
    return sorted([VECTOR, *others], key=_total, reverse=True)


SHEETS = _sheets()


def _long(entries, jurors, marks_of):
    names = [name for _, elements in ELEMENTS.values() for name in elements]
    lines = ["inovasi,juri,kriteria,nilai"]
    for entry in entries:
        for juror in jurors:
            lines += [f"{entry},{juror},{name},{mark}" for name, mark in zip(names, marks_of(entry), strict=True)]
    return "\n".join(lines)


def _entries():
    header = ["organization", "title", "cluster", "category", "participant", "members", "in_other_contest", "novelty"]
    lines = [",".join([*header, *FILES])]
    for number in range(ENTRIES):
        own = [f"Kabupaten {number // 5 + 1}", f"Temuan {number + 1}", "kabupaten_kota", "energi", "mahasiswa"]
        lines.append(",".join([*own, f"Penemu {number + 1}", "tidak", "temuan_baru", *(f"{n}.pdf" for n in FILES)]))
    return "\n".join(lines)


@pytest.fixture
def jateng(begin, data):
    """Return the command with 45 checked entries and both panels."""
    return begin(lambda juri: _begin(juri, data))


def _begin(juri, data):
    juri("edition", "install", data / "editions" / f"{SLUG}.yaml")
    juri("edition", "move", SLUG, "open")
    juri("stage", "open", SLUG, "registration")
    said = juri("entry", "import", SLUG, juri.write("e.csv", _entries()), "--submit")
    assert said.out == "45 entries submitted\n"
    jurors = ["name,email,panel,code"]
    jurors += [f"Penilai {n},p{n}@x.example,tim_penilai,T{n}" for n in (1, 2)]
    jurors += [f"Juri {n},j{n}@x.example,dewan_juri,D{n}" for n in (1, 2)]
    jurors += ["Gubernur,gub@x.example,gubernur,G"]
    assert juri("juror", "import", SLUG, juri.write("j.csv", "\n".join(jurors))).out == "5 jurors added to the panels\n"


def _judged(juri):
    juri("stage", "finish", SLUG, "registration", "--signer", "Bappeda", "--reason", "sesuai panduan")
    juri("stage", "open", SLUG, "administrasi")
    checks = "\n".join(["entry,subject,answer", *(f"{code},pages,yes" for code in CODES)])
    juri("record", SLUG, "administrasi", "check", "--file", juri.write("c.csv", checks))
    juri("stage", "finish", SLUG, "administrasi", "--signer", "Bappeda", "--reason", "sesuai panduan")
    juri("stage", "open", SLUG, "verifikasi")
    assert juri("assign", SLUG, "verifikasi").out == "90 assignments made in verifikasi\n"


def test_a_regency_that_has_sent_five_can_send_no_sixth(jateng):
    juri = jateng
    sixth = _entries().splitlines()
    refused = juri.refuse(2, "entry", "import", SLUG, juri.write("e.csv", f"{sixth[0]}\n{sixth[1]}"), "--submit")
    assert refused.faults == ["row 2: Kabupaten 1 has submitted 5 entries; the edition allows 5"]


def test_level_4_does_not_exist_and_the_worked_example_comes_to_553_33(jateng):
    juri = jateng
    _judged(juri)
    scores = juri.write("s.csv", _long(["E0001"], ["T1"], lambda _: (4, *VECTOR[1:])))
    refused = juri.refuse(2, "scorecard", "import", SLUG, "verifikasi", scores)
    where = "row 2, column D (nilai), E0001 by T1"
    assert refused.faults == [f"{where}: 4 is not a level; the levels are 7, 6, 5, 3, 2, 1"]
    juri("scorecard", "import", SLUG, "verifikasi", juri.write("s.csv", _long(["E0001"], ["T1"], lambda _: VECTOR)))
    shown = juri("scorecard", "show", SLUG, "verifikasi", "E0001", "T1").lines
    assert shown[2].startswith("version 1, submitted, total 1660/3, by ")
    assert round(Fraction(1660, 3), 2) == Fraction("553.33")


def test_forty_are_nominated_ten_win_and_ten_follow_and_a_favourite_may_be_anybody_nominated(jateng):
    juri = jateng
    _judged(juri)
    by_entry = dict(zip(CODES, SHEETS, strict=True))
    scores = juri.write("s.csv", _long(CODES, ["T1", "T2"], by_entry.__getitem__))
    assert juri("scorecard", "import", SLUG, "verifikasi", scores).out == "90 scorecards submitted in verifikasi\n"
    juri("stage", "finish", SLUG, "verifikasi", "--signer", "Ketua", "--reason", "sesuai panduan")
    juri.finish(SLUG, "nominator")
    assert [row[-1] for row in juri("stage", "list", SLUG).rows()[:4]] == ["45", "45", "45", "40"]
    assert [row[0] for row in juri("entry", "list", SLUG, "--state", "stopped").rows()] == CODES[40:]

    juri("stage", "open", SLUG, "favorit")
    votes = [(code, voter) for number, code in enumerate(CODES[:12]) for voter in range(20 - number)]
    votes += [("E0040", voter) for voter in range(30)]  # the last nominator is the public's first
    lines = ["entry,subject,value", *(f"{code},pemilih{voter}@mail.example,1" for code, voter in votes)]
    juri("record", SLUG, "favorit", "vote", "--file", juri.write("v.csv", "\n".join(lines)))
    juri("stage", "finish", SLUG, "favorit", "--signer", "Panitia", "--reason", "penutupan")

    juri("stage", "open", SLUG, "presentasi")
    juri("assign", SLUG, "presentasi")
    backwards = dict(zip(CODES[:40], reversed(SHEETS[:40]), strict=True))
    scores = juri.write("p.csv", _long(CODES[:40], ["D1", "D2"], backwards.__getitem__))
    juri("scorecard", "import", SLUG, "presentasi", scores)
    juri("stage", "finish", SLUG, "presentasi", "--signer", "Ketua", "--reason", "sesuai panduan")
    juri.finish(SLUG, "pengumuman_favorit")
    juri("stage", "open", SLUG, "penetapan")
    juri("stage", "close", SLUG, "penetapan")
    juri("stage", "decide", SLUG, "penetapan", "--signer", "Gubernur", "--reason", "usulan dewan juri")
    juri("stage", "finish", SLUG, "penetapan", "--signer", "Gubernur", "--reason", "usulan dewan juri")
    juri.finish(SLUG, "announcement")
    juri("stage", "publish", SLUG, "announcement")

    given = [(row[0], row[2], row[5]) for row in juri("result", "show", SLUG, "--table", "awards").rows("awards")]
    last_first = CODES[39::-1]
    assert given == [
        ("favorit", "1", "E0040"),
        *(("favorit", str(rank), code) for rank, code in enumerate(CODES[:9], start=2)),
        *(("utama", str(rank), code) for rank, code in enumerate(last_first[:10], start=1)),
        *(("harapan", str(rank), code) for rank, code in enumerate(last_first[10:20], start=11)),
    ]
    assert "Title: Pemenang Favorit" in juri("result", "explain", SLUG, "E0040").lines
    assert "Title: Pemenang Utama" in juri("result", "explain", SLUG, "E0040").lines
    assert juri("audit", "verify").lines[-1] == "The trail is whole."
