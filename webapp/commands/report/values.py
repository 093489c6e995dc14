"""What the page is made of: sections with sentences, charts and the tables that say the same."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True)
class Column:
    """The head of a column, and whether it holds figures, which stand to the right."""

    name: str
    is_figure: bool = True


@dataclass(frozen=True)
class Grid:
    """A table; its first column names the row. A folded one opens at a click: ``summary`` is what is clicked."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    summary: str = ""


@dataclass(frozen=True)
class Section:
    """One part of the page. ``notes`` are sentences of the engine, in the language of the page where it is known there.

    ``codes`` are figures to compare letter by letter, each with its name.
    """

    title: str
    texts: tuple[str, ...] = ()
    chart: Markup | None = None
    grids: tuple[Grid, ...] = ()
    notes: tuple[str, ...] = ()
    codes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Report:
    """All that the template shows."""

    language: str
    title: str
    lead: str
    sections: tuple[Section, ...]
