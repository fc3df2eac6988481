"""About forty cases of the demo city, walked by the service's own actions into every state."""

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from PIL import Image

from yibao.batch.demo import records as r
from yibao.batch.demo.load import person_key
from yibao.batch.demo.names import REGION
from yibao.batch.demo.planted import CASE_KINDS, KINDS
from yibao.batch.demo.staff import staff_actor
from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.services.refund import actions
from yibao.store import cases
from yibao.store.models import Case, Contribution

PATHS = (
    *("submitted", "accepted", "level_2", "approved", "submitted", "accepted"),
    *("completed", "submitted", "correction_due", "accepted", "accepted", "approved"),
    *("executing", "completed", "slip", "approved", "withdrawn", "refused"),
    *("correction_due", "completed_long", "accepted", "submitted", "submitted", "accepted"),
    *("draft", "completed", "completed_slip", "refused", "bounced"),
    *("accepted", "executing", "submitted", "corrected", "approved", "withdrawn_late"),
    *("submitted", "accepted", "not_accepted", "completed", "submitted"),
)
"""How far each case goes, in the order of `CASE_KINDS`."""

_OPENING = time(9, 30)
_BANK = "演示银行重庆分行"
# Some lost this paper and promise instead.
_LOST = "payment_proof"
_CONFIRMED = "申请人书面确认自愿缴费，不再要求退费"
_LONG = ("county_agency", "county_hrss", "county_finance", "city_agency", "city_hrss", "city_finance")


@dataclass(slots=True)
class Walk:
    """One case on its way: who it is about, which day it is, and the actors who meet it."""

    city: r.City
    citizen: r.Citizen
    on: date
    staff: dict[str, Actor]
    number: str = ""
    steps: int = field(default=0)

    def now(self) -> dict[str, object]:
        """Return the business date and the moment of the next step; each step is half an hour later."""
        self.steps += 1
        start = timezone.make_aware(datetime.combine(self.on, _OPENING))
        return {"on": self.on, "at": start + timedelta(minutes=30 * self.steps)}

    def later(self, days: int) -> None:
        """Let days pass, but never beyond the day of the city."""
        self.on = min(self.on + timedelta(days=days), self.city.on)

    def person(self) -> Actor:
        """Return the citizen as one who acts."""
        return Actor(None, "", "citizen", person_id=person_key(self.city, self.citizen), assurance=PROVED)

    def case(self) -> Case:
        """Return the case as it stands."""
        return cases.get(self.number)


def make_cases(city: r.City, *, advance: Callable[[int], None] = lambda done: None) -> int:
    """Walk the cases of the city; returns how many there are."""
    names = ("clerk", "clerk2", "reviewer", "reviewer2", "finance", *_LONG)
    staff = {name: staff_actor(name) for name in names}
    persons = city.citizens[len(KINDS) : len(KINDS) + len(CASE_KINDS)]
    for place, (citizen, path) in enumerate(zip(persons, PATHS, strict=True)):
        start = city.on - timedelta(days=12 + place % 9)
        _walk(Walk(city, citizen, start, staff), path)
        advance(1)
    return len(persons)


def _walk(walk: Walk, path: str) -> None:
    plant = walk.citizen.plant
    if plant is None:
        raise ValueError("cases are made for planted persons")
    at_window = plant.channel == "window" or path in ("slip", "completed_slip", "completed_long", "bounced")
    by = walk.staff["clerk2"] if at_window else walk.person()
    _apply(walk, plant, by=by, submit=path != "draft", promised=_LOST if path == "completed" else "")
    for step in _ROUTES[path]:
        walk.later(1)
        step(walk)


def _apply(walk: Walk, plant: r.Plant, *, by: Actor, submit: bool, promised: str) -> None:
    window = by.kind == "staff"
    person = person_key(walk.city, walk.citizen)
    case = actions.open_draft(
        person_id=person,
        region=REGION,
        by=by,
        applicant=plant.applicant,
        channel="window" if window else plant.channel,
        **walk.now(),
    )
    walk.number = case.number
    answers: dict[str, object] = {
        "reason": plant.reason,
        "payments": _payments(walk, plant),
        "bank_name": _BANK,
        "bank_holder": walk.citizen.name,
        "bank_number": _card(walk.citizen.index),
    }
    if window:
        answers["seen_at_window"] = list(plant.materials)
    actions.save_answers(number=walk.number, answers=answers, by=by, **walk.now())
    if not window:
        for material in plant.materials:
            if material == promised:
                actions.promise(number=walk.number, material=material, agreed=True, by=by, **walk.now())
            else:
                _attach(walk, material, by)
    if submit:
        actions.submit(number=walk.number, key="demo", by=by, **walk.now())


def _payments(walk: Walk, plant: r.Plant) -> list[str]:
    rows = Contribution.objects.filter(enrolment__person_id=person_key(walk.city, walk.citizen)).order_by("pk")
    listed = list(rows.values_list("enrolment_id", "pk"))
    relations = list(dict.fromkeys(relation for relation, _ in listed))
    by_relation = [[pk for relation, pk in listed if relation == wanted] for wanted in relations]
    return [f"p{by_relation[relation][place]}" for relation, place in plant.pays]


def _card(index: int) -> str:
    body = f"622202{index:012d}"
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return body + str(-total % 10)


def _attach(walk: Walk, material: str, by: Actor) -> None:
    out = io.BytesIO()
    Image.new("RGB", (320, 200), (232, 238, 244)).save(out, "PNG")
    content = out.getvalue()
    actions.attach(number=walk.number, material=material, name=f"{material}.png", content=content, by=by, **walk.now())


def _accept(walk: Walk) -> None:
    actions.accept(number=walk.number, seen=walk.case().evidence_hash, by=walk.staff["clerk"], **walk.now())


def _not_accept(walk: Walk) -> None:
    actions.not_accept(
        number=walk.number, reason="不属于本机构受理范围", seen=walk.case().evidence_hash, by=walk.staff["clerk"],
        **walk.now(),
    )  # fmt: skip


def _ask(walk: Walk) -> None:
    items = [{"material": "bank_card", "note": "银行卡照片不清晰，请重新拍摄"}]
    actions.ask_correction(
        number=walk.number, items=items, seen=walk.case().evidence_hash, by=walk.staff["clerk"], **walk.now()
    )


def _correct(walk: Walk) -> None:
    _attach(walk, "bank_card", walk.person())
    actions.resubmit(number=walk.number, by=walk.person(), **walk.now())


def _sign(walk: Walk, name: str) -> None:
    case = walk.case()
    actions.approve(
        number=walk.number, level=case.level, seen=case.evidence_hash, by=walk.staff[name], confirmed=True, **walk.now()
    )


def _review(walk: Walk) -> None:
    _sign(walk, "reviewer")


def _determine(walk: Walk) -> None:
    plant = walk.citizen.plant
    if plant is None or plant.determined is None:
        raise ValueError("only a plant with a determined amount needs one")
    worksheet = {"amount": str(plant.determined), "worksheet": "按区县趸缴标准核定：实缴与优惠标准之差"}
    actions.save_answers(number=walk.number, answers={"determined": worksheet}, by=walk.staff["clerk2"], **walk.now())


def _first_long(walk: Walk) -> None:
    _sign(walk, _LONG[0])


def _rest_long(walk: Walk) -> None:
    for name in _LONG[1:]:
        _sign(walk, name)


def _refuse(walk: Walk) -> None:
    case = walk.case()
    refusals = actions.preview(number=walk.number, on=walk.on).json()["refusals"]
    note = refusals[0]["zh"] if refusals else _CONFIRMED
    actions.refuse(
        number=walk.number, reason_code="no_refund", note=note, seen=case.evidence_hash,
        by=walk.staff["reviewer"], **walk.now(),
    )  # fmt: skip


def _pay(walk: Walk) -> None:
    actions.pay(number=walk.number, key="demo", by=walk.staff["finance"], **walk.now())


def _confirm(walk: Walk) -> None:
    reference = f"DEMO{walk.citizen.index:06d}"
    actions.confirm_paid(number=walk.number, reference=reference, by=walk.staff["finance"], **walk.now())


def _bounce(walk: Walk) -> None:
    actions.bounced(number=walk.number, reason="户名与账号不符", by=walk.staff["finance"], **walk.now())


def _withdraw(walk: Walk) -> None:
    actions.withdraw(number=walk.number, reason="本人不再申请", by=walk.person(), **walk.now())


_TO_APPROVED = (_accept, _review)
_TO_LONG = (_determine, _accept, _first_long)
_ROUTES: dict[str, tuple[Callable[[Walk], None], ...]] = {
    "draft": (),
    "submitted": (),
    "accepted": (_accept,),
    "not_accepted": (_not_accept,),
    "correction_due": (_ask,),
    "corrected": (_ask, _correct),
    "level_2": _TO_LONG,
    "approved": _TO_APPROVED,
    "refused": (_accept, _refuse),
    "executing": (*_TO_APPROVED, _pay),
    "slip": (*_TO_APPROVED, _pay),
    "completed": (*_TO_APPROVED, _pay, _confirm),
    "completed_slip": (*_TO_APPROVED, _pay, _confirm),
    "completed_long": (*_TO_LONG, _rest_long, _pay, _confirm),
    "bounced": (*_TO_APPROVED, _pay, _bounce),
    "withdrawn": (_accept, _withdraw),
    "withdrawn_late": (*_TO_APPROVED, _withdraw),
}
