"""The agencies of the demonstration: real public names of Indonesian bodies, from a table beside this module.

They stand in for whoever takes part; nothing that the demonstration says about them is true.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files

from juri.webapp.demo.lots import Lots


@dataclass(frozen=True)
class Agency:
    """An agency: its number in the table, its name, its cluster and the province it lies in (if it lies in one)."""

    number: int
    cluster: str
    name: str
    region: str

    @property
    def unit(self) -> str:
        """Return the address of the invented person who writes the agency's entries."""
        return f"unit.{self.number:04d}@peragaan.example"

    @property
    def local_admin(self) -> str:
        """Return the address of the invented person who submits them."""
        return f"admin.{self.number:04d}@peragaan.example"


def read_agencies() -> tuple[Agency, ...]:
    """Read the table of agencies."""
    text = (files("juri.webapp.demo") / "agencies.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(Agency(number, row["cluster"], row["name"], row["region"]) for number, row in enumerate(rows, start=1))


def choose_agencies(seed: int, count: int) -> tuple[Agency, ...]:
    """Draw the agencies that take part, in the order of the table."""
    drawn = Lots(seed, "agencies").shuffled(read_agencies())[:count]
    return tuple(sorted(drawn, key=lambda agency: agency.number))
