"""YAML read strictly: every scalar is text, every node keeps its place, nothing surprising is allowed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import yaml
from yaml._yaml import CParser

from yibao.policy import syntax
from yibao.policy.diagnostics import Findings, Mark

QUOTES = ("'", '"')
MAX_DEPTH = 40


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text; `style` is how it was written: plain (empty), a quote mark, or a block mark."""

    text: str
    mark: Mark
    style: str = ""

    @property
    def inner(self) -> Mark:
        """Return the place of the text's first character."""
        return self.mark.shifted(1) if self.style in QUOTES else self.mark


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...]
    mark: Mark


@dataclass(frozen=True, slots=True)
class Mapping:
    """Named nodes in the order in which they are written."""

    entries: dict[str, tuple[Scalar, Node]]
    mark: Mark

    def get(self, key: str) -> Node | None:
        """Return the node of a key, or None."""
        entry = self.entries.get(key)
        return None if entry is None else entry[1]

    def __iter__(self) -> Iterator[tuple[Scalar, Node]]:
        return iter(self.entries.values())


Node = Scalar | Sequence | Mapping


def read(*, text: str, file: str, findings: Findings) -> Node | None:
    """Return the one document of a YAML text, or None where it could not be read.

    Args:
        text: the whole file.
        file: how messages name it.
        findings: gets every fault.

    Example:
        >>> findings = Findings()
        >>> node = read(text="on: no", file="a.yaml", findings=findings)
        >>> node.get("on").text
        'no'
    """
    reader = _Reader(file, findings)
    try:
        return reader.document(CParser(text))
    except yaml.MarkedYAMLError as error:
        (line, column), opened = _place(error.problem_mark or error.context_mark), _place(error.context_mark)
        problem = syntax.Problem(text, line, column, error.problem or "?", error.context or "", opened)
        _tell(syntax.told(problem), file, findings)
    except yaml.YAMLError as error:
        _tell(syntax.told(syntax.Problem(text, 1, 1, str(error), "", (1, 1))), file, findings)
    return None


def _place(mark: Any) -> tuple[int, int]:
    return (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)


def _tell(told: syntax.Told, file: str, findings: Findings) -> None:
    mark = Mark(file, told.line, told.column)
    findings.error("yaml_syntax", mark, problem_zh=told.zh, problem_en=told.en, hint=told.hint)


def plain(node: Node) -> object:
    """Return a node as plain texts, lists and dicts.

    Example:
        >>> plain(read(text="a: [1, x]", file="a.yaml", findings=Findings()))
        {'a': ['1', 'x']}
    """
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node}


class _Reader:
    def __init__(self, file: str, findings: Findings) -> None:
        self.file = file
        self.findings = findings
        self.depth = 0

    def document(self, parser: CParser) -> Node | None:
        parser.get_event()
        if parser.check_event(yaml.StreamEndEvent):
            self.findings.error("empty_file", Mark(self.file, 1, 1))
            return None
        parser.get_event()
        node = self.node(parser, parser.get_event())
        parser.get_event()
        if not parser.check_event(yaml.StreamEndEvent):
            self.findings.error("several_documents", self.mark(parser.peek_event()))
        return node

    def mark(self, event: Any) -> Mark:
        place = event.start_mark
        return Mark(self.file, place.line + 1, place.column + 1)

    def node(self, parser: CParser, event: Any) -> Node:
        mark = self.mark(event)
        # Nearly every node is a text without anything to it.
        if type(event) is yaml.ScalarEvent and event.anchor is None and event.tag is None:
            return Scalar(event.value, mark, event.style or "")
        if isinstance(event, yaml.AliasEvent):
            self.findings.error("anchor", mark)
            return Scalar("", mark)
        if event.anchor is not None:
            self.findings.error("anchor", mark)
        if event.tag is not None:
            self.findings.error("tag", mark, tag=event.tag)
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, mark, event.style or "")
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise yaml.YAMLError("nested too deeply")
        isa_list = isinstance(event, yaml.SequenceStartEvent)
        node = Sequence(tuple(self.items(parser)), mark) if isa_list else self.mapping(parser, mark)
        self.depth -= 1
        return node

    def items(self, parser: CParser) -> Iterator[Node]:
        while not isinstance(event := parser.get_event(), yaml.SequenceEndEvent):
            yield self.node(parser, event)

    def mapping(self, parser: CParser, mark: Mark) -> Mapping:
        entries: dict[str, tuple[Scalar, Node]] = {}
        while not isinstance(event := parser.get_event(), yaml.MappingEndEvent):
            key = self.node(parser, event)
            value = self.node(parser, parser.get_event())
            if not isinstance(key, Scalar):
                self.findings.error("wrong_shape", key.mark, wanted_zh="一个名称", wanted_en="a name")
            elif key.text in entries:
                first = entries[key.text][0].mark.line
                self.findings.error("duplicate_key", key.mark, key=key.text, line=first)
            else:
                entries[key.text] = (key, value)
        return Mapping(entries, mark)
