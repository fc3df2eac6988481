"""The account's money in the books of one place: settled, in transit, paid, arrived, credited. One posting a step."""

from datetime import date, datetime
from typing import Any

from django.db.models import Sum

from yibao import services
from yibao.kernel.errors import Refusal
from yibao.kernel.money import Money as Amount
from yibao.kernel.money import Rounding, Unit
from yibao.ledger import recipes
from yibao.ledger.accounts import AccountKind
from yibao.ledger.journal import Draft
from yibao.ledger.postings import Posting
from yibao.policy import UnknownValue
from yibao.services.relocation.actions import looking
from yibao.services.relocation.actions.refusals import refused
from yibao.services.relocation.models import AccountMove, Transfer
from yibao.services.relocation.rules.decision import Refusal as RuleRefusal
from yibao.services.relocation.workflow import Money, Position
from yibao.store import posting
from yibao.store.models import Entry
from yibao.store.planned import AT_ONCE, Into, Writer

DEPARTED, PAID, ARRIVED, CREDITED = (f"transfer.{step}" for step in ("departed", "paid", "arrived", "credited"))
RATE = "account_interest_rate"
_MONTHS = 12


def settlement(row: Transfer, *, mode: str, on: date) -> dict[str, Any]:
    """Return the settled account as the table states it.

    Args:
        row: The old place's side.
        mode: remit, credit_first, stays or none.
        on: Day of the settlement.

    Returns:
        mode, principal, interest, whether a rate is known (without one nothing is added), and what is sent.
    """
    if mode in ("none", "stays"):
        return {
            "mode": mode, "principal_fen": 0, "interest_fen": 0, "interest_known": False, "amount_fen": 0,
        }  # fmt: skip
    principal = max(looking.known(row, on=on).balance_fen, 0)
    rate = _rate(row, on)
    interest = 0 if rate is None else interest_of_year(principal_fen=principal, rate=rate, on=on)
    return {
        "mode": mode, "principal_fen": principal, "interest_fen": interest, "interest_known": rate is not None,
        "amount_fen": principal + interest,
    }  # fmt: skip


def _rate(row: Transfer, on: date) -> int | None:
    """Return the yearly rate in 1/10000 in force at the old place; None where no source gives one."""
    try:
        value = services.packs().region_for(row.source).parameter(RATE, on=on).value
    except UnknownValue:
        return None
    return value if isinstance(value, int) else None


def interest_of_year(*, principal_fen: int, rate: int, on: date) -> int:
    """Return the interest of the current year up to the month before a settlement, rounded once to the fen.

    Args:
        principal_fen: Balance of the account, 0 or more.
        rate: Yearly, in 1/10000.
        on: Day of the settlement.

    Examples:
        >>> interest_of_year(principal_fen=100_000, rate=150, on=date(2026, 8, 20))
        875
    """
    return Amount(principal_fen).times(rate).share(on.month - 1, _MONTHS).round(Unit.FEN, Rounding.HALF_UP).fen


def depart(
    row: Transfer, *, account: dict[str, Any], on: date, at: datetime, version: int, writer: Writer = AT_ONCE
) -> None:
    """Settle the account and put it in transit; where nothing moves, say so.

    Args:
        row: The old place's side, its case locked.
        account: As the table states it.
        on: Accounting date.
        at: The moment.
        version: Of the table; each has a posting of its own.
        writer: What it is written by.
    """
    move = row.money
    names = ("mode", "principal_fen", "interest_fen", "interest_known", "amount_fen")
    for name in names:
        setattr(move, name, account[name])
    if move.amount_fen:
        move.state = Money.DEPARTED
        entries = recipes.account_departed(
            region=row.place, scheme=looking.SCHEME, person_id=row.person_id,
            principal_fen=move.principal_fen, interest_fen=move.interest_fen,
        )  # fmt: skip
        _post(row, DEPARTED, entries, on=on, at=at, about=version, into=(move, "settlement"), writer=writer)
    else:
        move.state = Money.STAYS if move.mode == "stays" else Money.NONE
        move.ended_on = on
    writer.change(move, *names, "state", "settlement", "ended_on")


def back_home(row: Transfer, *, on: date, at: datetime) -> None:
    """Put money in transit back into the account; where none departed, nothing happens.

    Raises:
        Refused: money_on_its_way; it was paid.
    """
    move = row.money
    if paid(row):
        raise refused("money_on_its_way")
    if move.state == Money.DEPARTED and move.settlement is not None:
        key = f"{move.settlement.key}/back"
        posting.reverse(transaction_id=move.settlement_id, key=key, accounting_date=on, at=at)
    move.state, move.settlement, move.amount_fen, move.ended_on = Money.HERE, None, 0, None
    move.save(update_fields=["state", "settlement", "amount_fen", "ended_on"])


def paid(row: Transfer) -> bool:
    """Return whether the old place's bank was told to pay."""
    return row.money.state in (Money.PAID, Money.SETTLED)


def pay(
    row: Transfer, *, on: date, at: datetime, about: object, into: Into | None = None, writer: Writer = AT_ONCE
) -> None:
    """Post that the money in transit left the bank."""
    entries = recipes.transit_paid(region=row.place, scheme=looking.SCHEME, amount_fen=row.money.amount_fen)
    row.money.state = Money.PAID
    writer.change(row.money, "state")
    _post(row, PAID, entries, on=on, at=at, about=about, into=into, writer=writer)


def arrive(row: Transfer, *, on: date, at: datetime, writer: Writer = AT_ONCE) -> None:
    """Post that the money came."""
    entries = recipes.transit_arrived(region=row.place, scheme=looking.SCHEME, amount_fen=row.money.amount_fen)
    _post(row, ARRIVED, entries, on=on, at=at, writer=writer)


def credit(row: Transfer, *, on: date, at: datetime, writer: Writer = AT_ONCE) -> None:
    """Post that the account has it."""
    entries = recipes.transit_credited(
        region=row.place, scheme=looking.SCHEME, person_id=row.person_id, amount_fen=row.money.amount_fen
    )
    _post(row, CREDITED, entries, on=on, at=at, writer=writer)


def _post(
    row: Transfer, kind: str, entries: tuple[Posting, ...], *, on: date, at: datetime, about: object = "",
    into: Into | None = None, writer: Writer,
) -> None:  # fmt: skip
    number = row.case.number
    draft = Draft(key_of(kind=kind, number=number, about=about), kind, on, entries, case_number=number)
    writer.post(draft, at=at, into=into)


def key_of(*, kind: str, number: str, about: object) -> str:
    """Return the key of a posting of a case."""
    return f"{kind}/{number}/{about}"


def position(row: Transfer) -> Position:
    """Return what this place's books say of a transfer: the sums of the entries under its case, by account."""
    entries = Entry.objects.filter(transaction__case_number=row.case.number, account__region=row.place).order_by()
    sums = {kind: total for kind, total in entries.values_list("account__kind").annotate(total=Sum("amount_fen"))}
    # A debit of the person's account takes from it; the bank's grows by one.
    return Position(
        account=-sums.get(AccountKind.PERSONAL, 0),
        interest=sums.get(AccountKind.POOL, 0),
        transit=-sums.get(AccountKind.TRANSIT, 0),
        bank=sums.get(AccountKind.BANK, 0),
    )


def rule_refusal(code: str) -> Refusal:
    """Return a reason the rules name."""
    return looking.told(RuleRefusal(code))


def new_move(row: Transfer) -> AccountMove:
    """Return the money track of a side that begins."""
    return AccountMove.objects.create(transfer=row)
