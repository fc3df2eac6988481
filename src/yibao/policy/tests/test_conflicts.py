# ruff: noqa: E501  (pieces of packs stay on one line, as they are written)
"""Rules of a place and of the nation that contradict one another: read strictly, told with the row that holds."""

from datetime import date
from pathlib import Path

import pytest

from yibao.policy import PackErrors
from yibao.policy.explain import sentences
from yibao.policy.tests.making import DAY, FACTS, FILES, load

PLACE = "500000_chongqing/refund.yaml"
OPENING = "tables:\n  situation:\n"
LOCAL = 'local: {source: "cq#3", says: 退重复的月份, en: the overlap is refunded}'
NATIONAL = 'national: {source: "nat#5", says: 不退, en: nothing is refunded}'
DECLARED = f"""\
    conflicts:
      - rows: [R3]
        {LOCAL}
        {NATIONAL}
        stands: local
"""


def files(old: str = "", new: str = "") -> dict[str, str]:
    """The packs with the contradiction declared, one piece of it replaced."""
    assert old in DECLARED
    text = FILES[PLACE].replace(OPENING, OPENING + DECLARED.replace(old, new) if old else OPENING + DECLARED)
    return {**FILES, PLACE: text}


def faults(folder: Path, texts: dict[str, str]) -> dict[str, int]:
    with pytest.raises(PackErrors) as caught:
        load(folder=folder, files=texts)
    return {each.code: each.line for each in caught.value.diagnostics if each.severity.value == "error"}


def told(folder: Path, texts: dict[str, str], language: str, on: date = DAY) -> list[str]:
    table = load(folder=folder, files=texts).region_for("500000").table("refund", "situation", on=on)
    trace = table.trace({**FACTS, "applied_on": on})
    assert trace.row == "R3"
    return sentences(trace, language=language)


def test_the_row_that_holds_tells_what_it_contradicts_and_which_stands(tmp_path: Path) -> None:
    lines = told(tmp_path, files(), "zh")
    assert lines[1] == (
        "R3 国家与本地规定不一致：国家规定（国发〔2014〕1号 5，2014-01-01）：不退；"
        "本地规定（渝发1号 3，2014-01-06）：退重复的月份。本地规定在后，以本地规定为准。"
    )


def test_the_same_in_english(tmp_path: Path) -> None:
    assert told(tmp_path, files(), "en")[1] == (
        "R3 contradicts: The national rule (国发〔2014〕1号, of 2014-01-01): nothing is refunded; the rule of the place "
        "(渝发1号, of 2014-01-06): the overlap is refunded. The rule of the place stands: it is the later one."
    )


def test_nothing_is_told_where_nothing_contradicts(tmp_path: Path) -> None:
    assert not [line for line in told(tmp_path, FILES, "zh") if "不一致" in line]


def test_a_document_that_came_later_contradicts_from_its_first_day(tmp_path: Path) -> None:
    texts = files(NATIONAL, NATIONAL.replace("nat#5", "late"))
    texts = {
        name: text.replace("stands: local\n", "stands: local\n        reason: 授权地方\n        en: left to places\n")
        for name, text in texts.items()
    }
    sources = "000000_national/sources.yaml"
    texts[sources] += "  late: {number: 后发, title: 后发, in_force_from: 2020-01-01, grade: A}\n"
    before, after = date(2019, 12, 31), date(2020, 1, 1)
    assert not [line for line in told(tmp_path / "before", texts, "zh", before) if "不一致" in line]
    assert told(tmp_path / "after", texts, "zh", after)[1].endswith("。授权地方，以本地规定为准。")


def test_a_region_below_inherits_the_contradiction(tmp_path: Path) -> None:
    texts = {name: text.replace("[province, pooling]", "[province, pooling, county]") for name, text in files().items()}
    texts["500112_yubei/pack.yaml"] = (
        FILES["500000_chongqing/pack.yaml"]
        .replace("500000", "500112")
        .replace("pooling", "county")
        .replace('"000000"', '"500000"')
    )
    row = load(folder=tmp_path, files=texts).region_for("500112").table("refund", "situation", on=DAY).row("R3")
    assert [each.stands for each in row.conflicts] == ["local"]


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("unknown_row", "rows: [R3]", "rows: [R4]"),
        ("missing_key", "      - rows: [R3]\n        local:", "      - local:"),
        ("missing_key", LOCAL + "\n", "note: no local side\n"),
        ("missing_key", "says: 不退, ", ""),
        ("missing_key", "        stands: local\n", ""),
        ("missing_source", 'source: "nat#5", ', ""),
        ("unknown_source", "nat#5", "nta#5"),
        ("unknown_key", "stands: local", "stand: local"),
        ("bad_choice", "stands: local", "stands: both"),
        ("conflict_side", "nat#5", "cq#5"),
        ("conflict_side", "cq#3", "hint#3"),
        ("conflict_stands", "stands: local", "stands: national\n        reason: 上位\n        en: higher"),
        ("conflict_stands", "rows: [R3]", "rows: [N1]"),
        ("conflict_reason", "stands: local", "stands: national"),
        ("missing_key", "stands: local", "stands: local\n        reason: 授权地方"),
    ],
)  # fmt: skip
def test_a_fault_is_told_in_the_declaration(code: str, old: str, new: str, tmp_path: Path) -> None:
    found = faults(tmp_path, files(old, new))
    first = FILES[PLACE][: FILES[PLACE].index(OPENING)].count("\n") + OPENING.count("\n") + 1
    assert code in found
    assert first < found[code] <= first + DECLARED.count("\n") + 1


def test_a_row_that_does_not_cite_what_is_said_to_stand_is_a_fault(tmp_path: Path) -> None:
    texts = files(LOCAL, LOCAL.replace("cq#3", "other"))
    texts["500000_chongqing/sources.yaml"] += (
        "  other: {number: 渝发2号, title: 另一件, in_force_from: 2015-01-01, grade: B}\n"
    )
    assert "conflict_stands" in faults(tmp_path, texts)
