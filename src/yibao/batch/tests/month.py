"""A month of an office on a clock of its own, with a rough bank, processes that are killed and clocks that jump.

Everything that happens follows from the seed; the same seed tells the same month again.
"""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.db import connection, connections
from django.utils import timezone

from yibao.bank import pain001, pain002, simulator
from yibao.bank.pain002 import Line, StatusReport
from yibao.batch import worker
from yibao.batch.tests.month_people import PICTURE, REGION, account, make_person, officer
from yibao.batch.tests.month_weather import Told, Weather
from yibao.casework.actors import Actor
from yibao.casework.assurance import PROVED
from yibao.kernel.errors import Refused
from yibao.kernel.identifiers import make_resident_id
from yibao.kernel.months import Month as Calendar
from yibao.services import payouts
from yibao.services.refund import actions
from yibao.store import batches, cases, posting, verify
from yibao.store.models import (
    ClearingMember,
    Contribution,
    PayerAccount,
    Payment,
    PaymentBatch,
    Person,
)
from yibao.store.reconciliation import make_due, reconcile

FEN = 194910
MATERIALS = ("payment_proof", "id_document", "bank_card", "unemployment_record")
CARDS = ("6222020000000000000", "622202123456789012")
HUNDRED = 100
WORK_AT_ONCE_MAX = 60
STATEMENTS_OF_AN_ACT = 30
LATE_DAYS_MAX = 5
PATIENCE_SECONDS = 3
END_DAYS_MAX = 90
IDLE_DAYS = 60
CLOSE_ON_DAY = 5
"""Day of the month on which the books of the month before are closed."""


class Month:
    """The office, its people, and its bank."""

    def __init__(self, weather: Weather) -> None:
        self.weather, self.chance = weather, Random(weather.seed)
        self.on, self.minute = weather.start, 0
        self.told = Told()
        self.people: dict[str, Person] = {}
        self.idle: dict[str, date] = {}
        self.mail: list[tuple[date, bytes]] = []
        self.answered: set[str] = set()
        self.strange: set[str] = set()
        self.closed: list[Calendar] = []
        self.staff = {name: officer(name) for name in ("clerk", "clerk2", "reviewer", "finance", "finance2")}
        ClearingMember.objects.create(bank_name="演示银行", code="102653000012")
        PayerAccount.objects.create(
            region=REGION, scheme="employee", holder="演示市医保基金", number="31001500050000050001",
            clearing_code="105653000014",
        )  # fmt: skip

    def run(self) -> Told:
        """Live through the month, and on until nothing waits any more; each day must reconcile."""
        with self._counted():
            for place in range(self.weather.days):
                self._day(
                    new=self.chance.randrange(self.weather.new + 1), on=self.weather.start + timedelta(days=place)
                )
            for _ in range(END_DAYS_MAX):
                if not self._anything_left():
                    break
                self._day(new=0, on=self.on + timedelta(days=1))
            self._end()
        return self.told

    def _day(self, *, new: int, on: date) -> None:
        self.on, self.minute = on, 0
        if on.day == CLOSE_ON_DAY:
            self._close_books(Calendar.of(on).plus(-1))
        for _ in range(new):
            self._apply()
        for number in self._open():
            if self.on >= self.idle[number] and self._happens(70):
                self._work_on(number)
        self._pay_out()
        self._hear_the_bank()
        self._let_the_worker_work()
        self._compare()

    # Acts: by a clock that may be wrong, in a process that may be killed first.

    def now(self) -> dict[str, Any]:
        self.minute += 1
        at = timezone.make_aware(datetime.combine(self.on, time(9))) + timedelta(minutes=self.minute)
        if self._happens(self.weather.jump):
            at += timedelta(hours=self.chance.randrange(-9, 9))
        return {"on": self.on, "at": at}

    def _act(self, work: Callable[[], Any]) -> Any:
        """Do something; perhaps it is killed first, and done again as the person would. A refusal is counted."""
        self.told.acts += 1
        if self._happens(self.weather.kill):
            self._killed(work)
        try:
            return work()
        except Refused as no:
            code = no.refusal.code
            self.told.refused[code] = self.told.refused.get(code, 0) + 1
            return None

    def _killed(self, work: Callable[[], Any]) -> None:
        place = self.chance.randrange(STATEMENTS_OF_AN_ACT)
        connections.close_all()
        child = os.fork()
        if child == 0:
            _die_at_statement(place, work)
        _, status = os.waitpid(child, 0)
        self.told.kills += os.WIFSIGNALED(status)

    def _happens(self, percent: int) -> bool:
        return self.chance.randrange(HUNDRED) < percent

    # People.

    def _apply(self) -> None:
        serial = 2 * self.told.cases + 1
        person = make_person(make_resident_id(area="500112", born=date(1976, 3, 1), serial=serial))
        citizen = Actor(None, "", "citizen", person_id=person.pk, assurance=PROVED)
        at_window = self._happens(30)
        by = self.staff["clerk2"] if at_window else citizen
        channel = "window" if at_window else "app"
        case = actions.open_draft(person_id=person.pk, region=REGION, by=by, channel=channel, **self.now())
        paid = Contribution.objects.get(enrolment__person=person, payer="person")
        answers = {"reason": "unemployment_overlap", "payments": [f"p{paid.pk}"], **account(CARDS[0])}
        if at_window:
            answers["seen_at_window"] = list(MATERIALS)
        now = self.now()
        self._act(lambda: actions.save_answers(number=case.number, answers=answers, by=by, **now))
        for material in () if at_window else MATERIALS:
            actions.attach(number=case.number, material=material, name="a.png", content=PICTURE, by=by, **self.now())
        self.people[case.number] = person
        # Some lie long enough for the worker to escalate them.
        self.idle[case.number] = self.on + timedelta(days=IDLE_DAYS if self._happens(8) else 0)
        self.told.cases += 1

    def _citizen(self, number: str) -> Actor:
        return Actor(None, "", "citizen", person_id=self.people[number].pk, assurance=PROVED)

    def _open(self) -> list[str]:
        live = [number for number in self.people if cases.get(number).state not in ("completed", "withdrawn")]
        self.chance.shuffle(live)
        return live[:WORK_AT_ONCE_MAX]

    def _anything_left(self) -> bool:
        return bool(self.mail or self._open() or reconcile(region=REGION, on=self.on).on_way)

    def _work_on(self, number: str) -> None:
        case = cases.get(number)
        step = getattr(self, f"_when_{case.state}", None)
        if step is not None:
            step(number, case.evidence_hash)

    def _when_draft(self, number: str, seen: str) -> None:
        now, by = self.now(), self._citizen(number)
        if case_channel(number) == "window":
            by = self.staff["clerk2"]
        self._act(lambda: actions.submit(number=number, key="k", by=by, **now))

    def _when_submitted(self, number: str, seen: str) -> None:
        now, by = self.now(), self.staff["clerk"]
        if self._happens(15):
            items = [{"field": "bank_number", "note": "请核对账号"}]
            self._act(lambda: actions.ask_correction(number=number, items=items, seen=seen, by=by, **now))
        else:
            self._act(lambda: actions.accept(number=number, seen=seen, by=by, **now))

    def _when_correction_due(self, number: str, seen: str) -> None:
        now, by = self.now(), self._citizen(number)
        if self._happens(10):
            self._act(lambda: actions.withdraw(number=number, reason="不再申请", by=by, **now))
            return
        self._act(lambda: actions.save_answers(number=number, answers=account(CARDS[1]), by=by, **now))
        self._act(lambda: actions.resubmit(number=number, by=by, **now))

    def _when_accepted(self, number: str, seen: str) -> None:
        now, by = self.now(), self.staff["reviewer"]
        if self.closed and self._happens(40):
            # A clock that is still in the month whose books are closed: the posting is refused, the case stays.
            past = {**now, "on": self.closed[-1].first_day}
            self._act(lambda: actions.approve(number=number, level=1, seen=seen, by=by, confirmed=True, **past))
            assert cases.get(number).state == "accepted"
        self._act(lambda: actions.approve(number=number, level=1, seen=seen, by=by, confirmed=True, **now))

    def _when_approved(self, number: str, seen: str) -> None:
        if Payment.objects.filter(case__number=number, status="bounced").exists():
            now, by = self.now(), self._citizen(number)
            self._act(lambda: actions.save_answers(number=number, answers=account(CARDS[1]), by=by, **now))

    # Money.

    def _pay_out(self) -> None:
        maker, checker = self.staff["finance"], self.staff["finance2"]
        groups, _ = payouts.due(by=maker)
        for group in groups:
            chosen = {"region": group.region, "scheme": group.scheme, "flow": group.flow}
            key, now = f"{self.on}/{group.flow}", self.now()
            self._act(lambda chosen=chosen, key=key, now=now: payouts.make(**chosen, key=key, by=maker, **now))
        for row in PaymentBatch.objects.filter(state="made"):
            now = self.now()
            self._act(lambda row=row, now=now: payouts.release(number=row.number, key=row.number, by=checker, **now))
        for row in PaymentBatch.objects.filter(state="released"):
            now = self.now()
            self._act(lambda row=row, now=now: payouts.carry_on(number=row.number, by=checker, **now))

    def _hear_the_bank(self) -> None:
        for batch in PaymentBatch.objects.filter(state="sent").order_by("pk"):
            if not batch.file_sha256 or batch.number in self.answered:
                continue
            self._post(batch)
        arrived = [content for day, content in self.mail if day <= self.on]
        self.mail = [(day, content) for day, content in self.mail if day > self.on]
        self.chance.shuffle(arrived)
        for content in arrived:
            self._read(content)

    def _post(self, batch: PaymentBatch) -> None:
        """Put the bank's messages of a batch into the mail; they come on different days, some more than once."""
        bulk = pain001.read(batches.file_of(batch))
        last = self.on >= batch.made_on + timedelta(days=LATE_DAYS_MAX)
        weather = self.weather
        temper = simulator.Temper(
            weather.seed,
            weather.bounce,
            drop=0 if last else weather.drop,
            repeat=weather.repeat,
            round=self.on.toordinal(),
        )
        for content in simulator.answers(bulk=bulk, temper=temper):
            self.mail.append((self.on + timedelta(days=self.chance.randrange(LATE_DAYS_MAX)), content))
        if last:
            self.answered.add(batch.number)
            self._change_of_mind(batch, bulk)

    def _change_of_mind(self, batch: PaymentBatch, bulk: Any) -> None:
        for order in bulk.orders:
            if self._happens(self.weather.change):
                paid = Payment.objects.filter(pk=int(order.end_to_end[1:]), status="paid").first()
                if paid is None:
                    continue
                at = bulk.made_at + timedelta(days=HUNDRED)
                lines = (Line(order.end_to_end, "RJCT", "银行改口", order.amount_fen),)
                said = StatusReport(f"CHG-{order.end_to_end}", at, batch.number, lines)
                self.mail.append((self.on, pain002.write(said)))
                self.strange.add(paid.case.number)

    def _read(self, content: bytes) -> None:
        now, by = self.now(), self.staff[self.chance.choice(["finance", "finance2"])]
        self.told.messages += 1
        read = self._act(lambda: payouts.read_in(content=content, by=by, **now))
        for one in read.results if read is not None and not read.repeated else ():
            self.told.effects[one.effect] = self.told.effects.get(one.effect, 0) + 1

    # Night.

    def _let_the_worker_work(self) -> None:
        put_off = worker.PutOff()
        at = timezone.make_aware(datetime.combine(self.on, time(22)))
        if self._happens(self.weather.kill):
            self._killed(lambda: worker.look(name="killed", on=self.on, at=at))
        for turn in range(WORK_AT_ONCE_MAX):
            # The lease of a worker that was killed runs out in the meantime.
            done = worker.look(name="w", on=self.on, at=at + timedelta(minutes=6 * turn), put_off=put_off)
            assert done.failures == []
            self.told.letters += len(done.letters)
            self.told.escalated += len(done.escalated)
            if not done.work:
                break

    def _close_books(self, month: Calendar) -> None:
        posting.close_period(region=REGION, month=month, by=self.staff["finance"], at=self.now()["at"])
        self.closed.append(month)

    def _compare(self) -> None:
        make_due(on=self.on, at=timezone.make_aware(datetime.combine(self.on, time(23))))
        found = reconcile(region=REGION, on=self.on)
        assert found == reconcile(region=REGION, on=self.on, full=True)
        named = {leg.case_number for leg in found.differences}
        assert named <= self.strange, (self.on, named - self.strange)

    def _end(self) -> None:
        found = reconcile(region=REGION, on=self.on)
        assert found.on_way == ()
        assert verify.verify_ledger() == []
        assert verify.verify_audit(files=False) == []
        rows = [cases.get(number) for number in self.people]
        for row in rows:
            self.told.states[row.state] = self.told.states.get(row.state, 0) + 1
            paid = list(row.payments.filter(status="paid").values_list("amount_fen", flat=True))
            assert paid == ([FEN] if row.state == "completed" else []), (row.number, row.state, paid)
        self.told.paid_fen = sum(flow.case_fen for flow in found.flows)
        assert self.told.paid_fen == FEN * self.told.states.get("completed", 0)
        self.told.difference_fen = found.difference_fen
        self.told.named = sorted(leg.case_number for leg in found.differences)
        assert set(self.told.named) == self.strange

    @contextmanager
    def _counted(self) -> Iterator[None]:
        def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            self.told.statements += 1
            return execute(sql, params, many, context)

        with connection.execute_wrapper(count):
            yield


def case_channel(number: str) -> str:
    """Return by which door a case came."""
    return str(cases.get(number).refund.channel)


def _die_at_statement(place: int, work: Callable[[], Any]) -> None:
    # This copy has a connection of its own, and must not go on, whatever happens.
    connection.connection = None
    # The threads of the typesetter do not come along into a copy: whoever waits for them is killed as well.
    signal.setitimer(signal.ITIMER_REAL, PATIENCE_SECONDS)
    left = place

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal left
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(count):
            work()
        # Done, and not answered: the process dies all the same.
        os.kill(os.getpid(), signal.SIGKILL)
    finally:
        os._exit(0)
