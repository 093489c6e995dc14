"""An edition that names its assignment rule and its quotas: assigned, a juror replaced, cut within the quotas."""

SLUG = "lomba-2026"
EDITION = """\
juri: 1
edition: lomba-2026
name: {id: Lomba Inovasi 2026, en: Innovation Contest 2026}
panels: [{id: jury}]
rubrics:
  proposal: {kind: weighted, scale: {min: 0, max: 100}, criteria: [{id: idea, weight: 100}]}
stages:
  - {id: registration, kind: registration}
  - id: judging
    kind: scoring
    panel: jury
    rubric: proposal
    method: mean
    missing: submitted
    jurors_per_entry: 2
    assignment: {rule: balanced, max_load: 4, bridges: 12.5, mix: [{cluster: universitas, at_least: 1}]}
  - {id: winners, kind: cut, of: judging, rule: {rule: quotas, n: 2, quotas: [{by: entrant, at_most: 1}]}}
"""
ENTRIES = "organization,title\nDinas A,Satu\nDinas A,Dua\nDinas B,Tiga\nDinas C,Empat\n"
JURORS = """\
name,email,panel,code,organization,cluster
Ani,ani@x.id,jury,J1,Undip,universitas
Budi,budi@x.id,jury,J2,Unnes,universitas
Citra,citra@x.id,jury,J3,LSM,
Dedi,dedi@x.id,jury,J4,LSM,
"""
MARKS = {"E0001": 90, "E0002": 85, "E0003": 80, "E0004": 70}


def test_a_competition_is_assigned_mended_and_cut_by_the_rules_that_its_edition_names(juri):
    juri("db", "upgrade")
    juri("edition", "install", juri.write("edition.yaml", EDITION))
    juri("edition", "move", SLUG, "open")
    juri("juror", "import", SLUG, juri.write("jurors.csv", JURORS))
    juri("stage", "open", SLUG, "registration")
    juri("entry", "import", SLUG, juri.write("entries.csv", ENTRIES), "--submit")
    juri("stage", "finish", SLUG, "registration", "--signer", "X", "--reason", "ok", "--early", "all are in")
    juri("edition", "move", SLUG, "judging")
    juri("stage", "open", SLUG, "judging")

    looked = juri("assign", SLUG, "judging", "--dry-run")
    assert looked.lines[0] == "8 assignments would be made in judging; nothing was written"
    assert [row[1] for row in looked.rows()] == ["2", "2", "2", "2"]
    refused = juri.refuse(3, "assign", SLUG, "judging", "--max-load", 1)
    assert "want 8 scorecards; the 4 jurors (J1, J2, J3, J4) who may score them can take at most 4" in refused.err
    assert juri("assign", SLUG, "judging").lines == ["8 assignments made in judging"]

    rows = [row[:3] for row in juri("juror", "replace", SLUG, "judging", "J4", "--dry-run").rows()]
    assert [row[1:] for row in rows if row[2] == "off"] == [["J4", "off"]] * 2
    assert "say why the juror is replaced" in juri.refuse(2, "juror", "replace", SLUG, "judging", "J4").err
    assert juri("juror", "replace", SLUG, "judging", "J4", "--reason", "sakit").lines[-1] == "J4 is replaced in judging"

    juri.fill(SLUG, "judging", lambda entry, _: {"idea": MARKS[entry]})
    juri("stage", "finish", SLUG, "judging", "--signer", "X", "--reason", "ok", "--early", "all are in")
    juri("stage", "open", SLUG, "winners")
    told = juri("stage", "close", SLUG, "winners").out
    assert "without 'at most 1 of each entrant' the total score would be 175, not 170, and E0002 would be in" in told
