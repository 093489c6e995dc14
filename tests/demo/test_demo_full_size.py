"""The real size: every count of KIPP 2023 that was published comes out of the rules."""

import os

import pytest

from juri.core.audit.checker import verify
from juri.webapp.demo.plan import EDITION, SEED, make_plan
from juri.webapp.demo.results import FINALISTS, NOMINEES, PASSED, REGISTERED, SUBMITTED, WINNERS
from juri.webapp.demo.size import REAL

NOT_IN_CI = os.environ.get("CI") != "true"  # noqa: TID251  a setting of the tests, not of Juri


@pytest.mark.slow
@pytest.mark.full_size
@pytest.mark.skipif(NOT_IN_CI, reason="takes minutes: it runs where CI=true; 'make run' shows the same counts")
def test_the_demonstration_of_the_real_size_reaches_the_real_counts(play, tmp_path):
    full = play(f"sqlite:///{tmp_path / 'juri.db'}", make_plan(SEED, REAL))
    counts = full.counts()
    assert {name: sum(counts[name].reached.values()) for name in (REGISTERED, SUBMITTED)} == {
        REGISTERED: 3110,
        SUBMITTED: 2269,
    }
    assert {name: dict(counts[name].reached) for name in (PASSED, NOMINEES, FINALISTS, WINNERS)} == {
        PASSED: {"umum": 1991, "khusus": 144},
        NOMINEES: {"umum": 198, "khusus": 30},
        FINALISTS: {"umum": 99, "khusus": 15},
        WINNERS: {"umum": 45, "khusus": 5},
    }
    assert (full.replay.plan.slug, full.read(lambda _, running: running.state)) == (EDITION, "published")
    assert full.read(lambda session, _: verify(session).findings) == ()
