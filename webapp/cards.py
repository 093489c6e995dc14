"""A rubric as the cards that a juror gets: on the scoring page, in the grid, and beside the rubric editor."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from juri.core.scoring.rubric import OVERALL, Criterion, Question, Rubric, Scale
from juri.webapp.forms import Choice, field_name, scale_choices, shown_number, word_shown

HUNDRED = 100


@dataclass(frozen=True)
class Card:
    """One criterion as it is shown. ``weight`` is empty where all weigh the same; ``group`` begins a group.

    Comments on one that is not ``is_shown`` are never read by the entrant.
    """

    criterion: str
    field: str
    number: int
    title: str
    description: str
    weight: str
    group: str
    group_weight: str
    scale: Scale
    choices: tuple[Choice, ...]
    question: Question
    is_shown: bool

    @property
    def is_overall(self) -> bool:
        """Tell whether it is the overall comment of the sheet, which has no score."""
        return self.question.is_overall

    @property
    def reason_for(self) -> str:
        """Name the answers that need a reason."""
        return ", ".join(map(word_shown, self.question.reason_for))


def lay_out(rubric: Rubric, asked: Sequence[Question]) -> list[Card]:
    """Lay a rubric out as cards, in reading order; the overall comment is the last, where it is asked for."""
    by_id = {question.criterion: question for question in asked}
    places = [(leaf, head) for leaf, head in _leaves(rubric.criteria) if leaf.id in by_id]
    weights, group_weights = _weight_words(rubric.counted)
    weights |= {leaf.id: _("information only") for leaf in rubric.leaves if not leaf.counts}
    shown, before = [], None
    for number, (leaf, head) in enumerate(places, start=1):
        begins = head is not None and head is not before
        shown.append(
            Card(
                criterion=leaf.id,
                field=field_name(leaf.id),
                number=number,
                title=by_id[leaf.id].text,
                description=leaf.description,
                weight=weights.get(leaf.id, ""),
                group=(head.name or head.id) if head is not None and begins else "",
                group_weight=group_weights.get(head.id, "") if head is not None and begins else "",
                scale=by_id[leaf.id].scale,
                choices=scale_choices(by_id[leaf.id].scale),
                question=by_id[leaf.id],
                is_shown=leaf.visible,
            )
        )
        before = head
    return [*shown, *(_overall_card(rubric, question) for question in asked if question.is_overall)]


def overall_title(name: str) -> str:
    """Return what the overall comment is called: as the rubric says, or by our own word."""
    return name or str(_("Overall comment"))


def aspect_names(rubrics: Iterable[Rubric]) -> dict[str, str]:
    """Name everything that jurors answer, by id: aspects, and the overall comment; and what adds to it, the bonuses."""
    listed = list(rubrics)
    names = {leaf.id: leaf.name or leaf.id for rubric in listed for leaf in rubric.leaves}
    named = next((rubric.overall.name for rubric in listed if rubric.overall and rubric.overall.name), "")
    bonuses = {bonus.id: bonus.name or bonus.id for rubric in listed for bonus in rubric.bonuses}
    return {**bonuses, **names, OVERALL: overall_title(named)}


def _overall_card(rubric: Rubric, question: Question) -> Card:
    return Card(
        criterion=OVERALL, field=field_name(OVERALL), number=0, title=overall_title(question.text), description="",
        weight="", group="", group_weight="", scale=question.scale, choices=(), question=question,
        is_shown=rubric.overall is None or rubric.overall.visible,
    )  # fmt: skip


def _leaves(
    criteria: Sequence[Criterion], head: Criterion | None = None
) -> Iterator[tuple[Criterion, Criterion | None]]:
    for criterion in criteria:
        if criterion.children:
            yield from _leaves(criterion.children, criterion)
        else:
            yield criterion, head


def _weight_words(rubric: Rubric) -> tuple[dict[str, str], dict[str, str]]:
    """Write the weights of the first level, where they differ: of leaves, and of groups.

    Where every weight is the most that its item can get, the items say so themselves.
    """
    weights = {criterion.weight for criterion in rubric.criteria}
    are_points = all(not each.children and each.weight == each.scale.greatest for each in rubric.criteria)
    if len(weights) < 2 or are_points:  # noqa: PLR2004  one weight for all says nothing
        return {}, {}
    percent = sum(criterion.weight for criterion in rubric.criteria) == HUNDRED
    leaves: dict[str, str] = {}
    groups: dict[str, str] = {}
    for criterion in rubric.criteria:
        words = _one_weight(criterion.weight, percent=percent)
        (groups if criterion.children else leaves)[criterion.id] = words
    return leaves, groups


def _one_weight(weight: Decimal, *, percent: bool) -> str:
    return f"{shown_number(weight)} %" if percent else _("weight %(weight)s", weight=shown_number(weight))
