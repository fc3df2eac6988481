"""What follows a case in the demo city: letters drawn and checked, ratings, call-backs, a correction."""

import io
from datetime import date, datetime

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from PIL import Image

from yibao.batch.demo.names import REGION
from yibao.batch.demo.staff import PASSWORD, staff_actor
from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.services.correction import actions as correction
from yibao.store import promises, ratings
from yibao.store.changes import Place
from yibao.store.models import Case, CitizenLogin, PromiseLetter

APPLICANT = "applicant"
OTHER_NAME, WHY = "晓璟", "身份证上是“璟”，登记成了别的字"
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
    _correct(on=on, at=at)


def _correct(*, on: date, at: datetime) -> None:
    """Let the applicant ask for another character in their name; a clerk has accepted it, two reviewers still sign."""
    login = CitizenLogin.objects.select_related("person").get(user__username=APPLICANT)
    person = login.person
    by, now = Actor(login.user_id, "", "citizen", person_id=person.pk, assurance=PROVED), {"on": on, "at": at}
    wanted = f"{person.name[:1]}{OTHER_NAME}"
    number = correction.open_request(
        person_id=person.pk, place=Place("person", str(person.pk), "name"), wanted=wanted, why=WHY, by=by, **now
    ).number
    out = io.BytesIO()
    Image.new("RGB", (320, 200), (232, 238, 244)).save(out, "PNG")
    correction.attach(number=number, name="id_document.png", content=out.getvalue(), by=by, **now)
    seen = correction.submit(number=number, by=by, **now).evidence_hash
    correction.accept(number=number, seen=seen, by=staff_actor("clerk"), **now)


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
