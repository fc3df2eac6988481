"""What a service and a pack say about a process is checked word by word."""

import pytest

from yibao.casework.definitions import Definition, levels_written, pack_faults, service_faults
from yibao.casework.levels import Level

ROLES = ("clerk", "reviewer", "county_hrss", "finance", "audit_officer")
REFUND = Definition("refund", ROLES, {"decision": "accept"}, ("pay",))


def level(number, *roles, order="any"):
    return {"level": str(number), "roles": list(roles), "order": order}


def told(*levels, **settings):
    names = {role: {} for role in ROLES}
    written = {"chains": {"long": {"levels": list(levels)}}, "roles": names, **settings}
    return [(one.code, one.where, one.zh) for one in pack_faults(definition=REFUND, settings=written)]


def test_a_sound_chain_is_read_as_it_is_written():
    levels = [level(1, "reviewer"), level(2, "county_hrss", "finance", order="sequence")]
    assert told(*levels, clocks={"decision_days": {"days": "20"}}) == []
    assert levels_written({"levels": levels}) == [
        Level(("reviewer",)),
        Level(("county_hrss", "finance"), "sequence"),
    ]


def test_a_level_that_was_dropped_is_told_with_the_way_round():
    [(code, where, zh)] = told(level(1, "reviewer"), level(3, "county_hrss"))
    assert (code, where) == ("level_skipped", ("chains", "long", "levels", 1, "level"))
    assert zh == "提交 → 受理 → 第 1 级签批 → 第 3 级签批 → 付款：跳过第 2 级"


@pytest.mark.parametrize(
    ("levels", "code", "where", "words"),
    [
        ([level(1, "reviewr")], "role_not_in_service", (0, "roles", 0), "没有角色“reviewr”；可写：clerk, reviewer"),
        ([level(1, "reviewer"), level(2)], "level_without_roles", (1, "roles"), "签批：审批链“long”的第 2 级没有角色"),
        ([level(1, "reviewer", "reviewer")], "level_role_twice", (0, "roles", 1), "第 1 级把“reviewer”写了两次"),
        ([level(1, "reviewer", order="some")], "level_order", (0, "order"), "any（不分先后）或 sequence（依次）"),
        ([level(2, "reviewer"), level(1, "finance")], "level_number", (0, "level"), "这里应当是 1，写的是“2”"),
        ([level(1, "audit_officer")], "nobody_can_sign", (0, "roles", 0), "提交 → 受理：第 1 级没有人能签"),
    ],
)  # fmt: skip
def test_a_fault_of_a_level_is_told_at_its_place(levels, code, where, words):
    [(found, place, zh)] = told(*levels)
    assert (found, place) == (code, ("chains", "long", "levels", *where))
    assert words in zh


@pytest.mark.parametrize(
    "chain", [None, "long", {}, {"levels": []}, {"levels": ["1"]}, {"levels": [{"roles": "reviewer"}]}]
)
def test_a_chain_in_another_shape_says_what_to_write(chain):
    [(code, where, zh)] = told(chains={"long": chain})
    assert (code, where) == ("chain_shape", ("chains", "long"))
    assert "roles（列表）" in zh


def test_a_role_the_pack_does_not_name_cannot_be_shown():
    [(code, _, zh)] = told(level(1, "reviewer"), roles={})
    assert code == "role_not_in_pack"
    assert "显示不出由谁签" in zh


def test_a_role_of_the_pack_that_the_service_does_not_know_is_told():
    [(code, where, _)] = told(level(1, "reviewer"), roles={"reviewer": {}, "mayor": {}})
    assert (code, where) == ("role_not_in_service", ("roles", "mayor"))


@pytest.mark.parametrize("clock", ["payment_days", "decision"])
def test_a_clock_that_no_step_starts_is_told(clock):
    [(code, where, zh)] = told(level(1, "reviewer"), clocks={clock: {"days": "20"}})
    assert (code, where) == ("clock_never_starts", ("clocks", clock))
    assert "会启动的有：decision_days" in zh


def test_a_service_needs_who_accepts_and_who_pays_and_names_only_steps_there_are():
    assert service_faults(REFUND) == []
    wrong = Definition("refund", ("reviewer",), {"decision": "acept"}, ("pai",))
    assert [one.code for one in service_faults(wrong)] == ["role_needed", "role_needed", "verb_unknown", "verb_unknown"]
