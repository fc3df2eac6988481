"""What keeps a transfer from being accepted: each with its name and remedy, at the place that looks."""

from datetime import date

import pytest

from yibao.kernel.errors import InputInvalid, Refused
from yibao.services.relocation import actions
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.tests.conftest import NEW, OLD, Walk, make_person
from yibao.store.models import Enrolment, Person

pytestmark = pytest.mark.django_db


def code_of(work):
    with pytest.raises(Refused) as no:
        work()
    return no.value.refusal.code


def running(person, place):
    return Enrolment.objects.filter(person=person, region=place)


def test_not_stopped_is_refused_at_the_old_place_and_the_stop_is_the_next_step(walk):
    walk.at_old = True
    running(walk.person, OLD).update(status="normal", end=None, category="individual")
    walk.drafted()
    with pytest.raises(Refused) as no:
        actions.submit(number=walk.thread, by=walk.citizen, **walk.now())
    assert (no.value.refusal.code, no.value.refusal.details) == ("not_stopped", ("stop_request",))
    assert walk.case("out").state == "draft"
    stopped = actions.ask_stop(person_id=walk.person.pk, place=OLD, by=walk.citizen, **walk.now())
    assert (stopped.status, stopped.end) == ("suspended", date(2026, 3, 3))
    again = actions.ask_stop(person_id=walk.person.pk, place=OLD, by=walk.citizen, **walk.now())
    assert again.pk == stopped.pk
    actions.submit(number=walk.thread, by=walk.citizen, **walk.now())
    walk.carry()
    assert walk.case("in").state == "accepted"


def test_a_unit_stops_its_own_relation(walk):
    running(walk.person, OLD).update(status="normal", end=None)
    stop = {"person_id": walk.person.pk, "place": OLD, "by": walk.citizen}
    assert code_of(lambda: actions.ask_stop(**stop, **walk.now())) == "unit_stops"


def test_the_other_place_refuses_by_name_and_both_cases_close(walk):
    running(walk.person, OLD).update(status="normal", end=None)
    walk.submitted().carry()
    assert (walk.case("in").state, walk.case("out").state) == ("not_accepted", "not_accepted")
    assert walk.side("in").ended_because == "not_stopped"
    reasons = actions.progress(number=walk.thread, on=walk.on)["checks"]["reasons"]
    assert [each["code"] for each in reasons] == ["not_stopped"]
    assert "停保" in reasons[0]["next_zh"]
    assert not Transfer.objects.filter(live=True).exists()


FOUND_AT_OLD = {
    "in_arrears": lambda walk: actions.note_arrears(
        person_id=walk.person.pk, place=OLD, amount_fen=100, by=walk.staff[OLD]["clerk"], on=walk.on
    ),
    "retired": lambda walk: Person.objects.filter(pk=walk.person.pk).update(retired_on=date(2026, 1, 15)),
    "person_died": lambda walk: Person.objects.filter(pk=walk.person.pk).update(died_on=date(2026, 1, 15)),
}


@pytest.mark.parametrize("code", FOUND_AT_OLD)
def test_what_the_old_place_finds_keeps_the_transfer_from_being_accepted(walk, code):
    walk.at_old = True
    FOUND_AT_OLD[code](walk)
    walk.person.refresh_from_db()
    walk.drafted()
    found = [each.code for each in actions.hindrances(number=walk.thread, on=walk.on)]
    assert found == [code]
    assert code_of(lambda: actions.submit(number=walk.thread, by=walk.citizen, **walk.now())) == code


def test_arrears_that_were_paid_are_no_hindrance(walk):
    FOUND_AT_OLD["in_arrears"](walk)
    clerk = walk.staff[OLD]["clerk"]
    assert actions.clear_arrears(person_id=walk.person.pk, place=OLD, by=clerk, on=walk.on) == 1
    assert walk.accepted().case("out").state == "accepted"


def test_a_hospital_stay_is_found_where_the_applicant_tells_it(walk):
    walk.at_old = True
    walk.drafted(records={"in_hospital": True})
    assert code_of(lambda: actions.submit(number=walk.thread, by=walk.citizen, **walk.now())) == "in_hospital"


def test_nobody_who_is_not_enrolled_moves(walk):
    running(walk.person, NEW).update(region="310000")
    walk.at_old = True
    walk.submitted().carry()
    assert walk.side("out").ended_because == "not_enrolled"
    walk.at_old = False
    walk.drafted()
    assert code_of(lambda: actions.submit(number=walk.thread, by=walk.citizen, **walk.now())) == "not_enrolled"


def test_the_same_place_twice_and_an_unknown_place_are_wrong_input(walk):
    for target in (OLD, "999999"):
        wish = actions.Wish(OLD, OLD, target)
        with pytest.raises(InputInvalid):
            actions.open_draft(person_id=walk.person.pk, wish=wish, by=walk.citizen, **walk.now())


def test_two_places_that_pool_together_need_no_transfer(walk):
    wish = actions.Wish("500112", "500112", "500103")
    open_ = {"person_id": walk.person.pk, "wish": wish, "by": walk.citizen}
    assert code_of(lambda: actions.open_draft(**open_, **walk.now())) == "same_pool"


def test_without_a_paper_of_identity_nothing_is_handed_in(walk):
    wish = actions.Wish(NEW, OLD, NEW)
    case = actions.open_draft(person_id=walk.person.pk, wish=wish, by=walk.citizen, **walk.now())
    assert code_of(lambda: actions.submit(number=case.number, by=walk.citizen, **walk.now())) == "identity_missing"


def test_a_second_transfer_waits_for_the_first(walk):
    walk.accepted()
    second = Walk(walk.person, walk.staff, minutes=100).drafted()
    refused = code_of(lambda: actions.submit(number=second.thread, by=walk.citizen, **second.now()))
    assert refused == "other_transfer_open"


def test_the_way_back_is_refused_while_the_way_there_is_open(walk):
    walk.accepted()
    back = Walk(walk.person, walk.staff, source=NEW, target=OLD, minutes=100).drafted()
    assert code_of(lambda: actions.submit(number=back.thread, by=walk.citizen, **back.now())) == "transfer_crossed"


def test_two_transfers_that_cross_on_the_line_are_both_refused_by_name(walk):
    there = walk.submitted()
    running(walk.person, NEW).update(status="suspended", end=date(2026, 3, 1))
    running(walk.person, OLD).update(status="normal", end=None)
    back = Walk(walk.person, walk.staff, source=NEW, target=OLD, minutes=100)
    back.submitted()
    there.carry()
    back.carry()
    assert {row.ended_because for row in Transfer.objects.all()} >= {"transfer_crossed"}
    assert not Transfer.objects.filter(live=True).exists()
    assert not {case.state for case in (there.case("in"), back.case("in"))} & {"accepted", "submitted"}


def test_nobody_of_that_number_at_the_other_place_or_under_another_name(walk):
    make_person("50011219760302001X", name="李四")
    walk.at_old = True
    walk.submitted()
    Person.objects.filter(pk=walk.person.pk).update(identity_kind="temporary")
    walk.carry()
    assert walk.side("out").ended_because == "not_known_there"


def test_a_below_zero_account_is_made_good_first(walk):
    person = make_person("50011219760302001X", balance=0)
    from django.utils import timezone

    from yibao.ledger.accounts import Account, AccountKind
    from yibao.ledger.journal import Draft
    from yibao.ledger.postings import Posting
    from yibao.store import posting

    entries = (
        Posting(Account(AccountKind.PERSONAL, OLD, "employee", person.pk), 500),
        Posting(Account(AccountKind.SUSPENSE, OLD, "employee"), -500),
    )
    posting.post(draft=Draft("import/1", "import", date(2025, 12, 31), entries), at=timezone.now(), importing=True)
    other = Walk(person, walk.staff, at_old=True).drafted()
    refused = code_of(lambda: actions.submit(number=other.thread, by=other.citizen, **other.now()))
    assert refused == "account_below_zero"


def test_a_second_click_hands_in_once(walk):
    walk.submitted()
    actions.submit(number=walk.thread, by=walk.citizen, **walk.now())
    walk.carry()
    assert Transfer.objects.count() == 2
