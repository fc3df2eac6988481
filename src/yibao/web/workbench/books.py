"""The ledger as staff read it: latest postings, balances by kind of account, and the sum of everything."""

from typing import Any

from django.db.models import Q, Sum
from django.db.models.functions import Abs

from yibao.casework.actors import prefix_of
from yibao.store.models import Entry, JournalTransaction

SHOWN_MAX = 50


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
    """Return the latest postings with their entries, newest first, or those of one case."""
    found = JournalTransaction.objects.filter(region__startswith=prefix_of(region))
    if case_number:
        found = found.filter(case_number=case_number)
    found = found.prefetch_related("entries__account").order_by("-id")[:SHOWN_MAX]
    return [
        {
            "id": one.pk, "kind": say.find(f"desk.posting.{one.kind}") or one.kind, "on": one.accounting_date,
            "case": one.case_number, "reverses": one.reverses_id,
            "entries": [_entry(entry, say) for entry in one.entries.all()],
        }
        for one in found
    ]


def _entry(entry: Entry, say: Any) -> dict[str, Any]:
    amount = entry.amount_fen
    return {
        "account": account_words(entry.account, say), "debit": amount if amount > 0 else None,
        "credit": -amount if amount < 0 else None,
    }


def account_words(account: Any, say: Any) -> str:
    """Return an account in words: its kind and scheme; whose it is stays out of the books' pages."""
    kind = say.find(f"desk.account.{account.kind}") or account.kind
    return f"{kind} · {say.find(f'desk.scheme.{account.scheme}') or account.scheme}"


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
            "account": f"{say.find('desk.account.' + one['account__kind']) or one['account__kind']} · "
            f"{say.find('desk.scheme.' + one['account__scheme']) or one['account__scheme']}",
            "debit": (one["moved"] + one["balance"]) // 2, "credit": (one["moved"] - one["balance"]) // 2,
            "balance": one["balance"],
        }
        for one in sums
    ]
