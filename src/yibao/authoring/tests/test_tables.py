# ruff: noqa: E501  (rows of a sheet stay on one line)
"""Tables go into a spreadsheet and come back: the same bytes where nothing was changed, one cell where one was."""

import shutil
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from yibao import services
from yibao.authoring.tables import book
from yibao.authoring.tables.book import Sheet
from yibao.authoring.tables.changes import compare
from yibao.authoring.tables.edits import added, edited, line_edit
from yibao.authoring.tables.transfer import Desk, desk, take_over
from yibao.authoring.tables.views import AMOUNT, FIXED, PARAMETERS, View
from yibao.cli import main

PACKS = services.packs()
FOLDER = services.packs_folder()
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Co", "Cn", "Zl", "Zp")), min_size=1, max_size=12
)


def tables() -> list[tuple[str, str]]:
    """Every region with each table it has a file for."""
    found = []
    for code, folder in PACKS.folders.items():
        found.append((code, PARAMETERS))
        for domain, vocabulary in PACKS.regions[code].vocabularies.items():
            if (folder / f"{domain}.yaml").exists():
                found += [(code, name) for name in vocabulary.decisions]
    return found


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("code", PACKS.folders)
def test_what_was_not_changed_comes_back_as_nothing_to_change(code: str, tmp_path: Path) -> None:
    for _, table in (each for each in tables() if each[0] == code):
        found = desk(packs=PACKS, code=code, table=table)
        views = found.views()
        for form, sheets in ((".xlsx", views), (".csv", views[:1])):
            path = tmp_path / f"{table}{form}"
            book.write(views=views, path=path)
            assert [len(sheet.rows) for sheet in book.read(path)] == [len(view.lines) for view in sheets]
            assert take_over(desk=found, path=path, packs=PACKS) == []
    assert found.texts == desk(packs=PACKS, code=code, table=table).texts


def sheet_of(view: View) -> Sheet:
    names = [column.name for column in view.columns]
    rows = [(number, [line.cells.get(name, "") for name in names]) for number, line in enumerate(view.lines, start=2)]
    return Sheet(view.title, names, rows)


def cells(view: View) -> list[dict[str, str]]:
    return [{name: text for name, text in line.cells.items() if text} for line in view.lines]


@pytest.fixture(scope="module")
def desks() -> list[tuple[Desk, list[View]]]:
    found = [desk(packs=PACKS, code=code, table=table) for code, table in tables()]
    return [(each, each.views()) for each in found]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much])
@given(data=st.data())
def test_one_cell_changed_is_one_value_changed_and_no_byte_beside_it(
    data: st.DataObject, desks: list[tuple[Desk, list[View]]]
) -> None:
    found, views = data.draw(st.sampled_from(desks))
    at = data.draw(st.integers(0, len(views) - 1))
    view = views[at]
    assume(view.lines)
    number = data.draw(st.integers(0, len(view.lines) - 1))
    fixed = {*FIXED, AMOUNT, view.identity, "key", "from"}
    column = data.draw(st.sampled_from([each for each in view.columns if each.name not in fixed]))
    sheet, line = sheet_of(view), view.lines[number]
    new = data.draw(TEXT.map(str.strip) | st.just(""))
    place = sheet.names.index(column.name)
    sheet.rows[number][1][place] = new
    result = compare(view=view, sheet=sheet)
    assert result.faults == []
    if not result.changed:
        assert cells(view)[number].get(column.name, "").strip() == new or column.name == "value"
        return
    (change,) = result.changed
    text = found.texts[line.file]
    edit = line_edit(text=text, change=change, view=view)
    after = edited(text=text, edits=[edit])
    wanted = cells(view)
    wanted[number] = {**wanted[number], column.name: change.new[column.name]}
    wanted[number] = {name: each for name, each in wanted[number].items() if each}
    assert cells(found.views(found.texts | {line.file: after})[at]) == wanted
    written = line.places.get(column.name)
    if written is not None and new:
        start, end = written.value.start_mark.index, written.end
        assert after[:start] == text[:start]
        assert after.endswith(text[end:])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much])
@given(data=st.data())
def test_a_new_line_stands_where_the_sheet_has_it_and_every_other_line_stays(
    data: st.DataObject, desks: list[tuple[Desk, list[View]]]
) -> None:
    found, views = data.draw(st.sampled_from(desks))
    at = data.draw(st.integers(0, len(views) - 1))
    view = views[at]
    assume(view.lines)
    number = data.draw(st.integers(0, len(view.lines) - 1))
    like = view.lines[number]
    free = [column.name for column in view.columns if column.name not in (*FIXED, AMOUNT, view.identity, "key", "from")]
    new = {name: data.draw(TEXT.map(str.strip)) for name in data.draw(st.lists(st.sampled_from(free), unique=True))}
    new |= {"from": "2099-01-01", **{name: like.cells[name] for name in (AMOUNT, "parameter") if name in like.cells}}
    new |= {} if view.identity == "no" else {view.identity: "NEW"}
    sheet = sheet_of(view)
    sheet.rows.insert(number + 1, (0, [new.get(name, "") for name in sheet.names]))
    sheet.rows = [(row, texts) for row, (_, texts) in enumerate(sheet.rows, start=2)]
    result = compare(view=view, sheet=sheet)
    assert result.faults == []
    (change,) = result.changed
    text = found.texts[like.file]
    after = edited(
        text=text, edits=added(text=text, path=view.path(change.cells), changes=[change], columns=view.columns)
    )
    told = cells(found.views(found.texts | {like.file: after})[at])
    before = cells(view)
    assert told[: number + 1] + told[number + 2 :] == before
    assert {name: each for name, each in told[number + 1].items() if name not in FIXED} == {
        name: each for name, each in change.new.items() if each
    } | {name: each for name, each in new.items() if name == AMOUNT}


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the packs."""
    for name in ("000000_national", "500000_chongqing"):
        shutil.copytree(FOLDER / name, tmp_path / "packs" / name)
    monkeypatch.setenv("YIBAO_PACKS", str(tmp_path / "packs"))
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["packs", "table", *arguments])


def changed(own: Path, edits: dict[tuple[str, str], object], *, sheet: str = "规则 situation") -> Result:
    """Export Chongqing's situations, write some cells (row id, column), import them."""
    path = own / "table.xlsx"
    result = run("export", "500000", "situation", str(path), "--force")
    assert result.exit_code == 0, result.output
    workbook = openpyxl.load_workbook(path)
    page = workbook[sheet]
    head = {str(cell.value).rpartition("(")[2].rstrip(")"): cell.column for cell in page[1]}
    rows = {page.cell(row, 1).value: row for row in range(2, page.max_row + 1) if page.cell(row, 1).value}
    for (name, column), value in edits.items():
        row = rows.setdefault(name, len(rows) + 2)
        page.cell(row, 1).value = page.cell(row, 1).value or name
        page.cell(row, head[column]).value = value
    workbook.save(path)
    return run("import", "500000", "situation", str(path))


def differing(before: dict[str, bytes], after: dict[str, bytes]) -> list[tuple[str, str, str]]:
    """Every line that differs: file, old, new."""
    found = []
    assert before.keys() == after.keys()
    for name in before:
        old, new = before[name].decode().splitlines(), after[name].decode().splitlines()
        if len(old) == len(new):
            found += [(name, one, other) for one, other in zip(old, new, strict=True) if one != other]
        else:
            found += [(name, "", line) for line in new if line not in old]
    return found


def test_one_cell_changed_in_the_workbook_is_one_value_changed_in_the_pack(own: Path) -> None:
    before = everything(own / "packs")
    result = changed(own, {("R4c", "label"): "停保未成功：新名称"})
    assert result.exit_code == 0, result.output
    ((name, old, new),) = differing(before, everything(own / "packs"))
    assert name.endswith("refund.yaml")
    assert new == old.replace("经办或系统原因停保未成功", "停保未成功：新名称")
    assert "R4c label" in result.output


def test_a_list_and_a_day_may_be_typed_as_people_type_them(own: Path) -> None:
    before = everything(own / "packs")
    result = changed(own, {("R4c", "when.reason"): "未说明、停保未成功", ("R4c", "until"): "2026/3/1"})
    assert result.exit_code == 0, result.output
    found = [new.strip() for _, _, new in differing(before, everything(own / "packs"))]
    assert "until: 2026-03-01" in found
    assert any(line.startswith("when: {reason: [未说明, 停保未成功], scheme: employee") for line in found)


def test_a_new_row_stands_after_the_row_above_it_and_nothing_else_moves(own: Path) -> None:
    before = everything(own / "packs")
    row = {
        ("NEW", "label"): "新规定", ("NEW", "en"): "a new rule", ("NEW", "from"): "2026-01-01", ("NEW", "source"): "cq-2020#死亡",
        ("NEW", "when.reason"): "emigrated", ("NEW", "then.outcome"): "manual", ("NEW", "then.refusal"): "rule_unreadable",
    }  # fmt: skip
    result = changed(own, {**row, ("NEW", "before"): "NAT1E"})
    assert result.exit_code == 0, result.output
    found = differing(before, everything(own / "packs"))
    assert "NEW" in found[0][2]
    text = (own / "packs/500000_chongqing/refund.yaml").read_text(encoding="utf-8")
    assert (
        text.replace("\n".join(new for _, _, new in found) + "\n", "")
        == before["500000_chongqing/refund.yaml"].decode()
    )


def test_a_value_of_a_parameter_changes_in_its_own_file(own: Path) -> None:
    before = everything(own / "packs")
    number = "individual_annual_base 2016-01-01"
    result = changed(own, {(number, "value"): "42640.00"}, sheet="参数 parameters")
    assert result.exit_code == 0, result.output
    ((name, old, new),) = differing(before, everything(own / "packs"))
    assert name.endswith("contribution.yaml")
    assert new == old.replace("42639.00", "42640.00")


def test_an_amount_without_its_zeros_is_no_change(own: Path) -> None:
    number = "individual_annual_base 2016-01-01"
    assert "没有改动" in changed(own, {(number, "value"): 42639}, sheet="参数 parameters").output


@pytest.mark.parametrize(
    ("edits", "told"),
    [
        pytest.param({("R4c", "when.scheme"): "employe"}, ["（when.scheme） 列", "没有“employe”这个值", "→ employee"], id="no such value"),
        pytest.param({("R4c", "from"): "去年"}, ["（from） 列", "“去年”不是日期"], id="no day"),
        pytest.param({("R4c", "source"): "cq-1999"}, ["（source） 列", "cq-1999"], id="no such document"),
        pytest.param({("R4c", "then.months"): "every"}, ["（then.months） 列", "every"], id="no such output"),
        pytest.param({("R4c", "label"): ""}, ["（label） 列", "缺少“label”"], id="a needed text taken out"),
        pytest.param({("R4c", "label"): "=1+1"}, ["（label） 列", "公式"], id="a formula"),
        pytest.param({("R4c", "id"): "R4d"}, ["“R4c”不见了"], id="a row renamed"),
        pytest.param({("R4c", "id"): "INFO"}, ["“INFO”已在第 2 行"], id="a row id twice"),
        pytest.param({("NEW", "label"): "新规定"}, ["第 70 行", "缺少"], id="a new row without anything"),
    ],
)  # fmt: skip
def test_a_fault_names_its_cell_and_changes_nothing(
    edits: dict[tuple[str, str], object], told: list[str], own: Path
) -> None:
    before = everything(own / "packs")
    result = changed(own, edits)
    assert result.exit_code == 1, result.output
    assert "表“规则 situation”" in result.output
    for piece in told:
        assert piece in result.output
    assert "规则包没有改动" in result.output
    assert everything(own / "packs") == before


def test_rows_that_were_sorted_are_not_taken_over(own: Path) -> None:
    found = desk(packs=PACKS, code="500000", table="situation")
    view = found.views()[0]
    sheet = sheet_of(view)
    sheet.rows = [(number, row[1]) for number, row in enumerate(reversed(sheet.rows), start=2)]
    (fault,) = compare(view=view, sheet=sheet).faults
    assert "不要按列排序" in fault.zh


def test_a_header_nobody_knows_is_told_with_what_could_be_meant(own: Path) -> None:
    found = desk(packs=PACKS, code="500000", table="situation")
    view = found.views()[0]
    sheet = sheet_of(view)
    sheet.names[1] = "lable"
    (fault,) = compare(view=view, sheet=sheet).faults
    assert (fault.row, fault.column, fault.hint) == (1, "B（lable）", "label")


def test_line_ends_and_the_mark_of_a_windows_file_stay(own: Path) -> None:
    path = own / "packs" / "500000_chongqing" / "refund.yaml"
    text = "\ufeff" + path.read_text(encoding="utf-8").replace("\n", "\r\n")
    path.write_bytes(text.encode("utf-8"))
    assert changed(own, {("R4c", "label"): "新名称"}).exit_code == 0
    assert path.read_bytes().decode("utf-8") == text.replace("经办或系统原因停保未成功", "新名称", 1)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(("999999", "situation", "t.xlsx"), "没有地区“999999”", id="no such region"),
        pytest.param(("500000", "situatoin", "t.xlsx"), "您要找的是“situation”吗", id="no such table"),
        pytest.param(("500000", "situation", "t.doc"), "请以 .xlsx 或 .csv 结尾", id="no such form"),
    ],
)
@pytest.mark.parametrize("verb", ["export", "import"])
def test_wrong_input_exits_2(verb: str, arguments: tuple[str, ...], told: str) -> None:
    result = run(verb, *arguments)
    assert result.exit_code == 2
    assert told in result.output


def test_a_file_that_is_no_workbook_is_told(own: Path) -> None:
    for name in ("t.xlsx", "t.csv"):
        (own / name).write_bytes(b"\xff\xfe\x00 no sheet")
        result = run("import", "500000", "situation", str(own / name))
        assert result.exit_code in (1, 2), result.output
        assert result.exception is None or isinstance(result.exception, SystemExit)
    assert "没有这个文件" in run("import", "500000", "situation", str(own / "none.xlsx")).output


def test_an_export_replaces_no_file_unless_told(own: Path) -> None:
    path = own / "t.xlsx"
    path.write_text("mine", encoding="utf-8")
    assert run("export", "500000", "situation", str(path)).exit_code == 2
    assert path.read_text(encoding="utf-8") == "mine"
    assert run("export", "500000", "situation", str(path), "--force").exit_code == 0


def test_a_new_value_and_a_first_row_begin_what_is_not_there(own: Path) -> None:
    folder = own / "packs" / "500000_chongqing"
    shutil.rmtree(folder / "cases")
    (folder / "refund.yaml").write_text("# 说明\ndomain: refund\n# 例子\n# tables:\n", encoding="utf-8")
    row = {
        ("A1", "label"): "新",
        ("A1", "from"): "2026-01-01",
        ("A1", "source"): "cq-2020",
        ("A1", "then.outcome"): "no_refund",
    }
    result = changed(
        own, {**row, ("A1", "then.refusal"): "own_wish", ("A1", "before"): "NAT1E", ("A1", "until"): "2026-01-02"}
    )
    assert result.exit_code == 0, result.output
    text = (folder / "refund.yaml").read_text(encoding="utf-8")
    assert text.startswith("# 说明\ndomain: refund\ntables:\n  situation:\n    rows:\n      - id: A1\n")
    assert text.endswith("# 例子\n# tables:\n")
