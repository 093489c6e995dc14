"""A second edition beside the one that is being judged: its registration is open, and two agencies write entries.

The tests are no package: ``conftest.py`` loads this module by its path and offers it as fixtures.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from juri.core.editions.loader import load_edition
from juri.core.editions.verbs import Running, find_edition, install_edition, move_edition
from juri.core.entries.people import add_person, grant_role
from juri.core.entries.verbs import EntryContent, find_entry, hand_over_entry, register_entry, submit_entry
from juri.core.judging.assignments import assign
from juri.core.judging.panels import add_juror
from juri.core.judging.scorecards import prepare_scorecard, submit_scorecard
from juri.core.policy import Actor
from juri.core.registry import Registry
from juri.core.stages.deciding import decide
from juri.core.stages.verbs import close_stage, open_stage, publish_stage, seal_stage
from juri.core.storage.database import Database

SLUG = "tulis-2026"
OPERATOR = Actor.operator("test")
OURS, THEIRS = "Dinas Kesehatan", "Dinas Pendidikan"
PEOPLE = (
    ("Umar Unit", "unit@kota.test", "unit", OURS),
    ("Lina Local", "local@kota.test", "local_admin", OURS),
    ("Oka Organiser", "organiser@kota.test", "organiser", ""),
    ("Agus Auditor", "auditor@kota.test", "auditor", ""),
    ("Rina Rival", "rival@kota.test", "local_admin", THEIRS),
)
JURORS = ("J1", "J2")
GOOD = {
    "ringkasan": "Pos layanan yang datang ke kampung setiap pekan.",
    "mulai": "2024-03-01",
    "keadaan": "sudah_berjalan",
    "pernah": "no",
}
"""Answers that the administrative selection lets through."""

ENTRIES = {
    "T-01": ("Pos Sehat Keliling", OURS, {"ringkasan": "Masih ditulis."}),
    "T-02": ("Antar Obat ke Rumah", OURS, GOOD),
    "T-03": ("Antrean Tanpa Kertas", OURS, GOOD),
    "T-04": ("Kelas Malam Pesisir", THEIRS, GOOD),
    "T-05": ("Rahasia Tetangga", THEIRS, {"ringkasan": "kenari-tetangga"}),
}
"""T-01 is a draft, T-02 lies with the local admin, T-03 and T-04 are submitted; T-05 is a draft of the other agency."""


@dataclass(frozen=True)
class Writing:
    """The edition, with short ways to what happens beside the page."""

    database: Database
    registry: Registry
    slug: str = SLUG

    def do(self, verb: Callable[..., Any], *args: Any, by: Actor = OPERATOR, **options: Any) -> Any:
        with self.database.write() as session:
            return verb(session, find_edition(session, self.registry, self.slug), *args, by=by, **options)

    def read(self, question: Callable[[Any, Running], Any]) -> Any:
        with self.database.read() as session:
            return question(session, find_edition(session, self.registry, SLUG))

    def entry(self, code: str) -> tuple[str, int, EntryContent]:
        """Return state, version and content of an entry."""

        def told(session: Any, running: Running) -> tuple[str, int, EntryContent]:
            row = find_entry(session, running, code)
            names = EntryContent.__dataclass_fields__
            return row.state, row.version, EntryContent(**{name: getattr(row, name) for name in names})

        return self.read(told)

    def build(self) -> None:
        """Install the edition, open its registration, and write its entries."""
        text = Path(__file__).with_name("tulis-2026.yaml").read_text(encoding="utf-8")
        with self.database.write() as session:
            install_edition(session, load_edition(text, self.registry), by=OPERATOR)
        self.do(move_edition, "open")
        with self.database.write() as session:
            running = find_edition(session, self.registry, SLUG)
            for name, email, role, place in PEOPLE:
                add_person(session, name=name, email=email, by=OPERATOR, organization=place)
                grant_role(session, email, role, by=OPERATOR, edition=SLUG, organization=place)
            for code in JURORS:
                add_juror(session, running, "juri", f"{code.lower()}@kota.test", by=OPERATOR, code=code)
                grant_role(session, f"{code.lower()}@kota.test", "juror", by=OPERATOR, edition=SLUG)
        self.do(open_stage, "pendaftaran")
        for code, (title, place, answers) in ENTRIES.items():
            self.do(register_entry, place, self.content(title, answers), code=code)
        for code in ("T-02", "T-03", "T-04"):
            self.do(hand_over_entry, code)
        for code in ("T-03", "T-04"):
            self.do(submit_entry, code)

    @staticmethod
    def content(title: str, answers: dict[str, Any], **more: Any) -> EntryContent:
        return EntryContent(title=title, track="umum", category="kesehatan", people=["Tim"], answers=answers, **more)

    def seal(self, stage: str) -> None:
        """Close, decide and seal a stage that is open."""
        self.do(close_stage, stage, early="uji")
        self.do(decide, stage, signer="Ketua", reason="sesuai aturan")
        self.do(seal_stage, stage, signers=["Ketua"])

    def judge(self) -> None:
        """Let both jurors score the two entries, T-04 better than T-03, up to the open scoring."""
        self.seal("pendaftaran")
        self.do(open_stage, "administrasi")
        self.seal("administrasi")
        self.do(open_stage, "penilaian")
        self.do(assign, "penilaian")
        for juror in JURORS:
            for entry, value in (("T-03", "70"), ("T-04", "90")):
                answers = {"manfaat": {"value": value, "comment": f"{entry}: bagus {juror.lower()}"}, "kebaruan": value}
                where = {"stage": "penilaian", "entry": entry, "juror": juror}
                with self.database.write() as session:
                    running = find_edition(session, self.registry, SLUG)
                    sheet = prepare_scorecard(session, running, **where, answers=answers)
                    submit_scorecard(session, running, sheet, by=OPERATOR, version=0)

    def choose(self) -> None:
        """Go from the open scoring to the sealed finalists: T-04 is one, T-03 stopped."""
        self.seal("penilaian")
        self.do(open_stage, "finalis")
        self.seal("finalis")

    def announce(self, *, publish: bool = True) -> None:
        """Go from the open scoring to the sealed announcement, and publish it."""
        self.choose()
        self.do(open_stage, "pengumuman")
        self.seal("pengumuman")
        if publish:
            self.do(publish_stage, "pengumuman")
