"""Putting a changed document in force while stages are open: their sheets are scored again in the same act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import select

from juri.core.document import Edition
from juri.core.editions.loader import LoadedEdition
from juri.core.editions.model import StageRow
from juri.core.editions.verbs import Running, revise_edition
from juri.core.judging.rescoring import Counts, rescore_stage
from juri.core.policy import Actor, Subject, require
from juri.core.stages.effects import changed_rubrics
from juri.core.storage.session import WriteSession


def revise_rules(
    session: WriteSession, running: Running, loaded: LoadedEdition, *, by: Actor, reason: str
) -> Mapping[str, Counts]:
    """Revise an edition; where the rubric of an open stage scores otherwise, every sheet of it is scored again.

    All of it happens in one transaction, or nothing does: no sheet is left with the worth of a rubric that is not in
    force. A closed stage is not touched: it must be opened again first, by two people.

    Returns:
        By stage, how many sheets were scored again, and how many went back to their jurors.

    Raises:
        InputRefused: no reason is given, or the document is of another edition.
        ActionRefused: it changes other rules of a stage that was opened, another revision came first, or the actor
            scores in a stage whose sheets would be scored again.

    """
    open_stages = session.scalars(
        select(StageRow.key).where(StageRow.edition_id == running.id, StageRow.state == "open")
    ).all()
    rescoring = [key for key in open_stages if changed_rubrics(running, key, loaded.edition, wording=False)]
    for key in rescoring:  # what becomes of the sheets shows how others judge
        require(by, "standings.see", Subject(running.slug, stage=key))
    revise_edition(session, running, loaded, by=by, reason=reason, rescoring=rescoring)
    after = _in_force(running, loaded.edition, loaded.sha256)
    return {key: rescore_stage(session, after, key, by=by, reason=reason) for key in rescoring}


def _in_force(running: Running, edition: Edition, sha256: str) -> Running:
    return replace(running, edition=edition, sha256=sha256, revision=running.revision + 1)
