"""The assignment is the best there is: against trying all, against another solver, against published optima."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juri.core.errors import ActionRefused, InputRefused
from juri.core.matching import matching as module
from juri.core.matching.board import build_board
from juri.core.matching.flow import Aims, Arcs, choose
from juri.core.matching.matching import match
from juri.core.matching.problem import Entry, Juror, Mix, Problem, Wishes

SHARED = Path(__file__).resolve().parents[3] / "shared" / "reference" / "assignment_known_optima"

CATEGORIES = ("gizi", "energi")
ROLES = ("academic", "")


@st.composite
def problems(draw):
    """Draw a problem that is small enough to try every assignment of."""
    jurors = tuple(
        Juror(
            f"J{number}",
            least=draw(st.integers(0, 2)),
            most=draw(st.one_of(st.none(), st.integers(2, 3))),
            categories=draw(st.sampled_from([frozenset(), frozenset({"gizi"}), frozenset({"energi"})])),
            expertise=draw(st.dictionaries(st.sampled_from(CATEGORIES), st.integers(0, 9))),
            role=draw(st.sampled_from(ROLES)),
        )
        for number in range(draw(st.integers(1, 4)))
    )
    entries = tuple(
        Entry(f"E{number}", draw(st.integers(1, 2)), draw(st.sampled_from(CATEGORIES)))
        for number in range(draw(st.integers(1, 3)))
    )
    everything = [(entry.code, juror.code) for entry in entries for juror in jurors]
    forbidden = dict.fromkeys(draw(st.lists(st.sampled_from(everything), max_size=3)), "family")
    mixes = draw(st.sampled_from([(), (), (Mix("academic", least=1),), (Mix("academic", most=1),)]))
    return Problem(entries, jurors, forbidden=forbidden, mixes=mixes)


def allowed(problem, entry, juror):
    return (entry.code, juror.code) not in problem.forbidden and (
        not juror.categories or entry.category in juror.categories
    )


def right_mix(problem, jurors):
    counts = {mix.role: sum(juror.role == mix.role for juror in jurors) for mix in problem.mixes}
    return all(mix.least <= counts[mix.role] <= (mix.most or 99) for mix in problem.mixes)


def every_assignment(problem):
    """List every assignment that keeps to all rules, as sets of pairs."""
    choices = [
        [
            [(entry.code, juror.code) for juror in jurors]
            for jurors in combinations([j for j in problem.jurors if allowed(problem, entry, j)], entry.wanted)
            if right_mix(problem, jurors)
        ]
        for entry in problem.entries
    ]
    for parts in product(*choices):
        pairs = frozenset(pair for part in parts for pair in part)
        if all(j.least <= load(pairs, j.code) <= (99 if j.most is None else j.most) for j in problem.jurors):
            yield pairs


def load(pairs, code):
    return sum(juror == code for _, juror in pairs)


def affinity(problem, pairs):
    expertise = {juror.code: juror.expertise for juror in problem.jurors}
    category = {entry.code: entry.category for entry in problem.entries}
    return sum(problem.affinity.get((entry, juror), expertise[juror].get(category[entry], 0)) for entry, juror in pairs)


def unevenness(problem, pairs):
    return sum(load(pairs, juror.code) ** 2 for juror in problem.jurors)


@settings(deadline=None, max_examples=250)
@given(problems())
def test_loads_are_as_even_as_can_be_and_then_expertise_as_great(problem):
    possible = list(every_assignment(problem))
    if not possible:
        with pytest.raises(ActionRefused) as refused:
            match(problem)
        assert (refused.value.code, bool(refused.value.reasons)) == ("too_few_jurors", True)
        return
    pairs = frozenset(match(problem).pairs)
    assert pairs in possible
    best = min((unevenness(problem, each), -affinity(problem, each)) for each in possible)
    assert (unevenness(problem, pairs), -affinity(problem, pairs)) == best


@settings(deadline=None, max_examples=150)
@given(problems())
def test_expertise_comes_first_where_it_is_asked_for(problem):
    possible = list(every_assignment(problem))
    if possible:
        pairs = frozenset(match(problem, Wishes(loads_first=False)).pairs)
        best = min((-affinity(problem, each), unevenness(problem, each)) for each in possible)
        assert (-affinity(problem, pairs), unevenness(problem, pairs)) == best


@settings(deadline=None, max_examples=150)
@given(problems())
def test_the_worst_served_pair_is_served_as_well_as_can_be(problem):
    possible = list(every_assignment(problem))
    if possible:
        found = match(problem, Wishes(worst_first=True))
        worst = max(min(affinity(problem, [pair]) for pair in each) for each in possible)
        assert (found.threshold, min(affinity(problem, [pair]) for pair in found.pairs)) == (worst, worst)


@settings(deadline=None, max_examples=100)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_in_which_the_parts_are_given_changes_nothing(problem, random):
    def shuffled(items):
        return tuple(random.sample(list(items), len(items)))

    other = replace(
        problem,
        entries=shuffled(problem.entries),
        jurors=shuffled(problem.jurors),
        forbidden=dict(shuffled(problem.forbidden.items())),
    )
    assert answer(other) == answer(problem)


def answer(problem):
    try:
        return match(problem, Wishes(seed=5))
    except ActionRefused as refused:
        return refused.reasons


def test_another_seed_settles_equals_otherwise_and_is_kept_with_the_answer():
    panel = tuple(Juror(f"J{number}") for number in range(6))
    problem = Problem(tuple(Entry(f"E{number}", 2) for number in range(12)), panel)
    found = [match(problem, Wishes(seed=seed)) for seed in (1, 2)]
    assert found[0].pairs != found[1].pairs
    assert [(each.seed, each.lots) for each in found] == [(1, 2**20), (2, 2**20)]


def known_optima():
    if not SHARED.exists():
        pytest.skip("the reference sets are not beside this checkout")
    return json.loads((SHARED / "cases.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_hard_instances_of_machol_and_wien_are_solved(place):
    case = known_optima()["machol_wien"][place]
    count = case["n"]
    jurors = tuple(Juror(f"J{number:03}", least=1, most=1) for number in range(count))
    board = build_board(Problem(tuple(Entry(f"E{number:03}", 1) for number in range(count)), jurors))
    rows, columns = np.nonzero(board.allowed)
    cost = (rows + 1) * (columns + 1)
    chosen = choose(board, Arcs(rows, columns, np.zeros(rows.size, np.uint64)), Aims([], [cost]))
    assert int(cost[chosen.mask].sum()) == case["optimal_min"]


def test_the_transport_problem_of_the_reference_set_has_its_optimum():
    case = known_optima()["transport"]
    grades = {
        (f"E{row}", f"J{column}"): grade
        for row, line in enumerate(case["utility"])
        for column, grade in enumerate(line)
    }
    entries = tuple(Entry(f"E{row}", case["per_entry"]) for row in range(3))
    problem = Problem(
        entries,
        tuple(Juror(f"J{column}", most=case["max_load"]) for column in range(4)),
        forbidden={pair: "conflict" for pair, grade in grades.items() if grade is None},
        affinity={pair: grade for pair, grade in grades.items() if grade is not None},
    )
    assert match(problem, Wishes(loads_first=False)).affinity == case["optimal_sum"]


def large(entries, jurors, per_entry, seed):
    drawn = np.random.default_rng(seed)
    grades = drawn.integers(0, 1001, (entries, jurors))
    affinity = {(f"E{r:03}", f"J{c:02}"): int(grades[r, c]) for r in range(entries) for c in range(jurors)}
    mean = entries * per_entry / jurors
    panel = tuple(Juror(f"J{c:02}", least=int(mean * 0.8), most=int(mean * 1.1) + 1) for c in range(jurors))
    return Problem(tuple(Entry(f"E{r:03}", per_entry) for r in range(entries)), panel, affinity=affinity), grades


def optimum_by_highs(problem, grades):
    from scipy.optimize import linprog
    from scipy.sparse import identity, kron, vstack

    rows, columns = grades.shape
    by_entry = kron(identity(rows), np.ones((1, columns)))
    by_juror = kron(np.ones((1, rows)), identity(columns))
    wanted = [entry.wanted for entry in problem.entries]
    most, least = [juror.most for juror in problem.jurors], [-juror.least for juror in problem.jurors]
    solved = linprog(
        -grades.ravel(),
        A_eq=by_entry,
        b_eq=wanted,
        A_ub=vstack([by_juror, -by_juror]),
        b_ub=[*most, *least],
        bounds=(0, 1),
        method="highs",
    )
    return round(-solved.fun)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_highs_finds_nothing_better(seed):
    problem, grades = large(120, 12, 3, seed)
    assert match(problem, Wishes(loads_first=False)).affinity == optimum_by_highs(problem, grades)


def test_pruned_candidates_leave_no_juror_idle_and_little_is_lost(monkeypatch):
    problem, _ = large(200, 60, 3, 4)
    whole = match(problem, Wishes(loads_first=False))
    monkeypatch.setattr(module, "_ALL_PAIRS", 1000)
    monkeypatch.setattr(module, "_CANDIDATES", 20)
    pruned = match(problem, Wishes(loads_first=False))
    assert (whole.candidates, pruned.candidates) == (0, 20)
    assert min(pruned.loads.values()) >= min(juror.least for juror in problem.jurors)
    assert whole.affinity * 0.999 <= pruned.affinity <= whole.affinity


def test_pairs_that_stay_count_for_entry_juror_and_role():
    jurors = (Juror("A", most=2, role="academic"), Juror("B", most=2), Juror("C", most=2))
    entries = (Entry("E1", 2), Entry("E2", 2))
    fixed = frozenset({("E1", "A"), ("E1", "gone"), ("E9", "A")})
    found = match(Problem(entries, jurors, fixed=fixed, mixes=(Mix("academic", most=1),)))
    assert {("E1", "A"), ("E1", "gone")} <= set(found.pairs)
    assert ("E9", "A") not in found.pairs
    assert (load(found.pairs, "A"), len(found.pairs)) == (1, 4) or load(found.pairs, "A") == 2


def test_a_ministry_scores_its_own_field_and_nobody_the_own_agency():
    jurors = (Juror("kemkes", agency="Kemenkes"), Juror("esdm", agency="ESDM"), Juror("univ"))
    entries = (Entry("E1", 1, "gizi", agency="Kemenkes"), Entry("E2", 1, "energi"), Entry("E3", 1, "gizi"))
    scopes = {"Kemenkes": frozenset({"gizi"}), "ESDM": frozenset({"energi"})}
    found = match(Problem(entries, jurors, scopes=scopes))
    assert found.pairs == (("E1", "univ"), ("E2", "esdm"), ("E3", "kemkes"))


def test_an_entry_has_as_many_of_a_role_as_the_mix_says():
    jurors = tuple(Juror(f"{role}{number}", role=role) for role in ("academic", "press") for number in range(3))
    entries = tuple(Entry(f"E{number}", 3) for number in range(8))
    found = match(Problem(entries, jurors, mixes=(Mix("academic", 1), Mix("press", 1, 1))))
    counted = [sum(juror.startswith("press") for entry, juror in found.pairs if entry == each.code) for each in entries]
    assert counted == [1] * 8


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (Problem((Entry("E1", 1), Entry("E1", 1)), ()), "the entry 'E1' is given 2 times; give it once"),
        (Problem((Entry("E1", -1),), ()), "it wants -1 jurors; write 0 or more"),
        (Problem((), (Juror("A", least=3, most=2),)), "the load goes from 3 to 2; the least is 0 or more, the most"),
        (Problem((), (Juror("A", expertise={"gizi": 1001}),)), "the grade 1001 is not between 0 and 1000"),
        (Problem((), (), mixes=(Mix("academic", 2, 1),)), "at least 2 and at most 1"),
        (Problem((), (), affinity={("E1", "A"): -1}), "the grade -1 is not between"),
    ],
)
def test_a_faulty_problem_is_refused(problem, said):
    with pytest.raises(InputRefused) as refused:
        match(problem)
    assert said in str(refused.value)


def test_nothing_to_assign_is_an_assignment():
    found = match(Problem((), (Juror("A"), Juror("B"))))
    assert (found.pairs, dict(found.loads), found.worst, found.graph.components) == ((), {"A": 0, "B": 0}, None, 0)
