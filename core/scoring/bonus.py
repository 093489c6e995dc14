"""Bonuses: extra score for an entry whose facts meet a condition. A bonus can only raise a score."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any

from juri.core.errors import InputRefused, Problem
from juri.core.scoring.number import fact_number
from juri.core.scoring.rubric import Bonus, Line
from juri.core.scoring.tree import exact_text

_WORDS = {True: ("yes", "true"), False: ("no", "false")}


def bonus_lines(bonuses: Sequence[Bonus], facts: Mapping[str, Any], score: Fraction) -> tuple[Line, ...]:
    """Return one line for each bonus that an entry earns, with its points and why.

    A percentage is taken of ``score``, the entry's figure before any bonus, so the order of bonuses is of no
    account. A fact that is absent or blank earns nothing.

    Raises:
        InputRefused: a bonus asks for a number and the fact is none.

    """
    lines = (_line(bonus, facts.get(bonus.fact), score) for bonus in bonuses)
    return tuple(line for line in lines if line)


def bonus_problems(bonus: Bonus) -> Iterator[Problem]:
    """List what is wrong with a bonus: it needs one condition and one amount, and may not lower a score."""
    if (bonus.at_least is None) == (bonus.equals is None):
        message = f"bonus '{bonus.id}' needs exactly one condition: 'at_least' or 'equals'"
        yield Problem(bonus.id, message, "bonus_condition")
    amounts = [amount for amount in (bonus.points, bonus.percent) if amount is not None]
    if len(amounts) != 1:
        message = f"bonus '{bonus.id}' needs exactly one amount: 'points' or 'percent'"
        yield Problem(bonus.id, message, "bonus_amount")
    if any(amount < 0 for amount in amounts):
        yield Problem(bonus.id, f"bonus '{bonus.id}' would lower a score; a bonus is 0 or more", "bonus_negative")


def _line(bonus: Bonus, fact: Any, score: Fraction) -> Line | None:
    if fact is None or (isinstance(fact, str) and not fact.strip()):
        return None
    if bonus.at_least is None:
        met, condition = _equal(fact, bonus.equals or ""), f"is {bonus.equals}"
    else:
        met, condition = _number(bonus, fact) >= Fraction(bonus.at_least), f"is at least {bonus.at_least}"
    if not met:
        return None
    if bonus.percent is None:
        return Line(bonus.id, Fraction(bonus.points or 0), f"{bonus.fact} {condition}")
    points = max(score, Fraction(0)) * Fraction(bonus.percent) / 100
    return Line(bonus.id, points, f"{bonus.fact} {condition}: {bonus.percent} percent of {exact_text(score)}")


def _equal(fact: Any, wanted: str) -> bool:
    if isinstance(fact, bool):
        return wanted.lower() in _WORDS[fact]
    number = fact_number(fact)
    return str(fact) == wanted or (number is not None and number == fact_number(wanted))


def _number(bonus: Bonus, fact: Any) -> Fraction:
    number = fact_number(fact)
    if number is None:
        message = (
            f"bonus '{bonus.id}' asks whether '{bonus.fact}' is at least {bonus.at_least}, but {fact!r} is no number"
        )
        raise InputRefused.at(bonus.fact, message, "bonus_fact")
    return number
