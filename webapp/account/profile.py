"""One's own account: what one may do, the password, the display, the browsers one is signed in with."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template

from juri.webapp.account.blueprint import blueprint
from juri.webapp.account.targets import first_page
from juri.webapp.desk import desk
from juri.webapp.guard import SIGNED_IN, guarded


@guarded(blueprint, "/start", needs=SIGNED_IN)
def start() -> Any:
    """Go to the page on which this person begins their work."""
    return redirect(first_page(desk().actor))


@guarded(blueprint, "/", needs=SIGNED_IN)
def profile() -> Any:
    """Show one's own account."""
    return render_template("account/profile.html")
