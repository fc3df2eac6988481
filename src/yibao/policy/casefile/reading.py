"""A case file as text: one JSON object, every member written once."""

import json
from collections.abc import Mapping
from typing import Any

from yibao.kernel.errors import InputInvalid, InputProblem


class NotJson(InputInvalid):
    """The text is no JSON at all; the problem names the place."""


def read_json(text: str | bytes) -> Mapping[str, Any]:
    """Return the object that the text of a case file holds.

    Args:
        text: JSON text; bytes are taken as UTF-8.

    Raises:
        NotJson: the text is no JSON; tell its sender the place.
        InputInvalid: it is JSON, but no object, or a member is written twice; tell its sender.

    Example:
        >>> read_json('{"service": "refund"}')
        {'service': 'refund'}
    """
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except UnicodeDecodeError:
        raise _not_json("不是 UTF-8 编码，请改用 UTF-8。", "the text is not UTF-8: send it as UTF-8") from None
    except RecursionError:
        raise _not_json("嵌套层数过多，这不是案件文件。", "nested too deeply: this is no case file") from None
    except json.JSONDecodeError as error:
        place = f"{error.lineno}:{error.colno}"
        raise _not_json(
            f"不是 JSON，第 {place} 处有误：{error.msg}。", f"this is not JSON, see {place}: {error.msg}"
        ) from None
    if not isinstance(found, Mapping):
        raise InputInvalid([_problem("案件文件应是一个 JSON 对象。", "a case file is one JSON object")])
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InputInvalid([_problem(f"“{twice}”写了两次，请只留一次。", f"{twice!r} is written twice: keep one")])
    return found


def _problem(zh: str, en: str) -> InputProblem:
    return InputProblem("(file)", zh, en)


def _not_json(zh: str, en: str) -> NotJson:
    return NotJson([_problem(zh, en)])
