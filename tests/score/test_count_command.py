"""``juri count``: formats, choice of method, what is refused and with which status, and plugins of others."""

import csv
import io
import json

import pytest

CITIES = """\
count,ranking
42,Memphis>Nashville>Chattanooga>Knoxville
26,Nashville>Chattanooga>Knoxville>Memphis
15,Chattanooga>Knoxville>Nashville>Memphis
17,Knoxville>Chattanooga>Nashville>Memphis
"""
GRADES = "Ani,Budi\n4,5\n3,\n4,1\n"
DUELS = "winner,loser\nAni,Budi\nAni,Budi\nBudi,Ani\n"
FINAL = '4 2\n5 1 2 0\n2 2 3 0\n2 3 4 0\n1 4 3 0\n0\n"Ani"\n"Budi"\n"Citra"\n"Dewi"\n"Final"\n'


@pytest.fixture
def count(score):
    """Return a function that runs ``juri count`` in this process."""
    return lambda *arguments, **more: score(*arguments, verb="count", **more)


def test_the_published_winners_are_those_of_each_method(count, scores):
    file = scores(CITIES)
    won = {name: count(file, "--method", name, "--format", "json").json for name in ("irv", "schulze", "borda")}
    assert won["irv"]["elected"] == ["Knoxville"]
    assert won["schulze"]["order"] == ["Nashville", "Chattanooga", "Knoxville", "Memphis"]
    assert {each["candidate"]: each["points"] for each in won["borda"]["candidates"]} == {
        "Nashville": "194",
        "Chattanooga": "173",
        "Memphis": "126",
        "Knoxville": "107",
    }


def test_a_table_of_nothing_but_rankings_is_read(count, scores):
    found = count(scores("ranking\nAni>Budi\nAni\nBudi>Ani\n"), "--method", "irv", "--format", "json").json
    assert (found["elected"], found["valid"]) == (["Ani"], 3)


def test_json_has_every_stage(count, scores):
    found = count(scores(FINAL, "final.blt"), "--method", "stv", "--format", "json").json
    assert (found["seats"], found["quota"], found["valid"], found["title"], found["form"]) == (2, 4, 10, "Final", "BLT")
    assert [(stage["act"], stage["of"], stage["elected"]) for stage in found["stages"]] == [
        ("first preferences", None, ["Ani"]),
        ("surplus", "Ani", []),
        ("exclusion", "Dewi", []),
        ("exclusion", "Citra", ["Budi"]),
    ]
    assert found["elected"] == ["Ani", "Budi"]
    assert found["stages"][3]["tie"] == "Budi, Citra were equal; stage 2 decided"
    second = found["stages"][1]
    assert second["votes"] == {"Ani": "4.00000", "Budi": "3.00000", "Citra": "2.00000", "Dewi": "1.00000"}
    assert (second["transfers"]["Budi"], second["non_transferable"]) == ("1.00000", "0.00000")


def test_the_seats_of_the_command_line_go_before_those_of_the_file(count, scores):
    file = scores(FINAL, "final.blt")
    assert len(count(file, "--method", "stv", "--seats", 3, "--format", "json").json["elected"]) == 3


def test_csv_has_candidates_and_below_them_each_stage(count, scores):
    done = count(scores(FINAL, "final.blt"), "--method", "stv", "--format", "csv")
    rows = list(csv.reader(io.StringIO(done.text)))
    assert rows[:2] == [["candidates"], ["rank", "candidate", "tied", "first_preferences", "votes", "outcome"]]
    begin = rows.index(["stages"])
    assert rows[begin + 2] == ["1", "first preferences", "", "Ani", "5.00000", "5.00000", "yes"]
    assert len(rows) == begin + 2 + 4 * 4


def test_csv_without_stages_is_one_table(count, scores):
    done = count(scores(DUELS), "--method", "bradley-terry", "--format", "csv")
    assert done.text.splitlines()[0] == "rank,candidate,tied,strength,error,wins,losses"


def test_no_line_of_a_count_is_longer_than_a_terminal(count, scores):
    names = [f"Sistem Informasi Pelayanan Terpadu nomor {number}" for number in range(12)]
    ballots = [f"{number + 2} {number + 1} {(number * 5) % 12 + 1} 0" for number in range(12) if number * 4 % 12]
    text = "\n".join(["12 3", *ballots, "0", *(f'"{name}"' for name in names)])
    lines = count(scores(text, "long.blt"), "--method", "stv").text.splitlines()
    assert max(map(len, lines)) <= 80
    assert sum(line.startswith("votes ") for line in lines) > 1
    assert len({line[:22] for line in lines if line.startswith("Sistem")}) == 12


def test_a_lot_is_told_with_its_seed_and_another_seed_may_draw_another(count, scores):
    file = scores("A,B,C,count\n1,,,3\n,1,,2\n,,1,2\n")
    found = [count(file, "--method", "irv", "--seed", seed, "--format", "json").json for seed in range(6)]
    assert {each["stages"][1]["of"] for each in found} == {"B", "C"}
    assert found[4]["seed"] == 4
    assert found[4]["warnings"][0].endswith("(seed 4)")
    assert found[4]["lots"] == [found[4]["stages"][1]["tie"]]


def test_standard_input_is_read(count):
    assert count("-", "--method", "irv", stdin=CITIES.encode()).text.startswith("candidate")


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        (CITIES, ("--method", "stv"), "seats: the ballots do not say how many seats there are; name them: --seats N"),
        (CITIES, ("--method", "irv", "--seats", 2), "seats: the method 'irv' fills 1 seat, not 2; use stv for several"),
        (CITIES, ("--method", "borda", "--seats", 2), "seats: the method 'borda' ranks and elects nobody; leave --s"),
        (CITIES, ("--method", "approval"), "--method: there is no ballot method 'approval'; known are: borda, bradl"),
        (CITIES, ("--method", "majority_judgement"), "--method: there is no ballot method 'majority_judgement'; did"),
        (CITIES, ("--method", "irv:x=1"), "method: the method 'irv' has no options; remove x"),
        (DUELS, ("--method", "bradley-terry:prior=much"), "method.prior: 'much' is not an exact number; write one s"),
        (GRADES, ("--method", "majority-judgment:missing=top"), "missing: 'top' is no grade; known are worst, media"),
        (FINAL, ("--method", "majority-judgment"), "scores.csv: a BLT file holds rankings; the method 'majority-jud"),
        (FINAL, ("--method", "bradley-terry"), "scores.csv: a BLT file holds rankings; the method 'bradley-terry' c"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_what_to_do_instead(count, scores, text, arguments, said):
    (line,) = count(scores(text), *arguments).lines
    assert line.startswith(said)


def test_a_file_that_is_not_there_is_refused(count):
    assert (count("nowhere.blt", "--method", "irv").status, count("nowhere.blt").status) == (2, 2)


def test_grades_and_their_gaps_are_counted(count, scores):
    found = count(scores(GRADES), "--method", "majority-judgment", "--format", "json").json
    assert found["order"] == ["Ani", "Budi"]
    assert [each["median"] for each in found["candidates"]] == ["4", "1"]
    assert found["candidates"][1]["missing"] == 1
    other = count(scores(GRADES), "--method", "majority-judgment:missing=normalise", "--format", "json").json
    assert (other["missing_grades"], other["method_options"]) == ("normalise", {"missing": "normalise"})


PLUGIN = """\
from juri.core.ballots.ballots import RankedBallots
from juri.core.ballots.tally import Placed, Tally
from juri.core.extension import BallotMethod
from juri.plugins import hookimpl


def stranger(case, options):
    return Tally((Placed(1, "Nobody"),))


def broken(case, options):
    raise RuntimeError("no luck")


def text(case, options):
    return "Ani"


@hookimpl
def juri_ballot_methods():
    return [
        BallotMethod(name=each.__name__, title="x", version="1", takes=RankedBallots, count=each)
        for each in (stranger, broken, text)
    ]
"""


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("stranger", "placed Nobody, who are no candidates"),
        ("broken", "raised RuntimeError: no luck"),
        ("text", "returned str, not a Tally"),
    ],
)
def test_a_plugin_that_fails_is_named(scores, monkeypatch, count, name, said):
    monkeypatch.setenv("JURI_PLUGINS_DIR", str(scores(PLUGIN, "odd.py").parent))
    done = count(scores(CITIES), "--method", name)
    assert (done.status, done.data) == (5, b"")
    assert done.errors == f"juri: plugin '{name}', juri_ballot_methods: {said}\n"


def test_the_bundled_methods_come_in_by_the_hook(score):
    listed = json.loads(score("--format", "json", verb="plugins").data)
    added = {name for plugin in listed for name in plugin["adds"].get("ballot_methods", ())}
    assert added == {"stv", "irv", "schulze", "borda", "majority-judgment", "bradley-terry"}
