"""What a level opens: one row, a value that prevails only where it is earlier, an order of values that is kept."""

from datetime import date
from pathlib import Path

import pytest

from yibao.policy import PackErrors, Region, Severity
from yibao.policy.tests.making import FILES, load

NATION, CITY = "000000_national", "500000_chongqing"
OPENED = '    delegated: {to: [province, pooling], what: rows, source: "nat#6"}\n    rows:\n'
WAIT = (
    "  wait: {label: 等待月数, en: wait, type: int, unit: 月,"
    " delegated: {to: [pooling], what: values, if: earlier, source: nat}, values: ["
    '{from: 2014-01-01, until: 2018-01-01, value: "6", source: nat}, {from: 2018-01-01, value: "3", source: nat}]}\n'
)


def files(**more: str) -> dict[str, str]:
    """The two packs without rows of the city's own, so that nothing is changed but what a test changes."""
    return {**FILES, f"{CITY}/refund.yaml": "domain: refund\n", **more}


def one_row(change: str, delegated: str) -> dict[str, str]:
    """The city replaces or ends the row N2, which alone is opened, and not the table."""
    nation = FILES[f"{NATION}/refund.yaml"].replace(OPENED, "    rows:\n")
    row = "then: {outcome: no_refund}}"
    assert nation.count(row) == 1
    nation = nation.replace(row, f"then: {{outcome: no_refund}}, delegated: {{{delegated}}}}}")
    city = f"domain: refund\ntables:\n  situation:\n{change}"
    return files(**{f"{NATION}/refund.yaml": nation, f"{CITY}/refund.yaml": city})


def codes(folder: Path, made: dict[str, str]) -> list[str]:
    with pytest.raises(PackErrors) as caught:
        load(folder=folder, files=made)
    return [item.code for item in caught.value.diagnostics if item.severity is Severity.ERROR]


REPLACED = (
    "    rows: [{id: C2, replace: N2, label: 自愿退保, en: wish, from: 2015-01-01, source: cq,"
    " when: {reason: wish, retired: 是}, then: {outcome: no_refund}}]\n"
)
ENDED = "    end: [{id: N2, on: 2016-01-01, source: cq}]\n"
FRONT = REPLACED.replace(" replace: N2,", "")


def test_a_row_that_is_opened_may_be_replaced_and_ended_below(tmp_path: Path) -> None:
    opened = "to: [pooling], source: nat"
    region = load(folder=tmp_path / "replaced", files=one_row(REPLACED, opened)).region_for("500000")
    assert "C2" in {row.id for row in region.table("refund", "situation", on=date(2016, 1, 1)).rows}
    ended = load(folder=tmp_path / "ended", files=one_row(ENDED, opened)).region_for("500000")
    assert "N2" not in {row.id for row in ended.table("refund", "situation", on=date(2016, 1, 1)).rows}


def test_the_other_rows_stay_closed_and_lower_levels_too(tmp_path: Path) -> None:
    opened = "to: [pooling], source: nat"
    assert codes(tmp_path / "front", one_row(FRONT, opened)) == ["not_delegated"]
    other = ENDED.replace("N2", "N1")
    assert codes(tmp_path / "other", one_row(other, opened)) == ["not_delegated"]
    assert codes(tmp_path / "low", one_row(REPLACED, "to: [province], source: nat")) == ["delegated_too_low"]


def test_a_row_is_opened_with_its_source_and_no_bound(tmp_path: Path) -> None:
    assert codes(tmp_path / "source", one_row(REPLACED, "to: [pooling]")) == ["missing_source"]
    assert codes(tmp_path / "bound", one_row(REPLACED, "to: [pooling], source: nat, at_most: '1'")) == ["unknown_key"]
    assert "bad_choice" in codes(tmp_path / "what", one_row(REPLACED, "to: [pooling], source: nat, what: values"))


def waiting(folder: Path, values: str) -> Region:
    nation = FILES[f"{NATION}/contribution.yaml"] + WAIT
    city = FILES[f"{CITY}/contribution.yaml"] + f"  wait: {{values: [{values}]}}\n"
    packs = load(
        folder=folder, files=files(**{f"{NATION}/contribution.yaml": nation, f"{CITY}/contribution.yaml": city})
    )
    assert [item.code for item in packs.warnings if item.code == "not_earlier"] == ["not_earlier"]
    return packs.region_for("500000")


def test_the_earlier_of_two_values_prevails_day_by_day(tmp_path: Path) -> None:
    region = waiting(tmp_path, '{from: 2016-01-01, value: "4", source: cq}')
    days = {2015: 6, 2016: 4, 2017: 4, 2018: 3, 2020: 3}
    assert {year: region.parameter("wait", on=date(year, 6, 1)).value for year in days} == days


ORDERED = """\
  share:
    label: 报销比例
    en: share paid
    type: rate
    key: sex
    order: falling
    values:
      - {key: M, from: 2015-01-01, value: "60%", source: cq}
      - {key: F, from: 2015-01-01, value: "50%", source: cq}
"""


def test_an_order_of_values_is_kept_unless_the_line_says_why_not(tmp_path: Path) -> None:
    path = f"{CITY}/contribution.yaml"
    right = files(**{path: FILES[path] + ORDERED})
    assert load(folder=tmp_path / "right", files=right).region_for("500000").series["share"].term.order == "falling"
    wrong = {**right, path: right[path].replace("falling", "rising")}
    assert codes(tmp_path / "wrong", wrong) == ["out_of_order"]
    said = {**wrong, path: wrong[path].replace('"50%", source: cq', '"50%", source: cq, confirmed: 原文如此')}
    assert load(folder=tmp_path / "said", files=said)


def test_a_row_ends_by_a_document_in_force_on_that_day(tmp_path: Path) -> None:
    early = ENDED.replace("2016-01-01", "2014-01-03")
    assert codes(tmp_path, one_row(early, "to: [pooling], source: nat")) == ["source_not_in_force"]


def test_a_document_ends_after_it_came_into_force(tmp_path: Path) -> None:
    path = f"{CITY}/sources.yaml"
    made = files(**{path: FILES[path].replace("2014-01-06,", "2014-01-06, until: 2014-01-06,")})
    assert "dates_reversed" in codes(tmp_path, made)
