"""The public pages show what was published, as openly as the edition says, and nothing before."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient

from juri.core.errors import ActionRefused
from juri.core.results.publication import announcements_of, published_editions
from juri.core.stages.verbs import embargo_stage, open_stage, publish_stage
from juri.webapp.app import create_app
from juri.webapp.workbench import Workbench

AWARD = {"id": "best", "title": {"id": "Terbaik", "en": "Best"}, "to": "entry", "of": "proposal", "places": 2}


def winners(publish: dict[str, Any], places: int = 2) -> dict[str, Any]:
    return {"id": "winners", "kind": "announcement", "awards": [{**AWARD, "places": places}], "publish": publish}


@pytest.fixture
def played(competition_at):
    """Return a function that plays the competition up to its sealed announcement, published on demand."""

    def play(publish: dict[str, Any], *, published: bool = True, places: int = 2):
        competition = competition_at("empty")
        stages = [{"id": "registration", "kind": "registration"}, SCORING, winners(publish, places)]
        competition.install(stages=stages)
        competition.begin()
        competition.begin_judging()
        competition.judge_all({"E1": 60, "E2": 90, "E3": 75})
        competition.finish("proposal")
        competition.do(open_stage, "winners")
        competition.finish("winners")
        if published:
            competition.do(publish_stage, "winners")
        return competition

    return play


SCORING = {
    "id": "proposal",
    "kind": "scoring",
    "panel": "te",
    "rubric": "nilai",
    "method": "mean",
    "missing": "submitted",
    "ties": ["panel_decision"],
}


@pytest.fixture
def visitor(monkeypatch: pytest.MonkeyPatch):
    """Return a factory of test clients of nobody in particular."""
    benches: list[Workbench] = []

    def visit(competition: Any) -> FlaskClient:
        monkeypatch.setattr("juri.webapp.app.AUDIENCES", ("account", "public"))
        monkeypatch.setenv("JURI_SECRET_KEY", "for the tests only")
        benches.append(Workbench(None, competition.url))
        return create_app(benches[-1]).test_client()

    yield visit
    for bench in benches:
        bench.database.dispose()


def told(competition: Any) -> list[tuple[Any, ...]]:
    with competition.read() as (session, running):
        (announcement,) = announcements_of(session, running)
    (title,) = announcement.titles
    return [(place.rank, place.innovation, None if place.score is None else str(place.score)) for place in title.places]


def test_the_rule_behind_each_place_is_told_where_it_may_be(played, visitor):
    page = visitor(played({"ranked": True, "scores": False})).get("/results/lomba-2026").text
    assert "Menurut aturan: 2 terbaik dari peringkat" in page
    assert page.count("Menurut aturan:") == 1  # it is the same for all, and stands once


def test_a_sealed_result_under_embargo_is_public_only_after_it(played, visitor):
    competition = played({"ranked": True, "scores": True}, published=False)
    later = datetime(2099, 8, 17, 1, 0, tzinfo=UTC)
    competition.do(embargo_stage, "winners", until=later)
    with pytest.raises(ActionRefused):
        competition.do(publish_stage, "winners")
    client = visitor(competition)
    assert (client.get("/results/lomba-2026").status_code, "Inovasi E2" in client.get("/").text) == (404, False)
    competition.do(embargo_stage, "winners", until=None)
    competition.do(publish_stage, "winners")
    assert client.get("/results/lomba-2026").status_code == 200
    assert "Lomba Inovasi 2026" in client.get("/").text


def test_nothing_is_public_before_it_is_published(played, visitor):
    competition = played({"ranked": True, "scores": True}, published=False)
    client = visitor(competition)
    with competition.read() as (session, running):
        assert (published_editions(session), announcements_of(session, running)) == ([], ())
    assert "Lomba Inovasi 2026" not in client.get("/").text
    hidden, missing = client.get("/results/lomba-2026"), client.get("/results/lomba-2027")
    assert (hidden.status_code, missing.status_code) == (404, 404)
    assert hidden.text.replace("lomba-2026", "") == missing.text.replace("lomba-2027", "")


def test_field_13_an_unranked_list_is_alphabetical_and_tells_neither_rank_nor_score(played, visitor):
    competition = played({"ranked": False})
    assert told(competition) == [(None, "Inovasi E2", None), (None, "Inovasi E3", None)]
    page = visitor(competition).get("/results/lomba-2026").text
    assert "Inovasi E2" in page
    assert "Inovasi E1" not in page
    assert [figure for figure in ("90", "75,00", "75.00", "60,00") if f">{figure}<" in page] == []


def test_a_ranked_list_with_scores_shows_both_in_the_order_of_rank(played, visitor):
    competition = played({"ranked": True, "scores": True})
    assert told(competition) == [(1, "Inovasi E2", "90"), (2, "Inovasi E3", "75")]
    page = visitor(competition).get("/results/lomba-2026", headers={"Accept-Language": "id"}).text
    assert page.index("Inovasi E2") < page.index("Inovasi E3")
    assert "75,00" in page


def test_a_long_list_is_folded_searched_and_whole_in_its_table(played, visitor, monkeypatch):
    client = visitor(played({"ranked": True, "scores": True}))
    assert "Cari" not in client.get("/results/lomba-2026").text  # of two, nothing is folded and nothing sought
    monkeypatch.setattr("juri.webapp.public.shown.SHORT", 1)
    monkeypatch.setattr("juri.webapp.public.shown.FIRST", 1)
    page = client.get("/results/lomba-2026").text
    assert page.index("Inovasi E2") < page.index('<details class="rest">') < page.index("Inovasi E3")
    found = client.get("/results/lomba-2026?words=inovasi e3").text
    assert ("Inovasi E3" in found, "Inovasi E2" in found, '<details class="rest">' in found) == (True, False, False)
    assert "Tidak ada" in client.get("/results/lomba-2026?words=nothing-fits").text
    table = client.get("/results/lomba-2026/table.csv")
    lines = [line.split(",") for line in table.text.splitlines()]
    column = {name: place for place, name in enumerate(lines[0])}
    assert [(line[column["rank"]], line[column["score"]], line[column["innovation"]]) for line in lines[1:]] == [
        ("1", "90.00", "Inovasi E2"), ("2", "75.00", "Inovasi E3"),
    ]  # fmt: skip


def test_the_table_tells_no_more_than_the_page(played, visitor):
    hidden = visitor(played({"ranked": True, "scores": True}, published=False))
    assert hidden.get("/results/lomba-2026/table.csv").status_code == 404
    table = visitor(played({"ranked": False})).get("/results/lomba-2026/table.csv").text
    assert ("Inovasi E2" in table, "90" in table, "E1" in table) == (True, False, False)


def test_the_page_shows_the_hashes_that_the_seal_gave(played, visitor):
    competition = played({"ranked": False})
    with competition.read() as (session, running):
        (announcement,) = announcements_of(session, running)
    page = visitor(competition).get("/results/lomba-2026").text
    hashes = [announcement.hashes.inputs, announcement.hashes.rules, announcement.hashes.result, running.sha256]
    assert [value for value in hashes if value not in page] == []
    assert "Ketua" in page


def test_the_page_asks_the_database_as_often_for_three_winners_as_for_one(played, visitor, counted):
    def statements(places):
        competition = played({"ranked": True, "scores": True}, places=places)
        assert len(told(competition)) == places
        client = visitor(competition)
        client.get("/results/lomba-2026")  # what is kept for the next time is not asked again
        with counted() as said:
            assert client.get("/results/lomba-2026").status_code == 200
        return len(said)

    assert statements(3) == statements(1)
