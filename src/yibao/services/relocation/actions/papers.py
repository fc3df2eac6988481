"""What each paper of a transfer says, taken from the record of its case."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from yibao import services
from yibao.kernel.identifiers import mask_account, mask_id
from yibao.kernel.money import Money
from yibao.services.papers.remedies import remedies
from yibao.services.relocation.actions import closing, looking, tables
from yibao.services.relocation.actions.refusals import refused
from yibao.services.relocation.documents import Paper, Said
from yibao.services.relocation.models import Transfer
from yibao.services.relocation.rules.texts import words
from yibao.services.relocation.workflow import IN, OUT

_SCHEMES = {"employee": "职工医保", "resident": "居民医保"}
_KINDS = {"actual": "实际缴费", "deemed": "视同缴费", "converted": "折算", "military": "军龄"}
_MATERIALS = {"id_document": "身份证", "social_security_card": "社会保障卡", "e_voucher": "医保电子凭证"}
_CHANNELS = {"app": "网上", "web": "网上", "window": "窗口", "unit": "单位网上"}
CLOSING = "closing_notice"
"""What an applicant is told of a transfer that ended without being done."""
_NONE = "—"
_NOT_YET = "两地受理时确定"


def paper(*, number: str, kind: str, on: date) -> Paper:
    """Return a paper of a transfer; `documents.typeset` makes the file, `.json()` gives it as data.

    Args:
        number: Number of the case at the place that makes it.
        kind: enrolment_certificate and information_table at the old place, contact_letter at the new one,
            application_form and acceptance_receipt at the place applied at, closing_notice at both.
        on: The day.

    Raises:
        Refused: not_on_this_side, table_not_yet; paper_not_yet for the closing notice of a transfer that has not ended.
    """
    row = Transfer.objects.select_related("person", "case", "money").get(case__number=number)
    if row.side not in _SIDES.get(kind, (OUT, IN)):
        raise refused("not_on_this_side", kind)
    if kind == CLOSING:
        return _closing_notice(row, on)
    facts, periods = _MAKERS[kind](row, on)
    return Paper(kind, number, _agency(row), on, tuple([*_who(row), *facts]), tuple(periods), row.person.synthetic)


def _agency(row: Transfer) -> str:
    name = f"{services.packs().region_for(row.place).name}医疗保险经办机构"
    return f"{name}（演示）" if row.person.synthetic else name


def _place(code: str) -> str:
    return f"{services.packs().region_for(code).name}（{code}）"


def _who(row: Transfer) -> list[tuple[str, str, str]]:
    return [
        ("姓名", "name", row.person.name),
        ("证件号码", "identity number", mask_id(row.person.identity)),
        ("转出地", "from", _place(row.source)),
        ("转入地", "to", _place(row.target)),
    ]


def _application(row: Transfer, on: date) -> tuple[list[tuple[str, str, str]], list[tuple[str, ...]]]:
    kind = words()["types"].get(row.type, {}).get("zh", _NOT_YET)
    shown = "、".join(_MATERIALS[code] for code in row.materials if code in _MATERIALS)
    facts = [
        ("转移类型", "type", kind),
        ("申请人", "applicant", _applicant(row)),
        ("申请地", "applied at", _place(row.place)),
        ("申请渠道", "channel", _CHANNELS.get(row.channel, row.channel)),
        ("所用证件", "document", shown or _NONE),
        ("申请日期", "applied on", _day(row.case.submitted_on)),
    ]
    return facts, []


def _applicant(row: Transfer) -> str:
    if row.case.unit is not None:
        return str(row.case.unit.name)
    return "单位" if row.by == "unit" else "本人"


def _receipt(row: Transfer, on: date) -> tuple[list[tuple[str, str, str]], list[tuple[str, ...]]]:
    """Return when it was accepted and the limits that run from there; nothing of the relation or the account."""
    facts = [("申请人", "applicant", _applicant(row)), ("受理日期", "accepted on", _day(row.accepted_on))]
    legs = (("total", "全程期限", "in all"), ("out", "转出期限", "way out"), ("in", "转入期限", "way in"))
    limits = [(zh, en, f"{row.days[leg]} 个工作日") for leg, zh, en in legs if row.days.get(leg) is not None]
    return [*facts, *limits], []


def _certificate(row: Transfer, on: date) -> tuple[list[tuple[str, str, str]], list[tuple[str, ...]]]:
    found = tables.rows(row, on=on)
    months = str(sum(each["months"] for each in found if each["kind"] == "actual"))
    return [("实际缴费月数", "months paid", months)], [_row(each) for each in found]


def _contact(row: Transfer, on: date) -> tuple[list[tuple[str, str, str]], list[tuple[str, ...]]]:
    facts, bank = [("受理日期", "accepted on", _day(row.accepted_on))], looking.known(row, on=on).bank
    if bank is not None:
        number = mask_account(bank.number)
        facts += [("收款银行", "bank", bank.bank), ("户名", "holder", bank.holder), ("账号", "account", number)]
    return facts, []


def _information(row: Transfer, on: date) -> tuple[list[tuple[str, str, str]], list[tuple[str, ...]]]:
    table = row.tables.order_by("version").last()
    if table is None:
        raise refused("table_not_yet")
    account: dict[str, Any] = table.body["account"]
    interest = str(Money(account["interest_fen"]))
    interest += "" if account["interest_known"] else "（利率未查到，未计息）"
    facts = [
        ("版本", "version", str(table.version)),
        ("个人账户本金（元）", "principal, yuan", str(Money(account["principal_fen"]))),
        (
            "利息（元）",
            "interest, yuan",
            interest,
        ),
        ("实际转出金额（元）", "amount sent, yuan", str(Money(account["amount_fen"]))),
    ]
    return facts, [_row(each) for each in table.body["rows"]]


def _closing_notice(row: Transfer, on: date) -> Paper:
    ending = closing.way(row)
    if not ending:
        raise refused("paper_not_yet", CLOSING)
    step = closing.decided(row)
    paper = Paper(
        CLOSING, row.case.number, _agency(row), on, tuple([*_who(row), *_applied(row), *_ended(row, ending, step)]),
        synthetic=row.person.synthetic, ending=ending,
    )  # fmt: skip
    if ending == closing.WITHDRAWN:
        return paper
    against = remedies(region=services.packs().region_for(step.place), on=step.on)
    return replace(paper, reasons=tuple(_reasons(row, step.note)), remedies=tuple(against))


def _applied(row: Transfer) -> list[tuple[str, str, str]]:
    """Return who applied, and on which day; the place that was asked knows when it was asked."""
    label = ("申请日期", "applied on") if row.applied_here else ("收到申请日期", "application received on")
    return [("申请人", "applicant", _applicant(row)), (*label, _day(row.case.submitted_on))]


def _ended(row: Transfer, ending: str, step: closing.Decided) -> list[tuple[str, str, str]]:
    if ending == closing.WITHDRAWN:
        return [("撤回日期", "withdrawn on", _day(step.on))]
    # What the other place decided closed this case on the day it was told.
    label = ("决定日期", "decided on") if step.place == row.place else ("本地结案日期", "closed here on")
    return [("作出决定的经办机构", "decided by", _place(step.place)), (*label, _day(step.on))]


def _reasons(row: Transfer, note: str) -> Iterator[Said]:
    """Yield every reason with its remedy, and what a reviewer wrote."""
    for each in closing.reasons(row):
        zh, en = closing.why(each)
        yield f"{zh}{each.next_zh}", f"{en} {each.next_en}"
    if note:
        yield note, ""


def _row(each: dict[str, Any]) -> tuple[str, ...]:
    base = _NONE if each["base_fen"] is None else str(Money(each["base_fen"]))
    kind = _KINDS[each["kind"]]
    return _SCHEMES[each["scheme"]], each["region"], each["from"], each["to"], str(each["months"]), kind, base


def _day(day: date | None) -> str:
    return _NONE if day is None else day.isoformat()


_MAKERS = {
    "application_form": _application,
    "acceptance_receipt": _receipt,
    "enrolment_certificate": _certificate,
    "contact_letter": _contact,
    "information_table": _information,
}
_SIDES = {"enrolment_certificate": (OUT,), "contact_letter": (IN,)}
