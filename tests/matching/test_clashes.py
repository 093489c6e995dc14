"""Where no assignment exists, the reasons name who wants what and who may take it, and the counts prove it."""

from __future__ import annotations

import pytest

from juri.core.errors import ActionRefused
from juri.core.matching.matching import match
from juri.core.matching.problem import Entry, Juror, Mix, Problem


def reasons(problem):
    with pytest.raises(ActionRefused) as refused:
        match(problem)
    assert refused.value.code == "too_few_jurors"
    return refused.value.reasons


def entries(count, wanted, category="", start=0):
    return tuple(Entry(f"E{number:02}", wanted, category) for number in range(start, start + count))


def test_an_entry_that_too_few_may_score_is_named_with_what_keeps_each_juror_away():
    jurors = (
        Juror("A"),
        Juror("B"),
        Juror("C", agency="Dinkes"),
        Juror("D", tracks=frozenset({"khusus"})),
        Juror("E", categories=frozenset({"energi"})),
        Juror("F", agency="ESDM"),
    )
    entry = Entry("X", 3, "gizi", "umum", "Dinkes")
    scopes = {"ESDM": frozenset({"energi"})}
    assert reasons(Problem((entry,), jurors, forbidden={("X", "B"): "family"}, scopes=scopes)) == (
        (
            "'X' needs 3 jurors and can get 1: the panel has 6, 1 may not score it because of a conflict, 1 may not "
            "score "
            "the own agency, 1 cannot score the track 'umum', 1 cannot score the category 'gizi', 1 come from agencies "
            "whose field is not 'gizi'"
        ),
    )


def test_entries_that_want_more_than_their_jurors_may_take_are_counted_against_each_other():
    health = tuple(Juror(f"G{number}", most=6, categories=frozenset({"gizi"})) for number in range(5))
    others = tuple(Juror(f"Z{number}", categories=frozenset({"energi"})) for number in range(9))
    problem = Problem((*entries(12, 3, "gizi"), *entries(20, 3, "energi", 12)), (*health, *others))
    assert reasons(problem) == (
        (
            "these 12 entries of category 'gizi' (E00, E01, E02, E03, E04 and 7 more) want 36 scorecards; the 5 jurors "
            "(G0, G1, G2, G3, G4) who may score them can take at most 30: 6 too few; raise their largest load, add "
            "jurors, "
            "or lower the jurors for each entry"
        ),
    )


def test_who_may_score_a_few_of_the_crowded_entries_is_counted_in():
    jurors = (Juror("A", most=2), Juror("B", most=2), Juror("C", categories=frozenset({"energi"})))
    problem = Problem((*entries(3, 2, "gizi"), *entries(1, 1, "energi", 3)), jurors)
    assert reasons(problem) == (
        (
            "these 3 entries of category 'gizi' (E00, E01, E02) want 6 scorecards; the 2 jurors (A, B) who may "
            "score them "
            "can take at most 4: 2 too few; raise their largest load, add jurors, or lower the jurors for each entry"
        ),
    )
    jurors = (Juror("A", most=1), Juror("B", most=1), Juror("C"))
    assert reasons(Problem(entries(3, 2), jurors)) == (
        (
            "these 3 entries (E00, E01, E02) want 6 scorecards; the 2 jurors (A, B) who may score them can take at "
            "most 2, "
            "and others who may score some of them 3 more: 1 too few; raise their largest load, add jurors, or "
            "lower the "
            "jurors for each entry"
        ),
    )


def test_jurors_who_are_to_get_more_than_there_is_are_named():
    jurors = (Juror("A", least=3, categories=frozenset({"gizi"})), Juror("B"), Juror("C"))
    assert reasons(Problem((*entries(2, 1, "gizi"), *entries(5, 1, "energi", 2)), jurors)) == (
        (
            "the 1 juror (A) are to get at least 3 entries beside what they have; the entries that they may score have "
            "only 2 places to give; lower their least load, or let them score more"
        ),
    )


def test_a_role_that_nobody_can_fill_is_named():
    jurors = (Juror("A", role="academic", categories=frozenset({"energi"})), Juror("B"), Juror("C"))
    problem = Problem(entries(2, 2, "gizi"), jurors, mixes=(Mix("academic", 1),))
    assert reasons(problem) == (
        "'E00' needs 1 of the role 'academic' and can get 0",
        "'E01' needs 1 of the role 'academic' and can get 0",
    )
    busy = (Juror("A", role="academic", most=1), Juror("B"), Juror("C"))
    assert reasons(Problem(entries(2, 2), busy, mixes=(Mix("academic", 1),))) == (
        (
            "of the role 'academic': these 2 entries (E00, E01) want 2 scorecards; the 1 juror (A) who may score "
            "them can "
            "take at most 1: 1 too few; raise their largest load, add jurors, or lower the jurors for each entry"
        ),
    )


def test_rules_that_clash_only_together_are_named_and_no_other():
    # One academic at most, and both non-academics are limited to one entry: two entries of two jurors cannot be had.
    jurors = (Juror("A", role="academic"), Juror("B", role="academic"), Juror("C", most=1), Juror("D", most=1))
    problem = Problem(entries(3, 2), jurors, forbidden={("E00", "D"): "family"}, mixes=(Mix("academic", 0, 1),))
    assert reasons(problem) == (
        "these rules can each be met, but not all together: largest loads, numbers by role; loosen one of them",
    )
