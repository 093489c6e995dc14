"""An agency chooses the best of its own units' innovations, and each unit gets its coaching notes."""

import csv
import io

SLUG = "seleksi-siak-2026"
ENTRIES = """\
organization;unit;title;implementation_start;ringkasan;proposal_file
Kabupaten Siak;Dinas Kesehatan;Posyandu Digital;15/03/2024;Ringkasan;a.pdf
Kabupaten Siak;Dinas Sosial;Data Terpadu;01/02/2023;Ringkasan;b.pdf
"""


def test_the_best_of_the_units_is_sent_on_and_every_unit_gets_its_coaching_notes(juri, data):
    juri("edition", "install", data / "editions" / f"{SLUG}.yaml")
    juri("edition", "move", SLUG, "open")
    juri("stage", "open", SLUG, "registration")
    juri("entry", "import", SLUG, juri.write("e.csv", ENTRIES), "--submit")
    shown = juri("entry", "show", SLUG, "E0001").lines
    assert shown[:3] == ["E0001  Posyandu Digital", "Kabupaten Siak, Dinas Kesehatan", shown[2]]
    assert "implementation_start (Date on which the implementation began): 2024-03-15" in shown
    juri("stage", "finish", SLUG, "registration", "--signer", "Sekda", "--reason", "sesuai aturan")
    juri.finish(SLUG, "admin")
    jurors = "name,email,panel,code\nSatu,s@x.example,pembina,P1\nDua,d@x.example,pembina,P2\n"
    juri("juror", "import", SLUG, juri.write("j.csv", jurors))
    juri("stage", "open", SLUG, "coaching")
    juri("assign", SLUG, "coaching")

    juri("scorecard", "template", SLUG, "coaching", "-o", "forms.csv")
    header, *forms = csv.reader(io.StringIO((juri.folder / "forms.csv").read_text("utf-8-sig")))
    assert header[:5] == ["entry", "juror", "title", "ringkasan", "ringkasan comment"]
    assert [form[:3] for form in forms] == [
        ["E0001", "P1", "Posyandu Digital"],
        ["E0002", "P1", "Data Terpadu"],
        ["E0001", "P2", "Posyandu Digital"],
        ["E0002", "P2", "Data Terpadu"],
    ]
    bare = juri.write("bare.csv", _filled(header, forms, lambda *_: ""))
    refused = juri.refuse(2, "scorecard", "import", SLUG, "coaching", bare)
    assert len(refused.faults) == 4 * 8
    assert refused.faults[0] == "row 2, column D (ringkasan), E0001 by P1: 'ringkasan' needs a comment"
    filled = juri.write("filled.csv", _filled(header, forms, lambda entry, name: f"perkuat {name} {entry}"))
    assert juri("scorecard", "import", SLUG, "coaching", filled).out == "4 scorecards submitted in coaching\n"
    juri("stage", "finish", SLUG, "coaching", "--signer", "Ketua", "--reason", "sesuai aturan")

    juri("stage", "open", SLUG, "chosen")
    juri("stage", "close", SLUG, "chosen")
    juri("stage", "decide", SLUG, "chosen", "--signer", "Bupati", "--reason", "terbaik")
    juri("stage", "seal", SLUG, "chosen", "--signer", "Bupati")
    juri.finish(SLUG, "announcement")
    awards = juri("result", "show", SLUG, "--table", "awards").rows("awards")
    assert [(row[1], row[5]) for row in awards] == [("Diajukan ke KIPP", "Data Terpadu")]
    told = [line.strip() for line in juri("result", "explain", SLUG, "E0001").lines]
    assert "P2 on signifikansi: perkuat signifikansi E0001" in told
    assert "P2 on Kesimpulan pembinaan: perkuat _overall E0001" in told
    assert len([line for line in told if " on " in line]) == 2 * (8 + 1)


def _filled(header, forms, note):
    """Fill every form in: 70 for the first entry, 80,5 for the second, and a note on each aspect."""
    lines = [";".join(header)]
    for entry, juror, title, *_ in forms:
        cells = []
        for name in header[3:]:
            criterion = name.removesuffix(" comment")
            mark = "70" if entry == "E0001" else "80,5"
            cells.append(note(entry, criterion) if name != criterion else mark)
        lines.append(";".join([entry, juror, title, *cells]))
    return "\n".join(lines)
