"""The plan of a demonstration: everything that people will do in it, made from a seed and a size before it begins."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property

from juri.core.view import PastAward
from juri.webapp.demo.agencies import Agency, choose_agencies
from juri.webapp.demo.entries import PlannedEntry, plan_entries
from juri.webapp.demo.people import PlannedJuror, plan_jurors
from juri.webapp.demo.size import Size

SEED = 2023
EDITION = "kipp-2023-demo"
SMALLER = "kipp-2023-demo-small"


@dataclass(frozen=True)
class Plan:
    """Who takes part, what they write and who judges. The marks are drawn when they are given."""

    seed: int
    size: Size
    agencies: tuple[Agency, ...]
    entries: tuple[PlannedEntry, ...]
    jurors: tuple[PlannedJuror, ...]

    @property
    def slug(self) -> str:
        """Return the id of the edition that is played."""
        return EDITION if self.size.is_real else SMALLER

    @property
    def history(self) -> tuple[PastAward, ...]:
        """Return the titles won before, all invented: their editions are called so."""
        return tuple(award for entry in self.entries for award in entry.proposal.history)

    @cached_property
    def by_code(self) -> Mapping[str, PlannedEntry]:
        """Return the entries by code."""
        return {entry.proposal.code: entry for entry in self.entries}

    @cached_property
    def sha256(self) -> str:
        """Return the hash of the plan: what a run that was stopped is compared with before it goes on."""
        plain = [asdict(self.size), [asdict(entry) for entry in self.entries], [asdict(juror) for juror in self.jurors]]
        return hashlib.sha256(json.dumps([self.seed, plain], sort_keys=True).encode()).hexdigest()


def make_plan(seed: int, size: Size) -> Plan:
    """Make the plan of a seed and a size: always the same one."""
    agencies = choose_agencies(seed, size.agencies)
    return Plan(seed, size, agencies, plan_entries(seed, size, agencies), plan_jurors(seed, size, agencies))


def edition_text(plan: Plan) -> str:
    """Write the document of a smaller edition: the demonstration's rules with smaller quotas."""
    tracks = "\n".join(
        f"  - {{id: {name}, quotas: {{nominees: {t.nominees}, finalists: {t.finalists}, winners: {t.winners}}}}}"
        for name, t in plan.size.tracks.items()
    )
    return f"""juri: 1
edition: {SMALLER}
extends: {EDITION}
name:
  id: "DEMO KECIL: KIPP Nasional 2023, skala {plan.size.scale}"
  en: "SMALL DEMO: National KIPP 2023 at scale {plan.size.scale}"
tracks:
{tracks}
"""
