"""What follows a case in the demo city: promise letters drawn and checked, ratings, call-backs, and a login."""

from datetime import date, datetime

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password

from yibao.batch.demo.names import REGION
from yibao.batch.demo.staff import PASSWORD, staff_actor
from yibao.casework.actors import Actor
from yibao.store import promises, ratings
from yibao.store.models import Case, CitizenLogin, PromiseLetter

APPLICANT = "applicant"
GRADES = (
    (5, ["efficiency"], ""),
    (4, [], ""),
    (2, ["guide"], "上传照片被退了一次，事先没有说要多清楚"),
    (5, ["ease", "efficiency"], "在手机上就办了"),
    (1, ["efficiency"], "等了很久才有人受理"),
    (3, [], ""),
)
"""Ratings of the demo city: grade, reasons, remark."""


def make_care(*, on: date, at: datetime) -> None:
    """Draw and check promise letters, rate completed steps, call back; give one applicant a login.

    Args:
        on: Day of the city.
        at: The moment.
    """
    _login()
    auditor = staff_actor("auditor")
    # All that there are, so that the same city is made each time.
    promises.draw(office=REGION, count=promises.DRAWN_MAX, by=auditor, on=on)
    first = PromiseLetter.objects.order_by("pk").first()
    if first is not None:
        found = "已向征收部门核实，缴费属实，凭证没有在别处使用"
        promises.record(number=first.number, outcome="kept", found=found, closed=None, by=auditor, on=on, at=at)
    _rate(on=on, at=at)


def _rate(*, on: date, at: datetime) -> None:
    """Rate the acceptance of a few cases, two of them badly; one of the two has been called back."""
    accepted = Case.objects.filter(state__in=["accepted", "completed"]).order_by("pk")[: len(GRADES)]
    for case, (grade, reasons, remark) in zip(accepted, GRADES, strict=False):
        step = ratings.steps(case)[0]
        person = Actor(None, "", "citizen", person_id=case.person_id)
        ratings.rate(number=case.number, seq=step.seq, grade=grade, reasons=reasons, remark=remark, by=person, on=on)
    caller = staff_actor("auditor")
    call = ratings.waiting(by=caller).first()
    if call is not None:
        found, done = "清单页面没有写明照片要求", "已补写照片要求，并当面致歉"
        ratings.answer(number=call.pk, outcome="fixed", found=found, done=done, by=caller, at=at)


def _login() -> None:
    letter = PromiseLetter.objects.order_by("pk").first()
    person = letter.person_id if letter else Case.objects.filter(state="completed").first().person_id
    user = get_user_model().objects.create(username=APPLICANT, password=make_password(PASSWORD))
    CitizenLogin.objects.create(user=user, person_id=person)
