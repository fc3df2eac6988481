"""A person who moved from Chongqing to Taiyuan takes years and money along: one application, two desks, two clocks."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import timezone
from playwright.sync_api import expect
from tests.journeys.conftest import Site, running_site

from yibao import services
from yibao.bank import pain001, simulator
from yibao.bank.simulator import Temper
from yibao.batch import worker
from yibao.ledger.accounts import Account, AccountKind
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.tests.conftest import BALANCE, NEW, OLD, make_person, make_staff
from yibao.store import posting
from yibao.store.models import CitizenLogin, Enrolment, MovedEnrolment
from yibao.web.sessions import BEGAN, SEEN

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
WIDE = {"width": 1280, "height": 900}
MOVER = "mover"


@pytest.fixture
def places(django_db_setup, django_db_blocker, chromium) -> Iterator[Site]:
    """Two pooling areas with their staff, and a person with a login who moved from one to the other."""

    def make():
        # Read before anybody waits for a page.
        services.packs()
        make_staff((OLD, NEW))
        user = get_user_model().objects.create(username=MOVER)
        CitizenLogin.objects.create(user=user, person=make_person())

    with running_site(django_db_blocker, chromium, make) as site:
        yield site


class Walker:
    """Whoever acts, each with a browser of their own: the person's runs no scripts, those of the desks do."""

    def __init__(self, site: Site, opened: ExitStack) -> None:
        self.site, self.opened, self.pages, self.entered, self.pictures = site, opened, {}, {}, 0

    def open(self, username: str, address: str):
        """Give a browser page of somebody signed in, at an address."""
        if username not in self.pages:
            mover = username == MOVER
            made = self.site.browser(width=PHONE if mover else WIDE, java_script_enabled=not mover)
            self.pages[username] = self.opened.enter_context(made)
        if self.entered.get(username) != timezone.localdate():
            # Who stays away for a day is signed out.
            client = Client()
            client.force_login(get_user_model().objects.get(username=username))
            session, at = client.session, int(timezone.now().timestamp())
            session.update({BEGAN: at, SEEN: at})
            session.save()
            given = {"name": settings.SESSION_COOKIE_NAME, "url": self.site.url}
            given["value"] = client.cookies[settings.SESSION_COOKIE_NAME].value
            self.pages[username].context.add_cookies([given])
            self.entered[username] = timezone.localdate()
        self.pages[username].goto(address)
        return self.pages[username]

    def press(self, who: str, side: str, button: str, said: str, **typed: str) -> None:
        """Open the case of one side at its desk, fill in what is asked, press one button, read the answer."""
        number = Transfer.objects.get(side=side).case.number
        page = self.open(f"{who}-{OLD if side == 'out' else NEW}", f"/workbench/relocation/cases/{number}")
        for label, text in typed.items():
            page.get_by_label(label).fill(text)
        self.shot(page, f"{who}-{side}-{button}")
        page.locator("main").get_by_role("button", name=button, exact=True).click()
        expect(page.locator("main")).to_contain_text(said)

    def shot(self, page, name: str) -> None:
        """Keep a picture where YIBAO_SHOTS asks for them."""
        if folder := os.environ.get("YIBAO_SHOTS"):
            self.pictures += 1
            page.screenshot(path=str(Path(folder) / f"{self.pictures:02d}-{name}.png"), full_page=True)


@pytest.fixture
def walker(places) -> Iterator[Walker]:
    with ExitStack() as opened:
        yield Walker(places, opened)


@pytest.fixture
def calendar(monkeypatch) -> Callable[[int], None]:
    """Let days pass for the site, the worker and the test alike: `calendar(3)`."""
    now, passed = timezone.now, [timedelta()]
    monkeypatch.setattr(timezone, "now", lambda: now() + passed[0])

    def go_on(days: int) -> None:
        passed[0] += timedelta(days=days)

    return go_on


def work() -> None:
    """Let the worker carry and handle what the places say to one another, until nothing waits."""
    at = timezone.now()
    while True:
        done = worker.look(name="test", on=timezone.localdate(), at=at)
        assert done.failures == []
        if not done.exchanged:
            return


def apply(walker: Walker) -> None:
    page = walker.open(MOVER, "/")
    page.get_by_role("link", name="换了地方，医保怎么办").click()
    page.get_by_role("link", name="把医保转过来").click()
    walker.shot(page, "start")
    page.get_by_role("button", name="开始申请").click()
    for choice in ("重庆", "太原", "医保电子凭证"):
        walker.shot(page, choice)
        page.get_by_label(choice).first.check()
        page.get_by_role("button", name="继续").click()
    expect(page.locator("main")).to_contain_text("转出地已停保")
    expect(page.locator("main")).to_contain_text("已在转入地参保")
    walker.shot(page, "check")
    page.get_by_role("button", name="提交申请").click()
    expect(page.locator("main")).to_contain_text("已提交，受理编号 ZY-140100-")
    walker.shot(page, "sent")


def reads(walker: Walker, *said: str, without: str = "") -> None:
    """The person opens their case and reads."""
    page = walker.open(MOVER, f"/relocation/cases/{Transfer.objects.get(side='in').case.number}")
    walker.shot(page, "person")
    for words in said:
        expect(page.locator("main")).to_contain_text(words)
    if without:
        expect(page.locator("main")).not_to_contain_text(without)


def pays(walker: Walker) -> None:
    """One of finance makes the batch, another releases it, the bank says that it paid."""
    page = walker.open(f"finance-{OLD}", "/workbench/batches")
    page.locator("main form").first.get_by_role("button").click()
    page.wait_for_url("**/batches/*")
    address = page.url
    page = walker.open(f"finance2-{OLD}", address)
    page.get_by_role("button", name="复核无误，付出").click()
    expect(page.locator("main")).to_contain_text("已复核付出")
    file = page.request.get(f"{address}/file").body()
    for answer in simulator.answers(bulk=pain001.read(file), temper=Temper(1, 0, 0, 0, reorder=False)):
        page.goto("/workbench/bank-results")
        sent = {"name": "a.xml", "mimeType": "application/xml", "buffer": answer}
        page.locator("input[type=file]").set_input_files(sent)
        page.get_by_role("button", name="读入", exact=True).click()
        expect(page.locator("main")).to_contain_text("ZY-500000-")


def test_years_and_money_arrive_each_on_its_own_clock(walker, calendar):
    apply(walker)
    work()
    reads(walker, "两地核对一致，受理", "转出期限", "转出地结清个人账户", without="年限已到")
    calendar(1)
    walker.press("clerk", "out", "从档案生成信息表", "信息表已生成，等审核人员签署")
    walker.press("reviewer", "out", "复核无误，签署并发出", "已签署，信息表发往转入地")
    work()
    calendar(1)
    walker.press("clerk", "in", "核对无误", "已核对，等审核人员签署入库")
    walker.press("reviewer", "in", "签署并入库", "年限已转入")
    work()
    loaded = timezone.localdate()
    reads(walker, "年限已到", day_words(loaded), "款项到达转入地", without="钱已到账")
    assert MovedEnrolment.objects.get().to_region == NEW
    assert set(Enrolment.objects.filter(region=OLD).values_list("status", flat=True)) == {"ended"}
    calendar(4)
    pays(walker)
    work()
    walker.press(
        "finance", "in", "登记到账", "等另一位同事记账", **{"到账金额（元）": "1,234.56", "银行流水号": "R001"}
    )
    calendar(1)
    reads(walker, "款项到达转入地", without="钱已到账")
    walker.press("finance2", "in", "记入个人账户", "已记入个人账户")
    work()
    reads(walker, "年限已到", day_words(loaded), "钱已到账", day_words(timezone.localdate()))
    row = Transfer.objects.select_related("money", "person").get(side="in")
    assert (row.loaded_on, row.money.ended_on) == (loaded, loaded + timedelta(days=5))
    account = Account(AccountKind.PERSONAL, NEW, "employee", row.person_id)
    assert posting.personal_balance(account) == BALANCE


def day_words(on: date) -> str:
    return f"{on.year}年{on.month}月{on.day}日"
