"""What a demonstration says of itself: counts that differ, rules in words, progress for who watches."""

import pytest
from click import unstyle

from juri.webapp.commands import demo as command
from juri.webapp.demo.report import demonstration_report, in_words
from juri.webapp.demo.results import Reached

SOME = {"umum": 2, "khusus": 1}


@pytest.mark.parametrize(
    ("name", "reached", "fits"),
    [
        ("finalists", {"umum": 2, "khusus": 1}, True),
        ("finalists", {"umum": 1, "khusus": 2}, False),
        ("registered", {"umum": 1, "khusus": 2}, True),
        ("registered", {"umum": 1, "khusus": 1}, False),
    ],
)
def test_a_count_fits_by_track_where_the_tracks_were_published_and_in_total_elsewhere(name, reached, fits):
    assert Reached(name, SOME, reached).fits is fits


def test_a_count_that_differs_is_said_so_beside_what_was_expected():
    table = command._compared([Reached("finalists", SOME, {"umum": 1, "khusus": 1})], real=True)
    assert table.splitlines()[-1].split("  ") == [
        "finalists",
        "3 = 2 umum + 1 khusus",
        "2 = 1 umum + 1 khusus",
        "DIFFERS",
    ]


@pytest.mark.parametrize(
    ("piece", "words"),
    [
        ({"rule": "ratio_of_quota", "ratio": 2, "by": "track"}, "ratio_of_quota (ratio: 2, by: track)"),
        ({"rule": "never_awarded"}, "never_awarded"),
        ({"id": "Ya", "en": "Yes"}, "Yes"),
        ({"count": 1}, "count: 1"),
        ({"id": "complete", "rule": {"rule": "complete_form"}}, "complete (rule: complete_form)"),
        (["unit", "local_admin"], "unit; local_admin"),
        (True, "yes"),
        (7, "7"),
    ],
)
def test_a_piece_of_a_document_is_written_on_one_line(piece, words):
    assert in_words(piece, "en") == words


def test_somebody_who_watches_sees_a_bar_and_somebody_who_does_not_a_line(monkeypatch, capsys):
    for watched in (True, False):
        monkeypatch.setattr("sys.stdout.isatty", lambda seen=watched: seen)
        progress = command.TerminalProgress()
        progress.begin("proposal: scorecards", 4)
        progress.advance(3)
        progress.advance(1)
        progress.end()
    bar, line = unstyle(capsys.readouterr().out).rstrip("\n").rsplit("\n", 1)
    assert bar.rsplit("\r", 1)[-1].split() == ["proposal:", "scorecards", f"[{'#' * 30}]", "4/4"]
    assert line == "proposal: scorecards: 4"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("language", "funnel"), [("id", "Dari pendaftaran sampai pemenang"), ("en", "From registration to the winners")]
)
def test_the_report_tells_counts_titles_rules_and_hashes_in_either_language(played, language, funnel):
    plan = played.replay.plan
    report = played.read(lambda session, running: demonstration_report(session, running, plan, language))
    rows = report.tables[funnel][1]
    assert [row[1:5] for row in rows] == [
        (58, 17, 75, 75),
        (49, 14, 63, 63),
        (40, 7, 47, 47),
        (4, 4, 8, 8),
        (2, 2, 4, 4),
        (1, 1, 2, 2),
    ]
    assert [name for name in report.tables if name.startswith(("Top", "Outstanding", "Finalis "))] == [
        "Top Inovasi Terpuji (Top 45): 1",
        "Outstanding Achievement of Public Service Innovation (OAPSI): 1",
        "Finalis Top Inovasi Pelayanan Publik (Top 99): 2",
        "Finalis Kelompok Khusus (Top 15): 2",
    ]
    hashes = list(report.tables.values())[-1][1]
    assert [row[1] for row in hashes].count("published") == 2
    assert played.digest() in report.meta.values()
