"""Rows of decision tables and guarded amounts, as one pack writes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yibao.policy.cells import Cell, read_when
from yibao.policy.conflicts import Conflict
from yibao.policy.delegation import ROWS, Delegation, read_delegation
from yibao.policy.diagnostics import Findings, Mark, suggest
from yibao.policy.documents import Citation, Source, read_citations, weak
from yibao.policy.expression import NO_GUARD, literal, read_expression
from yibao.policy.parameters import check_cited
from yibao.policy.scope import Fault, Scope
from yibao.policy.shape import entries, needed, span, texts, word
from yibao.policy.source import Mapping, Node, Scalar
from yibao.policy.terms import DecisionTerm
from yibao.policy.tree import Expression, Guard, Literal
from yibao.policy.types import Kind, Type, Value

ROW_KEYS = (
    "id", "label", "en", "from", "until", "source", "readings", "when", "then", "is",
    "before", "after", "replace", "delegated", "note",
)  # fmt: skip
REPLACE = "replace"
_PLACES = ("before", "after", REPLACE)
MANUAL = "manual"


@dataclass(frozen=True, slots=True)
class Row:
    """One guarded row: a case of a table, or a case of an amount.

    Attributes:
        id: unique in its table, over all levels.
        label: in Chinese.
        en: in English.
        amount: the amount it is a case of, empty for a row of the table itself.
        cells: all must hold.
        outputs: what the row decides, by output.
        value: the amount, None for a row of the table itself.
        sources: what it rests on.
        readings: codes of the readings taken.
        from_: first day in force.
        until: first day no longer in force, None while open.
        low_confidence: whether it rests on hints only.
        attested: whether the day its documents came into force is not known, only when they were applied.
        region: code of the region whose pack holds it.
        place: how it is placed among inherited rows: before, after or replace, and the row; empty for the front.
        mark: where it is written.
        faulty: whether a cell was left out because of a fault, so that nothing can be proved of the row.
        delegated: what of the row itself is opened to lower levels, beside what the table opens.
        conflicts: rules of the other side, local or national, that the row contradicts in this region.
    """

    id: str
    label: str
    en: str
    amount: str
    cells: tuple[Cell, ...]
    outputs: tuple[tuple[str, Expression], ...]
    value: Expression | None
    sources: tuple[Citation, ...]
    readings: tuple[str, ...]
    from_: date
    until: date | None
    low_confidence: bool
    attested: bool
    region: str
    place: tuple[str, str]
    mark: Mark
    faulty: bool = False
    delegated: Delegation | None = None
    conflicts: tuple[Conflict, ...] = ()

    @property
    def members(self) -> dict[str, Value]:
        """Return the outputs that are written values; computed ones are left out."""
        return {name: node.value for name, node in self.outputs if isinstance(node, Literal)}

    def in_force(self, on: date) -> bool:
        """Return whether the row applies on a day."""
        return self.from_ <= on and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class RowContext:
    """What is needed to read the rows of one table of one pack."""

    decision: DecisionTerm
    scope: Scope
    sources: dict[str, Source]
    readings: frozenset[str]
    region: str
    findings: Findings


def read_row(*, node: Node, amount: str, context: RowContext) -> Row | None:
    """Return a row, or None where it has no id; every fault is reported.

    Args:
        node: the mapping of the row.
        amount: the amount it is a case of, empty for a row of the table.
        context: of the table and the pack.
    """
    findings = context.findings
    words = entries(node=node, keys=ROW_KEYS, findings=findings)
    row_id = needed(node=words, key="id", findings=findings)
    start, until = span(node=words, findings=findings)
    when = entries(node=words.get("when"), keys=None, findings=findings)
    cells, guard = read_when(node=when, scope=context.scope, findings=findings)
    outputs: tuple[tuple[str, Expression], ...] = ()
    value = None
    if amount:
        value = _amount(words, amount, guard, context)
    else:
        outputs = _outputs(words, guard, context)
    cited = read_citations(node=words.get("source"), sources=context.sources, findings=findings)
    readings = _readings(words, context)
    if not (_is_manual(outputs) and readings and words.get("source") is None):
        check_cited(node=words, cited=cited, start=start, until=until, findings=findings)
    if not row_id:
        return None
    return Row(
        id=row_id,
        label=needed(node=words, key="label", findings=findings),
        en=word(node=words, key="en"),
        amount=amount,
        cells=cells,
        outputs=outputs,
        value=value,
        sources=cited,
        readings=readings,
        from_=start,
        until=until,
        low_confidence=bool(cited) and weak(cited),
        attested=bool(cited) and all(item.source.in_force_from is None for item in cited),
        region=context.region,
        place=_place(words, findings),
        mark=words.mark,
        faulty=len(cells) < len(when.entries) or start == date.min,
        delegated=read_delegation(
            node=words.get("delegated"), what=ROWS, kind=None, sources=context.sources, findings=findings
        ),
    )


def _place(words: Mapping, findings: Findings) -> tuple[str, str]:
    written = [name for name in _PLACES if words.get(name) is not None]
    if len(written) > 1:
        findings.error("two_places", words.entries[written[1]][0].mark)
    return (written[0], word(node=words, key=written[0])) if written else ("", "")


def _readings(words: Mapping, context: RowContext) -> tuple[str, ...]:
    found = texts(node=words.get("readings"), findings=context.findings)
    for item in found:
        if item.text not in context.readings:
            hint = suggest(name=item.text, choices=context.readings)
            context.findings.error("unknown_reading", item.mark, name=item.text, hint=hint)
    return tuple(item.text for item in found)


def _is_manual(outputs: tuple[tuple[str, Expression], ...]) -> bool:
    return any(isinstance(node, Literal) and node.value == MANUAL for _, node in outputs)


def _amount(words: Mapping, amount: str, guard: Guard, context: RowContext) -> Expression | None:
    node = words.get("is")
    if not isinstance(node, Scalar):
        context.findings.error("missing_key", words.mark, key="is")
        return None
    expected = context.decision.amounts[amount]
    if node.text == "unknown" and not expected.maybe:
        context.findings.error("amount_unknown", node.mark, name=amount)
        return None
    return read_expression(node=node, scope=context.scope, findings=context.findings, expected=expected, guard=guard)


def _outputs(words: Mapping, guard: Guard, context: RowContext) -> tuple[tuple[str, Expression], ...]:
    findings, decision = context.findings, context.decision
    then = entries(node=words.get("then"), keys=None, findings=findings)
    found: dict[str, Expression] = {}
    for key, node in then:
        if key.text not in decision.outputs:
            findings.error(
                "unknown_output", key.mark, name=key.text, hint=suggest(name=key.text, choices=decision.outputs)
            )
            continue
        tree = read_output(node=node, expected=decision.outputs[key.text], guard=guard, context=context)
        if tree is not None:
            found[key.text] = tree
    written = {key.text for key, _ in then}
    for name, expected in decision.outputs.items():
        if name not in written:
            found[name] = Literal(expected, None, () if expected.kind is Kind.LIST else None)
            if not expected.maybe and expected.kind is not Kind.LIST:
                choices = context.scope.vocabulary.enums.get(expected.name)
                hint = f"{name}: {' / '.join(choices.labels) if choices else '…'}"
                label = decision.labels.get(name, (name, ""))[0]
                findings.error("output_missing", words.mark, name=name, label=label, hint=hint)
    return tuple((name, found[name]) for name in decision.outputs if name in found)


def read_output(*, node: Node, expected: Type, guard: Guard = NO_GUARD, context: RowContext) -> Expression | None:
    """Return what a member of `then` says: a value, a list, `unknown`, or an expression."""
    findings = context.findings
    if expected.kind is Kind.LIST:
        return _list(node, expected, context)
    if not isinstance(node, Scalar):
        findings.error(
            "wrong_type", node.mark, wanted_zh=expected.zh, wanted_en=expected.en, got_zh="列表", got_en="a list"
        )
        return None
    if node.text == "unknown" and expected.maybe:
        return Literal(expected, None, None)
    try:
        return literal(text=node.text, expected=expected, scope=context.scope)
    except Fault as fault:
        if expected.kind in (Kind.TEXT, Kind.ENUM) and not any(sign in node.text for sign in " ("):
            findings.error(fault.code, node.inner, hint=fault.hint, **fault.values)
            return None
    return read_expression(node=node, scope=context.scope, findings=findings, expected=expected, guard=guard)


def _list(node: Node, expected: Type, context: RowContext) -> Literal:
    codes: list[str] = []
    item_type = Type(Kind.ENUM, expected.name)
    for item in texts(node=node, findings=context.findings):
        try:
            codes.append(str(literal(text=item.text, expected=item_type, scope=context.scope).value))
        except Fault as fault:
            context.findings.error(fault.code, item.inner, hint=fault.hint, **fault.values)
    return Literal(expected, None, tuple(codes))
