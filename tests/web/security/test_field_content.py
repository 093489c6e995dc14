"""What is written into pages, links and forms, by people who mean no good."""

import re
import threading
from pathlib import Path

import pytest
from sqlalchemy import String, cast, literal, select, update
from werkzeug.serving import make_server

import juri.webapp
from juri.core.accounts.model import Mail
from juri.core.editions.verbs import find_edition
from juri.core.entries.answers import address_refusal
from juri.core.entries.model import EntryRow, Organization, RoleGrant
from juri.core.judging.conflicts import accept_assignment
from juri.core.models import MODELS
from juri.core.policy import Actor
from juri.core.storage.base import table_of

NOBODY, ORGANISER, JUROR = "nobody@kota.test", "organiser@kota.test", "j1@kota.test"
REFUSED = {400, 415}
OUR_OWN_TEXTS = {
    ("account/second_factor.py", "drawn"),  # a drawing of ours, of paths only
    ("language.py", "text"),  # the catalogue is ours; what is filled in is escaped
    ("language.py", "text % values"),  # nothing is filled in
}
OUR_OWN_MARKUP = ["' aria-invalid=\"true\"'"]
SCRIPT = "<script>alert(1)</script>"

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "//evil.example/account/",
    "/\\evil.example",
    "\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "\\\\evil.example",
    "//\\evil.example",
    "https://evil.example",
    "http://evil.example",
    "HTTPS://evil.example",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "http:\\\\evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "ftp://evil.example",
    "mailto:x@evil.example",
    "evil.example",
    "evil.example/account/",
    ".evil.example",
    "@evil.example",
    "/@evil.example",
    "//@evil.example",
    "//localhost@evil.example",
    "https://localhost@evil.example",
    "https://localhost.evil.example",
    "https://localhost:8000@evil.example",
    "//localhost%00.evil.example",
    "/%2F/evil.example",
    "/%2F%2Fevil.example",
    "/%5Cevil.example",
    "/%5C%5Cevil.example",
    "%2F%2Fevil.example",
    "/%09/evil.example",
    "/%0d%0aLocation:x",
    "/.//evil.example",
    "/..//evil.example",
    "/account/..//evil.example",
    "//evil%E3%80%82example",
    "/;@evil.example",
    "/nowhere?next=//evil.example",
    "#//evil.example",
    "/account/sign-in",
    "/account/sign-out",
    "/account/password",
    "/nowhere",
    "/static/../x",
    "/account//../evil",
    "account/",
    "./account/",
    "../account/",
    "/account/%00",
    "/account/%zz",
]


BLANKS = [
    " //evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/account/\r\nX: y",
    "\u2028//evil.example",
    "?next=https://evil.example",
    "/\u00a0/evil.example",
    "\uff48ttps://evil.example",
    "/account/ x",
    "",
    "/" * 2000,
]

ROOT = Path(juri.webapp.__file__).resolve().parent


def sign_in(client, password, email=ORGANISER, **fields):
    return client.post("/account/sign-in", data={"email": email, "password": password, **fields})


def test_field_42_nobody_is_sent_elsewhere(client_for):
    client, sent = client_for(NOBODY), {}
    for target in {*ELSEWHERE, *BLANKS}:
        answer = client.get("/account/sign-in", query_string={"next": target})
        sent[target] = (answer.status_code, answer.location)
    assert len(sent) >= 60
    assert {target: where for target, where in sent.items() if where != (302, "/account/")} == {}


def test_field_42_nobody_is_sent_elsewhere_after_signing_in(client_for, password):
    answer = sign_in(client_for(), password, email=NOBODY, next="//evil.example")
    assert (answer.status_code, answer.location) == (302, "/account/start")


def test_field_42_the_address_of_the_sign_in_page_cannot_plant_a_target_either(client_for, password):
    client = client_for()
    page = client.get("/account/sign-in?next=//evil.example").text
    assert "evil.example" not in re.sub(r'href="[^"]*"', "", page)


def test_field_43_no_form_of_any_route_is_taken_without_its_token(make_app, client_for, requests, content_of):
    app, wrong = make_app(csrf=True), []
    database = app.extensions["juri"].database
    for role in ("anonymous", "unit", "juror", "organiser", "administrator"):
        client, before = client_for(requests.email(role), app=app), content_of(database)
        for case in requests.cases(role):
            if case.route.method != "GET" and requests.lets_in(case):
                answer = client.open(case.url, method=case.route.method, data={"email": ORGANISER})
                if answer.status_code not in REFUSED:
                    wrong.append(f"{case} gives {answer.status_code}")
        if content_of(database) != before:
            wrong.append(f"{role} changes the database")
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 400), ("same-site", 400), ("same-origin", 302), ("none", 302)]
)
def test_field_43_a_browser_that_says_it_comes_from_another_site_is_refused(client_for, password, site, status):
    data = {"email": ORGANISER, "password": password}
    answer = client_for().post("/account/sign-in", data=data, headers={"Sec-Fetch-Site": site})
    assert answer.status_code == status
    assert client_for().get("/account/sign-in", headers={"Sec-Fetch-Site": site}).status_code == 200


def test_field_43_with_its_token_a_form_is_taken(make_app, password):
    client = make_app(csrf=True).test_client()
    page = client.get("/account/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    assert sign_in(client, password, csrf_token=token).location == "/account/start"


def test_field_43_the_token_of_one_browser_is_nothing_in_another(make_app, password):
    app = make_app(csrf=True)
    page = app.test_client().get("/account/sign-in").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    other = app.test_client()
    other.get("/account/sign-in")
    assert sign_in(other, password, csrf_token=token).status_code == 400


def test_field_38_nothing_becomes_markup_but_what_we_write_ourselves():
    templates = {file.name: file.read_text(encoding="utf-8") for file in (ROOT / "templates").rglob("*.html")}
    unescaped = [
        (name, found)
        for name, text in sorted(templates.items())
        for found in re.findall(r"[^{%(]*\|\s*safe\b|autoescape\s+false", text)
    ]
    assert [found.strip(" (").split("|")[0].strip() for _, found in unescaped] == OUR_OWN_MARKUP
    made = {
        (file.relative_to(ROOT).as_posix(), found)
        for file in ROOT.rglob("*.py")
        for found in re.findall(r"Markup\(([^)]*)\)", file.read_text(encoding="utf-8"))
    }
    written_out = re.compile(r"[\"']")
    assert {each for each in made if not written_out.match(each[1])} == OUR_OWN_TEXTS


PAYLOAD = """x"><img src=x onerror=alert(1)><svg onload=alert(2)>'-alert(3)-'{{7*7}}<script>alert(4)</script>"""
WRITTEN = {"name", "title", "unit", "reason", "note", "agent", "problem", "said_by", "region", "subject", "signer"}
"""Columns of any table that hold what people wrote."""
OF_OURS = {"audit_event", "stage_record", "award"}
"""Tables whose texts are codes of ours."""


@pytest.fixture
def hostile_app(copy_of_world, app_on):
    """Return the application on a world in which everybody wrote markup into everything."""
    database = copy_of_world("hostile")
    with database.write() as session:
        for table in (table_of(model) for model in MODELS if model.__tablename__ not in OF_OURS):
            key = next(iter(table.primary_key.columns))
            for column in (each for each in table.columns if each.name in WRITTEN):
                told_apart = column.name == "name"
                value = cast(key, String) + literal(PAYLOAD) if told_apart else PAYLOAD
                session.execute(update(table).values({column.name: value}))
        agency = (
            select(table_of(Organization).c.name)
            .where(table_of(Organization).c.name.startswith("1x"))
            .scalar_subquery()
        )
        session.execute(update(table_of(RoleGrant)).where(RoleGrant.organization != "").values(organization=agency))
        written = {"people": [PAYLOAD], "answers": {"ringkasan": PAYLOAD}}
        session.execute(update(table_of(EntryRow)).values(written))
        session.execute(update(table_of(Mail)).values(body=PAYLOAD + "{name}", placeholders={"name": PAYLOAD}))
    return app_on(database)


@pytest.fixture
def hostile_url(hostile_app):
    """Serve it over HTTP."""
    server = make_server("127.0.0.1", 0, hostile_app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.browser
@pytest.mark.longest
def test_field_37_names_that_are_markup_run_nowhere(hostile_app, hostile_url, requests, as_role, browser):
    said, raw, opened = [], [], set()
    for role in ("organiser", "administrator", "juror", "unit", "anonymous"):
        page = browser_page(browser, hostile_url, requests.world.tokens.get(role))
        page.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
        page.on("console", lambda line: said.append(line.text) if "Content Security Policy" in line.text else None)
        for case in requests.cases(role):
            if case.route.method == "GET" and case.route.endpoint not in opened and requests.lets_in(case):
                with as_role(role, hostile_app).get(case.url) as answer:
                    body, is_page = answer.data, answer.mimetype == "text/html"
                raw += [case.url] if b"<img src=x" in body and is_page else []
                if b"&lt;img src=x" in body and "Content-Disposition" not in answer.headers:
                    opened.add(case.route.endpoint)
                    page.goto(case.url, wait_until="load")
        page.context.close()
    assert (raw, said) == ([], [])
    assert len(opened) > 20


def browser_page(browser, url, token):
    context = browser.new_context(base_url=url, locale="id-ID")
    if token:
        context.add_cookies([{"name": "juri_session", "value": token, "url": url}])
    return context.new_page()


def test_field_39_two_versions_of_a_sheet_stand_side_by_side_as_text(web_bench, client_for):
    with web_bench.database.write() as session:
        running = find_edition(session, web_bench.registry, "kota-2026")
        accept_assignment(session, running, "penilaian", "K-01", "J1", by=Actor.operator("test"))
    client, address = client_for(JUROR), "/juror/kota-2026/penilaian/K-01/"
    sheet = {"c_manfaat-value": "70", "c_manfaat-comment": SCRIPT, "version": "0"}
    first = client.post(address, data={**sheet, "key": "key-of-the-first", "act": "draft"})
    second = client.post(address, data={**sheet, "c_manfaat-comment": SCRIPT + "2", "key": "key-of-the-second"})
    assert (first.status_code, second.status_code) == (302, 409)
    assert SCRIPT not in second.text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;2" in second.text


@pytest.mark.parametrize(
    "typed", ["javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "data:text/html,x", "vbscript:x",
              "//evil.example", "https:evil.example", "ftp://x.example", "https://", "https://a b.example", "x"]
)  # fmt: skip
def test_field_41_an_answer_that_is_to_be_a_link_leads_to_a_page_and_runs_nothing(typed):
    assert address_refusal(typed) == f"'{typed}' is not the address of a page; write https://..."
    assert address_refusal("https://example.go.id/a?b=c") == ""
