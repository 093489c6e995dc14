"""How one signs in to the demonstration: a person for each role, and one password that only this installation has."""

from __future__ import annotations

from hashlib import blake2b

from juri.core.accounts.accounts import has_password, set_password
from juri.core.entries.people import find_person
from juri.webapp.demo import local
from juri.webapp.demo.people import ORGANISER, SECRETARIAT
from juri.webapp.demo.preparing import OPERATOR
from juri.webapp.front_door import secret_key
from juri.webapp.workbench import Workbench

PEOPLE = (
    ("organiser", ORGANISER, "the whole of both editions: stages, entries, jurors, standings"),
    ("secretariat", SECRETARIAT, "entries and screening"),
    ("juror, half done", local.juror_address(2), "a queue, one sheet begun"),
    ("juror, conflict", local.juror_address(3), "one conflict declared"),
    ("juror, not begun", local.juror_address(4), "everything still to do"),
    ("panel chair", local.CHAIR, "decisions of the panel"),
    ("unit of an agency", local.UNIT, "the entries of its own agency"),
    ("local admin", local.LOCAL_ADMIN, "the entries of its own agency"),
    ("auditor", local.AUDITOR, "standings and the audit trail"),
    ("administrator", local.ADMINISTRATOR, "people, plugins, mail, health"),
)
"""Who may be tried: what they are, their address, and what they find."""

_DIGITS = 5


def open_accounts(workbench: Workbench) -> str:
    """Give everybody who may be tried the demonstration's password, where they have none yet; returns it.

    It is derived from the installation's secret key: the same at every start, and known to nobody else.

    Raises:
        InputRefused: the installation has no secret key of its own; says which setting gives one.

    """
    key = blake2b(secret_key(workbench.settings).encode(), digest_size=blake2b.MAX_KEY_SIZE).digest()
    password = f"peragaan-{blake2b(b'the demonstration', key=key, digest_size=_DIGITS).hexdigest()}"
    with workbench.writing() as (session, _):
        for _role, email, _what in PEOPLE:
            if not has_password(session, find_person(session, email).id):
                set_password(session, email, password, by=OPERATOR)
    return password
