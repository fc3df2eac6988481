"""The core table and the engine are proved; each one changed in one place is caught with its counter-example."""

import pytest

from yibao.casework import rights, standing, states
from yibao.casework.faults import MESSAGES, Step, fault
from yibao.casework.levels import Level
from yibao.casework.proving import prove, prove_table
from yibao.casework.states import State

EVERY_FORM = [Level(("one",)), Level(("two", "three")), Level(("four", "five"), "sequence")]
TWO = [Level(("reviewer",)), Level(("county_hrss", "county_finance"))]
CLOCKS = {"decision": "accept", "correction": "ask_correction"}


def sentences(levels=TWO, **clocks):
    return {one.code: one.zh for one in [*prove_table(levels=levels), *prove(levels=levels, clocks=clocks)]}


def without(monkeypatch, state, *verbs):
    """Take steps out of a copy of the table: its order is that of the buttons."""
    left = {key: after for key, after in states.TRANSITIONS.items() if key not in {(state, verb) for verb in verbs}}
    assert len(left) + len(verbs) == len(states.TRANSITIONS)
    monkeypatch.setattr(states, "TRANSITIONS", left)


def test_the_engine_keeps_every_promise_under_every_form_of_level():
    assert prove_table(levels=EVERY_FORM) == []
    assert prove(levels=EVERY_FORM[:2], clocks=CLOCKS) == []


@pytest.mark.parametrize(
    ("levels", "count"),
    [([Level(("clerk",))], 1), ([Level(("finance",))], 1), ([Level(("reviewer",))] * 3, 3)],
    ids=["the office that accepts", "the office that pays", "one office thrice"],
)
def test_one_office_at_two_steps_still_has_two_people_for_them(levels, count):
    assert len(levels) == count
    assert prove(levels=levels) == []


def test_without_the_step_that_pays_no_case_is_ever_being_paid(monkeypatch):
    without(monkeypatch, State.APPROVED, "pay")
    assert list(sentences()) == ["state_unreachable"]
    assert sentences()["state_unreachable"].startswith(
        "没有一条路能到“executing”；从提交走下去只能到：draft, submitted"
    )


def test_a_state_that_leads_nowhere_is_told_with_the_way_into_it(monkeypatch):
    without(monkeypatch, State.EXECUTING, "bounce", "confirm_paid")
    assert sentences()["state_dead_end"] == (
        "提交 → 受理 → 第 1 级签批（reviewer） → 第 2 级签批（county_hrss） → 第 2 级签批（county_finance） → 付款："
        "停在“executing”，再没有一条路能办结"
    )


def test_a_correction_nobody_can_answer_is_a_dead_end(monkeypatch):
    without(monkeypatch, State.CORRECTION_DUE, "resubmit", "withdraw")
    assert sentences()["state_dead_end"] == "提交 → 要求补正：停在“correction_due”，再没有一条路能办结"


@pytest.mark.parametrize(
    ("before", "verb", "after", "code", "sentence"),
    [
        ("submitted", "pay", "executing", "paid_unaccepted", "提交 → 付款：没有受理"),
        ("accepted", "pay", "executing", "level_skipped", "提交 → 受理 → 付款：跳过第 1 级"),
        (
            "in_review", "pay", "executing", "signature_skipped",
            "提交 → 受理 → 第 1 级签批（reviewer） → 第 2 级签批（county_hrss） → 付款："
            "第 2 级缺少“county_finance”的签字",
        ),
        ("accepted", "complete", "completed", "level_skipped", "提交 → 受理 → 办结：跳过第 1 级"),
        ("submitted", "approve", "in_review", "step_breaks", "提交 → 第 0 级签批（clerk）：这一步无法执行"),
    ],
)  # fmt: skip
def test_a_step_too_many_is_told_with_the_way_round(monkeypatch, before, verb, after, code, sentence):
    monkeypatch.setattr(states, "TRANSITIONS", {**states.TRANSITIONS, (State(before), verb): State(after)})
    assert sentences()[code] == sentence


def test_an_engine_that_forgets_the_last_level_is_caught(monkeypatch):
    def hasty(before, action):
        changes = standing._approved(before, action)
        last = changes.get("level", before.level) == len(before.levels) > 1
        return changes | {"state": State.APPROVED} if last else changes

    monkeypatch.setitem(standing._STEPS, "approve", hasty)
    assert sentences()["level_skipped"] == "提交 → 受理 → 第 1 级签批（reviewer） → 付款：跳过第 2 级"


def test_an_engine_that_keeps_signatures_when_the_amount_changes_is_caught(monkeypatch):
    monkeypatch.setattr(standing, "_voided", lambda *_: {})
    assert "金额变动" in sentences([Level(("reviewer",))])["level_skipped"]


def test_an_engine_without_the_two_person_rule_is_caught(monkeypatch):
    monkeypatch.setattr(rights, "_check_second_person", lambda *_: None)
    told = sentences([Level(("reviewer",))])["one_person_twice"]
    assert told.startswith("提交 → 受理 → 第 1 级签批（reviewer） → 付款：同一个人办了其中两步（")


def test_a_rule_that_keeps_everybody_out_who_is_needed_blocks_the_level():
    levels = [Level(("reviewer",)), Level(("audit_officer",))]
    assert [one.zh for one in prove(levels=levels)] == [
        "提交 → 受理 → 第 1 级签批（reviewer）：第 2 级没有人能签；"
        "角色“audit_officer”不能办理案件，或者只能由前面已经签过的人签"
    ]


def test_a_clock_that_outlives_its_case_is_caught(monkeypatch):
    monkeypatch.setattr(standing, "CLOSED", frozenset({State.COMPLETED}))
    told = {one.code: one.zh for one in prove(levels=TWO, clocks=CLOCKS)}
    assert told["clock_never_ends"] == "提交 → 要求补正 → 撤回：已办结，时限“correction”还在走"


def test_every_sentence_is_written_in_both_languages_with_the_same_gaps():
    assert fault(code="level_skipped", path=[Step("submit"), Step("pay")], level=2).en == (
        "submit → pay: level 2 is skipped"
    )
    gaps = {
        code: [{part.split("}")[0] for part in text.split("{")[1:]} for text in both] for code, both in MESSAGES.items()
    }
    assert [
        code
        for code, (zh, en) in gaps.items()
        if {name.removesuffix("!r") for name in en} - {"step_en"} != zh - {"step"}
    ] == []
