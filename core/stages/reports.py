"""The result of an edition as tables, ready for an exporter or a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from juri.core.editions.gate import find_stage
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running
from juri.core.entries.model import EntryRow, Organization
from juri.core.errors import ActionRefused, NotFound
from juri.core.extension import Report
from juri.core.results.decisions import decisions_in_force
from juri.core.results.model import AwardRow, SnapshotRow
from juri.core.results.snapshots import find_snapshot, standings_in_force
from juri.core.scoring.number import decimal_text
from juri.core.scoring.standings import Standing, Standings
from juri.core.stages.past import standings_as_of
from juri.core.stages.views import sheets_of
from juri.core.storage.natural import natural_key

Row = tuple[Any, ...]
Table = tuple[tuple[str, ...], tuple[Row, ...]]


def edition_report(session: Session, running: Running, *, decimals: int = 2, sheets: bool = False) -> Report:
    """Lay an edition out: its stages with their counts and hashes, standings, decisions, titles.

    Args:
        session: a reading session.
        running: the edition.
        decimals: of scores; the exact figure stands beside each as a fraction.
        sheets: whether to list every juror's totals and answers with their comments too, for those who may see them.

    """
    rows = session.scalars(select(StageRow).where(StageRow.edition_id == running.id).order_by(StageRow.position)).all()
    entries = _entries(session, running)
    tables: dict[str, Table] = {"stages": _stages(session, rows)}
    for row in rows:
        tables.update(_standings(session, row, entries, decimals))
        tables.update(_decisions(session, row, entries))
    tables["awards"] = _awards(session, rows, entries)
    if sheets:
        tables["scorecards"] = _scorecards(session, rows, decimals)
        tables["answers"] = _answers(session, rows)
    return Report(_meta(running), tables)


def stage_standings(
    session: Session, running: Running, key: str, *, track: str = "", decimals: int = 2, at: datetime | None = None
) -> dict[str, Table]:
    """Return the ranking of a closed stage as tables, by what each is called; ``track`` picks one.

    With a moment (``at``) it is the ranking of a judged stage as it was then, also while the stage is open.

    Raises:
        NotFound: the edition has no such stage or track.
        ActionRefused: the stage is not closed yet, or does not rank.

    """
    running.stage(key)
    row = find_stage(session, running.id, key)
    tracks = [each.id for each in running.edition.tracks]
    if track and track not in tracks:
        raise NotFound("track", track, f"tracks are {', '.join(tracks) or 'none'}")
    entries = _entries(session, running)
    told = standings_in_force(session, row) if at is None else standings_as_of(session, running, key, at)
    found = dict(_rankings(key, told, entries, decimals))
    if not found:
        why = "does not rank" if row.state in {"closed", "sealed", "published"} else f"is {row.state}; close it first"
        raise ActionRefused([f"'{key}' has no standings: it {why}"])
    return {name: lines for name, lines in found.items() if not track or name == f"standings {key} {track}"}


def funnel(session: Session, running: Running) -> list[tuple[str, str, str, dict[str, int]]]:
    """Count for each stage how many entries were let on, by track: (stage, kind, state, track -> count)."""
    rows = session.scalars(select(StageRow).where(StageRow.edition_id == running.id).order_by(StageRow.position))
    return [(row.key, row.kind, row.state, _advanced(session, running, row)) for row in rows]


def entry_states(session: Session, running: Running) -> dict[str, int]:
    """Count the entries of an edition by state."""
    counted = select(EntryRow.state, func.count()).where(EntryRow.edition_id == running.id).group_by(EntryRow.state)
    return {state: count for state, count in session.execute(counted.order_by(EntryRow.state))}  # noqa: C416  a row is no pair to the type checker


def _meta(running: Running) -> dict[str, Any]:
    return {
        "edition": running.slug,
        "name": running.edition.name.id,
        "state": running.state,
        "document_revision": str(running.revision),
        "document_sha256": running.sha256,
    }


def _entries(session: Session, running: Running) -> dict[str, tuple[str, str, str]]:
    found = session.execute(
        select(EntryRow.code, EntryRow.title, Organization.name, EntryRow.track)
        .join(Organization, Organization.id == EntryRow.organization_id)
        .where(EntryRow.edition_id == running.id)
    )
    return {code: (title, entrant, track) for code, title, entrant, track in found}


def _stages(session: Session, rows: Iterable[StageRow]) -> Table:
    header = (
        "stage",
        "kind",
        "state",
        "entries",
        "advanced",
        "inputs_sha256",
        "rules_sha256",
        "result_sha256",
        "signers",
    )
    return header, tuple(_stage(session, row, find_snapshot(session, row, with_body=False)) for row in rows)


def _stage(session: Session, row: StageRow, snapshot: SnapshotRow | None) -> Row:
    proposed, decided = decisions_in_force(session, row)
    final = {**proposed, **decided}
    on = sum(decision.outcome == "advance" for decision in final.values())
    head = (row.key, row.kind, row.state, len(final), on)
    if snapshot is None:
        return (*head, "", "", "", "")
    hashes = (snapshot.inputs_sha256, snapshot.rules_sha256, snapshot.result_sha256)
    return (*head, *hashes, ", ".join(snapshot.signers))


def _standings(
    session: Session, row: StageRow, entries: Mapping[str, tuple[str, str, str]], decimals: int
) -> Iterator[tuple[str, Table]]:
    yield from _rankings(row.key, standings_in_force(session, row), entries, decimals)


def _rankings(
    key: str, found: Mapping[str, Standings], entries: Mapping[str, tuple[str, str, str]], decimals: int
) -> Iterator[tuple[str, Table]]:
    header = ("rank", "entry", "title", "entrant", "score", "score_exact", "sheets", "tied", "tie_rule", "note")
    for track, standings in found.items():
        corrected = any(line.raw is not None for line in standings.lines)
        lines: list[Row] = [
            (
                _plain(line.rank),
                line.entry,
                *entries[line.entry][:2],
                decimal_text(line.score, decimals),
                str(line.score),
                line.sheets,
                "yes" if line.tied else "",
                line.tie_rule,
                "",
                *_raw(line, decimals),
            )
            for line in standings.lines
        ]
        more = ("raw", "raw_rank") if corrected else ()
        blank = ("",) * len(more)
        lines += [
            ("", u.entry, *entries[u.entry][:2], "", "", u.sheets, "", "", u.reason, *blank) for u in standings.unranked
        ]
        yield f"standings {key}{' ' + track if track else ''}", ((*header, *more), tuple(lines))


def _raw(line: Standing, decimals: int) -> tuple[str, ...]:
    """Return score and rank without the method's correction; nothing where the method corrects nothing."""
    if line.raw is None or line.raw_rank is None:
        return ()
    return decimal_text(line.raw, decimals), _plain(line.raw_rank)


def _decisions(
    session: Session, row: StageRow, entries: Mapping[str, tuple[str, str, str]]
) -> Iterator[tuple[str, Table]]:
    proposed, decided = decisions_in_force(session, row)
    if not proposed:
        return
    header = (
        "entry",
        "title",
        "entrant",
        "track",
        "proposed",
        "rule",
        "why",
        "codes",
        "displaced_by",
        "decided",
        "reason",
    )
    lines = []
    for code, own in sorted(proposed.items(), key=lambda each: natural_key(each[0])):
        taken = decided.get(code)
        end = ("", "") if taken is None else (taken.outcome, f"{taken.rule}: {taken.reason}")
        told = (own.outcome, own.rule, own.reason, ", ".join(own.codes), own.displaced_by)
        lines.append((code, *entries[code], *told, *end))
    yield f"decisions {row.key}", (header, tuple(lines))


def _awards(session: Session, rows: Iterable[StageRow], entries: Mapping[str, tuple[str, str, str]]) -> Table:
    header = ("award", "title", "track", "rank", "recipient_type", "recipient", "entry", "innovation", "entrant")
    in_force = {row.id: row.revision for row in rows}
    found = session.execute(
        select(AwardRow, EntryRow.code)
        .outerjoin(EntryRow, EntryRow.id == AwardRow.entry_id)
        .where(AwardRow.stage_id.in_(in_force))
        .order_by(AwardRow.id)
    )
    lines = [
        (
            award.award,
            award.title,
            award.track,
            award.rank,
            award.recipient_type,
            award.recipient,
            code,
            *(entries[code][:2] if code else ("", "")),
        )
        for award, code in found
        if award.round == in_force[award.stage_id]
    ]
    return header, tuple(lines)


def _scorecards(session: Session, rows: Iterable[StageRow], decimals: int) -> Table:
    header = ("stage", "entry", "juror", "total", "total_exact", "points")
    return header, tuple(
        (
            row.key,
            sheet.entry,
            sheet.juror,
            "" if sheet.total is None else decimal_text(sheet.total, decimals),
            "" if sheet.total is None else str(sheet.total),
            "; ".join(f"{name} {decimal_text(points, decimals)}" for name, points in sheet.points.items()),
        )
        for row in rows
        for sheet in sheets_of(session, row)
    )


def _answers(session: Session, rows: Iterable[StageRow]) -> Table:
    header = ("stage", "entry", "juror", "criterion", "answer", "reason", "comment")
    return header, tuple(
        (row.key, sheet.entry, sheet.juror, criterion, str(answer.value), answer.reason, answer.comment)
        for row in rows
        for sheet in sheets_of(session, row)
        for criterion, answer in sheet.answers.items()
    )


def _advanced(session: Session, running: Running, row: StageRow) -> dict[str, int]:
    proposed, decided = decisions_in_force(session, row)
    tracks = {track.id: 0 for track in running.edition.tracks} or {"": 0}
    own = _entries(session, running)
    for code, decision in {**proposed, **decided}.items():
        if decision.outcome == "advance":
            tracks[own[code][2]] = tracks.get(own[code][2], 0) + 1
    return tracks


def _plain(rank: Fraction) -> str:
    return decimal_text(rank, 0 if rank.denominator == 1 else 1)
