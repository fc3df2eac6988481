"""The guides of the packs: every line is told in two languages, with its source or that nobody says so."""

from datetime import date

import pytest

from yibao import services
from yibao.policy.documents import GRADES
from yibao.policy.guide import DOMAIN, KINDS, guide

ON = date(2026, 11, 10)
SERVICES = ("refund", "relocation")
REGIONS = sorted(services.packs().regions)


def found(service, region, on=ON):
    return guide(service=service, region=services.packs().regions[region], on=on)


@pytest.mark.parametrize("region", REGIONS)
def test_every_guide_can_be_read_and_cites_documents_of_its_packs(region):
    for service in SERVICES:
        told = found(service, region)
        assert {item.kind for item in told.items} == set(KINDS)
        for item in told.items:
            assert all(item.label), item.code
            assert bool(item.how[0]) == bool(item.how[1]), item.code
            assert item.known == bool(item.sources), f"{service} {region} {item.code}"
            assert {each.source.grade for each in item.sources} <= set(GRADES)


@pytest.mark.parametrize("region", REGIONS)
def test_every_line_has_a_source_or_says_that_there_is_none(region):
    for service in SERVICES:
        for code, line in services.packs().regions[region].setting(DOMAIN, service).items():
            assert line["kind"] in KINDS, code
            told = [name for name in ("source", "no_source", "parameter", "clock") if name in line]
            assert len(told) == 1, f"{service} {region} {code}: {told}"


def test_limits_are_those_of_the_rules_on_the_day():
    def limits(region, on=ON):
        return {item.code: item.value and item.value[0] for item in found("relocation", region, on).of("limit")}

    # 医保办发〔2021〕43号: 10 and 5 working days. Fujian inside the province at once, Shandong 9 in all.
    assert limits("140100")["limit_out"] == "10 个工作日"
    assert limits("140100")["limit_money"] is None
    assert limits("350000")["limit_total_in"] == "即时办结"
    assert limits("370000")["limit_total_in"] == "9 个工作日"
    # Before it 人社厅发〔2016〕94号: 45 in all.
    assert limits("140100", date(2021, 6, 1))["limit_total"] == "45 个工作日"


def test_a_place_replaces_lines_of_the_nation_one_by_one():
    ways = {item.code: item for item in found("relocation", "140100").of("channel")}
    assert (ways["alipay"].known, ways["alipay"].low_confidence) == (True, True)
    assert "不办理转移" in ways["alipay"].how[0]
    assert ways["window"].sources[0].source.id == "nat-43"
    assert not {item.code: item for item in found("relocation", "500000").of("channel")}["alipay"].known


def test_a_promise_of_the_demo_agency_is_no_law():
    decision = next(item for item in found("refund", "500000").of("limit") if item.code == "decision")
    assert (decision.value, decision.low_confidence) == (("20 个工作日", "20 working days"), True)
    assert next(item for item in found("refund", "140100").of("limit") if item.code == "decision").value is None


def test_nobody_wrote_a_guide_to_other_services():
    assert found("correction", "500000") is None
