"""Turn what the models refuse into sentences: where in the file, what is wrong, what to write instead."""

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from pydantic_core import ErrorDetails

from yibao.kernel.errors import InputProblem

_KINDS = {
    "string_type": ("文本", "a text"),
    "int_type": ("整数", "a whole number"),
    "bool_type": ("true 或 false", "true or false"),
    "list_type": ("列表", "a list"),
    "dict_type": ("对象", "an object"),
    "model_type": ("对象", "an object"),
    "model_attributes_type": ("对象", "an object"),
}


def where(*, location: Sequence[int | str], raw: Any) -> str:
    """Return the path of a faulty value as its author sees the file.

    Args:
        location: The path as the models report it, with steps that do not stand in the file.
        raw: The case file as it was given.

    Returns:
        A path such as `payments[0].amount`; `(file)` for the file itself.

    Examples:
        >>> where(location=("payments", 0, "amount"), raw={"payments": [{"amount": 1}]})
        'payments[0].amount'
    """
    path, node = "", raw
    for position, step in enumerate(location):
        if isinstance(step, int) and isinstance(node, list):
            path, node = f"{path}[{step}]", node[step] if step < len(node) else None
        elif isinstance(node, Mapping) and (step in node or position == len(location) - 1):
            path, node = f"{path}.{step}" if path else str(step), node.get(step)
        elif not isinstance(node, Mapping | list):
            break
    return path or "(file)"


_LIMITS = {
    "string_pattern_mismatch": (
        "“{value}”不是地区代码，应是六位数字，例如 500000。",
        "{value!r} is no region code: write six digits, for example 500000.",
    ),
    "too_short": ("至少要有 {min_length} 项。", "There must be at least {min_length}."),
    "string_too_short": ("至少要有 {min_length} 个字。", "Write at least {min_length} characters."),
    "string_too_long": ("最多 {max_length} 个字。", "Write at most {max_length} characters."),
}


def problem(*, error: ErrorDetails, raw: Any, known: Mapping[str, Sequence[str]]) -> InputProblem:
    """Return one fault of the models as a problem a person can act on.

    Args:
        error: One entry of `ValidationError.errors()`.
        raw: The case file as it was given.
        known: Names of members by the part they belong to, for suggestions.

    Returns:
        Path and sentence in both languages.

    Source:
        The contract of the case file, docs/reference/decision.md.

    Examples:
        >>> error = {"type": "missing", "loc": ("on",), "input": {}, "msg": ""}
        >>> problem(error=error, raw={}, known={}).where
        'on'
    """
    path = where(location=error["loc"], raw=raw)
    zh, en = _sentence(error=error, known=known)
    return InputProblem(path, zh, en)


def _sentence(*, error: ErrorDetails, known: Mapping[str, Sequence[str]]) -> tuple[str, str]:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "case_file":
        return str(context["zh"]), str(context["en"])
    if kind == "missing":
        return "缺少这一项，请补上。", "This member is missing; add it."
    if kind == "extra_forbidden":
        return _unknown_member(name=str(error["loc"][-1]), known=_neighbours(error=error, known=known))
    if kind == "literal_error":
        return _unknown_code(value=error["input"], expected=_listed(context.get("expected", "")))
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        value = error["input"].get("kind") if isinstance(error["input"], Mapping) else None
        return _unknown_code(value=value, expected=_listed(context.get("expected_tags", "")) or known["event kinds"])
    if kind in _KINDS:
        zh, en = _KINDS[kind]
        return f"这里应是{zh}，收到的是 {error['input']!r}。", f"This must be {en}; got {error['input']!r}."
    value = error["input"]
    if kind in _LIMITS:
        zh, en = _LIMITS[kind]
        return zh.format(value=value, **context), en.format(value=value, **context)
    return f"值 {value!r} 不合要求：{error['msg']}。", f"The value {value!r} is refused: {error['msg']}."


def _neighbours(*, error: ErrorDetails, known: Mapping[str, Sequence[str]]) -> Sequence[str]:
    for step in reversed(error["loc"][:-1]):
        if isinstance(step, str) and step in known:
            return known[step]
    return known[""]


def _listed(expected: object) -> list[str]:
    return [word for word in str(expected).replace("'", " ").replace(",", " ").split() if word != "or"]


def _unknown_member(*, name: str, known: Sequence[str]) -> tuple[str, str]:
    close = get_close_matches(name, known, n=1)
    if close:
        return f"没有“{name}”这一项，是否想写“{close[0]}”？", f"There is no member {name!r}; did you mean {close[0]!r}?"
    return (
        f"没有“{name}”这一项，请删去；可用的有：{'、'.join(known)}。",
        f"There is no member {name!r}; remove it. Known: {', '.join(known)}.",
    )


def _unknown_code(*, value: object, expected: Sequence[str]) -> tuple[str, str]:
    close = get_close_matches(str(value), expected, n=1)
    if close:
        return f"没有代码“{value}”，是否想写“{close[0]}”？", f"There is no code {value!r}; did you mean {close[0]!r}?"
    return (
        f"没有代码“{value}”；可用的有：{'、'.join(expected)}。",
        f"There is no code {value!r}. Known: {', '.join(expected)}.",
    )
