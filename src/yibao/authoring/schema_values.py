"""What the values of a vocabulary look like to an editor: each type of the rule language as a JSON Schema."""

from __future__ import annotations

from typing import Any

from yibao.policy.cells import KNOWN_WORDS, MISSING_WORDS
from yibao.policy.terms import Vocabulary
from yibao.policy.types import FALSE_WORDS, TRUE_WORDS, Kind, Type

Schema = dict[str, Any]

# A text an editor may have taken for a number, or for true and false.
WRITTEN: Schema = {"type": ["string", "number", "boolean"]}
DAY: Schema = {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
YES_NO: Schema = {"enum": [*TRUE_WORDS, *FALSE_WORDS, True, False]}
# Nearly every condition of a pack is true or false; the others are compared.
CONDITION: Schema = {
    "anyOf": [
        YES_NO,
        {"type": "number"},
        {"enum": [*KNOWN_WORDS, *MISSING_WORDS]},
        {"pattern": "^(非|不是|not |[<>=!≥≤≠])"},
    ]
}
_TURNED = "^(非|不是|not |[=!≠])"
_COMPUTED = r"[.( ]"
_UNKNOWN = "unknown"


def choices(*, pairs: dict[str, tuple[str, str]], about: str = "") -> Schema:
    """Return a closed list of codes, each with its words.

    Args:
        pairs: code to its words in Chinese and English.
        about: of the whole, in Chinese.

    Example:
        >>> choices(pairs={"refund": ("退费", "refund")})
        {'type': 'string', 'enum': ['refund'], 'enumDescriptions': ['退费 refund']}
    """
    words = [f"{zh} {en}".strip() for zh, en in pairs.values()]
    found: Schema = {"type": "string", "enum": list(pairs), "enumDescriptions": words}
    return {**found, "description": about} if about else found


def codes(*, vocabulary: Vocabulary, enum: str) -> list[Schema]:
    """Return how one value of an enum is written: its code, or its label."""
    term = vocabulary.enums[enum]
    labels = [spelling for spelling in term.spellings if spelling not in term.labels]
    found = [choices(pairs=term.labels)]
    return [*found, {"enum": labels}] if labels else found


def cell(*, type_: Type, vocabulary: Vocabulary) -> Schema:
    """Return what may stand in a cell of `when` on a fact of this type."""
    if type_.maybe:
        return {"enum": [*KNOWN_WORDS, *MISSING_WORDS]}
    if type_.kind is Kind.BOOL:
        return YES_NO
    if type_.kind in (Kind.ENUM, Kind.LIST):
        one = codes(vocabulary=vocabulary, enum=type_.name)
        several = {"type": "array", "minItems": 1, "items": {"anyOf": one}}
        return {"anyOf": [*one, several, {"type": "string", "pattern": f"{_TURNED}|{_COMPUTED}"}]}
    return WRITTEN


def output(*, type_: Type, vocabulary: Vocabulary) -> Schema:
    """Return what may stand in `then` for an output of this type."""
    if type_.kind not in (Kind.ENUM, Kind.LIST):
        return WRITTEN
    one = codes(vocabulary=vocabulary, enum=type_.name)
    if type_.kind is Kind.LIST:
        return {"anyOf": [*one, {"type": "array", "items": {"anyOf": one}}]}
    found = [*one, {"type": "string", "pattern": _COMPUTED}]
    return {"anyOf": [*found, {"enum": [_UNKNOWN]}] if type_.maybe else found}


def described(*, schema: Schema, zh: str, en: str = "") -> Schema:
    """Return a schema with what an editor shows of it."""
    return {**schema, "description": " ".join(part for part in (zh, en) if part)}


def form(type_: Type) -> str:
    """Return how a value of a type is written, in Chinese."""
    zh = type_.form[0] if type_.kind not in (Kind.ENUM, Kind.LIST) else type_.zh
    return f"{zh}，可能没有（写 有 或 无）" if type_.maybe else zh
