"""What each paper says, taken from the record of the case."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from yibao.kernel.identifiers import mask_account, mask_id, mask_phone
from yibao.kernel.money import Money
from yibao.kernel.months import Month
from yibao.kernel.workdays import WorkingDay, add_working_days
from yibao.services.refund import documents, rulebook
from yibao.services.refund.actions import money, payees, wording
from yibao.store import cases
from yibao.store.models import Case, CaseAction, Contribution

ITEM = "重复缴费、多缴费退费"
NO_NUMBER = "—"


def agency(case: Case) -> str:
    """Return the name of the office on the paper; a demonstration says so."""
    name = f"{rulebook.region(case.region).name}医疗保险经办机构"
    return f"{name}（演示）" if case.person.synthetic else name


def application_form(*, case: Case) -> tuple[documents.ApplicationForm, str] | None:
    """Return the 退保申请表 of a submitted case and the evidence it states; None for a draft."""
    if case.submitted_on is None:
        return None
    request = case.refund
    account = payees.account_of(case=case, request=request)
    handed_in = set(case.documents.filter(removed_at=None).values_list("material", flat=True))
    materials = sorted(handed_in | set(request.seen_at_window))
    form = documents.ApplicationForm(
        name=case.person.name,
        masked_id=mask_id(case.person.identity),
        masked_phone=_phone(case),
        applied_on=case.submitted_on,
        reason=wording.label(enum="reason", code=request.reason or "any"),
        channel=wording.channel(request.channel),
        bank=account.bank_name if account else NO_NUMBER,
        account_holder=account.holder if account else "",
        masked_account=mask_account(account.number) if account else "",
        lines=tuple(paid_line(row=row, refund=None, receiver="") for row in request.chosen.values()),
        materials=tuple((wording.label(enum="material", code=code), True) for code in materials),
    )
    return form, case.evidence_hash


def _phone(case: Case) -> str:
    """A unit's form says nothing of the person that the unit did not write."""
    return mask_phone(case.person.phone) if case.person.phone and case.unit_id is None else NO_NUMBER


def acceptance_receipt(*, case: Case) -> tuple[documents.AcceptanceReceipt, str] | None:
    """Return the 受理回执 of an accepted case; None before."""
    accepted = last(case=case, kind="accept")
    if accepted is None:
        return None
    due = _due(case, "decision")
    stored = cases.decision(case.number)
    codes = [] if stored is None else json.loads(stored.case_file)["materials"]
    receipt = documents.AcceptanceReceipt(
        name=case.person.name,
        masked_id=mask_id(case.person.identity),
        item=ITEM,
        accepted_on=accepted.business_date,
        due_on=due.day if due else None,
        due_is_provisional=bool(due and due.provisional),
        materials=tuple(wording.label(enum="material", code=code) for code in codes),
    )
    return receipt, accepted.hash


def correction_notice(*, case: Case) -> tuple[documents.CorrectionNotice, str] | None:
    """Return the 一次性告知书 of the last request for correction; None where there was none."""
    asked = last(case=case, kind="ask_correction")
    if asked is None:
        return None
    due = _due(case, "correction")
    notice = documents.CorrectionNotice(
        name=case.person.name,
        item=ITEM,
        told_on=asked.business_date,
        due_on=due.day if due else None,
        missing=tuple(_missing(item) for item in asked.data["items"]),
    )
    return notice, asked.hash


def _due(case: Case, name: str) -> WorkingDay | None:
    """Return the day first promised, also when the clock has stopped since."""
    clock = case.clocks.filter(name=name).first()
    return None if clock is None else add_working_days(day=clock.started_on, n=clock.working_days)


def _missing(item: Mapping[str, str]) -> tuple[str, str]:
    what = (
        wording.label(enum="material", code=item["material"])
        if "material" in item
        else wording.field(item.get("field", "other"))
    )
    return what, item.get("note") or "请补交"


def refund_slip(*, case: Case, plain: Mapping[str, Any]) -> documents.RefundSlip:
    """Return the 退款单 of an approved case: what the person is paid, on which rules, signed by whom."""
    request = case.refund
    account = payees.account_for("person", case=case, request=request)
    own = [line for line in money.paid_lines(plain=plain, request=request) if _to_person(line)]
    contributions = request.chosen
    receivers = [part["receiver"] for line in own for part in line["parts"] if part["receiver"] in payees.PERSONAL]
    approved = last(case=case, kind="approve")
    approved = last(case=case, kind="approve")
    receivers = [part["receiver"] for line in own for part in line["parts"] if part["receiver"] in payees.PERSONAL]
    if approved is None or not receivers:
        raise ValueError("a slip is made for an approved case that pays the person")
    return documents.RefundSlip(
        name=case.person.name,
        masked_id=mask_id(case.person.identity),
        receiver=wording.receiver(receivers[0]),
        amount=Money(sum(_to_person(line) for line in own)),
        decided_on=approved.business_date,
        basis=tuple(_basis(plain)),
        approvals=tuple(_approvals(case)),
        lines=tuple(
            paid_line(
                row=contributions[line["payment"]],
                refund=Money(_to_person(line)),
                receiver=wording.receiver(receivers[0]),
            )
            for line in own
        ),
        bank=account.bank_name if account else NO_NUMBER,
        masked_account=mask_account(account.number) if account else NO_NUMBER,
    )


def _to_person(line: Mapping[str, Any]) -> int:
    return sum(Money.parse(part["amount"]).fen for part in line["parts"] if part["receiver"] in payees.PERSONAL)


def _basis(plain: Mapping[str, Any]) -> list[str]:
    rules = sorted({rule for line in plain["lines"] for rule in line["rules"]})
    cited = [" ".join(text for text in (source["number"], source["title"]) if text) for source in plain["sources"]]
    return [*cited, f"规则 {'、'.join(rules)}（规则包 {plain['pack']['version']}）" if rules else "人工核定"]


def _approvals(case: Case) -> list[tuple[str, str, date]]:
    roles = rulebook.region(case.region).setting("refund", "roles")
    rows = case.signatures.select_related("user").order_by("round", "level", "id")
    last = max((row.round for row in rows), default=0)
    return [
        (
            f"第 {row.level} 级 {roles.get(row.role, {}).get('zh', row.role)}",
            row.user.get_full_name() or row.user.get_username(),
            # The day of the place: before eight in the morning it is still the day before in UTC.
            row.at.astimezone(timezone.get_current_timezone()).date(),
        )
        for row in rows
        if row.round == last
    ]


def last(*, case: Case, kind: str) -> CaseAction | None:
    """Return the last action of one kind, or None."""
    return case.actions.filter(kind=kind).order_by("-seq").first()


def paid_line(*, row: Contribution, refund: Money | None, receiver: str) -> documents.PaidLine:
    """Return a payment as papers show it: what it was, its months, what comes back, and to whom."""
    enrolment = row.enrolment
    who = wording.label(enum="relation", code=enrolment.category) + wording.tier(enrolment.tier)
    scheme, kind = (
        wording.label(enum="scheme", code=enrolment.scheme),
        wording.label(enum="payment_kind", code=row.kind),
    )
    return documents.PaidLine(
        label=f"{scheme}（{who}）{kind}",
        months=f"{Month.from_index(row.first_month)} 至 {Month.from_index(row.end_month - 1)}",
        paid=Money(row.amount_fen or 0),
        refund=refund,
        receiver=receiver,
    )
