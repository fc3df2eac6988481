"""Columns on Spark decide exactly as the closures do; run by `make test-spark`."""

from pathlib import Path
from random import Random

import pyarrow.parquet as parquet
import pytest
from pyspark.sql import SparkSession

from yibao import services
from yibao.batch.columns import Asked, compiled, frame
from yibao.batch.spark import decide
from yibao.batch.tests.columns_making import by_closure, cases

KEYS = ("case_number", "asked_in")


@pytest.fixture(scope="module")
def spark():
    """A local session of two cores."""
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    session = builder.config("spark.sql.shuffle.partitions", "2").getOrCreate()
    yield session
    session.stop()


@pytest.mark.parametrize(
    "decision", ["refund.situation", "refund.amount", "contribution.tariff", "contribution.credit"]
)
def test_every_pack_decides_alike(spark: SparkSession, tmp_path: Path, decision: str) -> None:
    """Every line Spark gives is the one the closure gives."""
    packs = services.packs()
    domain, _, name = decision.partition(".")
    asked = Asked(domain, name, KEYS, region="asked_in")
    given = cases(packs=packs, asked=asked, dice=Random(8), count=500)
    codes = sorted({case["asked_in"] for case in given})
    query = compiled(packs=packs, asked=asked, codes=codes, source="cases", dialect="spark")
    parquet.write_table(frame(rows=given, query=query, keys=KEYS), tmp_path / "cases.parquet")
    spark.read.parquet(str(tmp_path / "cases.parquet")).createOrReplaceTempView("cases")
    found = {row["case_number"]: row.asDict() for row in decide(query=query, spark=spark).collect()}
    wanted = {case["case_number"]: by_closure(packs, asked, case) for case in given}
    assert len(found) == len(given)
    assert [number for number, want in wanted.items() if {key: found[number][key] for key in want} != want] == []
