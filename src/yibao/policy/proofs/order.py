"""Whether comparisons can hold together: days and numbers as differences, contradictions as loops."""

from __future__ import annotations

from collections.abc import Iterator

from yibao.policy.proofs.atoms import EQUAL, GREATER, LESS, ORDER, Axis
from yibao.policy.proofs.boxes import Box, Space
from yibao.policy.tree import Call, Expression, Fact, Literal, Local, walk
from yibao.policy.types import ORDERED, Kind

_ZERO = "0"
_MONTH_DAYS = (28, 31)
# A difference: the first is at most the second plus the number.
Difference = tuple[str, str, int]


def consistent(*, space: Space, box: Box) -> bool:
    """Return whether the comparisons of a box can hold together; a doubt counts as yes."""
    if not any(space.axes[axis].kind == "order" and mask != space.axes[axis].full for axis, mask in box.items()):
        return True
    return solve(space=space, box=box) is not None


def solve(*, space: Space, box: Box, years: tuple[int, int] | None = None) -> dict[str, int] | None:
    """Return numbers for the terms of a box's comparisons that meet them all, None where there are none.

    Terms are taken as free, apart from what is known of months and days added to them.

    Args:
        space: the axes.
        box: over them.
        years: days are looked for between these two only.
    """
    found = list(_differences(space, box, years))
    names = {name for left, right, _ in found for name in (left, right)} | {_ZERO}
    values = dict.fromkeys(names, 0)
    for _ in range(len(names) + 1):
        changed = False
        for left, right, most in found:
            if values[right] + most < values[left]:
                values[left] = values[right] + most
                changed = True
        if not changed:
            base = values[_ZERO]
            return {name: value - base for name, value in values.items() if name != _ZERO}
    return None


def _differences(space: Space, box: Box, years: tuple[int, int] | None) -> Iterator[Difference]:
    terms: dict[str, Expression] = {}
    for axis, mask in box.items():
        found = space.axes[axis]
        if found.kind == "order" and mask != found.full and _sure(space, box, found):
            left, right = found.node, found.other
            if left.type.kind in ORDERED and right is not None:
                left_key, right_key = space.reader.key(left), space.reader.key(right)
                terms |= {left_key: left, right_key: right}
                yield from _ordered(left_key, right_key, mask)
    for key, term in list(terms.items()):
        yield from _shifted(space, key, term, terms)
    for key, term in terms.items():
        low, high = _range(space, box, key, term)
        if years is not None and term.type.kind is Kind.DATE and low <= years[1] and years[0] <= high:
            low, high = max(low, years[0]), min(high, years[1])
        yield (key, _ZERO, high)
        yield (_ZERO, key, -low)


def _ordered(left: str, right: str, mask: int) -> Iterator[Difference]:
    held = {sign for position, sign in enumerate(ORDER) if mask >> position & 1}
    if GREATER not in held:
        yield (left, right, 0 if EQUAL in held else -1)
    if LESS not in held:
        yield (right, left, 0 if EQUAL in held else -1)


def _sure(space: Space, box: Box, axis: Axis) -> bool:
    """Return whether everything a comparison reads is there in all of a box."""
    parts = [part for side in (axis.node, axis.other) if side is not None for part in walk(side)]
    facts = [part for part in parts if isinstance(part, Fact | Local)]
    return all(space.known(box, part) for part in facts)


def _range(space: Space, box: Box, key: str, term: Expression) -> tuple[int, int]:
    axis = space.index.get(key)
    if axis is None or axis not in box:
        return space.bounds(term)
    classes = space.axes[axis].classes
    spans = [item for position, item in enumerate(classes) if box[axis] >> position & 1 and isinstance(item, tuple)]
    return (spans[0][0], spans[-1][1]) if spans else space.bounds(term)


def _shifted(space: Space, key: str, term: Expression, terms: dict[str, Expression]) -> Iterator[Difference]:
    """Yield what is known of a day worked out from another one."""
    if not isinstance(term, Call) or term.type.kind is not Kind.DATE:
        return
    inner = term.arguments[0]
    if isinstance(inner, Call) and inner.function == "month_of":
        inner = inner.arguments[0]
    shift = _shift(term)
    if shift is None or inner.type.kind is not Kind.DATE:
        return
    name = space.reader.key(inner)
    terms.setdefault(name, inner)
    yield (key, name, shift[1])
    yield (name, key, -shift[0])


def _shift(term: Call) -> tuple[int, int] | None:
    if term.function == "month_start":
        return (1 - _MONTH_DAYS[1], 0)
    if term.function == "month_end":
        return (0, _MONTH_DAYS[1] - 1)
    by = term.arguments[-1]
    if not isinstance(by, Literal) or not isinstance(by.value, int):
        return None
    if term.function == "add_days":
        return (by.value, by.value)
    if term.function == "add_months":
        ends = (by.value * _MONTH_DAYS[0], by.value * _MONTH_DAYS[1])
        return (min(ends), max(ends))
    return None
