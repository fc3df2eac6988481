"""A million made rows: every decision of every pack, in blocks of one region and one day, in columns and by closure."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

import duckdb
import pytest

from yibao import services
from yibao.batch.columns import Asked, arrays, check, compiled, put
from yibao.batch.tests.columns_making import Near, some_day, some_value, written
from yibao.policy import NoRuleInForce, Packs, UnknownRegion, UnknownValue
from yibao.policy.to_sql_table import Query

SEED = 20261122
BLOCK, POOL = 500, 150
BLOCKS = {
    "refund.situation": 500,
    "refund.amount": 600,
    "contribution.tariff": 300,
    "contribution.credit": 300,
    "contribution.large_claim": 300,
    "relocation.cover": 40,
    "relocation.duplicate": 20,
    "relocation.stop": 20,
    "years.requirement": 40,
    "years.alternative": 150,
    "years.choice": 20,
    "years.conversion": 20,
    "years.counting": 20,
    "years.ways": 20,
}
MILLION = 1_000_000
OTHER_CODES = ("500112", "110101", "990000")
Columns = dict[str, list[Any]]


def test_the_blocks_are_a_million_rows_of_every_decision() -> None:
    regions = services.packs().regions.values()
    known = {f"{domain}.{decision}" for region in regions for domain, decision in region.stacks}
    assert known == set(BLOCKS)
    assert sum(BLOCKS.values()) * BLOCK >= MILLION


@pytest.mark.parametrize("decision", BLOCKS)
def test_columns_decide_every_made_row_as_the_closure_does(decision: str) -> None:
    seed = f"{SEED} {decision}"
    packs, (domain, _, name) = services.packs(), decision.partition(".")
    asked = Asked(domain, name, keys=("number",), region="asked_in")
    codes = [*packs.regions, *OTHER_CODES]
    query = compiled(packs=packs, asked=asked, codes=codes, source="made")
    given, wanted = made(packs, asked, query, codes, Random(seed), BLOCKS[decision])
    got = answered(query, given)
    for column, values in wanted.items():
        differ = [at for at, (want, found) in enumerate(zip(values, got[column], strict=True)) if want != found]
        assert [{each: given[each][at] for each in given} for at in differ[:1]] == [], f"seed {seed}: {column}"
    assert len(set(wanted["row"])) > 1


def made(
    packs: Packs, asked: Asked, query: Query, codes: list[str], dice: Random, blocks: int
) -> tuple[Columns, Columns]:
    """Return made facts and what the closures make of them, by column."""
    near = written(packs, asked)
    pools = {name: pool(packs, asked, query, near, dice, name) for name in query.facts}
    days = some_days(near, dice)
    term = next(iter(packs.regions.values())).vocabularies[asked.domain].decisions[asked.decision]
    given: Columns = {name: [] for name in ("asked_in", *query.facts)}
    wanted: Columns = {name: [] for name in ("row", *term.outputs, *term.amounts)}
    for _ in range(blocks):
        code, day = dice.choice(codes), next(days)
        block = {name: dice.choices(values, k=BLOCK) for name, values in pools.items()}
        block |= {"asked_in": [code] * BLOCK, term.as_of: [day] * BLOCK}
        decide = decider(packs, asked, code, day)
        names = list(block)
        for values in zip(*block.values(), strict=True):
            for name, value in decide(dict(zip(names, values, strict=True))).items():
                wanted[name].append(value)
        for name, values in block.items():
            given[name] += values
    return {**given, "number": list(range(len(given["asked_in"])))}, wanted


def pool(packs: Packs, asked: Asked, query: Query, near: Near, dice: Random, name: str) -> list[Any]:
    """Return values to draw a fact from: its bounds, what the rules compare with, the neighbours of these, others."""
    words = next(iter(packs.regions.values())).vocabularies[asked.domain]
    type_, bounds = query.facts[name], words.facts[name].bounds
    drawn = [some_value(dice=dice, type_=type_, bounds=bounds, words=words, near=near) for _ in range(POOL)]
    return drawn + list(bounds or ())


def some_days(near: Near, dice: Random) -> Iterator[date]:
    """Yield days: those on which rules change with their neighbours, in any order, then others."""
    days = [day + timedelta(days=shift) for day in near.days for shift in (-1, 0, 1)]
    yield from dice.sample(days, len(days))
    while True:
        yield some_day(dice, near.days)


def decider(packs: Packs, asked: Asked, code: str, day: date) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """Return the closure of a region and day, in the form of a line of columns."""
    words = next(iter(packs.regions.values())).vocabularies[asked.domain]
    term = words.decisions[asked.decision]
    stopped = dict.fromkeys([*term.outputs, *term.amounts])
    try:
        table = packs.region_for(code).table(asked.domain, asked.decision, on=day)
    except (UnknownRegion, NoRuleInForce):
        return lambda _: {"row": "!no_rule_in_force", **stopped}

    def decide(facts: dict[str, Any]) -> dict[str, Any]:
        try:
            hit = table.decide(facts)
        except UnknownValue:
            return {"row": "!unknown_value", **stopped}
        return {"row": hit.row, **hit.members, **hit.amounts}

    return decide


def answered(query: Query, given: Columns) -> Columns:
    """Return what the query decides, by column."""
    connection = duckdb.connect(config={"threads": 1})
    connection.register("made", arrays(columns=given, query=query))
    check(query=query, connection=connection)
    put(query=query, connection=connection)
    answer = connection.sql(f"{query.text} ORDER BY number").to_arrow_table()
    found = {name: answer.column(name).to_pylist() for name in answer.column_names}
    return {
        name: [tuple(value) if isinstance(value, list) else value for value in values] for name, values in found.items()
    }
