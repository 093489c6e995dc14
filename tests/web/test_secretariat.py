"""Whom to ask for help stands at the same place on every page (WCAG 2.2, 3.2.6), and is never made up."""

from __future__ import annotations

import re

import pytest

from juri.core.editions.loader import load_edition, load_resolved
from juri.core.editions.verbs import find_document, find_edition, revise_edition
from juri.core.errors import DefinitionError, InputRefused
from juri.core.policy import Actor
from juri.webapp.contact import dialled

CONTACT = """
secretariat:
  name: {id: Sekretariat Lomba Kota, en: Secretariat of the City}
  phone: (021) 555 0100
  whatsapp: +62 812-5550-0100
  email: sekretariat@kota.test
  address: Jalan Merdeka 1, Kota
  hours: {id: "Senin-Jumat 08.00-16.00 WITA", en: "Monday to Friday 08:00-16:00 WITA"}
"""
PAGES = (
    ("organiser@kota.test", "/organiser/kota-2026"),
    ("organiser@kota.test", "/organiser/kota-2026/entries"),
    ("organiser@kota.test", "/organiser/kota-2026/edit"),
    ("organiser@kota.test", "/organiser/kota-2026/edit/part/secretariat"),
    ("j1@kota.test", "/juror/kota-2026/penilaian"),
    ("unit@kota.test", "/entrant/kota-2026"),
)
OF_NO_EDITION = (("", "/"), ("", "/account/sign-in"), ("admin@kota.test", "/admin/"), ("j1@kota.test", "/account/"))
GENERAL = "Perlu bantuan? Hubungi sekretariat kompetisi Anda."


@pytest.fixture
def with_contact(web_bench):
    """Put a revision with a secretariat in force, in the middle of the judging."""
    with web_bench.database.write() as session:
        found = find_document(session, web_bench.registry, "kota-2026")
        loaded = load_edition(found.source_text + CONTACT, web_bench.registry)
        running = find_edition(session, web_bench.registry, "kota-2026")
        revise_edition(session, running, loaded, by=Actor.operator("test"), reason="kontak")


def help_of(page):
    """Return the help of a page, which must stand once, in the footer, behind everything else."""
    footer = page.split('<footer class="footer">')[1]
    assert (page.count('<div class="help">'), footer.count('<div class="help">')) == (1, 1)
    return re.sub(r"\s+", " ", footer[: footer.index("</div>")])


def helps(client_for, pages, app=None):
    given = [app] if app else []
    return {help_of(client_for(email, *given).get(path, follow_redirects=True).text) for email, path in pages}


def test_every_page_of_the_edition_names_its_secretariat_at_the_same_place(with_contact, client_for):
    (said,) = helps(client_for, PAGES)
    for part in (
        "Sekretariat Lomba Kota, Senin-Jumat 08.00-16.00 WITA", 'href="tel:0215550100"', 'href="https://wa.me/6281255500100"',
        'href="mailto:sekretariat@kota.test"', "Jalan Merdeka 1, Kota",
    ):  # fmt: skip
        assert part in said
    (english,) = helps(client_for, [(email, f"{path}?lang=en") for email, path in PAGES[:1]])
    assert "Secretariat of the City, Monday to Friday" in english


def test_without_a_contact_there_is_the_general_sentence_and_no_number(client_for):
    for said in helps(client_for, (*PAGES, *OF_NO_EDITION)):
        assert (GENERAL in said, "href" in said) == (True, False)


def test_the_installation_may_name_a_contact_for_what_names_none(make_app, client_for, with_contact):
    app = make_app(contact_phone="(021) 555 0199", contact_name="Bagian Organisasi")
    (elsewhere,) = helps(client_for, OF_NO_EDITION, app)
    assert ("Bagian Organisasi" in elsewhere, 'href="tel:0215550199"' in elsewhere) == (True, True)
    assert all("Sekretariat Lomba Kota" in said for said in helps(client_for, PAGES, app))


def test_a_contact_in_the_settings_that_is_none_stops_the_start(make_app):
    with pytest.raises(InputRefused, match="JURI_CONTACT_EMAIL: Write an e-mail address"):
        make_app(contact_email="sekretariat")
    with pytest.raises(InputRefused, match="JURI_CONTACT_PHONE: Name at least one"):
        make_app(contact_name="Bagian Organisasi")


@pytest.mark.parametrize(
    ("contact", "fault"),
    [
        ("{name: Panitia}", "phone"),
        ("{whatsapp: 0812 5550 0100}", "write it from the +"),
        ("{email: panitia}", "write an e-mail address"),
        ("{phone: besok}", "write digits"),
        ("{fax: '1'}", "fax"),
    ],
)
def test_a_contact_by_which_nobody_is_reached_is_a_fault_with_its_place(web_bench, contact, fault):
    text = f"{{juri: 1, edition: e-2026, name: E, secretariat: {contact}, stages: [{{id: d, kind: registration}}]}}"
    with pytest.raises(DefinitionError, match=re.escape(fault)):
        load_edition(text, web_bench.registry)


def test_a_contact_is_inherited_and_shipped_editions_have_none(tmp_path, web_bench):
    (tmp_path / "induk.yaml").write_text(
        "juri: 1\nedition: induk\nname: Induk\nsecretariat: {phone: '021 555'}\nstages: [{id: d, kind: registration}]\n"
    )
    child = tmp_path / "anak.yaml"
    child.write_text("juri: 1\nedition: anak\nextends: induk.yaml\nname: Anak\nsecretariat: {email: anak@lomba.test}\n")
    loaded = load_edition(child, web_bench.registry)
    contact = load_resolved(loaded.data, web_bench.registry).secretariat
    assert (contact.phone, contact.email) == ("021 555", "anak@lomba.test")
    for definition in web_bench.registry.items["editions"].values():
        assert "secretariat:" not in definition.extension.read()


def test_a_number_is_dialled_without_what_people_write_for_the_eye():
    assert (dialled("(021) 555-0100"), dialled("+62 812.555")) == ("0215550100", "+62812555")
