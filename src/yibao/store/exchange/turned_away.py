"""Batches that were not let in: who sent them, as far as that is on record, why, how often, and when last."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from yibao.kernel.errors import Refusal
from yibao.store.models import ExchangePartner, TurnedAway

SHOWN_FOR = timedelta(days=30)
SENDER_UNKNOWN = "sender_unknown"
_KEY_UNKNOWN = "key_unknown"


def note(no: Refusal, *, at: datetime) -> None:
    """Count a batch that was turned away; nothing a stranger claims is kept.

    Args:
        no: Why; its first detail is the area that is said to have signed, where the reason has one.
        at: Now.
    """
    claimed = str(no.details[0]) if no.details else ""
    known = ExchangePartner.objects.filter(area=claimed).exists()
    code = SENDER_UNKNOWN if no.code == _KEY_UNKNOWN and not known else no.code
    with transaction.atomic():
        row, made = TurnedAway.objects.get_or_create(
            sender=claimed if known else "", code=code, defaults={"first_at": at, "last_at": at}
        )
        if not made:
            TurnedAway.objects.filter(pk=row.pk).update(times=F("times") + 1, last_at=at)


def lately(*, at: datetime) -> list[TurnedAway]:
    """Return what was turned away during the last thirty days, the latest first."""
    return list(TurnedAway.objects.filter(last_at__gt=at - SHOWN_FOR).order_by("-last_at", "pk"))
