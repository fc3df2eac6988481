# ruff: noqa: E501  (pieces of packs stay on one line, as they are written)
"""Every fault of a pack is told with its code, file, line and column, and keeps all packs from loading.

In each case the mark ⟦ stands where the message must point.
"""

from pathlib import Path

import pytest

from yibao.policy import Diagnostic, PackErrors, Severity
from yibao.policy.messages import MESSAGES
from yibao.policy.tests.making import FILES, load, replaced

NATION, CITY = "000000_national", "500000_chongqing"
WHEN = 'when: {reason: [any, overlap], scheme: employee, overlap: "> 0"}'
THEN = 'then: {outcome: refund, evidence: [record], earliest: "month_start(nth_month(applied_on, 2))", months: overlap}'
SHARE = 'is: "round(share(paid, overlap, months_covered), 分, 四舍五入)"'
REST = "- {id: REST, label: 人工审核, en: a person decides, from: 2014-01-01, readings: [H1], then: {outcome: manual}}"
NET = 'refund:\n        - {id: net, label: 净额, en: net, from: 2014-01-01, source: nat, is: "max(gross - offset, 0)"}'
BASE = '- {from: 2016-01-01, until: 2017-01-01, value: "42639.00", source: "cq#2"}'
RATE = '- {from: 2022-01-01, until: 2023-01-01, value: "70%", source: cq}'

CASES = [
    # cells
    ("unknown_name", f"{CITY}/refund.yaml", WHEN, "when: {⟦reson: any}", "reason"),
    ("unknown_value", f"{CITY}/refund.yaml", WHEN, "when: {reason: [any, ⟦deth]}", "death"),
    ("unknown_value", f"{CITY}/refund.yaml", WHEN, "when: {scheme: ⟦employe}", "employee"),
    ("bad_literal", f"{CITY}/refund.yaml", WHEN, "when: {retired: ⟦ja}", ""),
    ("bad_literal", f"{CITY}/refund.yaml", WHEN, 'when: {paid: "> ⟦1.005"}', ""),
    ("bad_literal", f"{CITY}/refund.yaml", WHEN, 'when: {paid_month: "⟦2022-13"}', ""),
    ("unguarded_missing", f"{CITY}/refund.yaml", WHEN, 'when: {⟦died_on: "< period_start"}', ""),
    ("unguarded_missing", f"{CITY}/refund.yaml", WHEN, "when: {⟦tier: 2}", ""),
    ("bad_expression", f"{CITY}/refund.yaml", WHEN, 'when: {scheme: "⟦> employee"}', ""),
    ("unit_mismatch", f"{CITY}/refund.yaml", WHEN, 'when: {overlap: "> ⟦years"}', ""),
    ("unknown_parameter", f"{CITY}/refund.yaml", WHEN, 'when: {overlap: "<= ⟦p.limt"}', "p.limit"),
    ("wrong_type", f"{CITY}/refund.yaml", WHEN, 'when: {overlap: "<= ⟦paid"}', ""),
    # expressions
    ("unknown_name", f"{CITY}/refund.yaml", SHARE, 'is: "max(⟦payed, 0)"', "paid"),
    ("unknown_function", f"{CITY}/refund.yaml", SHARE, 'is: "paid + ⟦maks(paid, credited)"', "max"),
    ("wrong_arguments", f"{CITY}/refund.yaml", SHARE, 'is: "⟦round(paid, 两, 四舍五入)"', ""),
    ("wrong_arguments", f"{CITY}/refund.yaml", SHARE, 'is: "⟦share(paid)"', ""),
    ("no_meaning", f"{CITY}/refund.yaml", SHARE, 'is: "⟦paid * credited"', ""),
    ("no_meaning", f"{CITY}/refund.yaml", SHARE, 'is: "max(⟦paid + p.rate, 0)"', ""),
    ("not_rounded", f"{CITY}/refund.yaml", SHARE, 'is: "⟦paid * p.rate"', ""),
    ("may_be_negative", f"{CITY}/refund.yaml", SHARE, 'is: "round(⟦(paid - credited) * p.rate, 分, 四舍五入)"', ""),
    ("may_be_zero", f"{CITY}/refund.yaml", SHARE, 'is: "round(share(paid, 1, ⟦overlap), 分, 四舍五入)"', ""),
    ("overflow", f"{CITY}/refund.yaml", SHARE, 'is: "⟦paid * 1000000000000"', ""),
    ("overflow", f"{CITY}/refund.yaml", SHARE, 'is: "round(⟦paid * p.rate * p.rate * p.rate, 分, 进一)"', ""),
    ("bad_expression", f"{CITY}/refund.yaml", SHARE, 'is: "⟦paid / 2"', ""),
    ("bad_expression", f"{CITY}/refund.yaml", SHARE, 'is: "⟦[paid for x in y]"', ""),
    ("bad_expression", f"{CITY}/refund.yaml", SHARE, 'is: "⟦paid.fen"', ""),
    ("bad_expression", f"{CITY}/refund.yaml", SHARE, 'is: "max((⟦lambda: paid), 0)"', ""),
    ("bad_expression", f"{CITY}/refund.yaml", SHARE, f'is: "⟦{"-" * 41}1"', ""),
    ("bad_expression", f"{CITY}/refund.yaml", SHARE, f'is: "⟦paid{" + paid" * 90}"', ""),
    ("unguarded_missing", f"{CITY}/refund.yaml", SHARE, 'is: "paid if ⟦died_on < applied_on else credited"', ""),
    ("unguarded_missing", f"{CITY}/refund.yaml", SHARE, 'is: "paid if ⟦tier == 2 and known(tier) else credited"', ""),
    ("never_missing", f"{CITY}/refund.yaml", SHARE, 'is: "paid if ⟦known(paid) else credited"', ""),
    ("parameter_key", f"{CITY}/refund.yaml", SHARE, 'is: "paid if years > ⟦p.age else credited"', ""),
    ("parameter_key", f"{CITY}/refund.yaml", SHARE, 'is: "paid if overlap > ⟦p.limit[sex] else credited"', ""),
    ("wrong_type", f"{CITY}/refund.yaml", SHARE, 'is: "⟦overlap"', ""),
    ("wrong_arguments", f"{CITY}/refund.yaml", SHARE, 'is: "paid if applied_on > ⟦date(2021, 2, 30) else paid"', ""),
    # rows
    ("unknown_output", f"{CITY}/refund.yaml", THEN, "then: {outcome: refund, ⟦evidense: [record]}", "evidence"),
    ("unknown_value", f"{CITY}/refund.yaml", THEN, "then: {outcome: ⟦refunded}", "refund"),
    ("unknown_value", f"{CITY}/refund.yaml", THEN, "then: {outcome: refund, evidence: [⟦recod]}", "record"),
    ("unknown_name", f"{CITY}/refund.yaml", THEN, "then: {outcome: refund, earliest: ⟦soon}", ""),
    ("unguarded_missing", f"{CITY}/refund.yaml", THEN, 'then: {outcome: refund, earliest: "add_days(⟦died_on, 1)"}', ""),
    ("unknown_source", f"{CITY}/refund.yaml", 'source: ["cq#3"]', "source: [⟦cg]", "cq"),
    ("source_not_in_force", f"{CITY}/refund.yaml", 'source: ["cq#3"]', "source: ⟦old", ""),
    ("unknown_key", f"{CITY}/refund.yaml", 'source: ["cq#3"]', "source: cq\n        ⟦sources: cq", "source"),
    ("dates_reversed", f"{CITY}/refund.yaml", 'source: ["cq#3"]', "source: cq\n        until: ⟦2014-01-06", ""),
    ("no_such_day", f"{CITY}/refund.yaml", 'source: ["cq#3"]', "source: cq\n        until: ⟦2015-02-30", ""),
    ("bad_date", f"{CITY}/refund.yaml", 'source: ["cq#3"]', "source: cq\n        until: ⟦2015/2/3", "2015-02-03"),
    ("unknown_reading", f"{CITY}/refund.yaml", 'source: ["cq#3"]', "source: cq\n        readings: [⟦H2]", "H1"),
    ("unknown_table", f"{CITY}/refund.yaml", "  situation:\n", "  ⟦situations:\n", "situation"),
    ("unknown_output", f"{CITY}/refund.yaml", "      offset:\n", "      ⟦ofset:\n", "offset"),
    ("unknown_setting", f"{CITY}/refund.yaml", "  roles:", "  ⟦rolls:", "roles"),
    ("gap", f"{NATION}/refund.yaml", REST, REST.replace("- {", "- ⟦{").replace("then", "when: {retired: 是}, then"), ""),
    ("dead_row", f"{NATION}/refund.yaml", REST, REST + "\n      - ⟦" + REST[2:].replace("REST", "MORE"), ""),
    ("duplicate_id", f"{CITY}/refund.yaml", "- id: R3", "- ⟦id: N2", ""),
    ("unknown_row", f"{CITY}/refund.yaml", "- id: R3", "- ⟦id: R3\n        after: N3", "N2"),
    ("missing_key", f"{CITY}/refund.yaml", SHARE, "⟦note: nothing".replace("⟦", ""), ""),
    ("duplicate_name", f"{CITY}/refund.yaml", "domain: refund\n", "domain: refund\nfacts:\n  ⟦died_early: {label: x, is: retired}\n", ""),
    ("cyclic_fact", f"{NATION}/refund.yaml", "facts:\n", "facts:\n  ⟦a: {label: a, is: not b}\n  b: {label: b, is: not a}\n", ""),
    ("reserved_name", f"{NATION}/refund.yaml", "facts:\n", "facts:\n  ⟦known: {label: x, is: retired}\n", ""),
    ("bad_name", f"{NATION}/refund.yaml", "facts:\n", "facts:\n  ⟦a-b: {label: x, is: retired}\n", ""),
    ("bad_name", f"{NATION}/refund.yaml", "facts:\n", "facts:\n  ⟦a²: {label: x, is: retired}\n", ""),
    ("ambiguous_name", f"{NATION}/refund.yaml", "  died_early:\n    label: 死亡早于待遇开始", "  ⟦died_early:\n    label: 已退休", ""),
    ("bad_bound", f"{NATION}/contribution.yaml", 'at_most: "90%"', "at_most: ⟦lots", ""),
    # levels
    ("not_delegated", f"{CITY}/refund.yaml", "- id: R3", "- ⟦id: R3", ""),
    # parameters
    ("parameter_overlap", f"{CITY}/contribution.yaml", BASE, BASE + "\n⟦".replace("⟦", "") + "      - {from: 2016-06-01, until: 2017-01-01, value: unknown}", ""),
    ("missing_source", f"{CITY}/contribution.yaml", BASE, '- ⟦{from: 2016-01-01, until: 2017-01-01, value: "42639.00"}', ""),
    ("bad_literal", f"{CITY}/contribution.yaml", BASE, '- {from: 2016-01-01, until: 2017-01-01, value: "⟦1.234", source: cq}', ""),
    ("above_limit", f"{CITY}/contribution.yaml", RATE, '- {from: 2022-01-01, until: 2023-01-01, value: "95%", source: cq}', ""),
    ("unknown_type", f"{CITY}/contribution.yaml", "type: money", "type: ⟦mony", "money"),
    # documents and manifests
    ("bad_choice", f"{CITY}/sources.yaml", "grade: B", "grade: ⟦D", ""),
    ("missing_key", f"{CITY}/sources.yaml", "in_force_from: 2014-01-06, ", "", ""),
    ("bad_choice", f"{CITY}/pack.yaml", "quality: silver", "quality: ⟦brass", ""),
    ("bad_choice", f"{CITY}/pack.yaml", "kind: pooling", "kind: ⟦city", ""),
    ("bad_code", f"{CITY}/pack.yaml", 'code: "500000"', 'code: ⟦"510000"', ""),
    ("unknown_parent", f"{CITY}/pack.yaml", 'parent: "000000"', 'parent: "110000"', ""),
    ("unknown_domain", f"{CITY}/refund.yaml", "domain: refund", "domain: ⟦refunds", "refund, contribution"),
    # vocabulary
    ("unknown_type", "vocabulary/refund.yaml", "type: scheme}", "type: ⟦shceme}", "scheme"),
    ("bad_as_of", "vocabulary/refund.yaml", "as_of: applied_on\n    outputs", "as_of: ⟦aplied_on\n    outputs", "applied_on"),
    ("bad_bound", "vocabulary/refund.yaml", "min: 1, max: 600", "min: ⟦one, max: 600", ""),
    ("bad_choice", "vocabulary/refund.yaml", "    amounts: {gross", "    for_reference: ⟦perhaps\n    amounts: {gross", ""),
]  # fmt: skip


def place(text: str) -> tuple[int, int]:
    """Return line and column of the mark."""
    before = text[: text.index("⟦")]
    return before.count("\n") + 1, len(before) - before.rfind("\n")


def faults(folder: Path, files: dict[str, str]) -> list[Diagnostic]:
    with pytest.raises(PackErrors) as caught:
        load(folder=folder, files=files)
    return [item for item in caught.value.diagnostics if item.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("code", "file", "old", "new", "hint"), CASES, ids=[f"{case[0]}-{number}" for number, case in enumerate(CASES)]
)
def test_a_fault_is_told_at_its_place(code: str, file: str, old: str, new: str, hint: str, tmp_path: Path) -> None:
    files = replaced(file, old, new)
    if code == "not_delegated":
        opened = '    delegated: {to: [province, pooling], what: rows, source: "nat#6"}\n'
        files[f"{NATION}/refund.yaml"] = files[f"{NATION}/refund.yaml"].replace(opened, "")
    where = place(files[file]) if "⟦" in files[file] else None
    files[file] = files[file].replace("⟦", "")
    found = [item for item in faults(tmp_path, files) if item.code == code]
    assert found, f"{code} was not reported"
    assert all(item.message_zh and item.message_en for item in found)
    assert file in {item.file for item in found}
    if where is not None:
        assert where in {(item.line, item.column) for item in found}
    assert hint in found[0].hint


def test_all_faults_of_all_packs_are_told_at_once(tmp_path: Path) -> None:
    files = dict(FILES)
    files[f"{CITY}/refund.yaml"] = files[f"{CITY}/refund.yaml"].replace(
        "scheme: employee, overlap", "schem: employee, over"
    )
    files[f"{NATION}/refund.yaml"] = files[f"{NATION}/refund.yaml"].replace("reason: wish", "reason: wishes")
    found = faults(tmp_path, files)
    assert {(item.file, item.code) for item in found} >= {
        (f"{CITY}/refund.yaml", "unknown_name"),
        (f"{NATION}/refund.yaml", "unknown_value"),
    }
    assert len([item for item in found if item.code == "unknown_name"]) == 2


def test_a_hole_between_two_values_names_its_days(tmp_path: Path) -> None:
    files = replaced(
        f"{CITY}/contribution.yaml", "{from: 2017-01-01, value: unknown}", "{from: 2018-01-01, value: unknown}"
    )
    (hole,) = faults(tmp_path, files)
    assert (hole.code, hole.line) == ("parameter_hole", 12)
    assert "2017-01-01 至 2018-01-01" in hole.message_zh


def test_a_fault_in_a_named_condition_is_told_once_and_not_where_it_is_used(tmp_path: Path) -> None:
    files = replaced(f"{NATION}/refund.yaml", "known(died_on) and died_on", "known(died_on) and died")
    assert [(item.code, item.line) for item in faults(tmp_path, files)] == [("unknown_name", 6)]


def test_a_level_that_is_too_low_may_not_change_a_row(tmp_path: Path) -> None:
    files = {**FILES, f"{CITY}/pack.yaml": FILES[f"{CITY}/pack.yaml"].replace("kind: pooling", "kind: county")}
    found = faults(tmp_path, files)
    assert {item.code for item in found} == {"delegated_too_low"}
    assert "pooling" in found[0].message_zh


def test_parents_that_come_back_to_themselves_are_an_error(tmp_path: Path) -> None:
    files = {**FILES, f"{NATION}/pack.yaml": FILES[f"{NATION}/pack.yaml"] + 'parent: "500000"\n'}
    assert "parent_cycle" in {item.code for item in faults(tmp_path, files)}


def test_text_that_is_not_utf8_is_an_error(tmp_path: Path) -> None:
    from yibao.policy import load_packs
    from yibao.policy.tests.making import write

    packs, vocabularies = write(folder=tmp_path, files=FILES)
    (packs / CITY / "refund.yaml").write_bytes("domain: 退费".encode("gb18030"))
    with pytest.raises(PackErrors) as caught:
        load_packs(roots=[packs], vocabularies=vocabularies)
    assert "not_utf8" in {item.code for item in caught.value.diagnostics}


def test_a_folder_without_packs_is_an_error(tmp_path: Path) -> None:
    from yibao.policy import load_packs

    with pytest.raises(PackErrors) as caught:
        load_packs(roots=[tmp_path], vocabularies={})
    assert [item.code for item in caught.value.diagnostics] == ["no_packs"]


def test_a_csv_with_other_columns_is_an_error(tmp_path: Path) -> None:
    files = {**FILES, f"{CITY}/params/base.csv": "wann,wert\n2016,1\n"}
    assert "csv_columns" in {item.code for item in faults(tmp_path, files)}


def test_a_csv_of_no_parameter_is_an_error(tmp_path: Path) -> None:
    files = {**FILES, f"{CITY}/params/bass.csv": "from,value,source\n2016-01-01,1.00,cq\n"}
    found = [item for item in faults(tmp_path, files) if item.code == "unknown_parameter"]
    assert [(item.file, item.hint) for item in found] == [(f"{CITY}/params/bass.csv", "base")]


def test_every_message_is_written_in_both_languages() -> None:
    assert all(zh and en and zh != en for zh, en in MESSAGES.values())
