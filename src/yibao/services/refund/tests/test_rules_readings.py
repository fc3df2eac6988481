"""Values the documents leave open: decided under every reading, and by a person where the readings differ."""

import json
from pathlib import Path
from typing import Any

import pytest

from yibao import services
from yibao.policy import Region, load_texts
from yibao.policy.casefile import read
from yibao.services.refund.rules import decide

CASE = Path(__file__).resolve().parents[5] / "docs" / "tutorial" / "case.json"
FILE = "500000_chongqing/contribution.yaml"
WRITTEN = 'until: 2023-01-01, value: "3.7%", source: [cq-s13b'
RATE = "credit_rate_from_45"


def region(value: str) -> Region:
    """Chongqing with the rate of the account credits from 45 on written in another way."""
    texts = dict(services.packs().region_for("500000").texts)
    assert texts[FILE].count(WRITTEN) == 1
    texts[FILE] = texts[FILE].replace(WRITTEN, f"until: 2023-01-01, value: {value}, source: [cq-s13b")
    return load_texts(texts=texts).region_for("500000")


def case(**more: Any) -> dict[str, Any]:
    given: dict[str, Any] = json.loads(CASE.read_text(encoding="utf-8"))
    del given["payments"][0]["account_credit_monthly"]
    return given | more


@pytest.fixture(scope="module")
def open_rate() -> Region:
    return region('{whole: "3.7%", less: "3.5%"}')


def test_readings_that_differ_are_for_a_person_with_the_result_of_each(open_rate: Region) -> None:
    # 5,874.00 × 6/12 = 2,937.00; six credits of 4,450.00 × 3.7 % = 164.65 or × 3.5 % = 155.75 are set off:
    # 2,937.00 - 987.90 = 1,949.10, or 2,937.00 - 934.50 = 2,002.50.
    answer = decide(case=read(case()), region=open_rate).json()
    assert (answer["decision"], answer["amount"], answer["materials"]) == ("manual", None, [])
    assert [refusal["code"] for refusal in answer["refusals"]] == ["open_reading"]
    assert "whole → refund 1949.10；less → refund 2002.50" in answer["refusals"][0]["zh"]
    assert answer["readings"] == [
        {"taken": {RATE: "whole"}, "decision": "refund", "amount": "1949.10"},
        {"taken": {RATE: "less"}, "decision": "refund", "amount": "2002.50"},
    ]


def test_a_decision_all_readings_share_stands(open_rate: Region) -> None:
    wish = case(request={"reason": "wish", "payments": ["p1"]})
    answer = decide(case=read(wish), region=open_rate)
    plain = decide(case=read(wish), region=region('"3.7%"'))
    assert answer.decision == "no_refund"
    assert "readings" not in answer.json()
    assert answer.refusals == plain.refusals


def test_the_same_open_value_is_decided_the_same_again(open_rate: Region) -> None:
    first, again = (decide(case=read(case()), region=open_rate).canonical() for _ in range(2))
    assert first == again
    assert first["readings"][0]["taken"] == {RATE: "whole"}
