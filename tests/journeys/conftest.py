"""A small demo city behind a real site, and readers in a real browser in front of it."""

import hashlib
import io
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import URLResolver, get_resolver, reverse
from django.utils import timezone
from PIL import Image
from pytest_django.live_server_helper import LiveServer

from yibao.batch.demo import setup
from yibao.batch.demo.books import post_city
from yibao.batch.demo.city import make_city
from yibao.batch.demo.family import make_agent, make_family
from yibao.batch.demo.load import person_key, store_city
from yibao.batch.demo.names import REGION
from yibao.batch.demo.records import City
from yibao.batch.demo.staff import PASSWORD, make_logins, staff_actor
from yibao.batch.demo.tariffs import Tariffs
from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.services.correction import actions as correcting
from yibao.services.refund import actions, rulebook
from yibao.store import audit_log, guards, ratings
from yibao.store.changes import Place
from yibao.store.models import (
    BulkRow,
    BulkRun,
    CallBack,
    Case,
    CitizenLogin,
    Contribution,
    Delivery,
    Message,
    OutboxMessage,
    PaymentBatch,
    Person,
    PromiseLetter,
    Representation,
    UnitAgent,
)

PERSONS = 80
SEED = 2026
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
PATIENCE_MS = 20_000
INTERFACE = ("yibao-api:", "yibao-exchange:")


@dataclass(frozen=True)
class Site:
    """A running site with its city.

    Attributes:
        url: Where it listens, without a slash at the end.
        city: What the city was made from.
        password: Opens every demo login.
        chromium: The browser.
    """

    url: str
    city: City
    password: str
    chromium: Any

    @contextmanager
    def browser(self, *, width: dict[str, int] = PHONE, **options: Any) -> Iterator[Any]:
        """Give a fresh browser page, as narrow or wide as asked."""
        context = self.chromium.new_context(base_url=self.url, locale="zh-CN", viewport=width, **options)
        context.set_default_timeout(PATIENCE_MS)
        try:
            yield context.new_page()
        finally:
            context.close()


@contextmanager
def running_site(blocker: Any, chromium: Any, make: Callable[[], City]) -> Iterator[Site]:
    """Fill the empty test database, serve it, and leave it empty again."""
    # A folder of its own: test processes that run side by side share the home.
    with (
        tempfile.TemporaryDirectory() as folder,
        override_settings(YIBAO_DOCUMENTS_DIR=Path(folder)),
        blocker.unblock(),
    ):
        try:
            city = make()
            server = LiveServer("localhost")
            server._live_server_modified_settings.enable()
            try:
                yield Site(server.url, city, PASSWORD, chromium)
            finally:
                server.stop()
                server._live_server_modified_settings.disable()
        finally:
            with guards.lifted():
                call_command("flush", verbosity=0, interactive=False)
            audit_log.forget()


def city_without_cases() -> City:
    """Make the persons, the books and the logins of a demo city; nobody has applied for anything."""
    on, at = timezone.localdate(), timezone.now()
    city = make_city(seed=SEED, persons=PERSONS, on=on, tariffs=Tariffs(rulebook.region(REGION)))
    store_city(city, at=at)
    post_city(city, at=at)
    make_logins(city)
    make_family(city, on=on, at=at)
    make_agent(clerk=staff_actor("clerk"), on=on, at=at)
    return city


def city_with_cases() -> City:
    """Make a whole demo city, with a case in every state."""
    return setup.make(persons=PERSONS, seed=SEED, on=timezone.localdate(), quiet=True)


@pytest.fixture
def _django_db_helper() -> None:
    """A test marked for the database does not empty it here: the city does, when its site closes."""


@pytest.fixture
def new_city(django_db_setup, django_db_blocker, chromium) -> Iterator[Site]:
    """A site where nobody has applied yet, for one test alone."""
    with running_site(django_db_blocker, chromium, city_without_cases) as site:
        yield site


@pytest.fixture(scope="module")
def quiet_city(django_db_setup, django_db_blocker, chromium) -> Iterator[Site]:
    """A site where nobody has applied yet, shared by the tests of one module."""
    with running_site(django_db_blocker, chromium, city_without_cases) as site:
        yield site


@pytest.fixture(scope="module")
def busy_city(django_db_setup, django_db_blocker, chromium) -> Iterator[Site]:
    """A site with a case in every state, shared by the tests of one module."""
    with running_site(django_db_blocker, chromium, city_with_cases) as site:
        yield site


def stock() -> dict[str, str]:
    """Return a digest of every table but the sessions, and of the files: equal before and after, nothing changed."""
    ignored = {
        "sessions.session",
        "web.signinfailure",
        "store.readlog",
        "auth.user",
        "store.accountevent",
        "web.requestcount",
        "web.opensession",
    }
    tables = [model for model in apps.get_models() if model._meta.label_lower not in ignored]
    found = {model._meta.label: _digest(model.objects.order_by("pk").values_list()) for model in tables}
    held = [path for path in sorted(settings.YIBAO_DOCUMENTS_DIR.rglob("*")) if path.is_file()]
    return found | {"documents": _digest((path.name, path.stat().st_size) for path in held)}


def _digest(rows: Iterable[Any]) -> str:
    return hashlib.sha256(repr([tuple(row) for row in rows]).encode()).hexdigest()


def picture(kind: str = "PNG") -> bytes:
    """Return a small photo of a paper."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (232, 238, 244)).save(out, kind)
    return out.getvalue()


@pytest.fixture
def photo() -> bytes:
    """A small photo of a paper."""
    return picture()


@pytest.fixture(scope="session")
def signed_in() -> Callable[..., Client]:
    """Make somebody who is signed in, without a browser; a crash of the site is an answer, not an exception."""

    def enter(username: str, **options: Any) -> Client:
        client = Client(raise_request_exception=False, **options)
        client.force_login(get_user_model().objects.get(username=username))
        return client

    return enter


@dataclass
class Applicant:
    """Somebody who paid twice and asks for it back, on the way through the office."""

    person: Person
    username: str
    number: str = ""

    MATERIALS = ("payment_proof", "id_document", "bank_card", "unemployment_record")

    @property
    def actor(self) -> Actor:
        return Actor(None, "", "citizen", person_id=self.person.pk, assurance=PROVED)

    @property
    def case(self) -> Case:
        return Case.objects.get(number=self.number)

    @property
    def payment(self) -> str:
        row = Contribution.objects.filter(enrolment__person=self.person, payer="person").order_by("pk").first()
        return f"p{row.pk}"

    def now(self) -> dict[str, Any]:
        return {"on": timezone.localdate(), "at": timezone.now()}

    def draft(self) -> "Applicant":
        self.number = actions.open_draft(person_id=self.person.pk, region=REGION, by=self.actor, **self.now()).number
        answers = {"reason": "unemployment_overlap", "payments": [self.payment], "bank_name": "演示银行",
                   "bank_holder": "张三", "bank_number": "622202123456789012"}  # fmt: skip
        actions.save_answers(number=self.number, answers=answers, by=self.actor, **self.now())
        for material in self.MATERIALS:
            actions.attach(
                number=self.number, material=material, name="a.png", content=picture(), by=self.actor, **self.now()
            )
        return self

    def submitted(self) -> "Applicant":
        self.draft()
        actions.submit(number=self.number, key="first", by=self.actor, **self.now())
        return self

    def accepted(self) -> "Applicant":
        self.submitted()
        actions.accept(number=self.number, seen=self.case.evidence_hash, by=staff_actor("clerk"), **self.now())
        return self

    def approved(self) -> "Applicant":
        self.accepted()
        actions.approve(
            number=self.number, level=1, seen=self.case.evidence_hash, by=staff_actor("reviewer"), confirmed=True,
            **self.now(),
        )  # fmt: skip
        return self

    def executing(self) -> "Applicant":
        self.approved()
        actions.pay(number=self.number, key="first", by=staff_actor("finance"), **self.now())
        return self


@pytest.fixture(scope="module")
def applicants(quiet_city) -> Iterator[Applicant]:
    """People of the quiet city who paid while the unemployment fund paid for them, each with a login."""
    return _applicants(quiet_city.city)


def _applicants(city: City) -> Iterator[Applicant]:
    for citizen in city.citizens:
        if citizen.plant and citizen.plant.reason == "unemployment_overlap":
            person = Person.objects.get(pk=person_key(city, citizen))
            user, _ = get_user_model().objects.get_or_create(username=f"applicant{citizen.index}")
            CitizenLogin.objects.filter(person=person).delete()
            CitizenLogin.objects.create(user=user, person=person)
            yield Applicant(person, user.username)


@pytest.fixture
def applicant(applicants) -> Applicant:
    """The next of them, with nothing applied for yet."""
    return next(applicants)


@pytest.fixture
def unchanged() -> Callable[[], Any]:
    """A block of which nothing may remain in the store: `with unchanged(): ...`."""

    @contextmanager
    def block() -> Iterator[None]:
        before = stock()
        yield
        after = stock()
        assert {name for name in before if before[name] != after[name]} == set()

    return block


def ask_for_correction(person: Person, by: Actor) -> Case:
    """Ask, with a file, to have the name on somebody's record corrected."""
    now = {"on": timezone.localdate(), "at": timezone.now(), "by": by}
    place = Place("person", str(person.pk), "name")
    wish = {"wanted": f"{person.name}氏", "why": "证件上不同"}
    number = correcting.open_request(person_id=person.pk, place=place, **wish, **now).number
    correcting.attach(number=number, name="a.png", content=picture(), **now)
    return correcting.submit(number=number, **now)


@pytest.fixture(scope="session")
def asked_for_correction() -> Callable[[Person, Actor], Case]:
    """Ask to have the name on somebody's record corrected: `asked_for_correction(person, by)`."""
    return ask_for_correction


@dataclass(frozen=True)
class Route:
    """An address of the site: its full name and what stands in it."""

    name: str
    parameters: frozenset[str]

    def filled(self, case: Case) -> str | None:
        """The address for a case, or None where the case has nothing to put into it."""
        for service in ("correction", "relocation"):
            if service in self.name:
                # A correction and a transfer have pages of their own: those of the one the same person asked for.
                case = Case.objects.filter(service=service, person_id=case.person_id).first() or case
                if case.service != service and "number" in self.parameters:
                    return None
        found = {name: _value(name, route=self, case=case) for name in self.parameters}
        return None if None in found.values() else reverse(self.name, kwargs=found)


def _value(name: str, *, route: Route, case: Case) -> Any:
    """Return what stands in an address for one of its parameters; nothing else is asked of the database."""
    if name == "kind" and "correction" in route.name:
        return "correction_notice"
    if name in PLAIN:
        return PLAIN[name]
    if name == "number" and "code" not in route.parameters:
        # A paper is checked by its own number, everything else is found by the case's.
        return case.number
    if name in ("number", "paper_number", "code"):
        paper = case.papers.first()
        return paper and (paper.check_code if name == "code" else paper.number)
    if name == "step":
        return "from" if "transfer" in route.name else "way" if "unit" in route.name else "place"
    if name == "verb":
        last = "build" if "relocation" in route.name else "accept"
        return next((verb for about, verb in VERBS.items() if about in route.parameters), last)
    return OF_A_CASE[name](case)


def _right(rights: Any, **about: Any) -> int | None:
    """Return a right that is about a case's person; where there is none, any."""
    keys = rights.order_by("pk").values_list("pk", flat=True)
    return keys.filter(**about).first() or keys.first()


VERBS = {"batch": "drop", "run": "drop", "account": "lock"}
PLAIN = {
    "kind": "application_form", "form": "application", "service": "refund", "channel": "sms",
    "material": "payment_proof", "target": "person", "key": "self", "field": "name", "times": 1,
    # No provider vouches for the demo city.
    "provider": "nobody",
    "partner": REGION,
}  # fmt: skip
OF_A_CASE: dict[str, Callable[[Case], Any]] = {
    "document_id": lambda case: next((one.pk for one in case.documents.all()), None),
    "region": lambda case: case.region,
    "said": lambda case: OutboxMessage.objects.order_by("-pk").values_list("message_id", flat=True).first(),
    "account": lambda case: get_user_model().objects.get(username="clerk").pk,
    "message": lambda case: Message.objects.filter(case_number=case.number).values_list("pk", flat=True).first(),
    "delivery": lambda case: Delivery.objects.filter(state="failed").values_list("pk", flat=True).first(),
    "seq": lambda case: next((step.seq for step in ratings.steps(case) if step.rating is None), None),
    "call": lambda case: CallBack.objects.filter(outcome="").values_list("pk", flat=True).first(),
    "letter": lambda case: PromiseLetter.objects.values_list("number", flat=True).first(),
    "run": lambda case: BulkRun.objects.values_list("number", flat=True).first(),
    "row": lambda case: BulkRow.objects.filter(drawn=1).values_list("pk", flat=True).first(),
    "right": lambda case: _right(Representation.objects, represented_id=case.person_id),
    "agency": lambda case: _right(UnitAgent.objects, agent_id=case.person_id),
    "batch": lambda case: PaymentBatch.objects.values_list("number", flat=True).first(),
    "saved": lambda case: case.pk,
}


def routes(resolver: URLResolver, names: tuple[str, ...] = ()) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*names, pattern.namespace) if pattern.namespace else names
            yield from routes(pattern, inner)
        else:
            yield Route(":".join((*names, pattern.name)), frozenset(pattern.pattern.converters))


@pytest.fixture(scope="session")
def pages() -> list[Route]:
    """Every address of the site but those for programs, which ask for a token or a signature, not for a session."""
    return [route for route in routes(get_resolver()) if not route.name.startswith(INTERFACE)]
