"""The entries of a judged stage as its jurors see them so far: what is in, the mean, how far they differ."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import request, url_for
from flask_babel import gettext

from juri.core.editions.gate import find_stage
from juri.core.errors import NotFound
from juri.core.extension import StageKind
from juri.core.scoring.number import read_number
from juri.core.stages.opinions import Opinion, entry_opinions
from juri.webapp.guard import Needs, guarded, in_edition
from juri.webapp.language import shown_text
from juri.webapp.organiser.blueprint import blueprint
from juri.webapp.organiser.frame import looking, page
from juri.webapp.paging import paged
from juri.webapp.sentences import sentence

SEE = Needs("standings.see", in_edition)
WAITING, THIRD = "waiting", "third"
_SORTS = ("code", "mean", "spread")


@dataclass(frozen=True)
class _Asked:
    """What the address of the page asks for: which entries, in which order, and from which difference on."""

    show: str
    sort: str
    typed: str
    limit: Fraction | None
    problem: str

    @property
    def given(self) -> dict[str, Any]:
        """Return it as the values of an address."""
        values = {"show": self.show, "sort": self.sort, "beyond": self.typed}
        return {name: value for name, value in values.items() if value}

    def keeps(self, opinion: Opinion) -> bool:
        """Tell whether an entry is asked for."""
        if self.show == WAITING:
            return not opinion.is_complete
        return self.show != THIRD or (self.limit is not None and opinion.needs_another(self.limit))


@guarded(blueprint, "/<edition>/stages/<stage>/entries", needs=SEE)
def opinions(edition: str, stage: str) -> Any:
    """Show the entries of a stage; those that need another opinion, once a limit is typed."""
    asked = _asked()
    with looking(edition) as look:
        spec = look.running.stage(stage)
        if not look.running.registry.find(StageKind, spec.kind).judged:
            raise NotFound("judged stage", stage)
        found = entry_opinions(look.session, look.running, stage)
        state = find_stage(look.session, look.running.id, stage).state
    kept = sorted(filter(asked.keeps, found), key=lambda each: _order(each, asked.sort))
    here: dict[str, Any] = {"edition": edition, "stage": stage}
    name = shown_text(spec.name)
    trail = [(name, url_for("organiser.stage", **here)), (gettext("What the jurors make of the entries"), "")]
    return page(
        "opinions.html", look.running, current="jurors", trail=trail, stage=stage, stage_name=name, asked=asked,
        part=paged(kept),
        waiting=sum(not each.is_complete for each in found), whole=len(found), is_open=state in {"planned", "open"},
        apart=sum(asked.limit is not None and each.needs_another(asked.limit) for each in found),
        sort_url=lambda by: url_for("organiser.opinions", **here, **{**asked.given, "sort": by}),
    )  # fmt: skip


def _asked() -> _Asked:
    typed, show, sort = (request.args.get(name, "").strip() for name in ("beyond", "show", "sort"))
    limit, problem = None, ""
    try:
        limit = Fraction(read_number(typed)) if typed else None
    except ValueError as error:
        problem = sentence(str(error))
    if limit is not None and limit < 0:
        limit, problem = None, gettext("A difference is never below zero.")
    if show == THIRD and limit is None and not problem:
        problem = gettext("Type the limit: the difference between two jurors from which on a third one should look.")
    return _Asked(show if show in {WAITING, THIRD} else "", sort if sort in _SORTS else "code", typed, limit, problem)


def _order(opinion: Opinion, sort: str) -> tuple[bool, Fraction]:
    """Put the greatest first, and entries without the figure last; equals stay as they stand, by code."""
    figure = None if sort == "code" else opinion.mean if sort == "mean" else opinion.spread
    return figure is None, -figure if figure is not None else Fraction(0)
