"""What the copy of a person's own data holds of their refunds, beside the case itself."""

from yibao.services.refund.models import RefundedMonth, RefundRequest
from yibao.store.own_data.sections import Section, of

SECTIONS = (
    Section("refund_answers", "退费申请内容", "Answers of refunds", of(RefundRequest, path="case__person_id"), (
        ("case.number", "申请编号", "case"), ("reason", "申请原因", "reason"), ("applicant", "申请人", "applicant"),
        ("channel", "渠道", "channel"), ("bank_account.number", "收款账号", "account"),
        ("determined_fen", "核定金额（元）", "amount determined in yuan"),
        ("determined_worksheet", "核定依据", "how it was determined"),
    )),
    Section("refund_months", "退费月份", "Months given back", of(RefundedMonth, path="case__person_id"), (
        ("case.number", "申请编号", "case"), ("month", "月份", "month"), ("ground", "原因", "ground"),
        ("amount_fen", "金额（元）", "amount in yuan"),
    )),
)  # fmt: skip
