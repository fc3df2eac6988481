"""Every row of the refund tables decides at least one worked example, and what a place remarks on is there."""

import pytest

import yibao
from yibao import services

REGIONS = sorted(services.packs().regions)
WHOLE = ("000000", "500000")


@pytest.fixture(scope="module")
def decided(all_examples):
    """The region, the kind and the rows of every example."""
    found = []
    for each in all_examples:
        decision = yibao.decide(each.given)
        rows = {row for line in decision.get("lines", ()) for row in line["rules"]}
        found.append((each.place[:6], each.kind, rows))
    return found


def rows(region):
    """The rows of the refund tables of a region, inherited ones too, over all days."""
    stacks = services.packs().regions[region].stacks
    return [row for (domain, _), stack in stacks.items() if domain == "refund" for row in stack.rows]


@pytest.mark.parametrize("region", WHOLE)
def test_every_row_is_fired_by_an_example(decided, region):
    fired = {row for _, _, found in decided for row in found}
    known = [row.id for row in rows(region)]
    assert known
    silent = [row for row in known if row not in fired]
    assert silent == [], f"no example fires: {', '.join(silent)}"


@pytest.mark.parametrize("region", REGIONS)
def test_every_own_row_is_fired_by_an_example_of_its_region(decided, region):
    fired = {row for place, _, found in decided for row in found if place == region}
    silent = [row.id for row in rows(region) if row.region == region and row.id not in fired]
    assert silent == [], f"no example of {region} fires: {', '.join(silent)}"


@pytest.mark.parametrize("region", REGIONS)
def test_every_region_has_examples_on_both_sides(decided, region):
    assert {kind for place, kind, _ in decided if place == region} == {"good", "bad"}


@pytest.mark.parametrize("region", REGIONS)
def test_every_contradiction_is_expected_by_an_example_of_its_region(all_examples, region):
    expected = {
        told["rule"] for each in all_examples if each.place[:6] == region for told in each.expect.get("conflicts", [])
    }
    silent = {row.id for row in rows(region) if row.conflicts} - expected
    assert silent == set(), f"no example of {region} expects what these contradict: {', '.join(sorted(silent))}"


@pytest.mark.parametrize("region", REGIONS)
def test_every_remark_names_a_row_and_documents_that_are_there(region):
    known = services.packs().regions[region]
    remarks = dict(known.setting("refund", "notes") or {})
    assert set(remarks) <= {"always", *(row.id for row in rows(region))}
    for words in remarks.values():
        assert words["zh"]
        assert words["en"]
        assert all(known.source(place.partition("#")[0]) for place in words["source"])
