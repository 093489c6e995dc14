"""docs/api.md is true: each example is sent and answered as it says, and its table names every operation."""

import json
import re
from pathlib import Path

from juri.webapp.api.routing import ROUTES
from juri.webapp.sessions import cookie_name

PAGE = Path(__file__).resolve().parents[3] / "docs" / "api.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(http|json)\n(.*?)```", TEXT, re.DOTALL)


def agrees(told, shown):
    """Tell whether an answer is as shown; … stands for anything."""
    if shown == "…":
        return True
    if isinstance(shown, dict):
        return isinstance(told, dict) and set(told) == set(shown) and all(agrees(told[k], shown[k]) for k in shown)
    if isinstance(shown, list):
        return isinstance(told, list) and len(told) == len(shown) and all(map(agrees, told, shown))
    return told == shown


def sent(client, text, known):
    """Send an example; returns the answer."""
    head, _, body = text.format_map(known).partition("\n\n") if "{csrf_token}" in text else text.partition("\n\n")
    first, *lines = head.strip().splitlines()
    method, path = first.split()
    headers = dict(line.split(": ", 1) for line in lines)
    if method != "GET" and "Content-Type" not in headers:
        headers |= {"Content-Type": "application/json", "X-CSRFToken": known["csrf_token"]}
    return client.open(path, method=method, headers=headers, data=body.strip() or None)


def test_every_example_is_answered_as_it_says(make_app, password):
    app = make_app(csrf=True)
    client, known, wrong = app.test_client(), {"password": password}, []
    for (kind, text), (next_kind, shown) in zip(BLOCKS, [*BLOCKS[1:], ("", "")], strict=True):
        if kind == "json":
            continue
        answer = sent(client, text, known)
        if next_kind == "json" and not agrees(answer.json, json.loads(shown)):
            wrong.append((text, answer.status_code, answer.json))
        if "/account/sign-in" in text:
            assert answer.status_code == 302
            assert client.get_cookie(cookie_name(app.extensions["juri"])) is not None
        known["csrf_token"] = client.get("/api/v1/session").json["csrf_token"]
    assert (wrong, len(BLOCKS)) == ([], 30)


def test_the_table_names_every_operation():
    rows = re.findall(r"^\| (GET|POST|PUT) \| `(.*?)` \|", TEXT, re.MULTILINE)
    there = [(route.method, re.sub(r"<(\w+)>", r"{\1}", route.rule)) for route in ROUTES]
    assert sorted(rows) == sorted([*there, ("GET", "/openapi.json")])
