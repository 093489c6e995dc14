"""What a document becomes: values, inheritance, unknowns, and the data that are kept."""

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from juri.core.document import RuleUse, Text, Unknown
from juri.core.editions.loader import LoadedEdition, exact_data, load_edition, load_resolved, load_shipped
from juri.core.editions.resolve import Found
from juri.core.errors import DefinitionError, NotFound
from juri.core.registry import Registry

Faults = Callable[[str], list[str]]

CHILD = "juri: 1\nedition: child\nname: Anak\nextends: base\n"


@pytest.fixture
def child(registry: Registry) -> Callable[[str], LoadedEdition]:
    return lambda more="": load_edition(CHILD + more, registry, origin="child.yaml")


def test_a_document_becomes_frozen_values(registry: Registry, base: str) -> None:
    edition = load_edition(base, registry).edition
    jakarta = ZoneInfo("Asia/Jakarta")
    assert (edition.id, edition.name, edition.is_draft) == ("base", Text("Dasar", "Base"), False)
    assert dict(edition.calendar) == {"close": datetime(2026, 3, 31, tzinfo=jakarta)}
    assert edition.stage_ids == ("intake", "proposal", "winners")
    assert edition.stage("intake").closes == datetime(2026, 3, 31, 23, 59, 59, tzinfo=jakarta)
    assert dict(edition.stage("proposal").options) == {
        "panel": "jury",
        "rubric": "main",
        "method": "mean",
        "missing": "zero",
        "ties": ["criterion:idea"],
    }
    assert edition.tracks[0].eligibility == (RuleUse("min_age", {"value": 12, "until": "close", "fact": "started"}),)
    assert [criterion.weight for criterion in edition.rubrics["main"].criteria] == [Decimal(60), Decimal(40)]


def test_a_text_in_one_language_is_said_in_both(registry: Registry) -> None:
    text = "juri: 1\nedition: e\nname: {id: Lomba}\nstages: [{id: s, kind: intake, name: Masuk}]\n"
    edition = load_edition(text, registry).edition
    assert (edition.name, edition.stages[0].name) == (Text("Lomba", "Lomba"), Text("Masuk", "Masuk"))


def test_the_same_document_has_the_same_hash_whatever_the_order_of_its_keys_and_its_comments(
    registry: Registry, base: str
) -> None:
    first = load_edition(base, registry)
    other = base.replace("{id: Dasar, en: Base}", "{en: Base, id: Dasar}  # turned round")
    assert first.sha256 == load_edition(base, registry).sha256 == load_edition(other, registry).sha256


def test_another_order_of_stages_or_another_value_has_another_hash(registry: Registry, base: str) -> None:
    first = load_edition(base, registry)
    assert load_edition(base.replace("n: 10}", "n: 11}"), registry).sha256 != first.sha256


def test_decimals_stay_exact_in_values_and_in_what_is_kept(registry: Registry, base: str) -> None:
    text = base.replace("weight: 60", "weight: 60.10").replace("weight: 40", "weight: 39.90")
    loaded = load_edition(text, registry)
    weights = [criterion["weight"] for criterion in loaded.data["rubrics"]["main"]["criteria"]]
    assert weights == [{"$decimal": "60.10"}, {"$decimal": "39.90"}]
    exact = exact_data(loaded.data)["rubrics"]["main"]["criteria"]
    assert [criterion["weight"] for criterion in exact] == [Decimal("60.10"), Decimal("39.90")]


def test_kept_data_make_the_same_edition_again_without_the_files(
    child: Callable[..., LoadedEdition], registry: Registry
) -> None:
    loaded = child("tracks: [{id: open, quotas: {winners: 7}}]\n")
    stored = json.loads(json.dumps(loaded.data))
    assert load_resolved(stored, registry) == loaded.edition


def test_a_shipped_edition_is_loaded_by_name(registry: Registry) -> None:
    loaded = load_shipped("base", registry)
    assert (loaded.edition.id, loaded.origin) == ("base", "base.yaml")
    with pytest.raises(NotFound, match="there is no edition 'bass'; did you mean 'base'"):
        load_shipped("bass", registry)


# --- what an edition inherits


def test_a_child_says_only_what_differs(child: Callable[..., LoadedEdition], registry: Registry) -> None:
    edition = child("tracks:\n  - {id: open, quotas: {finalists: 20}}\n").edition
    parent = load_shipped("base", registry).edition
    assert (edition.id, edition.name, edition.extends) == ("child", Text("Anak", "Anak"), "base")
    assert (edition.stages, edition.rubrics, edition.form) == (parent.stages, parent.rubrics, parent.form)
    assert [dict(track.quotas) for track in edition.tracks] == [{"winners": 10, "finalists": 20}, {"winners": 3}]


def test_an_item_is_removed_by_its_id_and_a_key_by_null(child: Callable[..., LoadedEdition]) -> None:
    edition = child("tracks:\n  - {id: special, remove: true}\n  - {id: open, eligibility: null}\n").edition
    assert [(track.id, track.eligibility) for track in edition.tracks] == [("open", ())]


def test_a_new_item_stands_behind_the_item_before_it_and_else_at_the_end(child: Callable[..., LoadedEdition]) -> None:
    edition = child("stages: [{id: last, kind: final}, {id: intake}, {id: second, kind: final}]\n").edition
    assert edition.stage_ids == ("intake", "second", "proposal", "winners", "last")


def test_a_list_without_ids_and_a_text_replace_what_was_there(child: Callable[..., LoadedEdition]) -> None:
    edition = child("stages: [{id: proposal, ties: [panel_decision], name: {id: Usulan}}]\n").edition
    assert edition.stage("proposal").options["ties"] == ["panel_decision"]
    assert edition.stage("proposal").name == Text("Usulan", "Usulan")


def test_another_kind_rule_or_method_replaces_instead_of_mixing_options(child: Callable[..., LoadedEdition]) -> None:
    more = "rubrics: {main: {use: ready}}\nstages: [{id: proposal, method: {name: trimmed, low: 1}, ties: []}]\n"
    edition = child(more).edition
    assert [each.id for each in edition.rubrics["main"].criteria] == ["whole"]
    assert edition.stage("proposal").options["method"] == {"name": "trimmed", "low": 1}


def test_a_child_of_a_template_is_none(registry: Registry, base: str) -> None:
    parent = Found(base + "template: true\n", "template.yaml")
    assert load_edition(parent.text, registry).edition.template
    assert not load_edition(CHILD, registry, find=lambda _: parent).edition.template


def test_a_fault_in_an_inherited_part_points_to_the_parents_file(registry: Registry, base: str) -> None:
    parent = Found(base.replace("panel: jury", "panel: nobody"), "parent.yaml")
    with pytest.raises(DefinitionError) as caught:
        load_edition(CHILD + "pannels: 1\n", registry, find=lambda _: parent, origin="child.yaml")
    assert [str(fault) for fault in caught.value.faults] == [
        "child.yaml:5:1: there is no key 'pannels' here\n    hint: did you mean 'panels'?",
        "parent.yaml:17:40: there is no panel 'nobody'\n    hint: known are: jury",
    ]


MISTAKES = {
    "tracks: [{id: spezial, remove: true}]": (
        "child.yaml:5:10: there is no 'spezial' to remove | did you mean 'special'?"
    ),
    "tracks: [{id: open}, {id: open}]": (
        "child.yaml:5:22: 'open' stands twice in this list; it is already at child.yaml:5:10 | keep one"
    ),
    "unknown: [{at: limits, resolved: true}]": (
        "child.yaml:5:11: 'limits' is not unknown in what this edition extends | none is known here"
    ),
}


@pytest.mark.parametrize("more", MISTAKES)
def test_a_child_cannot_change_what_its_parent_does_not_have(more: str, registry: Registry) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_edition(CHILD + more, registry, origin="child.yaml")
    assert [f"{each.where}: {each.problem} | {each.hint}" for each in caught.value.faults] == [MISTAKES[more]]


def test_editions_in_one_folder_extend_one_another(registry: Registry, base: str, tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(base)
    for name in ("own", "own.yaml"):
        (tmp_path / "child.yaml").write_text(CHILD.replace("extends: base", f"extends: {name}"))
        assert load_edition(tmp_path / "child.yaml", registry).edition.extends == name


def test_editions_that_extend_one_another_in_a_circle_are_refused_naming_the_chain(
    registry: Registry, tmp_path: Path
) -> None:
    for name, parent in {"a": "b", "b": "c", "c": "a"}.items():
        (tmp_path / f"{name}.yaml").write_text(f"juri: 1\nedition: {name}\nname: N\nextends: {parent}\n")
    files = {name: str(tmp_path / f"{name}.yaml") for name in "abc"}
    with pytest.raises(DefinitionError) as caught:
        load_edition(tmp_path / "a.yaml", registry)
    assert str(caught.value) == (
        f"{files['c']}:4:10: editions extend one another in a circle: "
        f"{files['a']} -> {files['b']} -> {files['c']} -> {files['a']}"
    )


@pytest.mark.parametrize("name", ["../secret.yaml", "/etc/passwd", "[a]", "7", ".hidden.yaml"])
def test_an_edition_cannot_reach_outside_its_folder(name: str, faults: Faults) -> None:
    text = CHILD.replace("extends: base", f"extends: {name}")
    assert faults(text) == [
        "e.yaml:4:10: 'extends' does not name an edition | name a shipped edition, or a file in the same folder"
    ]


def test_an_edition_that_extends_nothing_that_there_is_says_so(faults: Faults) -> None:
    assert faults(CHILD.replace("extends: base", "extends: bas")) == [
        (
            "e.yaml:4:10: there is no edition 'bas' to extend | "
            "there is no shipped edition and no file of that name and no folder to look in"
        )
    ]


# --- what is unknown

UNKNOWN = """\
unknown:
  - at: stages.proposal.method
    why: not found
    suggestion: mean
    source: s
  - tracks.open.eligibility.min_age.value
"""


def with_unknown(base: str) -> str:
    return base.replace(" method: mean,", "").replace("value: 12, ", "") + UNKNOWN


def test_an_edition_with_unknown_rules_is_a_draft_and_says_what_is_suggested(registry: Registry, base: str) -> None:
    edition = load_edition(with_unknown(base), registry).edition
    assert edition.is_draft
    assert edition.unknown == (
        Unknown("stages.proposal.method", "not found", "mean", "s"),
        Unknown("tracks.open.eligibility.min_age.value"),
    )
    assert "method" not in edition.stage("proposal").options
    assert edition.stage("proposal").options["missing"] == "zero"
    assert edition.tracks[0].eligibility == (RuleUse("min_age", {"until": "close", "fact": "started"}),)


def test_everything_else_of_a_draft_is_checked(faults: Faults, base: str) -> None:
    assert faults(with_unknown(base).replace("panel: jury", "panel: juri")) == [
        "e.yaml:17:40: there is no panel 'juri' | did you mean 'jury'?"
    ]


def test_an_unknown_rubric_is_that_of_its_suggestion_and_is_not_confirmed(registry: Registry, base: str) -> None:
    main = "  main: {kind: plain, criteria: [{id: idea, weight: 60}, {id: effect, weight: 40}]}\n"
    for suggestion in ("ready", "{use: ready}", "{kind: plain, criteria: [{id: whole, weight: 100}]}"):
        text = base.replace(f"rubrics:\n{main}", "").replace('"criterion:idea"', '"criterion:whole"')
        edition = load_edition(text + f"unknown: [{{at: rubrics.main, suggestion: {suggestion}}}]\n", registry).edition
        assert ([each.id for each in edition.rubrics["main"].criteria], edition.is_draft) == (["whole"], True)


def test_a_suggestion_that_is_no_rubric_is_a_fault(faults: Faults, base: str) -> None:
    text = base.replace(" rubric: main,", "").replace(', ties: ["criterion:idea"]', "")
    text += "unknown:\n  - {at: stages.proposal.rubric, suggestion: {kind: plain, criteria: [{id: a, weight: 7}]}}\n"
    column = text.splitlines()[-1].index("[{id: a") + 1
    assert faults(text) == [f"e.yaml:20:{column}: the weights sum to 7, not 100"]


def test_a_calendar_key_that_is_unknown_may_be_named(registry: Registry, base: str) -> None:
    text = base.replace("calendar:\n  close: 2026-03-31\n", "") + "unknown: [calendar.close]\n"
    edition = load_edition(text, registry).edition
    assert (edition.stage("intake").closes, dict(edition.calendar)) == (None, {})


def test_whole_parts_may_be_unknown(registry: Registry) -> None:
    text = "juri: 1\nedition: e\nunknown: [name, stages, tracks, form, limits, eligibility.min_age]\n"
    edition = load_edition(text, registry).edition
    assert (edition.name, edition.stages, len(edition.unknown)) == (Text("e", "e"), (), 6)


PATHS = {
    "stages.proposal.panel": (
        "'stages.proposal.panel' is not unknown: it has a value at e.yaml:17:40 | "
        "delete this line or, if nobody confirmed the value, move it under 'suggestion'"
    ),
    "stages.propsal.panel": "'stages.propsal.panel' leads nowhere: there is no 'propsal' | did you mean 'proposal'?",
    "stages.proposal.metod": "'stages.proposal.metod' leads nowhere: there is no 'metod' | did you mean 'method'?",
    "eligibility.min_agee": "'eligibility.min_agee' leads nowhere: there is no 'min_agee' | did you mean 'min_age'?",
    "stage.proposal": "'stage.proposal' leads nowhere: there is no 'stage' | did you mean 'stages'?",
    "tracks.opn": "'tracks.opn' leads nowhere: there is no 'opn' | did you mean 'open'?",
    "juri.x": "'juri.x' leads nowhere: there is no 'x' | none is known here",
    "edition": "'edition' cannot be unknown | write it",
}


@pytest.mark.parametrize("path", PATHS)
def test_a_path_of_something_unknown_must_lead_to_a_gap(path: str, base: str, faults: Faults) -> None:
    text = base.replace("panels:", "eligibility: []\npanels:") if path.startswith("eligibility") else base
    found = faults(text + f"unknown: [{path}]\n")
    assert [line.split(": ", 1)[1] for line in found] == [PATHS[path]]
    assert all(line.startswith(f"e.yaml:{text.count(chr(10)) + 1}:11: ") for line in found)


def test_an_unknown_must_be_written_as_one(base: str, faults: Faults) -> None:
    assert faults(base + "unknown: limits\n") == [
        "e.yaml:19:10: 'unknown' must be a list of paths | write '- {at: stages.final.of, why: ...}'"
    ]
    assert faults(base + "unknown: [7, {why: x}, limits, limits, {at: form.x.y.z, resolved: true}]\n") == [
        "e.yaml:19:11: an unknown must be a path or a mapping | write '- {at: stages.final.of, why: ...}'",
        "e.yaml:19:14: the key 'at' is missing",
        "e.yaml:19:32: 'limits' stands here twice; it is already at e.yaml:19:24 | keep one",
        "e.yaml:19:40: 'resolved' is for an edition that extends another | write the value and delete this line",
    ]


def test_a_child_fills_what_its_parent_does_not_know_and_marks_it_resolved(registry: Registry, base: str) -> None:
    parent = Found(with_unknown(base), "parent.yaml")
    value = "stages: [{id: proposal, method: trimmed}]\n"

    def load(more: str) -> LoadedEdition:
        return load_edition(CHILD + more, registry, find=lambda _: parent, origin="child.yaml")

    edition = load(value + "unknown: [{at: stages.proposal.method, resolved: true}, limits]\n").edition
    assert [item.at for item in edition.unknown] == ["tracks.open.eligibility.min_age.value", "limits"]
    with pytest.raises(DefinitionError) as unmarked:
        load(value)
    assert [str(fault) for fault in unmarked.value.faults] == [
        (
            "parent.yaml:20:5: 'stages.proposal.method' is not unknown: it has a value at child.yaml:5:33\n"
            "    hint: add '- {at: stages.proposal.method, resolved: true}' to 'unknown' beside the value"
        )
    ]
    with pytest.raises(DefinitionError) as unfilled:
        load("unknown: [{at: stages.proposal.method, resolved: true}]\n")
    assert [str(fault) for fault in unfilled.value.faults] == [
        (
            "child.yaml:5:11: 'stages.proposal.method' is said to be resolved, but there is no value\n"
            "    hint: write the value at 'stages.proposal.method', "
            "or 'remove: true' where this edition does without it"
        ),
        "parent.yaml:17:5: the key 'method' is missing",
    ]


def test_a_cut_may_go_by_another_rule_in_each_track(builtin_registry: Registry) -> None:
    cut = "{id: cut, kind: cut, of: s, rule: {a: {rule: top_n, n: 3}, b: human}}"
    head = "juri: 1\nedition: x\nname: X\ntracks: [{id: a}, {id: b}]\nstages:\n"
    stage = "  - {id: s, kind: rating, scale: {min: 1, max: 5}, minimum_votes: 1}\n"
    assert load_edition(f"{head}{stage}  - {cut}\n", builtin_registry).edition.stage_ids == ("s", "cut")
    with pytest.raises(DefinitionError, match="there is no track 'c'"):
        load_edition(f"{head}{stage}  - {cut.replace('b: human', 'c: human')}\n", builtin_registry)
