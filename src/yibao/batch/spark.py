"""Relations and decisions as Spark SQL; needs the extra `spark`, which brings PySpark, and Java 17."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from yibao.policy.to_sql import SPARK, Sql
from yibao.policy.to_sql_relations import Relation
from yibao.policy.to_sql_table import Query

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_TYPES = {"BIGINT": "BIGINT", "VARCHAR": "STRING", "BOOLEAN": "BOOLEAN", "DATE": "DATE"}
# An open span ends on the day after the last day of the calendar, which cannot be written as a day.
_AFTER_ALL = f"date_add(DATE '{date.max.isoformat()}', 1)"


def view_text(relation: Relation) -> str:
    """Return the statement that makes a relation a temporary view."""
    sql = Sql(SPARK)
    lines = []
    for row in relation.rows:
        cells = []
        for (name, kind), value in zip(relation.columns, row, strict=True):
            text = _AFTER_ALL if name == "_until" and value is None else sql.value(value)
            cells.append(f"CAST({text} AS {_TYPES[kind]})" if value is None else text)
        lines.append(f"({', '.join(cells)})")
    names = ", ".join(SPARK.name(name) for name, _ in relation.columns)
    named = [(SPARK.name(name), _TYPES[kind]) for name, kind in relation.columns]
    casts = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in named)
    if relation.months is not None:
        casts += ", explode(sequence(_first_month, _last_month)) AS _month"
    view = SPARK.name(relation.name)
    return f"CREATE OR REPLACE TEMPORARY VIEW {view} AS SELECT {casts} FROM VALUES {', '.join(lines)} AS lines({names})"


def decide(*, query: Query, spark: SparkSession) -> DataFrame:
    """Return the decisions of a query compiled for Spark; its facts must be a table or view of the session.

    Args:
        query: from `yibao.batch.columns.compiled(dialect="spark")`.
        spark: the session.
    """
    for relation in query.relations:
        spark.sql(view_text(relation))
    return spark.sql(query.text)
