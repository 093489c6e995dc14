"""What people use instead, each as its own documentation would write it; run by ``bench/table.py`` beside ours.

Ranking: one row a score (entry, juror, criterion, points), in the order of the entries; the score of an entry is the
mean of its sheets, a sheet the weighted sum of its points; equal scores share the best of their ranks.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import stand
from stand import Contender, Work, nothing_to_compare, same_figures, same_ranks

COLUMNS = ("entry", "juror", "criterion", "points")

RANK = """
    SELECT entry, rank() OVER (ORDER BY score DESC) FROM (
        SELECT entry, sum(points * weight) * 1.0 / count(*) AS score
        FROM score JOIN weight USING (criterion) GROUP BY entry) AS scores
    ORDER BY entry
"""
"""The one query for every database."""


def columns(folder: Path) -> dict[str, Any]:
    """Read the rows, as columns."""
    return {name: np.load(folder / f"{name}.npy") for name in COLUMNS}


def weights(folder: Path) -> Any:
    """Read the weights of the criteria."""
    return np.load(folder / "weights.npy")


def ranking(make: Callable[[Path], Work]) -> Contender:
    """Return a contender whose answer is the rank of each entry."""
    return lambda folder: (make(folder), same_ranks(folder))


def floor_rows(folder: Path) -> Work:
    """Read every byte of the rows once: no ranking of them can be quicker."""
    passes = [column.view(np.uint8)[: column.nbytes // 8 * 8].view(np.uint64) for column in columns(folder).values()]
    return lambda: [each.sum() for each in passes]


def floor_snapshot(folder: Path) -> Work:
    """Read every byte of the points as the snapshot has them (int16, one row a criterion) once."""
    points = np.load(folder / "points.npy").view(np.uint64)
    return points.sum


def pandas_apply(folder: Path) -> Work:
    """Average each group by a function of its own: what people write first."""
    import pandas as pd

    rows, weight = pd.DataFrame(columns(folder)), weights(folder)
    rows["weight"] = weight[rows["criterion"]]

    def score() -> Any:
        by_entry = rows.groupby("entry")[["points", "weight"]]
        scores = by_entry.apply(lambda own: np.average(own["points"], weights=own["weight"]))
        return scores.rank(ascending=False, method="min").to_numpy()

    return score


def pandas_iterrows(folder: Path) -> Work:
    """Go through the rows one by one."""
    import pandas as pd

    rows, weight = pd.DataFrame(columns(folder)), weights(folder).tolist()

    def score() -> Any:
        sums: dict[int, float] = defaultdict(float)
        parts: dict[int, float] = defaultdict(float)
        for _, row in rows.iterrows():
            sums[row["entry"]] += row["points"] * weight[row["criterion"]]
            parts[row["entry"]] += weight[row["criterion"]]
        scores = pd.Series({entry: sums[entry] / parts[entry] for entry in sums})
        return scores.sort_index().rank(ascending=False, method="min").to_numpy()

    return score


def pandas_groupby(folder: Path) -> Work:
    """Group once, on whole columns."""
    import pandas as pd

    rows, weight = pd.DataFrame(columns(folder)), weights(folder)

    def score() -> Any:
        worth = rows["points"] * weight[rows["criterion"]]
        grouped = worth.groupby(rows["entry"])
        return (grouped.sum() / grouped.size()).rank(ascending=False, method="min").to_numpy()

    return score


def polars_rows(folder: Path) -> Work:
    """Group the rows in polars, on every core."""
    import polars as pl

    rows = pl.DataFrame(columns(folder))
    weight = pl.DataFrame({"criterion": np.arange(weights(folder).size, dtype=np.int8), "weight": weights(folder)})

    def score() -> Any:
        worth = (pl.col("points") * pl.col("weight")).sum()
        scores = (
            rows.lazy().join(weight.lazy(), on="criterion").group_by("entry").agg((worth / pl.len()).alias("score"))
        )
        ranked = scores.with_columns(pl.col("score").rank("min", descending=True).alias("rank")).sort("entry")
        return ranked.collect()["rank"].to_numpy()

    return score


def polars_sheets(folder: Path) -> Work:
    """Group rows of whole sheets, one column a criterion, in polars."""
    import polars as pl

    points = _by_criterion(folder)
    weight = weights(folder).tolist()
    sheets = pl.DataFrame({"entry": np.load(folder / "entry.npy")[:: len(weight)]} | points)

    def score() -> Any:
        worth = pl.sum_horizontal(pl.col(name).cast(pl.Int64) * own for name, own in zip(points, weight, strict=True))
        scores = sheets.lazy().group_by("entry").agg((worth.sum() / pl.len()).alias("score"))
        ranked = scores.with_columns(pl.col("score").rank("min", descending=True).alias("rank")).sort("entry")
        return ranked.collect()["rank"].to_numpy()

    return score


def duckdb_rows(folder: Path) -> Work:
    """Ask duckdb in SQL, on every core, in memory."""
    import duckdb

    database = duckdb.connect()
    _duckdb_table(database, "score", columns(folder))
    _duckdb_table(database, "weight", {"criterion": np.arange(weights(folder).size), "weight": weights(folder)})
    return lambda: database.execute(RANK).fetchnumpy()["rank() OVER (ORDER BY score DESC)"]


def duckdb_sheets(folder: Path) -> Work:
    """Ask duckdb about rows of whole sheets, one column a criterion."""
    import duckdb

    database, points, weight = duckdb.connect(), _by_criterion(folder), weights(folder).tolist()
    _duckdb_table(database, "sheet", {"entry": np.load(folder / "entry.npy")[:: len(weight)]} | points)
    worth = " + ".join(f"{name}::BIGINT * {own}" for name, own in zip(points, weight, strict=True))
    query = f"""
        SELECT entry, rank() OVER (ORDER BY score DESC) AS rank FROM (
            SELECT entry, sum({worth}) * 1.0 / count(*) AS score FROM sheet GROUP BY entry) ORDER BY entry
    """  # noqa: S608  our own column names and weights
    return lambda: database.execute(query).fetchnumpy()["rank"]


def _by_criterion(folder: Path) -> dict[str, Any]:
    points = np.load(folder / "points.npy").reshape(-1, weights(folder).size)
    return {f"c{place}": np.ascontiguousarray(points[:, place]) for place in range(points.shape[1])}


def _duckdb_table(database: Any, name: str, given: dict[str, Any]) -> None:
    import pandas as pd

    database.register("given", pd.DataFrame(given))
    database.execute(f"CREATE TABLE {name} AS SELECT * FROM given")  # noqa: S608  our own names
    database.unregister("given")


def sqlite_rows(folder: Path) -> Work:
    """Ask SQLite in SQL; the rows lie in the order of entry, juror, criterion."""
    database = sqlite3.connect(":memory:")
    database.execute(
        "CREATE TABLE score (entry INT, juror INT, criterion INT, points INT, "
        "PRIMARY KEY (entry, juror, criterion)) WITHOUT ROWID"
    )
    database.execute("CREATE TABLE weight (criterion INTEGER PRIMARY KEY, weight INT)")
    rows = zip(*(column.tolist() for column in columns(folder).values()), strict=True)
    database.executemany("INSERT INTO score VALUES (?, ?, ?, ?)", rows)
    database.executemany("INSERT INTO weight VALUES (?, ?)", enumerate(weights(folder).tolist()))
    return lambda: np.array(database.execute(RANK).fetchall())[:, 1]


def postgresql_rows(folder: Path) -> Work:
    """Ask PostgreSQL in SQL, over a table that lasts as long as the connection."""
    import psycopg

    url = os.environ.get("JURI_TEST_POSTGRES_URL", "postgresql://postgres@127.0.0.1:5432/postgres")  # noqa: TID251  as the tests do
    try:
        database = psycopg.connect(url.replace("+psycopg", ""))
    except psycopg.OperationalError as error:
        raise FileNotFoundError("a PostgreSQL server (JURI_TEST_POSTGRES_URL)") from error
    database.execute("CREATE TEMP TABLE score (entry INT, juror INT, criterion INT, points INT)")
    database.execute("CREATE TEMP TABLE weight (criterion INT PRIMARY KEY, weight INT)")
    with database.cursor().copy("COPY score FROM STDIN") as copy:
        for row in zip(*(column.tolist() for column in columns(folder).values()), strict=True):
            copy.write_row(row)
    with database.cursor() as cursor:
        cursor.executemany("INSERT INTO weight VALUES (%s, %s)", list(enumerate(weights(folder).tolist())))
    database.execute("ANALYZE score")
    return lambda: np.array(database.execute(RANK).fetchall())[:, 1]


def statsmodels_mixed(folder: Path) -> tuple[Work, Callable[[Any], str]]:
    """Fit entries and jurors as crossed random effects, by REML."""
    import pandas as pd
    from statsmodels.regression.mixed_linear_model import MixedLM

    rows = pd.DataFrame({name: np.load(folder / f"mixed_{name}.npy") for name in ("entry", "juror", "value")})
    effects = {"entry": "0 + C(entry)", "juror": "0 + C(juror)"}

    def fit() -> dict[str, float]:
        found = MixedLM.from_formula("value ~ 1", rows, groups=np.ones(len(rows)), vc_formula=effects).fit(reml=True)
        named = dict(zip(found.model.exog_vc.names, found.vcomp, strict=True))
        return {"entry": named["entry"], "juror": named["juror"], "noise": found.scale}

    return fit, same_figures(folder)


LME4 = """
    suppressMessages(library(lme4))
    rows <- read.csv(commandArgs(TRUE)[1])
    used <- system.time(fit <- lmer(value ~ 1 + (1 | entry) + (1 | juror), rows))
    parts <- as.data.frame(VarCorr(fit))
    figures <- setNames(parts$vcov, ifelse(is.na(parts$var1), "noise", parts$grp))
    cat(sprintf('{"entry": %.10g, "juror": %.10g, "noise": %.10g, "seconds": %.6f, "processor": %.6f}',
                figures[["entry"]], figures[["juror"]], figures[["noise"]], used[["elapsed"]], used[["user.self"]]))
"""


def lme4_mixed(folder: Path) -> tuple[Work, Callable[[Any], str]]:
    """Fit the same in R; the time is that of the fit, without the start of R and the reading of the file."""
    program = shutil.which("Rscript")
    if program is None:
        raise FileNotFoundError("Rscript")
    names = ("entry", "juror", "value")
    table = folder / "mixed.csv"
    rows = np.column_stack([np.load(folder / f"mixed_{name}.npy") for name in names])
    np.savetxt(table, rows, delimiter=",", header=",".join(names), comments="", fmt="%.10g")

    def fit() -> Any:
        told = subprocess.run([program, "-e", LME4, str(table)], capture_output=True, text=True, check=True)
        return json.loads(told.stdout)

    return fit, same_figures(folder)


def same_winners(folder: Path) -> Callable[[set[str]], str]:
    """Return what compares who was elected with ours."""
    expected = json.loads((folder / "elected.json").read_text(encoding="utf-8"))

    def compare(found: set[str]) -> str:
        if found == set(expected):
            return "same elected"
        return f"MISMATCH: {' '.join(sorted(found))}, ours {' '.join(sorted(expected))}"

    return compare


def votelib_stv(folder: Path) -> tuple[Work, Callable[[Any], str]]:
    """Count with votelib: Gregory transfers and the Droop quota, on folded ballots."""
    import votelib.evaluate.sequential

    told = json.loads((folder / "ballots.json").read_text(encoding="utf-8"))
    votes = {tuple(ranking): count for ranking, count in told["ballots"]}
    evaluator = votelib.evaluate.sequential.TransferableVoteSelector(transferer="Gregory", quota_function="droop")
    return lambda: set(evaluator.evaluate(votes, told["seats"])), same_winners(folder)


def pyrankvote_stv(folder: Path) -> tuple[Work, Callable[[Any], str]]:
    """Count with pyrankvote, ballot by ballot."""
    import pyrankvote
    from pyrankvote import Ballot, Candidate

    told = json.loads((folder / "ballots.json").read_text(encoding="utf-8"))
    people = {name: Candidate(name) for name in told["candidates"]}
    ballots = [Ballot([people[name] for name in ranking]) for ranking, count in told["ballots"] for _ in range(count)]

    def count() -> set[str]:
        result = pyrankvote.single_transferable_vote([*people.values()], ballots, told["seats"])
        return {winner.name for winner in result.get_winners()}

    return count, same_winners(folder)


CONTENDERS: dict[str, Contender] = {
    "floor rows": lambda folder: (floor_rows(folder), nothing_to_compare),
    "floor snapshot": lambda folder: (floor_snapshot(folder), nothing_to_compare),
    "pandas apply": ranking(pandas_apply),
    "pandas iterrows": ranking(pandas_iterrows),
    "pandas groupby": ranking(pandas_groupby),
    "polars": ranking(polars_rows),
    "polars sheets": ranking(polars_sheets),
    "duckdb": ranking(duckdb_rows),
    "duckdb sheets": ranking(duckdb_sheets),
    "sqlite": ranking(sqlite_rows),
    "postgresql": ranking(postgresql_rows),
    "statsmodels": statsmodels_mixed,
    "lme4": lme4_mixed,
    "votelib": votelib_stv,
    "pyrankvote": pyrankvote_stv,
}

if __name__ == "__main__":
    stand.run(CONTENDERS)
