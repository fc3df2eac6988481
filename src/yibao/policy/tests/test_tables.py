# ruff: noqa: E501  (pieces of packs stay on one line, as they are written)
"""Tables of two levels decide, trace and name what else would hold; values and rows change by the day."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from yibao.policy import (
    NoRuleInForce,
    PackErrors,
    Packs,
    Region,
    UnknownName,
    UnknownRegion,
    UnknownValue,
    load_texts,
)
from yibao.policy.explain import sentences
from yibao.policy.tests.making import DAY, FACTS, FILES, load, reading_base, replaced

CITY = "500000_chongqing"
R3 = "- id: R3\n        label: 失业期间重复缴费"


@pytest.fixture
def packs(tmp_path: Path) -> Packs:
    return load(folder=tmp_path)


@pytest.fixture
def city(packs: Packs) -> Region:
    return packs.region_for("500112")


def order(region: Region, on: date = DAY) -> list[str]:
    return [row.id for row in region.table("refund", "situation", on=on).decision_rows]


def with_row(row: str) -> dict[str, str]:
    """The city's file with one more row, given as the beginning of a mapping."""
    rest = "label: x, en: x, from: 2014-01-06, source: cq, then: {outcome: no_refund}}"
    return replaced(f"{CITY}/refund.yaml", "      - id: R3\n", f"      - {{{row}, {rest}\n      - id: R3\n")


# deciding


def test_the_first_row_that_holds_decides(city: Region) -> None:
    hit = city.table("refund", "situation", on=DAY).decide(FACTS)
    assert hit.row == "R3"
    assert hit.members == {
        "outcome": "refund",
        "evidence": ("record",),
        "earliest": date(2023, 3, 1),
        "months": 6,
    }


def test_outputs_a_row_leaves_out_are_missing_or_empty(city: Region) -> None:
    hit = city.table("refund", "situation", on=DAY).decide({**FACTS, "reason": "wish"})
    assert hit.members == {"outcome": "no_refund", "evidence": (), "earliest": None, "months": None}


def test_later_amounts_use_earlier_ones(city: Region) -> None:
    hit = city.table("refund", "amount", on=DAY).decide(FACTS)
    assert hit.amounts == {"gross": 293700, "offset": 98790, "refund": 194910}


def test_a_missing_fact_may_be_left_out(city: Region) -> None:
    facts = {name: value for name, value in FACTS.items() if name not in ("died_on", "tier")}
    table = city.table("refund", "situation", on=DAY)
    assert table.decide({**facts, "scheme": "resident"}).row == "REST"
    assert table.trace({**facts, "scheme": "resident"}).row == "REST"


def test_every_row_that_holds_is_named(city: Region) -> None:
    table = city.table("refund", "situation", on=DAY)
    assert table.matching({**FACTS, "scheme": "resident", "died_on": date(2021, 12, 1), "reason": "wish"}) == (
        "N1",
        "N2",
        "REST",
    )


def test_trace_and_decision_agree_and_the_trace_names_the_first_failing_cell(city: Region) -> None:
    table = city.table("refund", "situation", on=DAY)
    facts = {**FACTS, "overlap": 0}
    trace = table.trace(facts)
    assert trace.raw.hit == table.decide(facts)
    failed = [(item.row_id, item.failed_cell and item.failed_cell.text) for item in trace.considered]
    assert failed == [("R3", "> 0"), ("N1", "居民医保"), ("N2", "wish"), ("REST", None)]
    assert trace.facts_used["overlap"] == 0
    assert "died_on" not in trace.facts_used


def test_a_trace_names_the_parameter_lines_it_used(city: Region) -> None:
    table = city.table("refund", "amount", on=date(2022, 5, 1))
    trace = table.trace({**FACTS, "scheme": "resident", "retired": True, "paid": 10001})
    (use,) = trace.parameters_used
    assert (use.name, use.value, use.from_, use.until) == ("rate", 7000, date(2022, 1, 1), date(2023, 1, 1))
    assert use.file == f"{CITY}/contribution.yaml"
    assert trace.amounts["gross"] == 7001


# sentences


def test_a_trace_reads_in_chinese(city: Region) -> None:
    trace = city.table("refund", "situation", on=DAY).trace(
        {**FACTS, "scheme": "resident", "died_on": date(2021, 12, 1)}
    )
    assert sentences(trace, language="zh") == [
        "R3 不适用：险种为“居民医保”（渝发1号 3）",
        "N1 适用：险种为“居民医保”，死亡早于待遇开始为“是” → 退费，evidence 死亡证明（国发〔2014〕1号 5）",
    ]


def test_amounts_and_parameters_read_in_chinese_and_english(city: Region) -> None:
    facts = {**FACTS, "scheme": "resident", "retired": True}
    trace = city.table("refund", "amount", on=date(2022, 5, 1)).trace(facts)
    assert sentences(trace, language="zh") == [
        "退费比例：自 2022-01-01 起为70%（渝发1号）",
        "应退部分：4,111.80元（part 按比例）",
        "offset：0.00元（none 不抵扣）",
        "应退金额：4,111.80元（net 净额）",
    ]
    assert sentences(trace, language="en")[0] == "share refunded: 70% since 2022-01-01 (渝发1号)"


def test_the_same_table_tells_two_cases_apart(city: Region) -> None:
    table = city.table("refund", "situation", on=DAY)
    first = sentences(table.trace({**FACTS, "overlap": 0, "reason": "wish"}))
    second = sentences(table.trace({**FACTS, "reason": "death"}))
    assert first[0] == "R3 不适用：申请原因为“自愿”（渝发1号 3）"
    assert second[0] == "R3 不适用：申请原因为“死亡”（渝发1号 3）"


# inheritance


def test_rows_of_a_lower_level_stand_first(city: Region) -> None:
    assert order(city) == ["R3", "N1", "N2", "REST"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        pytest.param("id: X, before: N2", ["R3", "N1", "X", "N2", "REST"], id="before a named row"),
        pytest.param("id: X, after: N1", ["R3", "N1", "X", "N2", "REST"], id="after a named row"),
        pytest.param("id: X, replace: N1, when: {retired: 是}", ["R3", "X", "N2", "REST"], id="in its place"),
        pytest.param("id: X, when: {retired: 是}", ["X", "R3", "N1", "N2", "REST"], id="in front, as written"),
    ],
)
def test_a_lower_level_places_its_rows(row: str, expected: list[str], tmp_path: Path) -> None:
    files = with_row(row if "when" in row else f"{row}, when: {{retired: 是}}")
    assert order(load(folder=tmp_path, files=files).region_for("500000")) == expected


def test_a_replaced_row_comes_back_where_the_replacement_is_not_in_force(tmp_path: Path) -> None:
    files = with_row("id: X, replace: N1, until: 2020-01-01, when: {retired: 是}")
    region = load(folder=tmp_path, files=files).region_for("500000")
    assert order(region, date(2019, 12, 31)) == ["R3", "X", "N2", "REST"]
    assert order(region, date(2020, 1, 1)) == ["R3", "N1", "N2", "REST"]
    assert order(region, date(2014, 1, 5)) == ["N1", "N2", "REST"]


def test_a_lower_level_ends_a_row_on_a_day(tmp_path: Path) -> None:
    files = replaced(
        f"{CITY}/refund.yaml", "  situation:\n", "  situation:\n    end: [{id: N2, on: 2021-07-01, source: cq}]\n"
    )
    packs = load(folder=tmp_path, files=files)
    city = packs.region_for("500000")
    assert "N2" in order(city, date(2021, 6, 30))
    assert "N2" not in order(city, date(2021, 7, 1))
    assert "N2" in order(packs.region_for("000000"), date(2021, 7, 1))


def test_silence_leaves_the_higher_value_in_force(packs: Packs, city: Region) -> None:
    days = [date(2019, 12, 31), date(2020, 1, 1), date(2022, 1, 1), date(2023, 1, 1)]
    assert [city.parameter("rate", on=day).value for day in days] == [5000, 6000, 7000, 6000]
    assert packs.region_for("000000").parameter("rate", on=date(2022, 1, 1)).value == 6000


def test_settings_are_joined_entry_by_entry(city: Region) -> None:
    assert city.setting("refund", "roles") == {"clerk": {"zh": "受理岗"}, "reviewer": {"zh": "审核岗"}}
    with pytest.raises(KeyError):
        city.setting("refund", "chains")


# dates and unknown values


def test_before_the_first_row_there_is_no_rule(city: Region) -> None:
    with pytest.raises(NoRuleInForce) as caught:
        city.table("refund", "situation", on=date(2013, 12, 31))
    assert "2013-12-31" in caught.value.zh


@pytest.mark.parametrize("on", [date(2015, 12, 31), date(2017, 1, 1)])
def test_a_day_without_value_is_an_error_never_the_last_known_value(city: Region, on: date) -> None:
    with pytest.raises(UnknownValue) as caught:
        city.parameter("base", on=on)
    assert (caught.value.name, caught.value.on) == ("base", on)


@pytest.mark.parametrize(
    "rule", ["round(p.base * p.rate, 分, 进一)", "p.base", "max(p.base, paid)", "paid if p.base > paid else credited"]
)
def test_a_decision_that_turns_on_an_unknown_value_stops(rule: str, tmp_path: Path) -> None:
    files = reading_base(f"{CITY}/refund.yaml", "round(share(paid, overlap, months_covered), 分, 四舍五入)", rule)
    region = load(folder=tmp_path, files=files).region_for("500000")
    assert region.table("refund", "amount", on=date(2016, 5, 1)).decide(FACTS).amounts
    unknown = region.table("refund", "amount", on=date(2018, 5, 1))
    for run in (unknown.decide, unknown.trace):
        with pytest.raises(UnknownValue, match="base"):
            run(FACTS)
    assert unknown.decide({**FACTS, "scheme": "resident"}).amounts["gross"] == 587400


def test_what_is_unknown_is_told_for_the_day_of_the_case_whichever_was_asked_first(tmp_path: Path) -> None:
    rule = "round(share(paid, overlap, months_covered), 分, 四舍五入)"
    region = load(folder=tmp_path, files=reading_base(f"{CITY}/refund.yaml", rule, "p.base")).region_for("500000")
    for on in (date(2018, 5, 1), date(2018, 4, 1), date(2018, 5, 1)):
        table = region.table("refund", "amount", on=on)
        for run in (table.decide, table.trace):
            with pytest.raises(UnknownValue) as caught:
                run({**FACTS, "applied_on": on})
            assert (caught.value.name, caught.value.on) == ("base", on)


def test_a_parameter_may_be_read_at_another_day_and_by_key(tmp_path: Path) -> None:
    rule = "paid if years >= p.age[sex] and at(p.rate, period_start) == at(p.rate, applied_on) else credited"
    files = replaced(f"{CITY}/refund.yaml", "round(share(paid, overlap, months_covered), 分, 四舍五入)", rule)
    table = load(folder=tmp_path, files=files).region_for("500000").table("refund", "amount", on=DAY)
    base = {**FACTS, "years": 55, "sex": "F", "period_start": date(2021, 1, 1)}
    assert table.decide(base).amounts["gross"] == 587400
    assert table.decide({**base, "sex": "M"}).amounts["gross"] == 98790
    assert table.decide({**base, "period_start": date(2022, 6, 1)}).amounts["gross"] == 98790
    uses = {(use.name, use.key, use.from_) for use in table.trace(base).parameters_used}
    assert uses == {("age", "F", date(2014, 1, 1)), ("rate", None, date(2020, 1, 1)), ("rate", None, date(2023, 1, 1))}


def test_mass_values_come_from_a_csv(tmp_path: Path) -> None:
    files = {**FILES, f"{CITY}/params/base.csv": "from,until,value,source\n2015-01-01,2016-01-01,40000.00,hint\n"}
    region = load(folder=tmp_path, files=files).region_for("500000")
    value = region.parameter("base", on=date(2015, 6, 1))
    assert (value.value, value.file, value.line, value.low_confidence) == (4000000, f"{CITY}/params/base.csv", 2, True)


# other hit policies


def collecting() -> dict[str, str]:
    files = dict(FILES)
    files["vocabulary/refund.yaml"] += ""
    files["vocabulary/refund.yaml"] = files["vocabulary/refund.yaml"].replace(
        "settings: {",
        "  relief: {label: 减免, as_of: applied_on, hit: collect, outputs: {sum: money, evidence: list material}}\n"
        "  single: {label: 唯一, as_of: applied_on, hit: unique, outputs: {outcome: outcome}}\nsettings: {",
    )
    row = "label: x, en: x, from: 2014-01-01, source: nat"
    files["000000_national/refund.yaml"] = files["000000_national/refund.yaml"].replace(
        "settings:\n",
        f"""  relief:
    rows:
      - {{id: A, {row}, when: {{retired: 是}}, then: {{sum: paid, evidence: [record]}}}}
      - {{id: B, {row}, when: {{scheme: employee}}, then: {{sum: credited, evidence: [certificate]}}}}
  single:
    rows:
      - {{id: U1, {row}, when: {{retired: 是}}, then: {{outcome: refund}}}}
      - {{id: U2, {row}, when: {{retired: 否}}, then: {{outcome: manual}}}}
settings:
""",
    )
    return files


def test_a_collecting_table_adds_up_every_row_that_holds(tmp_path: Path) -> None:
    table = load(folder=tmp_path, files=collecting()).region_for("000000").table("refund", "relief", on=DAY)
    hit = table.decide({**FACTS, "retired": True})
    assert (hit.rows, hit.members) == (("A", "B"), {"sum": 686190, "evidence": ("record", "certificate")})
    assert table.decide({**FACTS, "scheme": "resident"}).rows == ()
    assert [item.row_id for item in table.trace({**FACTS, "retired": True}).considered] == ["A", "B"]
    assert len(sentences(table.trace(FACTS))) == 1


def test_a_unique_table_refuses_two_rows_and_no_row(tmp_path: Path) -> None:
    region = load(folder=tmp_path, files=collecting()).region_for("000000")
    assert region.table("refund", "single", on=DAY).decide(FACTS).row == "U2"
    # Proofs that give up let such a table load; it still never decides by one of two rows.
    stack = region.stacks["refund", "single"]
    retired, employee = stack.rows[0].cells, region.stacks["refund", "relief"].rows[1].cells
    stack.rows[:] = [replace(stack.rows[0], cells=retired), replace(stack.rows[1], cells=employee)]
    table = replace(region, _tables={}).table("refund", "single", on=DAY)
    assert table.decide(FACTS).row == "U2"
    with pytest.raises(LookupError, match="U1, U2"):
        table.decide({**FACTS, "retired": True})
    with pytest.raises(LookupError, match="U1, U2"):
        table.trace({**FACTS, "retired": True})
    with pytest.raises(LookupError):
        table.decide({**FACTS, "scheme": "resident"})


# regions and versions


def test_a_place_is_taken_to_its_pooling_area(packs: Packs) -> None:
    assert packs.region_for("500112").code == packs.region_for("500000").code == "500000"
    assert packs.region_for("500112").chain == ("000000", "500000")
    for code in ("110101", "5001", "50011299"):
        with pytest.raises(UnknownRegion) as caught:
            packs.region_for(code)
        assert caught.value.known == ("000000", "500000")


def test_any_changed_byte_makes_another_version_and_the_stored_texts_make_the_same(
    packs: Packs, tmp_path: Path
) -> None:
    city = packs.region_for("500000")
    assert re.fullmatch("[0-9a-f]{16}", city.version)
    again = load_texts(texts=city.texts).region_for("500000")
    assert again.version == city.version
    assert again.table("refund", "amount", on=DAY).decide(FACTS) == city.table("refund", "amount", on=DAY).decide(FACTS)
    changed = load(folder=tmp_path / "other", files=replaced(f"{CITY}/refund.yaml", "按月分摊", "按月分配"))
    assert changed.region_for("500000").version != city.version
    assert changed.region_for("000000").version == packs.region_for("000000").version


def test_equal_tables_share_one_program(packs: Packs, tmp_path: Path) -> None:
    other = load(folder=tmp_path / "other").region_for("500000")
    tables = [region.table("refund", "amount", on=DAY) for region in (packs.region_for("500000"), other)]
    assert tables[0].decide.__code__ is tables[1].decide.__code__  # type: ignore[attr-defined]


def test_folders_that_begin_with_an_underscore_are_left_out(tmp_path: Path) -> None:
    files = {**FILES, "_template/pack.yaml": "not: a pack"}
    assert list(load(folder=tmp_path, files=files).regions) == ["000000", "500000"]


def test_a_row_that_rests_on_hints_is_marked(tmp_path: Path) -> None:
    files = replaced(f"{CITY}/refund.yaml", 'source: ["cq#3"]', "source: hint")
    table = load(folder=tmp_path, files=files).region_for("500000").table("refund", "situation", on=DAY)
    assert table.row("R3").low_confidence
    assert table.row("R3").attested
    assert not table.row("N1").low_confidence


def test_a_document_without_a_day_of_force_is_a_warning(packs: Packs) -> None:
    assert [(item.code, item.file, item.line) for item in packs.warnings] == [
        ("source_attested", "000000_national/sources.yaml", 3)
    ]


# explain


def test_explain_tells_the_value_in_force_with_its_line(packs: Packs) -> None:
    lines = packs.explain(region="500112", key="rate", on=date(2022, 5, 1))
    assert lines == [f"退费比例：70%，2022-01-01 至 2023-01-01 前（渝发1号） {CITY}/contribution.yaml:5"]
    lines = packs.explain(region="500112", key="退费比例", on=date(2023, 5, 1), language="en")
    assert lines == ["share refunded: 60% from 2023-01-01 (国发〔2014〕1号 3) 000000_national/contribution.yaml:10"]


def test_explain_tells_a_row_in_words(packs: Packs) -> None:
    (line,) = packs.explain(region="500112", key="situation.R3", on=DAY)
    assert line == (
        "R3 失业期间重复缴费：申请原因为“未写”、“重复”之一；险种为“职工医保”；重复月数大于“0月” → 退费，evidence 失业记录，"
        "earliest 申请日期当月算起的第 2 个月当月首日，months 重复月数；"
        f"2014-01-06 起（渝发1号 3） {CITY}/refund.yaml:5"
    )
    (share,) = packs.explain(region="500112", key="amount.share", on=DAY, language="en")
    assert "amount paid × overlapping months ÷ months covered (rounded half up to fen)" in share


def test_explain_tells_what_a_condition_means(packs: Packs) -> None:
    (line,) = packs.explain(region="500112", key="died_early", on=DAY)
    assert line == "死亡早于待遇开始：有死亡日期且死亡日期早于待遇开始日 000000_national/refund.yaml:3"
    (line,) = packs.explain(region="500112", key="死亡早于待遇开始", on=DAY, language="en")
    assert line.startswith("died before benefits: date of death is known and date of death is before")


def test_explain_says_what_could_be_meant(packs: Packs) -> None:
    with pytest.raises(UnknownName) as caught:
        packs.explain(region="500000", key="situation.R33", on=DAY)
    assert caught.value.hint == "situation.R3"
    with pytest.raises(UnknownValue):
        packs.explain(region="500000", key="base", on=date(2015, 1, 1))


def test_a_pack_with_a_fault_loads_nothing(tmp_path: Path) -> None:
    with pytest.raises(PackErrors):
        load(folder=tmp_path, files=replaced(f"{CITY}/refund.yaml", R3, R3.replace("id: R3", "id: N1")))
