"""A correction of the record: asked for with evidence, signed by two, executed once, the old value kept."""

import io
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from PIL import Image

from yibao.kernel.errors import Refused
from yibao.kernel.months import Month
from yibao.services.correction import actions
from yibao.services.correction.models import CorrectionRequest
from yibao.services.correction.tests.conftest import BORN, IDENTITY, NOW
from yibao.store import changes, posting
from yibao.store.changes import Place
from yibao.store.models import (
    Case,
    CitizenLogin,
    Contribution,
    Enrolment,
    JournalTransaction,
    Outbox,
    Person,
    ReadLog,
    RecordChange,
    StaffRole,
)


def paid(person):
    return Contribution.objects.get(enrolment__person=person)


def name_of(person):
    return Place("person", str(person.pk), "name")


def png():
    out = io.BytesIO()
    Image.new("RGB", (40, 30)).save(out, "PNG")
    return out.getvalue()


def ask(person, by, place=None, wanted="陈建国", why="身份证上是“国”"):
    return actions.open_request(
        person_id=person.pk, place=place or name_of(person), wanted=wanted, why=why, by=by, **NOW
    ).number


def sent(person, by, **wish):
    number = ask(person, by, **wish)
    actions.attach(number=number, name="id.png", content=png(), by=by, **NOW)
    actions.submit(number=number, by=by, **NOW)
    return number


def seen(number):
    return Case.objects.get(number=number).evidence_hash


def accept(number, by):
    return actions.accept(number=number, seen=seen(number), by=by, **NOW)


def sign(number, by):
    case = Case.objects.get(number=number)
    return actions.approve(number=number, level=case.level, seen=case.evidence_hash, by=by, **NOW)


def done(person, by, staff, **wish):
    number = sent(person, by, **wish)
    accept(number, staff["clerk"])
    sign(number, staff["reviewer"])
    sign(number, staff["reviewer2"])
    return number


def code_of(call, *args, **options):
    with pytest.raises(Refused) as no:
        call(*args, **options)
    return no.value.refusal.code


class TestTheWay:
    def test_two_reviewers_change_the_record_and_the_old_value_stays(self, person, own, staff):
        number = sent(person, own)
        accept(number, staff["clerk"])
        assert sign(number, staff["reviewer"]).state == "in_review"
        person.refresh_from_db()
        assert person.name == "陈建园"
        assert sign(number, staff["reviewer2"]).state == "completed"
        person.refresh_from_db()
        change = RecordChange.objects.get()
        assert person.name == "陈建国"
        assert (change.version, change.before, change.after) == (2, "陈建园", "陈建国")
        assert (change.case.number, change.changed_by) == (number, staff["reviewer2"].id)

    def test_one_reviewer_does_not_sign_twice_nor_the_clerk_who_entered(self, person, own, staff):
        number = sent(person, own)
        accept(number, staff["clerk"])
        sign(number, staff["reviewer"])
        assert code_of(sign, number, staff["reviewer"]) == "two_person_rule"

    def test_what_was_corrected_is_never_changed_nor_deleted(self, person, own, staff):
        done(person, own, staff)
        for write in (lambda rows: rows.update(version=9), lambda rows: rows.delete()):
            with pytest.raises(IntegrityError), transaction.atomic():
                write(RecordChange.objects.all())

    def test_a_second_correction_is_the_third_version(self, person, own, staff):
        done(person, own, staff)
        done(person, own, staff, wanted="陈建囯")
        assert [one.version for one in changes.history(person_id=person.pk)] == [3, 2]

    def test_without_evidence_it_is_not_sent(self, person, own):
        assert code_of(actions.submit, number=ask(person, own), by=own, **NOW) == "correction_no_evidence"

    def test_refused_the_record_stays_and_the_field_is_free_again(self, person, own, staff):
        number = sent(person, own)
        accept(number, staff["clerk"])
        actions.refuse(
            number=number, reason_code="not_proved", note="照片不清", seen=seen(number), by=staff["reviewer"], **NOW
        )
        person.refresh_from_db()
        assert person.name == "陈建园"
        assert ask(person, own)

    def test_a_record_that_changed_meanwhile_is_not_overwritten(self, person, own, staff):
        number = sent(person, own)
        accept(number, staff["clerk"])
        Person.objects.filter(pk=person.pk).update(name="陈健国")
        assert code_of(sign, number, staff["reviewer"]) == "correction_record_changed"


class TestNo:
    def test_somebody_elses_record(self, person, own):
        other = Person.objects.create(identity="x1", name="李", sex="F", born=BORN, region="500112")
        assert code_of(ask, person, own, place=name_of(other)) == "correction_not_yours"
        assert code_of(ask, other, own) == "not_your_case"
        assert not Case.objects.exists()

    @pytest.mark.parametrize("field", ["identity", "sex"])
    def test_what_public_security_registers(self, person, own, field):
        place = Place("person", str(person.pk), field)
        assert code_of(ask, person, own, place=place) == "correction_owned_by_police"

    def test_a_birth_date_that_is_not_on_the_card(self, person, own):
        place = Place("person", str(person.pk), "born")
        assert code_of(ask, person, own, place=place, wanted="1976-03-02") == "correction_owned_by_police"
        assert ask(person, own, place=place, wanted="1976-03-01")

    def test_an_amount_the_tax_authority_collected(self, person, own):
        row = paid(person)
        Contribution.objects.update(collector="tax")
        place = Place("contribution", str(row.pk), "amount")
        assert code_of(ask, person, own, place=place, wanted="300.00") == "correction_owned_by_tax"

    def test_a_second_open_request_for_one_field(self, person, own):
        ask(person, own)
        assert code_of(ask, person, own) == "correction_open"
        case = Case.objects.create(
            number="X", service="correction", region="500112", person=person, state="draft", opened_on=NOW["on"]
        )
        again = CorrectionRequest(
            case=case, target="person", target_key=str(person.pk), field="name", before="a", wanted="b", why="c"
        )
        with pytest.raises(IntegrityError), transaction.atomic():
            again.save(force_insert=True)

    @pytest.mark.parametrize(
        ("wish", "code"),
        [
            ({"wanted": "陈建园"}, "correction_same"),
            ({"wanted": " "}, "correction_unreadable"),
            ({"wanted": "陈建国😀"}, "correction_unreadable"),
            ({"wanted": "陈建国1"}, "correction_unreadable"),
            ({"wanted": "陈建\ue001"}, "correction_unreadable"),
            ({"wanted": "<b>陈</b>"}, "correction_unreadable"),
            ({"wanted": "陈" * 61}, "correction_unreadable"),
            ({"why": " "}, "correction_no_reason"),
        ],
    )
    def test_a_wish_that_says_nothing(self, person, own, wish, code):
        assert code_of(ask, person, own, **wish) == code


class TestNames:
    @pytest.mark.parametrize(
        ("typed", "kept"),
        [
            pytest.param("陈\U00030edd国", "陈\U00030edd国", id="a rare character stays"),
            pytest.param("阿依古丽•买买提", "阿依古丽·买买提", id="one dot for minority names"),
            pytest.param(" 陈 建 国 ", "陈建国", id="blanks between characters go"),
        ],
    )
    def test_a_name_is_kept_in_its_one_spelling(self, person, own, typed, kept):
        number = ask(person, own, wanted=typed)
        assert CorrectionRequest.objects.get(case__number=number).wanted == kept

    def test_why_a_name_is_none_is_said_beside_the_field_and_what_was_typed_stays(self, person, own):
        answer = browser("chen").post("/correction/new/person/self/name", {"wanted": "陈建国1", "why": "证件"})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert "第 4 个字不是姓名用字" in page
        assert 'value="陈建国1"' in page


class TestPayments:
    def test_another_month_moves_the_payment_with_its_length(self, person, own, staff):
        row = paid(person)
        done(person, own, staff, place=Place("contribution", str(row.pk), "months"), wanted="2022-02")
        row.refresh_from_db()
        assert (row.first_month, row.end_month) == (Month(2022, 2).index, Month(2023, 2).index)

    def test_another_amount_is_booked_by_a_reversal(self, person, own, staff):
        # 320.00 was booked, 350.00 is right: +32000, -32000, +35000 in the bank's account.
        row = paid(person)
        posting.record_contributions(contributions=Contribution.objects.all(), on=NOW["on"], at=NOW["at"])
        done(person, own, staff, place=Place("contribution", str(row.pk), "amount"), wanted="350.00")
        row.refresh_from_db()
        booked = list(JournalTransaction.objects.order_by("pk"))
        assert row.amount_fen == 35000
        assert [one.key.removeprefix(f"contribution/{row.pk}") for one in booked] == ["", "/v2/undo", "/v2"]
        assert booked[1].reverses == booked[0]
        assert sum(entry.amount_fen for one in booked for entry in one.entries.filter(amount_fen__gt=0)) == 99000


class TestOpenCases:
    def test_an_open_case_of_the_person_is_looked_at_again(self, person, own, staff):
        other = Case.objects.create(
            number="R1", service="refund", region="500112", person=person, state="accepted", opened_on=NOW["on"]
        )
        done(person, own, staff)
        assert list(Outbox.objects.filter(kind="recheck").values_list("case_number", flat=True)) == [other.number]


class TestPages:
    @pytest.fixture
    def citizen(self, own):
        return browser("chen")

    def test_from_the_record_to_the_desk_and_back(self, person, citizen, staff):
        index = citizen.get("/correction/").content.decode()
        assert "/correction/new/person/self/name" in index
        assert str(person.pk) not in index
        assert IDENTITY not in index
        wrong = citizen.post("/correction/new/person/self/born", {"wanted": "1976-05-01", "why": "x"})
        assert wrong.status_code == 409
        assert "派出所" in wrong.content.decode()
        made = citizen.post("/correction/new/person/self/name", {"wanted": "陈建国", "why": "身份证上是“国”"})
        page = made["Location"]
        assert citizen.post(f"{page}/submit").status_code == 422
        assert citizen.post(f"{page}/upload").status_code == 400
        citizen.post(f"{page}/upload", {"file": SimpleUploadedFile("id.png", png())})
        assert citizen.post(f"{page}/submit").status_code == 302
        number = page.rsplit("/", 1)[-1]
        desk = f"/workbench{page}"
        clerk, first, second = browser("clerk"), browser("reviewer"), browser("reviewer2")
        assert number in clerk.get("/workbench/").content.decode()
        assert "同意更正" not in clerk.get(desk).content.decode()
        assert clerk.post(f"{desk}/do/accept", {"seen": seen(number)}).status_code == 302
        assert first.post(f"{desk}/do/refuse", {"seen": seen(number), "note": ""}).status_code == 422
        assert first.post(f"{desk}/do/approve", {"seen": "old"}).status_code == 409
        assert first.post(f"{desk}/do/approve", {"seen": seen(number)}).status_code == 302
        assert second.post(f"{desk}/do/approve", {"seen": seen(number)}).status_code == 302
        person.refresh_from_db()
        assert person.name == "陈建国"
        told = citizen.get(page).content.decode()
        assert "已更正，旧内容保留" in told
        assert f"/cases/{number}/ratings" in told
        assert "第 2 版" in citizen.get("/correction/").content.decode()
        assert ReadLog.objects.filter(purpose="correction", person_id=person.pk).exists()

    def test_at_the_counter_a_clerk_enters_it_and_cannot_review_it(self, person, staff):
        clerk = browser("clerk")
        found = clerk.post("/workbench/correction/counter", {"identity": IDENTITY})
        who = found.context["who"]
        assert IDENTITY not in found.content.decode()
        form = {"who": who, "place": "person.self.name", "wanted": "陈建国", "why": "原件为“国”"}
        assert clerk.post("/workbench/correction/counter", form).status_code == 422
        assert not Case.objects.exists()
        assert clerk.post("/workbench/correction/counter", {**form, "seen": "1"}).status_code == 302
        case = Case.objects.latest("pk")
        assert case.state == "submitted"
        assert clerk.post("/workbench/correction/counter", {"who": "made up"}).status_code == 404

    def test_the_desk_sees_names_masked_until_it_says_what_for(self, person, own, staff):
        desk = f"/workbench/correction/cases/{sent(person, own, why='我叫陈建国，登记成陈建园')}"
        clerk = browser("clerk")
        for address in (desk, f"{desk}/show"):
            page = clerk.get(address).content.decode()
            assert "陈**" in page
            assert not [secret for secret in ("陈建园", "陈建国", IDENTITY) if secret in page]
        assert "我叫陈**，登记成陈**" in clerk.get(desk).content.decode()
        assert "我叫陈建国，登记成陈建园" in browser("chen").get(desk.removeprefix("/workbench")).content.decode()
        looks = ReadLog.objects.filter(purpose="show_compare", person_id=person.pk)
        for wrong in (
            {},
            {"purpose": "curious"},
            {"purpose": "show_law"},
            {"purpose": "show_compare", "note": "长" * 501},
        ):
            said = clerk.post(f"{desk}/show", wrong)
            assert said.status_code == 400
            assert IDENTITY not in said.content.decode()
        assert not looks.exists()
        page = clerk.post(f"{desk}/show", {"purpose": "show_compare", "note": "看原件"}).content.decode()
        assert all(secret in page for secret in ("陈建园", "陈建国", IDENTITY))
        assert looks.get().unmasking.note == "看原件"
        assert "看原件" in browser("chen").get("/reads").content.decode()

    def test_strangers_and_other_regions_stay_outside(self, person, own, staff):
        number = sent(person, own)
        other = Person.objects.create(identity="x1", name="李", sex="F", born=BORN, region="500112")
        user = get_user_model().objects.create(username="stranger")
        CitizenLogin.objects.create(user=user, person=other)
        assert browser("stranger").get(f"/correction/cases/{number}").status_code == 404
        assert browser("stranger").get(f"/correction/new/contribution/{paid(person).pk}/amount").status_code == 404
        far = get_user_model().objects.create(username="far")
        StaffRole.objects.create(user=far, role="clerk", region="510000")
        assert browser("far").get(f"/workbench/correction/cases/{number}").status_code == 403


def browser(name):
    client = Client()
    client.force_login(get_user_model().objects.get(username=name))
    return client


def test_an_entry_of_a_relation_elsewhere_goes_to_the_agency_that_keeps_it(person):
    near = Enrolment.objects.get(person=person)
    far = Enrolment.objects.create(
        person=person, scheme="employee", category="unit", region="140100", start=date(2023, 1, 1)
    )
    places = [Place("person", str(person.pk), "name"), Place("enrolment", str(near.pk), "unit")]
    assert [actions.owner(person=person, place=one) for one in places] == ["500112", "500112"]
    assert actions.owner(person=person, place=Place("enrolment", str(far.pk), "unit")) == "140100"
    paid = near.contributions.get()
    assert actions.owner(person=person, place=Place("contribution", str(paid.pk), "amount")) == "500112"
