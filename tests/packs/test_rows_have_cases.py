"""Every row of the refund tables decides at least one worked example."""

import pytest

import yibao
from yibao import services

REGIONS = ("000000", "500000")


@pytest.fixture(scope="module")
def fired(all_examples):
    """The ids of all rows that decided a line of an example."""
    decisions = [yibao.decide(each.given) for each in all_examples]
    return {row for decision in decisions for line in decision["lines"] for row in line["rules"]}


def rows(region):
    """The ids of all rows of the refund tables of a region, inherited ones too, over all days."""
    stacks = services.packs().region_for(region).stacks
    return [row.id for (domain, _), stack in stacks.items() if domain == "refund" for row in stack.rows]


@pytest.mark.parametrize("region", REGIONS)
def test_every_row_is_fired_by_an_example(fired, region):
    known = rows(region)
    assert known
    silent = [row for row in known if row not in fired]
    assert silent == [], f"no example fires: {', '.join(silent)}"
