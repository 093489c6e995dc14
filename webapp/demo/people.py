"""The people of the demonstration, all invented: staff, jurors, and what ties some jurors to agencies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from juri.webapp.demo.agencies import Agency
from juri.webapp.demo.lots import Lots
from juri.webapp.demo.size import Size
from juri.webapp.demo.words import invent_name

ORGANISER = "panitia@peragaan.example"
SECRETARIAT = "sekretariat@peragaan.example"
CHAIR_TE = "ketua.te@peragaan.example"
CHAIR_TPI = "ketua.tpi@peragaan.example"

STAFF = {ORGANISER: "organiser", SECRETARIAT: "secretariat", CHAIR_TE: "panel_chair", CHAIR_TPI: "panel_chair"}
"""Who runs the edition, and in which role."""

SIGNERS = {CHAIR_TE: "Ketua Tim Evaluasi (peragaan)", CHAIR_TPI: "Ketua Tim Panel Independen (peragaan)",
           ORGANISER: "Ketua Panitia (peragaan)"}  # fmt: skip
"""The names that stand under decisions and results."""

_ONE_EMPLOYED, _ONE_RELATED = 15, 5
"""One juror in so many works for an agency that takes part, or has a noted relation to one."""


@dataclass(frozen=True)
class PlannedJuror:
    """A juror of a panel; ``employer`` and ``advises`` name agencies whose entries the juror must not score."""

    code: str
    panel: str
    name: str
    email: str
    employer: str = ""
    advises: str = ""


def plan_jurors(seed: int, size: Size, agencies: Sequence[Agency]) -> tuple[PlannedJuror, ...]:
    """Plan both panels: academics, of whom some work for an agency or advise one."""
    lots = Lots(seed, "jurors")
    evaluators = [_juror(lots, "te", number, agencies) for number in range(1, size.evaluators + 1)]
    panel = [_juror(lots, "tpi", number, agencies) for number in range(1, size.panel + 1)]
    return (*evaluators, *panel)


def _juror(lots: Lots, panel: str, number: int, agencies: Sequence[Agency]) -> PlannedJuror:
    employer = lots.pick(agencies).name if number % _ONE_EMPLOYED == 1 else ""
    advises = lots.pick(agencies).name if number % _ONE_RELATED == 0 else ""
    code = f"{panel.upper()}-{number:02d}"
    email = f"{panel}.{number:02d}@peragaan.example"
    return PlannedJuror(code, panel, invent_name(number, panel.upper()), email, employer, advises)
