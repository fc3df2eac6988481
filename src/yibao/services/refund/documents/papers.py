"""What each paper of a refund states. One class per paper; the template of the same name lays it out."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from yibao.kernel.money import Money


@dataclass(frozen=True, slots=True)
class PaidLine:
    """One payment as a paper shows it: what was paid, for which months, and what of it comes back."""

    label: str
    months: str
    paid: Money
    refund: Money | None
    receiver: str


@dataclass(frozen=True, slots=True)
class ApplicationForm:
    """城镇居民基本医疗保险退保申请表: what the person asked for, on which payments, with which materials."""

    template: ClassVar[str] = "application_form"
    prefix: ClassVar[str] = "SQ"

    name: str
    masked_id: str
    masked_phone: str
    applied_on: date
    reason: str
    channel: str
    bank: str
    account_holder: str
    masked_account: str
    lines: tuple[PaidLine, ...]
    materials: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class RefundSlip:
    """城镇居民基本医疗保险退款单: taken to the finance window; states one amount to one receiver."""

    template: ClassVar[str] = "refund_slip"
    prefix: ClassVar[str] = "TK"

    name: str
    masked_id: str
    receiver: str
    amount: Money
    decided_on: date
    basis: tuple[str, ...]
    approvals: tuple[tuple[str, str, date], ...]
    lines: tuple[PaidLine, ...]
    bank: str
    masked_account: str


@dataclass(frozen=True, slots=True)
class AcceptanceReceipt:
    """受理回执: the case was accepted, and by which day it will be decided."""

    template: ClassVar[str] = "acceptance_receipt"
    prefix: ClassVar[str] = "SL"

    name: str
    masked_id: str
    item: str
    accepted_on: date
    due_on: date | None
    due_is_provisional: bool
    materials: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CorrectionNotice:
    """一次性告知书: everything that is missing, said once."""

    template: ClassVar[str] = "correction_notice"
    prefix: ClassVar[str] = "GZ"

    name: str
    item: str
    told_on: date
    due_on: date | None
    missing: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Told:
    """A sentence in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class LetterStep:
    """One thing that led to the decision: what, its value, and where it comes from."""

    label: Told
    value: Told
    source: Told


@dataclass(frozen=True, slots=True)
class DecisionLetter:
    """决定书: what was decided, why, on which documents, and what can be done against it."""

    template: ClassVar[str] = "decision_letter"
    prefix: ClassVar[str] = "JD"

    name: str
    masked_id: str
    item: str
    decided_on: date
    result: Told
    amount: Money | None
    lines: tuple[PaidLine, ...]
    reasons: tuple[Told, ...]
    steps: tuple[LetterStep, ...]
    sources: tuple[str, ...]
    low_confidence: bool
    remedies: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class PromiseLetter:
    """告知承诺书: what was told, what is promised instead of a material, and who signed it when."""

    template: ClassVar[str] = "promise_letter"
    prefix: ClassVar[str] = "CN"

    name: str
    masked_id: str
    signer: str
    material: str
    told: Told
    promise: Told
    consequence: Told
    basis: Told
    way: Told
    signed_at: str
    at_window: bool
    keep_until: date


@dataclass(frozen=True, slots=True)
class NotAcceptedNotice:
    """不予受理告知书: the application is not taken up, why, and what can be done against that."""

    template: ClassVar[str] = "not_accepted_notice"
    prefix: ClassVar[str] = "BS"

    name: str
    masked_id: str
    item: str
    submitted_on: date
    told_on: date
    reason: Told
    remedies: tuple[Told, ...]


@dataclass(frozen=True, slots=True)
class WithdrawalConfirmation:
    """撤回申请确认书: the application was taken back, by whom it was asked, and what that means."""

    template: ClassVar[str] = "withdrawal_confirmation"
    prefix: ClassVar[str] = "CH"

    name: str
    masked_id: str
    item: str
    submitted_on: date
    withdrawn_on: date
    reason: Told
    lines: tuple[PaidLine, ...]


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money on its way to one receiver."""

    receiver: Told
    amount: Money
    way: Told
    bank: str
    masked_account: str


@dataclass(frozen=True, slots=True)
class PaymentNotice:
    """退费支付通知书: the money was sent, how much to whom, by which way."""

    template: ClassVar[str] = "payment_notice"
    prefix: ClassVar[str] = "ZF"

    name: str
    masked_id: str
    item: str
    sent_on: date
    amount: Money
    transfers: tuple[Transfer, ...]


@dataclass(frozen=True, slots=True)
class BouncedNotice:
    """退费未到账通知书: the bank sent the money back, why, and what the person is to do."""

    template: ClassVar[str] = "bounced_notice"
    prefix: ClassVar[str] = "TH"

    name: str
    masked_id: str
    item: str
    bounced_on: date
    amount: Money
    transfers: tuple[Transfer, ...]
    reason: Told


@dataclass(frozen=True, slots=True)
class BlankApplication:
    """退保申请表 to be filled in by hand."""

    template: ClassVar[str] = "blank_application"

    reasons: tuple[Told, ...]
    materials: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BlankAuthorisation:
    """授权委托书 to be filled in by hand: who, what for, how far, until when."""

    template: ClassVar[str] = "blank_authorisation"

    basis: str


Paper = (
    ApplicationForm
    | RefundSlip
    | AcceptanceReceipt
    | CorrectionNotice
    | DecisionLetter
    | PromiseLetter
    | NotAcceptedNotice
    | WithdrawalConfirmation
    | PaymentNotice
    | BouncedNotice
)
