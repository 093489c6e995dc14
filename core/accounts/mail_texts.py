"""The mails that Juri writes: subject and text in two languages, with places in braces and no logic in them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from juri.core.accounts.links import LIFETIME, OF_AN_INVITATION
from juri.core.errors import InputRefused, Problem

LINK = "link"
"""The place of a sign-in link: made when the mail is sent, never stored."""
_PLACE = re.compile(r"\{([a-z_]+)\}")


@dataclass(frozen=True)
class MailText:
    """A kind of mail: subject and text by language; ``link`` is how long its sign-in link lives, None for none."""

    subject: Mapping[str, str]
    body: Mapping[str, str]
    link: timedelta | None = None
    places: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        texts = [*self.subject.values(), *self.body.values()]
        object.__setattr__(self, "places", frozenset(_PLACE.findall(" ".join(texts))) - {LINK})


KINDS: Mapping[str, MailText] = MappingProxyType(
    {
        "sign_in": MailText(
            subject={"id": "Tautan masuk Anda", "en": "Your sign-in link"},
            body={
                "id": (
                    "Yth. {name},\n\n"
                    "Dengan tautan ini Anda masuk. Tautan berlaku 15 menit dan hanya sekali:\n\n{link}\n\n"
                    "Jika Anda tidak memintanya, abaikan surel ini; tanpa tautan itu tidak ada yang dapat masuk.\n"
                ),
                "en": (
                    "Dear {name},\n\n"
                    "This link signs you in. It works for 15 minutes, and once:\n\n{link}\n\n"
                    "If you did not ask for it, ignore this mail; without the link nobody can sign in.\n"
                ),
            },
            link=LIFETIME,
        ),
        "invitation": MailText(
            subject={"id": "Undangan: {what}", "en": "Invitation: {what}"},
            body={
                "id": (
                    "Yth. {name},\n\n"
                    "{inviter} mengundang Anda sebagai {role} untuk {what}.\n\n"
                    "Buka tautan ini untuk masuk. Tautan berlaku 3 hari dan hanya sekali; sesudahnya Anda dapat "
                    "meminta tautan baru di halaman masuk dengan alamat surel ini:\n\n{link}\n"
                ),
                "en": (
                    "Dear {name},\n\n"
                    "{inviter} invites you as {role} for {what}.\n\n"
                    "Open this link to sign in. It works for 3 days, and once; afterwards you can ask for another "
                    "one on the sign-in page with this e-mail address:\n\n{link}\n"
                ),
            },
            link=OF_AN_INVITATION,
        ),
        "reminder": MailText(
            subject={"id": "Lembar nilai yang menunggu Anda: {what}", "en": "Scorecards that wait for you: {what}"},
            body={
                "id": (
                    "Yth. {name},\n\n"
                    "Pada tahap {stage}, {left} dari {asked} lembar nilai Anda belum dikirim.\n"
                    "{until}\n\n{text}\n\n"
                    "Buka tautan ini untuk masuk. Tautan berlaku 3 hari dan hanya sekali:\n\n{link}\n"
                ),
                "en": (
                    "Dear {name},\n\n"
                    "In the stage {stage}, {left} of your {asked} scorecards are not submitted yet.\n"
                    "{until}\n\n{text}\n\n"
                    "Open this link to sign in. It works for 3 days, and once:\n\n{link}\n"
                ),
            },
            link=OF_AN_INVITATION,
        ),
        "message": MailText(
            subject={"id": "{subject}", "en": "{subject}"},
            body={"id": "Yth. {name},\n\n{text}\n", "en": "Dear {name},\n\n{text}\n"},
        ),
    }
)
"""``reminder`` goes to jurors who are late; ``message`` is what somebody wrote themselves."""

ROLE_NAMES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "id": {
            "administrator": "administrator",
            "organiser": "penyelenggara",
            "secretariat": "sekretariat",
            "unit": "unit",
            "local_admin": "admin instansi",
            "juror": "juri",
            "panel_chair": "ketua tim penilai",
            "auditor": "auditor",
        },
        "en": {
            "administrator": "administrator",
            "organiser": "organiser",
            "secretariat": "member of the secretariat",
            "unit": "unit",
            "local_admin": "local administrator",
            "juror": "juror",
            "panel_chair": "chair of a panel",
            "auditor": "auditor",
        },
    }
)
"""What people are invited as, by the language of the mail."""


def filled(text: str, values: Mapping[str, str]) -> str:
    """Put values in their places, in one pass: braces inside a value are text."""
    return _PLACE.sub(lambda place: values.get(place.group(1), place.group(0)), text)


def one_line(text: str) -> str:
    """Bring a text to one line without control characters: what may stand in the head of a mail."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def require_places(kind: str, values: Mapping[str, str]) -> MailText:
    """Return a kind of mail, once there is a value for each of its places and no other.

    Raises:
        InputRefused: a place has no value, a value no place, or there is no such kind.

    """
    text = KINDS.get(kind)
    if text is None:
        raise InputRefused.at("kind", f"there is no mail '{kind}'; there are {', '.join(KINDS)}")
    wrong = sorted(text.places.symmetric_difference(values))
    if wrong:
        raise InputRefused([Problem(name, f"a mail '{kind}' needs {', '.join(sorted(text.places))}") for name in wrong])
    return text
