"""What the copy of a person's own data holds of their corrections, beside the case itself."""

from yibao.services.correction.models import CorrectionRequest
from yibao.store.own_data.sections import Section, of

SECTIONS = (
    Section("correction_wishes", "更正申请内容", "Corrections asked", of(CorrectionRequest, path="case__person_id"), (
        ("case.number", "申请编号", "case"), ("target", "更正的记录", "record"), ("field", "项目", "item"),
        ("before", "申请时登记的", "registered then"), ("wanted", "申请改为", "asked for"), ("why", "理由", "reason"),
    )),
)  # fmt: skip
