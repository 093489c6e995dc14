"""Titles beside the places of the rule ``quotas``: who stands for them, who holds them, and why others do not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from juri.core.entries.asked import as_answer, fact_of
from juri.core.errors import ActionRefused
from juri.core.extension import CutCase
from juri.core.scoring.number import read_number
from juri.core.scoring.standings import Standing
from juri.core.selection.problem import Ceremony, PassedOver, Quota, QuotasClashError, Title, Titles
from juri.core.selection.titles import give_titles
from juri.core.view import ADVANCE, STOP, UNDECIDED, Proposal
from juri.plugins.rules._facts import fold
from juri.plugins.rules.cuts import BEYOND_PLACES, TIED, stands, unranked_proposals
from juri.plugins.selection import Block, blocks_of, figure, keep, split
from juri.plugins.views import count

DISPLACED = "displaced_by_quota"
"""The code of an entry that had a place by rank and lost it to a quota."""

NEW_FACE = "new_face"
"""A fact that needs no question: yes where the entrant never won a title before."""


def fact_told(case: CutCase, entry: str, name: str) -> str:
    """Return a fact of an entry as a text; empty where it says nothing."""
    found = fact_of(case.facts[entry], name)
    if found is None and name == NEW_FACE:
        entrant = fold(case.facts[entry].entrant)
        return "no" if any(fold(award.entrant) == entrant for award in case.history) else "yes"
    return "" if found is None else str(as_answer(found))


@contextmanager
def clashes_told() -> Iterator[None]:
    """Refuse in words where quotas clash."""
    try:
        yield
    except QuotasClashError as clash:
        named = " and ".join(f"'{quota.name}'" for quota in clash.quotas)
        who = [
            f"{quota.name}: {count(len(quota.members), 'entry', 'entries')} to choose from" for quota in clash.quotas
        ]
        why = f"no selection of {count(clash.places, 'place')} keeps to {named} ({'; '.join(who)}); loosen one of them"
        raise ActionRefused([why], "quotas_clash") from clash


def filled_by(entries: Sequence[str]) -> str:
    """Say who fills a quota."""
    return f"{', '.join(entries)} fill{'s' if len(entries) == 1 else ''}" if entries else "nobody fills"


def award_title(case: CutCase, award: Mapping[str, Any], quotas: tuple[Quota, ...]) -> Title:
    """Return who stands for an award, from the best.

    Raises:
        ActionRefused: no entry has the fact or the score that it names, or a score is no number.

    """
    lines = case.standings.lines
    named = [] if award["by"] is None else [award["by"]]
    for fact in (*named, *([award["score"]] if award["score"] else [])):
        if lines and not any(fact_told(case, line.entry, fact) for line in lines):
            raise ActionRefused([f"no entry says its '{fact}'; the award '{award['id']}' cannot be given by it"])
    able = [line.entry for line in lines if not named or fact_told(case, line.entry, award["by"]) in award["values"]]
    name = f"'{award['title'] or award['id']}'"
    if award["score"] is None:
        blocks = keep(blocks_of(lines, case.tie_order), able)
        return Title(name, tuple(map(_sorted, blocks)), award["places"], _scores(lines), quotas)
    scores = _own_scores(case, award, able)
    levels = sorted(set(scores.values()), reverse=True)
    apart = (_sorted(tuple(entry for entry, score in scores.items() if score == level)) for level in levels)
    blocks = [part for block in apart for part in split(block, case.tie_order)]
    return Title(name, tuple(blocks), award["places"], scores, quotas)


def _sorted(block: Block) -> Block:
    return tuple(sorted(block))


def _scores(lines: Sequence[Standing]) -> dict[str, Fraction]:
    return {line.entry: Fraction(line.score) for line in lines}


def _own_scores(case: CutCase, award: Mapping[str, Any], able: Sequence[str]) -> dict[str, Fraction]:
    """Read what an award goes by; who has none does not stand for it."""
    told = {entry: fact_told(case, entry, award["score"]) for entry in able}
    found: dict[str, Fraction] = {}
    for entry, text in told.items():
        try:
            found |= {entry: Fraction(read_number(text))} if text else {}
        except ValueError as error:
            raise ActionRefused([f"the award '{award['id']}' goes by '{award['score']}': {entry}: {error}"]) from error
    return found


def titles_of(ceremony: Ceremony) -> dict[str, tuple[str, ...]]:
    """Name the titles that each entry holds, in their order."""
    found: dict[str, tuple[str, ...]] = {}
    for given in _given(ceremony).given:
        for entry in given.taken:
            found[entry] = (*found.get(entry, ()), given.title.removeprefix("'").removesuffix("'"))
    return found


def propose_titles(case: CutCase, ceremony: Ceremony) -> list[Proposal]:
    """Propose everybody who holds a title."""
    found = _given(ceremony)
    listed = ", ".join(f"{title.name} ({title.places})" for title in ceremony.titles[1:])
    quotas = f" within quotas: {'; '.join(ceremony.rules)}" if ceremony.rules else ""
    rule = f"{ceremony.titles[0].name} and {listed}, overlap: {ceremony.overlap}{quotas}"
    standing = {line.entry: line for line in case.standings.lines}
    told = [_proposal(line, rule, ceremony, found, standing) for line in case.standings.lines]
    return [*told, *unranked_proposals(case, rule)]


def _given(ceremony: Ceremony) -> Titles:
    with clashes_told():
        return give_titles(ceremony)


def _proposal(
    line: Standing, rule: str, ceremony: Ceremony, found: Titles, standing: Mapping[str, Standing]
) -> Proposal:
    """Say what an entry holds, what a tie leaves open, and what it was passed over for."""
    entry, said = line.entry, stands(line)
    held = [given.title for given in found.given if entry in given.taken]
    passed = [each for each in found.passed_over if each.entry == entry]
    why = [_passed_over(each, found, standing) for each in passed]
    if held:
        return Proposal(entry, ADVANCE, rule, f"{said}: {'; '.join([*held, *why])}")
    tied = [given.title for given in found.given if entry in given.open]
    if tied:
        left = f"tied for {' and '.join(tied)} where the quotas leave a choice; the panel decides"
        return Proposal(entry, UNDECIDED, rule, f"{said}: {left}", (TIED,))
    waiting = [given for given in found.given if given.waits and _stands_for(ceremony, given.title, entry)]
    if waiting:
        left = f"{waiting[0].title} waits until the tie for {waiting[0].waits} is settled"
        return Proposal(entry, UNDECIDED, rule, f"{said}: {left}", (TIED,))
    if why:
        by = next((each.by for each in passed if each.by), "")
        return Proposal(entry, STOP, rule, f"{said}: {'; '.join(why)}", (DISPLACED,), by)
    return Proposal(entry, STOP, rule, f"{said}: no place left", (BEYOND_PLACES,))


def _stands_for(ceremony: Ceremony, name: str, entry: str) -> bool:
    return any(entry in title.scores and _in(title, entry) for title in ceremony.titles if title.name == name)


def _in(title: Title, entry: str) -> bool:
    return any(entry in block for block in title.blocks)


def _passed_over(passed: PassedOver, found: Titles, standing: Mapping[str, Standing]) -> str:
    by = standing.get(passed.by)
    went = f"its place in {passed.title} went to {f'{by.entry} ({stands(by)})' if by else 'nobody'}"
    if passed.holds:
        return f"{went}, since it holds {passed.holds} and no entry may hold two"
    own = {entry for given in found.given if given.title == passed.title for entry in given.taken}
    every = {entry for given in found.given for entry in given.taken}
    why = (
        f"{each.name}, which {filled_by(sorted(own & each.members or every & each.members))}" for each in passed.quotas
    )
    return f"{went}: {' and '.join(why)}"


def note_titles(ceremony: Ceremony) -> list[str]:
    """Say who holds each title, what stays empty or waits, and what each rule costs it."""
    found = _given(ceremony)
    return [*_holders(found), *_prices(found)]


def _holders(found: Titles) -> Iterator[str]:
    for given in found.given:
        yield f"{given.title}: {', '.join(given.taken) or 'nobody'}"
        if given.open:
            yield f"{given.title}: a tie must be settled first between {', '.join(given.open)}"
        if given.waits:
            yield f"{given.title} waits until the tie for {given.waits} is settled"
        if given.vacant:
            yield f"{given.title}: {count(given.vacant, 'place')} cannot be filled"


def _prices(found: Titles) -> Iterator[str]:
    for price in found.prices:
        who = f"without '{price.rule}' {', '.join(price.gained)} would hold {price.title}"
        if price.total is None or price.now is None:
            yield f"{who} (a tie leaves the total open)"
        else:
            yield f"{who}, with a total score of {figure(price.total)}, not {figure(price.now)}"
