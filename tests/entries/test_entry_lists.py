"""Lists of editions and entries: filtered, sorted, paged, and never more than the reader may see."""

import pytest

from juri.core.editions.listing import list_editions
from juri.core.entries import listing
from juri.core.entries.listing import EntryFilter, clusters_of, list_entries
from juri.core.entries.verbs import withdraw_entry
from juri.core.errors import InputRefused
from juri.core.policy import Actor, Grant

SLUG = "lomba-2026"


def actor(role, edition="", organization=""):
    return Actor("somebody@x.test", frozenset({Grant(role, edition, organization)}), 7)


ORGANISER = actor("organiser", SLUG)


@pytest.fixture
def entered(registering):
    """Return a competition with four entries of three agencies."""
    registering.enter("E1", "Dinas A", title="Layanan 100% Daring", category="kesehatan")
    registering.enter("E2", "Dinas B", title="Antar Obat", category="kesehatan")
    registering.enter("E3", "Dinas B", title="sekolah alam", category="pendidikan")
    registering.enter("E4", "Kecamatan C", title="Pos Aduan", submit=False)
    return registering


def codes(competition, by=ORGANISER, **wanted):
    with competition.read() as (session, running):
        return [line.code for line in list_entries(session, running, EntryFilter(**wanted), by=by).lines]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, ["E1", "E2", "E3", "E4"]),
        ({"state": "drafted"}, ["E4"]),
        ({"category": "pendidikan"}, ["E3"]),
        ({"cluster": "dinas"}, ["E1", "E2", "E3"]),
        ({"words": "DINAS b obat"}, ["E2"]),
        ({"words": "100%"}, ["E1"]),
        ({"words": "_"}, []),
        ({"sort": "title"}, ["E2", "E1", "E4", "E3"]),
        ({"sort": "entrant"}, ["E1", "E2", "E3", "E4"]),
        ({"track": "umum"}, []),
    ],
)
def test_entries_are_found_by_state_kind_and_words(entered, wanted, expected):
    assert codes(entered, **wanted) == expected


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        (actor("organiser"), ["E1", "E2", "E3", "E4"]),
        (actor("secretariat", SLUG), ["E1", "E2", "E3", "E4"]),
        (actor("unit", organization="Dinas B"), ["E2", "E3"]),
        (actor("local_admin", SLUG, "Kecamatan C"), ["E4"]),
        (actor("organiser", "lomba-2025"), []),
        (actor("auditor", SLUG), []),
        (Actor("anonymous"), []),
    ],
)
def test_nobody_finds_an_entry_that_they_may_not_see(entered, reader, expected):
    assert codes(entered, reader) == expected
    assert codes(entered, reader, words="obat") == [code for code in expected if code == "E2"]


def test_pages_hold_so_many_and_a_page_beyond_the_end_is_the_last(entered, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 3)
    with entered.read() as (session, running):
        found = [list_entries(session, running, EntryFilter(page=page), by=ORGANISER) for page in (0, 1, 2, 9)]
    assert [([line.code for line in page.lines], page.page, page.pages, page.total) for page in found] == [
        (["E1", "E2", "E3"], 1, 2, 4),
        (["E1", "E2", "E3"], 1, 2, 4),
        (["E4"], 2, 2, 4),
        (["E4"], 2, 2, 4),
    ]


def test_an_unknown_order_is_refused(entered):
    with pytest.raises(InputRefused):
        codes(entered, sort="score")


def test_the_kinds_of_entrants_that_take_part_can_be_chosen_from(entered):
    entered.do(withdraw_entry, "E4", reason="mundur")
    with entered.read() as (session, running):
        assert clusters_of(session, running) == ("dinas", "kecamatan")


@pytest.mark.parametrize(
    ("reader", "expected"),
    [
        (actor("organiser"), [SLUG]),
        (ORGANISER, [SLUG]),
        (actor("auditor", SLUG), [SLUG]),
        (actor("organiser", "lomba-2025"), []),
        (actor("unit", organization="Dinas B"), []),
        (Actor.operator("me"), [SLUG]),
    ],
)
def test_editions_are_listed_for_those_who_may_look_into_them(judging, reader, expected):
    with judging.read() as (session, _):
        assert [edition.slug for edition in list_editions(session, reader, "standings.see")] == expected


def test_a_listed_edition_says_its_name_and_what_is_being_worked_on(judging):
    with judging.read() as (session, _):
        (edition,) = list_editions(session, ORGANISER, "standings.see")
    assert (edition.name.id, edition.state, edition.unknown, edition.over) == ("Lomba Inovasi 2026", "open", 0, 1)
    assert (edition.current.key, edition.current.state) == ("proposal", "open")


def test_codes_stand_in_the_order_of_their_numbers(registering):
    for code in ("R-10", "R-2", "Q-9", "R-1"):
        registering.enter(code, "Dinas A", title="Inovasi")
    for sort in ("code", "title", "entrant", "state"):
        assert codes(registering, sort=sort) == ["Q-9", "R-1", "R-2", "R-10"]
