"""STV by the Scottish rules and IRV: real counts to the fifth decimal, and what holds for any ballots."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juri.core.ballots.ballots import RankedBallots
from juri.core.ballots.tally import draw_lot
from juri.core.ballots.transfer import count_irv, count_stv
from juri.core.errors import InputRefused
from juri.core.tables.blt import read_blt

NAMES = ("Ani", "Budi", "Citra", "Dewi", "Eka")


def ballots(*rows, names=NAMES[:4], withdrawn=()):
    """Build ballots from ("3 ABC", ...): a number, and candidates by their first letter; (AB) stand alike."""
    place = {name[0]: index for index, name in enumerate(names)}
    found = []
    for row in rows:
        count, _, text = row.partition(" ")
        groups, alike = [], None
        for sign in text:
            if sign == "(":
                alike = []
            elif sign == ")":
                groups.append(tuple(alike))
                alike = None
            elif alike is not None:
                alike.append(place[sign])
            else:
                groups.append((place[sign],))
        found.append((tuple(groups), int(count)))
    folded = RankedBallots.fold(names, found)
    return RankedBallots(folded.candidates, folded.rankings, frozenset(place[sign] for sign in withdrawn))


def said(tally):
    return [(stage.act, stage.of, stage.elected) for stage in tally.stages]


def wards():
    return ["Anderston-City", "Baillieston", "Calton", "Drumchapel-Anniesland", "Garscadden-Scotsounhill", "Langside",
            "Maryhill-Kelvin", "Newlands-Auldburn", "North-East", "Partick-West", "Shettleston", "Southside-Central",
            "Springburn"]  # fmt: skip


@pytest.mark.parametrize("ward", wards())
def test_a_ward_of_glasgow_is_counted_as_it_was_in_2007(ward, shared):
    folder = shared / "reference" / "stv_glasgow_2007_open"
    known = {each["what"]: each["value"] for each in json.loads((folder / "expected.json").read_text())["expected"]}
    expected = known[f"{ward}-2007"]
    read = read_blt((folder / f"{ward}-2007.blt").read_bytes(), ward)

    tally = count_stv(read, read.seats)

    assert (read.seats, tally.facts["valid"], tally.facts["quota"]) == tuple(
        expected[name] for name in ("seats", "valid", "quota")
    )
    assert list(tally.elected) == expected["elected"]
    assert [{name: str(votes) for name, votes in stage.votes.items()} for stage in tally.stages] == expected[
        "votes_by_stage"
    ]
    at = {name: stage.number for stage in tally.stages for name in stage.elected}
    assert [at[name] for name in tally.elected] == expected["stage_elected"]


def test_the_reference_has_no_other_wards(shared):
    names = {path.stem for path in (shared / "reference" / "stv_glasgow_2007_open").glob("*.blt")}
    assert names == {f"{ward}-2007" for ward in wards()}


def test_the_food_of_the_party_is_the_published_one(shared):
    folder = shared / "reference" / "stv_food_wikipedia"
    known = {each["what"]: each["value"] for each in json.loads((folder / "expected.json").read_text())["expected"]}
    read = read_blt((folder / "ballots.blt").read_bytes(), "food")

    tally = count_stv(read, read.seats)

    assert list(read.candidates) == known["candidates"]
    assert (tally.facts["valid"], tally.facts["quota"]) == (known["valid"], known["quota"])
    assert sorted(tally.elected) == sorted(known["elected"])


def test_a_surplus_goes_on_with_all_ballots_at_a_fraction_of_their_value():
    tally = count_stv(ballots("6 AB", "3 AC", "2 B", "1 C"), 2)

    second = tally.stages[1]
    assert tally.facts["quota"] == 5
    assert (second.act, second.of) == ("surplus", "Ani")
    # 9 votes, a surplus of 4: each ballot goes on at 4/9, cut off to 0.44444
    assert second.changes == {
        "Ani": Decimal("-4.00000"),
        "Budi": Decimal("2.66664"),
        "Citra": Decimal("1.33332"),
        "Dewi": Decimal("0.00000"),
    }
    assert second.cut_off == Decimal("0.00004")


def test_the_largest_surplus_goes_first():
    tally = count_stv(ballots("7 BD", "8 AC", "1 C", "1 D"), 3)
    assert [stage.of for stage in tally.stages if stage.act == "surplus"] == ["Ani", "Budi"]


def test_who_is_last_is_excluded_and_the_last_who_are_left_are_elected():
    tally = count_stv(ballots("4 A", "3 B", "2 CB"), 2)
    assert said(tally) == [
        ("first preferences", "", ("Ani",)),
        ("exclusion", "Dewi", ()),
        ("exclusion", "Citra", ("Budi",)),
    ]


def test_ballots_that_name_nobody_who_is_left_are_spent():
    tally = count_irv(ballots("4 A", "3 B", "2 C"))
    assert [stage.exhausted for stage in tally.stages] == [Decimal(0), Decimal(0), Decimal(2)]
    assert (tally.elected, tally.stages[-1].needed) == (("Ani",), 4)


def test_where_two_are_last_the_latest_stage_at_which_they_differed_decides():
    tally = count_irv(ballots("5 A", "4 B", "3 C", "1 DC", names=NAMES[:4]))
    assert said(tally)[1:] == [("exclusion", "Dewi", ()), ("exclusion", "Citra", ("Ani",))]
    assert tally.stages[2].tie == "Budi, Citra were equal; stage 1 decided"
    assert tally.warnings == ()


def test_where_no_stage_sets_them_apart_a_lot_decides_that_anyone_can_repeat():
    tallies = [count_irv(ballots("3 A", "2 B", "2 C", names=NAMES[:3]), seed) for seed in range(20)]
    assert {tally.stages[1].of for tally in tallies} == {"Budi", "Citra"}
    for seed, tally in enumerate(tallies):
        out = draw_lot(["Citra", "Budi"], seed)
        assert tally.stages[1].of == out
        assert tally.warnings == (f"Budi, Citra were equal at every stage; the lot fell on {out} (seed {seed})",)
        assert tally.facts["lots"] == [f"Budi, Citra were equal at every stage; the lot fell on {out}"]


def test_a_lot_is_the_least_hash_of_seed_and_name():
    # printf 7:Budi | sha256sum begins with 6e38a899, that of 7:Citra with 18d14759
    assert draw_lot(["Budi", "Citra"], 7) == "Citra"


def test_who_withdrew_is_passed_over_and_named():
    tally = count_irv(ballots("5 AB", "3 B", "4 C", withdrawn="A"))
    assert tally.elected == ("Budi",)
    assert "Ani" not in tally.stages[0].votes
    assert tally.facts["withdrawn"] == ["Ani"]


def test_a_ballot_counts_up_to_a_preference_that_two_share():
    tally = count_irv(ballots("5 A", "4 B", "2 D(AB)", "1 (AB)", names=NAMES[:4]))
    assert (tally.facts["valid"], tally.facts["invalid"]) == (11, 1)
    assert tally.stages[-1].exhausted == 2
    assert tally.warnings == (
        "3 ballots prefer several candidates alike; each counts up to there and no further",
        "1 ballot has no first preference for a candidate who stands, and does not count",
    )


def test_as_many_seats_as_candidates_elects_everybody():
    assert sorted(count_stv(ballots("3 A", "1 B"), 4).elected) == sorted(NAMES[:4])
    more = count_stv(ballots("3 A", "1 B"), 9)
    assert sorted(more.elected) == sorted(NAMES[:4])
    assert more.warnings == ("there are more seats than candidates who stand; seats that stay empty: 5",)


@pytest.mark.parametrize("rows", [(), ("3 (AB)",)])
def test_without_a_valid_ballot_nothing_is_counted(rows):
    with pytest.raises(InputRefused, match="nothing to count"):
        count_irv(ballots(*rows))


def test_no_seat_is_refused():
    with pytest.raises(InputRefused, match="0 seats"):
        count_stv(ballots("1 A"), 0)


ranking = st.permutations(range(5)).flatmap(lambda order: st.integers(1, 5).map(lambda length: tuple(order[:length])))
many = st.lists(st.tuples(ranking, st.integers(1, 9)), min_size=1, max_size=12)


def fold(rows, names=NAMES):
    return RankedBallots.fold(names, [(tuple((each,) for each in order), count) for order, count in rows])


@given(many, st.integers(1, 4))
def test_at_every_stage_each_ballot_is_with_somebody_or_told_apart(rows, seats):
    tally = count_stv(fold(rows), seats)
    for stage in tally.stages:
        assert sum(stage.votes.values()) + stage.exhausted + stage.cut_off == tally.facts["valid"]
        assert min([*stage.votes.values(), stage.exhausted, stage.cut_off]) >= 0
    assert len(tally.elected) == seats == len(set(tally.elected))
    assert {each.candidate for each in tally.placed} == set(NAMES)


@given(many, st.integers(1, 4), st.randoms())
def test_the_order_of_the_ballots_is_of_no_account(rows, seats, random):
    shuffled = [(order, 1) for order, count in rows for _ in range(count)]
    random.shuffle(shuffled)
    assert count_stv(fold(shuffled), seats) == count_stv(fold(rows), seats)


@given(many, st.integers(1, 4), st.permutations(range(5)))
def test_the_order_of_the_candidates_is_of_no_account(rows, seats, places):
    names = [""] * 5
    for old, new in enumerate(places):
        names[new] = NAMES[old]
    moved = [(tuple(places[each] for each in order), count) for order, count in rows]
    one, other = count_stv(fold(rows), seats), count_stv(fold(moved, names), seats)
    assert (one.elected, one.stages, one.placed) == (other.elected, other.stages, other.placed)


@given(many, st.integers(1, 4))
def test_other_names_give_the_same_count_with_these_names(rows, seats):
    one, other = count_stv(fold(rows), seats), count_stv(fold(rows, [f"Z{name}" for name in NAMES]), seats)
    if not one.warnings:
        assert [f"Z{name}" for name in one.elected] == list(other.elected)
        assert [list(stage.votes.values()) for stage in one.stages] == [
            list(stage.votes.values()) for stage in other.stages
        ]


@given(many, st.integers(1, 4))
def test_only_whoever_reaches_the_quota_or_is_left_over_is_elected(rows, seats):
    tally = count_stv(fold(rows), seats)
    for stage in tally.stages[:-1]:
        assert all(stage.votes[name] >= stage.needed for name in stage.elected)
    assert len(tally.elected) <= len(NAMES)


@given(many)
def test_a_candidate_with_more_than_half_of_the_first_preferences_wins_at_once(rows):
    tally = count_irv(fold(rows))
    first, valid = tally.stages[0], tally.facts["valid"]
    ahead = [name for name, votes in first.votes.items() if 2 * votes > valid]
    assert (list(tally.elected) == ahead and len(tally.stages) == 1) or not ahead
