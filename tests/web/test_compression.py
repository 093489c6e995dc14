"""Answers travel packed where the browser takes it, and are the same bytes once unpacked."""

import gzip

import pytest

GZIP = {"Accept-Encoding": "gzip, deflate, br"}


@pytest.fixture
def ask(client_for):
    client = client_for()

    def get(path, **headers):
        answer = client.get(path, headers=headers, buffered=True)
        return answer, answer.headers.get("Content-Encoding", "")

    return get


def test_files_and_pages_are_packed_and_say_so_to_caches(ask, web_app):
    with web_app.test_request_context():
        css = web_app.jinja_env.globals["asset"]("juri.css")
    for path in (css, "/static/js/juri.js", "/static/icons.svg", "/account/sign-in"):
        plain, packed = ask(path)[0], ask(path, **GZIP)[0]
        assert (path, plain.status_code, packed.headers["Content-Encoding"]) == (path, 200, "gzip")
        assert "Accept-Encoding" in packed.headers["Vary"]
        assert "Accept-Encoding" in plain.headers["Vary"]
        assert len(packed.data) < len(plain.data) / 2
        assert int(packed.headers["Content-Length"]) == len(packed.data)
    assert gzip.decompress(ask(css, **GZIP)[0].data) == ask(css)[0].data
    assert ask(css, **GZIP)[0].headers["Cache-Control"] == "public, max-age=31536000, immutable"


def test_a_browser_that_has_the_file_gets_no_second_copy(ask):
    first, _ = ask("/static/juri.css", **GZIP)
    again, encoding = ask("/static/juri.css", **GZIP, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data, encoding) == (304, b"", "")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_page_that_another_site_leads_to_is_not_packed_so_that_its_size_tells_nothing(ask, site):
    assert ask("/account/sign-in", **GZIP, **{"Sec-Fetch-Site": site})[1] == ""
    assert ask("/account/sign-in", **GZIP, **{"Sec-Fetch-Site": "same-origin"})[1] == "gzip"


def test_who_takes_nothing_packed_and_what_is_small_is_sent_as_it_is(ask):
    assert ask("/static/juri.css")[1] == ""
    assert ask("/static/juri.css", **{"Accept-Encoding": "gzip;q=0, br"})[1] == ""
    assert ask("/juror/", **GZIP)[1] == ""
