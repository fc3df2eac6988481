"""What somebody changed in a sheet: cells and new lines; what cannot be taken over is told by its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from openpyxl.utils import get_column_letter

from yibao.authoring.tables.book import Formula, Sheet
from yibao.authoring.tables.views import AMOUNT, FIXED, NUMBER, PARAMETER, Column, Line, View, value_id
from yibao.policy.diagnostics import suggest
from yibao.policy.types import LABELS, Kind, parse_value

_DAYS = ("from", "until", "checked_on")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?(?: 00:00:00)?")
_PARTS = re.compile(r"[、，,；;\n]")


@dataclass(frozen=True, slots=True)
class SheetFault:
    """What is wrong with a cell.

    Attributes:
        sheet: its title.
        row: its number, 0 for the whole sheet.
        column: letter and header, empty for the whole row.
        zh: what is wrong, in Chinese.
        en: the same in English.
        hint: what could be meant.
    """

    sheet: str
    row: int
    column: str
    zh: str
    en: str
    hint: str = ""

    def told(self) -> str:
        """Return the fault as a person reads it."""
        zh = (
            f"表“{self.sheet}”"
            + (f"第 {self.row} 行" if self.row else "")
            + (f" {self.column} 列" if self.column else "")
        )
        en = f"sheet {self.sheet}" + (f", row {self.row}" if self.row else "")
        en += f", column {self.column}" if self.column else ""
        return f"{zh}：{self.zh}\n{en}: {self.en}" + (f"\n    → {self.hint}" if self.hint else "")


@dataclass(slots=True)
class Changed:
    """A line with what is new in it.

    Attributes:
        row: number in the sheet.
        line: as the pack has it, None for a new one.
        cells: every cell of the line, as it is to be.
        new: column to text, only what differs; an empty text takes the value out.
        after: the line of the same list before it in the sheet, None at the front.
    """

    row: int
    line: Line | None
    cells: dict[str, str]
    new: dict[str, str]
    after: Line | None = None


@dataclass(slots=True)
class Comparison:
    """A sheet beside the pack.

    Attributes:
        view: what the pack shows.
        changed: lines that differ, in the order of the sheet.
        rows: name of a line to its row number.
        letters: column to its letter.
        faults: what cannot be taken over.
    """

    view: View
    changed: list[Changed] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    letters: dict[str, str] = field(default_factory=dict)
    faults: list[SheetFault] = field(default_factory=list)

    def fault(self, row: int, column: str, zh: str, en: str, hint: str = "") -> None:
        """Note a fault."""
        self.faults.append(SheetFault(self.view.title, row, self.shown(column), zh, en, hint))

    def shown(self, column: str) -> str:
        """Return a column by letter and name."""
        letter = self.letters.get(column, "")
        return f"{letter}（{column}）" if letter else column


def compare(*, view: View, sheet: Sheet) -> Comparison:
    """Return what a sheet changes; columns that are not there leave their values alone.

    Args:
        view: what the pack shows.
        sheet: as it was handed in.
    """
    found = Comparison(view)
    columns = _columns(found, sheet)
    if found.faults:
        return found
    lines = {line.id: line for line in view.lines}
    before: dict[tuple[str, ...], Line | None] = {}
    for row, texts in sheet.rows:
        cells = _cells(found, row, columns, texts)
        name = cells.get(view.identity, "")
        line = lines.get(name)
        if name and name in found.rows:
            zh = f"“{name}”已在第 {found.rows[name]} 行"
            found.fault(row, view.identity, zh, f"{name!r} stands on row {found.rows[name]} already")
        elif line is None:
            _take_new(found, row, name, cells, before)
        else:
            found.rows[name] = row
            _take_line(found, row, line, cells, columns)
            before[line.path] = line
    _whole(found, lines)
    return found


def _columns(found: Comparison, sheet: Sheet) -> list[Column | None]:
    known = {column.name: column for column in found.view.columns}
    columns: list[Column | None] = []
    for number, name in enumerate(sheet.names, start=1):
        letter = get_column_letter(number)
        if not name:
            columns.append(None)
            continue
        if name in found.letters:
            found.fault(1, name, f"列“{name}”出现两次", f"the column {name!r} stands there twice")
        found.letters.setdefault(name, letter)
        column = known.get(name)
        if column is None and name.startswith("when."):
            column = Column(name, name, several=True)
        elif column is None:
            zh, en = (
                f"没有“{name}”这一列；请用导出时的列名",
                f"there is no column {name!r}: use the headers of the export",
            )
            found.fault(1, name, zh, en, suggest(name=name, choices=known))
        columns.append(column)
    if found.view.identity not in found.letters:
        name = found.view.identity
        found.fault(1, "", f"缺少“{name}”这一列，不知道哪行是哪行", f"the column {name!r} is missing")
    return columns


def _cells(found: Comparison, row: int, columns: list[Column | None], texts: list[str | Formula]) -> dict[str, str]:
    cells: dict[str, str] = {}
    for number, text in enumerate(texts):
        column = columns[number] if number < len(columns) else None
        if isinstance(text, Formula):
            zh, en = "这一格是公式，请改成文字", "this cell is a formula: write the text itself"
            found.fault(row, column.name if column else get_column_letter(number + 1), zh, en)
        elif column is not None:
            cells[column.name] = _normal(column, text)
        elif text:
            letter = get_column_letter(number + 1)
            found.fault(row, letter, "这一列没有列名", "this column has no header")
    return cells


def _normal(column: Column, text: str) -> str:
    """Return a text as a pack writes it: a day with dashes, the items of a list on lines of their own."""
    text = text.strip()
    if column.name in _DAYS and (day := _DAY.fullmatch(text)):
        return f"{day[1]}-{day[2]:0>2}-{day[3]:0>2}"
    if not column.several:
        return text
    parts = [part.strip() for part in _PARTS.split(text)]
    if not (len(parts) > 1 and all(part in column.words for part in parts)):
        parts = [part.strip() for part in text.split("\n")]
    return "\n".join(part for part in parts if part)


def _take_line(found: Comparison, row: int, line: Line, cells: dict[str, str], columns: list[Column | None]) -> None:
    new = {}
    for column in columns:
        if column is None or column.name not in cells:
            continue
        old, text = line.cells.get(column.name, ""), cells[column.name]
        if _same(column, old, text, line):
            continue
        if column.name in (*FIXED, AMOUNT, found.view.identity):
            zh = f"这一列只供查看，不能改（原为“{old}”）"
            found.fault(row, column.name, zh, f"this column is only to be looked at (it was {old!r})")
        new[column.name] = text
    if new:
        found.changed.append(Changed(row, line, cells, new))


def _same(column: Column, old: str, text: str, line: Line) -> bool:
    """Return whether a text says what the pack says; a spreadsheet may have dropped the zeros of an amount."""
    if _normal(column, old) == text:
        return True
    kind = next((kind for kind in (Kind.MONEY, Kind.RATE, Kind.INT) if _labelled(kind, line)), None)
    if column.name != "value" or kind is None:
        return False
    values = [parse_value(kind=kind, text=each) for each in (old, text)]
    return values[0] is not None and values[0] == values[1]


def _labelled(kind: Kind, line: Line) -> bool:
    return line.cells.get("type") == LABELS[kind][0]


def _take_new(
    found: Comparison, row: int, name: str, cells: dict[str, str], before: dict[tuple[str, ...], Line | None]
) -> None:
    view = found.view
    written = {column: text for column, text in cells.items() if text and column not in FIXED}
    if view.identity == NUMBER:
        parameter = cells.get(PARAMETER, "")
        known = {line.path[1] for line in view.lines}
        if name:
            zh, en = f"没有编号“{name}”；新加的行不写编号", f"there is no number {name!r}: a new line has none"
            found.fault(row, NUMBER, zh, en, suggest(name=name, choices=(line.id for line in view.lines)))
        elif parameter not in known:
            zh = f"本包没有参数“{parameter}”；新参数请先在 YAML 里写好名称和类型"
            en = f"this pack has no parameter {parameter!r}: write a new one in the YAML first, with label and type"
            found.fault(row, PARAMETER, zh, en, suggest(name=parameter, choices=known))
        name = value_id(parameter=parameter, key=cells.get("key", ""), start=cells.get("from", ""))
    else:
        _check_row(found, row, name, cells)
    found.rows.setdefault(name, row)
    found.changed.append(Changed(row, None, cells, written, before.get(view.path(cells))))


def _check_row(found: Comparison, row: int, name: str, cells: dict[str, str]) -> None:
    view, amount = found.view, cells.get(AMOUNT, "")
    if not name:
        found.fault(row, view.identity, "缺少行号", "the row has no id")
    if amount and amount not in view.amounts:
        zh, en = f"没有金额“{amount}”", f"there is no amount {amount!r}"
        found.fault(row, AMOUNT, zh, en, suggest(name=amount, choices=view.amounts) or "、".join(view.amounts))
    elif not amount and not view.decides:
        zh, en = "没有写属于哪项金额", "it does not say which amount it is a case of"
        found.fault(row, AMOUNT, zh, en, "、".join(view.amounts))


def _whole(found: Comparison, lines: dict[str, Line]) -> None:
    """Report lines that are gone or stand in another order."""
    for name in lines:
        if name not in found.rows:
            zh = f"“{name}”不见了；规定停用请写失效日（until），不要删行"
            found.fault(
                0, found.view.identity, zh, f"{name!r} is gone: where a rule ends write `until`, do not delete it"
            )
    for path in dict.fromkeys(line.path for line in lines.values()):
        wanted = [name for name, line in lines.items() if line.path == path and name in found.rows]
        got = sorted(wanted, key=lambda name: found.rows[name])
        moved = next((name for name, other in zip(got, wanted, strict=True) if name != other), None)
        if moved is not None:
            zh = f"行的先后变了，从“{moved}”起；先后决定哪一行先生效，请按导出时的顺序排回（不要按列排序）"
            en = (
                f"the order of the rows changed from {moved!r} on; order decides: put it back as exported (do not sort)"
            )
            found.fault(found.rows[moved], found.view.identity, zh, en)
