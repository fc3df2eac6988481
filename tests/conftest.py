"""A look at pages in a real browser: what must be true of every page in every state, whoever reads it.

YIBAO_SHOTS=folder keeps a picture of each page; YIBAO_SIGHTS=expression looks only at those it is found in.
"""

import io
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import resolve
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Error

from yibao.batch.demo.cases import PATHS
from yibao.batch.demo.load import person_key
from yibao.batch.demo.names import REGION
from yibao.batch.demo.planted import KINDS
from yibao.batch.demo.staff import citizen_actor, staff_actor
from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.services.correction import actions as correcting
from yibao.services.refund import actions
from yibao.store.changes import Place
from yibao.store.models import Case, CitizenLogin, Contribution, Person
from yibao.web.words import Say

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
LANGUAGES = {"zh": "zh-CN", "en": "en"}
OFTEN = (200, 400, 403, 404, 405, 409, 413, 422, 424, 429, 500, 503)
# No paper seen at the counter is an answer too, and a passkey is made by a device.
NEVER_EMPTY = {"workbench_refund:seen", "workbench:passkey"}
TARGET_PX = 44
LARGE_TARGET_PX = 60
# A number that tells who somebody is: of an identity card, of a telephone, of a bank account.
PERSONAL = re.compile(r"(?<![\d-])(?:\d{17}[\dXx]|1[3-9]\d{9}|\d{16,19})(?!\d)")
# The name of a pack's file (500000_chongqing/refund.yaml) is no key.
RAW_KEY = re.compile(r"(?<!/)\b(?:common|portal|desk|identity|family|care|correction|refund|relocation)\.[a-z_]+\b")
AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations
    .flatMap(one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 160)}`))"""
# A link within a sentence is as high as its line; so is one in a cell of a table, whose rows a reader scrolls.
FIT = """([target, large]) => {
    document.documentElement.classList.toggle("app-large", large);
    const lined = one => one.tagName === "A" && getComputedStyle(one).display === "inline"
        && (one.closest("td, th, dt, dd, .app-cite, .app-table")
            || one.closest("p, li, div, span, label")?.innerText.trim() !== one.innerText.trim());
    const small = [...document.querySelectorAll(
        "a[href], button, select, textarea, summary, input:not([type=hidden])")]
        .filter(one => one.checkVisibility({visibilityProperty: true}) && !one.closest(".govuk-visually-hidden"))
        .filter(one => !one.matches(".govuk-skip-link") && !lined(one))
        .map(one => [one, (["radio", "checkbox"].includes(one.type) && one.labels[0] || one).getBoundingClientRect()])
        .filter(([one, box]) => box.height && box.height < target - 1)
        .map(([one, box]) => `${Math.round(box.height)} px high: ${one.outerHTML.slice(0, 120)}`);
    const over = document.documentElement.scrollWidth > window.innerWidth;
    const wide = over && [...document.querySelectorAll("body *")]
        .filter(one => one.getBoundingClientRect().right > window.innerWidth).pop();
    return [over ? `${wide?.outerHTML.slice(0, 120)}` : "", small];
}"""
TOLD = """() => ({
    lang: document.documentElement.lang,
    heads: document.querySelectorAll("h1").length,
    words: document.body.innerText,
    addresses: [...document.querySelectorAll("[href], [action]")]
        .map(one => one.getAttribute("href") || one.getAttribute("action")),
    summary: document.querySelectorAll(".govuk-error-summary").length,
    asks: [...document.querySelectorAll("main form[method=post]")].some(form => form.querySelector(
        "input:not([type=hidden]), select, textarea")),
})"""
SEND = """(form, typed) => {
    form.querySelectorAll("input, textarea, select").forEach(one => {
        const given = typed[one.name];
        if (one.type === "file" || (one.type === "hidden" && given === undefined)) return;
        if (["radio", "checkbox"].includes(one.type)) one.checked = given !== undefined && given === one.value;
        else one.value = given ?? "";
    });
    form.noValidate = true;
    form.querySelector("button:not([type=button])").click();
}"""
KEPT = """typed => Object.entries(typed).filter(([name, value]) => name !== "csrfmiddlewaretoken" &&
    ![...document.querySelectorAll(`main [name="${name}"]`)].some(one =>
        ["radio", "checkbox"].includes(one.type) ? one.checked && one.value === value : one.value === value))
    .map(([name]) => name)"""


class Sight(Protocol):
    """One page in one state, for one reader; with a form, the page that answers it.

    Attributes:
        reader: Login, or `visitor`.
        address: Where the page is.
        what: The state, in a few words for whoever reads the fault.
        form: The end of its form's address, `form` for one that is sent to where it stands; empty to send nothing.
        typed: What is typed into the form; everything else in it is left empty.
        says: Keys of words that must be read on the page.
        session: What the session remembers besides who signed in.
    """

    reader: str
    address: str
    what: str
    form: str
    typed: Mapping[str, str]
    says: tuple[str, ...]
    session: Mapping[str, object]


class Look:
    """One way to look at pages: it opens each sight and says what is wrong with it."""

    def __init__(self, page: Any, url: str, axe: str, *, name: str, language: str) -> None:
        self.page, self.url, self.name, self.language = page, url, name, language
        # Every page it opens has the check in it from the start: sent to each one, it costs as much as a look.
        page.add_init_script(axe)
        self.say, self.sessions, self.asking = Say(language), dict[str, str](), set[str]()

    def enter(self, sight: Sight) -> None:
        self.page.context.clear_cookies()
        given = {"yibao_language": self.language}
        if sight.reader != "visitor":
            given[settings.SESSION_COOKIE_NAME] = self._session(sight)
        self.page.context.add_cookies([{"name": name, "value": one, "url": self.url} for name, one in given.items()])

    def _session(self, sight: Sight) -> str:
        key = f"{sight.reader} {sight.session}"
        if key not in self.sessions:
            client = Client()
            client.force_login(get_user_model().objects.get(username=sight.reader))
            session = client.session
            session.update(sight.session)
            session.save()
            self.sessions[key] = client.cookies[settings.SESSION_COOKIE_NAME].value
        return self.sessions[key]

    def faults(self, sight: Sight, *, other: dict[str, int]) -> Iterator[str]:
        """Yield what is wrong with a page, as it is and, with large type, at both widths."""
        self.enter(sight)
        try:
            answer = self.page.goto(sight.address)
            if sight.form:
                answer = self._send(sight)
            yield from self.page.evaluate(AXE)
            if answer.status not in OFTEN:
                yield f"status {answer.status}"
            yield from self._told(sight)
            first = self.page.viewport_size
            for size in (first, other):
                self.page.set_viewport_size(size)
                yield from self._fits(sight, size["width"])
            self.page.set_viewport_size(first)
        except Error as no:
            yield str(no)

    def _send(self, sight: Sight) -> Any:
        form, typed = sight.form, dict(sight.typed)
        found = self.page.locator(f"main form[action$='/{form}'], main form[method=post]:not([action])")
        with self.page.expect_navigation() as going:
            found.first.evaluate(SEND, typed)
        return going.value

    def _told(self, sight: Sight) -> Iterator[str]:
        told, title = self.page.evaluate(TOLD), self.page.title()
        if told["lang"] != LANGUAGES[self.language]:
            yield "its language is not told"
        if told["heads"] != 1:
            yield f"{told['heads']} main headings"
        if not title.partition(" – ")[0].strip():
            yield "no title"
        if bool(told["summary"]) != title.startswith(self.say("common.error_title")):
            yield "the title does not say that something is wrong"
        addresses = [unquote(one) for one in (self.page.url, *told["addresses"])]
        yield from (f"personal data in the address {one}" for one in addresses if PERSONAL.search(one))
        if sight.form and not told["summary"] and not sight.says:
            yield "does not say what is wrong with what was sent"
        yield from self._words(sight, told["words"], wrong=bool(told["summary"]))
        if told["asks"] and not sight.form:
            self.asking.add(resolve(urlsplit(self.page.url).path).view_name)

    def _words(self, sight: Sight, read: str, *, wrong: bool) -> Iterator[str]:
        yield from (f"a word is missing: {key}" for key in RAW_KEY.findall(read))
        flat = "".join(read.split())
        for key in sight.says:
            words = re.split(r"\{\w+\}", self.say.find(key) or key)
            if not all("".join(part.split()) in flat for part in words):
                yield f"does not say {key}"
        if sight.typed and wrong:
            lost = self.page.evaluate(KEPT, dict(sight.typed))
            yield from (f"does not keep what was typed: {name}" for name in lost)

    def _fits(self, sight: Sight, width: int) -> Iterator[str]:
        self._keep(sight, width)
        for large in (True, False):
            target = 0 if width > PHONE["width"] else LARGE_TARGET_PX if large else TARGET_PX
            over, small = self.page.evaluate(FIT, [target, large])
            where = f"at {width} px{' in large type' if large else ''}"
            yield from (f"{where} {one}" for one in small)
            if over:
                yield f"scrolls sideways {where}: {over}"

    def _keep(self, sight: Sight, width: int) -> None:
        if folder := os.environ.get("YIBAO_SHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            name = f"{sight.reader} {sight.address} {sight.what} {self.name} {width}"
            name = "".join(letter if letter.isalnum() else "_" for letter in name)[:150]
            self.page.screenshot(path=f"{folder}/{name}.png", full_page=True)


@pytest.fixture(scope="module")
def look(busy_city, checkout) -> Callable[..., list[str]]:
    """Look at pages in one way, with one browser window for all of them, and tell what is wrong."""
    axe = (checkout / "node_modules/axe-core/axe.min.js").read_text(encoding="utf-8")

    def at(sights: Iterable[Sight], *, width: dict[str, int], script: bool, language: str) -> list[str]:
        other = PHONE if width == DESKTOP else DESKTOP
        with busy_city.browser(width=width) as page:
            if not script:
                # The check is a script itself: it never ends where the browser runs none. No page has
                # a script of its own in it, so that one whose files do not come is one without.
                page.route("**/*.js", lambda route: route.abort())
            one = Look(page, busy_city.url, axe, name=language, language=language)
            wanted = os.environ.get("YIBAO_SIGHTS", "")
            found = [
                f"{sight.reader} {sight.address} ({sight.what}): {fault}"
                for sight in sights
                if re.search(wanted, f"{sight.reader} {sight.address} {sight.what}")
                for fault in one.faults(sight, other=other)
            ]
        sent = {resolve(urlsplit(sight.address).path).view_name for sight in sights if sight.form}
        found += [f"{name}: its form is never sent" for name in sorted(one.asking - sent - NEVER_EMPTY)]
        if folder := os.environ.get("YIBAO_SHOTS"):
            with Path(folder, f"faults-{language}.txt").open("a", encoding="utf-8") as file:
                file.writelines(f"{one}\n" for one in found)
        return found

    return at


@pytest.fixture(scope="module")
def refunds(busy_city) -> dict[str, Case]:
    """A refund on each path of the demo city, its person with a login of the path's name."""
    found: dict[str, Case] = {}
    for path, citizen in zip(PATHS, busy_city.city.citizens[len(KINDS) :], strict=False):
        case = Case.objects.get(service="refund", person_id=person_key(busy_city.city, citizen))
        if path not in found and case.state != "draft":
            found[path] = case
            log_in(path, case.person)
    return found


def log_in(username: str, person: Person) -> Actor:
    """Give a person a login, and return them as one who acts."""
    user = get_user_model().objects.create(username=username)
    CitizenLogin.objects.create(user=user, person=person)
    return citizen_actor(username)


@pytest.fixture(scope="module")
def drafts(busy_city) -> dict[str, str]:
    """The number of a draft with nothing in it, one half filled in and one complete, by the login of its person."""
    paid = {"person__died_on": None, "person__cases": None, "person__enrolments__contributions__payer": "person"}
    logins = CitizenLogin.objects.filter(**paid).order_by("pk").distinct()[1:4]
    names = ("draft_full", "draft_half", "draft_empty")
    return {name: _draft(log_in(name, one.person), name) for name, one in zip(names, list(logins), strict=True)}


def _draft(by: Actor, name: str) -> str:
    now = {"on": timezone.localdate(), "at": timezone.now()}
    number = actions.open_draft(person_id=by.person_id, region=REGION, by=by, **now).number
    if name == "draft_empty":
        return number
    paid = Contribution.objects.filter(enrolment__person_id=by.person_id, payer="person").order_by("pk").first()
    answers = {"payments": [f"p{paid.pk}"], "reason": ""}
    if name == "draft_full":
        answers |= {"bank_name": "演示银行", "bank_holder": "张三", "bank_number": "622202123456789012"}
    actions.save_answers(number=number, answers=answers, by=by, **now)
    asked = [one["code"] for one in actions.preview(number=number, on=now["on"]).json()["materials"] or []]
    for material in asked if name == "draft_full" else asked[:1]:
        actions.attach(number=number, material=material, name="a.png", content=_photo(), by=by, **now)
    return number


def _photo() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40)).save(out, "PNG")
    return out.getvalue()


TO_CORRECT = {
    "draft": (),
    "submitted": ("submit",),
    "correction_due": ("submit", "ask_correction"),
    "not_accepted": ("submit", "not_accept"),
    "accepted": ("submit", "accept"),
    "in_review": ("submit", "accept", "first"),
    "refused": ("submit", "accept", "refuse"),
    "completed": ("submit", "accept", "first", "second"),
    "withdrawn": ("submit", "withdraw"),
}
"""The way of a correction into each state it can be in."""
WHY = "证件上不是这样写的"
STEPS = {
    "submit": ("", "submit", {}),
    "withdraw": ("", "withdraw", {"reason": WHY}),
    "ask_correction": ("clerk", "ask_correction", {"note": WHY}),
    "not_accept": ("clerk", "not_accept", {"reason": WHY}),
    "accept": ("clerk", "accept", {}),
    "refuse": ("reviewer", "refuse", {"reason_code": "not_proved", "note": WHY}),
    "first": ("reviewer", "approve", {"level": 1}),
    "second": ("reviewer2", "approve", {"level": 2}),
}
"""Who takes a step, which action it is, and what goes with it; the person's own steps name nobody."""


@pytest.fixture(scope="module")
def corrections(busy_city) -> dict[str, Case]:
    """A correction of somebody's record in each state, each of another person who has a login."""
    logins = CitizenLogin.objects.filter(person__died_on=None, person__cases=None).order_by("-pk")
    return {
        state: corrected(login.person, way) for (state, way), login in zip(TO_CORRECT.items(), logins, strict=False)
    }


def corrected(person: Person, way: Iterable[str]) -> Case:
    """Let somebody ask for another name in their record, and take the steps of a way."""
    own = Actor(None, "", "citizen", person_id=person.pk, assurance=PROVED)
    now = {"on": timezone.localdate(), "at": timezone.now()}
    place = Place("person", str(person.pk), "name")
    case = correcting.open_request(person_id=person.pk, place=place, wanted=f"{person.name}氏", why=WHY, by=own, **now)
    correcting.attach(number=case.number, name="id_document.png", content=_photo(), by=own, **now)
    for step in way:
        who, action, more = STEPS[step]
        seen = {"seen": Case.objects.get(pk=case.pk).evidence_hash} if who else {}
        by = staff_actor(who) if who else own
        getattr(correcting, action)(number=case.number, by=by, **seen, **more, **now)
    return Case.objects.get(pk=case.pk)
