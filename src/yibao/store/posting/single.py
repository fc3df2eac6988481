"""One posting, and its undoing."""

from collections.abc import Callable, Mapping
from datetime import date, datetime

from django.db import connection, transaction

from yibao.kernel.canonical import content_hash, moment
from yibao.ledger.accounts import Account, AccountKind
from yibao.ledger.balances import sums
from yibao.ledger.journal import Draft, hash_of, reversal
from yibao.ledger.postings import Posting
from yibao.store import keys, ready
from yibao.store.models import Entry, IdempotencyKey, JournalTransaction, LedgerAccount
from yibao.store.posting.accounts import accounts_of, known_accounts, move_balances
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
        ready.insert(_entries(draft, rows, of=made.pk))
    return made


def post_along(*, draft: Draft, at: datetime, writes: ready.Writes) -> Callable[[], None]:
    """Add a posting to what a transaction writes, where it can go along; a refusal must end that transaction.

    Args:
        draft: What to post; the locks before it in the order are held.
        at: Now.
        writes: What it is written along with.

    Returns:
        What is to be called once all was written: it posts what could not go along, as `post` does.

    Raises:
        Refused: When that is called, as `post`.
    """

    def alone() -> None:
        post(draft=draft, at=at, within=True)

    rows = _standing_ready(draft)
    if rows is None:
        return alone
    place = writes.insert_once(
        key_of(draft=draft, at=at),
        ready.new(JournalTransaction, **head_of(draft=draft, at=at)),
        _entries(draft, rows),
        under="transaction_id",
    )

    def check() -> None:
        if writes.told[place] is None:
            # The key was taken: the same posting, or another one under its key; `post` tells which.
            alone()

    return check


def _standing_ready(draft: Draft) -> Mapping[str, LedgerAccount] | None:
    """Return the accounts of a posting that may go along with other writes: nothing to open, to lock or to refuse."""
    if connection.vendor != "postgresql" or draft.reverses:
        return None
    if any(posting.account.kind is AccountKind.PERSONAL for posting in draft.postings):
        return None
    return known_accounts((posting.account for posting in draft.postings), on=draft.accounting_date)


def _entries(draft: Draft, rows: Mapping[str, LedgerAccount], *, of: int | None = None) -> list[Entry]:
    return [
        ready.new(
            Entry,
            transaction_id=of,
            line=line,
            account_id=rows[posting.account.code].pk,
            amount_fen=posting.amount_fen,
        )
        for line, posting in enumerate(draft.postings, 1)
    ]


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


def key_of(*, draft: Draft, at: datetime) -> IdempotencyKey:
    """Return the row of a draft's key, as `claim` writes it."""
    digest = content_hash(draft.content_hash)
    return ready.new(IdempotencyKey, key=f"journal/{draft.key}", content_hash=digest, answer=draft.key, made_at=at)


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
