"""What a person can get wrong with each command: a sentence that helps, an exit status, and nothing written."""

import json

import click
import pytest

from juri.webapp import cli

SLUG = "lomba-contoh"
ENTRIES = "organization,cluster,title,category,mulai,ringkasan\nDinas Satu,dinas,Alfa,kesehatan,2024-01-31,Ringkasan\n"
JURORS = "name,email,panel,code\nSatu,satu@x.example,juri,J1\n"


@pytest.fixture
def contoh(begin, data):
    """Return the command with the example edition in registration: one submitted entry, one juror."""
    return begin(lambda juri: _enter(juri, data))


def _enter(juri, data):
    juri("edition", "install", data.parents[1] / "docs" / "samples" / f"{SLUG}.yaml")
    juri("edition", "move", SLUG, "open")
    juri("stage", "open", SLUG, "pendaftaran")
    juri("entry", "import", SLUG, juri.write("entries.csv", ENTRIES), "--submit")
    juri("juror", "import", SLUG, juri.write("jurors.csv", JURORS))
    juri.write("empty.csv", "")
    juri.write("header.csv", "organization,title\n")
    juri.write("foreign.csv", "nama,surel\nA,b\n")
    juri.write("acts.csv", "entry,subject,answer\nE0001,surat,yes\n")


@pytest.mark.parametrize(
    ("status", "arguments", "said"),
    [
        (4, ("entry", "list", "tiada"), "juri: there is no edition 'tiada'; installed are lomba-contoh"),
        (4, ("entry", "show", SLUG, "E0009"), "juri: there is no entry 'E0009' in edition lomba-contoh"),
        (2, ("entry", "list", SLUG, "--state", "baru"), "Error: Invalid value for '--state': 'baru' is not one of"),
        (
            2,
            ("entry", "import", SLUG, "tiada.csv"),
            "Error: Invalid value for 'FILE': File 'tiada.csv' does not exist.",
        ),
        (2, ("entry", "import", SLUG, "empty.csv"), "  empty.csv: the file is empty"),
        (2, ("entry", "import", SLUG, "header.csv"), "  header.csv: the table needs a header row and at least one row"),
        (
            2,
            ("entry", "import", SLUG, "foreign.csv"),
            "  foreign.csv: the column 'organization' is missing; the header",
        ),
        (3, ("entry", "change", SLUG, "E0001", "title=Lain"), "  E0001 is submitted; only a draft can be changed"),
        (2, ("entry", "change", SLUG, "E0001", "title"), "  title: write NAME=VALUE, in quotes where there are spaces"),
        (2, ("entry", "change", SLUG, "E0001", "mulai=x"), "  answers.mulai: 'x' is not a day; write 2024-01-31 or"),
        (3, ("entry", "submit", SLUG, "E0001"), "  the entry is submitted and cannot become submitted; from here"),
        (3, ("entry", "hand-over", SLUG, "E0001"), "  this edition has no local admin: submit the entry"),
        (2, ("entry", "withdraw", SLUG, "E0001", "--reason", " "), "  reason: say why; the reason stands in the audit"),
        (
            4,
            ("entry", "disqualify", SLUG, "E9", "--reason", "x"),
            "juri: there is no entry 'E9' in edition lomba-contoh",
        ),
        (
            2,
            ("juror", "import", SLUG, "foreign.csv"),
            "  foreign.csv: the column 'name' is missing; the header has nama",
        ),
        (4, ("juror", "list", SLUG, "--stage", "x"), "juri: there is no stage 'x'; the stages are pendaftaran,"),
        (4, ("juror", "conflict", SLUG, "J9", "E0001", "--reason", "x"), "juri: there is no juror 'J9' in edition"),
        (4, ("assign", SLUG, "x"), "juri: there is no stage 'x'; the stages are pendaftaran, administrasi,"),
        (4, ("assign", SLUG, "penilaian", "--rule", "lucky"), "juri: there is no assignment rule 'lucky'"),
        (4, ("stage", "open", SLUG, "x"), "juri: there is no stage 'x'; the stages are pendaftaran, administrasi,"),
        (3, ("stage", "open", SLUG, "penilaian"), "  stage 'pendaftaran' is open; seal it first"),
        (3, ("stage", "close", SLUG, "pleno"), "  the stage is planned and cannot become closed; from here it can"),
        (
            3,
            ("stage", "decide", SLUG, "pendaftaran", "--signer", "A", "--reason", "b"),
            "  'pendaftaran' is open; decisions",
        ),
        (
            3,
            ("stage", "recompute", SLUG, "pendaftaran", "--reason", "b"),
            "  'pendaftaran' is open; only a closed stage",
        ),
        (
            2,
            ("stage", "order-ties", SLUG, "pendaftaran", "E0009", "--signer", "A", "--reason", "b"),
            "  entries: there is",
        ),
        (
            2,
            ("stage", "finish", SLUG, "pendaftaran", "--signer", " ", "--reason", "b"),
            "  signer: name who answers for it",
        ),
        (2, ("stage", "finish", SLUG, "pendaftaran", "--signer", "A", "--reason", " "), "  reason: say why"),
        (3, ("stage", "publish", SLUG, "pendaftaran"), "  the stage is open and cannot become published; from here"),
        (
            3,
            ("stage", "reopen", SLUG, "pendaftaran", "--reason", "b"),
            "  'pendaftaran' is open; only a closed or sealed",
        ),
        (3, ("stage", "progress", SLUG, "pleno"), "  the stage 'pleno' is a plenary; nobody scores in it"),
        (2, ("scorecard", "import", SLUG, "penilaian", "foreign.csv"), "  row 1: no column is headed 'entry' (or"),
        (3, ("scorecard", "template", SLUG, "pleno", "-o", "a.csv"), "  the stage 'pleno' is a plenary; it takes no"),
        (
            3,
            ("scorecard", "template", SLUG, "penilaian", "-o", "a.csv"),
            "  no scorecard of anybody is open in 'penilaian'",
        ),
        (
            2,
            ("scorecard", "template", SLUG, "penilaian", "-o", "a.ods"),
            "Error: Invalid value for --output: name a file",
        ),
        (
            4,
            ("scorecard", "show", SLUG, "penilaian", "E0001", "J1"),
            "juri: there is no assignment 'J1 to E0001' in stage",
        ),
        (
            4,
            ("record", SLUG, "administrasi", "vote", "value=1"),
            "juri: there is no act 'vote'; a checklist stage keeps",
        ),
        (2, ("record", SLUG, "administrasi"), "Error: say what to keep: a TOPIC, or a --file with a column 'topic'"),
        (
            2,
            ("record", SLUG, "administrasi", "check", "a=b", "--file", "acts.csv"),
            "Error: with --file, the values, the",
        ),
        (
            3,
            ("record", SLUG, "administrasi", "check", "--file", "acts.csv"),
            "  the stage 'administrasi' is planned; it",
        ),
        (
            2,
            ("record", SLUG, "administrasi", "--file", "acts.csv"),
            "  acts.csv: the column 'topic' is missing; the header",
        ),
        (2, ("person", "add", "not-an-address", "--name", "A"), "  email: 'not-an-address' is not an e-mail address;"),
        (2, ("person", "grant", "satu@x.example", "king"), "  role: there is no role 'king'; roles are administrator,"),
        (
            4,
            ("person", "grant", "satu@x.example", "organiser", "--edition", "x"),
            "juri: there is no edition 'x'; installed",
        ),
        (4, ("person", "grant", "dua@x.example", "organiser"), "juri: there is no person 'dua@x.example'"),
        (
            4,
            ("person", "revoke", "satu@x.example", "auditor"),
            "juri: there is no role 'auditor'; satu@x.example holds juror",
        ),
        (4, ("person", "relate", "satu@x.example", "PT Tiada", "saham"), "juri: there is no organization 'PT Tiada'"),
        (2, ("history", "import", "foreign.csv"), "  foreign.csv: the column 'competition' is missing; the header has"),
        (
            3,
            ("result", "standings", SLUG, "penilaian"),
            "  'penilaian' has no standings: it is planned; close it first",
        ),
        (4, ("result", "standings", SLUG, "penilaian", "--track", "x"), "juri: there is no track 'x'; tracks are none"),
        (4, ("result", "explain", SLUG, "E0009"), "juri: there is no entry 'E0009' in edition lomba-contoh"),
        (4, ("result", "export", SLUG, "--format", "pdf", "-o", "a.pdf"), "juri: there is no exporter 'pdf'"),
        (
            2,
            ("result", "export", SLUG, "-o", "tiada/a.json"),
            "  tiada/a.json: the file cannot be written: No such file",
        ),
        (4, ("edition", "show", "tiada"), "juri: there is no edition 'tiada'"),
        (4, ("edition", "move", "tiada", "open"), "juri: there is no edition 'tiada'; installed are lomba-contoh"),
        (
            3,
            ("edition", "move", SLUG, "archived"),
            "  the edition is open and cannot become archived; from here it can",
        ),
        (2, ("edition", "install", "foreign.csv"), "  foreign.csv"),
        (
            4,
            ("--as", "dua@x.example", "stage", "open", SLUG, "administrasi"),
            "juri: there is no person 'dua@x.example'",
        ),
        (
            3,
            ("--as", "satu@x.example", "stage", "open", SLUG, "administrasi"),
            "  satu@x.example may not do 'stage.open'",
        ),
    ],
)
def test_a_mistake_is_told_in_a_sentence_and_changes_nothing(contoh, status, arguments, said):
    refused = contoh.refuse(status, *arguments)
    assert any(line.startswith(said) for line in refused.err.splitlines()), refused.err


def test_a_database_that_is_not_prepared_says_how_to_prepare_it(juri):
    said = juri.run("--database", f"sqlite:///{juri.folder / 'other.db'}", "edition", "installed")
    assert (said.status, said.faults[0].split(": ")[-1]) == (3, "run 'juri db upgrade' first")


def test_rows_with_a_repeated_code_or_a_juror_who_sits_there_otherwise_are_refused(contoh):
    twice = ENTRIES.replace("organization", "code,organization").replace("Dinas Satu", "E0001,Dinas Satu")
    refused = contoh.refuse(2, "entry", "import", SLUG, contoh.write("twice.csv", twice))
    said = "there is an entry 'E0001' already; leave the code out to get a free one"
    assert refused.faults == [f"row 2, column A (code): {said}"]
    heavier = "name,email,panel,code,weight\nSatu,satu@x.example,juri,J1,2\nDua,dua@x.example,juri,J1,1\n"
    refused = contoh.refuse(2, "juror", "import", SLUG, contoh.write("heavier.csv", heavier))
    assert refused.faults == [
        "row 2, column E (weight): J1 is in the panel already, with weight '1', not '2'",
        "row 3, column D (code): the code 'J1' belongs to another juror or panel; give another, or leave it out",
    ]


def test_all_faulty_acts_of_a_table_are_told_with_their_cells(contoh):
    contoh("stage", "finish", SLUG, "pendaftaran", "--signer", "A", "--reason", "b")
    contoh("stage", "open", SLUG, "administrasi")
    acts = "topic,entry,subject,answer\ncheck,E0001,surat,mungkin\ncheck,E0001,lengkap,yes\ncheck,,surat,yes\n"
    refused = contoh.refuse(2, "record", SLUG, "administrasi", "--file", contoh.write("a.csv", acts))
    assert refused.faults == [
        "row 2, column D (answer): Must be one of: yes, no, na.",
        "row 3, column C (subject): 'lengkap' is not an item that a person answers; those are: surat",
        "row 4, column B (entry): an act 'check' names the entry it is about",
    ]
    unknown = "topic,entry,subject,answer\ncheck,E0008,surat,yes\ncheck,E0009,surat,yes\n"
    refused = contoh.refuse(2, "record", SLUG, "administrasi", "--file", contoh.write("a.csv", unknown))
    assert refused.faults == [
        "row 2, column B (entry): there is no entry 'E0008'",
        "row 3, column B (entry): there is no entry 'E0009'",
    ]
    topics = "topic,entry,subject,answer\nvote,E0001,surat,yes\ncheck,E0001,surat,yes\n"
    refused = contoh.refuse(2, "record", SLUG, "administrasi", "--file", contoh.write("a.csv", topics))
    assert refused.faults == ["row 2, act: there is no act 'vote'; a checklist stage keeps check"]


def test_an_installed_edition_is_shown_like_a_file(contoh, data):
    shown = contoh("edition", "show", SLUG).lines
    assert shown[0] == "Innovation competition of an example regency (lomba-contoh)"
    file = data.parents[1] / "docs" / "samples" / f"{SLUG}.yaml"
    assert contoh("edition", "diff", SLUG, file).status == 0
    stored, written = (contoh("edition", "show", target, "--format", "json").out for target in (SLUG, file))
    assert json.loads(stored) == json.loads(written)


def test_roles_are_listed_given_and_taken_back(contoh):
    contoh("person", "grant", "satu@x.example", "auditor", "--edition", SLUG)
    listed = contoh("person", "list", "--role", "auditor").rows()
    assert listed == [["satu@x.example", "Satu", "", f"auditor ({SLUG}), juror ({SLUG})"]]
    contoh("person", "revoke", "satu@x.example", "auditor", "--edition", SLUG)
    assert contoh("person", "list", "--role", "auditor").out == "nobody has the role 'auditor'\n"
    contoh("person", "grant", "satu@x.example", "auditor", "--edition", SLUG)
    assert contoh("person", "list", "--role", "auditor").rows() == listed


def test_a_role_for_one_stage_is_said_and_listed_with_it(contoh):
    stage = contoh("stage", "list", SLUG).rows()[0][0]
    scope = ("secretariat", "--edition", SLUG, "--stage", stage)
    said = contoh("person", "grant", "satu@x.example", *scope).out
    assert said == f"satu@x.example is secretariat for {SLUG} and {stage}\n"
    assert contoh("person", "list", "--role", "secretariat").rows()[0][3].endswith(f"secretariat ({SLUG}, {stage})")
    contoh("person", "revoke", "satu@x.example", *scope)
    assert contoh("person", "list", "--role", "secretariat").out == "nobody has the role 'secretariat'\n"


def test_withdrawing_and_disqualifying_are_for_good_and_say_why_in_the_trail(contoh):
    contoh("entry", "withdraw", SLUG, "E0001", "--reason", "diminta instansi")
    assert contoh("entry", "list", SLUG).rows()[0][:2] == ["E0001", "withdrawn"]
    assert contoh("audit", "log", "--last", "1").rows()[0][5] == "from: submitted; reason: diminta instansi"
    refused = contoh.refuse(3, "entry", "disqualify", SLUG, "E0001", "--reason", "data palsu")
    assert refused.faults == ["the entry is withdrawn and cannot become disqualified; from here it can become nothing"]


def _commands(command, path=()):
    yield path, command
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _commands(command.commands[name], (*path, name))


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_every_command_and_option_says_what_it_does(name):
    for path, command in _commands(cli.COMMANDS[name].load(), (name,)):
        first = (command.help or "").splitlines()[:1]
        assert first, path
        assert first[0].endswith("."), path
        silent = [each.name for each in command.params if isinstance(each, click.Option) and not each.help]
        assert silent == [], path


@pytest.mark.parametrize(
    "name", ["audit", "db", "edition", "entry", "history", "juror", "person", "result", "scorecard", "stage"]
)
def test_no_line_of_a_list_of_commands_is_cut_off(name, capsys):
    assert cli.run([name, "--help"]) == 0
    listed = capsys.readouterr().out.split("Commands:")[1].splitlines()
    assert [line for line in listed if line.endswith("...")] == []
