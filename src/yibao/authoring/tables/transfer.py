"""A region's tables into a spreadsheet, and what was changed there back into its pack: all of it, or nothing."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from yibao.authoring.tables import book
from yibao.authoring.tables.book import Sheet
from yibao.authoring.tables.changes import Changed, Comparison, SheetFault, compare
from yibao.authoring.tables.edits import Edit, added, edited, line_edit
from yibao.authoring.tables.nodes import composed, shown, start_of
from yibao.authoring.tables.nodes import member as part
from yibao.authoring.tables.views import NUMBER, PARAMETER, PARAMETERS, View, parameters_view, rows_view, value_id
from yibao.kernel.errors import InputInvalid, InputProblem
from yibao.policy.diagnostics import Diagnostic, PackErrors, Severity, suggest
from yibao.policy.folder import DOCUMENTS, MANIFEST
from yibao.policy.load import Packs, load_texts
from yibao.policy.region import Region

_BOM = "\ufeff"
_CRLF = "\r\n"


class ImportFaults(Exception):
    """A sheet cannot be taken over; nothing was changed. Every fault names sheet, row and column."""

    def __init__(self, faults: Iterable[SheetFault]) -> None:
        self.faults = list(faults)
        super().__init__("\n".join(fault.told() for fault in self.faults))


@dataclass(slots=True)
class Desk:
    """The tables of one region's own pack.

    Attributes:
        region: as it is loaded.
        table: of a decision, or `parameters`.
        domain: the table belongs to, empty for `parameters`.
        folder: of the pack.
        texts: path of each file that holds rules, from the folder's parent, to its text.
    """

    region: Region
    table: str
    domain: str
    folder: Path
    texts: dict[str, str] = field(default_factory=dict)

    def views(self, texts: dict[str, str] | None = None) -> list[View]:
        """Return the sheets: the table, and the parameters with their values.

        Args:
            texts: in place of those on the disk.
        """
        texts = self.texts if texts is None else texts
        found = []
        if self.domain:
            term = self.region.vocabularies[self.domain].decisions[self.table]
            file = next((name for name, text in texts.items() if _domain(text) == self.domain), "")
            text = texts.get(file, "")
            found.append(rows_view(region=self.region, domain=self.domain, term=term, file=file, text=text))
        return [*found, parameters_view(region=self.region, texts=texts)]


def desk(*, packs: Packs, code: str, table: str) -> Desk:
    """Return the tables of a region's own pack.

    Args:
        packs: without fault.
        code: of the region.
        table: name of a decision table, or `parameters`.

    Raises:
        InputInvalid: there is no such region, or no such table.
    """
    if code not in packs.folders:
        known = "、".join(packs.folders)
        zh = f"没有地区“{code}”的规则包；现有：{known}。"
        raise InputInvalid([InputProblem("region", zh, f"There is no pack of {code!r}; there are: {known}.")])
    region, folder = packs.regions[code], packs.folders[code]
    texts = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.name not in (MANIFEST, DOCUMENTS):
            texts[f"{folder.name}/{path.name}"] = _read(path)
    domains = [domain for domain, vocabulary in region.vocabularies.items() if table in vocabulary.decisions]
    written = [domain for domain in domains if any(_domain(text) == domain for text in texts.values())]
    if table != PARAMETERS and not written:
        tables = [name for vocabulary in region.vocabularies.values() for name in vocabulary.decisions]
        known = ", ".join(dict.fromkeys([*tables, PARAMETERS]))
        hint = suggest(name=table, choices=[*tables, PARAMETERS])
        zh = f"没有表“{table}”，或本地区没有它的文件；可写：{known}。" + (f"您要找的是“{hint}”吗？" if hint else "")
        en = f"There is no table {table!r}, or no file for it here; there are: {known}."
        raise InputInvalid([InputProblem("table", zh, en)])
    return Desk(region, table, written[0] if written else "", folder, texts)


def _domain(text: str) -> str:
    return shown(part(composed(text), "domain"))


def _read(path: Path) -> str:
    """Return the text of a file with plain line ends."""
    text = path.read_bytes().decode("utf-8").removeprefix(_BOM)
    return text.replace(_CRLF, "\n") if text.count("\n") == text.count(_CRLF) else text


def take_over(*, desk: Desk, path: Path, packs: Packs) -> list[str]:
    """Bring what was changed in a spreadsheet into the pack; nothing where there is any fault.

    Args:
        desk: the tables of the region.
        path: of the spreadsheet.
        packs: as loaded; the changed pack is tried among them.

    Returns:
        One line for each change, in Chinese; none where nothing differs.

    Raises:
        ImportFaults: what cannot be taken over.
        Unreadable: the file is no spreadsheet.
    """
    views = desk.views()
    pairs = _pairs(views, book.read(path))
    found = [compare(view=view, sheet=sheet) for view, sheet in pairs]
    faults = [fault for each in found for fault in each.faults]
    if not found:
        titles = "、".join(view.title for view in views)
        faults.append(SheetFault(path.name, 0, "", f"没有名为 {titles} 的表", f"there is no sheet {titles}"))
    if faults:
        raise ImportFaults(faults)
    texts = _new_texts(desk, found)
    if not texts:
        return []
    _try(desk, packs, texts, found)
    for name, text in texts.items():
        _write(desk.folder.parent / name, text)
    return [told for each in found for change in each.changed for told in _told(change)]


def _pairs(views: list[View], sheets: list[Sheet]) -> list[tuple[View, Sheet]]:
    if len(sheets) == 1 and sheets[0].title.lower().endswith(book.CSV):
        return [(views[0], sheets[0])]
    by_title = {sheet.title: sheet for sheet in sheets}
    return [(view, by_title[view.title]) for view in views if view.title in by_title]


def _new_texts(desk: Desk, found: list[Comparison]) -> dict[str, str]:
    edits: dict[str, list[Edit]] = {}
    for each in found:
        lists: dict[tuple[str, ...], list[Changed]] = {}
        for change in each.changed:
            if change.line is None:
                lists.setdefault(each.view.path(change.cells), []).append(change)
                continue
            text = desk.texts[change.line.file]
            edits.setdefault(change.line.file, []).append(line_edit(text=text, change=change, view=each.view))
        for path, changes in lists.items():
            file = each.view.file_of(path)
            columns = each.view.columns
            edits.setdefault(file, []).extend(added(text=desk.texts[file], path=path, changes=changes, columns=columns))
    return {file: edited(text=desk.texts[file], edits=pieces) for file, pieces in edits.items()}


def _try(desk: Desk, packs: Packs, texts: dict[str, str], found: list[Comparison]) -> None:
    """Load all packs with the changed one among them; faults are told by the cells they come from."""
    everything: dict[str, str] = {}
    for region in packs.regions.values():
        everything |= region.texts
    try:
        load_texts(texts=everything | texts)
    except PackErrors as error:
        places = _Places(desk, texts, found)
        errors = [item for item in error.diagnostics if item.severity is Severity.ERROR]
        raise ImportFaults([places.fault(item) for item in errors]) from None


class _Places:
    """Finds the cell a finding about the changed pack comes from."""

    def __init__(self, desk: Desk, texts: dict[str, str], found: list[Comparison]) -> None:
        self.texts = texts
        self.found = {each.view.title: each for each in found}
        self.views = [view for view in desk.views(desk.texts | texts) if view.title in self.found]

    def fault(self, item: Diagnostic) -> SheetFault:
        """Return a finding as a fault of a sheet; one outside all lines keeps its file and line."""
        for view in self.views:
            for line in view.lines:
                if line.file != item.file or item.file not in self.texts:
                    continue
                at = _offset(self.texts[item.file], item.line, item.column)
                if line.holds(at) or (item.column == 1 and _on_line(self.texts[item.file], line.node, item.line)):
                    inside = [name for name, place in line.places.items() if place.start <= at < max(place.end, at + 1)]
                    column = next((name for name in inside if at < line.places[name].end), "")
                    return self._of_line(view, line.id, "" if at == start_of(line.node) else column, item)
        where = f"{item.file}:{item.line}:{item.column}"
        return SheetFault(where, 0, "", item.message_zh, item.message_en, item.hint)

    def _of_line(self, view: View, name: str, column: str, item: Diagnostic) -> SheetFault:
        each = self.found[view.title]
        row = each.rows.get(name, 0)
        if not row:
            row = next((change.row for change in each.changed if _name(view, change) == name), 0)
        new = next((change.new for change in each.changed if change.row == row), {})
        column = column or (next(iter(new)) if len(new) == 1 else view.identity)
        return SheetFault(view.title, row, each.shown(column), item.message_zh, item.message_en, item.hint)


def _name(view: View, change: Changed) -> str:
    cells = change.cells
    if view.identity != NUMBER:
        return cells.get(view.identity, "")
    return value_id(parameter=cells.get(PARAMETER, ""), key=cells.get("key", ""), start=cells.get("from", ""))


def _offset(text: str, line: int, column: int) -> int:
    return sum(len(each) for each in text.splitlines(keepends=True)[: line - 1]) + column - 1


def _on_line(text: str, node: object, line: int) -> bool:
    return int(node.start_mark.line) == line - 1  # type: ignore[attr-defined]


def _write(path: Path, text: str) -> None:
    """Replace a file in one step, with the line ends and the mark it had."""
    old = path.read_bytes()
    if old.count(b"\r\n") and old.count(b"\n") == old.count(b"\r\n"):
        text = text.replace("\n", _CRLF)
    new = (_BOM if old.startswith(_BOM.encode()) else "") + text
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(new.encode("utf-8"))
    os.replace(beside, path)


def _told(change: Changed) -> list[str]:
    if change.line is None:
        return [f"第 {change.row} 行：新加 {_first(change.cells)} added"]
    old = change.line.cells
    return [
        f"第 {change.row} 行 {change.line.id} {column}：{_one_line(old.get(column, ''))} → {_one_line(new)}"
        for column, new in change.new.items()
    ]


def _first(cells: dict[str, str]) -> str:
    return cells.get("id") or f"{cells.get(PARAMETER, '')} {cells.get('from', '')}"


def _one_line(text: str) -> str:
    return "、".join(text.split("\n")) or "（空）"
