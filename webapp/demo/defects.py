"""What is wrong with some entries, so that the edition's own rules refuse them: defects of the data, not a list.

A defect changes the answers, the title or the award history of an entry. Nothing tells the engine that the entry has
one: the administrative selection must find it. Only ``careless`` is found by a person, whose answer is an act.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from juri.core.view import PastAward
from juri.webapp.demo.lots import Lots
from juri.webapp.demo.words import lengthen

COMPETITION = "kipp-demo"
CARELESS = "careless"
DUPLICATE = "duplicate"


@dataclass(frozen=True)
class Proposal:
    """What an agency writes, and the titles that the innovation won before (invented, and labelled so)."""

    code: str
    agency: str
    track: str
    category: str
    title: str
    answers: Mapping[str, Any]
    history: tuple[PastAward, ...] = ()

    def answering(self, **answers: Any) -> Proposal:
        """Return the same with other answers."""
        return replace(self, answers={**self.answers, **answers})

    def awarded(self, award: str, year: int, track: str = "umum") -> Proposal:
        """Return the same with one more title of the past."""
        edition = f"kipp-{year}-sintetis"
        won = PastAward(COMPETITION, edition, year, award, self.agency, self.title, track)
        return replace(self, history=(*self.history, won))


def _too_young(proposal: Proposal, lots: Lots) -> Proposal:
    return proposal.answering(implementation_start=f"2022-{lots.below(12) + 1:02d}-01")


def _missing_field(proposal: Proposal, lots: Lots) -> Proposal:
    return proposal.answering(**{lots.pick(("sumber_daya", "potensi_replikasi", "video_url")): " "})


def _missing_attachment(proposal: Proposal, lots: Lots) -> Proposal:
    left_out = lots.pick(("statement_implementation", "statement_identity", "statement_replication"))
    return replace(proposal, answers={name: value for name, value in proposal.answers.items() if name != left_out})


def _too_long(proposal: Proposal, lots: Lots) -> Proposal:
    name, limit = lots.pick((("implementasi", 200), ("latar_belakang_tujuan", 300), ("sudah_direplikasi", 100)))
    return proposal.answering(**{name: lengthen(proposal.answers[name], limit + 1 + lots.below(60))})


def _careless(proposal: Proposal, lots: Lots) -> Proposal:
    return proposal.answering(signifikansi="Sangat bagus. Sangat bagus. Sangat bagus.")


def _won_before(proposal: Proposal, lots: Lots) -> Proposal:
    year = 2016 + lots.below(6)
    return proposal.awarded("top_inovasi", year).awarded("top_terpuji", year)


def _finalist_twice(proposal: Proposal, lots: Lots) -> Proposal:
    year = 2017 + lots.below(3)
    return proposal.awarded("top_inovasi", year).awarded("top_inovasi", year + 2)


def _never_won(proposal: Proposal, lots: Lots) -> Proposal:
    return replace(proposal, history=())


def _oapsi_winner(proposal: Proposal, lots: Lots) -> Proposal:
    year = 2020 + lots.below(3)
    return proposal.awarded("top_15_khusus", year, "khusus").awarded("oapsi", year, "khusus")


def _khusus_twice(proposal: Proposal, lots: Lots) -> Proposal:
    return proposal.awarded("top_15_khusus", 2020, "khusus").awarded("top_15_khusus", 2022, "khusus")


def _as_it_is(proposal: Proposal, lots: Lots) -> Proposal:
    return proposal


Change = Callable[[Proposal, Lots], Proposal]

_COMMON: Mapping[str, Change] = MappingProxyType(
    {"too_young": _too_young, "missing_field": _missing_field, "too_long": _too_long, CARELESS: _careless}
)

DEFECTS: Mapping[str, Mapping[str, Change]] = MappingProxyType(
    {
        "umum": MappingProxyType(
            {
                DUPLICATE: _as_it_is,
                **_COMMON,
                "missing_attachment": _missing_attachment,
                "won_before": _won_before,
                "finalist_twice": _finalist_twice,
            }
        ),
        "khusus": MappingProxyType(
            {
                **_COMMON,
                "never_won": _never_won,
                "oapsi_winner": _oapsi_winner,
                "khusus_twice": _khusus_twice,
            }
        ),
    }
)
"""By track: the name of each defect and what it does. Duplicates come in pairs, made by ``share_titles``."""


def share_titles(proposals: list[Proposal]) -> list[Proposal]:
    """Give the second of each pair the title of the first, shouted: case does not make a title another one."""
    pairs = zip(proposals[::2], proposals[1::2], strict=True)
    return [each for first, second in pairs for each in (first, replace(second, title=first.title.upper()))]


def spread_defects(track: str, count: int) -> list[str]:
    """Name the defects of ``count`` entries: each in turn, duplicates two at a time."""
    names: list[str] = []
    while len(names) < count:
        for defect in DEFECTS[track]:
            names += [defect] * (2 if defect == DUPLICATE else 1)
    spread = names[:count]
    if spread.count(DUPLICATE) % 2:
        spread[spread.index(DUPLICATE)] = "too_young"
    return spread
