"""Several titles given at once: who holds which, exactly, where titles may overlap or not and quotas hold for all.

Titles come in the order of their weight. Among the ways to give them that keep to every quota, the best is found by

1. ``several`` and ``one``: as many titles as can be are given; ``next_best`` does not ask this, so that nobody is moved
   to a later title that would stay empty otherwise;
2. the first title: as many of its places as can be, then its best block, the next, and so on, as for one selection;
3. then the second title in the same way, beside what is decided for the first; and so on.

A tie that the ranking does not settle stays open. Where a later title depends on it, that one waits.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from juri.core.selection.problem import (
    NEXT_BEST,
    SEVERAL,
    Block,
    Ceremony,
    Given,
    PassedOver,
    Quota,
    QuotasClashError,
    Title,
    TitlePrice,
    Titles,
)
from juri.core.selection.search import Search, by_rank, clash_of, settle, undecided, why_out
from juri.core.selection.solver import Count, Model

_BETWEEN = "\x1f"
"""Stands between a title and an entry: the solver's candidates are pairs."""

_APART = -1
"""The rule that no entry holds two titles."""

ONE_EACH = "one title for each entry"


@dataclass(frozen=True)
class _Place:
    """What is decided of one title: its blocks of pairs, how many of each are in, and what was decided before it."""

    title: Title
    blocks: tuple[Block, ...]
    counts: tuple[Count, ...]
    before: tuple[Count, ...]
    taken: tuple[str, ...]
    open: tuple[str, ...]
    filled: int


@dataclass(frozen=True)
class _Best:
    """The best way to give the titles, up to the first that a tie leaves open; ``waits`` is that one."""

    model: Model
    places: tuple[_Place, ...]
    waits: str

    @property
    def holders(self) -> dict[str, tuple[str, ...]]:
        """Return who holds each title that is decided."""
        return {place.title.name: _entries(place.taken) for place in self.places}

    @property
    def is_open(self) -> bool:
        """Tell whether a tie leaves anything open."""
        return any(place.open for place in self.places)


def give_titles(ceremony: Ceremony) -> Titles:
    """Give the titles.

    Raises:
        QuotasClashError: no way to give them keeps to all quotas; names a smallest part of these that clashes.

    """
    best = _best(ceremony)
    decided = {place.title.name: place for place in best.places}
    given = tuple(
        Given(
            title.name,
            _entries(decided[title.name].taken),
            _entries(decided[title.name].open),
            title.places - decided[title.name].filled,
        )
        if title.name in decided
        else Given(title.name, (), waits=best.waits)
        for title in ceremony.titles
    )
    passed = tuple(each for place in best.places for each in _passed_over(ceremony, best, place))
    rules = range(len(ceremony.rules)) if ceremony.overlap == SEVERAL else (*range(len(ceremony.rules)), _APART)
    return Titles(given, passed, tuple(price for rule in rules for price in _prices(ceremony, best, rule)))


def _best(ceremony: Ceremony) -> _Best:
    kept = [_kept(ceremony, title) for title in ceremony.titles]
    model = _model(ceremony, kept)
    witness = model.find(dict.fromkeys(model.candidates, 1))
    if witness is None:
        raise QuotasClashError(_of_entries(clash_of(model)), model.places)
    everybody = frozenset(model.candidates)
    given = [] if ceremony.overlap == NEXT_BEST else [Count(everybody, len(witness), len(witness))]
    fixed: dict[str, bool] = {}
    places: list[_Place] = []
    for title, blocks in zip(ceremony.titles, kept, strict=True):
        search = _search(model, blocks, given, fixed)
        place = _place(model, title, blocks, search, given)
        places.append(place)
        if place.open and _depends(ceremony):
            return _Best(model, tuple(places), title.name if len(places) < len(ceremony.titles) else "")
        given += [_size(blocks, place.filled), *undecided(search.counts)]
        fixed = search.fixed
    return _Best(model, tuple(places), "")


def _search(model: Model, blocks: Sequence[Block], given: Sequence[Count], fixed: Mapping[str, bool]) -> Search:
    """Fill as many places of a title as can be, then decide its blocks."""
    own = {code: 1 for block in blocks for code in block}
    witness = model.find(own, given, fixed)
    if witness is None:
        raise ArithmeticError("the solver lost a set that it had found")
    search = Search(model, blocks, witness, [*given, _size(blocks, len(witness & own.keys()))], fixed)
    search.run()
    return search


def _place(model: Model, title: Title, blocks: Sequence[Block], search: Search, given: Sequence[Count]) -> _Place:
    filled = sum(count.least for count in search.counts)
    before = (*given, *_fixed_counts(search, blocks))
    taken, opened = settle(model, blocks, search.counts, [*before, _size(blocks, filled)], search.witness)
    return _Place(title, tuple(blocks), tuple(search.counts), before, taken, opened, filled)


def _fixed_counts(search: Search, blocks: Sequence[Block]) -> Iterator[Count]:
    """Turn what was fixed before this title into counts."""
    own = {code for block in blocks for code in block}
    for is_in in (True, False):
        members = frozenset(code for code, held in search.fixed.items() if held is is_in and code not in own)
        if members:
            yield Count(members, len(members) * is_in, len(members) * is_in)


def _depends(ceremony: Ceremony) -> bool:
    """Tell whether what one title leaves open matters to the next."""
    return ceremony.overlap != SEVERAL or bool(ceremony.together)


def _size(blocks: Iterable[Block], number: int) -> Count:
    return Count(frozenset(code for block in blocks for code in block), number, number)


def _model(ceremony: Ceremony, kept: Sequence[Sequence[Block]]) -> Model:
    """Put the titles' places, the quotas and the overlap together, for the pairs that are kept."""
    pairs = [[code for block in blocks for code in block] for blocks in kept]
    candidates = [code for own in pairs for code in own]
    limits = [Count(frozenset(own), 0, title.places) for title, own in zip(ceremony.titles, pairs, strict=True)]
    quotas = [
        replace(quota, members=frozenset(_pair(title.name, entry) for entry in quota.members))
        for title in ceremony.titles
        for quota in title.quotas
    ]
    quotas += [
        replace(
            quota, members=frozenset(_pair(title.name, entry) for title in ceremony.titles for entry in quota.members)
        )
        for quota in ceremony.together
    ]
    if ceremony.overlap != SEVERAL:
        quotas += _apart(candidates)
    return Model(candidates, quotas, sum(title.places for title in ceremony.titles), limits)


def _apart(candidates: Iterable[str]) -> Iterator[Quota]:
    """Make the quotas by which no entry holds two titles; who stands for one only needs none."""
    by_entry: dict[str, list[str]] = {}
    for code in candidates:
        by_entry.setdefault(_entry(code), []).append(code)
    for entry, codes in by_entry.items():
        if len(codes) > 1:
            yield Quota(_APART, f"one title for '{entry}'", frozenset(codes), 0, 1)


def _kept(ceremony: Ceremony, title: Title) -> list[Block]:
    """Leave out who cannot hold a title: so many like it stand higher that one of them is always free for it."""
    quotas = [*ceremony.together, *title.quotas]  # who takes another's place in this list is in no other
    membership: dict[str, list[int]] = {}
    for number, quota in enumerate(quotas):
        for entry in quota.members:
            membership.setdefault(entry, []).append(number)
    enough = sum(each.places for each in ceremony.titles)
    above: Counter[tuple[int, ...]] = Counter()
    kept = []
    for block in title.blocks:
        like = {entry: tuple(membership.get(entry, ())) for entry in block}
        part = [entry for entry in block if above[like[entry]] < enough]
        above.update(like[entry] for entry in part)
        kept += [tuple(_pair(title.name, entry) for entry in part)] if part else []
    return kept


def _passed_over(ceremony: Ceremony, best: _Best, place: _Place) -> Iterator[PassedOver]:
    """Tell of each who had a title by rank alone why it has not, and who has it instead."""
    title = place.title
    taken, opened = _entries(place.taken), _entries(place.open)
    ranked = by_rank(title.blocks, title.places)
    order = [entry for block in title.blocks for entry in block]
    free = [entry for entry in order if entry in taken and entry not in ranked]
    earlier = best.places[: best.places.index(place)]
    holds = {entry: each.title.name for each in best.places for entry in _entries(each.taken) if each is not place}
    before = {entry for each in earlier for entry in _entries(each.taken)}
    for entry in order:
        if entry not in ranked or entry in {*taken, *opened}:
            continue
        only_one = ceremony.overlap != SEVERAL and entry in holds
        quotas = () if only_one and entry in before else _why(best, place, _pair(title.name, entry))
        apart = only_one and all(quota.rule == _APART for quota in quotas)
        held, quotas = (holds[entry], ()) if apart else ("", quotas)
        demanded = {entry for quota in quotas if quota.least for entry in quota.members}
        by = next((each for each in free if each in demanded), free[0] if free else "")
        if by:
            free.remove(by)
        yield PassedOver(title.name, entry, held, quotas, by)


def _why(best: _Best, place: _Place, code: str) -> tuple[Quota, ...]:
    at = next(number for number, block in enumerate(place.blocks) if code in block)
    counts = [*place.before, _size(place.blocks, place.filled), *place.counts[: at + (len(place.blocks[at]) > 1)]]
    taken = frozenset(code for each in best.places for code in each.taken)
    blocks = [block for each in best.places for block in each.blocks]
    return _of_entries(why_out(best.model, blocks, code, taken, counts))


def _prices(ceremony: Ceremony, best: _Best, rule: int) -> Iterator[TitlePrice]:
    """Tell what each title would be without a rule, where it would be another."""
    without = _best(_without(ceremony, rule))
    name = ONE_EACH if rule == _APART else ceremony.rules[rule]
    unclear = without.is_open or best.is_open
    for title in (title for title in ceremony.titles if title.name in best.holders.keys() & without.holders.keys()):
        now, then = (each.holders[title.name] for each in (best, without))
        gained = tuple(entry for entry in then if entry not in now)
        if gained:
            totals = [None if unclear else _total(title, holders) for holders in (then, now)]
            yield TitlePrice(name, title.name, totals[0], totals[1], gained)


def _without(ceremony: Ceremony, rule: int) -> Ceremony:
    if rule == _APART:
        return replace(ceremony, overlap=SEVERAL)
    titles = (replace(each, quotas=tuple(q for q in each.quotas if q.rule != rule)) for each in ceremony.titles)
    together = tuple(quota for quota in ceremony.together if quota.rule != rule)
    return replace(ceremony, titles=tuple(titles), together=together)


def _total(title: Title, entries: Iterable[str]) -> Fraction:
    return sum((title.scores[entry] for entry in entries), Fraction(0))


def _of_entries(quotas: Iterable[Quota]) -> tuple[Quota, ...]:
    """Return quotas of pairs as quotas of entries."""
    return tuple(replace(quota, members=frozenset(map(_entry, quota.members))) for quota in quotas)


def _pair(title: str, entry: str) -> str:
    return f"{title}{_BETWEEN}{entry}"


def _entry(pair: str) -> str:
    return pair.partition(_BETWEEN)[2]


def _entries(pairs: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(_entry, pairs))
