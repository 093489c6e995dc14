"""Values of an edition document as people type them, and back: numbers, lines, pieces of YAML."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask_babel import gettext

from juri.core.editions.positions import read_tree
from juri.core.editions.writing import write_value
from juri.core.errors import DefinitionError
from juri.core.scoring.number import read_number
from juri.core.scoring.rubric import decimal_as_text
from juri.webapp.language import language


def read_snippet(text: str) -> Any:
    """Return the plain value of a piece of YAML; None where it is empty.

    Raises:
        DefinitionError: it is no YAML; line and column count from the beginning of the piece.

    """
    if not text.strip():
        return None
    return read_tree(text, gettext("this field")).plain()


def as_snippet(value: Any) -> str:
    """Write a value as a piece of YAML; nothing where there is none."""
    return "" if value is None else write_value(value)


def shown_figure(value: Any) -> str:
    """Write a number as it is typed in the page's language; any other value as it is."""
    if value is None or isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return "" if value is None else str(value)
    text = decimal_as_text(Decimal(value))
    return text.replace(".", ",") if language() == "id" else text


def read_figure(text: Any) -> Any:
    """Return the number that was typed: a whole one as int, any other as Decimal, what is none as the text."""
    typed = str(text or "").strip()
    try:
        number = read_number(typed)
    except ValueError:
        return typed or None
    return int(number) if number == number.to_integral_value() and abs(number) < 10**15 else number


def is_blank(value: Any) -> bool:
    """Tell whether nothing was typed in a row, or in a field of it; what is ticked by default says nothing."""
    if isinstance(value, Mapping):
        return all(map(is_blank, value.values()))
    if isinstance(value, list):
        return all(map(is_blank, value))
    return not value or value is True


def typed_text(text: Any) -> str | None:
    """Return a text as it was typed, without blanks around it; None where it is empty."""
    return str(text or "").replace("\r\n", "\n").strip() or None


def as_lines(items: Any) -> str:
    """Write a list, one item on each line."""
    return "\n".join("" if item is None else str(item) for item in items or ())


def scalar_of(line: str) -> Any:
    """Return what a line says as YAML: a number, yes or no; else the line itself."""
    try:
        value = read_snippet(line)
    except DefinitionError:
        return line
    return line if value is None or isinstance(value, (dict, list)) else value
