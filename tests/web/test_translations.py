"""Every text of the pages is in Bahasa Indonesia and in English, and none escapes the catalogue."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask.testing import FlaskClient
from jinja2 import Environment, nodes

ROOT = Path(__file__).resolve().parents[2]
WEBAPP = ROOT / "webapp"
CATALOGUE = WEBAPP / "translations" / "id" / "LC_MESSAGES" / "messages.po"
TEMPLATES = sorted((WEBAPP / "templates").rglob("*.html"))
SCREENS = ("account", "admin", "entrant", "juror", "organiser", "public", "checks.py", "forms.py", "frame.py")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")
MARKS = {"_", "gettext", "ngettext", "pgettext", "lazy_gettext", "lazy_pgettext", "later"}
SEEN_ATTRIBUTES = {"alt", "aria-label", "placeholder", "title"}
LIKE_A_TEXT = re.compile(r"[A-Z][a-z]+([ ,.:;!?…].*|$)", re.DOTALL)
ENGINE = {"ActionRefused", "Conflict", "DefinitionError", "Fault", "InputRefused", "NotFound", "Problem", "at"}
"""What the engine says is in English, and marked as such where an Indonesian page shows it."""

NAMES = {"Juri", "Bahasa Indonesia", "English", "Mac OS", "Python", "Samsung Internet", "WhatsApp"}
"""Names stay as they are in every language."""

SILENT = {"code", "kbd", "script", "style"}
"""What is written for machines, and the words on a keyboard."""

SAMPLES = {"gallery.html"}
"""Not served to users: every component once, with sample data."""


@pytest.fixture
def extracted(tmp_path: Path) -> Catalog:
    path = tmp_path / "messages.pot"
    tools = Path(sys.executable).parent
    uncounted = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}  # noqa: TID251  it runs no line of ours
    subprocess.run(["make", "--silent", "messages", f"POT={path}", f"BIN={tools}"], cwd=ROOT, env=uncounted, check=True)
    return catalogue_of(path)


@pytest.fixture(scope="session")
def indonesian() -> Catalog:
    return catalogue_of(CATALOGUE)


def catalogue_of(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale="id")


def forms_of(text: object) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(map(str, text))  # type: ignore[arg-type]  # one or several forms


def keys_of(catalogue: Catalog) -> set[tuple[str, ...]]:
    return {(message.context or "", *forms_of(message.id)) for message in catalogue if message.id}


def messages_of(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def test_the_catalogue_holds_exactly_the_texts_of_the_pages(extracted, indonesian):
    wanted, held = keys_of(extracted), keys_of(indonesian)
    assert (sorted(wanted - held), sorted(held - wanted)) == ([], []), (
        "run: make translations, and translate what is new"
    )


def test_every_text_has_its_indonesian(indonesian):
    assert [m.id for m in messages_of(indonesian) if not all(forms_of(m.string))] == []


def test_no_translation_is_a_guess(indonesian):
    assert [m.id for m in messages_of(indonesian) if m.fuzzy] == []


def test_indonesian_has_one_form_for_any_number(indonesian):
    assert indonesian.num_plurals == 1
    assert {len(forms_of(m.string)) for m in messages_of(indonesian)} == {1}


def test_a_translation_fills_in_what_its_text_fills_in(indonesian):
    def filled(text: str) -> list[str]:
        return sorted(set(PLACEHOLDER.findall(text)))

    differing = {
        m.id: forms_of(m.string)
        for m in messages_of(indonesian)
        if filled(forms_of(m.id)[-1]) != filled(forms_of(m.string)[0])
    }
    assert differing == {}


def test_a_translation_ends_as_its_text_ends(indonesian):
    def ending(text: str) -> str:
        return text[-1:] if text.endswith((".", "?", "…", ":")) else ""

    differing = [m.id for m in messages_of(indonesian) if ending(forms_of(m.id)[-1]) != ending(forms_of(m.string)[0])]
    assert differing == []


def test_what_is_served_was_compiled_from_what_is_written(indonesian):
    compiled = BytesIO()
    with CATALOGUE.open("rb") as file:
        write_mo(compiled, read_po(file, locale="id"))
    assert CATALOGUE.with_suffix(".mo").read_bytes() == compiled.getvalue()


class Seen(HTMLParser):
    """What a person sees or hears of a page: texts, and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent = tag if tag in SILENT else ""
        self.found += [value or "" for name, value in attrs if name in SEEN_ATTRIBUTES]

    def handle_endtag(self, tag: str) -> None:
        self._silent = "" if tag == self._silent else self._silent

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def bare_texts(source: str) -> list[str]:
    """Find the words that stand in a template itself."""
    shown = re.sub(r"\{% block body_class %\}.*?\{% endblock %\}", "", source)
    without_code = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "\0", shown, flags=re.DOTALL)
    seen = Seen()
    seen.feed(re.sub(r"<([^<>]*)>", lambda tag: tag[0].replace("\0", " "), without_code))
    pieces = (piece.strip(" ,.;:()\n") for text in seen.found for piece in text.split("\0"))
    return [piece for piece in pieces if re.search(r"[^\W\d_]{2,}", piece) and piece not in NAMES]


def unmarked_constants(source: str) -> list[str]:
    """Find the strings in a template's expressions that read like a text and are not looked up."""
    tree = Environment(autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"]).parse(source)
    marked = {
        id(constant)
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Name) and call.node.name in MARKS
        for constant in call.find_all(nodes.Const)
    }
    compared = {id(constant) for each in tree.find_all(nodes.Compare) for constant in each.find_all(nodes.Const)}
    return [
        each.value
        for each in tree.find_all(nodes.Const)
        if isinstance(each.value, str) and id(each) not in marked | compared and reads_like_a_text(each.value)
    ]


def unmarked_strings(source: str) -> list[str]:
    """Find the strings of a module that read like a text, are no docstring, and are nowhere looked up in it."""
    tree = ast.parse(source)
    quiet = [inner for node in ast.walk(tree) if is_quiet(node) for inner in ast.walk(node)]
    known = {inner.value for inner in quiet if isinstance(inner, ast.Constant)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value not in known and " " in node.value and reads_like_a_text(node.value)
    ]


def is_quiet(node: ast.AST) -> bool:
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in MARKS | ENGINE


def reads_like_a_text(text: str) -> bool:
    return LIKE_A_TEXT.fullmatch(text) is not None and text.strip() not in NAMES


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(WEBAPP / "templates").as_posix())
def test_a_template_shows_no_text_that_is_not_looked_up(path):
    source = path.read_text(encoding="utf-8")
    found = [] if path.name in SAMPLES else [*bare_texts(source), *unmarked_constants(source)]
    assert found == []


def test_a_screen_says_nothing_that_is_not_looked_up():
    places = [WEBAPP / name for name in SCREENS]
    files = [file for place in places for file in (place.rglob("*.py") if place.is_dir() else [place])]
    found = {
        file.relative_to(WEBAPP).as_posix(): unmarked
        for file in sorted(files)
        if (unmarked := unmarked_strings(file.read_text(encoding="utf-8")))
    }
    assert found == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ('<p aria-label="Hello there">{{ _("Bye") }}</p>', ["Hello there"]),
        ('{{ button("Send it") }}{{ button(_("Send it"), "primary") }}', ["Send it"]),
        ('<p class="Big">{{ _("Bye") }} <code>Hello</code> 12 / A</p>{# Hello #}', []),
    ],
)
def test_a_text_outside_the_catalogue_would_be_seen(source, found):
    assert [*bare_texts(source), *unmarked_constants(source)] == found


def test_a_text_of_a_screen_outside_the_catalogue_would_be_seen():
    source = (
        '"""Say it."""\nflash("It is done.")\nflash(_("It is on its way."))\nraise InputRefused.at("x", "No way out")\n'
    )
    assert unmarked_strings(source) == ["It is done."]


@pytest.mark.parametrize(
    ("query", "language", "heading"),
    [
        ("", "id", "Hasil yang diterbitkan"),
        ("?lang=id", "id", "Hasil yang diterbitkan"),
        ("?lang=en", "en", "Published results"),
    ],
)
def test_the_public_home_is_written_in_the_language_that_was_asked_for(client_for, query, language, heading):
    assert read(client_for, "/" + query) == (200, language, heading)


@pytest.mark.parametrize(("query", "language", "heading"), [("", "id", "Masuk"), ("?lang=en", "en", "Sign in")])
def test_signing_in_is_written_in_the_language_that_was_asked_for(client_for, query, language, heading):
    assert read(client_for, "/account/sign-in" + query) == (200, language, heading)


def read(client_for: Callable[..., FlaskClient], address: str) -> tuple[int, str, str]:
    answer = client_for().get(address)
    language = re.search(r'<html lang="(\w+)"', answer.text)
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", answer.text, re.DOTALL)
    return answer.status_code, language[1] if language else "", heading[1].strip() if heading else ""


def test_no_text_is_both_a_plural_and_a_text_of_its_own(indonesian: Catalog) -> None:
    """A text by itself would be shown in the words of the plural, which needs a number that nobody gives."""
    plurals = {forms_of(message.id)[0] for message in messages_of(indonesian) if message.pluralizable}
    words = re.compile(r"""(?<![a-z])(?:_|gettext|later)\(\s*(["'])(.*?)\1""")
    alone = {found[1] for path in (*TEMPLATES, *WEBAPP.rglob("*.py")) for found in words.findall(path.read_text())}
    assert plurals & alone == set()
