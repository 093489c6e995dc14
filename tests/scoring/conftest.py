"""What the tests of scoring share: the bundled methods and tie rules, and a short way to write sheets."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import pytest

from juri.core.ranking import RankRule, rank_sheets
from juri.core.registry import Registry
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.standings import Standings
from juri.core.view import Sheet
from juri.plugins.methods import (
    bayes,
    blup,
    borda,
    jury_public,
    mean,
    median,
    rank_sum,
    severity,
    trimmed,
    weighted,
    wilson,
    zscore,
)
from juri.plugins.methods import sum as total
from juri.plugins.rules import ties

METHODS = (bayes, blup, borda, jury_public, mean, median, rank_sum, severity, total, trimmed, weighted, wilson, zscore)


@pytest.fixture(scope="session")
def registry() -> Registry:
    """Return the registry with the bundled methods and tie-breakers."""
    methods = [("methods", "bundled", method) for module in METHODS for method in module.juri_methods()]
    return Registry.of([*methods, *(("tie_breakers", "bundled", rule) for rule in ties.juri_tie_breakers())])


@pytest.fixture(scope="session")
def sheets_of() -> Callable[..., list[Sheet]]:
    """Return a function that makes sheets of ``{entry: {juror: total or None}}``."""

    def _sheets(scores: dict[str, dict[str, Any]]) -> list[Sheet]:
        return [
            Sheet(entry, juror, None if total is None else Fraction(total))
            for entry, row in scores.items()
            for juror, total in row.items()
        ]

    return _sheets


@pytest.fixture(scope="session")
def matrix_of() -> Callable[..., Matrix]:
    """Return a function that makes a matrix of ``{entry: {juror: total or None}}``."""

    def _matrix(scores: dict[str, dict[str, Any]], **more: Any) -> Matrix:
        rows = [
            (entry, juror, None if total is None else Fraction(total))
            for entry, row in scores.items()
            for juror, total in row.items()
        ]
        return Matrix.build(rows, entries=scores, **more)

    return _matrix


@pytest.fixture(scope="session")
def rank(registry: Registry, sheets_of: Callable[..., list[Sheet]]) -> Callable[..., Standings]:
    """Return a function that ranks ``{entry: {juror: total or None}}`` (or sheets) by a rule given in words."""

    def _rank(scores: Any, method: str = "mean", *, missing: str = "submitted", **more: Any) -> Standings:
        words = {key: more.pop(key) for key in ("rounding", "ties", "ranks") if key in more}
        rule = RankRule(method, more.pop("options", {}), missing, **words)
        sheets = sheets_of(scores) if isinstance(scores, dict) else scores
        return rank_sheets(sheets, rule, extensions=registry.get, entries=tuple(more.pop("entries", ())), **more)

    return _rank
