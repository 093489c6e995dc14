"""What ``juri assign`` prints for two tables: who scores what, loads, and how the jurors hang together."""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from juri.core.matching.matching import match, repair
from juri.core.matching.problem import MOST_AFFINITY, Graph, Matching, Problem, Wishes
from juri.webapp.commands.assign_tables import Defaults, Files, read_problem
from juri.webapp.commands.output import counted, table
from juri.webapp.commands.score_files import give

if TYPE_CHECKING:
    from juri.core.matching.matching import Repair
    from juri.webapp.commands.assign_request import Request


def assign_tables(request: Request) -> None:
    """Assign the jurors of one table to the entries of another, or mend an assignment, and print it."""
    files = Files(Path(request.first), Path(request.second), request.conflicts, request.current, request.affinity)
    defaults = Defaults(request.per_entry, request.min_load or 0, request.max_load)
    problem, current, notes = read_problem(files, defaults, request.mix, request.scope)
    wishes = Wishes(
        loads_first=request.prefer != "expertise",
        worst_first=request.worst_first,
        bridges=Fraction(request.bridges or 0) / 100,
        beyond_scope=request.beyond_categories,
        seed=request.seed,
    )
    mended = None if current is None else repair(problem, current, wishes)
    found = match(problem, wishes) if mended is None else mended.matching
    form = request.form or (request.output.suffix.lower().removeprefix(".") if request.output else "table")
    notes = [f"note: {said}" for said in (*notes, *found.warnings)]
    if form == "json":
        give(f"{json.dumps(_values(found, mended), ensure_ascii=False, indent=2)}\n".encode(), request.output, notes)
    elif form == "csv":
        give(_csv(found).encode(), request.output, [*_footer(problem, found, mended), *notes])
    else:
        text = "\n".join([_pairs_text(found), "", _loads(problem, found), "", *_footer(problem, found, mended), *notes])
        give(f"{text}\n".encode(), request.output, [])


def _values(found: Matching, mended: Repair | None) -> dict[str, Any]:
    bridges = set(found.bridges)
    graphs = {"before_bridges": _graph(found.before)} if found.bridges else {}
    changes = {} if mended is None else {"removed": list(mended.removed), "added": list(mended.added)}
    return {
        "pairs": [
            {"entry": entry, "juror": juror, "bridge": (entry, juror) in bridges} for entry, juror in found.pairs
        ],
        "loads": dict(found.loads),
        "affinity": found.affinity,
        "worst": None if found.worst is None else {"entry": found.worst[0], "affinity": found.worst[1]},
        "graph": {**_graph(found.graph), **graphs},
        "threshold": found.threshold,
        "seed": found.seed,
        "lots": found.lots,
        "candidates": found.candidates,
        **changes,
        "warnings": list(found.warnings),
    }


def _graph(graph: Graph) -> dict[str, Any]:
    lambda2 = None if graph.connectivity is None else round(graph.connectivity, 6)
    return {"components": graph.components, "lambda2": lambda2}


def _csv(found: Matching) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("entry", "juror", "bridge"))
    bridges = set(found.bridges)
    writer.writerows((entry, juror, "yes" if (entry, juror) in bridges else "") for entry, juror in found.pairs)
    return text.getvalue()


def _pairs_text(found: Matching) -> str:
    bridges = set(found.bridges)
    jurors: dict[str, list[str]] = defaultdict(list)
    for entry, juror in found.pairs:
        jurors[entry].append(f"{juror} (bridge)" if (entry, juror) in bridges else juror)
    return table(("entry", "jurors"), [(entry, ", ".join(names)) for entry, names in jurors.items()])


def _loads(problem: Problem, found: Matching) -> str:
    limits = {juror.code: juror for juror in problem.jurors}
    said = {code: (load, _limits(limits[code].least, limits[code].most)) for code, load in found.loads.items()}
    return loads_text(said)


def _limits(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {least}" if least else ""
    return f"{least} to {most}"


def loads_text(loads: Mapping[str, tuple[int, str]]) -> str:
    """Lay out how much each juror has, with a remark."""
    if any(said for _, said in loads.values()):
        rows = [(juror, load, said) for juror, (load, said) in loads.items()]
        return table(("juror", "entries", "remark"), rows, right=("entries",))
    return table(("juror", "entries"), [(juror, load) for juror, (load, _) in loads.items()], right=("entries",))


def _footer(problem: Problem, found: Matching, mended: Repair | None) -> list[str]:
    wanted = {entry.code: entry.wanted for entry in problem.entries}
    lines = [f"jurors: {graph_text(found.graph)}"]
    if found.bridges:
        lines.append(f"bridges: {counted(len(found.bridges), 'entry', 'entries')}; without: {graph_text(found.before)}")
    if found.worst:
        entry, sum_ = found.worst
        lines.append(f"worst served: {entry}, affinity {sum_} of {wanted[entry] * MOST_AFFINITY}")
    if mended:
        lines.append(f"changes: {len(mended.removed)} pairs gone, {len(mended.added)} new")
    pruned = f", {found.candidates} candidates for each entry" if found.candidates else ""
    return [*lines, f"seed: {found.seed} (lots of {found.lots}){pruned}"]


def graph_text(graph: Graph) -> str:
    """Say how the jurors hang together."""
    if graph.connectivity is None:
        return "one juror or none scores"
    groups = "connected" if graph.components == 1 else f"{graph.components} groups that share no entry"
    return f"{groups}, lambda2 {graph.connectivity:.3f}"
