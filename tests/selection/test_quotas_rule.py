"""The cut rule ``quotas`` and the command ``juri select``: reasons, prices, clashes, and the page that shows them."""

import json
import re
import shlex
from contextlib import redirect_stderr, redirect_stdout
from fractions import Fraction
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from marshmallow import ValidationError

from juri.core.editions.positions import read_mapping
from juri.core.errors import ActionRefused
from juri.core.extension import CutCase
from juri.core.scoring.standings import Standing, Standings, Unranked
from juri.core.view import EntryFacts, PastAward
from juri.plugins.rules.quotas import QuotasOptions, juri_cut_rules
from juri.webapp.cli import run

(RULE,) = juri_cut_rules()
PAGE = Path(__file__).resolve().parents[2] / "docs" / "selection.md"
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = BLOCK.findall(PAGE.read_text(encoding="utf-8"))
FILES = {name: body for _, name, body in BLOCKS if name}


def case(rows, *, quotas=None, tie_order=(), history=()):
    """Build a case from (code, score, facts), best first; equal scores share their rank."""
    ranks = {}
    for place, (_, score, _) in enumerate(rows):
        ranks.setdefault(score, Fraction(place + 1))
    scores = [score for _, score, _ in rows]
    lines = tuple(
        Standing(ranks[score], code, Fraction(score), 3, tied=scores.count(score) > 1) for code, score, _ in rows
    )
    facts = {code: EntryFacts(code, code, **{"entrant": code, **more}) for code, _, more in rows}
    return CutCase(Standings(lines, (Unranked("Z", 0, "incomplete"),)), facts, quotas or {}, tie_order, history)


def propose(given, **options):
    return {each.entry: each for each in RULE.select(given, QuotasOptions().load(options))}


def outcomes(proposals):
    return {entry: each.outcome for entry, each in proposals.items()}


ROWS = [("A", 9, {"region": "barat"}), ("B", 8, {"region": "barat"}), ("C", 7, {"region": "timur"})]
EAST = {"by": "region", "values": ["timur"], "at_least": 1}


def test_who_is_displaced_is_told_by_which_quota_and_by_whom():
    given = case(ROWS)
    proposals = propose(given, n=2, quotas=[EAST])
    assert outcomes(proposals) == {"A": "advance", "B": "stop", "C": "advance", "Z": "stop"}
    lost = proposals["B"]
    assert (lost.codes, lost.displaced_by) == (("displaced_by_quota",), "C")
    assert lost.reason == (
        "rank 2 with 8: at least 1 of region 'timur', which C fills; its place by score went to C (rank 3 with 7)"
    )
    assert proposals["Z"].reason == "not ranked: incomplete"
    assert RULE.notes(given, QuotasOptions().load({"n": 2, "quotas": [EAST]})) == [
        "without 'at least 1 of region 'timur'' the total score would be 17, not 16, and B would be in"
    ]


def test_a_named_quota_of_the_track_gives_the_places():
    assert outcomes(propose(case(ROWS, quotas={"winners": 1}), quota="winners", quotas=[EAST]))["C"] == "advance"
    with pytest.raises(ActionRefused, match="the track has no quota 'winners'"):
        propose(case(ROWS), quota="winners", quotas=[EAST])


def test_equals_stay_open_until_the_panel_orders_them():
    tied = [("A", 9, {}), ("B", 8, {"cluster": "kota"}), ("C", 8, {"cluster": "kota"}), ("D", 8, {"cluster": "x"})]
    quota = {"by": "cluster", "values": ["kota"], "at_least": 1, "at_most": 1}
    proposals = propose(case(tied), n=2, quotas=[quota])
    assert outcomes(proposals) == {"A": "advance", "B": "undecided", "C": "undecided", "D": "stop", "Z": "stop"}
    assert (
        outcomes(propose(case(tied, tie_order=("D", "C", "B")), n=2, quotas=[quota]))
        == outcomes(propose(case(tied, tie_order=("C", "B")), n=2, quotas=[quota]))
        == {"A": "advance", "B": "stop", "C": "advance", "D": "stop", "Z": "stop"}
    )


def test_a_new_face_is_an_entrant_without_a_title_unless_the_form_says_otherwise():
    won = PastAward("kipp", "kipp-2022", 2022, "top_45", "a", "Something else")
    quota = {"by": "new_face", "at_least": 1}
    assert outcomes(propose(case(ROWS, history=(won,)), n=1, quotas=[quota]))["B"] == "advance"
    answered = [(code, score, {"answers": {"new_face": "yes" if code == "C" else "no"}}) for code, score, _ in ROWS]
    assert outcomes(propose(case(answered), n=1, quotas=[quota]))["C"] == "advance"


def test_quotas_that_clash_and_facts_that_nobody_has_are_told():
    with pytest.raises(ActionRefused) as refused:
        propose(case(ROWS), n=2, quotas=[EAST | {"at_least": 2}, {"by": "entrant", "at_most": 2}])
    assert refused.value.reasons[0] == (
        "no selection of 2 places keeps to 'at least 2 of region 'timur'' (at least 2 of region 'timur': 1 entry to "
        "choose from); loosen one of them"
    )
    assert refused.value.code == "quotas_clash"
    with pytest.raises(ActionRefused, match="no entry says its 'regoin'"):
        propose(case(ROWS), n=2, quotas=[{"by": "regoin", "at_most": 2}])


@pytest.mark.parametrize(
    "options",
    [
        {"quotas": [EAST]},
        {"n": 1, "quota": "winners", "quotas": [EAST]},
        {"n": 1, "quotas": []},
        {"n": 0, "quotas": [EAST]},
        {"n": 1, "quotas": [{"by": "region"}]},
        {"n": 1, "quotas": [{"by": "region", "at_least": 2, "at_most": 1}]},
        {"n": 1, "quotas": [{"by": "region", "values": [], "at_most": 1}]},
    ],
)
def test_options_that_say_nothing_or_too_much_are_refused(options):
    with pytest.raises(ValidationError):
        QuotasOptions().load(options)


@pytest.fixture
def juri(tmp_path, monkeypatch):
    for name, body in FILES.items():
        (tmp_path / name).write_text(body, encoding="utf-8")

    def _juri(line):
        out, errors = TextIOWrapper(BytesIO(), encoding="utf-8"), StringIO()
        with monkeypatch.context() as here, redirect_stdout(out), redirect_stderr(errors):
            here.chdir(tmp_path)
            status = run(shlex.split(line)[1:])
        out.flush()
        return status, out.buffer.getvalue().decode(), errors.getvalue()

    return _juri


def test_every_example_of_the_page_prints_what_the_page_shows(juri):
    for body in (body for language, _, body in BLOCKS if language == "console"):
        for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
            command, _, printed = part.partition("\n")
            _, out, errors = juri(command)
            assert (command, out + errors) == (command, printed)


def test_the_rule_of_an_edition_on_the_page_is_read():
    (text,) = (body for language, name, body in BLOCKS if language == "yaml" and not name)
    rule = read_mapping(text, "docs/selection.md").plain()["rule"]
    loaded = QuotasOptions().load({key: value for key, value in rule.items() if key != "rule"})
    assert (rule["rule"], loaded["quota"], len(loaded["quotas"])) == ("quotas", "winners", 2)


def test_json_names_the_titles_of_each_entry(juri):
    _, out, _ = juri("juri select finalists.csv --rule titles.yaml --format json")
    titles = {each["entry"]: each["titles"] for each in json.loads(out)["entries"] if each["titles"]}
    assert titles["E-02"] == ["Best in health"]
    assert titles["E-06"] == ["Public choice"]
    assert (
        juri("juri select finalists.csv --rule titles.yaml --format csv")[1].splitlines()[0].split(",")[4] == "titles"
    )


AWARD = {"id": "prize", "places": 1}


def test_a_tie_for_a_title_waits_for_the_panel_and_who_depends_on_it_waits_too():
    tied = [(code, 9, {"answers": {"votes": votes}}) for code, votes in (("A", "5"), ("B", "7,5"), ("C", ""))]
    options = {"n": 1, "overlap": "one", "awards": [{**AWARD, "score": "votes"}]}
    left = propose(case(tied), **options)
    assert outcomes(left) == {"A": "undecided", "B": "undecided", "C": "undecided", "Z": "stop"}
    settled = propose(case(tied, tie_order=("C",)), **options)
    assert outcomes(settled) == {"A": "stop", "B": "advance", "C": "advance", "Z": "stop"}
    assert settled["B"].reason == "rank 1 with 9: 'prize'"


@pytest.mark.parametrize(
    ("award", "said"),
    [
        ({"score": "votes"}, "no entry says its 'votes'; the award 'prize' cannot be given by it"),
        ({"score": "region"}, "the award 'prize' goes by 'region': A: 'barat' is not a number"),
        ({"by": "planet", "values": ["mars"]}, "no entry says its 'planet'"),
    ],
)
def test_an_award_that_nothing_decides_is_refused(award, said):
    with pytest.raises(ActionRefused, match=re.escape(said)):
        propose(case(ROWS), n=1, overlap="several", awards=[{**AWARD, **award}])


@pytest.mark.parametrize(
    "options",
    [
        {"n": 1, "awards": [AWARD]},
        {"n": 1, "overlap": "one", "quotas": [EAST]},
        {"n": 1, "overlap": "one", "awards": [AWARD, AWARD]},
        {"n": 1, "overlap": "one", "awards": [{**AWARD, "by": "region"}]},
        {"n": 1, "quotas": [EAST], "together": [EAST]},
        {"n": 1, "overlap": "any", "awards": [AWARD]},
    ],
)
def test_titles_need_a_policy_and_make_sense(options):
    with pytest.raises(ValidationError):
        QuotasOptions().load(options)


def test_the_order_of_rows_changes_nothing_and_json_says_it_all(juri, tmp_path):
    _, before, _ = juri("juri select standings.csv --rule rule.yaml --format json")
    header, *rows = FILES["standings.csv"].splitlines()
    (tmp_path / "standings.csv").write_text("\n".join([header, *rows[::-1]]), encoding="utf-8")
    _, after, _ = juri("juri select standings.csv --rule rule.yaml --format json")
    assert after == before
    told = json.loads(before)
    assert [each["entry"] for each in told["entries"] if each["outcome"] == "advance"] == [
        "E-01",
        "E-02",
        "E-03",
        "E-05",
        "E-07",
    ]
    assert (told["entries"][3]["displaced_by"], len(told["notes"])) == ("E-07", 2)


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("standings.csv", "entry,score\nA,9\nA,8\n", "row 3, column A (entry): 'A' stands twice"),
        ("standings.csv", "entry,score\nA,many\n", "row 2, column B (score)"),
        ("standings.csv", "entry,points\nA,9\n", "the column 'score' is missing"),
        ("rule.yaml", "n: 3\n", "rule.yaml: write 'rule: NAME' and its options"),
        ("rule.yaml", "rule: quota\n", "there is no cut rule 'quota'"),
        ("rule.yaml", "rule: top_n\nn: 0\n", "rule.yaml.n: Must be greater than or equal to 1."),
    ],
)
def test_a_fault_is_told_with_its_place(juri, tmp_path, name, body, said):
    (tmp_path / name).write_text(body, encoding="utf-8")
    status, out, errors = juri("juri select standings.csv --rule rule.yaml")
    assert (status in {2, 4}, out, said in errors) == (True, "", True), errors


def test_other_cut_rules_serve_too(juri, tmp_path):
    (tmp_path / "top.yaml").write_text("rule: top_n\nn: 2\n", encoding="utf-8")
    _, out, errors = juri("juri select standings.csv --rule top.yaml --format csv")
    assert [line.split(",")[3] for line in out.splitlines()[1:4]] == ["advance", "advance", "stop"]
    assert errors == "rule: top 2\n"
