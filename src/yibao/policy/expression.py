"""Expressions: a small part of Python's syntax, read by `ast`, typed with units and made a frozen tree."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace

from yibao.policy import calls
from yibao.policy.diagnostics import Findings, suggest
from yibao.policy.mending import mended, unreadable
from yibao.policy.scope import Fault, Scope
from yibao.policy.source import Scalar
from yibao.policy.terms import normal
from yibao.policy.tree import (
    And,
    Arithmetic,
    Compare,
    Contains,
    Expression,
    Fact,
    Guard,
    If,
    Literal,
    Local,
    Named,
    Not,
    Or,
    Parameter,
    Within,
    combine,
    guarded,
    learned,
)
from yibao.policy.types import BOOL, INT64, ORDERED, UNROUNDED, ZERO_FITS, Kind, Type, Value, parse_value

MAX_LENGTH = 500
MAX_DEPTH = 40
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_OPERATORS: dict[type[ast.operator], str] = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
NO_GUARD = Guard()


def read_expression(
    *, node: Scalar, scope: Scope, findings: Findings, expected: Type | None = None, guard: Guard = NO_GUARD
) -> Expression | None:
    """Return the typed tree of an expression, or None where it has a fault.

    Args:
        node: the text, with its place.
        scope: what it may name.
        findings: gets the fault, at the character where it is.
        expected: the type it must have; a type that may be missing allows a bare missing fact and `unknown`.
        guard: what is certain where it stands.
    """
    try:
        return parse(text=node.text, scope=scope, expected=expected, guard=guard)
    except Fault as fault:
        mark = node.inner.shifted(fault.offset)
        findings.error(fault.code, mark, hint=fault.hint, **fault.values)
        return None


def parse(*, text: str, scope: Scope, expected: Type | None = None, guard: Guard = NO_GUARD) -> Expression:
    """Return the typed tree of a text.

    Raises:
        Fault: the first fault, with its offset in the text.
    """
    reader = Reader(scope, normal(text.replace("\n", " ")))
    tree = reader.read_whole(expected, guard)
    return tree if expected is None else fit(node=tree, expected=expected, offset=0)


def fit(*, node: Expression, expected: Type, offset: int) -> Expression:
    """Return a node as the type that is expected, a plain zero made money or a rate beside one.

    Raises:
        Fault: it has another type or unit.
    """
    if isinstance(node, Literal) and node.value == 0 and expected.kind in ZERO_FITS and node.type.kind is Kind.INT:
        return Literal(expected.sure, (0, 0), 0)
    if isinstance(node, Literal) and node.value is None and expected.maybe:
        return Literal(expected, None, None)
    if node.type.kind in UNROUNDED and expected.kind in (Kind.MONEY, Kind.INT):
        raise Fault("not_rounded", offset)
    if not node.type.same(expected) or (node.type.maybe and not expected.maybe):
        raise wrong_type(expected=expected, got=node.type, offset=offset)
    same_unit(left=node.type, right=expected, offset=offset)
    return node


def wrong_type(*, expected: Type, got: Type, offset: int) -> Fault:
    """Return the fault of a value of another type than expected."""
    return Fault("wrong_type", offset, wanted_zh=expected.zh, wanted_en=expected.en, got_zh=got.zh, got_en=got.en)


def same_unit(*, left: Type, right: Type, offset: int) -> str:
    """Return the common unit of two numbers; a number without unit goes with any.

    Raises:
        Fault: both have a unit and they differ.
    """
    if left.unit and right.unit and left.unit != right.unit:
        raise Fault("unit_mismatch", offset, left=left.unit, right=right.unit)
    return left.unit or right.unit


class Reader:
    """Turns the syntax of one text into a typed tree; raises `Fault` at the first fault."""

    def __init__(self, scope: Scope, text: str) -> None:
        self.scope = scope
        self.text = text

    def read_whole(self, expected: Type | None, guard: Guard) -> Expression:
        """Return the tree of the whole text."""
        if len(self.text) > MAX_LENGTH:
            raise self.bad(0, f"超过 {MAX_LENGTH} 个字符", f"longer than {MAX_LENGTH} characters")
        try:
            tree = ast.parse(self.text, mode="eval").body
        except SyntaxError as error:
            raise self.bad(max((error.offset or 1) - 1, 0), *unreadable(self.text)) from None
        except (ValueError, RecursionError, MemoryError):
            raise self.bad(0, "无法读懂", "it cannot be read") from None
        if calls.depth(tree) > MAX_DEPTH:
            raise self.bad(0, f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} levels")
        return self.read(tree, guard, expected, missing=expected is not None and expected.maybe)

    def bad(self, offset: int, zh: str, en: str) -> Fault:
        """Return the fault of a syntax that is not used."""
        return Fault("bad_expression", offset, problem_zh=zh, problem_en=en)

    def offset(self, node: ast.expr) -> int:
        """Return where a node begins, in characters."""
        return len(self.text.encode()[: node.col_offset].decode(errors="ignore"))

    def shown(self, node: ast.AST) -> str:
        """Return the text of a node."""
        return ast.get_source_segment(self.text, node) or self.text

    def read(self, node: ast.expr, guard: Guard, expected: Type | None = None, *, missing: bool = False) -> Expression:
        """Return the tree of one node.

        Args:
            node: the syntax.
            guard: what is certain here.
            expected: the type it will be compared with, so that a bare word can be an enum's value.
            missing: whether a value that may be missing is welcome here.
        """
        readers: dict[type[ast.expr], Callable[..., Expression]] = {
            ast.BoolOp: self._bool,
            ast.UnaryOp: self._unary,
            ast.BinOp: self._binary,
            ast.Compare: self._compare,
            ast.Call: self._call,
            ast.Name: self._name,
            ast.Constant: self._constant,
            ast.Attribute: self._parameter,
            ast.Subscript: self._parameter,
        }
        if isinstance(node, ast.IfExp):
            return self._if(node, guard, expected, missing)
        reader = readers.get(type(node))
        if reader is None:
            raise self.bad(self.offset(node), f"不能使用“{self.shown(node)}”", f"{self.shown(node)!r} is not used")
        tree = reader(node, guard, expected)
        if tree.type.maybe and not missing:
            raise Fault("unguarded_missing", self.offset(node), name=self.shown(node))
        return tree

    def condition(self, node: ast.expr, guard: Guard) -> Expression:
        """Return the tree of a node that must be true or false."""
        tree = self.read(node, guard, BOOL)
        if tree.type.kind is not Kind.BOOL:
            raise wrong_type(expected=BOOL, got=tree.type, offset=self.offset(node))
        return tree

    def _bool(self, node: ast.BoolOp, guard: Guard, expected: Type | None) -> Expression:
        every = isinstance(node.op, ast.And)
        items = []
        for part in node.values:
            items.append(self.condition(part, guard))
            guard = guard.and_also(learned(node=items[-1], truth=every))
        return And(BOOL, None, tuple(items)) if every else Or(BOOL, None, tuple(items))

    def _if(self, node: ast.IfExp, guard: Guard, expected: Type | None, missing: bool) -> Expression:
        test = self.condition(node.test, guard)
        then_guard, else_guard = (
            guard.and_also(learned(node=test, truth=True)),
            guard.and_also(learned(node=test, truth=False)),
        )
        then = self.read(node.body, then_guard, expected, missing=missing)
        otherwise = self.read(node.orelse, else_guard, expected or then.type, missing=missing)
        then, otherwise = self.alike(node, then, otherwise)
        bounds = None
        if then.bounds is not None and otherwise.bounds is not None:
            bounds = min(then.bounds[0], otherwise.bounds[0]), max(then.bounds[1], otherwise.bounds[1])
        type_ = otherwise.type if otherwise.type.maybe else then.type
        return If(type_, bounds, test, then, otherwise)

    def alike(self, node: ast.expr, left: Expression, right: Expression) -> tuple[Expression, Expression]:
        """Return two values as one type, a plain zero made money beside money."""
        offset = self.offset(node)
        if isinstance(left, Literal) and not left.type.same(right.type):
            left = fit(node=left, expected=right.type, offset=offset)
        elif not left.type.same(right.type):
            right = fit(node=right, expected=left.type, offset=offset)
        same_unit(left=left.type, right=right.type, offset=offset)
        return left, right

    def _unary(self, node: ast.UnaryOp, guard: Guard, expected: Type | None) -> Expression:
        if isinstance(node.op, ast.Not):
            return Not(BOOL, None, self.condition(node.operand, guard))
        operand = self.read(node.operand, guard)
        if isinstance(node.op, ast.USub) and isinstance(operand, Literal) and type(operand.value) is int:
            return Literal(operand.type, (-operand.value, -operand.value), -operand.value)
        raise self.bad(self.offset(node), "负号只能写在数字前", "a sign is only written before a number")

    def _binary(self, node: ast.BinOp, guard: Guard, expected: Type | None) -> Expression:
        operator = _OPERATORS.get(type(node.op))
        if operator is None:
            raise self.bad(self.offset(node), "只能用 + - *（按份用 share）", "only + - * are used (for parts: share)")
        left, right = self.read(node.left, guard), self.read(node.right, guard)
        if operator != "*" and left.type.kind is not right.type.kind:
            if isinstance(left, Literal) and left.value == 0:
                left = fit(node=left, expected=right.type, offset=self.offset(node))
            elif isinstance(right, Literal) and right.value == 0:
                right = fit(node=right, expected=left.type, offset=self.offset(node))
        type_ = calls.arithmetic_type(operator=operator, left=left.type, right=right.type)
        if type_ is None:
            raise Fault(
                "no_meaning",
                self.offset(node),
                operation=self.shown(node),
                left_zh=left.type.zh,
                left_en=left.type.en,
                right_zh=right.type.zh,
                right_en=right.type.en,
            )
        same_unit(left=left.type, right=right.type, offset=self.offset(node))
        bounds = combine(operator=operator, left=left.bounds or (0, 0), right=right.bounds or (0, 0))
        tree = Arithmetic(type_, bounds, operator, left, right)
        self.check_size(node, tree)
        return tree

    def check_size(self, node: ast.expr, tree: Expression) -> None:
        """Raise a fault unless a number certainly fits 64 bits."""
        if tree.bounds is not None and (tree.bounds[1] >= INT64 or tree.bounds[0] <= -INT64):
            raise Fault("overflow", self.offset(node), text=self.shown(node))

    def _compare(self, node: ast.Compare, guard: Guard, expected: Type | None) -> Expression:
        parts = []
        left = node.left
        for operator, right in zip(node.ops, node.comparators, strict=True):
            parts.append(self._comparison(left, operator, right, guard))
            left = right
        return parts[0] if len(parts) == 1 else And(BOOL, None, tuple(parts))

    def _comparison(self, left: ast.expr, operator: ast.cmpop, right: ast.expr, guard: Guard) -> Expression:
        if isinstance(operator, ast.In | ast.NotIn):
            tree = self._membership(left, right, guard)
            return Not(BOOL, None, tree) if isinstance(operator, ast.NotIn) else tree
        sign = _COMPARISONS.get(type(operator))
        if sign is None:
            raise self.bad(self.offset(left), "只能用 == != < <= > >= in", "only == != < <= > >= in are used")
        if self.is_word(left):
            second = self.read(right, guard)
            first = self.read(left, guard, second.type)
        else:
            first = self.read(left, guard)
            second = self.read(right, guard, first.type)
        first, second = self.alike(right, first, second)
        if sign not in ("==", "!=") and first.type.kind not in ORDERED:
            raise self.bad(self.offset(left), f"{first.type.zh}不分大小", f"{first.type.en} has no order")
        return Compare(BOOL, None, sign, first, second)

    def is_word(self, node: ast.expr) -> bool:
        """Return whether a node can only be read once the type of its partner is known."""
        if isinstance(node, ast.Constant):
            return isinstance(node.value, str)
        return isinstance(node, ast.Name) and self.lookup(node.id, NO_GUARD) is None

    def _membership(self, left: ast.expr, right: ast.expr, guard: Guard) -> Expression:
        if not isinstance(right, ast.Tuple | ast.List | ast.Set):
            holder = self.read(right, guard)
            if holder.type.kind is not Kind.LIST:
                raise self.bad(self.offset(right), "in 后面应当是 (a, b) 或列表", "after in comes (a, b) or a list")
            item = self.read(left, guard, Type(Kind.ENUM, holder.type.name))
            return Contains(
                BOOL, None, holder, fit(node=item, expected=Type(Kind.ENUM, holder.type.name), offset=self.offset(left))
            )
        operand = self.read(left, guard)
        options: list[Value] = []
        for element in right.elts:
            option = fit(
                node=self.read(element, guard, operand.type), expected=operand.type.sure, offset=self.offset(element)
            )
            if not isinstance(option, Literal):
                raise self.bad(self.offset(element), "in 里只能写固定的值", "after in come written values only")
            options.append(option.value)
        return Within(BOOL, None, operand, tuple(options))

    def lookup(self, name: str, guard: Guard) -> Expression | None:
        """Return what a name stands for where it is no enum value, or None."""
        scope = self.scope
        if name in scope.locals:
            found = Local(*scope.locals[name], name)
            key = guarded(found)
            return replace(
                found,
                type=found.type.sure if key in guard.known else found.type,
                bounds=guard.narrowed(key, found.bounds),
            )
        if name in scope.named_spellings:
            named = scope.named(scope.named_spellings[name])
            if named is None:
                raise Fault("", 0)
            type_ = named.type.sure if named.name in guard.known else named.type
            return Named(type_, guard.narrowed(named.name, named.bounds), *_naming(named))
        fact = scope.vocabulary.facts.get(scope.vocabulary.spellings.get(name, ""))
        if fact is None:
            return None
        type_ = fact.type.sure if fact.name in guard.known else fact.type
        return Fact(type_, guard.narrowed(fact.name, fact.bounds), fact.name)

    def _name(self, node: ast.Name, guard: Guard, expected: Type | None) -> Expression:
        name, offset = node.id, self.offset(node)
        found = self.lookup(name, guard)
        if found is not None and (expected is None or found.type.same(expected)):
            return found
        if name == "unknown":
            return Literal(Type(Kind.TEXT, maybe=True), None, None)
        enum = self.scope.enum(expected) if expected is not None and expected.kind is Kind.ENUM else None
        if enum is not None and expected is not None:
            if name in enum.spellings:
                return Literal(expected.sure, None, enum.spellings[name])
            if found is None:
                hint = suggest(name=name, choices=enum.spellings)
                raise Fault("unknown_value", offset, hint=hint, type=expected.name, text=name)
        if expected is not None and expected.kind is Kind.BOOL and parse_value(kind=Kind.BOOL, text=name) is not None:
            return Literal(BOOL, None, parse_value(kind=Kind.BOOL, text=name))
        if found is None:
            raise Fault("unknown_name", offset, hint=suggest(name=name, choices=self.scope.names()), name=name)
        return found

    def _constant(self, node: ast.Constant, guard: Guard, expected: Type | None) -> Expression:
        value = node.value
        if isinstance(value, bool):
            return Literal(BOOL, None, value)
        if isinstance(value, int):
            if not -INT64 < value < INT64:
                raise Fault("overflow", self.offset(node), text=str(value))
            return Literal(Type(Kind.INT), (value, value), value)
        if isinstance(value, str) and expected is not None:
            return literal(text=value, expected=expected, scope=self.scope, offset=self.offset(node))
        raise self.bad(self.offset(node), f"不能使用 {self.shown(node)}", f"{self.shown(node)} is not used here")

    def _call(self, node: ast.Call, guard: Guard, expected: Type | None) -> Expression:
        return calls.read_call(reader=self, node=node, guard=guard, expected=expected)

    def _parameter(self, node: ast.expr, guard: Guard, expected: Type | None) -> Parameter:
        return calls.read_parameter(reader=self, node=node, guard=guard, at=None)


def _naming(named: Named) -> tuple[str, str, str, Expression]:
    return named.name, named.label, named.en, named.body


def literal(*, text: str, expected: Type, scope: Scope, offset: int = 0) -> Literal:
    """Return the value a text stands for in a type.

    Raises:
        Fault: it stands for none.
    """
    word = normal(text)
    enum = scope.enum(expected)
    if enum is not None:
        code = enum.spellings.get(word)
        if code is None:
            hint = suggest(name=word, choices=enum.spellings)
            raise Fault("unknown_value", offset, hint=hint, type=expected.name, text=text)
        return Literal(Type(Kind.ENUM, expected.name), None, code)
    value = parse_value(kind=expected.kind, text=word)
    if value is None:
        zh, en = expected.form
        raise Fault("bad_literal", offset, mended(kind=expected.kind, text=text), text=text, type_zh=zh, type_en=en)
    whole = isinstance(value, int) and not isinstance(value, bool)
    return Literal(expected.sure, (int(value), int(value)) if whole else None, value)  # type: ignore[arg-type]
