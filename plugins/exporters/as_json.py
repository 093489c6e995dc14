"""Reports as JSON: the metadata, then each table as a list of objects."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from juri.core.extension import Exporter, Report
from juri.plugins import hookimpl


@hookimpl
def juri_exporters() -> list[Exporter]:
    """Offer JSON."""
    kind = {"suffix": ".json", "media_type": "application/json"}
    return [Exporter(name="json", title="JSON", version="1", write=write_json, **kind)]


def write_json(report: Report) -> bytes:
    """Write a report as one object in UTF-8, keys in the report's order; decimals are strings, so that none is bent."""
    tables = {
        name: [dict(zip(header, row, strict=True)) for row in rows] for name, (header, rows) in report.tables.items()
    }
    text = json.dumps({**report.meta, **tables}, ensure_ascii=False, indent=2, default=_plain)
    return f"{text}\n".encode()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    return format(value, "f") if isinstance(value, Decimal) else str(value)
