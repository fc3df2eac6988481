"""Worked examples of a pack: what is given, what must come out, and the difference where it does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from collections.abc import Mapping as Facts
from dataclasses import dataclass
from pathlib import Path

from yibao.kernel.errors import InputInvalid
from yibao.policy.diagnostics import Findings, Mark, PackErrors
from yibao.policy.shape import entries, listed, needed, word
from yibao.policy.source import Mapping, Node, Scalar, Sequence, plain, read

KINDS = ("good", "bad")
CASE_KEYS = ("name", "en", "source", "why", "given", "expect", "note")
_WORDS: dict[str, object] = {"null": None, "true": True, "false": False}
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")

Decide = Callable[[Facts[str, object]], object]


@dataclass(frozen=True, slots=True)
class Case:
    """One worked example.

    Attributes:
        name: what it shows, in Chinese.
        en: the same in English.
        kind: good (must come out) or bad (must be refused).
        why: the computation by hand, in words.
        given: the case file.
        expect: the part of the decision that must come out.
        mark: where it stands.
    """

    name: str
    en: str
    kind: str
    why: str
    given: dict[str, object]
    expect: dict[str, object]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a worked example came out: nothing in `differences` means as expected."""

    case: Case
    differences: tuple[str, ...]


def read_cases(*, folder: Path) -> list[Case]:
    """Return the worked examples of a pack's folder, in the order of their files.

    Args:
        folder: the pack's folder; its examples are in `cases/good` and `cases/bad`.

    Raises:
        PackErrors: an example is not written as it should be; every fault is told.
    """
    findings = Findings()
    found: list[Case] = []
    for kind in KINDS:
        for path in sorted(folder.glob(f"cases/{kind}/*.yaml")):
            name = path.relative_to(folder.parent).as_posix()
            node = read(text=path.read_text(encoding="utf-8"), file=name, findings=findings)
            if node is not None:
                top = entries(node=node, keys=("cases", "note"), findings=findings)
                found.extend(_case(item, kind, findings) for item in listed(node=top.get("cases"), findings=findings))
    if findings.failed:
        raise PackErrors(findings.sorted())
    return found


def _case(node: Node, kind: str, findings: Findings) -> Case:
    words = entries(node=node, keys=CASE_KEYS, findings=findings)
    given, expect = json_of(words.get("given")), json_of(words.get("expect"))
    for key, value in (("given", given), ("expect", expect)):
        if not isinstance(value, dict) or not value:
            findings.error("missing_key", words.mark, key=key)
    return Case(
        name=needed(node=words, key="name", findings=findings),
        en=word(node=words, key="en"),
        kind=kind,
        why=word(node=words, key="why"),
        given=given if isinstance(given, dict) else {},
        expect=expect if isinstance(expect, dict) else {},
        mark=words.mark,
    )


def json_of(node: Node | None) -> object:
    """Return a node as JSON would hold it: plain null, true, false and whole numbers are those, all else is text.

    Example:
        >>> json_of(read(text="{a: 1, b: '1', c: null, d: 2022-01, e: 5.00}", file="", findings=Findings()))
        {'a': 1, 'b': '1', 'c': None, 'd': '2022-01', 'e': '5.00'}
    """
    if isinstance(node, Mapping):
        return {key.text: json_of(value) for key, value in node}
    if isinstance(node, Sequence):
        return [json_of(item) for item in node.items]
    if isinstance(node, Scalar) and not node.style:
        if node.text in _WORDS:
            return _WORDS[node.text]
        if _WHOLE.fullmatch(node.text):
            return int(node.text)
    return None if node is None else plain(node)


def run_cases(*, cases: list[Case], decide: Decide) -> Iterator[Outcome]:
    """Yield how each worked example comes out.

    Args:
        cases: the examples.
        decide: takes a case file, returns the decision as JSON would hold it; wrong input comes out as
            `{"invalid": [{"where", "zh", "en"}]}`.
    """
    for case in cases:
        try:
            got = decide(case.given)
        except InputInvalid as error:
            got = {"invalid": [{"where": item.where, "zh": item.zh, "en": item.en} for item in error.problems]}
        yield Outcome(case, tuple(differences(expected=case.expect, got=got)))


def differences(*, expected: object, got: object, path: str = "") -> Iterator[str]:
    """Yield where a decision is not as expected; members nobody expects are left alone, lists must match whole.

    A list may also be expected as a mapping of positions: `{0: {...}}` looks at the first item only.

    Example:
        >>> list(differences(expected={"amount": "1.00"}, got={"amount": "2.00", "lines": []}))
        ['amount: 应为 should be 1.00，得到 got 2.00']
    """
    if isinstance(expected, dict) and isinstance(got, dict | list):
        yield from _members(expected, got, path)
    elif isinstance(expected, list) and isinstance(got, list | tuple):
        if len(expected) != len(got):
            yield f"{path}: 应有 should have {len(expected)} 项 items，得到 got {len(got)}: {got}"
        for position, (one, other) in enumerate(zip(expected, got, strict=False)):
            yield from differences(expected=one, got=other, path=f"{path}[{position}]")
    elif type(expected) is not type(got) or expected != got:
        yield f"{path}: 应为 should be {expected}，得到 got {got}"


def _members(expected: dict[str, object], got: dict[str, object] | list[object], path: str) -> Iterator[str]:
    for name, value in expected.items():
        place = f"{path}.{name}" if path else name
        if isinstance(got, dict) and name in got:
            yield from differences(expected=value, got=got[name], path=place)
        elif isinstance(got, list) and name.isdigit() and int(name) < len(got):
            yield from differences(expected=value, got=got[int(name)], path=f"{path}[{name}]")
        else:
            yield f"{place}: 应为 should be {value}，没有 not there"
