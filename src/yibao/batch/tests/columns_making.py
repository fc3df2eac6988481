"""Random facts for any vocabulary, and what the compiled closures decide for them: what columns must agree with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from yibao.batch.columns import Asked, check, compiled, frame, put
from yibao.policy import NoRuleInForce, Packs, UnknownRegion, UnknownValue
from yibao.policy.rows import Row
from yibao.policy.terms import Vocabulary
from yibao.policy.tests.making import load, replaced
from yibao.policy.tree import Literal, walk
from yibao.policy.types import Kind, Type

FIRST, LAST = date(2009, 1, 1), date(2027, 12, 31)
CITY = "500000_chongqing"
CODES = ("500112", "500000", "110100", "140100", "990000")


def cuts(rows: tuple[Row, ...]) -> list[Any]:
    """Return the values written in some rows."""
    found = []
    for row in rows:
        trees = [cell.condition for cell in row.cells] + [tree for _, tree in row.outputs]
        trees += [row.value] if row.value is not None else []
        found += [part.value for tree in trees for part in walk(tree) if isinstance(part, Literal)]
    return [value for value in found if value is not None]


def some_day(dice: Random, near: list[date]) -> date:
    if near and dice.random() < 0.4:
        return dice.choice(near) + timedelta(days=dice.choice((-1, 0, 1)))
    return FIRST + timedelta(days=dice.randrange((LAST - FIRST).days))


@dataclass(frozen=True, slots=True)
class Near:
    """What rules are written with: days on which something changes, and numbers they compare with."""

    days: list[date]
    numbers: list[int]


def written(packs: Packs, asked: Asked) -> Near:
    """Return what the rules of all packs are written with."""
    regions = packs.regions.values()
    found = {value for each in regions for value in cuts(tuple(rows(each, asked)))}
    days = {value for value in found if isinstance(value, date)}
    days.update(day for each in regions for stack in each.stacks.values() for day in stack.breaks())
    return Near(sorted(days), sorted({value for value in found if isinstance(value, int)}))


def some_value(*, dice: Random, type_: Type, bounds: tuple[int, int] | None, words: Vocabulary, near: Near) -> Any:
    if type_.maybe and dice.random() < 0.4:
        return None
    if type_.kind is Kind.DATE:
        return some_day(dice, near.days)
    if type_.kind is Kind.BOOL:
        return dice.random() < 0.3
    if type_.kind is Kind.LIST:
        codes = list(words.enums[type_.name].labels)
        return tuple(dice.sample(codes, dice.randrange(min(len(codes), 3))))
    if type_.kind is Kind.ENUM:
        return dice.choice(list(words.enums[type_.name].labels))
    if bounds is None:
        return dice.choice(CODES)
    return some_number(dice, type_, bounds, near)


def some_number(dice: Random, type_: Type, bounds: tuple[int, int], near: Near) -> int:
    low, high = bounds
    if type_.kind is Kind.MONTH:
        return dice.randrange(FIRST.year * 12, LAST.year * 12)
    picked = dice.random()
    if picked < 0.25:
        return low
    if picked < 0.3 and type_.kind is Kind.MONEY:
        return high
    if picked < 0.6 and near.numbers:
        return min(max(dice.choice(near.numbers) + dice.choice((-1, 0, 1)), low), high)
    top = min(high, 10**8 if type_.kind is Kind.MONEY else 600)
    return dice.randrange(low, max(top, low) + 1)


def cases(*, packs: Packs, asked: Asked, dice: Random, count: int) -> list[dict[str, Any]]:
    """Return random cases with a region each, many of them at the edges of what the rows compare with."""
    region = packs.regions[asked.only] if asked.only else next(iter(packs.regions.values()))
    words = region.vocabularies[asked.domain]
    near = written(packs, asked)
    found = []
    for number in range(count):
        case = {
            name: some_value(dice=dice, type_=fact.type, bounds=fact.bounds, words=words, near=near)
            for name, fact in words.facts.items()
        }
        found.append({**case, "case_number": number, "asked_in": dice.choice([*packs.regions, "990000"])})
    return found


def rows(region: Any, asked: Asked) -> list[Row]:
    stack = region.stacks.get((asked.domain, asked.decision))
    return [] if stack is None else stack.rows


def by_closure(packs: Packs, asked: Asked, case: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the closure decides for one case, in the form of a line of columns."""
    words = next(iter(packs.regions.values())).vocabularies[asked.domain]
    term = words.decisions[asked.decision]
    stopped = dict.fromkeys([*term.outputs, *term.amounts])
    try:
        region = packs.region_for(asked.only or case["asked_in"])
        hit = region.table(asked.domain, asked.decision, on=case[term.as_of]).decide(case)
    except (UnknownRegion, NoRuleInForce):
        return {"row": "!no_rule_in_force", **stopped}
    except UnknownValue:
        return {"row": "!unknown_value", **stopped}
    values = {name: list(value) if isinstance(value, tuple) else value for name, value in hit.members.items()}
    return {"row": hit.row, **values, **hit.amounts}


def by_columns(packs: Packs, asked: Asked, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return what the query decides for the same cases."""
    connection = duckdb.connect()
    codes = [asked.only] if asked.only else sorted({case["asked_in"] for case in given})
    query = compiled(packs=packs, asked=asked, codes=codes, source="cases")
    keys = ("case_number", "asked_in")
    connection.register("cases", frame(rows=given, query=query, keys=keys))
    check(query=query, connection=connection)
    put(query=query, connection=connection)
    answer = connection.sql(f"{query.text} ORDER BY case_number").to_arrow_table().to_pylist()
    return [{name: value for name, value in line.items() if name not in keys} for line in answer]


def differing(packs: Packs, asked: Asked, given: list[dict[str, Any]]) -> list[tuple[Any, Any, Any]]:
    """Return the cases on which closure and columns differ, with both answers."""
    answers = by_columns(packs, asked, given)
    wanted = [by_closure(packs, asked, case) for case in given]
    pairs = zip(given, wanted, answers, strict=True)
    return [(case, want, got) for case, want, got in pairs if {name: got[name] for name in want} != want]


def of_working_days(folder: Path) -> Packs:
    """Return packs that count working days over holidays and make-up days."""
    earliest = 'earliest: "month_start(nth_month(applied_on, 2))"'
    counted = 'earliest: "workdays_after(applied_on, max(min(days_between(period_start, applied_on), 30), 0))"'
    return load(folder=folder, files=replaced(f"{CITY}/refund.yaml", earliest, counted))
