"""Every state of every page of the workbench serves everybody: narrow and wide, with and without script.

Each sight is opened twice: wide with scripts in Chinese, and narrow without scripts in English; each time it is
checked once by axe, then measured at both widths in both sizes of type. None of it depends on the database, so
that it runs on one.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import resolve
from django.utils import timezone

from yibao.batch.demo.names import REGION
from yibao.batch.demo.staff import PASSWORD, STAFF, staff_actor
from yibao.casework.states import State
from yibao.exchange.refusals import refuse
from yibao.ledger.journal import Draft
from yibao.ledger.recipes import refund_paid
from yibao.services import bulk, handing, payouts
from yibao.services.refund import actions
from yibao.store import batches, crypto, posting, ratings
from yibao.store import bulk as runs
from yibao.store.bulk import Query
from yibao.store.exchange import partners, turned_away
from yibao.store.models import (
    BulkRun,
    CallBack,
    Case,
    Contribution,
    Delivery,
    InboxMessage,
    Message,
    OutboxMessage,
    PaymentBatch,
    PromiseLetter,
    StaffRole,
)
from yibao.store.models.batches import STATES as BATCH_STATES
from yibao.store.models.bulk import STATES as BULK_STATES
from yibao.web import kept

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_database]
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
ROLES = tuple({one.roles[0]: one.username for one in reversed(STAFF)}.values())
OFFICE = tuple(one.username for one in STAFF if one.region == REGION)
ELSEWHERE = "510000"
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
# These take a form or send a file, and show no page of their own.
ANSWERS = {
    "workbench": "next save_filter forget_filter figures_file undelivered_again remove_factor recovery_codes"
    " end_sessions office account_step draw bulk_result bulk_row bulk_step batch_file batch_step"
    " take release right_paper agent_paper exchange_again exchange_hurry",
    "workbench_refund": "decide note document make_paper paper reprint copy detach take_back submit",
    "workbench_correction": "decide document make_paper paper reprint copy",
}
# Their questions at the counter are answered by what stands there, or they come after an answer.
AFTERWARDS = {"workbench_refund": "promise done correct"}


@dataclass(frozen=True)
class Sight:
    """One page in one state, for one reader; with a form, the page that answers it."""

    reader: str
    address: str
    what: str
    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    says: tuple[str, ...] = ()
    session: Mapping[str, object] = field(default_factory=dict)


def signed_in(username: str) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(username=username))
    return client


@pytest.fixture(scope="module")
def made(busy_city, corrections) -> None:
    """What the demo city lacks: runs and batches in other states, a letter nobody got, an office with no cases."""
    now = {"on": timezone.localdate(), "at": timezone.now()}
    told = Message.objects.filter(case_number__gt="").first()
    Delivery.objects.create(message=told, channel="sms", state="failed", made_at=now["at"], ended_at=now["at"])
    for username in ("clerk", "reviewer", "finance", "auditor"):
        user = get_user_model().objects.create(username=f"{username}_elsewhere", first_name="空")
        StaffRole.objects.create(user=user, role=username, region=ELSEWHERE)
    _batches(now)
    _runs(now)
    _draft_at_the_counter()
    for password in ("wrong", PASSWORD):
        Client().post("/workbench/sign-in", {"login": "clerk2", "password": password})
    caller = next(one for one in map(staff_actor, OFFICE) if ratings.waiting(by=one).exists())
    ratings.take(number=ratings.waiting(by=caller).first().pk, by=caller)
    _troubles(now["at"])
    handing.take(number=corrections["submitted"].number, by=staff_actor("clerk"), **now)
    stray = refund_paid(region=REGION, scheme="employee", amount_fen=1)
    posting.post(draft=Draft("stray", "refund.paid", now["on"], stray), at=now["at"])


def _batches(now: dict) -> None:
    """Make a batch that was given up, one that was let go and not yet paid, and one that waits."""
    maker = staff_actor("finance")
    group = payouts.due(by=maker)[0][0]
    place = {"region": group.region, "scheme": group.scheme, "flow": group.flow, "by": maker}
    batches.drop(number=payouts.make(**place, key="1", **now).number, by=maker)
    first = batches.make(**place, dues=group.dues[:1], key="2", **now)
    batches.release(number=first.number, key="2", by=staff_actor("finance2"), **now)
    group = payouts.due(by=maker)[0][0]
    payouts.make(region=group.region, scheme=group.scheme, flow=group.flow, key="3", by=maker, **now)


def _troubles(at: datetime) -> None:
    """Make a message of each trouble there is between areas, an area that does not answer, and batches turned away."""
    place = {"thread": "ZY-140100-2026-000001", "sender": REGION, "receiver": "140100", "content_hash": "0" * 64}
    no = {"code": "in_hospital", "zh": "正在住院", "en": "in hospital",
          "next_zh": "请出院后再办。", "next_en": "Come later."}  # fmt: skip
    for position, (state, why) in enumerate([("stuck", {"code": "position_taken"}), ("refused", no)], 9001):
        OutboxMessage.objects.create(
            **place, message_id=uuid4(), key=f"t{position}", position=position, kind="transfer.table", sent_at=at,
            state=state, reason=why,
        )  # fmt: skip
    came = {**place, "sender": "140100", "receiver": REGION, "kind": "transfer.checks", "sent_at": at, "due_at": at}
    for position, state, error in [(9004, "waiting", ""), (9006, "stuck", "KeyError")]:
        InboxMessage.objects.create(
            **came, message_id=uuid4(), position=position, state=state, last_error=error,
            received_at=at - timedelta(hours=2),
        )  # fmt: skip
    partners.silent(area="140100", why="ConnectionError", at=at)
    for code, area in [("key_unknown", "990000"), ("signature_wrong", "140100")]:
        turned_away.note(refuse(code, area, 1).refusal, at=at)


def _runs(now: dict) -> None:
    """Make a run that was given up, one let go, one with a row that changed meanwhile, and one that waits."""
    asked = Query("reviewer", REGION, "refund")
    first = bulk.make(query=asked, key="1", by=staff_actor("reviewer"), **now)
    runs.drop(number=first.number, by=staff_actor("reviewer"))
    least, more, *_ = sorted({case.amount_fen for case in bulk.find(asked, by=staff_actor("reviewer")).cases})
    done = bulk.make(query=replace(asked, most_fen=least), key="2", by=staff_actor("reviewer"), **now)
    _inspected(done, now).rows.update(evidence_hash="0" * 64)
    bulk.work(number=done.number, **now)
    _inspected(bulk.make(query=replace(asked, most_fen=more), key="3", by=staff_actor("reviewer"), **now), now)
    bulk.make(query=asked, key="4", by=staff_actor("reviewer"), **now)


def _inspected(run: BulkRun, now: dict) -> BulkRun:
    """Inspect what was drawn of a run, and let it go."""
    reader, by = signed_in("reviewer"), staff_actor("reviewer")
    for row in run.rows.exclude(drawn=None).select_related("case"):
        reader.get(f"/workbench/refund/cases/{row.case.number}")
        runs.mark(number=run.number, row=row.pk, agreed=True, by=by, at=now["at"])
    return runs.release(number=run.number, by=by, at=now["at"])


def _draft_at_the_counter() -> None:
    """Begin an application for somebody at the counter."""
    person = Contribution.objects.filter(payer="person", enrolment__person__cases=None).first().enrolment.person
    signed_in("clerk").post("/workbench/refund/counter", {"identity": person.identity})


@pytest.fixture(scope="module")
def sights(made) -> list[Sight]:
    """Every state of every page: cases by what the reader is offered, lists, runs, batches, logins, figures."""
    parts = (_cases, _corrections, _lists, _handing, _counter, _money, _letters, _logins, _errors)
    found = [sight for part in parts for sight in part()]
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


def _corrections() -> Iterator[Sight]:
    for case in {one.state: one for one in Case.objects.filter(service="correction").exclude(state="draft")}.values():
        says = (f"common.state.{case.state}", f"correction.event.{case.actions.order_by('-seq').first().kind}")
        for reader in ("clerk", "reviewer", "auditor"):
            place = f"/workbench/correction/cases/{case.number}"
            yield Sight(reader, place, f"correction {case.state}", says=says if case.state != "submitted" else ())
    submitted, accepted = (_number(state, "correction") for state in ("submitted", "accepted"))
    unmask = f"/workbench/correction/cases/{submitted}/show"
    yield Sight("clerk", unmask, "what for")
    yield Sight("clerk", unmask, "no purpose", "form")
    for reader, verb, number in (
        ("clerk", "ask_correction", submitted),
        ("clerk", "not_accept", submitted),
        ("reviewer", "refuse", accepted),
    ):
        yield Sight(reader, f"/workbench/correction/cases/{number}", f"{verb} sent empty", f"do/{verb}")


def _number(state: str, service: str = "refund") -> str:
    """Return the number of a case in a state; of a correction not that of the demo city."""
    return Case.objects.filter(service=service, state=state).order_by("-pk").values_list("number", flat=True).first()


def _handing() -> Iterator[Sight]:
    mine, others = _number("submitted", "correction"), _number("accepted")
    yield Sight("clerk", f"/workbench/cases/{mine}/hand-over", "in hand")
    yield Sight("clerk", f"/workbench/cases/{mine}/hand-over", "sent empty", "form", {"note": "材料齐"})
    yield Sight("clerk2", f"/workbench/cases/{mine}/hand-over", "in a colleague's hand")
    yield Sight("reviewer", f"/workbench/cases/{others}/hand-over", "in nobody's hand")
    yield Sight("reviewer", "/workbench/assign?role=clerk", "another role's queue")
    yield Sight("reviewer", "/workbench/assign?role=county_hrss&holder=nobody", "nothing waits")
    yield Sight("reviewer", "/workbench/assign?role=clerk", "sent empty", "assign", {"note": "月底前办完"})
    yield Sight("clerk", "/workbench/held", "something in hand")


def _counter() -> Iterator[Sight]:
    draft = Case.objects.get(service="refund", state="draft", entered_by__isnull=False).number
    for step in ("payments", "reason", "account", "seen", "materials", "check", "withdraw"):
        yield Sight("clerk", f"/workbench/refund/cases/{draft}/{step}", f"counter {step}")
    for step, form in (("payments", "form"), ("reason", "form"), ("withdraw", "form"), ("materials", "materials")):
        yield Sight("clerk", f"/workbench/refund/cases/{draft}/{step}", "sent empty", form)
    wrong = {"bank_holder": "张三", "bank_number": "1"}
    yield Sight("clerk", f"/workbench/refund/cases/{draft}/account", "wrong account", "form", wrong)
    person = Case.objects.get(number=draft).person
    for place in ("refund", "correction"):
        yield Sight("clerk", f"/workbench/{place}/counter", "counter")
        yield Sight("clerk", f"/workbench/{place}/counter", "unknown", "form", {"identity": "500112190001010016"})
    yield Sight(
        "clerk",
        "/workbench/correction/counter",
        "person found",
        "form",
        {"identity": person.identity},
        says=("correction.counter.place",),
    )

    for place in ("window-code", "units", "units/new"):
        yield Sight("clerk", f"/workbench/{place}", place)
    yield Sight("clerk", "/workbench/window-code", "nobody seen", "form", {"identity": "1"})
    seen = {"identity": person.identity, "seen": "1"}
    yield Sight("clerk", "/workbench/window-code", "code given", "form", seen, says=("identity.given.title",))
    yield Sight("clerk", "/workbench/units/new", "wrong", "form", {"unit_name": "演示公司", "identity": "1"})


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
        for reader in {"clerk", call.holder.username if call.holder else "auditor"}:
            yield Sight(reader, f"/workbench/call-backs/{call.pk}", f"call {call.outcome}")
    yield Sight("auditor", "/workbench/call-backs", "bad ratings")


def _logins() -> Iterator[Sight]:
    clerk, officer = (get_user_model().objects.get(username=name).pk for name in ("clerk", "audit_officer"))
    for place in ("security", "security/totp", "security/passkey", "password", "sessions"):
        yield from (Sight(who, f"/workbench/{place}", place) for who in ("clerk", "system_officer"))
    for who in ("system_officer", "security_officer"):
        yield from (Sight(who, f"/workbench/accounts{one}", "logins") for one in ("", f"/{clerk}", f"/{officer}"))
    yield Sight("system_officer", "/workbench/accounts/new", "new")
    yield Sight("clerk", "/workbench/second-factor", "second factor")
    yield Sight("visitor", "/workbench/sign-in", "sign in")
    yield Sight("visitor", "/workbench/sign-in?expired=1", "signed out after a pause", says=("portal.kept.expired",))
    owner = kept.who(get_user_model().objects.get(username="clerk"))
    plain = {"path": "/workbench/refund/cases/CQ-2026-000001/do/ask", "fields": [["note", "请补"]], "who": owner}
    sealed = base64.b64encode(crypto.seal(plain=json.dumps(plain).encode(), place=kept.PLACE)).decode()
    yield Sight("clerk", "/workbench/kept", "written before", says=("portal.kept.title",), session={"kept": sealed})
    for who in ("security_officer", "audit_officer"):
        yield Sight(who, "/workbench/sign-ins", "sign-ins")
    yield Sight("audit_officer", "/workbench/account-events", "events")
    says = ("desk.exchange.silent", "desk.exchange.why.gap", "desk.exchange.why.sender_unknown")
    yield Sight("system_officer", "/workbench/exchange", "messages in trouble", says=says)


def _errors() -> Iterator[Sight]:
    number = Case.objects.filter(service="refund", state="submitted").values_list("number", flat=True).first()
    waiting = Case.objects.filter(service="refund", state="executing").values_list("number", flat=True).first()
    letter = PromiseLetter.objects.filter(checks__outcome="").values_list("number", flat=True).first()
    call = CallBack.objects.filter(outcome="").exclude(holder=None).first()
    login = get_user_model().objects.get(username="clerk2").pk
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
        ("auditor", f"promises/{letter}", ""),
        (call.holder.username, f"call-backs/{call.pk}", ""),
        ("clerk", "?q=000001", "filters"),
        ("clerk", "security/totp", ""),
        ("system_officer", f"accounts/{login}", "do/propose"),
        ("visitor", "sign-in", ""),
    ]:
        # A search for nothing finds everything; a filter without a name is not kept, and the list says so.
        says = {"promises": ("care.promise.desk_title",), "filters": ("desk.queue.save_wrong",)}.get(form, ())
        yield Sight(reader, f"/workbench/{place}", f"{form or 'form'} sent empty", form or "form", says=says)


def test_every_state_is_among_them(sights):
    states = {sight.what.split(":")[0] for sight in sights if ": " in sight.what}
    assert states == set(Case.objects.filter(service="refund").exclude(state="draft").values_list("state", flat=True))
    assert len(states) >= 9
    corrections = {case.state for case in Case.objects.filter(service="correction")}
    assert corrections == set(State) - {State.APPROVED, State.EXECUTING}
    assert set(BulkRun.objects.values_list("state", flat=True)) == set(BULK_STATES)
    assert "changed" in set(BulkRun.objects.filter(state="done").values_list("rows__outcome", flat=True))
    assert set(PaymentBatch.objects.values_list("state", flat=True)) == set(BATCH_STATES)
    assert {sight.reader for sight in sights} >= set(ROLES)


def test_every_page_of_the_office_is_among_them(sights, pages):
    seen = {resolve(urlsplit(sight.address).path).view_name for sight in sights if "no-such" not in sight.address}
    # Those of a transfer have tests of their own.
    of_a_transfer = "workbench_relocation:"
    names = {route.name for route in pages if route.name.startswith("workbench")}
    names = {name for name in names if not name.startswith(of_a_transfer)}
    left = {f"{space}:{name}" for part in (ANSWERS, AFTERWARDS) for space in part for name in part[space].split()}
    assert names - seen == left


def test_every_state_serves_a_wide_screen(look, sights):
    assert look(sights, width=DESKTOP, script=True, language="zh") == []


def test_every_state_serves_a_phone_without_script(look, sights):
    assert look(sights, width=PHONE, script=False, language="en") == []
