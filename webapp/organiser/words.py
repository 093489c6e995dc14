"""The words of the engine in the language of the page: kinds, outcomes, rules, and the fields of acts.

What a plugin of somebody else's names, and what is not listed here, is shown as it is called.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from flask_babel import lazy_gettext, lazy_pgettext

from juri.core.extension import Extension
from juri.webapp.language import shown_figure

Words = Mapping[str, Any]
"""Name -> a text that is looked up in the page's language when it is shown."""

KINDS: Words = {
    "registration": lazy_pgettext("stage kind", "Registration"),
    "checklist": lazy_pgettext("stage kind", "Administrative selection"),
    "scoring": lazy_pgettext("stage kind", "Scoring by a panel"),
    "interview": lazy_pgettext("stage kind", "Presentation and interview"),
    "visit": lazy_pgettext("stage kind", "Field verification"),
    "rating": lazy_pgettext("stage kind", "Public rating"),
    "cut": lazy_pgettext("stage kind", "Cut"),
    "objection": lazy_pgettext("stage kind", "Objection window"),
    "plenary": lazy_pgettext("stage kind", "Plenary"),
    "announcement": lazy_pgettext("stage kind", "Announcement"),
    "monitoring": lazy_pgettext("stage kind", "Monitoring after the award"),
}

OUTCOMES: Words = {
    "advance": lazy_pgettext("outcome", "goes forward"),
    "stop": lazy_pgettext("outcome", "does not go forward"),
    "undecided": lazy_pgettext("outcome", "to be decided by people"),
}

DECIDED = lazy_pgettext("outcome", "already decided")
"""What is called an entry of a closed stage that people have decided on."""

TOPICS: Words = {
    "check": lazy_pgettext("act", "Checklist answers"),
    "slot": lazy_pgettext("act", "Schedule"),
    "attendance": lazy_pgettext("act", "Attendance"),
    "claim": lazy_pgettext("act", "Findings on claims"),
    "vote": lazy_pgettext("act", "Votes"),
    "objection": lazy_pgettext("act", "Objections"),
    "answer": lazy_pgettext("act", "Answers to objections"),
    "adoption": lazy_pgettext("act", "Adoptions by others"),
    "survival": lazy_pgettext("act", "Is it still alive?"),
}

SUBJECTS: Words = {
    "check": lazy_pgettext("subject of an act", "Checklist item"),
    "claim": lazy_pgettext("subject of an act", "Claim"),
    "vote": lazy_pgettext("subject of an act", "Voter"),
    "objection": lazy_pgettext("subject of an act", "Number of the objection"),
    "answer": lazy_pgettext("subject of an act", "Number of the objection"),
    "adoption": lazy_pgettext("subject of an act", "Number of the adoption"),
    "survival": lazy_pgettext("subject of an act", "Number of the look"),
    "attendance": lazy_pgettext("subject of an act", "Juror"),
}
"""What tells several acts of a topic and entry apart; where a topic is not listed, each entry has one."""

FIELDS: Words = {
    "answer": lazy_pgettext("field of an act", "Answer"),
    "reason": lazy_pgettext("field of an act", "Reason"),
    "note": lazy_pgettext("field of an act", "Note"),
    "starts": lazy_pgettext("field of an act", "Begins"),
    "minutes": lazy_pgettext("field of an act", "Minutes"),
    "place": lazy_pgettext("field of an act", "Place"),
    "present": lazy_pgettext("field of an act", "Present"),
    "leader": lazy_pgettext("field of an act", "The leader came"),
    "finding": lazy_pgettext("field of an act", "Finding"),
    "evidence": lazy_pgettext("field of an act", "Evidence"),
    "value": lazy_pgettext("field of an act", "Value"),
    "from": lazy_pgettext("field of an act", "From"),
    "text": lazy_pgettext("field of an act", "Text"),
    "verdict": lazy_pgettext("field of an act", "Verdict"),
    "by": lazy_pgettext("field of an act", "Adopted by"),
    "year": lazy_pgettext("field of an act", "Year"),
    "alive": lazy_pgettext("field of an act", "Still alive"),
}

VALUES: Words = {
    "yes": lazy_pgettext("value", "Yes"),
    "no": lazy_pgettext("value", "No"),
    "na": lazy_pgettext("value", "Does not concern it"),
    "confirmed": lazy_pgettext("value", "Confirmed"),
    "partly": lazy_pgettext("value", "Confirmed in part"),
    "refuted": lazy_pgettext("value", "Refuted"),
    "upheld": lazy_pgettext("value", "Upheld"),
    "rejected": lazy_pgettext("value", "Rejected"),
}

METHODS: Words = {
    "mean": lazy_pgettext("method", "mean of the sheets"),
    "sum": lazy_pgettext("method", "sum of the sheets"),
    "median": lazy_pgettext("method", "median of the sheets"),
    "trimmed": lazy_pgettext("method", "mean without the highest and lowest sheets"),
    "weighted": lazy_pgettext("method", "mean weighted by juror"),
    "rank_sum": lazy_pgettext("method", "sum of ranks"),
    "borda": lazy_pgettext("method", "Borda count"),
    "severity": lazy_pgettext("method", "mean corrected for the severity of jurors"),
    "blup": lazy_pgettext("method", "prediction of a mixed model"),
    "zscore": lazy_pgettext("method", "mean in units of each juror's own spread"),
    "bayes": lazy_pgettext("method", "mean drawn to the mean of all"),
    "wilson": lazy_pgettext("method", "share of votes surely in favour"),
    "jury_public": lazy_pgettext("method", "jury and public together"),
}

MISSING: Words = {
    "zero": lazy_pgettext("missing sheet", "an absent sheet counts zero"),
    "submitted": lazy_pgettext("missing sheet", "only submitted sheets count"),
    "quorum": lazy_pgettext("missing sheet", "without enough sheets an entry has no rank"),
    "drop_juror": lazy_pgettext("missing sheet", "a juror who did not finish is left out everywhere"),
}

TIES: Words = {
    "criterion": lazy_pgettext("tie rule", "the higher mark in"),
    "first_places": lazy_pgettext("tie rule", "more first places"),
    "highest_sheet": lazy_pgettext("tie rule", "the highest sheet"),
    "lowest_sheet": lazy_pgettext("tie rule", "the highest of the lowest sheets"),
    "juror": lazy_pgettext("tie rule", "more points from"),
    "median": lazy_pgettext("tie rule", "the median"),
    "fact": lazy_pgettext("tie rule", "the answer to"),
    "panel_decision": lazy_pgettext("tie rule", "the panel's order"),
}

ASSIGNMENT_RULES: Words = {"balanced": lazy_pgettext("assignment rule", "Even loads")}

CONFLICTS: Words = {
    "declared": lazy_pgettext("conflict", "declared by the juror"),
    "own_agency": lazy_pgettext("conflict", "own agency"),
    "own_region": lazy_pgettext("conflict", "own region"),
    "relation": lazy_pgettext("conflict", "a relation that is on record"),
}

ROLES: Words = {
    "operator": lazy_pgettext("role", "Operator"),
    "administrator": lazy_pgettext("role", "Administrator"),
    "organiser": lazy_pgettext("role", "Organiser"),
    "secretariat": lazy_pgettext("role", "Secretariat"),
    "auditor": lazy_pgettext("role", "Auditor"),
    "panel_chair": lazy_pgettext("role", "Chair of the panel"),
}

SHEETS: Words = {
    "counted": lazy_pgettext("sheet", "counted"),
    "not counted": lazy_pgettext("sheet", "not counted"),
    "absent": lazy_pgettext("sheet", "not submitted"),
}

EXPORTS: Words = {
    "csv": lazy_gettext("CSV, for any program"),
    "json": lazy_gettext("JSON, for programs"),
    "xlsx": lazy_gettext("Workbook (XLSX)"),
    "page": lazy_gettext("Page to keep or send (HTML)"),
}


def kind_word(kind: Extension) -> Any:
    """Return what a stage kind is called; a plugin's own kind by its own title."""
    return KINDS.get(kind.name, kind.title)


def missing_word(policy: str) -> Any:
    """Say what an absent sheet counts; ``quorum:3`` names its number."""
    name, _, number = policy.partition(":")
    word = MISSING.get(name, policy)
    return f"{word} ({number})" if number else word


def tie_word(rule: str, criteria: Mapping[str, str]) -> Any:
    """Say which rule set equals apart: ``criterion:manfaat`` as the higher mark in what ``criteria`` calls it."""
    name, _, argument = rule.partition(":")
    word = TIES.get(name)
    if word is None:
        return rule
    return f"{word} {criteria.get(argument, argument)}" if argument else word


def rank_text(rank: Fraction) -> str:
    """Write a rank: whole, or with one decimal where equals share the mean of their ranks."""
    return shown_figure(rank, 0 if rank.denominator == 1 else 1)


def word(words: Words, name: str) -> Any:
    """Return the word for a name, or the name itself, readable."""
    return words.get(name) or name.replace("_", " ").replace("-", " ")
