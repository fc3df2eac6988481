"""One posting, and its undoing."""

from datetime import date, datetime

from django.db import transaction

from yibao.kernel.canonical import moment
from yibao.ledger.accounts import Account
from yibao.ledger.balances import sums
from yibao.ledger.journal import Draft, hash_of, reversal
from yibao.ledger.postings import Posting
from yibao.store import keys, ready
from yibao.store.models import Entry, JournalTransaction
from yibao.store.posting.accounts import accounts_of, move_balances
from yibao.store.refusals import refuse


def post(*, draft: Draft, at: datetime, importing: bool = False, within: bool = False) -> JournalTransaction:
    """Write one transaction of the journal, once.

    Args:
        draft: What to post; balanced, or it could not have been made.
        at: Now.
        importing: Whether a personal account may be taken over below zero, flagged.
        within: Whether a refusal ends the caller's own transaction, so that a savepoint would protect nothing.

    Returns:
        The transaction; the stored one when the key was posted before with the same content.

    Raises:
        Refused: `key_reused`, `period_closed`, `account_closed`, `balance_too_low` or `already_reversed`;
            nothing was changed.
    """
    with transaction.atomic(savepoint=not within):
        slot = claim(draft=draft, at=at)
        if slot.repeated:
            return JournalTransaction.objects.get(key=draft.key)
        undone = _reversed(draft)
        rows = accounts_of((posting.account for posting in draft.postings), on=draft.accounting_date)
        move_balances(rows=rows, sums=sums(draft.postings), importing=importing)
        made = ready.new(JournalTransaction, **head_of(draft=draft, at=at), reverses_id=undone and undone.pk)
        ready.insert_keyed([made])
        ready.insert(
            [
                ready.new(
                    Entry,
                    transaction_id=made.pk,
                    line=line,
                    account_id=rows[posting.account.code].pk,
                    amount_fen=posting.amount_fen,
                )
                for line, posting in enumerate(draft.postings, 1)
            ]
        )
    return made


def reverse(
    *, transaction_id: int, key: str, accounting_date: date, at: datetime, memo: str = ""
) -> JournalTransaction:
    """Post the transaction that undoes another one.

    Args:
        transaction_id: The one to undo.
        key: The reversal's own key; the same key again returns the same reversal.
        accounting_date: A day in an open month.
        at: Now.
        memo: Why, without personal data.

    Raises:
        Refused: `already_reversed` under another key, `balance_too_low` when the person has spent the money,
            or what `post` refuses.
    """
    undone = draft_of(JournalTransaction.objects.select_related("reverses").get(pk=transaction_id))
    return post(draft=reversal(undone, key=key, accounting_date=accounting_date, memo=memo), at=at)


def draft_of(row: JournalTransaction) -> Draft:
    """Return a transaction on record as the draft it was posted from."""
    entries = row.entries.select_related("account").order_by("line")
    return Draft(
        key=row.key,
        kind=row.kind,
        accounting_date=row.accounting_date,
        postings=tuple(Posting(Account.parse(entry.account.code), entry.amount_fen) for entry in entries),
        case_number=row.case_number,
        memo=row.memo,
        reverses=row.reverses.key if row.reverses else "",
    )


def claim(*, draft: Draft, at: datetime) -> keys.Slot:
    """Take the key of a draft, before anything else is written."""
    return keys.claim(key=f"journal/{draft.key}", content=draft.content_hash, answer=draft.key, at=at)


def head_of(*, draft: Draft, at: datetime) -> dict[str, object]:
    """Return the columns of a draft's transaction, without its entries and what it reverses."""
    return {
        "key": draft.key,
        "kind": draft.kind,
        "region": draft.region,
        "case_number": draft.case_number,
        "accounting_date": draft.accounting_date,
        "posted_at": at,
        "memo": draft.memo,
        "content_hash": hash_of(head={**draft.head(), "posted_at": moment(at)}, entries=draft.lines()),
    }


def _reversed(draft: Draft) -> JournalTransaction | None:
    if not draft.reverses:
        return None
    # Locked, so that of two reversals the second finds the first.
    undone = JournalTransaction.objects.select_for_update().get(key=draft.reverses)
    if JournalTransaction.objects.filter(reverses=undone).exists():
        raise refuse("already_reversed", draft.reverses)
    return undone
