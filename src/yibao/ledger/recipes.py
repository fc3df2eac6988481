"""How each event of the trade stands in the books."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from yibao.ledger.accounts import Account, AccountKind
from yibao.ledger.postings import Posting

Postings = tuple[Posting, ...]


def contribution_received(
    *, region: str, scheme: str, person_id: UUID, parts: Mapping[str, int], credit_fen: int = 0
) -> Postings:
    """Return the entries of a contribution that came in: the bank has it, the funds owe it.

    Args:
        region: Pooling area of the enrolment.
        scheme: employee or resident.
        person_id: The insured person, owner of the personal account.
        parts: Fen paid into each fund: pool, account, large_claim; zeros are left out.
        credit_fen: Fen the pool credits to the personal account over the covered months, 0 or more.

    Raises:
        ValueError: The account would be credited twice, by a part paid into it and by the pool; or nothing was paid.

    Examples:
        >>> entries = contribution_received(region="500000", scheme="employee", person_id=UUID(int=1),
        ...                                 parts={"pool": 489500, "large_claim": 97900}, credit_fen=197580)
        >>> [(str(entry.account.kind), entry.amount_fen) for entry in entries]
        [('bank', 587400), ('pool', -291920), ('large_claim', -97900), ('personal', -197580)]
    """
    if parts.get("account") and credit_fen:
        raise ValueError("the personal account is credited by a part paid into it or by the pool, not by both")
    owed = {
        AccountKind.POOL: parts.get("pool", 0) - credit_fen,
        AccountKind.LARGE_CLAIM: parts.get("large_claim", 0),
        AccountKind.PERSONAL: parts.get("account", 0) + credit_fen,
    }
    lines = [(AccountKind.BANK, sum(parts.values()))] + [(kind, -fen) for kind, fen in owed.items()]
    return tuple(
        Posting(Account(kind, region, scheme, person_id if kind is AccountKind.PERSONAL else None), fen)
        for kind, fen in lines
        if fen
    )


def refund_payable(*, region: str, scheme: str, shares: Mapping[str, int], person_id: UUID | None = None) -> Postings:
    """Return the entries of an approved refund: the funds give it up, it is owed.

    Args:
        region: Pooling area.
        scheme: employee or resident.
        shares: Fen taken from each fund: pool, account, large_claim.
        person_id: Owner of the personal account; needed when `account` is among the shares.

    Examples:
        >>> entries = refund_payable(region="500000", scheme="employee", shares={"pool": 194910})
        >>> [(str(entry.account.kind), entry.amount_fen) for entry in entries]
        [('pool', 194910), ('refunds_payable', -194910)]
    """
    kinds = {"pool": AccountKind.POOL, "account": AccountKind.PERSONAL, "large_claim": AccountKind.LARGE_CLAIM}
    taken = [
        Posting(Account(kinds[fund], region, scheme, person_id if fund == "account" else None), fen)
        for fund, fen in shares.items()
        if fen
    ]
    return (*taken, Posting(Account(AccountKind.REFUNDS_PAYABLE, region, scheme), -sum(shares.values())))


def refund_paid(
    *,
    region: str,
    scheme: str,
    amount_fen: int,
    from_: AccountKind = AccountKind.BANK,
    person_id: UUID | None = None,
) -> Postings:
    """Return the entries of a refund that was paid: out of the bank or the treasury, or into the personal account.

    Args:
        region: Pooling area.
        scheme: employee or resident.
        amount_fen: What was owed.
        from_: The bank, the treasury, or the personal account, which then is owed it.
        person_id: Owner of the personal account; needed for that one only.

    Examples:
        >>> [entry.amount_fen for entry in refund_paid(region="500000", scheme="employee", amount_fen=194910)]
        [194910, -194910]
    """
    payable = Account(AccountKind.REFUNDS_PAYABLE, region, scheme)
    owner = person_id if from_ is AccountKind.PERSONAL else None
    return (Posting(payable, amount_fen), Posting(Account(from_, region, scheme, owner), -amount_fen))


def accounts_merged(*, source: Account, target: Account, balance_fen: int) -> Postings:
    """Return the entries that move the whole balance of one personal account to another of the same person.

    Args:
        source: The duplicate.
        target: The account that is kept.
        balance_fen: What the person has on the duplicate, not zero.
    """
    return (Posting(source, balance_fen), Posting(target, -balance_fen))


def account_departed(*, region: str, scheme: str, person_id: UUID, principal_fen: int, interest_fen: int) -> Postings:
    """Return the entries of a personal account that leaves for another area: settled with interest, then owed to it.

    Args:
        region: The area it leaves.
        scheme: employee or resident.
        person_id: The owner.
        principal_fen: Balance before the interest; with it more than zero.
        interest_fen: What the fund adds at the settlement, 0 or more.

    Examples:
        >>> entries = account_departed(region="500000", scheme="employee", person_id=UUID(int=1),
        ...                            principal_fen=50000, interest_fen=25)
        >>> [(str(entry.account.kind), entry.amount_fen) for entry in entries]
        [('pool', 25), ('personal', -25), ('personal', 50025), ('transit', -50025)]
    """
    person = Account(AccountKind.PERSONAL, region, scheme, person_id)
    amount = principal_fen + interest_fen
    moved = (Posting(person, amount), Posting(Account(AccountKind.TRANSIT, region, scheme), -amount))
    if not interest_fen:
        return moved
    return (Posting(Account(AccountKind.POOL, region, scheme), interest_fen), Posting(person, -interest_fen), *moved)


def transit_paid(*, region: str, scheme: str, amount_fen: int) -> Postings:
    """Return the entries of money that was paid to the area an account moves to: no longer owed, no longer in the bank.

    Examples:
        >>> entries = transit_paid(region="500000", scheme="employee", amount_fen=50025)
        >>> [(str(entry.account.kind), entry.amount_fen) for entry in entries]
        [('transit', 50025), ('bank', -50025)]
    """
    transit, bank = (Account(kind, region, scheme) for kind in (AccountKind.TRANSIT, AccountKind.BANK))
    return (Posting(transit, amount_fen), Posting(bank, -amount_fen))


def transit_arrived(*, region: str, scheme: str, amount_fen: int) -> Postings:
    """Return the entries of money that came from the area an account moves from.

    Examples:
        >>> entries = transit_arrived(region="140100", scheme="employee", amount_fen=50025)
        >>> [(str(entry.account.kind), entry.amount_fen) for entry in entries]
        [('bank', 50025), ('transit', -50025)]
    """
    transit, bank = (Account(kind, region, scheme) for kind in (AccountKind.TRANSIT, AccountKind.BANK))
    return (Posting(bank, amount_fen), Posting(transit, -amount_fen))


def transit_credited(*, region: str, scheme: str, person_id: UUID, amount_fen: int) -> Postings:
    """Return the entries of an account that is credited with what moved to it, arrived already or to be cleared later.

    Examples:
        >>> entries = transit_credited(region="140100", scheme="employee", person_id=UUID(int=1), amount_fen=50025)
        >>> [(str(entry.account.kind), entry.amount_fen) for entry in entries]
        [('transit', 50025), ('personal', -50025)]
    """
    transit = Account(AccountKind.TRANSIT, region, scheme)
    return (
        Posting(transit, amount_fen),
        Posting(Account(AccountKind.PERSONAL, region, scheme, person_id), -amount_fen),
    )
