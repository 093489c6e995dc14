"""Cut rules: who advances, who stays open, who lost a place to whom, on real funnels and on any standings."""

from fractions import Fraction

import pytest
from hypothesis import given as any_of
from hypothesis import strategies as st
from marshmallow import ValidationError

from juri.core.errors import ActionRefused
from juri.core.extension import CutCase, CutRule
from juri.core.scoring.standings import Standing, Standings
from juri.core.view import EntryFacts, Proposal
from juri.plugins.rules.cuts import juri_cut_rules

RULES = {rule.name: rule for rule in juri_cut_rules()}


def run(rule: str, options, standings, *, facts=None, quotas=None, tie_order=()):
    record: CutRule = RULES[rule]
    known = {code: EntryFacts(code, code, code) for code in _codes(standings)} | (facts or {})
    case = CutCase(standings, known, quotas or {}, tuple(tie_order))
    return record.select(case, record.options().load(options) if record.options else {})


def _codes(standings):
    return [line.entry for line in standings.lines] + [gone.entry for gone in standings.unranked]


def by(outcome, proposals):
    return [proposal.entry for proposal in proposals if proposal.outcome == outcome]


def test_the_best_n_advance_and_everybody_is_told_why(given):
    proposals = run("top_n", {"n": 1}, given.standings({"A": 80, "B": "79.5"}, ["C"]))
    assert proposals == [
        Proposal("A", "advance", "top 1", "rank 1 with 80: the 1 place"),
        Proposal("B", "stop", "top 1", "rank 2 with 79.5: no place left", ("beyond_places",)),
        Proposal("C", "stop", "top 1", "not ranked: incomplete", ("unranked",)),
    ]


def test_exactly_those_tied_across_the_line_stay_open_for_the_panel(given):
    proposals = run("top_n", {"n": 3}, given.standings({"A": 9, "B": 8, "C": 7, "D": 7, "E": 6}))
    assert (by("advance", proposals), by("undecided", proposals), by("stop", proposals)) == (
        ["A", "B"],
        ["C", "D"],
        ["E"],
    )


def test_a_tie_above_the_line_bothers_nobody(given):
    assert by("advance", run("top_n", {"n": 3}, given.standings({"A": 9, "B": 9, "C": 7, "D": 6}))) == ["A", "B", "C"]


@pytest.mark.parametrize(("ties", "advanced"), [("include", ["A", "B", "C"]), ("exclude", ["A"])])
def test_an_edition_may_declare_who_of_a_tie_goes_in(given, ties, advanced):
    proposals = run("top_n", {"n": 2, "ties": ties}, given.standings({"A": 9, "B": 7, "C": 7}))
    assert (by("advance", proposals), by("undecided", proposals)) == (advanced, [])


def test_the_recorded_order_of_the_panel_settles_a_tie(given):
    tied = given.standings({"A": 9, "B": 7, "C": 7, "D": 7})
    assert by("advance", run("top_n", {"n": 2}, tied, tie_order=["D", "B", "C"])) == ["A", "D"]


def test_an_order_that_names_only_some_leaves_the_others_tied_behind_them(given):
    tied = given.standings({"A": 7, "B": 7, "C": 7})
    proposals = run("top_n", {"n": 2}, tied, tie_order=["C"])
    assert (by("advance", proposals), by("undecided", proposals)) == (["C"], ["A", "B"])


def test_kipp_2023_nominates_twice_the_quota_of_each_track(given):
    umum = given.standings({f"U{n:04}": 3000 - n for n in range(400)})
    khusus = given.standings({f"K{n:03}": 3000 - n for n in range(60)})
    options = {"ratio": 2, "quota": "finalists", "by": "track"}
    counts = [
        len(by("advance", run("ratio_of_quota", options, ranked, quotas={"finalists": quota})))
        for ranked, quota in ((umum, 99), (khusus, 15))
    ]
    assert counts == [198, 30]


KIJB = {"provinsi": 5, "kabupaten": 5, "kota": 5, "bumd": 3, "lembaga": 3}


def _kijb(given, sizes):
    clusters = [(f"{cluster}{n:02}", cluster) for cluster, size in sizes.items() for n in range(size)]
    facts = {code: EntryFacts(code, code, code, cluster=cluster) for code, cluster in clusters}
    scores = {code: 1000 - 20 * list(sizes).index(cluster) - int(code[-2:]) for code, cluster in clusters}
    return given.standings(scores), facts


def test_kijb_fills_its_top_21_cluster_by_cluster(given):
    ranked, facts = _kijb(given, dict.fromkeys(KIJB, 9))
    proposals = run("ratio_of_quota", {"ratio": 1, "by": "cluster", "places": KIJB}, ranked, facts=facts)
    taken = by("advance", proposals)
    assert {cluster: sum(facts[code].cluster == cluster for code in taken) for cluster in KIJB} == KIJB


def test_who_lost_a_place_to_a_quota_is_told_by_whom_and_by_which_rule(given):
    facts = {code: EntryFacts(code, code, code, cluster=code[0]) for code in ("p1", "p2", "p3", "k1")}
    ranked = given.standings({"p1": 90, "p2": 80, "p3": 75, "k1": 70})
    proposals = run("ratio_of_quota", {"ratio": 1, "by": "cluster", "places": {"p": 1, "k": 1}}, ranked, facts=facts)
    rule = "places by cluster: k 1, p 1"
    assert proposals == [
        Proposal("p1", "advance", rule, "rank 1 with 90: the 1 place of cluster 'p'"),
        Proposal(
            "p2",
            "stop",
            rule,
            "rank 2 with 80: no place left; its place by score went to k1 (rank 4 with 70) by the rule '" + rule + "'",
            ("beyond_places",),
            "k1",
        ),
        Proposal("p3", "stop", rule, "rank 3 with 75: no place left", ("beyond_places",)),
        Proposal("k1", "advance", rule, "rank 4 with 70: the 1 place of cluster 'k'"),
    ]


@pytest.mark.parametrize(
    ("short", "advanced", "undecided"),
    [
        ({"short": "leave"}, 19, 0),
        ({"short": "next_best"}, 21, 0),
        ({}, 19, 2),
    ],
)
def test_places_that_a_group_cannot_fill_move_only_if_the_edition_says_so(given, short, advanced, undecided):
    ranked, facts = _kijb(given, dict.fromkeys(KIJB, 9) | {"bumd": 1})
    proposals = run("ratio_of_quota", {"ratio": 1, "by": "cluster", "places": KIJB} | short, ranked, facts=facts)
    assert (len(by("advance", proposals)), len(by("undecided", proposals))) == (advanced, undecided)


def test_a_seat_does_not_move_past_a_tie_that_is_still_open(given):
    facts = {code: EntryFacts(code, code, code, cluster=code[0]) for code in ("p1", "p2", "p3", "k1")}
    ranked = given.standings({"p1": 90, "p2": 90, "p3": 75, "k1": 70})
    options = {"ratio": 1, "by": "cluster", "places": {"p": 1, "k": 2}, "short": "next_best"}
    proposals = run("ratio_of_quota", options, ranked, facts=facts)
    assert (by("advance", proposals), by("undecided", proposals)) == (["k1"], ["p1", "p2", "p3"])


def test_an_entry_of_a_group_without_places_is_stopped_with_that_reason(given):
    facts = {"a": EntryFacts("a", "a", "a", cluster="kota"), "b": EntryFacts("b", "b", "b", cluster="bumn")}
    options = {"ratio": 1, "by": "cluster", "places": {"kota": 1}}
    proposals = run("ratio_of_quota", options, given.standings({"a": 1, "b": 2}), facts=facts)
    assert [(p.entry, p.codes, p.displaced_by) for p in proposals] == [
        ("b", ("group_without_places",), "a"),
        ("a", (), ""),
    ]


def test_places_by_track_cut_a_merged_list(given):
    facts = {code: EntryFacts(code, code, code, track=code[0]) for code in ("u1", "u2", "k1", "k2")}
    options = {"ratio": 1, "places": {"u": 1, "k": 1, "r": 4}}
    ranked = given.standings({"u1": 9, "u2": 8, "k1": 7, "k2": 6})
    assert by("advance", run("ratio_of_quota", options, ranked, facts=facts)) == ["u1", "k1"]


def test_a_product_that_is_not_whole_needs_a_declared_rounding(given):
    ranked = given.standings({str(n): n for n in range(9)})
    with pytest.raises(ActionRefused, match=r"1\.5 x 3 places is 4\.5: say how to round"):
        run("ratio_of_quota", {"ratio": _exact("1.5"), "quota": "q"}, ranked, quotas={"q": 3})
    options = {"ratio": _exact("1.5"), "quota": "q", "rounding": "up"}
    assert len(by("advance", run("ratio_of_quota", options, ranked, quotas={"q": 3}))) == 5


def _exact(text):
    from decimal import Decimal

    return Decimal(text)


def test_places_that_do_not_add_up_to_the_quota_are_refused(given):
    options = {"ratio": 1, "quota": "q", "by": "cluster", "places": {"kota": 2}}
    with pytest.raises(ActionRefused, match="the places by cluster are 2, the quota 'q' is 3"):
        run("ratio_of_quota", options, given.standings({"A": 1}), quotas={"q": 3})


def test_a_quota_that_the_track_does_not_have_is_refused_with_those_it_has(given):
    with pytest.raises(ActionRefused, match="no quota 'q'; its quotas are: finalists"):
        run("ratio_of_quota", {"ratio": 2, "quota": "q"}, given.standings({"A": 1}), quotas={"finalists": 3})


@pytest.mark.parametrize(
    ("options", "field"),
    [
        ({"ratio": 1, "by": "cluster"}, "places"),
        ({"ratio": 1}, "quota"),
        ({"ratio": 1.5, "quota": "q"}, "ratio"),
        ({"ratio": 1, "quota": "q", "shrot": "leave"}, "shrot"),
        ({"ratio": 0, "quota": "q"}, "ratio"),
    ],
)
def test_a_ratio_from_which_no_number_follows_is_refused(options, field):
    with pytest.raises(ValidationError) as refused:
        RULES["ratio_of_quota"].options().load(options)
    assert list(refused.value.messages) == [field]


def _kipp_2025(given):
    facts = {
        code: EntryFacts(code, code, code, answers={"already_replicated": answer})
        for code, answer in (("A", "no"), ("B", "yes"), ("C", True), ("D", "yes"), ("E", "no"))
    }
    return given.standings({"A": 95, "B": 90, "C": 85, "D": "84.99", "E": 88}), facts


def test_kipp_2025_passes_everybody_from_85_on(given):
    ranked, facts = _kipp_2025(given)
    proposals = run("threshold", {"min": 85, "priority": ["already_replicated"]}, ranked, facts=facts)
    assert (by("advance", proposals), [p.codes for p in proposals if p.outcome == "stop"]) == (
        ["A", "B", "E", "C"],
        [("below_threshold",)],
    )


def test_kipp_2025_takes_the_replicated_first_where_places_are_limited(given):
    ranked, facts = _kipp_2025(given)
    options = {"min": 85, "priority": ["already_replicated"], "n": 2}
    proposals = run("threshold", options, ranked, facts=facts)
    assert [(p.entry, p.outcome, p.displaced_by) for p in proposals] == [
        ("A", "stop", "C"),
        ("B", "advance", ""),
        ("E", "stop", ""),
        ("C", "advance", ""),
        ("D", "stop", ""),
    ]


def test_a_least_score_cannot_cut_sums_of_ranks():
    low = Standings((Standing(Fraction(1), "A", Fraction(3), 1),), low_is_best=True)
    with pytest.raises(ActionRefused, match="the lower score is the better one"):
        run("threshold", {"min": 85}, low)


def test_percent_counts_all_entries_and_says_how_it_rounds(given):
    ranked = given.standings({str(n): n for n in range(8)}, ["x", "y"])
    proposals = run("percent", {"percent": 25}, ranked)
    assert (by("advance", proposals), proposals[0].rule) == (["7", "6"], "25 percent of 10, rounded down: 2")


def test_where_a_person_picks_nobody_is_proposed(given):
    proposals = run("human", {}, given.standings({"A": 9, "B": 8}, ["C"]))
    assert proposals == [
        Proposal("A", "undecided", "the panel picks", "rank 1 with 9"),
        Proposal("B", "undecided", "the panel picks", "rank 2 with 8"),
        Proposal("C", "undecided", "the panel picks", "not ranked: incomplete", ("unranked",)),
    ]


@st.composite
def cases(draw):
    scores = draw(st.lists(st.integers(0, 12), max_size=25))
    lines = sorted(((f"E{n:02}", score) for n, score in enumerate(scores)), key=lambda row: (-row[1], row[0]))
    ranked = tuple(
        Standing(Fraction(1 + sum(other > score for other in scores)), code, Fraction(score), 1)
        for code, score in lines
    )
    clusters = draw(st.lists(st.sampled_from("pkb"), min_size=len(scores), max_size=len(scores)))
    facts = {
        f"E{n:02}": EntryFacts(f"E{n:02}", "", "", cluster=cluster, answers={"fact": draw(st.booleans())})
        for n, cluster in enumerate(clusters)
    }
    return Standings(ranked), facts


rules = st.one_of(
    st.tuples(st.just("top_n"), st.fixed_dictionaries({"n": st.integers(1, 12)})),
    st.tuples(st.just("percent"), st.fixed_dictionaries({"percent": st.integers(1, 100)})),
    st.tuples(
        st.just("threshold"),
        st.fixed_dictionaries({"min": st.integers(0, 12), "priority": st.just(["fact"])}, optional={"n": st.just(3)}),
    ),
    st.tuples(
        st.just("ratio_of_quota"),
        st.fixed_dictionaries(
            {
                "ratio": st.integers(1, 2),
                "by": st.just("cluster"),
                "places": st.fixed_dictionaries({"p": st.integers(0, 5), "k": st.integers(0, 5)}),
            },
            optional={"short": st.sampled_from(["leave", "next_best"])},
        ),
    ),
)


@any_of(cases(), rules)
def test_every_entry_is_proposed_once_and_displaced_only_by_one_that_advanced_with_a_lower_score(case, rule):
    standings, facts = case
    proposals = run(*rule, standings, facts=facts)
    scores = standings.score_of()
    advanced = set(by("advance", proposals))
    assert sorted(p.entry for p in proposals) == sorted(facts)
    losers = [p for p in proposals if p.displaced_by]
    assert all(p.outcome == "stop" and p.displaced_by in advanced for p in losers)
    assert all(scores[p.displaced_by] < scores[p.entry] for p in losers)
    assert len({p.displaced_by for p in losers}) == len(losers)


@any_of(cases(), st.integers(1, 25))
def test_n_advance_where_no_tie_crosses_the_line(case, n):
    standings, facts = case
    proposals = run("top_n", {"n": n}, standings, facts=facts)
    scores, open_ = standings.score_of(), by("undecided", proposals)
    assert len({scores[entry] for entry in open_}) <= 1
    assert len(open_) != 1
    if open_:
        assert len(by("advance", proposals)) < n < len(by("advance", proposals)) + len(open_)
    else:
        assert len(by("advance", proposals)) == min(n, len(facts))
