"""Calls and parameters in expressions: what each means, and what type it has."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from yibao.kernel.money import Rounding, Unit
from yibao.policy.diagnostics import suggest
from yibao.policy.functions import FUNCTIONS, SPECIAL, Form
from yibao.policy.scope import Fault, ParameterTerm
from yibao.policy.tree import (
    Call,
    Expression,
    Fact,
    Guard,
    Known,
    Literal,
    Local,
    Named,
    Parameter,
    Round,
    Share,
    fraction,
)
from yibao.policy.types import BOOL, DATE, INT64, ORDERED, UNROUNDED, Kind, Type

if TYPE_CHECKING:
    from yibao.policy.expression import Reader

ROUNDINGS = {mode.value: mode for mode in Rounding} | {
    "half_up": Rounding.HALF_UP,
    "up": Rounding.UP,
    "down": Rounding.DOWN,
}
MONEY_UNITS = {unit.value: unit.fen for unit in Unit} | {"fen": 1, "jiao": 10, "yuan": 100, "ten_yuan": 1000}
COUNT_UNITS = {"月": "月", "年": "年", "天": "天", "month": "月", "year": "年", "day": "天", "个": "", "次": "次"}
_UNROUNDED, _COUNT = Type(Kind.UNROUNDED), Type(Kind.UNROUNDED_COUNT)
_PRODUCTS = {
    (Kind.INT, Kind.INT): Kind.INT,
    (Kind.MONEY, Kind.INT): Kind.MONEY,
    (Kind.MONEY, Kind.RATE): Kind.UNROUNDED,
    (Kind.INT, Kind.RATE): Kind.UNROUNDED_COUNT,
    (Kind.UNROUNDED, Kind.INT): Kind.UNROUNDED,
    (Kind.UNROUNDED, Kind.RATE): Kind.UNROUNDED,
    (Kind.UNROUNDED_COUNT, Kind.INT): Kind.UNROUNDED_COUNT,
    (Kind.UNROUNDED_COUNT, Kind.RATE): Kind.UNROUNDED_COUNT,
}
_SUMS = {
    (Kind.INT, Kind.INT): Kind.INT,
    (Kind.MONEY, Kind.MONEY): Kind.MONEY,
    (Kind.RATE, Kind.RATE): Kind.RATE,
    (Kind.UNROUNDED, Kind.UNROUNDED): Kind.UNROUNDED,
    (Kind.UNROUNDED, Kind.MONEY): Kind.UNROUNDED,
    (Kind.UNROUNDED_COUNT, Kind.UNROUNDED_COUNT): Kind.UNROUNDED_COUNT,
    (Kind.UNROUNDED_COUNT, Kind.INT): Kind.UNROUNDED_COUNT,
}


def arithmetic_type(*, operator: str, left: Type, right: Type) -> Type | None:
    """Return the type of a sum, difference or product, or None where it has no meaning."""
    table = _PRODUCTS if operator == "*" else _SUMS
    kind = table.get((left.kind, right.kind)) or table.get((right.kind, left.kind))
    if kind is None or (operator == "*" and left.unit and right.unit):
        return None
    return Type(kind, unit=left.unit or right.unit)


def read_call(*, reader: Reader, node: ast.Call, guard: Guard, expected: Type | None) -> Expression:
    """Return the tree of a call.

    Raises:
        Fault: unknown function, wrong number or types of arguments.
    """
    name = node.func.id if isinstance(node.func, ast.Name) else reader.shown(node.func)
    offset = reader.offset(node)
    if node.keywords or any(isinstance(argument, ast.Starred) for argument in node.args):
        raise reader.bad(offset, "参数不写名称", "arguments are written without names")
    special = {"max": _extreme, "min": _extreme, "known": _known, "round": _round, "share": _share, "at": _at}
    if name in special:
        return special[name](reader, node, guard, expected)
    if name not in FUNCTIONS:
        raise Fault("unknown_function", offset, hint=suggest(name=name, choices=[*FUNCTIONS, *SPECIAL]), name=name)
    arguments = tuple(reader.read(argument, guard) for argument in node.args)
    form = _form(FUNCTIONS[name].forms, arguments)
    if form is None or (name in ("date", "month") and not _written_day(name, arguments)):
        raise Fault("wrong_arguments", offset, name=name, form=FUNCTIONS[name].written)
    return Call(form.result, form.bounds, name, arguments)


def _form(forms: tuple[Form, ...], arguments: tuple[Expression, ...]) -> Form | None:
    for form in forms:
        if len(form.arguments) == len(arguments) and all(
            given.type.same(wanted) and (not given.type.unit or not wanted.unit or given.type.unit == wanted.unit)
            for given, wanted in zip(arguments, form.arguments, strict=True)
        ):
            return form
    return None


_LONGEST = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _written_day(name: str, arguments: tuple[Expression, ...]) -> bool:
    """Return whether month and day are written numbers that exist in every year."""
    rest = [argument.value for argument in arguments[1:] if isinstance(argument, Literal)]
    if len(rest) != len(arguments) - 1 or not isinstance(rest[0], int) or not 1 <= rest[0] <= len(_LONGEST):
        return False
    return name == "month" or (isinstance(rest[1], int) and 1 <= rest[1] <= _LONGEST[rest[0] - 1])


def _wrong(reader: Reader, node: ast.Call, name: str) -> Fault:
    return Fault("wrong_arguments", reader.offset(node), name=name, form=SPECIAL[name])


def _extreme(reader: Reader, node: ast.Call, guard: Guard, expected: Type | None) -> Expression:
    name = reader.shown(node.func)
    if len(node.args) < 2:
        raise _wrong(reader, node, name)
    arguments = [reader.read(argument, guard) for argument in node.args]
    model = next((argument for argument in arguments if not isinstance(argument, Literal)), arguments[0])
    arguments = [
        reader.alike(place, argument, model)[0] if argument is not model else argument
        for place, argument in zip(node.args, arguments, strict=True)
    ]
    if model.type.kind not in ORDERED | UNROUNDED:
        raise _wrong(reader, node, name)
    bounds = None
    if model.bounds is not None:
        pick = max if name == "max" else min
        lows, highs = zip(*(argument.bounds or (0, 0) for argument in arguments), strict=True)
        bounds = pick(lows), pick(highs)
    return Call(model.type, bounds, name, tuple(arguments))


def _known(reader: Reader, node: ast.Call, guard: Guard, expected: Type | None) -> Expression:
    if len(node.args) != 1:
        raise _wrong(reader, node, "known")
    operand = reader.read(node.args[0], Guard(), missing=True)
    if not isinstance(operand, Fact | Named | Local | Parameter):
        raise _wrong(reader, node, "known")
    if not operand.type.maybe and not isinstance(operand, Parameter):
        raise Fault("never_missing", reader.offset(node), name=reader.shown(node.args[0]))
    return Known(BOOL, None, operand)


def _word(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _round(reader: Reader, node: ast.Call, guard: Guard, expected: Type | None) -> Expression:
    if len(node.args) != 3:
        raise _wrong(reader, node, "round")
    operand = reader.read(node.args[0], guard)
    unit, mode = _word(node.args[1]), ROUNDINGS.get(_word(node.args[2]))
    money = operand.type.kind in (Kind.UNROUNDED, Kind.MONEY)
    counts = operand.type.kind is Kind.UNROUNDED_COUNT
    if mode is None or not ((money and unit in MONEY_UNITS) or (counts and unit in COUNT_UNITS)):
        raise _wrong(reader, node, "round")
    step = MONEY_UNITS[unit] if money else 1
    (low, high), (least, most) = fraction(operand)
    if low < 0:
        raise Fault("may_be_negative", reader.offset(node.args[0]), text=reader.shown(node.args[0]))
    if 2 * high + most * step >= INT64 or 2 * most * step >= INT64:
        raise Fault("overflow", reader.offset(node.args[0]), text=reader.shown(node.args[0]))
    bounds = 0, high // least + step
    type_ = Type(Kind.MONEY) if money else Type(Kind.INT, unit=COUNT_UNITS[unit])
    return Round(type_, bounds, operand, step, mode)


def _share(reader: Reader, node: ast.Call, guard: Guard, expected: Type | None) -> Expression:
    if len(node.args) != 3:
        raise _wrong(reader, node, "share")
    amount, n, of = (reader.read(argument, guard) for argument in node.args)
    counted = n.type.kind is Kind.INT and of.type.kind is Kind.INT and (not n.type.unit or n.type.unit == of.type.unit)
    if amount.type.kind not in (Kind.MONEY, Kind.UNROUNDED) or not counted:
        raise _wrong(reader, node, "share")
    if of.bounds is None or of.bounds[0] < 1:
        raise Fault("may_be_zero", reader.offset(node.args[2]), text=reader.shown(node.args[2]))
    tree = Share(_UNROUNDED, None, amount, n, of)
    (low, high), (least, _) = fraction(tree)
    return Share(_UNROUNDED, (min(low, 0), max(high // least, 0) + 1), amount, n, of)


def _at(reader: Reader, node: ast.Call, guard: Guard, expected: Type | None) -> Expression:
    if len(node.args) != 2 or not isinstance(node.args[0], ast.Attribute | ast.Subscript):
        raise _wrong(reader, node, "at")
    day = reader.read(node.args[1], guard, DATE)
    if not day.type.same(DATE):
        raise _wrong(reader, node, "at")
    return read_parameter(reader=reader, node=node.args[0], guard=guard, at=day)


def read_parameter(*, reader: Reader, node: ast.expr, guard: Guard, at: Expression | None) -> Parameter:
    """Return the tree of `p.name` or `p.name[key]`.

    Raises:
        Fault: no such parameter, or the key is missing, needless or of another type.
    """
    target = node.value if isinstance(node, ast.Subscript) else node
    if not (isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "p"):
        raise reader.bad(
            reader.offset(node), "“.”和“[ ]”只用于参数，如 p.name", "'.' and '[ ]' are for parameters: p.name"
        )
    scope = reader.scope
    term = scope.parameters.get(scope.parameter_spellings.get(target.attr, ""))
    if term is None:
        hint = suggest(name=target.attr, choices=scope.parameter_spellings)
        raise Fault("unknown_parameter", reader.offset(node), name=target.attr, hint=f"p.{hint}" if hint else "")
    return Parameter(term.type, term.bounds, term.name, _key(reader, node, term, guard), at)


def _key(reader: Reader, node: ast.expr, term: ParameterTerm, guard: Guard) -> Expression | None:
    if term.key is None and not isinstance(node, ast.Subscript):
        return None
    if term.key is None or not isinstance(node, ast.Subscript):
        needs = ("不带键", "has no key") if term.key is None else ("需要键，如 p.name[sex]", "needs a key: p.name[sex]")
        raise Fault("parameter_key", reader.offset(node), name=term.name, needs_zh=needs[0], needs_en=needs[1])
    key = reader.read(node.slice, guard, term.key)
    if not key.type.same(term.key):
        needs = (f"的键应当是{term.key.zh}", f"needs {term.key.en} as key")
        raise Fault("parameter_key", reader.offset(node), name=term.name, needs_zh=needs[0], needs_en=needs[1])
    return key


def depth(node: ast.AST) -> int:
    """Return how many levels a syntax tree has."""
    return 1 + max((depth(part) for part in ast.iter_child_nodes(node)), default=0)
