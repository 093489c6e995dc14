"""Every fault of a document is listed at once, with file, line and column, and a hint where one helps."""

from collections.abc import Callable
from pathlib import Path

import pytest
from marshmallow import Schema, pre_load

from juri.core.editions.loader import load_edition
from juri.core.editions.rubrics import load_rubric, ready_rubric
from juri.core.errors import DefinitionError, NotFound, PluginError
from juri.core.extension import Extension, RubricDefinition, RubricKind, StageKind
from juri.core.registry import Registry

Faults = Callable[[str], list[str]]

HEAD = "juri: 1\nedition: e\nname: E\n"


def edit(base: str, old: str, new: str) -> str:
    assert base.count(old) == 1
    return base.replace(old, new)


JURY = ("panel: jury", "panel: §jury")
TIES = 'ties: ["criterion:idea"]'
MAIN = "main: {kind: plain, criteria: [{id: idea, weight: 60}, {id: effect, weight: 40}]}"
DAYS = "write a day (2023-05-06) or a moment with its offset (2023-05-06T23:59:00+07:00)."

EDITS = {
    "a key that is missing": ([("edition: base\n", ""), ("juri: 1", "§juri: 1")], ["the key 'edition' is missing"]),
    "a key that nobody knows": (
        [("panels:", "§pannels:"), JURY],
        ["there is no key 'pannels' here | did you mean 'panels'?", "there is no panel 'jury' | none is known here"],
    ),
    "a key that a list item does not know": (
        [("{id: jury}", "{id: jury, §sise: 3}")],
        ["there is no key 'sise' here | did you mean 'size'?"],
    ),
    "a version that we do not know": ([("juri: 1", "juri: §2")], ["'juri' may not be '2' | known are: 1"]),
    "an id that cannot be one": (
        [("edition: base", "edition: §Base Kota")],
        ["'edition': an id has lower-case letters, digits, '-' and '_' only, and at most 64 of them."],
    ),
    "a number where a text should stand": (
        [("{id: jury}", "{id: §7}"), JURY],
        [
            "'id' must be text, not '7' | put it in quotation marks",
            "there is no panel 'jury' | none is known here",
        ],
    ),
    "a text where a number should stand": (
        [("weight: 60", "weight: §sixty")],
        ["'weight' must be a number, not 'sixty'"],
    ),
    "a decimal where a whole number should stand": (
        [("{winners: 10}", "{winners: §10.5}")],
        ["'winners' must be a whole number, not '10.5'"],
    ),
    "a quota of nothing": (
        [("{winners: 3}", "{winners: §0}")],
        ["'winners': must be greater than or equal to 1."],
    ),
    "a list where a mapping should stand": (
        [("main: {kind", "main: §[a]\n  other: {kind")],
        ["the rubric 'main' must be a mapping of keys | begin with 'kind:', or 'use:' a ready one"],
    ),
    "a day that is none": (
        [("close: 2026-03-31", "close: §2026-02-31")],
        [f"'close': '2026-02-31' is no date; {DAYS}"],
    ),
    "a moment without its offset": (
        [("close: 2026-03-31", "close: §2026-03-31T10:00:00")],
        [
            (
                "'close': '2026-03-31T10:00:00' does not say its offset from UTC; write for example "
                "2026-03-31T10:00:00+07:00."
            )
        ],
    ),
    "a zone that is none": (
        [("juri: 1", "juri: 1\ntime_zone: §Asia/Solo")],
        ["'time_zone': 'Asia/Solo' is no time zone; write for example Asia/Jakarta."],
    ),
    "a stage kind that nobody offers": (
        [("kind: intake,", "kind: §intakes,")],
        ["there is no stage kind 'intakes' | did you mean 'intake'?"],
    ),
    "an option that the stage kind does not have": (
        [("kind: intake,", "kind: intake, §chains: [a],")],
        ["there is no key 'chains' here | known are: closes, id, kind, name, opens, tracks"],
    ),
    "an option that the stage kind needs": (
        [(" missing: zero,", ""), ("{id: proposal,", "§{id: proposal,")],
        ["the key 'missing' is missing"],
    ),
    "a panel that is not defined": (
        [("panel: jury", "panel: §juri")],
        ["there is no panel 'juri' | did you mean 'jury'?"],
    ),
    "a rubric that is not defined": (
        [("rubric: main", "rubric: §mian")],
        ["there is no rubric 'mian' | did you mean 'main'?"],
    ),
    "a rubric for a track that is not defined": (
        [("rubric: main", "rubric: {opn: §main}")],
        ["there is no track 'opn' | did you mean 'open'?"],
    ),
    "a method that nobody offers": (
        [("method: mean", "method: §men")],
        ["there is no method 'men' | did you mean 'mean'?"],
    ),
    "an option that the method does not have": (
        [("method: mean", "method: {name: trimmed, §lo: 1}")],
        ["there is no key 'lo' here | did you mean 'low'?"],
    ),
    "an option of a method that has none": (
        [("method: mean", "method: {name: mean, §low: 1}")],
        ["the method 'mean' has no options | leave it out"],
    ),
    "a policy for absent jurors that nobody knows": (
        [("missing: zero", "missing: §zeros")],
        [
            (
                "there is no policy 'zeros' for missing sheets; did you mean 'zero'? Known are block, drop_juror, "
                "quorum:N, submitted, zero"
            )
        ],
    ),
    "a tie-breaker that nobody offers": (
        [(TIES, "ties: [§panel_decison]")],
        ["there is no tie-breaker 'panel_decison' | did you mean 'panel_decision'?"],
    ),
    "a tie-breaker that should say of what": (
        [(TIES, "ties: [§criterion]")],
        ["the tie-breaker 'criterion' needs to know of what | write 'criterion:ID'"],
    ),
    "a tie-breaker that takes nothing": (
        [(TIES, 'ties: [§"panel_decision:x"]')],
        ["the tie-breaker 'panel_decision' takes nothing behind a ':' | write 'panel_decision'"],
    ),
    "a tie on a criterion that the rubric lacks": (
        [(TIES, 'ties: [§"criterion:ideas"]')],
        ["there is no criterion 'ideas' | did you mean 'idea'?"],
    ),
    "a tie on a fact that the form does not ask": (
        [(TIES, 'ties: [§"fact:startd"]')],
        ["there is no fact 'startd' | did you mean 'started'?"],
    ),
    "a stage that does not exist": (
        [("of: proposal", "of: §proposl")],
        ["there is no stage 'proposl' | did you mean 'proposal'?"],
    ),
    "a stage that comes later": (
        [("of: proposal", "of: §winners")],
        ["the stage 'winners' does not come before this one | it must stand above this stage"],
    ),
    "a stage in a combination that does not exist": (
        [("of: proposal", "of: {combine: last, stages: {proposal: 1, intak: §1}}")],
        ["there is no stage 'intak' | did you mean 'intake'?"],
    ),
    "a stage in a list that does not exist": (
        [("of: proposal", "of: [proposal, §intak]")],
        ["there is no stage 'intak' | did you mean 'intake'?"],
    ),
    "a cut rule that nobody offers": (
        [("{rule: top, n: 10}", "{rule: §tops, n: 10}")],
        ["there is no cut rule 'tops' | did you mean 'top'?"],
    ),
    "a cut rule that is none": (
        [("{rule: top, n: 10}", "§[top]")],
        ["this is not a cut rule | write its name, or '{rule: NAME, ...options}'"],
    ),
    "an option that the cut rule needs": ([("{rule: top, n: 10}", "§top")], ["the key 'n' is missing"]),
    "a quota that no track has": (
        [("{rule: top, n: 10}", "{rule: top, n: 10, quota: §winner}")],
        ["there is no quota 'winner' | did you mean 'winners'?"],
    ),
    "a priority that no form asks": (
        [("{rule: top, n: 10}", "{rule: top, n: 10, priority: [§starte]}")],
        ["there is no fact 'starte' | did you mean 'started'?"],
    ),
    "a calendar key that is not in the calendar": (
        [("until: close", "until: §closing")],
        ["there is no calendar key 'closing' | did you mean 'close'?"],
    ),
    "a date of a stage that is not in the calendar": (
        [("closes: close", "closes: §clos")],
        ["there is no calendar key 'clos' | did you mean 'close'?"],
    ),
    "a date of a stage that is no date": (
        [("closes: close", "closes: §2026-13-01")],
        [f"'closes': '2026-13-01' is no date; {DAYS}"],
    ),
    "an eligibility rule that nobody offers": (
        [("rule: min_age", "rule: §min_ages")],
        ["there is no eligibility rule 'min_ages' | did you mean 'min_age'?"],
    ),
    "a rule within a group that nobody offers": (
        [("{rule: min_age, value: 12, until: close}", "{rule: any_of, rules: [{rule: §complet}]}")],
        ["there is no eligibility rule 'complet' | did you mean 'complete'?"],
    ),
    "a stage that closes before it opens": (
        [("closes: close", "opens: 2026-04-01, closes: §close")],
        ["the stage 'intake' closes at 2026-03-31 23:59:59+07:00, but opens at 2026-04-01 00:00:00+07:00"],
    ),
    "two stages of one id": (
        [("{id: proposal, kind", "{id: §proposal, kind"), ("{id: winners, kind", "{id: §proposal, kind")],
        ["'proposal' stands twice in this list; it is already at {0} | rename one"],
    ),
    "two criteria of one id": (
        [("id: idea", "id: §idea"), ("id: effect", "id: §idea")],
        ["the criterion 'idea' stands twice; it is already at {0} | rename one"],
    ),
    "a rubric kind that nobody offers": (
        [("kind: plain", "kind: §plane")],
        ["there is no rubric kind 'plane' | did you mean 'plain'?"],
    ),
    "a rubric without a kind": (
        [("{kind: plain, criteria", "§{criteria")],
        ["the rubric does not say its kind | write 'kind: weighted', or 'use:' a ready rubric"],
    ),
    "what the rubric kind itself has against the rubric": (
        [("criteria: [", "criteria: §["), ("weight: 40", "weight: 30")],
        ["the weights sum to 90, not 100"],
    ),
    "a key that the rubric kind does not know": (
        [("{id: idea, weight", "{id: idea, §hints: x, weight")],
        ["there is no key 'hints' here | did you mean 'hint'?"],
    ),
    "a scale that is given in two ways": (
        [("{id: idea, weight", "{id: idea, scale: §{min: 0, max: 5, levels: [1, 2]}, weight")],
        ["A scale has either min and max (and step), or levels, or choices."],
    ),
    "a scale without an end": (
        [("{id: idea, weight", "{id: idea, scale: §{min: 5}, weight")],
        ["the key 'max' is missing"],
    ),
    "a scale that says a value twice": (
        [("{id: idea, weight", "{id: idea, scale: {levels: §[1, 2, 1]}, weight")],
        ["'levels': a value stands here twice."],
    ),
    "a step that does not fit": (
        [("{id: idea, weight", "{id: idea, scale: {min: 0, max: 5, step: §6}, weight")],
        ["'step': a step is above 0 and fits into the scale."],
    ),
    "a bonus without a condition": (
        [("main: {kind: plain,", "main: {kind: plain, bonuses: [§{id: b, fact: started, points: 1}],")],
        ["A bonus has either 'at_least' or 'equals'."],
    ),
    "a criterion that is no mapping": (
        [("{id: idea, weight: 60}", "§idea, {id: idea, weight: 60}")],
        ["a criterion must be a mapping of keys | write '{id: NAME, weight: 10}'"],
    ),
    "a ready rubric with keys of its own": (
        [(MAIN, "main: {use: ready, §scale: {min: 0, max: 1}}"), (", " + TIES, "")],
        ["there is no key 'scale' here | known are: bonuses, name, overall, use"],
    ),
    "an id that a list names twice": (
        [("closes: close", "tracks: §[open, open]")],
        ["'tracks': open stands here twice."],
    ),
    "a text that is none": (
        [("{id: jury}", "{id: jury, name: §[a]}")],
        ["'name': write a text, or one in each language: {id: ..., en: ...}."],
    ),
    "a scale that is upside down": (
        [("{id: idea, weight", "{id: idea, scale: {min: §5, max: 1}, weight")],
        ["'min': the least value 5 is not below the greatest 1."],
    ),
    "a ready rubric that nobody offers": (
        [(MAIN, "main: {use: §redy}")],
        ["there is no ready rubric 'redy' | did you mean 'ready'?"],
    ),
    "a bonus that could lower a score": (
        [("main: {kind: plain,", "main: {kind: plain, bonuses: [{id: b, fact: started, equals: x, points: §-1}],")],
        ["'points': must be greater than or equal to 0."],
    ),
}


def marked(text: str) -> tuple[str, list[str]]:
    """Take the marks out of a text; return it with the places where they stood."""
    places = []
    while "§" in text:
        before, _, after = text.partition("§")
        places.append(f"e.yaml:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}")
        text = before + after
    return text, places


@pytest.mark.parametrize("what", EDITS)
def test_a_document_is_refused_for(what: str, base: str, faults: Faults) -> None:
    edits, messages = EDITS[what]
    for old, new in edits:
        base = edit(base, old, new)
    text, places = marked(base)
    expected = [message.format(*places) if "{0}" in message else message for message in messages]
    assert faults(text) == [f"{at}: {said}" for at, said in zip(places[-len(expected) :], expected, strict=True)]


def test_all_faults_are_listed_at_once_in_the_order_of_the_file(base: str, faults: Faults) -> None:
    text = edit(edit(base, "panel: jury", "panel: §nobody"), "juri: 1", "juri: 1\n§panles: 1")
    text, places = marked(edit(text, "{winners: 3}", "{winners: §-1}"))
    assert faults(text) == [
        f"{places[0]}: there is no key 'panles' here | did you mean 'panels'?",
        f"{places[1]}: 'winners': must be greater than or equal to 1.",
        f"{places[2]}: there is no panel 'nobody' | known are: jury",
    ]


def test_stages_stand_in_the_order_in_which_they_open_unless_they_are_of_other_tracks(
    base: str, faults: Faults, registry: Registry
) -> None:
    text = edit(base, "{id: intake, kind: intake,", "{id: intake, kind: intake, opens: 2026-03-01,")
    early, places = marked(edit(text, "kind: pick,", "kind: pick, opens: §2026-02-01,"))
    assert faults(early) == [
        (
            f"{places[0]}: the stage 'winners' opens at 2026-02-01 00:00:00+07:00, before 'intake' above it "
            "(2026-03-01 00:00:00+07:00) | stages stand in the order in which they open"
        )
    ]
    apart = edit(early, "opens: 2026-03-01,", "opens: 2026-03-01, tracks: [open],")
    apart = edit(apart, "opens: 2026-02-01,", "opens: 2026-02-01, tracks: [special],")
    assert [stage.tracks for stage in load_edition(apart, registry).edition.stages] == [("open",), (), ("special",)]


def test_a_limit_a_question_and_a_bonus_may_only_name_what_there_is(base: str, faults: Faults) -> None:
    text = edit(base, "type: date}", "type: date, when: {kidn: §1}, tracks: [§all]}")
    bonus = "bonuses: [{id: b, fact: §yrs, at_least: 2, points: 1}]"
    text = edit(text, "main: {kind: plain,", f"main: {{kind: plain, {bonus},")
    text, places = marked(text + "limits: [{value: 2, tracks: [§opn], clusters: [§city]}]\n")
    facts = "category, cluster, entrant, region, started, title, track"
    assert faults(text) == [
        f"{places[0]}: there is no fact 'kidn' | known are: {facts}",
        f"{places[1]}: there is no track 'all' | known are: open, special",
        f"{places[2]}: there is no fact 'yrs' | known are: {facts}",
        f"{places[3]}: there is no track 'opn' | did you mean 'open'?",
        f"{places[4]}: there is no cluster 'city' | none is known here",
    ]


FINAL = """\
  - id: final
    kind: final
    proposes: {open: {rule: top, n: 1}, opn: §{rule: §tip, n: 1}}
    awards: [{id: §a, of: §wins, track: §opn}, {id: §a, of: winners}]
    items: [{id: i, rule: §complet, tracks: [§spec]}]
"""


def test_a_final_stage_may_only_name_what_there_is(base: str, faults: Faults) -> None:
    text, places = marked(base + FINAL)
    assert faults(text) == [
        f"{places[0]}: there is no track 'opn' | did you mean 'open'?",
        f"{places[1]}: there is no cut rule 'tip' | did you mean 'top'?",
        f"{places[3]}: there is no stage 'wins' | did you mean 'winners'?",
        f"{places[4]}: there is no track 'opn' | did you mean 'open'?",
        f"{places[5]}: 'a' stands twice in this list; it is already at {places[2]} | rename one",
        f"{places[6]}: there is no eligibility rule 'complet' | did you mean 'complete'?",
        f"{places[7]}: there is no track 'spec' | did you mean 'special'?",
    ]


QUESTIONS = {
    "§{id: q, type: choice}": "'options': a choice needs its options.",
    "{id: q, options: §[a]}": "'options': only a choice has options; this is a text.",
    "{id: q, max_mb: §1}": "'max_mb': only a file has 'max_mb'; this is a text.",
    "{id: q, type: file, max_words: §5}": "'max_words': only a text has words to count; this is a file.",
    "{id: q, type: §datum}": "'type' may not be 'datum' | did you mean 'date'?",
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_may_not_contradict_its_type(question: str, faults: Faults) -> None:
    text, places = marked(HEAD + f"form: [{question}]\nstages: [{{id: s, kind: intake}}]\n")
    assert faults(text) == [f"{places[0]}: {QUESTIONS[question]}"]


def test_a_stage_that_is_no_mapping_does_not_hide_the_faults_of_the_next(faults: Faults) -> None:
    assert faults(HEAD + "stages:\n  - 5\n  - {id: s, kind: intak}\n") == [
        "e.yaml:5:5: a stage must be a mapping of keys | write '{id: NAME, kind: KIND, ...}'",
        "e.yaml:6:19: there is no stage kind 'intak' | did you mean 'intake'?",
    ]


def replaced(registry: Registry, family: str, extension: Extension) -> Registry:
    """Return the registry with another extension in the place of the one of that name."""
    items = ((name, item) for name, found in registry.items.items() for item in found.values())
    kept = [
        (name, item.owner, item.extension)
        for name, item in items
        if (name, item.extension.name) != (family, extension.name)
    ]
    return Registry.of([*kept, (family, "t", extension)])


def test_a_plugin_that_breaks_down_is_named(base: str, registry: Registry) -> None:
    def break_down(rubric: object) -> list[object]:
        raise KeyError("weight")

    kind = RubricKind(name="plain", title="p", version="1", score=lambda *_: None, check=break_down)
    broken = replaced(registry, "rubric_kinds", kind)
    with pytest.raises(PluginError, match="plugin 'plain', check of rubric kind 'plain': KeyError: 'weight'"):
        load_edition(base, broken)


def test_a_schema_of_a_plugin_that_breaks_down_is_named(base: str, registry: Registry) -> None:
    class Broken(Schema):
        @pre_load
        def fail(self, data: object, **_: object) -> object:
            raise ZeroDivisionError("by zero")

    kind = StageKind(name="pick", title="p", version="1", outcome=lambda *_: None, options=Broken)
    with pytest.raises(PluginError, match="plugin 'pick', options: ZeroDivisionError: by zero"):
        load_edition(base, replaced(registry, "stage_kinds", kind))


def test_a_fault_of_a_ready_rubric_points_to_its_own_file(base: str, registry: Registry) -> None:
    text = "juri: 1\nrubric: ready\nkind: plain\ncriteria: [{id: a, weight: 7}]\n"
    ready = RubricDefinition(name="ready", title="r", version="1", read=lambda: text, path="lib/ready.yaml")
    with pytest.raises(DefinitionError) as caught:
        load_edition(base.replace(MAIN, "main: {use: ready}"), replaced(registry, "rubrics", ready))
    assert [str(fault) for fault in caught.value.faults] == ["lib/ready.yaml:4:11: the weights sum to 7, not 100"]


def test_a_rubric_alone_is_read_like_one_in_an_edition(registry: Registry) -> None:
    text = "juri: 1\nrubric: r\nkind: plain\ncriteria: [{id: a, weight: 99.5}, {id: b, weight: 0.5}]\n"
    rubric = load_rubric(text, registry)
    assert (rubric.id, [str(each.weight) for each in rubric.criteria]) == ("r", ["99.5", "0.5"])
    assert ready_rubric(registry, "ready").id == "ready"
    with pytest.raises(NotFound, match="did you mean 'ready'"):
        ready_rubric(registry, "redy")


def test_a_rubric_alone_is_called_after_its_file_where_it_says_no_id(registry: Registry, tmp_path: Path) -> None:
    file = tmp_path / "My Rubric 2026.yaml"
    file.write_text("kind: plain\ncriteria: [{id: C0, weight: 100}]\n")
    assert load_rubric(file, registry).id == "my-rubric-2026"


def test_a_rubric_alone_of_another_format_or_with_an_unusable_id_is_refused(registry: Registry) -> None:
    with pytest.raises(DefinitionError) as caught:
        load_rubric("juri: 2\nrubric: A B\nkind: plain\ncriteria: [{id: a, weight: 100}]\n", registry, "r.yaml")
    assert [str(fault) for fault in caught.value.faults] == [
        "r.yaml:1:7: the format 2 is not known here\n    hint: write 'juri: 1', or leave it out",
        "r.yaml:2:9: this is no id: 'rubric: ID'\n    hint: lower-case letters, digits, '-' and '_'",
    ]
