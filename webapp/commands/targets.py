"""What a person means by an edition: a file, the name of one that a plugin ships, or one in the database."""

from __future__ import annotations

from pathlib import Path

from juri.core.editions.loader import LoadedEdition, load_edition, load_shipped
from juri.core.editions.resolve import SUFFIXES
from juri.core.errors import ActionRefused, NotFound
from juri.webapp.workbench import Workbench


def load_target(workbench: Workbench, target: str) -> LoadedEdition:
    """Load an edition from a file, with the plugin beside it, by the name under which it is shipped, or as installed.

    Raises:
        DefinitionError: it has faults, or the file cannot be read.
        NotFound: no edition is shipped or installed under that name.

    """
    if is_file(target):
        path = Path(target)
        return load_edition(path, workbench.plugins_with(path).registry)
    if target not in workbench.registry.names("editions"):
        installed = _installed(workbench, target)
        if installed is not None:
            return installed
    return load_shipped(target, workbench.registry)


def _installed(workbench: Workbench, slug: str) -> LoadedEdition | None:
    """Return the document in force of an installed edition; None where there is none, or no database yet."""
    from juri.core.editions.verbs import find_document
    from juri.core.storage.database import Database

    database = Database(workbench.settings.database_url)
    if database.is_sqlite and not database.path.exists():
        return None
    try:
        with workbench.reading() as session:
            return find_document(session, workbench.registry, slug)
    except (NotFound, ActionRefused):
        return None


def is_file(target: str) -> bool:
    """Tell whether a person means a file: it is one, or is written like one."""
    return target.endswith(SUFFIXES) or "/" in target or Path(target).is_file()
