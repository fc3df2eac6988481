"""What holds for the decision of every worked example, whatever its rule."""

from collections import defaultdict
from decimal import Decimal

import pytest

import yibao

ZERO = Decimal(0)


@pytest.fixture(scope="module")
def decided(all_examples):
    """Every worked example of a refund with its decision."""
    return [(each, yibao.decide(each.given)) for each in all_examples if each.given["service"] == "refund"]


def money(texts):
    return sum((Decimal(each) for each in texts), ZERO)


def adds_up(decision):
    parts = all(
        money(part["amount"] for part in line["parts"]) == money([line["refund"]]) for line in decision["lines"]
    )
    whole = decision["amount"]
    return parts and (whole is None or money(line["refund"] for line in decision["lines"]) == money([whole]))


def within_what_was_paid(given, decision):
    given_back = defaultdict(Decimal)
    for line in decision["lines"]:
        given_back[line["payment"]] += money([line["refund"]])
    paid = {each["id"]: each["amount"] for each in given["payments"]}
    return all(amount <= money([paid[payment]]) for payment, amount in given_back.items() if amount)


def cites(step):
    record = step["source"].startswith("档案：") and "要求" in step["source"]
    return bool(step["label"]) and ("规则 " in step["source"] or record)


def test_the_parts_add_up_to_the_line_and_the_lines_to_the_amount(decided):
    assert [each.name for each, decision in decided if not adds_up(decision)] == []


def test_nothing_is_negative(decided):
    members = ("paid", "offset", "refund")
    lines = [(each.name, line) for each, decision in decided for line in decision["lines"]]
    assert [name for name, line in lines if min(money([line[member]]) for member in members) < ZERO] == []


def test_no_payment_gives_back_more_than_was_paid(decided):
    assert [each.name for each, decision in decided if not within_what_was_paid(each.given, decision)] == []


def test_every_step_cites_a_document_or_the_record_and_the_rule_that_asked(decided):
    steps = [(each.name, step) for each, decision in decided for step in decision["steps"]]
    assert [(name, step) for name, step in steps if not cites(step)] == []


def test_the_same_case_gives_the_same_decision(decided):
    assert [each.name for each, decision in decided if yibao.decide(each.given) != decision] == []
