"""An agent asks back for a unit what the unit paid, sees nothing else of the employee, and leaves a trace."""

from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from yibao.casework.actors import Actor
from yibao.kernel.identifiers import make_resident_id
from yibao.services import payouts
from yibao.services.refund import actions
from yibao.store import audit_log, cases, documents, verify
from yibao.store.models import (
    BankAccount,
    Case,
    CitizenLogin,
    Message,
    Payment,
    Person,
    Unit,
    UnitAgent,
)

TODAY = timezone.localdate()
CODE, OTHER_CODE = "91110000600037341L", "91500000202803236Y"
EMPLOYEE, AGENT, STRANGER, NOBODY = (
    make_resident_id(area="500112", born=date(1990, 4, 18), serial=serial) for serial in (2, 4, 6, 8)
)
ACCOUNT = "3100 1550 0000 5000 0001"
MATERIALS = ("payment_proof", "id_document", "bank_card", "incident_record", "stop_proof")


@pytest.fixture
def unit(db):
    return Unit.objects.create(name="演示机械有限公司", credit_code=CODE, region="500000", synthetic=True)


@pytest.fixture
def employee(record, unit):
    """The unit asked in March to stop cover, and was charged until June."""
    person = record.person(EMPLOYEE, name="赵六")
    relation = record.enrol(person, "unit", date(2024, 1, 1), date(2024, 7, 1), unit=unit)
    row = record.pay(relation, "2024-01", "2024-06", 0, kind="monthly", payer="unit", paid_on=date(2024, 6, 30))
    row.amount_fen = 6 * 68000
    row.save()
    row.parts.create(fund="pool", payer="unit", amount_fen=6 * 68000)
    row.credits.create(first_month=row.first_month, end_month=row.end_month, amount_fen=0)
    record.post(row)
    own = record.enrol(person, "individual", date(2022, 1, 1), date(2023, 1, 1), tier=2)
    record.pay(own, "2022-01", "2022-12", 587400, paid_on=date(2022, 1, 5))
    record.happened(person, "stop_requested", date(2024, 3, 20))
    record.happened(person, "stop_failed", date(2024, 3, 20), cause="system")
    return person


@pytest.fixture
def agent(record, unit, files):
    return record.person(AGENT, name="钱经办")


@pytest.fixture
def right(agent, unit):
    return authorise(agent, unit)


def authorise(person, unit, *, start=TODAY - timedelta(days=9), end=TODAY + timedelta(days=90)):
    return UnitAgent.objects.create(
        unit=unit, agent=person, services=["refund"], start=start, end=end, paper_sha256=documents.put(b"%PDF-1.4"),
        paper_type="application/pdf", recorded_at=timezone.now(), recorded_by="1",
    )  # fmt: skip


def login(person, name):
    user = get_user_model().objects.create(username=name, first_name=name)
    CitizenLogin.objects.create(user=user, person=person)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def client(agent):
    return login(agent, "agent")


@pytest.fixture
def acting(client, right):
    assert client.post("/unit/act", {"right": right.pk}).status_code == 302
    return client


def begin(client, identity=EMPLOYEE, name="赵六"):
    return client.post("/refund/unit", {"identity": identity, "name": name})


def at(case, step=""):
    return f"/refund/cases/{case.number}" + (f"/{step}" if step else "")


@pytest.fixture
def draft(acting, employee):
    assert begin(acting).status_code == 302
    return Case.objects.get()


def fill(client, case, png):
    payment = f"p{case.person.enrolments.get(category='unit').contributions.get().pk}"
    for step, answer in (
        ("payments", {"payments": payment}),
        ("reason", {"reason": "stop_failed"}),
        ("account", {"bank_name": "演示银行", "bank_number": ACCOUNT}),
    ):
        assert client.post(at(case, step), answer).status_code == 302, step
    for material in MATERIALS:
        client.post(at(case, "materials"), {"material": material, "file": SimpleUploadedFile("a.png", png)})


@pytest.fixture
def sent(acting, draft, record):
    fill(acting, draft, record.png())
    response = acting.post(at(draft, "submit"), {"key": "k"})
    assert response.status_code == 302, response.content.decode()
    return Case.objects.get()


class TestApplying:
    def test_the_case_is_the_units_and_says_who_acted(self, sent, unit, agent, right):
        opened = cases.timeline(sent.number)[0]
        assert (sent.unit, sent.refund.applicant, sent.state) == (unit, "unit", "submitted")
        assert opened.data["acting"] == {
            "representation": right.pk, "kind": "unit", "person": str(agent.pk), "unit": str(unit.pk),
        }  # fmt: skip
        assert verify.verify_audit() == []

    def test_the_account_is_the_units_own(self, sent, unit):
        held = sent.refund.bank_account
        assert (held.unit, held.person, held.holder) == (unit, None, unit.name)

    def test_the_unit_is_told_its_part_and_the_way_on(self, acting, sent):
        page = acting.get(at(sent)).content.decode()
        assert "2,040.00" in page
        assert "赵*" in page
        assert "赵六" not in page
        assert sent.number in acting.get("/unit").content.decode()

    def test_the_money_goes_to_the_unit(self, sent, staff, fund):
        now = {"on": TODAY, "at": timezone.now()}
        actions.accept(number=sent.number, seen=cases.get(sent.number).evidence_hash, by=staff["clerk"], **now)
        seen = cases.get(sent.number).evidence_hash
        actions.approve(number=sent.number, level=1, seen=seen, by=staff["reviewer"], confirmed=True, **now)
        groups, left = payouts.due(by=staff["finance"])
        assert ([due.case for group in groups for due in group.dues], left) == ([sent], [])
        actions.pay(number=sent.number, key="k", by=staff["finance"], **now)
        paid = Payment.objects.get()
        assert (paid.receiver, paid.amount_fen, paid.bank_account.unit_id) == ("unit", 3 * 68000, sent.unit_id)

    def test_a_payment_that_came_back_waits_for_another_account(self, acting, sent, staff, fund):
        self.test_the_money_goes_to_the_unit(sent, staff, fund)
        now = {"on": TODAY, "at": timezone.now()}
        actions.bounced(number=sent.number, reason="户名不符", by=staff["finance"], **now)
        assert "account" in acting.get(at(sent)).content.decode()
        answer = acting.post(at(sent, "account"), {"bank_name": "演示银行", "bank_number": "31001550000050000002"})
        assert answer.status_code == 302
        assert BankAccount.objects.filter(unit=sent.unit_id).count() == 2

    def test_the_agent_is_told_and_not_the_employee(self, sent, agent):
        assert {row.person_id for row in Message.objects.all()} == {agent.pk}

    def test_the_employees_part_needs_an_account_of_the_employees(self, acting, draft, record):
        row = draft.person.enrolments.get(category="unit").contributions.get()
        row.parts.create(fund="account", payer="person", amount_fen=6 * 16000)
        row.amount_fen += 6 * 16000
        row.save()
        fill(acting, draft, record.png())
        refused = acting.post(at(draft, "submit"), {"key": "k"})
        assert refused.status_code == 422
        assert "要退给本人" in refused.content.decode()
        number = {"bank_name": "演示银行", "holder": "赵六", "number": record.card, "added_at": timezone.now()}
        BankAccount.objects.create(person=draft.person, original_route=True, **number)
        assert acting.post(at(draft, "submit"), {"key": "k"}).status_code == 302

    def test_begun_twice_it_is_one_application(self, acting, draft):
        begin(acting)
        assert Case.objects.count() == 1


class TestSeeing:
    def test_only_what_the_unit_paid_is_offered_and_taken(self, acting, draft):
        page = acting.get(at(draft, "payments")).content.decode()
        assert "2024年" in page
        assert "2022" not in page
        own = draft.person.enrolments.get(category="individual").contributions.get()
        assert acting.post(at(draft, "payments"), {"payments": f"p{own.pk}"}).status_code == 400
        assert not draft.refund.payments.exists()

    def test_the_reasons_of_the_record_stay_with_the_office(self, acting, draft, record):
        relation = draft.person.enrolments.get(category="unit")
        relation.benefits.create(on=date(2024, 5, 2), kind="inpatient", amount_fen=100)
        Person.objects.filter(pk=draft.person_id).update(died_on=date(2024, 5, 20), phone="19900000009")
        fill(acting, draft, record.png())
        page = acting.get(at(draft, "check")).content.decode()
        assert "享受过" not in page
        assert "去世" not in page
        assert "不向单位显示" in page

    def test_every_look_is_told_to_the_employee(self, acting, draft):
        before = len(audit_log.who_looked(person_id=draft.person_id))
        acting.get(at(draft, "payments"))
        looks = audit_log.who_looked(person_id=draft.person_id)
        assert len(looks) == before + 1
        assert {look.purpose for look in looks} == {"unit"}
        page = login(draft.person, "own").get("/reads").content.decode()
        assert "用人单位的经办人" in page

    def test_persons_pages_are_closed_while_one_acts_for_a_unit(self, acting):
        for address in ("/", "/payments", "/cases", "/messages", "/family", "/own-data", "/refund/", "/reads"):
            answer = acting.get(address)
            assert answer.status_code == 403, address
            assert "您正在代单位办理" in answer.content.decode()
            assert "改回为本人办" in answer.content.decode()
        acting.post("/family/act")
        assert acting.get("/").status_code == 200
        assert "现在是为本人办理" in acting.get("/unit").content.decode()

    def test_the_employee_finds_the_units_case_closed_and_not_among_their_own(self, sent):
        own = login(sent.person, "own")
        assert sent.number not in own.get("/cases").content.decode()
        answer = own.get(at(sent))
        assert answer.status_code == 403
        assert "由单位办理" in answer.content.decode()
        assert own.post(at(sent, "withdraw"), {"reason": "x"}).status_code == 403

    def test_the_agent_is_led_to_the_unit_first(self, client, acting, sent):
        acting.post("/family/act")
        assert "现在是为本人办理" in acting.get(at(sent)).content.decode()

    def test_an_application_form_tells_nothing_the_unit_did_not_write(self, acting, sent):
        Person.objects.filter(pk=sent.person_id).update(phone="19900000009")
        from yibao.services.refund.actions import contents

        form, _ = contents.application_form(case=cases.get(sent.number))
        assert form.masked_phone == "—"


class TestRefused:
    @pytest.mark.parametrize(
        ("change", "told"),
        [
            ({"end": TODAY}, "单位授权已经到期"),
            ({"revoked_on": TODAY}, "单位已经收回授权"),
            ({"start": TODAY + timedelta(days=1)}, "开始日期还没有到"),
        ],
        ids=["lapsed", "withdrawn", "not begun"],
    )
    def test_a_right_that_does_not_hold_is_refused_by_name(self, client, right, change, told):
        UnitAgent.objects.update(**change)
        answer = client.post("/unit/act", {"right": right.pk})
        assert answer.status_code == 403
        assert told in answer.content.decode()

    def test_a_right_that_ends_while_it_is_used_changes_nothing(self, acting, draft):
        UnitAgent.objects.update(revoked_on=TODAY)
        answer = acting.post(at(draft, "reason"), {"reason": "stop_failed"})
        assert "单位已经收回授权" in answer.content.decode()
        assert Case.objects.get().refund.reason == ""
        assert acting.get("/").status_code == 200

    def test_another_units_employee_and_a_wrong_name_look_alike(self, acting, record, employee):
        record.person(STRANGER, name="孙七")
        answers = [
            begin(acting, STRANGER, "孙七"),
            begin(acting, EMPLOYEE, "别人"),
            begin(acting, NOBODY, "赵六"),
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert all("没有查到您单位为这位职工缴费" in answer.content.decode() for answer in answers)
        assert Case.objects.count() == 0

    def test_the_agents_own_matter_is_for_another_agent(self, acting, record, unit, agent):
        relation = record.enrol(agent, "unit", date(2024, 1, 1), date(2024, 7, 1), unit=unit)
        record.pay(relation, "2024-01", "2024-06", 60000, kind="monthly", payer="unit")
        answer = begin(acting, AGENT, "钱经办")
        assert answer.status_code == 403
        assert "不能代单位办理本人的缴费" in answer.content.decode()

    def test_the_agents_own_case_at_the_same_time_is_named(self, acting, agent, record):
        own = Actor(None, "", "citizen", person_id=agent.pk)
        number = cases.open_case(
            number="CQ-1", service="refund", region="500000", person_id=agent.pk, by=own, at=timezone.now(), on=TODAY
        )
        number.refund = None
        answer = acting.get("/refund/cases/CQ-1")
        assert answer.status_code == 403
        assert "您正在代单位办理" in answer.content.decode()

    def test_another_units_agent_finds_no_case(self, sent, record):
        other = Unit.objects.create(name="另一公司", credit_code=OTHER_CODE, region="500000", synthetic=True)
        person = record.person(STRANGER, name="孙七")
        right = authorise(person, other)
        stranger = login(person, "stranger")
        assert stranger.get(at(sent)).status_code == 404
        stranger.post("/unit/act", {"right": right.pk})
        assert stranger.get(at(sent)).status_code == 404
        assert stranger.post(at(sent, "withdraw"), {"reason": "x"}).status_code == 404

    def test_nobody_acts_by_anothers_right(self, right, record):
        stranger = login(record.person(STRANGER, name="孙七"), "stranger")
        answer = stranger.post("/unit/act", {"right": right.pk})
        assert "没有找到这项单位授权" in answer.content.decode()
        assert stranger.post(f"/unit/rights/{right.pk}/end").status_code == 404

    def test_a_service_the_letter_does_not_name_is_closed(self, client, right, employee):
        UnitAgent.objects.update(services=["wallet"])
        client.post("/unit/act", {"right": right.pk})
        assert "权限不包括这项业务" in client.get("/refund/unit").content.decode()
        assert "单位缴费退费" not in client.get("/unit").content.decode()

    def test_an_account_number_that_cannot_be_one_is_told_beside_its_field(self, acting, draft):
        answer = acting.post(at(draft, "account"), {"bank_name": "演示银行", "bank_number": "12"})
        assert answer.status_code == 400
        assert "8 到 32 位数字" in answer.content.decode()


class TestPersonAndUnit:
    def test_the_same_payment_is_not_asked_for_twice_at_once(self, sent, make_walk):
        walk = make_walk(sent.person, reason="stop_failed", on=TODAY, materials=MATERIALS)
        row = sent.refund.payments.get()
        walk.drafted(payments=[f"p{row.pk}"])
        with pytest.raises(Exception, match="case_open_already") as no:
            actions.submit(number=walk.number, key="k", by=walk.citizen, **walk.now())
        assert no.value.refusal.code == "case_open_already"
