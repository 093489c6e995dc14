"""The errors of Juri, one class by who must act. No HTTP here: statuses stand in ``webapp/errors.py``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input, said so that a person can mend it.

    ``field`` names the place (``"signifikansi"``, ``"row 7, column C"``, ``"stages[2].rubric"``), ``message`` is a
    full sentence that says what is wrong and what to do instead, ``code`` is stable and meant for programs.
    """

    field: str
    message: str
    code: str = "invalid"

    def __str__(self) -> str:
        return f"{self.field}: {self.message}" if self.field else self.message


@dataclass(frozen=True)
class Where:
    """A place in a file: 1-based line and column; 0 means unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class JuriError(Exception):
    """Every error that Juri raises on purpose; ``code`` is stable."""

    code = "error"


class InputRefused(JuriError):
    """The person can mend it: every problem is listed with its field, and nothing was written."""

    code = "input_refused"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(map(str, self.problems)))

    @classmethod
    def at(cls, field: str, message: str, code: str = "invalid") -> InputRefused:
        """Refuse an input for one problem."""
        return cls([Problem(field, message, code)])


class ActionRefused(JuriError):
    """Not now, or not you: every reason is listed."""

    code = "action_refused"

    def __init__(self, reasons: Iterable[str], code: str | None = None) -> None:
        self.reasons = tuple(reasons)
        self.code = code or type(self).code
        super().__init__("; ".join(self.reasons))


class Conflict(ActionRefused):
    """Somebody else wrote first: ``theirs`` is what is stored now, as ``version``, ``yours`` what was sent."""

    code = "conflict"

    def __init__(self, reason: str, *, theirs: object, yours: object, version: int = 0) -> None:
        super().__init__([reason])
        self.version = version
        self.theirs = theirs
        self.yours = yours


class NotFound(JuriError):
    """There is no such thing, or the actor may not know that there is."""

    code = "not_found"

    def __init__(self, kind: str, key: object, hint: str = "") -> None:
        self.kind = kind
        self.key = key
        self.hint = hint
        joint = " " if hint.startswith("in ") else "; "
        super().__init__(f"there is no {kind} '{key}'" + (f"{joint}{hint}" if hint else ""))


@dataclass(frozen=True)
class Fault:
    """One fault of an organiser's file: where it stands, what is wrong, and a hint how to mend it.

    ``steps`` lead to the value or the missing key from the top of the document; empty where that is not known.
    """

    where: Where
    problem: str
    hint: str = ""
    steps: tuple[str | int, ...] = field(default=(), compare=False)

    def __str__(self) -> str:
        return f"{self.where}: {self.problem}" + (f"\n    hint: {self.hint}" if self.hint else "")


class DefinitionError(JuriError):
    """The organiser's file is at fault: every fault is listed with file, line and column."""

    code = "definition_error"

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))


class PluginError(JuriError):
    """The author of a plugin must act: names the plugin, the hook or callable, and why."""

    code = "plugin_error"

    def __init__(self, plugin: str, hook: str, why: str) -> None:
        self.plugin = plugin
        self.hook = hook
        self.why = why
        super().__init__(f"plugin '{plugin}', {hook}: {why}")
