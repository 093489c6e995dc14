"""Forgetting what is over: browsers that ended, links that were not used, counts of attempts from long ago."""

from __future__ import annotations

from dataclasses import dataclass

from juri.core.accounts.links import forget_old_links
from juri.core.accounts.sessions import forget_old_sessions
from juri.core.accounts.throttle import forget_old_attempts
from juri.core.storage.session import WriteSession


@dataclass(frozen=True)
class Forgotten:
    """How many were forgotten of each."""

    sessions: int
    links: int
    attempts: int


def forget_what_is_over(session: WriteSession) -> Forgotten:
    """Forget what nobody can use any more. It is no act of anybody, and leaves no line in the trail."""
    return Forgotten(forget_old_sessions(session), forget_old_links(session), forget_old_attempts(session))
