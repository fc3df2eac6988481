"""What is known of a region is read off the packs: own and inherited, dated, cited, and unknown where it is."""

from pathlib import Path

import pytest

from yibao.policy import Packs
from yibao.policy.overview import Overview, count, overview
from yibao.policy.tests.making import load


@pytest.fixture
def packs(tmp_path: Path) -> Packs:
    return load(folder=tmp_path)


def of(packs: Packs, code: str = "500000", language: str = "zh") -> Overview:
    return overview(packs=packs, code=code, language=language)


def test_own_rows_and_those_from_above_are_kept_apart(packs: Packs) -> None:
    shown = of(packs)
    rows = {rule.id for table in shown.tables for _, rules in table.own for rule in rules}
    above = {rule.id: rule.region for table in shown.tables for rule in table.inherited}
    stacks = packs.regions["500000"].stacks.values()
    assert rows == {row.id for stack in stacks for row in stack.rows if row.region == "500000"}
    assert above
    assert set(above.values()) == {"000000"}
    assert shown.counted.rules == len(rows)
    assert shown.counted.inherited == len(above)


def test_a_row_is_told_in_the_words_explain_uses(packs: Packs) -> None:
    told = of(packs, language="en")
    rules = {rule.id: rule for table in told.tables for _, rules in table.own for rule in rules}
    line = packs.explain(region="500000", key="situation.R3", on=rules["R3"].from_, language="en")[0]
    assert all(condition in line for condition in rules["R3"].conditions)
    assert all(text in line for _, text in rules["R3"].results)
    assert rules["R3"].place in line


def test_an_unknown_value_is_counted_and_has_no_words(packs: Packs) -> None:
    shown = of(packs)
    values = {parameter.name: [value.text for value in parameter.values] for parameter in shown.parameters}
    assert values["base"] == ["42,639.00元", ""]
    assert values["rate"] == ["70%"]
    assert values["limit"] == []
    assert (shown.counted.values, shown.counted.unknown) == (3, 1)


def test_a_parameter_from_above_names_the_level_it_comes_from(packs: Packs) -> None:
    assert {each.name: each.region for each in of(packs).parameters} == {
        "rate": "500000", "age": "000000", "limit": "000000", "base": "500000",
    }  # fmt: skip


def test_readings_and_conditions_are_told_where_they_are_written(packs: Packs) -> None:
    assert of(packs).readings == ()
    [reading] = of(packs, "000000").readings
    assert (reading.about, reading.text) == ("H1", "人工审核")
    [meaning] = of(packs, "000000").meanings
    assert (meaning.label, meaning.text) == ("死亡早于待遇开始", "有死亡日期且死亡日期早于待遇开始日")


def test_a_document_names_what_rests_on_it(packs: Packs) -> None:
    shown = of(packs)
    cited = {place.source for table in shown.tables for _, rules in table.own for rule in rules for place in rule.cited}
    resting = {document.source.id for document in shown.documents if document.rows}
    assert resting == {source for source in cited if source in {each.source.id for each in shown.documents}}


def test_the_highest_level_has_nothing_from_above(packs: Packs) -> None:
    shown = of(packs, "000000")
    assert (shown.above, count(packs.regions["000000"]).inherited) == ((), 0)
    assert "500000" in {region.code for region in shown.below}


def test_a_region_without_a_pack_is_a_key_error(packs: Packs) -> None:
    with pytest.raises(KeyError):
        of(packs, "999999")
