"""A rubric of a working copy as a form: its rows and sums, what it says, and what is wrong with it at its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from flask import request
from flask_babel import gettext

from juri.core.editions.overlay import same
from juri.core.editions.positions import Steps
from juri.core.errors import InputRefused
from juri.core.extension import RubricKind
from juri.webapp.forms import JuriForm
from juri.webapp.organiser.drafts import Draft
from juri.webapp.organiser.edit_faults import Troubles, fault_sentence, field_at, own_troubles, walk_rows
from juri.webapp.organiser.edit_fields import Rows, field_of
from juri.webapp.organiser.edit_screen import asked_act
from juri.webapp.organiser.edit_slots import slot_form
from juri.webapp.organiser.rubric_check import Found, as_node, check_rubric
from juri.webapp.organiser.rubric_document import document_with, faults_elsewhere
from juri.webapp.organiser.rubric_slots import RubricSlots
from juri.webapp.organiser.rubric_tree import Branch, branches, change_rows, depths_of, is_row, places_of

KEEP = "keep"
"""What the button sends that saves a rubric although it is not finished."""


@dataclass(frozen=True)
class WeightSum:
    """The sum of the weights of one level; ``is_off`` tells that it must be 100 and is not."""

    total: Decimal
    goal: int | None

    @property
    def is_off(self) -> bool:
        """Tell whether the weights must be mended."""
        return self.goal is not None and self.total != self.goal


@dataclass
class RubricScreen:
    """The form of one rubric.

    ``stored`` is what the document says of it, None for a new one; ``before`` is that written out, or the beginning.
    ``focus`` is the row that takes the focus after one of its buttons was pressed, ``touched`` the list that changed.
    """

    draft: Draft
    name: str
    stored: Mapping[str, Any] | None
    before: Mapping[str, Any]
    troubles: Troubles = field(default_factory=Troubles)
    focus: str = ""
    touched: str = ""

    @cached_property
    def kind(self) -> RubricKind:
        """Return the kind that was chosen, else that of the document."""
        names = self.draft.registry.names("rubric_kinds")
        asked = [request.form.get("kind", ""), str(self.before.get("kind")), "weighted"]
        return self.draft.registry.find(RubricKind, next(name for name in asked if name in names))

    @cached_property
    def slots(self) -> RubricSlots:
        """Return the slots of a rubric of that kind."""
        return RubricSlots.of(self.kind, self.draft.around())

    @cached_property
    def form(self) -> JuriForm:
        """Return the form, filled from what was sent or else from the document."""
        made: JuriForm = slot_form((*self.slots.own, self.slots.criteria), JuriForm)(data=self._shown)
        if request.method == "POST" and request.form.get("was") != self.kind.name:
            self._bring_back(made)
        return made

    @cached_property
    def _shown(self) -> dict[str, Any]:
        return self.slots.show(self.before)

    def _bring_back(self, form: JuriForm) -> None:
        """Show what the document says where the form that was sent is of another kind and did not ask for it."""
        for key in self.slots.option_keys:
            name = field_of(key)
            if not any(sent == name or sent.startswith(f"{name}-") for sent in request.form):
                form[name].process(None, self._shown[name])

    @property
    def criteria(self) -> Rows:
        """Return the rows of the criteria."""
        found: Rows = self.form["criteria"]
        return found

    @property
    def branches(self) -> tuple[Branch, ...]:
        """Return the rows as a tree."""
        return branches(depths_of(self.criteria))

    @property
    def fits(self) -> bool:
        """Tell whether the form can show the rubric: read back, it says what the document says, to the last key."""
        if str(self.before.get("kind", self.kind.name)) != self.kind.name:
            return False
        shown = slot_form((*self.slots.own, self.slots.criteria))(data=self._shown)
        return not self.before.get("criteria") or same(self.slots.read(shown.data, self.before), dict(self.before))

    @cached_property
    def value(self) -> Mapping[str, Any]:
        """Return the rubric that the form says; where nothing was changed, as it stands in the document."""
        said = self.slots.read(self.form.data, self.before)
        return self.stored if self.stored is not None and same(said, dict(self.before)) else said

    @cached_property
    def text(self) -> str:
        """Return what the document would say.

        Raises:
            InputRefused: it cannot be written.

        """
        return document_with(self.draft, self.name, self.value)

    @cached_property
    def found(self) -> Found:
        """Return the rubric that the form says, checked."""
        return check_rubric(self.draft.registry, self.name, as_node(self.slots.read(self.form.data, self.before)))

    @property
    def sums(self) -> dict[int | None, WeightSum]:
        """Return the sums of weights by the row that they stand below; None is the first level."""
        rows = self.slots.rows(self.criteria.data, {})
        is_limited = any(row.get("only_in") for row in rows)
        goal = 100 if self.slots.wants_hundred(self.value) and not is_limited else None
        found: dict[int | None, WeightSum] = {}

        def add_up(some: tuple[Branch, ...], above: int | None) -> None:
            told = [rows[each.place] for each in some if is_row(rows[each.place])]
            weights = [row.get("weight", 1) for row in told if row.get("counts", True)]
            found[above] = WeightSum(
                sum((Decimal(w) for w in weights if isinstance(w, (int, Decimal))), Decimal(0)), goal
            )
            for each in some:
                if each.below and self.slots.looks.weighs_below:
                    add_up(each.below, each.place)

        add_up(self.branches, None)
        return found

    def act(self) -> str:
        """Carry out what a button of a row asks for; returns what else was asked for: to look, or to save."""
        what, _, target = asked_act().partition(":")
        if not target:
            return what
        name, _, place = target.rpartition("-") if what != "add" else (target, "", "0")
        rows = next((each for each in walk_rows(self.form) if each.name == name), None)
        if rows is not None and place.isdecimal() and int(place) < max(1, len(rows.entries)):
            self._change(rows, what, int(place))
        return "rows"

    def _change(self, rows: Rows, what: str, place: int) -> None:
        self.touched = rows.id
        if rows is not self.criteria:
            rows.act(what, place)
        elif what == "add":
            rows.act(what, place)
            self.focus = rows.entries[-1].id
        else:
            place = change_rows(rows, what, place)
            self.focus = rows.entries[place].id if rows.entries else ""

    def is_fine(self, *, unfinished: bool = False) -> bool:
        """Check what was sent; what is wrong is noted at its field. An ``unfinished`` rubric need only be readable."""
        if not self.form.validate():
            self.troubles = own_troubles(self.form)
            if "csrf_token" in self.form.errors:
                self.troubles.others.append(gettext("The form is too old; load the page again."))
            return False
        if not unfinished:
            self._note_faults()
        if not self.troubles:
            self.troubles.others += self._problems(unfinished=unfinished)
        return not self.troubles

    def _problems(self, *, unfinished: bool) -> list[str]:
        """Return what is wrong with the document that comes of it."""
        try:
            return [] if unfinished and self.text else faults_elsewhere(self.draft, self.name, self.text)
        except InputRefused as refused:
            return [problem.message for problem in refused.problems]

    def _note_faults(self) -> None:
        for steps, fault in self.found.faults:
            self.troubles.note(self._field(steps), fault_sentence(fault))

    def _field(self, steps: Steps) -> Any:
        """Return the field that shows the value at a place, or the nearest above it."""
        if steps[:1] != ("criteria",):
            return field_at(self.form, steps)
        places = places_of(self.slots.rows(self.criteria.data, {}))
        best = max((each for each in places if steps[: len(each)] == each), key=len, default=None)
        if best is None:
            return self.criteria
        row = self.criteria.entries[places[best]]
        return field_at(row.form, steps[len(best) :]) or row

    @property
    def has_open_options(self) -> bool:
        """Tell whether the keys of the kind are to be seen: one of them is wrong, or a button in one was used."""
        names = tuple(field_of(key) for key in self.slots.option_keys)
        return any(
            each == name or each.startswith(f"{name}-") for each in (*self.troubles.at, self.touched) for name in names
        )

    def is_open(self, row: Any) -> bool:
        """Tell whether the inner part of a row is to be seen: something is wrong in it, or a button in it was used."""
        shown = {row.form["name"].id, row.form["weight"].id}
        marked = [*self.troubles.at, self.touched]
        return any(each.startswith(f"{row.id}-") and each not in shown for each in marked)
