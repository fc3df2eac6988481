"""Every state of every page of the workbench: each role and state of a case, narrow, wide, with and without script."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from pypdf import PdfReader

from yibao.batch.demo.staff import STAFF, staff_actor
from yibao.services.refund import actions
from yibao.store.models import Case, CaseTurn

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
ROLES = tuple({one.roles[0]: one.username for one in reversed(STAFF)}.values())
LARGE = {"yibao_large": "1"}
LOOKS = {
    "wide": (DESKTOP, True, {}),
    "narrow without script": (PHONE, False, {}),
    "narrow in large type": (PHONE, True, LARGE),
}
FAULTS = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`))"""
OVERFLOW = "() => document.documentElement.scrollWidth - window.innerWidth"
LISTS = {
    "everything": "",
    "one": "?q=000001",
    "stopped": "?waiting=applicant",
    "another role's": "?waiting=finance",
    "nothing passes": "?min=9999999&holder=nobody",
    "an amount that is none": "?min=ten",
    "every filter": "?due=later&level=1&holder=nobody&channel=app&basis=weak&min=1&max=9&q=张",
}
FIGURES = {
    "usual": "",
    "nothing happened": "?first=2001-01-01&last=2001-01-07",
    "no period": "?first=2026-02-01&last=2026-01-01",
}


@dataclass(frozen=True)
class Sight:
    """One page in one state, for one reader."""

    reader: str
    address: str
    what: str


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client


@pytest.fixture(scope="module")
def sights(busy_city) -> list[Sight]:
    """Every state of every page: cases by what the reader is offered, lists, figures, ledger, keys."""
    return [*_cases(), *_lists()]


def _cases() -> Iterator[Sight]:
    newest = {case.state: case for case in Case.objects.exclude(state="draft").order_by("documents__pk", "-pk")}
    for state, case in newest.items():
        offered = set()
        for role in ROLES:
            verbs = frozenset(actions.available(case=case, actor=staff_actor(role)))
            if verbs not in offered:
                offered.add(verbs)
                yield Sight(role, f"/workbench/refund/cases/{case.number}", f"{state}: {', '.join(sorted(verbs))}")


def _lists() -> Iterator[Sight]:
    yield from (Sight("clerk", f"/workbench/{query}", what) for what, query in LISTS.items())
    yield Sight("auditor", "/workbench/", "nothing waits")
    yield from (Sight("reviewer", f"/workbench/figures{query}", what) for what, query in FIGURES.items())
    yield Sight("auditor", "/workbench/ledger", "books")
    yield Sight("clerk", "/workbench/keys", "keys")


def test_every_state_of_a_case_is_among_them(sights):
    states = {sight.what.split(":")[0] for sight in sights if "/cases/" in sight.address}
    assert states == set(Case.objects.exclude(state="draft").values_list("state", flat=True))
    assert len(states) >= 8


@pytest.mark.parametrize("look", LOOKS)
def test_every_state_serves_everybody(busy_city, checkout, sights, look):
    width, script, cookies = LOOKS[look]
    axe = (checkout / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    faults = []
    for reader in sorted({sight.reader for sight in sights}):
        with busy_city.browser(width=width, java_script_enabled=script) as page:
            enter(page, busy_city.url, reader, cookies)
            for sight in (one for one in sights if one.reader == reader):
                answer = page.goto(sight.address)
                found = [] if answer.status in (200, 400) else [f"status {answer.status}"]
                page.evaluate(axe)
                found += page.evaluate(FAULTS)
                found += ["scrolls sideways"] if page.evaluate(OVERFLOW) > 0 else []
                faults += [f"{sight.reader} {sight.what}: {fault}" for fault in found]
    assert faults == []


def enter(page, url: str, reader: str, cookies: dict[str, str]) -> None:
    session = signed_in(reader).cookies["sessionid"].value
    given = {"sessionid": session, **cookies}
    page.context.add_cookies([{"name": name, "value": value, "url": url} for name, value in given.items()])


def test_a_case_is_worked_by_keyboard_alone(busy_city):
    waiting = CaseTurn.objects.filter(role="clerk").count()
    with busy_city.browser(width=DESKTOP) as page:
        enter(page, busy_city.url, "clerk", {})
        page.goto("/workbench/")
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
        page.wait_for_url("**/workbench/")
        page.keyboard.press("n")
        page.wait_for_url("**/cases/**")
        page.keyboard.press("d")
        assert page.evaluate("document.activeElement.textContent.trim()") == "受理"
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
        ("clerk", "/workbench/", ("待办", "受理编号"), ("筛选", "办下一件", "退出")),
        ("reviewer", "/workbench/figures", ("办理情况", "收到申请"), ("最近 7 天", "退出")),
        ("auditor", "/workbench/ledger", ("账本", "各账户余额"), ("退出",)),
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
    return "".join(part.extract_text() for part in PdfReader(io.BytesIO(pdf)).pages)
