"""What is approved and waits for its money, as a batch of payments needs to know it."""

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Sum

from yibao.casework.actors import prefix_of
from yibao.ledger.accounts import AccountKind
from yibao.services.refund.actions import money, payees
from yibao.store.batches import Due
from yibao.store.models import Case, Entry, Payment, StoredDecision

SHOWN_MAX = 1000


def dues(*, office: str) -> list[Due]:
    """Return every approved refund of an office that waits for its money, by due date.

    Args:
        office: Six digits; everything below it counts.
    """
    under = Case.objects.filter(service="refund", state="approved", region__startswith=prefix_of(office))
    found = list(under.select_related("person", "refund__bank_account").order_by("due_on", "id")[:SHOWN_MAX])
    owed = _owed([case.number for case in found])
    # The latest decision of each case stands last; its sealed case file is not needed.
    stored = StoredDecision.objects.filter(case__in=found).order_by("id").values_list("case_id", "outcome", "canonical")
    made = {case: (outcome, canonical) for case, outcome, canonical in stored}
    live = set(Payment.objects.filter(case__in=found, status__in=["sent", "paid"]).values_list("case_id", flat=True))
    return [_due(case, owed.get(case.number, {}), *made.get(case.pk, ("", {})), case.pk in live) for case in found]


def _owed(numbers: list[str]) -> dict[str, dict[tuple[str, str], int]]:
    """Return what the books owe each case, by region and scheme."""
    rows = (
        Entry.objects.filter(
            transaction__case_number__in=numbers,
            transaction__kind=money.PAYABLE,
            transaction__reversed_by__isnull=True,
            account__kind=AccountKind.REFUNDS_PAYABLE,
        )
        .order_by()
        .values_list("transaction__case_number", "account__region", "account__scheme")
        .annotate(owed=-Sum(F("amount_fen")))
    )
    found: dict[str, dict[tuple[str, str], int]] = {}
    for number, region, scheme, fen in rows:
        found.setdefault(number, {})[region, scheme] = fen
    return found


def _due(case: Case, owed: Mapping[tuple[str, str], int], outcome: str, made: Mapping[str, Any], live: bool) -> Due:
    request = case.refund
    account = payees.account_of(case=case, request=request)
    (region, scheme), amount = next(iter(owed.items()), ((case.region, ""), case.amount_fen or 0))
    hindrance = "" if account else "no_account"
    if live or len(owed) != 1 or not _one_receiver(case, outcome, made):
        hindrance = "not_one_person"
    route = (made.get("payout") or {}).get("route") or ("slip" if request.channel == "window" else "original")
    if money.route_of(plain=made) == "treasury":
        route = hindrance = "treasury"
    return Due(case, region, scheme, route, amount, account, hindrance)


def _one_receiver(case: Case, outcome: str, made: Mapping[str, Any]) -> bool:
    """Return whether all the money goes to the one account the applicant gave."""
    receivers = made.get("receivers", [])
    return outcome == "manual" or (len(receivers) == 1 and receivers[0] in payees.applicants(case))
