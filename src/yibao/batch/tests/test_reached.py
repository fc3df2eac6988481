"""Rows no worked example turns on are found, whichever pack's example it would be."""

import pytest

from yibao import services
from yibao.batch.reached import unreached
from yibao.policy import Packs
from yibao.policy.cases import Case, read_cases


@pytest.fixture(scope="module")
def packs() -> Packs:
    return services.packs()


def examples(packs: Packs, *codes: str) -> list[Case]:
    return [case for code in codes for case in read_cases(folder=packs.folders[code])]


def test_without_examples_no_row_is_reached(packs: Packs) -> None:
    rows = [
        (row.id, region.vocabularies[domain].decisions[decision].for_reference)
        for code, region in packs.regions.items()
        for (domain, decision), stack in region.stacks.items()
        for row in stack.rows
        if row.region == code
    ]
    left = [row.id for row in unreached(packs=packs, cases=[])]
    assert sorted(left) == sorted(name for name, for_reference in rows if not for_reference)
    assert {name for name, for_reference in rows if for_reference} == {"large-claim-2016", "large-claim"}


def test_the_examples_of_a_pack_reach_its_rows_and_those_it_has_from_above(packs: Packs) -> None:
    left = unreached(packs=packs, cases=examples(packs, "330200"))
    assert "330200" not in {row.region for row in left}
    assert {row.id for row in left if row.region == "000000"} < {
        row.id for row in unreached(packs=packs, cases=[]) if row.region == "000000"
    }


def test_rows_come_in_the_order_in_which_they_are_written(packs: Packs) -> None:
    places = [(row.mark.file, row.mark.line) for row in unreached(packs=packs, cases=[])]
    assert places == sorted(places)
