"""The workbench without a mouse, and on paper."""

import io
from unicodedata import normalize

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from pypdf import PdfReader

from yibao.store.models import Case, CaseTurn

# What keys and paper do is the browser's work, the same on either database.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]
DESKTOP = {"width": 1280, "height": 900}
LARGE = {"yibao_large": "1"}


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client


def enter(page, url: str, reader: str, cookies: dict[str, str]) -> None:
    session = signed_in(reader).cookies["sessionid"].value
    given = {"sessionid": session, **cookies}
    page.context.add_cookies([{"name": name, "value": value, "url": url} for name, value in given.items()])


@pytest.mark.parametrize(("service", "step"), [("refund", "受理"), ("relocation", "从档案生成信息表")])
def test_a_case_is_worked_by_keyboard_alone(busy_city, service, step):
    waiting = CaseTurn.objects.filter(role="clerk").count()
    with busy_city.browser(width=DESKTOP) as page:
        enter(page, busy_city.url, "clerk", {})
        page.goto(f"/workbench/?service={service}")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className").startswith("govuk-skip-link")
        page.keyboard.press("j")
        page.keyboard.press("j")
        page.keyboard.press("k")
        first = page.evaluate("document.activeElement.textContent")
        assert first == page.locator("tr[data-row] a").first.text_content()
        page.keyboard.press("Enter")
        page.wait_for_url(f"**/cases/{first}")
        page.keyboard.press("u")
        page.wait_for_url(f"**/workbench/?service={service}")
        page.keyboard.press("n")
        page.wait_for_url("**/cases/**")
        page.keyboard.press("d")
        assert page.evaluate("document.activeElement.textContent.trim()") == step
        outline = page.evaluate(
            "getComputedStyle(document.activeElement).boxShadow + document.activeElement.matches(':focus')"
        )
        assert outline.endswith("true")
        page.keyboard.press("Enter")
        page.wait_for_selector(".govuk-notification-banner--success")
        page.keyboard.press("?")
        page.wait_for_url("**/workbench/keys")
    assert CaseTurn.objects.filter(role="clerk").count() == waiting - 1


def test_keys_can_be_switched_off_and_never_act_while_typing(busy_city):
    with busy_city.browser(width=DESKTOP) as page:
        enter(page, busy_city.url, "clerk", {})
        page.goto("/workbench/")
        page.keyboard.press("/")
        page.keyboard.type("j?n")
        assert page.locator("#q").input_value() == "j?n"
        page.goto("/workbench/keys")
        page.locator("#keys-on").uncheck()
        page.goto("/workbench/ledger")
        page.keyboard.press("?")
        page.wait_for_timeout(200)
        assert page.url.endswith("/ledger")


@pytest.mark.parametrize(
    ("reader", "address", "kept", "dropped"),
    [
        ("clerk", "/workbench/", ("待办", "受理编号"), ("筛选", "办下一件", "大字版")),
        ("reviewer", "/workbench/figures", ("办理情况", "收到申请"), ("最近 7 天", "大字版")),
        ("auditor", "/workbench/ledger", ("账本", "余额"), ("大字版",)),
    ],
    ids=["list", "figures", "ledger"],
)
def test_it_prints_without_doors_and_buttons(busy_city, reader, address, kept, dropped):
    text = printed(busy_city, reader, address)
    assert [words for words in kept if words not in text] == []
    assert [words for words in dropped if words in text] == []


def test_a_case_prints_with_what_its_folds_hide(busy_city):
    number = Case.objects.filter(state="submitted").values_list("number", flat=True).first()
    text = printed(busy_city, "clerk", f"/workbench/refund/cases/{number}")
    assert [words for words in (number, "怎么算出来的", "经过", "打印于") if words not in text] == []
    assert [words for words in ("我的意见", "保存备注", "办下一件") if words in text] == []


def printed(site, reader: str, address: str) -> str:
    with site.browser(width=DESKTOP) as page:
        enter(page, site.url, reader, {})
        page.goto(address)
        pdf = page.pdf(format="A4", print_background=False)
    # Fonts name some characters by a twin that looks the same.
    return normalize("NFKC", "".join(part.extract_text() for part in PdfReader(io.BytesIO(pdf)).pages))
