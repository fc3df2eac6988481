"""A program of one of two installations whose transfers are measured: does one verb for each line of JSON it reads.

`host AREA`, `enter AREA`, `join AREA ADDRESS KEY`, `people COUNT`, `apply PART`, `carry COUNT BATCH`, `steps COUNT`,
`faults`.
"""

import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from yibao.cli.django_setup import prepare

prepare()

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db.models import Q
from django.utils import timezone

from benchmarks import city
from yibao import services
from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.kernel.errors import Refusal
from yibao.kernel.identifiers import make_resident_id
from yibao.kernel.months import Month
from yibao.ledger.journal import Draft
from yibao.ledger.recipes import contribution_received
from yibao.services.relocation import actions
from yibao.services.relocation.models import AccountMove, Transfer
from yibao.store import exchange, posting, rings, verify
from yibao.store.exchange import partners
from yibao.store.models import (
    ClearingMember,
    Contribution,
    Enrolment,
    OutboxMessage,
    PayerAccount,
    Person,
    StaffRole,
)  # fmt: skip

OLD, NEW = "500000", "140100"
BANK, CLEARING = "演示银行", "102653000012"
DAY, JOINED = date(2026, 3, 2), date(2026, 1, 1)
AREA, BORN_FIRST, SERIALS = "500112", 1970, 900
BALANCE_FEN = 123_456
ROLES = ("clerk", "reviewer", "finance", "finance2")
IDLE_SECONDS = 0.1
TOGETHER = 100

place = ""
staff: dict[str, Actor] = {}


def host(area: str) -> str:
    """Make the tables, the staff and the fund of a place; return its public key."""
    call_command("migrate", verbosity=0)
    for name in ROLES:
        user = get_user_model().objects.create(username=name, first_name=name)
        StaffRole.objects.create(user=user, role=_role(name), region=area)
    enter(area)
    ClearingMember.objects.create(bank_name=BANK, code=CLEARING)
    PayerAccount.objects.create(
        region=area, scheme="employee", holder="演示医保基金", number="31001500050000050000", clearing_code=CLEARING
    )
    return str(partners.host(area=area, at=timezone.now()).keys.get().public)


def enter(area: str) -> None:
    """Begin at a place that was made."""
    global place
    place = area
    services.packs()
    rings.settle()
    for user in get_user_model().objects.filter(username__in=ROLES):
        staff[user.username] = Actor(user.pk, user.username, "staff", frozenset({_role(user.username)}), area)


def _role(name: str) -> str:
    return name.rstrip("2")


def join(area: str, address: str, public: str) -> None:
    """Enter the other installation."""
    partners.join(area=area, address=address, public=public, version=1, at=timezone.now())


def people(count: int) -> None:
    """Enter as many persons as this place knows them: their years and account here, or the work they have now."""
    persons = [
        Person(
            identity=make_resident_id(
                area=AREA, born=date(BORN_FIRST + n // SERIALS, 3, 1), serial=1 + n % SERIALS
            ),
            name="陈建国", phone="19900000000", sex="M", born=date(1985, 3, 1), region=OLD, synthetic=True,
        )
        for n in range(count)
    ]  # fmt: skip
    Person.objects.bulk_create(persons)
    for person in persons if place == NEW else ():
        here = Enrolment.objects.create(
            person=person, scheme="employee", category="unit", region=NEW, start=JOINED
        )  # fmt: skip
        _paid(here, "2026-01", "2026-02", 700_000)
    for person in persons if place == OLD else ():
        left = Enrolment.objects.create(
            person=person, scheme="employee", category="unit", region=OLD, start=date(2024, 1, 1), end=JOINED,
            status="suspended",
        )  # fmt: skip
        _paid(left, "2024-01", "2024-12", 600_000)
        _paid(left, "2025-01", "2025-12", 650_000)
    if place == OLD:
        posting.post_many(drafts=[_given(person) for person in persons], at=timezone.now())
    city.counted(Person, Enrolment, Contribution)


def _paid(enrolment: Enrolment, first: str, last: str, base_fen: int) -> None:
    Contribution.objects.create(
        enrolment=enrolment, kind="monthly", first_month=Month.parse(first).index,
        end_month=Month.parse(last).index + 1, payer="unit", base_fen=base_fen,
    )  # fmt: skip


def _given(person: Person) -> Draft:
    entries = contribution_received(region=OLD, scheme="employee", person_id=person.pk, parts={"account": BALANCE_FEN})
    return Draft(f"given/{person.pk}", "contribution_received", date(2025, 12, 31), entries)


def apply(part: int) -> None:
    """Let one half of those who go to this place apply, each by themselves."""
    wish = actions.Wish(place, OLD, NEW, materials=("id_document",))
    persons = sorted(Person.objects.all(), key=lambda person: person.identity)
    for person in persons[(OLD, NEW).index(place) + 2 * part :: 4]:
        by = Actor(None, "", "citizen", person_id=person.pk, assurance=PROVED)
        case = actions.open_draft(person_id=person.pk, wish=wish, by=by, **_now())
        actions.submit(number=case.number, by=by, **_now())


def _now() -> dict[str, Any]:
    return {"on": DAY, "at": timezone.now()}


def carry(count: int, batch: int) -> dict[str, float]:
    """Carry and handle messages until every transfer is complete here; return the processor time.

    Args:
        count: So many transfers.
        batch: Most messages of one signed batch.
    """
    return _until_over(count, {"carry": lambda: _carry(batch), "handle": _handle})


def steps(count: int) -> dict[str, float]:
    """Take the steps of the staff until every transfer is complete here; return the processor time."""
    return _until_over(count, _STEPS[place])


def _until_over(count: int, parts: Mapping[str, Callable[[], int]]) -> dict[str, float]:
    spent: dict[str, float] = {}
    while True:
        # Only who finds nothing to do asks whether all is over: the question reads every transfer.
        if not sum([_counted(spent, name, part) for name, part in parts.items()]):
            if _over(count):
                return spent
            time.sleep(IDLE_SECONDS)


def _counted(spent: dict[str, float], name: str, step: Callable[[], int]) -> int:
    start = time.process_time()
    moved = step()
    spent[name] = spent.get(name, 0) + time.process_time() - start
    return moved


def _carry(batch: int) -> int:
    carried = exchange.deliver_due(at=timezone.now(), batch_max=batch)
    assert not carried.failures, carried.failures
    return carried.taken


def _handle() -> int:
    handled = exchange.handle_due(at=timezone.now())
    assert not handled.failures, handled.failures
    assert not handled.refused
    return handled.done


def _over(count: int) -> bool:
    """Return whether every transfer is complete at this place, and everything said about it was taken."""
    ended = {OLD: Q(case__state="completed", money__state="settled"), NEW: Q(money__state="credited")}[place]
    done = Transfer.objects.filter(ended, stage="loaded").count() == count
    return done and not OutboxMessage.objects.exclude(state="delivered").exists()


def _waiting(*conditions: Q, told: str = "case_id", **which: Any) -> dict[str, Any]:
    """Return what is told of the first hundred that wait for a step, by number, so that the other place gets them
    while the next ones wait."""
    found = Transfer.objects.filter(*conditions, **which).order_by("case_id")
    return dict(found.values_list("case__number", told)[:TOGETHER])


def _build() -> int:
    found = _waiting(stage="accepted")
    return _all(found, actions.build_all(numbers=list(found), by=staff["clerk"], **_now()))


def _sign() -> int:
    found = _waiting(stage="table_built", told="tables__evidence_hash")
    return _all(found, actions.sign_all(seen=found, by=staff["reviewer"], **_now()))


def _pay() -> int:
    found = _waiting(money__state="departed", stage__in=("table_sent", "loaded"), case__state="approved")
    return _all(found, actions.pay_all(numbers=list(found), key="bench", by=staff["finance"], **_now()))


def _confirm() -> int:
    found = _waiting(case__state="executing")
    paid = {number: f"B-{key}" for number, key in found.items()}
    return _all(found, actions.confirm_all(paid=paid, by=staff["finance"], **_now()))


def _check() -> int:
    found = _waiting(stage="table_sent", told="case__evidence_hash")
    return _all(found, actions.check_all(seen=found, by=staff["clerk"], **_now()))


def _load() -> int:
    found = _waiting(stage="table_checked", told="case__evidence_hash")
    return _all(found, actions.load_all(seen=found, by=staff["reviewer"], **_now()))


def _arrived() -> int:
    """Match the money whose notice has come; that the bank's line came is not measured."""
    found = _waiting(~Q(money__notice={}), money__state="announced", told="money__notice")
    came = {number: (BALANCE_FEN, notice["reference"]) for number, notice in found.items()}
    return _all(found, actions.arrived_all(came=came, by=staff["finance"], **_now()))


def _credit() -> int:
    found = _waiting(money__state="arrived", stage="loaded")
    return _all(found, actions.credit_all(numbers=list(found), by=staff["finance2"], **_now()))


def _all(found: Mapping[str, Any], refusals: Mapping[str, Refusal]) -> int:
    assert not refusals, refusals
    return len(found)


_STEPS: dict[str, dict[str, Callable[[], int]]] = {
    OLD: {"build": _build, "sign": _sign, "pay": _pay, "confirm": _confirm},
    NEW: {"check": _check, "load": _load, "arrived": _arrived, "credit": _credit},
}


def faults() -> list[str]:
    """Return what is wrong with the books, the chains and the boxes of this place."""
    moved = sum(AccountMove.objects.values_list("amount_fen", flat=True))
    whole = [] if moved == BALANCE_FEN * AccountMove.objects.count() else [f"{moved} fen moved"]
    return [*whole, *map(str, verify.verify_ledger()), *map(str, verify.verify_audit(files=False))]


VERBS: dict[str, Callable[..., Any]] = {
    one.__name__: one for one in (host, enter, join, people, apply, carry, steps, faults)
}


def stay() -> None:
    """Do one verb for each line of JSON: its name and its arguments."""
    for line in sys.stdin:
        verb, *arguments = json.loads(line)
        sys.stdout.write(json.dumps(VERBS[verb](*arguments)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    stay()
