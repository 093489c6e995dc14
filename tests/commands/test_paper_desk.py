"""``juri paper``: what one person types from a file, another confirms; the same person may not."""

from __future__ import annotations

SLUG = "seleksi-siak-2026"
ENTRIES = """\
organization;unit;title;implementation_start;ringkasan;proposal_file
Kabupaten Siak;Dinas Kesehatan;Posyandu Digital;15/03/2024;Ringkasan;a.pdf
"""
JURORS = "name,email,panel,code\nSatu,s@x.example,pembina,P1\nDua,d@x.example,pembina,P2\n"


def test_a_file_is_put_down_by_one_and_confirmed_by_another(juri, data):
    juri("edition", "install", data / "editions" / f"{SLUG}.yaml")
    juri("edition", "move", SLUG, "open")
    juri("stage", "open", SLUG, "registration")
    juri("entry", "import", SLUG, juri.write("e.csv", ENTRIES), "--submit")
    juri("stage", "finish", SLUG, "registration", "--signer", "Sekda", "--reason", "sesuai aturan")
    juri.finish(SLUG, "admin")
    juri("juror", "import", SLUG, juri.write("j.csv", JURORS))
    juri("stage", "open", SLUG, "coaching")
    juri("assign", SLUG, "coaching")
    for name in ("ani", "budi"):
        juri("person", "add", f"{name}@siak.example", "--name", name.title())
        juri("person", "grant", f"{name}@siak.example", "secretariat", "--edition", SLUG)
    juri("scorecard", "template", SLUG, "coaching", "-o", "forms.csv")
    header, row, _ = (juri.folder / "forms.csv").read_text("utf-8-sig").splitlines()
    filled = ",".join([*row.split(",")[:3], *(["70", "perkuat"] * 8)])
    sheet = juri.write("filled.csv", f"{header}\n{filled}\n")

    assert (
        "nothing was written"
        in juri("--as", "ani@siak.example", "paper", "type", SLUG, "coaching", sheet, "--dry-run").out
    )
    assert juri("paper", "list", SLUG, "coaching").out == "no sheet waits\n"
    juri("--as", "ani@siak.example", "paper", "type", SLUG, "coaching", sheet)
    listed = juri("paper", "list", SLUG, "coaching").out
    assert ("ani@siak.example" in listed, "ringkasan 70" in listed) == (True, True)
    juri.refuse(3, "--as", "ani@siak.example", "paper", "confirm", SLUG, "1")
    juri("--as", "budi@siak.example", "paper", "reject", SLUG, "1", "--reason", "halaman 2 terlewat")
    juri("--as", "ani@siak.example", "paper", "type", SLUG, "coaching", sheet)
    juri("--as", "ani@siak.example", "paper", "take-back", SLUG, "2")
    juri("--as", "ani@siak.example", "paper", "type", SLUG, "coaching", sheet)
    said = juri("--as", "budi@siak.example", "paper", "confirm", SLUG, "3").out
    assert said == "sheet 3 is the scorecard of P1 for E0001 now\n"
    shown = juri("scorecard", "show", SLUG, "coaching", "E0001", "P1").out
    assert "from paper, typed by ani@siak.example, confirmed by budi@siak.example" in shown
