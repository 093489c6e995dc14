"""Scorecards as files to fill in and as text to read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from juri.core.scoring.rubric import OVERALL, UNNAMED_OVERALL, decimal_as_text

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

    from juri.core.judging.forms import EmptyForm, Filled, FormSet, Revision
    from juri.core.scoring.rubric import Answer, Question, Scale

_HEAD = ("entry", "juror", "title")
_NOT_ASKED = "-"
_WIDTHS = {"title": 40, "juror": 14, "name": 40, "how": 60}


def form_csv(forms: FormSet) -> bytes:
    """Write empty forms as CSV, one row for each scorecard, as a spreadsheet program opens it (UTF-8 with a mark)."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    columns = _columns(forms.questions)
    writer.writerow([*_HEAD, *columns])
    writer.writerows([*_names(form), *([""] * len(columns))] for form in forms.forms)
    return stream.getvalue().encode("utf-8-sig")


def form_xlsx(forms: FormSet) -> bytes:
    """Write empty forms as a workbook that explains every criterion and takes only scores of its scale."""
    import xlsxwriter

    stream = io.BytesIO()
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(stream, {"in_memory": True, **plain}) as book:
        _write_scores(book, book.add_worksheet("scores"), forms)
        _write_criteria(book, book.add_worksheet("criteria"), forms.questions)
    return stream.getvalue()


def _columns(questions: Sequence[Question]) -> list[str]:
    """Name the columns: one for each criterion, and one for the comment or reason that it needs."""
    columns = []
    for question in questions:
        columns += [] if question.is_overall else [question.criterion]
        columns += [f"{question.criterion} comment"] if question.comment_required or question.is_overall else []
        columns += [f"{question.criterion} reason"] if question.reason_for else []
    return columns


def _names(form: EmptyForm) -> tuple[str, str, str]:
    return form.entry, form.juror, form.title


def _write_scores(book: Workbook, sheet: Worksheet, forms: FormSet) -> None:
    bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
    grey = book.add_format({"bg_color": "#dddddd"})
    columns = _columns(forms.questions)
    asked_by = {column: column.split(" ", 1)[0] for column in columns}
    for index, name in enumerate([*_HEAD, *columns]):
        sheet.write_string(0, index, name, bold)
        sheet.set_column(index, index, _WIDTHS.get(name, 24 if " " in name else 16))
    for row, form in enumerate(forms.forms, start=1):
        for index, name in enumerate(_names(form)):
            sheet.write_string(row, index, name)
        for index, column in enumerate(columns, start=len(_HEAD)):
            if asked_by[column] not in form.asks:
                sheet.write_blank(row, index, None, grey)
    sheet.freeze_panes(1, len(_HEAD))
    for index, column in enumerate(columns, start=len(_HEAD)):
        question = next((each for each in forms.questions if each.criterion == column), None)
        if question is not None:
            sheet.data_validation(1, index, len(forms.forms), index, _validation(question))


def _validation(question: Question) -> dict[str, Any]:
    """Let the spreadsheet refuse what is off the scale; words are always let in, since N/A may be one."""
    scale = question.scale
    told = {"input_title": question.criterion[:32], "input_message": scale_text(scale)[:255]}
    if scale.choices:
        return {"validate": "list", "source": list(scale.choices), **told}
    if question.na_allowed or scale.levels:
        return {"validate": "any", **told}
    bounds = {"minimum": float(scale.minimum), "maximum": float(scale.maximum)}
    refusal = {"error_title": "Off the scale", "error_message": scale_text(scale)[:255]}
    return {"validate": "decimal", "criteria": "between", **bounds, **told, **refusal}


def _write_criteria(book: Workbook, sheet: Worksheet, questions: Sequence[Question]) -> None:
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for index, name in enumerate(("criterion", "name", "how")):
        sheet.write_string(0, index, name, bold)
        sheet.set_column(index, index, _WIDTHS.get(name, 30))
    for row, question in enumerate(questions, start=1):
        for index, text in enumerate((question.criterion, question.text or UNNAMED_OVERALL, "; ".join(_how(question)))):
            sheet.write_string(row, index, text, wrapped)
    sheet.freeze_panes(1, 0)


def _how(question: Question) -> Iterator[str]:
    if question.is_overall:
        yield f"in words{f', at least {question.min_words}' if question.min_words else ''}"
        yield "must be written" if question.comment_required else "may be left empty"
        return
    yield scale_text(question.scale)
    if not question.required:
        yield "may be left empty"
    if question.na_allowed:
        yield "'na' where it does not apply"
    if question.comment_required:
        yield "with a comment"
    if question.reason_for:
        codes = f" ({', '.join(question.reasons)})" if question.reasons else ""
        yield f"with a reason for {', '.join(question.reason_for)}{codes}"


def scale_text(scale: Scale) -> str:
    """Say which values may be given: ``0 to 100 in steps of 0.5``, ``7 Sangat Baik, 6 Baik, ...``, ``yes, no``."""
    if scale.choices:
        return ", ".join(scale.choices)
    if scale.levels:
        return ", ".join(f"{decimal_as_text(level.value)} {level.label}".strip() for level in scale.levels)
    step = f" in steps of {decimal_as_text(scale.step)}" if scale.step else ""
    return f"{decimal_as_text(scale.minimum)} to {decimal_as_text(scale.maximum)}{step}"


def filled_text(filled: Filled) -> str:
    """Write what a juror gave for a terminal, the newest version first."""
    lines = [f"{filled.entry} by {filled.juror}: {filled.title}", f"assignment: {filled.assignment}"]
    if not filled.revisions:
        return "\n".join([*lines, "nothing was sent yet"])
    for revision in reversed(filled.revisions):
        lines += ["", *_revision(revision, filled.overall)]
    return "\n".join(lines)


def _revision(revision: Revision, overall: str) -> Iterator[str]:
    total = f", total {revision.total}" if revision.total is not None else ""
    why = f", because: {revision.reason}" if revision.reason else ""
    when = f"{revision.at:%Y-%m-%d %H:%M:%S} UTC"
    yield f"version {revision.version}, {revision.state}{total}, by {revision.written_by}, {when}{why}"
    for criterion, answer in revision.answers.items():
        if criterion == OVERALL:
            yield f"  {overall}: {answer.comment}"
            continue
        points = f" -> {revision.points[criterion]}" if criterion in revision.points else ""
        yield f"  {criterion}: {answer.value}{points}{_beside(answer)}"


def _beside(answer: Answer) -> str:
    noted = [f"reason {answer.reason}"] * bool(answer.reason) + [answer.comment] * bool(answer.comment)
    return f"  ({'; '.join(noted)})" if noted else ""
