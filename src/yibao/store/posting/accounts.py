"""Accounts on record: opened when first used, locked in one order, their balances."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import connection, transaction
from django.db.models import Max, Sum

from yibao.kernel.months import Month
from yibao.ledger.accounts import Account, AccountKind
from yibao.ledger.balances import natural
from yibao.store import ready, together
from yibao.store.models import BalanceCheckpoint, Entry, JournalTransaction, LedgerAccount, PersonalAccountBalance
from yibao.store.refusals import refuse

_ACCOUNTS, _BALANCES = ready.Reader(LedgerAccount), ready.Reader(PersonalAccountBalance)
_CLOSED = "SELECT 1 FROM store_accountingperiod WHERE region {among} AND month {among}"
_NAMED = f"SELECT {_ACCOUNTS.columns} FROM store_ledgeraccount WHERE code {{among}}"
_NAMED_ON = f"SELECT EXISTS ({_CLOSED}), {_ACCOUNTS.columns} FROM store_ledgeraccount WHERE code {{among}}"
_LOCKED = f"""SELECT {_BALANCES.columns} FROM store_personalaccountbalance
WHERE account_id {{among}} ORDER BY account_id {{lock}}"""
_HELD = """SELECT account.code, held.balance_fen FROM store_ledgeraccount AS account
JOIN store_personalaccountbalance AS held ON held.account_id = account.id WHERE account.code {among}"""


def accounts_of(accounts: Iterable[Account], *, on: date | None = None) -> Mapping[str, LedgerAccount]:
    """Return the rows of accounts by code; those used for the first time are opened.

    Args:
        accounts: The accounts, at least one.
        on: Accounting date of what is posted to them, all of one region; None where that was looked at before.

    Raises:
        Refused: `period_closed`, with the region and the day, or `account_closed`, with the code.
    """
    wanted = {account.code: account for account in accounts}
    found = _by_code(wanted) if on is None else _by_code_on(wanted, on)
    if len(found) < len(wanted):
        _open([account for code, account in wanted.items() if code not in found])
        found = _by_code(wanted)
    for row in found.values():
        if row.closed_on is not None:
            raise refuse("account_closed", row.code)
    return found


def known_accounts(accounts: Iterable[Account], *, on: date) -> Mapping[str, LedgerAccount] | None:
    """Return the rows of accounts by code where all are open and the month is; None where one is not.

    Args:
        accounts: The accounts, at least one.
        on: Accounting date of what is posted to them, all of one region.
    """
    wanted = {account.code: account for account in accounts}
    region = next(iter(wanted.values())).region
    found = ready.rows(_NAMED_ON, [region], [Month.of(on).index], list(wanted))
    rows = {row.code: row for row in (_ACCOUNTS.made(values) for _, *values in found)}
    closed = any(shut for shut, *_ in found) or any(row.closed_on is not None for row in rows.values())
    return None if closed or len(rows) < len(wanted) else rows


def move_balances(*, rows: Mapping[str, LedgerAccount], sums: Mapping[str, int], importing: bool = False) -> None:
    """Lock the personal accounts by id and move their running balances.

    Args:
        rows: The accounts by code.
        sums: Signed sum posted to each account; a debit takes from the person.
        importing: Whether a balance below zero is taken over from another system, and flagged.

    Raises:
        Refused: `balance_too_low`, with the account's code; nothing was changed.
    """
    by_id = {row.pk: sums[code] for code, row in rows.items() if row.kind == AccountKind.PERSONAL and sums.get(code)}
    if not by_id:
        return
    locked = [_BALANCES.made(row) for row in ready.rows(_LOCKED, list(by_id))]
    changed = []
    for running in locked:
        before, running.balance_fen = running.balance_fen, running.balance_fen - by_id[running.pk]
        worse = running.balance_fen < before
        if running.balance_fen < 0 and worse and not importing:
            raise refuse("balance_too_low", next(code for code, row in rows.items() if row.pk == running.pk))
        running.imported_negative = running.balance_fen < 0
        changed.append(running)
    values = [[running.balance_fen, running.imported_negative, running.pk] for running in changed]
    ready.update(PersonalAccountBalance, sets=("balance_fen", "imported_negative"), where=("account",), values=values)


def balance(account: Account) -> int:
    """Return an account's balance in fen, as it is read: the last checkpoint and the entries after it.

    Args:
        account: An account; one never used has 0.
    """
    checkpoint_row = (
        BalanceCheckpoint.objects.filter(account__code=account.code)
        .order_by("-through_id")
        .values_list("through_id", "balance_fen")
    ).first()
    through, start = checkpoint_row or (0, 0)
    tail = Entry.objects.filter(account__code=account.code, transaction_id__gt=through)
    return start + natural(kind=account.kind, sum_fen=tail.aggregate(total=Sum("amount_fen"))["total"] or 0)


def personal_balance(account: Account) -> int:
    """Return the running balance of a personal account in fen; 0 when it was never used."""
    return personal_balances([account]).get(account.code, 0)


def personal_balances(accounts: Iterable[Account]) -> dict[str, int]:
    """Return the running balances of personal accounts in fen by code; those never used are left out."""
    return dict(*together.read(held_select(accounts)))


def held_select(accounts: Iterable[Account]) -> together.Select:
    """Return the read of `personal_balances`: codes with running balances in fen."""
    return together.Select(_HELD, ("text", "bigint"), ([account.code for account in accounts],))


def checkpoint(region: str) -> int:
    """Write down the balances of a region's funds, banks and payables; return how many accounts.

    Postings wait meanwhile, so that no transaction with a lower number can follow.
    """
    with transaction.atomic():
        stop_postings()
        through = JournalTransaction.objects.aggregate(last=Max("id"))["last"]
        if through is None:
            return 0
        rows = LedgerAccount.objects.filter(region=region).exclude(kind=AccountKind.PERSONAL)
        made = [
            BalanceCheckpoint(account=row, through_id=through, balance_fen=balance(Account.parse(row.code)))
            for row in rows
        ]
        BalanceCheckpoint.objects.bulk_create(made, ignore_conflicts=True)
    return len(made)


def stop_postings() -> None:
    """Let running postings end and hold back new ones until the transaction ends.

    SQLite has one writer at a time, and the transaction is that writer.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("LOCK TABLE store_journaltransaction IN SHARE ROW EXCLUSIVE MODE")


def _by_code(wanted: Mapping[str, Account]) -> dict[str, LedgerAccount]:
    found = [_ACCOUNTS.made(row) for row in ready.rows(_NAMED, list(wanted))]
    return {row.code: row for row in found}


def _by_code_on(wanted: Mapping[str, Account], on: date) -> dict[str, LedgerAccount]:
    """Return accounts by code where the month of a day is open; both in one statement, once there are accounts."""
    region = next(iter(wanted.values())).region
    found = ready.rows(_NAMED_ON, [region], [Month.of(on).index], list(wanted))
    if not found:
        check_period(region=region, on=on)
    elif found[0][0]:
        raise refuse("period_closed", region, on.isoformat())
    return {row.code: row for row in (_ACCOUNTS.made(values) for _, *values in found)}


def check_period(*, region: str, on: date) -> None:
    """Refuse a posting into a closed month; the database refuses it as well.

    Raises:
        Refused: `period_closed`, with the region and the day.
    """
    if ready.rows(_CLOSED, [region], [Month.of(on).index]):
        raise refuse("period_closed", region, on.isoformat())


def _open(accounts: Iterable[Account]) -> None:
    # In the order of their codes, so that two openings of the same accounts cannot block each other.
    fresh = sorted(accounts, key=lambda account: account.code)
    rows = [
        LedgerAccount(
            code=account.code,
            region=account.region,
            scheme=account.scheme,
            kind=str(account.kind),
            person_id=account.person_id,
            unit_id=account.unit_id,
        )
        for account in fresh
    ]
    LedgerAccount.objects.bulk_create(rows, ignore_conflicts=True)
    codes = [account.code for account in fresh if account.kind is AccountKind.PERSONAL]
    if codes:
        owned = LedgerAccount.objects.filter(code__in=codes).order_by("pk")
        PersonalAccountBalance.objects.bulk_create(
            [PersonalAccountBalance(account=row) for row in owned], ignore_conflicts=True
        )
