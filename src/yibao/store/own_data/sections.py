"""What a copy holds: each section with the meaning of each field, in Chinese and English."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from yibao.kernel.money import Money
from yibao.kernel.months import Month
from yibao.store.models import (
    BankAccount,
    BenefitUse,
    Case,
    Contact,
    Contribution,
    ContributionRefund,
    Document,
    Enrolment,
    IssuedPaper,
    Message,
    Payment,
    Person,
    PersonalAccountBalance,
    PersonGroup,
    PromiseLetter,
    Rating,
    ReadLog,
    RecordChange,
    RecordEvent,
    StoredDecision,
)

Field = tuple[str, str, str]
Ids = list[UUID]


@dataclass(frozen=True, slots=True)
class Section:
    """One kind of row.

    Attributes:
        code: Its name in the JSON.
        zh: What it is.
        en: The same in English.
        rows: Its rows of a person, under any of the records that were merged into theirs.
        fields: Path to the value, its meaning in Chinese and in English.
    """

    code: str
    zh: str
    en: str
    rows: Callable[[Ids], Iterable[Model]]
    fields: tuple[Field, ...]


def _of(model: type[Model], path: str = "person_id") -> Callable[[Ids], QuerySet[Any]]:
    return lambda ids: model._default_manager.filter(Q(**{f"{path}__in": ids})).order_by("pk")


SECTIONS = (
    Section("person", "本人", "The person", _of(Person, "pk"), (
        ("identity_kind", "证件种类", "kind of identity"), ("identity", "证件号码", "identity number"),
        ("name", "姓名", "name"), ("phone", "电话", "telephone"), ("sex", "性别（M 男，F 女）", "sex"),
        ("born", "出生日期", "date of birth"), ("died_on", "死亡日期", "date of death"),
        ("retired_on", "退休日期", "date of retirement"), ("legal_age_on", "法定退休年龄日期", "date of the legal age"),
        ("region", "参保地代码", "code of the place"), ("synthetic", "是否虚构数据", "invented person"),
    )),
    Section("groups", "人群身份", "Groups", _of(PersonGroup), (
        ("code", "人群代码", "group"), ("start", "起始日", "from"), ("end", "终止日（不含）", "until, not included"),
    )),
    Section("enrolments", "参保关系", "Enrolments", _of(Enrolment), (
        ("scheme", "险种", "scheme"), ("category", "参保方式", "insured as"), ("tier", "档次", "tier"),
        ("unit.name", "单位", "unit"), ("region", "参保地代码", "code of the place"), ("start", "起始日", "from"),
        ("end", "终止日（不含）", "until, not included"), ("status", "状态", "status"),
        ("benefits_from", "待遇享受起始日", "benefits from"), ("years_kind", "年限种类", "kind of years"),
    )),
    Section("payments", "缴费记录", "Payments made", _of(Contribution, "enrolment__person_id"), (
        ("kind", "缴费方式", "kind"), ("first_month", "起始月", "first month"),
        ("end_month", "终止月（不含）", "until month, not included"), ("paid_on", "缴费日期", "paid on"),
        ("amount_fen", "金额（元）", "amount in yuan"), ("payer", "缴费方", "payer"),
        ("base_fen", "缴费基数（元）", "base in yuan"), ("rate", "费率（万分之）", "rate in ten-thousandths"),
    )),
    Section("refunded", "已退月份", "Months refunded", _of(ContributionRefund, "contribution__enrolment__person_id"), (
        ("first_month", "起始月", "first month"), ("end_month", "终止月（不含）", "until month, not included"),
        ("amount_fen", "金额（元）", "amount in yuan"), ("case_number", "申请编号", "case"),
    )),
    Section("benefits", "待遇使用记录", "Care paid for", _of(BenefitUse, "enrolment__person_id"), (
        ("on", "日期", "date"), ("kind", "种类", "kind"), ("amount_fen", "金额（元）", "amount in yuan"),
    )),
    Section("events", "其他登记事项", "Events on record", _of(RecordEvent), (
        ("kind", "事项", "event"), ("on", "日期", "date"), ("data", "内容", "content"),
    )),
    Section("account", "个人账户余额", "Personal account", _of(PersonalAccountBalance, "account__person_id"), (
        ("account.scheme", "险种", "scheme"), ("account.region", "统筹区代码", "code of the pooling area"),
        ("balance_fen", "余额（元）", "balance in yuan"),
    )),
    Section("bank_accounts", "收款账户", "Bank accounts", _of(BankAccount), (
        ("bank_name", "开户银行", "bank"), ("holder", "户名", "holder"), ("number", "账号", "account"),
        ("added_at", "登记时间", "entered at"), ("case_number", "申请编号", "case"),
    )),
    Section("cases", "申请", "Cases", _of(Case), (
        ("number", "申请编号", "case"), ("service", "事项", "service"), ("state", "状态", "state"),
        ("amount_fen", "金额（元）", "amount in yuan"), ("opened_on", "开始日期", "begun on"),
        ("submitted_on", "提交日期", "sent on"), ("due_on", "承诺办结日期", "promised day"),
        ("closed_on", "办结日期", "closed on"),
    )),
    Section("decisions", "核定结果", "Decisions", _of(StoredDecision, "case__person_id"), (
        ("case.number", "申请编号", "case"), ("decided_on", "核定日期", "decided on"), ("outcome", "结果", "outcome"),
        ("amount_fen", "金额（元）", "amount in yuan"), ("pack_version_id", "规则版本", "version of the rules"),
        ("case_file", "核定时所依据的资料", "what the decision was made from"),
    )),
    Section("documents", "提交的材料", "Papers handed in", _of(Document, "case__person_id"), (
        ("case.number", "申请编号", "case"), ("material", "材料", "material"), ("name", "文件名", "file name"),
        ("content_type", "类型", "type"), ("size", "字节数", "bytes"), ("sha256", "文件摘要", "SHA-256 of the file"),
        ("added_at", "提交时间", "handed in at"), ("removed_at", "撤回时间", "taken back at"),
    )),
    Section("papers", "出具的文书", "Papers issued", _of(IssuedPaper, "case__person_id"), (
        ("number", "文书编号", "number"), ("kind", "文书", "kind"), ("issued_on", "出具日期", "issued on"),
        ("case.number", "申请编号", "case"),
    )),
    Section("money", "付款", "Money paid out", _of(Payment, "case__person_id"), (
        ("case.number", "申请编号", "case"), ("amount_fen", "金额（元）", "amount in yuan"),
        ("route", "付款方式", "route"), ("status", "状态", "status"), ("sent_on", "付款日期", "sent on"),
        ("settled_on", "到账或退回日期", "settled on"),
        ("reference", "银行流水号", "bank reference"), ("reason", "退回原因", "why it came back"),
    )),
    Section("contacts", "联系方式", "How to be reached", _of(Contact), (
        ("channel", "方式", "channel"), ("address", "地址或号码", "address or number"),
        ("wanted", "是否愿意接收", "wanted"), ("confirmed_at", "验证时间", "confirmed at"),
    )),
    Section("messages", "消息", "Messages", _of(Message), (
        ("made_at", "时间", "when"), ("kind", "消息", "message"), ("case_number", "申请编号", "case"),
        ("read_at", "阅读时间", "read at"),
    )),
    Section("promises", "告知承诺书", "Promise letters", _of(PromiseLetter), (
        ("number", "编号", "number"), ("case.number", "申请编号", "case"), ("material", "代替的材料", "in place of"),
        ("signer", "签名", "signed as"), ("signed_on", "签署日期", "signed on"), ("keep_until", "保存至", "kept until"),
        ("taken_back_at", "收回时间", "taken back at"),
    )),
    Section("ratings", "评价", "Ratings", _of(Rating), (
        ("case.number", "申请编号", "case"), ("step", "环节", "step"), ("grade", "评分", "grade"),
        ("remark", "评语", "remark"), ("rated_on", "评价日期", "rated on"),
    )),
    Section("changes", "档案更正", "Corrections of the record", _of(RecordChange), (
        ("case.number", "申请编号", "case"), ("target", "更正的记录", "record"), ("field", "项目", "item"),
        ("before", "更正前", "before"), ("after", "更正后", "after"), ("changed_on", "更正日期", "changed on"),
    )),
    Section("looks", "谁看过我的记录", "Who looked at the record", _of(ReadLog), (
        ("at", "时间", "when"), ("reader_kind", "查看人", "who"), ("role", "岗位", "role"),
        ("purpose", "目的", "purpose"), ("case_number", "申请编号", "case"), ("unmasking.note", "说明", "note"),
    )),
)  # fmt: skip


def collected(person: Person) -> list[tuple[Section, list[list[Any]]]]:
    """Return every section with its rows, as texts, numbers and nothing else.

    Args:
        person: Whose record; those merged into it count as theirs.
    """
    ids = [person.pk, *Person.objects.filter(merged_into=person).values_list("pk", flat=True)]
    return [
        (section, [[_plain(path, _value(row, path)) for path, _zh, _en in section.fields] for row in section.rows(ids)])
        for section in SECTIONS
    ]


def _value(row: Any, path: str) -> Any:
    for name in path.split("."):
        row = getattr(row, name, None)
    return row


def _plain(path: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | str | dict | list):
        return value
    if path.endswith("_fen"):
        return f"{'-' if value < 0 else ''}{Money(abs(value))}"
    if path.endswith("_month"):
        return str(Month.from_index(value))
    return value.isoformat() if hasattr(value, "isoformat") else value
