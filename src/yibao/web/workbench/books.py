"""The ledger as staff read it: latest postings, balances by kind of account, and the sum of everything."""

from collections import defaultdict
from typing import Any

from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import Abs

from yibao.casework.actors import prefix_of
from yibao.store.models import Entry, JournalTransaction

SHOWN_MAX = 20


def proof(*, region: str) -> dict[str, int]:
    """Return the sum of all entries of an office, which must be zero, and how many there are.

    Args:
        region: Six digits of the office; everything below it counts.

    Returns:
        `sum` in fen, `entries`, `transactions`, and `broken`, the postings that do not balance.
    """
    entries = Entry.objects.filter(transaction__region__startswith=prefix_of(region))
    per_posting = entries.order_by().values("transaction_id").annotate(total=Sum("amount_fen"))
    return {
        "sum": entries.aggregate(total=Sum("amount_fen"))["total"] or 0,
        "entries": entries.count(),
        "transactions": JournalTransaction.objects.filter(region__startswith=prefix_of(region)).count(),
        "broken": per_posting.exclude(total=0).count(),
    }


def journal(*, region: str, case_number: str, say: Any) -> list[dict[str, Any]]:
    """Return the latest postings, newest first, or those of one case, each with its sums by kind of account."""
    found = JournalTransaction.objects.filter(region__startswith=prefix_of(region))
    if case_number:
        found = found.filter(case_number=case_number)
    found = list(found.order_by("-id")[:SHOWN_MAX])
    entries = _entries([one.pk for one in found], say)
    return [
        {
            "id": one.pk,
            "kind": say.find(f"desk.posting.{one.kind.replace('.', '_')}") or one.kind,
            "on": one.accounting_date,
            "case": one.case_number,
            "reverses": one.reverses_id,
            "entries": entries[one.pk],
        }
        for one in found
    ]


def _entries(postings: list[int], say: Any) -> dict[int, list[dict[str, Any]]]:
    sums = (
        Entry.objects.filter(transaction_id__in=postings)
        .order_by()
        .values("transaction_id", "account__kind", "account__scheme")
        .annotate(
            debit=Sum("amount_fen", filter=Q(amount_fen__gt=0)),
            credit=Sum("amount_fen", filter=Q(amount_fen__lt=0)),
            count=Count("id"),
            first=Min("line"),
        )
        .order_by("transaction_id", "first")
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for one in sums:
        found[one["transaction_id"]].append(
            {
                "account": account_words(one["account__kind"], one["account__scheme"], say),
                "debit": one["debit"],
                "credit": -one["credit"] if one["credit"] else None,
                "count": one["count"],
            }
        )
    return found


def account_words(kind: str, scheme: str, say: Any) -> str:
    """Return an account in words: its kind and scheme; whose it is stays out of the books' pages."""
    return f"{say.find(f'desk.account.{kind}') or kind} · {say.find(f'desk.scheme.{scheme}') or scheme}"


def balances(*, region: str, case_number: str, say: Any) -> list[dict[str, Any]]:
    """Return debits, credits and balance by kind of account and scheme, of the office or of one case."""
    scope = Q(transaction__region__startswith=prefix_of(region))
    if case_number:
        scope &= Q(transaction__case_number=case_number)
    sums = (
        Entry.objects.filter(scope)
        .order_by()
        .values("account__kind", "account__scheme")
        .annotate(balance=Sum("amount_fen"), moved=Sum(Abs("amount_fen")))
        .order_by("account__scheme", "account__kind")
    )
    return [
        {
            "account": account_words(one["account__kind"], one["account__scheme"], say),
            "debit": (one["moved"] + one["balance"]) // 2,
            "credit": (one["moved"] - one["balance"]) // 2,
            "balance": one["balance"],
        }
        for one in sums
    ]
