"""A small demonstration is played to its end, honestly: by the rules, resumable, and the same for the same seed."""

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from contextlib import closing
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from juri.core.audit.checker import verify
from juri.core.audit.model import AuditEvent
from juri.core.editions.loader import load_shipped
from juri.core.editions.verbs import install_edition
from juri.core.entries.model import EntryRow
from juri.core.errors import ActionRefused
from juri.core.judging.model import ConflictRow
from juri.core.policy import Actor
from juri.core.results.model import DecisionRow, TieOrderRow
from juri.core.storage.database import Database, sqlite_driver
from juri.core.storage.migrate import migrate
from juri.webapp import cli
from juri.webapp.demo import judging
from juri.webapp.demo.defects import COMPETITION
from juri.webapp.demo.plan import SMALLER, make_plan
from juri.webapp.demo.results import WON, titles_of
from juri.webapp.demo.size import size_at
from juri.webapp.workbench import Workbench

pytestmark = pytest.mark.slow


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'juri.db'}"


@pytest.fixture
def juri(url, tmp_path, capsys):
    """Return the function that runs the command on the test's database; it answers with the status and the output."""

    def run(*arguments):
        page = tmp_path / "page.html"
        status = cli.run(["--database", url, "demo", "--scale", "0.02", "-o", str(page), *arguments])
        return status, capsys.readouterr()

    return run


def copy_of(played, url):
    """Make a database like the one that was played."""
    connect = sqlite_driver().connect
    with closing(connect(Database(played.url).path)) as source, closing(connect(Database(url).path)) as target:
        source.backup(target)


def whole(url):
    database = Database(url)
    with database.read() as session:
        found = verify(session)
    database.dispose()
    return found.findings


def test_the_rules_reach_every_count_of_the_plan(played):
    counts = played.counts()
    assert {name: dict(count.reached) for name, count in counts.items()} == {
        "registered": {"umum": 58, "khusus": 17},
        "submitted": {"umum": 49, "khusus": 14},
        "passed": {"umum": 40, "khusus": 7},
        "nominees": {"umum": 4, "khusus": 4},
        "finalists": {"umum": 2, "khusus": 2},
        "winners": {"umum": 1, "khusus": 1},
    }
    assert [name for name, count in counts.items() if not count.fits] == []


def test_each_refused_entry_was_refused_for_the_defect_that_its_data_have(played):
    def codes_of(session, running):
        found = session.execute(
            select(EntryRow.code, DecisionRow.codes)
            .join(EntryRow, EntryRow.id == DecisionRow.entry_id)
            .where(EntryRow.state == "refused", DecisionRow.status == "proposed", DecisionRow.outcome == "stop")
        )
        return dict(found.all())

    refused = played.read(codes_of)
    by_defect = {}
    for entry in played.replay.plan.entries:
        if entry.defect:
            by_defect.setdefault((entry.proposal.track, entry.defect), set()).add(tuple(refused[entry.proposal.code]))
    assert len(refused) == sum(1 for entry in played.replay.plan.entries if entry.defect)
    assert by_defect == {
        ("umum", "too_young"): {("too_young",)},
        ("umum", "missing_field"): {("incomplete",)},
        ("umum", "missing_attachment"): {("incomplete",)},
        ("umum", "too_long"): {("too_long",)},
        ("umum", "careless"): {("careless_answers",)},
        ("umum", "duplicate"): {("duplicate_title",)},
        ("umum", "won_before"): {("excluded",)},
        ("umum", "finalist_twice"): {("no_alternative_met",)},
        ("khusus", "too_young"): {("too_young",)},
        ("khusus", "missing_field"): {("incomplete",)},
        ("khusus", "too_long"): {("too_long",)},
        ("khusus", "careless"): {("careless_answers",)},
        ("khusus", "never_won"): {("not_awarded_before",)},
        ("khusus", "oapsi_winner"): {("excluded",)},
        ("khusus", "khusus_twice"): {("excluded",)},
    }


def test_everybody_acts_in_their_own_role(played):
    def actors(session, running):
        found = session.execute(
            select(AuditEvent.action, AuditEvent.actor).where(
                AuditEvent.action.in_(("entry.submit", "scorecard.submitted"))
            )
        )
        return {(action, re.sub(r"[.]?\d+@", "@", actor)) for action, actor in found}

    assert played.read(actors) == {
        ("entry.submit", "admin@peragaan.example"),
        ("scorecard.submitted", "te@peragaan.example"),
        ("scorecard.submitted", "tpi@peragaan.example"),
    }


def test_declared_conflicts_are_kept_and_nobody_else_wrote_the_entry_over_the_limit(played):
    def found(session, running):
        conflicts = session.scalar(select(func.count()).select_from(ConflictRow))
        last = max(e.proposal.code for e in played.replay.plan.entries if e.proposal.track == "umum")
        return conflicts, session.scalar(select(EntryRow.state).where(EntryRow.code == last))

    assert played.read(found) == (6, "lapsed")


def test_the_trail_of_a_whole_demonstration_verifies(played):
    assert whole(played.url) == ()


def test_another_seed_gives_another_result_by_the_same_rules(played, play, tmp_path):
    other = play(f"sqlite:///{tmp_path / 'other.db'}", make_plan(7, size_at(0.02)))
    assert other.digest() != played.digest()
    assert [name for name, count in other.counts().items() if not count.fits] == []


@pytest.mark.postgres
def test_the_same_seed_comes_to_the_same_result_on_the_other_database(played, play, fresh_postgres):
    elsewhere = play(fresh_postgres())
    assert elsewhere.digest() == played.digest()
    assert elsewhere.read(lambda session, _: verify(session).findings) == ()


def test_a_count_that_the_rules_do_not_reach_is_reported_and_not_forced(play, url):
    plan = make_plan(2023, size_at(0.02))
    mended = [replace(entry, defect="") if entry.defect == "careless" else entry for entry in plan.entries]
    counts = play(url, replace(plan, entries=tuple(mended))).counts()
    assert {name: count.fits for name, count in counts.items()} == {
        "registered": True,
        "submitted": True,
        "passed": False,
        "nominees": True,
        "finalists": True,
        "winners": True,
    }
    assert dict(counts["passed"].reached) == {"umum": 41, "khusus": 8}


def test_where_the_rules_cannot_set_entries_apart_the_panel_orders_them_on_record(play, url, monkeypatch):
    monkeypatch.setattr(judging, "give_marks", lambda *named: dict.fromkeys(named[-1], "70"))
    equal = play(url)
    assert [step for step in equal.steps if step.endswith("settle ties")] == [
        "nomination: settle ties",
        "final: settle ties",
    ]
    assert [name for name, count in equal.counts().items() if not count.fits] == []
    signers = equal.read(lambda session, _: Counter(session.scalars(select(TieOrderRow.signer))))
    assert signers == {"Ketua Tim Evaluasi (peragaan)": 1, "Ketua Tim Panel Independen (peragaan)": 1}


def test_the_command_ends_with_the_published_result_and_its_page(played, juri, url, tmp_path):
    copy_of(played, url)
    status, said = juri()
    winners = played.read(lambda session, running: titles_of(session, running, WON))
    assert (status, said.err) == (0, "")
    assert "It was played to its end before; this is its result." in said.out
    assert [w.code for w in winners if not re.search(rf"{re.escape(w.entrant)} +{w.code}\n", said.out)] == []
    assert f"Result (without times)   {played.digest()}" in said.out
    assert re.search(r"past administration +47 = 40 umum \+ 7 khusus +47 = 40 umum \+ 7 khusus +ok", said.out)
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert [w.innovation for w in winners if w.innovation not in page] == []
    assert "<script" not in page


def test_the_command_plays_from_nothing_with_a_line_for_each_step(juri):
    status, said = juri("--seed", "5", "--lang", "en")
    assert status == 0
    assert "registration: entries: 75\n" in said.out
    assert "announcement: publish: 1\n" in said.out


def test_another_seed_does_not_go_on_with_what_is_there_unless_it_starts_anew(played, juri, url):
    copy_of(played, url)
    status, said = juri("--seed", "5")
    assert status == 3
    assert "a demonstration of other data (seed 2023 at scale 0.02); start anew by --fresh" in said.err
    status, said = juri("--seed", "5", "--fresh")
    assert status == 0
    assert "The database of the earlier demonstration is removed." in said.out


def installed_by_hand(url):
    migrate(Database(url))
    workbench = Workbench(None, url)
    with workbench.writing() as (session, _):
        install_edition(session, load_shipped("sukoharjo-2023-demo", workbench.registry), by=Actor.operator("somebody"))


def test_starting_anew_leaves_a_database_with_another_edition_alone(juri, url):
    installed_by_hand(url)
    status, said = juri("--fresh")
    assert status == 3
    assert "holds more than demonstrations: sukoharjo-2023-demo; it stays" in said.err
    assert Database(url).path.is_file()


def test_an_edition_of_that_name_that_no_demonstration_made_is_left_alone(play, url):
    migrate(Database(url))
    workbench = Workbench(None, url)
    with workbench.writing() as (session, _):
        install_edition(session, load_shipped("kipp-2023-demo", workbench.registry), by=Actor.operator("somebody"))
    small = make_plan(2023, size_at(0.02))
    real = replace(small, size=replace(small.size, tracks=size_at(1).tracks))
    with pytest.raises(ActionRefused, match="that no demonstration made"):
        play(url, real)


def test_a_file_that_is_no_database_of_ours_is_not_removed(juri, url):
    Database(url).path.write_text("")
    foreign = Database(url)
    with foreign.change() as connection:
        connection.exec_driver_sql("CREATE TABLE recipe (id INTEGER)")
    foreign.dispose()
    status, said = juri("--fresh")
    assert status == 3
    assert "is not a database of Juri; it stays as it is" in said.err


KILLED_AT = ("people and roles", "registration: entries", "admin: close", "proposal: scorecards", "nomination: seal",
             "interview: scorecards", "announcement: seal")  # fmt: skip


def start(url, page):
    command = [sys.executable, "-m", "juri", "--database", url, "demo", "--scale", "0.02", "-o", str(page)]
    # Its lines are counted where the same steps are played in this process; counting them again would double the time.
    uncounted = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}  # noqa: TID251  see above
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "bufsize": 1}
    return subprocess.Popen(command, env=uncounted, **output)


@pytest.mark.longest
def test_killed_again_and_again_it_goes_on_where_it_was_and_comes_to_the_same_result(played, url, tmp_path):
    page = tmp_path / "page.html"
    begun = []
    for step in KILLED_AT:
        with start(url, page) as process:
            for line in process.stdout:
                begun.append(line.split(":")[0])
                if line.startswith(step):
                    os.kill(process.pid, signal.SIGKILL)
                    break
            process.stdout.read()
        assert process.returncode == -signal.SIGKILL
        assert whole(url) == ()
    with start(url, page) as process:
        told = process.stdout.read()
    assert process.returncode == 0, told
    assert f"Result (without times)   {played.digest()}" in told
    assert whole(url) == ()
    assert begun.count("organizations") == 1


def test_the_small_edition_is_another_one_than_the_real_one(played):
    with played.replay.workbench.reading() as session:
        running = played.replay.running(session)
    assert (running.slug, running.edition.competition) == (SMALLER, COMPETITION)
    assert {track.id: dict(track.quotas) for track in running.edition.tracks} == {
        "umum": {"nominees": 4, "finalists": 2, "winners": 1},
        "khusus": {"nominees": 4, "finalists": 2, "winners": 1},
    }
