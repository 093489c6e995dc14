"""Changing a rubric that is in use: what it does is shown first, and nothing is written before it is confirmed."""

from __future__ import annotations

import html
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from juri.core.audit.checker import verify
from juri.core.audit.model import AuditEvent
from juri.core.editions.verbs import find_edition
from juri.core.editions.working import look_at_copy, save_copy
from juri.core.entries.people import actor_of
from juri.core.judging.assignments import assigned_pairs
from juri.core.judging.forms import find_filled
from juri.core.judging.model import ScorecardRevision
from juri.core.judging.scorecards import prepare_scorecard, submit_scorecard
from juri.core.policy import Actor
from juri.core.stages.verbs import close_stage
from juri.webapp.workbench import Workbench

EDITION, STAGE = "kota-2026", "penilaian"
OPERATOR = Actor.operator("test")
FORCE = f"/organiser/{EDITION}/edit/force"

MARKS = {"K-01": (90, 50, 50), "K-02": (60, 90, 80), "K-04": (50, 50, 50)}
"""Of three jurors each: benefit, novelty, sustainability. With 50, 30 and 20 percent they make 70, 73 and 50."""

HEAVIER = {"weight: 50,": "weight: 80,", "weight: 30}": "weight: 10}", "weight: 20}": "weight: 10}"}
"""With 80, 10 and 10 percent the same marks make 82, 65 and 50."""

ANOTHER_WORDING = {"name: Manfaat,": "name: Manfaat bagi warga,"}
ONE_MORE = {"weight: 20}": "weight: 10}\n      - {id: biaya, name: Biaya, weight: 10}"}


@pytest.fixture(scope="module")
def scored(kota_template, tmp_path_factory) -> Path:
    """Return the edition with nine scorecards sent, by three jurors for each of three entries."""
    path = tmp_path_factory.mktemp("scored") / "kota.db"
    shutil.copyfile(kota_template, path)
    bench = Workbench(None, f"sqlite:///{path}")
    with bench.database.write() as session:
        running = find_edition(session, bench.registry, EDITION)
        for entry, juror in sorted(assigned_pairs(session, running, STAGE)):
            if entry in MARKS:
                answers = dict(zip(("manfaat", "kebaruan", "keberlanjutan"), map(str, MARKS[entry]), strict=True))
                sheet = prepare_scorecard(session, running, stage=STAGE, entry=entry, juror=juror, answers=answers)
                submit_scorecard(session, running, sheet, by=OPERATOR, version=0)
    bench.database.dispose()
    return path


@pytest.fixture
def web_bench(scored, bench_on):
    """Let the pages work on a fresh copy of the scored edition."""
    return bench_on(scored)


class Rules:
    """The organiser at the rules of the edition."""

    def __init__(self, bench: Workbench, client: Any) -> None:
        self.bench = bench
        self.client = client

    def change(self, swaps: dict[str, str]) -> None:
        """Save a working copy with other words in its text."""
        with self.bench.database.write() as session:
            copy = look_at_copy(session, self.bench.registry, EDITION)
            text = copy.text
            for before, after in swaps.items():
                assert before in text
                text = text.replace(before, after, 1)
            save_copy(session, EDITION, text, by=actor_of(session, "organiser@kota.test"), seen=copy.seen)

    def look(self) -> str:
        answer = self.client.get(FORCE)
        assert answer.status_code == 200
        return answer.text

    def confirm(self, page: str, reason: str = "keputusan panitia", **more: str) -> Any:
        """Send the form of a page that was looked at."""
        hidden = dict(re.findall(r'<input type="hidden" name="(seen|revision)" value="([^"]*)"', page))
        return self.client.post(FORCE, data={**hidden, "reason": reason, **more})

    def state(self) -> tuple[int, int, int]:
        """Return what must not change by looking: the revision in force, and how many scorecards and acts are kept."""
        with self.bench.database.read() as session:
            cards, acts = (
                session.scalar(select(func.count()).select_from(table)) or 0
                for table in (ScorecardRevision, AuditEvent)
            )
            return find_edition(session, self.bench.registry, EDITION).revision, cards, acts

    def totals(self) -> dict[str, set[str | None]]:
        """Return the totals of each entry's scorecards in force."""
        with self.bench.database.read() as session:
            running = find_edition(session, self.bench.registry, EDITION)
            found: dict[str, set[str | None]] = {entry: set() for entry in MARKS}
            for entry, juror in assigned_pairs(session, running, STAGE):
                if entry in MARKS:
                    found[entry].add(find_filled(session, running, STAGE, entry, juror).revisions[-1].total)
            return found


@pytest.fixture
def rules(web_bench, client_for):
    return Rules(web_bench, client_for("organiser@kota.test"))


def figures(page: str) -> dict[str, str]:
    """Return the big figures of a page by their names."""
    return dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page))


def said(page: str) -> str:
    """Return the words of a page, without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def moves(page: str) -> list[list[str]]:
    """Return the rows of the first table."""
    rows = page.partition("<tbody")[2].partition("</tbody>")[0].split("</tr>")[:-1]
    return [[said(cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in rows]


def test_a_change_of_weights_says_how_many_scores_and_ranks_it_touches_and_writes_nothing_yet(rules):
    rules.change(HEAVIER)
    before = rules.state()
    page = rules.look()
    assert figures(page) == {"Nilai yang berubah": "6", "Peringkat bergeser": "2", "Kembali ke juri": "0"}
    assert moves(page) == [
        ["K-01 Antrean Puskesmas Tanpa Kertas", "2", "1", "70,00", "82,00", "naik 1"],
        ["K-02 Posyandu Keliling", "1", "2", "73,00", "65,00", "turun 1"],
    ]
    assert rules.state() == before


def test_what_changes_is_named_as_people_know_it(rules):
    rules.change(
        {**HEAVIER, "name: {id: Penilaian Proposal, en: Scoring of proposals}": "name: {id: Penilaian, en: Scoring}"}
    )
    listed = rules.look().partition('<ul class="changes">')[2]
    places = [said(each).partition(" rubrics.")[0].partition(" stages.")[0] for each in listed.split("<li>")[1:5]]
    assert places == [
        "Rubrik / Rubrik Kota / Aspek / Manfaat / Bobot",
        "Rubrik / Rubrik Kota / Aspek / Kebaruan / Bobot",
        "Rubrik / Rubrik Kota / Aspek / Keberlanjutan / Bobot",
        "Tahap / Penilaian / Nama / English",
    ]


def test_once_confirmed_every_scorecard_is_scored_again_with_the_reason(rules):
    rules.change(HEAVIER)
    revision, cards, _ = rules.state()
    answer = rules.confirm(rules.look(), "keputusan pleno 7")
    assert (answer.status_code, answer.location) == (303, FORCE)
    assert rules.totals() == {"K-01": {"82"}, "K-02": {"65"}, "K-04": {"50"}}
    assert rules.state()[:2] == (revision + 1, cards + 9)
    page = said(rules.look())
    assert "Revisi 2 berlaku. 9 lembar nilai dihitung ulang." in page
    assert "Tidak ada: isinya sama dengan yang berlaku." in page
    with rules.bench.database.read() as session:
        assert verify(session).whole
        again = select(ScorecardRevision.reason).where(ScorecardRevision.version == 2)
        assert set(session.scalars(again)) == {"keputusan pleno 7"}


def test_another_wording_touches_no_score(rules):
    rules.change(ANOTHER_WORDING)
    page = rules.look()
    assert "Hanya perubahan kata: tidak ada nilai yang tersentuh" in said(page)
    assert figures(page) == {}
    cards = rules.state()[1]
    assert rules.confirm(page).status_code == 303
    assert rules.state()[:2] == (2, cards)
    assert "Revisi 2 berlaku. Tidak ada nilai yang tersentuh." in said(rules.look())


def test_a_new_aspect_sends_the_scorecards_back_to_their_jurors(rules):
    rules.change(ONE_MORE)
    page = rules.look()
    assert figures(page)["Kembali ke juri"] == "9"
    assert "9 lembar nilai kembali ke jurinya." in said(page)
    assert rules.confirm(page).status_code == 303
    assert rules.totals() == {entry: {None} for entry in MARKS}
    assert "9 kembali ke jurinya." in said(rules.look())


def test_without_a_reason_nothing_is_put_in_force_and_the_field_says_so(rules):
    rules.change(HEAVIER)
    before = rules.state()
    answer = rules.confirm(rules.look(), "  ")
    assert answer.status_code == 422
    assert '<p class="error" id="reason-error">' in answer.text
    assert rules.state() == before


def test_what_was_saved_meanwhile_is_shown_before_it_can_be_confirmed(rules):
    rules.change(HEAVIER)
    page = rules.look()
    rules.change({"name: Kebaruan,": "name: Kebaruan gagasan,"})
    before = rules.state()
    answer = rules.confirm(page)
    assert answer.status_code == 409
    told = said(answer.text)
    assert "ditambahkan: - {id: kebaruan, name: Kebaruan gagasan, weight: 10}" in told
    assert "keputusan panitia" in told
    assert rules.state() == before
    assert rules.confirm(answer.text).status_code == 303


def test_a_revision_that_came_first_is_told(rules):
    rules.change(HEAVIER)
    page = rules.look()
    assert rules.confirm(page, revision="7").status_code == 409
    assert rules.totals() == {"K-01": {"70"}, "K-02": {"73"}, "K-04": {"50"}}


def test_a_stage_that_is_over_keeps_its_rubric(rules):
    with rules.bench.database.write() as session:
        close_stage(session, find_edition(session, rules.bench.registry, EDITION), STAGE, by=OPERATOR)
    rules.change(HEAVIER)
    page = rules.look()
    assert "Tahap ini sudah selesai" in said(page)
    assert 'name="reason"' not in page
    seen = {"seen": "1.1", "revision": "1", "reason": "tetap saja"}
    answer = rules.client.post(FORCE, data=seen)
    assert (answer.status_code, rules.state()[0]) == (409, 1)


def test_a_working_copy_with_faults_cannot_be_put_in_force(rules):
    rules.change({"weight: 50,": "weight: 60,"})
    page = rules.look()
    assert "Perbaiki dahulu kesalahan ini Baris" in said(page)
    assert 'name="reason"' not in page
    answer = rules.client.post(FORCE, data={"seen": "1.1", "revision": "1", "reason": "tetap saja"})
    assert (answer.status_code, rules.state()[0]) == (422, 1)


def test_only_who_may_draft_the_rules_sees_the_page(rules, client_for):
    assert client_for("secretariat@kota.test").get(FORCE).status_code == 404
    assert client_for("auditor@kota.test").post(FORCE).status_code == 404


@pytest.mark.browser
@pytest.mark.parametrize("width", [375, 1280])
def test_in_a_browser_weights_are_changed_ranks_that_move_are_seen_and_confirmed(rules, page_for, axe_source, width):
    page = page_for("organiser@kota.test", width=width)
    page.goto(f"/organiser/{EDITION}/edit/rubrics/nilai")
    assert page.get_by_text("Rubrik ini sedang dipakai").is_visible()
    for place, weight in enumerate(("80", "10", "10")):
        page.locator("input[data-weight]").nth(place).fill(weight)
    page.get_by_role("button", name="Simpan dan lihat akibatnya").click()
    page.wait_for_url(f"**{FORCE}")
    seen = page.locator(".effects .stat").all_inner_texts()
    assert [text.split("\n")[:2] for text in seen] == [
        ["Nilai yang berubah", "6"], ["Peringkat bergeser", "2"], ["Kembali ke juri", "0"],
    ]  # fmt: skip
    rows = page.locator(".effects tbody").first.get_by_role("row")
    assert [" ".join(text.split()) for text in rows.all_inner_texts()] == [
        "K-01 Antrean Puskesmas Tanpa Kertas 2 1 70,00 82,00 naik 1",
        "K-02 Posyandu Keliling 1 2 73,00 65,00 turun 1",
    ]
    page.evaluate(axe_source)
    assert page.evaluate("async () => (await axe.run(document)).violations.map((each) => each.id)") == []
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert rules.totals() == {"K-01": {"70"}, "K-02": {"73"}, "K-04": {"50"}}
    page.get_by_label("Alasan").fill("keputusan pleno 7")
    page.get_by_role("button", name="Berlakukan", exact=True).click()
    assert page.get_by_text("Revisi 2 berlaku. 9 lembar nilai dihitung ulang.").is_visible()
    page.goto(f"/organiser/{EDITION}/standings/?stage={STAGE}")
    ranked = page.locator("tbody th a").all_inner_texts()
    assert (ranked[:2], rules.totals()) == (["K-01", "K-02"], {"K-01": {"82"}, "K-02": {"65"}, "K-04": {"50"}})
