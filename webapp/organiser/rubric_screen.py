"""The rubric editor's form over a working copy: what it says, what is wrong with it, what samples are worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Any

from flask import request
from flask_babel import gettext

from juri.core.editions.editing import change_parts, new_faults
from juri.core.editions.overlay import same
from juri.core.editions.positions import read_mapping
from juri.core.editions.rubrics import ready_rubric
from juri.core.errors import DefinitionError, InputRefused, JuriError, NotFound
from juri.core.extension import RubricKind
from juri.core.scoring.rubric import Question, Rubric
from juri.webapp.forms import JuriForm
from juri.webapp.organiser.drafts import Draft
from juri.webapp.organiser.edit_faults import Troubles, field_at, own_troubles, walk_rows
from juri.webapp.organiser.edit_slots import Rows, read_slots, slot_form
from juri.webapp.organiser.rubric_check import SAMPLES, Found, Trial, bounds_of, check_rubric, try_rubric
from juri.webapp.organiser.rubric_rows import DEEPEST, RubricSlots, row_paths, wants_hundred, weight_sum

BLANK_KIND = "weighted"


@dataclass
class RubricScreen:
    """The form of one rubric. ``before`` is what the document says of it; empty for a new one."""

    draft: Draft
    name: str
    before: Mapping[str, Any]
    troubles: Troubles = field(default_factory=Troubles)
    touched: str = ""

    @property
    def registry(self) -> Any:
        """Return what the plugins add."""
        return self.draft.registry

    @cached_property
    def kind(self) -> RubricKind:
        """Return the kind that was chosen, else that of the document."""
        asked = request.form.get("kind") or str(self.before.get("kind", BLANK_KIND))
        known = self.registry.names("rubric_kinds")
        found: RubricKind = self.registry.find(RubricKind, asked if asked in known else BLANK_KIND)
        return found

    @cached_property
    def slots(self) -> RubricSlots:
        """Return the slots of a rubric of that kind."""
        return RubricSlots.of(self.kind, self.draft.around())

    @cached_property
    def form(self) -> JuriForm:
        """Return the form, filled from what was sent or else from the document."""
        made: JuriForm = slot_form(self.slots.own, JuriForm)(data=self.slots.show(self.before))
        return made

    @property
    def criteria(self) -> Rows:
        """Return the rows of the criteria."""
        found: Rows = self.form["criteria"]
        return found

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Return what the rows of the criteria say, one mapping each."""
        return [read_slots(self.slots.criterion, row.data) for row in self.criteria.entries]

    @property
    def value(self) -> dict[str, Any]:
        """Return the rubric that the form says; where nothing was changed, as it stands in the document."""
        said = self.slots.read(self.form.data)
        shown = slot_form(self.slots.own)(data=self.slots.show(self.before))
        unchanged = bool(self.before) and same(said, self.slots.read(shown.data))
        return dict(self.before) if unchanged else said

    def act(self) -> str:
        """Carry out what a button of a row asks for; returns what else was asked for."""
        what, _, target = (request.form.get("move") or request.form.get("act") or "save").partition(":")
        if not target:
            return what
        name, _, place = target.rpartition("-") if what != "add" else (target, "", "0")
        self.touched = target
        rows = next((each for each in walk_rows(self.form) if each.name == name), None)
        if rows is not None and place.isdecimal() and int(place) < max(1, len(rows.entries)):
            self._change(rows, what, int(place))
        return "rows"

    def _change(self, rows: Rows, what: str, place: int) -> None:
        if what in ("in", "out"):
            depth = rows.entries[place].form["depth"]
            now = int(depth.data or 0) + (1 if what == "in" else -1)
            depth.data = str(max(0, min(now, DEEPEST)))
        else:
            rows.act(what, place)

    @cached_property
    def found(self) -> Found:
        """Return the rubric that the form says, checked."""
        try:
            return check_rubric(self.registry, self.name, self.value)
        except DefinitionError as error:
            return Found(None, tuple(((), fault) for fault in error.faults))

    def is_fine(self) -> bool:
        """Check what was sent, the rubric by itself and in its document; what is wrong is noted at its field."""
        if not self.form.validate():
            self.troubles = own_troubles(self.form)
            if "csrf_token" in self.form.errors:
                self.troubles.others.append(gettext("The form is too old; load the page again."))
            return False
        self.note_faults()
        if not self.troubles:
            try:
                for each in new_faults(self.draft.document, self.text, ("rubrics", self.name)):
                    self.troubles.note(None, each.fault.problem)
            except InputRefused as refused:
                self.troubles.others += [problem.message for problem in refused.problems]
        return not self.troubles

    def note_faults(self) -> None:
        """Put what is wrong with the rubric at its fields."""
        for steps, fault in self.found.faults:
            hint = f" ({fault.hint})" if fault.hint else ""
            self.troubles.note(self._field(steps), f"{fault.problem}{hint}")

    def _field(self, steps: tuple[str | int, ...]) -> Any:
        if steps[:1] != ("criteria",):
            return field_at(self.form, steps)
        paths = row_paths(self.rows)
        fitting = [(path, row) for path, row in zip(paths, self.criteria.entries, strict=True) if path]
        best = max(
            (each for each in fitting if steps[: len(each[0])] == each[0]), key=lambda e: len(e[0]), default=None
        )
        if best is None:
            return self.criteria
        return field_at(best[1].form, steps[len(best[0]) :]) or best[1]

    @cached_property
    def text(self) -> str:
        """Return what the document would say.

        Raises:
            InputRefused: it cannot be written.

        """
        data = self.draft.data
        rubrics = dict(data["rubrics"]) if isinstance(data.get("rubrics"), dict) else {}
        return change_parts(self.draft.document, {"rubrics": {**rubrics, self.name: self.value}})

    def live(self) -> Live:
        """Return what stands beside the form and follows it."""
        rubric = self.found.rubric
        total = weight_sum(self.rows)
        wanted = wants_hundred(self.kind, self.value)
        questions = self.kind.questions(rubric) if rubric else ()
        samples = [self._sample(number, questions) for number in range(len(SAMPLES))]
        return Live(
            rubric=rubric,
            problems=tuple(fault.problem for _, fault in self.found.faults),
            weight_sum=Fraction(total),
            wants_hundred=wanted,
            bounds=bounds_of(self.registry, rubric) if rubric and self.found.is_good else None,
            questions=questions,
            weights={leaf.id: leaf.weight for leaf in rubric.leaves} if rubric else {},
            texts={leaf.id: leaf.description for leaf in rubric.leaves} if rubric else {},
            samples=tuple(samples),
            trials=try_rubric(self.registry, rubric, samples) if rubric and self.found.is_good else (),
        )

    def _sample(self, number: int, questions: tuple[Question, ...]) -> dict[str, str]:
        names = {each.criterion: f"try-{number}-{each.criterion}" for each in questions}
        return {criterion: request.form.get(name, "").strip()[:50] for criterion, name in names.items()}

    def open_rows(self) -> set[str]:
        """Return the rows whose inner part is to be seen: something in it is wrong, or a button in it was pressed."""
        marked = [*self.troubles.at, self.touched]
        return {row.id for row in self.criteria.entries if any(each.startswith(f"{row.id}-") for each in marked)}


@dataclass(frozen=True)
class Live:
    """What stands beside the form: the sum of weights, what is wrong, the juror's view, and the samples."""

    rubric: Rubric | None
    problems: tuple[str, ...]
    weight_sum: Fraction
    wants_hundred: bool
    bounds: tuple[Fraction, Fraction] | None
    questions: tuple[Question, ...]
    weights: Mapping[str, Any]
    texts: Mapping[str, str]
    samples: tuple[Mapping[str, str], ...]
    trials: tuple[Trial, ...]

    @property
    def is_off(self) -> bool:
        """Tell whether the weights do not sum to the hundred that they must."""
        return self.wants_hundred and self.weight_sum != 100  # noqa: PLR2004  a hundred percent


def rubric_screen(draft: Draft, name: str) -> RubricScreen:
    """Return the form of a rubric: as the document says it, as it is suggested, or blank.

    Raises:
        NotFound: the ready rubric that is asked for is not there.

    """
    rubrics = draft.data.get("rubrics")
    stored = rubrics.get(name) if isinstance(rubrics, dict) else None
    if stored is None:
        stored = _suggested(draft, name)
    return RubricScreen(draft, name, expanded(draft, stored) if isinstance(stored, dict) else {})


def _suggested(draft: Draft, name: str) -> Any:
    items = [item for item in draft.document.unknown if isinstance(item, dict) and item.get("at") == f"rubrics.{name}"]
    suggestion = items[0].get("suggestion") if items else None
    return {"use": suggestion} if isinstance(suggestion, str) else suggestion


def expanded(draft: Draft, value: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rubric with everything that it says: one of the library is written out."""
    if "use" not in value:
        return dict(value)
    try:
        return {**library_rubric(draft, str(value["use"])), **{k: v for k, v in value.items() if k != "use"}}
    except JuriError:
        return {}


def library_rubric(draft: Draft, name: str) -> dict[str, Any]:
    """Return a ready rubric of the library as plain values.

    Raises:
        NotFound: there is none of that name.

    """
    if name not in draft.registry.names("rubrics"):
        raise NotFound("ready rubric", name)
    ready_rubric(draft.registry, name)
    ready = draft.registry.get("rubrics", name)
    data: dict[str, Any] = read_mapping(ready.read(), ready.path).plain()
    return {key: value for key, value in data.items() if key not in ("juri", "rubric")}
