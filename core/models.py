"""Every table in one place: what migrations are compared with and what the audit checker walks through."""

from __future__ import annotations

from juri.core.audit.model import AuditEvent, AuditHead
from juri.core.editions.model import EditionDocument, EditionRow, StageRow
from juri.core.entries.model import EntryRevision, EntryRow, Organization, PastAwardRow, Person, Relation, RoleGrant
from juri.core.judging.model import AssignmentRow, ConflictRow, JurorRow, ScorecardRevision, ScorecardRow
from juri.core.results.model import AwardRow, DecisionRow, SnapshotRow, TieOrderRow
from juri.core.stages.model import Approval, StageRecord
from juri.core.storage.base import Base
from juri.core.storage.idempotency import IdempotencyKey

MODELS: tuple[type[Base], ...] = (
    Approval,
    AssignmentRow,
    AuditEvent,
    AuditHead,
    AwardRow,
    ConflictRow,
    DecisionRow,
    EditionDocument,
    EditionRow,
    EntryRevision,
    EntryRow,
    IdempotencyKey,
    JurorRow,
    Organization,
    PastAwardRow,
    Person,
    Relation,
    RoleGrant,
    ScorecardRevision,
    ScorecardRow,
    SnapshotRow,
    StageRecord,
    StageRow,
    TieOrderRow,
)
