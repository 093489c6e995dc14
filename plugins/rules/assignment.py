"""Who scores what: the bundled rule ``balanced``, the best assignment within loads, conflicts and bridges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from juri.core.extension import AssignmentCase, AssignmentRule
from juri.core.matching.board import build_board
from juri.core.matching.matching import match, repair
from juri.core.matching.problem import MOST_AFFINITY, Entry, Juror, Mix, Pair, Problem, Wishes
from juri.plugins import hookimpl
from juri.plugins.options import Exact, Whole, not_blank

Options = Mapping[str, Any]

CONFLICT = "conflict"


class MixOptions(Schema):
    """How many jurors of one kind of employer each entry has."""

    cluster = fields.String(required=True, validate=not_blank())
    at_least = Whole(load_default=0, validate=validate.Range(min=0))
    at_most = Whole(load_default=None, allow_none=True, validate=validate.Range(min=0))

    @validates_schema
    def check_numbers(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a least number above the most.

        Raises:
            ValidationError: ``at_least`` is more than ``at_most``.

        """
        if data["at_most"] is not None and data["at_least"] > data["at_most"]:
            raise ValidationError(f"at_least {data['at_least']} is more than at_most {data['at_most']}", "at_least")


class BalancedOptions(Schema):
    """``min_load`` and ``max_load``: how many entries a juror has at least and at most.

    ``prefer: loads`` (the default) makes loads as even as can be and then looks at expertise; ``prefer: expertise`` the
    other way round. ``categories: must`` (the default) takes a juror's categories for a limit; with ``prefer`` they
    are what the juror knows best, and every juror may score everything. ``worst_first`` raises first the expertise of
    the worst pair. ``bridges`` is the percentage of the entries that get a juror from elsewhere, so that all jurors
    can be compared; ``beyond_categories`` lets that juror leave the own categories. ``expertise`` grades what a juror,
    by code, knows of a category, from 0 to 1000; a category of the panel without a grade is 1000 then. ``fields``
    limits the jurors of an agency to categories, ``mix`` says how many jurors of a kind of employer (the cluster of
    the juror's agency) an entry has.
    """

    min_load = Whole(load_default=0, validate=validate.Range(min=0))
    max_load = Whole(load_default=None, allow_none=True, validate=validate.Range(min=1))
    prefer = fields.String(load_default="loads", validate=validate.OneOf(("loads", "expertise")))
    categories = fields.String(load_default="must", validate=validate.OneOf(("must", "prefer")))
    worst_first = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    bridges = Exact(load_default=0, validate=validate.Range(min=0, max=100))
    beyond_categories = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    expertise = fields.Dict(
        keys=fields.String(validate=not_blank()),
        values=fields.Dict(
            keys=fields.String(validate=not_blank()), values=Whole(validate=validate.Range(min=0, max=MOST_AFFINITY))
        ),
        load_default=dict,
    )
    fields_ = fields.Dict(
        keys=fields.String(validate=not_blank()),
        values=fields.List(fields.String(validate=not_blank())),
        load_default=dict,
        data_key="fields",
    )
    mix = fields.List(fields.Nested(MixOptions), load_default=list)

    @validates_schema
    def check_loads(self, data: dict[str, Any], **_: Any) -> None:
        """Refuse a least load above the largest.

        Raises:
            ValidationError: ``min_load`` is more than ``max_load``.

        """
        if data["max_load"] is not None and data["min_load"] > data["max_load"]:
            raise ValidationError(f"min_load {data['min_load']} is more than max_load {data['max_load']}", "min_load")


def assign_balanced(case: AssignmentCase, options: Options) -> list[Pair]:
    """Give each entry ``per_entry`` jurors, loads as even as conflicts and categories allow; or what the options say.

    Pairs that exist are kept, unless they are forbidden now; where an entry has more than ``per_entry`` of them it
    keeps all. Where ``fewer_will_do`` an entry takes all who may score it, and needs one. The answer holds kept and new
    pairs, sorted. ``seed`` settles every choice between equals; the order in which entries and jurors are given does
    not.

    Raises:
        ActionRefused: there is no such assignment; says which entries, jurors and rules clash.

    """
    chosen = options or BalancedOptions().load({})
    return list(match(_problem(case, chosen, case.existing - case.forbidden), _wishes(case, chosen)).pairs)


def mend_balanced(case: AssignmentCase, options: Options) -> list[Pair]:
    """Fill what is missing with as few new pairs as possible: what is ``settled`` stays, other pairs may move.

    Raises:
        ActionRefused: there is no assignment any more; says what clashes.

    """
    chosen = options or BalancedOptions().load({})
    problem = _problem(case, chosen, case.settled - case.forbidden)
    return list(repair(problem, case.existing - case.forbidden, _wishes(case, chosen)).matching.pairs)


def _wishes(case: AssignmentCase, options: Options) -> Wishes:
    return Wishes(
        loads_first=options["prefer"] == "loads",
        worst_first=options["worst_first"],
        bridges=Fraction(options["bridges"]) / 100,
        beyond_scope=options["beyond_categories"],
        seed=case.seed,
    )


def _problem(case: AssignmentCase, options: Options, fixed: Iterable[Pair]) -> Problem:
    stays = frozenset(fixed)
    here = {entry.code for entry in case.entries}
    problem = Problem(
        tuple(Entry(e.code, case.per_entry, e.category, e.track, e.entrant) for e in case.entries),
        tuple(_juror(code, facts, options) for code, facts in case.jurors.items()),
        forbidden=dict.fromkeys(case.forbidden, CONFLICT),
        fixed=frozenset(pair for pair in stays if pair[0] in here),
        mixes=tuple(Mix(mix["cluster"], mix["at_least"], mix["at_most"]) for mix in options["mix"]),
        scopes={agency: frozenset(categories) for agency, categories in options["fields_"].items()},
        own_agency=False,
    )
    return _as_many_as_may(problem) if case.fewer_will_do else problem


def _juror(code: str, facts: Mapping[str, Any], options: Options) -> Juror:
    categories = frozenset(facts.get("categories") or ())
    limits, grades = options["categories"] == "must", options["expertise"]
    known = dict.fromkeys(sorted(categories), MOST_AFFINITY) if grades or not limits else {}
    return Juror(
        code,
        options["min_load"],
        options["max_load"],
        categories=categories if limits else frozenset(),
        expertise={**known, **grades.get(code, {})},
        agency=str(facts.get("agency", "")),
        role=str(facts.get("cluster", "")),
    )


def _as_many_as_may(problem: Problem) -> Problem:
    """Let each entry want all who may score it, but one at least, where no number was asked for."""
    board = build_board(problem)
    kept = {entry.code: entry.wanted - int(left) for entry, left in zip(board.entries, board.wanted, strict=True)}
    able = {entry.code: int(row.sum()) for entry, row in zip(board.entries, board.allowed, strict=True)}
    entries = (
        replace(entry, wanted=min(entry.wanted, max(1, able[entry.code] + kept[entry.code])))
        for entry in problem.entries
    )
    return replace(problem, entries=tuple(entries))


@hookimpl
def juri_assignment_rules() -> list[AssignmentRule]:
    """Offer the bundled assignment rule."""
    return [
        AssignmentRule(
            name="balanced",
            title="Even loads",
            version="2",
            assign=assign_balanced,
            mend=mend_balanced,
            options=BalancedOptions,
        )
    ]
