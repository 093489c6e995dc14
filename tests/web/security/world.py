"""A world with something to hide: three editions, ten people, and strings that only some of them may see.

``kota-2026`` is being judged, ``desa-2026`` has published its result, ``laut-2026`` is still registering. Everybody
works for the first one; what they see of the others is what strangers see.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyotp
from sqlalchemy import select, update

from juri.core.accounts.links import make_link
from juri.core.accounts.model import Credential, RecoveryCode, SecondFactor, SignInLink, WebSession
from juri.core.accounts.outbox import queue_mail
from juri.core.accounts.second_factor import new_secret, turn_on_second_factor
from juri.core.accounts.sessions import begin_session, digest_of_rights
from juri.core.accounts.vault import Vault
from juri.core.clock import now
from juri.core.editions.loader import load_edition
from juri.core.editions.verbs import find_edition, install_edition, move_edition
from juri.core.editions.working import look_at_copy, save_copy
from juri.core.entries.model import EntryRow, Person
from juri.core.entries.people import actor_of, add_person, find_person, grant_role, relate
from juri.core.entries.verbs import EntryContent, register_entry, submit_entry
from juri.core.judging.assignments import assign, assign_pairs
from juri.core.judging.conflicts import accept_assignment, declare_conflict
from juri.core.judging.model import AssignmentRow, JurorRow
from juri.core.judging.narrowing import narrowed
from juri.core.judging.panels import add_juror
from juri.core.judging.scorecards import prepare_scorecard, submit_scorecard
from juri.core.policy import Actor
from juri.core.registry import Registry
from juri.core.stages.deciding import decide
from juri.core.stages.verbs import close_stage, open_stage, publish_stage, seal_stage
from juri.core.storage.base import table_of
from juri.core.storage.database import Database

OWN, OTHER, REGISTERING = "kota-2026", "desa-2026", "laut-2026"
OPERATOR = Actor.operator("test")
SECRET_KEY = "only for tests"  # noqa: S105  signs forms that no one else sees
STAGES_OF_OTHER = {"registration": "pendaftaran", "admin": "berkas", "penilaian": "menilai", "finalis": "lolos",
                   "pengumuman": "kabar"}  # fmt: skip
"""The stages of the second edition have ids of their own, so that a stage of one is none of the other."""

PEOPLE: Mapping[str, str] = {
    "anonymous": "",
    "nobody": "nobody@kota.test",
    "unit": "unit@kota.test",
    "local_admin": "local@kota.test",
    "juror": "j1@kota.test",
    "panel_chair": "chair@kota.test",
    "secretariat": "secretariat@kota.test",
    "organiser": "organiser@kota.test",
    "auditor": "auditor@kota.test",
    "administrator": "admin@kota.test",
    "judge": "judge@kota.test",
    "of_a_stage": "stage@kota.test",
}
"""Who asks, by role; all but the administrator hold their role for ``kota-2026``. Unit and local administrator are of
Dinas Kesehatan. ``judge`` runs the edition and scores in it, too; ``of_a_stage`` is an organiser of the
stage that is being judged."""

EVERYBODY = frozenset(PEOPLE)
SIGNED_IN = EVERYBODY - {"anonymous"}
STAFF = frozenset({"organiser", "secretariat", "auditor", "panel_chair"})
"""Who may see standings, and what they rest on."""


IN_ITS_STAGE = frozenset({"of_a_stage"})


def planted(what: str) -> str:
    """Return a string that stands for something to hide: letters only, so that no page can write it otherwise."""
    return f"kenari{what}"


HIDDEN: Mapping[str, frozenset[str]] = {
    "catatanjuri": STAFF | IN_ITS_STAGE,  # a comment of another juror
    "catatandraf": frozenset(),  # a comment in another juror's draft
    "namajuri": STAFF | {"administrator", "judge"} | IN_ITS_STAGE,  # the name of another juror
    "alasankonflik": STAFF | {"administrator"},  # why another juror does not score an entry
    "teksinstansilain": frozenset({"organiser", "secretariat", "juror", "judge"})
    | IN_ITS_STAGE,  # an answer in an entry of another agency
    "judulinstansilain": STAFF | {"juror", "judge"} | IN_ITS_STAGE,  # its title
    "timinstansilain": frozenset({"organiser", "secretariat", "judge"}) | IN_ITS_STAGE,  # who made it
    "juduldiluartugas": STAFF | {"judge"} | IN_ITS_STAGE,  # the title of an entry that our juror does not score
    "tekstakditugaskan": frozenset({"organiser", "secretariat", "judge"})
    | IN_ITS_STAGE,  # the same, of an entry that our juror does not score
    "drafinstansilain": frozenset(),  # a draft of another agency, in an edition that is registering
    "teksdraf": frozenset(),
    "edisilain": frozenset({"administrator", "unit", "local_admin"}),  # the name of an edition that is registering
    "aturanbaru": frozenset({"organiser", "administrator", "judge"}),  # rules that somebody works on
    "suratisi": frozenset({"administrator"}),  # a mail that waits
    "suratjudul": frozenset({"administrator"}),
    "peramban": frozenset(),  # how the browser of another person calls itself
    "datasesi": frozenset(),  # what another browser keeps
    "hubungan": frozenset({"administrator"}),  # a tie of a juror to an agency: it stands in the trail
    "alasanstop": frozenset({"administrator"}),  # why an entry of another edition stopped
    "kalah": frozenset(),  # what did not win there, although the rest is published
    "nilaidesa": frozenset(),  # a comment there
    "tandatangan": EVERYBODY,  # who answers for the published result: shown with it
}
"""What is planted, and which of our people may meet it. What nobody may see is still looked for in every answer."""

NOT_SHOWN_YET: frozenset[str] = frozenset()
"""What the policy lets somebody see, and no page shows yet."""

FIGURES: Mapping[str, frozenset[str]] = {
    "61.37": STAFF | IN_ITS_STAGE,  # what other jurors gave in an edition that is being judged
    "88.13": frozenset(),  # scores of an edition that published its winners without them
    "77.29": frozenset(),
    "66.41": frozenset(),
}
"""The same for figures, which Indonesian pages write with a comma."""


@dataclass
class World:
    """What was built: the database, who is who, and what must not be seen."""

    database: Database
    registry: Registry
    tokens: dict[str, str] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    found: dict[str, Any] = field(default_factory=dict)

    def do(self, verb: Callable[..., Any], *args: Any, edition: str = OWN, **options: Any) -> Any:
        """Call a verb of an edition in a transaction of its own."""
        with self.database.write() as session:
            return verb(session, find_edition(session, self.registry, edition), *args, by=OPERATOR, **options)

    def finish(self, edition: str, stage: str, reason: str = "sesuai aturan", **options: Any) -> None:
        """Close, decide and seal a stage."""
        self.do(close_stage, stage, edition=edition)
        self.do(decide, stage, edition=edition, signer=planted("tandatangan"), reason=reason, **options)
        self.do(seal_stage, stage, edition=edition, signers=[planted("tandatangan")])

    def judge(
        self, edition: str, stage: str, entry: str, juror: str, answers: Mapping[str, Any], **options: Any
    ) -> None:
        """Write a scorecard."""
        with self.database.read() as session:
            running = find_edition(session, self.registry, edition)
            sheet = prepare_scorecard(
                session, running, stage=stage, entry=entry, juror=juror, answers=answers, **options
            )
        self.do(submit_scorecard, sheet, edition=edition, version=0)


def build(world: World, document: str) -> None:
    """Build everything, on the edition that the tests of the pages share."""
    _other_edition(world, document)
    _registering_edition(world, document)
    _judge(world)
    _accounts(world)
    with world.database.read() as session:
        for role, email in PEOPLE.items():
            world.actors[role] = narrowed(session, actor_of(session, email)) if email else Actor("anonymous")
        _read_secrets(world, session)


def answers(comment: str, points: str = "61.37") -> dict[str, Any]:
    """Return a filled sheet with a comment."""
    return {
        "manfaat": {"value": points, "comment": comment},
        "kebaruan": {"value": points},
        "keberlanjutan": {"value": points},
    }


def _other_edition(world: World, document: str) -> None:
    """Play an edition to its publication, which tells neither ranks nor scores."""
    text = (
        document.replace(OWN, OTHER)
        .replace("Lomba Inovasi Kota 2026", "Lomba Desa")
        .replace("ranked: true, scores: true, order: rank", "ranked: false")
    )
    for ours, theirs in STAGES_OF_OTHER.items():
        text = text.replace(f"id: {ours},", f"id: {theirs},").replace(f"id: {ours}\n", f"id: {theirs}\n")
        text = text.replace(f"of: {ours},", f"of: {theirs},")
    text = text.replace("top_n, n: 3", "top_n, n: 2")
    _install(world, text)
    with world.database.write() as session:
        running = find_edition(session, world.registry, OTHER)
        for number in (1, 2, 3):
            person = add_person(session, name=f"Juri Desa {number}", email=f"d{number}@desa.test", by=OPERATOR)
            grant_role(session, person.email, "juror", by=OPERATOR, edition=OTHER)
            add_juror(session, running, "juri", person.email, by=OPERATOR, code=f"D{number}")
    world.do(open_stage, "pendaftaran", edition=OTHER)
    for code, title in (("D-01", "Sumur Warga"), ("D-02", "Lumbung Padi"), ("D-03", planted("kalah"))):
        _enter(world, OTHER, code, title)
        world.do(submit_entry, code, edition=OTHER)
    world.finish(OTHER, "pendaftaran")
    world.do(open_stage, "berkas", edition=OTHER)
    world.finish(OTHER, "berkas")
    world.do(open_stage, "menilai", edition=OTHER)
    world.do(assign, "menilai", edition=OTHER)
    for code, points in (("D-01", "88.13"), ("D-02", "77.29"), ("D-03", "66.41")):
        for juror in ("D1", "D2", "D3"):
            world.judge(OTHER, "menilai", code, juror, answers(planted("nilaidesa"), points))
    world.finish(OTHER, "menilai")
    world.do(open_stage, "lolos", edition=OTHER)
    world.finish(OTHER, "lolos", planted("alasanstop"))
    world.do(open_stage, "kabar", edition=OTHER)
    world.finish(OTHER, "kabar")
    world.do(publish_stage, "kabar", edition=OTHER)


def _registering_edition(world: World, document: str) -> None:
    """Open an edition that has published nothing, with a draft in it."""
    _install(world, document.replace(OWN, REGISTERING).replace("Lomba Inovasi Kota 2026", planted("edisilain")))
    world.do(open_stage, "registration", edition=REGISTERING)
    _enter(world, REGISTERING, "L-01", planted("drafinstansilain"), planted("teksdraf"))
    with world.database.write() as session:
        for email, role in (("unit@kota.test", "unit"), ("local@kota.test", "local_admin")):
            grant_role(session, email, role, by=OPERATOR, edition=REGISTERING, organization="Dinas Kesehatan")


def _install(world: World, text: str) -> None:
    loaded = load_edition(text, world.registry)
    with world.database.write() as session:
        install_edition(session, loaded, by=OPERATOR)
    world.do(move_edition, "open", edition=loaded.edition.id)


def _enter(world: World, edition: str, code: str, title: str, text: str = "Air bersih.") -> None:
    """Write the draft of an entry."""
    content = EntryContent(
        title=title, track="umum", category="kesehatan", people=("Tim",), answers={"ringkasan": text}
    )
    world.do(register_entry, "Dinas Pendidikan", content, edition=edition, code=code)


def _judge(world: World) -> None:
    """Let the jurors of the first edition work, each differently, and note which entry is whose."""
    with world.database.read() as session:
        pairs = session.execute(
            select(EntryRow.code, JurorRow.code)
            .join(AssignmentRow, AssignmentRow.entry_id == EntryRow.id)
            .join(JurorRow, JurorRow.id == AssignmentRow.juror_id)
            .where(JurorRow.code.in_(("J1", "J2", "J3", "J4")))
        ).all()
    of = {code: {juror for entry, juror in pairs if entry == code} for code, _ in pairs}
    agency = {code: (int(code[2:]) - 1) % 3 for code in of}  # as the entries of that edition were given out
    own = sorted(code for code, jurors in of.items() if "J1" in jurors and agency[code] == 0)
    theirs = sorted(code for code, jurors in of.items() if "J1" in jurors and agency[code] == 1)
    unassigned = sorted(code for code, jurors in of.items() if "J1" not in jurors and agency[code])
    world.found.update(own_entry=own[0], shared_entry=theirs[0], unassigned_entry=unassigned[0])
    for code, juror in pairs:
        if juror != "J3":
            world.do(accept_assignment, "penilaian", code, juror)
    scored = {own[0], theirs[0], unassigned[0]}
    for code in sorted(scored):
        for juror in sorted(of[code] & {"J2", "J4"}):
            world.judge(OWN, "penilaian", code, juror, answers(planted("catatanjuri")))
    draft = next(code for code in sorted(of) if "J2" in of[code] and code not in scored)
    world.judge(OWN, "penilaian", draft, "J2", answers(planted("catatandraf")), draft=True)
    conflict = next(code for code in sorted(of) if "J3" in of[code])
    world.do(declare_conflict, "J3", conflict, f"other: {planted('alasankonflik')}")
    _let_an_organiser_judge(world)
    _plant_in_entries(world)


def _let_an_organiser_judge(world: World) -> None:
    with world.database.write() as session:
        add_person(session, name="Tia Tahap", email=PEOPLE["of_a_stage"], by=OPERATOR)
        grant_role(session, PEOPLE["of_a_stage"], "organiser", by=OPERATOR, edition=OWN, stage="penilaian")
        add_person(session, name="Hakim Penyelenggara", email=PEOPLE["judge"], by=OPERATOR)
        for role in ("organiser", "juror"):
            grant_role(session, PEOPLE["judge"], role, by=OPERATOR, edition=OWN)
        add_juror(session, find_edition(session, world.registry, OWN), "juri", PEOPLE["judge"], by=OPERATOR, code="J5")
    world.do(assign_pairs, "penilaian", [(world.found["shared_entry"], "J5")])
    world.do(accept_assignment, "penilaian", world.found["shared_entry"], "J5")


def _plant_in_entries(world: World) -> None:
    """Write into entries that were handed in, and over the name of a juror: past the engine, which would refuse it."""
    shared = {
        "title": planted("judulinstansilain"),
        "people": [planted("timinstansilain")],
        "answers": {"ringkasan": planted("teksinstansilain")},
    }
    beyond = {"title": planted("juduldiluartugas"), "answers": {"ringkasan": planted("tekstakditugaskan")}}
    entry, person = table_of(EntryRow), table_of(Person)
    with world.database.write() as session:
        session.execute(update(entry).where(entry.c.code == world.found["shared_entry"]).values(shared))
        session.execute(update(entry).where(entry.c.code == world.found["unassigned_entry"]).values(beyond))
        session.execute(update(person).where(person.c.email == "j2@kota.test").values(name=planted("namajuri")))


def _accounts(world: World) -> None:
    """Plant what accounts, mails and working copies hide, and sign everybody in."""
    with world.database.write() as session:
        add_person(session, name="Kartika Ketua", email="chair@kota.test", by=OPERATOR)
        grant_role(session, "chair@kota.test", "panel_chair", by=OPERATOR, edition=OWN)
        relate(session, "j3@kota.test", "Dinas Pendidikan", planted("hubungan"), by=OPERATOR)
        juror = find_person(session, "j2@kota.test")
        words = {"subject": planted("suratjudul"), "text": planted("suratisi")}
        queue_mail(session, "message", juror, by=OPERATOR, values=words)
        for slug in (OWN, OTHER):
            copy = look_at_copy(session, world.registry, slug)
            save_copy(session, slug, copy.text + f"# {planted('aturanbaru')}\n", by=OPERATOR, seen=copy.seen)
        _second_factor(world, session, juror.email)
        begin_session(session, data='{"x": "kenaridatasesi"}', person=juror.id, agent=planted("peramban"))
        world.secrets["token of a link"] = make_link(session, juror.id)
        for role, email in PEOPLE.items():
            if email:
                actor = actor_of(session, email)
                rights = digest_of_rights(actor.grants)
                world.tokens[role] = begin_session(
                    session, data="{}", person=actor.person, rights=rights, second_factor=True
                )


def _second_factor(world: World, session: Any, email: str) -> None:
    secret, by = new_secret(), actor_of(session, email)
    codes = turn_on_second_factor(session, email, secret, pyotp.TOTP(secret).at(now()), by=by, vault=Vault(SECRET_KEY))
    world.secrets.update({"secret of an authenticator": secret, "recovery code": codes[0]})


def _read_secrets(world: World, session: Any) -> None:
    """Note what stands in the database and must never leave it, as it stands there."""
    kept = {
        "hash of a password": select(Credential.password),
        "encrypted secret": select(SecondFactor.secret),
        "hash of a recovery code": select(RecoveryCode.sha256),
        "hash of a session": select(WebSession.sha256),
        "hash of a link": select(SignInLink.sha256),
    }
    for name, found in kept.items():
        for number, value in enumerate(session.scalars(found)):
            world.secrets[f"{name} {number}"] = value
    for role, token in world.tokens.items():
        world.secrets[f"session of {role}"] = token
