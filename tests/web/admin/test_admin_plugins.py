"""Switching a plugin off and on: by the page and by the command, refused where somebody needs it, and told honestly."""

from __future__ import annotations

import os
import re
import sys
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from select import select as wait_for
from textwrap import dedent

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from juri.core.audit.checker import verify
from juri.core.audit.model import AuditEvent
from juri.core.editions.verbs import find_edition
from juri.core.errors import DefinitionError
from juri.webapp.cli import cli
from juri.webapp.serving import _are_switched
from juri.webapp.workbench import Workbench

WHY = {"reason": "Tidak dipakai tahun ini."}
UNUSED, USED = "exporters.as_json", "stages.scoring"

PAGE = """
    import os
    from flask import Blueprint
    from juri.core.extension import WebBlueprint
    from juri.plugins import hookimpl
    from juri.webapp.guard import ANYONE, guarded

    def load():
        blueprint = Blueprint("halo", __name__)

        @guarded(blueprint, "/halo", needs=ANYONE)
        def halo():
            return f"halo {os.getpid()}"

        return blueprint

    @hookimpl
    def juri_blueprints():
        return [WebBlueprint(name="halo", title="Halo", version="1", load=load)]
"""


@pytest.fixture
def admin(client_for):
    """Return the administrator's client, in English."""
    client = client_for("admin@kota.test")
    client.set_cookie("language", "en")
    return client


@pytest.fixture
def plugin_file(tmp_path):
    """Return a function that writes a plugin into a folder, which it returns."""

    def write(name, text):
        folder = tmp_path / "plugins"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(dedent(text).lstrip(), encoding="utf-8")
        return folder

    return write


@pytest.fixture
def juri(web_bench):
    """Return a function that runs a command on the database of the test; the answer has exception and output."""

    def run(*arguments, folder=None):
        given = ["--database", web_bench.database_url, *(["--plugins-dir", str(folder)] if folder else [])]
        return CliRunner().invoke(cli, [*given, "plugins", *arguments])

    return run


def row_of(page, name):
    return re.search(rf">{re.escape(name)}</a></th>(.*?)</tr>", page, re.DOTALL).group(1)


def switches(bench):
    """Return what the trail says of switches: (who, what, which, why)."""
    with bench.database.read() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action.like("plugin.%")).order_by(AuditEvent.id))
        return [(each.actor, each.action, each.subject, each.detail["reason"]) for each in events]


def anew(bench, folder=None):
    """Return what the next process begins with."""
    return Workbench(None if folder is None else str(folder), bench.database_url)


def test_the_list_says_where_plugins_come_from_and_what_each_adds(admin):
    page = admin.get("/admin/plugins").text
    assert [
        part for part in ("built in", ">on<", "<code>plenary</code>") if part not in row_of(page, "stages.plenary")
    ] == []


def test_a_plugin_that_nobody_uses_is_switched_off_and_on_again_and_the_trail_tells(admin, web_bench):
    page = admin.get(f"/admin/plugins/{UNUSED}").text
    assert ("No edition of this installation uses what it adds." in page, "Switch off" in page) == (True, True)
    said = admin.post(f"/admin/plugins/{UNUSED}/off", data=WHY, follow_redirects=True).text
    assert ("The plugin is switched off." in said, "not in effect yet" in said) == (True, True)
    assert "json" not in anew(web_bench).registry.names("exporters")
    row = row_of(admin.get("/admin/plugins").text, UNUSED)
    assert ("by admin@kota.test:" in row, WHY["reason"] in row, "not in effect yet" in row) == (True, True, True)
    assert admin.post(f"/admin/plugins/{UNUSED}/on", data=WHY).status_code == 302
    assert "json" in anew(web_bench).registry.names("exporters")
    who = "admin@kota.test"
    assert switches(web_bench) == [
        (who, "plugin.switch_off", UNUSED, WHY["reason"]),
        (who, "plugin.switch_on", UNUSED, WHY["reason"]),
    ]
    with web_bench.database.read() as session:
        assert verify(session).whole


def test_a_reason_is_asked_for_and_a_second_click_changes_nothing(admin, web_bench):
    assert admin.post(f"/admin/plugins/{UNUSED}/off", data={}).status_code == 422
    assert admin.post(f"/admin/plugins/{UNUSED}/off", data=WHY).status_code == 302
    again = admin.post(f"/admin/plugins/{UNUSED}/off", data=WHY)
    assert (again.status_code, "is switched off already" in again.text, len(switches(web_bench))) == (422, True, 1)
    assert admin.get("/admin/plugins/no.such").status_code == 404


def test_what_a_running_edition_uses_stays_and_the_page_names_the_edition(admin, web_bench):
    page = admin.get(f"/admin/plugins/{USED}").text
    assert "edition &#39;kota-2026&#39; is running and uses the plugin &#39;stages.scoring&#39;" in page
    assert ("These editions use what it adds:" in page, f'action="/admin/plugins/{USED}/off"' in page) == (True, False)
    refused = admin.post(f"/admin/plugins/{USED}/off", data=WHY)
    assert (refused.status_code, switches(web_bench)) == (422, [])
    assert "scoring" in anew(web_bench).registry.names("stage_kinds")


def test_the_page_names_the_shipped_editions_and_rubrics_too(admin):
    page = admin.get("/admin/plugins/kinds.levelled").text
    assert ("Shipped editions that use it:" in page, "Ready rubrics that use it:" in page) == (True, True)


def test_an_edition_at_rest_lets_its_plugin_go_and_cannot_be_opened_until_it_is_back(admin, web_bench):
    with web_bench.database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE edition SET state = 'archived'")
    page = admin.get(f"/admin/plugins/{USED}").text
    assert "The editions named above cannot be opened until it is back; what they stored stays." in page
    assert admin.post(f"/admin/plugins/{USED}/off", data=WHY).status_code == 302
    without = anew(web_bench)
    with without.database.read() as session, pytest.raises(DefinitionError):
        find_edition(session, without.registry, "kota-2026")


def test_the_setting_has_the_last_word_and_the_page_says_which_of_the_two_it_is(make_app, client_for):
    admin = client_for("admin@kota.test", make_app(plugins_off=UNUSED))
    admin.set_cookie("language", "en")
    assert "by the setting JURI_PLUGINS_OFF" in row_of(admin.get("/admin/plugins").text, UNUSED)
    page = admin.get(f"/admin/plugins/{UNUSED}").text
    assert ("A setting has the last word" in page, "<form method" in page.split("<main")[1]) == (True, False)
    refused = admin.post(f"/admin/plugins/{UNUSED}/on", data=WHY)
    assert (refused.status_code, "already" in refused.text) == (422, True)


def test_only_an_administrator_switches(client_for, web_bench):
    for email in ("organiser@kota.test", "auditor@kota.test"):
        assert client_for(email).post(f"/admin/plugins/{UNUSED}/off", data=WHY).status_code == 404
    assert switches(web_bench) == []


def test_two_processes_each_know_that_they_are_behind_and_the_next_start_is_not(make_app, client_for, web_bench):
    first, second = make_app(), make_app()
    here, there = (client_for("admin@kota.test", app) for app in (first, second))
    assert here.post(f"/admin/plugins/{UNUSED}/off", data=WHY).status_code == 302
    benches = [app.extensions["juri"] for app in (first, second)]
    assert [_are_switched(bench) for bench in benches] == [True, True]
    there.set_cookie("language", "en")
    told = there.get("/admin/plugins").text
    assert "This server still goes by how they stood at its start: stop it and start it again." in told
    second.config["STARTS_AGAIN"] = True
    assert "starts again by itself, within seconds" in there.get("/admin/plugins").text
    third = anew(web_bench)
    assert (_are_switched(third), "json" in third.registry.names("exporters")) == (False, False)


def test_a_plugin_that_stops_the_start_is_switched_off_by_the_command_and_not_on_again(plugin_file, juri, web_bench):
    folder = plugin_file("broken.py", "raise RuntimeError('no')\n")
    assert "juri plugins off broken" in str(juri(folder=folder).exception)
    done = juri("off", "broken", "--reason", "tidak dapat dimuat", folder=folder)
    assert (done.exception, done.output.splitlines()[0][:35]) == (None, "Plugin 'broken' is switched off. A ")
    assert juri(folder=folder).exception is None
    assert "scoring" in anew(web_bench, folder).registry.names("stage_kinds")
    assert [each[1:] for each in switches(web_bench)] == [("plugin.switch_off", "broken", "tidak dapat dimuat")]
    refused = juri("on", "broken", "--reason", "coba", folder=folder)
    assert "Juri would not start: plugin 'broken', loading: RuntimeError: no" in str(refused.exception)
    assert "off by   an administrator" in juri("show", "broken", folder=folder).output


def test_the_command_refuses_what_the_page_refuses(juri, web_bench):
    assert "edition 'kota-2026' is running" in str(juri("off", USED, "--reason", "x").exception)
    assert "there is no plugin 'scoring'" in str(juri("off", "scoring", "--reason", "x").exception)
    assert switches(web_bench) == []


def test_a_plugin_that_is_no_longer_installed_may_stay_switched_off(plugin_file, juri, web_bench):
    folder = plugin_file("broken.py", "raise RuntimeError('no')\n")
    juri("off", "broken", "--reason", "x", folder=folder)
    (folder / "broken.py").unlink()
    assert anew(web_bench, folder).registry.names("stage_kinds")


def test_without_a_database_nothing_is_switched_off(tmp_path):
    absent = Workbench(None, f"sqlite:///{tmp_path}/none.db")
    assert (absent.switched_off, (tmp_path / "none.db").exists()) == (frozenset(), False)


SOONER = "from juri.webapp import cli, serving; serving.SECONDS_BETWEEN_LOOKS = 0.1; cli.main()"
"""The command, whose processes look often whether plugins were switched."""


@pytest.mark.slow
def test_the_workers_of_a_running_server_start_again_without_the_plugin(plugin_file, web_bench, juri, crowd):
    folder = plugin_file("halo.py", PAGE)
    given = [sys.executable, "-c", SOONER, "--plugins-dir", str(folder), "--database", web_bench.database_url]
    with crowd.started(lambda port: [*given, "serve", "--port", str(port), "--workers", "2"]) as port:
        status, text = answer(port)
        assert (status, text.split()[0]) == (200, "halo")
        with ended(workers_beside(text.split()[1])) as have_ended:
            assert juri("off", "halo", "--reason", "coba", folder=folder).exception is None
            assert have_ended() == [True, True]
        assert answer(port)[0] == 404


def answer(port):
    """Ask for the plugin's page; return the status and the text."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=60)) as asked:
        asked.request("GET", "/halo")
        given = asked.getresponse()
        return given.status, given.read().decode()


def workers_beside(process):
    """Return the processes that have the same parent as one, and this one itself."""
    parent = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1]
    return [int(each) for each in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]


@contextmanager
def ended(processes):
    """Yield the function that waits for the end of each of these processes, and tells whether it came."""
    watched = [os.pidfd_open(each) for each in processes]
    yield lambda: [wait_for([each], [], [], 60)[0] == [each] for each in watched]
    for each in watched:
        os.close(each)
