"""Access to what is not one's own: nobody opens, changes or even notices what the policy does not give them."""

import re

import pytest

ROLES = ["anonymous", "nobody", "unit", "local_admin", "juror", "panel_chair", "secretariat", "organiser", "auditor",
         "administrator"]  # fmt: skip


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
    """Return an answer without what differs each time: the date, the token of its form, the address that was asked."""
    body = re.sub(rb'name="csrf_token" value="[^"]+"', b"", answer.data).replace(url.encode(), b"")
    headers = [(name, value) for name, value in answer.headers if name != "Date"]
    location = answer.headers.get("Location", "").replace(url.replace("/", "%2F"), "").replace(url, "")
    return answer.status_code, [each for each in headers if each[0] != "Location"], location, body


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
        if {matrix.outcome(answer) for answer in answers} - {"not found", "to sign in"}:
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
