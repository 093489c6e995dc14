"""What the keys of an edition document are called on the screens, and what they are for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext, lazy_pgettext

from juri.webapp.organiser.words import METHODS, MISSING

Words = Mapping[str, Any]

LABELS: Words = {
    "id": lazy_pgettext("key of an edition", "Id"),
    "name": lazy_gettext("Name"),
    "description": lazy_gettext("Description"),
    "competition": lazy_gettext("Competition series"),
    "time_zone": lazy_gettext("Time zone"),
    "kind": lazy_gettext("Kind"),
    "opens": lazy_gettext("Opens"),
    "closes": lazy_gettext("Closes"),
    "tracks": lazy_gettext("Tracks"),
    "track": lazy_gettext("Track"),
    "clusters": lazy_gettext("Clusters"),
    "quotas": lazy_gettext("Quotas"),
    "eligibility": lazy_gettext("Eligibility rules"),
    "value": lazy_gettext("Value"),
    "type": lazy_gettext("Type of answer"),
    "label": lazy_gettext("Question"),
    "required": lazy_gettext("Required"),
    "max_words": lazy_gettext("Words at most"),
    "options": lazy_gettext("Choices, one on each line"),
    "when": lazy_gettext("Asked only when (YAML, such as “field: answer”)"),
    "max_mb": lazy_gettext("Megabytes at most"),
    "media": lazy_gettext("File types, one on each line"),
    "size": lazy_gettext("Number of jurors"),
    "scope": lazy_gettext("Scope of a juror"),
    "conflicts": lazy_gettext("Ties that keep a juror from an entry"),
    "panel": lazy_gettext("Panel"),
    "rubric": lazy_gettext("Rubric"),
    "jurors_per_entry": lazy_gettext("Jurors for each entry"),
    "method": lazy_gettext("From sheets to one score"),
    "missing": lazy_gettext("What an absent sheet counts"),
    "rounding": lazy_gettext("Rounding"),
    "ties": lazy_gettext("Tie rules, the first that decides counts"),
    "ranks": lazy_gettext("How ranks are counted"),
    "gate": lazy_gettext("Keep the stage open until"),
    "weights": lazy_gettext("Weights"),
    "bonuses": lazy_gettext("Bonuses count in this stage"),
    "chain": lazy_gettext("Who hands over, in order"),
    "items": lazy_gettext("Items of the checklist"),
    "text": lazy_gettext("Text"),
    "reason": lazy_gettext("Reason code"),
    "rule": lazy_gettext("Rule"),
    "minutes": lazy_gettext("Minutes to present and to ask, one number on each line"),
    "mode": lazy_gettext("Mode"),
    "claims": lazy_gettext("Claims to be verified"),
    "sample": lazy_gettext("Sample"),
    "share": lazy_gettext("Share (0 to 1)"),
    "count": lazy_gettext("Count"),
    "tolerate": lazy_gettext("Refuted claims that are tolerated"),
    "scale": lazy_gettext("Scale"),
    "min": lazy_gettext("Least"),
    "max": lazy_gettext("Greatest"),
    "step": lazy_gettext("Step"),
    "minimum_votes": lazy_gettext("Votes that are needed"),
    "picks": lazy_gettext("How many are picked"),
    "of": lazy_gettext("By the ranking of"),
    "merge_tracks": lazy_gettext("Rank all tracks together"),
    "days": lazy_gettext("Days"),
    "quorum": lazy_gettext("Quorum"),
    "proposes": lazy_gettext("What the rules propose"),
    "awards": lazy_gettext("Awards"),
    "title": lazy_gettext("Title"),
    "to": lazy_gettext("Given to"),
    "places": lazy_gettext("How many"),
    "from_place": lazy_gettext("From place"),
    "among": lazy_gettext("Among"),
    "overlap": lazy_gettext("Who has a title already"),
    "others": lazy_gettext("Entries without a title"),
    "publish": lazy_gettext("What is published"),
    "ranked": lazy_gettext("With ranks"),
    "scores": lazy_gettext("With scores"),
    "order": lazy_gettext("Order of the list"),
    "decimals": lazy_gettext("Decimals"),
    "weight": lazy_gettext("Weight"),
    "na_allowed": lazy_gettext("“Not applicable” is allowed"),
    "comment_required": lazy_gettext("A comment is required"),
    "divide_by": lazy_gettext("The weighted sum is divided by"),
    "normalise": lazy_gettext("Bring marks to 0-100 of their scale first"),
    "na": lazy_gettext("An answer that is left out"),
    "reason_for": lazy_gettext("Answers that need a reason"),
    "reasons": lazy_gettext("Reasons to choose from, one on each line"),
    "maximum": lazy_gettext("Points at most"),
    "inner": lazy_gettext("How the total is worked out"),
    "bands": lazy_gettext("Bands"),
    "grade": lazy_gettext("Grade"),
    "fact": lazy_gettext("Answer of the entry form"),
    "until": lazy_gettext("Counted until (calendar)"),
    "year": lazy_gettext("Year"),
}

_VALUES: Words = {
    "own_agency": lazy_gettext("own agency"),
    "own_region": lazy_gettext("own region"),
    "relation": lazy_gettext("a relation that is on record"),
    "competition": lazy_gettext("1, 2, 2, 4 (as in sports)"),
    "dense": lazy_gettext("1, 2, 2, 3"),
    "fractional": lazy_gettext("1, 2.5, 2.5, 4"),
    "all_submitted": lazy_gettext("every sheet is in"),
    "none": lazy_gettext("nothing is waited for"),
    "unit": lazy_gettext("the unit"),
    "local_admin": lazy_gettext("the local administrator"),
    "percent": lazy_gettext("percent: they sum to 100"),
    "free": lazy_gettext("free: any sum"),
    "sum": lazy_gettext("the sum of the weights (a mean)"),
    "hundred": lazy_gettext("a hundred"),
    "one": lazy_gettext("one (a plain sum)"),
    "renormalise": lazy_gettext("gives its weight to the others"),
    "zero": lazy_gettext("counts zero"),
    "half_up": lazy_gettext("half up (0.5 becomes 1)"),
    "half_even": lazy_gettext("half to even"),
    "down": lazy_gettext("down"),
    "up": lazy_gettext("up"),
    "sheet": lazy_gettext("each sheet"),
    "entry": lazy_gettext("the entry"),
    "combined": lazy_gettext("the combined score"),
    "entrant": lazy_gettext("the entrant"),
    "person": lazy_gettext("a person"),
    "allowed": lazy_gettext("may have another"),
    "next_best": lazy_gettext("lets the next best have it"),
    "rank": lazy_gettext("by rank"),
    "alphabetical": lazy_gettext("alphabetical, without ranks"),
    "gate": lazy_gettext("a gate: pass or fail"),
    "scored": lazy_gettext("scored by a rubric"),
    "text": lazy_gettext("text"),
    "date": lazy_gettext("date"),
    "number": lazy_gettext("number"),
    "yes_no": lazy_gettext("yes or no"),
    "choice": lazy_gettext("one of several"),
    "choices": lazy_gettext("several of several"),
    "url": lazy_gettext("web address"),
    "file": lazy_gettext("file"),
    "mean": lazy_gettext("mean"),
    "yes": lazy_gettext("Yes"),
    "no": lazy_gettext("No"),
}

HINTS: Words = {
    "id": lazy_gettext("Lower-case letters, digits, - and _. It stays, once entries or sheets name it."),
    "missing": lazy_gettext("zero, submitted, quorum:3 or drop_juror"),
    "ties": lazy_gettext("One on each line: criterion:ID, first_places, median, fact:ID, and panel_decision last."),
    "tracks": lazy_gettext("None ticked: all of them."),
    "clusters": lazy_gettext("None ticked: all of them."),
    "time_zone": lazy_gettext("In which dates and deadlines are meant and shown."),
    "competition": lazy_gettext("The same for every year, such as kipp-sukoharjo; past awards are found by it."),
    "jurors_per_entry": lazy_gettext("Empty: not fixed."),
    "scope": lazy_gettext("“category” lets a juror score some categories only."),
    "value": lazy_gettext("Entries for each entrant at most."),
}

KIND_TEXTS: Words = {
    "weighted": lazy_gettext(
        "Each aspect has a weight in percent; the marks are multiplied by it and added up. For most proposals."
    ),
    "levelled": lazy_gettext(
        "Jurors choose a described level. An aspect may have elements: their mean is taken, then weighted."
    ),
    "points": lazy_gettext("Every item has its own maximum of points, and the points add up."),
    "checklist": lazy_gettext("Yes, no or not applicable: as a gate that a sheet passes or not, or as a count."),
    "banded": lazy_gettext("Points or weighted marks, and the total gets a grade such as A, B or C."),
}

KIND_NAMES: Words = {
    "weighted": lazy_gettext("Weighted aspects"),
    "levelled": lazy_gettext("Levels with descriptions"),
    "points": lazy_gettext("Points"),
    "checklist": lazy_gettext("Checklist"),
    "banded": lazy_gettext("Grades"),
}

EFFECTS: Words = {
    "scores": lazy_gettext("Can change scores, ranks or who goes forward"),
    "rules": lazy_gettext("Changes other rules: who may enter, what is asked, when"),
    "wording": lazy_gettext("Wording only"),
}


def label_of(key: str) -> Any:
    """Return what a key is called; a plugin's own key by its name, readable."""
    return LABELS.get(key) or key.replace("_", " ").replace("-", " ").capitalize()


def value_word(key: str, value: str) -> Any:
    """Return what a value of a choice is called."""
    known = {"method": METHODS, "missing": MISSING}.get(key, {})
    return known.get(value) or _VALUES.get(value) or value
