"""The real size: every count of KIPP 2023 that was published comes out of the rules."""

import os
import subprocess
import sys

import pytest

from juri.core.audit.checker import verify
from juri.webapp.demo.plan import EDITION, SEED, make_plan
from juri.webapp.demo.results import FINALISTS, NOMINEES, PASSED, REGISTERED, SUBMITTED, WINNERS
from juri.webapp.demo.size import REAL

NOT_IN_CI = os.environ.get("CI") != "true"  # noqa: TID251  a setting of the tests, not of Juri


@pytest.mark.longest
@pytest.mark.slow
@pytest.mark.skipif(NOT_IN_CI, reason="takes minutes: it runs where CI=true; 'make run' shows the same counts")
def test_the_demonstration_of_the_real_size_reaches_the_real_counts(reopened, tmp_path):
    url = f"sqlite:///{tmp_path / 'juri.db'}"
    # Minutes of the real size: counting its lines would double them.
    uncounted = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_")}  # noqa: TID251  see above
    subprocess.run([sys.executable, "-m", "juri", "--database", url, "demo"], env=uncounted, cwd=tmp_path, check=True)
    full = reopened(url, make_plan(SEED, REAL))
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
