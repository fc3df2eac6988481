"""The papers of a refund: 退保申请表, 退款单, 受理回执 and 一次性告知书."""

from yibao.services.refund.documents.check import check_address
from yibao.services.refund.documents.papers import (
    AcceptanceReceipt,
    ApplicationForm,
    CorrectionNotice,
    PaidLine,
    Paper,
    RefundSlip,
    Stamp,
)
from yibao.services.refund.documents.typeset import typeset

__all__ = [
    "AcceptanceReceipt",
    "ApplicationForm",
    "CorrectionNotice",
    "PaidLine",
    "Paper",
    "RefundSlip",
    "Stamp",
    "check_address",
    "typeset",
]
