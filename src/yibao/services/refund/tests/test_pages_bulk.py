"""Approving many refunds at once as the signer sees it: on the pages, by the worker, and typed as commands."""

import re
from datetime import date

import pytest
from click.testing import CliRunner
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone

from yibao.batch import worker
from yibao.cli import bulk as command
from yibao.kernel.identifiers import make_resident_id
from yibao.store.models import BulkRow, BulkRun

pytestmark = pytest.mark.django_db
BULK = "/workbench/bulk"
HIDDEN = re.compile(r'type="hidden" name="(\w+)" value="([^"]*)"')


@pytest.fixture
def many(make_walk, record, settings):
    settings.YIBAO_BULK_INSPECTED = 1
    numbers = [make_resident_id(area="500112", born=date(1976, 3, 1), serial=serial) for serial in range(3)]
    return [make_walk(record.chen(number)).accepted() for number in numbers]


def seat(name):
    client = Client()
    client.force_login(get_user_model().objects.get(username=name))
    return client


def text(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def made(client):
    page = client.get(BULK, {"look": "1"})
    assert "可以一起审批：3 件，合计 5,847.30 元" in text(page)
    form = dict(HIDDEN.findall(page.content.decode().partition('method="post"')[2].rpartition("</form>")[0]))
    address = client.post(BULK, form)["Location"]
    assert client.post(BULK, form)["Location"] == address
    return address


def test_from_the_filters_to_the_result(many):
    reviewer = seat("reviewer")
    address = made(reviewer)
    drawn = BulkRow.objects.select_related("case").get(drawn=1)
    judged = {"path": f"{address}/rows/{drawn.pk}", "data": {"agreed": "1"}}
    early = reviewer.post(**judged)
    assert (early.status_code, "请先打开本件核对" in text(early)) == (409, True)
    assert "认可（" not in text(reviewer.get(address))
    reviewer.get(f"/workbench/refund/cases/{drawn.case.number}")
    assert "已打开，等待判断" in text(reviewer.get(address))
    assert reviewer.post(**judged).status_code == 302
    released = reviewer.post(f"{address}/do/release", follow=True)
    assert "已放行" in text(released)
    assert 'hx-trigger="every 5s"' in released.content.decode()

    done = worker.look(name="test", on=timezone.localdate(), at=timezone.now())
    assert (done.jobs, done.failures) == (["bulk.approve"], [])
    page = reviewer.get(address)
    assert "已批准 3 5,847.30" in text(page)
    assert 'hx-trigger="every' not in page.content.decode()
    table = reviewer.get(f"{address}/result").content.decode("utf-8-sig").splitlines()
    assert table[0] == "受理编号,级,金额（元）,结果,原因,抽中次序"
    assert sorted(line.partition(",")[0] for line in table[1:]) == sorted(walk.number for walk in many)
    assert all(",1,1949.10,已批准,," in line for line in table[1:])
    assert many[0].person.name not in "".join(table)


def test_what_was_not_approved_is_named_with_its_reason(many):
    reviewer = seat("reviewer")
    address = made(reviewer)
    run = BulkRun.objects.get()
    run.rows.filter(case__number=many[0].number).update(outcome="refused", code="held_by_other")
    run.rows.filter(case__number=many[1].number).update(outcome="failed", code="ValueError")
    BulkRun.objects.update(state="done")
    told = text(reviewer.get(address))
    assert "未能批准 本件正由另一位同事办理。请等其放回，或请其移交给您。" in told
    assert "系统出错，须单独办理 ValueError" in told
    reviewer.cookies["yibao_language"] = "en"
    assert "A colleague is working on this case. Wait for its release" in text(reviewer.get(address))


def test_a_wrong_amount_is_told_and_kept(many):
    page = seat("reviewer").get(BULK, {"look": "1", "most": "1.2.3"})
    assert page.status_code == 400
    assert 'value="1.2.3"' in page.content.decode()
    assert "error-summary" in page.content.decode()
    none = seat("reviewer").get(BULK, {"look": "1", "most": "1.00"})
    assert "没有可以一起审批的待办" in text(none)


def test_each_form_shown_has_a_key_of_its_own_and_one_without_is_refused_kindly(many):
    client = seat("reviewer")
    keys = [dict(HIDDEN.findall(client.get(BULK, {"look": "1"}).content.decode()))["key"] for _ in range(2)]
    assert len(set(keys)) == 2
    for sent in ({}, {"key": ""}, {"key": "  "}):
        told = client.post(BULK, {"role": "reviewer", "service": "refund", **sent})
        assert (told.status_code, "请重新打开页面，再提交一次" in text(told)) == (400, True)
    assert not BulkRun.objects.exists()
    for key in keys:
        address = client.post(BULK, {"role": "reviewer", "service": "refund", "key": key})["Location"]
        assert client.post(f"{address}/do/drop").status_code == 302
    assert BulkRun.objects.count() == 2


def test_others_look_on_and_nobody_else_comes_near(many):
    address = made(seat("reviewer"))
    assert "这一批由同事发起" in text(seat("reviewer2").get(address))
    assert seat("reviewer2").post(f"{address}/do/drop").status_code == 409
    assert seat("clerk").get(address).status_code == 403
    assert seat("reviewer").get(f"{BULK}/BA-510000-2026-000001").status_code == 404
    assert seat("reviewer").post(f"{address}/do/dance").status_code == 404
    assert seat("reviewer").post(f"{address}/do/drop").status_code == 302
    assert "已作废" in text(seat("reviewer").get(BULK))
    assert "批量审批" not in text(seat("clerk").get("/workbench/"))


def test_a_run_is_watched_and_gone_on_with_as_a_command(many):
    made(seat("reviewer"))
    run = BulkRun.objects.get()
    typed = CliRunner()
    refused = typed.invoke(command.command, ["resume", run.number])
    assert (refused.exit_code, "请重新打开本批" in refused.stderr) == (2, True)
    assert typed.invoke(command.command, ["watch", "BA-1"]).exit_code == 2
    BulkRun.objects.update(state="released")
    watched = typed.invoke(command.command, ["watch", run.number, "--once"])
    assert watched.stdout == f"{run.number} released waiting=3\n"
    gone_on = typed.invoke(command.command, ["resume", run.number])
    assert (gone_on.exit_code, gone_on.stdout) == (0, f"{run.number} done approved=3\n")
    assert typed.invoke(command.command, ["list"]).stdout == f"{run.number} done approved=3\n"
    assert typed.invoke(command.command, ["watch", run.number]).stdout == f"{run.number} done approved=3\n"
