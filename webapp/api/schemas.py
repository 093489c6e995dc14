"""The bodies of the API: what is answered, and what is taken. Exact figures are texts, never floating point numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from marshmallow import Schema, fields, validate

from juri.core.scoring.number import decimal_text
from juri.webapp.entry_forms import EntryBody
from juri.webapp.forms import AnswerBody

LARGEST = 2**31 - 1
MOST_DECIMALS = 20
LONGEST_REASON = 500


class Decimals(fields.String):
    """A figure as a decimal text: exact where it has an end within 20 decimals, else rounded to as many."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **more: Any) -> str | None:
        return None if value is None else decimal_of(Fraction(value))


class Exactly(fields.String):
    """A figure as a whole number or a fraction: ``8553/100``. Never rounded."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **more: Any) -> str | None:
        return None if value is None else str(Fraction(value))


def decimal_of(value: Fraction) -> str:
    """Write a figure as a decimal text without zeros at the end."""
    text = decimal_text(value, MOST_DECIMALS)
    return text.rstrip("0").rstrip(".") if "." in text else text


class TextOut(Schema):
    """A text in both languages."""

    id = fields.String()
    en = fields.String()


class InBoth(fields.Nested):
    """A text in Bahasa Indonesia and in English."""

    def __init__(self) -> None:
        super().__init__(TextOut)


class EditionOut(Schema):
    """One year of a competition."""

    edition = fields.String()
    name = InBoth()
    state = fields.String()
    time_zone = fields.String()


class EditionsOut(Schema):
    """The editions that you may know of."""

    editions = fields.List(fields.Nested(EditionOut))


class DocumentOut(Schema):
    """The rules of an edition, as they are in force."""

    edition = fields.String()
    revision = fields.Integer()
    sha256 = fields.String()
    document = fields.Dict()


class StageOut(Schema):
    """One step of an edition. Whether a closed stage is sealed is told to those who run the edition."""

    stage = fields.String()
    kind = fields.String()
    name = InBoth()
    state = fields.String()
    opens_at = fields.DateTime("iso", allow_none=True)
    closes_at = fields.DateTime("iso", allow_none=True)
    tracks = fields.List(fields.String())


class StagesOut(Schema):
    """The stages of an edition, in order."""

    edition = fields.String()
    stages = fields.List(fields.Nested(StageOut))


class JurorProgressOut(Schema):
    """How far one juror is."""

    juror = fields.String()
    name = fields.String()
    assigned = fields.Integer()
    done = fields.Integer()
    drafts = fields.Integer()
    left = fields.List(fields.String())
    out = fields.List(fields.String())


class EntryProgressOut(Schema):
    """How many sheets an entry has."""

    entry = fields.String()
    title = fields.String()
    assigned = fields.Integer()
    done = fields.Integer()
    waits_for = fields.List(fields.String())


class ProgressOut(Schema):
    """How far a judged stage is."""

    stage = fields.String()
    assigned = fields.Integer()
    done = fields.Integer()
    jurors = fields.List(fields.Nested(JurorProgressOut))
    entries = fields.List(fields.Nested(EntryProgressOut))


class EntriesQuery(Schema):
    """Which entries are wanted; what is not given is any. ``words`` must all stand in code, title or entrant."""

    state = fields.String(load_default="", validate=validate.Length(max=20))
    track = fields.String(load_default="", validate=validate.Length(max=80))
    category = fields.String(load_default="", validate=validate.Length(max=120))
    words = fields.String(load_default="", validate=validate.Length(max=200))
    page = fields.Integer(load_default=1, validate=validate.Range(min=1, max=LARGEST))


class EntryLineOut(Schema):
    """One entry of a list."""

    code = fields.String()
    title = fields.String()
    entrant = fields.String()
    track = fields.String()
    category = fields.String()
    state = fields.String()
    submitted_at = fields.DateTime("iso", allow_none=True)


class EntriesOut(Schema):
    """One page of the entries that you may see."""

    edition = fields.String()
    total = fields.Integer()
    page = fields.Integer()
    pages = fields.Integer()
    entries = fields.List(fields.Nested(EntryLineOut))


class GapOut(Schema):
    """A required question without an answer or, with ``words``, a text that is too long."""

    question = fields.String()
    words = fields.Integer(allow_none=True)
    most = fields.Integer(allow_none=True)


class EntryOut(EntryLineOut):
    """An entry with everything that it says. ``gaps`` is what is open in it."""

    unit = fields.String()
    people = fields.List(fields.String())
    answers = fields.Dict()
    version = fields.Integer()
    gaps = fields.List(fields.Nested(GapOut))


class EntryIn(EntryBody):
    """A new entry. ``organization`` may be left out by who acts for one agency only."""

    organization = fields.String(load_default="", validate=validate.Length(max=200))


class EntryChangeIn(EntryBody):
    """The whole content of an entry, over the version that was read: named here, or in the header If-Match."""

    version = fields.Integer(strict=True, load_default=None, validate=validate.Range(min=0, max=LARGEST))


class NothingIn(Schema):
    """An empty object."""


class ReasonIn(Schema):
    """Why."""

    reason = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_REASON))


class ReceiptOut(Schema):
    """What a write came to. The same write, sent again with its key, gets the same receipt."""

    code = fields.String()
    state = fields.String()
    version = fields.Integer()


class AssignmentOut(Schema):
    """An entry that you are to score. ``total`` is that of your own scorecard, once it is sent."""

    stage = fields.String()
    entry = fields.String()
    title = fields.String()
    entrant = fields.String()
    track = fields.String()
    category = fields.String()
    status = fields.String()
    version = fields.Integer()
    total = Decimals(allow_none=True)
    total_exact = Exactly(allow_none=True)


class AssignmentsOut(Schema):
    """Everything that you are to score in an edition, in your own order."""

    edition = fields.String()
    assignments = fields.List(fields.Nested(AssignmentOut))


class LevelOut(Schema):
    """One level of a scale."""

    value = Decimals()
    label = fields.String()
    descriptor = fields.String()


class QuestionOut(Schema):
    """One criterion that is asked, with the values that it takes."""

    criterion = fields.String()
    text = fields.String()
    minimum = Decimals(allow_none=True)
    maximum = Decimals(allow_none=True)
    step = Decimals(allow_none=True)
    levels = fields.List(fields.Nested(LevelOut))
    choices = fields.List(fields.String())
    na_allowed = fields.Boolean()
    comment_required = fields.Boolean()
    reasons = fields.List(fields.String())
    min_words = fields.Integer()


class SheetOut(AssignmentOut):
    """An entry that you are to score, with what it says and what you are asked."""

    answers = fields.Dict()
    questions = fields.List(fields.Nested(QuestionOut))


class GivenOut(Schema):
    """The answer to one criterion."""

    value = fields.String()
    comment = fields.String()
    reason = fields.String()


class ScorecardOut(Schema):
    """Your scorecard as it is stored; ``version`` 0 means that nothing is."""

    stage = fields.String()
    entry = fields.String()
    state = fields.String()
    version = fields.Integer()
    answers = fields.Dict(keys=fields.String(), values=fields.Nested(GivenOut))
    total = Decimals(allow_none=True)
    total_exact = Exactly(allow_none=True)
    saved_at = fields.DateTime("iso", allow_none=True)


class ScorecardIn(Schema):
    """Answers by criterion, over the version that was read: named here, or in the header If-Match."""

    version = fields.Integer(strict=True, load_default=None, validate=validate.Range(min=0, max=LARGEST))
    answers = fields.Dict(keys=fields.String(), values=fields.Nested(AnswerBody), required=True)


class ScorecardReceiptOut(Schema):
    """What a write of a scorecard came to."""

    state = fields.String()
    version = fields.Integer()
    total = Decimals(allow_none=True)
    total_exact = Exactly(allow_none=True)


class DeclarationIn(Schema):
    """Whether you have a conflict of interest with an entry; with one, say which."""

    conflict = fields.Boolean(required=True, truthy={True}, falsy={False})
    reason = fields.String(load_default="", validate=validate.Length(max=LONGEST_REASON))


class DeclarationOut(Schema):
    """Where the assignment stands after your answer."""

    status = fields.String()


class StandingOut(Schema):
    """One ranked entry; ``raw`` is its score, ``raw_rank`` its rank without a correction, null where none is made."""

    rank = Decimals()
    entry = fields.String()
    score = Decimals()
    score_exact = Exactly()
    raw = Decimals(allow_none=True)
    raw_exact = Exactly(allow_none=True)
    raw_rank = Decimals(allow_none=True)
    sheets = fields.Integer()
    tied = fields.Boolean()
    tie_rule = fields.String()


class UnrankedOut(Schema):
    """An entry without a rank, and why."""

    entry = fields.String()
    reason = fields.String()


class TrackStandingsOut(Schema):
    """The standings of one track; its id is empty where the edition has none. ``warnings`` are in your language."""

    track = fields.String()
    method = fields.String()
    lines = fields.List(fields.Nested(StandingOut))
    unranked = fields.List(fields.Nested(UnrankedOut))
    warnings = fields.List(fields.String())


class StandingsOut(Schema):
    """The standings that a stage came to when it closed."""

    stage = fields.String()
    state = fields.String()
    tracks = fields.List(fields.Nested(TrackStandingsOut))


class PlaceOut(Schema):
    """One recipient of a title; rank and score where the edition publishes them."""

    recipient = fields.String()
    recipient_type = fields.String()
    innovation = fields.String()
    entrant = fields.String()
    region = fields.String()
    track = fields.String()
    rank = fields.Integer(allow_none=True)
    score = Decimals(allow_none=True)
    score_exact = Exactly(allow_none=True)
    rule = fields.String()


class TitleOut(Schema):
    """A title and who got it."""

    id = fields.String()
    title = InBoth()
    ranked = fields.Boolean()
    places = fields.List(fields.Nested(PlaceOut))


class HashesOut(Schema):
    """The hashes that identify a result."""

    inputs = fields.String()
    rules = fields.String()
    result = fields.String()


class AnnouncementOut(Schema):
    """One announcement with its titles."""

    stage = fields.String()
    name = InBoth()
    titles = fields.List(fields.Nested(TitleOut))
    hashes = fields.Nested(HashesOut)
    signers = fields.List(fields.String())
    sealed_at = fields.DateTime("iso")


class TrailOut(Schema):
    """The head of the audit trail: how many events are sealed, and the hash of the last."""

    events = fields.Integer()
    head = fields.String()


class ResultQuery(Schema):
    """``preview`` names one sealed announcement, to be seen before it is published by those who run the edition."""

    preview = fields.String(load_default="", validate=validate.Length(max=80))


class ResultOut(Schema):
    """What an edition has published, with the hashes to check it by."""

    edition = fields.String()
    document_sha256 = fields.String()
    announcements = fields.List(fields.Nested(AnnouncementOut))
    trail = fields.Nested(TrailOut)


class SessionOut(Schema):
    """Who you are to us, and the token that each write must send in the header X-CSRFToken."""

    email = fields.String()
    roles = fields.List(fields.String())
    csrf_token = fields.String()


class ProblemFaultOut(Schema):
    """One thing that is wrong with what was sent."""

    path = fields.String()
    message = fields.String()
    code = fields.String()


class ProblemOut(Schema):
    """A problem document (RFC 9457). ``code`` is stable; ``theirs``, ``yours`` and ``version`` stand with a 409."""

    type = fields.String()
    title = fields.String()
    status = fields.Integer()
    code = fields.String()
    detail = fields.String()
    instance = fields.String()
    faults = fields.List(fields.Nested(ProblemFaultOut))
    reasons = fields.List(fields.String())
    theirs = fields.Raw()
    yours = fields.Raw()
    version = fields.Integer()
