"""Expressions mean the same in generated code and computed naively; their bounds hold; what is unsafe has no type."""

from dataclasses import fields
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from yibao.policy import tree
from yibao.policy.code import Unknown
from yibao.policy.diagnostics import Findings, Mark, UnknownValue
from yibao.policy.expression import parse
from yibao.policy.scope import Fault, ParameterTerm, Scope
from yibao.policy.source import read
from yibao.policy.terms import Vocabulary, read_vocabulary
from yibao.policy.tests.making import FILES
from yibao.policy.tests.naive import compute
from yibao.policy.to_python import evaluator
from yibao.policy.tree import Expression
from yibao.policy.types import DATE, INT64, MONEY, Kind, Type


def vocabulary() -> Vocabulary:
    findings = Findings()
    node = read(text=FILES["vocabulary/refund.yaml"], file="refund.yaml", findings=findings)
    assert node is not None
    found = read_vocabulary(node=node, findings=findings)
    assert findings.items == []
    return found


NOWHERE = Mark("", 1, 1)
TERMS = {
    "rate": ParameterTerm("rate", "比例", "", Type(Kind.RATE), None, (0, 20_000), NOWHERE),
    "limit": ParameterTerm("limit", "上限", "", Type(Kind.INT, unit="月"), None, (0, 600), NOWHERE),
    "base": ParameterTerm("base", "基数", "", MONEY, None, (0, 10**9), NOWHERE),
}
SCOPE = Scope(vocabulary=vocabulary(), parameters=TERMS, parameter_spellings={name: name for name in TERMS})

DAYS = st.dates(date(1990, 1, 1), date(2030, 12, 31))
CASES = st.fixed_dictionaries(
    {
        "applied_on": DAYS,
        "period_start": DAYS,
        "reason": st.sampled_from(["any", "overlap", "death", "wish"]),
        "scheme": st.sampled_from(["employee", "resident"]),
        "died_on": st.none() | DAYS,
        "tier": st.none() | st.integers(0, 3),
        "paid_month": st.integers(1990 * 12, 2030 * 12),
        "retired": st.booleans(),
        "paid": st.integers(0, 10**9),
        "credited": st.integers(0, 10**9),
        "months_covered": st.integers(1, 600),
        "overlap": st.integers(0, 600),
        "years": st.integers(0, 60),
        "materials": st.lists(st.sampled_from(["record", "certificate"]), unique=True).map(tuple),
    }
)
PARAMETERS = st.fixed_dictionaries(
    {"rate": st.integers(0, 20_000), "limit": st.integers(0, 600), "base": st.integers(0, 10**9)}
)

COUNTS = st.sampled_from(["overlap", "months_covered", "p.limit", "3", "months_between(period_start, applied_on)"])
DATES = st.sampled_from(
    [
        "applied_on",
        "period_start",
        "add_months(period_start, 13)",
        "month_end(month_of(applied_on))",
        "date(2020, 8, 1)",
    ]
)
WHOLE = st.sampled_from(["paid", "credited", "p.base"])
UNITS = st.sampled_from(["分", "角", "元", "十元", "fen"])
MODES = st.sampled_from(["四舍五入", "进一", "舍去", "up"])


def fractions(money: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts of amounts that are not rounded."""
    simple = st.one_of(
        st.builds("({} * p.rate)".format, money),
        st.builds("share({}, overlap, months_covered)".format, money),
        st.builds("share({} * p.rate, 1, months_covered)".format, money),
    )
    return st.one_of(
        simple,
        st.builds("({} + {})".format, simple, simple),
        st.builds("({} - {})".format, simple, money),
        st.builds("max({}, {}, 0)".format, simple, simple),
    )


def amounts(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts of whole amounts built from smaller ones."""
    return st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} - {})".format, inner, inner),
        st.builds("max({}, {})".format, inner, inner),
        st.builds("min({}, {}, p.base)".format, inner, inner),
        st.builds("({} * {})".format, inner, COUNTS),
        st.builds("round(max({}, 0), {}, {})".format, fractions(inner), UNITS, MODES),
        st.builds("({} if {} else {})".format, inner, CONDITIONS, inner),
    )


SIMPLE_CONDITIONS = st.one_of(
    st.sampled_from(
        [
            "retired",
            "not retired",
            "reason == death",
            "reason in (any, 重复)",
            "险种 != 职工医保",
            "record in materials",
            "certificate not in materials",
            "(known(died_on) and died_on < period_start)",
            "(not known(tier) or tier == 2)",
            "(tier > 1 if known(tier) else retired)",
        ]
    ),
    st.builds("{} {} {}".format, DATES, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), DATES),
    st.builds("{} < {} <= {}".format, COUNTS, COUNTS, COUNTS),
)
CONDITIONS = st.recursive(
    SIMPLE_CONDITIONS,
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("(not ({}))".format, inner),
    ),
    max_leaves=5,
)
AMOUNTS = st.recursive(WHOLE, amounts, max_leaves=5)


def generated(tree: Expression, facts: dict[str, Any], parameters: dict[str, Any]) -> Any:
    make, read_parameters = evaluator(node=tree, as_of="applied_on")
    return make(**{f"p_{item.name}": parameters[item.name] for item in read_parameters})(facts)


def typed(text: str) -> Expression:
    """Return the tree of a text; texts that cannot be proven small enough or not negative are set aside."""
    try:
        return parse(text=text, scope=SCOPE)
    except Fault as fault:
        assume(fault.code not in ("overflow", "may_be_negative", "bad_expression", "wrong_arguments", "no_meaning"))
        raise AssertionError(f"{text}: {fault.code} {fault.values}") from None


@given(AMOUNTS, CASES, PARAMETERS)
def test_amounts_come_out_as_with_exact_fractions(text: str, facts: dict[str, Any], parameters: dict[str, Any]) -> None:
    tree = typed(text)
    value = generated(tree, facts, parameters)
    assert value == compute(tree, facts, parameters)
    assert isinstance(value, int)
    assert tree.bounds is not None
    assert -INT64 < tree.bounds[0] <= value <= tree.bounds[1] < INT64


@given(CONDITIONS, CASES, PARAMETERS)
def test_conditions_come_out_the_same_and_never_meet_a_missing_value(
    text: str, facts: dict[str, Any], parameters: dict[str, Any]
) -> None:
    tree = typed(text)
    value = generated(tree, facts, parameters)
    assert value is compute(tree, facts, parameters)
    assert isinstance(value, bool)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("round(share(paid, overlap, months_covered), 分, 四舍五入)", 293700, id="half a year's fee"),
        pytest.param("round(share(paid, 1, 7), 元, 进一)", 84000, id="up to the yuan"),
        pytest.param("round(paid * p.rate, 十元, 舍去)", 352000, id="down to ten yuan"),
        pytest.param("round(overlap * p.rate, 月, 进一)", 4, id="whole months"),
        pytest.param("months_between(period_start, applied_on)", 13, id="completed months"),
        pytest.param("years_between(period_start, applied_on)", 1, id="completed years"),
        pytest.param("days_between(period_start, applied_on)", 405, id="days"),
        pytest.param("add_months(date(2024, 1, 31), 1)", date(2024, 2, 29), id="the last day of a shorter month"),
        pytest.param("add_days(applied_on, 0)", date(2023, 2, 10), id="day 0 is the day itself"),
        pytest.param("nth_month(applied_on, 1)", 2023 * 12 + 1, id="month 1 is the month itself"),
        pytest.param("month_start(nth_month(applied_on, 3))", date(2023, 4, 1), id="benefits from the third month"),
        pytest.param("month_end(applied_on)", date(2023, 2, 28), id="the month of a day"),
        pytest.param("workdays_after(applied_on, 1)", date(2023, 2, 13), id="over a weekend"),
        pytest.param("year_of(paid_month)", 2022, id="year of a month"),
        pytest.param("month(2022, 3) > paid_month", True, id="a written month"),
        pytest.param("applied_on >= \"2023-02-10\"", True, id="a written day"),
        pytest.param("max（paid，credited）", 587400, id="full-width signs"),
        pytest.param("缴费金额 + 划入账户", 686190, id="names in Chinese"),
    ],
)  # fmt: skip
def test_the_words_of_the_language(text: str, value: object) -> None:
    facts = {
        "applied_on": date(2023, 2, 10),
        "period_start": date(2022, 1, 1),
        "paid": 587400,
        "credited": 98790,
        "overlap": 6,
        "months_covered": 12,
        "paid_month": 2022 * 12,
    }
    tree = parse(text=text, scope=SCOPE)
    assert generated(tree, facts, {"rate": 6000, "base": 10**9, "limit": 12}) == value


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "p.__class__",
        "paid.fen",
        "(lambda: 1)()",
        "[x for x in (1, 2)]",
        "f'{paid}'",
        "paid ** 2",
        "paid // 2",
        "paid % 2",
        "-paid",
        "paid if retired",
        "paid; credited",
        "exec",
        "known(paid, credited)",
        "max(paid)",
        "max(*materials)",
        "round(paid, 分, mode=四舍五入)",
        "paid is credited",
        "1.5 * paid",
        "'text'",
        "",
        "((((",
    ],
)
def test_nothing_but_the_language_is_read(text: str) -> None:
    with pytest.raises(Fault):
        parse(text=text, scope=SCOPE)


@pytest.mark.parametrize(
    "text",
    [
        "died_on < applied_on",
        "retired or died_on < applied_on",
        "known(died_on) or died_on < applied_on",
        "not known(died_on) and died_on < applied_on",
        "(retired or known(died_on)) and died_on < applied_on",
        "known(tier) and died_on < applied_on",
        "max(tier, 1) > 0",
    ],
)
def test_a_value_that_may_be_missing_is_used_only_behind_known(text: str) -> None:
    with pytest.raises(Fault) as caught:
        parse(text=text, scope=SCOPE)
    assert caught.value.code == "unguarded_missing"


@pytest.mark.parametrize(
    "text",
    [
        "known(died_on) and died_on < applied_on",
        "not known(died_on) or died_on < applied_on",
        "not (not known(died_on)) and died_on < applied_on",
        "retired and (known(died_on) and retired) and died_on < applied_on",
        "(died_on < applied_on) if known(died_on) else retired",
    ],
)
def test_a_value_is_there_where_known_says_so(text: str) -> None:
    assert parse(text=text, scope=SCOPE).type.kind is Kind.BOOL


def test_a_missing_value_may_be_passed_on_as_it_is() -> None:
    assert parse(text="died_on", scope=SCOPE, expected=Type(Kind.DATE, maybe=True)).type.maybe
    assert parse(text="died_on if retired else unknown", scope=SCOPE, expected=Type(Kind.DATE, maybe=True)).type.maybe
    with pytest.raises(Fault):
        parse(text="unknown", scope=SCOPE, expected=DATE)


def test_an_unknown_parameter_is_told_by_name() -> None:
    tree = parse(text="known(p.base) and paid > 0", scope=SCOPE)
    unknown = Unknown(UnknownValue("base", date(2020, 1, 1)))
    assert generated(tree, {"paid": 1}, {"base": unknown}) is False
    with pytest.raises(UnknownValue):
        generated(parse(text="p.base + paid", scope=SCOPE), {"paid": 1}, {"base": unknown})


def test_every_kind_of_expression_with_parts_is_walked() -> None:
    kinds = tree.Expression.__subclasses__()
    holds = {kind.__name__ for kind in kinds for part in fields(kind) if "Expression" in str(part.type)}
    assert holds == {kind.__name__ for kind in tree._CHILDREN}
    # A kind of a kind would be passed over in silence.
    assert [kind.__name__ for kind in kinds if kind.__subclasses__()] == []
