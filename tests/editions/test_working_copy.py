"""Working copies: changed in the browser, one revision for each save, put in force when nothing is unknown."""

import json

import pytest
from sqlalchemy import select

from juri.core.audit.checker import verify
from juri.core.audit.model import AuditEvent
from juri.core.editions.loader import load_edition
from juri.core.editions.verbs import find_document, install_edition
from juri.core.editions.working import (
    Seen,
    begin_copy,
    discard_copy,
    find_copy,
    has_copy,
    install_copy,
    list_copies,
    load_copy,
    look_at_copy,
    save_copy,
    saved_copies,
    text_of_version,
)
from juri.core.errors import ActionRefused, Conflict, DefinitionError, InputRefused, NotFound
from juri.core.policy import Actor, Grant
from juri.core.storage.database import Database
from juri.core.storage.migrate import migrate

OPERATOR = Actor.operator("test")
ORGANISER = Actor("sari@kota.test", frozenset({Grant("organiser", "kota-2026")}), 7)
STRANGER = Actor("other@kota.test", frozenset({Grant("organiser", "lain-2026")}), 8)
WHOLE = {
    "juri": 1,
    "edition": "kota-2026",
    "name": "Kota 2026",
    "stages": [{"id": "registration", "kind": "registration"}],
}
DRAFT = json.dumps({**WHOLE, "unknown": ["form"]})


@pytest.fixture
def database(database_url):
    found = Database(database_url)
    migrate(found)
    yield found
    found.dispose()


@pytest.fixture
def act(database):
    """Call a verb in a transaction of its own."""

    def call(verb, *args, **options):
        with database.write() as session:
            return verb(session, *args, **options)

    return call


@pytest.fixture
def copy(database):
    def read(slug="kota-2026"):
        with database.read() as session:
            return find_copy(session, slug)

    return read


def test_each_save_is_a_revision_that_says_who_and_what(act, database, copy):
    assert act(begin_copy, "kota-2026", DRAFT, by=ORGANISER, note="from nothing") == 1
    assert act(save_copy, "kota-2026", DRAFT + "\n", by=ORGANISER, seen=Seen(1), note="one line more") == Seen(2)
    assert (copy().seen, copy().text, copy().is_installed) == (Seen(2), DRAFT + "\n", False)
    with database.read() as session:
        told = [(each.version, each.note, each.written_by) for each in saved_copies(session, "kota-2026")]
        assert told == [(2, "one line more", "sari@kota.test"), (1, "from nothing", "sari@kota.test")]
        assert text_of_version(session, "kota-2026", 1) == DRAFT
        with pytest.raises(NotFound):
            text_of_version(session, "kota-2026", 9)


def test_saving_the_same_again_is_no_revision(act, copy):
    act(begin_copy, "kota-2026", DRAFT, by=ORGANISER)
    assert act(save_copy, "kota-2026", DRAFT, by=ORGANISER, seen=Seen(1)) == Seen(1)
    assert copy().seen == Seen(1)


def test_of_two_who_save_at_once_one_is_told_both_texts(act, copy):
    act(begin_copy, "kota-2026", DRAFT, by=ORGANISER)
    act(save_copy, "kota-2026", DRAFT + "# mine\n", by=ORGANISER, seen=Seen(1))
    with pytest.raises(Conflict) as refused:
        act(save_copy, "kota-2026", DRAFT + "# yours\n", by=OPERATOR, seen=Seen(1))
    conflict = refused.value
    assert (conflict.theirs, conflict.yours, conflict.version) == (DRAFT + "# mine\n", DRAFT + "# yours\n", 2)
    assert copy().text == DRAFT + "# mine\n"


def test_a_text_with_faults_is_kept_and_one_that_is_no_yaml_is_not(act, copy):
    act(begin_copy, "kota-2026", DRAFT, by=ORGANISER)
    faulty = json.dumps({**WHOLE, "stages": [{"id": "x", "kind": "nonsense"}]})
    assert act(save_copy, "kota-2026", faulty, by=ORGANISER, seen=Seen(1)) == Seen(2)
    with pytest.raises(DefinitionError):
        act(save_copy, "kota-2026", "edition: [", by=ORGANISER, seen=Seen(2))
    with pytest.raises(InputRefused, match="stays it"):
        act(save_copy, "kota-2026", json.dumps({**WHOLE, "edition": "other"}), by=ORGANISER, seen=Seen(2))
    assert copy().seen == Seen(2)


def test_an_organiser_works_on_own_editions_only(act):
    act(begin_copy, "kota-2026", DRAFT, by=ORGANISER)
    for call in (
        lambda: act(begin_copy, "kota-2027", DRAFT, by=ORGANISER),
        lambda: act(save_copy, "kota-2026", DRAFT + "#", by=STRANGER, seen=Seen(1)),
        lambda: act(discard_copy, "kota-2026", by=STRANGER),
    ):
        with pytest.raises(ActionRefused):
            call()


def test_an_id_is_taken_once(act, builtin_registry):
    with pytest.raises(InputRefused, match="is no id"):
        act(begin_copy, "Kota 2026", DRAFT, by=OPERATOR)
    act(begin_copy, "kota-2026", DRAFT, by=ORGANISER)
    with pytest.raises(InputRefused, match="somebody works"):
        act(begin_copy, "kota-2026", DRAFT, by=OPERATOR)
    act(save_copy, "kota-2026", json.dumps(WHOLE), by=ORGANISER, seen=Seen(1))
    act(install_copy, builtin_registry, "kota-2026", by=ORGANISER, seen=Seen(2))
    with pytest.raises(InputRefused, match="installed already"):
        act(begin_copy, "kota-2026", DRAFT, by=OPERATOR)


def test_an_edition_is_installed_when_nothing_is_unknown(act, builtin_registry, copy, database):
    act(begin_copy, "kota-2026", DRAFT, by=ORGANISER)
    with pytest.raises(ActionRefused) as refused:
        act(install_copy, builtin_registry, "kota-2026", by=ORGANISER, seen=Seen(1))
    assert refused.value.reasons == ("fill in what is unknown first", "form is unknown: supply it")
    act(save_copy, "kota-2026", json.dumps(WHOLE), by=ORGANISER, seen=Seen(1))
    with pytest.raises(Conflict):
        act(install_copy, builtin_registry, "kota-2026", by=ORGANISER, seen=Seen(1))
    act(install_copy, builtin_registry, "kota-2026", by=ORGANISER, seen=Seen(2))
    assert (copy().seen, copy().is_installed) == (Seen(2, 1), True)
    with database.read() as session:
        assert find_document(session, builtin_registry, "kota-2026").source_text == json.dumps(WHOLE)
    with pytest.raises(ActionRefused, match="installed already"):
        act(install_copy, builtin_registry, "kota-2026", by=ORGANISER, seen=Seen(2, 1))


def test_an_edition_with_faults_is_not_installed(act, builtin_registry):
    act(begin_copy, "kota-2026", json.dumps({**WHOLE, "limits": [{}]}), by=ORGANISER)
    with pytest.raises(DefinitionError):
        act(install_copy, builtin_registry, "kota-2026", by=ORGANISER, seen=Seen(1))


def test_a_copy_that_is_laid_aside_is_begun_anew_from_what_is_in_force(act, builtin_registry, copy, database):
    act(begin_copy, "kota-2026", json.dumps(WHOLE), by=ORGANISER)
    act(install_copy, builtin_registry, "kota-2026", by=ORGANISER, seen=Seen(1))
    act(save_copy, "kota-2026", DRAFT, by=ORGANISER, seen=Seen(1, 1))
    act(discard_copy, "kota-2026", by=ORGANISER)
    with pytest.raises(NotFound):
        copy()
    with database.read() as session:
        again = look_at_copy(session, builtin_registry, "kota-2026")
    assert (again.text, again.seen) == (json.dumps(WHOLE), Seen(2, 1))
    assert act(save_copy, "kota-2026", DRAFT + "# new\n", by=ORGANISER, seen=again.seen) == Seen(3, 1)
    assert copy().text == DRAFT + "# new\n"


def test_nothing_is_written_by_looking_and_the_first_save_begins_the_copy(act, database, builtin_registry, copy):
    act(install_edition, load_edition(json.dumps(WHOLE), builtin_registry), by=OPERATOR)
    with database.read() as session:
        seen = look_at_copy(session, builtin_registry, "kota-2026").seen
        assert (seen, has_copy(session, "kota-2026")) == (Seen(0, 1), False)
    with pytest.raises(Conflict, match="revision 1 is in force"):
        act(save_copy, "kota-2026", DRAFT, by=ORGANISER, seen=Seen(0, 2))
    assert act(save_copy, "kota-2026", DRAFT, by=ORGANISER, seen=seen) == Seen(1, 1)
    with pytest.raises(Conflict, match="saved version 1 meanwhile"):
        act(save_copy, "kota-2026", DRAFT + "#", by=OPERATOR, seen=seen)


def test_a_copy_may_extend_an_edition_that_is_installed(act, builtin_registry, database):
    act(begin_copy, "kota-2026", json.dumps(WHOLE), by=OPERATOR)
    act(install_copy, builtin_registry, "kota-2026", by=OPERATOR, seen=Seen(1))
    child = {"juri": 1, "edition": "kota-2027", "extends": "kota-2026", "name": "Kota 2027"}
    act(begin_copy, "kota-2027", json.dumps(child), by=OPERATOR)
    with database.read() as session:
        loaded = load_copy(session, builtin_registry, find_copy(session, "kota-2027"))
        assert (loaded.edition.stage_ids, loaded.edition.name.id) == (("registration",), "Kota 2027")
        assert [each.slug for each in list_copies(session)] == ["kota-2026", "kota-2027"]
        assert (has_copy(session, "kota-2027"), has_copy(session, "kota-2028")) == (True, False)


def test_an_installed_edition_whose_files_are_gone_is_worked_on_as_a_whole(act, builtin_registry, tmp_path, database):
    (tmp_path / "base.yaml").write_text(json.dumps({**WHOLE, "edition": "base"}))
    (tmp_path / "kota-2026.yaml").write_text("juri: 1\nedition: kota-2026\nextends: base\nname: Kota\n")
    act(install_edition, load_edition(tmp_path / "kota-2026.yaml", builtin_registry), by=OPERATOR)
    with database.read() as session:
        text = look_at_copy(session, builtin_registry, "kota-2026").text
    assert text == ("juri: 1\nedition: kota-2026\nname: Kota\nstages:\n  - {id: registration, kind: registration}\n")


def test_every_save_stands_in_the_trail(act, database, builtin_registry):
    act(begin_copy, "kota-2026", json.dumps(WHOLE), by=ORGANISER)
    act(save_copy, "kota-2026", json.dumps(WHOLE) + "\n", by=ORGANISER, seen=Seen(1))
    act(install_copy, builtin_registry, "kota-2026", by=ORGANISER, seen=Seen(2))
    act(discard_copy, "kota-2026", by=ORGANISER)
    with database.read() as session:
        assert session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)).all() == [
            "draft.begin", "draft.save", "edition.install", "draft.in_force", "draft.discard",
        ]  # fmt: skip
        assert verify(session).whole
