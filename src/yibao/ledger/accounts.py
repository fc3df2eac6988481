"""The chart of accounts: one of each kind per region and scheme, one personal account per person and region."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class AccountKind(StrEnum):
    """What an account stands for."""

    POOL = "pool"
    LARGE_CLAIM = "large_claim"
    PERSONAL = "personal"
    RECEIVABLE = "receivable"
    RECEIVED = "received"
    REFUNDS_PAYABLE = "refunds_payable"
    BANK = "bank"
    TREASURY = "treasury"
    TRANSIT = "transit"
    PROVIDER_PAYABLE = "provider_payable"
    SUSPENSE = "suspense"


LABELS = {
    AccountKind.POOL: ("统筹基金", "pooled fund"),
    AccountKind.LARGE_CLAIM: ("大额医疗互助资金", "large-claim fund"),
    AccountKind.PERSONAL: ("个人账户", "personal account"),
    AccountKind.RECEIVABLE: ("应收保费", "contributions receivable"),
    AccountKind.RECEIVED: ("已收保费", "contributions received"),
    AccountKind.REFUNDS_PAYABLE: ("应付退费", "refunds payable"),
    AccountKind.BANK: ("银行存款", "bank"),
    AccountKind.TREASURY: ("国库", "treasury"),
    AccountKind.TRANSIT: ("在途转移资金", "transfer in transit"),
    AccountKind.PROVIDER_PAYABLE: ("应付医药机构", "payable to providers"),
    AccountKind.SUSPENSE: ("待处理款项", "suspense"),
}


@dataclass(frozen=True, slots=True)
class Account:
    """One account of the chart.

    Attributes:
        kind: What it stands for.
        region: Six digits of the pooling area.
        scheme: employee or resident.
        person_id: The owner; exactly the personal accounts have one.
        unit_id: The unit or provider it is kept for, where it is kept per unit.

    Raises:
        ValueError: A personal account without a person, or another one with; that is a bug in the caller.

    Examples:
        >>> Account(AccountKind.POOL, "500000", "employee").code
        '500000/employee/pool'
    """

    kind: AccountKind
    region: str
    scheme: str
    person_id: UUID | None = None
    unit_id: UUID | None = None

    def __post_init__(self) -> None:
        if (self.kind is AccountKind.PERSONAL) != (self.person_id is not None):
            raise ValueError(f"an account of kind {self.kind} and person {self.person_id} cannot be")

    @property
    def code(self) -> str:
        """Return the account's name in the journal, unique in the whole system."""
        owner = self.person_id or self.unit_id
        parts = [self.region, self.scheme, str(self.kind)] + ([owner.hex] if owner else [])
        return "/".join(parts)

    @classmethod
    def parse(cls, code: str) -> Account:
        """Return the account of a code.

        Raises:
            ValueError: The code names no account.

        Examples:
            >>> Account.parse("500000/employee/bank").kind
            <AccountKind.BANK: 'bank'>
        """
        region, scheme, kind_code, *owner = code.split("/")
        kind = AccountKind(kind_code)
        owner_id = UUID(hex=owner[0]) if owner else None
        if kind is AccountKind.PERSONAL:
            return cls(kind, region, scheme, person_id=owner_id)
        return cls(kind, region, scheme, unit_id=owner_id)
