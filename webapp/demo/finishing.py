"""From the proposals to the winners: judging, nomination, plenaries, public test, interviews, visits, announcements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta, timezone

from sqlalchemy import select
from sqlalchemy.orm import Session

from juri.core.entries.model import EntryRow, Organization
from juri.core.results.snapshots import standings_in_force
from juri.core.stages.acts import Act, record_acts
from juri.core.stages.model import StageRecord
from juri.core.storage.session import WriteSession
from juri.core.view import ADVANCE, STOP
from juri.webapp.demo.judging import assigning_step, scoring_step
from juri.webapp.demo.lots import Lots
from juri.webapp.demo.marks import is_never_sent
from juri.webapp.demo.people import CHAIR_TE, CHAIR_TPI, SECRETARIAT
from juri.webapp.demo.replay import WHOLE, Replay, Step
from juri.webapp.demo.stages import Course, edition_step, stage_row, stage_steps

CONFLICTS = 6
"""So many jurors find out that they advised what they were to score."""

FAR_REGIONS = frozenset({"Maluku", "Maluku Utara", "Nusa Tenggara Timur", "Papua", "Papua Barat", "Papua Barat Daya",
                         "Papua Pegunungan", "Papua Selatan", "Papua Tengah"})  # fmt: skip
"""Whose nominees the invented panel prefers for the last places: a choice of the demonstration."""

_PREFERRED_PLACES = 2
_VISITS = 12
_PRESENTATION, _A_DAY = timedelta(minutes=20), 20
_FIRST_DAY = datetime(2023, 6, 26, 9, tzinfo=timezone(timedelta(hours=7)))
_ONE_WITHOUT_LEADER = 6

Acts = Callable[[Replay, Session, Sequence[str]], Sequence[Act]]
"""Makes the acts of a stage, of the codes of its entries."""


def finishing_steps() -> Iterator[Step]:
    """Yield the steps from the assessment of the proposals to the published result."""
    yield edition_step(("open",), "judging")
    yield from stage_steps(
        Course("proposal", CHAIR_TE),
        assigning_step("proposal", conflicts=CONFLICTS),
        scoring_step("proposal", is_never_sent),
    )
    yield from stage_steps(Course("nomination", CHAIR_TE))
    why = "representation of disadvantaged regions (an invented decision of the demonstration)"
    yield from stage_steps(
        Course("finalists", CHAIR_TPI, depart=_prefer_far_regions, why_depart=why), _acts("finalists", _attendance)
    )
    early = "demonstration: five days are not waited for"
    yield from stage_steps(Course("public_test", early=early), _acts("public_test", _objection))
    yield from stage_steps(Course("finalists_announcement", CHAIR_TPI, publish=True))
    yield from stage_steps(
        Course("interview", CHAIR_TPI),
        assigning_step("interview"),
        _acts("interview", _interviews),
        scoring_step("interview"),
    )
    yield from stage_steps(Course("field", CHAIR_TPI), _acts("field", _visits))
    yield from stage_steps(Course("final", CHAIR_TPI), _acts("final", _attendance))
    yield from stage_steps(Course("announcement", CHAIR_TPI, publish=True))
    yield edition_step(("judging",), "decided")
    yield edition_step(("decided",), "published")


def _acts(stage: str, acts: Acts) -> Step:
    """Return the step that keeps the acts of a stage, all in one transaction."""

    def left(replay: Replay, session: Session) -> Sequence[Act]:
        row = stage_row(replay, session, stage)
        kept = session.scalars(select(StageRecord.id).where(StageRecord.stage_id == row.id).limit(1)).first()
        if row.state != "open" or kept is not None:
            return []
        alive = EntryRow.state.in_(("eligible", "advanced", "awarded"))
        codes = session.scalars(select(EntryRow.code).where(EntryRow.edition_id == row.edition_id, alive))
        return acts(replay, session, sorted(codes))

    def play(replay: Replay, session: WriteSession, kept: Sequence[Act]) -> None:
        record_acts(session, replay.running(session), stage, kept, by=replay.actor(session, SECRETARIAT))

    return Step(f"{stage}: records", left, play, batch=WHOLE)


def _attendance(replay: Replay, session: Session, codes: Sequence[str]) -> Sequence[Act]:
    panel = [juror.code for juror in replay.plan.jurors if juror.panel == "tpi"]
    return [Act("attendance", {"present": "yes"}, subject=code) for code in panel]


def _objection(replay: Replay, session: Session, codes: Sequence[str]) -> Sequence[Act]:
    code = Lots(replay.plan.seed, "objection").pick(codes)
    text = "Inovasi ini mirip dengan milik daerah lain (sanggahan peragaan)."
    answer = "Kemiripan judul bukan kesamaan isi; sanggahan ditolak (jawaban peragaan)."
    return [
        Act("objection", {"from": "Warga Peragaan", "text": text}, code, "1"),
        Act("answer", {"verdict": "rejected", "text": answer}, code, "1"),
    ]


def _interviews(replay: Replay, session: Session, codes: Sequence[str]) -> Sequence[Act]:
    order = Lots(replay.plan.seed, "slots").shuffled(codes)
    acts = []
    for number, code in enumerate(order):
        starts = _FIRST_DAY + timedelta(days=number // _A_DAY) + _PRESENTATION * (number % _A_DAY)
        leader = "yes" if Lots(replay.plan.seed, "leader", code).below(_ONE_WITHOUT_LEADER) else "no"
        acts.append(Act("slot", {"starts": starts.isoformat(), "place": "Ruang virtual 1"}, code))
        acts.append(Act("attendance", {"present": "yes", "leader": leader}, code))
    return acts


def _visits(replay: Replay, session: Session, codes: Sequence[str]) -> Sequence[Act]:
    """Visit a few: all but one find what was written, one refutes the impact, which stops that entry."""
    lots = Lots(replay.plan.seed, "visits")
    sample = lots.shuffled(codes)[: min(_VISITS, len(codes) // 2)]
    acts = []
    for number, code in enumerate(sample):
        impact = "refuted" if number == 0 and len(sample) == _VISITS else "confirmed" if number % 4 else "partly"
        evidence = {"evidence": [f"foto-{code.lower()}-peragaan.jpg"]}
        acts.append(Act("claim", {"finding": "confirmed", **evidence}, code, "implemented"))
        acts.append(Act("claim", {"finding": impact, **evidence}, code, "impact"))
    return acts


def _prefer_far_regions(replay: Replay, session: Session) -> dict[str, str]:
    """Let the best nominees of far regions that the ranking leaves out take the last places; the number stays."""
    row = stage_row(replay, session, "finalists")
    ranked = [line.entry for line in standings_in_force(session, row)["umum"].lines]
    places = replay.plan.size.tracks["umum"].finalists
    found = session.execute(
        select(EntryRow.code, Organization.region)
        .join(Organization, Organization.id == EntryRow.organization_id)
        .where(EntryRow.edition_id == row.edition_id, EntryRow.code.in_(ranked))
    )
    regions = dict(found.all())
    moving_in = [code for code in ranked[places:] if regions[code] in FAR_REGIONS][:_PREFERRED_PLACES]
    moving_out = [code for code in reversed(ranked[:places]) if regions[code] not in FAR_REGIONS][: len(moving_in)]
    return {**dict.fromkeys(moving_in[: len(moving_out)], ADVANCE), **dict.fromkeys(moving_out, STOP)}
