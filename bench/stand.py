"""What every contender of the table shares: its data, its clock, its report. It knows numpy and nothing of Juri.

A contender runs in a process of its own, so that its peak of memory is its own. It works its answer out once, which is
compared with ours, and then again and again while time is left; the quickest time is reported as one line of JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Mapping
from math import floor, log10
from pathlib import Path
from typing import Any

import numpy as np

SECONDS_TO_REPEAT = 3
MOST_REPEATS = 7
DIGITS = 4

Answer = Any
Work = Callable[[], Answer]
Contender = Callable[[Path], tuple[Work, Callable[[Answer], str]]]
"""Gets the folder of its data; returns what is timed, and what compares its answer with ours (empty: nothing said)."""


def run(contenders: Mapping[str, Contender]) -> None:
    """Do what the command line says, ``NAME FOLDER``; print times in seconds, the peak in MB, and the comparison."""
    _, name, folder = sys.argv
    try:
        work, compare = contenders[name](Path(folder))
    except ImportError as missing:
        print(json.dumps({"missing": f"{missing.name} is not installed"}))
        return
    except FileNotFoundError as missing:
        print(json.dumps({"missing": f"{missing.filename or missing} is not there"}))
        return
    begun = time.perf_counter()
    answer, *first = _timed(work)
    said = compare(answer)
    del answer
    times = [first]
    while len(times) < MOST_REPEATS and time.perf_counter() - begun < SECONDS_TO_REPEAT:
        times.append(_timed(work)[1:])
    seconds, processor = map(min, zip(*times, strict=True))
    print(json.dumps({"seconds": seconds, "processor": processor, "megabytes": _peak(), "answer": said}))


def _peak() -> float:
    """Return the most memory in MB that this process had, or one that it started.

    Linux counts in ``ru_maxrss`` what the process was before it became this program, too; its own count does not.
    """
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    own = next(int(line.split()[1]) for line in status.read_text("utf-8").splitlines() if line.startswith("VmHWM"))
    return max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss) / 1024


def _timed(work: Work) -> tuple[Answer, float, float]:
    """Return the answer, the seconds that it took, and those of processors; a program that it started tells its own."""
    begun, used = time.perf_counter(), time.process_time()
    answer = work()
    seconds, processor = time.perf_counter() - begun, time.process_time() - used
    if isinstance(answer, dict) and "seconds" in answer:
        return answer, answer["seconds"], answer["processor"]
    return answer, seconds, processor


def same_ranks(folder: Path) -> Callable[[Any], str]:
    """Return what compares the rank of each entry with ours."""

    def compare(ranks: Any) -> str:
        expected = np.load(folder / "ranks.npy")
        other = int((np.asarray(ranks) != expected).sum())
        return f"MISMATCH: {other:,} of {expected.size:,} ranks differ" if other else "same ranks"

    return compare


def same_figures(folder: Path) -> Callable[[Mapping[str, float]], str]:
    """Return what compares figures with ours, to four digits."""

    def compare(found: Mapping[str, float]) -> str:
        expected = json.loads((folder / "variances.json").read_text(encoding="utf-8"))
        off = [
            f"{name} {found[name]:.6g}, ours {own:.6g}" for name, own in expected.items() if not _near(found[name], own)
        ]
        return f"MISMATCH: {'; '.join(off)}" if off else f"same variances to {DIGITS} digits"

    return compare


def _near(found: float, own: float) -> bool:
    return abs(found - own) <= 0.5 * 10 ** (floor(log10(own)) + 1 - DIGITS)


def nothing_to_compare(_: Answer) -> str:
    """Say nothing: there is no second answer."""
    return ""
