"""What the core refuses, in the words and the language of a juror's page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from flask_babel import lazy_gettext as later

from juri.core.errors import ActionRefused, Problem
from juri.core.scoring.rubric import Question, Scale
from juri.webapp.forms import shown_number
from juri.webapp.language import ZONES, language, shown_figure

MOST_DECIMALS = 2


def problem_words(problem: Problem, asked: Mapping[str, Question]) -> str:
    """Say what is wrong with one answer; what is no fault of an answer stays as the core says it."""
    question = asked.get(problem.field)
    if question is not None and problem.code in _TELLERS:
        return _TELLERS[problem.code](question)
    return str(_PROBLEMS[problem.code]) if question is not None and problem.code in _PROBLEMS else problem.message


def in_words(problems: Iterable[Problem], asked: Iterable[Question]) -> list[Problem]:
    """Return problems with their messages in the page's language."""
    by_id = {question.criterion: question for question in asked}
    return [Problem(each.field, problem_words(each, by_id), each.code) for each in problems]


def refusal_words(refused: ActionRefused) -> list[str]:
    """Say why not now or not you."""
    return [str(_REFUSALS[refused.code])] if refused.code in _REFUSALS else list(refused.reasons)


def scale_words(scale: Scale) -> str:
    """Say which numbers may be given."""
    range_ = _(
        "from %(least)s to %(greatest)s", least=shown_number(scale.minimum), greatest=shown_number(scale.maximum)
    )
    return f"{range_}, {_('in steps of %(step)s', step=shown_number(scale.step))}" if scale.step else range_


def shown_total(total: Fraction) -> str:
    """Write a total with as many decimals as it has, two at most."""
    exact = [places for places in range(MOST_DECIMALS) if (total * 10**places).denominator == 1]
    return shown_figure(total, exact[0] if exact else MOST_DECIMALS)


def clock_words(moment: datetime | None, zone: str) -> str:
    """Write the time of day to the second, with its zone: 12.04.31 WITA."""
    if moment is None:
        return ""
    local = moment.astimezone(ZoneInfo(zone))
    text = f"{local:%H.%M.%S}" if language() == "id" else f"{local:%H:%M:%S}"
    return f"{text} {ZONES.get(zone, local.tzname() or zone)}"


def _off_scale(question: Question) -> str:
    if question.scale.levels or question.scale.choices:
        return str(_("Choose one of the answers."))
    return str(_("Give a number %(scale)s.", scale=scale_words(question.scale)))


def _unreadable(_question: Question) -> str:
    return str(_("Write a number, such as %(example)s.", example=shown_number(Decimal("7.5"))))


def _too_short(question: Question) -> str:
    return str(_("Write at least %(count)s words.", count=question.min_words))


_TELLERS: Mapping[str, Callable[[Question], str]] = {
    "off_scale": _off_scale,
    "unreadable": _unreadable,
    "comment_short": _too_short,
}

_PROBLEMS = {
    "missing": later("Not scored yet."),
    "na_not_allowed": later("Give a score: “not applicable” is not possible here."),
    "comment_missing": later("Write a comment."),
    "reason_missing": later("Give a reason."),
    "unknown_reason": later("Choose one of the reasons."),
}

_REFUSALS = {
    "stage_not_open": later("This stage has been closed. It takes no scores any more."),
    "deadline_passed": later("The deadline of this stage has passed. It takes no scores any more."),
    "conflict_of_interest": later("You were taken off this entry because of a conflict of interest."),
    "conflict_unanswered": later("Say first whether you have a conflict of interest with this entry."),
    "not_allowed": later("You may not do this any more. Ask the secretariat."),
}
