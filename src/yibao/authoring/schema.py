"""The files of a pack as JSON Schema, for editors that complete and mark while somebody writes.

Everything is drawn from what the reader itself goes by: its tables of keys, the vocabularies, the model of a case file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from yibao.authoring.schema_values import (
    CONDITION,
    DAY,
    WRITTEN,
    YES_NO,
    Schema,
    cell,
    choices,
    described,
    form,
    output,
)
from yibao.authoring.schema_words import ABOUT, GRADE, KIND, NEEDED, QUALITY
from yibao.policy.cases import CASE_KEYS
from yibao.policy.conflicts import CONFLICT_KEYS, SIDE_KEYS, SIDES
from yibao.policy.delegation import DELEGATION_KEYS, EARLIER, ROWS, VALUES
from yibao.policy.diagnostics import Findings
from yibao.policy.documents import SOURCE_KEYS
from yibao.policy.folder import DOMAIN_KEYS, PACK_KEYS
from yibao.policy.level import CONDITION_KEYS, END_KEYS, TABLE_KEYS
from yibao.policy.parameters import ORDERS, PARAMETER_KEYS, VALUE_KEYS
from yibao.policy.rows import ROW_KEYS
from yibao.policy.source import Mapping as Read
from yibao.policy.source import read
from yibao.policy.terms import DecisionTerm, Vocabulary, read_vocabulary
from yibao.policy.types import UNROUNDED, Kind

DRAFT = "http://json-schema.org/draft-07/schema#"
CASES = "cases"
SUFFIX = ".schema.json"
_TEXT: Schema = {"type": "string"}
_CODE: Schema = {"type": "string", "pattern": "^[0-9]{6}$"}
_TEXTS: Schema = {"anyOf": [_TEXT, {"type": "array", "items": _TEXT}]}
_SCHEME = "scheme"
TABLES = {
    "pack": PACK_KEYS, "source": SOURCE_KEYS, "domain": DOMAIN_KEYS, "condition": CONDITION_KEYS, "table": TABLE_KEYS,
    "row": ROW_KEYS, "end": END_KEYS, "delegated": DELEGATION_KEYS, "parameter": PARAMETER_KEYS, "value": VALUE_KEYS,
    "case": CASE_KEYS, "conflict": CONFLICT_KEYS, "side": SIDE_KEYS,
}  # fmt: skip


def schemas(*, vocabularies: Mapping[str, Path], case: Schema, root: Path | None = None) -> dict[str, Schema]:
    """Return the schema of every kind of pack file by the stem of its name.

    Args:
        vocabularies: domain to its `facts.yaml`.
        case: the schema of a case file.
        root: the folder of packs, whose conditions are then known by name; None for the vocabularies alone.

    Returns:
        `pack`, `sources`, `cases` and each domain; schemas of draft-07, the one editors know.

    Example:
        >>> sorted(schemas(vocabularies={}, case={}))
        ['cases', 'pack', 'sources']
    """
    words = {domain: _vocabulary(domain, path) for domain, path in vocabularies.items()}
    found = {"pack": _pack(words), "sources": _sources(), CASES: _cases(case)}
    for domain, vocabulary in words.items():
        found[domain] = _domain(vocabulary, _conditions(domain, root))
    return {name: {"$schema": DRAFT, "title": f"Yibao {name}", **schema} for name, schema in found.items()}


def _vocabulary(domain: str, path: Path) -> Vocabulary:
    findings = Findings()
    node = read(text=path.read_text(encoding="utf-8"), file=f"vocabulary/{domain}.yaml", findings=findings)
    return Vocabulary(domain) if node is None else read_vocabulary(node=node, findings=findings)


def _conditions(domain: str, root: Path | None) -> dict[str, str]:
    """Return the conditions the packs give a name to, with their labels; files with faults tell what they can."""
    found: dict[str, str] = {}
    for path in sorted(root.glob("[0-9]*/*.yaml")) if root is not None else ():
        node = read(text=path.read_text(encoding="utf-8"), file=path.name, findings=Findings())
        facts = node.get("facts") if isinstance(node, Read) else None
        if isinstance(node, Read) and isinstance(facts, Read) and getattr(node.get("domain"), "text", "") == domain:
            for key, words in facts:
                label = words.get("label") if isinstance(words, Read) else None
                found.setdefault(key.text, getattr(label, "text", ""))
    return found


def _entry(table: str, values: Mapping[str, Schema], needed: Iterable[str] | None = None) -> Schema:
    """Return the schema of a mapping with the keys of one of the reader's tables, each explained."""
    properties = {key: described(schema=values.get(key, _TEXT), zh=ABOUT[table].get(key, key)) for key in TABLES[table]}
    required = list(NEEDED[table] if needed is None else needed)
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _pack(words: Mapping[str, Vocabulary]) -> Schema:
    schemes = {code: label for each in words.values() if _SCHEME in each.enums for code, label in _labels(each)}
    values: dict[str, Schema] = {
        "code": _CODE,
        "parent": _CODE,
        "kind": choices(pairs=KIND),
        "quality": choices(pairs=QUALITY),
        "checked_on": DAY,
        "schemes": {"type": "array", "items": choices(pairs=schemes) if schemes else _TEXT},
        "maintainers": _TEXTS,
    }
    return _entry("pack", values)


def _labels(vocabulary: Vocabulary) -> Iterable[tuple[str, tuple[str, str]]]:
    return vocabulary.enums[_SCHEME].labels.items()


def _sources() -> Schema:
    days = {"issued_on": DAY, "in_force_from": DAY, "attested_from": DAY, "until": DAY, "checked_on": DAY}
    open_values: dict[str, Schema] = {key: {} for key in ("copies", "text", "articles")}
    document = _entry("source", {**days, **open_values, "grade": choices(pairs=GRADE)})
    document["anyOf"] = [{"required": ["in_force_from"]}, {"required": ["attested_from"]}]
    reference = {"$ref": "#/definitions/source"}
    several = {"type": ["object", "null"], "additionalProperties": reference}
    return {
        "definitions": {"source": document},
        "type": "object",
        "properties": {"sources": described(schema=several, zh=ABOUT["sources"]["sources"])},
        "additionalProperties": reference,
    }


def _cases(case_file: Schema) -> Schema:
    form: Any = _moved(case_file)
    inner = form.pop("$defs", {})
    form.pop("$schema", None)
    refused = {"required": ["expect"], "properties": {"expect": {"required": ["invalid"]}}}
    given = {"properties": {"given": {"$ref": "#/definitions/given"}}}
    any_object = {"type": "object", "minProperties": 1}
    case = _entry("case", {"given": any_object, "expect": any_object, "source": _TEXTS})
    case |= {"if": refused, "then": {}, "else": given}
    several = {"type": ["array", "null"], "items": {"$ref": "#/definitions/case"}}
    properties = {key: described(schema=_TEXT, zh=zh) for key, zh in ABOUT["cases"].items()}
    return {
        "definitions": {"case": case, "given": form, **inner},
        "type": "object",
        "properties": {**properties, "cases": described(schema=several, zh=ABOUT["cases"]["cases"])},
        "required": ["cases"],
        "additionalProperties": False,
    }


def _moved(node: Any) -> Any:
    """Return a schema with the references of the newer draft as the older one writes them."""
    if isinstance(node, dict):
        return {
            key: value.replace("#/$defs/", "#/definitions/") if key == "$ref" else _moved(value)
            for key, value in node.items()
            if key != "discriminator"
        }
    return [_moved(item) for item in node] if isinstance(node, list) else node


def _domain(vocabulary: Vocabulary, conditions: Mapping[str, str]) -> Schema:
    tables = {name: _table(term, vocabulary) for name, term in vocabulary.decisions.items()}
    condition = _entry("condition", {"is": WRITTEN, "source": _TEXTS})
    kinds = [kind.value for kind in Kind if kind not in (Kind.ENUM, Kind.LIST, *UNROUNDED)]
    values: dict[str, Schema] = {
        "domain": {"enum": [vocabulary.domain]},
        "facts": {"type": ["object", "null"], "additionalProperties": condition},
        "tables": {"type": ["object", "null"], "properties": tables, "additionalProperties": False},
        "parameters": {"type": ["object", "null"], "additionalProperties": {"$ref": "#/definitions/parameter"}},
        "settings": {
            "type": ["object", "null"],
            "properties": {key: {"type": ["object", "null"]} for key in vocabulary.settings},
            "additionalProperties": False,
        },
    }
    definitions = {
        "when": _when(vocabulary, conditions),
        "delegated": _delegated(),
        "conflict": _conflict(),
        "end": _entry("end", {"on": DAY, "source": _TEXTS}),
        "parameter": _parameter([*kinds, *vocabulary.enums], [*vocabulary.enums]),
    }
    return {"definitions": definitions, **_entry("domain", values)}


def _when(vocabulary: Vocabulary, conditions: Mapping[str, str]) -> Schema:
    """Return the schema of `when`: every fact by name or label; what has no known name can only be yes or no."""
    properties: dict[str, Schema] = {name: described(schema=CONDITION, zh=label) for name, label in conditions.items()}
    spelt: dict[str, list[str]] = {}
    for spelling, name in vocabulary.spellings.items():
        spelt.setdefault(name, []).append(spelling)
    for name, fact in vocabulary.facts.items():
        about = f"{fact.label}（{form(fact.type)}）"
        schema = described(schema=cell(type_=fact.type, vocabulary=vocabulary), zh=about, en=fact.en)
        properties |= dict.fromkeys(spelt.get(name, [name]), schema)
    for decision in vocabulary.decisions.values():
        for name, (zh, en) in decision.labels.items():
            properties.setdefault(name, described(schema={}, zh=zh, en=en))
    return {"type": ["object", "null"], "properties": properties, "additionalProperties": YES_NO}


def _table(term: DecisionTerm, vocabulary: Vocabulary) -> Schema:
    outputs = {}
    for name, type_ in term.outputs.items():
        zh, en = term.labels.get(name, (name, ""))
        outputs[name] = described(schema=output(type_=type_, vocabulary=vocabulary), zh=f"{zh}（{form(type_)}）", en=en)
    sure = [name for name, type_ in term.outputs.items() if not type_.maybe and type_.kind is not Kind.LIST]
    then = {"type": "object", "properties": outputs, "required": sure, "additionalProperties": False}
    parts: dict[str, Schema] = {"when": {"$ref": "#/definitions/when"}, "source": _TEXTS, "readings": _TEXTS}
    parts |= {"from": DAY, "until": DAY, "then": then, "is": WRITTEN, "delegated": {"$ref": "#/definitions/delegated"}}
    rows = {"type": ["array", "null"], "items": _entry("row", parts, [*NEEDED["row"], *(["then"] if sure else [])])}
    case = {"type": ["array", "null"], "items": _entry("row", parts, [*NEEDED["row"], "is"])}
    amounts = {name: described(schema=case, zh=term.labels.get(name, (name, ""))[0]) for name in term.amounts}
    values: dict[str, Schema] = {
        "delegated": {"$ref": "#/definitions/delegated"},
        "rows": rows,
        "amounts": {"type": ["object", "null"], "properties": amounts, "additionalProperties": False},
        "end": {"type": ["array", "null"], "items": {"$ref": "#/definitions/end"}},
        "conflicts": {"type": ["array", "null"], "items": {"$ref": "#/definitions/conflict"}},
    }
    return described(schema=_entry("table", values), zh=term.label, en=term.en)


def _delegated() -> Schema:
    kinds = choices(pairs=KIND)
    values = {"to": {"anyOf": [kinds, {"type": "array", "items": kinds}]}, "source": _TEXTS, "at_most": WRITTEN}
    return _entry("delegated", {**values, "what": {"enum": [ROWS, VALUES]}, "if": {"enum": [EARLIER]}})


def _conflict() -> Schema:
    side = _entry("side", {"source": _TEXTS})
    values = {"rows": _TEXTS, "local": side, "national": side, "stands": {"enum": list(SIDES)}}
    return _entry("conflict", {**values, "source": _TEXTS})


def _parameter(types: list[str], enums: list[str]) -> Schema:
    open_ = {"type": "object", "minProperties": 2, "additionalProperties": WRITTEN}
    value = _entry(
        "value", {"value": {"anyOf": [WRITTEN, open_]}, "from": DAY, "until": DAY, "source": _TEXTS, "checked_on": DAY}
    )
    return _entry(
        "parameter",
        {
            "type": {"enum": types},
            "key": {"enum": enums},
            "order": {"enum": list(ORDERS)},
            "min": WRITTEN,
            "max": WRITTEN,
            "delegated": {"$ref": "#/definitions/delegated"},
            "values": {"type": ["array", "null"], "items": value},
        },
    )
