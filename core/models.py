"""Every table in one place: what migrations are compared with and what the audit checker walks through."""

from __future__ import annotations

import juri.core.results.lines  # noqa: F401  names what works derived tables out: without it, nobody would check them
from juri.core.accounts.model import (
    Account,
    Attempt,
    Credential,
    ForeignIdentity,
    Mail,
    RecoveryCode,
    SecondFactor,
    SignInLink,
    WebSession,
)
from juri.core.audit.model import AuditEvent, AuditHead
from juri.core.editions.model import EditionDocument, EditionDraft, EditionDraftRevision, EditionRow, StageRow
from juri.core.entries.model import (
    EntryRevision,
    EntryRow,
    EntryWord,
    Organization,
    PastAwardRow,
    Person,
    Relation,
    RoleGrant,
)
from juri.core.judging.model import (
    AssignmentRow,
    ConflictRow,
    JurorRow,
    PaperSheetRow,
    ScorecardRevision,
    ScorecardRow,
)
from juri.core.results.model import (
    AwardRow,
    DecisionRow,
    SnapshotRow,
    StandingsHeadRow,
    StandingsLineRow,
    TieOrderRow,
)
from juri.core.stages.model import Approval, StageRecord
from juri.core.storage.base import Base
from juri.core.storage.idempotency import IdempotencyKey
from juri.core.switches import PluginSwitch

MODELS: tuple[type[Base], ...] = (
    Account,
    Approval,
    AssignmentRow,
    Attempt,
    AuditEvent,
    AuditHead,
    AwardRow,
    ConflictRow,
    Credential,
    DecisionRow,
    EditionDocument,
    EditionDraft,
    EditionDraftRevision,
    EditionRow,
    EntryRevision,
    EntryRow,
    EntryWord,
    ForeignIdentity,
    IdempotencyKey,
    JurorRow,
    Mail,
    Organization,
    PaperSheetRow,
    PastAwardRow,
    Person,
    PluginSwitch,
    RecoveryCode,
    Relation,
    RoleGrant,
    ScorecardRevision,
    ScorecardRow,
    SecondFactor,
    SignInLink,
    SnapshotRow,
    StageRecord,
    StageRow,
    StandingsHeadRow,
    StandingsLineRow,
    TieOrderRow,
    WebSession,
)
