"""One table from one run: ours beside what people use instead, and beside the floor. Times, ratios, peak memory.

``make bench`` runs it. Each line is a process of its own (``bench/ours.py``, or ``bench/others.py`` in another
environment). Before anything is timed, its answer is compared with ours. How to read it: ``docs/benchmark.md``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import ours
import stage
from pages import a_postgres

from juri.core.storage.database import Database

HERE = Path(__file__).parent
OTHERS = HERE.parent / ".venv-bench" / "bin" / "python"
LIMIT = 60
"""Seconds that a line may take, its data included; whoever takes longer did not finish."""

CRITERIA, PER_ENTRY = 8, 5
WEIGHTS = (20, 15, 10, 10, 10, 5, 15, 5, 5, 5)
SIZES = {"15 thousand": (375, 100), "1 million": (25_000, 400), "10 million": (250_000, 4_000)}
"""Entries and jurors by the number of criterion scores that they come to."""


WHOLE = ((8, 3_000, 100), (10, 25_000, 400))
"""Criteria, entries and jurors for which the official ranking is promised, tie chain and all."""

JURIES = ((200, 20), (3_000, 100), (25_000, 400))
TABLES = ((300, 20, 3), (3_000, 100, 3), (25_000, 400, 5))
"""Entries, jurors and jurors of each entry to be assigned."""


@dataclass(frozen=True)
class Line:
    """One line: who does it, and what is known to take too long here (then it is said, not done)."""

    title: str
    contender: str
    is_ours: bool = False
    too_slow: str = ""


RIVALS = ("pandas groupby", "polars", "duckdb")
"""With a row a score, as people have their scores; what they take where sheets were put together is shown, too."""

OURS = Line("ours, from the snapshot", "ours", is_ours=True)
TIED = Line("ours, with a tie chain of two rules", "ours ties", is_ours=True)
RANKING = (
    Line("floor: every byte of the rows read once", "floor rows"),
    Line("floor: every byte of the snapshot's points", "floor snapshot"),
    OURS,
    TIED,
    Line("ours, from rows in any order", "ours rows", is_ours=True),
    Line("polars, a row a score", "polars"),
    Line("polars, a row a sheet", "polars sheets"),
    Line("duckdb, a row a score", "duckdb"),
    Line("duckdb, a row a sheet", "duckdb sheets"),
    Line("pandas groupby", "pandas groupby"),
)
OFFICIAL = (RANKING[0], OURS, TIED)
PEOPLE = (
    Line("pandas groupby.apply(np.average)", "pandas apply"),
    Line("pandas iterrows", "pandas iterrows"),
    Line("SQL in SQLite", "sqlite"),
    Line("SQL in PostgreSQL", "postgresql"),
)
MIXED = (
    Line("ours: variances by REML", "ours mixed", is_ours=True),
    Line("ours: ridge, REML and 1,000 draws", "ours draws", is_ours=True),
    Line("R lme4", "lme4"),
    Line("statsmodels MixedLM", "statsmodels"),
)
STV = (
    Line("ours, Scottish rules", "ours stv", is_ours=True),
    Line("votelib", "votelib"),
    Line("pyrankvote", "pyrankvote"),
)
MOST_FOR_STATSMODELS = 3_000
_DENSE = "left out: its dense matrices would take 25 GB each"
MOST_FOR_HIGHS = 1_000_000
HIGHS_LEFT_OUT = Line("HiGHS (scipy)", "highs", too_slow="left out: 10 million variables")
ASSIGNING = (
    Line("ours, flow of least cost", "ours flow", is_ours=True),
    Line("HiGHS (scipy)", "highs", is_ours=True),
    Line("greedy", "greedy", is_ours=True),
)
STORED = (
    Line("bare read of the rows", "bare read", is_ours=True),
    Line("ours: read and rank", "ours database", is_ours=True),
)
STORED_SIZES = ((300, 20), (25_000, 400))
"""Entries and jurors of the stages that are stored; the rows of the larger are read and ranked."""

PAGE = (
    Line("ours: the middle page, in the database alone", "ours page bare", is_ours=True),
    Line("ours: the middle page", "ours page", is_ours=True),
    Line("ours: what is found by two words", "ours page with a word", is_ours=True),
    Line("ours: all standings, out of the snapshot", "ours snapshot", is_ours=True),
)


@dataclass(frozen=True)
class Told:
    """What became of a line: its time, or why it has none."""

    seconds: float | None
    processor: float = 0
    megabytes: float = 0
    answer: str = ""


@dataclass
class Table:
    """Prints sections as they are measured, and keeps the times for what is promised."""

    times: dict[tuple[str, str], Told] = field(default_factory=dict)

    def section(self, key: str, title: str, lines: Sequence[Line], folder: Path, *, base: str, floor: str = "") -> None:
        """Run the lines of a section, and print each with its ratios to two of them: ours and the floor."""
        print(
            f"\n{title}\n{'':<46}{'time':>11}{'CPU':>11}{'/ ours':>9}{'/ floor':>9}{'peak MB':>9}  answer", flush=True
        )
        told = {line: self._run(line, folder) for line in lines}
        self.times |= {(key, line.contender): found for line, found in told.items() if found.seconds}
        for line, found in told.items():
            if found.seconds is None:
                print(f"  {line.title:<44}{'-':>11}{'':>38}  {found.answer}")
                continue
            beside = (self.times.get((key, name)) for name in (base, floor))
            ratios = "".join(f"{_ratio(found.seconds, other and other.seconds):>9}" for other in beside)
            times = f"{_shown(found.seconds):>11}{_shown(found.processor):>11}"
            print(f"  {line.title:<44}{times}{ratios}{found.megabytes:>9,.0f}  {found.answer}")

    @staticmethod
    def _run(line: Line, folder: Path) -> Told:
        if line.too_slow:
            return Told(None, answer=line.too_slow)
        program = (sys.executable, HERE / "ours.py") if line.is_ours else (OTHERS, HERE / "others.py")
        threads = {**os.environ, "PYTHONWARNINGS": "ignore"}  # noqa: TID251  of the contender's process
        try:
            done = subprocess.run(
                [*program, line.contender, folder],
                capture_output=True,
                text=True,
                timeout=LIMIT,
                env=threads,
                check=True,
            )
        except subprocess.TimeoutExpired:
            return Told(None, answer=f"did not finish in {LIMIT} s")
        except subprocess.CalledProcessError as failed:
            return Told(None, answer=f"failed: {failed.stderr.strip().splitlines()[-1]}")
        except FileNotFoundError:
            return Told(None, answer="its environment is not there; `make bench` makes it")
        said = json.loads(done.stdout.splitlines()[-1])
        return Told(None, answer=said["missing"]) if "missing" in said else Told(**said)


def _shown(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1000:.2f} ms"


def _ratio(seconds: float, base: float | None) -> str:
    if not base:
        return ""
    ratio = seconds / base
    return f"{ratio:,.1f}" if ratio < 1000 else f"{ratio:,.0f}"  # noqa: PLR2004  four digits say enough


def main() -> int:
    """Print the table, and what was promised; return 1 where a promise was not kept."""
    print(f"{os.cpu_count()} processors, load average {os.getloadavg()[0]:.1f}; each time the best of up to 7 in 3 s")
    table = Table()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for size in SIZES:
            _ranking(table, size, folder / size)
        for criteria, entries, jurors in WHOLE:
            _whole(table, criteria, entries, jurors, folder / f"whole {entries}")
        _stored(table, folder / "stored")
        for entries, jurors in JURIES:
            _mixed(table, entries, jurors, folder / f"mixed {entries}")
        _ballots(table, folder / "stv")
        for case in TABLES:
            _assigning(table, case, folder / f"flow {case[0]}")
    print(f"\nload average {os.getloadavg()[0]:.1f} at the end")
    return _promises(table.times)


def _ranking(table: Table, size: str, folder: Path) -> None:
    entries, jurors = SIZES[size]
    write_scores(folder, entries, jurors, CRITERIA)
    slow = {
        "pandas apply": "1 million",
        "sqlite": "1 million",
        "postgresql": "1 million",
        "pandas iterrows": "15 thousand",
    }
    beyond = {name: f"left out above {most} scores: too slow" for name, most in slow.items() if _is_above(size, most)}
    people = tuple(Line(line.title, line.contender, too_slow=beyond.get(line.contender, "")) for line in PEOPLE)
    title = f"Ranking, {size} criterion scores ({entries:,} entries x {PER_ENTRY} jurors x {CRITERIA} criteria)"
    table.section(size, title, (*RANKING, *people), folder, base="ours", floor="floor rows")


def _whole(table: Table, criteria: int, entries: int, jurors: int, folder: Path) -> None:
    write_scores(folder, entries, jurors, criteria)
    title = f"Official ranking, {entries:,} entries x {PER_ENTRY} jurors x {criteria} criteria"
    table.section(f"whole {entries}", title, OFFICIAL, folder, base="ours", floor="floor rows")


def _is_above(size: str, most: str) -> bool:
    order = [*SIZES]
    return order.index(size) > order.index(most)


def write_scores(folder: Path, entries: int, jurors: int, criteria: int) -> None:
    """Write one row a score, in the order of entries: whole points from 50 to 100; and the ranks that they come to."""
    folder.mkdir()
    drawn = np.random.default_rng(20261122)
    sheets = entries * PER_ENTRY
    step = np.tile(np.arange(PER_ENTRY), entries)
    entry = np.repeat(np.arange(entries, dtype=np.int32), PER_ENTRY)
    juror = np.sort(((entry * 7 + step * 13) % jurors).reshape(entries, PER_ENTRY), axis=1).ravel()
    np.save(folder / "entry.npy", np.repeat(entry, criteria))
    np.save(folder / "juror.npy", np.repeat(juror.astype(np.int16), criteria))
    np.save(folder / "criterion.npy", np.tile(np.arange(criteria, dtype=np.int8), sheets))
    np.save(folder / "points.npy", drawn.integers(50, 101, sheets * criteria).astype(np.int16))
    np.save(folder / "weights.npy", np.array(WEIGHTS[:criteria]))
    subprocess.run([sys.executable, HERE / "ours.py", "expected", folder], check=True, stdout=subprocess.DEVNULL)


def _stored(table: Table, folder: Path) -> None:
    folder.mkdir()
    for entries, jurors in STORED_SIZES:
        with a_postgres() as postgres:
            for url in filter(None, (f"sqlite:///{folder}/stage{entries}.db", postgres)):
                _stored_in(table, folder, url, entries, jurors)
            if not postgres:
                print("\nFrom postgresql: not measured, no server answers (JURI_TEST_POSTGRES_URL)")


def _stored_in(table: Table, folder: Path, url: str, entries: int, jurors: int) -> None:
    database = Database(url)
    stage.fill(database, ours.registry(), entries=entries, jurors=jurors, per_entry=PER_ENTRY)
    stage.keep_standings(database, ours.registry())
    database.dispose()
    (folder / "url").write_text(url, encoding="utf-8")
    product = url.partition(":")[0].partition("+")[0]
    if (entries, jurors) == STORED_SIZES[-1]:
        title = f"From {product}, {entries * PER_ENTRY:,} scorecards"
        table.section(product, title, STORED, folder, base="ours database", floor="bare read")
    title = f"A page of standings from {product}, {entries:,} entries"
    table.section(f"{product} page {entries}", title, PAGE, folder, base="ours page")


def _mixed(table: Table, entries: int, jurors: int, folder: Path) -> None:
    folder.mkdir()
    drawn = np.random.default_rng(entries)
    chosen = np.argsort(drawn.random((entries, jurors)), axis=1)[:, :PER_ENTRY]
    entry, juror = np.repeat(np.arange(entries), PER_ENTRY), np.sort(chosen, axis=1).ravel()
    quality, severity = drawn.normal(0, 6, entries), drawn.normal(0, 3, jurors)
    value = np.rint(75 + quality[entry] - severity[juror] + drawn.normal(0, 5, entry.size))
    for name, column in (("entry", entry), ("juror", juror), ("value", value)):
        np.save(folder / f"mixed_{name}.npy", column)
    title = f"Mixed model, {entries:,} entries x {PER_ENTRY} of {jurors} jurors"
    lines = MIXED if entries <= MOST_FOR_STATSMODELS else (*MIXED[:-1], replace(MIXED[-1], too_slow=_DENSE))
    table.section(f"mixed {entries}", title, lines, folder, base="ours mixed")


def _ballots(table: Table, folder: Path) -> None:
    folder.mkdir()
    drawn = np.random.default_rng(2007)
    candidates, seats, voters = [f"Calon {letter}" for letter in "ABCDEFGHI"], 4, 20_000
    appeal = np.linspace(0, 2, len(candidates))
    rankings = np.argsort(drawn.gumbel(size=(voters, len(candidates))) - appeal, axis=1)
    kept = drawn.integers(1, len(candidates) + 1, voters)
    folded: dict[tuple[str, ...], int] = {}
    for ranking, length in zip(rankings.tolist(), kept.tolist(), strict=True):
        named = tuple(candidates[place] for place in ranking[:length])
        folded[named] = folded.get(named, 0) + 1
    told = {"candidates": candidates, "seats": seats, "ballots": sorted(folded.items())}
    (folder / "ballots.json").write_text(json.dumps(told), encoding="utf-8")
    title = f"Single transferable vote, {voters:,} ballots ({len(folded):,} different), {seats} seats"
    table.section("stv", title, STV, folder, base="ours stv")


def _assigning(table: Table, case: tuple[int, int, int], folder: Path) -> None:
    folder.mkdir()
    (folder / "case.json").write_text(json.dumps(case), encoding="utf-8")
    entries, jurors, per_entry = case
    title = f"Assignment, {entries:,} entries x {jurors} jurors x {per_entry}"
    lines = ASSIGNING if entries * jurors <= MOST_FOR_HIGHS else (ASSIGNING[0], HIGHS_LEFT_OUT, ASSIGNING[2])
    table.section(f"flow {entries}", title, lines, folder, base="ours flow")


Times = Mapping[tuple[str, str], Told]


def _promises(times: Times) -> int:
    print("\nPromised")
    kept = [_keeps(*promise) for promise in _promised(times)]
    return int(not all(kept))


def _promised(times: Times) -> Iterator[tuple[str, float | None, float]]:
    """Tell what is promised: in words, what was measured (None: it was not), and the most that it may be.

    Seconds are those of a processor: what we promise keeps one busy, and others may have the machine meanwhile.
    """

    def seconds(key: str, name: str) -> float | None:
        return times[key, name].seconds if (key, name) in times else None

    def cpu(key: str, name: str) -> float | None:
        return times[key, name].processor if (key, name) in times else None

    for size in ("1 million", "10 million"):
        rivals = min(filter(None, (seconds(size, name) for name in RIVALS)), default=None)
        yield f"ranking, {size}: ours / quickest of {', '.join(RIVALS)}", _over(seconds(size, "ours"), rivals), 1 / 5
        yield f"ranking, {size}: ours / floor", _over(cpu(size, "ours"), cpu(size, "floor rows")), 10
    for (_, entries, _), most in zip(WHOLE, (0.005, 0.05), strict=True):
        yield f"official ranking, {entries:,} entries: seconds", cpu(f"whole {entries}", "ours ties"), most
    for product in ("sqlite", "postgresql"):
        read = _over(seconds(product, "ours database"), seconds(product, "bare read"))
        yield f"{product}: read and rank / bare read", read, 1.5
        for entries, _ in STORED_SIZES:
            page = seconds(f"{product} page {entries}", "ours page bare")
            yield f"{product}: a page of standings of {entries:,} entries: seconds", page, 0.002
    for (entries, _), most in zip(JURIES[1:], (0.6, 3.0), strict=True):
        key = f"mixed {entries}"
        others = min(filter(None, (cpu(key, name) for name in ("lme4", "statsmodels"))), default=None)
        yield f"ridge, REML and draws, {entries:,} entries: seconds", cpu(key, "ours draws"), most
        yield (
            f"REML, {entries:,} entries: ours / quicker of lme4, statsmodels",
            _over(cpu(key, "ours mixed"), others),
            1 / 20,
        )
    for (entries, _, _), most in zip(TABLES[1:], (1.0, 10.0), strict=True):
        yield f"assignment, {entries:,} entries: seconds", cpu(f"flow {entries}", "ours flow"), most


def _over(one: float | None, other: float | None) -> float | None:
    return one / other if one and other else None


def _keeps(promise: str, value: float | None, most: float) -> bool:
    verdict = "not measured" if value is None else "kept" if value <= most else "NOT KEPT"
    shown = "-" if value is None else f"{value:.3g}"
    print(f"  {promise:<78}{shown:>8}   at most {most:<7.3g} {verdict}")
    return value is None or value <= most


if __name__ == "__main__":
    sys.exit(main())
