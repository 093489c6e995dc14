"""``juri sensitivity``: what it finds is what ``juri score`` gives when the change is carried out."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest

SCORES = """\
inovasi,juri,kebaruan,dampak,mutu
Posyandu,Ani,80,84,70
Posyandu,Budi,75,90,72
Posyandu,Citra,82,80,75
Air,Ani,90,70,80
Air,Budi,85,74,78
Air,Citra,88,72,70
Pasar,Ani,70,88,76
Pasar,Budi,78,86,74
Pasar,Citra,60,95,78
Sungai,Ani,85,75,70
Sungai,Budi,88,77,76
Sungai,Citra,72,79,77
Lumbung,Ani,60,65,70
Lumbung,Budi,66,61,72
Lumbung,Citra,90,60,71
"""
WEIGHTS = {"kebaruan": 50, "dampak": 30, "mutu": 20}


def rubric_text(weights):
    criteria = "\n".join(f"  - {{id: {name}, weight: {weight}}}" for name, weight in weights.items())
    head = "juri: 1\nrubric: kota\nkind: weighted\nscale: {min: 0, max: 100}\ncriteria:\n"
    return f"{head}{criteria}\n"


@pytest.fixture
def files(scores):
    return scores(SCORES), scores(rubric_text(WEIGHTS), "kota.yaml")


@pytest.fixture
def found(score, files):
    table, rubric = files
    return score(table, "--rubric", rubric, "--top", 2, "--format", "json", verb="sensitivity").json


@pytest.fixture
def first(score, scores):
    """Return a function that ranks by ``juri score`` and returns who is among the first two."""

    def _first(text, weights=WEIGHTS, *options):
        file, rubric = scores(text, "other.csv"), scores(rubric_text(weights), "other.yaml")
        standings = score(file, "--rubric", rubric, "--format", "json", *options).json["standings"]
        return {line["entry"] for line in standings if line["rank"] <= 2}

    return _first


def after(found, effect):
    return set(found["inside"]) - set(effect["left"]) | set(effect["entered"])


def test_leaving_a_juror_out_is_what_ranking_without_the_juror_gives(found, first):
    assert [each["name"] for each in found["jurors"]] == ["Ani", "Budi", "Citra"]
    for effect in found["jurors"]:
        text = "\n".join(line for line in SCORES.splitlines() if f",{effect['name']}," not in line)
        assert first(text) == after(found, effect)
    assert any(effect["entered"] for effect in found["jurors"])


def test_leaving_a_criterion_out_is_what_ranking_without_it_gives(found, first):
    assert [each["name"] for each in found["criteria"]] == list(WEIGHTS)
    for place, effect in enumerate(found["criteria"], start=2):
        rest = {name: weight for name, weight in WEIGHTS.items() if name != effect["name"]}
        text = "\n".join(
            ",".join(cell for column, cell in enumerate(line.split(",")) if column != place)
            for line in SCORES.splitlines()
        )
        if effect["name"] != "dampak":  # without it weights are sevenths, which no rubric can write
            share = {name: weight * 100 / sum(rest.values()) for name, weight in rest.items()}
            assert first(text, share) == after(found, effect)
    assert any(effect["entered"] for effect in found["criteria"])


def test_another_method_is_what_that_method_gives(found, first):
    tried = {each["name"]: each for each in found["methods"]}
    assert {"median", "borda", "trimmed", "rank_sum", "sum", "weighted"} <= tried.keys()
    for name in ("median", "borda", "trimmed"):
        assert first(SCORES, WEIGHTS, "--method", name) == after(found, tried[name])


def moved(mass):
    """Return the weights in percent after a mass of weight went from dampak to kebaruan; four decimals are exact."""
    return {"kebaruan": 50 + 100 * mass, "dampak": 30 - 100 * mass, "mutu": 20}


def test_a_little_less_than_the_least_change_leaves_all_as_it_is_and_a_little_more_brings_in(found, first):
    least = found["weights"]["least"]
    mass = Fraction(least["mass_exact"])
    assert (least["overtakes"], least["overtaken"], least["to"], list(least["from"])) == (
        ("Sungai", "Posyandu", "kebaruan", ["dampak"])
    )
    less, more = (Decimal(str(round(float(mass), 4))) + Decimal(nudge) for nudge in ("-0.0002", "0.0002"))
    assert first(SCORES, moved(less)) == {"Air", "Posyandu"} == set(found["inside"])
    assert first(SCORES, moved(more)) == {"Air", "Sungai"}


def test_the_new_weights_of_the_least_change_are_listed(found):
    least = found["weights"]["least"]
    assert sum(map(Decimal, least["weights"].values())) == 1
    assert least["weights"]["mutu"] == found["weights"]["in_force"]["mutu"] == "0.200000"


def test_the_shares_of_drawn_weights_go_with_the_seed(score, files, found):
    table, rubric = files
    shares = found["weights"]["shares_inside"]
    assert sum(shares.values()) == pytest.approx(2, abs=0.01)
    assert (found["weights"]["draws"], found["weights"]["seed"]) == (1000, 0)
    other = score(table, "--rubric", rubric, "--top", 2, "--seed", 8, "--format", "json", verb="sensitivity").json
    assert other["weights"]["shares_inside"] != shares


def test_a_method_that_does_not_apply_says_why(score, scores):
    text = "\n".join(line for line in SCORES.splitlines() if line != "Air,Citra,88,72,70")
    found = score(scores(text), "--top", 2, "--format", "json", verb="sensitivity").json
    tried = {each["name"]: each for each in found["methods"]}
    assert "every juror must have scored every entry" in tried["borda"]["refused"]
    assert (tried["borda"]["entered"], tried["median"]["refused"]) == ([], None)


def test_totals_say_nothing_of_criteria_and_weights(score, scores):
    done = score(scores("entry,Ani,Budi\na,1,2\nb,3,1\nc,0,9\n"), "--top", 1, "--format", "json", verb="sensitivity")
    assert (done.json["criteria"], done.json["weights"]) == ([], None)
    assert done.json["notes"] == ["sheets have no criteria, or a single one: nothing is said of criteria and weights"]


def test_each_group_is_looked_at_by_itself(score, scores):
    lines = SCORES.splitlines()
    text = "\n".join([f"track,{lines[0]}", *(f"umum,{line}" for line in lines[1:]),
                      *(f"lain,L-{line}" for line in lines[1:])])  # fmt: skip
    done = score(scores(text), "--top", 2, "--group-by", "track", "--format", "json", verb="sensitivity").json
    assert set(done["groups"]) == {"umum", "lain"}
    assert [len(each["inside"]) for each in done["groups"].values()] == [2, 2]


def test_absent_sheets_count_as_the_policy_says(score, scores):
    text = SCORES.replace("Air,Citra,88,72,70", "Air,Citra,,,")
    done = score(scores(text), "--top", 2, "--missing", "assigned-zero", "--format", "json", verb="sensitivity").json
    assert "Air" not in done["inside"]
    assert any("counts as assigned" in warning for warning in done["warnings"])


@pytest.mark.parametrize("top", [5, 9])
def test_without_a_cut_there_is_nothing_to_say(score, scores, top):
    assert score(scores(SCORES), "--top", top, verb="sensitivity").lines == [
        f"top: 5 entries have a rank, so the top {top} is no cut; name fewer"
    ]


def test_a_single_entry_is_no_cut_and_a_single_juror_cannot_be_left_out(score, scores):
    assert score(scores("entry,juror,score\nA,Ani,5\n"), "--top", 1, verb="sensitivity").lines == [
        "top: 1 entry has a rank, so the top 1 is no cut; a cut needs at least two"
    ]
    alone = scores("entry,juror,score\nA,Ani,5\nB,Ani,4\n")
    (found,) = score(alone, "--top", 1, "--format", "json", verb="sensitivity").json["jurors"]
    assert (found["refused"], found["left"]) == ("nobody else gave a score, so nothing would be left to rank", [])


def test_the_table_says_it_in_words(score, files):
    table, rubric = files
    lines = score(table, "--rubric", rubric, "--top", 2, verb="sensitivity").text.splitlines()
    assert lines[0].startswith("in (top 2 of 5): ")
    assert " of the weight moved, and " in " ".join(" ".join(lines).split())
    assert max(map(len, lines)) <= 80


def test_the_same_command_prints_the_same_bytes(score, files):
    table, rubric = files
    runs = {score(table, "--rubric", rubric, "--top", 2, "--format", "json", verb="sensitivity").data for _ in range(2)}
    assert len(runs) == 1
    assert json.loads(runs.pop())["top"] == 2
