"""A unit's agent applies for an employee's transfer, learns nothing of the person, and the person may object."""

import re
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.kernel.errors import Refused
from yibao.kernel.identifiers import make_resident_id
from yibao.services.relocation import actions
from yibao.services.relocation.models import Arrears, Transfer
from yibao.services.relocation.tests.conftest import NEW, OLD, Walk, deliver, make_person
from yibao.store import audit_log, cases, documents, verify
from yibao.store.models import Case, CitizenLogin, Enrolment, Message, Person, RecordEvent, Unit, UnitAgent

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
CODE, OTHER_CODE = "91110000600037341L", "91500000202803236Y"
NAME = "陈建国"
EMPLOYEE, AGENT, STRANGER, NOBODY = (
    make_resident_id(area="140105", born=date(1985, 3, 1), serial=serial) for serial in (1, 2, 4, 6)
)
SECRETS = (
    "1,234.56",
    "1234.56",
    "余额",
    "欠费",
    "住院",
    "旧单位",
    "960.40",
    "信息表</a>",
    "19900000000",
    "钱在路上",
    NAME,
)
"""What stands on the person's record and on no page of the unit."""


@pytest.fixture
def person(db):
    return make_person(EMPLOYEE)


@pytest.fixture
def walk(person, staff):
    return Walk(person, staff, on=TODAY)


@pytest.fixture
def unit(person):
    """The unit that employs the person at the new place; another one did at the old."""
    made = Unit.objects.create(name="演示机械有限公司", credit_code=CODE, region=NEW, synthetic=True)
    left = Unit.objects.create(name="旧单位有限公司", credit_code=OTHER_CODE, region=OLD, synthetic=True)
    Enrolment.objects.filter(person=person, region=NEW).update(unit=made)
    Enrolment.objects.filter(person=person, region=OLD).update(unit=left)
    return made


def login(person, name):
    user = get_user_model().objects.create(username=name, first_name=name)
    CitizenLogin.objects.create(user=user, person=person)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def agent(db):
    return make_person(AGENT, name="钱经办", balance=0)


def authorise(person, unit, services=("relocation",)):
    return UnitAgent.objects.create(
        unit=unit, agent=person, services=list(services), start=TODAY - timedelta(days=9),
        end=TODAY + timedelta(days=90), paper_sha256=documents.put(b"%PDF-1.4"), paper_type="application/pdf",
        recorded_at=timezone.now(), recorded_by="1",
    )  # fmt: skip


def acting_for(person, unit, name="agent"):
    right = authorise(person, unit)
    client = login(person, name)
    assert client.post("/unit/act", {"right": right.pk}).status_code == 302
    return client


@pytest.fixture
def acting(agent, unit):
    """The browser of the agent, acting for the unit at the new place."""
    return acting_for(agent, unit)


@pytest.fixture
def own(person):
    """The browser of the employee."""
    return login(person, "mover")


def named(client, person, name=NAME, identity=""):
    return client.post("/relocation/unit", {"identity": identity or person.identity, "name": name})


def asked(client, person, way=f"to-{NEW}", other=OLD):
    assert named(client, person).status_code == 302
    for step, answer in (("way", way), ("other", other), ("paper", "id_document")):
        response = client.post(f"/relocation/unit/{step}", {step: answer})
        assert response.status_code == 302, response.content.decode()
    return response.url


@pytest.fixture
def sent(acting, walk, person):
    """A transfer the unit handed in; its case's address for the agent."""
    address = asked(acting, person)
    assert acting.post(f"{address}/submit").status_code == 302
    walk.thread = Transfer.objects.get().thread
    return address


def read(client, address):
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def main(client, address):
    return read(client, address).partition("<main")[2].partition("</main>")[0]


class TestApplying:
    def test_from_the_units_first_page_to_the_receipt(self, acting, sent, walk, unit):
        assert "/relocation/unit" in read(acting, "/unit")
        row = Transfer.objects.get()
        assert (row.case.unit, row.by, row.channel, row.place) == (unit, "unit", "unit", NEW)
        deliver(walk.now()["at"])
        page = main(acting, sent)
        assert "受理回执" in page
        made = acting.post(f"{sent}/papers/make/acceptance_receipt")
        assert b"".join(acting.get(made.url).streaming_content)[:5] == b"%PDF-"
        assert verify.verify_audit() == []

    def test_the_old_employer_applies_at_the_old_place(self, person, unit, staff):
        old = Unit.objects.get(credit_code=OTHER_CODE)
        client = acting_for(make_person(STRANGER, name="孙七", balance=0), old, "old")
        address = asked(client, person, way=f"from-{OLD}", other=NEW)
        assert client.post(f"{address}/submit").status_code == 302
        row = Transfer.objects.get()
        assert (row.side, row.place, row.by) == ("out", OLD, "unit")

    def test_pressed_twice_it_is_one_draft(self, acting, person, walk):
        assert asked(acting, person) == asked(acting, person)
        assert Transfer.objects.count() == 1

    def test_the_whole_way_ends_with_the_years_and_shows_no_money(self, acting, sent, walk, person):
        deliver(walk.now()["at"])
        walk.build()
        walk.sign()
        walk.carry()
        walk.check()
        walk.load()
        walk.carry()
        page = main(acting, sent)
        assert "缴费年限转入完成" in page
        assert [one for one in SECRETS if one in page] == []

    def test_an_unknown_question_or_one_out_of_turn_leads_back(self, acting, person, walk):
        assert acting.get("/relocation/unit/way").url == "/relocation/unit"
        named(acting, person)
        assert acting.get("/relocation/unit/paper").url == "/relocation/unit/way"
        assert acting.get("/relocation/unit/whose").status_code == 404
        assert acting.post("/relocation/unit/way", {"way": f"from-{OLD}"}).status_code == 400


class TestNotTold:
    def hurdles(self, person):
        Arrears.objects.create(person=person, place=OLD, amount_fen=96040, noted_on=TODAY)
        RecordEvent.objects.create(person=person, kind="hospital_stay", on=TODAY)
        Enrolment.objects.filter(person=person, region=OLD).update(status="normal", end=None)

    def test_what_keeps_it_is_one_sentence_whatever_it_is(self, acting, person, walk):
        address = asked(acting, person)
        self.hurdles(person)
        page = main(acting, address)
        assert page.count("有一项情况要由职工本人处理") == 1
        assert "提交申请</button>" not in page
        assert [one for one in SECRETS if one in page] == []
        acting.post(f"{address}/submit")
        deliver(walk.now()["at"])
        assert Transfer.objects.get(applied_here=True).stage == "not_accepted"
        told = main(acting, address)
        assert "有一项情况要由职工本人处理" in told
        assert [one for one in SECRETS if one in told] == []
        assert "结案告知书" not in told
        assert acting.post(f"{address}/papers/make/closing_notice").status_code == 404

    def test_what_this_place_finds_itself_is_refused_in_the_same_words(self, acting, person, walk):
        address = asked(acting, person)
        Transfer.objects.create(
            person=person, thread="x", side="in", place=NEW, source="330100", target=NEW, applied_here=True,
            stage="accepted", case=cases.open_case(
                number="ZY-9", service="relocation", region=NEW, person_id=person.pk, by=walk.citizen, **walk.now()
            ),
        )  # fmt: skip
        answer = acting.post(f"{address}/submit")
        assert answer.status_code == 409
        told = answer.content.decode().partition("<main")[2]
        assert "有一项情况要由职工本人处理" in told
        assert [one for one in (*SECRETS, "ZY-9", "转移没有办结") if one in told] == []
        assert Transfer.objects.get(thread__contains="ZY").stage == "draft"

    def test_the_same_hurdles_are_named_to_the_person(self, own, person, walk, unit):
        self.hurdles(person)
        for step, answer in (("from", OLD), ("to", NEW), ("paper", "e_voucher")):
            response = own.post(f"/relocation/transfer/{step}", {step: answer})
        page = main(own, response.url)
        assert "欠费" in page
        assert "还没有停保" in page

    def test_a_unit_that_has_not_taken_the_employee_off_is_told_its_own_step(self, person, unit, staff):
        Enrolment.objects.filter(person=person, region=OLD).update(status="normal", end=None)
        old = Unit.objects.get(credit_code=OTHER_CODE)
        client = acting_for(make_person(STRANGER, name="孙七", balance=0), old, "old")
        page = main(client, asked(client, person, way=f"from-{OLD}", other=NEW))
        assert "还没有在转出地为这位职工办理减员" in page
        assert "职工本人处理" not in page

    def test_where_the_persons_relations_are_is_not_among_the_choices(self, acting, person, walk):
        named(acting, person)
        page = main(acting, "/relocation/unit/way")
        assert f'value="to-{NEW}"' in page
        assert OLD not in page
        acting.post("/relocation/unit/way", {"way": f"to-{NEW}"})
        offered = re.findall(r'value="([0-9]{6})"', main(acting, "/relocation/unit/other"))
        Enrolment.objects.filter(person=person, region=OLD).update(region="330100")
        assert re.findall(r'value="([0-9]{6})"', main(acting, "/relocation/unit/other")) == offered == [OLD]

    def test_no_other_paper_and_no_other_case_of_the_person_opens(self, acting, sent, walk, own):
        deliver(walk.now()["at"])
        walk.build()
        walk.sign()
        walk.carry()
        there = walk.number("out")
        for client, address in (("in", sent), ("out", f"/relocation/cases/{there}")):
            for kind in ("application_form", "information_table", "contact_letter", "enrolment_certificate"):
                assert acting.post(f"{address}/papers/make/{kind}").status_code == 404, (client, kind)
        assert acting.get(f"/relocation/cases/{there}").status_code == 404
        number = own.post(f"{sent}/papers/make/contact_letter").url.rpartition("/")[2]
        assert acting.get(f"{sent}/papers/{number}").status_code == 404
        assert acting.post(f"{sent}/papers/{number}/again", {"key": "1"}).status_code == 404
        assert acting.get(f"{sent}/papers/{number}/again/1").status_code == 404
        for page in ("/relocation/transfer", "/relocation/shown", f"{sent}/stop"):
            assert acting.get(page).status_code in (403, 405), page

    def test_news_of_the_money_comes_to_the_person_alone(self, acting, sent, walk, agent, person):
        deliver(walk.now()["at"])
        walk.build()
        walk.sign()
        walk.carry()
        walk.check()
        walk.load()
        walk.carry()
        walk.pay()
        walk.confirm()
        walk.carry()
        kinds = set(Message.objects.filter(person=agent).values_list("kind", flat=True))
        assert kinds == {"received", "accepted", "approved"}
        assert set(Message.objects.filter(person=person).values_list("kind", flat=True)) > {"applied_by_unit", "paid"}

    def test_the_receipt_states_neither_periods_nor_account(self, sent, walk):
        deliver(walk.now()["at"])
        paper = actions.paper(number=walk.thread, kind="acceptance_receipt", on=TODAY).json()
        assert {fact["label"] for fact in paper["facts"]} == {
            "姓名", "证件号码", "转出地", "转入地", "申请人", "受理日期", "全程期限", "转出期限", "转入期限"
        }  # fmt: skip
        assert paper["rows"] == []


class TestPerson:
    def test_the_person_is_told_sees_who_applied_and_objects(self, acting, sent, own, person, unit):
        number = sent.rpartition("/")[2]
        assert Message.objects.get(person=person, kind="applied_by_unit").case_number == number
        assert number in read(own, "/cases")
        page = main(own, sent)
        assert unit.name in page
        assert "不同意单位的申请" in page
        assert own.post(f"{sent}/withdraw", {"reason": "没有同意"}).status_code == 302
        row = Transfer.objects.get()
        assert (row.stage, row.ended_because, row.live) == ("cancelled", "person_objects", False)
        told = main(acting, sent)
        assert "职工本人不同意" in told
        assert "没有同意" not in told
        assert "结案告知书" not in told
        assert acting.post(f"{sent}/papers/make/closing_notice").status_code == 404
        assert "结案告知书" in main(own, sent)
        opened = own.post(f"{sent}/papers/make/closing_notice").url
        assert own.get(opened).status_code == 200
        assert acting.get(opened).status_code == 404
        assert acting.post(f"{opened}/again", {"key": "1"}).status_code == 404
        assert verify.verify_audit() == []

    def test_after_acceptance_the_old_place_is_asked(self, sent, own, walk):
        deliver(walk.now()["at"])
        assert own.post(f"{sent}/withdraw", {"reason": "没有同意"}).status_code == 302
        deliver(walk.now()["at"])
        assert {row.stage for row in Transfer.objects.all()} == {"cancelled"}

    def test_the_unit_withdraws_its_own(self, acting, sent, agent):
        assert acting.post(f"{sent}/withdraw", {"reason": ""}).status_code == 400
        assert acting.post(f"{sent}/withdraw", {"reason": "填错了"}).status_code == 302
        assert Transfer.objects.get().ended_because == "withdrawn_by_person"
        assert cases.timeline(sent.rpartition("/")[2])[-1].data["acting"]["person"] == str(agent.pk)

    def test_nothing_but_objecting_is_the_persons(self, acting, own, person, walk):
        address = asked(acting, person)
        number = address.rpartition("/")[2]
        assert own.get(address).status_code == 404
        assert number not in read(own, "/cases")
        with pytest.raises(Refused, match="not_your_case"):
            actions.submit(number=number, by=walk.citizen, **walk.now())

    def test_every_look_is_on_the_persons_list(self, acting, sent, own, person):
        before = len(audit_log.who_looked(person_id=person.pk))
        acting.get(sent)
        looks = audit_log.who_looked(person_id=person.pk)
        assert len(looks) == before + 1
        assert {look.purpose for look in looks} == {"unit_transfer"}
        assert "单位经办人为您办理医保关系转移" in read(own, "/reads")

    def test_the_agent_is_led_to_the_unit_first(self, acting, sent):
        acting.post("/family/act")
        assert "现在是为本人办理" in acting.get(sent).content.decode()


class TestRefused:
    def test_no_employee_a_wrong_name_and_nobody_look_alike(self, acting, person, walk):
        stranger = make_person(STRANGER, name="孙七", balance=0)
        answers = [
            named(acting, stranger, "孙七"),
            named(acting, person, "别人"),
            named(acting, person, identity=NOBODY),
        ]
        assert {answer.status_code for answer in answers} == {404}
        pages = [answer.content.decode() for answer in answers]
        assert all("没有查到您单位为这位职工参保的记录" in page for page in pages)
        assert acting.get("/relocation/unit/way").url == "/relocation/unit"
        assert audit_log.who_looked(person_id=person.pk) == []

    def test_an_empty_form_and_a_number_that_is_none_are_asked_again(self, acting, person, walk):
        empty = acting.post("/relocation/unit", {"identity": "", "name": ""})
        assert empty.status_code == 400
        wrong = acting.post("/relocation/unit", {"identity": "12", "name": NAME})
        assert wrong.status_code == 400
        assert NAME in wrong.content.decode()
        assert Case.objects.count() == 0

    def test_a_unit_whose_relation_another_followed_is_no_employer_any_more(self, acting, person, walk):
        Enrolment.objects.filter(person=person, region=NEW).update(status="ended", end=date(2026, 2, 1))
        Enrolment.objects.create(
            person=person, scheme="employee", category="unit", region=NEW, start=date(2026, 2, 1),
            unit=Unit.objects.get(credit_code=OTHER_CODE),
        )  # fmt: skip
        assert named(acting, person).status_code == 404

    def test_the_agents_own_transfer_is_for_themselves(self, acting, agent, unit):
        Enrolment.objects.filter(person=agent, region=NEW).update(unit=unit)
        answer = named(acting, agent, "钱经办")
        assert answer.status_code == 403
        assert "不能代单位办理本人的转移" in answer.content.decode()

    def test_another_unit_finds_no_case_and_a_letter_for_refunds_opens_none(self, sent, person):
        other = Unit.objects.create(name="另一公司", credit_code="91310000132203540P", region=NEW, synthetic=True)
        stranger = acting_for(make_person(STRANGER, name="孙七", balance=0), other, "stranger")
        assert stranger.get(sent).status_code == 404
        assert stranger.post(f"{sent}/withdraw", {"reason": "x"}).status_code == 404
        UnitAgent.objects.filter(unit=other).update(services=["refund"])
        assert "权限不包括这项业务" in stranger.get("/relocation/unit").content.decode()

    def test_a_place_where_the_unit_enrols_nobody_is_refused_by_the_action_too(self, person, unit, agent, staff, walk):
        from yibao.casework.assurance import Acting

        right = authorise(agent, unit)
        acting = Acting(right.pk, "unit", agent.pk, frozenset(), unit.pk)
        by = Actor(None, "", "citizen", assurance=PROVED, acting=acting)
        for place in (OLD, "330100"):
            wish = actions.Wish(place, OLD, NEW, materials=("id_document",))
            with pytest.raises(Refused, match="no_employment"):
                actions.open_draft(person_id=person.pk, wish=wish, by=by, **walk.now())
        assert not Case.objects.exists()
        assert Person.objects.filter(pk=person.pk).exists()
