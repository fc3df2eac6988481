"""The worker's one look: take what is due under a lease, do it, go on when one fails.

The tables are the truth: outbox rows and clocks. A lease that runs out (the worker was killed) is taken over by the
next look, so every job here may run twice and has its effect once.
"""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import partial
from importlib import import_module
from typing import TypeVar

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet

from yibao.batch import beside, telling
from yibao.casework.actors import Actor
from yibao.kernel.errors import Refused
from yibao.kernel.workdays import last_published_year
from yibao.services import bulk
from yibao.services.refund import actions
from yibao.store import cases, counting, exchange, heads, own_data, projection, reconciliation, retention
from yibao.store.bulk import JOB
from yibao.store.messages import contacts, undelivered
from yibao.store.models import CaseClock, Outbox

LEASE = timedelta(minutes=5)
RETRY_AFTER = timedelta(minutes=1)
TRIES_MAX = telling.TRIES_MAX
BATCH = 20
PAPER_JOB = "refund.paper"
PROCESSORS = len(os.sched_getaffinity(0))
ERROR_MAX = 200

_T = TypeVar("_T")

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Done:
    """What one look did.

    Attributes:
        work: How many things were taken in hand.
        letters: Numbers of the cases a paper was made for.
        sent: Numbers of the cases a message went out for; a code goes out for none.
        exchanged: How many messages of other areas were carried or handled.
        told: How many messages were given to the channels, and how many persons reminded.
        jobs: Kinds of the other jobs that were done.
        escalated: Numbers of the cases whose limit passed.
        recomputed: Numbers of the cases whose due day was counted again with the published calendar.
        failures: What went wrong, one line each; the worker tries again later.
    """

    work: int = 0
    letters: list[str] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    told: int = 0
    exchanged: int = 0
    jobs: list[str] = field(default_factory=list)
    escalated: list[str] = field(default_factory=list)
    recomputed: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """Return what to print: nothing when nothing happened."""
        told = [f"文书 letter {number}" for number in self.letters]
        told += [f"消息 message {number}" for number in self.sent]
        told += [f"与其他统筹区交换 exchanged with other areas {self.exchanged}"] if self.exchanged else []
        told += [f"办完 done {kind}" for kind in self.jobs]
        told += [f"超期升级 escalated {number}" for number in self.escalated]
        told += [f"重新计算期限 due day counted again {number}" for number in self.recomputed]
        return [*told, *(f"失败，稍后重试 failed, will be tried again: {line}" for line in self.failures)]


@dataclass(slots=True)
class PutOff:
    """Clocks whose work failed a short while ago; kept by a worker from look to look.

    Without it a batch of clocks that keep failing would stand before all the others for ever.

    Attributes:
        until: Number of a clock to the moment from which it is tried again.
        beside: The same by the number of a case whose service keeps a limit of its own beside it.
    """

    until: dict[int, datetime] = field(default_factory=dict)
    beside: dict[str, datetime] = field(default_factory=dict)

    def now(self, at: datetime) -> list[int]:
        """Return the numbers of the clocks to leave alone at a moment."""
        self.until = {pk: moment for pk, moment in self.until.items() if moment > at}
        self.beside = {number: moment for number, moment in self.beside.items() if moment > at}
        return list(self.until)


def look(*, name: str, on: date, at: datetime, put_off: PutOff | None = None) -> Done:
    """Do what is due now, at most a batch of each kind.

    Args:
        name: Who takes the lease: machine and process.
        on: Business date.
        at: The moment.
        put_off: The same object at every look of one worker; clocks that failed wait in it.

    Returns:
        What was done; call again at once while `work` is not 0.
    """
    done = Done()
    _tell(done, on=on, at=at)
    _exchange(done, name=name, at=at)
    rows = _leased(name=name, at=at)
    _make_papers([row for row in rows if row.kind == PAPER_JOB], done, on=on, at=at)
    for row in rows:
        if row.kind != PAPER_JOB:
            _run(row, done, partial(_do, row, on, at), at)
    put_off = put_off or PutOff()
    waiting = put_off.now(at)
    for clock in _batch(_recomputable().exclude(pk__in=waiting)):
        if _guarded(done, clock.case.number, lambda clock=clock: _recompute(clock, done)):
            put_off.until[clock.pk] = at + RETRY_AFTER
    for clock in _batch(_late(on).exclude(pk__in=waiting)):
        if _guarded(done, clock.case.number, lambda clock=clock: _escalate(clock, done, on=on, at=at)):
            put_off.until[clock.pk] = at + RETRY_AFTER
    _limits_beside(done, put_off, on=on, at=at)
    if heads.sign_due(on=on, at=at) is not None:
        # Once a day, and after the head that covers what was there.
        _guarded(done, "retention", lambda: retention.run(at=at, dry=False))
    reconciliation.make_due(on=on, at=at)
    _count(done, on=on, at=at)
    return done


def _limits_beside(done: Done, put_off: PutOff, *, on: date, at: datetime) -> None:
    """Count again and escalate the limits that services keep beside their cases."""

    def work(one: beside.Due, told: list[str]) -> None:
        if one.work():
            told.append(one.number)

    waiting = list(put_off.beside)
    again = beside.recounts(waiting=waiting, most=BATCH)
    late = beside.escalations(on=on, at=at, waiting=waiting, most=BATCH)
    for told, dues in ((done.recomputed, again), (done.escalated, late)):
        for one in dues:
            if _guarded(done, one.number, partial(work, one, told)):
                put_off.beside[one.number] = at + RETRY_AFTER


def _count(done: Done, *, on: date, at: datetime) -> None:
    """Count closed days, and what is open now; looked at again at once while days are left."""

    def work() -> None:
        counting.stand_due(on=on, at=at)
        done.work += counting.close_due(on=on, at=at)

    if not _guarded(done, "figures", work):
        done.work -= 1


def _tell(done: Done, *, on: date, at: datetime) -> None:
    def work() -> None:
        done.told = telling.remind(on=on, at=at) + telling.spread(at=at)

    if not _guarded(done, "messages", work):
        done.work += done.told - 1


def _exchange(done: Done, *, name: str, at: datetime) -> None:
    """Carry what is said to other areas and do what they say; what fails there waits by itself."""

    def work() -> None:
        carried, handled = exchange.deliver_due(at=at, name=name), exchange.handle_due(at=at, name=name)
        done.exchanged = carried.taken + handled.done + handled.refused
        done.failures += [*carried.failures, *handled.failures]
        done.work += len(carried.failures) + len(handled.failures)

    if not _guarded(done, "exchange", work):
        done.work += done.exchanged - 1


def _leased(*, name: str, at: datetime) -> list[Outbox]:
    """Take due rows: free ones, and those whose lease ran out."""
    with transaction.atomic():
        free = Q(lease_until=None) | Q(lease_until__lt=at)
        due = Outbox.objects.filter(free, due_at__lte=at, done_at=None, tries__lt=TRIES_MAX).order_by("due_at", "id")
        if connection.features.has_select_for_update_skip_locked:
            due = due.select_for_update(skip_locked=True)
        rows = list(due[:BATCH])
        taken = [row.pk for row in rows]
        Outbox.objects.filter(pk__in=taken).update(lease_until=at + LEASE, lease_by=name, tries=F("tries") + 1)
    return rows


def _make_papers(rows: Sequence[Outbox], done: Done, *, on: date, at: datetime) -> None:
    """Number all, then typeset all, then keep each: while anything is typeset no transaction is open.

    Typst lets other threads run, so that every processor sets a page; threads never ask the database.
    """
    with ThreadPoolExecutor(PROCESSORS, thread_name_prefix="typeset") as pool:
        begun = [(row, _tried(partial(_begin, row, on, at))) for row in rows]
        # A map is lazy only in giving: all of it is typeset before the first paper is kept.
        typeset = list(pool.map(lambda one: _tried(partial(_typeset, one[1])), begun))
    for (row, first), content in zip(begun, typeset, strict=True):
        _run(row, done, partial(_keep, first, content, at), at)


def _tried(work: Callable[[], _T]) -> Future[_T]:
    """Do work now, and keep what came of it: its answer or its error."""
    future: Future[_T] = Future()
    try:
        future.set_result(work())
    except Exception as error:
        future.set_exception(error)
    return future


def _begin(row: Outbox, on: date, at: datetime) -> actions.Begun | None:
    """Number a paper; None where it was made before, or where the case has moved on and none is due any more."""
    try:
        begun = actions.begin_paper(number=row.case_number, kind=row.data["paper"], on=on, at=at)
    except Refused as no:
        if no.refusal.code != "paper_not_yet":
            raise
        return None
    return begun if isinstance(begun, actions.Begun) else None


def _typeset(begun: Future[actions.Begun | None]) -> bytes:
    paper = begun.result()
    return paper.typeset() if paper else b""


def _keep(begun: Future[actions.Begun | None], content: Future[bytes], at: datetime) -> None:
    if paper := begun.result():
        actions.keep_paper(begun=paper, content=content.result(), by=Actor.system(), at=at)


def _run(row: Outbox, done: Done, work: Callable[[], None], at: datetime) -> None:
    """Do the work of a row and say so on it; what fails is due again later."""

    def whole() -> None:
        work()
        Outbox.objects.filter(pk=row.pk).update(done_at=at, lease_until=None, last_error="")
        if row.kind == JOB:
            done.jobs.append(row.kind)
        elif row.kind != own_data.JOB:
            (done.letters if row.kind == PAPER_JOB else done.sent).append(row.case_number)

    error = _guarded(done, row.case_number or f"outbox {row.pk}", whole)
    if error:
        later = at + RETRY_AFTER * 2**row.tries
        Outbox.objects.filter(pk=row.pk).update(due_at=later, lease_until=None, last_error=error[:ERROR_MAX])


def _do(row: Outbox, on: date, at: datetime) -> None:
    job = _JOBS.get(row.kind)
    if job is None:
        raise LookupError(f"no job is known for outbox rows of kind {row.kind}")
    job(row, on, at)


def _guarded(done: Done, what: str, work: Callable[[], None]) -> str:
    """Run one piece of work; whatever goes wrong with it is told and does not stop the next."""
    done.work += 1
    try:
        work()
    except Exception as error:
        _log.exception("the worker could not do %s", what)
        # The kind of error only: its text may hold what a person wrote.
        done.failures.append(f"{what}: {type(error).__name__}")
        return type(error).__name__
    return ""


def _own_data(row: Outbox, on: date, at: datetime) -> None:
    own_data.make(copy_id=row.data["copy"], at=at)


def _bulk(row: Outbox, on: date, at: datetime) -> None:
    bulk.work(number=row.data["run"], on=on, at=at)


def _recheck(row: Outbox, on: date, at: datetime) -> None:
    """Let the service of a case look again after the record of its person was corrected."""
    service = cases.get(row.case_number).service
    import_module(f"yibao.services.{service}.actions").recheck(number=row.case_number, on=on, at=at)


_JOBS: Mapping[str, Callable[[Outbox, date, datetime], None]] = {
    own_data.JOB: _own_data,
    "recheck": _recheck,
    undelivered.SEND_JOB: telling.send,
    contacts.CODE_JOB: telling.send_code,
    JOB: _bulk,
}


def _late(on: date) -> QuerySet[CaseClock]:
    """Return clocks whose limit has passed untold; one started again since it was told has a due day after that."""
    untold = Q(escalated_on=None) | Q(escalated_on__lt=F("due_on"))
    return CaseClock.objects.filter(untold, finished_on=None, due_on__lt=on)


def _batch(clocks: QuerySet[CaseClock]) -> list[CaseClock]:
    return list(clocks.select_related("case").order_by("due_on", "id")[:BATCH])


def _escalate(clock: CaseClock, done: Done, *, on: date, at: datetime) -> None:
    with transaction.atomic():
        case = cases.locked(clock.case.number)
        # Looked at again under the lock: another worker may have been quicker.
        if not _late(on).filter(pk=clock.pk).exists():
            return
        due = clock.due_on.isoformat() if clock.due_on else ""
        data = {"clock": clock.name, "due_on": due}
        cases.act(number=case.number, kind="escalate", by=Actor.system(), at=at, on=on, data=data)
        CaseClock.objects.filter(pk=clock.pk).update(escalated_on=on)
    done.escalated.append(case.number)


def _recomputable() -> QuerySet[CaseClock]:
    """Return clocks whose due day was provisional and lies in a year whose calendar has been published since."""
    waiting = CaseClock.objects.filter(due_provisional=True, finished_on=None)
    return waiting.filter(due_on__year__lte=last_published_year())


def _recompute(clock: CaseClock, done: Done) -> None:
    with transaction.atomic():
        case = cases.locked(clock.case.number)
        standing = cases.standing(case)
        projection.write([projection.Moved(case, replace(standing, clocks=()), standing)])
    done.recomputed.append(case.number)
