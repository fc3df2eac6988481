"""What a copy holds: each section with the meaning of each field, in Chinese and English."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model, Q, QuerySet

from yibao.kernel.money import Money
from yibao.kernel.months import Month
from yibao.store.models import (
    AccountCredit,
    BankAccount,
    BenefitUse,
    CallBack,
    Case,
    CaseAction,
    CitizenLogin,
    Contact,
    Contribution,
    ContributionPart,
    ContributionRefund,
    DataCopy,
    Delivery,
    Document,
    Enrolment,
    Entry,
    IssuedPaper,
    Message,
    MovedEnrolment,
    Payment,
    Person,
    PersonalAccountBalance,
    PersonGroup,
    PromiseCheck,
    PromiseLetter,
    ProviderLogin,
    Rating,
    ReadLog,
    RecordChange,
    RecordEvent,
    Representation,
    ShownPlace,
    StoredDecision,
    UnitAgent,
    WindowCode,
)

Field = tuple[str, str, str]
Ids = list[UUID]
_PAID = "contribution__enrolment__person_id"


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


def of(model: type[Model], *, path: str = "person_id") -> Callable[[Ids], QuerySet[Any]]:
    """Return what finds a person's rows of a model.

    Args:
        model: The table.
        path: The way from a row to the person's key.
    """
    return lambda ids: model._default_manager.filter(Q(**{f"{path}__in": ids})).order_by("pk")


def _represented(ids: Ids) -> QuerySet[Any]:
    return Representation.objects.filter(Q(represented_id__in=ids) | Q(representative_id__in=ids)).order_by("pk")


SECTIONS = (
    Section("person", "本人", "The person", of(Person, path="pk"), (
        ("identity_kind", "证件种类", "kind of identity"), ("identity", "证件号码", "identity number"),
        ("name", "姓名", "name"), ("phone", "电话", "telephone"), ("sex", "性别（M 男，F 女）", "sex"),
        ("born", "出生日期", "date of birth"), ("died_on", "死亡日期", "date of death"),
        ("retired_on", "退休日期", "date of retirement"), ("legal_age_on", "法定退休年龄日期", "date of the legal age"),
        ("region", "参保地代码", "code of the place"), ("synthetic", "是否虚构数据", "invented person"),
    )),
    Section("groups", "人群身份", "Groups", of(PersonGroup), (
        ("code", "人群代码", "group"), ("start", "起始日", "from"), ("end", "终止日（不含）", "until, not included"),
    )),
    Section("enrolments", "参保关系", "Enrolments", of(Enrolment), (
        ("scheme", "险种", "scheme"), ("category", "参保方式", "insured as"), ("tier", "档次", "tier"),
        ("unit.name", "单位", "unit"), ("region", "参保地代码", "code of the place"), ("start", "起始日", "from"),
        ("end", "终止日（不含）", "until, not included"), ("status", "状态", "status"),
        ("benefits_from", "待遇享受起始日", "benefits from"), ("years_kind", "年限种类", "kind of years"),
    )),
    Section("shown", "选择显示的参保地", "Place chosen for the display", of(ShownPlace), (
        ("enrolment.region", "参保地代码", "code of the place"), ("enrolment.scheme", "险种", "scheme"),
        ("enrolment.start", "起始日", "from"), ("chosen_at", "选择时间", "chosen at"),
    )),
    Section("moved", "已转出的参保关系", "Relations that moved", of(MovedEnrolment, path="enrolment__person_id"), (
        ("enrolment.region", "转出地代码", "from"), ("to_region", "转入地代码", "to"),
        ("moved_on", "转出日期", "moved on"), ("case_number", "申请编号", "case"),
    )),
    Section("payments", "缴费记录", "Payments made", of(Contribution, path="enrolment__person_id"), (
        ("kind", "缴费方式", "kind"), ("first_month", "起始月", "first month"),
        ("end_month", "终止月（不含）", "until month, not included"), ("paid_on", "缴费日期", "paid on"),
        ("amount_fen", "金额（元）", "amount in yuan"), ("payer", "缴费方", "payer"),
        ("base_fen", "缴费基数（元）", "base in yuan"), ("rate", "费率（万分之）", "rate in ten-thousandths"),
    )),
    Section("parts", "缴费构成", "Parts of payments", of(ContributionPart, path=_PAID), (
        ("contribution.first_month", "缴费起始月", "first month"), ("fund", "基金", "fund"),
        ("payer", "缴费方", "payer"), ("amount_fen", "金额（元）", "amount in yuan"),
    )),
    Section("credits", "个人账户计入", "Credits to the account", of(AccountCredit, path=_PAID), (
        ("kind", "种类", "kind"), ("first_month", "起始月", "first month"),
        ("end_month", "终止月（不含）", "until month, not included"),
        ("amount_fen", "每月金额（元）", "amount a month in yuan"),
    )),
    Section("refunded", "已退月份", "Months refunded", of(ContributionRefund, path=_PAID), (
        ("first_month", "起始月", "first month"), ("end_month", "终止月（不含）", "until month, not included"),
        ("amount_fen", "金额（元）", "amount in yuan"), ("case_number", "申请编号", "case"),
    )),
    Section("benefits", "待遇使用记录", "Care paid for", of(BenefitUse, path="enrolment__person_id"), (
        ("on", "日期", "date"), ("kind", "种类", "kind"), ("amount_fen", "金额（元）", "amount in yuan"),
    )),
    Section("events", "其他登记事项", "Events on record", of(RecordEvent), (
        ("kind", "事项", "event"), ("on", "日期", "date"), ("data", "内容", "content"),
    )),
    Section("account", "个人账户余额", "Personal account", of(PersonalAccountBalance, path="account__person_id"), (
        ("account.scheme", "险种", "scheme"), ("account.region", "统筹区代码", "code of the pooling area"),
        ("balance_fen", "余额（元）", "balance in yuan"),
    )),
    Section("account_entries", "个人账户明细", "Entries of the account", of(Entry, path="account__person_id"), (
        ("transaction.accounting_date", "记账日期", "accounting date"), ("transaction.kind", "种类", "kind"),
        ("amount_fen", "金额（元，负数为计入）", "amount in yuan, credits negative"),
        ("transaction.case_number", "申请编号", "case"),
    )),
    Section("bank_accounts", "收款账户", "Bank accounts", of(BankAccount), (
        ("bank_name", "开户银行", "bank"), ("holder", "户名", "holder"), ("number", "账号", "account"),
        ("added_at", "登记时间", "entered at"), ("case_number", "申请编号", "case"),
    )),
    Section("cases", "申请", "Cases", of(Case), (
        ("number", "申请编号", "case"), ("service", "事项", "service"), ("state", "状态", "state"),
        ("amount_fen", "金额（元）", "amount in yuan"), ("opened_on", "开始日期", "begun on"),
        ("submitted_on", "提交日期", "sent on"), ("due_on", "承诺办结日期", "promised day"),
        ("closed_on", "办结日期", "closed on"),
    )),
    Section("steps", "办理过程", "Steps of the cases", of(CaseAction, path="case__person_id"), (
        ("case.number", "申请编号", "case"), ("at", "时间", "when"), ("kind", "步骤", "step"),
        ("actor_kind", "办理人", "who"), ("role", "岗位", "role"), ("reason", "说明", "reason"),
    )),
    Section("decisions", "核定结果", "Decisions", of(StoredDecision, path="case__person_id"), (
        ("case.number", "申请编号", "case"), ("decided_on", "核定日期", "decided on"), ("outcome", "结果", "outcome"),
        ("amount_fen", "金额（元）", "amount in yuan"), ("pack_version_id", "规则版本", "version of the rules"),
        ("case_file", "核定时所依据的资料", "what the decision was made from"),
    )),
    Section("documents", "提交的材料", "Papers handed in", of(Document, path="case__person_id"), (
        ("case.number", "申请编号", "case"), ("material", "材料", "material"), ("name", "文件名", "file name"),
        ("content_type", "类型", "type"), ("size", "字节数", "bytes"), ("sha256", "文件摘要", "SHA-256 of the file"),
        ("added_at", "提交时间", "handed in at"), ("removed_at", "撤回时间", "taken back at"),
    )),
    Section("papers", "出具的文书", "Papers issued", of(IssuedPaper, path="case__person_id"), (
        ("number", "文书编号", "number"), ("kind", "文书", "kind"), ("issued_on", "出具日期", "issued on"),
        ("case.number", "申请编号", "case"),
    )),
    Section("money", "付款", "Money paid out", of(Payment, path="case__person_id"), (
        ("case.number", "申请编号", "case"), ("amount_fen", "金额（元）", "amount in yuan"),
        ("route", "付款方式", "route"), ("status", "状态", "status"), ("sent_on", "付款日期", "sent on"),
        ("settled_on", "到账或退回日期", "settled on"),
        ("reference", "银行流水号", "bank reference"), ("reason", "退回原因", "why it came back"),
    )),
    Section("contacts", "联系方式", "How to be reached", of(Contact), (
        ("channel", "方式", "channel"), ("address", "地址或号码", "address or number"),
        ("wanted", "是否愿意接收", "wanted"), ("confirmed_at", "验证时间", "confirmed at"),
    )),
    Section("messages", "消息", "Messages", of(Message), (
        ("made_at", "时间", "when"), ("kind", "消息", "message"), ("case_number", "申请编号", "case"),
        ("read_at", "阅读时间", "read at"),
    )),
    Section("deliveries", "消息发送", "Messages sent out", of(Delivery, path="message__person_id"), (
        ("channel", "方式", "channel"), ("state", "结果", "outcome"), ("made_at", "时间", "when"),
        ("ended_at", "结束时间", "ended at"),
    )),
    Section("promises", "告知承诺书", "Promise letters", of(PromiseLetter), (
        ("number", "编号", "number"), ("case.number", "申请编号", "case"), ("material", "代替的材料", "in place of"),
        ("signer", "签名", "signed as"), ("signed_on", "签署日期", "signed on"), ("keep_until", "保存至", "kept until"),
        ("taken_back_at", "收回时间", "taken back at"),
    )),
    Section("promise_checks", "承诺核查", "Checks of promise letters", of(PromiseCheck, path="letter__person_id"), (
        ("letter.number", "承诺书编号", "letter"), ("drawn_on", "抽取日期", "drawn on"), ("outcome", "结果", "outcome"),
        ("found", "核查情况", "finding"), ("closed_until", "限制至", "closed until"),
        ("objection", "异议", "objection"),
    )),
    Section("ratings", "评价", "Ratings", of(Rating), (
        ("case.number", "申请编号", "case"), ("step", "环节", "step"), ("grade", "评分", "grade"),
        ("remark", "评语", "remark"), ("rated_on", "评价日期", "rated on"),
    )),
    Section("call_backs", "差评回访", "Call-backs after bad ratings", of(CallBack, path="rating__person_id"), (
        ("rating.case.number", "申请编号", "case"), ("outcome", "结果", "outcome"), ("found", "核实情况", "finding"),
        ("done", "整改情况", "what was done"), ("answered_at", "时间", "when"),
    )),
    Section("logins", "登录账号", "Logins", of(CitizenLogin), (
        ("user.username", "用户名", "login name"), ("user.date_joined", "开通时间", "opened at"),
        ("user.last_login", "最近登录", "last sign-in"),
    )),
    Section("provider_logins", "身份认证", "Sign-in by a provider", of(ProviderLogin, path="login__person_id"), (
        ("provider", "认证方", "provider"), ("linked_at", "关联时间", "linked at"),
    )),
    Section("representations", "代办关系", "Acting for others, or others for you", _represented, (
        ("kind", "种类", "kind"), ("services", "事项（空为全部）", "services, empty for all"),
        ("start", "起始日", "from"),
        ("end", "终止日（不含）", "until, not included"), ("confirmed_at", "确认时间", "confirmed at"),
        ("revoked_on", "撤销日期", "revoked on"),
    )),
    Section("unit_rights", "为单位办理的授权", "Rights to act for a unit", of(UnitAgent, path="agent_id"), (
        ("unit.name", "单位", "unit"), ("services", "事项（空为全部）", "services, empty for all"),
        ("start", "起始日", "from"), ("end", "终止日（不含）", "until, not included"),
        ("revoked_on", "撤销日期", "revoked on"),
    )),
    Section("window_codes", "窗口核验码", "Codes given at a window", of(WindowCode), (
        ("made_at", "时间", "when"), ("used_at", "使用时间", "used at"),
    )),
    Section("copies", "信息副本", "Copies of own data", of(DataCopy), (
        ("asked_at", "申请时间", "asked at"), ("ready_at", "生成时间", "made at"),
        ("fetched_at", "领取时间", "fetched at"),
    )),
    Section("changes", "档案更正", "Corrections of the record", of(RecordChange), (
        ("case.number", "申请编号", "case"), ("target", "更正的记录", "record"), ("field", "项目", "item"),
        ("before", "更正前", "before"), ("after", "更正后", "after"), ("changed_on", "更正日期", "changed on"),
    )),
    Section("looks", "谁看过我的记录", "Who looked at the record", of(ReadLog), (
        ("at", "时间", "when"), ("reader_kind", "查看人", "who"), ("role", "岗位", "role"),
        ("purpose", "目的", "purpose"), ("case_number", "申请编号", "case"), ("unmasking.note", "说明", "note"),
    )),
)  # fmt: skip


def sections() -> tuple[Section, ...]:
    """Return the sections of the store and of every service (`own_sections` of its app)."""
    configs = apps.get_app_configs()
    return (*SECTIONS, *(one for config in configs for one in getattr(config, "own_sections", tuple)()))


def collected(person: Person) -> list[tuple[Section, list[list[Any]]]]:
    """Return every section with its rows, as texts, numbers and nothing else.

    Args:
        person: Whose record; those merged into it count as theirs.
    """
    ids = [person.pk, *Person.objects.filter(merged_into=person).values_list("pk", flat=True)]
    return [
        (section, [[_plain(path, _value(row, path)) for path, _zh, _en in section.fields] for row in section.rows(ids)])
        for section in sections()
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
    if path.endswith("month"):
        return str(Month.from_index(value))
    return value.isoformat() if hasattr(value, "isoformat") else value
