"""What the tests of shipped editions share: the real registry, the loaded editions, and tables of real results."""

import csv

import pytest

from juri.core.editions.loader import load_shipped
from juri.core.settings import load_settings
from juri.core.view import PastAward, RuleContext
from juri.plugins.manager import load_plugins


@pytest.fixture(scope="session")
def registry():
    """Return the registry of everything that comes with Juri."""
    return load_plugins(load_settings({})).registry


@pytest.fixture(scope="session")
def load(registry):
    """Return the loader of a shipped edition by its id."""
    return lambda name: load_shipped(name, registry).edition


@pytest.fixture
def table(shared):
    """Return the reader of a table of real results or rubrics."""

    def read(path):
        lines = (shared / "domain" / path).read_text(encoding="utf-8").splitlines()
        return list(csv.DictReader(line for line in lines if not line.startswith("#")))

    return read


@pytest.fixture
def admits(load, registry):
    """Return whether an edition admits an entry to its track, given what 'Gelis' of Sukoharjo won."""

    def admit(edition, entry, history):
        uses = next(track.eligibility for track in load(edition).tracks if track.id == entry.track)
        won = (PastAward("kipp", f"kipp-{year}", year, award, "Sukoharjo", "Gelis") for award, year in history)
        context = RuleContext(history=tuple(won))
        rules = ((registry.get("eligibility_rules", use.rule), use.options) for use in uses)
        return all(rule.verdict(entry, options, context).passed for rule, options in rules)

    return admit
