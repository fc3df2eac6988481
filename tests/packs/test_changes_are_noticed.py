"""Nine in ten small changes of a region's own rules are noticed by its worked examples."""

from pathlib import Path

import pytest

from yibao import services
from yibao.batch.mutation import trial
from yibao.cli.packs_mutate import enough
from yibao.policy.cases import read_cases
from yibao.policy.mutants.mutant import mutants

WITH_OWN_RULES = {code for code, region in services.packs().regions.items() if any(mutants(region))}


@pytest.mark.parametrize("code", sorted(WITH_OWN_RULES))
def test_nine_in_ten_changes_of_a_region_are_noticed_by_its_examples(code):
    packs = services.packs()
    region = packs.regions[code]
    tried = list(trial(region=region, cases=read_cases(folder=packs.folders[code])).run(list(mutants(region))))
    unnoticed = [f"{each.mutant.mark} {each.mutant.en}" for each in tried if each.noticed is None]
    noticed, count = len(tried) - len(unnoticed), len(tried)
    told = [f"{code}: {noticed} of {count} noticed; add worked examples for:", *unnoticed]
    assert enough(noticed=noticed, count=count), "\n".join(told)


def test_a_region_without_changes_writes_no_row_of_its_own():
    for code, region in services.packs().regions.items():
        own = {row.id for stack in region.stacks.values() for row in stack.rows if row.region == code}
        assert bool(own) == (code in WITH_OWN_RULES), code


def test_no_service_asks_a_table_that_is_there_for_reference():
    vocabularies = next(iter(services.packs().regions.values())).vocabularies
    names = [name for each in vocabularies.values() for name, term in each.decisions.items() if term.for_reference]
    rules = "".join(path.read_text(encoding="utf-8") for path in Path(services.__file__).parent.glob("*/rules/*.py"))
    assert names == ["large_claim"]
    assert "tariff" in rules
    assert [name for name in names if name in rules] == []
