"""One measurement of columns in a process of its own, so that its memory can be told: prints one line of JSON.

Usage: python -m benchmarks.columns_run WHAT FOLDER ROWS
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa

from benchmarks.columns_by_hand import FORMS, MONTHLY, RATES, by_hand
from benchmarks.population import POOLS, measured_packs, packs_of_many, rate_lines, write_population
from yibao.batch.columns import Asked, compiled, put
from yibao.batch.spark import view_text
from yibao.policy.to_sql_table import Query

ASKED = Asked("refund", "refund", keys=("id",), only="000000")
ROUNDS = 5
MANY = 100
_KINDS = """\
CREATE TYPE insurance AS ENUM ('employee', 'resident');
CREATE TYPE payer AS ENUM ('employer', 'self', 'unemployment_fund');
CREATE TYPE pool AS ENUM (SELECT DISTINCT pool FROM rate_lines ORDER BY 1);"""
_REPLACED = """(insurance_type::insurance AS insurance_type, payer::payer AS payer,
  region_from::pool AS region_from, region_to::pool AS region_to)"""
_DIFFERENT = """\
SELECT count(*) FROM ours JOIN hand USING (id)
WHERE ours.row <> hand.row OR ours.outcome <> hand.outcome
  OR ours.refund IS DISTINCT FROM hand.refund"""
_TOTALS = "SELECT outcome, count(*), sum(refund) FROM ({query}) GROUP BY ALL"


def _connected(folder: Path) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": 2})
    pools, starts, rates = zip(*rate_lines(), strict=True)
    connection.register("lines", pa.table({"pool": pools, "start": starts, "rate": rates}))
    connection.execute("CREATE TABLE rate_lines AS SELECT * FROM lines ORDER BY pool, start")
    return connection


def _best(runs: dict[str, Callable[[], object]], rounds: int = ROUNDS) -> dict[str, float]:
    """Return the best time of each run; they take turns, so that a busy machine is busy for all of them."""
    spans: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(rounds + 1):
        for name, run in runs.items():
            start = time.perf_counter()
            run()
            if turn:
                spans[name].append(time.perf_counter() - start)
    return {name: min(each) for name, each in spans.items()}


def _query(folder: Path, source: str) -> Query:
    return compiled(packs=measured_packs(folder=folder), asked=ASKED, codes=["000000"], source=source, by_number=True)


def _stored(connection: duckdb.DuckDBPyConnection, name: str, text: str) -> Callable[[], object]:
    return lambda: connection.execute(f"CREATE OR REPLACE TABLE {name} AS {text}")


def in_memory(folder: Path, rows: int) -> dict[str, float]:
    """Decide a table in memory into another, beside SQL written by hand on the same table; codes are ENUM."""
    connection = _connected(folder)
    path = write_population(folder=folder, rows=rows)
    connection.execute(_KINDS)
    connection.execute(f"CREATE TABLE facts AS SELECT * REPLACE {_REPLACED} FROM '{path}'")
    connection.execute("ALTER TABLE rate_lines ALTER pool TYPE pool")
    connection.execute(RATES)
    connection.execute(MONTHLY)
    query = _query(folder, "facts")
    put(query=query, connection=connection)
    texts = {form: by_hand(source="facts", form=form) for form in FORMS}
    runs = {form: _stored(connection, "hand", text) for form, text in texts.items()}
    runs |= {"ours": _stored(connection, "ours", query.text)}
    found = _best({**runs, "checked": lambda: connection.execute(query.faults).fetchall()})
    for form in FORMS:
        runs[form]()
        _agree(connection)
    ((total,),) = connection.execute("SELECT sum(refund) FROM ours").fetchall()
    return {**found, "total": int(total)}


def _agree(connection: duckdb.DuckDBPyConnection) -> None:
    ((different,),) = connection.execute(_DIFFERENT).fetchall()
    if different:
        raise AssertionError(f"columns and the SQL written by hand differ on {different} rows")


def memory(folder: Path, rows: int) -> dict[str, float]:
    """Load, decide and store, once: the most memory the process ever holds (MiB)."""
    connection = _connected(folder)
    path = write_population(folder=folder, rows=rows)
    connection.execute(_KINDS)
    connection.execute(f"CREATE TABLE facts AS SELECT * REPLACE {_REPLACED} FROM '{path}'")
    query = _query(folder, "facts")
    put(query=query, connection=connection)
    connection.execute(f"CREATE TABLE ours AS {query.text}")
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return {"peak": int(status.split("VmHWM:")[1].split()[0]) / 1024}


def from_parquet(folder: Path, rows: int) -> dict[str, float]:
    """Decide straight from the file and total by outcome, beside the SQL written by hand."""
    connection = _connected(folder)
    source = f"read_parquet('{write_population(folder=folder, rows=rows)}')"
    connection.execute(RATES)
    query = _query(folder, source)
    put(query=query, connection=connection)
    connection.execute(MONTHLY)
    texts = {form: by_hand(source=source, form=form) for form in FORMS} | {"ours": query.text}
    answers = {name: sorted(connection.execute(_TOTALS.format(query=text)).fetchall()) for name, text in texts.items()}
    if any(answer != answers["ours"] for answer in answers.values()):
        raise AssertionError(f"totals differ: {answers}")

    def run(text: str) -> Callable[[], object]:
        return lambda: connection.execute(_TOTALS.format(query=text)).fetchall()

    return _best({name: run(text) for name, text in texts.items()}, rounds=3)


def _of_pools(folder: Path, rows: int, sets: dict[str, tuple[int, bool]]) -> dict[str, float]:
    """Return the time of every set: so many pools, with thresholds that differ or do not."""
    connection = _connected(folder)
    path = write_population(folder=folder, rows=rows)
    runs = {}
    for name, (pools, differing) in sets.items():
        pool = f"CAST(110100 + 100 * (id % {pools}) AS VARCHAR) AS pool"
        connection.execute(f"CREATE TABLE facts_{name} AS SELECT *, {pool} FROM '{path}'")
        codes = [str(110100 + 100 * number) for number in range(pools)]
        asked = Asked("refund", "refund", keys=("id",), region="pool")
        packs = packs_of_many(folder=folder, pools=pools, differing=differing)
        query = compiled(
            packs=packs, asked=asked, codes=codes, source=f"facts_{name}", prefix=f"{name}_", by_number=True
        )
        put(query=query, connection=connection)
        runs[name] = _stored(connection, "ours", query.text)
    return _best(runs)


def variants(folder: Path, rows: int) -> dict[str, float]:
    """Decide for a hundred pools whose thresholds all differ, beside a hundred whose thresholds are the same."""
    return _of_pools(folder, rows, {"one": (MANY, False), "many": (MANY, True)})


def regions(folder: Path, rows: int) -> dict[str, float]:
    """Decide the same rows as those of three hundred regions, beside ten."""
    return _of_pools(folder, rows, {"few": (10, True), "all": (len(POOLS), True)})


def spark_query(folder: Path, rows: int) -> dict[str, object]:
    """Return the query for Spark with the statements that make its relations."""
    packs = measured_packs(folder=folder)
    query = compiled(packs=packs, asked=ASKED, codes=["000000"], source="facts", dialect="spark", by_number=True)
    return {"text": query.text, "relations": [view_text(relation) for relation in query.relations]}


def main() -> None:
    """Print what was asked for."""
    what, folder, rows = sys.argv[1:]
    parts = (in_memory, memory, from_parquet, variants, regions, spark_query)
    print(json.dumps({part.__name__: part for part in parts}[what](Path(folder), int(rows))))


if __name__ == "__main__":
    main()
