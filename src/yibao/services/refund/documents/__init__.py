"""The papers of a refund: 退保申请表, 退款单, 受理回执, 一次性告知书, 决定书 and 告知承诺书."""

from yibao.services.refund.documents.check import check_address
from yibao.services.refund.documents.copies import marked
from yibao.services.refund.documents.papers import (
    AcceptanceReceipt,
    ApplicationForm,
    CorrectionNotice,
    DecisionLetter,
    LetterStep,
    PaidLine,
    Paper,
    PromiseLetter,
    RefundSlip,
    Stamp,
    Told,
)
from yibao.services.refund.documents.typeset import typeset

__all__ = [
    "AcceptanceReceipt",
    "ApplicationForm",
    "CorrectionNotice",
    "DecisionLetter",
    "LetterStep",
    "PaidLine",
    "Paper",
    "PromiseLetter",
    "RefundSlip",
    "Stamp",
    "Told",
    "check_address",
    "marked",
    "typeset",
]
