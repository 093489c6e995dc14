"""The forms of the organiser's pages; what a field must be is said by the verbs, the form only carries it there."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext
from flask_wtf.file import FileField
from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from juri.webapp.forms import JuriForm, MomentField

LONGEST = 500
"""So many signs may a reason have."""

_REASON = [InputRequired(message=lazy_gettext("Say why.")), Length(max=LONGEST)]
_NAME = [InputRequired(message=lazy_gettext("Write a name.")), Length(max=200)]


class PlainForm(JuriForm):
    """A form with nothing but its button."""


class ReasonForm(JuriForm):
    """An act that may have a reason."""

    reason = TextAreaField(lazy_gettext("Reason"), [Optional(), Length(max=LONGEST)])


class NeededReasonForm(JuriForm):
    """An act that needs a reason."""

    reason = TextAreaField(lazy_gettext("Reason"), _REASON)


class SealForm(JuriForm):
    """Who answers for a result: the person who signs now and, with two people, another one who signs afterwards."""

    name = StringField(lazy_gettext("Your name as it stands under the result"), _NAME)
    alone = BooleanField(lazy_gettext("I sign alone; no second person has to sign"))
    sure = BooleanField(
        lazy_gettext("I have looked at the decisions and answer for them"),
        [InputRequired(message=lazy_gettext("Say that you have looked at the decisions."))],
    )


class EmbargoForm(JuriForm):
    """Until when a sealed result stays with us."""

    until = MomentField(lazy_gettext("Nothing is published before"), [Optional()])


class PastForm(JuriForm):
    """At which moment the standings are looked at."""

    at = MomentField(lazy_gettext("As it was on"), [Optional()])


class DecisionForm(JuriForm):
    """A decision: its signer and reason; what departs from the proposals stands in fields beside each entry."""

    signer = StringField(lazy_gettext("Who answers for the decision"), _NAME)
    reason = TextAreaField(lazy_gettext("Reason of the decision"), _REASON)


class TiesForm(JuriForm):
    """An order of equals; the order itself stands in hidden fields, one for each entry."""

    signer = StringField(lazy_gettext("Who answers for the order"), _NAME)
    reason = TextAreaField(lazy_gettext("Reason of the order"), _REASON)


class ReminderForm(JuriForm):
    """Words to jurors who are late; who is reminded stands in tick boxes, ``sure`` says that the mails were seen."""

    text = TextAreaField(lazy_gettext("Words of your own"), [Optional(), Length(max=2000)])
    sure = HiddenField()


class MessageForm(JuriForm):
    """A mail to jurors; who gets it stands in tick boxes, ``sure`` says that the mails were seen."""

    subject = StringField(lazy_gettext("Subject"), [InputRequired(lazy_gettext("Write a subject.")), Length(max=150)])
    text = TextAreaField(lazy_gettext("Text"), [InputRequired(lazy_gettext("Write a text.")), Length(max=2000)])
    sure = HiddenField()


class UploadForm(JuriForm):
    """A table to take over."""

    file = FileField(lazy_gettext("Table (CSV or XLSX)"))
    submit_too = BooleanField(lazy_gettext("Hand over and submit each entry at once"))
    name = HiddenField()
    content = HiddenField()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.file.flags.required = True  # unless it comes back from its preview, which the page itself sends


class AssignForm(JuriForm):
    """How jurors are assigned."""

    rule = SelectField(lazy_gettext("Rule"), [InputRequired()])
    seed = IntegerField(lazy_gettext("Seed"), [InputRequired(), NumberRange(min=0, max=2**31 - 1)], default=0)
    min_load = IntegerField(lazy_gettext("Entries a juror, at least"), [Optional(), NumberRange(min=0)])
    max_load = IntegerField(lazy_gettext("Entries a juror, at most"), [Optional(), NumberRange(min=1)])
    bridges = StringField(lazy_gettext("Bridge entries, percent"), [Optional(), Length(max=8)])

    def __init__(self, rules: list[SelectChoice], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.rule.choices = rules

    @property
    def options(self) -> dict[str, Any]:
        """Return the options of the rule that were filled in; what is left empty is as the edition says."""
        given = {"min_load": self.min_load.data, "max_load": self.max_load.data, "bridges": self.bridges.data}
        return {name: value for name, value in given.items() if value not in {None, ""}}


class ReplaceForm(JuriForm):
    """A juror whose open sheets go to others."""

    juror = SelectField(lazy_gettext("Juror"), [InputRequired()], validate_choice=False)
    reason = TextAreaField(lazy_gettext("Reason"), _REASON)


class PairForm(JuriForm):
    """One juror on one entry, put there or taken off by hand."""

    entry = StringField(lazy_gettext("Entry"), [InputRequired(), Length(max=40)])
    juror = SelectField(lazy_gettext("Juror"), [InputRequired()], validate_choice=False)
    reason = TextAreaField(lazy_gettext("Reason"), [Optional(), Length(max=LONGEST)])
