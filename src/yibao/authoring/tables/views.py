"""What a table shows in a spreadsheet: its columns, one line for every row, and where each cell stands in the pack."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import yaml

from yibao.authoring.tables.nodes import Entry, composed, end_of, entries, items, member, shown, start_of
from yibao.policy.parameters import VALUE_KEYS
from yibao.policy.region import Region
from yibao.policy.rows import ROW_KEYS
from yibao.policy.terms import DecisionTerm, Vocabulary, normal
from yibao.policy.types import Kind, Type

PARAMETERS = "parameters"
ROW_ID, AMOUNT, NUMBER, PARAMETER = "id", "amount", "no", "parameter"
NESTED = ("when", "then")
# What a lower level may do with a row is no matter of one cell: it stays as it is written.
LEFT = (*NESTED, "delegated")
FIXED = (NUMBER, PARAMETER, "name", "type")
LISTS = ("source", "readings")
_WORDS = {
    "id": "行号", "amount": "所属金额", "label": "名称", "en": "英文名称", "from": "起始日", "until": "失效日",
    "source": "依据", "readings": "口径", "is": "算式", "before": "放在哪行之前", "after": "放在哪行之后",
    "replace": "代替哪行", "note": "备注", "no": "编号", "parameter": "参数", "name": "参数名称", "type": "类型",
    "key": "分类", "value": "数值", "checked_on": "核对日期",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet.

    Attributes:
        name: as the pack has it: a key, `when.FACT` or `then.OUTPUT`.
        label: in Chinese.
        several: whether a cell may hold several texts, one on each line.
        words: what a text of it may be, where that is a closed list.
    """

    name: str
    label: str
    several: bool = False
    words: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """Return the header."""
        return f"{self.label} ({self.name})"


@dataclass(slots=True)
class Line:
    """One row of a table, or one value of a parameter, as it stands in a file.

    Attributes:
        id: of the row; of a value, its parameter, key and first day.
        file: path of the file, from the folder of packs.
        node: in the file.
        path: the keys that lead to the list it stands in.
        cells: column to what is shown.
        places: column to where it is written.
    """

    id: str
    file: str
    node: yaml.MappingNode
    path: tuple[str, ...]
    cells: dict[str, str] = field(default_factory=dict)
    places: dict[str, Entry] = field(default_factory=dict)

    def holds(self, at: int) -> bool:
        """Return whether a place of its file lies in it."""
        return start_of(self.node) <= at < end_of(self.node)


@dataclass(slots=True)
class View:
    """One sheet as the pack would have it.

    Attributes:
        title: of the sheet.
        columns: in order.
        lines: in the order of the pack.
        identity: the column that names a line.
        file: new lines go into, empty where each parameter has its own.
        root: keys that lead to the table.
        amounts: of the table.
        decides: whether the table has rows of its own, beside the cases of its amounts.
    """

    title: str
    columns: list[Column]
    lines: list[Line]
    identity: str
    file: str = ""
    root: tuple[str, ...] = ()
    amounts: tuple[str, ...] = ()
    decides: bool = True

    def path(self, cells: dict[str, str]) -> tuple[str, ...]:
        """Return the keys that lead to the list a new line belongs to."""
        if self.identity == NUMBER:
            return (PARAMETERS, cells.get(PARAMETER, ""), "values")
        amount = cells.get(AMOUNT, "")
        return (*self.root, "amounts", amount) if amount else (*self.root, "rows")

    def file_of(self, path: tuple[str, ...]) -> str:
        """Return the file a new line of a list goes into."""
        return self.file or next(line.file for line in self.lines if line.path == path)


def rows_view(*, region: Region, domain: str, term: DecisionTerm, file: str, text: str) -> View:
    """Return the sheet of a decision table.

    Args:
        region: whose pack it is, for labels.
        domain: of the vocabulary.
        term: what the vocabulary says of the table.
        file: path of the file the pack's own rows stand in.
        text: of the file, empty where there is none.
    """
    vocabulary = region.vocabularies[domain]
    root = composed(text) if text else None
    table = ("tables", term.name)
    lines = [_row(item, file, (*table, "rows"), "", vocabulary) for item in items(member(root, *table, "rows"))]
    for amount in term.amounts:
        path = (*table, "amounts", amount)
        lines += [_row(item, file, path, amount, vocabulary) for item in items(member(root, *path))]
    columns = _row_columns(region, domain, term, lines)
    return View(f"规则 {term.name}", columns, lines, ROW_ID, file, table, tuple(term.amounts), bool(term.outputs))


def _row(item: yaml.MappingNode, file: str, path: tuple[str, ...], amount: str, vocabulary: Vocabulary) -> Line:
    line = Line(shown(member(item, ROW_ID)), file, item, path)
    if amount:
        line.cells[AMOUNT] = amount
    for entry in entries(item):
        name = str(entry.key.value)
        if name not in LEFT:
            line.cells[name], line.places[name] = shown(entry.value), entry
            continue
        for inner in entries(entry.value) if name in NESTED else ():
            key = str(inner.key.value)
            fact = vocabulary.spellings.get(normal(key), key) if name == "when" else key
            column = f"{name}.{fact}" if f"{name}.{fact}" not in line.cells else f"{name}.{key}"
            line.cells[column], line.places[column] = shown(inner.value), inner
    return line


def _spellings(vocabulary: Vocabulary, type_: Type) -> frozenset[str]:
    return frozenset(vocabulary.enums[type_.name].spellings) if type_.kind in (Kind.ENUM, Kind.LIST) else frozenset()


def _row_columns(region: Region, domain: str, term: DecisionTerm, lines: Iterable[Line]) -> list[Column]:
    vocabulary = region.vocabularies[domain]
    plain = [key for key in ROW_KEYS if key not in (*LEFT, *(() if term.amounts else ("is",)))]
    names = [*plain[:1], *((AMOUNT,) if term.amounts else ()), *plain[1:]]
    columns = [Column(name, _WORDS.get(name, name), name in LISTS) for name in names]
    used = dict.fromkeys(name for line in lines for name in line.cells if name.startswith("when."))
    for name in used:
        fact = name.partition(".")[2]
        known = vocabulary.facts.get(fact)
        words = _spellings(vocabulary, known.type) if known is not None else frozenset()
        columns.append(Column(name, f"条件：{_label(region, domain, term, fact)}", True, words))
    for name, type_ in term.outputs.items():
        label = term.labels.get(name, (name, ""))[0]
        several = type_.kind is Kind.LIST
        words = _spellings(vocabulary, type_) if several else frozenset()
        columns.append(Column(f"then.{name}", f"结果：{label}", several, words))
    there = {column.name for column in columns}
    extra = dict.fromkeys(name for line in lines for name in line.cells if name not in there)
    return columns + [Column(name, name) for name in extra]


def _label(region: Region, domain: str, term: DecisionTerm, name: str) -> str:
    fact = region.vocabularies[domain].facts.get(name)
    if fact is not None:
        return fact.label
    named = region.named.get(domain, {}).get(name)
    return named[0].label if named is not None else term.labels.get(name, (name, ""))[0]


def parameters_view(*, region: Region, texts: dict[str, str]) -> View:
    """Return the sheet of a pack's parameters, one line for every dated value.

    Args:
        region: whose pack it is.
        texts: path to text of the files of its domains.
    """
    names = (*FIXED, *(key for key in VALUE_KEYS if key != "source"), "source")
    columns = [Column(name, _WORDS.get(name, name), name in LISTS) for name in names]
    lines = [line for file, text in texts.items() for line in _values(region, file, composed(text))]
    return View(f"参数 {PARAMETERS}", columns, lines, NUMBER)


def _values(region: Region, file: str, root: yaml.Node) -> Iterator[Line]:
    for entry in entries(member(root, PARAMETERS)):
        name = str(entry.key.value)
        path = (PARAMETERS, name, "values")
        series = region.series[name]
        for item in items(member(entry.value, "values")):
            key, start = shown(member(item, "key")), shown(member(item, "from"))
            number = value_id(parameter=name, key=key, start=start)
            line = Line(number, file, item, path)
            line.cells = {NUMBER: number, PARAMETER: name, "name": series.term.label, "type": series.term.type.zh}
            for inner in entries(item):
                column = str(inner.key.value)
                line.cells[column], line.places[column] = shown(inner.value), inner
            yield line


def value_id(*, parameter: str, key: str, start: str) -> str:
    """Return how a dated value of a parameter is named in a sheet."""
    return f"{parameter}[{key}] {start}" if key else f"{parameter} {start}"
