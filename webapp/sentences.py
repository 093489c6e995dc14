"""Sentences of the engine in the language of the page.

The engine and its plugins speak in English sentences, which are stored with results and stand in the audit trail. A
page recognises them by the templates below and says them in its own language; what no template fits stays as it is,
marked as English. A sentence of several parts (``a; b``) and the parts that a template names are recognised one by one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from flask import g
from flask_babel import gettext, pgettext
from markupsafe import Markup, escape

from juri.webapp.fault_sentences import FAULTS, later
from juri.webapp.language import language, shown_moment

SENTENCES = (
    later("the time for reading the entries of this edition is over; your own scores stay in your list"),
    # objections
    later("no submitted entry has the number '%(code)s'"),
    later("say what you object to, in at most %(count)s characters"),
    # roles
    later("the role '%(role)s' is not held for one stage; leave the stage out"),
    later("%(person)s holds %(role)s and cannot be %(other)s: nobody enters and judges in one edition"),
    later("you score in this stage yourself: what others gave, and how far they are, is shown when it is closed"),
    later("not everything that the stage waits for is in; what is missing is not shown to who scores in it"),
    # proposals: why an entry goes on, or not
    later("submitted in time"),
    later("submitted at %(moment)s"),
    later("never submitted: '%(role)s' had to submit it before registration closed"),
    later("the stage ranks and stops nobody"),
    later("the rating ranks and stops nobody"),
    later("monitoring stops nobody"),
    later("every item of the checklist is met"),
    later("nothing against it"),
    later("not answered yet: %(items)s"),
    later("not answered: %(items)s"),
    later("no objection upheld"),
    later("no objection"),
    later("%(count)s objection rejected"),
    later("%(count)s objections rejected"),
    later("objection upheld: %(reasons)s"),
    later("at most %(count)s refuted claim"),
    later("at most %(count)s refuted claims"),
    later("%(count)s claim refuted: %(claims)s"),
    later("%(count)s claims refuted: %(claims)s"),
    later("every claim confirmed"),
    later("not verified yet: %(claims)s"),
    later("not in the sample that was visited"),
    later("the awards of the edition"),
    later("no title in this announcement"),
    later("no title in this announcement; it stays in the competition"),
    later("tied for '%(award)s' with %(count)s more"),
    later("rank %(rank)s with %(score)s"),
    later("rank %(rank)s with %(score)s: %(why)s"),
    later("not ranked: %(why)s"),
    later("the %(count)s place"),
    later("the %(count)s places"),
    later("the %(count)s place of %(group)s"),
    later("the %(count)s places of %(group)s"),
    later("no place left"),
    later("cluster '%(name)s'"),
    later("category '%(name)s'"),
    later("region '%(name)s'"),
    later("tied with %(count)s more across the line of %(place)s; the panel decides"),
    later("next in line for the places left empty (%(empty)s), and %(why)s; the panel decides"),
    later("the rule does not say whether they move"),
    later("a tie must be settled first"),
    later("the places left empty (%(empty)s), which go to the next best"),
    later("its place by score went to %(entry)s (%(stands)s) by the rule '%(rule)s'"),
    later("its place by score went to %(entry)s (%(stands)s)"),
    later("the %(count)s places within the quotas"),
    later("the %(count)s place within the quotas"),
    later("tied with others where the quotas leave a choice; the panel decides"),
    later("at least %(count)s of %(group)s, which %(entries)s fill"),
    later("at least %(count)s of %(group)s, which %(entries)s fills"),
    later("at most %(count)s of %(group)s, which %(entries)s fill"),
    later("at most %(count)s of %(group)s, which %(entries)s fills"),
    later("%(count)s places within quotas: %(quotas)s"),
    later("without '%(quota)s' the total score would be %(total)s, not %(now)s, and %(entries)s would be in"),
    later("without '%(quota)s' %(entries)s would be in (a tie leaves the total open)"),
    later("%(count)s places cannot be filled within the quotas"),
    later("no selection of %(count)s places keeps to %(quotas)s (%(numbers)s); loosen one of them"),
    later("no entry says its '%(fact)s'; a quota cannot count what is not known"),
    later("below the least score %(score)s"),
    later("at or above the least score"),
    later("score of at least %(score)s"),
    later("score of at least %(score)s, at most %(count)s"),
    later("top %(count)s"),
    later("%(percent)s percent of %(total)s, rounded %(way)s: %(count)s"),
    later("%(ratio)s x quota '%(quota)s' of %(size)s = %(count)s places"),
    later("the panel picks"),
    later("the best %(count)s of the ranking"),
    later("places %(first)s to %(last)s of the ranking"),
    later("places by %(group)s: %(places)s"),
    later("no rule"),
    later("the edition names no rule for track '%(track)s'; the panel decides"),
    later("it has no rank in the stages that count here"),
    later("decided by %(signer)s"),
    # eligibility
    later("it started on %(started)s; to be %(months)s months old on %(until)s it must have started by %(latest)s"),
    later("%(field)s has %(words)s words of %(most)s"),
    later("the title '%(title)s' is also that of %(others)s"),
    later("it was awarded %(titles)s"),
    later("it was never awarded before"),
    later("'%(fact)s' does not say on which day it started"),
    # what keeps an entry from going on
    later("this edition has no local admin: submit the entry"),
    later("%(code)s is still with its unit: hand it over to the local admin first"),
    # standings
    later("nobody was assigned to it"),
    later("no sheet was submitted"),
    later("all its jurors were dropped, because they did not finish"),
    later("incomplete: %(count)s of at least %(least)s sheets"),
    later("the method gives it no score: none of its sheets counts"),
    later("absent sheets by juror: %(jurors)s; %(consequence)s"),
    # what methods could not correct
    later(
        "nobody else scored an entry of %(jurors)s: nothing is known about their severity, and their entries keep "
        "what they gave"
    ),
    later(
        "the jurors fall into %(count)s groups without a common entry (%(groups)s): each keeps its own level, and "
        "entries of different groups are comparable only as far as the groups' jurors are alike"
    ),
    later(
        "few common entries join the jurors (connectivity %(figure)s, below %(least)s): differences between distant "
        "jurors are uncertain"
    ),
    later("one juror scored everything, so there is nothing to correct"),
    later("no entry was scored by two jurors, so jurors cannot be compared: nothing is corrected"),
    later("every juror scored one entry only, so jurors cannot be compared: nothing is corrected"),
    later("the sheets show no difference between jurors beyond chance: nothing is corrected"),
    later("every juror scored every entry, so the correction changes no rank"),
    later("the sheets show no difference between entries beyond chance: all share one score"),
    later(
        "entries with fewer sheets are drawn further to the mean, so that they can hardly win: for a ranking that "
        "decides use the method severity"
    ),
    later("scores are in units of each juror's own spread, not in points: 1 is one standard deviation above the mean"),
    later(
        "z-scores need at least %(count)s sheets of a juror; fewer are of %(jurors)s: their own mean and spread are "
        "little more than chance, the method severity does better"
    ),
    later("scored a single entry, so their sheets do not count: %(jurors)s"),
    later(
        "the jurors did not see equally good entries, so the assignment was not random: z-scores punish the entries "
        "of jurors who saw good ones; use the method severity or mean"
    ),
    later("the mean of all counts for m = %(figure)s sheets"),
    later("no points of the public, so no score: %(names)s"),
    later("no points of the jury, so no score: %(names)s"),
    later(
        "the public spreads its points more than twice as far as the other side, so it counts for more than its share"
    ),
    later("the jury spreads its points more than twice as far as the other side, so it counts for more than its share"),
    later(
        "the method '%(method)s' would take an absent sheet that counts 0 for a harsh juror; let only what was "
        "submitted count, or use another method"
    ),
    later("each counts 0"),
    later("only submitted sheets count"),
    later("all sheets of these jurors are left out"),
    later("an entry needs %(count)s"),
    later("counts 0"),
    later("the juror did not finish all assignments"),
    later("the entry has no rank"),
    later("left out by the method %(method)s"),
    later("%(count)s vote, at least %(least)s needed"),
    later("%(count)s votes, at least %(least)s needed"),
    # what stands in the way of a step
    later("the edition is %(edition_state)s; open the edition first"),
    later("stage '%(stage)s' is %(state)s; seal it first"),
    later("stage '%(stage)s' has no standings yet; close it first"),
    later("stage '%(stage)s' was opened after it; its result rests on this one"),
    later("%(count)s entries are not decided, such as %(entries)s; decide first"),
    later("%(count)s entry still undecided: %(entries)s; the panel must decide with a reason"),
    later("%(count)s entries still undecided: %(entries)s; the panel must decide with a reason"),
    later("%(count)s item of %(entries)s not answered yet: %(named)s"),
    later("%(count)s items of %(entries)s not answered yet: %(named)s"),
    later("%(count)s entry"),
    later("%(count)s entries"),
    later("%(count)s objection without an answer: %(named)s"),
    later("%(count)s objections without an answer: %(named)s"),
    later("%(count)s entry without a record of attendance: %(named)s"),
    later("%(count)s entries without a record of attendance: %(named)s"),
    later("%(count)s entry with claims that are not verified yet: %(named)s"),
    later("%(count)s entries with claims that are not verified yet: %(named)s"),
    later("%(entries)s visited, at least %(least)s must be"),
    later("juror '%(juror)s' has not submitted %(sheets)s: %(named)s"),
    later("%(count)s sheet"),
    later("%(count)s sheets"),
    later("%(entries)s with fewer than %(jurors)s: %(named)s"),
    later("%(count)s juror"),
    later("%(count)s jurors"),
    later("no quorum: %(jurors)s present, %(least)s needed"),
    later("the window from %(opens)s to %(closes)s is shorter than %(days)s"),
    later("%(count)s day"),
    later("%(count)s days"),
    later("'%(stage)s' is %(state)s; only a closed or sealed stage can be opened again"),
    later("'%(stage)s' is %(state)s; decisions are taken when it is closed and not yet sealed"),
    later("'%(stage)s' is %(state)s; only a closed stage that is not sealed is worked out again"),
    later("'%(stage)s' is %(state)s; only what is sealed and not published can be kept back"),
    later("'%(stage)s' is %(state)s; a result is signed when it is closed and decided"),
    later("'%(stage)s' is open until %(moment)s UTC; to close it before, give the reason"),
    later("'%(stage)s' is under embargo until %(moment)s UTC; wait, or lift the embargo"),
    later("the stage '%(stage)s' is %(state)s; it takes nothing now"),
    later("the stage '%(stage)s' is %(state)s; assignments are made before it closes"),
    later("the stage '%(stage)s' was open until %(moment)s UTC; it is %(now)s now"),
    later("the stage is %(state)s and cannot become %(other)s; from here it can become %(others)s"),
    later("what '%(stage)s' rests on was changed since it was closed: work it out again, then decide"),
    later("%(person)s has signed already; a second person must sign, too"),
    later("%(person)s has asked already; a second person must agree"),
    later("the edition is a draft: fill in what is unknown first"),
    later("%(place)s is unknown: %(why)s"),
    later("the organiser must supply it"),
    later("the edition '%(edition)s' was revised meanwhile; try again"),
    later("this moment is over; choose one that lies ahead"),
    later("say why"),
    # what programs are told
    later('send the ETag or the version that you read, such as "3"'),
    later("name the version that you read, here or in the header If-Match"),
    later("send a key of %(least)s to %(most)s characters that you made up for this write, such as a UUID"),
    later("more than %(count)s levels are too deep"),
    later("it holds a character that cannot be stored"),
    later("this scorecard was sent already; send it again to correct it"),
    later("set up your second factor first, at /account/second-factor"),
    later("%(person)s may not do '%(action)s' here"),
    # plugins that are switched
    later("edition '%(edition)s' is running and uses the plugin '%(plugin)s'"),
    later("the setting %(key)s keeps the plugin '%(plugin)s' switched off, and has the last word"),
    later("plugin '%(plugin)s' is switched off already"),
    later("plugin '%(plugin)s' is switched on already"),
    # jurors and assignments
    later("'%(entry)s' needs %(wanted)s jurors and can get %(found)s: %(why)s"),
    later("the panel has %(count)s"),
    later("the panel has %(count)s, %(conflicts)s may not score it because of a conflict"),
    later("the jurors fall into %(count)s groups that share no entry: their scores cannot be compared"),
    later("ask for more bridge entries, or let some jurors score a second category"),
    later("the jurors are weakly connected (lambda2 %(value)s, below %(limit)s): corrections for severity are unsure"),
    later("ask for more bridge entries"),
    later("these %(entries)s want %(asked)s scorecards"),
    later("%(count)s entries (%(codes)s)"),
    later("%(count)s entry (%(codes)s)"),
    later("%(count)s entries of category '%(category)s' (%(codes)s)"),
    later("%(count)s entry of category '%(category)s' (%(codes)s)"),
    later("%(count)s jurors (%(codes)s)"),
    later("%(count)s juror (%(codes)s)"),
    later("the %(jurors)s who may score them can take at most %(given)s: %(missing)s too few"),
    later("raise their largest load, add jurors, or lower the jurors for each entry"),
    later("the %(jurors)s are to get at least %(asked)s entries beside what they have"),
    later("the %(entries)s that they may score have only %(given)s places to give"),
    later("lower their least load, or let them score more"),
    later("these rules can each be met, but not all together: %(rules)s"),
    later("loosen one of them"),
    later("%(count)s bridge entries do not fit beside loads and roles"),
    later("ask for fewer, or raise the loads"),
    later("there is no open assignment '%(juror)s' in stage %(stage)s"),
    later("entry '%(entry)s' does not take part in this stage"),
    later("juror '%(juror)s' is not in this stage's panel"),
    later("they are in conflict: %(kind)s"),
    later("%(juror)s does not score %(entry)s"),
    later("a sheet was begun already: say why it shall not count"),
    later("choose at least one juror"),
    later("there is no juror '%(code)s' in this edition"),
    later("you typed this sheet yourself; somebody else looks at it"),
    later("only %(person)s takes back what they typed; others confirm or reject it"),
    later("a sheet of %(juror)s for %(entry)s waits to be confirmed already"),
    later("the scorecard of %(juror)s for %(entry)s is at version %(version)s by now; look at it again"),
    later("the scorecard of %(juror)s for %(entry)s is at version %(version)s by now"),
    later("the rubric was changed since the sheet was typed; reject it and type it again"),
    later("sheets typed from paper wait for a second person: %(count)s; confirm or reject them first"),
    later("the paper is %(before)s and cannot become %(after)s; from here it can become nothing"),
    later("say what is not as it stands on the paper"),
    later("nothing is written here"),
    later("juror '%(juror)s' has nothing left to score in this stage"),
    later("juror '%(juror)s' has a reminder that waits in the outbox"),
    later("the stage '%(stage)s' is %(state)s; nobody can score in it now"),
    # weights
    later("the weights sum to %(sum)s, not 100; mend them, or declare 'weights: free'"),
    later("the weights below '%(criterion)s' sum to %(sum)s, not 100; mend them, or declare 'weights: free'"),
    later("every criterion is information only; let at least one count"),
    later("the weights are all 0, so nothing counts; give at least one criterion a weight"),
    # tables that are taken over
    later("row %(row)s"),
    later("row %(row)s, %(what)s"),
    later("row %(row)s, column %(column)s"),
    later("row %(row)s, column %(column)s (%(name)s)"),
    later("an entry needs a title"),
    later("name the agency that enters"),
    later("'%(value)s' is not a track; tracks are %(values)s"),
    later("'%(value)s' is not one of %(values)s"),
    later("'%(value)s' is not an e-mail address; write name@place"),
    later("'%(value)s' is not a whole number from 1 upward"),
    later("'%(value)s' is neither yes nor no"),
    later("'%(value)s' is not a day; write 2024-01-31 or 31/1/2024"),
    later("'%(value)s' is not the address of a page; write https://..."),
    later("'%(value)s' is not a number; write digits with at most one comma or point, such as 84.5 or 84,5"),
    later("nothing is written here; write a number such as 84.5 or 84,5"),
    later("there is an entry '%(code)s' already; leave the code out to get a free one"),
    later("there is no panel '%(value)s'; panels are %(values)s"),
    later("there is no entry '%(code)s'"),
    later("the column '%(name)s' is missing; the header has %(values)s"),
    later("the column is not known; did you mean '%(name)s'?"),
    later("the column is not known; columns are %(values)s"),
    later("the column has no header; name it or empty it"),
    later("the form does not ask '%(name)s'; it asks %(values)s"),
    later("the file is empty"),
    later("%(agency)s has submitted %(count)s entries; the edition allows %(most)s"),
    later("%(count)s characters are too many; write %(most)s at most"),
)  # fmt: skip
"""The sentences that pages know, each with its variable parts named. What is called ``state`` is a state of a stage."""

_NAMES = frozenset({"name", "names", "key", "text"})
"""Parts that stand in a document as they are, and are no words of ours."""

_PART = re.compile(r"%\((\w+)\)s")
_DECIMAL = re.compile(r"-?\d+\.\d+")
_MORE = re.compile(r"(.+) and (\d+) more")
_KEPT_LENGTH = 2000
"""A longer text is somebody's own words, and not worth the search."""


def shown_sentence(text: object, *, mark: bool = True) -> Markup:
    """Write a sentence of the engine for a page; one that is not known is marked as English where the page is not.

    Without ``mark`` it stands as it is: where it may be in the language of the edition, such as the titles of awards.
    """
    said = str(text or "")
    found = sentence(said)
    if found != said or language() == "en" or not said or not mark:
        return escape(found)
    return Markup('<span lang="en">{}</span>').format(said)


def sentence(text: str) -> str:
    """Return a sentence of the engine in the language of the page, or as it is where it is not known."""
    if language() == "en" or not text or len(text) > _KEPT_LENGTH:
        return text
    return _said(text, language(), str(g.get("zone", "")))


def parts_of(text: str) -> list[str]:
    """Take a text of several sentences (``a; b``) apart; one that has a semicolon of its own stays whole."""
    parts, found = text.split("; "), []
    while parts:
        pair = "; ".join(parts[:2])
        taken = 2 if len(parts) > 1 and any(pattern.fullmatch(pair) for pattern in _with_semicolon()) else 1
        found.append("; ".join(parts[:taken]))
        parts = parts[taken:]
    return [part for part in found if part]


@lru_cache(maxsize=4096)
def _said(text: str, _language: str, _zone: str) -> str:
    """Say a text; language and zone are asked for by what it calls, and stand here for the cache."""
    parts = parts_of(text)
    known = [_known(part) for part in parts]
    if len(parts) > 1 and None not in known:  # before the whole: its last variable part would swallow the others
        return "; ".join(filter(None, known))
    whole = _known(text)
    if whole is not None:
        return whole
    return "; ".join(part if own is None else own for part, own in zip(parts, known, strict=True))


def _known(text: str) -> str | None:
    for template, pattern in _patterns().items():
        found = pattern.fullmatch(text)
        if found:
            return str(gettext(template, **{name: _part(name, value) for name, value in found.groupdict().items()}))
    return None


@cache
def _patterns() -> Mapping[str, re.Pattern[str]]:
    """Turn the templates into patterns; the longest first, since it says most."""
    every = sorted((*SENTENCES, *FAULTS), key=_fixed, reverse=True)
    return {each: re.compile(_pattern(each), re.DOTALL) for each in every}


@cache
def _with_semicolon() -> tuple[re.Pattern[str], ...]:
    """Return the patterns of two-part sentences; a name and a colon may stand before one."""
    return tuple(re.compile(f"(?:[^;]+: )?{_pattern(each)}", re.DOTALL) for each in SENTENCES if "; " in each)


def _fixed(template: str) -> int:
    """Count the letters of a template that do not vary."""
    return len(_PART.sub("", template))


def _pattern(template: str) -> str:
    pieces = _PART.split(template)
    return "".join(f"(?P<{piece}>.+?)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces))


def _part(name: str, value: str) -> str:
    """Say the variable part of a sentence: a state by its word, a figure with a comma, a sentence by its template."""
    if name in _NAMES:
        return value
    say = {"state": _stage_state, "other": _stage_state, "edition_state": _edition_state, "moment": _moment}.get(name)
    if say is not None:
        return say(value)
    if _DECIMAL.fullmatch(value):
        return value.replace(".", ",")
    more = _MORE.fullmatch(value)
    if more:
        return str(gettext("%(names)s and %(count)s more", names=more[1], count=more[2]))
    return _known(value) or value


def _moment(value: str) -> str:
    """Write a moment of a sentence in the zone of the page; one without a zone is UTC."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return value
    return shown_moment(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _edition_state(value: str) -> str:
    return str(pgettext("edition", value))


def _stage_state(value: str) -> str:
    words: Mapping[str, Any] = {
        "planned": pgettext("stage", "planned"),
        "open": pgettext("stage", "open"),
        "closed": pgettext("stage", "closed"),
        "sealed": pgettext("stage", "sealed"),
        "published": pgettext("stage", "published"),
    }
    return str(words.get(value, value))
