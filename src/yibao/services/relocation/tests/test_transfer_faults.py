"""What may go wrong on the way: every transfer still ends, on both sides alike, with every fen in one place."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest

from yibao.kernel.errors import Refused
from yibao.services.relocation import actions
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.tests.conftest import BALANCE, NEW, OLD, Walk
from yibao.store import verify
from yibao.store.models import (
    Case,
    CaseAction,
    Enrolment,
    InboxMessage,
    JournalTransaction,
    MovedEnrolment,
    Person,
)

pytestmark = pytest.mark.django_db


def code_of(work):
    with pytest.raises(Refused) as no:
        work()
    return no.value.refusal.code


def states(walk):
    return walk.case("out").state, walk.case("in").state


def died(walk):
    Person.objects.filter(pk=walk.person.pk).update(died_on=date(2026, 3, 1))


def withdraw(walk, side):
    return actions.withdraw(number=walk.number(side), reason="不转了", by=walk.citizen, **walk.now())


def test_withdrawn_at_the_old_place_both_cases_close_at_once(walk):
    walk.accepted().build()
    withdraw(walk, "out")
    walk.carry()
    assert states(walk) == ("withdrawn", "withdrawn")
    assert walk.balance(OLD) == BALANCE


def test_withdrawn_at_the_new_place_the_old_one_agrees(walk):
    walk.accepted()
    assert withdraw(walk, "in").state == "accepted"
    assert code_of(lambda: withdraw(walk, "in")) == "withdrawal_asked"
    walk.carry()
    assert states(walk) == ("withdrawn", "withdrawn")


def test_a_withdrawal_that_crosses_the_table_comes_too_late_and_the_transfer_goes_on(walk):
    walk.accepted().build()
    walk.sign()
    withdraw(walk, "in")
    walk.carry()
    assert states(walk) == ("approved", "accepted")
    assert code_of(lambda: withdraw(walk, "out")) == "table_already_sent"
    walk.check()
    walk.load()
    walk.carry()
    assert walk.side("out").stage == "loaded"


def test_withdrawn_while_the_checks_run(walk):
    walk.submitted()
    withdraw(walk, "in")
    walk.carry()
    assert states(walk) == ("withdrawn", "withdrawn")


def test_a_wrong_table_goes_back_with_the_money_and_comes_again(walk):
    walk.sent()
    assert walk.balance(OLD) == 0
    clerk = walk.staff[NEW]["clerk"]
    actions.send_back(number=walk.number("in"), why="时段不全", by=clerk, **walk.now())
    walk.carry()
    assert walk.balance(OLD) == BALANCE
    assert walk.side("out").stage == walk.side("in").stage == "table_returned"
    own = Enrolment.objects.get(person=walk.person, region=OLD)
    own.contributions.filter(base_fen=600000).update(base_fen=610000)
    walk.build()
    walk.sign()
    walk.carry()
    assert [table.version for table in walk.side("in").tables.all()] == [1, 2]
    walk.check()
    walk.load()
    walk.carry()
    assert walk.side("out").stage == "loaded"
    assert verify.verify_audit(files=False) == []


def test_a_table_that_is_wrong_after_the_money_was_paid_keeps_its_amount(walk):
    walk.sent()
    walk.pay()
    clerk = walk.staff[NEW]["clerk"]
    walk.check()
    actions.send_back(number=walk.number("in"), why="基数有误", by=clerk, **walk.now())
    walk.carry()
    assert walk.case("out").state == "executing"
    Enrolment.objects.get(person=walk.person, region=OLD).contributions.filter(base_fen=600000).update(base_fen=1)
    walk.build()
    both = walk.staff[OLD]["clerk"]
    seen = walk.side("out").tables.last().evidence_hash
    assert code_of(lambda: actions.sign(number=walk.number("out"), seen=seen, by=both, **walk.now())) == "not_your_role"
    walk.sign()
    walk.confirm()
    walk.carry()
    assert walk.case("out").state == "completed"
    walk.arrive()
    assert code_of(walk.credit) == "years_first"
    walk.check()
    walk.load()
    walk.carry()
    assert code_of(lambda: walk.credit(by="finance")) == "money_two_persons"
    walk.credit()
    walk.carry()
    assert walk.balance(NEW) == BALANCE
    assert verify.verify_audit(files=False) == []


def test_who_withdraws_after_the_money_was_paid_is_told_so(walk):
    walk.sent()
    walk.pay()
    walk.check()
    actions.send_back(number=walk.number("in"), why="基数有误", by=walk.staff[NEW]["clerk"], **walk.now())
    walk.carry()
    assert (walk.side("out").stage, walk.case("out").state) == ("table_returned", "executing")
    assert code_of(lambda: withdraw(walk, "out")) == "money_on_its_way"
    walk.confirm()
    assert code_of(lambda: withdraw(walk, "out")) == "money_on_its_way"
    stranger = replace(walk.citizen, person_id=uuid4())
    ask = {"number": walk.number("out"), "reason": "不转了", "by": stranger, **walk.now()}
    assert code_of(lambda: actions.withdraw(**ask)) == "not_your_case"
    assert walk.side("out").stage == "table_returned"


def test_years_are_moving_from_the_day_the_table_is_sent_until_it_comes_back(walk):
    moving = MovedEnrolment.objects.filter(enrolment__person=walk.person, enrolment__region=OLD)
    walk.accepted().build()
    assert not moving.all().exists()
    walk.sign()
    assert {each.to_region for each in moving.all()} == {NEW}
    walk.carry()
    actions.send_back(number=walk.number("in"), why="时段不全", by=walk.staff[NEW]["clerk"], **walk.now())
    walk.carry()
    assert not moving.all().exists()


def test_death_before_the_table_ends_both_cases_and_the_account_stays(walk):
    walk.accepted()
    died(walk)
    assert code_of(walk.build) == "died_in_transit"
    walk.carry()
    assert states(walk) == ("withdrawn", "withdrawn")
    assert walk.side("in").ended_because == "died_in_transit"
    assert walk.balance(OLD) == BALANCE


def test_death_between_making_and_signing_the_table(walk):
    walk.accepted().build()
    died(walk)
    assert code_of(walk.sign) == "died_in_transit"
    assert not JournalTransaction.objects.filter(kind__startswith="transfer.").exists()
    walk.carry()
    assert states(walk) == ("withdrawn", "withdrawn")


def test_death_after_the_table_lets_the_new_place_send_it_back(walk):
    walk.sent()
    died(walk)
    actions.send_back(number=walk.number("in"), why="参保人死亡", by=walk.staff[NEW]["clerk"], **walk.now())
    walk.carry()
    assert code_of(walk.build) == "died_in_transit"
    walk.carry()
    assert states(walk) == ("withdrawn", "withdrawn")
    assert (walk.balance(OLD), walk.balance(NEW)) == (BALANCE, 0)


def test_retirement_during_the_clock_ends_it_at_the_old_place(walk):
    walk.accepted()
    Person.objects.filter(pk=walk.person.pk).update(retired_on=date(2026, 3, 1))
    assert code_of(walk.build) == "retired"
    walk.carry()
    assert states(walk) == ("withdrawn", "withdrawn")


def test_refused_upon_review_both_cases_close(walk):
    walk.accepted().build()
    seen = walk.case("out").evidence_hash
    reviewer = walk.staff[OLD]["reviewer"]
    actions.refuse(number=walk.number("out"), note="记录有误", seen=seen, by=reviewer, **walk.now())
    walk.carry()
    assert states(walk) == ("refused", "withdrawn")


def test_every_message_again_changes_nothing(walk):
    walk.loaded()
    before = (CaseAction.objects.count(), JournalTransaction.objects.count(), Case.objects.count())
    from django.db import transaction

    from yibao.store.exchange import handling

    for message in InboxMessage.objects.order_by("id"):
        with transaction.atomic():
            handling._HANDLERS[message.kind](message, at=walk.now()["at"])
    assert (CaseAction.objects.count(), JournalTransaction.objects.count(), Case.objects.count()) == before


def test_a_message_from_a_third_place_is_refused(walk):
    walk.accepted()
    message = InboxMessage.objects.filter(kind="transfer.accepted").get()
    message.kind, message.sender = "transfer.cancellation", "310000"
    message.body = {"code": "withdrawn_by_person", "note": "", "on": "2026-03-02"}
    from yibao.services.relocation.actions import protocol

    assert code_of(lambda: protocol.called_off(message, at=walk.now()["at"])) == "not_of_this_transfer"


def test_the_clerk_who_made_the_table_does_not_sign_it(walk):
    walk.accepted().build()
    clerk = walk.staff[OLD]["clerk"]
    from dataclasses import replace

    both = replace(clerk, roles=frozenset({"clerk", "reviewer"}))
    seen = walk.case("out").evidence_hash
    signing = {"number": walk.number("out"), "seen": seen, "by": both}
    assert code_of(lambda: actions.sign(**signing, **walk.now())) == "two_person_rule"


def test_a_record_that_changed_after_the_table_was_made_is_made_again(walk):
    walk.accepted().build()
    Enrolment.objects.get(person=walk.person, region=OLD).contributions.filter(base_fen=600000).update(base_fen=2)
    assert code_of(walk.sign) == "table_changed"
    walk.build()
    walk.sign()
    assert walk.side("out").tables.count() == 1


def test_money_that_came_back_is_paid_again(walk):
    walk.loaded()
    walk.pay()
    finance = walk.staff[OLD]["finance"]
    actions.bounced(number=walk.number("out"), reason="户名不符", by=finance, **walk.now())
    walk.whole()
    walk.pay(key="p2")
    walk.confirm()
    walk.carry()
    assert code_of(lambda: walk.arrive(fen=1)) == "money_differs"
    walk.arrive()
    walk.credit()
    walk.carry()
    assert walk.balance(NEW) == BALANCE


def test_the_clocks_run_from_acceptance_and_the_way_out_ends_with_the_table(walk):
    walk.accepted()
    assert walk.case("out").due_on == date(2026, 3, 16)
    shown = actions.progress(number=walk.number("in"), on=walk.on)
    assert (shown["clocks"]["total"]["due"], shown["clocks"]["total"]["late"]) == (date(2026, 3, 23), False)
    walk.build()
    walk.sign()
    walk.carry()
    assert walk.case("out").due_on is None
    shown = actions.progress(number=walk.number("in"), on=walk.on)
    assert shown["clocks"]["in"]["due"] == date(2026, 3, 9)
    assert actions.progress(number=walk.number("out"), on=walk.on)["clocks"]["out"]["done"] == walk.on


def test_the_account_stays_where_the_province_says_so(person_of_guangdong):
    walk = person_of_guangdong
    walk.loaded()
    assert walk.balance("440100") == BALANCE
    assert (walk.side("out").money.state, walk.case("out").state) == ("stays", "completed")
    assert not JournalTransaction.objects.filter(kind__startswith="transfer.").exists()


def test_the_account_is_credited_first_and_cleared_later(person_of_jiangsu):
    walk = person_of_jiangsu
    walk.sent()
    walk.check()
    walk.load()
    walk.whole()
    assert walk.balance("320200") == BALANCE
    walk.carry()
    walk.pay()
    walk.whole()
    walk.confirm()
    walk.carry()
    walk.arrive()
    walk.carry()
    assert walk.side("in").money.state == "cleared"
    assert walk.side("out").money.state == "settled"


@pytest.fixture
def person_of_guangdong(db):
    return _inside("440100", "440300")


@pytest.fixture
def person_of_jiangsu(db):
    return _inside("320500", "320200")


def _inside(old, new):
    from yibao.services.relocation.tests.conftest import make_person, make_staff

    return Walk(make_person(old=old, new=new), make_staff((old, new)), source=old, target=new)


def test_years_that_moved_once_move_on_with_the_next_transfer(walk):
    walk.loaded()
    table = walk.side("in").tables.get().body["rows"]
    assert [(each["from"], each["to"], each["months"], each["base_fen"]) for each in table] == [
        ("2024-01", "2024-12", 12, 600000),
        ("2025-01", "2025-12", 12, 650000),
    ]
    assert {each.region for each in walk.side("in").periods.all()} == {OLD}
    assert Transfer.objects.filter(live=True).count() == 0
