"""A small edition in the middle of its judging, for whoever wants to try the pages: everything in it is invented.

KIPP 2023 is over when it has been played. Here jurors have work, the organiser waits for them, and an entrant may look.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from importlib.resources import files

from sqlalchemy import select

from juri.core.audit.trail import record
from juri.core.editions.loader import load_edition
from juri.core.editions.model import EditionRow
from juri.core.editions.verbs import Running, find_edition, install_edition, move_edition
from juri.core.entries.model import Person
from juri.core.entries.people import actor_of, add_organizations, add_person, grant_role
from juri.core.entries.verbs import EntryContent, register_entry, submit_entry
from juri.core.errors import ActionRefused
from juri.core.judging.assignments import assign, assigned_pairs
from juri.core.judging.conflicts import declare_conflict
from juri.core.judging.panels import add_juror
from juri.core.judging.scorecards import prepare_scorecard, rubric_of, submit_scorecard
from juri.core.policy import Actor
from juri.core.registry import Registry
from juri.core.stages.deciding import decide
from juri.core.stages.verbs import close_stage, open_stage, seal_stage
from juri.core.storage.database import database_now
from juri.core.storage.session import WriteSession
from juri.webapp.demo.marks import give_marks
from juri.webapp.demo.people import ORGANISER, SECRETARIAT
from juri.webapp.demo.preparing import BEGUN, OPERATOR, other_editions
from juri.webapp.workbench import Workbench

LOCAL = "sukoharjo-peragaan"
ADMINISTRATOR = "admin@peragaan.example"
AUDITOR = "auditor@peragaan.example"
CHAIR = "ketua.juri@peragaan.example"
UNIT = "unit.dinkes@peragaan.example"
LOCAL_ADMIN = "admin.dinkes@peragaan.example"
AGENCY = "Dinas Kesehatan Kabupaten Sukoharjo"
JURORS = ("Retno", "Bambang", "Dewi", "Agus", "Ratna")
SCORING = "proposal"
SEED = 2023
DAYS_LEFT = 14

_SENT = {"J1": 7, "J2": 3, "J3": 1}
"""So many sheets these jurors have sent; the others have not begun."""

_CONFLICTED = "J3"
_DRAFTED = "J2"

_FORM = {
    "ringkasan": ("Ringkasan", "Summary"),
    "kebaruan": ("Kebaruan", "Novelty"),
    "hasil": ("Hasil dan manfaat", "Results and benefits"),
}


def juror_address(number: int) -> str:
    """Return the address of a juror, counted from 1."""
    return f"juri.{number}@peragaan.example"


def play_local(workbench: Workbench) -> bool:
    """Make the edition, at once or not at all; returns whether there was something to do.

    Raises:
        ActionRefused: somebody works in this database: an invented administrator has no place there.

    """
    with workbench.reading() as session:
        others = other_editions(session)
        if others:
            raise ActionRefused([f"the database holds other editions: {', '.join(others)}"])
        if session.scalar(select(EditionRow.id).where(EditionRow.slug == LOCAL)) is not None:
            return False
    with workbench.writing() as (session, _):
        _Local(session, workbench.registry).play()
    return True


def _text(closes: date) -> str:
    """Write the edition's document: the shipped demonstration, with questions for the jurors to read and a deadline."""
    form = "\n".join(
        f'  - {{id: {key}, max_words: 120, label: {{id: "{name}", en: "{english}"}}}}'
        for key, (name, english) in _FORM.items()
    )
    return f"""juri: 1
edition: {LOCAL}
extends: sukoharjo-2023-demo
name:
  id: "DEMO: KIPP Sukoharjo, sedang dinilai"
  en: "DEMO: KIPP of Sukoharjo, being judged"
form:
{form}
stages:
  - {{id: {SCORING}, closes: {closes}}}
"""


class _Local:
    """Plays the edition through the verbs that everybody uses, as the person whose turn it is."""

    def __init__(self, session: WriteSession, registry: Registry) -> None:
        self.session = session
        self.registry = registry

    @property
    def running(self) -> Running:
        """Return the edition in its present state."""
        return find_edition(self.session, self.registry, LOCAL)

    def by(self, email: str) -> Actor:
        """Return a person with the roles held."""
        return actor_of(self.session, email)

    def play(self) -> None:
        """Go from nothing to the middle of the judging."""
        text = _text(database_now(self.session).date() + timedelta(days=DAYS_LEFT))
        install_edition(self.session, load_edition(text, self.registry, origin="juri demo"), by=OPERATOR)
        record(self.session, by=OPERATOR.name, action=BEGUN, subject=LOCAL, detail={"seed": str(SEED)})
        rows = list(_rows())
        self.add_people(rows)
        move_edition(self.session, self.running, "open", by=self.by(ORGANISER))
        self.register(rows)
        self.finish("registration")
        open_stage(self.session, self.running, "admin", by=self.by(ORGANISER))
        self.finish("admin")
        move_edition(self.session, self.running, "judging", by=self.by(ORGANISER))
        open_stage(self.session, self.running, SCORING, by=self.by(ORGANISER))
        self.judge()

    def add_people(self, rows: Sequence[Mapping[str, str]]) -> None:
        """Make the agencies known, and everybody who takes part."""
        places = {(row["organization"], row["cluster"], "Sukoharjo") for row in rows}
        add_organizations(self.session, sorted(places), by=OPERATOR)
        self.add_person(ADMINISTRATOR, "Administrator (peragaan)", "administrator", everywhere=True)
        self.add_person(ORGANISER, "Ketua Panitia (peragaan)", "organiser")
        self.add_person(SECRETARIAT, "Sekretariat (peragaan)", "secretariat")
        self.add_person(CHAIR, "Ketua Juri (peragaan)", "panel_chair")
        self.add_person(AUDITOR, "Auditor (peragaan)", "auditor")
        self.add_person(UNIT, "Unit Dinkes (peragaan)", "unit", agency=AGENCY)
        self.add_person(LOCAL_ADMIN, "Admin Dinkes (peragaan)", "local_admin", agency=AGENCY)
        for number, name in enumerate(JURORS, 1):
            self.add_person(juror_address(number), f"{name} (peragaan)", "juror")
            add_juror(self.session, self.running, "juri", juror_address(number), by=OPERATOR, code=f"J{number}")

    def add_person(self, email: str, name: str, role: str, *, agency: str = "", everywhere: bool = False) -> None:
        """Make a person known who is not yet, and give the role."""
        if self.session.scalar(select(Person.id).where(Person.email == email)) is None:
            add_person(self.session, name=name, email=email, by=OPERATOR, organization=agency)
        edition = "" if everywhere else LOCAL
        grant_role(self.session, email, role, by=OPERATOR, edition=edition, organization=agency)

    def register(self, rows: Sequence[Mapping[str, str]]) -> None:
        """Take every entry in."""
        by = self.by(ORGANISER)
        running = self.running
        open_stage(self.session, running, "registration", by=by)
        for row in rows:
            answers = {key: row[key] for key in (*_FORM, "innovation_state", "running_years")}
            people = tuple(name.strip() for name in row["people"].split(";"))
            content = EntryContent(title=row["title"], category=row["category"], people=people, answers=answers)
            register_entry(self.session, running, row["organization"], content, by=by, code=row["code"])
            submit_entry(self.session, running, row["code"], by=by)

    def finish(self, stage: str) -> None:
        """Close, decide and seal a stage as its rules propose."""
        by, signer = self.by(ORGANISER), "Ketua Panitia (peragaan)"
        close_stage(self.session, self.running, stage, by=by)
        decide(self.session, self.running, stage, by=by, signer=signer, reason="sesuai aturan")
        seal_stage(self.session, self.running, stage, by=by, signers=[signer])

    def judge(self) -> None:
        """Assign the jurors; some have sent sheets, one has begun another, one has declared a conflict."""
        running, by = self.running, self.by(ORGANISER)
        assign(self.session, running, SCORING, by=by, seed=SEED)
        entry = self.own_entries(_CONFLICTED)[-1]
        self.declare(_CONFLICTED, entry)
        assign(self.session, running, SCORING, by=by, seed=SEED)
        for juror, count in _SENT.items():
            for code in self.own_entries(juror)[:count]:
                self.score(code, juror)
        self.score(self.own_entries(_DRAFTED)[-1], _DRAFTED, draft=True)

    def own_entries(self, juror: str) -> list[str]:
        """Return the entries that a juror is asked to score."""
        pairs = assigned_pairs(self.session, self.running, SCORING)
        return sorted(entry for (entry, who), state in pairs.items() if who == juror and state != "conflict")

    def declare(self, juror: str, entry: str) -> None:
        """Let a juror declare a conflict."""
        own = self.by(juror_address(int(juror[1:])))
        declare_conflict(self.session, self.running, juror, entry, "pernah membimbing tim ini (peragaan)", by=own)

    def score(self, entry: str, juror: str, *, draft: bool = False) -> None:
        """Let a juror send a sheet, or begin one."""
        running = self.running
        criteria = [leaf.id for leaf in rubric_of(running, running.stage(SCORING), "", "").leaves]
        marks = give_marks(SEED, SCORING, entry, juror, criteria[: len(criteria) // 2] if draft else criteria)
        sheet = prepare_scorecard(
            self.session, running, stage=SCORING, entry=entry, juror=juror, answers=marks, draft=draft
        )
        submit_scorecard(self.session, running, sheet, by=self.by(juror_address(int(juror[1:]))), version=0)


def _rows() -> Iterator[dict[str, str]]:
    text = (files("juri.webapp.demo") / "sukoharjo.csv").read_text(encoding="utf-8")
    yield from csv.DictReader(text.splitlines())
