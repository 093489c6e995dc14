"""Cut, plenary and announcement: from standings to who goes on and who gets which title, on real funnels."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given as any_of
from hypothesis import settings
from hypothesis import strategies as st
from marshmallow import ValidationError

from juri.core.errors import ActionRefused
from juri.core.scoring.standings import Standing, Standings, Unranked
from juri.core.view import AwardProposal, Proposal


def test_kipp_2023_cuts_each_track_by_its_own_quota(given):
    alive = (
        *given.entries(*(f"U{n}" for n in range(9)), track="umum"),
        *given.entries("K1", "K2", "K3", track="khusus"),
    )
    earlier = {
        "proposal": {
            "umum": given.standings({f"U{n}": 90 - n for n in range(9)}),
            "khusus": given.standings({"K1": 70, "K2": 80, "K3": 60}),
        }
    }
    options = {"of": "proposal", "rule": {"rule": "ratio_of_quota", "ratio": 2, "quota": "finalists"}}
    both = given.tracks("umum", "khusus", umum={"finalists": 3}, khusus={"finalists": 1})
    outcome = given.close("cut", options, alive, earlier=earlier, tracks=both)
    assert given.advanced(outcome) == ["K1", "K2", "U0", "U1", "U2", "U3", "U4", "U5"]
    assert set(outcome.standings) == {"umum", "khusus"}


def test_a_rule_may_differ_by_track_and_a_track_without_one_is_left_to_the_panel(given):
    alive = [given.entry(track[0], track=track) for track in ("umum", "khusus", "baru")]
    earlier = {"s": {entry.track: given.standings({entry.code: 80}) for entry in alive}}
    options = {"of": "s", "rule": {"umum": {"rule": "top_n", "n": 1}, "khusus": {"rule": "threshold", "min": 85}}}
    outcome = given.close("cut", options, alive, earlier=earlier, tracks=given.tracks("umum", "khusus", "baru"))
    assert [(p.entry, p.outcome) for p in outcome.proposals] == [("b", "undecided"), ("k", "stop"), ("u", "advance")]
    assert outcome.proposals[0].reason == "the edition names no rule for track 'baru'; the panel decides"


def test_merged_tracks_compete_for_the_same_places(given):
    alive = (*given.entries("A", "B", track="x"), *given.entries("C", "D", track="y"))
    earlier = {"s": {"x": given.standings({"A": 90, "B": 70}), "y": given.standings({"C": 80, "D": 70})}}
    both = given.tracks("x", "y", x={"q": 1}, y={"q": 1})
    options = {"of": "s", "rule": {"rule": "ratio_of_quota", "ratio": 1, "quota": "q"}, "merge_tracks": True}
    outcome = given.close("cut", options, alive, earlier=earlier, tracks=both)
    assert given.advanced(outcome) == ["A", "C"]
    assert [(line.entry, line.rank, line.tied) for line in outcome.standings[""].lines] == [
        ("A", 1, False),
        ("C", 2, False),
        ("B", 3, True),
        ("D", 3, True),
    ]


def test_tracks_that_rank_in_opposite_directions_do_not_merge(given):
    low = Standings((Standing(Fraction(1), "C", Fraction(3), 1),), low_is_best=True)
    alive = (*given.entries("A", track="x"), *given.entries("C", track="y"))
    options = {"of": "s", "rule": {"rule": "top_n", "n": 1}, "merge_tracks": True}
    with pytest.raises(ActionRefused, match="tracks cannot be merged"):
        given.close(
            "cut",
            options,
            alive,
            earlier={"s": {"x": given.standings({"A": 9}), "y": low}},
            tracks=given.tracks("x", "y"),
        )


def test_those_who_left_give_their_place_to_the_next_and_those_without_a_score_are_told(given):
    earlier = {"s": {"": given.standings({"GONE": 95, "A": 90, "B": 80}, ["C"])}}
    options = {"of": "s", "rule": {"rule": "top_n", "n": 2}}
    outcome = given.close("cut", options, given.entries("A", "B", "C", "NEW"), earlier=earlier)
    assert given.advanced(outcome) == ["A", "B"]
    assert outcome.standings[""].unranked == (
        Unranked("C", 0, "incomplete"),
        Unranked("NEW", 0, "it has no rank in the stages that count here"),
    )


def test_sulsel_adds_up_substance_and_interview_70_to_30(given):
    earlier = {
        "substance": {"": given.standings({"A": 80, "B": 90})},
        "interview": {"": given.standings({"A": 90, "B": 60})},
    }
    both = {"combine": "weighted_sum", "stages": {"substance": "0.7", "interview": "0.3"}}
    outcome = given.close(
        "cut", {"of": both, "rule": {"rule": "top_n", "n": 1}}, given.entries("A", "B"), earlier=earlier
    )
    assert outcome.standings[""].score_of() == {"A": 83, "B": 81}
    assert given.advanced(outcome) == ["A"]


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        ({"rule": {"rule": "top_n", "n": 1}}, ["of"]),
        ({"of": "s"}, ["rule"]),
        ({"of": {"combine": "sum", "stages": {}}, "rule": "human"}, ["of"]),
        ({"of": "s", "rule": {"x": "human"}, "merge_tracks": True}, ["rule"]),
        ({"of": "s", "rule": 7}, ["rule"]),
    ],
)
def test_a_cut_needs_a_ranking_and_a_rule(given, options, fields):
    with pytest.raises(ValidationError) as refused:
        given.view("cut", options)
    assert list(refused.value.messages) == fields


def test_a_cut_says_at_once_what_it_cannot_do_and_waits_for_the_standings(given):
    options = {"of": "s", "rule": {"rule": "top_n", "m": 3}}
    assert given.against("opening", "cut", options) == [
        "top_n.n: Missing data for required field.; top_n.m: Unknown field."
    ]
    assert given.against("closing", "cut", options, earlier={"s": {}}) == [
        "stage 's' has no standings yet; close it first"
    ]
    assert given.against("opening", "cut", {"rule": "human"}) == []


def _krenova(given, **scores):
    forty = {f"E{n:02}": 700 - n for n in range(60)} | scores
    return {"verifikasi": {"": given.standings(forty)}}


def test_krenova_jateng_sends_40_to_the_presentation(given):
    alive = given.entries(*(f"E{n:02}" for n in range(60)))
    options = {"of": "verifikasi", "rule": {"rule": "top_n", "n": 40}}
    outcome = given.close("cut", options, alive, earlier=_krenova(given))
    assert given.advanced(outcome) == [f"E{n:02}" for n in range(40)]
    tied = given.close("cut", options, alive, earlier=_krenova(given, E40=661))
    assert given.advanced(tied, "undecided") == ["E39", "E40"]
    settled = given.close("cut", options, alive, earlier=_krenova(given, E40=661), tie_order=("E40", "E39"))
    assert given.advanced(settled) == [*(f"E{n:02}" for n in range(39)), "E40"]


KRENOVA = [
    {"id": "utama", "title": "Pemenang Utama", "to": "entry", "of": "verifikasi", "places": 10},
    {"id": "harapan", "title": "Pemenang Harapan", "to": "entry", "of": "verifikasi", "places": 10, "from_place": 11},
]


def winners(outcome, award):
    return [given.recipient for given in outcome.awards if given.award == award]


def test_krenova_jateng_gives_10_utama_and_then_10_harapan(given):
    options = {"awards": KRENOVA, "publish": {"ranked": True}, "others": "stop"}
    alive = given.entries(*(f"E{n:02}" for n in range(40)))
    outcome = given.close("announcement", options, alive, earlier=_krenova(given))
    assert winners(outcome, "utama") == [f"E{n:02}" for n in range(10)]
    assert winners(outcome, "harapan") == [f"E{n:02}" for n in range(10, 20)]
    assert outcome.awards[10] == AwardProposal("harapan", "Pemenang Harapan", "entry", "E10", "E10", "", 11)
    assert outcome.warnings == ()
    assert given.advanced(outcome, "stop") == [f"E{n:02}" for n in range(20, 40)]


def test_a_tie_over_the_last_place_gives_the_title_to_none_of_those_tied(given):
    alive = given.entries(*(f"E{n:02}" for n in range(40)))
    outcome = given.close("announcement", {"awards": KRENOVA}, alive, earlier=_krenova(given, E10=691))
    assert (len(winners(outcome, "utama")), len(winners(outcome, "harapan"))) == (9, 9)
    assert given.advanced(outcome, "undecided") == ["E09", "E10"]
    assert outcome.warnings == (
        "award 'utama': a tie must be settled first between E09, E10; the panel records the order",
        "award 'harapan': a tie must be settled first between E09, E10; the panel records the order",
    )
    settled = given.close(
        "announcement", {"awards": KRENOVA}, alive, earlier=_krenova(given, E10=691), tie_order=("E10", "E09")
    )
    assert ("E10" in winners(settled, "utama"), "E09" in winners(settled, "harapan"), settled.warnings) == (
        True,
        True,
        (),
    )


def test_too_few_entries_leave_places_empty_and_say_so(given):
    outcome = given.close("announcement", {"awards": KRENOVA}, given.entries("E00", "E01"), earlier=_krenova(given))
    assert winners(outcome, "utama") == ["E00", "E01"]
    assert outcome.warnings == (
        "award 'utama': 8 places of 10 without an entry",
        "award 'harapan': 10 places of 10 without an entry",
    )


def _two_awards(overlap):
    return [
        {"id": "first", "title": "First", "to": "entry", "of": "s", "places": 1},
        {"id": "favourite", "title": "Favourite", "to": "entry", "of": "poll", "places": 1, "overlap": overlap},
    ]


@pytest.mark.parametrize(
    ("overlap", "favourite", "warnings"),
    [
        ("allowed", "A", ()),
        ("next_best", "B", ("award 'favourite': A already in this announcement; the next best moved up",)),
    ],
)
def test_awards_may_overlap_or_go_to_the_next_best(given, overlap, favourite, warnings):
    earlier = {"s": {"": given.standings({"A": 9, "B": 8})}, "poll": {"": given.standings({"A": 50, "B": 40})}}
    outcome = given.close("announcement", {"awards": _two_awards(overlap)}, given.entries("A", "B"), earlier=earlier)
    assert (winners(outcome, "first"), winners(outcome, "favourite"), outcome.warnings) == (
        ["A"],
        [favourite],
        warnings,
    )


def test_the_next_best_waits_for_a_tie_that_decides_who_holds_a_title(given):
    earlier = {"s": {"": given.standings({"A": 9, "B": 9})}, "poll": {"": given.standings({"A": 50, "B": 40})}}
    outcome = given.close(
        "announcement", {"awards": _two_awards("next_best")}, given.entries("A", "B"), earlier=earlier
    )
    assert (outcome.awards, given.advanced(outcome, "undecided")) == ((), ["A", "B"])


def test_a_finalist_who_does_not_win_is_a_finalist(given):
    finalists = given.entries("A", "B", "C", track="umum")
    awards = [
        {"id": "top_99", "title": "Top 99", "to": "entry", "track": "umum", "of": "finalists"},
        {"id": "top_45", "title": "Top 45", "to": "entry", "track": "umum", "of": "final"},
    ]
    passed = {"finalists": finalists, "final": finalists[:1]}
    options = {"awards": awards}
    outcome = given.close("announcement", options, finalists[:1], passed=passed, tracks=given.tracks("umum", "khusus"))
    assert {name: winners(outcome, name) for name in ("top_99", "top_45")} == {
        "top_99": ["A", "B", "C"],
        "top_45": ["A"],
    }
    assert outcome.proposals == (Proposal("A", "advance", "the awards of the edition", "Top 99; Top 45"),)
    assert given.against("closing", "announcement", options, finalists[:1]) == []


def test_where_the_past_is_not_known_a_title_of_belonging_says_so(given):
    award = {"id": "top", "title": "Top", "to": "entry", "of": "finalists"}
    outcome = given.close("announcement", {"awards": [award]}, given.entries("A"))
    known = "it is not known who went on from it, so that only entries still in the competition get the title"
    assert (winners(outcome, "top"), outcome.warnings) == (
        ["A"],
        (f"award 'top': stage 'finalists' is not sealed; {known}",),
    )


def test_a_favourite_of_the_public_may_be_one_that_the_jury_passed_over(given):
    award = {"id": "favorit", "title": "Favorit", "to": "entry", "of": "poll", "places": 1}
    earlier = {"poll": {"": given.standings({"A": 10, "B": 50})}}
    passed = {"poll": given.entries("A", "B")}
    found = [
        winners(
            given.close(
                "announcement", {"awards": [award | among]}, given.entries("A"), earlier=earlier, passed=passed
            ),
            "favorit",
        )
        for among in ({}, {"among": "advanced"})
    ]
    assert found == [["A"], ["B"]]


def test_titles_go_to_agencies_once_and_to_all_innovators(given):
    alive = [
        given.entry("A", entrant="Sragen", people=("Siti", "Budi")),
        given.entry("B", entrant="Sragen"),
        given.entry("C", entrant="Kudus", people=("Ani",)),
    ]
    awards = [
        {
            "id": "agency",
            "title": {"id": "Terinovatif", "en": "Most innovative"},
            "to": "entrant",
            "of": "s",
            "places": 2,
        },
        {"id": "person", "title": "Inovator", "to": "person", "of": "s", "places": 2},
    ]
    earlier = {"s": {"": given.standings({"A": 9, "B": 8, "C": 7})}}
    outcome = given.close("announcement", {"awards": awards}, alive, earlier=earlier)
    assert outcome.awards == (
        AwardProposal("agency", "Terinovatif", "entrant", "Sragen", "A"),
        AwardProposal("agency", "Terinovatif", "entrant", "Kudus", "C"),
        AwardProposal("person", "Inovator", "person", "Budi", "A"),
        AwardProposal("person", "Inovator", "person", "Siti", "A"),
    )
    assert outcome.warnings == (
        "award 'agency': B already in this announcement; the next best moved up",
        "award 'person': entry 'B' names no person to receive it",
    )


def test_an_unranked_list_is_alphabetical_and_tells_no_rank(given):
    alive = [given.entry("A", title="Zamrud"), given.entry("B", title="apel"), given.entry("C", title="Batu")]
    award = {"id": "top", "title": "Top", "to": "entry", "of": "s", "places": 3}
    earlier = {"s": {"": given.standings({"A": 9, "B": 8, "C": 7})}}
    shown = [
        [
            (each.entry, each.rank)
            for each in given.close("announcement", {"awards": [award]} | publish, alive, earlier=earlier).awards
        ]
        for publish in ({}, {"publish": {"ranked": True}})
    ]
    assert shown == [[("B", None), ("C", None), ("A", None)], [("A", 1), ("B", 2), ("C", 3)]]


def test_tracks_that_are_ranked_apart_are_not_put_in_one_order(given):
    alive = (*given.entries("P1", "P2", track="pelajar"), *given.entries("U1", track="umum"))
    earlier = {"s": {"pelajar": given.standings({"P1": 90, "P2": 80}), "umum": given.standings({"U1": 85})}}
    both = given.tracks("pelajar", "umum")
    award = {"id": "juara", "title": "Juara", "to": "entry", "of": "s", "places": 1}
    apart = [award | {"id": track, "track": track} for track in ("pelajar", "umum")]
    outcome = given.close("announcement", {"awards": apart}, alive, earlier=earlier, tracks=both)
    assert [(each.award, each.entry, each.track) for each in outcome.awards] == [
        ("pelajar", "P1", "pelajar"),
        ("umum", "U1", "umum"),
    ]
    mixed = given.close("announcement", {"awards": [award]}, alive, earlier=earlier, tracks=both)
    assert (mixed.awards, given.advanced(mixed, "undecided")) == ((), ["P1", "P2", "U1"])


def test_one_list_of_merged_tracks_is_in_order(given):
    alive = (*given.entries("P1", track="pelajar"), *given.entries("U1", track="umum"))
    earlier = {"s": {"": given.standings({"P1": 80, "U1": 85})}}
    award = {"id": "juara", "title": "Juara", "to": "entry", "of": "s", "places": 1}
    outcome = given.close(
        "announcement", {"awards": [award]}, alive, earlier=earlier, tracks=given.tracks("pelajar", "umum")
    )
    assert winners(outcome, "juara") == ["U1"]


def test_an_award_for_no_track_of_the_edition_is_found_out_at_the_opening(given):
    award = {"id": "x", "title": "X", "to": "entry", "track": "baru"}
    assert given.against("opening", "announcement", {"awards": [award]}, tracks=given.tracks("umum")) == [
        "award 'x' is for track 'baru', which the edition does not have"
    ]
    assert given.against("closing", "announcement", {"awards": KRENOVA}) == [
        "stage 'verifikasi' has no standings yet; close it first"
    ]


@pytest.mark.parametrize(
    "options",
    [
        {"awards": []},
        {"awards": [KRENOVA[0], KRENOVA[0]]},
        {"awards": [{"id": "x", "title": "X", "to": "entry", "from_place": 2}]},
        {"awards": [{"id": "x", "title": "X", "to": "entry", "among": "advanced"}]},
        {"awards": [{"id": "x", "title": {"fr": "X"}, "to": "entry"}]},
        {"awards": KRENOVA, "publish": {"ranked": False, "order": "rank"}},
    ],
)
def test_awards_that_cannot_work_are_refused(given, options):
    with pytest.raises(ValidationError):
        given.view("announcement", options)


PLENARY = {"panel": "tpi", "quorum": 2, "of": "s", "proposes": {"rule": "top_n", "n": 1}}


def test_a_plenary_without_a_quorum_or_with_open_entries_is_not_sealed(given):
    present = [given.record("attendance", None, juror, present=here) for juror, here in (("j", "yes"), ("k", "no"))]
    earlier = {"s": {"": given.standings({"A": 9, "B": 9})}}
    alive = given.entries("A", "B")
    proposed = given.close("plenary", PLENARY, alive, earlier=earlier).proposals
    assert [proposal.outcome for proposal in proposed] == ["undecided", "undecided"]
    assert given.against("sealing", "plenary", PLENARY, alive, records=tuple(present), proposed=proposed) == [
        "no quorum: 1 juror present, 2 needed",
        "2 entries still undecided: A, B; the panel must decide with a reason",
    ]
    both = (*present, given.record("attendance", None, "k", 2, present="yes"))
    decided = {"A": "advance", "B": "stop"}
    view = {"records": both, "proposed": proposed, "decided": decided}
    assert given.against("sealing", "plenary", PLENARY, alive, **view) == []
    assert given.against("sealing", "plenary", PLENARY | {"quorum": None}, alive) == []


def test_a_plenary_that_nothing_proposes_to_picks_itself(given):
    outcome = given.close("plenary", {"panel": "tpi"}, given.entries("A"))
    assert given.advanced(outcome, "undecided") == ["A"]
    with pytest.raises(ValidationError) as refused:
        given.view("plenary", {"panel": "tpi", "proposes": {"rule": "top_n", "n": 1}})
    assert list(refused.value.messages) == ["of"]
    assert given.against("opening", "plenary", PLENARY) == []
    assert given.against("closing", "plenary", PLENARY) == ["stage 's' has no standings yet; close it first"]


@settings(max_examples=60)
@any_of(st.data())
def test_every_entry_is_proposed_once_whatever_the_order_of_input(given, data):
    codes = [f"E{n}" for n in range(data.draw(st.integers(0, 8)))]
    tracks = {code: data.draw(st.sampled_from("xy")) for code in codes}
    alive = [given.entry(code, track=tracks[code]) for code in codes]
    scores = {code: data.draw(st.integers(0, 4)) for code in codes}
    earlier = {
        "s": {track: given.standings({c: s for c, s in scores.items() if tracks[c] == track and s}) for track in "xy"}
    }
    award = {"id": "a", "title": "A", "to": "entry", "of": "s", "places": 2}
    awards = [award, award | {"id": "b", "track": "x", "overlap": "next_best"}]
    for kind, options in (
        ("cut", {"of": "s", "rule": {"rule": "top_n", "n": 2}, "merge_tracks": data.draw(st.booleans())}),
        ("plenary", {"panel": "p", "of": "s", "proposes": {"x": {"rule": "percent", "percent": 50}}}),
        ("announcement", {"awards": awards, "publish": {"ranked": True}}),
    ):
        known = {"earlier": earlier, "tracks": given.tracks("x", "y")}
        outcome = given.close(kind, options, alive, **known)
        assert [proposal.entry for proposal in outcome.proposals] == codes
        assert given.close(kind, options, data.draw(st.permutations(alive)), **known) == outcome


@pytest.mark.parametrize("kind", ["cut", "plenary"])
def test_several_quotas_hold_at_once_and_the_stage_says_what_they_cost(given, kind):
    alive = given.entries("A", "B", "C", "D", entrant="Dinas A")
    alive = (*alive[:2], replace(alive[2], region="timur"), replace(alive[3], entrant="Dinas D"))
    earlier = {"s": {"": given.standings({"A": 90, "B": 80, "C": 70, "D": 60})}}
    quotas = [{"by": "entrant", "at_most": 2}, {"by": "region", "values": ["timur"], "at_least": 1}]
    rule = {"rule": "quotas", "n": 3, "quotas": quotas}
    options = {"of": "s", "rule": rule} if kind == "cut" else {"of": "s", "proposes": rule, "panel": "te"}
    outcome = given.close(kind, options, alive, earlier=earlier)
    assert given.advanced(outcome) == ["A", "C", "D"]
    lost = next(proposal for proposal in outcome.proposals if proposal.entry == "B")
    assert (lost.displaced_by, lost.codes) == ("D", ("displaced_by_quota",))
    assert outcome.warnings == (
        "without 'at most 2 of each entrant' the total score would be 240, not 220, and B would be in",
        "without 'at least 1 of region 'timur'' the total score would be 230, not 220, and B would be in",
    )
