"""The record corrected, one field of one row at a time: the old value stays readable, the new one has a version."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Model, Q

from yibao.casework.actors import Actor
from yibao.kernel.errors import Refusal, Refused
from yibao.kernel.money import Money
from yibao.kernel.months import Month
from yibao.ledger import recipes
from yibao.ledger.journal import Draft
from yibao.store import posting
from yibao.store.models import (
    AccountCredit,
    Case,
    Contribution,
    ContributionRefund,
    Enrolment,
    JournalTransaction,
    MovedEnrolment,
    Person,
    RecordChange,
    Unit,
)

AFTER_REFUND = Refusal(
    "correction_after_refund",
    "这笔缴费已有退费，不能直接更正月份或金额",
    "months of this payment were refunded, so neither its months nor its amount can be corrected here",
    "请到窗口，由经办人员先核对退费。",
    "Ask at a window; the refund is looked at first.",
)
IN_PARTS = Refusal(
    "correction_in_parts",
    "这笔缴费分入几个基金，金额要逐项更正",
    "this payment is divided among funds and its amount cannot be corrected as one",
    "请到窗口，由经办人员按基金逐项办理。",
    "Ask at a window; it is corrected fund by fund.",
)
UPSIDE_DOWN = Refusal(
    "correction_upside_down",
    "参保关系的结束不能早于开始",
    "a relation does not end before it begins",
    "请核对开始和结束日期；两个都不对的，先改正其中一个。",
    "Check both days; where both are wrong, correct one first.",
    status=422,
)
MONTHS_OUTSIDE = Refusal(
    "correction_months_outside",
    "改后有缴费月份落在这段参保关系之外",
    "months that were paid would lie outside the relation",
    "请先更正缴费起始月份，再更正参保起止日期。",
    "Correct the months that were paid first, then the days of the relation.",
)
RELATION_MOVED = Refusal(
    "correction_relation_moved",
    "这段关系已经转出，这里不再更正",
    "this relation has moved to another place and is not corrected here any more",
    "请向转入地的经办机构申请。",
    "Apply to the agency of the new place.",
)
NO_UNIT = Refusal(
    "correction_no_unit",
    "没有登记过这个统一社会信用代码的单位",
    "no unit with this credit code is on record",
    "请核对代码；新单位请先办理单位登记。",
    "Check the code; a new unit registers first.",
    status=422,
)


@dataclass(frozen=True, slots=True)
class Place:
    """One field of one row of the record.

    Attributes:
        target: person, enrolment or contribution.
        key: Its key as text.
        field: Name of the field: name, born, unit, start, last, region, months or amount.
    """

    target: str
    key: str
    field: str


_MODELS: Mapping[str, type[Model]] = {"person": Person, "enrolment": Enrolment, "contribution": Contribution}
FIELDS: Mapping[str, tuple[str, ...]] = {
    "person": ("name", "born"),
    "enrolment": ("unit", "start", "last", "region"),
    "contribution": ("months", "amount"),
}


def owned(*, person_id: UUID, place: Place) -> bool:
    """Return whether a place exists and is part of a person's own record."""
    if place.field not in FIELDS.get(place.target, ()):
        return False
    if place.target == "person":
        return place.key == str(person_id)
    path = "person_id" if place.target == "enrolment" else "enrolment__person_id"
    if not (place.key.isascii() and place.key.isdigit()):
        return False
    return _MODELS[place.target]._default_manager.filter(**{"pk": int(place.key), path: person_id}).exists()


def row_of(place: Place) -> Any:
    """Return the row of a place, locked; the caller has a transaction open."""
    return _MODELS[place.target]._default_manager.select_for_update().get(pk=place.key)


def value(place: Place) -> str:
    """Return what the record says now, as text: a date in ISO, an amount in yuan, a credit code, the first month.

    The last day of a relation that goes on is empty.
    """
    row = _MODELS[place.target]._default_manager.get(pk=place.key)
    return text(row=row, field=place.field)


def text(*, row: Any, field: str) -> str:
    """Return what a row says in one field, as `value` gives it."""
    match field:
        case "name":
            return str(row.name)
        case "born":
            return str(row.born.isoformat())
        case "unit":
            return row.unit.credit_code if row.unit else ""
        case "start":
            return str(row.start.isoformat())
        case "last":
            return (row.end - timedelta(days=1)).isoformat() if row.end else ""
        case "region":
            return str(row.region)
        case "months":
            return str(Month.from_index(row.first_month))
        case _:
            return "" if row.amount_fen is None else str(Money(row.amount_fen))


def history(*, person_id: UUID) -> list[RecordChange]:
    """Return every correction of a person's record, newest first."""
    return list(RecordChange.objects.filter(person_id=person_id).select_related("case").order_by("-id"))


def apply(*, case: Case, place: Place, after: str, by: Actor, on: date, at: datetime) -> RecordChange:
    """Write a new value into the record and keep the old one beside it; the caller holds the case's lock.

    Args:
        case: The case that ordered it.
        place: What is corrected.
        after: The new value, as `value` gives it.
        by: Who signed last.
        on: Business and accounting date.
        at: The moment.

    Raises:
        Refused: correction_after_refund, correction_in_parts, correction_no_unit, correction_upside_down,
            correction_months_outside, correction_relation_moved, or what a posting refuses.
    """
    row = row_of(place)
    before = text(row=row, field=place.field)
    known = RecordChange.objects.filter(target=place.target, target_key=place.key, field=place.field)
    version = (known.order_by("-version").values_list("version", flat=True).first() or 1) + 1
    _WRITERS[place.field](row, after, case=case, version=version, on=on, at=at)
    return RecordChange.objects.create(
        case=case,
        person_id=case.person_id,
        target=place.target,
        target_key=place.key,
        field=place.field,
        version=version,
        before=before,
        after=after,
        changed_on=on,
        changed_at=at,
        changed_by=by.id,
    )


def _name(row: Person, after: str, **_: Any) -> None:
    row.name = after
    row.save(update_fields=["name"])


def _born(row: Person, after: str, **_: Any) -> None:
    row.born = date.fromisoformat(after)
    row.save(update_fields=["born"])


def _unit(row: Enrolment, after: str, **_: Any) -> None:
    unit = Unit.objects.filter(credit_code=after).first()
    if unit is None:
        raise Refused(NO_UNIT)
    row.unit = unit
    row.save(update_fields=["unit"])


def check(*, place: Place, after: str) -> None:
    """Say beforehand what would keep a new value from being written; nothing is changed.

    Raises:
        Refused: correction_upside_down, correction_months_outside, correction_relation_moved,
            correction_after_refund, correction_in_parts.
    """
    looked_at = _CHECKS.get(place.field)
    if looked_at is not None:
        looked_at(_MODELS[place.target]._default_manager.get(pk=place.key), after)


def _fits(row: Enrolment, start: date, end: date | None) -> None:
    """Let the days of a relation hold all that was paid for it."""
    _not_moved(row)
    if end is not None and end <= start:
        raise Refused(UPSIDE_DOWN)
    outside = Q(first_month__lt=Month.of(start).index)
    if end is not None:
        outside |= Q(end_month__gt=Month.of(end - timedelta(days=1)).index + 1)
    if row.contributions.filter(outside).exists():
        raise Refused(MONTHS_OUTSIDE)


def _fits_from(row: Enrolment, after: str) -> None:
    _fits(row, date.fromisoformat(after), row.end)


def _fits_until(row: Enrolment, after: str) -> None:
    _fits(row, row.start, date.fromisoformat(after) + timedelta(days=1))


def _not_moved(row: Enrolment) -> None:
    if MovedEnrolment.objects.filter(enrolment=row).exists():
        raise Refused(RELATION_MOVED)


def _may_be_elsewhere(row: Enrolment, after: str) -> None:
    """Let a relation go to another place whose every payment can be booked there as one."""
    _not_moved(row)
    for paid in row.contributions.all():
        _not_refunded(paid)
        if paid.parts.count() > 1 or paid.credits.exists():
            raise Refused(IN_PARTS)


def _start(row: Enrolment, after: str, **_: Any) -> None:
    _fits_from(row, after)
    row.start = date.fromisoformat(after)
    row.save(update_fields=["start"])


def _last(row: Enrolment, after: str, **_: Any) -> None:
    _fits_until(row, after)
    row.end = date.fromisoformat(after) + timedelta(days=1)
    row.save(update_fields=["end"])


def _region(row: Enrolment, after: str, *, case: Case, version: int, on: date, at: datetime) -> None:
    """Have a relation elsewhere: what was booked for it is reversed, and booked at the right place."""
    _may_be_elsewhere(row, after)
    row.region = after
    row.save(update_fields=["region"])
    for paid in row.contributions.order_by("pk"):
        part = paid.parts.first()
        _book_again(paid, fund=part.fund if part else "pool", case=case, on=on, at=at)


def _months(row: Contribution, after: str, **_: Any) -> None:
    """Move the payment to another first month; its length and the monthly credits move along."""
    _not_refunded(row)
    by = Month.parse(after).index - row.first_month
    row.first_month, row.end_month = row.first_month + by, row.end_month + by
    row.save(update_fields=["first_month", "end_month"])
    AccountCredit.objects.filter(contribution=row).update(
        first_month=F("first_month") + by, end_month=F("end_month") + by
    )


def _amount(row: Contribution, after: str, *, case: Case, version: int, on: date, at: datetime) -> None:
    """Correct the amount: what was booked is reversed, and the right amount is booked."""
    _not_refunded(row)
    parts = list(row.parts.all())
    if len(parts) > 1 or row.credits.exists():
        raise Refused(IN_PARTS)
    row.amount_fen = Money.parse(after).fen
    row.save(update_fields=["amount_fen"])
    for part in parts:
        part.amount_fen = row.amount_fen
        part.save(update_fields=["amount_fen"])
    _book_again(row, fund=parts[0].fund if parts else "pool", case=case, on=on, at=at)


def _book_again(row: Contribution, *, fund: str, case: Case, on: date, at: datetime) -> None:
    key = f"contribution/{row.pk}"
    booked = JournalTransaction.objects.filter(Q(key=key) | Q(key__startswith=f"{key}/v")).exclude(
        key__endswith="/undo"
    )
    standing = booked.filter(reversed_by__isnull=True).order_by("-id").first()
    if standing is None:
        return
    version = booked.count() + 1
    memo = "correction"
    posting.reverse(transaction_id=standing.pk, key=f"{key}/v{version}/undo", accounting_date=on, at=at, memo=memo)
    if not row.amount_fen:
        return
    enrolment = row.enrolment
    postings = recipes.contribution_received(
        region=enrolment.region, scheme=enrolment.scheme, person_id=enrolment.person_id, parts={fund: row.amount_fen}
    )
    draft = Draft(f"{key}/v{version}", "contribution_received", on, postings, case_number=case.number, memo=memo)
    posting.post(draft=draft, at=at)


def _not_refunded(row: Contribution) -> None:
    if ContributionRefund.objects.filter(contribution=row).exists():
        raise Refused(AFTER_REFUND)


_WRITERS: Mapping[str, Callable[..., None]] = {
    "name": _name,
    "born": _born,
    "unit": _unit,
    "start": _start,
    "last": _last,
    "region": _region,
    "months": _months,
    "amount": _amount,
}
_CHECKS: Mapping[str, Callable[[Any, str], None]] = {
    "start": _fits_from,
    "last": _fits_until,
    "region": _may_be_elsewhere,
}
