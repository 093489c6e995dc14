"""What every command works with: the settings, the plugins and the registry, each built when first asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from juri.core.settings import Settings, load_settings

if TYPE_CHECKING:
    from juri.core.registry import Registry
    from juri.plugins.manager import Plugins


@dataclass(frozen=True)
class Workbench:
    """The object of click's context. ``plugins_dir`` and ``database`` are the root's options, None where not given."""

    plugins_dir: str | None = None
    database: str | None = None

    @cached_property
    def settings(self) -> Settings:
        """Return the settings, with the options of the command line before everything else."""
        return load_settings(plugins_dir=self.plugins_dir, database_url=self.database)

    @cached_property
    def plugins(self) -> Plugins:
        """Return the loaded plugins."""
        return self.plugins_with(None)

    @property
    def registry(self) -> Registry:
        """Return what the plugins add, by family and name."""
        return self.plugins.registry

    def plugins_with(self, edition_file: Path | None) -> Plugins:
        """Load the plugins together with the ``plugin.py`` beside an edition file."""
        from juri.plugins.manager import load_plugins

        return load_plugins(self.settings, beside=edition_file)
