"""A clerk records whom a unit authorised, and ends it when the unit asks; the agent sees both."""

import io
from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone
from PIL import Image

from yibao.kernel.identifiers import make_resident_id
from yibao.store import audit_log, verify
from yibao.store.models import BankAccount, CitizenLogin, Person, StaffRole, Unit, UnitAgent

TODAY = timezone.localdate()
CODE = "91110000600037341L"
AGENT = make_resident_id(area="500112", born=date(1988, 3, 3), serial=4)


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    """A documents folder of the test's own."""
    settings.YIBAO_DOCUMENTS_DIR = tmp_path / "documents"


def enter(name, **seat):
    user = get_user_model().objects.create(username=name, first_name=name)
    if "person" in seat:
        CitizenLogin.objects.create(user=user, person=seat["person"])
    else:
        StaffRole.objects.create(user=user, **seat)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def agent(db):
    return Person.objects.create(
        identity=AGENT, name="钱经办", sex="F", born=date(1988, 3, 3), region="500112", synthetic=True
    )


@pytest.fixture
def clerk(agent):
    return enter("clerk", role="clerk", region="500000")


def letter(**more):
    out = io.BytesIO()
    Image.new("RGB", (30, 20)).save(out, "PNG")
    form = {"credit_code": CODE, "unit_name": "演示机械有限公司", "identity": AGENT, "name": "钱经办",
            "services": "refund", "end": (TODAY + timedelta(days=30)).isoformat(),
            "paper": SimpleUploadedFile("letter.png", out.getvalue(), "image/png")}  # fmt: skip
    return {**form, **more}


def record(clerk, **more):
    return clerk.post("/workbench/units/new", letter(**more))


def test_a_recorded_agent_is_listed_acts_and_reads_that_they_were_recorded(clerk, agent):
    assert record(clerk).status_code == 302
    held = UnitAgent.objects.select_related("unit").get()
    assert (held.unit.credit_code, held.unit.name, held.agent) == (CODE, "演示机械有限公司", agent)
    assert held.end == TODAY + timedelta(days=31)
    page = clerk.get("/workbench/units").content.decode()
    assert "演示机械有限公司" in page
    assert "钱*" in page
    assert AGENT not in page
    assert clerk.get(f"/workbench/units/{held.pk}/paper").status_code == 200
    own = enter("agent", person=agent)
    assert "演示机械有限公司" in own.get("/family").content.decode()
    assert own.post("/unit/act", {"right": held.pk}).status_code == 302
    assert "您正在为" in own.get("/unit").content.decode()
    assert [look.purpose for look in audit_log.who_looked(person_id=agent.pk)][-1] == "agent_recorded"
    assert verify.verify_audit() == []


def test_the_unit_withdraws_it_through_another_entry(clerk, agent):
    record(clerk)
    held = UnitAgent.objects.get()
    other = enter("clerk2", role="clerk", region="500000")
    assert other.post("/workbench/units", {"right": held.pk}).status_code == 302
    held.refresh_from_db()
    assert (held.revoked_on, held.revoked_by != held.recorded_by) == (TODAY, True)
    own = enter("agent", person=agent)
    assert "单位已经收回授权" in own.post("/unit/act", {"right": held.pk}).content.decode()
    assert record(clerk).status_code == 302


def test_the_agent_gives_it_up(clerk, agent):
    record(clerk)
    own = enter("agent", person=agent)
    own.post(f"/unit/rights/{UnitAgent.objects.get().pk}/end")
    assert UnitAgent.objects.get().revoked_on == TODAY


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"credit_code": "91110000600037341M"}, "统一社会信用代码不正确"),
        ({"unit_name": ""}, "请填写单位全称"),
        ({"identity": "500112198803030000"}, "身份证号码不正确"),
        ({"name": "别人"}, "没有号码与姓名都相符的人"),
        ({"services": "none"}, "请至少选择一项"),
        ({"end": ""}, "请按 2026-12-01 的样子"),
        ({"start": "2026-13-01"}, "请按 2026-12-01 的样子"),
        ({"end": (TODAY - timedelta(days=1)).isoformat()}, "结束日期不能早于"),
        ({"paper": ""}, "请上传单位授权委托书"),
        ({"paper": SimpleUploadedFile("a.pdf", b"MZ")}, "文件打不开或格式不对"),
    ],
    ids=["check digit", "no name", "identity", "other name", "no service", "no end", "no day", "past", "none", "lies"],
)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(clerk, wrong, told):
    answer = record(clerk, **wrong)
    html = answer.content.decode()
    assert answer.status_code == 400
    assert told in html
    assert "unit_name" in wrong or 'value="演示机械有限公司"' in html
    assert UnitAgent.objects.count() == 0


def test_one_right_at_a_time_and_a_name_that_differs_is_asked_about(clerk):
    record(clerk)
    assert "已有这个单位的有效授权" in record(clerk).content.decode()
    assert "另一个单位名称" in record(clerk, unit_name="别的公司").content.decode()
    assert (Unit.objects.count(), UnitAgent.objects.count()) == (1, 1)


def test_the_dead_are_nobodys_agents(clerk, agent):
    Person.objects.update(died_on=TODAY - timedelta(days=1))
    assert "已去世" in record(clerk).content.decode()


def test_an_office_elsewhere_sees_and_ends_nothing(clerk, agent):
    record(clerk)
    held = UnitAgent.objects.get()
    far = enter("far", role="clerk", region="510000")
    assert "演示机械" not in far.get("/workbench/units").content.decode()
    assert far.post("/workbench/units", {"right": held.pk}).status_code == 403
    assert far.get(f"/workbench/units/{held.pk}/paper").status_code == 404
    assert "不在您的经办区域" in record(far).content.decode()
    assert enter("reviewer", role="reviewer", region="500000").get("/workbench/units").status_code == 403


def test_an_account_belongs_to_a_person_or_to_a_unit(agent):
    unit = Unit.objects.create(name="甲", credit_code=CODE, region="500000")
    kept = {"bank_name": "演示银行", "holder": "甲", "number": "31001550000050000001", "added_at": timezone.now()}
    BankAccount.objects.create(unit=unit, **kept)
    for owners in ({}, {"unit": unit, "person": agent}):
        with pytest.raises(IntegrityError), transaction.atomic():
            BankAccount.objects.create(**owners, **kept)
