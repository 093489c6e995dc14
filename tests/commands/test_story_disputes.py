"""Everything that does not go smoothly: ties, conflicts, a refuted claim, an objection, a reopening, a deadline."""

import pytest

SLUG = "lomba-lapangan-2026"
ENTRIES = """\
organization,cluster,title
Dinas Satu,dinas,Alfa
Dinas Dua,dinas,Beta
Dinas Tiga,dinas,Gama
Dinas Empat,dinas,Delta
Dinas Lima,dinas,Epsilon
"""
JURORS = """\
name,email,panel,code
Juri Satu,satu@x.example,juri,J1
Juri Dua,dua@x.example,juri,J2
Juri Tiga,tiga@x.example,juri,J3
"""
MARKS = {"E0001": (90, 90), "E0002": (80, 70), "E0003": (80, 70), "E0004": (80, 70), "E0005": (50, 50)}
"""Three entries are equal in score and in the criterion that sets equals apart: two places are left for them."""

SIGN = ("--signer", "Ketua", "--reason", "sesuai aturan")


@pytest.fixture
def scored(begin, data):
    """Return the command when every scorecard is in."""
    return begin(lambda juri: _begin(juri, data))


def _begin(juri, data):
    juri("edition", "install", data / "editions" / f"{SLUG}.yaml")
    juri("edition", "move", SLUG, "open")
    juri("stage", "open", SLUG, "pendaftaran")
    juri("entry", "import", SLUG, juri.write("e.csv", ENTRIES), "--submit")
    juri("stage", "finish", SLUG, "pendaftaran", *SIGN)
    juri("juror", "import", SLUG, juri.write("j.csv", JURORS))
    juri("stage", "open", SLUG, "penilaian")
    pairs = [f"{entry},{juror}" for entry in MARKS for juror in ("J1", "J2")]
    juri("assign", SLUG, "penilaian", "--file", juri.write("p.csv", "\n".join(["entry,juror", *pairs])))
    juri.fill(SLUG, "penilaian", lambda entry, _: dict(zip(("manfaat", "kebaruan"), MARKS[entry], strict=True)))


def _ranking(juri, stage="penilaian"):
    return [(row[0], row[1], row[4]) for row in juri("result", "standings", SLUG, stage).rows()]


def test_a_tie_across_the_line_waits_for_the_panel_and_is_never_settled_by_the_order_of_input(scored):
    juri = scored
    juri("stage", "finish", SLUG, "penilaian", *SIGN)
    assert _ranking(juri)[:4] == [
        ("1", "E0001", "90.00"),
        ("2", "E0002", "76.00"),
        ("2", "E0003", "76.00"),
        ("2", "E0004", "76.00"),
    ]
    juri("stage", "open", SLUG, "tiga_besar")
    refused = juri.refuse(3, "stage", "finish", SLUG, "tiga_besar", *SIGN)
    assert [line.split(":")[0] for line in refused.faults[1:]] == ["E0002", "E0003", "E0004"]
    closed = juri("stage", "close", SLUG, "tiga_besar").lines
    assert closed[0] == "tiga_besar is closed. Proposed: 1 advance, 1 stop, 3 undecided"
    assert [line.split(": ")[1] for line in closed if line.startswith("To decide")] == ["E0002", "E0003", "E0004"]
    order = ("--signer", "Ketua Juri", "--reason", "manfaat lebih luas menurut rapat")
    juri("stage", "order-ties", SLUG, "tiga_besar", "E0004", "E0002", *order)
    again = juri("stage", "recompute", SLUG, "tiga_besar", "--reason", "urutan rapat")
    assert again.lines == ["tiga_besar was worked out again. Proposed: 3 advance, 2 stop"]
    juri("stage", "finish", SLUG, "tiga_besar", *SIGN)
    assert [row[0] for row in juri("entry", "list", SLUG, "--state", "advanced").rows()] == ["E0001", "E0002", "E0004"]


def test_an_undecided_entry_may_also_be_decided_by_name(scored):
    juri = scored
    juri("stage", "finish", SLUG, "penilaian", *SIGN)
    juri("stage", "open", SLUG, "tiga_besar")
    juri("stage", "close", SLUG, "tiga_besar")
    refused = juri.refuse(2, "stage", "decide", SLUG, "tiga_besar", *SIGN, "--advance", "E0009", "--stop", "E0002")
    assert refused.faults == ["entries: 'E0009' does not take part in this stage"]
    both = juri.refuse(2, "stage", "decide", SLUG, "tiga_besar", *SIGN, "--advance", "E0002", "--stop", "E0002")
    assert both.faults == ["outcomes: E0002: either --advance or --stop, not both"]
    juri("stage", "decide", SLUG, "tiga_besar", *SIGN, "--advance", "E0003", "--advance", "E0004", "--stop", "E0002")
    juri("stage", "seal", SLUG, "tiga_besar", "--signer", "Ketua")
    assert [row[0] for row in juri("entry", "list", SLUG, "--state", "stopped").rows()] == ["E0002", "E0005"]


def test_a_conflict_that_is_declared_after_scoring_takes_the_sheet_out_and_the_ranking_is_worked_out_again(scored):
    juri = scored
    better = "entry,juror,manfaat,kebaruan\nE0005,J2,100,100\n"
    said = juri("scorecard", "import", SLUG, "penilaian", juri.write("b.csv", better), "--reason", "salah ketik")
    assert said.out == "1 scorecard submitted in penilaian\n"
    juri("stage", "close", SLUG, "penilaian")
    assert _ranking(juri)[4] == ("5", "E0005", "75.00")
    juri("juror", "conflict", SLUG, "J1", "E0005", "--reason", "saudara kandung")
    refused = juri.refuse(3, "stage", "finish", SLUG, "penilaian", *SIGN)
    assert refused.faults == [
        "what 'penilaian' rests on was changed since it was closed: work it out again, then decide"
    ]
    juri("stage", "recompute", SLUG, "penilaian", "--reason", "benturan kepentingan")
    assert _ranking(juri)[0] == ("1", "E0005", "100.00")
    juri("stage", "finish", SLUG, "penilaian", *SIGN)
    shown = juri("scorecard", "show", SLUG, "penilaian", "E0005", "J1").lines
    assert shown[1] == "assignment: conflict"
    assert "J1" not in "".join(juri("result", "explain", SLUG, "E0005").lines)


def _visited(juri):
    juri("stage", "finish", SLUG, "penilaian", *SIGN)
    juri("stage", "open", SLUG, "tiga_besar")
    juri("stage", "close", SLUG, "tiga_besar")
    juri("stage", "decide", SLUG, "tiga_besar", *SIGN, "--advance", "E0002", "--advance", "E0003", "--stop", "E0004")
    juri("stage", "seal", SLUG, "tiga_besar", "--signer", "Ketua")
    juri("stage", "open", SLUG, "lapangan")
    refuted = ("E0002", "pengguna")
    claims = "entry,subject,finding,evidence\n" + "\n".join(
        f"{entry},{claim},{'refuted' if (entry, claim) == refuted else 'confirmed'},foto.jpg; daftar hadir"
        for entry in ("E0001", "E0002", "E0003")
        for claim in ("berjalan", "pengguna")
    )
    assert juri("record", SLUG, "lapangan", "claim", "--file", juri.write("c.csv", claims)).out == (
        "6 acts kept in lapangan\n"
    )
    juri("stage", "finish", SLUG, "lapangan", *SIGN)


def test_a_refuted_claim_stops_an_entry_and_an_objection_that_is_upheld_another(scored):
    juri = scored
    _visited(juri)
    told = [line.strip() for line in juri("result", "explain", SLUG, "E0002").lines]
    assert "claim pengguna: finding: refuted, evidence: foto.jpg; daftar hadir" in [
        line.split(" (by ")[0] for line in told
    ]
    assert "Proposed: stop by 'at most 0 refuted claims': 1 claim refuted: pengguna [claim_refuted]" in told

    juri("stage", "open", SLUG, "sanggah")
    juri(
        "record",
        SLUG,
        "sanggah",
        "objection",
        "from=Warga",
        "text=Bukan karya sendiri",
        "--entry",
        "E0003",
        "--subject",
        "1",
    )
    early = ("stage", "close", SLUG, "sanggah", "--early", "semua sanggahan dijawab")
    assert juri.refuse(3, *early).faults == ["1 objection without an answer: 1 on E0003"]
    answer = ("record", SLUG, "sanggah", "answer", "--entry", "E0003", "--subject", "1")
    wrong = juri.refuse(2, *answer, "verdict=benar")
    assert wrong.faults == ["verdict: Must be one of: upheld, rejected.", "text: Missing data for required field."]
    juri(*answer, "verdict=upheld", "text=Terbukti menyalin")
    too_early = juri.refuse(3, "stage", "finish", SLUG, "sanggah", *SIGN)
    assert too_early.faults[0].startswith("'sanggah' is open until ")
    juri("stage", "finish", SLUG, "sanggah", *SIGN, "--early", "semua sanggahan dijawab")
    juri.finish(SLUG, "pengumuman")
    awards = juri("result", "show", SLUG, "--table", "awards").rows("awards")
    assert [(row[1], row[2], row[5]) for row in awards] == [("Juara", "1", "E0001")]
    assert juri("audit", "verify").lines[-1] == "The trail is whole."


def test_a_closed_stage_is_opened_again_only_by_two_people_who_may(scored):
    juri = scored
    juri("stage", "close", SLUG, "penilaian")
    for email, role in (("a@x.example", "organiser"), ("b@x.example", "organiser"), ("c@x.example", "secretariat")):
        juri("person", "add", email, "--name", email[0].upper())
        juri("person", "grant", email, role, "--edition", SLUG)
    reopen = ("stage", "reopen", SLUG, "penilaian", "--reason", "lembar hilang ditemukan")
    assert juri.refuse(3, "--as", "c@x.example", *reopen).faults == ["c@x.example may not do 'stage.reopen' here"]
    first = juri("--as", "a@x.example", *reopen)
    assert first.out == "penilaian: noted; a second person must ask for the same\n"
    assert juri.refuse(3, "--as", "a@x.example", *reopen).faults == [
        "a@x.example has asked already; a second person must agree"
    ]
    assert juri("--as", "b@x.example", *reopen).out == "penilaian is open again\n"
    better = "entry,juror,manfaat,kebaruan\nE0004,J2,90,70\n"
    juri("scorecard", "import", SLUG, "penilaian", juri.write("b.csv", better), "--reason", "lembar hilang")
    juri("stage", "finish", SLUG, "penilaian", *SIGN)
    assert _ranking(juri)[1] == ("2", "E0004", "79.00")
    juri("stage", "open", SLUG, "tiga_besar")
    later = juri.refuse(3, *reopen)
    assert later.faults == ["stage 'tiga_besar' was opened after it; its result rests on this one"]


def test_after_the_deadline_nothing_is_taken(juri, data):
    text = (data / "editions" / f"{SLUG}.yaml").read_text("utf-8")
    text = text.replace("kind: registration}", "kind: registration, closes: '2020-01-31T16:00:00+07:00'}")
    juri("edition", "install", juri.write("late.yaml", text))
    juri("edition", "move", SLUG, "open")
    juri("stage", "open", SLUG, "pendaftaran")
    refused = juri.refuse(3, "entry", "import", SLUG, juri.write("e.csv", ENTRIES))
    (said,) = refused.faults
    assert said.startswith("the stage 'pendaftaran' was open until 2020-01-31 09:00:00 UTC; it is ")
    finished = juri("stage", "finish", SLUG, "pendaftaran", *SIGN).lines
    assert finished[0] == "pendaftaran is sealed by Ketua: nothing"


def test_a_person_may_do_what_the_role_allows_and_nothing_else(scored):
    juri = scored
    scores = juri.write("s.csv", "entry,juror,manfaat,kebaruan\nE0001,J1,10,10\n")
    other = juri.refuse(3, "--as", "dua@x.example", "scorecard", "import", SLUG, "penilaian", scores)
    assert other.faults == ["dua@x.example may not do 'scorecard.write' here"]
    juri("--as", "satu@x.example", "scorecard", "import", SLUG, "penilaian", scores, "--reason", "koreksi")
    unknown = juri.refuse(4, "--as", "nobody@x.example", "entry", "submit", SLUG, "E0001")
    assert unknown.err == "juri: there is no person 'nobody@x.example'\n"
