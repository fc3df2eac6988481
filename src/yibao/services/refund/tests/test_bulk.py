"""Approving many refunds at once: the same checks, the same actions, the same books as one by one."""

import os
import signal
import threading
from contextlib import nullcontext
from dataclasses import replace
from datetime import date, datetime
from unittest import mock

import pytest
from django.db import OperationalError, connection, connections

from yibao.bank.pain002 import BANK_TIME
from yibao.casework.refusals import REFUSALS
from yibao.kernel.errors import Refused
from yibao.kernel.identifiers import make_resident_id
from yibao.services import bulk as service
from yibao.services.refund import actions
from yibao.services.refund.models import RefundedMonth
from yibao.store import audit_log, bulk, cases, posting, verify
from yibao.store.bulk import Query
from yibao.store.models import BulkRow, CaseAction, CaseSignature, JournalTransaction, Outbox, StaffRole

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2023, 2, 10)
AT = datetime(2023, 2, 10, 15, tzinfo=BANK_TIME)
QUERY = Query("reviewer", "500000", "refund")
NOW = {"on": DAY, "at": AT}


@pytest.fixture(autouse=True)
def few_inspected(settings):
    settings.YIBAO_BULK_INSPECTED = 2


@pytest.fixture
def many(make_walk, record):
    """Five accepted cases of five persons."""
    return [make_walk(record.chen(identity(serial))).accepted() for serial in range(5)]


@pytest.fixture
def hands():
    """How many sign a run at once: two where the database locks rows one by one."""
    return {"postgresql": 2, "sqlite": 1}[connection.vendor]


def identity(serial):
    return make_resident_id(area="500112", born=date(1976, 3, 1), serial=serial)


def made(staff, key="k"):
    return service.make(query=QUERY, key=key, by=staff["reviewer"], **NOW)


def look(run, row, staff):
    audit_log.record_read(
        reader=staff["reviewer"], person_id=row.case.person_id, purpose="case", at=AT, case_number=row.case.number
    )


def inspected(run, staff):
    """Open and agree with every drawn row."""
    for row in run.rows.filter(drawn__isnull=False, verdict="").select_related("case"):
        look(run, row, staff)
        bulk.mark(number=run.number, row=row.pk, agreed=True, by=staff["reviewer"], at=AT)
    return run


def released(staff):
    return bulk.release(number=inspected(made(staff), staff).number, by=staff["reviewer"], at=AT)


def outcomes(run):
    return list(run.rows.order_by("pk").values_list("outcome", "code"))


def refusal_of(work):
    with pytest.raises(Refused) as told:
        work()
    return told.value.refusal.code


class TestTheList:
    def test_is_found_with_its_sum_and_kept_once(self, many, staff):
        found = service.find(QUERY, by=staff["reviewer"])
        assert (len(found.cases), found.total_fen, found.weak, found.held) == (5, 5 * 194910, [], 0)
        run = made(staff)
        assert made(staff) == run
        assert run.rows.count() == 5
        assert refusal_of(lambda: service.make(query=replace(QUERY, most_fen=9), key="k", by=staff["reviewer"], **NOW))

    def test_leaves_out_what_rests_on_weak_sources_and_what_a_colleague_has_taken(self, many, staff):
        cases.act(number=many[0].number, kind="take", by=staff["reviewer2"], **NOW)
        with mock.patch.object(actions, "weak", lambda held: {many[1].case.pk} & set(held)):
            run = made(staff)
        assert (run.rows.count(), run.weak, run.weak_fen, run.held) == (3, 1, 194910, 1)

    def test_a_case_a_person_decided_is_weak(self, many):
        assert actions.weak([many[0].case.pk]) == set()
        assert actions.weak([0]) == {0}

    def test_takes_the_filters(self, many, staff):
        assert service.find(replace(QUERY, most_fen=194909), by=staff["reviewer"]).cases == []
        assert len(service.find(replace(QUERY, due_by=date(2099, 1, 1)), by=staff["reviewer"]).cases) == 5
        assert (
            refusal_of(lambda: service.make(query=replace(QUERY, most_fen=1), key="x", by=staff["reviewer"], **NOW))
            == "nothing_to_approve"
        )

    def test_is_only_for_those_who_sign(self, many, staff):
        assert refusal_of(lambda: service.find(QUERY, by=staff["clerk"])) == "not_your_role"
        assert (
            refusal_of(lambda: service.find(replace(QUERY, region="510000"), by=staff["reviewer"])) == "not_your_region"
        )
        assert refusal_of(lambda: service.find(replace(QUERY, service="x"), by=staff["reviewer"])) == "no_bulk_service"
        assert service.signing_roles(staff["reviewer"]) == ["reviewer"]
        assert service.signing_roles(staff["finance"]) == []


class TestTheInspection:
    def test_is_drawn_by_a_seed_that_can_be_drawn_again(self, many, staff):
        run = made(staff)
        numbers = list(run.rows.values_list("case__number", flat=True))
        drawn = list(run.rows.filter(drawn__isnull=False).order_by("drawn").values_list("case__number", flat=True))
        assert drawn == bulk.drawing_order(seed=run.seed, numbers=numbers)[:2]
        assert len(run.seed) == 32

    def test_comes_before_the_release(self, many, staff):
        run, me = made(staff), staff["reviewer"]
        assert refusal_of(lambda: bulk.release(number=run.number, by=me, at=AT)) == "bulk_not_inspected"
        row = run.rows.filter(drawn=1).get()
        judged = {"number": run.number, "agreed": True, "at": AT}
        assert refusal_of(lambda: bulk.mark(row=row.pk, by=me, **judged)) == "bulk_not_opened"
        look(run, row, staff)
        assert refusal_of(lambda: bulk.mark(row=row.pk, by=staff["reviewer2"], **judged)) == "bulk_not_yours"
        other = run.rows.filter(drawn=None).first()
        assert refusal_of(lambda: bulk.mark(row=other.pk, by=me, **judged)) == "bulk_not_drawn"
        bulk.mark(row=row.pk, by=me, **judged)
        assert bulk.left_to_inspect(run) == 1
        assert refusal_of(lambda: service.work(number=run.number, **NOW)) == "bulk_wrong_state"
        inspected(run, staff)
        assert bulk.release(number=run.number, by=me, at=AT).state == "released"
        assert bulk.release(number=run.number, by=me, at=AT).state == "released"
        assert Outbox.objects.filter(kind=bulk.JOB).count() == 1
        assert refusal_of(lambda: bulk.drop(number=run.number, by=me)) == "bulk_wrong_state"

    def test_a_row_not_agreed_with_is_taken_out_and_asks_for_as_many_again(self, many, staff):
        run = made(staff)
        row = run.rows.filter(drawn=1).select_related("case").get()
        look(run, row, staff)
        bulk.mark(number=run.number, row=row.pk, agreed=False, by=staff["reviewer"], at=AT)
        assert (run.rows.filter(drawn__isnull=False).count(), bulk.left_to_inspect(run)) == (4, 3)
        inspected(run, staff)
        bulk.release(number=run.number, by=staff["reviewer"], at=AT)
        run = service.work(number=run.number, **NOW)
        assert sorted(outcomes(run)) == [("approved", "")] * 4 + [("taken_out", "")]
        assert cases.get(row.case.number).state == "accepted"

    def test_a_run_can_be_given_up(self, many, staff):
        run = bulk.drop(number=made(staff).number, by=staff["reviewer"])
        assert refusal_of(lambda: bulk.release(number=run.number, by=staff["reviewer"], at=AT)) == "bulk_wrong_state"


class TestTheWork:
    def test_writes_what_one_approval_by_itself_writes(self, many, staff, make_walk, record):
        run = released(staff)
        alone = make_walk(record.chen(identity(99))).accepted()
        actions.approve(number=alone.number, level=1, seen=alone.seen, by=staff["reviewer"], role="reviewer", **NOW)
        with mock.patch.object(actions, "approve", side_effect=AssertionError("signed alone")):
            assert service.work(number=run.number, **NOW).state == "done"
        assert [told for told, _ in outcomes(run)] == ["approved"] * 5
        assert footprint(many[0].number) == footprint(alone.number)
        assert CaseAction.objects.get(case__number=many[0].number, kind="approve").data["bulk"] == run.number
        assert_whole()
        assert bulk.progress(run) == {"approved": {"count": 5, "sum": 5 * 194910}}

    def test_says_of_each_row_why_it_was_not_approved(self, many, staff):
        run = released(staff)
        changed, taken, passed = many[0], many[1], many[2]
        changed_person = changed.person
        changed_person.sex = "F"
        changed_person.save()
        cases.act(number=taken.number, kind="take", by=staff["reviewer2"], **NOW)
        passed.approve(by="reviewer2")
        service.work(number=run.number, **NOW)
        assert outcomes(run) == [
            ("changed", "evidence_changed"), ("refused", "held_by_other"), ("changed", "wrong_state"),
            ("approved", ""), ("approved", ""),
        ]  # fmt: skip
        assert (changed.case.state, changed.case.level) == ("accepted", 1)
        assert changed.case.actions.filter(kind="evidence_changed").exists()
        assert_whole()

    def test_keeps_the_two_person_rule_and_the_role_of_the_day(self, many, staff):
        run = released(staff)
        StaffRole.objects.filter(user_id=staff["reviewer"].user_id).update(role="clerk")
        service.work(number=run.number, **NOW)
        assert outcomes(run) == [("refused", "not_your_role")] * 5
        assert not CaseSignature.objects.exists()

    def test_nobody_signs_what_they_accepted(self, make_walk, record, staff):
        both = staff["reviewer"]
        StaffRole.objects.create(user_id=both.user_id, role="clerk", region="500000")
        staff["both"] = replace(both, roles=both.roles | {"clerk"})
        mine, other = make_walk(record.chen(identity(1))).submitted(), make_walk(record.chen(identity(2))).accepted()
        mine.accept(by="both")
        run = released(staff)
        service.work(number=run.number, **NOW)
        assert {row.case.number: row.code for row in run.rows.select_related("case")} == {
            mine.number: "two_person_rule", other.number: "",
        }  # fmt: skip
        assert "two_person_rule" in REFUSALS

    def test_a_closed_month_refuses_each_row_and_posts_nothing(self, many, staff):
        from yibao.kernel.months import Month

        run = released(staff)
        posting.close_period(region="500000", month=Month(2023, 2), by=staff["finance"], at=AT)
        service.work(number=run.number, **NOW)
        assert outcomes(run) == [("refused", "period_closed")] * 5
        assert [walk.case.state for walk in many] == ["accepted"] * 5

    def test_a_row_that_breaks_stops_no_other(self, many, staff):
        run = released(staff)
        broken, original = many[1].number, actions.sign_together

        def trips(**asked):
            raise ValueError("broken")

        def approve(**asked):
            if asked["number"] == broken:
                raise ValueError("broken")
            return one(**asked)

        one = actions.approve
        with mock.patch.object(actions, "sign_together", trips), mock.patch.object(actions, "approve", approve):
            service.work(number=run.number, **NOW)
        assert [told for told, _ in outcomes(run)] == ["approved", "failed", "approved", "approved", "approved"]
        assert original is actions.sign_together
        assert_whole()

    def test_two_cases_of_one_person_never_share_a_group(self, chen, make_walk, record, staff):
        extra = record.enrol(chen, "individual", date(2021, 1, 1), date(2022, 1, 1), tier=2)
        record.post(
            record.pay(extra, "2021-01", "2021-12", 587400, paid_on=date(2021, 1, 5), large=53400, credit=16465)
        )
        first = make_walk(chen).accepted()
        make_walk(record.chen(identity(3))).accepted()
        run = made(staff)
        row = run.rows.order_by("pk").first()
        BulkRow.objects.filter(pk=row.pk).update(case=first.case)
        assert len(bulk.group(run=run, after=0, size=10)) == 2


# What dies when it is called for the n-th time.
POINTS = {
    "group taken": (bulk, "still_waiting", 1),
    "decisions made": (cases, "record_decisions", 1),
    "signatures written": (posting, "post_many", 1),
    "booked, not yet told": (bulk, "tell", 1),
    "second group": (bulk, "still_waiting", 2),
    "second group booked": (bulk, "tell", 2),
    "before the end is told": (bulk, "finish", 1),
}


@pytest.mark.parametrize("point", POINTS)
def test_killed_anywhere_and_started_again_each_row_is_signed_once(many, staff, point):
    run = released(staff)
    killed(POINTS[point], lambda: service.work(number=run.number, size=2, **NOW))
    assert_whole()
    done = run.rows.filter(outcome="approved").count()
    assert done == CaseSignature.objects.count() == JournalTransaction.objects.filter(kind="refund.payable").count()
    assert service.work(number=run.number, size=2, **NOW).state == "done"
    assert [told for told, _ in outcomes(run)] == ["approved"] * 5
    assert CaseSignature.objects.count() == 5
    assert_whole()


def test_two_workers_at_once_sign_each_row_once(many, staff):
    run = released(staff)
    connections.close_all()
    children = [os.fork() for _ in range(2)]
    if 0 in children:
        connection.connection = None
        try:
            service.work(number=run.number, size=1, **NOW)
        finally:
            os._exit(0)
    for child in children:
        os.waitpid(child, 0)
    assert service.work(number=run.number, **NOW).state == "done"
    assert [told for told, _ in outcomes(run)] == ["approved"] * 5
    assert CaseAction.objects.filter(kind="approve").count() == 5
    assert_whole()


def test_one_worker_signs_as_many_groups_at_once_as_it_has_hands_and_each_row_once(many, staff, hands):
    run, original, all_here = released(staff), actions.sign_together, threading.Barrier(hands, timeout=20)
    first, held = {}, threading.Lock()

    def sign(**asked):
        with held:
            alone = first.setdefault(threading.get_ident(), True)
            first[threading.get_ident()] = False
        if alone:
            # Whoever comes first waits here for the other, with its group locked.
            all_here.wait()
        return original(**asked)

    with mock.patch.object(actions, "sign_together", sign):
        assert service.work(number=run.number, size=2, **NOW).state == "done"
    assert len(first) == hands
    assert [told for told, _ in outcomes(run)] == ["approved"] * 5
    assert CaseAction.objects.filter(kind="approve").count() == 5
    assert_whole()


def test_where_one_of_two_hands_breaks_down_the_run_stays_open_and_is_finished_when_called_again(many, staff, hands):
    run, here, original = released(staff), threading.get_ident(), bulk.group

    def group(**asked):
        if threading.get_ident() != here:
            raise OperationalError("the line is gone")
        return original(**asked)

    alone = hands == 1
    with mock.patch.object(bulk, "group", group), nullcontext() if alone else pytest.raises(OperationalError):
        service.work(number=run.number, size=2, **NOW)
    assert bulk.get(run.number).state == ("done" if alone else "released")
    assert service.work(number=run.number, size=2, **NOW).state == "done"
    assert [told for told, _ in outcomes(run)] == ["approved"] * 5
    assert_whole()


def killed(point, work):
    """Run work in a process that kills itself at a point; it must come there."""
    module, name, turn = point
    connections.close_all()
    child = os.fork()
    if child == 0:
        _run_and_die(module, name, turn, work)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), f"{name} was not called {turn} times"


def _run_and_die(module, name, turn, work):
    # This copy of the test run has a connection of its own, and must not go on, whatever happens.
    connection.connection = None
    original, left = getattr(module, name), turn

    def die_in_time(*args, **kwargs):
        nonlocal left
        left -= 1
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **kwargs)

    try:
        with mock.patch.object(module, name, die_in_time):
            work()
    finally:
        os._exit(0)


def footprint(number):
    """What an approval leaves behind, without what names the case."""
    case = cases.get(number)
    action = case.actions.get(kind="approve")
    decision = cases.decision(number)
    posted = JournalTransaction.objects.get(case_number=number)
    return {
        "case": (case.state, case.level, case.amount_fen, case.due_on, case.pack_version_id, case.action_count),
        "action": (action.role, action.actor_id, action.business_date, {**action.data, "bulk": ""} | {"bulk": ""}),
        "turns": list(case.turns.values_list("role", "region", "service", "due_on")),
        "clocks": list(case.clocks.values_list("name", "running_since", "finished_on")),
        "signatures": list(case.signatures.values_list("round", "level", "role", "user_id")),
        "decision": (decision.outcome, decision.amount_fen, decision.decided_on, len(decision.case_file) > 0),
        "months": list(RefundedMonth.objects.filter(case=case).values_list("month", "ground", "amount_fen")),
        "posted": list(posted.entries.order_by("line").values_list("account__kind", "amount_fen")),
    }


def assert_whole():
    assert verify.verify_ledger() == []
    assert verify.verify_audit(files=False) == []
