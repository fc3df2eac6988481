"""Second factors in a real browser: a passkey of a virtual device, codes without scripts, pages for everybody."""

import re

import pyotp
import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import expect

from yibao.store import factors
from yibao.store.models import Passkey, StaffRole

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "a long enough password"
PAGES = ("/workbench/security", "/workbench/security/passkey", "/workbench/password", "/workbench/second-factor")
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
FAULTS = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`))"""


@pytest.fixture(autouse=True)
def required(settings):
    settings.YIBAO_SECOND_FACTOR = True


@pytest.fixture
def clerk(transactional_db) -> User:
    user = User.objects.create_user("clerk", password=PASSWORD, first_name="黄受理")
    StaffRole.objects.create(user=user, role="clerk", region="500000")
    return user


@pytest.fixture
def device(page):
    """A device inside the browser that can hold passkeys."""
    tool = page.context.new_cdp_session(page)
    tool.send("WebAuthn.enable")
    made = tool.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return tool, made["authenticatorId"]


def enter(page) -> None:
    page.goto("/workbench/sign-in")
    page.locator("[name=login]").fill("clerk")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")


def test_a_passkey_is_added_and_opens_the_next_session(page, clerk, device):
    enter(page)
    page.get_by_role("link", name="登记通行密钥").click()
    page.get_by_label("给它起个名字").fill("窗口电脑")
    page.get_by_role("button", name="登记通行密钥").click()
    expect(page.locator("h1")).to_have_text("恢复码")
    assert Passkey.objects.get().name == "窗口电脑"
    page.get_by_role("link", name="已经保管好").click()
    page.get_by_role("button", name="退出").click()
    enter(page)
    expect(page.locator("h1")).to_have_text("请证明是您本人")
    page.get_by_role("button", name="使用通行密钥").click()
    page.wait_for_url("**/workbench/")
    assert Passkey.objects.get().used_at is not None
    assert Passkey.objects.get().counter > 1


def test_a_device_that_knows_nobody_opens_nothing(page, clerk, device):
    enter(page)
    page.goto("/workbench/security/passkey")
    page.get_by_label("给它起个名字").fill("窗口电脑")
    page.get_by_role("button", name="登记通行密钥").click()
    expect(page.locator("h1")).to_have_text("恢复码")
    tool, authenticator = device
    tool.send("WebAuthn.clearCredentials", {"authenticatorId": authenticator})
    page.goto("/workbench/")
    page.get_by_role("button", name="退出").click()
    enter(page)
    page.get_by_role("button", name="使用通行密钥").click()
    expect(page.locator("[data-passkey-failed]")).to_be_visible()
    page.goto("/workbench/")
    expect(page.locator("h1")).to_have_text("请证明是您本人")


def test_an_answer_is_taken_once(page, clerk, device, client):
    enter(page)
    page.goto("/workbench/security/passkey")
    page.get_by_label("给它起个名字").fill("窗口电脑")
    page.get_by_role("button", name="登记通行密钥").click()
    expect(page.locator("h1")).to_have_text("恢复码")
    page.goto("/workbench/second-factor")
    sent = []
    page.on("request", lambda request: sent.append(request.post_data) if request.method == "POST" else None)
    page.get_by_role("button", name="使用通行密钥").click()
    page.wait_for_url("**/workbench/")
    client.force_login(clerk)
    client.get("/workbench/second-factor")
    from urllib.parse import parse_qs

    answer = parse_qs(sent[0])["credential"][0]
    assert client.post("/workbench/second-factor", {"credential": answer}).status_code == 400


def test_without_scripts_a_code_is_the_other_way(chromium, live_server, clerk):
    context = chromium.new_context(base_url=live_server.url, locale="zh-CN", java_script_enabled=False)
    page = context.new_page()
    enter(page)
    secret = re.sub(r"\s", "", page.locator("p .app-mono").inner_text())
    page.get_by_label("验证器显示的 6 位数字").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="确认").click()
    expect(page.locator("h1")).to_have_text("恢复码")
    code = page.locator("main li").first.inner_text()
    page.get_by_role("button", name="退出").click()
    enter(page)
    expect(page.get_by_role("button", name="使用通行密钥")).to_have_count(0)
    page.get_by_label("6 位动态验证码，或一个恢复码").fill(code)
    page.get_by_role("button", name="确认").click()
    expect(page.locator("h1")).to_have_text("待办")
    context.close()


def test_the_pages_serve_everybody(page, clerk, checkout):
    axe = (checkout / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    faults = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)

    def look() -> None:
        page.evaluate(axe)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 900})
            faults.extend(page.evaluate(FAULTS))
            if page.evaluate("document.documentElement.scrollWidth - window.innerWidth") > 0:
                faults.append(f"{page.url} scrolls sideways at {width}")

    enter(page)
    look()
    totp = pyotp.TOTP(factors.pending_secret(clerk))
    page.get_by_label("验证器显示的 6 位数字").fill(totp.at(timezone.now()))
    page.get_by_role("button", name="确认").click()
    expect(page.locator("h1")).to_have_text("恢复码")
    look()
    for address in PAGES:
        page.goto(address)
        look()
    assert faults == []
