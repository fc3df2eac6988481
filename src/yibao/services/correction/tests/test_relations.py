"""The days and the place of a wrong relation corrected by request."""

from datetime import date

import pytest

from yibao.kernel.errors import Refused
from yibao.ledger.accounts import Account, AccountKind
from yibao.ledger.journal import Draft
from yibao.ledger.recipes import contribution_received
from yibao.services.correction.models import CorrectionRequest
from yibao.services.correction.tests.conftest import NOW
from yibao.services.correction.tests.test_corrections import ask, done
from yibao.store import posting, verify
from yibao.store.changes import Place
from yibao.store.models import Enrolment, MovedEnrolment, RecordChange


def book(paid):
    """Book a payment as it came."""
    entries = contribution_received(
        region="500000", scheme="resident", person_id=paid.enrolment.person_id, parts={"pool": paid.amount_fen}
    )
    posting.post(draft=Draft(f"contribution/{paid.pk}", "contribution_received", paid.paid_on, entries), at=NOW["at"])


def pool(place):
    return posting.balance(Account(AccountKind.POOL, place, "resident"))


class TestRelation:
    """Days and place of a wrong relation; what was paid for it must still lie in it, and is booked where it belongs."""

    @pytest.fixture
    def relation(self, person):
        return Enrolment.objects.get(person=person)

    @pytest.mark.parametrize(
        ("field", "wanted", "before", "after"),
        [("start", "2021-09-01", "2022-01-01", (date(2021, 9, 1), None)),
         ("last", "2022-12-31", "", (date(2022, 1, 1), date(2023, 1, 1)))],
    )  # fmt: skip
    def test_a_day_is_corrected_and_the_old_one_kept(self, person, own, staff, relation, field, wanted, before, after):
        done(person, own, staff, place=Place("enrolment", str(relation.pk), field), wanted=wanted)
        relation.refresh_from_db()
        assert (relation.start, relation.end) == after
        change = RecordChange.objects.get()
        assert (change.field, change.before, change.after, change.version) == (field, before, wanted, 2)

    @pytest.mark.parametrize(
        ("field", "wanted", "code"),
        [("start", "2022-02-01", "correction_months_outside"), ("last", "2022-11-30", "correction_months_outside"),
         ("last", "2021-12-31", "correction_upside_down"), ("start", "spring", "correction_unreadable"),
         ("start", "2022-01-01", "correction_same"), ("region", "Taiyuan", "correction_unreadable"),
         ("region", "990000", "correction_no_place"), ("region", "500000", "correction_same")],
    )  # fmt: skip
    def test_what_cannot_be_right_is_refused_at_once(self, person, own, relation, field, wanted, code):
        with pytest.raises(Refused) as no:
            ask(person, own, place=Place("enrolment", str(relation.pk), field), wanted=wanted)
        assert no.value.refusal.code == code
        assert not CorrectionRequest.objects.exists()

    def test_the_place_is_corrected_and_what_was_paid_is_booked_there(self, person, own, staff, relation):
        paid = relation.contributions.get()
        book(paid)
        done(person, own, staff, place=Place("contribution", str(paid.pk), "amount"), wanted="350.00")
        before = pool("500000")
        done(person, own, staff, place=Place("enrolment", str(relation.pk), "region"), wanted="140100")
        relation.refresh_from_db()
        assert relation.region == "140100"
        assert (abs(before), pool("500000"), pool("140100")) == (35000, 0, before)
        assert verify.verify_ledger() == []

    def test_a_relation_that_has_moved_is_the_new_places(self, person, own, relation):
        MovedEnrolment.objects.create(enrolment=relation, to_region="140100", moved_on=NOW["on"], case_number="T-1")
        for field, wanted in (("start", "2021-09-01"), ("last", "2022-12-31"), ("region", "310000")):
            with pytest.raises(Refused) as no:
                ask(person, own, place=Place("enrolment", str(relation.pk), field), wanted=wanted)
            assert no.value.refusal.code == "correction_relation_moved"
