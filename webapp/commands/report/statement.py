"""The sections that organisers publish: how the ranking came about, and how anybody can check it."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from importlib.metadata import version

import rfc8785

from juri.core.extension import Method
from juri.core.scoring.missing import MissingPolicy
from juri.core.tables.table import clean
from juri.webapp.commands.report.values import Section
from juri.webapp.commands.report.words import TEXTS, Words
from juri.webapp.commands.score_report import ScoreResult
from juri.webapp.recognition import said_in


@dataclass(frozen=True)
class Origin:
    """What a page cannot know from the result: the method, the arguments to run again, and what they print."""

    method: Method
    arguments: tuple[str, ...]
    plain_json: bytes


def statement(words: Words, result: ScoreResult, origin: Origin) -> Section:
    """Say in plain sentences by what rules the ranking came about."""
    texts = [*_method(words, result, origin.method), _policy(words, result), _ties(words, result)]
    texts.append(words.say("rounding", decimals=result.decimals))
    use = result.use
    texts.append(words.say("rubric_named", rubric=use.rubric.id) if use else words.say("rubric_none"))
    if result.group_by is not None:
        texts.append(words.say("grouped", column=result.group_by))
    texts += _doubt(words, result)
    texts.append(words.say("versions", **{name: version(name) for name in ("juri", "numpy", "scipy")}))
    return Section(words.say("statement"), tuple(texts), notes=tuple(map(words.engine, result.ranked.warnings)))


def verification(words: Words, result: ScoreResult, origin: Origin) -> Section:
    """Give the fingerprints of what came in, of the rules and of what came out, and the command to get the last."""
    rules = _rules(result)
    use = result.use
    codes = [(words.say("hash_input", name=clean(result.table.name)), result.input_sha256)]
    codes += [(words.say("hash_rubric"), use.rubric.content_hash)] if use else []
    codes += [
        (words.say("hash_rules"), hashlib.sha256(rules).hexdigest()),
        (words.say("hash_result"), hashlib.sha256(origin.plain_json).hexdigest()),
        (words.say("rules"), rules.decode()),
        (words.say("command"), f"{shlex.join(('juri', 'score', *origin.arguments))} | sha256sum"),
    ]
    return Section(words.say("verify"), (words.say("verify_how", version=version("juri")),), codes=tuple(codes))


def _rules(result: ScoreResult) -> bytes:
    """Write what decides the ranking as canonical JSON (RFC 8785): the same rules, the same bytes."""
    rule = result.rule.rule
    return rfc8785.dumps(
        {
            "decimals_shown": result.decimals,
            "group_by": result.group_by,
            "method": rule.method,
            "method_options": {key: str(value) for key, value in rule.method_options.items()},
            "missing": rule.missing,
            "ranks": rule.ranks,
            "rounding": "none",
            "rubric": result.use.rubric.content_hash if result.use else None,
            "ties": list(rule.ties),
        }
    )


def _method(words: Words, result: ScoreResult, method: Method) -> Iterator[str]:
    key = f"method_{method.name}"
    yield words.say(
        key if key in TEXTS else "method_other", method=method.name, title=said_in(method.title, words.language)
    )
    options = ", ".join(f"{key} = {value}" for key, value in sorted(result.rule.rule.method_options.items()))
    told = options or words.say("usual")
    yield words.say("method_named", method=method.name, version=method.version, options=told)
    if result.low_is_best:
        yield words.say("low_is_best")
    for group, own in result.ranked.groups.items():
        if own.estimates:
            before = f"{group}: " if group else ""
            figures = ", ".join(f"{name} {words.figure(figure, 3)}" for name, figure in own.estimates.items())
            yield words.say("estimates", figures=f"{before}{figures}")


def _policy(words: Words, result: ScoreResult) -> str:
    policy = MissingPolicy.parse(result.rule.rule.missing)
    return words.say(f"policy_{policy.name}", count=policy.quorum)


def _ties(words: Words, result: ScoreResult) -> str:
    chain = result.rule.rule.ties
    return words.say("ties_chain", chain=", ".join(chain)) if chain else words.say("ties_shared")


def _doubt(words: Words, result: ScoreResult) -> Iterator[str]:
    asked = result.beside.asked
    if asked is None or not any(result.beside.doubts.values()):
        return
    given = result.rule.rule.method_options.get("lambda")
    penalty = words.say("penalty_reml") if given is None else words.say("penalty_given", value=Fraction(given))
    yield words.say("drawn", draws=asked.draws, seed=asked.seed, penalty=penalty)
