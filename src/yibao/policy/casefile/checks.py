"""What the parts of a case file say about one another: ids, months inside months, days in order."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache

from yibao.kernel.errors import InputProblem
from yibao.kernel.months import Month
from yibao.policy.casefile.models import Benefit, CaseFile, CaseGround, Enrolment, Payment, Person, RefundRequest

MONTHS_MAX = 1200
_MAY_LIE_OUTSIDE = ("back",)


def whole(*, case: CaseGround) -> list[InputProblem]:
    """Return everything that does not fit together in a well-formed case file.

    Args:
        case: A case file whose single values are in order.

    Returns:
        Problems in the order of the file; empty when it may be decided.

    Source:
        The contract of the case file, docs/reference/decision.md.
    """
    fitting = parts(
        person=case.person,
        enrolments=list(enumerate(case.enrolments)),
        payments=list(enumerate(case.payments)),
        benefits=list(enumerate(case.benefits)),
        request=case.request if isinstance(case, CaseFile) else None,
        partial=False,
    )
    return [*_lived(case=case), *fitting, *case.own_problems()]


def parts(
    *,
    person: Person | None,
    enrolments: Sequence[tuple[int, Enrolment]],
    payments: Sequence[tuple[int, Payment]],
    benefits: Sequence[tuple[int, Benefit]],
    request: RefundRequest | None,
    partial: bool,
) -> list[InputProblem]:
    """Return what does not fit together among the parts that could be read, each with its place in the file.

    Args:
        person: The person, when readable.
        enrolments: Readable enrolments with their position.
        payments: Readable payments with their position.
        benefits: Readable uses of benefits with their position.
        request: The request, when readable.
        partial: True when some part could not be read, so that nothing is said about ids that may be there.

    Returns:
        Problems in the order of the file.
    """
    found = [] if person is None else list(_person(person=person))
    found += _doubled(place="enrolments", ids=[(position, each.id) for position, each in enrolments])
    for position, enrolment in enrolments:
        found += _enrolment(path=f"enrolments[{position}]", enrolment=enrolment)
    found += _doubled(place="payments", ids=[(position, each.id) for position, each in payments])
    by_id = {each.id: each for _, each in enrolments}
    for position, payment in payments:
        found += _payment(path=f"payments[{position}]", payment=payment, enrolments=by_id, partial=partial)
    if not partial:
        for position, benefit in benefits:
            if benefit.enrolment not in by_id:
                found.append(_missing_id(path=f"benefits[{position}].enrolment", name=benefit.enrolment, known=by_id))
    if request is not None and not partial:
        found += _request(request=request, known={each.id: each for _, each in payments})
    return found


def _lived(*, case: CaseGround) -> Iterator[InputProblem]:
    """Yield days of birth and death that had not come when the application was made."""
    for name in ("born", "died"):
        day = getattr(case.person, name)
        if day is not None and day > case.on:
            yield InputProblem(
                f"person.{name}",
                f"{day} 晚于申请日 {case.on}，请核对两个日期。",
                f"{day} lies after the day of application {case.on}; check both days.",
            )


def _person(*, person: Person) -> Iterator[InputProblem]:
    for name in ("died", "retired_on", "work_started_on"):
        day = getattr(person, name)
        if day is not None and person.born is not None and day < person.born:
            yield InputProblem(
                f"person.{name}",
                f"{day} 早于出生日期 {person.born}，请核对两个日期。",
                f"{day} lies before the day of birth {person.born}; check both days.",
            )


def _doubled(*, place: str, ids: Sequence[tuple[int, str]]) -> Iterator[InputProblem]:
    seen: dict[str, int] = {}
    for position, name in ids:
        if name in seen:
            yield InputProblem(
                f"{place}[{position}].id",
                f"编号“{name}”已用于 {place}[{seen[name]}]，每一项要有自己的编号。",
                f"The id {name!r} already stands at {place}[{seen[name]}]; give each entry its own.",
            )
        seen.setdefault(name, position)


def _enrolment(*, path: str, enrolment: Enrolment) -> Iterator[InputProblem]:
    if enrolment.end is not None and enrolment.end < enrolment.start:
        yield _backwards(path=f"{path}.to", first=str(enrolment.start), last=str(enrolment.end))


def _payment(
    *, path: str, payment: Payment, enrolments: Mapping[str, Enrolment], partial: bool
) -> Iterator[InputProblem]:
    if payment.end < payment.start:
        yield _backwards(path=f"{path}.to", first=_text(payment.start), last=_text(payment.end))
        return
    if payment.end - payment.start >= MONTHS_MAX:
        yield InputProblem(
            f"{path}.to",
            f"一笔缴费最多 {MONTHS_MAX} 个月，请核对起止月份。",
            f"One payment covers at most {MONTHS_MAX} months; check the months.",
        )
        return
    enrolment = enrolments.get(payment.enrolment)
    if enrolment is None:
        if not partial:
            yield _missing_id(path=f"{path}.enrolment", name=payment.enrolment, known=enrolments)
    elif payment.kind not in _MAY_LIE_OUTSIDE:
        yield from _inside_enrolment(path=path, payment=payment, enrolment=enrolment)
    if payment.account_credit_monthly or payment.retiree_credit_monthly or payment.refunded:
        yield from _runs(path=path, payment=payment)
    if payment.parts:
        yield from _sum_of_parts(path=path, payment=payment)


def _inside_enrolment(*, path: str, payment: Payment, enrolment: Enrolment) -> Iterator[InputProblem]:
    """Money may be paid beyond the end of a relation, that is what refunds are about; but not wholly apart from it."""
    first = _month_of(enrolment.start)
    last = None if enrolment.end is None else _month_of(enrolment.end)
    if payment.end < first:
        yield _outside(path=f"{path}.to", month=payment.end, whole=f"enrolments {enrolment.id}")
    if last is not None and payment.start > last:
        yield _outside(path=f"{path}.from", month=payment.start, whole=f"enrolments {enrolment.id}")


@lru_cache(maxsize=4096)
def _month_of(day: date) -> int:
    return Month.of(day).index


def _runs(*, path: str, payment: Payment) -> Iterator[InputProblem]:
    for name in ("account_credit_monthly", "retiree_credit_monthly", "refunded"):
        for position, run in enumerate(getattr(payment, name) or ()):
            place = f"{path}.{name}[{position}]"
            if run.start is not None and run.end is not None and run.end < run.start:
                yield _backwards(path=f"{place}.to", first=_text(run.start), last=_text(run.end))
                continue
            for member, month in (("from", run.start), ("to", run.end)):
                if month is not None and month not in payment.months:
                    yield _outside(path=f"{place}.{member}", month=month, whole=f"payments {payment.id}")


def _sum_of_parts(*, path: str, payment: Payment) -> Iterator[InputProblem]:
    if payment.amount is None:
        return
    total = sum(part.amount for part in payment.parts)
    if total != payment.amount:
        yield InputProblem(
            f"{path}.parts",
            "各部分之和与缴费金额不一致，请核对 parts 与 amount。",
            "The parts do not add up to the amount; check parts and amount.",
        )


def _request(*, request: RefundRequest, known: Mapping[str, Payment]) -> Iterator[InputProblem]:
    for position, name in enumerate(request.payments or ()):
        if name not in known:
            yield _missing_id(path=f"request.payments[{position}]", name=name, known=known)
    yield from _doubled(place="request.payments", ids=list(enumerate(request.payments or ())))


def _text(month: int) -> str:
    return str(Month.from_index(month))


def _backwards(*, path: str, first: str, last: str) -> InputProblem:
    return InputProblem(
        path,
        f"结束 {last} 早于开始 {first}，请核对起止时间。",
        f"The end {last} lies before the start {first}; check both.",
    )


def _outside(*, path: str, month: int, whole: str) -> InputProblem:
    return InputProblem(
        path,
        f"{_text(month)} 不在 {whole} 的月份之内，请核对起止月份。",
        f"{_text(month)} lies outside the months of {whole}; check the months.",
    )


def _missing_id(*, path: str, name: str, known: Mapping[str, object]) -> InputProblem:
    return InputProblem(
        path,
        f"文件中没有编号为“{name}”的记录；已有：{'、'.join(known) or '-'}。",
        f"Nothing in the file has the id {name!r}; known: {', '.join(known) or '-'}.",
    )
