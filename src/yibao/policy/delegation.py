"""What a level opens to the levels below: to whom, what, with which bound, and on which article."""

from __future__ import annotations

from dataclasses import dataclass

from yibao.policy.diagnostics import Findings, Mark, suggest
from yibao.policy.documents import Source, read_citations
from yibao.policy.folder import KINDS
from yibao.policy.shape import entries, texts, word
from yibao.policy.source import Node, Scalar
from yibao.policy.types import Kind, parse_value

ROWS, VALUES = "rows", "values"
EARLIER = "earlier"
DELEGATION_KEYS = ("to", "what", "source", "at_most", "if", "note")
_OF_VALUES = ("at_most", "if")
_EARLIER_KINDS = (Kind.DATE, Kind.MONTH, Kind.INT)


@dataclass(frozen=True, slots=True)
class Delegation:
    """What a level opens to the levels below.

    Attributes:
        levels: kinds of region it is opened to.
        at_most: greatest value a lower level may give, None without bound.
        earlier: whether a lower value holds only where it is earlier, or less, than the one above.
        shown: the citation, as it is read.
        mark: where it is written.
    """

    levels: tuple[str, ...]
    at_most: int | None
    earlier: bool
    shown: str
    mark: Mark


def read_delegation(
    *, node: Node | None, what: str, kind: Kind | None, sources: dict[str, Source], findings: Findings
) -> Delegation | None:
    """Return what a `delegated:` opens, None where there is none.

    Args:
        node: what stands under `delegated`.
        what: rows or values, whichever can be opened here.
        kind: of the values; None for rows.
        sources: documents by id.
        findings: gets every fault.
    """
    if node is None:
        return None
    keys = tuple(key for key in DELEGATION_KEYS if what == VALUES or key not in _OF_VALUES)
    words = entries(node=node, keys=keys, findings=findings)
    levels = texts(node=words.get("to"), findings=findings)
    if not levels:
        findings.error("missing_key", words.mark, key="to")
    for item in levels:
        _one_of(item, KINDS, findings)
    opened = words.get("what")
    if isinstance(opened, Scalar):
        _one_of(opened, (what,), findings)
    if words.get("source") is None:
        findings.error("missing_source", words.mark)
    cited = read_citations(node=words.get("source"), sources=sources, findings=findings)
    compared = words.get("if")
    if isinstance(compared, Scalar):
        _one_of(compared, (EARLIER,) if kind in _EARLIER_KINDS else (), findings)
    bound = words.get("at_most")
    return Delegation(
        levels=tuple(item.text for item in levels),
        at_most=_bound(bound, kind, findings) if isinstance(bound, Scalar) and kind is not None else None,
        earlier=word(node=words, key="if") == EARLIER,
        shown="、".join(citation.shown() for citation in cited),
        mark=words.mark,
    )


def _one_of(item: Scalar, choices: tuple[str, ...], findings: Findings) -> None:
    if item.text not in choices:
        hint = suggest(name=item.text, choices=choices)
        findings.error("bad_choice", item.mark, text=item.text, choices=", ".join(choices) or "—", hint=hint)


def _bound(node: Scalar, kind: Kind, findings: Findings) -> int | None:
    found = parse_value(kind=kind, text=node.text)
    if isinstance(found, int):
        return found
    findings.error("bad_bound", node.mark, text=node.text)
    return None


def check_opened(
    *, name: str, kind: str, mark: Mark, opened: Delegation | None, again: Delegation | None, findings: Findings
) -> None:
    """Report a change no level above has opened to this level, or one that opens more than was opened to it.

    Args:
        name: of the row or parameter.
        kind: of the region that changes it.
        mark: where it does.
        opened: what the levels above say.
        again: what this level opens to those below it.
        findings: gets the fault.
    """
    if opened is None:
        findings.error("not_delegated", mark, name=name)
        return
    if kind and kind not in opened.levels:
        findings.error("delegated_too_low", mark, name=name, levels=", ".join(opened.levels), kind=kind)
    if again is None:
        return
    levels = [level for level in again.levels if level not in opened.levels]
    above = opened.at_most is not None and (again.at_most is None or again.at_most > opened.at_most)
    if levels or above or (opened.earlier and not again.earlier):
        findings.error("delegated_wider", again.mark, name=name, shown=opened.shown)
