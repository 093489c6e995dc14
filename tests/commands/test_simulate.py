"""``juri simulate``: an edition's own rubric and plan, what is assumed is said, and cores do not matter."""

import csv
import io
import json
from xml.etree import ElementTree as ET

import pytest

FEW = ("--draws", "3", "--entries", "40", "--jurors", "6", "--per-entry", "1-3", "--seed", "7")


def test_what_the_edition_says_is_taken_and_what_it_does_not_is_assumed_and_said(juri):
    said = juri("simulate", "preselection", "--draws", "2", "--per-entry", "2", "--seed", "1", "--workers", "1").out
    assert "edition: preselection, stage coaching, rubric coaching" in said
    assert "plan:    300 entries, 20 jurors, Top 10; 2 draws" in said
    assert "With 2 jurors per entry (the edition) two juries" in said
    assert "note:    300 entries were assumed; say how many there will be: --entries N" in said
    assert "seed:    1" in said


def test_the_figures_do_not_depend_on_the_number_of_processes(juri):
    one, two = (
        juri("simulate", "preselection", *FEW, "--workers", workers, "--format", "json").out for workers in ("1", "2")
    )
    assert one == two
    found = json.loads(one)
    assert [each["per_entry"] for each in found["figures"]] == [1, 1, 2, 2, 3, 3]
    assert all(0 <= each["overlap"] <= 1 for each in found["figures"])


def test_a_seed_is_drawn_and_told_where_none_is_given(juri):
    given = [each for each in FEW if each not in {"--seed", "7"}]
    first = json.loads(juri("simulate", "preselection", *given, "--workers", "1", "--format", "json").out)
    again = juri("simulate", "preselection", *given, "--workers", "1", "--format", "json", "--seed", str(first["seed"]))
    assert json.loads(again.out) == first


def test_a_track_has_its_own_rubric_and_places_must_be_named_where_the_edition_has_none(juri):
    more = ("--top", "9", "--workers", "1", "--format", "json")
    found = json.loads(juri("simulate", "kipp-2023", "--track", "khusus", *FEW, *more).out)
    assert (found["rubric"], found["top"]) == ("proposal_khusus", 9)
    refused = juri.refuse(2, "simulate", "kipp-2023", *FEW, "--workers", "1").err
    assert "the edition names no fixed number of places after this stage; say it: --top N" in refused


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--top", "40"), "40 places for 40 entries leave nobody out"),
        (("--per-entry", "0-2"), "'0-2' is no number of jurors per entry among 6; write 3, or 1-6"),
        (("--per-entry", "9"), "'9' is no number of jurors per entry among 6"),
        (("--stage", "admin"), "the edition names no rubric for the stage 'admin'"),
        (("--noise", "nan"), "Invalid value for '--noise': 'nan' is not a number"),
        (("--noise", "inf"), "Invalid value for '--noise': inf is not in the range 0<=x<=10"),
        (("--stage", "nowhere"), "there is no stage 'nowhere'; the edition has registration, admin, coaching"),
    ],
)
def test_what_does_not_fit_is_refused(juri, options, said):
    assert said in juri.refuse(2, "simulate", "preselection", *FEW, *options, "--workers", "1").err


def test_a_draft_without_stages_is_drawn_by_its_rubric(juri):
    said = juri("simulate", "sukoharjo-2023", *FEW, "--top", "5", "--workers", "1").out
    assert "edition: sukoharjo-2023, rubric " in said
    assert "note:    the edition has no judged stage yet; its first rubric is taken" in said
    assert "say it: --top N" in juri.refuse(2, "simulate", "sukoharjo-2023", *FEW, "--workers", "1").err


def test_csv_and_chart(juri, tmp_path):
    target = tmp_path / "chart.svg"
    rows = juri("simulate", "preselection", *FEW, "--workers", "1", "--format", "csv", "--chart", str(target)).out
    assert len(list(csv.DictReader(io.StringIO(rows)))) >= 6
    drawn = ET.fromstring(target.read_text(encoding="utf-8"))  # noqa: S314  our own file
    texts = "".join(drawn.itertext())
    assert "what two juries share of the Top 10" in texts
    assert "1: mean" in texts
