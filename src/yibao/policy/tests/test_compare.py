"""Two days or two regions side by side, told row by row and cell by cell."""

from datetime import date
from pathlib import Path

import pytest

from yibao.policy import Packs
from yibao.policy.compare import Difference, Side, differences
from yibao.policy.tests.making import DAY, load, replaced

CITY = "500000_chongqing/refund.yaml"


@pytest.fixture
def packs(tmp_path: Path) -> Packs:
    return load(folder=tmp_path)


def compare(
    old: Packs, new: Packs, one: str = "500000", other: str = "500000", *, language: str = "zh"
) -> list[Difference]:
    sides = Side(old.region_for(one), DAY), Side(new.region_for(other), DAY)
    return differences(old=sides[0], new=sides[1], domain="refund", language=language)


def test_the_same_rules_do_not_differ(packs: Packs) -> None:
    assert compare(packs, packs) == []


def test_a_row_only_one_side_has_is_added_or_gone(packs: Packs) -> None:
    there, back = compare(packs, packs, "000000", "500000"), compare(packs, packs, "500000", "000000")
    assert "situation.R3" in [each.what for each in there if each.kind == "added"]
    assert "situation.R3" in [each.what for each in back if each.kind == "dropped"]
    sentence = next(each.sentence for each in there if each.what == "situation.R3")
    assert sentence.startswith("新增 R3 失业期间重复缴费：")
    assert ".yaml" not in sentence


def test_a_changed_row_is_told_cell_by_cell(packs: Packs, tmp_path: Path) -> None:
    changed = load(
        folder=tmp_path / "other",
        files=replaced("000000_national/refund.yaml", "when: {reason: wish}", "when: {reason: death, retired: 否}"),
    )
    (found,) = [each for each in compare(packs, changed) if each.what == "situation.N2"]
    assert found.kind == "changed"
    assert found.details == ("条件：申请原因为“自愿” → 申请原因为“死亡”", "条件：不限 → 已退休为“否”")
    (told,) = [each for each in compare(packs, changed, language="en") if each.what == "situation.N2"]
    assert told.sentence == "changed: N2 wish"
    assert told.details[1] == "condition: any → retired is ‘no’"


def test_an_outcome_and_a_calculation_are_told(packs: Packs, tmp_path: Path) -> None:
    files = replaced(
        "000000_national/refund.yaml",
        'when: {retired: 是}, is: "round(paid * p.rate',
        'when: {retired: 是}, is: "round(credited * p.rate',
    )
    text = files["000000_national/refund.yaml"].replace("then: {outcome: no_refund}", "then: {outcome: manual}", 1)
    changed = load(folder=tmp_path / "other", files={**files, "000000_national/refund.yaml": text})
    found = {each.what: each.details for each in compare(packs, changed, "000000", "000000")}
    assert found["situation.N2"] == ("outcome：不予退费 → 人工审核",)
    assert found["amount.part"] == (
        "应退部分：缴费金额 × 退费比例（四舍五入到分） → 划入账户 × 退费比例（四舍五入到分）",
    )


def test_values_are_told_by_day(packs: Packs) -> None:
    nation = packs.region_for("000000")
    old, new = Side(nation, date(2019, 12, 31)), Side(nation, date(2020, 1, 1))
    (found,) = differences(old=old, new=new, domain="refund", language="zh")
    assert (found.kind, found.what, found.sentence) == ("parameter", "rate", "退费比例：50% → 60%")


def test_a_day_without_rules_is_told(packs: Packs) -> None:
    nation = packs.region_for("000000")
    found = differences(old=Side(nation, date(2000, 1, 1)), new=Side(nation, DAY), domain="refund", language="en")
    assert "no rule in force that day: nation 2000-01-01" in [each.sentence for each in found]
    assert "退" not in "".join(each.sentence for each in found)
