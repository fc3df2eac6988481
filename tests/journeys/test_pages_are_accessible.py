"""Every page of the site, found from its addresses, serves everybody: narrow and wide, in two languages, read aloud.

YIBAO_SHOTS=folder keeps a screenshot of each page.
"""

import os
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.db.models import F
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from yibao.batch.demo.names import REGION
from yibao.batch.demo.staff import STAFF, staff_actor
from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.kernel.identifiers import make_resident_id
from yibao.services import bulk
from yibao.services.refund import actions
from yibao.services.refund.pages.sides import COUNTER
from yibao.store.bulk import Query
from yibao.store.models import Case, CitizenLogin, Contribution, UnitAgent

pytestmark = pytest.mark.django_db(transaction=True)
# Every address answers on both databases; what the browser makes of the answer is the same on either.
looks = pytest.mark.one_database
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
ROLES = tuple({one.roles[0]: one.username for one in reversed(STAFF)}.values())
EXPECTED = {200, 302, 403, 404, 405, 409}
# The name of a pack's file (500000_chongqing/refund.yaml) is no key.
RAW_KEY = re.compile(
    r"(?<!/)\b(?:common|portal|desk|identity|family|care|correction|refund|relocation|units)\.[a-z_]+\b"
)
FAULTS = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`))"""
TAG = re.compile(r"<[a-z][^>]*>")
KIND = re.compile(r"^<\w+|(?:class|type|role)=\"[^\"]*\"")
OVERFLOW = "() => document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture(scope="module")
def cases(busy_city, asked_for_correction) -> list[Case]:
    """One case in each state, preferably with files, each with a printed form and a login for its person."""
    # Those without files first, on either database.
    refunds = Case.objects.filter(service="refund").order_by(F("documents__pk").asc(nulls_first=True), "-pk")
    found = {case.state: case for case in refunds}
    for state, case in found.items():
        user = get_user_model().objects.create(username=f"citizen_{state}")
        CitizenLogin.objects.create(user=user, person_id=case.person_id)
        signed_in(user.username).post(reverse("refund:make_paper", args=[case.number, "application_form"]))
        if paper := case.papers.first():
            signed_in(user.username).post(reverse("refund:reprint", args=[case.number, paper.number]), {"key": "1"})
    now = {"on": timezone.localdate(), "at": timezone.now()}
    bulk.make(query=Query("reviewer", REGION, "refund"), key="k", by=staff_actor("reviewer"), **now)
    person = found["submitted"].person
    asked_for_correction(person, Actor(None, "", "citizen", person_id=person.pk, assurance=PROVED))
    return list(found.values())


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client


def mine(username: str, cases: list[Case]) -> list[Case]:
    """The cases that a member of staff can act on; for an auditor, one that is closed."""
    actor = staff_actor(username)
    chosen = {}
    for case in cases:
        if verbs := set(actions.available(case=case, actor=actor)) - {
            "note",
            "print",
            "take",
            "release",
            "escalate",
            "hand_over",
        }:
            chosen[frozenset(verbs)] = case
    return list(chosen.values()) or [case for case in cases if case.state == "completed"]


def test_the_pages_are_found(pages):
    names = {route.name for route in pages}
    assert {"portal:home", "refund:check", "workbench:queue", "workbench_refund:case"} <= names


@dataclass(frozen=True)
class Answer:
    """What one reader gets at one address."""

    reader: str
    route: str
    address: str
    state: str
    status: int
    html: bool
    headed: bool
    parts: frozenset[str]


@pytest.fixture(scope="module")
def answers(cases, pages) -> list[Answer]:
    """What every reader gets at every address: citizens with their own case, staff with one that waits for them."""
    readers = [(f"citizen_{case.state}", signed_in(f"citizen_{case.state}"), [case]) for case in cases]
    readers += [(name, signed_in(name), mine(name, cases)) for name in ROLES]
    readers += [("visitor", Client(), cases[:1])]
    # The pages of the other side refuse everybody alike, whatever the case: one of each side asks there.
    strays = {f"citizen_{cases[0].state}", ROLES[0], "visitor"}
    found = dict[tuple[str, str], Answer]()
    for name, client, own in readers:
        for route in pages:
            at_home = (name in ROLES) == route.name.startswith("workbench")
            asked = own if at_home and route.parameters else own[:1] if at_home or name in strays else []
            for case in asked:
                address = route.filled(case)
                if address and (name, address) not in found:
                    found[name, address] = answer(name, client, route.name, case.state, address)
    return list(found.values())


def answer(reader: str, client: Client, route: str, state: str, address: str) -> Answer:
    response = client.get(address)
    html = response["Content-Type"].startswith("text/html")
    text = response.content.decode() if html else ""
    parts = built_of(text) if response.status_code == 200 else frozenset()
    return Answer(reader, route, address, state, response.status_code, html, "<h1" in text, parts)


def built_of(text: str) -> frozenset[str]:
    """Return what the main part of a page is built of: each kind of element in it, whatever it says."""
    main = text.partition("<main")[2].partition("</main>")[0]
    return frozenset(" ".join(KIND.findall(tag)) for tag in TAG.findall(main))


def test_every_address_answers_every_reader_in_words(answers):
    strange = [one for one in answers if one.status not in EXPECTED]
    silent = [one for one in answers if one.html and one.status != 302 and not one.headed]
    assert (strange, silent) == ([], [])
    assert {one.status for one in answers} == EXPECTED


class Visitor:
    """Somebody who opens pages and writes down what is wrong with them."""

    def __init__(self, page, *, axe: str, who: str) -> None:
        self.page = page
        self.who = who
        self.faults: list[str] = []
        self.shots = os.environ.get("YIBAO_SHOTS")
        page.add_init_script(axe)
        page.on("console", lambda message: self._console(message))
        page.on("pageerror", lambda error: self.note(f"script: {error}"))
        page.on("request", lambda request: self._request(request))

    def note(self, fault: str) -> None:
        self.faults.append(f"{self.who} {urlsplit(self.page.url).path}: {fault}")

    def _console(self, message) -> None:
        # Chromium reports the status of an error page as if it were a script's fault.
        if message.type == "error" and "server responded with a status of 4" not in message.text:
            self.note(f"console: {message.text}")

    def _request(self, request) -> None:
        host = urlsplit(request.url).hostname
        if host not in ("localhost", None):
            self.note(f"request to {host}")

    def visit(self, address: str, *, language: str, sizes=(DESKTOP, PHONE)) -> None:
        response = self.page.goto(address)
        if response.status not in EXPECTED:
            self.note(f"status {response.status}")
        self.look(language=language, sizes=sizes)

    def look(self, *, language: str, sizes=(DESKTOP, PHONE)) -> None:
        for size in sizes:
            self.page.set_viewport_size(size)
            for fault in self.page.evaluate(FAULTS):
                self.note(f"{size['width']} px, {fault}")
            if self.page.evaluate(OVERFLOW) > 0:
                self.note(f"{size['width']} px, scrolls sideways")
            self._keep(size)
        self._words(language)

    def _words(self, language: str) -> None:
        if self.page.locator("html").get_attribute("lang") != language:
            self.note("language is not told")
        if self.page.locator("h1").count() != 1:
            self.note(f"{self.page.locator('h1').count()} main headings")
        if not self.page.title().partition(" – ")[0].strip():
            self.note("no title")
        for key in RAW_KEY.findall(self.page.locator("body").inner_text()):
            self.note(f"a word is missing: {key}")

    def _keep(self, size) -> None:
        if self.shots:
            name = re.sub(r"[^\w-]+", "_", urlsplit(self.page.url).path.strip("/")) or "home"
            Path(self.shots).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{self.shots}/{self.who}-{name}-{size['width']}.png", full_page=True)


@pytest.fixture
def visitor(busy_city, checkout):
    """Make a visitor who is signed in, and look at what they wrote down at the end."""
    axe = (checkout / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")
    opened = []

    def enter(page, *, who: str, cookies: dict[str, str]) -> Visitor:
        page.context.add_cookies(
            [{"name": key, "value": value, "url": busy_city.url} for key, value in cookies.items()]
        )
        opened.append(Visitor(page, axe=axe, who=who))
        return opened[-1]

    yield enter
    assert [fault for one in opened for fault in one.faults] == []


def session(username: str) -> dict[str, str]:
    return {"sessionid": signed_in(username).cookies["sessionid"].value}


@pytest.fixture(scope="module")
def rounds(answers) -> dict[str, list[str]]:
    """The addresses each member of staff looks at: the first page, and what none before them saw built alike."""
    seen, found = set[tuple[str, frozenset[str]]](), {name: dict[str, None]() for name in ROLES}
    for one in answers:
        if one.reader in found and one.status == 200 and one.html and one.address.startswith("/workbench"):
            if one.address.endswith("sign-in"):
                continue
            if one.address == "/workbench/" or (one.route, one.parts) not in seen:
                found[one.reader][one.address] = None
            seen.add((one.route, one.parts))
    assert {route for route, _ in seen} >= {"workbench:queue", "workbench:ledger", "workbench_refund:case"}
    return {name: list(addresses) for name, addresses in found.items()}


@looks
@pytest.mark.parametrize("username", ROLES)
def test_staff_pages_serve_everybody(busy_city, visitor, rounds, username):
    assert rounds[username]
    with busy_city.browser() as page:
        one = visitor(page, who=username, cookies=session(username))
        for address in rounds[username]:
            one.visit(address, language="zh-CN")


def tour(answers: list[Answer]) -> list[Answer]:
    """Each page of the citizen once, and the page of a case in every state."""
    first = {}
    for one in answers:
        if one.reader.startswith("citizen") and one.status == 200 and one.html:
            key = one.address if one.route == "refund:case" else one.route
            first.setdefault(key, one)
    return list(first.values())


LOOKS = [("zh-CN", {}, (DESKTOP, PHONE)), ("en", {"yibao_language": "en", "yibao_large": "1"}, (PHONE,))]


@looks
@pytest.mark.parametrize(("language", "cookies", "sizes"), LOOKS, ids=["Chinese", "English, large type"])
def test_citizen_pages_serve_everybody(busy_city, visitor, answers, language, cookies, sizes):
    stops = tour(answers)
    assert {"portal:home", "refund:check", "refund:correct", "refund:withdraw"} <= {one.route for one in stops}
    for reader in sorted({one.reader for one in stops}):
        with busy_city.browser() as page:
            one = visitor(page, who=f"{reader}-{language}", cookies=session(reader) | cookies)
            for stop in stops:
                if stop.reader == reader:
                    one.visit(stop.address, language=language, sizes=sizes)


@pytest.fixture
def agent(cases) -> tuple[dict[str, str], list[str]]:
    """A session that acts for a unit, and the addresses of its pages, with a draft about an employee.

    The draft is made after the cases, so that it is none of them: a citizen writes nothing into a unit's draft.
    """
    client, right = signed_in("citizen1"), UnitAgent.objects.earliest("pk")
    assert client.post(reverse("portal:act_for_unit"), {"right": right.pk}).status_code == 302
    paid = Contribution.objects.filter(payer="unit", enrolment__unit=right.unit).exclude(enrolment__person=right.agent)
    employee = paid.first().enrolment.person
    named = {"identity": employee.identity, "name": employee.name}
    address = client.post(reverse("refund:unit"), named)["Location"]
    steps = [address.replace("payments", step) for step in ("payments", "reason", "account", "materials", "check")]
    return {"sessionid": client.cookies["sessionid"].value}, [reverse("portal:unit"), reverse("refund:unit"), *steps]


@looks
@pytest.mark.parametrize(("language", "cookies", "sizes"), LOOKS, ids=["Chinese", "English, large type"])
def test_an_agents_pages_serve_everybody(busy_city, visitor, agent, language, cookies, sizes):
    session_cookie, addresses = agent
    with busy_city.browser() as page:
        one = visitor(page, who=f"agent-{language}", cookies=session_cookie | cookies)
        for address in addresses:
            one.visit(address, language=language, sizes=sizes)


@pytest.fixture
def counter_draft(cases) -> Case:
    """An application a clerk has begun at the counter; made after the cases, so that it is none of them."""
    clerk, person = signed_in("clerk"), cases[0].person
    number = clerk.post(reverse("workbench_refund:counter"), {"identity": person.identity})["Location"].split("/")[-2]
    paid = person.enrolments.filter(contributions__payer="person").first().contributions.first()
    clerk.post(reverse("workbench_refund:payments", args=[number]), {"payments": [f"p{paid.pk}"]})
    return Case.objects.get(number=number)


@looks
@pytest.mark.parametrize(("language", "cookies", "sizes"), LOOKS, ids=["Chinese", "English, large type"])
def test_counter_pages_serve_everybody(busy_city, visitor, counter_draft, language, cookies, sizes):
    with busy_city.browser() as page:
        one = visitor(page, who=f"counter-{language}", cookies=session("clerk") | cookies)
        for step in (*COUNTER.steps, "withdraw"):
            one.visit(reverse(f"workbench_refund:{step}", args=[counter_draft.number]), language=language, sizes=sizes)
        one.visit(reverse("workbench_refund:counter"), language=language, sizes=sizes)
        page.locator("#identity").fill(make_resident_id(area="500112", born=date(1900, 1, 1), serial=1))
        page.locator("main form button").first.click()
        page.wait_for_selector(".govuk-error-summary")
        one.look(language=language, sizes=sizes)
        page.goto(reverse("workbench_refund:account", args=[counter_draft.number]))
        page.locator("#bank_number").fill("1")
        page.locator("main form button").first.click()
        page.wait_for_selector(".govuk-error-summary")
        one.look(language=language, sizes=sizes)


@looks
@pytest.mark.parametrize(
    "address", ["/sign-in", "/rules", "/rules/140100", "/workbench/", "/no/such/page", "/workbench/no-such-page"]
)
def test_pages_before_sign_in_serve_everybody(busy_city, visitor, address):
    with busy_city.browser() as page:
        visitor(page, who="visitor", cookies={}).visit(address, language="zh-CN")


@looks
@pytest.mark.parametrize("status", sorted(EXPECTED - {200, 302}))
def test_pages_that_say_no_serve_everybody(busy_city, visitor, answers, status):
    no = next(one for one in answers if one.status == status and one.reader != "visitor")
    with busy_city.browser() as page:
        visitor(page, who=f"no-{status}", cookies=session(no.reader)).visit(no.address, language="zh-CN")


@looks
def test_pages_with_errors_serve_everybody(busy_city, visitor, cases):
    draft = next(case.number for case in cases if case.state == "draft" and case.service == "refund")
    wrong = [("account", "继续"), ("withdraw", "确认撤回"), ("materials", "上传")]
    with busy_city.browser() as page:
        one = visitor(page, who="citizen_draft-wrong", cookies=session("citizen_draft"))
        for step, button in wrong:
            page.goto(reverse(f"refund:{step}", args=[draft]))
            for box in page.locator("main input:not([type=hidden]):not([type=radio]):not([type=file])").all():
                box.fill("")
            page.eval_on_selector_all("main details", "all => all.forEach(one => one.open = true)")
            page.get_by_role("button", name=button, exact=True).first.click()
            page.wait_for_selector(".govuk-error-summary")
            assert page.title().startswith("错误：")
            one.look(language="zh-CN")
