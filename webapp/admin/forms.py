"""The forms of the administrator's pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, EmailField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, Optional, ValidationError

from juri.core.entries.people import ROLES
from juri.webapp.forms import JuriForm
from juri.webapp.frame import role_name

_NAME = Length(max=200, message=_("Write at most 200 characters."))


class GrantForm(JuriForm):
    """A role, and what it is held for; empty means the whole installation."""

    role = SelectField(_("Role"), [InputRequired(_("Choose a role."))], choices=[])
    edition = SelectField(_("Edition"), [Optional()], choices=[])
    stage = SelectField(_("Stage"), [Optional()], choices=[])
    organization = SelectField(_("Organization"), [Optional()], choices=[])

    def offer(self, editions: Sequence[str], organizations: Sequence[str], stages: Sequence[str]) -> None:
        """Offer roles, editions, their stages (as ``edition/stage``) and organizations."""
        self.role.choices = [
            SelectChoice("", _("Choose a role")),
            *(SelectChoice(r, role_name(r)) for r in sorted(ROLES)),
        ]
        self.edition.choices = _or_none(editions, _("the whole installation"))
        self.stage.choices = _or_none(stages, _("all of them"))
        self.organization.choices = _or_none(organizations, _("none"))

    def validate_stage(self, field: SelectField) -> None:
        """Refuse a stage of another edition than the one that is chosen."""
        if field.data and field.data.partition("/")[0] != self.edition.data:
            raise ValidationError(_("This stage is one of another edition: choose the edition, too."))


class InvitationForm(GrantForm):
    """Somebody new, with their first role."""

    name = StringField(_("Name"), [DataRequired(_("Write a name.")), _NAME])
    email = EmailField(_("E-mail address"), [DataRequired(_("Write an e-mail address.")), _NAME])
    write = BooleanField(_("Write an invitation; it waits in the outbox until you release it"), default=True)


class ReasonForm(JuriForm):
    """Why something is done; it stands in the audit trail."""

    reason = StringField(_("Reason"), [DataRequired(_("Say why; it stands in the audit trail.")), _NAME])


def _or_none(values: Sequence[str], none: Any) -> list[SelectChoice]:
    return [SelectChoice("", none), *(SelectChoice(value, value) for value in values)]
