"""Deciding again what was decided before, by the rules kept with each decision, and comparing every byte."""

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field

from django.db.models import QuerySet

from yibao import services
from yibao.kernel.canonical import canonical_json
from yibao.kernel.errors import InputInvalid
from yibao.policy import PackErrors, Packs, load_texts
from yibao.policy.cases import differences
from yibao.store import packs
from yibao.store.crypto import SealBroken
from yibao.store.models import StoredDecision
from yibao.store.snapshot import snapshot

UNREADABLE = "规则版本的原文读不出来 the texts of these rules cannot be read"
OTHER_TEXTS = "规则版本的原文与版本号不符 the texts of these rules do not have this version"
NOT_OPENED = "所依据的情况读不出来 what was decided on cannot be read"
LONGER = "多出未记录的内容 there is more than was stored"


@dataclass(slots=True)
class Replayed:
    """What came of deciding again.

    Attributes:
        decisions: how many were decided again.
        versions: by how many versions of the rules.
        faults: one sentence for every decision that did not come out the same, with the number of its case.
    """

    decisions: int = 0
    versions: int = 0
    faults: list[str] = field(default_factory=list)


def stored(numbers: Collection[str] = ()) -> QuerySet[StoredDecision]:
    """Return the decisions of some cases, or all; those of one version of the rules together.

    Args:
        numbers: Of cases; all when empty.
    """
    rows = StoredDecision.objects.order_by("pack_version_id", "id")
    return rows.filter(case__number__in=numbers) if numbers else rows


def replay(*, numbers: Collection[str] = (), advance: Callable[[], None] = lambda: None) -> Replayed:
    """Decide again, each decision by the texts of the rules that were stored with it.

    Args:
        numbers: Of cases; every decision on record when empty.
        advance: Called after each decision.

    Returns:
        What came of it; without faults, every stored decision follows from what is stored.
    """
    told = Replayed()
    with snapshot():
        version, rules = "", None
        for pk, wanted in list(stored(numbers).values_list("pk", "pack_version_id")):
            if wanted != version:
                version, rules = wanted, _rules(wanted)
                told.versions += 1
            told.decisions += 1
            told.faults += _fault(pk, version, rules)
            advance()
    return told


def _rules(version: str) -> Packs | None:
    try:
        return load_texts(texts=packs.texts(version))
    except (PackErrors, ValueError, TypeError, AttributeError):
        return None


def _fault(pk: int, version: str, rules: Packs | None) -> Iterator[str]:
    """Yield what is wrong with a decision, with the number of its case."""
    number = StoredDecision.objects.values_list("case__number", flat=True).get(pk=pk)
    why = "；".join(_reasons(pk, version, rules))
    if why:
        yield f"{number} 的决定 {pk} 重新推导不一致：{why} / Decision {pk} of {number} does not come out the same"


def _reasons(pk: int, version: str, rules: Packs | None) -> Iterator[str]:
    try:
        row = StoredDecision.objects.get(pk=pk)
        case = json.loads(row.case_file)
    except (SealBroken, ValueError, TypeError):
        yield NOT_OPENED
        return
    if rules is None:
        yield UNREADABLE
    elif all(region.version != version for region in rules.regions.values()):
        yield OTHER_TEXTS
    else:
        yield from _compared(row, case, rules)


def _compared(row: StoredDecision, case: dict[str, object], rules: Packs) -> Iterator[str]:
    try:
        derived = services.decide(case, rules=rules).canonical()
    except InputInvalid as wrong:
        yield from (f"{problem.where}: {problem.zh} {problem.en}" for problem in wrong.problems)
        return
    if canonical_json(derived) == canonical_json(row.canonical):
        return
    plain = json.loads(canonical_json(derived))
    yield from list(differences(expected=row.canonical, got=plain)) or [LONGER]
