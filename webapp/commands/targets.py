"""What a person means by an edition: a file, or the name of one that a plugin ships."""

from __future__ import annotations

from pathlib import Path

from juri.core.editions.loader import LoadedEdition, load_edition, load_shipped
from juri.core.editions.resolve import SUFFIXES
from juri.webapp.workbench import Workbench


def load_target(workbench: Workbench, target: str) -> LoadedEdition:
    """Load an edition from a file, with the plugin beside it, or by the name under which it is shipped.

    Raises:
        DefinitionError: it has faults, or the file cannot be read.
        NotFound: no edition is shipped under that name.

    """
    if is_file(target):
        path = Path(target)
        return load_edition(path, workbench.plugins_with(path).registry)
    return load_shipped(target, workbench.registry)


def is_file(target: str) -> bool:
    """Tell whether a person means a file: it is one, or is written like one."""
    return target.endswith(SUFFIXES) or "/" in target or Path(target).is_file()
