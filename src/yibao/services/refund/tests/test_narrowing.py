"""What a refund adds to the filters of a work list: its channel, and decisions on weak ground."""

from datetime import UTC, date, datetime

import pytest

from yibao.services import handing
from yibao.services.refund.pages.narrowing import came_by, founded
from yibao.store import cases, packs, queues
from yibao.store.models import Case, CaseTurn
from yibao.store.narrowing import Narrow

pytestmark = pytest.mark.django_db
AT, DAY = datetime(2023, 2, 10, 2, 0, tzinfo=UTC), date(2023, 2, 10)
STRONG, WEAK = {"low_confidence": False}, {"low_confidence": True}


def found(**asked):
    page = queues.queue(roles=["clerk"], region="500000", narrow=Narrow(**asked))
    return [case.number for case in page.rows]


def decided(case, *, evidence_hash, canonical, outcome):
    packs.save(version="v1", region="500000", texts={"a.yaml": "x: 1"}, at=AT)
    cases.record_decision(
        case=case, service="refund", decided_on=DAY, pack_version="v1", evidence_hash=evidence_hash, at=AT,
        case_file={"service": "refund"}, canonical=canonical, outcome=outcome, amount_fen=1,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("canonical", "outcome", "in_force", "weak"),
    [
        (STRONG, "refund", True, False),
        (WEAK, "refund", True, True),
        ({"lines": [WEAK]}, "refund", True, True),
        (STRONG, "manual", True, True),
        (WEAK, "refund", False, False),
        (STRONG, "manual", False, False),
    ],
)
def test_the_decision_in_force_tells_whether_a_case_is_weak(walk, canonical, outcome, in_force, weak) -> None:
    walk.submitted()
    Case.objects.filter(number=walk.number).update(evidence_hash="now")
    decided(walk.case, evidence_hash="now" if in_force else "before", canonical=canonical, outcome=outcome)
    assert found(refine=(founded("weak"),)) == ([walk.number] if weak else [])
    assert found(refine=(founded("weak"),), level=7) == []


def test_a_case_that_was_not_decided_is_not_weak(walk) -> None:
    walk.submitted()
    assert found(refine=(founded("weak"),)) == []


@pytest.mark.parametrize(("channel", "stands"), [("app", True), ("window", False)])
def test_a_channel_and_what_the_list_answers_itself_hold_together(walk, channel, stands) -> None:
    walk.submitted()
    here = [walk.number] if stands else []
    assert found(refine=(came_by(channel),)) == here
    assert found(refine=(came_by(channel),), number=walk.number[-4:], holder="nobody") == here
    assert found(refine=(came_by(channel),), holder="others:1") == []


def test_a_turn_carries_what_its_case_shows_after_each_step(walk) -> None:
    names = ("number", "level", "amount_fen", "holder_id", "region", "service")
    walk.submitted()
    steps = (
        lambda: handing.take(number=walk.number, by=walk.staff["clerk"], **walk.now()),
        lambda: walk.accept(),
        lambda: walk.approve(confirmed=True),
    )
    for step in steps:
        step()
        turns, case = CaseTurn.objects.all(), Case.objects.get(number=walk.number)
        assert {tuple(getattr(turn, name) for name in names) for turn in turns} == {
            tuple(getattr(case, name) for name in names)
        }
