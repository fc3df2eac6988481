"""Closing the books of a month."""

from datetime import datetime

from django.db import transaction

from yibao.casework.actors import Actor
from yibao.kernel.months import Month
from yibao.store.models import AccountingPeriod
from yibao.store.posting.accounts import stop_postings


def close_period(*, region: str, month: Month, by: Actor, at: datetime) -> AccountingPeriod:
    """Close a month of a region's books; closing it twice changes nothing.

    Postings under way are waited for; later ones dated in the month are refused by the database.

    Args:
        region: Six digits.
        month: The month.
        by: Who closes it.
        at: Now.
    """
    with transaction.atomic():
        stop_postings()
        period, _ = AccountingPeriod.objects.get_or_create(
            region=region, month=month.index, defaults={"closed_at": at, "closed_by": by.id}
        )
    return period
