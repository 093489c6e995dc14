"""Access to what is not one's own: nobody opens, changes or even notices what the policy does not give them."""

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Blueprint

import juri.webapp.app
from juri.core.accounts.model import Account
from juri.core.editions.verbs import find_edition
from juri.core.entries.model import Person, RoleGrant
from juri.core.entries.people import actor_of, find_person, grant_role
from juri.core.errors import ActionRefused
from juri.core.judging.assignments import assign_pairs, assigned_pairs, recuse
from juri.core.judging.conflicts import accept_assignment
from juri.core.judging.model import ScorecardRevision, ScorecardRow
from juri.core.judging.narrowing import narrowed
from juri.core.judging.reminders import remind_jurors
from juri.core.judging.scorecards import prepare_scorecard, submit_scorecard
from juri.core.policy import Actor
from juri.core.stages.verbs import close_stage
from juri.webapp.guard import require_policies
from tests.web.signing import MADE_ANEW

ROOMS = [Path(juri.__path__[0]) / room for room in ("core", "plugins", "webapp")]
OPERATOR = Actor.operator("test")

pytestmark = pytest.mark.slow

ROLES = ["anonymous", "nobody", "unit", "local_admin", "juror", "panel_chair", "secretariat", "organiser", "auditor",
         "administrator", "judge", "of_a_stage"]  # fmt: skip


@pytest.fixture(params=ROLES)
def role(request):
    return request.param


@pytest.fixture
def client(as_role, role):
    return as_role(role)


def test_a_route_whose_arguments_nobody_knows_says_what_to_add(matrix, world, world_app):
    fresh = matrix.Route("organiser.fresh", "GET", frozenset({"edition", "planet"}), matrix.Needs(anyone=True))
    with pytest.raises(pytest.fail.Exception) as failed:
        matrix.address(world_app, fresh, matrix.places_of(world)[0])
    assert "the route organiser.fresh takes planet: say in VALUES of tests/web/security/matrix.py" in str(failed.value)


def said(answer, url):
    """Return an answer without what differs each time: date, token of its form, time left, the address asked for."""
    body = MADE_ANEW.sub(b"", answer.data)
    headers = [each for each in answer.headers if each[0] != "Date" and not each[1].startswith("juri_until=")]
    location = answer.headers.get("Location", "").replace(url.replace("/", "%2F"), "").replace(url, "")
    return (
        answer.status_code,
        [each for each in headers if each[0] != "Location"],
        location,
        body.replace(url.encode(), b""),
    )


def test_field_01_each_page_and_file_opens_for_the_roles_that_the_policy_names_and_for_nobody_else(
    matrix, requests, client, role, database_content
):
    wrong, tried = [], 0
    before = database_content()
    for case in requests.cases(role):
        if case.route.method == "GET":
            with client.get(case.url) as answer:
                tried, found = tried + 1, matrix.outcome(answer)
            if found != requests.expected(case):
                wrong.append(f"{case} is {found}, not {requests.expected(case)}")
    assert "\n".join(wrong) == ""
    assert tried > 100
    assert database_content() == before


def test_field_05_nothing_is_changed_by_who_may_not_change_it(matrix, requests, client, role, database_content):
    wrong, tried = [], 0
    for case in requests.cases(role):
        if case.route.method != "GET" and not requests.lets_in(case):
            before, tried = database_content(), tried + 1
            answer = client.open(case.url, method=case.route.method)
            if matrix.outcome(answer) != requests.expected(case):
                wrong.append(f"{case} gives {answer.status_code}")
            if database_content() != before:
                wrong.append(f"{case} changes the database")
    assert "\n".join(wrong) == ""
    assert tried > 30


def test_field_06_a_child_of_another_edition_is_not_there_as_one_that_is_nowhere(
    matrix, requests, client, role, database_content
):
    wrong, tried, before = [], 0, database_content()
    for elsewhere, nowhere in requests.nested(role):
        answers = [client.open(case.url, method=case.route.method) for case in (elsewhere, nowhere)]
        tried += 1
        if {matrix.outcome(answer) for answer in answers} - {"not found", "to sign in", matrix.HELD_BACK}:
            wrong.append(f"{elsewhere} gives {[answer.status_code for answer in answers]}")
        if said(answers[0], elsewhere.url) != said(answers[1], nowhere.url):
            wrong.append(f"{elsewhere} and {nowhere} differ")
    assert "\n".join(wrong) == ""
    assert tried > 50
    assert database_content() == before


def test_field_23_what_is_closed_to_somebody_and_what_is_not_there_are_one_answer(requests, client, role):
    wrong, tried = [], 0
    for closed, absent in requests.closed(role):
        answers = [client.open(case.url, method=case.route.method) for case in (closed, absent)]
        tried += 1
        if said(answers[0], closed.url) != said(answers[1], absent.url):
            wrong.append(f"{closed} and {absent} differ")
    assert "\n".join(wrong) == ""
    assert tried > 50


@pytest.mark.parametrize(("first", "second"), [("juror", "unit"), ("local_admin", "juror"), ("unit", "juror")])
@pytest.mark.parametrize("edition", ["kota-2026", ""])
def test_field_02_nobody_enters_and_judges_in_one_edition(web_bench, first, second, edition):
    def give(role, edition):
        agency = "" if role == "juror" else "Dinas Kesehatan"
        grant_role(session, "nobody@kota.test", role, by=OPERATOR, edition=edition, organization=agency)

    with web_bench.database.write() as session:
        give(first, edition)
        give(first, "laut-2026")
        with pytest.raises(ActionRefused) as refused:
            give(second, "kota-2026")
        assert refused.value.code == "enters_and_judges"
        if edition:
            give(second, "desa-2026")


def test_field_04_a_route_without_a_policy_stops_the_start(make_app):
    app, bare = make_app(), Blueprint("bare", __name__)
    bare.add_url_rule("/bare", "page", lambda: "")
    app._got_first_request = False  # as a plugin would, before the first request
    app.register_blueprint(bare)
    with pytest.raises(RuntimeError, match=r"these routes state no policy; add them with guarded\(\): /bare"):
        require_policies(app)


@pytest.mark.parametrize("role", [role for role in ROLES if role not in {"anonymous", "administrator"}])
def test_field_09_no_number_leads_to_a_name(as_role, role):
    client = as_role(role)
    answers = {re.sub(r"people/\d+", "people/N", said_to(client, f"/admin/people/{number}")) for number in range(30)}
    assert len(answers) == 1


def said_to(client, address):
    answer = client.get(address)
    passing = 'csrf_token. value=.[^>]+|data-(?:until|left)="[0-9]+"'  # what changes with the second it is asked in
    return f"{answer.status_code} {re.sub(passing, '', answer.text)}"


def test_field_11_the_form_of_a_new_entry_holds_nothing_that_others_entered(as_role, world_module):
    page = as_role("unit").get("/entrant/laut-2026/new")
    assert page.status_code == 200
    assert [word for word in world_module.HIDDEN if world_module.planted(word) in page.text] == ["edisilain"]


def test_field_16_every_question_about_a_right_names_what_it_is_about_and_only_the_policy_looks_at_roles():
    without_subject, by_role = [], set()
    for file in sorted(path for room in ROOMS for path in room.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        asked = {"may", "require"} if "from juri.core.policy import" in text else set()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in asked and len(node.args) != 3:
                without_subject.append(f"{file.name}:{node.lineno}")
            if isinstance(node, ast.Attribute) and node.attr == "grants":
                by_role.add(file.name)
    assert without_subject == []
    assert by_role - LOOK_AT_GRANTS == set(), "say in LOOK_AT_GRANTS why a right cannot be asked of the policy"


NEVER_SENT = {*ScorecardRow.__table__.columns.keys(), *ScorecardRevision.__table__.columns.keys(), "is_admin", "rank"}


def test_field_20_what_a_page_does_not_ask_for_is_not_taken(web_app, client_for, content_of):
    bench = web_app.extensions["juri"]
    with bench.database.write() as session:
        running = find_edition(session, bench.registry, "kota-2026")
        accept_assignment(session, running, "penilaian", "K-01", "J1", by=OPERATOR)
    before, juror = content_of(bench.database), client_for("j1@kota.test")
    body = {"version": 0, "key": "key-of-the-page", "answers": {"manfaat": {"value": "70"}}}
    for name in sorted(NEVER_SENT - set(body)):
        inside = {**body, "answers": {"manfaat": {"value": "70", name: "1"}}}
        for sent in ({**body, name: 1}, inside)[: 1 if name == "reason" else 2]:
            answer = juror.post("/juror/kota-2026/penilaian/K-01/save", json=sent)
            assert answer.status_code == 422, name
    assert content_of(bench.database) == before


def test_field_20_nobody_writes_a_column_by_its_name_through_a_form(web_app, client_for):
    columns = {name for entity in (Person, Account, RoleGrant) for name in list(entity.__table__.columns.keys())}
    wanted = {**dict.fromkeys(columns, "1"), "language": "en", "theme": "dark"}
    assert client_for("unit@kota.test").post("/account/display", data=wanted).location == "/account/"
    with web_app.extensions["juri"].database.read() as session:
        person = find_person(session, "unit@kota.test")
        account = session.get(Account, person.id)
        grants = session.query(RoleGrant).filter_by(person_id=person.id).all()
        assert (person.name, account.language, account.theme, account.disabled) == ("Umar Unit", "en", "dark", False)
        assert [(grant.role, grant.edition) for grant in grants] == [("unit", "kota-2026")]


def test_field_17_who_judges_holds_no_second_role_of_an_agency(world):
    with world.database.read() as session:
        grants = session.query(RoleGrant).filter(RoleGrant.active).all()
    agency = {(each.person_id, each.edition) for each in grants if each.role in {"unit", "local_admin"}}
    assert {(each.person_id, each.edition) for each in grants if each.role == "juror"} & agency == set()


SEES_STANDINGS = ["organiser", "secretariat", "panel_chair", "auditor"]
STANDINGS = "/organiser/kota-2026/standings/?stage=penilaian"
HELD_BACK = ["/organiser/kota-2026/standings/penilaian/K-01", "/organiser/kota-2026/what-if/penilaian",
             "/organiser/kota-2026/firmness/penilaian",
             "/organiser/kota-2026/exports/", "/organiser/kota-2026/exports/csv?sheets=1",
             "/organiser/kota-2026/jurors/conflicts", "/api/v1/editions/kota-2026/stages/penilaian/standings",
             "/api/v1/editions/kota-2026/stages/penilaian/progress"]  # fmt: skip


def judge(bench, entry, juror, points, comment):
    """Let a juror submit a sheet."""
    answers = {name: {"value": points} for name in ("manfaat", "kebaruan", "keberlanjutan")}
    answers["manfaat"]["comment"] = comment
    with bench.database.write() as session:
        running = find_edition(session, bench.registry, "kota-2026")
        accept_assignment(session, running, "penilaian", entry, juror, by=OPERATOR)
        given = {"stage": "penilaian", "entry": entry, "juror": juror, "answers": answers}
        submit_scorecard(session, running, prepare_scorecard(session, running, **given), version=0, by=OPERATOR)


@pytest.fixture
def judged(web_bench):
    """Return the workbench of an edition in which another juror has scored an entry that J1 is to score, too."""
    judge(web_bench, *shared_by_j1(web_bench), "61.37", "kenarikomentar")
    return web_bench


def shared_by_j1(bench):
    """Return an entry that J1 scores, and one who scores it beside them."""
    with bench.database.read() as session:
        pairs = set(assigned_pairs(session, find_edition(session, bench.registry, "kota-2026"), "penilaian"))
    return min((entry, juror) for entry, juror in pairs if juror != "J1" and (entry, "J1") in pairs)


def let_j1_be(bench, role):
    with bench.database.write() as session:
        grant_role(session, "j1@kota.test", role, by=OPERATOR, edition="kota-2026" * (role != "administrator"))


@pytest.mark.parametrize("held", SEES_STANDINGS)
def test_field_17_who_runs_an_edition_and_judges_in_it_sees_what_a_juror_sees(judged, make_app, client_for, held):
    let_j1_be(judged, held)
    both = client_for("j1@kota.test", app=make_app())
    page = both.get(STANDINGS)
    assert page.status_code == 200
    assert "disembunyikan dari Anda sampai tahap ini ditutup" in page.text
    assert {url: both.get(url).status_code for url in HELD_BACK} == dict.fromkeys(HELD_BACK, 403)
    told = both.get("/organiser/kota-2026/exports/").text
    assert "nilai dan kemajuan juri lain ditampilkan setelah tahap ditutup" in told
    seen = [both.get(url).text for url in ("/organiser/kota-2026/", "/organiser/kota-2026/stages/penilaian/",
                                           "/organiser/kota-2026/jurors/?stage=penilaian",
                                           f"/organiser/kota-2026/entries/{shared_by_j1(judged)[0]}/")]  # fmt: skip
    for text in [page.text, told, *seen]:
        assert not re.search(r"61[.,]37|kenarikomentar|1 dari 36|1 / 3", text)


@pytest.mark.parametrize("held", SEES_STANDINGS)
def test_field_17_once_the_stage_is_closed_they_see_all_of_it(judged, make_app, client_for, held):
    let_j1_be(judged, held)
    with judged.database.write() as session:
        close_stage(session, find_edition(session, judged.registry, "kota-2026"), "penilaian", by=OPERATOR)
    both = client_for("j1@kota.test", app=make_app())
    assert re.search(r"61[.,]37", both.get(STANDINGS).text)
    assert {url: both.get(url).status_code for url in HELD_BACK} == dict.fromkeys(HELD_BACK, 200)


def test_field_17_who_recused_themselves_from_everything_judges_no_more(judged, make_app, client_for):
    let_j1_be(judged, "organiser")
    with judged.database.write() as session:
        running = find_edition(session, judged.registry, "kota-2026")
        own = [pair for pair in assigned_pairs(session, running, "penilaian") if pair[1] == "J1"]
        recuse(session, running, "penilaian", own, by=OPERATOR, reason="menyelenggarakan")
    assert re.search(r"61[.,]37", client_for("j1@kota.test", app=make_app()).get(STANDINGS).text)


def test_field_17_nor_does_the_trail_tell_an_administrator_who_judges(judged, make_app, client_for):
    let_j1_be(judged, "administrator")
    app = make_app()
    assert client_for("j1@kota.test", app=app).get("/admin/audit").status_code == 403
    assert client_for("admin@kota.test", app=app).get("/admin/audit").status_code == 200


@pytest.fixture
def both(judged):
    """Return who runs the edition and judges in it, as one who acts."""
    let_j1_be(judged, "organiser")
    with judged.database.read() as session:
        return narrowed(session, actor_of(session, "j1@kota.test"))


def test_field_17_closing_tells_who_judges_there_not_whose_sheets_are_missing(judged, both):
    with judged.database.write() as session, pytest.raises(ActionRefused) as refused:
        close_stage(session, gated(session, judged), "penilaian", by=both)
    assert refused.value.reasons == (
        "not everything that the stage waits for is in; what is missing is not shown to who scores in it",
    )
    with judged.database.write() as session, pytest.raises(ActionRefused) as refused:
        close_stage(session, gated(session, judged), "penilaian", by=OPERATOR)
    assert refused.value.reasons[0].startswith("juror 'J1' has not submitted")


def gated(session, bench):
    """Return the edition as one whose stage closes only when every sheet is in."""
    running = find_edition(session, bench.registry, "kota-2026")
    spec = running.stage("penilaian")
    waiting = replace(spec, options={**spec.options, "gate": "all_submitted"})
    stages = tuple(waiting if each.id == spec.id else each for each in running.edition.stages)
    return replace(running, edition=replace(running.edition, stages=stages))


def test_field_17_neither_assigns_nor_reminds_beside_those_they_judge_with(judged, both):
    with judged.database.write() as session:
        running = find_edition(session, judged.registry, "kota-2026")
        for act in (
            lambda: assign_pairs(session, running, "penilaian", [("K-03", "J4")], by=both),
            lambda: remind_jurors(session, running, "penilaian", ["J2"], by=both, text="", say_until=str),
        ):
            with pytest.raises(ActionRefused) as refused:
                act()
            assert refused.value.code == "judges_here"


@pytest.mark.parametrize("days", ["", "0"])
def test_field_33_so_long_after_the_result_a_juror_reads_the_own_scores_and_no_entry(
    world, app_on, client_for, monkeypatch, days
):
    status = 200
    if days:
        monkeypatch.setenv("JURI_JUROR_READING_DAYS", days)
        status = 403
    app = app_on(world.database)
    assert app.extensions["juri"].settings.juror_reading_days == int(days or 90)
    monkeypatch.delenv("JURI_JUROR_READING_DAYS", raising=False)
    past, here = client_for("d1@desa.test", app=app), client_for("j1@kota.test", app=app)
    read = past.get("/juror/desa-2026/menilai/D-01/")
    assert (read.status_code, "Air bersih." in read.text) == (status, not days)
    assert past.get("/juror/desa-2026/menilai/compare?entry=D-01&entry=D-02").status_code == status
    assert past.get("/api/v1/editions/desa-2026/stages/menilai/assignments/D-01").status_code == status
    assert "88,13" in past.get("/juror/desa-2026/menilai/list").text
    own = world.found["own_entry"]
    assert here.get(f"/juror/kota-2026/penilaian/{own}/").status_code == 200


def test_field_73_the_page_of_the_standings_looks_back_for_those_who_may_see_them(judged, make_app, client_for):
    app = make_app()
    organiser = client_for("organiser@kota.test", app=app)
    past, later = (f"{STANDINGS}&at={year}-01-01T00:00" for year in (2020, 2099))
    assert not re.search(r"61[.,]37", organiser.get(past).text)
    assert re.search(r"61[.,]37", organiser.get(later).text)
    assert "Tampilan per" in organiser.get(past).text
    let_j1_be(judged, "organiser")
    assert not re.search(r"61[.,]37", client_for("j1@kota.test", app=app).get(later).text)
    assert organiser.get(f"{STANDINGS}&at=kemarin").status_code == 200


LOOK_AT_GRANTS = {
    "policy.py": "the table itself",
    "people.py": "gives and takes roles",
    "sessions.py": "notes that roles changed",
    "signing.py": "the same",
    "acts.py": "who of those with the right writes this kind of act",
    "listing.py": "which editions to list",
    "frame.py": "which pages to offer in the menu",
    "targets.py": "which page to begin with",
    "health.py": "which trail to begin with",
    "person.py": "shows them",
    "accounts.py": "shows them",
    "profile.py": "shows them",
    "meta.py": "tells programs which roles they have",
    "create_edition.py": "offers the names of editions that one is to run",
}.keys()


def test_field_18_nobody_gives_themselves_a_role(make_app, client_for, requests):
    app = make_app()
    wanted = {"role": "local_admin", "organization": "Dinas Kesehatan", "edition": "kota-2026", "person": "1",
              "email": "nobody@kota.test", "name": "Nova"}  # fmt: skip
    database = app.extensions["juri"].database

    def roles():
        with database.read() as session:
            return session.query(RoleGrant).count()

    before = roles()
    for role in ("nobody", "unit", "juror", "secretariat", "auditor"):
        for case in requests.cases(role):
            if case.route.method != "GET" and case.route.endpoint != "account.sign_out":
                client_for(requests.email(role), app=app).open(case.url, method=case.route.method, data=wanted)
    assert roles() == before
