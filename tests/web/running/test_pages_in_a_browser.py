"""Every page of organisers, administrators and the public in a real browser: readable, reachable, within its budget."""

from __future__ import annotations

import json
from itertools import cycle

import pytest

from juri.webapp.guard import POLICIES

AT = "/organiser/raya-2026"
STAGE = f"{AT}/stages/penilaian"
CUT = f"{AT}/stages/nominasi"
END = f"{AT}/stages/pengumuman"

PAGES = {
    "judging": {
        "organiser.home": ["/organiser/"],
        "organiser.board": [f"{AT}/"],
        "organiser.move": [f"{AT}/move/judging", f"{AT}/move/archived"],
        "organiser.stage": [f"{STAGE}/", f"{CUT}/"],
        "organiser.stage_open": [f"{CUT}/open"],
        "organiser.stage_close": [f"{STAGE}/close"],
        "organiser.remind": [f"{STAGE}/remind"],
        "organiser.entries": [f"{AT}/entries/", f"{AT}/entries/?words=nothing-fits"],
        "organiser.entry": [f"{AT}/entries/R-1/"],
        "organiser.disqualify": [f"{AT}/entries/R-1/disqualify"],
        "organiser.import_entries": [f"{AT}/entries/import"],
        "organiser.import_jurors": [f"{AT}/jurors/import"],
        "organiser.jurors": [f"{AT}/jurors/?stage=penilaian"],
        "organiser.jury": [f"{STAGE}/jury"],
        "organiser.conflicts": [f"{AT}/jurors/conflicts"],
        "organiser.message": [f"{AT}/jurors/message?juror=J1"],
        "organiser.opinions": [f"{STAGE}/entries?show=third&beyond=x", f"{STAGE}/entries?beyond=0"],
        "organiser.paper": [f"{STAGE}/paper/"],
        "organiser.type_paper": [f"{STAGE}/paper/of/J2"],
        "organiser.check_paper": [f"{STAGE}/paper/1"],
        "organiser.assignments": [f"{STAGE}/assignments?rule=balanced&seed=3", f"{STAGE}/assignments?replace=J1"],
        "organiser.standings": [f"{AT}/standings/"],
        "organiser.standing": [f"{AT}/standings/penilaian/R-1"],
        "organiser.what_if": [f"{AT}/what-if/penilaian?w:nilai:manfaat=70&w:nilai:kebaruan=30"],
        "organiser.firmness": [f"{AT}/firmness/penilaian?top=2"],
        "organiser.exports": [f"{AT}/exports/"],
        "organiser.screening": [f"{AT}/stages/administrasi/screening?show=all"],
        "public.home": ["/"],
    },
    "closed": {
        "organiser.decisions": [f"{AT}/decisions/"],
        "organiser.decide": [f"{CUT}/decide"],
        "organiser.ties": [f"{CUT}/ties"],
        "organiser.stage_recompute": [f"{CUT}/recompute"],
        "organiser.stage_seal": [f"{CUT}/seal", f"{STAGE}/seal"],
        "organiser.stage": [f"{CUT}/"],
    },
    "announcing": {
        "organiser.acts": [f"{AT}/stages/lapangan/acts/claim", f"{AT}/stages/wawancara/acts/slot"],
        "organiser.roll_call": [f"{AT}/stages/pleno/roll-call/attendance"],
        "organiser.stage_publish": [f"{END}/publish"],
        "organiser.stage_embargo": [f"{END}/embargo"],
        "organiser.stage_reopen": [f"{END}/reopen"],
        "organiser.preview": [f"{AT}/preview/pengumuman"],
        "organiser.entry": [f"{AT}/entries/R-1/"],
    },
    "published": {
        "admin.home": ["/admin/"],
        "admin.people": ["/admin/people"],
        "admin.invite": ["/admin/people/new"],
        "admin.person": ["/admin/people/2"],
        "admin.outbox": ["/admin/outbox"],
        "admin.mail": ["/admin/outbox/1"],
        "admin.audit": ["/admin/audit"],
        "admin.edition_audit": ["/admin/audit/edition/raya-2026"],
        "admin.plugins": ["/admin/plugins"],
        "admin.plugin": ["/admin/plugins/kinds.weighted"],
        "admin.jobs": ["/admin/jobs"],
        "public.home": ["/"],
        "public.result": ["/results/raya-2026"],
    },
}
FILES = {"organiser.export", "public.result_table"}
"""Answers that are no pages."""

ELSEWHERE = ("edit", "rubric", "create", "draft")
"""The pages on which the rules are edited have tests of their own."""

LOOKS = (("light", "id"), ("dark", "en"), ("dark", "id"), ("light", "en"))

SMALL_TARGETS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
    .filter((each) => each.checkVisibility() && each.type !== "hidden" && !each.closest(".vh, .skip"))
    .filter((each) => getComputedStyle(each).display !== "inline")
    .filter((each) => { const box = each.getBoundingClientRect(); return box.width < 23.9 || box.height < 23.9; })
    .map((each) => each.outerHTML.slice(0, 120))"""

SERIOUS = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .filter((each) => ["serious", "critical"].includes(each.impact))
    .map((each) => `${each.id}: ${each.nodes.map((node) => node.html).slice(0, 3).join(" | ")}`)"""


def test_the_pages_below_are_all_that_there_are(web_app):
    named = {endpoint for pages in PAGES.values() for endpoint in pages}
    there = {
        rule.endpoint for rule in web_app.url_map.iter_rules() if "GET" in rule.methods and rule.endpoint in POLICIES
    }
    ours = {each for each in there if each.partition(".")[0] in {"organiser", "admin", "public"}}
    own_tests = {each for each in ours if any(word in web_app.view_functions[each].__module__ for word in ELSEWHERE)}
    assert ours - own_tests - FILES == named


@pytest.fixture
def visit(page_for, live_server, axe_source):
    """Return a function that opens addresses as somebody, at a width, in a look, and says what is wrong with each."""

    def look_at(email, addresses, width, theme, language):
        page = page_for(email, width=width, theme=theme)
        page.context.add_cookies([{"name": "language", "value": language, "url": live_server.url}])
        wrong, said, loads = {}, [], []
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("response", lambda response: loads.append(response.url))
        for address in addresses:
            said.clear()
            loads.clear()
            status = page.goto(address).status
            found = [f"status {status}"] if status >= 400 and "archived" not in address else []
            found += said if status < 400 else []
            if page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"wider than {width}")
            found += page.evaluate(SMALL_TARGETS)
            page.evaluate(axe_source)
            found += page.evaluate(SERIOUS)
            found += [f"{len(loads)} requests"] if len(loads) > 12 else []
            if found:
                wrong[f"{address} {width} {theme} {language}"] = found
        return wrong

    return look_at


def close_the_cut(raya):
    from juri.core.stages.verbs import close_stage

    raya.do(close_stage, "nominasi")


def type_a_sheet(raya):
    from juri.core.judging.paper import type_sheet
    from juri.core.judging.scorecards import prepare_scorecard

    typed = {"stage": "penilaian", "entry": "R-2", "juror": "J1", "answers": {"manfaat": "80", "kebaruan": "70"}}
    raya.do(type_sheet, raya.look(lambda session, running: prepare_scorecard(session, running, **typed)), version=0)


def write_a_mail(raya):
    from juri.core.accounts.outbox import queue_mail
    from juri.core.entries.people import find_person
    from juri.core.policy import Actor

    with raya.database.write() as session:
        person = find_person(session, "j1@raya.test")
        values = {"subject": "Rapat", "text": "Besok."}
        queue_mail(session, "message", person, by=Actor.operator("test"), values=values)


@pytest.mark.browser
@pytest.mark.longest
@pytest.mark.parametrize(
    ("step", "pages", "email"),
    [
        ("judging", "judging", "oka@raya.test"),
        ("cutting", "closed", "oka@raya.test"),
        ("announcing", "announcing", "oka@raya.test"),
        ("published", "published", "admin@raya.test"),
    ],
)
def test_every_page_is_readable_reachable_and_within_its_budget(raya, visit, pages, email):
    if pages == "judging":
        type_a_sheet(raya)
    if pages == "closed":
        close_the_cut(raya)
    if pages == "published":
        write_a_mail(raya)
    addresses = [address for each in PAGES[pages].values() for address in each]
    wrong = {}
    looks = cycle(LOOKS)
    for start in range(2):  # every page on a small phone; a third of them wide, in another look
        width, (theme, language) = (320, 1280)[start], next(looks)
        wrong |= visit(email, addresses[:: 1 + 2 * start], width, theme, language)
    assert wrong == {}, json.dumps(wrong, indent=1)
