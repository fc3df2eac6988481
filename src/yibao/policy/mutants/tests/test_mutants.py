"""Small changes of a pack are made one at a time, and those no example notices are told with their place."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from yibao.policy import Region
from yibao.policy.cases import Case
from yibao.policy.diagnostics import Mark
from yibao.policy.mutants.change import stepped
from yibao.policy.mutants.mutant import Mutant, mutants
from yibao.policy.mutants.trial import Trial
from yibao.policy.tests.making import DAY, FACTS, load, replaced


@pytest.fixture
def city(tmp_path: Path) -> Region:
    return load(folder=tmp_path).region_for("500000")


def case(name: str, expect: Mapping[str, object], **given: object) -> Case:
    return Case(name, name, "good", "", {**FACTS, **given}, dict(expect), Mark(name, 1, 1))


def decide(given: Mapping[str, object], region: Region) -> object:
    situation = region.table("refund", "situation", on=DAY).decide(given)
    return {"row": situation.row, **situation.members, **region.table("refund", "amount", on=DAY).decide(given).amounts}


def told(found: list[Mutant]) -> set[str]:
    return {mutant.zh for mutant in found}


def test_rows_thresholds_operators_outcomes_amounts_and_days_are_changed_one_at_a_time(city: Region) -> None:
    found = told(list(mutants(city)))
    assert "R3：失业期间重复缴费 → 删去" in found
    assert "R3：重复月数大于“0月” → 重复月数大于“1月”" in found
    assert "R3：重复月数大于“0月” → 重复月数不大于“0月”" in found
    assert "R3：险种为“职工医保” → 险种不为“职工医保”" in found
    assert "R3：outcome 退费 → outcome 不予退费" in found
    assert "R3：自 2014-01-06 → 自 2014-01-07" in found
    assert any(zh.startswith("account：划入账户 → 划入账户 + 0.01元") for zh in found)
    assert not any(zh.startswith("N1") for zh in found), "rows of the level above are tried with that pack"


def test_a_table_for_reference_is_left_as_it_is_for_no_decision_rests_on_it(tmp_path: Path) -> None:
    files = replaced("vocabulary/refund.yaml", "    amounts: {gross", "    for_reference: yes\n    amounts: {gross")
    left = told(list(mutants(load(folder=tmp_path, files=files).region_for("500000"))))
    assert any(zh.startswith("R3：") for zh in left)
    assert not any(zh.startswith("account：") for zh in left)


def test_what_only_a_table_for_reference_reads_is_left_as_it_is(tmp_path: Path) -> None:
    whole = {each.parameter for each in mutants(load(folder=tmp_path / "decided").region_for("500000"))}
    files = replaced("vocabulary/refund.yaml", "    amounts: {gross", "    for_reference: yes\n    amounts: {gross")
    left = {each.parameter for each in mutants(load(folder=tmp_path / "told", files=files).region_for("500000"))}
    assert left < whole


def test_every_mutant_points_at_what_it_changes(city: Region) -> None:
    for mutant in mutants(city):
        assert mutant.mark.file.startswith("500000_chongqing/")
        assert (mutant.mark.line, bool(mutant.en)) > (0, False)


def test_examples_notice_what_they_reach_and_only_that(city: Region) -> None:
    examples = [
        case("one", {"row": "R3", "gross": 48950}, overlap=1),
        case("none", {"row": "REST"}, overlap=0),
    ]
    trial = Trial(region=city, cases=examples, decide=decide)
    tried = {each.mutant.zh: each for each in trial.run(list(mutants(city)))}
    assert tried["R3：重复月数大于“0月” → 重复月数大于“1月”"].noticed == "one:1:1"
    assert tried["R3：重复月数大于“0月” → 重复月数大于“-1月”"].noticed == "none:1:1"
    outcome = tried["R3：outcome 退费 → outcome 不予退费"]
    assert (outcome.noticed, outcome.touched) == (None, 1)
    dropped = tried["R3：失业期间重复缴费 → 删去"]
    assert dropped.noticed == "one:1:1"
    earlier = tried["R3：自 2014-01-06 → 自 2014-01-05"]
    assert "source_not_in_force" in str(earlier.noticed), "the checks of a pack notice as well"


def test_a_region_is_left_as_it_was(city: Region) -> None:
    before = decide(FACTS, city)
    list(Trial(region=city, cases=[case("one", {"row": "R3"})], decide=decide).run(list(mutants(city))))
    assert decide(FACTS, city) == before


def test_a_day_is_moved_by_what_it_was_meant_as() -> None:
    assert stepped(date(2016, 1, 1)) == [date(2017, 1, 1), date(2015, 1, 1)]
    assert stepped(date(2014, 1, 6)) == [date(2014, 1, 7), date(2014, 1, 5)]
    assert stepped(True) == []
