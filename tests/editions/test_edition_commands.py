"""``juri edition``: what an organiser reads and what a script gets."""

import json
from pathlib import Path

import pytest

from juri.core.editions.drafts import write_draft
from juri.core.editions.loader import load_edition
from juri.core.errors import DefinitionError, InputRefused
from juri.webapp.cli import run
from juri.webapp.workbench import Workbench

SMALL = """\
juri: 1
edition: small
name: {id: Lomba Kecil, en: Small Contest}
tracks: [{id: open, name: Umum, quotas: {winners: 3}, eligibility: [{rule: complete_form}]}]
panels: [{id: jury}]
rubrics:
  main:
    kind: weighted
    scale: {min: 0, max: 10, step: 0.5}
    bonuses: [{id: proven, fact: title, equals: x, points: 1}]
    criteria: [{id: idea, name: Idea, weight: 62.5}, {id: effect, name: Effect, weight: 37.5}]
stages:
  - {id: intake, kind: registration, opens: 2026-03-01, closes: 2026-03-31}
  - {id: proposal, kind: scoring, panel: jury, rubric: main, method: mean, missing: zero, bonuses: true}
sources: [{id: book, title: The rule book}]
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "small.yaml").write_text(SMALL)
    return tmp_path


def juri(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    status = run(["edition", *arguments])
    said = capsys.readouterr()
    return status, said.out, said.err


def test_check_says_that_an_edition_is_ready(capsys: pytest.CaptureFixture[str]) -> None:
    assert juri(capsys, "check", "small.yaml") == (0, "small.yaml: ok (2 stages, 1 rubrics)\n", "")


def test_check_lists_what_a_draft_still_needs_and_succeeds(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    text = SMALL.replace(" method: mean,", "").replace(" missing: zero,", "")
    unknown = "unknown:\n  - {at: stages.proposal.method, why: Not found., suggestion: mean, source: book}\n"
    (folder / "small.yaml").write_text(f"{text}{unknown}  - stages.proposal.missing\n")
    assert juri(capsys, "check", "small.yaml") == (
        0,
        (
            "small.yaml: ok, a draft (2 stages, 1 rubrics); still unknown:\n"
            "  stages.proposal.method: Not found.\n"
            "      suggestion (not confirmed, from book): mean\n"
            "  stages.proposal.missing\n"
        ),
        "",
    )


def test_check_lists_the_faults_of_every_file_and_fails_with_2(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    (folder / "bad.yaml").write_text(SMALL.replace("panel: jury", "panel: juri"))
    (folder / "worse.yaml").write_text("juri: 1\n\tedition: x\n")
    assert juri(capsys, "check", "bad.yaml", "small.yaml", "worse.yaml", "absent.yaml") == (
        2,
        "small.yaml: ok (2 stages, 1 rubrics)\n",
        (
            "juri: the file has faults:\n"
            "  bad.yaml:14:42: there is no panel 'juri'\n"
            "    hint: did you mean 'jury'?\n"
            "  worse.yaml:2:1: a tab stands where YAML wants spaces\n"
            "    hint: indent with spaces\n"
            "  absent.yaml: the file cannot be read: No such file or directory\n"
        ),
    )


def test_a_name_that_nobody_ships_is_not_found(capsys: pytest.CaptureFixture[str]) -> None:
    assert juri(capsys, "check", "preselektion") == (
        4,
        "",
        "juri: there is no edition 'preselektion'; did you mean 'preselection'?\n",
    )


def test_show_says_everything_at_a_glance(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    status, said, _ = juri(capsys, "show", "small.yaml")
    sha256 = load_edition(folder / "small.yaml", Workbench().registry).sha256
    assert (status, said) == (
        0,
        f"""\
Small Contest (small)
  state      complete
  file       small.yaml
  sha256     {sha256}
  time zone  Asia/Jakarta

Tracks
track  name  quotas
-----  ----  ----------
open   Umum  winners: 3
  open: {{rule: complete_form}}

Stages
stage     kind          opens                   closes                  tracks
--------  ------------  ----------------------  ----------------------  ------
intake    registration  2026-03-01 00:00 +0700  2026-03-31 23:59 +0700  all
proposal  scoring                                                       all

Rubric main (weighted)
criterion  name    weight  scale
---------  ------  ------  -----------------
idea       Idea      62.5  0 to 10, step 0.5
effect     Effect    37.5  0 to 10, step 0.5
  bonus proven: 1 points where title is x

Sources
source  status   title          address
------  -------  -------------  -------
book    sourced  The rule book
""",
    )


def test_show_marks_a_suggested_rubric_as_not_confirmed(capsys: pytest.CaptureFixture[str]) -> None:
    status, said, _ = juri(capsys, "show", "sukoharjo-2023")
    assert status == 0
    assert "Rubric proposal (weighted) - suggestion, not confirmed\n" in said
    assert "Unknown: the organiser must supply these before the edition can open\n" in said


def test_show_as_json_is_what_is_kept(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    _, said, _ = juri(capsys, "show", "small.yaml", "--format", "json")
    assert json.loads(said) == load_edition(folder / "small.yaml", Workbench().registry).data


def test_show_as_yaml_is_the_same_edition_in_one_file(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "child.yaml").write_text("juri: 1\nedition: child\nname: Anak\nextends: small.yaml\n")
    _, said, _ = juri(capsys, "show", "child.yaml", "--format", "yaml")
    (folder / "flat.yaml").write_text(said)
    assert juri(capsys, "diff", "child.yaml", "flat.yaml") == (0, "Wording only:\n  - extends: 'small.yaml'\n", "")


def test_diff_compares_a_file_with_a_shipped_edition(capsys: pytest.CaptureFixture[str]) -> None:
    status, said, _ = juri(capsys, "diff", "preselection", "small.yaml")
    assert (status, said.splitlines()[0]) == (0, "Can change scores, ranks or who advances:")


def test_list_says_which_editions_there_are_and_which_are_drafts(capsys: pytest.CaptureFixture[str]) -> None:
    status, said, _ = juri(capsys, "list")
    rows = {line.split()[0]: line for line in said.splitlines()[2:]}
    assert (status, set(rows)) == (0, set(Workbench().registry.names("editions")))
    assert "draft, " in rows["kipp-2023"]
    assert "faults" not in said


def test_new_writes_an_edition_that_passes_the_check_as_a_draft(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    status, said, _ = juri(capsys, "new", "lomba-2026")
    assert (status, said.splitlines()[0]) == (
        0,
        "lomba-2026.yaml is written: ok, a draft (2 stages, 1 rubrics); still unknown:",
    )
    edition = load_edition(folder / "lomba-2026.yaml", Workbench().registry).edition
    assert [item.at for item in edition.unknown] == ["stages.proposal.method", "stages.proposal.missing"]


@pytest.mark.parametrize("parent", ["kipp-2023", "small.yaml", "preselection"])
def test_new_can_extend_a_shipped_edition_or_a_neighbour(
    parent: str, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    assert juri(capsys, "new", "lokal", "--from", parent)[0] == 0
    loaded = load_edition(folder / "lokal.yaml", Workbench().registry).edition
    assert (loaded.id, loaded.extends, loaded.template) == ("lokal", parent, False)


def test_new_overwrites_nothing(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert juri(capsys, "new", "small") == (
        2,
        "",
        (
            "juri: this cannot be taken as it is:\n"
            "  small.yaml: the file is there already; choose another id, or move it away\n"
        ),
    )
    assert (folder / "small.yaml").read_text() == SMALL


def test_new_refuses_an_id_that_cannot_be_one_or_is_taken(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    assert juri(capsys, "new", "Lomba 2026")[2].splitlines()[1] == (
        "  id: 'Lomba 2026' is no id: write lower-case letters, digits, '-' and '_', at most 64"
    )
    assert juri(capsys, "new", "kipp-2023")[2].splitlines()[1] == (
        "  id: an edition 'kipp-2023' is shipped already; choose another id"
    )
    assert juri(capsys, "new", "lokal", "--from", "../other.yaml")[2].splitlines()[1] == (
        "  --from: '../other.yaml' is not in this folder; an edition extends its neighbours only"
    )
    assert [path.name for path in folder.iterdir()] == ["small.yaml"]


def test_a_draft_that_makes_no_edition_is_not_left_behind(folder: Path) -> None:
    with pytest.raises(DefinitionError):
        write_draft(folder / "bad.yaml", "juri: 2\n", Workbench().registry)
    with pytest.raises(InputRefused, match="the file cannot be written: No such file or directory"):
        write_draft(folder / "absent" / "bad.yaml", SMALL, Workbench().registry)
    assert [path.name for path in folder.iterdir()] == ["small.yaml"]


def test_show_says_levels_and_criteria_within_criteria(capsys: pytest.CaptureFixture[str]) -> None:
    _, said, _ = juri(capsys, "show", "krenova-jateng-2018")
    assert "7, 6, 5, 3, 2, 1\n" in said
    assert "\n  asli" in said
