"""How a folder of shipped editions offers its documents: by name, read only when somebody asks."""

from __future__ import annotations

from importlib import resources

from juri.core.extension import EditionDefinition


def shipped_edition(package: str, name: str, title: str, version: str = "1") -> EditionDefinition:
    """Return the definition of the edition whose document is ``<name>.yaml`` in a package."""

    def read() -> str:
        return resources.files(package).joinpath(f"{name}.yaml").read_text(encoding="utf-8")

    return EditionDefinition(name=name, title=title, version=version, read=read, path=f"{package}/{name}.yaml")
