"""Fixtures of the organiser's pages: an edition that is being written, and forms as a browser sends them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from juri.core.editions.working import begin_copy, find_copy
from juri.core.entries.people import add_person, grant_role
from juri.core.policy import Actor
from juri.webapp.workbench import Workbench

SUKOHARJO = "sukoharjo-2026"
ORGANISER, COLLEAGUE = "bagian.organisasi@sukoharjo.test", "rekan@sukoharjo.test"
OPERATOR = Actor.operator("test")
BEGUN = """\
# Lomba tingkat kabupaten.
juri: 1
edition: sukoharjo-2026
extends: sukoharjo-2023
name: {id: "KIPP Sukoharjo 2026", en: "KIPP of Sukoharjo 2026"}
"""


@pytest.fixture(scope="session")
def sukoharjo_template(kota_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a database in which Sukoharjo's edition has two organisers, and is begun by nobody."""
    path = tmp_path_factory.mktemp("sukoharjo") / "kota.db"
    shutil.copyfile(kota_template, path)
    bench = Workbench(None, f"sqlite:///{path}")
    with bench.database.write() as session:
        for name, email in (("Bagian Organisasi", ORGANISER), ("Rekan", COLLEAGUE)):
            add_person(session, name=name, email=email, by=OPERATOR)
            grant_role(session, email, "organiser", by=OPERATOR, edition=SUKOHARJO)
    bench.database.dispose()
    return path


@pytest.fixture
def sukoharjo_bench(sukoharjo_template: Path, bench_on: Callable[[Path], Workbench]) -> Workbench:
    """Return a workbench on a fresh copy of it; a module names it ``web_bench`` to have its pages work on it."""
    return bench_on(sukoharjo_template)


@dataclass
class Writer:
    """Somebody who writes an edition in the browser: pages are asked for below ``/organiser/EDITION/edit``."""

    client: Any
    bench: Workbench
    edition: str = SUKOHARJO
    page: str = ""

    def get(self, path: str = "") -> str:
        """Open a page that is there."""
        answer = self.client.get(self._address(path))
        assert answer.status_code == 200, (path, answer.status_code)
        self.page = answer.text
        return self.page

    def send(self, path: str, act: str = "", *, page: str = "", **typed: Any) -> TestResponse:
        """Send the form of a page as it stands there, with what is typed into it; ``act`` is the button."""
        fields = MultiDict(form_fields(page or self.get(path), self._address(path)))
        for name, value in typed.items():
            fields.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
        if act:
            fields["act"] = act
        return self.client.post(self._address(path), data=fields)

    def post(self, path: str, **fields: Any) -> TestResponse:
        """Send fields without a form."""
        return self.client.post(self._address(path), data={"seen": self.seen, **fields})

    def text(self) -> str:
        """Return what the working copy says."""
        with self.bench.database.read() as session:
            return find_copy(session, self.edition).text

    @property
    def seen(self) -> str:
        """Return the version that a page of now would name."""
        with self.bench.database.read() as session:
            seen = find_copy(session, self.edition).seen
        return f"{seen.version}.{seen.base}"

    def _address(self, path: str) -> str:
        return f"/organiser/{self.edition}/edit{path}"


@pytest.fixture
def begun(sukoharjo_bench: Workbench) -> Workbench:
    """Begin the working copy."""
    with sukoharjo_bench.database.write() as session:
        begin_copy(session, SUKOHARJO, BEGUN, by=OPERATOR)
    return sukoharjo_bench


@dataclass
class _Form(HTMLParser):
    """Reads what a browser would send of a form."""

    action: str
    found: list[tuple[str, str]] = field(default_factory=list)
    inside: bool = False
    name: str = ""
    chosen: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an input as it is ticked, and where a choice or a text begins."""
        given = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.inside = given.get("action") == self.action and given.get("method") == "post"
        elif self.inside and tag == "input" and given.get("type") not in ("submit", "file"):
            if given.get("type") not in ("checkbox", "radio") or "checked" in given:
                self.found.append((given["name"], given.get("value", "")))
        elif self.inside and tag in ("select", "textarea"):
            self.name, self.chosen, self.written = given["name"], [], []
        elif self.inside and tag == "option":
            is_chosen = "selected" in given
            self.chosen = [given["value"]] if is_chosen or not self.chosen else self.chosen

    def handle_data(self, data: str) -> None:
        """Note what a text says."""
        self.written.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Note the choice or the text that ends."""
        if tag == "form":
            self.inside = False
        elif self.inside and tag == "select":
            self.found += [(self.name, each) for each in self.chosen]
        elif self.inside and tag == "textarea":
            self.found.append((self.name, "".join(self.written).removeprefix("\r").removeprefix("\n")))


def form_fields(page: str, action: str) -> list[tuple[str, str]]:
    """Return what a browser would send of the form with an address, untouched."""
    reader = _Form(action)
    reader.feed(page)
    assert reader.found, f"there is no form to {action}"
    return reader.found
