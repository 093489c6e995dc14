"""The rules of the demonstration, run on generated scores of the real size, come to the real counts of KIPP 2023."""

from collections import Counter
from fractions import Fraction

import pytest

from juri.core.view import ADVANCE, EntryFacts, Sheet, StageView

PASSED_ADMINISTRATION = {"umum": 1991, "khusus": 144}


@pytest.fixture
def run(load, registry):
    """Return the outcome of a stage of the demonstration, given its entries, its sheets and earlier standings."""
    edition = load("kipp-2023-demo")

    def outcome(stage, entries, earlier, sheets=()):
        spec = edition.stage(stage)
        kind = registry.get("stage_kinds", spec.kind)
        view = StageView(
            spec, entries, edition.tracks, edition.rubrics, sheets, earlier=earlier, extensions=registry.get
        )
        assert list(kind.against_opening(view)) == []
        return kind.outcome(view)

    return outcome


def sheets(entries, criterion, jurors):
    """Give every entry other marks: no two have one mean, so that no tie is left to the panel."""
    marks = {each.code: Fraction(number * 7919 % 10007, 100) for number, each in enumerate(entries)}
    return tuple(
        Sheet(code, f"J{juror}", mark + juror, points={criterion: mark})
        for code, mark in marks.items()
        for juror in range(jurors)
    )


def advanced(outcome, entries):
    codes = {proposal.entry for proposal in outcome.proposals if proposal.outcome == ADVANCE}
    return tuple(each for each in entries if each.code in codes)


def count(entries):
    return dict(Counter(each.track for each in entries))


def test_the_rules_of_the_demonstration_reach_the_real_counts(run):
    alive = tuple(
        EntryFacts(f"{track}-{number}", f"Title {track} {number}", "Agency", track)
        for track, total in PASSED_ADMINISTRATION.items()
        for number in range(total)
    )
    standings = {"proposal": run("proposal", alive, {}, sheets(alive, "signifikansi", 3)).standings}
    alive = advanced(run("nomination", alive, standings), alive)
    assert count(alive) == {"umum": 198, "khusus": 30}
    alive = advanced(run("finalists", alive, standings), alive)
    assert count(alive) == {"umum": 99, "khusus": 15}
    titles = run("finalists_announcement", alive, standings).awards
    assert Counter(title.award for title in titles) == {"top_inovasi": 99, "top_15_khusus": 15}
    interview = run("interview", alive, standings, sheets(alive[::-1], "materi_kemanfaatan_replikasi", 5))
    standings["interview"] = interview.standings
    alive = advanced(run("final", alive, standings), alive)
    assert count(alive) == {"umum": 45, "khusus": 5}
    titles = run("announcement", alive, standings).awards
    assert Counter((title.award, title.rank) for title in titles) == {("top_terpuji", None): 45, ("oapsi", None): 5}
