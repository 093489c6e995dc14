"""A page of standings that were closed is read from lines, and is the same as if it were cut out of the snapshot."""

import re
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Text, delete, insert, literal, select, update

from juri.core.editions.gate import find_stage
from juri.core.entries.listing import entry_labels
from juri.core.entries.model import EntryRow, EntryWord
from juri.core.entries.words import beginnings_of, fits, words_of
from juri.core.policy import Actor
from juri.core.results.decisions import stopped_anybody
from juri.core.results.model import SnapshotRow, StandingsHeadRow, StandingsLineRow
from juri.core.results.pages import Wanted, cut_page, read_page, standings_among
from juri.core.results.publication import announcements_of
from juri.core.results.snapshots import Hashes, keep_snapshot, snapshot_body, standings_in_force
from juri.core.scoring.standings import Standing, Standings, Unranked
from juri.core.stages.deciding import decide
from juri.core.stages.verbs import close_stage, open_stage, publish_stage, recompute_stage, reopen_stage
from juri.core.stages.views import stage_view
from juri.core.storage.base import table_of
from juri.core.storage.session import UnauditedWriteError, WriteSession
from juri.core.view import Outcome

TITLES = ("Tele-Medis (Baru)", "Antar Obat & Gizi", "obat gratis", "Ökostrom", "Kelas 7", "tele kelas")
CODES = tuple(f"U-{number}" for number in range(len(TITLES)))
SOUGHT = (
    "",
    "obat",
    "OBAT gr",
    "tele",
    "medis",
    "edis",
    "&",
    "gizi &",
    "dinas",
    "ök",
    "u-3",
    "3",
    "tele zzz",
    "(baru)",
)
FIGURES = st.fractions(min_value=-9, max_value=999, max_denominator=70)
SHORT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6)


@st.composite
def all_standings(draw):
    """Draw standings of up to three tracks that share the entries, ranked or not."""
    codes = draw(st.permutations(CODES))[: draw(st.integers(0, len(CODES)))]
    tracks = sorted(draw(st.sets(st.sampled_from(["", "umum", "replikasi", "khusus"]), max_size=3)))
    track_of = {code: draw(st.sampled_from(tracks)) for code in codes} if tracks else {}
    return {track: draw(standings_of([code for code in codes if track_of.get(code) == track])) for track in tracks}


@st.composite
def standings_of(draw, codes):
    ranked = codes[: draw(st.integers(0, len(codes)))]
    return Standings(
        lines=tuple(draw(st.builds(Standing, FIGURES, st.just(code), FIGURES, st.integers(0, 9), st.booleans(), SHORT,
                                   st.none() | FIGURES, uncounted=st.lists(SHORT, max_size=2).map(tuple),
                                   raw=st.just(None), raw_rank=st.just(None))) for code in ranked),
        unranked=tuple(draw(st.builds(Unranked, st.just(code), st.integers(0, 9), SHORT))
                       for code in codes[len(ranked):]),
        method=draw(SHORT), missing=draw(SHORT), warnings=draw(st.lists(SHORT, max_size=2).map(tuple)),
        low_is_best=draw(st.booleans()),
    )  # fmt: skip


WANTED = st.builds(
    Wanted,
    track=st.sampled_from(["", "umum", "replikasi", "none"]),
    words=st.sampled_from(SOUGHT),
    page=st.integers(0, 5),
    size=st.integers(1, 4),
)


@pytest.fixture
def entered(registering):
    """Return a competition with an entry of each title."""
    for code, title in zip(CODES, TITLES, strict=True):
        registering.enter(code, "Dinas B" if code < "U-3" else "Dinas A", title=title)
    return registering


def keep(session, running, standings):
    """Keep a snapshot of the scoring with these standings; returns the stage."""
    stage = find_stage(session, running.id, "proposal")
    body = snapshot_body(stage_view(session, running, stage), Outcome((), standings), {})
    moment = datetime(2026, 11, 22, tzinfo=UTC)
    keep_snapshot(session, stage, status="closed", body=body, hashes=Hashes("", "", ""), signers=[], at=moment)
    stage.state = "closed"
    return stage


def test_every_page_of_the_lines_is_what_would_be_cut_out_of_the_snapshot(entered):
    @given(standings=all_standings(), wanted=WANTED)
    def compare(standings, wanted):
        with entered.read() as (_, running), WriteSession(entered.database.writer) as session:
            stage = keep(session, running, standings)
            found = read_page(session, stage, wanted)
            assert found == cut_page(standings, entry_labels(session, running), wanted)
            assert found == cut_page(standings_in_force(session, stage), entry_labels(session, running), wanted)
            session.rollback()

    compare()


def test_the_pages_of_a_stage_hold_every_line_once_and_in_order(entered):
    @given(standings=all_standings(), size=st.integers(1, 4))
    def turn(standings, size):
        with entered.read() as (_, running), WriteSession(entered.database.writer) as session:
            stage = keep(session, running, standings)
            first = read_page(session, stage, Wanted(size=size))
            pages = [read_page(session, stage, Wanted(page=number + 1, size=size)) for number in range(first.pages)]
            shown = [(each.track, each.line) for page in pages for each in page.lines]
            session.rollback()
        every = [(track, line) for track, told in standings.items() for line in (*told.lines, *told.unranked)]
        assert shown == every
        assert {(page.found, page.total) for page in pages} == {(len(every), len(every))}
        assert max(len(page.lines) for page in pages) <= size

    turn()


def test_some_entries_are_read_as_the_snapshot_has_them(entered):
    @given(standings=all_standings(), codes=st.sets(st.sampled_from(CODES)))
    def pick(standings, codes):
        with entered.read() as (_, running), WriteSession(entered.database.writer) as session:
            stage = keep(session, running, standings)
            found = standings_among(session, stage, select(EntryRow.id).where(EntryRow.code.in_(codes)))
            session.rollback()
        assert {track: told.lines for track, told in found.items()} == {
            track: tuple(line for line in told.lines if line.entry in codes) for track, told in standings.items()
        }
        assert {track: told.low_is_best for track, told in found.items()} == {
            track: told.low_is_best for track, told in standings.items()
        }

    pick()


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("tele", ["U-0", "U-5"]),
        ("medis", ["U-0"]),
        ("edis", []),
        ("OBAT", ["U-1", "U-2"]),
        ("obat & giz", ["U-1"]),
        ("&", []),
        ("(baru)", ["U-0"]),
        ("ök", ["U-3"]),
        ("u-4", ["U-4"]),
        ("dinas a tele", ["U-5"]),
        ("tele tele", ["U-0", "U-5"]),
        (" ".join(["tele"] * 600), ["U-0", "U-5"]),
        (" ".join(f"tele{number}" for number in range(600)), []),
    ],
)
def test_what_is_sought_begins_words_of_code_title_or_entrant(entered, sought, found):
    lines = tuple(Standing(Fraction(1), code, Fraction(1), 1) for code in CODES)
    with entered.read() as (_, running), WriteSession(entered.database.writer) as session:
        stage = keep(session, running, {"": Standings(lines)})
        page = read_page(session, stage, Wanted(words=sought))
    assert [each.line.entry for each in page.lines] == found


@given(text=st.text(max_size=60))
def test_an_entry_is_found_by_its_whole_title_and_by_each_word_of_it(text):
    assert fits(words_of(text), beginnings_of(text)) or not words_of(text)
    assert all(fits(words_of(text), beginnings_of(word)) for word in words_of(text))


# Kept with the snapshot


def stored(competition, *models):
    with competition.database.read() as session:
        return [sorted(map(tuple, session.execute(select(table_of(model))).all())) for model in models]


LINES = (StandingsHeadRow, StandingsLineRow, EntryWord)


def test_each_snapshot_has_its_lines_and_each_ranked_entry_its_words_once(judging):
    judging.judge_all()
    judging.do(close_stage, "proposal")
    heads, lines, words = stored(judging, *LINES)
    assert ([row[2:5] for row in heads], [row[1] for row in lines]) == ([(0, 3, 0)], [1, 2, 3])
    judging.do(recompute_stage, "proposal", reason="sekali lagi")
    again = stored(judging, *LINES)
    assert ([len(rows) for rows in again], again[2]) == ([2, 6, len(words)], words)
    assert judging.verified().findings == ()


def test_a_stage_that_was_reopened_has_no_lines_in_force_until_it_closes_again(judging):
    judging.judge_all()
    judging.do(close_stage, "proposal")
    for name in ("A", "B"):
        judging.do(reopen_stage, "proposal", reason="keliru", by=Actor.operator(name))
    with judging.read() as (session, running):
        page = read_page(session, find_stage(session, running.id, "proposal"), Wanted())
    assert (page.heads, page.lines, page.found, page.total, page.page, page.pages) == ((), (), 0, 0, 1, 1)


def test_lines_are_never_changed_nor_taken_away(judging):
    judging.judge_all()
    judging.do(close_stage, "proposal")
    with pytest.raises(UnauditedWriteError, match="would be changed in place"), judging.write() as (session, _):
        session.scalars(select(StandingsLineRow)).first().told = {}
    with pytest.raises(UnauditedWriteError, match="would be deleted"), judging.write() as (session, _):
        session.delete(session.scalars(select(StandingsLineRow)).first())


# What somebody did past the engine


@pytest.fixture
def closed(judging):
    judging.judge_all()
    judging.do(close_stage, "proposal")
    judging.seal()
    return judging


def findings_after(competition, *statements):
    with competition.database.writer.begin() as connection:
        for statement in statements:
            connection.execute(statement)
    return [re.sub(r"(id=|_line )\d+", r"\1N", str(each)) for each in competition.verified().findings]


LINE, HEAD, WORD = map(table_of, LINES[1:2] + LINES[:1] + LINES[2:])
OTHER = "the row was changed past the engine; it follows from rows that say otherwise"
GONE = "the row is gone; it follows from rows that say otherwise"
PUT_IN = "nothing that is stored comes to this row: it was put in past the engine"


def test_a_line_that_does_not_say_what_its_snapshot_says_is_named(closed):
    with closed.database.read() as session:
        told = session.scalars(select(LINE.c.told).where(LINE.c.number == 2)).one()
    better = update(LINE).where(LINE.c.number == 2).values(told={**told, "score": "99"})
    assert findings_after(closed, better) == [f"standings_line snapshot_id=N, number=2: {OTHER}"]


def test_a_line_that_is_gone_put_in_or_about_another_entry_is_named(closed):
    with closed.database.read() as session:
        line = dict(session.execute(select(LINE).where(LINE.c.number == 3)).mappings().one())
    assert findings_after(
        closed,
        insert(LINE).values({**line, "number": 4}),
        delete(LINE).where(LINE.c.number == 1),
        update(LINE).where(LINE.c.number == 3).values(entry_id=line["entry_id"] - 1),
        update(HEAD).values(ranked=4),
    ) == [
        f"standings_head snapshot_id=N, track=: {OTHER}",
        f"standings_line snapshot_id=N, number=3: {OTHER}",
        f"standings_line snapshot_id=N, number=4: {PUT_IN}",
        f"standings_line N/1: {GONE}",
    ]


def test_a_word_by_which_an_entry_is_no_longer_found_is_named(closed):
    found = findings_after(closed, update(WORD).where(WORD.c.word == "e2").values(word="e9"))
    assert [each.split(": ")[1] for each in found] == [PUT_IN.split(": ", maxsplit=1)[0], GONE]


def test_a_snapshot_that_cannot_be_read_stops_no_check(closed):
    snapshot, ranked = table_of(SnapshotRow), select(LINE.c.snapshot_id).limit(1).scalar_subquery()
    for body in ("7", "{", '{"standings": {"": {}}}'):
        found = findings_after(closed, update(snapshot).where(snapshot.c.id == ranked).values(body=literal(body, Text)))
        assert found[0].startswith("snapshot id=N: the row was changed past the engine; it was last written by event")
        assert {each.split(": ", 1)[1] for each in found[1:]} == {PUT_IN}


# However many entries a stage has


FEW, MANY = 30, 300
PAGES = {
    "first": Wanted(size=2),
    "last": Wanted(size=2, page=10**6),
    "words": Wanted(size=2, words="inovasi e2"),
    "nothing": Wanted(size=2, words="zzz"),
}


def steps_to_read(competition, steps_taken, read):
    """Count the steps that a reading takes, past what is only read once."""
    with competition.read() as (session, running):
        read(session, running)
    with steps_taken(competition.database) as steps, competition.database.read() as session:
        read(session, running)
    return len(steps)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_takes_as_many_steps_however_many_entries_a_stage_has(competition_at, swell, steps_taken, name):
    def read(session, running):
        found.append(read_page(session, find_stage(session, running.id, "proposal"), PAGES[name]).found)

    taken, found = [], []
    for entries in (FEW, MANY):
        competition = competition_at("judging")
        if not competition.database.is_sqlite:
            pytest.skip("PostgreSQL plans by its own statistics")
        competition.judge_all()
        competition.do(close_stage, "proposal")
        swell(competition.database, "proposal", entries)
        taken.append(steps_to_read(competition, steps_taken, read))
    assert taken[0] == taken[1]
    assert set(found) == ({"words": {1}, "nothing": {0}}.get(name) or {FEW + 3, MANY + 3})


TITLES_OF_ALL_KINDS = [
    {"id": "best", "title": "Best", "to": "entry", "of": "proposal", "places": 2},
    {"id": "here", "title": "Here", "to": "entry", "of": "proposal"},
    {"id": "left", "title": "Left", "to": "entry"},
]


def publish_with_scores(competition, stages):
    shown = {"ranked": True, "scores": True}
    announced = {"id": "winners", "kind": "announcement", "awards": TITLES_OF_ALL_KINDS, "publish": shown}
    competition.install(stages=[*stages, announced])
    competition.begin()
    competition.begin_judging()
    competition.judge_all()
    competition.finish("proposal")
    for stage in ("finalists", "winners"):
        competition.do(open_stage, stage)
        competition.finish(stage)
    competition.do(publish_stage, "winners")


def test_a_published_result_takes_as_many_steps_however_many_entries_a_stage_had(
    competition_at, edition_stages, swell, steps_taken
):
    taken, told = [], []
    for entries in (FEW, MANY):
        competition = competition_at("empty")
        if not competition.database.is_sqlite:
            pytest.skip("PostgreSQL plans by its own statistics")
        publish_with_scores(competition, edition_stages[:3])
        for stage in ("proposal", "finalists"):
            swell(competition.database, stage, entries)
        taken.append(steps_to_read(competition, steps_taken, lambda *at: told.append(announcements_of(*at)[0].titles)))
    assert taken[0] == taken[1]
    assert {tuple((len(title.places), *{bool(place.score) for place in title.places}) for title in titles)
            for titles in told} == {((2, True), (3, True), (2, False))}  # fmt: skip


def test_a_stage_stopped_somebody_as_far_as_the_last_word_on_an_entry_says(judging):
    def stopped(key):
        with judging.read() as (session, running):
            return stopped_anybody(session, find_stage(session, running.id, key))

    judging.judge_all()
    judging.finish("proposal")
    judging.do(open_stage, "finalists")
    assert (stopped("proposal"), stopped("finalists")) == (False, False)
    judging.do(close_stage, "finalists")
    assert stopped("finalists")
    judging.do(decide, "finalists", signer="Ketua", reason="semua", outcomes={"E3": "advance"})
    assert not stopped("finalists")
