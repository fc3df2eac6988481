"""A head gives a case out, the colleague hands it over, the next one reads why: each page narrow and wide, axe clean.

YIBAO_SHOTS=folder keeps a screenshot of each page.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
FAULTS = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`))"""
OVERFLOW = "() => document.documentElement.scrollWidth - window.innerWidth"
NOTE = "下周休假，材料已核对到第三项"


@pytest.fixture
def look(checkout):
    axe = (checkout / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")

    def at(page, name: str) -> None:
        page.evaluate(axe)
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            assert (page.evaluate(FAULTS), page.evaluate(OVERFLOW) > 0) == ([], False)
            if folder := os.environ.get("YIBAO_SHOTS"):
                Path(folder).mkdir(parents=True, exist_ok=True)
                page.screenshot(path=f"{folder}/{name}-{size['width']}.png", full_page=True)

    return at


@pytest.fixture
def sit(quiet_city, signed_in):
    """Sit somebody down in front of a browser page."""

    def enter(page, username: str, address: str) -> None:
        page.context.clear_cookies()
        cookie = signed_in(username).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": quiet_city.url}])
        page.goto(address)

    return enter


def test_a_case_goes_from_the_head_to_a_colleague_and_on_to_another(quiet_city, applicants, sit, look):
    number, other = next(applicants).submitted().number, next(applicants).submitted().number
    with quiet_city.browser(width=DESKTOP) as page:
        sit(page, "reviewer", "/workbench/")
        page.get_by_role("link", name="分派", exact=True).click()
        page.get_by_label("等谁办理").select_option("clerk")
        page.get_by_role("button", name="查看", exact=True).click()
        page.get_by_role("button", name="分派勾选的件").click()
        expect(page.locator(".govuk-error-summary")).to_contain_text("请至少勾选一件")
        look(page, "assign-errors")
        for one in (number, other):
            page.get_by_label(f"选 {one}").check()
        page.get_by_label("交给谁").select_option("even")
        page.get_by_role("button", name="分派勾选的件").click()
        expect(page.get_by_role("status")).to_contain_text("2 件已分派，共 2 件")
        look(page, "assigned")
        page.get_by_role("link", name="谁在办什么").click()
        expect(page.locator("main")).to_contain_text("黄受理")
        look(page, "held")
        sit(page, "clerk", f"/workbench/refund/cases/{number}")
        look(page, "case-mine")
        page.get_by_role("link", name="移交同事").click()
        page.get_by_role("button", name="移交", exact=True).click()
        expect(page.locator(".govuk-error-summary")).to_contain_text("请写明为什么移交")
        page.get_by_label("罗受理").check()
        page.get_by_label("为什么移交").fill(NOTE)
        look(page, "hand-over")
        page.get_by_role("button", name="移交", exact=True).click()
        expect(page.locator("main")).to_contain_text("本件在罗受理手上")
        sit(page, "clerk2", "/workbench/")
        expect(page.locator("main")).to_contain_text(f"黄受理移交给您：{NOTE}")
        look(page, "queue-received")
        page.goto(f"/workbench/refund/cases/{number}")
        expect(page.locator("main")).to_contain_text("移交给罗受理")
        page.get_by_role("button", name="放回待办").click()
        expect(page.locator("main")).to_contain_text("没有人领办本件")
        look(page, "case-put-back")
