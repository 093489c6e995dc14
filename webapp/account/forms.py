"""The forms of the account pages."""

from __future__ import annotations

from flask_babel import lazy_gettext as _
from wtforms import EmailField, HiddenField, PasswordField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, EqualTo, InputRequired, Length

from juri.core.accounts.passwords import LONGEST, SHORTEST
from juri.webapp.forms import JuriForm

_ADDRESS = Length(max=200, message=_("Write at most 200 characters."))


class PasswordSignIn(JuriForm):
    """Address and password."""

    email = EmailField(_("E-mail address"), [DataRequired(_("Write your e-mail address.")), _ADDRESS])
    password = PasswordField(_("Password"), [DataRequired(_("Write your password."))])
    next = HiddenField()


class LinkRequest(JuriForm):
    """The address that a sign-in link goes to."""

    email = EmailField(_("E-mail address"), [DataRequired(_("Write your e-mail address.")), _ADDRESS])


class CodeForm(JuriForm):
    """The six digits of an authenticator, or a recovery code."""

    code = StringField(_("Code"), [DataRequired(_("Write the code.")), Length(max=40)])
    next = HiddenField()


class NewPassword(JuriForm):
    """A new password, typed once; ``current`` where there is one already."""

    current = PasswordField(_("Current password"))
    password = PasswordField(
        _("New password"),
        [
            DataRequired(_("Write the new password.")),
            Length(min=SHORTEST, max=LONGEST, message=_("Write at least %(min)d and at most %(max)d characters.")),
        ],
    )
    again = PasswordField(
        _("New password, once more"),
        [DataRequired(_("Write it once more.")), EqualTo("password", _("The two passwords are not the same."))],
    )


class Display(JuriForm):
    """Language and theme."""

    language = SelectField(
        _("Language"),
        [InputRequired()],
        choices=[SelectChoice("id", "Bahasa Indonesia"), SelectChoice("en", "English")],
    )
    theme = SelectField(
        _("Appearance"),
        [InputRequired()],
        choices=[
            SelectChoice("auto", _("As my device")),
            SelectChoice("light", _("Light")),
            SelectChoice("dark", _("Dark")),
        ],
    )
