"""Run in a process of its own, with Django set up: make a town with drafts of applications, or tell where each stands.

Takes one argument, make or report, and writes JSON.
"""

import io
import json
import sys
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
from yibao.batch.demo.staff import make_logins
from yibao.batch.demo.tariffs import Tariffs
from yibao.casework.actors import Actor
from yibao.services.refund import actions, rulebook
from yibao.store.models import Case, CitizenLogin, Contribution, JournalTransaction, Person

PERSONS = 80
APPLICANTS = 6
STAFF = ("clerk", "reviewer", "finance")
MATERIALS = ("payment_proof", "id_document", "bank_card", "unemployment_record")


def make() -> dict[str, object]:
    """Make the town; return the sessions of the staff, and each applicant's session and case."""
    call_command("migrate", verbosity=0)
    city = make_city(seed=2026, persons=PERSONS, on=timezone.localdate(), tariffs=Tariffs(rulebook.region(REGION)))
    store_city(city, at=timezone.now())
    post_city(city, at=timezone.now())
    make_logins(city)
    twice = [one for one in city.citizens if one.plant and one.plant.reason == "unemployment_overlap"]
    people = [Person.objects.get(pk=person_key(city, one)) for one in twice[:APPLICANTS]]
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
    store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.save()
    return store.session_key


def _draft(person: Person) -> str:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (232, 238, 244)).save(out, "PNG")
    now = {
        "by": Actor(None, "", "citizen", person_id=person.pk),
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


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"make": make, "report": report}[sys.argv[1]]()))
