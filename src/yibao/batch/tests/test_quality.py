"""What a pack has earned follows from its own rows and examples."""

from dataclasses import replace

import pytest

from yibao import services
from yibao.batch.quality import EXAMPLES, Standing, standing
from yibao.policy import Packs
from yibao.policy.cases import Case, read_cases
from yibao.policy.rows import Row


@pytest.fixture(scope="module")
def packs() -> Packs:
    return services.packs()


def stand(packs: Packs, code: str, cases: list[Case], unreached: tuple[Row, ...] = ()) -> Standing:
    return standing(region=packs.regions[code], cases=cases, unreached=unreached)


def examples(packs: Packs, code: str) -> list[Case]:
    return read_cases(folder=packs.folders[code])


def test_a_pack_without_examples_has_earned_nothing(packs: Packs) -> None:
    found = stand(packs, "330200", [])
    assert found.earned == ""
    assert not found.holds
    assert [en for _, en in found.missing] == ["no example that comes out", "no example that is refused"]


def test_examples_of_one_kind_only_are_not_enough(packs: Packs) -> None:
    good = [case for case in examples(packs, "330200") if case.kind == "good"]
    assert [en for _, en in stand(packs, "330200", good).missing] == ["no example that is refused"]


def test_a_row_no_example_turns_on_keeps_a_pack_from_bronze(packs: Packs) -> None:
    row = next(row for stack in packs.regions["330200"].stacks.values() for row in stack.rows if row.id == "NB-army")
    assert stand(packs, "330200", examples(packs, "330200"), (row,)).missing[0][1] == "no example turns on NB-army"
    assert stand(packs, "510500", examples(packs, "510500"), (row,)).earned == "silver"


def test_too_few_examples_and_reasons_never_worked_keep_a_pack_from_silver(packs: Packs) -> None:
    few = examples(packs, "330200")
    few = [*few[:5], *few[-5:]]
    lacking = [en for _, en in stand(packs, "330200", few).missing]
    assert lacking[0] == f"fewer than {EXAMPLES} examples: 10"
    assert lacking[1].startswith("no example comes to ")


def test_rows_that_rest_on_hints_keep_a_pack_from_silver(packs: Packs) -> None:
    found = stand(packs, "110000", examples(packs, "110000"))
    assert found.earned == "bronze"
    assert found.missing[0][1].startswith("resting on hints only: BJ-death")


def test_a_region_without_rules_of_its_own_stays_bronze(packs: Packs) -> None:
    found = stand(packs, "440100", examples(packs, "440100"))
    assert found.earned == "bronze"
    assert "no rule of its own" in [en for _, en in found.missing]


def test_a_claim_above_what_is_earned_does_not_hold(packs: Packs) -> None:
    beijing = replace(packs.regions["110000"], quality="silver")
    assert not standing(region=beijing, cases=examples(packs, "110000"), unreached=()).holds
    ningbo = replace(packs.regions["330200"], quality="gold")
    assert not standing(region=ningbo, cases=examples(packs, "330200"), unreached=()).holds
