"""Plugins that an administrator switched off: kept in the database, so that every process and machine goes by it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import String, inspect, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from juri.core.audit.trail import record
from juri.core.errors import ActionRefused, InputRefused
from juri.core.policy import Actor, Subject, require
from juri.core.storage.base import Audited, Base
from juri.core.storage.database import database_now
from juri.core.storage.session import WriteSession


class PluginSwitch(Audited, Base):
    """Whether a plugin is switched off, who switched it last, when and why. Without a row it is on."""

    __tablename__ = "plugin_switch"

    plugin: Mapped[str] = mapped_column(String(200), primary_key=True)
    off: Mapped[bool]
    switched_by: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(String(500))


@dataclass(frozen=True)
class SwitchedOff:
    """A plugin that is switched off: by whom, when and why."""

    plugin: str
    by: str
    at: datetime
    reason: str


def switched_off(session: Session) -> dict[str, SwitchedOff]:
    """Return the plugins that are switched off, by name; none in a database that was never prepared."""
    if not inspect(session.connection()).has_table(PluginSwitch.__tablename__):
        return {}
    rows = session.scalars(select(PluginSwitch).where(PluginSwitch.off).order_by(PluginSwitch.plugin))
    return {row.plugin: SwitchedOff(row.plugin, row.switched_by, row.at, row.reason) for row in rows}


def switch_plugin(session: WriteSession, plugin: str, *, off: bool, by: Actor, reason: str) -> None:
    """Switch a plugin off, or on again; processes go by it from their next start.

    What the switch does to editions is the caller's to find out: the core does not know what plugins add.

    Raises:
        InputRefused: no reason is given.
        ActionRefused: the actor may not, or the plugin is switched so already.

    """
    require(by, "plugin.switch", Subject())
    if not reason.strip():
        raise InputRefused.at("reason", "say why; the reason stands in the audit trail")
    row = session.get(PluginSwitch, plugin, with_for_update=True)
    if off == (row is not None and row.off):
        raise ActionRefused(
            [f"plugin '{plugin}' is switched {'off' if off else 'on'} already"], code="switched_already"
        )
    values = {"off": off, "switched_by": by.name, "at": database_now(session), "reason": reason.strip()}
    if row is None:
        row = PluginSwitch(plugin=plugin, **values)
        session.add(row)
    else:
        for name, value in values.items():
            setattr(row, name, value)
    action = "plugin.switch_off" if off else "plugin.switch_on"
    record(session, by=by.name, action=action, subject=plugin, detail={"reason": reason.strip()})
