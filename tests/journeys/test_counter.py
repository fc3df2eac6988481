"""An application taken in at the counter: one clerk enters it, another accepts, and a refund slip pays it."""

import pytest
from playwright.sync_api import expect

from yibao.batch.demo.load import person_key
from yibao.store.models import Case, IssuedPaper, Person

pytestmark = pytest.mark.django_db(transaction=True)
WIDE = {"width": 1280, "height": 900}
CARD = "6222 0212 3456 7890 12"


@pytest.fixture
def visitor(new_city) -> Person:
    """Somebody who paid while the unemployment fund paid for them, and has come with their papers."""
    citizen = next(one for one in new_city.city.citizens if one.plant and one.plant.reason == "unemployment_overlap")
    return Person.objects.get(pk=person_key(new_city.city, citizen))


def sit(page, city, username: str, address: str = "/workbench/") -> None:
    page.goto("/workbench/sign-in")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码", exact=True).fill(city.password)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/workbench/")
    page.goto(address)


def go_on(page) -> None:
    page.locator("main").get_by_role("button", name="继续", exact=True).click()


def enter(page, person: Person) -> str:
    """Fill the application in from the person's papers, and return its number."""
    page.get_by_role("link", name="窗口受理").click()
    page.get_by_label("参保人的身份证号码").fill(person.identity)
    page.get_by_role("button", name="查找并开始录入").click()
    page.wait_for_url("**/payments")
    assert person.identity not in page.url
    page.locator("main input[name=payments]").first.check()
    go_on(page)
    page.get_by_label("领失业金时，自己也交了").check()
    go_on(page)
    page.get_by_label("参保人本人").check()
    page.get_by_label("开户银行").fill("演示银行")
    page.get_by_label("户名").fill(person.name)
    page.get_by_label("银行卡号").fill(CARD)
    go_on(page)
    for box in page.locator("main input[name=seen_at_window]").all():
        box.check()
    go_on(page)
    go_on(page)
    expect(page.locator("main")).not_to_contain_text(person.name)
    page.get_by_role("button", name="提交并取得受理编号").click()
    page.wait_for_url("**/done")
    return page.url.split("/")[-2]


def press(browser, city, username: str, number: str, name: str, said: str, **typed: str) -> None:
    """Sign in, open the case and press one button."""
    with browser(width=WIDE) as page:
        sit(page, city, username, f"/workbench/refund/cases/{number}")
        for label, text in typed.items():
            page.get_by_label(label).fill(text)
        if page.locator("#approve-confirmed").count():
            page.locator("#approve-confirmed").check()
        page.locator("#step").get_by_role("button", name=name).click()
        expect(page.locator("main")).to_contain_text(said)


@pytest.mark.parametrize(
    "scripts",
    [pytest.param(True, marks=pytest.mark.one_database), False],
    ids=["with JavaScript", "without JavaScript"],
)
def test_from_the_counter_to_the_refund_slip(new_city, visitor, scripts):
    with new_city.browser(width=WIDE, java_script_enabled=scripts) as page:
        sit(page, new_city, "clerk")
        number = enter(page, visitor)
        expect(page.locator("main")).to_contain_text(number)
        expect(page.get_by_role("button", name="退保申请表")).to_be_visible()
        page.goto(f"/workbench/refund/cases/{number}")
        expect(page.locator("main")).to_contain_text("窗口已核对")
    press(new_city.browser, new_city, "clerk2", number, "受理", "已受理")
    press(new_city.browser, new_city, "reviewer", number, "同意", "已签署同意")
    press(new_city.browser, new_city, "finance", number, "付款", "已发出并记账")
    case = Case.objects.get(number=number)
    payment, slip = case.payments.get(), IssuedPaper.objects.get(case=case, kind="refund_slip")
    assert (payment.route, payment.slip_number) == ("slip", slip.number)
    with new_city.browser(width=WIDE) as page:
        sit(page, new_city, "finance", f"/workbench/refund/cases/{number}")
        printed = page.request.get(f"/workbench/refund/cases/{number}/papers/{slip.number}")
        assert (printed.headers["content-type"], printed.body()[:4]) == ("application/pdf", b"%PDF")
    press(new_city.browser, new_city, "finance", number, "确认到账", "已到账办结", 银行流水号="20261121-001")
    assert Case.objects.get(number=number).state == "completed"
