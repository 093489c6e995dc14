"""The rule of ``juri score``: method, policy and tie chain, from the words of the command line."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from juri.core.errors import InputRefused, NotFound
from juri.core.judging.table_sheets import RubricUse, TableSheets
from juri.core.ranking import RankRule
from juri.core.registry import Registry
from juri.core.scoring.missing import MissingPolicy
from juri.core.scoring.ties import PANEL

MISSING_WORDS: Mapping[str, str] = {"assigned-zero": "zero", "drop-juror": "drop_juror", "sum": "submitted"}
"""Words of the command line for policies that editions write otherwise; ``sum`` goes with the method of that name."""

_POLICIES = ("submitted", "assigned-zero", "sum", "quorum:N", "drop-juror", "block")
_METHOD_WORDS = {"ranksum": "rank_sum"}
_TIE_WORDS = {"panel": PANEL}
_SHARED = "shared"


@dataclass(frozen=True)
class ScoreRule:
    """The rule to rank by, and the words that say it: the policy and the tie chain as they were typed."""

    rule: RankRule
    missing: str
    ties: tuple[str, ...]


def criteria_of(sheets: TableSheets, use: RubricUse | None) -> tuple[str, ...]:
    """Return the criteria that a tie rule can name."""
    if use is not None:
        return tuple(leaf.id for leaf in use.rubric.leaves)
    return tuple(
        dict.fromkeys(name for own in sheets.groups.values() for sheet in own for name in sheet.answers if name)
    )


def read_rule(registry: Registry, method: str | None, missing: str, ties: str, criteria: Collection[str]) -> ScoreRule:
    """Read the rule.

    Raises:
        InputRefused: no such method, option, policy or tie rule, each with the nearest word; or two that clash.

    """
    policy = _read_missing(missing)
    name, options = read_method(registry, "methods", method or ("sum" if missing == "sum" else "mean"))
    if missing == "sum" and name != "sum":
        message = f"the policy 'sum' adds up what was submitted; it goes with --method sum, not with '{name}'"
        raise InputRefused.at("--missing", message, "clash")
    chain = _read_ties(registry, ties, criteria)
    rule = RankRule(method=name, method_options=options, missing=policy, rounding=(), ties=chain, ranks="competition")
    return ScoreRule(rule, missing, chain or (_SHARED,))


def _read_missing(text: str) -> str:
    policy = MISSING_WORDS.get(text, text)
    try:
        MissingPolicy.parse(policy)
    except InputRefused:
        near = get_close_matches(text, _POLICIES, 1)
        hint = f"did you mean '{near[0]}'? Known are" if near else "known are"
        message = f"there is no policy '{text}'; {hint} {', '.join(_POLICIES)}"
        raise InputRefused.at("--missing", message, "unknown_policy") from None
    return policy


def read_method(registry: Registry, family: str, text: str) -> tuple[str, Mapping[str, str]]:
    """Read ``NAME[:key=value,...]``; the name is one of a family of methods.

    Raises:
        InputRefused: there is no such method, or an option is not written as ``key=value``.

    """
    name, rest = _split(registry, family, _METHOD_WORDS, text)
    _require(registry, family, name, "--method")
    pairs = [part.partition("=") for part in rest.split(",")] if rest else []
    wrong = [key for key, sign, value in pairs if not (key.strip() and sign and value.strip())]
    if wrong:
        raise InputRefused.at("--method", f"'{wrong[0]}' is not an option; write {name}:key=value", "bad_option")
    options = {key.strip(): value.strip() for key, _, value in pairs}
    if len(options) < len(pairs):
        raise InputRefused.at("--method", "an option is given twice; give each once", "bad_option")
    return name, options


def _read_ties(registry: Registry, text: str, criteria: Collection[str]) -> tuple[str, ...]:
    rules = [part.strip() for part in text.split(",") if part.strip()]
    if _SHARED in rules[:-1]:
        raise InputRefused.at("--ties", "'shared' leaves the rest tied, so it can only stand last", "bad_tie")
    return tuple(_read_tie(registry, rule, criteria) for rule in rules if rule != _SHARED)


def _read_tie(registry: Registry, text: str, criteria: Collection[str]) -> str:
    name, argument = _split(registry, "tie_breakers", _TIE_WORDS, text)
    _require(registry, "tie_breakers", name, "--ties", also=_SHARED)
    if name == "criterion" and argument and argument not in criteria:
        near = get_close_matches(argument, criteria, 1)
        known = f"the scores have {', '.join(criteria)}" if criteria else "the table holds totals, not criteria"
        hint = f"did you mean '{near[0]}'?" if near else known
        raise InputRefused.at("--ties", f"there is no criterion '{argument}'; {hint}", "unknown_criterion")
    if name == "fact":
        raise InputRefused.at("--ties", "a table of scores holds no facts of entries; leave this rule out", "bad_tie")
    return f"{name}:{argument}" if argument else name


def _split(registry: Registry, family: str, words: Mapping[str, str], text: str) -> tuple[str, str]:
    """Part ``name:rest``; a plugin's name has a colon of its own, and ``-`` is as good as ``_``."""
    names = registry.names(family)
    parts = text.split(":")
    for count in (2, 1):
        written = ":".join(parts[:count])
        for name in (written, words.get(written, ""), written.replace("-", "_")):
            if name in names:
                return name, ":".join(parts[count:])
    return parts[0], ":".join(parts[1:])


def _require(registry: Registry, family: str, name: str, option: str, also: str = "") -> None:
    try:
        registry.get(family, name)
    except NotFound as error:
        hint = f" ('{also}' is known, too)" if also else ""
        raise InputRefused.at(option, f"{error}{hint}", "unknown_name") from error
