"""Refusals and wrong input: what a person is told, in Chinese and English, when the answer is no."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


class Bilingual(ValueError):
    """A fault that is told in Chinese and in English.

    Args:
        zh: the sentence in Chinese, with what to do next.
        en: the same sentence in English.

    Example:
        >>> Bilingual("金额不对", "the amount is wrong").zh
        '金额不对'
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en


@dataclass(frozen=True, slots=True)
class Refusal:
    """A named no, with its reason and the next step of the person who gets it.

    Attributes:
        code: stable name, documented and never reused.
        zh: why, in Chinese.
        en: why, in English.
        next_zh: what to do next, in Chinese.
        next_en: what to do next, in English.
        status: HTTP status code a page or an interface answers with, 400 to 499.
        details: further values a program may want, in a documented order per code.

    Example:
        >>> Refusal("evidence_changed", "材料已变动", "the evidence changed", "请重新审核。", "Review again.").status
        409
    """

    code: str
    zh: str
    en: str
    next_zh: str
    next_en: str
    status: int = 409
    details: tuple[object, ...] = ()


class Refused(Exception):
    """Carries a `Refusal` to the edge, where it becomes a page or an answer; nothing has been changed.

    Example:
        >>> error = Refused(Refusal("late", "已过期限", "too late", "请到窗口咨询。", "Ask at a window."))
        >>> error.refusal.code
        'late'
    """

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(f"{refusal.code}: {refusal.zh}")
        self.refusal = refusal


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One thing wrong with what was sent.

    Attributes:
        where: path of the value in the input, such as `payments[0].amount`.
        zh: what is wrong and what to write instead, in Chinese.
        en: the same in English.
    """

    where: str
    zh: str
    en: str


class InputInvalid(ValueError):
    """Everything wrong with one input, told at once.

    Example:
        >>> error = InputInvalid([InputProblem("on", "日期不存在", "no such day")])
        >>> [problem.where for problem in error.problems]
        ['on']
    """

    def __init__(self, problems: Iterable[InputProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(f"{p.where}: {p.zh} / {p.en}" for p in self.problems))
