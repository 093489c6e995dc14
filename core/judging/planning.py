"""What a rule would assign: worked out from values and looked at before anything is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.document import RuleUse, empty
from juri.core.editions.gate import find_stage
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.facts import alive_facts
from juri.core.entries.model import EntryRow, Organization, Person
from juri.core.errors import ActionRefused, InputRefused, JuriError, NotFound, PluginError, Problem
from juri.core.extension import AssignmentCase, AssignmentRule, StageKind
from juri.core.judging.conflicts import forbidden_pairs
from juri.core.judging.model import AssignmentRow, JurorRow
from juri.core.judging.panels import panel_jurors
from juri.core.matching.graph import graph_of, worries
from juri.core.matching.problem import Graph
from juri.core.view import EntryFacts

Pair = tuple[str, str]
"""An entry's code and a juror's code."""

DEFAULT_RULE = "balanced"
_BEGUN = ("accepted", "done", "lapsed")
_OPEN = ("offered", "accepted", "lapsed")


@dataclass(frozen=True)
class Plan:
    """What a rule would assign: ``fresh`` pairs beside those that are ``kept``; ``gone`` are taken off for them.

    ``graph`` tells how the jurors hang together afterwards, ``worries`` what is wrong with that. ``thinnest`` is the
    entry with the fewest jurors who name its category, and how many (None where no juror names any).
    """

    kept: frozenset[Pair]
    fresh: tuple[Pair, ...]
    jurors: tuple[str, ...]
    graph: Graph
    gone: tuple[Pair, ...] = ()
    worries: tuple[str, ...] = ()
    thinnest: tuple[str, int] | None = None

    def loads(self) -> dict[str, tuple[int, int]]:
        """Return for each juror how many entries are kept and how many are new."""
        kept, fresh = (Counter(juror for _, juror in pairs) for pairs in (self.kept, self.fresh))
        return {juror: (kept[juror], fresh[juror]) for juror in self.jurors}


@dataclass(frozen=True)
class Gathered:
    """The rows and the values that an assignment works on."""

    entries: Mapping[str, EntryFacts]
    jurors: Mapping[str, JurorRow]
    case: AssignmentCase


def plan_assignment(
    session: Session,
    running: Running,
    stage: str,
    *,
    rule: str | None = None,
    seed: int = 0,
    options: Mapping[str, Any] | None = None,
) -> Plan:
    """Tell what ``assign`` would do; nothing is written.

    Raises:
        ActionRefused: the stage has no jurors, or the rule cannot be met (it says why).
        InputRefused: the rule does not take these options.

    """
    row = judged_stage(session, running, stage)
    return make_plan(running, row, gather(session, running, row, seed).case, rule=rule, options=options)


def plan_replacement(session: Session, running: Running, stage: str, juror: str, *, seed: int = 0) -> Plan:
    """Tell what ``replace_juror`` would do; nothing is written.

    Raises:
        NotFound: the juror has no sheet to give in the stage.
        ActionRefused: nobody can take the entries over; says why.

    """
    row = judged_stage(session, running, stage)
    return mend_plan(session, running, row, juror, gather(session, running, row, seed))


def judged_stage(session: Session, running: Running, stage: str) -> StageRow:
    """Return the row of a stage in which jurors score.

    Raises:
        ActionRefused: nobody scores in it.

    """
    row = find_stage(session, running.id, stage)
    if not running.registry.find(StageKind, running.stage(stage).kind).judged:
        raise ActionRefused([f"the stage '{stage}' is a {row.kind}; nobody scores in it"])
    return row


def gather(session: Session, running: Running, row: StageRow, seed: int) -> Gathered:
    """Read the entries, jurors, conflicts and pairs of a stage."""
    spec = running.stage(row.key)
    panel = str(spec.options.get("panel", ""))
    number = spec.options.get("jurors_per_entry")
    jurors = panel_jurors(session, running, panel)
    entries = alive_facts(session, running, spec)
    forbidden = {*forbidden_pairs(session, running, panel, jurors.values()), *pairs_in(session, row.id, "recused")}
    employers = _employers(session, jurors.values())
    case = AssignmentCase(
        entries=entries,
        jurors={each.code: {"categories": tuple(each.categories), **employers[each.code]} for each in jurors.values()},
        forbidden=frozenset(forbidden),
        existing=existing_pairs(session, row.id),
        per_entry=number or len(jurors),
        seed=seed,
        fewer_will_do=number is None,
        settled=pairs_in(session, row.id, *_BEGUN),
    )
    return Gathered({entry.code: entry for entry in entries}, jurors, case)


def _employers(session: Session, jurors: Any) -> dict[str, dict[str, str]]:
    rows = list(jurors)
    found = session.execute(
        select(Person.id, Organization.name, Organization.cluster, Organization.region)
        .join(Organization, Organization.id == Person.organization_id)
        .where(Person.id.in_([row.person_id for row in rows]))
    )
    known = {person: {"agency": name, "cluster": cluster, "region": region} for person, name, cluster, region in found}
    nobody = {"agency": "", "cluster": "", "region": ""}
    return {row.code: known.get(row.person_id, nobody) for row in rows}


def existing_pairs(session: Session, stage_id: int) -> frozenset[Pair]:
    """Return the pairs of a stage in which the juror is to score."""
    return pairs_in(session, stage_id, "offered", "accepted", "done", "lapsed")


def pairs_in(session: Session, stage_id: int, *states: str) -> frozenset[Pair]:
    """Return the pairs of a stage that are in one of some states."""
    rows = session.execute(
        select(EntryRow.code, JurorRow.code)
        .select_from(AssignmentRow)
        .join(EntryRow, EntryRow.id == AssignmentRow.entry_id)
        .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
        .where(AssignmentRow.stage_id == stage_id, AssignmentRow.state.in_(states))
    )
    return frozenset((entry, juror) for entry, juror in rows)


def make_plan(
    running: Running,
    row: StageRow,
    case: AssignmentCase,
    *,
    rule: str | None = None,
    options: Mapping[str, Any] | None = None,
    mend: bool = False,
) -> Plan:
    """Ask a rule who scores what: the one named, else the edition's, else ``balanced``.

    Args:
        running: the edition.
        row: the stage.
        case: what the rule works on.
        rule: its name; None for the edition's.
        options: they stand above those of the edition, where its rule is used.
        mend: whether pairs may move that are not settled.

    Raises:
        ActionRefused: the rule cannot be met (it says why).
        InputRefused: the rule does not take these options.
        PluginError: the rule fails.

    """
    use: RuleUse = running.stage(row.key).options.get("assignment") or RuleUse(DEFAULT_RULE)
    given = {**(use.options if rule in {None, use.rule} else {}), **(options or {})}
    pairs = frozenset(_ask(running, rule or use.rule, given, case, mend=mend))
    here = {entry.code for entry in case.entries}
    graph = graph_of(sorted(pair for pair in pairs if pair[0] in here))
    return Plan(
        kept=case.existing & pairs if mend else case.existing,
        fresh=tuple(sorted(pairs - case.existing)),
        jurors=tuple(sorted(case.jurors)),
        graph=graph,
        gone=tuple(sorted(pair for pair in case.existing - pairs if pair[0] in here)) if mend else (),
        worries=tuple(worries(graph)) if pairs else (),
        thinnest=_thinnest(case, pairs),
    )


def mend_plan(session: Session, running: Running, row: StageRow, juror: str, gathered: Gathered) -> Plan:
    """Plan who takes over what a juror has not sent.

    Raises:
        NotFound: the juror has no sheet to give in the stage.

    """
    given_up = {pair for pair in pairs_in(session, row.id, *_OPEN) if pair[1] == juror and pair[0] in gathered.entries}
    if not given_up:
        raise NotFound("open assignment", juror, f"in stage {row.key}")
    case = gathered.case
    left = replace(
        case,
        jurors={code: facts for code, facts in case.jurors.items() if code != juror},
        existing=case.existing - given_up,
        settled=case.settled - given_up,
        forbidden=case.forbidden | given_up,
    )
    plan = make_plan(running, row, left, mend=True)
    return replace(plan, gone=tuple(sorted({*plan.gone, *given_up})))


def _ask(
    running: Running, rule: str, options: Mapping[str, Any], case: AssignmentCase, *, mend: bool
) -> Sequence[Pair]:
    extension = running.registry.find(AssignmentRule, rule)
    loaded = _loaded(extension, options)
    ask = extension.mend if mend and extension.mend else extension.assign
    try:
        return ask(case, loaded)
    except JuriError:
        raise
    except Exception as error:
        owner = running.registry.owner("assignment_rules", rule)
        raise PluginError(owner, f"assignment rule '{rule}'", f"{type(error).__name__}: {error}") from error


def _loaded(rule: AssignmentRule, options: Mapping[str, Any]) -> Mapping[str, Any]:
    """Read the options of a rule; those of an edition were checked when it was read."""
    if rule.options is None:
        if options:
            raise InputRefused(
                [Problem(key, f"the assignment rule '{rule.name}' has no options") for key in sorted(options)]
            )
        return empty()
    try:
        loaded: Mapping[str, Any] = rule.options().load(dict(options))
    except ValidationError as error:
        found = error.messages if isinstance(error.messages, dict) else {"assignment": error.messages}
        raise InputRefused([Problem(str(key), str(said)) for key, said in sorted(found.items())]) from error
    return loaded


def _thinnest(case: AssignmentCase, pairs: frozenset[Pair]) -> tuple[str, int] | None:
    """Find the entry whose category the fewest of its jurors name."""
    names = {code: facts.get("categories") or () for code, facts in case.jurors.items()}
    category = {entry.code: entry.category for entry in case.entries}
    if not any(names.values()) or not pairs:
        return None
    knowing = Counter({entry: 0 for entry, _ in pairs if entry in category})
    knowing.update(entry for entry, juror in pairs if entry in category and category[entry] in names.get(juror, ()))
    return min(((entry, count) for entry, count in knowing.items()), key=lambda found: (found[1], found[0]))
