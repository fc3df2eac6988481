"""Sheets as files: an Excel workbook, or one sheet as CSV. Every cell is text, so that nothing turns into a number."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from yibao.authoring.tables.views import View

CSV, XLSX = ".csv", ".xlsx"
FORMS = (XLSX, CSV)
_TEXT = "@"
_NARROW, _WIDE, _CHOSEN = 10, 60, 28
_ENCODINGS = ("utf-8-sig", "gb18030")
_TITLE = re.compile(r"\(([^()]+)\)\s*$")


class Unreadable(ValueError):
    """A file is no spreadsheet; the sentence says what to do."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en


@dataclass(frozen=True, slots=True)
class Formula:
    """A cell that is computed by the spreadsheet; its text is not ours to guess."""

    text: str


@dataclass(slots=True)
class Sheet:
    """One sheet as somebody hands it in.

    Attributes:
        title: of the sheet; of a CSV the name of the file.
        names: column by column, as the pack has them; empty where the header says nothing.
        rows: number of the row in the sheet, and its cells.
    """

    title: str
    names: list[str]
    rows: list[tuple[int, list[str | Formula]]]


def write(*, views: Iterable[View], path: Path) -> None:
    """Write sheets into a file; a CSV holds the first only.

    Args:
        views: of a pack.
        path: ends with `.xlsx` or `.csv`; what stands there is replaced.
    """
    views = list(views)
    if path.suffix.lower() == CSV:
        out = io.StringIO()
        csv.writer(out).writerows(_grid(views[0]))
        path.write_text(out.getvalue(), encoding=_ENCODINGS[0], newline="")
        return
    book = Workbook()
    first = book.worksheets[0]
    for view in views:
        _fill(book.create_sheet(view.title), _grid(view))
    book.remove(first)
    book.save(path)


def _grid(view: View) -> list[list[str]]:
    head = [column.title for column in view.columns]
    return [head, *([line.cells.get(column.name, "") for column in view.columns] for line in view.lines)]


def _fill(sheet: Any, grid: list[list[str]]) -> None:
    wrapped = Alignment(vertical="top", wrap_text=True)
    for number, texts in enumerate(grid, start=1):
        for at, text in enumerate(texts, start=1):
            cell = sheet.cell(number, at)
            cell.number_format, cell.alignment = _TEXT, wrapped
            if text:
                cell.value = text
                # A text such as "= 3" is no formula.
                cell.data_type = "s"
    for at, title in enumerate(grid[0], start=1):
        head = sheet.cell(1, at)
        head.font, head.fill = Font(bold=True), PatternFill("solid", start_color="DDE6ED")
        longest = max((len(line) for row in grid for line in row[at - 1].split("\n")), default=0)
        column = sheet.column_dimensions[get_column_letter(at)]
        # What is typed below the last row stays text, too.
        column.number_format = _TEXT
        column.width = min(max(longest + 2, len(title), _NARROW), _WIDE, _CHOSEN)
    sheet.freeze_panes = "B2"


def read(path: Path) -> list[Sheet]:
    """Return the sheets of a file.

    Raises:
        Unreadable: it is no workbook and no CSV.
        OSError: it cannot be opened.
    """
    if path.suffix.lower() == CSV:
        return [_sheet(path.name, list(_lines(path)))]
    try:
        book = load_workbook(path)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, EOFError) as error:
        zh = f"{path.name} 不是 Excel 文件（.xlsx）。请从 Excel 或 WPS 另存为 .xlsx 再试。"
        raise Unreadable(zh, f"{path.name} is no Excel workbook (.xlsx): save it as .xlsx and try again.") from error
    return [
        _sheet(sheet.title, [[_text(cell) for cell in row] for row in sheet.iter_rows()]) for sheet in book.worksheets
    ]


def _lines(path: Path) -> list[list[str | Formula]]:
    raw = path.read_bytes()
    for encoding in _ENCODINGS:
        try:
            text = raw.decode(encoding)
            return [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text, newline=""), strict=True)]
        except (UnicodeDecodeError, csv.Error):
            continue
    zh = f"{path.name} 读不出来。请另存为“CSV UTF-8”再试。"
    raise Unreadable(zh, f"{path.name} cannot be read: save it as CSV UTF-8 and try again.")


def _sheet(title: str, grid: list[list[str | Formula]]) -> Sheet:
    head = [cell if isinstance(cell, str) else "" for cell in grid[0]] if grid else []
    rows = [(number, cells) for number, cells in enumerate(grid[1:], start=2) if any(cells)]
    return Sheet(title, [_name(text) for text in head], rows)


def _name(header: str) -> str:
    found = _TITLE.search(header)
    return found[1].strip() if found else header.strip()


def _text(cell: Any) -> str | Formula:
    """Return a cell as the text it shows; a program may have made a day or a number of it."""
    value = cell.value
    if value is None:
        return ""
    if cell.data_type == "f":
        return Formula(str(value))
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return str(value).replace("\r\n", "\n").strip() if isinstance(value, str) else _number(value, cell.number_format)


def _number(value: Any, form: str) -> str:
    exact = Decimal(str(value))
    shown = exact * 100 if "%" in form else exact
    text = f"{shown.normalize():f}"
    return f"{text}%" if "%" in form else text
