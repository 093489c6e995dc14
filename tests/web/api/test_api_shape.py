"""What holds for the whole API: its description, its problems, and that no body breaks it or writes what it may not."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from juri.core.audit.trail import chain_head
from juri.core.entries.model import EntryRow
from juri.core.judging.model import AssignmentRow, ConflictRow, ScorecardRevision, ScorecardRow
from juri.webapp.api.routing import ROUTES
from juri.webapp.guard import POLICIES

OURS = "/editions/tulis-2026/entries"
CARD = "/editions/kota-2026/stages/penilaian/assignments/K-01"
ENTRY_KEYS = {"title", "track", "category", "unit", "people", "answers"}
WRITES = {
    ("POST", OURS): (EntryRow, ENTRY_KEYS | {"organization"}),
    ("PUT", f"{OURS}/T-01"): (EntryRow, ENTRY_KEYS | {"version"}),
    ("POST", f"{OURS}/T-01/hand-over"): (EntryRow, set()),
    ("POST", f"{OURS}/T-02/submit"): (EntryRow, set()),
    ("POST", f"{OURS}/T-03/withdraw"): (EntryRow, {"reason"}),
    ("POST", f"{CARD}/declaration"): (ConflictRow, {"conflict", "reason"}),
    ("PUT", f"{CARD}/scorecard"): (ScorecardRow, {"version", "answers"}),
    ("POST", f"{CARD}/scorecard/submit"): (ScorecardRevision, {"version", "answers"}),
}
"""Every write with the table that it writes, and the keys that it takes."""

ALSO = {"status", "score", "rank", "owner_id", "is_admin", "deadline", *dict(AssignmentRow.__table__.columns)}


def events(tulis):
    with tulis.database.read() as session:
        return chain_head(session)


def ask_as(api, path):
    return api("j1@kota.test" if path.startswith(CARD) else "local@kota.test")


def test_every_write_is_tested_here():
    named = {(method, re.sub(r"T-0\d", "<code>", path.replace("tulis-2026", "<edition>"))) for method, path in WRITES}
    named = {
        (method, path.replace("kota-2026/stages/penilaian", "<edition>/stages/<stage>").replace("K-01", "<entry>"))
        for method, path in named
    }
    assert named == {(route.method, route.rule) for route in ROUTES if route.method != "GET"}


def test_field_20_no_column_of_a_table_can_be_written_past_the_schema(api, tulis):
    ask_as(api, CARD)("POST", f"{CARD}/declaration", {"conflict": False})
    before = events(tulis)
    for (method, path), (table, keys) in WRITES.items():
        columns = {*dict(table.__table__.columns), *ALSO} - keys
        sent = dict.fromkeys(columns, 1)
        answer = ask_as(api, path)(method, path, sent, Idempotency_Key="mass-assignment", If_Match='"0"')
        assert answer.status_code == 422
        refused = {fault["path"] for fault in answer.json["faults"] if fault["message"] == "Unknown field."}
        assert (refused, events(tulis)) == (columns, before)


def test_field_43_only_json_is_taken(client_for):
    client_for("j1@kota.test").post(f"/api/v1{CARD}/declaration", json={"conflict": False})
    for method, path in WRITES:
        client = client_for("j1@kota.test" if path.startswith(CARD) else "local@kota.test")
        kinds = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None)
        told = [
            client.open(f"/api/v1{path}", method=method, data=b"{}", content_type=kind).status_code for kind in kinds
        ]
        assert told == [415, 415, 415, 415]
        deep = {"data": b"[" * 100_000, "content_type": "application/json"}
        headers = {"Idempotency-Key": "too-deep"}
        broken = client.open(f"/api/v1{path}", method=method, headers=headers, **deep)
        assert (broken.status_code, broken.mimetype) == (400, "application/problem+json")


def test_field_43_a_write_without_the_token_of_its_session_is_refused(make_app, client_for):
    client = client_for("local@kota.test", make_app(csrf=True))
    refused = client.post(f"/api/v1{OURS}/T-02/submit", json={})
    assert (refused.status_code, refused.json["code"]) == (400, "csrf")
    assert "GET /api/v1/session" in refused.json["detail"]
    token = client.get("/api/v1/session").json["csrf_token"]
    assert client.post(f"/api/v1{OURS}/T-02/submit", json={}, headers={"X-CSRFToken": token}).status_code == 200


def test_who_is_not_signed_in_is_told_so_alike_for_what_is_there_and_what_is_not(api):
    ask = api()
    there, absent = (ask("GET", f"{OURS}/{code}") for code in ("T-01", "T-99"))
    assert (there.status_code, there.mimetype) == (401, "application/problem+json")
    assert there.text.replace("T-01", "T-99") == absent.text
    assert [ask(method, path, {}).status_code for method, path in WRITES] == [401] * len(WRITES)


def test_an_address_that_is_not_there_and_a_wrong_method_are_problems_too(api):
    absent, wrong = api()("GET", "/nothing"), api()("DELETE", f"{OURS}/T-01")
    assert (absent.status_code, absent.mimetype, absent.json["code"]) == (404, "application/problem+json", "not_found")
    assert (wrong.status_code, wrong.json["code"], "PUT" in wrong.headers["Allow"]) == (405, "method_not_allowed", True)


def test_the_description_names_every_route_with_its_schemas(api, web_app):
    document = api()("GET", "/openapi.json").json
    assert document["openapi"] == "3.1.0"
    described = {(method.upper(), path) for path, told in document["paths"].items() for method in told}
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in web_app.url_map.iter_rules()
        if rule.endpoint.startswith("api.") and rule.endpoint != "api.openapi"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert described == served
    named = set(re.findall(r"#/components/schemas/(\w+)", str(document)))
    assert named - set(document["components"]["schemas"]) == set()
    closed = [name for name, told in document["components"]["schemas"].items() if "additionalProperties" not in told]
    assert closed == []
    saving = document["paths"]["/api/v1/editions/{edition}/entries/{code}"]["put"]
    assert [each["name"] for each in saving["parameters"]] == [
        "edition", "code", "X-CSRFToken", "Idempotency-Key", "If-Match",
    ]  # fmt: skip
    open_to_all = {path for path, told in document["paths"].items() if told.get("get", {}).get("security") == []}
    assert open_to_all == {f"/api/v1{path}" for path in ("/session", "/editions", "/editions/{edition}/result")}
    assert {name for name in POLICIES if name.startswith("api.")} == {f"api.{r.name}" for r in ROUTES} | {"api.openapi"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters(), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
SENSIBLE = st.fixed_dictionaries(
    {},
    optional={
        "title": JSON | st.just("Judul"),
        "track": JSON | st.just("umum"),
        "people": JSON | st.lists(st.text(max_size=5), max_size=3),
        "answers": JSON
        | st.fixed_dictionaries({}, optional=dict.fromkeys(["mulai", "pernah", "biaya", "sasaran", "manfaat"], JSON)),
        "version": JSON | st.just(1),
        "conflict": JSON,
        "reason": JSON,
        "organization": JSON,
    },
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(body=JSON | SENSIBLE, write=st.sampled_from(sorted(WRITES)), key=st.text("ab-", max_size=12))
def test_no_body_breaks_it(api, body, write, key):
    method, path = write
    answer = ask_as(api, path)(method, path, body, Idempotency_Key=key)
    assert answer.status_code < 500, answer.text
