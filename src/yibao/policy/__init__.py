"""The policy core: packs of rules in; terms, decisions, explanations and checks out. Pure.

Example:
    >>> load_packs(roots=[], vocabularies={})
    Traceback (most recent call last):
    yibao.policy.diagnostics.PackErrors: :1:1 error no_packs: 没有找到规则包： / no pack was found in
"""

from yibao.policy.diagnostics import (
    Diagnostic,
    NoRuleInForce,
    PackErrors,
    Severity,
    UnknownName,
    UnknownRegion,
    UnknownValue,
)
from yibao.policy.documents import Citation, Source
from yibao.policy.keeper import InUse, Keeper
from yibao.policy.load import Packs, load_packs, load_texts
from yibao.policy.parameters import ParameterValue
from yibao.policy.proved import Proved
from yibao.policy.region import Region
from yibao.policy.rows import Row
from yibao.policy.table import Considered, ParameterUse, Table, Trace
from yibao.policy.to_python import Hit

__all__ = [
    "Citation",
    "Considered",
    "Diagnostic",
    "Hit",
    "InUse",
    "Keeper",
    "NoRuleInForce",
    "PackErrors",
    "Packs",
    "ParameterUse",
    "ParameterValue",
    "Proved",
    "Region",
    "Row",
    "Severity",
    "Source",
    "Table",
    "Trace",
    "UnknownName",
    "UnknownRegion",
    "UnknownValue",
    "load_packs",
    "load_texts",
]
