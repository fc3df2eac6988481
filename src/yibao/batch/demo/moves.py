"""People who moved from the demo city to Taiyuan: a transfer in each of several stages, and the staff there."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import make_password
from django.utils import timezone

from yibao.batch.demo.names import REGION
from yibao.batch.demo.paying import FUND_BANK, HOLDER
from yibao.batch.demo.staff import MOVED_TO, PASSWORD, citizen_actor, staff_actor
from yibao.kernel.identifiers import make_resident_id
from yibao.kernel.months import Month
from yibao.ledger.journal import Draft
from yibao.ledger.recipes import contribution_received
from yibao.services.relocation import actions
from yibao.services.relocation.models import Transfer
from yibao.store import exchange, posting
from yibao.store.exchange import partners
from yibao.store.models import CitizenLogin, ClearingMember, Contribution, Enrolment, PayerAccount, Person

FUND = "14001500050000050001"
BANK = "演示银行太原分行"
BORN = date(1988, 5, 2)
AREA = "500112"
FIRST_SERIAL = 901
BASE_FEN = 650_000
BALANCE_FEN = 182_640
YEARS_PAID = 2
DAYS_AGO = 9
MORNING = time(9)

STAGES: dict[str, tuple[str, ...]] = {
    "mover1": (),
    "mover2": ("submit",),
    "mover3": ("submit", "build"),
    "mover4": ("submit", "build", "sign"),
    "mover5": ("submit", "build", "sign", "check", "load"),
    "mover6": ("submit", "build", "sign", "check", "load", "pay", "confirm", "arrive"),
    "mover7": ("submit", "build", "sign", "check", "load", "pay", "confirm", "arrive", "credit"),
}
"""Login of each mover, and the steps their transfer has behind it; the first one has not applied."""
NAMES = ("梁一帆", "宋志远", "唐雨晨", "许嘉宁", "韩子墨", "冯晓峰", "邓思佳")


@dataclass
class Move:
    """One transfer on its way; every step takes the next day."""

    person: Person
    login: str
    on: date
    last: date
    thread: str = ""

    def now(self) -> dict[str, Any]:
        """Return the next day, never later than that of the city."""
        self.on = min(self.on + timedelta(days=1), self.last)
        return {"on": self.on, "at": timezone.make_aware(datetime.combine(self.on, MORNING))}

    def number(self, side: str) -> str:
        """Return the number of the case on a side."""
        return Transfer.objects.values_list("case__number", flat=True).get(thread=self.thread, side=side)

    def seen(self, side: str) -> str:
        """Return the hash of the latest table on a side."""
        table = Transfer.objects.get(thread=self.thread, side=side).tables.order_by("version").last()
        return table.evidence_hash if table else ""


def make_moves(*, on: date) -> None:
    """Let both areas take part, and move everybody as far as their stage."""
    start = on - timedelta(days=DAYS_AGO)
    at = timezone.make_aware(datetime.combine(start, MORNING))
    for area in (REGION, MOVED_TO):
        partners.host(area=area, at=at)
    ClearingMember.objects.create(bank_name=BANK, code=FUND_BANK)
    PayerAccount.objects.create(region=MOVED_TO, scheme="employee", holder=HOLDER, number=FUND, clearing_code=FUND_BANK)
    password = make_password(PASSWORD)
    for place, (login, steps) in enumerate(STAGES.items()):
        user = get_user_model().objects.create(username=login, password=password)
        person = _person(place, start)
        CitizenLogin.objects.create(user=user, person=person)
        move = Move(person, login, start, on)
        for step in steps:
            WALK[step](move)


def _person(place: int, on: date) -> Person:
    """Return somebody who paid in the demo city for two years, and in Taiyuan since."""
    identity = make_resident_id(area=AREA, born=BORN, serial=FIRST_SERIAL + place)
    person = Person.objects.create(
        identity=identity, name=NAMES[place], phone="19900000000", sex="M" if place % 2 == 0 else "F", born=BORN,
        region=AREA, synthetic=True,
    )  # fmt: skip
    left = date(on.year, 1, 1)
    old = Enrolment.objects.create(
        person=person, scheme="employee", category="unit", region=REGION, start=date(on.year - YEARS_PAID, 1, 1),
        end=left, status="suspended",
    )  # fmt: skip
    new = Enrolment.objects.create(person=person, scheme="employee", category="unit", region=MOVED_TO, start=left)
    _pay(old, Month.of(old.start), Month.of(left))
    _pay(new, Month.of(left), Month.of(on))
    entries = contribution_received(
        region=REGION, scheme="employee", person_id=person.pk, parts={"account": BALANCE_FEN}
    )
    draft = Draft(f"demo/moved/{person.pk}", "contribution_received", on, entries)
    posting.post(draft=draft, at=timezone.make_aware(datetime.combine(on, MORNING)))
    return person


def _pay(enrolment: Enrolment, first: Month, end: Month) -> None:
    if first < end:
        Contribution.objects.create(
            enrolment=enrolment, kind="monthly", first_month=first.index, end_month=end.index, payer="unit",
            base_fen=BASE_FEN,
        )  # fmt: skip


def _carry(at: datetime) -> None:
    """Let both places read what the other said."""
    while exchange.deliver_due(at=at).taken + exchange.handle_due(at=at).done:
        pass


def _submit(move: Move) -> None:
    by, now = citizen_actor(move.login), move.now()
    wish = actions.Wish(place=MOVED_TO, source=REGION, target=MOVED_TO, materials=("e_voucher",))
    move.thread = actions.open_draft(person_id=move.person.pk, wish=wish, by=by, **now).number
    actions.submit(number=move.thread, by=by, **now)
    _carry(now["at"])


def _build(move: Move) -> None:
    actions.build(number=move.number("out"), by=staff_actor("clerk"), **move.now())


def _sign(move: Move) -> None:
    now = move.now()
    actions.sign(number=move.number("out"), seen=move.seen("out"), by=staff_actor("reviewer"), **now)
    _carry(now["at"])


def _check(move: Move) -> None:
    actions.check(number=move.number("in"), seen=move.seen("in"), by=staff_actor("ty_clerk"), **move.now())


def _load(move: Move) -> None:
    now = move.now()
    actions.load(number=move.number("in"), seen=move.seen("in"), by=staff_actor("ty_reviewer"), **now)
    _carry(now["at"])


def _pay_out(move: Move) -> None:
    actions.pay(number=move.number("out"), key="demo", by=staff_actor("finance"), **move.now())


def _confirm(move: Move) -> None:
    now = move.now()
    reference = f"DEMO-{move.login}"
    actions.confirm_paid(number=move.number("out"), reference=reference, by=staff_actor("finance"), **now)
    _carry(now["at"])


def _arrive(move: Move) -> None:
    amount = Transfer.objects.get(thread=move.thread, side="in").money.amount_fen
    actions.arrived(
        number=move.number("in"), amount_fen=amount, reference=f"DEMO-{move.login}", by=staff_actor("ty_finance"),
        **move.now(),
    )  # fmt: skip


def _credit(move: Move) -> None:
    now = move.now()
    actions.credit(number=move.number("in"), by=staff_actor("ty_finance2"), **now)
    _carry(now["at"])


WALK = {
    "submit": _submit,
    "build": _build,
    "sign": _sign,
    "check": _check,
    "load": _load,
    "pay": _pay_out,
    "confirm": _confirm,
    "arrive": _arrive,
    "credit": _credit,
}
