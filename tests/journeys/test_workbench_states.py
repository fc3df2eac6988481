"""Every state of every page of the workbench serves everybody: narrow and wide, with and without script."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import resolve
from django.utils import timezone
from playwright.sync_api import Error

from yibao.batch.demo.names import REGION
from yibao.batch.demo.staff import STAFF, staff_actor
from yibao.services import bulk, payouts
from yibao.services.refund import actions
from yibao.store import bulk as runs
from yibao.store.bulk import Query
from yibao.store.models import BulkRun, CallBack, Case, Delivery, Message, PaymentBatch, PromiseLetter, StaffRole

pytestmark = pytest.mark.django_db(transaction=True)
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
ROLES = tuple({one.roles[0]: one.username for one in reversed(STAFF)}.values())
OFFICE = tuple(one.username for one in STAFF if one.region == REGION)
ELSEWHERE = "510000"
FAULTS = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`))"""
OVERFLOW = "() => document.documentElement.scrollWidth - window.innerWidth"
SEND = """(form) => {
    form.querySelectorAll("input[type=text], textarea, :not([type])").forEach(one => { one.value = "" });
    form.noValidate = true;
    form.submit();
}"""
LISTS = {
    "one": "?q=000001",
    "stopped": "?waiting=applicant",
    "another role's": "?waiting=finance",
    "filtered to none": "?min=9999999&holder=nobody",
    "an amount that is none": "?min=ten",
    "every filter": "?due=later&level=1&holder=nobody&channel=app&basis=weak&min=1&max=9&q=张",
}
FIGURES = {
    "usual": "",
    "nothing happened": "?first=2001-01-01&last=2001-01-07",
    "no period": "?first=2026-02-01&last=2026-01-01",
}
# These take a form or send a file, and show no page of their own; handing over has a journey of its own.
ANSWERS = {
    "workbench": "next save_filter forget_filter figures_file undelivered_again remove_factor recovery_codes"
    " end_sessions office account_step draw bulk_result bulk_row bulk_step batch_file batch_step"
    " take release hand_over right_paper",
    "workbench_refund": "decide note document make_paper paper reprint copy seen detach take_back submit",
}
# The questions at the counter are those of the citizen, and are walked with them.
COUNTER = {"workbench_refund": "payments reason account materials promise check done correct withdraw"}
OFTEN = (200, 400, 403, 404, 409, 422)


@dataclass(frozen=True)
class Sight:
    """One page in one state, for one reader; with a form, the page that answers it when it is sent empty."""

    reader: str
    address: str
    what: str
    form: str = ""


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client


@pytest.fixture(scope="module")
def made(busy_city) -> None:
    """What the demo city lacks: runs and batches in other states, a letter nobody got, an office with no cases."""
    now = {"on": timezone.localdate(), "at": timezone.now()}
    told = Message.objects.filter(case_number__gt="").first()
    Delivery.objects.create(message=told, channel="sms", state="failed", made_at=now["at"], ended_at=now["at"])
    for username in ("clerk", "reviewer", "finance", "auditor"):
        user = get_user_model().objects.create(username=f"{username}_elsewhere", first_name="空")
        StaffRole.objects.create(user=user, role=username, region=ELSEWHERE)
    group = payouts.due(by=staff_actor("finance"))[0][0]
    payouts.make(region=group.region, scheme=group.scheme, flow=group.flow, key="k", by=staff_actor("finance"), **now)
    asked = Query("reviewer", REGION, "refund")
    first = bulk.make(query=asked, key="1", by=staff_actor("reviewer"), **now)
    runs.drop(number=first.number, by=staff_actor("reviewer"))
    smallest = min(case.amount_fen for case in bulk.find(asked, by=staff_actor("reviewer")).cases)
    _worked(bulk.make(query=replace(asked, most_fen=smallest), key="2", by=staff_actor("reviewer"), **now), now)
    bulk.make(query=asked, key="3", by=staff_actor("reviewer"), **now)


def _worked(run: BulkRun, now: dict) -> None:
    """Inspect what was drawn of a run, and let it be approved."""
    reader, by = signed_in("reviewer"), staff_actor("reviewer")
    for row in run.rows.exclude(drawn=None).select_related("case"):
        reader.get(f"/workbench/refund/cases/{row.case.number}")
        runs.mark(number=run.number, row=row.pk, agreed=True, by=by, at=now["at"])
    runs.release(number=run.number, by=by, at=now["at"])
    bulk.work(number=run.number, **now)


@pytest.fixture(scope="module")
def sights(made) -> list[Sight]:
    """Every state of every page: cases by what the reader is offered, lists, runs, batches, logins, figures."""
    found = [*_cases(), *_lists(), *_money(), *_letters(), *_logins(), *_errors()]
    return sorted(found, key=lambda one: (one.reader, one.address))


def _cases() -> Iterator[Sight]:
    newest = {
        case.state: case
        for case in Case.objects.filter(service="refund").exclude(state="draft").order_by("documents__pk", "-pk")
    }
    for state, case in newest.items():
        offered = set()
        for reader in ROLES:
            verbs = frozenset(actions.available(case=case, actor=staff_actor(reader)))
            if reader in OFFICE and verbs not in offered:
                offered.add(verbs)
                yield Sight(reader, f"/workbench/refund/cases/{case.number}", f"{state}: {', '.join(sorted(verbs))}")


def _lists() -> Iterator[Sight]:
    yield from (Sight(reader, "/workbench/", "own list") for reader in ROLES if reader in OFFICE)
    yield from (Sight("clerk", f"/workbench/{query}", what) for what, query in LISTS.items())
    for place in ("assign", "held"):
        yield Sight("reviewer", f"/workbench/{place}", place)
        yield Sight("clerk", f"/workbench/{place}", place)
    yield from (Sight("reviewer", f"/workbench/figures{query}", what) for what, query in FIGURES.items())
    yield from (
        Sight(f"{reader}_elsewhere", f"/workbench/{place}", "empty")
        for reader, places in {
            "clerk": ("", "call-backs", "promises", "undelivered"),
            "auditor": ("figures", "ledger"),
            "reviewer": ("bulk",),
            "finance": ("batches", "reconcile", "refund/pay"),
        }.items()
        for place in places
    )
    for place in (
        "keys",
        "call-backs",
        "promises",
        "undelivered",
        "refund/counter",
        "no-such-page",
        "accounts",
        "rights",
    ):
        yield Sight("clerk", f"/workbench/{place}", place)


def _money() -> Iterator[Sight]:
    for place in ("batches", "reconcile", "reconcile?on=2001-01-01", "reconcile?on=x", "bank-results", "refund/pay"):
        yield Sight("finance", f"/workbench/{place}", place)
    for place in ("ledger", "ledger?case=none", "reconcile"):
        yield Sight("auditor", f"/workbench/{place}", place)
    for batch in {one.state: one for one in PaymentBatch.objects.all()}.values():
        yield from (Sight(who, f"/workbench/batches/{batch.number}", batch.state) for who in ("finance", "finance2"))
    for place in ("bulk", "bulk?look=1", "bulk?look=1&least=9999999", "bulk?look=1&least=x"):
        yield Sight("reviewer", f"/workbench/{place}", place)
    for run in {one.state: one for one in BulkRun.objects.all()}.values():
        yield from (Sight(who, f"/workbench/bulk/{run.number}", run.state) for who in ("reviewer", "reviewer2"))


def _letters() -> Iterator[Sight]:
    outcomes = PromiseLetter.objects.order_by("pk").values_list("checks__outcome", "number")
    for outcome, letter in dict(outcomes).items():
        yield from (Sight(who, f"/workbench/promises/{letter}", f"letter {outcome}") for who in ("clerk", "auditor"))
    for call in {one.outcome: one for one in CallBack.objects.all()}.values():
        yield Sight("clerk", f"/workbench/call-backs/{call.pk}", f"call {call.outcome}")


def _logins() -> Iterator[Sight]:
    clerk, officer = (get_user_model().objects.get(username=name).pk for name in ("clerk", "audit_officer"))
    for place in ("security", "security/totp", "security/passkey", "password", "sessions"):
        yield from (Sight(who, f"/workbench/{place}", place) for who in ("clerk", "system_officer"))
    for who in ("system_officer", "security_officer"):
        for place in ("accounts", f"accounts/{clerk}", f"accounts/{officer}"):
            yield Sight(who, f"/workbench/{place}", place)
    yield Sight("system_officer", "/workbench/accounts/new", "new")
    yield Sight("clerk", "/workbench/second-factor", "second factor")
    yield Sight("visitor", "/workbench/sign-in", "sign in")
    for who in ("security_officer", "audit_officer"):
        yield Sight(who, "/workbench/sign-ins", "sign-ins")
    yield Sight("audit_officer", "/workbench/account-events", "events")


def _errors() -> Iterator[Sight]:
    number = Case.objects.filter(service="refund", state="submitted").values_list("number", flat=True).first()
    waiting = Case.objects.filter(service="refund", state="executing").values_list("number", flat=True).first()
    for reader, place, form in [
        ("clerk", f"refund/cases/{number}", "do/ask_correction"),
        ("clerk", f"refund/cases/{number}", "do/not_accept"),
        ("clerk", f"refund/cases/{number}", "notes"),
        ("clerk", f"refund/cases/{number}/show", "show"),
        ("finance", f"refund/cases/{waiting}", "do/bounce"),
        ("clerk", "refund/counter", ""),
        ("finance", "bank-results", ""),
        ("clerk", "password", ""),
        ("system_officer", "accounts/new", ""),
        ("auditor", "promises", "promises"),
        ("auditor", "promises", "promises/draw"),
    ]:
        yield Sight(reader, f"/workbench/{place}", f"{form or 'form'} sent empty", form or "form")


class Look:
    """One way to look at pages: it opens each sight and says what is wrong with it."""

    def __init__(self, page, site, axe: str, name: str) -> None:
        self.page, self.site, self.axe, self.name, self.reader = page, site, axe, name, ""

    def enter(self, reader: str, cookies: dict[str, str]) -> None:
        if reader != self.reader:
            self.page.context.clear_cookies()
            session = {} if reader == "visitor" else {"sessionid": signed_in(reader).cookies["sessionid"].value}
            given, url = session | cookies, self.site.url
            self.page.context.add_cookies([{"name": name, "value": value, "url": url} for name, value in given.items()])
            self.reader = reader

    def faults(self, sight: Sight, *, other: dict[str, int], cookies: dict[str, str]) -> Iterator[str]:
        self.enter(sight.reader, cookies)
        try:
            answer = self.page.goto(sight.address)
            if sight.form:
                answer = self._send(sight.form)
        except Error as no:
            yield str(no)
            return
        if answer.status not in OFTEN:
            yield f"status {answer.status}"
        self.page.evaluate(self.axe)
        yield from self.page.evaluate(FAULTS)
        first = self.page.viewport_size
        for size in (first, other):
            self.page.set_viewport_size(size)
            if self.page.evaluate(OVERFLOW) > 0:
                yield f"scrolls sideways at {size['width']} px"
            self._keep(sight, size)
        self.page.set_viewport_size(first)

    def _send(self, form: str):
        found = self.page.locator(f"main form[action$='/{form}'], main form[method=post]:not([action])")
        with self.page.expect_navigation() as going:
            found.first.evaluate(SEND)
        return going.value

    def _keep(self, sight: Sight, size: dict[str, int]) -> None:
        if folder := os.environ.get("YIBAO_SHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            name = f"{sight.reader} {sight.address} {sight.what} {self.name} {size['width']}"
            name = "".join(letter if letter.isalnum() else "_" for letter in name)[:150]
            self.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture
def look(busy_city, checkout) -> Callable[..., list[str]]:
    """Look at pages in one way, with one browser window for all of them, and tell what is wrong."""
    axe = (checkout / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")

    def at(sights: list[Sight], *, width: dict[str, int], script: bool, large: bool = False) -> list[str]:
        other = PHONE if width == DESKTOP else DESKTOP
        with busy_city.browser(width=width) as page:
            if not script:
                # The check is a script itself: it never ends where the browser runs none. No page has
                # a script of its own in it, so that one whose files do not come is one without.
                page.route("**/*.js", lambda route: route.abort())
            one = Look(page, busy_city, axe, "script" if script else "large" if large else "plain")
            cookies = {"yibao_large": "1"} if large else {}
            return [
                f"{sight.reader} {sight.address} ({sight.what}): {fault}"
                for sight in sights
                for fault in one.faults(sight, other=other, cookies=cookies)
            ]

    return at


def test_every_state_is_among_them(sights):
    states = {sight.what.split(":")[0] for sight in sights if "/cases/" in sight.address and not sight.form}
    assert states == set(Case.objects.filter(service="refund").exclude(state="draft").values_list("state", flat=True))
    assert len(states) >= 9
    assert set(BulkRun.objects.values_list("state", flat=True)) == {"dropped", "inspecting", "done"}
    assert {sight.reader for sight in sights} >= set(ROLES)


def test_every_page_of_the_office_is_among_them(sights, pages):
    seen = {resolve(urlsplit(sight.address).path).view_name for sight in sights if "no-such" not in sight.address}
    names = {route.name for route in pages if route.name.startswith(("workbench:", "workbench_refund:"))}
    left = {f"{space}:{name}" for part in (ANSWERS, COUNTER) for space in part for name in part[space].split()}
    assert names - seen == left


def test_every_state_serves_a_wide_screen(look, sights):
    assert look(sights, width=DESKTOP, script=True) == []


def test_every_state_serves_a_phone_without_script(look, sights):
    assert look(sights, width=PHONE, script=False) == []


def test_large_type_fits_a_phone(look, sights):
    assert look(sights[::6], width=PHONE, script=True, large=True) == []
