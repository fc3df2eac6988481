"""While the site runs, changed packs are taken up or refused; a request is answered by one version throughout."""

import json
import shutil
import threading
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from yibao import services
from yibao.api.tests.test_decisions import EXAMPLE
from yibao.policy import keeper
from yibao.store.models import StaffRole

pytestmark = pytest.mark.django_db(transaction=True)
RULE = 'fund_overlap_months: "> 0"'


@pytest.fixture
def packs(tmp_path, monkeypatch):
    """A copy of the packs, in use; every look is a real one."""
    copied = shutil.copytree(services.packs_folder(), tmp_path / "packs")
    monkeypatch.setenv("YIBAO_PACKS", str(copied))
    monkeypatch.setattr(keeper, "LOOK_EVERY", timedelta(0))
    yield copied
    services.keeper.cache_clear()


def change(packs, old, new):
    path = packs / "500000_chongqing" / "refund.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def noticed():
    """Look as often as it takes, and wait until what was found has been read."""
    for _ in range(3):
        with services.one_version(at=timezone.now(), wait=True):
            pass


def decided():
    return Client().post("/api/v1/decisions", json.dumps(EXAMPLE), content_type="application/json").json()


def health():
    return Client().get("/api/v1/health").json()


def clerk():
    user = get_user_model().objects.create_user("clerk-of-the-day", password="x")
    StaffRole.objects.create(user=user, role="clerk", region="500000")
    client = Client()
    client.force_login(user)
    return client


def test_a_good_change_is_taken_up_by_the_running_site(packs):
    before = decided()
    change(packs, RULE, 'fund_overlap_months: "> 11"')
    noticed()
    after = decided()
    assert (before["decision"], after["decision"]) == ("refund", "no_refund")
    assert before["pack"]["version"] != after["pack"]["version"]
    assert health()["status"] == "ok"


def test_a_bad_change_is_refused_and_staff_are_told_every_fault(packs):
    before = decided()
    change(packs, RULE, 'fund_overlap_mnths: "> 0"')
    change(packs, "domain: refund", "domain: refund\nsurprise: 1")
    noticed()
    told = health()
    page = clerk().get("/workbench/").content.decode()
    assert decided() == before
    assert told["status"] == "old rules"
    assert {"unknown_name", "unknown_key"} <= {fault["code"] for fault in told["rules"]["faults"]}
    assert f"规则包有 {len(told['rules']['faults'])} 处错误" in page
    assert "fund_overlap_mnths" in page
    assert told["rules"]["version"] in page
    assert told["rules"]["version"] in Client().get("/rules").content.decode()

    change(packs, 'fund_overlap_mnths: "> 0"', RULE)
    change(packs, "domain: refund\nsurprise: 1", "domain: refund")
    noticed()
    assert health()["status"] == "ok"
    assert "处错误" not in clerk_page_again()


def clerk_page_again():
    client = Client()
    client.force_login(get_user_model().objects.get(username="clerk-of-the-day"))
    return client.get("/workbench/").content.decode()


def test_the_public_pages_outlive_an_example_that_cannot_be_read(packs):
    change(packs, RULE, 'fund_overlap_months: "> 10"')
    (packs / "500000_chongqing" / "cases" / "good" / "broken.yaml").write_text("cases: [{", encoding="utf-8")
    shown = Client().get("/rules/500000")
    assert shown.status_code == 200
    assert "".join(shown.content.decode().split("算过的例子")[1].split(">")[2:3]).startswith("不详")


def test_citizens_are_not_troubled_with_faults(packs):
    decided()
    change(packs, RULE, 'fund_overlap_mnths: "> 0"')
    noticed()
    assert "处错误" not in Client().get("/sign-in").content.decode()


def test_one_piece_of_work_keeps_its_version_while_others_get_the_new_one(packs):
    others = []
    with services.one_version(at=timezone.now()) as using:
        change(packs, RULE, 'fund_overlap_months: "> 11"')
        reader = threading.Thread(target=lambda: (noticed(), others.append(services.packs().version)))
        reader.start()
        reader.join()
        assert services.packs() is using.packs
    assert services.packs().version == others[0] != using.packs.version
