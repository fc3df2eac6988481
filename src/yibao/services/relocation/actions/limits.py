"""The money's own limit, which may pass after the case was closed: escalated like the limits a case itself has."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from yibao.casework.actors import Actor
from yibao.kernel.workdays import add_working_days, last_published_year
from yibao.services.relocation.models import AccountMove, Transfer
from yibao.store import cases

MONEY = "money"


def late_beside(*, on: date) -> QuerySet[AccountMove]:
    """Return the money tracks whose limit has passed untold, first deadline first; `number` is that of the case.

    Args:
        on: Today.
    """
    untold = Q(escalated_on=None) | Q(escalated_on__lt=F("due_on"))
    return _running().filter(untold, due_on__lt=on)


def escalate_beside(*, number: str, on: date, at: datetime) -> bool:
    """Write down that the limit of the money passed, and tell the person; False where another worker was quicker.

    Args:
        number: Number of the new place's case, which may be closed.
        on: Business date.
        at: The moment.
    """
    with transaction.atomic():
        cases.locked(number, beside=Transfer)
        move = late_beside(on=on).filter(number=number).first()
        if move is None or move.due_on is None:
            return False
        data = {"step": "money_late", "clock": MONEY, "due_on": move.due_on.isoformat()}
        cases.act(number=number, kind="note", by=Actor.system(), at=at, on=on, data=data)
        AccountMove.objects.filter(pk=move.pk).update(escalated_on=on)
    return True


def recountable_beside() -> QuerySet[AccountMove]:
    """Return the money tracks whose last day was provisional and lies in a year whose calendar has been published."""
    return _running().filter(due_provisional=True, due_on__year__lte=last_published_year())


def recount_beside(*, number: str) -> None:
    """Count the last day of the money again with the published calendar."""
    with transaction.atomic():
        cases.locked(number, beside=Transfer)
        for move in recountable_beside().filter(number=number):
            if move.arrived_on is not None and move.working_days is not None:
                due = add_working_days(day=move.arrived_on, n=move.working_days)
                AccountMove.objects.filter(pk=move.pk).update(due_on=due.day, due_provisional=due.provisional)


def _running() -> QuerySet[AccountMove]:
    found = AccountMove.objects.filter(ended_on=None, due_on__isnull=False)
    return found.annotate(number=F("transfer__case__number")).order_by("due_on", "pk")
