"""Answers to the entry form: read as people type them, and refused where they are not what the question takes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from juri.core.document import FormField
from juri.core.entries.asked import is_blank
from juri.core.errors import Problem
from juri.core.scoring.number import read_number

YES = frozenset({"yes", "ya", "y", "true"})
NO = frozenset({"no", "tidak", "t", "n", "false"})
_DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})\Z")


def read_answers(form: Sequence[FormField], typed: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """Turn the texts of a table or a command into answers; what cannot be read is told, and left as it is.

    Yes and no may be ``ya`` and ``tidak``, a day ``31/1/2024``, several choices stand between semicolons. An empty
    text is no answer. A form without questions takes any answer as a text.
    """
    by_id = {field.id: field for field in form}
    answers = {
        name: _read(by_id[name], text.strip()) if name in by_id else text.strip()
        for name, text in typed.items()
        if text.strip()
    }
    return answers, list(answer_problems(form, answers))


def answer_problems(form: Sequence[FormField], answers: Mapping[str, Any]) -> Iterator[Problem]:
    """Say which answers the form does not ask, and which are not of their question's type. A blank one is none."""
    by_id = {field.id: field for field in form}
    for name, answer in answers.items():
        field = by_id.get(name)
        if field is None:
            if form:
                listed = ", ".join(by_id)
                yield Problem(f"answers.{name}", f"the form does not ask '{name}'; it asks {listed}", "foreign")
        elif not is_blank(answer):
            refusal = _refusal(field, answer)
            if refusal:
                yield Problem(f"answers.{name}", refusal, "unreadable")


def _read(field: FormField, text: str) -> Any:
    if field.type == "yes_no":
        word = text.casefold()
        return "yes" if word in YES else "no" if word in NO else text
    if field.type == "choices":
        return [part.strip() for part in text.split(";") if part.strip()]
    if field.type == "date":
        return _iso_day(text)
    return text


def _iso_day(text: str) -> str:
    """Write a day as ISO; a spreadsheet's day may come with midnight, and Indonesia writes the day first."""
    found = _DAY_FIRST.match(text)
    try:
        if found:
            day, month, year = map(int, found.groups())
            return date(year, month, day).isoformat()
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        return text


def _refusal(field: FormField, answer: Any) -> str:
    if field.type == "yes_no":
        return "" if answer in (True, False, "yes", "no") else f"'{answer}' is neither yes nor no"
    if field.type in {"choice", "choices"} and field.options:
        given = answer if isinstance(answer, (list, tuple)) else [answer]
        strange = [str(each) for each in given if each not in field.options]
        return f"'{'; '.join(strange)}' is not one of {', '.join(field.options)}" if strange else ""
    if field.type == "number":
        return _number_refusal(answer)
    if field.type == "url":
        return address_refusal(answer)
    return _day_refusal(answer) if field.type == "date" else ""


def _number_refusal(answer: Any) -> str:
    try:
        read_number(str(answer))
    except ValueError as error:
        return str(error)
    return ""


def address_refusal(answer: Any) -> str:
    """Refuse what is no address of a page: another scheme could run in the browser of whoever follows the link."""
    try:
        parts = urlsplit(str(answer).strip())
    except ValueError:
        parts = urlsplit("")
    if parts.scheme in {"http", "https"} and parts.netloc and not any(map(str.isspace, str(answer).strip())):
        return ""
    return f"'{answer}' is not the address of a page; write https://..."


def _day_refusal(answer: Any) -> str:
    try:
        datetime.fromisoformat(str(answer))
    except ValueError:
        return f"'{answer}' is not a day; write 2024-01-31 or 31/1/2024"
    return ""
