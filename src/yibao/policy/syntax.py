"""What is wrong with a text that is no YAML, said so that somebody who never heard of YAML can put it right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_KEY = r"\s*(?:- )?(?:[{]?\s*)[\w一-鿿-]+"
_FULL_COLON = re.compile(rf"({_KEY})：")
_NO_BLANK = re.compile(rf"({_KEY}):(?=[^\s/:])")
_INNER_COLON = re.compile(rf"({_KEY}:\s+)([^\s'\"\[{{#].*?:\s.*?)\s*$")
_STARTS = re.compile(r"[:\[{,]\s*([>@%*&`!|])")
_FULL_SIGN = re.compile("[，：；“”‘’｛｝［］]")
_PLAIN = str.maketrans("，：；“”‘’｛｝［］", ",:;\"\"''{}[]")
_QUOTE = "while scanning a quoted scalar"
_FLOW = ("while parsing a flow mapping", "while parsing a flow sequence")
_NEAR = 2


@dataclass(frozen=True, slots=True)
class Told:
    """A fault of the syntax.

    Attributes:
        line: from 1.
        column: from 1.
        zh: what is wrong and what to do, in Chinese.
        en: the same in English.
        hint: the line as it should be, where that can be told.
    """

    line: int
    column: int
    zh: str
    en: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Problem:
    """What the reader of YAML says.

    Attributes:
        text: the whole file.
        line: where it stopped, from 1.
        column: from 1.
        said: its sentence.
        context: what it was reading.
        opened: line and column where that began, from 1; (0, 0) where it does not say.
    """

    text: str
    line: int
    column: int
    said: str
    context: str
    opened: tuple[int, int]

    def near(self) -> Iterator[tuple[int, str]]:
        """Yield the line where it stopped and those before it, with their numbers."""
        lines = self.text.splitlines()
        for number in range(min(self.line, len(lines)), max(self.line - _NEAR - 1, 0), -1):
            yield number, lines[number - 1]


def told(problem: Problem) -> Told:
    """Return what a person is told of a fault, at the place where they have to do something.

    Args:
        problem: what the reader of YAML says.

    Example:
        >>> print(told(Problem("a:\\n\\tb: 1", 2, 1, "found a tab", "", (0, 0))).zh)
        用了制表符（Tab）缩进，请改成空格
    """
    looks: tuple[Callable[[Problem], Told | None], ...] = (
        _tab,
        _colon,
        _opening,
        _quote,
        _sign,
        _bracket,
        _inner_colon,
    )
    for look in looks:
        found = look(problem)
        if found is not None:
            return found
    if "expected" in problem.said or "not allowed" in problem.said or "could not find" in problem.said:
        zh = "这一行的缩进或写法与上下行不一致：同一层的各行左边要对齐，每行写“名称: 内容”"
        en = "this line does not fit those around it: lines of a level begin at one column, each is 'name: content'"
        return Told(problem.line, problem.column, zh, en)
    return Told(problem.line, problem.column, f"读到这里读不下去（{problem.said}）", problem.said)


def _tab(problem: Problem) -> Told | None:
    for number, line in problem.near():
        lead = line[: len(line) - len(line.lstrip())]
        if "\t" in lead:
            en = "a tab is used to indent: use blanks"
            return Told(
                number, lead.index("\t") + 1, "用了制表符（Tab）缩进，请改成空格", en, line.replace("\t", "  ").strip()
            )
    return None


def _colon(problem: Problem) -> Told | None:
    for number, line in problem.near():
        for pattern, zh, en in (
            (_FULL_COLON, "用了中文冒号“：”，请改成半角冒号加一个空格", "a full-width colon is used: write ': '"),
            (_NO_BLANK, "冒号后面要有一个空格", "a blank must follow the colon"),
        ):
            found = pattern.match(line)
            if found:
                hint = f"{found[1].strip()}: {line[found.end() :].strip()}"
                return Told(number, found.end(1) + 1, zh, en, hint)
    return None


def _opening(problem: Problem) -> Told | None:
    number, line = next(problem.near(), (0, ""))
    found = _STARTS.search(line)
    if found is None or not ("cannot start" in problem.said or "expected" in problem.said):
        return None
    sign = found[1]
    rest = re.split(r"[,}\]#]", line[found.start(1) :])[0].strip()
    zh, en = f"以“{sign}”开头的内容要加引号", f"what begins with {sign!r} must stand in quotes"
    return Told(number, found.start(1) + 1, zh, en, f'"{rest}"')


def _quote(problem: Problem) -> Told | None:
    if problem.context != _QUOTE:
        return None
    line, column = problem.opened
    return Told(
        line, column, "从这里开始的引号没有配对，请补上后一个引号", "the quote that begins here is never closed"
    )


def _sign(problem: Problem) -> Told | None:
    number, line = next(problem.near(), (0, ""))
    found = _FULL_SIGN.search(line)
    if found is None or problem.context not in _FLOW:
        return None
    sign = found[0]
    plain = sign.translate(_PLAIN)
    zh, en = f"用了中文标点“{sign}”，请改成半角的 {plain}", f"the full-width sign {sign} is used: write {plain}"
    return Told(number, found.start() + 1, zh, en, line.translate(_PLAIN).strip())


def _bracket(problem: Problem) -> Told | None:
    if problem.context not in _FLOW:
        return None
    line, column = problem.opened
    zh = "从这里开始的括号没有配对，或者里面少了逗号；请核对 { } [ ] 和逗号"
    en = "the bracket that begins here is never closed, or a comma is missing inside: look at { } [ ] and the commas"
    return Told(line, column, zh, en)


def _inner_colon(problem: Problem) -> Told | None:
    for number, line in problem.near():
        found = _INNER_COLON.match(line)
        if found and "not allowed" in problem.said:
            zh, en = "内容里有冒号加空格，整段要加引号", "the text holds a colon and a blank: put it in quotes"
            return Told(number, found.start(2) + 1, zh, en, f'"{found[2]}"')
    return None
