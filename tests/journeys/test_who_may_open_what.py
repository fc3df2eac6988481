"""Every address, tried by everybody with GET and POST: each gets what the rule beside the page says, and no more."""

from dataclasses import dataclass, replace

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from yibao.batch.demo.names import REGION
from yibao.batch.demo.paying import make_accounts
from yibao.batch.demo.staff import staff_actor
from yibao.casework.assurance import Acting
from yibao.casework.entry import AGENT, CITIZEN, VISITOR, Entry, rule_of
from yibao.casework.officers import NOWHERE, OFFICERS
from yibao.services import bulk, payouts
from yibao.services.correction import actions as correcting
from yibao.services.correction import issuing
from yibao.services.refund import actions
from yibao.services.refund.models import RefundRequest
from yibao.services.refund.pages.sides import WINDOW
from yibao.services.relocation import actions as moving
from yibao.store import agencies, cases, exchange, ratings, representations
from yibao.store.bulk import Query
from yibao.store.exchange import partners
from yibao.store.models import Case, CitizenLogin, Delivery, Message, OutboxMessage, Person, StaffRole, UnitAgent
from yibao.web.access import actor_of
from yibao.web.words import texts

pytestmark = pytest.mark.django_db(transaction=True)
ELSEWHERE = "510000"
ROLES = sorted(key.removeprefix("common.role.") for key in texts() if key.startswith("common.role."))
FORM = {"reason": "x", "seen": "x", "key": "k", "region": REGION, "office": REGION}
# No rule names these roles: they take the steps of a case whose turn it is, which other tests try one by one.
ALIKE = {f"{place}_{office}-here" for place in ("city", "county") for office in ("agency", "hrss", "finance")}


@dataclass(frozen=True)
class Reader:
    """Somebody in front of the site.

    Attributes:
        name: What they are called in a failure.
        client: Their browser.
        concerned: Whether the case is theirs, or of their office's region.
    """

    name: str
    client: Client
    concerned: bool

    @property
    def actor(self):
        if self.name == VISITOR:
            return None
        found = actor_of(get_user_model().objects.get(username=self.name))
        return replace(found, person_id=None, acting=_right()) if self.name == AGENT else found


def _right():
    held = UnitAgent.objects.earliest("pk")
    return Acting(held.pk, "unit", held.agent_id, frozenset(held.services), held.unit_id)


@pytest.fixture(scope="module")
def case(applicants, asked_for_correction) -> Case:
    """A case under review with files, of somebody whose name and number may leak nowhere."""
    applicant, other = next(applicants), next(applicants)
    now = {"on": timezone.localdate(), "at": timezone.now()}
    applicant.submitted()
    actions.promise(number=applicant.number, material="payment_proof", agreed=True, by=applicant.actor, **now)
    seen = applicant.case.evidence_hash
    case = actions.accept(number=applicant.number, seen=seen, by=staff_actor("clerk"), **now)
    paid = other.approved().case
    step = ratings.steps(paid)[0].seq
    ratings.rate(number=paid.number, seq=step, grade=1, reasons=(), remark="", by=other.actor, on=now["on"])
    make_accounts()
    group = payouts.due(by=staff_actor("finance"))[0][0]
    payouts.make(region=group.region, scheme=group.scheme, flow=group.flow, key="k", by=staff_actor("finance"), **now)
    bulk.make(query=Query("reviewer", REGION, "refund"), key="k", by=staff_actor("reviewer"), **now)
    actions.make_paper(number=case.number, kind="application_form", by=applicant.actor, **now)
    assert paid.state == "approved"
    told = Message.objects.filter(case_number=case.number).first()
    Delivery.objects.create(message=told, channel="sms", state="failed", made_at=now["at"], ended_at=now["at"])
    wish = asked_for_correction(case.person, applicant.actor)
    asked = {"number": wish.number, "seen": wish.evidence_hash, "by": staff_actor("clerk"), **now}
    correcting.ask_correction(note="证件背面", **asked)
    issuing.make_paper(number=wish.number, kind="correction_notice", by=applicant.actor, **now)
    correcting.submit(number=wish.number, by=applicant.actor, **now)
    wish = moving.Wish(REGION, REGION, "140100", materials=("id_document",))
    move = moving.open_draft(person_id=case.person_id, wish=wish, by=applicant.actor, **now)
    # As if both places had been asked: whether they agree is for other tests.
    cases.act(number=move.number, kind="submit", by=applicant.actor, **now)
    moving.make_paper(number=move.number, kind="application_form", by=applicant.actor, **now)
    for area in (REGION, "140100"):
        partners.host(area=area, at=now["at"])
    exchange.send(
        thread=move.number, kind="transfer.request", body={}, sender=REGION, receiver="140100", key="walk", at=now["at"]
    )
    OutboxMessage.objects.filter(key="walk").update(state="stuck", reason={"code": "position_taken"})
    # As if a clerk had taken it in: then the questions at the counter belong to it too.
    RefundRequest.objects.filter(case=case).update(channel=WINDOW)
    Person.objects.filter(pk=case.person_id).update(region=REGION)
    representations.ask(
        kind="proxy", representative=paid.person_id, represented=Person.objects.get(pk=case.person_id),
        services=["refund"], start=now["on"], end=None, paper=("application/pdf", b"%PDF"), at=now["at"],
    )  # fmt: skip
    held = UnitAgent.objects.earliest("pk")
    if held.agent_id != case.person_id:
        agencies.record(
            unit=held.unit, agent=Person.objects.get(pk=case.person_id), services=["refund"], start=now["on"],
            end=held.end, paper=("application/pdf", b"%PDF"), by=staff_actor("clerk"), at=now["at"],
        )  # fmt: skip
    case.applicant_login = applicant.username
    return case


@pytest.fixture(scope="module")
def readers(case) -> list[Reader]:
    found = [(VISITOR, None, False), (case.applicant_login, None, True), ("citizen2", None, False)]
    found += [(AGENT, None, False)]
    found += [(f"{role}-here", (role, REGION), True) for role in ROLES if role not in OFFICERS]
    found += [(f"{role}-there", (role, ELSEWHERE), False) for role in ("clerk", "finance")]
    found += [(role, (role, NOWHERE), False) for role in sorted(OFFICERS)]
    readers = []
    for name, seat, concerned in found:
        client = Client(raise_request_exception=False)
        if seat:
            user, _ = get_user_model().objects.get_or_create(username=name)
            StaffRole.objects.get_or_create(user=user, role=seat[0], region=seat[1])
        if name == AGENT:
            user = get_user_model().objects.create(username=name)
            CitizenLogin.objects.create(user=user, person=UnitAgent.objects.earliest("pk").agent)
        if name != VISITOR:
            client.force_login(get_user_model().objects.get(username=name))
        if name == AGENT:
            assert client.post("/unit/act", {"right": UnitAgent.objects.earliest("pk").pk}).status_code == 302
        readers.append(Reader(name, client, concerned))
    return readers


def asked(client: Client, method: str, address: str):
    """Ask, and take back whatever the answer changed, so that the next reader finds everything as it was."""
    cookies = client.cookies.copy()
    with transaction.atomic():
        response = getattr(client, method)(address, FORM if method == "post" else None)
        transaction.set_rollback(True)
    client.cookies = cookies
    return response


def expected(reader: Reader, rule: Entry, address: str) -> str:
    """Return what a reader should get: see `ALLOWED`."""
    at_desk, actor = address.startswith("/workbench/"), reader.actor
    if VISITOR in rule.who:
        return "in"
    if actor is None:
        return "door"
    if (actor.kind == CITIZEN) == at_desk or not rule.admits(actor):
        return "no"
    if reader.concerned or rule.own in ("", "self"):
        return "in"
    return "hidden" if rule.own == "case" else "elsewhere"


def got(response, reader: Reader) -> str:
    if response.status_code == 302 and response.wsgi_request.path == "/" and response.url.startswith("/workbench/"):
        # Staff are led from the citizens' first page to their own.
        return "no"
    if response.status_code == 302 and "sign-in" in response.url:
        path = response.wsgi_request.path
        left = path == "/sign-out" or (path.endswith("/sessions/end") and reader.name != VISITOR)
        return "in" if left else "door"
    return {403: "no", 404: "hidden", 405: "method"}.get(response.status_code, "in")


# Behind the rule a page may still not exist in the case's state. A method no page takes is refused before anything is
# looked up. Staff of another region see their own region's list, and are refused what they ask of this one's.
ALLOWED = {
    "in": {"in", "hidden", "method"},
    "elsewhere": {"in", "no", "hidden", "method"},
    "door": {"door"},
    "no": {"no"},
    "hidden": {"no", "hidden", "method"},
}


# The page is open to all staff of the office; the rights of the case let no auditor have it in hand.
READING = {("auditor-here", route): "no" for route in ("workbench:take", "workbench:release")}


def leaks(response, case: Case) -> bool:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return any(secret.encode() in body for secret in (case.person.name, case.person.identity))


@dataclass(frozen=True)
class Answer:
    """What a reader got, and what the rule says."""

    reader: str
    route: str
    asked: str
    status: int
    got: str
    wanted: str
    leaked: bool


@pytest.fixture(scope="module")
def answers(pages, readers, case) -> list[Answer]:
    found = []
    for route in pages:
        address = route.filled(case)
        for reader in readers if address else ():
            wanted = expected(reader, rule_of(resolve(address).func), address)
            for method in ("get",) if reader.name in ALIKE else ("get", "post"):
                response = asked(reader.client, method, address)
                found.append(
                    Answer(
                        reader.name,
                        route.name,
                        f"{method} {address}",
                        response.status_code,
                        got(response, reader),
                        READING.get((reader.name, route.name), wanted) if method == "post" else wanted,
                        wanted != "in" and leaks(response, case),
                    )
                )
    return found


def test_everybody_gets_what_the_rule_says(answers):
    wrong = [
        f"{one.reader} {one.asked}: {one.status}, the rule says {one.wanted}"
        for one in answers
        if one.got not in ALLOWED[one.wanted]
    ]
    assert wrong == []
    assert {one.wanted for one in answers} == set(ALLOWED)


def test_nobody_who_is_kept_out_learns_who_it_is_about(answers):
    assert [f"{one.reader} {one.asked}" for one in answers if one.leaked] == []


def test_every_address_lets_somebody_in(answers):
    let_in = {
        one.route for one in answers if one.wanted in ("in", "elsewhere") and one.status in (200, 302, 400, 409, 422)
    }
    # No provider vouches for this city; the doors to one are tried beside a real provider.
    elsewhere = {"refund:correct", "workbench_refund:correct", "portal:provider", "portal:provider_back"}
    # Nobody has printed this paper again yet, so there is no copy of it to open.
    elsewhere |= {
        f"{desk}{service}:copy" for service in ("correction", "refund", "relocation") for desk in ("", "workbench_")
    }
    assert {one.route for one in answers} - let_in <= elsewhere


def test_the_walk_reaches_every_address(pages, case):
    assert {route.name for route in pages if route.filled(case) is None} == set()
