"""`yibao sweep` finds the planted duplicates of the city and decides a file; `yibao packs variants` counts tables."""

from datetime import date
from random import Random

import pyarrow.parquet as parquet
import pytest
from click.testing import CliRunner

from yibao import services
from yibao.batch.columns import Asked, compiled, frame
from yibao.batch.demo import setup
from yibao.batch.tests.columns_making import by_closure, cases
from yibao.cli import main

ASKED = Asked("refund", "situation", only="500000")


def run(*arguments):
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture
def facts(tmp_path):
    """A file of facts, and how many rows each rule decides."""
    packs = services.packs()
    given = cases(packs=packs, asked=ASKED, dice=Random(1), count=300)
    query = compiled(packs=packs, asked=ASKED, codes=["500000"], source="cases")
    parquet.write_table(frame(rows=given, query=query), tmp_path / "facts.parquet")
    return tmp_path / "facts.parquet", [by_closure(packs, ASKED, case)["row"] for case in given]


def test_a_file_of_facts_is_decided_row_by_row(facts):
    path, rows = facts
    answer = run("sweep", str(path))
    assert answer.exit_code == 0, answer.output
    for row in set(rows):
        assert any(row in line and f" {rows.count(row)} " in line for line in answer.output.splitlines())


def test_a_decision_that_does_not_exist_is_told(facts):
    answer = run("sweep", str(facts[0]), "--decision", "refund.nothing")
    assert answer.exit_code == 2
    assert "refund.nothing" in answer.output


def test_variants_are_counted_per_table():
    answer = run("packs", "variants")
    assert answer.exit_code == 0
    assert "refund.situation" in answer.output


@pytest.mark.django_db
def test_the_city_is_searched_for_what_was_paid_twice(settings, tmp_path):
    settings.YIBAO_DOCUMENTS_DIR = tmp_path
    setup.make(persons=120, seed=2026, on=date(2026, 3, 2), quiet=True)
    answer = run("sweep", "--on", "2026-03-02")
    assert answer.exit_code == 0, answer.output
    assert "与失业保险基金缴费" in answer.output


@pytest.mark.django_db
def test_an_empty_record_holds_no_duplicate():
    answer = run("sweep", "--on", "2026-03-02")
    assert "No payment was made twice." in answer.output
