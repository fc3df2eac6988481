"""What is wrong with a pack: every fault with file, line, column and what to write instead."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import Enum

from yibao.policy.messages import MESSAGES


class Severity(Enum):
    """Whether a finding keeps a pack from loading."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a text.

    Attributes:
        file: path as the message shows it, relative to the folder of packs.
        line: from 1.
        column: from 1, in characters.
    """

    file: str
    line: int
    column: int

    def shifted(self, offset: int) -> Mark:
        """Return the place `offset` characters further on the same line."""
        return Mark(self.file, self.line, self.column + offset)

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding about a pack.

    Attributes:
        code: stable name, a key of `yibao.policy.messages.MESSAGES`.
        severity: only an error keeps the pack from loading.
        message_zh: what is wrong, in Chinese.
        message_en: what is wrong, in English.
        file: path relative to the folder of packs.
        line: from 1.
        column: from 1, in characters.
        hint: what could be meant, ready to be copied; empty where there is no guess.
    """

    code: str
    severity: Severity
    message_zh: str
    message_en: str
    file: str
    line: int
    column: int
    hint: str = ""

    def __str__(self) -> str:
        hint = f" [{self.hint}]" if self.hint else ""
        return (
            f"{self.file}:{self.line}:{self.column} {self.severity.value} {self.code}: "
            f"{self.message_zh} / {self.message_en}{hint}"
        )


class PackErrors(Exception):
    """No pack is loaded, because at least one has a fault; all faults of all packs are here.

    Example:
        >>> findings = Findings()
        >>> findings.error("unknown_name", Mark("a/refund.yaml", 3, 9), name="retird", hint="retired")
        >>> print(PackErrors(findings.sorted()))
        a/refund.yaml:3:9 error unknown_name: 没有“retird”这个名称 / there is no name 'retird' [retired]
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = list(diagnostics)
        super().__init__("\n".join(str(diagnostic) for diagnostic in self.diagnostics))


class UnknownRegion(LookupError):
    """No pack holds the rules of this place; `known` lists the places there are.

    Example:
        >>> UnknownRegion("999999", ["500000"]).zh
        '没有地区“999999”的规则；现有：500000'
    """

    def __init__(self, code: str, known: Iterable[str]) -> None:
        self.code = code
        self.known = tuple(sorted(known))
        self.zh = f"没有地区“{code}”的规则；现有：{'、'.join(self.known)}"
        self.en = f"there are no rules for region {code!r}; there are: {', '.join(self.known)}"
        super().__init__(f"{self.zh} / {self.en}")


class UnknownValue(LookupError):
    """A parameter has no known value on the day asked; what turns on it is for a person to decide.

    Example:
        >>> UnknownValue("annual_base", date(2019, 1, 1)).zh
        '“annual_base”在2019-01-01没有已知的数值'
    """

    def __init__(self, name: str, on: date | None, key: str | None = None) -> None:
        self.name = name
        self.on = on
        self.key = key
        what = name if key is None else f"{name}[{key}]"
        self.zh = f"“{what}”在{on}没有已知的数值"
        self.en = f"{what} has no known value on {on}"
        super().__init__(f"{self.zh} / {self.en}")


class UnknownName(LookupError):
    """No parameter, table or row has this name; `hint` is what could be meant, empty where there is no guess.

    Example:
        >>> UnknownName("situation.R33", "situation.R3").zh
        '没有“situation.R33”；您要找的是“situation.R3”吗？'
    """

    def __init__(self, name: str, hint: str) -> None:
        self.name = name
        self.hint = hint
        self.zh = f"没有“{name}”" + (f"；您要找的是“{hint}”吗？" if hint else "")
        self.en = f"there is no {name!r}" + (f"; did you mean {hint!r}?" if hint else "")
        super().__init__(f"{self.zh} / {self.en}")


class NoRuleInForce(LookupError):
    """A decision has no rules at all on the day asked: it is for a person to decide."""

    def __init__(self, decision: str, on: date) -> None:
        self.decision = decision
        self.on = on
        self.zh = f"“{decision}”在{on}没有有效的规则"
        self.en = f"no rule of {decision} is in force on {on}"
        super().__init__(f"{self.zh} / {self.en}")


@dataclass(slots=True)
class Findings:
    """Collects findings while a set of packs is read; nothing stops at the first."""

    items: list[Diagnostic] = field(default_factory=list)

    def error(self, code: str, mark: Mark, *, hint: str = "", **values: object) -> None:
        """Record an error; `values` fill the message of `code`."""
        self._add(code, Severity.ERROR, mark, hint, values)

    def warning(self, code: str, mark: Mark, *, hint: str = "", **values: object) -> None:
        """Record a warning; the pack still loads."""
        self._add(code, Severity.WARNING, mark, hint, values)

    def _add(self, code: str, severity: Severity, mark: Mark, hint: str, values: dict[str, object]) -> None:
        if not code:
            return
        zh, en = MESSAGES[code]
        finding = Diagnostic(
            code, severity, zh.format(**values), en.format(**values), mark.file, mark.line, mark.column, hint
        )
        if finding not in self.items:
            self.items.append(finding)

    @property
    def failed(self) -> bool:
        """Return whether any finding is an error."""
        return any(item.severity is Severity.ERROR for item in self.items)

    def sorted(self) -> list[Diagnostic]:
        """Return the findings in the order of their places."""
        return sorted(self.items, key=lambda item: (item.file, item.line, item.column, item.code))


def suggest(*, name: str, choices: Iterable[str]) -> str:
    """Return the choice that `name` most likely misspells, or nothing.

    Example:
        >>> suggest(name="retird", choices=["retired", "reason"])
        'retired'
    """
    close = difflib.get_close_matches(name, list(choices), n=1, cutoff=0.5)
    return close[0] if close else ""
