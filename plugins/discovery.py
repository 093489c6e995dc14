"""Find plugins: built in, installed, in a folder, beside an edition. Nothing of theirs runs here."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, partial
from importlib import import_module
from importlib.machinery import ModuleSpec, SourceFileLoader
from importlib.util import module_from_spec
from pathlib import Path
from pkgutil import iter_modules
from sys import modules
from types import ModuleType

from juri.core.errors import InputRefused, Problem
from juri.core.registry import FAMILIES
from juri.core.settings import Settings
from juri.plugins import PROJECT
from juri.plugins.datafile import DATA_SUFFIXES, DataFile

BUILT_IN = "built in"
BESIDE = "plugin.py"
"""The file beside an edition document that is loaded with it; as a plugin it has the name of its folder."""

FOLDERS = (
    "juri.rubrics.kinds",
    "juri.rubrics.library",
    "juri.plugins.stages",
    "juri.plugins.methods",
    "juri.plugins.counts",
    "juri.plugins.rules",
    "juri.plugins.exporters",
    "juri.plugins.editions",
)
"""Where the built-in plugins are: each module of these packages whose name does not begin with ``_``."""

_HOOK = re.compile(r"^def juri_(\w+)\(", re.MULTILINE)
_VERSION = re.compile(r"""^__version__(?:\s*:[^=\n]+)?\s*=\s*["']([^"'\n]+)["']""", re.MULTILINE)


@dataclass(frozen=True)
class Source:
    """Where a plugin comes from, known before any of its code runs.

    ``origin`` says it to people ("built in", "distribution kipp-plus", "file /srv/juri/median.py"), ``version`` is
    empty where none is stated, ``module`` is the module or package that the plugin's own lines of code belong to.
    ``file`` holds the text of a built-in.
    """

    name: str
    origin: str
    version: str
    module: str
    load: Callable[[], object]
    file: Path | None = None

    @property
    def namespace(self) -> str:
        """Return the prefix that the plugin's extensions may have: a built-in's name without its folder."""
        return self.name.rpartition(".")[2]

    @property
    def is_built_in(self) -> bool:
        """Tell whether the plugin is a part of Juri."""
        return self.origin == BUILT_IN

    def adds_to(self, families: Collection[str]) -> bool:
        """Tell whether the plugin may add to one of these families.

        Nobody's code but ours is left out of a start-up: a built-in says by the functions in its text what it adds.
        """
        if self.file is None or not self.file.is_file():
            return True
        hooks = _HOOK.findall(self.file.read_text(encoding="utf-8"))
        return any(hook in families or hook not in FAMILIES for hook in hooks)

    def __str__(self) -> str:
        return f"{self.name} ({self.origin}, {f'version {self.version}' if self.version else 'no version stated'})"


def discover(settings: Settings, beside: Path | None = None) -> list[Source]:
    """List every plugin that there is, switched on or not, in no order that means anything.

    Raises:
        InputRefused: the plugins folder is not one.

    """
    files = {path.absolute() for path in _files(settings.plugins_dir)}
    if beside is not None:
        neighbour = (beside if beside.is_dir() else beside.parent) / BESIDE
        files |= {neighbour.absolute()} if neighbour.is_file() else set()
    return [*_built_in(), *_installed(), *map(_file_source, files)]


def select(
    sources: Iterable[Source], settings: Settings, switched_off: Collection[str] = ()
) -> tuple[list[Source], list[Source]]:
    """Part the plugins that are switched on from those that are not.

    ``JURI_PLUGINS`` names the plugins to load beside the built-in ones; empty loads all. ``JURI_PLUGINS_OFF`` names
    plugins that are not loaded, built-in ones too, and has the last word. ``switched_off`` are those that an
    administrator switched off; one that is no longer installed is no slip.

    Raises:
        InputRefused: either names a plugin that does not exist.

    """
    listed = list(sources)
    names = {source.name for source in listed}
    wanted = {"JURI_PLUGINS": settings.plugins, "JURI_PLUGINS_OFF": settings.plugins_off}
    problems = [_unknown(key, name, names) for key, given in wanted.items() for name in given if name not in names]
    if problems:
        raise InputRefused(problems)

    def is_on(source: Source) -> bool:
        named = not settings.plugins or source.is_built_in or source.name in settings.plugins
        return named and source.name not in settings.plugins_off and source.name not in switched_off

    return [source for source in listed if is_on(source)], [source for source in listed if not is_on(source)]


def _unknown(setting: str, name: str, names: set[str]) -> Problem:
    near = sorted(known for known in names if known.endswith(f".{name}")) or get_close_matches(name, sorted(names), 1)
    hint = f"did you mean {' or '.join(repr(known) for known in near)}?" if near else "'juri plugins' lists them"
    return Problem(setting, f"there is no plugin '{name}'; {hint}", "unknown_plugin")


def _built_in() -> Iterator[Source]:
    for package in FOLDERS:
        short = package.rpartition(".")[2]
        for folder in import_module(package).__path__:
            for _, name, is_package in iter_modules([folder]):
                if not name.startswith("_"):
                    module = f"{package}.{name}"
                    file = Path(folder, name, "__init__.py") if is_package else Path(folder, f"{name}.py")
                    load = partial(import_module, module)
                    yield Source(f"{short}.{name}", BUILT_IN, _juri_version(), module, load, file)


@cache
def _juri_version() -> str:
    from importlib.metadata import version

    return version("juri")


def _installed() -> Iterator[Source]:
    from importlib.metadata import entry_points

    for point in entry_points(group=PROJECT):
        origin = f"distribution {point.dist.name}" if point.dist else "an installed distribution without a name"
        version = point.dist.version if point.dist else ""
        yield Source(point.name, origin, version, point.module.split(".")[0], point.load)


def _files(folder: str) -> Iterator[Path]:
    if not folder:
        return
    place = Path(folder)
    if not place.is_dir():
        raise InputRefused.at("--plugins-dir", f"'{folder}' is not a folder; name the folder with your plugins in it")
    for path in place.iterdir():
        if (path / "__init__.py").is_file():
            message = f"'{path.name}' is a package; install it (pip install), or make it a single file"
            raise InputRefused.at(str(place), message, "package_in_plugins_dir")
        if path.suffix in (".py", *DATA_SUFFIXES) and not path.name.startswith(("_", ".")):
            yield path


def _file_source(path: Path) -> Source:
    name = path.parent.name.lower() if path.name == BESIDE else path.stem
    origin = f"file {path}"
    if path.suffix in DATA_SUFFIXES:
        return Source(name, origin, "", "", partial(DataFile.read, path))
    module = "juri_plugin_" + re.sub(r"\W", "_", str(path.with_suffix("")))
    return Source(name, origin, _stated_version(path), module, partial(_load_file, path, module))


def _stated_version(path: Path) -> str:
    """Read ``__version__`` off the text: an error at import names the version, too. Loading says what is unreadable."""
    try:
        found = _VERSION.search(path.read_text(encoding="utf-8", errors="replace"))
    except OSError:
        return ""
    return found.group(1) if found else ""


class _FreshLoader(SourceFileLoader):
    """Compiles a file each time: a folder of plugins gets no ``__pycache__``, and no edit is missed."""

    def path_stats(self, path: str) -> dict[str, float]:
        raise OSError(f"no compiled form of {path} is kept")


def _load_file(path: Path, name: str) -> ModuleType:
    loader = _FreshLoader(name, str(path))
    spec = ModuleSpec(name, loader, origin=str(path))
    spec.has_location = True
    module = module_from_spec(spec)
    modules[name] = module
    try:
        loader.exec_module(module)
    except BaseException:
        del modules[name]
        raise
    return module
