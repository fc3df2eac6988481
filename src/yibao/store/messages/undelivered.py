"""Messages that were given up: shown to the office of the case, and sent again on request."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from yibao.casework.actors import prefix_of
from yibao.store.models import Case, Delivery, Outbox

SEND_JOB = "message.send"


def failed(region: str) -> QuerySet[Delivery]:
    """Return what was given up for cases an office answers for, newest first.

    Args:
        region: Office of the reader; what lies below it is included.
    """
    own = Case.objects.filter(region__startswith=prefix_of(region)).values("number")
    rows = Delivery.objects.filter(state="failed", message__case_number__in=own)
    return rows.select_related("message").order_by("-id")


def send_again(*, delivery: int, region: str, at: datetime) -> Delivery | None:
    """Have the worker try once more, from the beginning; None where nothing of the office was given up.

    Args:
        delivery: Number of the delivery.
        region: Office of the reader.
        at: The moment.
    """
    with transaction.atomic():
        row = failed(region).select_for_update(of=("self",)).filter(pk=delivery).first()
        if row is not None:
            row.state, row.why, row.ended_at = "waiting", "", None
            row.save()
            to_send(row, at=at)
    return row


def to_send(row: Delivery, *, at: datetime) -> None:
    """Leave a delivery for the worker."""
    Outbox.objects.create(kind=SEND_JOB, case_number=row.message.case_number, data={"delivery": row.pk}, due_at=at)
