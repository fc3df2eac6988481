"""A batch of transfers as it is told to a bank; amounts are whole fen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

END_TO_END = "P{:012d}"


@dataclass(frozen=True, slots=True)
class Party:
    """One who pays or is paid: a name, and an account at a bank of the clearing system.

    Attributes:
        name: Holder of the account.
        account: Number of the account; Chinese accounts have no IBAN.
        clearing_code: Twelve digits of the bank branch in CNAPS (联行号).
    """

    name: str
    account: str
    clearing_code: str


@dataclass(frozen=True, slots=True)
class Order:
    """One transfer.

    Attributes:
        end_to_end: The name both sides know it by; see `end_to_end`.
        amount_fen: More than nothing.
        payee: Who gets it.
        memo: What for, without personal data.
    """

    end_to_end: str
    amount_fen: int
    payee: Party
    memo: str = ""


@dataclass(frozen=True, slots=True)
class Bulk:
    """All transfers of one message.

    Attributes:
        message_id: Number of the batch; the bank answers to it.
        made_at: The moment it was released; the same batch gives the same bytes.
        execute_on: The day the bank is to pay.
        payer: The fund's own account.
        orders: In the order of the batch.
    """

    message_id: str
    made_at: datetime
    execute_on: date
    payer: Party
    orders: tuple[Order, ...]

    @property
    def total_fen(self) -> int:
        """Return the control sum."""
        return sum(order.amount_fen for order in self.orders)


class BankFileInvalid(ValueError):
    """A file of a bank cannot be used; nothing was changed. Show the sentence.

    Attributes:
        zh: Why, in Chinese.
        en: The same in English.
    """

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh, self.en = zh, en


def end_to_end(payment: int) -> str:
    """Return the end-to-end id of a payment.

    Examples:
        >>> end_to_end(127)
        'P000000000127'
    """
    return END_TO_END.format(payment)


def payment_of(name: str) -> int | None:
    """Return the payment an end-to-end id stands for, or None where it is none of ours.

    Examples:
        >>> payment_of("P000000000127"), payment_of("X1"), payment_of("P12")
        (127, None, None)
    """
    digits = name[1:]
    if not (digits.isascii() and digits.isdecimal()) or end_to_end(int(digits)) != name:
        return None
    return int(digits)
