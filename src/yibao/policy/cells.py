"""Cells of a table: short tests on one fact, such as `> 0`, `1..5`, `非 a`, a value or a list."""

from __future__ import annotations

import re
from dataclasses import dataclass

from yibao.policy.diagnostics import Findings, Mark, suggest
from yibao.policy.expression import NO_GUARD, Reader, fit, literal, parse
from yibao.policy.mending import mended
from yibao.policy.scope import Fault, Scope
from yibao.policy.shape import texts
from yibao.policy.source import Mapping, Node, Scalar, Sequence
from yibao.policy.terms import normal
from yibao.policy.tree import And, Compare, Contains, Expression, Guard, Known, Literal, Not, Or, Within, learned
from yibao.policy.types import BOOL, ORDERED, Kind, Type, Value, parse_value

_OPERATOR = re.compile(r"(>=|<=|==|!=|>|<|=|≥|≤|≠)\s*")
_NEGATION = re.compile(r"(?:非|不是|not)\s+|非(?=\S)")
_SIGNS = {"=": "==", "≥": ">=", "≤": "<=", "≠": "!="}
KNOWN_WORDS = ("known", "有", "已知")
MISSING_WORDS = ("missing", "无", "未知")


@dataclass(frozen=True, slots=True)
class Cell:
    """One test of a row.

    Attributes:
        subject: the fact, named condition, output or amount that is tested.
        condition: the test.
        text: the test as it is written, for explanations.
        mark: where it stands.
    """

    subject: Expression
    condition: Expression
    text: str
    mark: Mark


def read_when(*, node: Mapping, scope: Scope, findings: Findings) -> tuple[tuple[Cell, ...], Guard]:
    """Return the cells of a row in their order, and what is certain once all hold.

    Args:
        node: the mapping under `when`.
        scope: what its cells may name.
        findings: gets every fault; a cell with a fault is left out.
    """
    cells: list[Cell] = []
    guard = NO_GUARD
    for key, value in node:
        try:
            cell = _cell(key, value, scope, guard, findings)
        except Fault as fault:
            place = value.inner.shifted(fault.offset) if isinstance(value, Scalar) else value.mark
            findings.error(fault.code, place, hint=fault.hint, **fault.values)
            continue
        if cell is not None:
            cells.append(cell)
            guard = guard.and_also(learned(node=cell.condition, truth=True))
    return tuple(cells), guard


def _cell(key: Scalar, value: Node, scope: Scope, guard: Guard, findings: Findings) -> Cell | None:
    subject = Reader(scope, "").lookup(normal(key.text), guard)
    if subject is None:
        hint = suggest(name=key.text, choices=scope.names())
        findings.error("unknown_name", key.mark, name=key.text, hint=hint)
        return None
    items = texts(node=value, findings=findings)
    written = "、".join(item.text for item in items)
    condition: Expression | None
    if subject.type.maybe:
        condition = _presence(subject, written)
        if condition is None:
            findings.error(
                "unguarded_missing", key.mark, name=key.text, hint=f"{key.text}: {KNOWN_WORDS[1]} / {MISSING_WORDS[1]}"
            )
            return None
    elif isinstance(value, Sequence):
        condition = _listed(subject, items, scope, findings)
    elif isinstance(value, Scalar):
        condition = _test(subject, value.text, scope, guard)
    else:
        return None
    return None if condition is None else Cell(subject, condition, written, key.mark)


def _presence(subject: Expression, text: str) -> Expression | None:
    if text in KNOWN_WORDS:
        return Known(BOOL, None, subject)
    return Not(BOOL, None, Known(BOOL, None, subject)) if text in MISSING_WORDS else None


def _listed(subject: Expression, items: tuple[Scalar, ...], scope: Scope, findings: Findings) -> Expression | None:
    """Return the test of a written list, None where an item has a fault; every faulty item is told."""
    wanted = Type(Kind.ENUM, subject.type.name) if subject.type.kind is Kind.LIST else subject.type
    faults = 0
    for item in items:
        try:
            literal(text=item.text, expected=wanted, scope=scope)
        except Fault as fault:
            findings.error(fault.code, item.inner, hint=fault.hint, **fault.values)
            faults += 1
    return None if faults or not items else _any_of(subject, [(item.text, 0) for item in items], scope)


def _any_of(subject: Expression, words: list[tuple[str, int]], scope: Scope) -> Expression:
    if subject.type.kind is Kind.LIST:
        item_type = Type(Kind.ENUM, subject.type.name)
        held = [literal(text=text, expected=item_type, scope=scope, offset=offset) for text, offset in words]
        tests = tuple(Contains(BOOL, None, subject, item) for item in held)
        return tests[0] if len(tests) == 1 else Or(BOOL, None, tests)
    options: list[Value] = []
    for text, offset in words:
        options.append(literal(text=text, expected=subject.type, scope=scope, offset=offset).value)
    if len(options) == 1:
        return Compare(BOOL, None, "==", subject, Literal(subject.type, None, options[0]))
    return Within(BOOL, None, subject, tuple(options))


def _test(subject: Expression, text: str, scope: Scope, guard: Guard) -> Expression:
    negation = _NEGATION.match(text)
    if negation is not None and subject.type.kind is not Kind.BOOL:
        rest = text[negation.end() :]
        words, offset = [], negation.end()
        for part in re.split(r"[,，、]", rest):
            words.append((part.strip(), offset))
            offset += len(part) + 1
        if len(words) == 1:
            return Not(BOOL, None, _equal(subject, rest, scope, guard, negation.end()))
        return Not(BOOL, None, _any_of(subject, words, scope))
    if subject.type.kind is Kind.BOOL:
        return _yes_or_no(subject, text)
    if subject.type.kind is Kind.LIST:
        return _any_of(subject, [(text, 0)], scope)
    return _comparison(subject, text, scope, guard)


def _yes_or_no(subject: Expression, text: str) -> Expression:
    wanted = parse_value(kind=Kind.BOOL, text=normal(text))
    if wanted is None:
        zh, en = BOOL.form
        raise Fault("bad_literal", 0, mended(kind=Kind.BOOL, text=text), text=text, type_zh=zh, type_en=en)
    return subject if wanted else Not(BOOL, None, subject)


def _comparison(subject: Expression, text: str, scope: Scope, guard: Guard) -> Expression:
    operator = _OPERATOR.match(text)
    if operator is not None:
        sign = _SIGNS.get(operator[1], operator[1])
        if sign not in ("==", "!=") and subject.type.kind not in ORDERED:
            problem = f"{subject.type.zh}不分大小", f"{subject.type.en} has no order"
            raise Fault("bad_expression", 0, problem_zh=problem[0], problem_en=problem[1])
        end = operator.end()
        return Compare(BOOL, None, sign, subject, _operand(text[end:], subject.type, scope, guard, end))
    if ".." in text and subject.type.kind in ORDERED:
        low, high = text.split("..", 1)
        least = _operand(low.strip(), subject.type, scope, guard, 0)
        most = _operand(high.strip(), subject.type, scope, guard, len(low) + 2)
        return And(BOOL, None, (Compare(BOOL, None, ">=", subject, least), Compare(BOOL, None, "<=", subject, most)))
    return _equal(subject, text, scope, guard, 0)


def _equal(subject: Expression, text: str, scope: Scope, guard: Guard, offset: int) -> Expression:
    return Compare(BOOL, None, "==", subject, _operand(text, subject.type, scope, guard, offset))


def _operand(text: str, expected: Type, scope: Scope, guard: Guard, offset: int) -> Expression:
    """Return the value or expression a subject is compared with."""
    try:
        return literal(text=text, expected=expected, scope=scope, offset=offset)
    except Fault as not_written:
        try:
            return fit(
                node=parse(text=text, scope=scope, expected=expected.sure, guard=guard),
                expected=expected.sure,
                offset=offset,
            )
        except Fault as fault:
            if expected.kind is not Kind.ENUM and text[:1].isdigit():
                raise not_written from None
            raise Fault(fault.code, fault.offset + offset, fault.hint, **fault.values) from None
