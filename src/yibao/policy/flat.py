"""Packs as plain numbers and texts, and back: what can be written to a file and read without running anything in it.

Everything is an entry: what it is, and where its parts stand, which come before it. Entries of one kind stand together,
part by part, so that many are made at once. Equal texts, days, places and expressions are one entry; of everything else
there are as many as before, for some of it is told apart by identity.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import fields
from datetime import date
from enum import Enum
from itertools import chain, groupby, repeat
from operator import attrgetter
from typing import Any

from yibao.kernel.money import Rounding
from yibao.policy import tree
from yibao.policy.cells import Cell
from yibao.policy.conflicts import Conflict, Side
from yibao.policy.delegation import Delegation
from yibao.policy.diagnostics import Diagnostic, Mark, Severity
from yibao.policy.documents import Citation, Source
from yibao.policy.parameters import ParameterValue, Series
from yibao.policy.region import Region
from yibao.policy.resolve import Stack
from yibao.policy.rows import Row
from yibao.policy.scope import ParameterTerm
from yibao.policy.terms import DecisionTerm, EnumTerm, FactTerm, Vocabulary
from yibao.policy.types import Kind, Type


def _dict(items: Sequence[Any]) -> dict[Any, Any]:
    return dict(zip(items[::2], items[1::2], strict=True))


# What may be kept, and nothing else; an entry names its kind by the place here.
_HOLDERS: dict[type, Callable[[Sequence[Any]], object]] = {tuple: tuple, list: list, dict: _dict}
_ENUMS: tuple[type[Enum], ...] = (Kind, Rounding, Severity)
_RECORDS: tuple[type, ...] = (
    *(kind for kind in vars(tree).values() if isinstance(kind, type) and issubclass(kind, tree.Expression)),
    Mark, Diagnostic, Type, Cell, Row, Delegation, Citation, Source, Side, Conflict, ParameterTerm, ParameterValue,
    Series, Stack, EnumTerm, FactTerm, DecisionTerm, Vocabulary, Region,
)  # fmt: skip
_KINDS = (*_HOLDERS, date, *_ENUMS, *_RECORDS)
_MAKERS: dict[type, Callable[..., object]] = {date: date.fromisoformat}
_PLACES = {kind: place for place, kind in enumerate(_KINDS)}
_PLAIN = frozenset((str, int, bool, type(None)))
# Equal ones are one and the same from then on.
_VALUES = (tuple, date, Enum, tree.Expression, Mark, Type, Citation)
# What begins with an underscore is found out again when it is asked for.
_PARTS = {kind: tuple(part.name for part in fields(kind) if not part.name.startswith("_")) for kind in _RECORDS}
_SLOTS = {
    kind: tuple(getattr(kind, name).__set__ for name in parts)
    for kind, parts in _PARTS.items()
    if len(parts) == len(fields(kind))
}
_READERS: dict[type, Callable[[Any], Iterable[object]]] = {
    tuple: iter,
    list: iter,
    dict: lambda item: chain.from_iterable(item.items()),
    date: lambda item: (item.isoformat(),),
    **dict.fromkeys(_ENUMS, lambda item: (item.value,)),
    **{kind: attrgetter(*parts) for kind, parts in _PARTS.items()},
}
_TEXTS, _GROUPS = "texts", "groups"


def flatten(root: object, *, given: Iterable[str] = ()) -> dict[str, Any]:
    """Return an object and all its parts as lists of numbers and texts.

    Args:
        root: records of the policy core, days, texts, numbers, lists, tuples and dicts in one of these.
        given: texts whoever reads it will have at hand, so that they need not stand in it.

    Raises:
        TypeError: there is something else in it.

    Example:
        >>> flatten((1, "a", "a"))
        {'texts': [1, 'a'], 'groups': [[0, 1, [0], [1], [1]]]}
    """
    writer = _Writer(given)
    count = len(writer.texts)
    writer.place(root)
    return {_TEXTS: writer.texts[count:], _GROUPS: writer.groups()}


def rebuild(data: dict[str, Any], *, given: Iterable[str] = ()) -> Any:
    """Return the object that was made flat.

    Args:
        data: what `flatten` gave.
        given: the same texts in the same order.

    Raises:
        LookupError, TypeError, ValueError: it is not what `flatten` gives.

    Example:
        >>> rebuild(flatten((1, date(2024, 2, 29), ["a"])))
        (1, datetime.date(2024, 2, 29), ['a'])
    """
    found: list[Any] = [*given, *data[_TEXTS]]
    for place, count, *columns in data[_GROUPS]:
        if any(len(column) != count for column in columns):
            raise ValueError("parts are missing")
        kind, parts = _KINDS[place], [map(found.__getitem__, column) for column in columns]
        if kind in _HOLDERS:
            found += [*map(_HOLDERS[kind], zip(*parts, strict=True) if parts else [()] * count)]
        elif kind in _SLOTS:
            found += _filled(kind, count, parts)
        else:
            found += [*map(_MAKERS.get(kind, kind), *parts)]
    return found[-1]


def _filled(kind: type, count: int, columns: Sequence[Iterator[object]]) -> list[object]:
    """Return some records of a kind; their parts are set for all of them at once, which takes half the time."""
    made: list[object] = [*map(object.__new__, repeat(kind, count))]
    for fill, column in zip(_SLOTS[kind], columns, strict=True):
        deque(map(fill, made, column), maxlen=0)
    return made


class _Writer:
    """Writes entries, parts first.

    Attributes:
        texts: every text and number, what is given first.
        entries: kind and parts of everything else; a part is the place of a text, or -1 - n for entry n.
        depths: of every entry, how many stand at least before it.
    """

    def __init__(self, given: Iterable[str]) -> None:
        self.texts: list[object] = list(given)
        self.entries: list[tuple[int, tuple[int, ...]]] = []
        self.depths: list[int] = []
        self._known: dict[tuple[type, object], int] = {(str, text): at for at, text in enumerate(self.texts)}
        self._seen: dict[int, int] = {}
        self._equal: dict[tuple[int, tuple[int, ...]], int] = {}

    def place(self, item: object) -> int:
        """Return the place of an object, written where it was not yet."""
        if type(item) in _PLAIN:
            found = self._known.setdefault((type(item), item), len(self.texts))
            if found == len(self.texts):
                self.texts.append(item)
            return found
        # Only what belongs to the whole is known by identity: it lives at least as long as this.
        seen = self._seen.get(id(item))
        if seen is None:
            seen = self._seen[id(item)] = self._entry(item)
        return seen

    def _entry(self, item: object) -> int:
        kind = _PLACES.get(type(item))
        if kind is None:
            raise TypeError(f"nothing of this kind is kept: {type(item).__name__}")
        entry = kind, tuple([self.place(part) for part in _READERS[type(item)](item)])
        if not isinstance(item, _VALUES):
            return self._add(entry)
        if entry not in self._equal:
            self._equal[entry] = self._add(entry)
        return self._equal[entry]

    def _add(self, entry: tuple[int, tuple[int, ...]]) -> int:
        self.entries.append(entry)
        self.depths.append(1 + max((self.depths[-1 - part] for part in entry[1] if part < 0), default=0))
        return -len(self.entries)

    def groups(self) -> list[list[Any]]:
        """Return the entries by depth and kind: kind, how many, and for each part where it stands in every entry."""

        def alike(at: int) -> tuple[int, int, int]:
            kind, parts = self.entries[at]
            return self.depths[at], kind, len(parts)

        order = sorted(range(len(self.entries)), key=alike)
        places = {-1 - at: place for place, at in enumerate(order, start=len(self.texts))}
        found: list[list[Any]] = []
        for (_, kind, _), same in groupby(order, key=alike):
            rows = [[places.get(part, part) for part in self.entries[at][1]] for at in same]
            found.append([kind, len(rows), *map(list, zip(*rows, strict=True))])
        return found
