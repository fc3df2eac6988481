"""The whole decision: lines together, money to the fen, papers, levels, way back, reasons."""

import copy
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import yibao
from yibao import services
from yibao.kernel.errors import InputInvalid
from yibao.services.refund.rules import results
from yibao.services.refund.rules.texts import refusal_order

BASE = ["payment_proof", "id_document", "bank_card"]
E1 = {"id": "e1", "scheme": "employee", "as": "individual", "tier": 2, "region": "500000", "from": "2021-01-01"}
FUND = {"id": "e2", "scheme": "employee", "as": "unemployed", "region": "500000", "from": "2021-01-01"}
P1 = {"id": "p1", "enrolment": "e1", "kind": "annual", "paid_on": "2022-01-05", "from": "2022-01", "to": "2022-12",
      "amount": "5874.00", "payer": "person", "account_credit_monthly": "164.65"}  # fmt: skip
P2 = {"id": "p2", "enrolment": "e2", "kind": "monthly", "from": "2022-01", "to": "2022-06", "amount": None,
      "payer": "unemployment_fund"}  # fmt: skip
CASE = {
    "service": "refund", "region": "500000", "on": "2023-02-10", "person": {"born": "1976-03-01", "sex": "M"},
    "enrolments": [E1, FUND], "payments": [P1, P2], "benefits": [], "events": [],
    "materials": [*BASE, "unemployment_record"],
    "request": {"reason": "unemployment_overlap", "payments": ["p1"]},
}  # fmt: skip


def case(**more):
    return copy.deepcopy(CASE) | more


def decide(**more):
    return yibao.decide(case(**more))


def codes(answer):
    return [each["code"] for each in answer["refusals"]]


class TestTheExampleOfTheContract:
    def test_comes_to_the_amount_and_line_shown(self):
        answer = decide()
        line = answer["lines"][0]
        assert (answer["decision"], answer["amount"], answer["receiver"]) == ("refund", "1949.10", "person")
        assert (line["months"], line["paid"], line["offset"], line["refund"]) == (6, "2937.00", "987.90", "1949.10")
        assert line["parts"] == [{"receiver": "person", "amount": "1949.10"}]
        assert (answer["earliest"], answer["latest"], answer["low_confidence"]) == ("2023-01-01", None, False)

    def test_every_step_cites_a_document_or_the_record_and_the_rule(self):
        for step in decide()["steps"]:
            assert "规则 " in step["source"] or step["source"].startswith("档案：缴费记录 p1（R3 要求")
            assert step["label"]
            assert step["value"]
            assert step["source_en"]

    def test_it_is_json_and_the_same_every_time(self):
        assert json.dumps(decide(), sort_keys=True) == json.dumps(decide(), sort_keys=True)

    def test_the_canonical_form_holds_no_sentence(self):
        kept = json.dumps(services.decide(case()).canonical(), ensure_ascii=False)
        assert kept.isascii()

    def test_the_trace_names_the_rows_tried_in_either_language(self):
        decision = services.decide(case())
        assert any(line.startswith("R3 适用") for line in decision.trace_lines("zh"))
        assert any(line.startswith("R3 applies") for line in decision.trace_lines("en"))


class TestTime:
    @pytest.mark.parametrize(
        ("on", "decision", "amount"),
        [("2022-12-31", "too_early", "0.00"), ("2023-01-01", "refund", "1949.10"),
         ("2014-01-05", "manual", None)],
    )  # fmt: skip
    def test_the_day_of_application_decides(self, on, decision, amount):
        answer = decide(on=on)
        assert (answer["decision"], answer["amount"]) == (decision, amount)

    def test_months_not_yet_due_stand_apart_with_their_day(self):
        own = P1 | {"from": "2022-07", "to": "2023-06"}
        fund = P2 | {"from": "2022-11", "to": "2023-02"}
        answer = decide(payments=[own, fund])
        assert [(line["months"], line["earliest"]) for line in answer["lines"]] == [
            (2, "2023-01-01"),
            (2, "2024-01-01"),
        ]
        assert answer["lines"][1]["refund"] == "0.00"
        assert (answer["decision"], answer["amount"], answer["earliest"]) == ("refund", "649.70", "2023-01-01")

    def test_before_any_rule_the_reason_says_so(self):
        assert codes(decide(on="2013-12-31")) == ["no_rule_in_force"]


class TestPapers:
    def test_all_that_is_missing_is_told_at_once_and_the_amount_stays(self):
        answer = decide(materials=["id_document"])
        assert (answer["decision"], answer["amount"]) == ("incomplete", "1949.10")
        assert codes(answer) == ["missing_material"] * 3
        assert [each["about"] for each in answer["refusals"]] == ["payment_proof", "bank_card", "unemployment_record"]

    def test_nothing_is_asked_for_where_nothing_is_paid(self):
        answer = decide(request={"reason": "wish", "payments": ["p1"]})
        assert (answer["decision"], answer["materials"], answer["approval"]) == ("no_refund", [], [])


class TestSeveralLines:
    SECOND = P1 | {"id": "p3", "from": "2021-01", "to": "2021-12", "paid_on": "2021-01-05"}

    def test_the_amount_is_the_sum_and_lines_without_overlap_stay_visible(self):
        answer = decide(payments=[P1, P2, self.SECOND], request={"reason": "unemployment_overlap",
                                                                  "payments": ["p1", "p3"]})  # fmt: skip
        assert (answer["decision"], answer["amount"]) == ("refund", "1949.10")
        assert [line["payment"] for line in answer["lines"]] == ["p1", "p3"]

    def test_one_line_for_a_person_to_decide_makes_the_whole_manual(self):
        unknown = self.SECOND | {"amount": None}
        fund = P2 | {"from": "2021-12", "to": "2022-06"}
        answer = decide(payments=[P1, fund, unknown], request={"reason": "unemployment_overlap",
                                                               "payments": ["p1", "p3"]})  # fmt: skip
        assert (answer["decision"], answer["amount"], codes(answer)) == ("manual", None, ["amount_unknown"])

    def test_without_a_selection_only_lines_that_are_refunded_are_shown(self):
        answer = decide(payments=[P1, P2, self.SECOND], request={"reason": "unemployment_overlap"})
        assert [line["payment"] for line in answer["lines"]] == ["p1"]

    def test_without_a_reason_the_first_rule_that_holds_stands(self):
        answer = decide(request={"payments": ["p1"]})
        assert (answer["amount"], answer["lines"][0]["rules"][0]) == ("1949.10", "R3")
        assert "others" not in answer


class TestMoney:
    def test_a_month_refunded_before_is_not_refunded_again(self):
        own = P1 | {"refunded": [{"from": "2022-01", "to": "2022-02", "amount": "649.70"}]}
        answer = decide(payments=[own, P2])
        assert (answer["lines"][0]["months"], answer["amount"]) == (4, "1299.40")

    def test_nothing_is_left_where_all_months_were_refunded(self):
        own = P1 | {"refunded": [{"from": "2022-01", "to": "2022-06", "amount": "1949.10"}]}
        assert codes(decide(payments=[own, P2])) == ["already_refunded"]

    def test_credits_above_the_share_leave_nothing_and_never_less(self):
        own = P1 | {"account_credit_monthly": "600.00"}
        answer = decide(payments=[own, P2])
        assert (answer["decision"], answer["amount"]) == ("refund", "0.00")

    def test_credits_not_on_record_are_computed_and_marked(self):
        own = {key: value for key, value in P1.items() if key != "account_credit_monthly"}
        answer = decide(payments=[own, P2])
        assert (answer["amount"], answer["low_confidence"]) == ("1949.10", True)
        assert "credit_rate_from_45" in answer["lines"][0]["rules"]

    def test_credits_nobody_knows_go_to_a_person(self):
        own = P1 | {"from": "2023-01", "to": "2023-12", "paid_on": "2023-01-05"}
        del own["account_credit_monthly"]
        answer = decide(payments=[own, P2 | {"from": "2023-01", "to": "2023-06"}], on="2024-02-10")
        assert (answer["decision"], codes(answer)) == ("manual", ["credit_unknown"])

    def test_the_offset_is_taken_from_the_person_first(self):
        shares = [("unit", 60000), ("person", 40000)]
        assert results._after_offset(shares=shares, offset=50000) == [("unit", 50000), ("person", 0)]

    @given(
        amounts=st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=5),
        total=st.integers(min_value=0, max_value=10**9),
    )
    def test_shares_add_up_to_the_total(self, amounts, total):
        payers = [(f"payer{position}", amount) for position, amount in enumerate(amounts)]
        shares = results._shares(payers=payers, total=total)
        assert sum(share for _, share in shares) == total
        assert all(share >= 0 for _, share in shares)

    @given(
        fen=st.integers(min_value=1, max_value=10**8),
        credit=st.integers(min_value=0, max_value=10**7),
        first=st.integers(min_value=1, max_value=12),
        last=st.integers(min_value=1, max_value=12),
    )
    def test_a_refund_never_exceeds_the_payment_and_its_parts_add_up(self, fen, credit, first, last):
        own = P1 | {"amount": f"{fen // 100}.{fen % 100:02d}",
                    "account_credit_monthly": f"{credit // 100}.{credit % 100:02d}"}  # fmt: skip
        fund = P2 | {"from": f"2022-{min(first, last):02d}", "to": f"2022-{max(first, last):02d}"}
        decision = services.decide(case(payments=[own, fund]))
        assert decision.amount is not None
        assert 0 <= decision.amount <= fen
        assert sum(part.amount for entry in decision.entries for part in entry.parts) == decision.amount


class TestReceiversAndWayBack:
    def test_a_dead_persons_money_goes_to_the_heir(self):
        answer = decide(person={"born": "1976-03-01", "died": "2022-12-20"})
        assert (answer["receiver"], answer["decision"]) == ("heir", "refund")

    @pytest.mark.parametrize(
        ("channel", "collector", "payout", "intake"),
        [
            ("window", None, {"flow": "F5", "route": "slip"}, "counter"),
            ("app", None, {"flow": "original", "route": "original"}, None),
            ("tax_wechat", None, {"flow": "original", "route": "original"}, "tax"),
            ("agency_list", "tax", {"flow": "original", "route": "original"}, "agency_list"),
            ("window", "tax", {"flow": "F5", "route": "slip"}, "tax"),
        ],
    )
    def test_channel_and_collector_decide(self, channel, collector, payout, intake):
        own = P1 | ({"collector": collector} if collector else {})
        answer = decide(payments=[own, P2], request=CASE["request"] | {"channel": channel})
        assert (answer["payout"], answer.get("intake")) == (payout, intake)


class TestTariffs:
    @pytest.mark.parametrize(
        ("tier", "lump", "normal", "concession"),
        [(1, False, 214000, 68000), (2, False, 470000, 324000), (1, True, 285000, 96000), (2, True, 626000, 437000)],
    )
    def test_the_published_amounts_of_2016_come_out(self, tier, lump, normal, concession):
        table = services.packs().region_for("500000").table("contribution", "tariff", on=date(2016, 1, 1))
        amounts = table.decide({"tariff_on": date(2016, 1, 1), "tier": tier, "lump_sum": lump}).amounts
        assert (amounts["normal"], amounts["concession"]) == (normal, concession)

    def test_the_large_claim_tariff_of_2016_comes_out(self):
        table = services.packs().region_for("500000").table("contribution", "large_claim", on=date(2016, 1, 1))
        assert table.decide({"tariff_on": date(2016, 1, 1)}).amounts["large_claim"] == 43000

    @pytest.mark.parametrize(
        ("year", "tier", "normal"),
        [(2020, 1, 213240), (2020, 2, 469128), (2022, 1, 267000), (2023, 2, 587400), (2024, 1, 291000),
         (2024, 2, 640200), (2025, 1, 307500), (2025, 2, 676500)],
    )  # fmt: skip
    def test_later_tariffs_are_not_rounded_up(self, year, tier, normal):
        on = date(year, 1, 1)
        table = services.packs().region_for("500000").table("contribution", "tariff", on=on)
        assert table.decide({"tariff_on": on, "tier": tier, "lump_sum": False}).amounts["normal"] == normal

    @pytest.mark.parametrize(("age", "credit"), [(34, 14685), (35, 15575), (44, 15575), (45, 16465)])
    def test_the_published_credits_of_2022_come_out(self, age, credit):
        on = date(2022, 5, 1)
        table = services.packs().region_for("500000").table("contribution", "credit", on=on)
        assert table.decide({"credit_month": on, "age": age, "retired": False}).amounts["credit"] == credit


class TestWords:
    def test_every_refusal_a_row_can_give_has_its_sentences(self):
        vocabulary = services.packs().region_for("500000").vocabularies["refund"]
        assert set(vocabulary.enums["refusal"].labels) <= set(refusal_order())

    def test_every_rule_that_refuses_names_a_reason_and_a_next_step(self):
        answer = decide(request={"reason": "wish", "payments": ["p1"]})
        told = answer["refusals"][0]
        assert (told["code"], all(told[name] for name in ("zh", "en", "next_zh", "next_en"))) == ("own_wish", True)

    def test_a_group_the_region_does_not_know_is_wrong_input(self):
        with pytest.raises(InputInvalid) as caught:
            decide(person={"born": "1976-03-01", "groups": ["shuangjei"]})
        assert caught.value.problems[0].where == "person.groups[0]"
        assert "shuangjie" in caught.value.problems[0].en


def test_the_rules_know_no_number_of_a_document():
    rules = Path(results.__file__).parent
    assert not any("渝" in path.read_text(encoding="utf-8") for path in rules.glob("*.py"))
