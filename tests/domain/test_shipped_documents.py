"""Every shipped edition loads, cites each fact by a source of its standing, and says why a rule is unknown."""

import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

FOLDER = Path(__file__).resolve().parents[2] / "plugins" / "editions"
DOCUMENTS = {path.stem: path for path in sorted(FOLDER.glob("*/*.yaml"))}
REAL = ("kipp-2023", "kipp-2025", "kovablik-jatim", "krenova-jateng-2018", "krenova-tegal-2026", "sukoharjo-2023")
DEMONSTRATIONS = {"kipp-2023-demo": "kipp-2023", "sukoharjo-2023-demo": "sukoharjo-2023"}
CITATION = re.compile(r"\[(S|P|D|I|own)((?: [a-z0-9]+)+)\]")
STATUS = {"S": {"sourced"}, "P": {"proxy"}, "D": {"derived"}, "I": {"inferred"}, "own": {"own"}}


def written(name):
    return YAML(typ="safe", pure=True).load(DOCUMENTS[name])


def test_these_editions_are_shipped(registry):
    assert sorted(registry.names("editions")) == sorted(DOCUMENTS) == sorted((*REAL, *DEMONSTRATIONS, "preselection"))


def test_a_shipped_text_is_read_only_when_it_is_asked_for(registry):
    for name, path in DOCUMENTS.items():
        assert registry.get("editions", name).read() == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_loads_without_a_fault_and_only_real_editions_are_drafts(name, load):
    assert load(name).is_draft == (name in REAL)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_names_and_descriptions_are_given_in_both_languages(name, load):
    edition = load(name)
    texts = [edition.name, edition.description, *(part.name for part in (*edition.categories, *edition.stages))]
    assert [text for text in texts if not (text.id and text.en)] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_citation_leads_to_a_source_of_its_standing(name, load):
    standing = {source.id: source.status for source in load(name).sources}
    cited = [(sign, key) for sign, keys in CITATION.findall(DOCUMENTS[name].read_text("utf-8")) for key in keys.split()]
    assert cited
    assert [(sign, key) for sign, key in cited if standing.get(key) not in STATUS[sign]] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_source_is_used(name):
    text = DOCUMENTS[name].read_text(encoding="utf-8")
    body = (
        text[: text.index("\nsources:")]
        + re.split(r"\n(?=[a-z]+:)", text[text.index("\nsources:") + 1 :], maxsplit=1)[1]
    )
    unused = [source["id"] for source in written(name)["sources"] if not re.search(rf"\b{source['id']}\b", body)]
    assert unused == []


FREE_OF_FACTS = ("juri", "edition", "extends", "template", "competition", "name", "description", "time_zone", "sources")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_stated_part_cites_its_source(name):
    parts = re.split(r"\n(?=[a-z])", DOCUMENTS[name].read_text(encoding="utf-8"))
    facts = [part for part in parts if part.split(":")[0] not in (*FREE_OF_FACTS, "unknown") and ": [] #" not in part]
    bare = []
    for part in facts:
        head, _, body = part.partition("\n")
        items = [head] if CITATION.search(head) else re.split(r"\n(?=  [a-z-])", f"\n{body}")[1:]
        bare += [item for item in items if not CITATION.search(item)]
    assert bare == []


@pytest.mark.parametrize("name", ["kipp-2023", "kipp-2025"])
def test_each_rule_of_a_national_stage_cites_its_source(name):
    text = DOCUMENTS[name].read_text(encoding="utf-8")
    stages = text[text.index("\nstages:") : text.index("\nunknown:")]
    rules = re.findall(
        r"^    (?:opens|closes|chain|items|rule|days|awards|publish|method|missing):.*$", stages, re.MULTILINE
    )
    assert rules
    assert [rule for rule in rules if not CITATION.search(rule)] == []


@pytest.mark.parametrize("name", REAL)
def test_every_unknown_says_why_and_suggests_from_a_source_that_is_listed(name, load):
    edition = load(name)
    listed = {source.id for source in edition.sources} | {""}
    assert [unknown.at for unknown in edition.unknown if not unknown.why or unknown.source not in listed] == []
