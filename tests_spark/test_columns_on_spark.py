"""Columns on Spark decide exactly as the closures do; run by `make test-spark`."""

from pathlib import Path
from random import Random

import pyarrow.parquet as parquet
import pytest
from pyspark.sql import SparkSession

from yibao import services
from yibao.batch.columns import Asked, compiled, frame
from yibao.batch.spark import decide
from yibao.batch.tests.columns_making import by_closure, cases, of_working_days
from yibao.policy import Packs

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
    domain, _, name = decision.partition(".")
    asked = Asked(domain, name, KEYS, region="asked_in")
    assert differing(spark, tmp_path, services.packs(), asked) == []


def test_working_days_are_counted_alike(spark: SparkSession, tmp_path: Path) -> None:
    """Holidays and make-up days count on Spark as they do in the closure."""
    asked = Asked("refund", "situation", KEYS, only="500000")
    assert differing(spark, tmp_path, of_working_days(tmp_path), asked) == []


def differing(spark: SparkSession, folder: Path, packs: Packs, asked: Asked) -> list[int]:
    """Return the numbers of the cases on which closure and Spark differ."""
    given = cases(packs=packs, asked=asked, dice=Random(8), count=500)
    codes = [asked.only] if asked.only else sorted({case["asked_in"] for case in given})
    query = compiled(packs=packs, asked=asked, codes=codes, source="cases", dialect="spark")
    parquet.write_table(frame(rows=given, query=query, keys=KEYS), folder / "cases.parquet")
    spark.read.parquet(str(folder / "cases.parquet")).createOrReplaceTempView("cases")
    found = {row["case_number"]: row.asDict() for row in decide(query=query, spark=spark).collect()}
    wanted = {case["case_number"]: by_closure(packs, asked, case) for case in given}
    assert len(found) == len(given)
    return [number for number, want in wanted.items() if {key: found[number][key] for key in want} != want]
