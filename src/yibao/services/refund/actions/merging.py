"""Two relations of one person in the same months: the personal accounts become one, nothing is paid out."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from yibao.ledger.accounts import Account, AccountKind
from yibao.store import posting
from yibao.store.models import Case, LedgerAccount


def merge(*, case: Case, plain: Mapping[str, Any], on: date, at: datetime) -> int:
    """Move every other personal account of the person into the one that is kept, one transaction each.

    Args:
        case: The case, locked and approved.
        plain: The decision; its pack names the pooling area whose books are meant.
        on: Accounting date.
        at: The moment.

    Returns:
        How many accounts were merged; 0 where the person has only one in these books, because both relations
        were credited to it already.
    """
    target = Account(AccountKind.PERSONAL, plain["pack"]["region"], "employee", person_id=case.person_id)
    others = LedgerAccount.objects.filter(
        kind=AccountKind.PERSONAL, region=target.region, closed_on=None, person_id__in=_identities(case)
    ).exclude(code=target.code)
    merged = 0
    for source in others.order_by("pk"):
        posting.merge_personal_accounts(
            source=Account.parse(source.code),
            target=target,
            key=f"refund/{case.number}/merge/{source.pk}",
            on=on,
            at=at,
            case_number=case.number,
        )
        merged += 1
    return merged


def _identities(case: Case) -> list[Any]:
    """Return the person and every record that was merged into theirs."""
    return [case.person_id, *case.person.merged.values_list("pk", flat=True)]
