"""Run in a process of its own, with Django set up: make a town with drafts of applications, or tell where each stands.

Takes one argument, make or report, and writes JSON; with stay it does one verb for each line it reads.
"""

import io
import json
import sys
from datetime import timedelta
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone
from PIL import Image

from yibao.batch.demo.books import post_city
from yibao.batch.demo.city import make_city
from yibao.batch.demo.load import person_key, store_city
from yibao.batch.demo.names import REGION
from yibao.batch.demo.paying import make_accounts
from yibao.batch.demo.staff import make_logins, staff_actor
from yibao.batch.demo.tariffs import Tariffs
from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.services.refund import actions, rulebook
from yibao.store import batches, verify
from yibao.store.models import (
    Case,
    CaseAction,
    CitizenLogin,
    Contribution,
    IssuedPaper,
    JournalTransaction,
    Outbox,
    Person,
    ReconciliationDay,
)
from yibao.store.reconciliation import reconcile

PERSONS = 80
APPLICANTS = 6
AGES = 200
STAFF = ("clerk", "reviewer", "finance", "finance2")
MATERIALS = ("payment_proof", "id_document", "bank_card", "unemployment_record")


def make(applicants: int = APPLICANTS) -> dict[str, object]:
    """Make the town; return the sessions of the staff, and each applicant's session and case."""
    call_command("migrate", verbosity=0)
    city = make_city(
        seed=2026,
        persons=max(PERSONS, PERSONS * applicants // APPLICANTS),
        on=timezone.localdate(),
        tariffs=Tariffs(rulebook.region(REGION)),
    )
    store_city(city, at=timezone.now())
    post_city(city, at=timezone.now())
    make_logins(city)
    make_accounts()
    twice = [one for one in city.citizens if one.plant and one.plant.reason == "unemployment_overlap"]
    people = [Person.objects.get(pk=person_key(city, one)) for one in twice[:applicants]]
    return {
        "staff": {name: _session(get_user_model().objects.get(username=name)) for name in STAFF},
        "applicants": [{"number": _draft(person), "session": _session(_login(person))} for person in people],
    }


def _login(person: Person) -> User:
    held = CitizenLogin.objects.filter(person=person).select_related("user").first()
    if held:
        return held.user
    user = get_user_model().objects.create(username=f"applicant-{person.pk}")
    CitizenLogin.objects.create(user=user, person=person)
    return user


def _session(user: User) -> str:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return store.session_key


def _draft(person: Person) -> str:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (232, 238, 244)).save(out, "PNG")
    now = {
        "by": Actor(None, "", "citizen", person_id=person.pk, assurance=PROVED),
        "on": timezone.localdate(),
        "at": timezone.now(),
    }
    number = actions.open_draft(person_id=person.pk, region=REGION, **now).number
    paid = Contribution.objects.filter(enrolment__person=person, payer="person").order_by("pk").first()
    answers = {"reason": "unemployment_overlap", "payments": [f"p{paid.pk}"], "bank_name": "演示银行",
               "bank_holder": "张三", "bank_number": "622202123456789012"}  # fmt: skip
    actions.save_answers(number=number, answers=answers, **now)
    for material in MATERIALS:
        actions.attach(number=number, material=material, name="a.png", content=out.getvalue(), **now)
    return number


def report() -> list[dict[str, object]]:
    """Return for each case its state, what was done, what was posted and what was paid, in order."""
    return [
        {
            "number": case.number,
            "state": case.state,
            "actions": list(case.actions.order_by("seq").values_list("kind", flat=True)),
            "posted": list(
                JournalTransaction.objects.filter(case_number=case.number).order_by("id").values_list("kind", flat=True)
            ),
            "paid_fen": [payment.amount_fen for payment in case.payments.all()],
            "amount_fen": case.amount_fen,
        }
        for case in Case.objects.order_by("pk")
    ]


def faults() -> list[str]:
    """Return what is wrong with books, chains, projections and the reconciliation; nothing is."""
    found = reconcile(region=REGION, on=timezone.localdate())
    differing = [f"{leg.case_number} {leg.what} {leg.difference_fen}" for leg in found.differences]
    return [*verify.verify_ledger(), *verify.verify_audit(files=False), *differing]


def overdue() -> str:
    """Accept an application of long ago, whose limit has passed; return its number."""
    number = str(report()[0]["number"])
    case = Case.objects.get(number=number)
    by = Actor(None, "", "citizen", person_id=case.person_id, assurance=PROVED)
    long_ago = timezone.now() - timedelta(days=AGES)
    then = {"on": timezone.localdate(long_ago), "at": long_ago}
    submitted = actions.submit(number=number, key="old", by=by, **then)
    actions.accept(number=number, seen=submitted.evidence_hash, by=staff_actor("clerk"), **then)
    return number


def leases_over() -> int:
    """Let the leases of a worker that was killed run out; return how many there were."""
    return Outbox.objects.exclude(lease_until=None).update(lease_until=timezone.now() - timedelta(hours=1))


def done_by_worker() -> dict[str, object]:
    """Return what the worker is to do once, as often as it was done."""
    return {
        "papers": sorted(IssuedPaper.objects.values_list("case__number", "kind")),
        "escalated": sorted(CaseAction.objects.filter(kind="escalate").values_list("case__number", flat=True)),
        "waiting": Outbox.objects.filter(done_at=None).count(),
        "days": ReconciliationDay.objects.count(),
    }


def batch_file(number: str) -> str:
    """Return what a batch told the bank."""
    return batches.file_of(batches.get(number)).decode()


VERBS = {
    one.__name__: one for one in (make, report, faults, overdue, leases_over, done_by_worker, batch_file)
}  # fmt: skip


def stay() -> None:
    """Do one verb for each line of JSON: its name and its arguments."""
    for line in sys.stdin:
        verb, *arguments = json.loads(line)
        sys.stdout.write(json.dumps(VERBS[verb](*arguments)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1] == "stay":
        stay()
    else:
        sys.stdout.write(json.dumps(VERBS[sys.argv[1]]()))
