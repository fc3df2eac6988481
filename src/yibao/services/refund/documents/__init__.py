"""The papers of a refund, from the 退保申请表 to the 退款单; blank ones to be filled in by hand are in `blank`."""

from yibao.services.papers.check import Stamp, check_address
from yibao.services.refund.documents.papers import (
    AcceptanceReceipt,
    ApplicationForm,
    BlankApplication,
    BlankAuthorisation,
    BouncedNotice,
    CorrectionNotice,
    DecisionLetter,
    LetterStep,
    NotAcceptedNotice,
    PaidLine,
    Paper,
    PaymentNotice,
    PromiseLetter,
    RefundSlip,
    Told,
    Transfer,
    WithdrawalConfirmation,
)
from yibao.services.refund.documents.typeset import typeset, wording_of

__all__ = [
    "AcceptanceReceipt",
    "ApplicationForm",
    "BlankApplication",
    "BlankAuthorisation",
    "BouncedNotice",
    "CorrectionNotice",
    "DecisionLetter",
    "LetterStep",
    "NotAcceptedNotice",
    "PaidLine",
    "Paper",
    "PaymentNotice",
    "PromiseLetter",
    "RefundSlip",
    "Stamp",
    "Told",
    "Transfer",
    "WithdrawalConfirmation",
    "check_address",
    "typeset",
    "wording_of",
]
