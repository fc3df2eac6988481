"""The money of a case in the books: owed at the last signature, paid by the desk, taken back by reversal only."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yibao.kernel.money import Money
from yibao.ledger import recipes
from yibao.ledger.accounts import Account, AccountKind
from yibao.ledger.journal import Draft
from yibao.ledger.postings import Posting
from yibao.services.refund.actions.shares import FundedLine, by_receiver, fund_shares
from yibao.services.refund.models import RefundedMonth, RefundRequest
from yibao.services.refund.rulebook import GivenBack
from yibao.store import posting, ready, together
from yibao.store.models import Case, Contribution, JournalTransaction, Payment

PAYABLE = "refund.payable"
PAID = "refund.paid"
TREASURY_FLOW = "F2"
"""The flow in which the treasury pays (国库退费); its reference comes back on paper."""
PRICE_ONLY = GivenBack((), price=True)
"""What an amount stands for that an agency determined: the rules name no months for it."""
_LOCK = "SELECT id FROM store_contribution WHERE id {among} ORDER BY id {lock}"
_TAKEN = """
SELECT contribution_id, month, ground, amount_fen FROM refund_refundedmonth WHERE contribution_id {among}
UNION ALL SELECT contribution_id, 0, '', amount_fen FROM store_contributionrefund
WHERE contribution_id {among} AND case_number = ''
"""
_OF_TAKEN = ("bigint", "bigint", "text", "bigint")


def owe(
    *,
    case: Case,
    request: RefundRequest,
    plain: Mapping[str, Any],
    given: Mapping[str, GivenBack],
    balance: Money,
    on: date,
    at: datetime,
    seq: int,
    beside: ready.Writes,
) -> Callable[[], None]:
    """Post what an approved refund owes, out of the funds that had the money.

    Args:
        case: The case, locked.
        request: Its answers.
        plain: The decision as the contract states it; it pays something.
        given: What is given back of each payment.
        balance: What the personal account holds.
        on: Accounting date.
        at: The moment.
        seq: Number of the action that approves it.
        beside: What is written with the signature.

    Returns:
        What is to be called once that was written; it may refuse with `period_closed` or as the ledger does, and ends
        the transaction then.
    """
    draft = owed(case=case, request=request, plain=plain, given=given, balance=balance, on=on, seq=seq)
    return posting.post_along(draft=draft, at=at, writes=beside)


def personal_account(*, case: Case, plain: Mapping[str, Any]) -> Account:
    """Return the personal account a decision may take credits back from."""
    return Account(AccountKind.PERSONAL, plain["pack"]["region"], "employee", person_id=case.person_id)


def owed(
    *,
    case: Case,
    request: RefundRequest,
    plain: Mapping[str, Any],
    given: Mapping[str, GivenBack],
    balance: Money,
    on: date,
    seq: int,
) -> Draft:
    """Return the posting of what an approved refund owes.

    Args:
        case: The case, locked.
        request: Its answers.
        plain: The decision.
        given: What is given back of each payment.
        balance: What the personal account holds.
        on: Accounting date.
        seq: Number of the action that approves it.
    """
    region = plain["pack"]["region"]
    debits: dict[tuple[str, str], int] = {}
    for line in paid_lines(plain=plain, request=request):
        contribution = request.chosen[line["payment"]]
        shares = fund_shares(line=_funded(line, contribution, given), account_balance=balance)
        balance = balance - Money(shares["account"])
        for fund, fen in shares.items():
            key = (contribution.enrolment.scheme, fund)
            debits[key] = debits.get(key, 0) + fen
    return _draft(case, kind=PAYABLE, suffix=str(seq), on=on, postings=_payable(case, region, debits))


def _payable(case: Case, region: str, debits: Mapping[tuple[str, str], int]) -> list[Posting]:
    shares: dict[str, dict[str, int]] = {}
    for (scheme, fund), fen in debits.items():
        shares.setdefault(scheme, {})[fund] = fen
    return [
        entry
        for scheme, taken in shares.items()
        for entry in recipes.refund_payable(region=region, scheme=scheme, shares=taken, person_id=case.person_id)
    ]


def paid_lines(*, plain: Mapping[str, Any], request: RefundRequest) -> list[dict[str, Any]]:
    """Return the lines that bring money: the decision's, or one made of the amount an agency determined.

    Raises:
        ValueError: A decision for a person without a determined amount was approved; the gates forbid it.
    """
    if plain["decision"] != "manual":
        return [line for line in plain["lines"] if by_receiver(line["parts"])]
    if request.determined_fen is None:
        raise ValueError("a manual decision is paid only with a determined amount")
    amount = str(Money(request.determined_fen))
    receiver = request.applicant if request.applicant in ("heir", "unit") else "person"
    first = next(iter(request.chosen))
    parts = [{"receiver": receiver, "amount": amount}]
    return [{"payment": first, "offset": "0.00", "refund": amount, "parts": parts}]


def receivers(*, plain: Mapping[str, Any], request: RefundRequest) -> dict[tuple[str, str], Money]:
    """Return what is owed by receiver and scheme."""
    schemes = {name: row.enrolment.scheme for name, row in request.chosen.items()}
    total: dict[tuple[str, str], Money] = {}
    for line in paid_lines(plain=plain, request=request):
        for receiver, amount in by_receiver(line["parts"]).items():
            key = (receiver, schemes[line["payment"]])
            total[key] = total.get(key, Money(0)) + amount
    return total


def _funded(line: Mapping[str, Any], contribution: Contribution, given: Mapping[str, GivenBack]) -> FundedLine:
    back = given.get(line["payment"], PRICE_ONLY)
    months = () if back.price else back.months
    large = sum(part.amount_fen for part in contribution.parts_held if part.fund == "large_claim")
    credited = sum(
        credit.amount_fen
        for credit in contribution.credits_held
        for month in months
        if credit.kind == "credit" and credit.first_month <= month < credit.end_month
    )
    return FundedLine(
        refund=Money.parse(line["refund"]),
        offset=Money.parse(line["offset"]),
        months=len(months),
        months_covered=contribution.end_month - contribution.first_month,
        large_claim=Money(large),
        credited=Money(credited),
    )


def route_of(*, plain: Mapping[str, Any], by_slip: bool = False) -> str:
    """Return the way a payment takes: the treasury pays by papers of its own, whatever way the money came."""
    if (plain.get("payout") or {}).get("flow") == TREASURY_FLOW:
        return "treasury"
    return "slip" if by_slip else "original"


def pay_out(*, case: Case, payment: Payment, scheme_amounts: Mapping[str, Money], region: str, at: datetime) -> None:
    """Post a payment that leaves the bank, or goes to the personal account, and tie it to its row."""
    from_ = AccountKind.TREASURY if payment.route == "treasury" else AccountKind.BANK
    if payment.receiver == "account":
        from_ = AccountKind.PERSONAL
    postings = [
        part
        for scheme, amount in scheme_amounts.items()
        for part in recipes.refund_paid(
            region=region, scheme=scheme, amount_fen=amount.fen, from_=from_, person_id=case.person_id
        )
    ]
    suffix = f"{payment.receiver}/{payment.pk}"
    payment.transaction = _post(case, kind=PAID, suffix=suffix, on=payment.sent_on, at=at, postings=postings)
    payment.save(update_fields=["transaction"])


def came_back(*, payment: Payment, on: date, at: datetime) -> None:
    """Reverse a payment that came back: the bank has it again, and it is owed again."""
    sent = payment.transaction
    if sent is None:
        raise ValueError(f"payment {payment.pk} was never posted")
    posting.reverse(transaction_id=sent.pk, key=f"{sent.key}/bounced", accounting_date=on, at=at)


def _post(case: Case, *, kind: str, suffix: str, on: date, at: datetime, postings: list[Posting]) -> JournalTransaction:
    return posting.post(draft=_draft(case, kind=kind, suffix=suffix, on=on, postings=postings), at=at)


def _draft(case: Case, *, kind: str, suffix: str, on: date, postings: list[Posting]) -> Draft:
    key = f"refund/{case.number}/{kind}/{suffix}"
    return Draft(key=key, kind=kind, accounting_date=on, postings=tuple(postings), case_number=case.number)


@dataclass(frozen=True, slots=True)
class Taken:
    """What has been given back of contributions that are locked.

    Attributes:
        months: Set aside or given back by cases, by contribution.
        earlier: Fen given back before this system, by contribution.
    """

    months: dict[int, list[RefundedMonth]]
    earlier: dict[int, int]


def reserve(
    *,
    case: Case,
    plain: Mapping[str, Any],
    request: RefundRequest,
    given: Mapping[str, GivenBack],
    taken: Taken,
    beside: ready.Writes,
) -> str:
    """Set aside the months an approved case gives back; the database refuses a month twice.

    Args:
        case: The case, locked.
        plain: The decision.
        request: The answers.
        given: What is given back of each payment.
        taken: What has been given back before.
        beside: What the months are written along with.

    Returns:
        Empty when all went well, else the code of the refusal: already_refunded or more_than_paid.
    """
    code, rows = reservable(case=case, plain=plain, request=request, given=given, taken=taken)
    beside.insert(rows)
    return code


def taken_of(contributions: Iterable[Contribution]) -> Taken:
    """Lock contributions in their order and return what has been given back of them, in two statements."""
    keys, select = _held_fast(contributions)
    return _taken(keys, *together.read(select))


def taken_and_held(contributions: Iterable[Contribution], *, account: Account) -> tuple[Taken, Money]:
    """Do as `taken_of`, and return what a personal account holds as well, in as many statements."""
    keys, select = _held_fast(contributions)
    taken, held = together.read(select, posting.held_select([account]))
    return _taken(keys, taken), Money(max(0, sum(fen for _, fen in held)))


def _held_fast(contributions: Iterable[Contribution]) -> tuple[list[int], together.Select]:
    keys = [row.pk for row in contributions]
    # Locked, so that two cases of one payment cannot both find room.
    ready.rows(_LOCK, keys)
    return keys, together.Select(_TAKEN, _OF_TAKEN, (keys, keys))


def _taken(keys: Sequence[int], rows: Iterable[Sequence[Any]]) -> Taken:
    taken = Taken({pk: [] for pk in keys}, dict.fromkeys(keys, 0))
    for contribution, month, ground, fen in rows:
        if ground:
            row = ready.new(RefundedMonth, contribution_id=contribution, month=month, ground=ground, amount_fen=fen)
            taken.months[contribution].append(row)
        else:
            taken.earlier[contribution] += fen
    return taken


def reservable(
    *, case: Case, plain: Mapping[str, Any], request: RefundRequest, given: Mapping[str, GivenBack], taken: Taken
) -> tuple[str, list[RefundedMonth]]:
    """Return the months a case would set aside, or the code of the refusal and none.

    Args:
        case: The case, locked.
        plain: The decision.
        request: The answers.
        given: What is given back of each payment.
        taken: What has been given back; the months returned are not yet part of it.
    """
    rows: list[RefundedMonth] = []
    for line in paid_lines(plain=plain, request=request):
        contribution = request.chosen[line["payment"]]
        amount, back = Money.parse(line["refund"]), given.get(line["payment"], PRICE_ONLY)
        own = [row for row in rows if row.contribution_id == contribution.pk]
        if not _room(contribution, amount, taken, own):
            return "more_than_paid", []
        span = range(contribution.first_month, contribution.end_month)
        months = list(span if back.price else back.months)
        rows += _spread(case, contribution, months, "price" if back.price else "cover", amount)
    held = [row for pk in {row.contribution_id for row in rows} for row in taken.months[pk]]
    known = {(row.contribution_id, row.month, row.ground) for row in held}
    if any((row.contribution_id, row.month, row.ground) in known for row in rows):
        return "already_refunded", []
    return "", rows


def _room(contribution: Contribution, amount: Money, taken: Taken, own: list[RefundedMonth]) -> bool:
    if contribution.amount_fen is None:
        return True
    given = sum(row.amount_fen for row in [*taken.months[contribution.pk], *own])
    return given + taken.earlier.get(contribution.pk, 0) + amount.fen <= contribution.amount_fen


def _spread(
    case: Case, contribution: Contribution, months: list[int], ground: str, amount: Money
) -> list[RefundedMonth]:
    each, rest = divmod(amount.fen, len(months))
    return [
        ready.new(
            RefundedMonth,
            contribution_id=contribution.pk,
            month=month,
            ground=ground,
            case_id=case.pk,
            amount_fen=each + (0 if place else rest),
        )
        for place, month in enumerate(months)
    ]


def take_back(*, case: Case, on: date, at: datetime, why: str) -> None:
    """Reverse what the case owes and free its months; money that left the bank is never taken back here.

    Args:
        case: The case, locked.
        on: Accounting date of the reversal.
        at: The moment.
        why: One word for the key of the reversal.
    """
    for owed in JournalTransaction.objects.filter(case_number=case.number, kind=PAYABLE, reversed_by__isnull=True):
        posting.reverse(transaction_id=owed.pk, key=f"{owed.key}/{why}", accounting_date=on, at=at)
    RefundedMonth.objects.filter(case=case).delete()


def has_bounced(case: Case) -> bool:
    """Return whether money of the case came back and has not been sent again."""
    return case.payments.filter(status="bounced").exists() and not case.payments.filter(status="sent").exists()
