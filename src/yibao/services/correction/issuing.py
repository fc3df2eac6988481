"""The papers of a correction: made once for each step they tell of, numbered, kept, and printed again on record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from yibao import services
from yibao.casework.actors import Actor
from yibao.kernel.errors import Refusal, Refused
from yibao.kernel.identifiers import mask_id
from yibao.policy import UnknownRegion
from yibao.services.correction import workflow
from yibao.services.papers import remedies as shared
from yibao.services.papers.check import Stamp, check_address
from yibao.services.papers.letters import Letter, Said, typeset
from yibao.services.papers.numbers import paper_number
from yibao.store import cases, papers
from yibao.store.models import Case, CaseAction, IssuedPaper

PREFIXES: Mapping[str, str] = {
    "acceptance_receipt": "SL",
    "correction_notice": "GZ",
    "not_accepted_notice": "BS",
    "decision_letter": "JD",
}
"""Kind -> letters its numbers begin with."""
_STEPS: Mapping[str, tuple[str, ...]] = {
    "acceptance_receipt": ("accept",),
    "correction_notice": ("ask_correction",),
    "not_accepted_notice": ("not_accept",),
    "decision_letter": ("complete", "refuse"),
}
_TITLES: Mapping[str, Said] = {
    "acceptance_receipt": ("档案更正受理回执", "The correction asked for is being looked into"),
    "correction_notice": ("一次性告知书", "Everything that is missing, said once"),
    "not_accepted_notice": ("不予受理告知书", "The correction asked for is not taken up"),
    "decision_letter": ("档案更正决定书", "Decision on a correction of the record"),
}
_FIELDS: Mapping[str, Said] = {
    "name": ("姓名", "name"),
    "born": ("出生日期", "birth date"),
    "unit": ("参保单位", "unit"),
    "start": ("参保开始日期", "first day of the relation"),
    "last": ("参保最后一天", "last day of the relation"),
    "region": ("参保地", "place of insurance"),
    "months": ("缴费起始月份", "first month paid"),
    "amount": ("缴费金额（元）", "amount paid, yuan"),
}
_DAYS: Mapping[str, Said] = {
    "acceptance_receipt": ("受理日期", "accepted on"),
    "correction_notice": ("告知日期", "told on"),
    "not_accepted_notice": ("告知日期", "told on"),
    "decision_letter": ("决定日期", "decided on"),
}
_REASONS: Said = ("理由", "reasons")
_NOT_YET = Refusal(
    "correction_paper_not_yet",
    "这份文书还没有",
    "the case has not come to this paper yet",
    "请在办到这一步后再打印。",
    "Print it once the case has come that far.",
)


@dataclass(frozen=True, slots=True)
class Offered:
    """A paper a case has come to have.

    Attributes:
        kind: One of `PREFIXES`.
        issued: The paper; None while nobody has had it made.
    """

    kind: str
    issued: IssuedPaper | None


def offered(case: Case) -> list[Offered]:
    """Return the papers of a case in the order its steps come, each with the one that was issued."""
    steps = {kind: _told(case, kind) for kind in PREFIXES}
    return [Offered(kind, _known(case, kind, step)) for kind, step in steps.items() if step is not None]


def _told(case: Case, kind: str) -> CaseAction | None:
    """Return the step a paper tells of: the last one of its kind."""
    return case.actions.filter(kind__in=_STEPS[kind]).order_by("-seq").first()


def _known(case: Case, kind: str, step: CaseAction) -> IssuedPaper | None:
    found: IssuedPaper | None = case.papers.filter(kind=kind, evidence_hash=step.hash).first()
    return found


def make_paper(*, number: str, kind: str, by: Actor, on: date, at: datetime) -> IssuedPaper:
    """Return a paper of a correction; made at the first call, the same one at every later call.

    Args:
        number: Number of the case.
        kind: One of `PREFIXES`.
        by: Who wants it.
        on: Date of issue.
        at: The moment.

    Raises:
        Refused: correction_paper_not_yet.
    """
    case = Case.objects.select_related("correction", "person").get(number=number)
    step = _told(case, kind)
    if step is None:
        raise Refused(_NOT_YET)
    if known := _known(case, kind, step):
        return known
    with transaction.atomic():
        taken = papers.take(
            case=cases.locked(number), kind=kind, occasion=step.hash, at=at,
            number=lambda: paper_number(prefix=PREFIXES[kind], region=case.region, on=on),
        )  # fmt: skip
    address = check_address(base=settings.YIBAO_PUBLIC_URL, number=taken.number, code=taken.check_code)
    stamp = Stamp(taken.number, number, on, _agency(case), taken.check_code, address, case.person.synthetic)
    # Nothing is locked while it is typeset; of two made at once the first stays.
    content = typeset(letter=letter(case=case, kind=kind, step=step), stamp=stamp)
    with transaction.atomic():
        now = cases.locked(number)
        return _known(now, kind, step) or papers.issue(
            case=now, kind=kind, number=taken.number, check_code=taken.check_code, content=content,
            evidence_hash=step.hash, by=by, at=at, on=on,
        )  # fmt: skip


def letter(*, case: Case, kind: str, step: CaseAction) -> Letter:
    """Return what a paper states, taken from the record of its case.

    Args:
        case: The case with its request and its person.
        kind: One of `PREFIXES`.
        step: The step it tells of.
    """
    facts = [*_facts(case), (*_DAYS[kind], step.business_date.isoformat())]
    match kind:
        case "acceptance_receipt":
            two: Said = (
                "您的申请已受理，由两位审核人员先后核对证据后决定；旧内容保留，不会删除。",
                "Two reviewers look at the evidence one after the other; the old value is kept, never deleted.",
            )
            return Letter(_TITLES[kind], (*facts, ("证据", "evidence", _evidence(case))), said=(two,))
        case "correction_notice":
            missing = tuple((str(item["note"]), "") for item in step.data["items"])
            again: Said = ("补齐后请重新提交。", "Send it again when all of it is there.")
            return Letter(
                _TITLES[kind],
                tuple(facts),
                said=(again,),
                listed=(("请补充的全部内容", "all that is missing"), missing),
            )
        case "not_accepted_notice":
            result: Said = ("不予受理", "not taken up")
            return Letter(
                _TITLES[kind], tuple(facts), result=result, listed=(_REASONS, reasons(step)), remedies=remedies(case)
            )
        case _:
            return _decision(case, facts, step)


def _decision(case: Case, facts: list[tuple[str, str, str]], step: CaseAction) -> Letter:
    title = _TITLES["decision_letter"]
    if step.kind == "refuse":
        result: Said = ("不予更正", "the record stays as it is")
        return Letter(title, tuple(facts), result=result, listed=(_REASONS, reasons(step)), remedies=remedies(case))
    # Both signed the last round; where the evidence changed in between, earlier signatures count no more.
    rows = list(case.signatures.select_related("user").order_by("round", "level", "id"))
    last = max((row.round for row in rows), default=0)
    signed = [
        (
            f"第 {row.level} 位审核人员",
            f"reviewer {row.level}",
            f"{_name(row.user)} {row.at.astimezone(timezone.get_current_timezone()).date().isoformat()}",
        )
        for row in rows
        if row.round == last
    ]
    kept: Said = ("旧内容保留在更正记录中。", "The old value is kept among the corrections made.")
    result = ("准予更正，已登记", "corrected")
    return Letter(title, (*facts, *signed), said=(kept,), result=result, remedies=remedies(case))


def _name(user: object) -> str:
    return user.get_full_name() or user.get_username()  # type: ignore[attr-defined,no-any-return]


def _facts(case: Case) -> list[tuple[str, str, str]]:
    wish = case.correction
    field, submitted = _FIELDS[wish.field], case.submitted_on
    return [
        ("申请人", "applicant", case.person.name),
        ("证件号码", "identity number", mask_id(case.person.identity)),
        ("更正内容", "what is corrected", f"{field[0]} {field[1]}"),
        ("申请时登记的", "registered then", _value(wish.field, wish.before)),
        ("申请改为", "to become", _value(wish.field, wish.wanted)),
        ("申请日期", "applied on", submitted.isoformat() if submitted else "—"),
    ]


def _value(field: str, value: str) -> str:
    if field == "region" and value:
        try:
            return f"{services.packs().region_for(value).name}（{value}）"
        except UnknownRegion:
            return value
    return value or "没有登记 nothing on record"


def _evidence(case: Case) -> str:
    count = case.documents.filter(removed_at=None).count()
    seen = ["窗口核对原件 original seen at the window"] if case.correction.seen_at_window else []
    return "；".join([*seen, *([f"{count} 份文件 {count} file(s)"] if count else [])])


def reasons(step: CaseAction) -> tuple[Said, ...]:
    """Return why a request was closed: the reason named in a list, and what was written of it.

    Args:
        step: The refusal.
    """
    code = str(step.data.get("reason_code", ""))
    named = [workflow.REFUSE_REASONS[code]] if code in workflow.REFUSE_REASONS and code != "other" else []
    return (*((f"{zh}。", f"{en[:1].upper()}{en[1:]}.") for zh, en in named), (step.reason, ""))


def remedies(case: Case) -> tuple[Said, ...]:
    """Return what can be done against the decision of a case, as far as the packs of its region say."""
    return tuple(_remedies(case))


def _remedies(case: Case) -> Iterator[Said]:
    try:
        region = services.packs().region_for(case.region)
    except UnknownRegion:
        return
    step = _told(case, "decision_letter") or _told(case, "not_accepted_notice")
    if step is not None:
        yield from shared.remedies(region=region, on=step.business_date)


def _agency(case: Case) -> str:
    try:
        place = services.packs().region_for(case.region).name
    except UnknownRegion:
        place = case.region
    name = f"{place}医疗保险经办机构"
    return f"{name}（演示）" if case.person.synthetic else name
