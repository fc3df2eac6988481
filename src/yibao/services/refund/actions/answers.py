"""What a person answers, checked as a whole: everything wrong is said at once and nothing is kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, get_args

from django.db.models import QuerySet

from yibao.casework.actors import Actor
from yibao.kernel.errors import Bilingual, InputInvalid, InputProblem
from yibao.kernel.identifiers import check_bank_card, check_unit_account
from yibao.kernel.money import Money, MoneyError
from yibao.kernel.names import check_name
from yibao.policy.casefile import codes
from yibao.services.refund.actions import employer
from yibao.services.refund.actions.refusals import refused
from yibao.services.refund.models import RefundRequest
from yibao.store import situations
from yibao.store.models import BankAccount, Case, Contribution

TEXT_MAX = 80
WORKSHEET_MAX = 500
ACCOUNT_ANSWERS = ("bank_name", "bank_holder", "bank_number")
_STAFF_ANSWERS = ("seen_at_window", "determined")
_CODES = {
    # Empty leaves the reason open: every rule is tried.
    "reason": (("", *get_args(codes.Reason)), "请选择列出的申请原因", "choose one of the reasons listed"),
    "channel": (get_args(codes.Channel), "请选择列出的办理渠道", "choose one of the channels listed"),
    "applicant": (get_args(codes.Applicant), "请选择申请人与参保人的关系", "choose who applies"),
}
KNOWN = (*_CODES, "payments", *ACCOUNT_ANSWERS, *_STAFF_ANSWERS)


@dataclass(slots=True)
class _Answers:
    case: Case
    request: RefundRequest
    given: Mapping[str, Any]
    by: Actor
    at: datetime
    problems: list[InputProblem]

    def wrong(self, where: str, zh: str, en: str) -> None:
        self.problems.append(InputProblem(where, zh, en))


def write(*, case: Case, request: RefundRequest, given: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """Check answers and write them to the request; saves it.

    Args:
        case: The case, locked by the caller.
        request: Its answers so far.
        given: New answers by name.
        by: Who answers.
        at: The moment, for a new account.

    Raises:
        InputInvalid: Some answers are wrong; each problem's `where` is the answer's name.
        Refused: `not_staff`: an answer only the agency may give.
    """
    if by.kind != "staff" and any(name in given for name in _STAFF_ANSWERS):
        raise refused("not_staff")
    answers = _Answers(case, request, given, by, at, [])
    for name in given:
        if name not in KNOWN:
            answers.wrong(name, f"没有“{name}”这一项", f"there is no answer named {name!r}")
    later = [step(answers) for step in (_codes, _payments, _account, _seen, _determined)]
    if answers.problems:
        raise InputInvalid(answers.problems)
    for apply in later:
        apply()
    request.save()


def _nothing() -> None:
    """The answer was not given."""


def _codes(answers: _Answers) -> Callable[[], None]:
    given = {name: answers.given[name] for name in _CODES if name in answers.given}
    for name, value in given.items():
        known, zh, en = _CODES[name]
        units = name == "applicant" and answers.case.unit_id is not None
        if value not in ((employer.UNIT,) if units else known):
            answers.wrong(name, zh, en)

    def apply() -> None:
        for name, value in given.items():
            setattr(answers.request, name, value)

    return apply


def _payments(answers: _Answers) -> Callable[[], None]:
    if "payments" not in answers.given:
        return _nothing
    try:
        numbers = situations.contribution_ids(list(answers.given["payments"]))
    except (TypeError, ValueError):
        numbers = [-1]
    found = list(_asked_back(answers.case).filter(pk__in=numbers).values_list("pk", flat=True))
    if len(found) != len(set(numbers)):
        answers.wrong(
            "payments", "所选缴费不在您的缴费记录中，请重新勾选", "a selected payment is not on this record: tick again"
        )

    def apply() -> None:
        answers.request.payments.set(found)
        answers.request.__dict__.pop("chosen", None)

    return apply


def _asked_back(case: Case) -> QuerySet[Contribution]:
    if case.unit_id is None:
        return Contribution.objects.filter(enrolment__person_id=case.person_id)
    return employer.payments(person_id=case.person_id, unit_id=case.unit_id)


def _checked(answers: _Answers, name: str, text: str, check: Callable[[str], str]) -> str:
    try:
        return check(text)
    except Bilingual as problem:
        answers.wrong(name, problem.zh, problem.en)
        return text


def _account(answers: _Answers) -> Callable[[], None]:
    if not any(name in answers.given for name in ACCOUNT_ANSWERS):
        return _nothing
    texts = {name: str(answers.given.get(name, "")).strip() for name in ACCOUNT_ANSWERS}
    unit = answers.case.unit
    checks = {"bank_holder": check_name, "bank_number": check_bank_card}
    if unit is not None:
        # A unit is paid on an account in its own name and on no other.
        texts["bank_holder"], checks = unit.name, {"bank_number": check_unit_account}
    for name in [one for one in ACCOUNT_ANSWERS if unit is None or one != "bank_holder"]:
        text = texts[name]
        if not text or len(text) > TEXT_MAX:
            answers.wrong(name, f"请填写，最多 {TEXT_MAX} 个字", f"fill this in, at most {TEXT_MAX} characters")
    for name, check in checks.items():
        if 0 < len(texts[name]) <= TEXT_MAX:
            texts[name] = _checked(answers, name, texts[name], check)

    def apply() -> None:
        answers.request.bank_account = BankAccount.objects.create(
            person_id=None if unit else answers.case.person_id,
            unit=unit,
            bank_name=texts["bank_name"],
            holder=texts["bank_holder"],
            number=texts["bank_number"],
            added_at=answers.at,
            case_number=answers.case.number,
        )

    return apply


def _seen(answers: _Answers) -> Callable[[], None]:
    if "seen_at_window" not in answers.given:
        return _nothing
    seen = sorted(set(answers.given["seen_at_window"]))
    if not set(seen) <= set(get_args(codes.Material)):
        answers.wrong("seen_at_window", "请从材料清单中选择", "choose from the list of materials")

    def apply() -> None:
        answers.request.seen_at_window = seen

    return apply


def _determined(answers: _Answers) -> Callable[[], None]:
    if "determined" not in answers.given:
        return _nothing
    given = answers.given["determined"] or {}
    amount, worksheet = Money(0), str(given.get("worksheet", "")).strip()
    try:
        amount = Money.parse(str(given.get("amount", "")))
    except MoneyError as error:
        answers.wrong("determined.amount", error.zh, error.en)
    if not worksheet or len(worksheet) > WORKSHEET_MAX:
        answers.wrong(
            "determined.worksheet",
            f"请写明计算过程，最多 {WORKSHEET_MAX} 个字",
            f"write down how it was worked out, at most {WORKSHEET_MAX} characters",
        )

    def apply() -> None:
        answers.request.determined_fen = amount.fen
        answers.request.determined_worksheet = worksheet
        answers.request.determined_by = answers.by.id

    return apply
