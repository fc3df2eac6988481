"""Vocabularies: the facts, enums, decisions and settings a domain knows; no region can add a column."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

from yibao.policy.diagnostics import Findings, Mark, suggest
from yibao.policy.shape import entries, needed, word
from yibao.policy.source import Mapping, Node, Scalar, Sequence, plain
from yibao.policy.types import Kind, Type, default_bounds, parse_value

RESERVED = {"p", "at", "known", "and", "or", "not", "in", "if", "else", "True", "False", "None", "unknown"}
_WORDS = {kind.value: kind for kind in Kind if kind not in (Kind.ENUM, Kind.LIST, Kind.UNROUNDED, Kind.UNROUNDED_COUNT)}
HIT_POLICIES = ("first", "unique", "collect")
SUMMED = (Kind.INT, Kind.MONEY, Kind.LIST)


@dataclass(frozen=True, slots=True)
class EnumTerm:
    """A closed set of codes with their labels.

    Attributes:
        name: of the enum.
        labels: code to (Chinese, English).
        spellings: every way a value may be written, to its code.
    """

    name: str
    labels: dict[str, tuple[str, str]]
    spellings: dict[str, str]


@dataclass(frozen=True, slots=True)
class FactTerm:
    """A fact of a case: its type, bounds, words, and where it comes from (record, asked, history, derived ...)."""

    name: str
    type: Type
    label: str
    en: str
    origin: str
    question: str
    hint: str
    bounds: tuple[int, int] | None
    mark: Mark
    question_en: str = ""
    hint_en: str = ""


@dataclass(frozen=True, slots=True)
class DecisionTerm:
    """A decision of the domain: its outputs, amounts in order, hit policy and the fact that dates it.

    One that is `for_reference` is told to whoever asks for it; no service rests a decision on it.
    """

    name: str
    label: str
    en: str
    as_of: str
    hit: str
    outputs: dict[str, Type]
    amounts: dict[str, Type]
    labels: dict[str, tuple[str, str]]
    mark: Mark
    for_reference: bool = False


@dataclass(slots=True)
class Vocabulary:
    """The words of one domain.

    Attributes:
        domain: its name.
        enums: by name.
        facts: by name.
        decisions: by name.
        settings: names of the settings a pack may hold for this domain.
        spellings: every way a fact may be written, to its name; labels that two facts share are left out.
    """

    domain: str
    enums: dict[str, EnumTerm] = field(default_factory=dict)
    facts: dict[str, FactTerm] = field(default_factory=dict)
    decisions: dict[str, DecisionTerm] = field(default_factory=dict)
    settings: tuple[str, ...] = ()
    spellings: dict[str, str] = field(default_factory=dict)


def normal(text: str) -> str:
    """Return a name or expression with full-width letters and signs made plain.

    Example:
        >>> normal("max（a，b）")
        'max(a,b)'
    """
    return unicodedata.normalize("NFKC", text).strip()


def spellings(labels: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return every way to write a name, to the name; a label two names share stands for neither.

    Args:
        labels: pairs of name and label.
    """
    pairs = list(labels)
    names = {name for name, _ in pairs}
    seen: dict[str, str] = {}
    shared: set[str] = set()
    for name, label in pairs:
        key = normal(label)
        if key in seen or key in names:
            shared.add(key)
        seen[key] = name
    return {key: name for key, name in seen.items() if key and key not in shared} | {name: name for name in names}


def read_vocabulary(*, node: Node, findings: Findings) -> Vocabulary:
    """Return the vocabulary written in a `facts.yaml`.

    Args:
        node: the document.
        findings: gets every fault; the vocabulary is then only good for finding further ones.
    """
    top = entries(node=node, keys=("domain", "enums", "facts", "decisions", "settings"), findings=findings)
    vocabulary = Vocabulary(needed(node=top, key="domain", findings=findings))
    for key, value in entries(node=top.get("enums"), keys=None, findings=findings):
        vocabulary.enums[key.text] = _enum(key, value, findings)
    for key, value in entries(node=top.get("facts"), keys=None, findings=findings):
        if check_name(name=key, findings=findings):
            vocabulary.facts[key.text] = _fact(key, value, vocabulary, findings)
    vocabulary.spellings = spellings((fact.name, fact.label) for fact in vocabulary.facts.values())
    for key, value in entries(node=top.get("decisions"), keys=None, findings=findings):
        vocabulary.decisions[key.text] = _decision(key, value, vocabulary, findings)
    settings = entries(node=top.get("settings"), keys=None, findings=findings)
    vocabulary.settings = tuple(key.text for key, _ in settings)
    return vocabulary


def check_name(*, name: Scalar, findings: Findings) -> bool:
    """Return whether a text may name a fact, condition or parameter; report it where it may not."""
    if name.text in RESERVED:
        findings.error("reserved_name", name.mark, name=name.text)
        return False
    if not name.text.isidentifier() or normal(name.text) != name.text:
        findings.error("bad_name", name.mark, name=name.text)
        return False
    return True


def _enum(key: Scalar, node: Node, findings: Findings) -> EnumTerm:
    labels: dict[str, tuple[str, str]] = {}
    for code, value in entries(node=node, keys=None, findings=findings):
        if isinstance(value, Scalar):
            labels[code.text] = (value.text, "")
        else:
            words = entries(node=value, keys=("label", "en", "hint"), findings=findings)
            labels[code.text] = (needed(node=words, key="label", findings=findings), word(node=words, key="en"))
    return EnumTerm(key.text, labels, spellings((code, label) for code, (label, _) in labels.items()))


def read_type(*, node: Node | None, enums: dict[str, EnumTerm], unit: str, findings: Findings, mark: Mark) -> Type:
    """Return the type a text names: a kind, an enum, `list ENUM`, each with `?` where it may be missing."""
    text = node.text.strip() if isinstance(node, Scalar) else ""
    place = node.mark if node is not None else mark
    maybe, word = text.endswith("?"), text.removesuffix("?").strip()
    if word.startswith("list "):
        name = word.removeprefix("list ").strip()
        if name in enums:
            return Type(Kind.LIST, name, maybe)
    elif word in enums:
        return Type(Kind.ENUM, word, maybe)
    elif word in _WORDS:
        return Type(_WORDS[word], "", maybe, unit)
    hint = suggest(name=word.removeprefix("list "), choices=[*_WORDS, *enums])
    findings.error("unknown_type", place, name=text, choices=", ".join([*_WORDS, *enums]), hint=hint)
    return Type(Kind.TEXT, "", maybe)


_FACT_KEYS = (
    "label",
    "en",
    "type",
    "unit",
    "min",
    "max",
    "from",
    "question",
    "question_en",
    "hint",
    "hint_en",
    "evidence",
    "note",
)


def _fact(key: Scalar, node: Node, vocabulary: Vocabulary, findings: Findings) -> FactTerm:
    words = entries(node=node, keys=_FACT_KEYS, findings=findings)
    kind = read_type(
        node=words.get("type"),
        enums=vocabulary.enums,
        unit=word(node=words, key="unit"),
        findings=findings,
        mark=node.mark,
    )
    return FactTerm(
        name=key.text,
        type=kind,
        label=needed(node=words, key="label", findings=findings),
        en=word(node=words, key="en"),
        origin=word(node=words, key="from"),
        question=word(node=words, key="question"),
        hint=word(node=words, key="hint"),
        bounds=read_bounds(words=words, kind=kind.kind, findings=findings),
        mark=key.mark,
        question_en=word(node=words, key="question_en"),
        hint_en=word(node=words, key="hint_en"),
    )


def read_bounds(*, words: Mapping, kind: Kind, findings: Findings) -> tuple[int, int] | None:
    """Return the least and greatest value of a number, from `min` and `max` or the defaults of its kind."""
    defaults = default_bounds(kind)
    if defaults is None:
        return None
    low, high = defaults
    for name in ("min", "max"):
        node = words.get(name)
        if not isinstance(node, Scalar):
            continue
        value = parse_value(kind=kind, text=node.text)
        if not isinstance(value, int):
            findings.error("bad_bound", node.mark, text=node.text)
        elif name == "min":
            low = value
        else:
            high = value
    return low, high


_DECISION_KEYS = ("label", "en", "as_of", "hit", "outputs", "amounts", "labels", "for_reference", "note")


def _decision(key: Scalar, node: Node, vocabulary: Vocabulary, findings: Findings) -> DecisionTerm:
    words = entries(node=node, keys=_DECISION_KEYS, findings=findings)
    as_of = words.get("as_of")
    name = as_of.text if isinstance(as_of, Scalar) else ""
    fact = vocabulary.facts.get(vocabulary.spellings.get(normal(name), ""))
    if fact is None or fact.type != Type(Kind.DATE):
        findings.error(
            "bad_as_of",
            as_of.mark if as_of else node.mark,
            name=name,
            hint=suggest(name=name, choices=vocabulary.facts),
        )
    hit = word(node=words, key="hit") or "first"
    if hit not in HIT_POLICIES:
        choices = ", ".join(HIT_POLICIES)
        findings.error("bad_choice", words.entries["hit"][1].mark, text=hit, choices=choices)
    labels = entries(node=words.get("labels"), keys=None, findings=findings)
    outputs = words.get("outputs")
    found = _types(outputs, vocabulary, findings)
    if hit == "collect":
        for written, _ in entries(node=outputs, keys=None, findings=Findings()):
            type_ = found.get(written.text)
            if type_ is not None and (type_.maybe or type_.kind not in SUMMED):
                findings.error("bad_sum", written.mark)
    return DecisionTerm(
        name=key.text,
        label=needed(node=words, key="label", findings=findings),
        en=word(node=words, key="en"),
        as_of=fact.name if fact else "",
        hit=hit,
        outputs=found,
        amounts=_types(words.get("amounts"), vocabulary, findings),
        labels={name.text: _label_pair(value) for name, value in labels},
        mark=key.mark,
        for_reference=_yes(words, "for_reference", findings),
    )


def _yes(words: Mapping, key: str, findings: Findings) -> bool:
    """Return whether a key says yes; left out it says no."""
    text = word(node=words, key=key)
    found = parse_value(kind=Kind.BOOL, text=text) if text else False
    if found is None:
        findings.error("bad_choice", words.entries[key][1].mark, text=text, choices="yes, no")
    return found is True


def _types(node: Node | None, vocabulary: Vocabulary, findings: Findings) -> dict[str, Type]:
    types = {}
    for key, value in entries(node=node, keys=None, findings=findings):
        if check_name(name=key, findings=findings):
            types[key.text] = read_type(node=value, enums=vocabulary.enums, unit="", findings=findings, mark=key.mark)
    return types


def _label_pair(node: Node) -> tuple[str, str]:
    if isinstance(node, Sequence):
        words = [str(plain(item)) for item in node.items]
        return (words[0], words[1]) if len(words) > 1 else (words[0] if words else "", "")
    if isinstance(node, Mapping):
        return word(node=node, key="label"), word(node=node, key="en")
    return node.text, ""
