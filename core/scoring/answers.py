"""What a plugin answers, before it is believed: what goes wrong in it is its own, by name, and ends one act only."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np

from juri.core.errors import JuriError, PluginError
from juri.core.scoring.matrix import Matrix
from juri.core.scoring.number import ExactColumn
from juri.core.scoring.standings import Correction, EntryScores

Answer = TypeVar("Answer")


def call_plugin(plugin: str, hook: str, call: Callable[[], Answer]) -> Answer:
    """Call a plugin; what it refuses on purpose passes.

    Raises:
        PluginError: it raised anything else, ``SystemExit`` included.

    """
    try:
        return call()
    except JuriError:
        raise
    except (Exception, SystemExit) as error:
        raise PluginError(plugin, hook, f"raised {type(error).__name__}: {error}") from error


def check_scores(plugin: str, hook: str, scores: Any, matrix: Matrix) -> EntryScores:
    """Return the answer of a method.

    Raises:
        PluginError: it does not fit the matrix, or is not exact.

    """
    if not isinstance(scores, EntryScores):
        raise PluginError(plugin, hook, f"returned {type(scores).__name__}, not EntryScores")
    check_column(plugin, hook, scores.score, len(matrix.entries))
    for name, length in (("scored", len(matrix.entries)), ("counted", matrix.value.size)):
        column = getattr(scores, name)
        if not isinstance(column, np.ndarray) or column.dtype != bool or column.shape != (length,):
            raise PluginError(plugin, hook, f"'{name}' must be {length} truth values (a numpy array of bool)")
    if scores.correction is not None:
        _check_correction(plugin, hook, scores.correction, len(matrix.entries))
    return scores


def _check_correction(plugin: str, hook: str, correction: Correction, length: int) -> None:
    check_column(plugin, hook, correction.raw, length)
    jurors = correction.jurors
    figures = [*(own.severity for own in jurors), *(own.error for own in jurors if own.error is not None)]
    if not all(isinstance(figure, Fraction) for figure in (*figures, *correction.estimates.values())):
        raise PluginError(plugin, hook, "the figures of 'correction' must be fractions; floats are inexact")


def check_column(plugin: str, hook: str, column: Any, length: int) -> ExactColumn:
    """Return a column of exact figures, one an entry.

    Raises:
        PluginError: it has another length, or holds anything but whole numbers over a positive whole denominator.

    """
    if not isinstance(column, ExactColumn):
        raise PluginError(plugin, hook, f"returned {type(column).__name__}, not an ExactColumn")
    figures = column.numerators
    if not isinstance(figures, np.ndarray) or figures.shape != (length,):
        raise PluginError(plugin, hook, f"must return {length} figures, one for each entry of the matrix")
    exact = figures.dtype.kind in "iu" or all(isinstance(figure, int) for figure in figures.tolist())
    if not exact or not isinstance(column.denominator, int) or column.denominator < 1:
        raise PluginError(
            plugin, hook, "must return whole numbers over a positive whole denominator; floats are inexact"
        )
    return column
