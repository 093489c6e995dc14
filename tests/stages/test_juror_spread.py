"""How jurors lie beside one another: only on what they share."""

from fractions import Fraction

from juri.core.stages.spread import JurorSpread, spreads_of


def test_a_juror_is_compared_on_shared_entries_only():
    totals = {
        "J1": {"E1": Fraction(90), "E2": Fraction(70)},
        "J2": {"E1": Fraction(80), "E3": Fraction(10)},
        "J3": {"E1": Fraction(85)},
        "J4": {"E4": Fraction(99)},
    }
    assert spreads_of(totals) == (
        JurorSpread("J1", 2, Fraction(70), Fraction(80), Fraction(90), 1, Fraction(15, 2)),
        JurorSpread("J2", 2, Fraction(10), Fraction(45), Fraction(80), 1, Fraction(-15, 2)),
        JurorSpread("J3", 1, Fraction(85), Fraction(85), Fraction(85), 1, Fraction(0)),
        JurorSpread("J4", 1, Fraction(99), Fraction(99), Fraction(99), 0, None),
    )


def test_where_nobody_has_scored_there_is_nothing_to_compare():
    assert spreads_of({}) == ()
