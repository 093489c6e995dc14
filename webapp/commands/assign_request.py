"""What ``juri assign`` was asked for."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path


@dataclass(frozen=True)
class Request:
    """What was asked for on the command line; an option that was left away is None, False or empty."""

    first: str
    second: str
    per_entry: int | None
    min_load: int | None
    max_load: int | None
    prefer: str | None
    worst_first: bool
    bridges: Fraction | None
    beyond_categories: bool
    mix: tuple[str, ...]
    scope: tuple[str, ...]
    conflicts: Path | None
    affinity: Path | None
    current: Path | None
    rule: str | None
    file: Path | None
    dry_run: bool
    seed: int
    form: str | None
    output: Path | None
