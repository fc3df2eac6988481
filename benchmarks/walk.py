"""The steps a measured case takes, and a counter of the statements they send."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

from benchmarks import city
from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.services.refund import actions
from yibao.store import cases

DAY = date(2023, 2, 10)


class Statements:
    """Counts the statements sent while it is open."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, execute: Callable[..., object], *arguments: object) -> object:
        self.count += 1
        return execute(*arguments)


def drafted(serial: int, at: datetime) -> tuple[str, Actor]:
    """Fill in an application; return its number and the citizen."""
    person, payment = city.applicant(serial)
    citizen = Actor(None, "", "citizen", person_id=person.pk, assurance=PROVED)
    moment = {"by": citizen, "on": DAY, "at": at}
    number = actions.open_draft(person_id=person.pk, region=city.REGION, **moment).number
    answers = {
        "reason": "unemployment_overlap",
        "payments": [f"p{payment}"],
        "bank_name": "测量银行",
        "bank_holder": "测量",
        "bank_number": "6222020000000000000",
    }
    actions.save_answers(number=number, answers=answers, **moment)
    for material in city.MATERIALS:
        actions.attach(number=number, material=material, name=f"{material}.png", content=city.picture(), **moment)
    return number, citizen


def submitted(serial: int, at: datetime) -> str:
    """Send in an application; return its number."""
    number, citizen = drafted(serial, at)
    actions.submit(number=number, key=f"submit-{number}", by=citizen, on=DAY, at=at + timedelta(minutes=1))
    return number


def accepted(serial: int, staff: dict[str, Actor], at: datetime) -> str:
    """Send in an application and accept it; return its number."""
    number = submitted(serial, at)
    actions.accept(number=number, seen=seen(number), by=staff["clerk"], on=DAY, at=at + timedelta(minutes=2))
    return number


def approved(serial: int, staff: dict[str, Actor], at: datetime) -> str:
    """Carry an application to its payment; return its number."""
    number = accepted(serial, staff, at)
    moment = {"by": staff["reviewer"], "on": DAY, "at": at + timedelta(minutes=3)}
    actions.approve(number=number, level=1, seen=seen(number), confirmed=True, **moment)
    return number


def asked(serial: int, staff: dict[str, Actor], at: datetime) -> str:
    """Send in an application and ask for a paper again; return its number."""
    number = submitted(serial, at)
    moment = {"by": staff["clerk"], "on": DAY, "at": at + timedelta(minutes=2)}
    items = [{"material": city.MATERIALS[0], "note": "看不清"}]
    actions.ask_correction(number=number, items=items, seen=seen(number), **moment)
    return number


def seen(number: str) -> str:
    """Return the hash of the evidence a page would show."""
    return cases.get(number).evidence_hash
