"""Signing in through the identity provider; these pages are there only where one is configured."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any

from flask import flash, redirect, request, session, url_for
from flask_babel import gettext as _

from juri.core.accounts.identities import prove_by_identity
from juri.core.errors import ActionRefused, NotFound
from juri.webapp.account.blueprint import blueprint
from juri.webapp.account.oidc import Begun, Provider
from juri.webapp.account.signing_in import go_on
from juri.webapp.account.targets import safe_target
from juri.webapp.desk import desk
from juri.webapp.guard import ANYONE, guarded

_log = logging.getLogger(__name__)


@guarded(blueprint, "/provider", needs=ANYONE)
def provider() -> Any:
    """Go to the identity provider."""
    try:
        address, begun = _provider().begin()
    except ActionRefused as refused:
        return _back(refused)
    session["provider"] = {**asdict(begun), "next": safe_target(request.args.get("next"))}
    return redirect(address)


@guarded(blueprint, "/provider/return", needs=ANYONE)
def provider_return() -> Any:
    """Come back from the identity provider; its answer must belong to what this browser began, and is taken once."""
    found = _provider()
    begun = session.pop("provider", None)
    if begun is None:
        return _back(ActionRefused(["nothing was begun in this browser"], code="provider_refused"))
    target = begun.pop("next")
    try:
        claimed = found.finish(Begun(**begun), request.args)
        with desk().writing() as writing:
            proven = prove_by_identity(writing, claimed)
        return go_on(proven, target)
    except ActionRefused as refused:
        return _back(refused)


def _provider() -> Provider:
    settings = desk().workbench.settings
    if not settings.oidc_issuer:
        raise NotFound("page", request.path)
    return Provider(settings)


def _back(refused: ActionRefused) -> Any:
    _log.warning("signing in through the provider failed: %r", str(refused))
    if refused.code == "unknown_identity":
        said = _("Nobody with this verified address is known here. Ask the organiser for an invitation.")
    else:
        said = _("Signing in through the provider failed. Try again, or sign in another way.")
    flash(said, "danger")
    return redirect(url_for("account.sign_in"))
