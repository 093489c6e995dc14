"""Measure how long a person waits for the command line: the median of several runs, beside what is promised."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

RUNS = 7
JURI = str(Path(sys.executable).with_name("juri"))

PROMISED = {("score", "scores.csv"): 0.7}
"""Seconds for a table of ten rows, start-up included, on two cores that have nothing else to do."""


def main() -> int:
    """Print one line a command and return 1 where a promise was not kept."""
    with tempfile.TemporaryDirectory() as folder:
        write_scores(Path(folder) / "scores.csv", entries=5, jurors=2)
        medians = {command: median_seconds(command, folder) for command in PROMISED}
    for command, seconds in medians.items():
        print(f"juri {' '.join(command)} {seconds:.3f} s   promised {PROMISED[command]:.1f} s")
    return int(any(seconds > PROMISED[command] for command, seconds in medians.items()))


def write_scores(path: Path, *, entries: int, jurors: int) -> None:
    """Write a table of one row for each entry and juror."""
    rows = (f"E{e},J{j},{60 + (7 * e + 3 * j) % 40}" for e in range(entries) for j in range(jurors))
    path.write_text("entry,juror,quality\n" + "\n".join(rows) + "\n", encoding="utf-8")


def median_seconds(command: tuple[str, ...], folder: str) -> float:
    """Run a command several times, the first not counted (it fills the caches of the machine)."""
    seconds = []
    for _ in range(RUNS + 1):
        begun = time.perf_counter()
        subprocess.run([JURI, *command], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds[1:])


if __name__ == "__main__":
    sys.exit(main())
