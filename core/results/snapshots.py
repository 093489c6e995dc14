"""Snapshots: what a stage came to, as one canonical text with the hash of everything it was computed from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from juri.core.editions.model import StageRow
from juri.core.results.lines import keep_lines
from juri.core.results.model import SnapshotRow
from juri.core.scoring.rubric import Line
from juri.core.scoring.standings import JurorFigure, Standing, Standings, Unranked
from juri.core.storage.session import WriteSession
from juri.core.storage.types import canonical_json, plain_json
from juri.core.view import AwardProposal, EntryFacts, Outcome, Proposal, Sheet, StageView

ENGINE = "juri 1"
"""The version of the arithmetic: raised when the same inputs could come to another result."""


@dataclass(frozen=True)
class Hashes:
    """The three hashes to publish: of the inputs, of the rules, of the result."""

    inputs: str
    rules: str
    result: str


def snapshot_body(view: StageView, outcome: Outcome, decided: Mapping[str, Proposal]) -> dict[str, Any]:
    """Write the result of a stage as plain values, exact figures as fractions' texts."""
    return {
        "engine": ENGINE,
        "stage": view.stage.id,
        "kind": view.stage.kind,
        "standings": {track: _standings(standings) for track, standings in sorted(outcome.standings.items())},
        "proposed": [_decision(proposal) for proposal in sorted(outcome.proposals, key=lambda p: p.entry)],
        "decided": [_decision(decided[code]) for code in sorted(decided)],
        "awards": [dict(award.__dict__) for award in _sorted_awards(outcome.awards)],
        "warnings": list(outcome.warnings),
    }


def inputs_of(view: StageView) -> list[Any]:
    """List what a stage's result is computed from: facts, sheets, acts, earlier results, the panel's order."""
    return [
        [_facts(entry) for entry in view.entries],
        [_sheet(sheet) for sheet in view.sheets],
        [[act.topic, act.entry, act.subject, plain_json(act.data)] for act in view.records],
        {stage: {track: _standings(s) for track, s in tracks.items()} for stage, tracks in view.earlier.items()},
        {stage: [entry.code for entry in entries] for stage, entries in view.passed.items()},
        list(view.tie_order),
    ]


def hashes_of(view: StageView, body: Mapping[str, Any], rules: Iterable[str]) -> Hashes:
    """Hash inputs, rules and result; ``rules`` names the document and the plugins' versions."""
    return Hashes(_sha256(inputs_of(view)), _sha256(sorted(rules)), _sha256(dict(body)))


def keep_snapshot(
    session: WriteSession,
    stage: StageRow,
    *,
    status: str,
    body: Mapping[str, Any],
    hashes: Hashes,
    signers: Iterable[str],
    at: datetime,
) -> SnapshotRow:
    """Store a snapshot of the stage's present round, and its standings line by line."""
    row = SnapshotRow(
        stage_id=stage.id,
        round=stage.revision,
        status=status,
        inputs_sha256=hashes.inputs,
        rules_sha256=hashes.rules,
        result_sha256=hashes.result,
        body=dict(body),
        signers=list(signers),
        at=at,
    )
    session.add(row)
    session.flush()
    keep_lines(session, row, stage.edition_id)
    return row


def find_snapshot(session: Session, stage: StageRow, *, with_body: bool = True) -> SnapshotRow | None:
    """Return the newest snapshot of the stage's present round: sealed before closed.

    The body is large; where it is not asked for, it must not be read.
    """
    newest = (
        select(SnapshotRow)
        .where(SnapshotRow.stage_id == stage.id, SnapshotRow.round == stage.revision)
        .order_by(SnapshotRow.id.desc())
        .limit(1)
    )
    return session.scalar(newest if with_body else newest.options(defer(SnapshotRow.body, raiseload=True)))


def standings_in_force(session: Session, stage: StageRow) -> dict[str, Standings]:
    """Return the standings by track that a closed or sealed stage came to; empty where it is neither."""
    if stage.state not in {"closed", "sealed", "published"}:
        return {}
    row = find_snapshot(session, stage)
    return {} if row is None else {track: read_standings(told) for track, told in row.body["standings"].items()}


def read_line(told: Mapping[str, Any]) -> Standing | Unranked:
    """Read back what a snapshot says of one entry, ranked or not."""
    return _read_line(told) if "rank" in told else _read_unranked(told)


def read_standings(told: Mapping[str, Any]) -> Standings:
    """Read standings back from a snapshot."""
    return Standings(
        lines=tuple(_read_line(line) for line in told["lines"]),
        unranked=tuple(_read_unranked(each) for each in told["unranked"]),
        method=told["method"],
        missing=told["missing"],
        warnings=tuple(told["warnings"]),
        low_is_best=told["low_is_best"],
        jurors=tuple(_read_juror(each) for each in told.get("jurors", ())),
        estimates={name: Fraction(figure) for name, figure in told.get("estimates", ())},
    )


def _read_juror(told: Mapping[str, Any]) -> JurorFigure:
    error = None if told["error"] is None else Fraction(told["error"])
    return JurorFigure(told["juror"], Fraction(told["severity"]), error, int(told["sheets"]), int(told["common"]))


def _read_unranked(told: Mapping[str, Any]) -> Unranked:
    return Unranked(told["entry"], int(told["sheets"]), told["reason"])


def _read_line(line: Mapping[str, Any]) -> Standing:
    return Standing(
        rank=Fraction(line["rank"]),
        entry=line["entry"],
        score=Fraction(line["score"]),
        sheets=int(line["sheets"]),
        tied=line["tied"],
        tie_rule=line["tie_rule"],
        base=None if line["base"] is None else Fraction(line["base"]),
        bonus=tuple(Line(each[0], Fraction(each[1]), each[2]) for each in line["bonus"]),
        uncounted=tuple(line["uncounted"]),
        raw=Fraction(line["raw"]) if "raw" in line else None,
        raw_rank=Fraction(line["raw_rank"]) if "raw_rank" in line else None,
    )


def _standings(standings: Standings) -> dict[str, Any]:
    return {
        "method": standings.method,
        "missing": standings.missing,
        "low_is_best": standings.low_is_best,
        "lines": [_line(line) for line in standings.lines],
        "unranked": [{"entry": u.entry, "sheets": str(u.sheets), "reason": u.reason} for u in standings.unranked],
        "warnings": list(standings.warnings),
        **_corrected(standings),
    }


def _corrected(standings: Standings) -> dict[str, Any]:
    """Write what a method that corrects scores rests on; nothing for the others, whose hashes stay what they were."""
    if not standings.jurors and not standings.estimates:
        return {}
    jurors = [
        {name: None if figure is None else str(figure) for name, figure in juror.__dict__.items()}
        for juror in standings.jurors
    ]
    return {"jurors": jurors, "estimates": [[name, str(figure)] for name, figure in standings.estimates.items()]}


def _line(line: Standing) -> dict[str, Any]:
    return {
        "rank": str(line.rank),
        "entry": line.entry,
        "score": str(line.score),
        "sheets": str(line.sheets),
        "tied": line.tied,
        "tie_rule": line.tie_rule,
        "base": None if line.base is None else str(line.base),
        "bonus": [[each.criterion, str(each.points), each.note] for each in line.bonus],
        "uncounted": list(line.uncounted),
        **({} if line.raw is None else {"raw": str(line.raw), "raw_rank": str(line.raw_rank)}),
    }


def _facts(entry: EntryFacts) -> list[Any]:
    who = [entry.code, entry.title, entry.entrant, list(entry.people)]
    return [*who, entry.track, entry.category, entry.cluster, entry.region, plain_json(entry.answers)]


def _sheet(sheet: Sheet) -> list[Any]:
    points = {name: str(value) for name, value in sheet.points.items()}
    return [
        sheet.entry,
        sheet.juror,
        None if sheet.total is None else str(sheet.total),
        points,
        str(sheet.juror_weight),
    ]


def _decision(decision: Proposal) -> dict[str, Any]:
    return {**decision.__dict__, "codes": list(decision.codes)}


def _sorted_awards(awards: Iterable[AwardProposal]) -> list[AwardProposal]:
    return sorted(awards, key=lambda a: (a.award, a.track, a.rank or 0, a.recipient))


def _sha256(value: Any) -> str:
    return hashlib.sha256(canonical_json(value).encode()).hexdigest()
