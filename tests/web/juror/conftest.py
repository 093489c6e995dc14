"""A competition for the jurors' pages, in the middle of its scoring: two tracks, two rubrics, three jurors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from juri.core.clock import now
from juri.core.editions.loader import load_edition
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import find_edition, install_edition, move_edition
from juri.core.entries.people import actor_of, add_organizations, add_person, grant_role
from juri.core.entries.verbs import EntryContent, register_entry, submit_entry
from juri.core.judging.assignments import assign
from juri.core.judging.conflicts import accept_assignment
from juri.core.judging.panels import add_juror
from juri.core.judging.scorecards import prepare_scorecard, submit_scorecard, version_of
from juri.core.policy import Actor
from juri.core.registry import Registry
from juri.core.stages.deciding import decide
from juri.core.stages.verbs import close_stage, open_stage, seal_stage
from juri.core.storage.base import table_of
from juri.core.storage.database import Database
from juri.core.storage.migrate import migrate
from juri.webapp.workbench import Workbench

EDITION = "desa-2026"
STAGE = "nilai"
OPERATOR = Actor.operator("test")
JURORS = {"J1": "Ratna Dewi", "J2": "Bagus Santoso", "J3": "Maria Tuto"}
LONG = (
    "Warga di lima dusun harus menempuh dua jam perjalanan untuk mengurus surat. Banyak yang menunda sampai terlambat, "
    "dan petugas menulis hal yang sama berulang kali.\n"
    "Inovasi ini membawa meja layanan ke balai dusun setiap Kamis, dengan berkas yang diperiksa di tempat dan surat "
    "yang dicetak hari itu juga. Tiga kader di setiap dusun dilatih memeriksa kelengkapan sebelum petugas datang.\n"
    "Dalam sebelas bulan pertama 1.248 surat selesai pada hari yang sama; sebelumnya rata-rata sembilan hari."
)
ENTRIES = {
    "D-01": ("Meja Layanan Keliling Dusun", "Desa Sukamaju", "umum"),
    "D-02": ("Kebun Gizi Bersama untuk Ibu Hamil dan Balita di Dusun Terpencil", "Desa Mekarsari", "umum"),
    "D-03": ("Peta Sawah Digital", "Desa Tanjung", "digital"),
    "D-04": ("Bank Sampah Sekolah", "Desa Sukamaju", "umum"),
    "D-05": ("Antrean Posyandu Lewat Pesan", "Desa Mekarsari", "digital"),
}
ANSWERS = {
    "ringkasan": "Layanan administrasi desa yang datang ke dusun setiap pekan.",
    "latar": LONG,
    "dampak": "Waktu tunggu turun dari sembilan hari menjadi satu hari.\nBiaya perjalanan warga hilang.",
    "direplikasi": "yes",
    "sasaran": ["ibu", "lansia"],
    "video": "https://video.example/keliling",
    "bukti": "surat-keputusan.pdf",
}
GOOD = {"kebaruan": "3", "manfaat": {"value": "4", "comment": "terukur"}, "replikasi": "na", "keberlanjutan": "2"}
"""A complete sheet of the track umum; it comes to 310: levels times weights."""

MANY = "ragam-2026"
KINDS = ("bobot", "tingkat", "poin", "daftar", "kelas")
MANY_ENTRIES = {
    f"R-{number + 1:02}": (f"Inovasi {number + 1}", "Desa Sukamaju", KINDS[number % 5]) for number in range(12)
}
"""Twelve entries, in each track a rubric of another kind: R-01 weighted, R-02 levelled, R-03 points, and so on."""


@dataclass(frozen=True)
class Desa:
    """The competition, with short ways to what happens beside the page."""

    database: Database
    registry: Registry
    edition: str = EDITION

    def do(self, verb: Callable[..., Any], *args: Any, by: Actor = OPERATOR, **options: Any) -> Any:
        with self.database.write() as session:
            return verb(session, find_edition(session, self.registry, self.edition), *args, by=by, **options)

    def actor(self, juror: str) -> Actor:
        with self.database.read() as session:
            return actor_of(session, f"{juror.lower()}@desa.test")

    def accept(self, juror: str, *entries: str) -> None:
        """Let a juror say that there is no conflict; with all entries where none is named."""
        for entry in entries or ENTRIES:
            self.do(accept_assignment, STAGE, entry, juror)

    def judge(self, juror: str, entry: str, answers: Any, *, draft: bool = False) -> int:
        """Write a scorecard as from another device."""
        with self.database.read() as session:
            running = find_edition(session, self.registry, self.edition)
            where = {"stage": STAGE, "entry": entry, "juror": juror}
            sheet = prepare_scorecard(session, running, **where, answers=answers, draft=draft)
            version = version_of(session, running, **where)
        return self.do(submit_scorecard, sheet, by=self.actor(juror), version=version).version

    def set_deadline(self, **ahead: float) -> None:
        """Let the stage close in a while (``minutes=11``)."""
        with self.database.writer.begin() as connection:
            stages = table_of(StageRow)
            soon = update(stages).where(stages.c.key == STAGE).values(closes_at=now() + timedelta(**ahead))
            connection.execute(soon)

    def close(self) -> None:
        self.do(close_stage, STAGE, early="the panel is through")


@pytest.fixture(scope="session")
def desa_template(tmp_path_factory: pytest.TempPathFactory, builtin_registry: Registry) -> Path:
    """Return the file of the competition's database, built once."""
    path = tmp_path_factory.mktemp("desa") / "desa.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    _build(Desa(database, builtin_registry), ENTRIES)
    database.dispose()
    return path


@pytest.fixture(scope="session")
def many_template(tmp_path_factory: pytest.TempPathFactory, builtin_registry: Registry) -> Path:
    """Return the file of a competition with a rubric of each kind, of which J1 may read every entry; built once."""
    path = tmp_path_factory.mktemp("ragam") / "ragam.db"
    database = Database(f"sqlite:///{path}")
    migrate(database)
    many = Desa(database, builtin_registry, MANY)
    _build(many, MANY_ENTRIES)
    many.accept("J1", *MANY_ENTRIES)
    database.dispose()
    return path


@pytest.fixture
def web_bench(desa_template: Path, bench_on: Callable[[Path], Workbench]) -> Workbench:
    """Put the competition in the place of the one that other pages are tested with."""
    return bench_on(desa_template)


@pytest.fixture
def desa(web_bench: Workbench) -> Desa:
    """Return the competition that the pages show."""
    return Desa(web_bench.database, web_bench.registry)


def _build(desa: Desa, entries: Mapping[str, tuple[str, str, str]]) -> None:
    text = Path(__file__).with_name(f"{desa.edition}.yaml").read_text(encoding="utf-8")
    with desa.database.write() as session:
        install_edition(session, load_edition(text, desa.registry), by=OPERATOR)
    desa.do(move_edition, "open")
    with desa.database.write() as session:
        running = find_edition(session, desa.registry, desa.edition)
        places = sorted({place for _title, place, _track in entries.values()})
        add_organizations(session, [(place, "desa", "") for place in places], by=OPERATOR)
        for code, name in JURORS.items():
            email = f"{code.lower()}@desa.test"
            add_person(session, name=name, email=email, by=OPERATOR)
            grant_role(session, email, "juror", by=OPERATOR, edition=desa.edition)
            add_juror(session, running, "juri", email, by=OPERATOR, code=code)
    desa.do(open_stage, "registration")
    asked = {field.id for field in load_edition(text, desa.registry).edition.form}
    answers = {name: given for name, given in ANSWERS.items() if name in asked}
    for code, (title, place, track) in entries.items():
        content = EntryContent(title=title, track=track, category="layanan", answers=answers)
        desa.do(register_entry, place, content, code=code)
        desa.do(submit_entry, code)
    desa.do(close_stage, "registration")
    desa.do(decide, "registration", signer="Ketua", reason="sesuai aturan")
    desa.do(seal_stage, "registration", signers=["Ketua"])
    desa.do(open_stage, STAGE)
    desa.do(assign, STAGE)
