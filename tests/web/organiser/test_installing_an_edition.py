"""A new edition is installed from its working copy, and then opened: each is looked at first, and confirmed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from juri.core.editions.verbs import find_edition
from juri.core.editions.working import begin_copy, find_copy, save_copy
from juri.core.entries.people import actor_of, grant_role
from juri.core.errors import NotFound
from juri.core.policy import Actor

EDITION = "desa-2027"
FORCE = f"/organiser/{EDITION}/edit/force"
OPEN = f"/organiser/{EDITION}/edit/open"
TEXT = """\
juri: 1
edition: desa-2027
name: Lomba Desa
stages:
  - {id: daftar, kind: registration}
"""
UNKNOWN = TEXT + "unknown:\n  - {at: limits, why: belum diputuskan}\n"


class House:
    """An administrator with the working copy of a new edition."""

    def __init__(self, bench: Any, client: Any) -> None:
        self.bench = bench
        self.client = client

    def begin(self, text: str) -> None:
        with self.bench.database.write() as session:
            begin_copy(session, EDITION, text, by=actor_of(session, "admin@kota.test"))

    def save(self, text: str) -> None:
        with self.bench.database.write() as session:
            seen = find_copy(session, EDITION).seen
            save_copy(session, EDITION, text, by=actor_of(session, "admin@kota.test"), seen=seen)

    def confirm(self, page: str) -> Any:
        return self.client.post(
            FORCE, data=dict(re.findall(r'<input type="hidden" name="(seen)" value="([^"]*)"', page))
        )

    def state(self) -> str:
        with self.bench.database.read() as session:
            try:
                return find_edition(session, self.bench.registry, EDITION).state
            except NotFound:
                return ""


@pytest.fixture
def house(web_bench, client_for):
    return House(web_bench, client_for("admin@kota.test"))


def test_an_edition_is_installed_and_then_opened_by_its_organiser(house, client_for):
    house.begin(TEXT)
    page = house.client.get(FORCE).text
    assert "Pasang edisi ini" in page
    assert house.state() == ""
    assert house.confirm(page).location == FORCE
    assert house.state() == "draft"
    assert "Ini dilakukan oleh penyelenggara edisi." in house.client.get(FORCE).text
    assert house.client.post(OPEN).status_code == 404
    with house.bench.database.write() as session:
        grant_role(session, "nobody@kota.test", "organiser", by=Actor.operator("test"), edition=EDITION)
    organiser = client_for("nobody@kota.test")
    assert f'action="{OPEN}"' in organiser.get(FORCE).text
    assert organiser.post(OPEN).status_code == 303
    assert house.state() == "open"
    assert (organiser.post(OPEN).status_code, house.state()) == (409, "open")


def test_what_is_unknown_stands_in_the_way(house):
    house.begin(UNKNOWN)
    page = house.client.get(FORCE).text
    assert "1 hal masih belum diketahui" in page
    assert 'name="seen"' not in page
    answer = house.client.post(FORCE, data={"seen": "1.0"})
    assert (answer.status_code, house.state()) == (409, "")


def test_a_copy_that_was_saved_meanwhile_is_looked_at_again(house):
    house.begin(TEXT)
    page = house.client.get(FORCE).text
    house.save(TEXT.replace("Lomba Desa", "Lomba Desa Raya"))
    answer = house.confirm(page)
    assert answer.status_code == 409
    assert "Lomba Desa Raya" in answer.text
    assert house.state() == ""
    assert house.confirm(answer.text).status_code == 303


@pytest.mark.parametrize("seen", ["", "1", "eins.0"])
def test_a_form_that_was_tampered_with_is_refused(house, seen):
    house.begin(TEXT)
    assert (house.client.post(FORCE, data={"seen": seen}).status_code, house.state()) == (422, "")
