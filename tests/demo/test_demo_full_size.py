"""The real size: every count of KIPP 2023 that was published comes out of the rules."""

import pytest

from juri.core.audit.checker import verify
from juri.webapp.demo.plan import EDITION, SEED, make_plan
from juri.webapp.demo.results import FINALISTS, NOMINEES, PASSED, REGISTERED, SUBMITTED, WINNERS
from juri.webapp.demo.size import REAL


@pytest.mark.slow
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
