"""A juror drops out, a conflict is declared: few pairs change. Bridges keep the jurors comparable."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juri.core.errors import ActionRefused
from juri.core.matching.graph import describe, graph_of, worries
from juri.core.matching.matching import match, repair
from juri.core.matching.problem import Entry, Graph, Juror, Mix, Problem, Wishes


def entries(count, wanted=2, categories=("",)):
    return tuple(Entry(f"E{number:03}", wanted, categories[number % len(categories)]) for number in range(count))


def without(problem, code):
    return replace(problem, jurors=tuple(juror for juror in problem.jurors if juror.code != code))


def test_the_entries_of_a_juror_who_drops_out_go_to_others_and_nothing_else_moves():
    problem = Problem(entries(30), tuple(Juror(f"J{number}", most=12) for number in range(6)))
    before = match(problem)
    mended = repair(without(problem, "J3"), before.pairs)
    lost = [pair for pair in before.pairs if pair[1] == "J3"]
    assert sorted(mended.removed) == lost
    assert sorted(entry for entry, _ in mended.added) == [entry for entry, _ in lost]
    assert max(mended.matching.loads.values()) - min(mended.matching.loads.values()) <= 1


def test_where_a_full_juror_stands_in_the_way_one_more_pair_moves():
    jurors = (Juror("A", most=1), Juror("B", most=1), Juror("C", most=1))
    problem = Problem((Entry("E1", 1), Entry("E2", 1)), jurors, forbidden={("E1", "C"): "family"})
    mended = repair(without(problem, "A"), [("E1", "A"), ("E2", "B")])
    assert (mended.removed, mended.added) == ((("E1", "A"), ("E2", "B")), (("E1", "B"), ("E2", "C")))


@settings(deadline=None, max_examples=150)
@given(st.data())
def test_no_repair_needs_fewer_new_pairs(data):
    jurors = tuple(Juror(f"J{number}", most=data.draw(st.integers(1, 3))) for number in range(4))
    problem = Problem(entries(3, 1), jurors)
    choices = list(product([juror.code for juror in jurors], repeat=3))
    limits = {juror.code: juror.most for juror in jurors}
    now = [(entry.code, data.draw(st.sampled_from(list(limits)))) for entry in problem.entries]
    gone = data.draw(st.sampled_from(list(limits)))
    fine = [c for c in choices if gone not in c and all(c.count(code) <= most for code, most in limits.items())]
    new = [sum(pair not in now for pair in zip([e.code for e in problem.entries], c, strict=True)) for c in fine]
    if fine:
        assert len(repair(without(problem, gone), now).added) == min(new)
    else:
        with pytest.raises(ActionRefused):
            repair(without(problem, gone), now)


def test_what_was_begun_stays():
    problem = Problem(entries(4, 1), (Juror("A"), Juror("B"), Juror("C")), fixed=frozenset({("E000", "A")}))
    mended = repair(problem, [("E000", "A"), ("E001", "A"), ("E002", "A"), ("E003", "A")])
    assert (mended.removed, mended.added) == ((), ())


@pytest.mark.parametrize(
    ("pairs", "graph"),
    [
        ([("E", "A"), ("E", "B")], Graph(1, 2.0)),
        ([("E", "A"), ("E", "B"), ("E", "C"), ("E", "D")], Graph(1, 4 / 3)),
        ([("E", "A"), ("E", "B"), ("F", "B"), ("F", "C")], Graph(1, 1.0)),
        ([("E", "A"), ("E", "B"), ("F", "C"), ("F", "D")], Graph(2, 0.0)),
        ([("E", "A"), ("F", "B")], Graph(2, 0.0)),
        ([("E", "A")], Graph(1, None)),
        ([], Graph(0, None)),
    ],
    ids=["two", "complete", "path", "two components", "strangers", "alone", "nobody"],
)
def test_the_connectivity_is_that_of_known_graphs(pairs, graph):
    found = graph_of(pairs)
    assert found.components == graph.components
    assert found.connectivity == pytest.approx(graph.connectivity)


def test_a_long_chain_of_jurors_is_called_weak():
    chain = np.diag(np.ones(59, int), 1) + np.diag(np.ones(59, int), -1)
    assert "weakly connected (lambda2 0.00" in worries(describe(chain))[0]


FIELDS = ("gizi", "energi", "air")
SPECIALISTS = tuple(
    Juror(f"{field}{number}", expertise={field: 900}, role="academic" if number else "")
    for field in FIELDS
    for number in range(4)
)


@pytest.mark.parametrize("mixes", [(), (Mix("academic", 2),)])
def test_bridges_join_jurors_of_separate_fields(mixes):
    problem = Problem(entries(120, 3, FIELDS), SPECIALISTS, mixes=mixes)
    apart = match(problem)
    assert (apart.graph.components, "fall into 3 groups" in apart.warnings[0]) == (3, True)
    joined = match(problem, Wishes(bridges=Fraction(5, 100)))
    assert (len(joined.bridges), joined.before.components, joined.graph.components) == (6, 3, 1)
    assert set(joined.bridges) <= set(joined.pairs)
    assert joined.graph.connectivity > 0.02
    assert joined.affinity >= apart.affinity * 0.97


def test_a_bridge_leaves_the_categories_of_a_juror_only_where_that_is_allowed():
    limited = tuple(replace(juror, categories=frozenset(juror.expertise)) for juror in SPECIALISTS)
    problem = Problem(entries(60, 3, FIELDS), limited, forbidden={("E000", "energi1"): "family"})
    strict = match(problem, Wishes(bridges=Fraction(1, 10)))
    assert (strict.bridges, strict.graph.components) == ((), 3)
    assert strict.warnings[0].startswith("only 0 of 6 bridge entries were possible")
    wide = match(problem, Wishes(bridges=Fraction(1, 10), beyond_scope=True))
    assert (len(wide.bridges), wide.graph.components, wide.warnings) == (6, 1, ())


def test_bridges_that_do_not_fit_are_refused_rather_than_left_out():
    jurors = (*(Juror(code, least=2) for code in "AB"), *(Juror(code, expertise={"y": 9}) for code in "CD"))
    apart = {("E3", code): "family" for code in "AB"}
    problem = Problem((Entry("E1", 2, "x"), Entry("E2", 2, "x"), Entry("E3", 2, "y")), jurors, forbidden=apart)
    assert match(problem).graph.components == 2
    with pytest.raises(ActionRefused) as refused:
        match(problem, Wishes(bridges=Fraction(1, 3)))
    assert "bridge entries do not fit beside loads and roles" in refused.value.reasons[0]
