"""The eleven rows on OpenFisca-core, the yardstick of columns; runs in an environment of its own, prints JSON.

Usage: python openfisca_program.py POPULATION.parquet RATES.csv

OpenFisca reads a parameter at one instant for all rows, so rows of many months ask once for every month. Whole
numbers are 32 bits wide there, and products are widened by hand.
"""

import csv
import datetime
import json
import sys
import time

import numpy as np
import pyarrow.parquet as parquet
from openfisca_core.entities import Entity
from openfisca_core.indexed_enums import Enum, EnumArray
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit, period
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

ROUNDS = 3
PAYMENT = Entity("payment", "payments", "one payment", "")
ALWAYS, DECIDED_IN = period("eternity"), period("2024-12")
FAR = np.datetime64("9999-12-31")
REFUNDED = {1: "full", 3: "full", 5: "full", 6: "full", 7: "part", 9: "part", 10: "part"}


def variable(name, kind, formula=None):
    """Return a variable class; a formula is decided for a month, a given fact holds for ever."""
    body = {
        "value_type": kind,
        "entity": PAYMENT,
        "definition_period": DateUnit.MONTH if formula else DateUnit.ETERNITY,
    }
    return type(name, (Variable,), body | ({"formula": formula} if formula else {}))


def row(payments, when):
    """Number of the first row that holds."""

    def fact(name):
        return payments(name, when)

    employee, moved, died = fact("employee"), fact("pool_left") != fact("pool_joined"), fact("died")
    drawing, payer = fact("on_unemployment_benefit"), fact("payer_code")
    tests = [
        fact("agency_error"),
        fact("benefits_used"),
        died & (fact("death_date") < fact("benefit_start")),
        died,
        employee & fact("retired") & (fact("months_after") > 0),
        employee & drawing & (payer == 1),
        employee & (payer == 2) & ~drawing,
        employee & moved,
        ~employee & moved & (fact("tier") == 2),
        ~employee & (fact("month") < fact("benefit_start")) & (payer < 2),
    ]
    return np.select(tests, range(1, len(tests) + 1), len(tests) + 1)


def rate(payments, when, parameters):
    """Share refunded in the pool that was left, in the month paid for."""
    months, pools = payments("month", when), payments("pool", when)
    found = np.zeros(payments.count, np.int64)
    numbers = months.astype("datetime64[M]").astype(np.int16)
    order = np.argsort(numbers, kind="stable")
    starts = np.flatnonzero(np.diff(numbers[order], prepend=-1))
    for rows in np.split(order, starts[1:]):
        found[rows] = parameters(str(months[rows[0]])).rate[pools[rows]]
    return found


def refund(payments, when):
    """Amount to refund in fen."""
    number, amount = payments("row", when), payments("amount", when).astype(np.int64)
    share = np.isin(number, [at for at, kind in REFUNDED.items() if kind == "part"])
    net = np.maximum(amount - payments("credited", when), 0)
    by_rate = (amount * payments("share", when) + 5000) // 10000
    return np.select([~np.isin(number, list(REFUNDED)), payments("retired", when), share], [0, net, by_rate], amount)


def system(lines, pools):
    """Return the system with its dated rates and variables."""
    made = TaxBenefitSystem([PAYMENT])
    tree = {}
    for pool, start, value in lines:
        tree.setdefault(f"r{pool}", {"values": {}})["values"][start] = {"value": int(value)}
    made.parameters = ParameterNode("", data={"rate": tree})
    pool = variable("pool", Enum)
    pool.possible_values, pool.default_value = pools, next(iter(pools))
    flags = ("agency_error", "benefits_used", "retired", "on_unemployment_benefit", "died", "employee")
    numbers = ("months_after", "tier", "amount", "credited", "payer_code", "pool_left", "pool_joined")
    days = ("month", "benefit_start", "death_date")
    given = [variable(name, bool) for name in flags] + [variable(name, int) for name in numbers]
    given += [variable(name, datetime.date) for name in days] + [pool]
    for each in [*given, variable("row", int, row), variable("share", int, rate), variable("refund", int, refund)]:
        made.add_variable(each)
    return made


def columns(table, pools):
    """Return the facts as the arrays OpenFisca keeps."""
    codes = [name.name[1:] for name in pools]

    def array(name):
        return table[name].combine_chunks().to_numpy(zero_copy_only=False)

    def coded(name, words):
        found = table[name].combine_chunks().dictionary_encode()
        order = np.array([words.index(word) for word in found.dictionary.to_pylist()], np.int32)
        return order[found.indices.to_numpy()]

    facts = {name: array(name) for name in ("agency_error", "benefits_used", "retired", "on_unemployment_benefit")}
    facts |= {name: array(name).astype(np.int32) for name in ("months_after", "tier", "amount", "credited")}
    facts |= {name: array(name).astype("datetime64[D]") for name in ("month", "benefit_start")}
    facts["died"] = table["death_date"].combine_chunks().is_valid().to_numpy(zero_copy_only=False)
    death = array("death_date").astype("datetime64[D]")
    facts["death_date"] = np.where(np.isnat(death), FAR, death)
    facts["employee"] = coded("insurance_type", ["resident", "employee"]) == 1
    facts["payer_code"] = coded("payer", ["employer", "self", "unemployment_fund"])
    facts["pool_left"], facts["pool_joined"] = coded("region_from", codes), coded("region_to", codes)
    facts["pool"] = EnumArray(facts["pool_left"].astype(np.int16), pools)
    return facts


def decide(made, facts, count):
    """Return rows and refunds of the whole population."""
    simulation = SimulationBuilder().build_default_simulation(made, count=count)
    for name, values in facts.items():
        simulation.set_input(name, ALWAYS, values)
    return simulation.calculate("row", DECIDED_IN), simulation.calculate("refund", DECIDED_IN)


def main():
    """Print the best time and the total refunded."""
    population, rates = sys.argv[1:]
    with open(rates, encoding="utf-8") as file:
        lines = [(line["key"], line["from"], line["rate"]) for line in csv.DictReader(file)]
    names = list(dict.fromkeys(f"r{pool}" for pool, _, _ in lines))
    pools = Enum("Pool", {name: name for name in names})
    made, table = system(lines, pools), parquet.read_table(population)
    facts, spans, total = columns(table, pools), [], 0
    for _ in range(ROUNDS):
        start = time.perf_counter()
        _, refunds = decide(made, facts, table.num_rows)
        spans.append(time.perf_counter() - start)
        total = int(refunds.astype(np.int64).sum())
    print(json.dumps({"seconds": min(spans), "total": total}))


if __name__ == "__main__":
    main()
