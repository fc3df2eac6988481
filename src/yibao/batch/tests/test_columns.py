"""Columns decide exactly as the closures do: expressions, tables of several levels, every decision of every pack."""

from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yibao import services
from yibao.batch.columns import Asked, compiled, decide, frame
from yibao.batch.tests.columns_making import CITY, by_closure, cases, differing, of_working_days
from yibao.kernel.errors import InputInvalid
from yibao.policy import Packs, load_packs
from yibao.policy.functions import FUNCTIONS
from yibao.policy.tests.making import FACTS, FILES, load, reading_base
from yibao.policy.tests.test_expressions import (
    AMOUNTS,
    CASES,
    CONDITIONS,
    PARAMETERS,
    generated,
    typed,
    vocabulary,
)
from yibao.policy.to_sql import DUCKDB, Sql
from yibao.policy.to_sql_dates import CALENDAR
from yibao.policy.to_sql_table import Query
from yibao.policy.to_sql_variants import merge
from yibao.policy.tree import Expression, parameters_of

GOLDEN = Path(__file__).parent / "golden"
KEYS = ("case_number", "asked_in")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Packs:
    return load(folder=tmp_path_factory.mktemp("packs"))


@pytest.fixture(scope="module")
def real() -> Packs:
    return load_packs(roots=[services.packs_folder()], vocabularies=services.vocabularies())


def computed(tree: Expression, facts: dict[str, Any], parameters: dict[str, Any]) -> Any:
    """Return the value DuckDB computes for one case."""
    words = vocabulary()
    query = Query("", "", (), {name: fact.type for name, fact in words.facts.items() if name in facts})
    columns = {item: str(parameters[item.name]) + "::BIGINT" for item in parameters_of(tree)}
    text = f"SELECT {Sql(DUCKDB, columns).text(tree)} FROM cases"
    return memory().register("cases", frame(rows=[facts], query=query)).execute(text).fetchall()[0][0]


@cache
def memory() -> duckdb.DuckDBPyConnection:
    return duckdb.connect(config={"threads": 1})


@given(AMOUNTS, CASES, PARAMETERS)
def test_amounts_come_out_to_the_fen(text: str, facts: dict[str, Any], parameters: dict[str, Any]) -> None:
    tree = typed(text)
    assert computed(tree, facts, parameters) == generated(tree, facts, parameters)


@given(CONDITIONS, CASES, PARAMETERS)
def test_conditions_are_true_or_false_and_never_null(
    text: str, facts: dict[str, Any], parameters: dict[str, Any]
) -> None:
    tree = typed(text)
    assert computed(tree, facts, parameters) is generated(tree, facts, parameters)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("not ((tier > 1 if known(tier) else retired) and retired)", id="and"),
        pytest.param("not ((retired if known(tier) else not retired) or overlap > 0)", id="or"),
    ],
)
def test_a_choice_at_the_head_of_several_conditions_stays_among_them(text: str) -> None:
    facts = {**FACTS, "tier": None, "retired": False, "overlap": 1}
    tree = typed(text)
    assert computed(tree, facts, {}) is generated(tree, facts, {})


DAY_PAIRS = st.sampled_from(
    [
        "months_between(applied_on, period_start)",
        "years_between(applied_on, period_start)",
        "days_between(applied_on, period_start)",
        "add_months(applied_on, overlap)",
        "add_days(applied_on, days_between(date(2020, 1, 1), period_start))",
        "month_end(nth_month(applied_on, months_covered))",
        "month_start(paid_month)",
        "month_end(add_months(paid_month, overlap))",
        "months_between(paid_month, month_of(period_start))",
        "year_of(paid_month)",
        "year_of(applied_on)",
        "month(year_of(applied_on), 3)",
        "date(year_of(applied_on), 12, 31)",
        "month_start(applied_on)",
        "add_months(paid_month, 7)",
        "nth_month(paid_month, overlap)",
    ]
)


@given(DAY_PAIRS, CASES)
def test_functions_of_days_and_months_come_out_the_same(text: str, facts: dict[str, Any]) -> None:
    tree = typed(text)
    assert computed(tree, facts, {}) == generated(tree, facts, {})


def test_working_days_are_counted_alike(tmp_path: Path) -> None:
    packs = of_working_days(tmp_path)
    asked = Asked("refund", "situation", KEYS, only="500000")
    given_cases = cases(packs=packs, asked=asked, dice=Random(12), count=4000)
    assert differing(packs, asked, given_cases) == []
    answers = [by_closure(packs, asked, case) for case in given_cases]
    assert len({answer["earliest"] for answer in answers}) > 100


def test_days_beyond_the_calendar_stop_the_engine(tmp_path: Path) -> None:
    packs = of_working_days(tmp_path)
    asked = Asked("refund", "situation", KEYS, only="500000")
    case = {**FACTS, "applied_on": CALENDAR[1], "overlap": 1, "case_number": 1, "asked_in": "500000"}
    with pytest.raises(duckdb.InvalidInputException, match="beyond the working days"):
        differing(packs, asked, [case])


def test_every_function_of_the_language_can_be_printed() -> None:
    forms = [(name, form.arguments[0].kind) for name, each in FUNCTIONS.items() for form in each.forms]
    for name, kind in forms:
        assert DUCKDB.call(name, [kind], ["a", "b", "c"][: arguments(name)])


def arguments(name: str) -> int:
    return len(FUNCTIONS[name].forms[0].arguments)


@pytest.mark.parametrize("decision", ["situation", "amount"])
@pytest.mark.parametrize("only", ["", "500000"])
def test_tables_of_two_levels_decide_alike_on_every_day(made: Packs, decision: str, only: str) -> None:
    asked = Asked("refund", decision, KEYS, region="" if only else "asked_in", only=only)
    given_cases = cases(packs=made, asked=asked, dice=Random(11), count=1500)
    assert differing(made, asked, given_cases) == []
    rows = {by_closure(made, asked, case)["row"] for case in given_cases}
    assert rows >= ({"R3", "N1", "N2", "REST", "!no_rule_in_force"} if decision == "situation" else {""})


def test_a_parameter_nobody_knows_stops_only_the_rows_that_need_it(tmp_path: Path) -> None:
    packs = load(
        folder=tmp_path, files=reading_base(f"{CITY}/refund.yaml", "is: credited}", 'is: "min(p.base, credited)"}')
    )
    asked = Asked("refund", "amount", KEYS, only="500000")
    given_cases = cases(packs=packs, asked=asked, dice=Random(5), count=1500)
    assert differing(packs, asked, given_cases) == []
    rows = [by_closure(packs, asked, case)["row"] for case in given_cases]
    assert rows.count("!unknown_value") > 100 < rows.count("")


def test_an_unknown_parameter_in_a_condition_stops_where_the_closure_stops(tmp_path: Path) -> None:
    when = 'when: {reason: [any, overlap], scheme: employee, overlap: "> 0"}'
    files = reading_base(f"{CITY}/refund.yaml", when, 'when: {retired: 是, paid: "<= p.base"}')
    packs = load(folder=tmp_path, files=files)
    asked = Asked("refund", "situation", KEYS, only="500000")
    given_cases = cases(packs=packs, asked=asked, dice=Random(6), count=1500)
    assert differing(packs, asked, given_cases) == []
    assert "!unknown_value" in {by_closure(packs, asked, case)["row"] for case in given_cases}


def test_every_decision_of_every_pack_decides_alike(real: Packs) -> None:
    words = next(iter(real.regions.values())).vocabularies
    for domain, vocabulary_ in words.items():
        for decision in vocabulary_.decisions:
            if not any((domain, decision) in region.stacks for region in real.regions.values()):
                continue
            asked = Asked(domain, decision, KEYS, region="asked_in")
            given_cases = cases(packs=real, asked=asked, dice=Random(3), count=1000)
            assert differing(real, asked, given_cases) == []


@pytest.mark.parametrize("dialect", ["duckdb", "spark"])
@pytest.mark.parametrize("decision", ["situation", "amount"])
def test_the_text_of_the_query_is_the_one_on_file(made: Packs, decision: str, dialect: str) -> None:
    asked = Asked("refund", decision, ("person",), region="place")
    query = compiled(packs=made, asked=asked, codes=["000000", "500112"], source="facts", dialect=dialect)
    assert query.text + "\n" == (GOLDEN / f"{decision}.{dialect}.sql").read_text(encoding="utf-8")


def test_thresholds_of_many_regions_are_columns_and_not_rows(tmp_path: Path) -> None:
    packs = load(folder=tmp_path, files={**FILES, **many_regions(40)})
    asked = Asked("refund", "situation", KEYS, region="asked_in")
    codes = [code for code in packs.regions if code.startswith("51")]
    merged = merge(regions={code: packs.regions[code] for code in codes}, domain="refund", decision="situation")
    assert (merged.contents, merged.variants) == (41, 2)
    assert len([entry for entry in merged.entries if entry.shape.id == "L1"]) == 1
    given_cases = cases(packs=packs, asked=asked, dice=Random(2), count=1000)
    assert differing(packs, asked, given_cases) == []


def many_regions(count: int) -> dict[str, str]:
    files = {}
    for number in range(count):
        code = f"51{number:02}00"
        pack = FILES[f"{CITY}/pack.yaml"].replace("500000", code).replace("重庆市", f"某市{number}")
        when = f'{{overlap: "> {number + 1}", applied_on: ">= 20{number % 20 + 10}-03-01"}}'
        words = "id: L1, label: 门槛, en: limit, from: 2014-01-06, source: cq"
        row = f"      - {{{words}, when: {when}, then: {{outcome: no_refund}}}}\n"
        files |= {
            f"{code}_city/pack.yaml": pack,
            f"{code}_city/sources.yaml": FILES[f"{CITY}/sources.yaml"],
            f"{code}_city/refund.yaml": f"domain: refund\ntables:\n  situation:\n    rows:\n{row}",
        }
    return files


# what goes in


@pytest.mark.parametrize(
    ("change", "column"),
    [
        pytest.param({"scheme": None}, "scheme", id="a fact that may not be missing"),
        pytest.param({"scheme": "neither"}, "scheme", id="a code nobody knows"),
        pytest.param({"overlap": 601}, "overlap", id="more than the vocabulary allows"),
        pytest.param({"overlap": -1}, "overlap", id="less than nothing"),
    ],
)
def test_nothing_is_decided_where_a_fact_is_out_of_bounds(made: Packs, change: dict[str, Any], column: str) -> None:
    asked = Asked("refund", "situation", only="500000")
    query = compiled(packs=made, asked=asked, codes=["500000"], source="cases")
    facts = frame(rows=[dict(FACTS), {**FACTS, **change}], query=query)
    with pytest.raises(InputInvalid) as caught:
        decide(packs=made, asked=asked, facts=facts)
    assert [problem.where for problem in caught.value.problems] == [column]
    assert "1" in caught.value.problems[0].zh


@pytest.mark.parametrize("form", ["arrow", "polars", "parquet"])
def test_facts_come_as_a_frame_or_a_file(made: Packs, tmp_path: Path, form: str) -> None:
    import polars
    import pyarrow.parquet as parquet

    asked = Asked("refund", "situation", only="500000")
    query = compiled(packs=made, asked=asked, codes=["500000"], source="cases")
    facts: Any = frame(rows=[dict(FACTS)], query=query)
    if form == "polars":
        facts = polars.from_arrow(facts)
    if form == "parquet":
        parquet.write_table(facts, tmp_path / "facts.parquet")
        facts = tmp_path / "facts.parquet"
    answer = decide(packs=made, asked=asked, facts=facts)
    assert isinstance(answer, pa.Table)
    assert answer.to_pylist()[0]["row"] == "R3"
