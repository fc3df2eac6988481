"""The packs of the house: every table of every region on every day on which anything changes can be decided by."""

from datetime import date, timedelta

import pytest

from yibao import services
from yibao.policy import NoRuleInForce, Table, UnknownValue
from yibao.policy.explain import sentences
from yibao.policy.region import Region
from yibao.policy.types import Kind, Type, Value

PACKS = services.packs()
TABLES = [(region, domain, decision) for region in PACKS.regions.values() for domain, decision in region.stacks]


def days(region: Region, domain: str, decision: str) -> list[date]:
    """Every day on which a row or a parameter changes, and the day before."""
    changes = set(region.stacks[domain, decision].breaks())
    for series in region.series.values():
        changes |= series.breaks()
    return sorted(changes | {day - timedelta(days=1) for day in changes})


def some(type_: Type, enum: list[str], low: int) -> Value:
    """A value of a type; missing where it may be."""
    values: dict[Kind, Value] = {
        Kind.BOOL: False,
        Kind.DATE: date(2022, 1, 1),
        Kind.MONTH: 2022 * 12,
        Kind.REGION: "500000",
        Kind.TEXT: "",
        Kind.LIST: (),
    }
    if type_.maybe:
        return None
    return enum[0] if type_.kind is Kind.ENUM else values.get(type_.kind, max(low, 1))


def facts(table: Table) -> dict[str, Value]:
    found = {}
    for name in table.facts_needed:
        fact = table.vocabulary.facts[name]
        enum = list(table.vocabulary.enums[fact.type.name].labels) if fact.type.kind is Kind.ENUM else []
        found[name] = some(fact.type, enum, fact.bounds[0] if fact.bounds else 0)
    return found


@pytest.mark.parametrize(
    ("region", "domain", "decision"), TABLES, ids=[f"{region.code}-{domain}.{name}" for region, domain, name in TABLES]
)
def test_every_table_decides_traces_and_speaks_on_every_day(region: Region, domain: str, decision: str) -> None:
    decided = unknown = 0
    for day in days(region, domain, decision):
        try:
            table = region.table(domain, decision, on=day)
        except NoRuleInForce:
            continue
        case = {table.decision.as_of: day, **facts(table)}
        try:
            hit = table.decide(case)
        except UnknownValue:
            unknown += 1
            continue
        trace = table.trace(case)
        assert trace.raw.hit == hit
        assert all(sentences(trace, language=language) for language in ("zh", "en"))
        assert not table.decision_rows or hit.row in table.matching(case)
        decided += 1
    assert decided or unknown
