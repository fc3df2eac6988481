"""Every row of the refund tables is fired by at least one worked example of the region."""

import pytest

import yibao
from yibao import services

REGIONS = ("000000", "500000")


def fired(examples, region):
    """The ids of all rows that decided a line of an example of the region."""
    decisions = [yibao.decide(each.given) for each in examples if each.given["region"] == region]
    return {row for decision in decisions for line in decision["lines"] for row in line["rules"]}


def rows(region):
    """The ids of all rows of the refund tables of the region, over all days."""
    stacks = services.packs().region_for(region).stacks
    return [row.id for (domain, _), stack in stacks.items() if domain == "refund" for row in stack.rows]


@pytest.mark.parametrize("region", REGIONS)
def test_every_row_is_fired_by_an_example(all_examples, region):
    known, heard = rows(region), fired(all_examples, region)
    assert known
    silent = [row for row in known if row not in heard]
    assert silent == [], f"no example of {region} fires: {', '.join(silent)}"
