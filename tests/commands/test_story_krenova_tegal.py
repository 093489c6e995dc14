"""Krenova Kota Tegal: pupils and the public ranked apart by those who submitted, and a poll that closes afterwards."""

import pytest

SLUG = "krenova-tegal-2026-uji"
CRITERIA = ("orisinalitas_kepioniran", "penerapan", "manfaat", "keberlangsungan")
FORM = "digital;perorangan;penerapan;foto.jpg;naskah.pdf"
ENTRIES = f"""\
organization;title;track;people;jenis;status;tahap;photo;document
SMA 1 Tegal;Alat Siram;pelajar;Ani;{FORM}
SMK 2 Tegal;Tas Rajut;pelajar;Bayu;{FORM}
SMA 3 Tegal;Lampu Surya;pelajar;Citra;{FORM}
Warga Margadana;Pupuk Cair;umum;Dono;{FORM}
Warga Tegal Barat;Mesin Cacah;umum;Eka;{FORM}
Warga Tegal Timur;Ditolak;umum;Fajar;{FORM}
"""
JURORS = "name,email,panel,code\nSatu,s@x.example,juri,J1\nDua,d@x.example,juri,J2\nTiga,t@x.example,juri,J3\n"
MARKS = {
    ("P0001", "J1"): (80, 85, 90, 75),
    ("P0001", "J2"): (70, 75, 80, 85),
    ("P0001", "J3"): (90, 90, 90, 91),
    ("P0002", "J1"): (95, 95, 95, 95),
    ("P0003", "J2"): None,
    ("U0004", "J1"): (60, 60, 60, 61),
    ("U0004", "J2"): (70, 70, 70, 70),
    ("U0005", "J3"): (65, 66, 66, 65),
}
"""J2 and J3 never scored P0002, nobody scored P0003: what was not submitted is left out, never counted as zero."""


def _wide(marks):
    return "\n".join(
        [
            ";".join(["entry", "juror", *CRITERIA]),
            *(f"{e};{j};{';'.join(map(str, m))}" for (e, j), m in marks.items() if m),
        ]
    )


@pytest.fixture
def tegal(begin, data):
    """Return the command with the edition at the beginning of judging."""
    return begin(lambda juri: _begin(juri, data))


def _begin(juri, data):
    juri("edition", "install", data / "editions" / f"{SLUG}.yaml")
    juri("edition", "move", SLUG, "open")
    juri("stage", "open", SLUG, "registration")
    assert juri("entry", "import", SLUG, juri.write("e.csv", ENTRIES), "--submit").out == "6 entries submitted\n"
    juri("stage", "finish", SLUG, "registration", "--signer", "Panitia", "--reason", "sesuai aturan")
    juri("stage", "open", SLUG, "admin")
    answers = [
        "entry,subject,answer",
        *(f"{code},approved,yes" for code in ("P0001", "P0002", "P0003", "U0004", "U0005")),
    ]
    juri("record", SLUG, "admin", "check", "--file", juri.write("c.csv", "\n".join([*answers, "U0006,approved,no"])))
    juri("stage", "finish", SLUG, "admin", "--signer", "Panitia", "--reason", "sesuai aturan")
    juri("juror", "import", SLUG, juri.write("j.csv", JURORS))
    juri("stage", "open", SLUG, "judging")
    assert juri("assign", SLUG, "judging").out == "15 assignments made in judging\n"


def test_the_tracks_are_ranked_apart_by_the_mean_over_those_who_submitted(tegal):
    juri = tegal
    juri("scorecard", "import", SLUG, "judging", juri.write("s.csv", _wide(MARKS)))
    juri("stage", "close", SLUG, "judging")
    shown = juri("result", "standings", SLUG, "judging")
    assert [row[:5] for row in shown.rows("standings judging pelajar")] == [
        ["1", "P0002", "Tas Rajut", "SMK 2 Tegal", "95.00"],
        ["2", "P0001", "Alat Siram", "SMA 1 Tegal", "83.42"],
        ["", "P0003", "Lampu Surya", "SMA 3 Tegal", ""],
    ]
    assert [row[:5] for row in shown.rows("standings judging umum")] == [
        ["1", "U0005", "Mesin Cacah", "Warga Tegal Barat", "65.50"],
        ["2", "U0004", "Pupuk Cair", "Warga Margadana", "65.13"],
    ]
    one = juri("result", "standings", SLUG, "judging", "--track", "umum", "--decimals", "4")
    assert [row[4] for row in one.rows()] == ["65.5000", "65.1250"]


@pytest.mark.parametrize(
    ("mark", "why"),
    [
        ("84,5", "84.5 is not a step of 1 from 1"),
        ("0", "0 is outside the scale 1 to 100"),
        ("101", "101 is outside the scale 1 to 100"),
        ("tujuh", "'tujuh' is not a number; write digits with at most one comma or point, such as 84.5 or 84,5"),
    ],
)
def test_only_whole_scores_from_1_to_100_are_taken(tegal, mark, why):
    juri = tegal
    scores = juri.write("s.csv", _wide({("P0001", "J1"): (80, mark, 90, 75)}))
    refused = juri.refuse(2, "scorecard", "import", SLUG, "judging", scores)
    assert refused.faults == [f"row 2, column D (penerapan), P0001 by J1: {why}"]


def test_the_poll_is_a_list_of_its_own_and_closes_after_the_announcement(tegal):
    juri = tegal
    juri("scorecard", "import", SLUG, "judging", juri.write("s.csv", _wide(MARKS)))
    juri("stage", "finish", SLUG, "judging", "--signer", "Ketua", "--reason", "sesuai aturan")
    juri("stage", "open", SLUG, "poll")
    votes = [
        *("P0001,ani@mail.example,1", "P0001,budi@mail.example,1", "P0002,cici@mail.example,1"),
        *("U0004,ani@mail.example,1", "U0004,budi@mail.example,1", "U0005,cici@mail.example,1"),
        "P0003,ani@mail.example,1",  # who votes again in a track takes the first vote back
    ]
    juri("record", SLUG, "poll", "vote", "--file", juri.write("v.csv", "\n".join(["entry,subject,value", *votes])))
    juri.finish(SLUG, "announcement")
    juri("stage", "publish", SLUG, "announcement")
    assert [row[1:3] for row in juri("result", "show", SLUG, "--table", "awards").rows("awards")] == [
        ["Juara Pelajar", "pelajar"],
        ["Juara Pelajar", "pelajar"],
        ["Juara Umum", "umum"],
        ["Juara Umum", "umum"],
    ]
    refused = juri.refuse(
        2, "record", SLUG, "poll", "vote", "value=2", "--entry", "P0002", "--subject", "x@mail.example"
    )
    assert refused.faults == ["value: 2 is outside the scale 1 to 1"]
    late = "entry,subject,value\nP0003,dedi@mail.example,1\nP0003,eko@mail.example,1\n"
    juri("record", SLUG, "poll", "vote", "--file", juri.write("late.csv", late))
    juri("stage", "finish", SLUG, "poll", "--signer", "Panitia", "--reason", "penutupan")
    shown = juri("result", "standings", SLUG, "poll")
    assert [(row[0], row[1], row[4]) for row in shown.rows("standings poll pelajar")] == [
        ("1", "P0003", "3.00"),
        ("2", "P0001", "1.00"),
        ("2", "P0002", "1.00"),
    ]
    juri.finish(SLUG, "favorites")
    titles = [(row[0], row[3], row[6]) for row in juri("result", "show", SLUG, "--table", "awards").rows("awards")]
    assert titles == [
        ("juara_pelajar", "1", "P0002"),
        ("juara_pelajar", "2", "P0001"),
        ("juara_umum", "1", "U0005"),
        ("juara_umum", "2", "U0004"),
        ("favorit_pelajar", "1", "P0003"),
        ("favorit_umum", "1", "U0004"),
    ]
    assert juri("audit", "verify").lines[-1] == "The trail is whole."
