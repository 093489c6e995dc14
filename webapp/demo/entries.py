"""The entries of the demonstration: who registers what, how far each comes, and what is wrong with some."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from juri.webapp.demo.agencies import Agency
from juri.webapp.demo.defects import DEFECTS, DUPLICATE, Proposal, share_titles, spread_defects
from juri.webapp.demo.lots import Lots
from juri.webapp.demo.size import Size, TrackSize
from juri.webapp.demo.words import THEMES, invent_text, invent_title

DRAFTED = "drafted"
AT_LOCAL_ADMIN = "at_local_admin"
SUBMITTED = "submitted"
OVER_LIMIT = "over_limit"
"""How far an entry comes in registration. OVER_LIMIT: its agency tries to submit it, beyond what the edition allows."""

LIMIT = 10
"""How many entries of umum an agency may submit in the demonstration edition: who plans keeps to it, but for one."""

_LEFT_WITH_UNIT, _LEFT_WITH_ADMIN = 612, 412
"""Of 2022: how many entries that were never submitted lay with their unit, and with the local admin."""

_ONE_FINAL_BEFORE = 33
_ONE_KHUSUS_FINAL_BEFORE = 5
"""One in so many entries was a finalist once before, which the rules allow."""

_TEXTS = ("latar_belakang_tujuan", "kebaruan_nilai_tambah", "implementasi", "signifikansi", "sudah_direplikasi",
          "potensi_replikasi", "sumber_daya", "strategi_keberlanjutan")  # fmt: skip


@dataclass(frozen=True)
class PlannedEntry:
    """A proposal, its agency, how far it comes in registration, and its defect (empty: none)."""

    proposal: Proposal
    agency: Agency
    fate: str
    defect: str = ""


def plan_entries(seed: int, size: Size, agencies: Sequence[Agency]) -> tuple[PlannedEntry, ...]:
    """Plan every entry of both tracks, in the order in which they are registered."""
    umum = list(_plan_track(seed, "umum", size.tracks["umum"], agencies, busy=1))
    khusus = list(_plan_track(seed, "khusus", size.tracks["khusus"], agencies, busy=0))
    return (*umum, *khusus)


def _plan_track(
    seed: int, track: str, size: TrackSize, agencies: Sequence[Agency], *, busy: int
) -> Iterator[PlannedEntry]:
    lots = Lots(seed, "entries", track)
    lines = _lines(lots, track, size, busy)
    owners = _owners(lots, lines, agencies)
    codes = [f"{track[0].upper()}{number:04d}" for number in range(1, len(lines) + 1)]
    plain = [_proposal(seed, code, track, owner) for code, owner in zip(codes, owners, strict=True)]
    own = [
        DEFECTS[track][defect](proposal, lots) if defect else proposal
        for proposal, (_, defect) in zip(plain, lines, strict=True)
    ]
    twins = [number for number, (_, defect) in enumerate(lines) if defect == DUPLICATE]
    for number, proposal in zip(twins, share_titles([own[number] for number in twins]), strict=True):
        own[number] = proposal
    for proposal, owner, (fate, defect) in zip(own, owners, lines, strict=True):
        yield PlannedEntry(proposal, owner, fate, defect)


def _lines(lots: Lots, track: str, size: TrackSize, busy: int) -> list[tuple[str, str]]:
    """Return fate and defect of each entry; what goes over the limit comes last, when the limit is reached."""
    defects = [(SUBMITTED, name) for name in spread_defects(track, size.submitted - size.passed)]
    good = [(SUBMITTED, "")] * size.passed
    left = size.registered - size.submitted - busy
    with_admin = left * _LEFT_WITH_ADMIN // (_LEFT_WITH_UNIT + _LEFT_WITH_ADMIN)
    never = [(AT_LOCAL_ADMIN, "")] * with_admin + [(DRAFTED, "")] * (left - with_admin)
    return lots.shuffled([*defects, *good, *never]) + [(OVER_LIMIT, "")] * busy


def _owners(lots: Lots, lines: Sequence[tuple[str, str]], agencies: Sequence[Agency]) -> list[Agency]:
    """Give each entry an agency: none more than it may submit, and one agency all that it may and one more."""
    busiest = lots.pick(agencies)
    tries_more = any(fate == OVER_LIMIT for fate, _ in lines)
    submitted: Counter[str] = Counter()
    owners = []
    for fate, _ in lines:
        owner = lots.pick(agencies)
        if fate == SUBMITTED:
            while submitted[owner.name] >= LIMIT or owner == busiest:
                owner = lots.pick(agencies)
            if tries_more and submitted[busiest.name] < LIMIT:
                owner = busiest
            submitted[owner.name] += 1
        owners.append(busiest if fate == OVER_LIMIT else owner)
    return owners


def _proposal(seed: int, code: str, track: str, agency: Agency) -> Proposal:
    lots = Lots(seed, "proposal", code)
    category = lots.pick(tuple(THEMES))
    proposal = Proposal(code, agency.name, track, category, invent_title(lots, category, code), {})
    started = 2012 + lots.below(2) if track == "khusus" else 2014 + lots.below(7)
    answers: dict[str, Any] = {
        "implementation_start": f"{started}-{lots.below(12) + 1:02d}-{lots.below(28) + 1:02d}",
        "was_top99_before": "no",
        "video_url": f"https://video.example/peragaan/{code.lower()}",
        "sdg": [str(goal) for goal in sorted({1 + lots.below(17), 1 + lots.below(17)})],
        **{name: invent_text(lots) for name in (*(("ringkasan",) if track == "umum" else ()), *_TEXTS)},
        **{f"statement_{what}": f"surat-{code.lower()}.pdf" for what in ("implementation", "identity", "replication")},
        **({"is_app": "no"} if lots.below(3) else {"is_app": "yes", "spbe_form": f"spbe-{code.lower()}.pdf"}),
    }
    return _with_history(proposal.answering(**answers), lots)


def _with_history(proposal: Proposal, lots: Lots) -> Proposal:
    if proposal.track == "khusus":
        won = proposal.awarded("top_terpuji", 2014 + lots.below(8))
        again = won.awarded("top_15_khusus", 2022, "khusus") if not lots.below(_ONE_KHUSUS_FINAL_BEFORE) else won
        return _telling(again)
    if lots.below(_ONE_FINAL_BEFORE):
        return proposal
    return _telling(proposal.awarded("top_inovasi", 2017 + lots.below(5)))


def _telling(proposal: Proposal) -> Proposal:
    first = proposal.history[0]
    return proposal.answering(was_top99_before="yes", earlier_top99=f"{first.year}: {first.title}")
