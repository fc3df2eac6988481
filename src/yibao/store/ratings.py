"""Ratings (好差评): five grades for each completed step of one's own case; bad ones are called back.

The grades, the reasons for the online and the window channel, and the call-back of bad ratings follow the notes on
好差评 (grade B: a reprint of the national rules, DB2203/T 8-2024 四平, 德州 2020); the clock is our own choice.
Nobody at the desk sees who rated what, but the colleague who calls back, and that is never one who handled the case.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Exists, OuterRef, QuerySet

from yibao.casework.actors import Actor, prefix_of
from yibao.casework.states import State
from yibao.kernel.errors import Refusal, Refused
from yibao.kernel.workdays import add_working_days
from yibao.store import cases
from yibao.store.models import CallBack, Case, CaseAction, Rating

GRADES: Mapping[int, str] = {
    5: "very_satisfied",
    4: "satisfied",
    3: "fairly_satisfied",
    2: "dissatisfied",
    1: "very_dissatisfied",
}
BAD = (2, 1)
ONLINE, WINDOW = "online", "window"
REASONS: Mapping[str, tuple[str, ...]] = {
    ONLINE: ("efficiency", "guide", "ease", "works"),
    WINDOW: ("efficiency", "skill", "attitude"),
}
OUTCOMES = ("fixed", "planned", "explained", "mistaken")
CALLERS = frozenset({"clerk", "reviewer", "auditor"})
TEXT_MAX = 500
# Fewer than these are told only within a larger sum: one rating of one step would tell who gave it.
TOLD_LEAST = 3
_STEP_OF = {"accept": "accepted", "not_accept": "not_accepted", "refuse": "decided", "confirm_paid": "paid"}
_APPROVED = (State.APPROVED, State.EXECUTING, State.COMPLETED)

RATING_NOT_YOURS = Refusal(
    "rating_not_yours",
    "只能评价自己的事项",
    "only one's own case can be rated",
    "请用本人账号登录后评价。",
    "Sign in with your own login.",
    status=403,
)
RATING_NO_STEP = Refusal(
    "rating_no_step",
    "这一步还没有办完，或不能评价",
    "this step is not completed or cannot be rated",
    "请在办完后评价。",
    "Rate it once it is done.",
)
RATING_GIVEN = Refusal(
    "rating_given",
    "这一步您已经评价过",
    "you have rated this step before",
    "每一步只评价一次；下一步办完后可以再评。",
    "Each step is rated once; the next one can be rated when it is done.",
)
RATING_NO_GRADE = Refusal(
    "rating_no_grade",
    "请选择满意程度",
    "choose how satisfied you are",
    "五档中选一档即可，原因和留言可以不填。",
    "One of the five is enough; reasons and remark may be left out.",
    status=422,
)
CALL_BACK_NOT_YOURS = Refusal(
    "call_back_not_yours",
    "回访须由没有经办过这件事的人员进行",
    "the call-back is made by somebody who did not handle the case",
    "请交给另一位同事。",
    "Leave it to another colleague.",
    status=403,
)
CALL_BACK_HELD = Refusal(
    "call_back_held",
    "这次回访已由另一位同事负责，或已经办结",
    "a colleague makes this call-back, or it is done",
    "请选择另一件。",
    "Choose another one.",
)
CALL_BACK_EMPTY = Refusal(
    "call_back_empty",
    "请选择结果，并写明了解到什么、做了什么",
    "choose a result and write what was found and what was done",
    "三项都填写后再保存；本人会看到。",
    "Fill in all three; the person will read them.",
    status=422,
)


@dataclass(frozen=True, slots=True)
class Step:
    """A completed step of a case.

    Attributes:
        seq: Number of the action that completed it.
        step: accepted, not_accepted, decided or paid.
        on: Day it was completed.
        rating: What was thought of it; None while it is not rated.
    """

    seq: int
    step: str
    on: date
    rating: Rating | None


@dataclass(frozen=True, slots=True)
class Figures:
    """Ratings counted for one region, step and channel, or for all.

    Attributes:
        region: Six digits; empty for all.
        step: Code; empty for all.
        channel: online or window; empty for all.
        counts: Grade to number of ratings, 5 to 1.
    """

    region: str
    step: str
    channel: str
    counts: Mapping[int, int]

    @property
    def total(self) -> int:
        """Return how many ratings there are."""
        return sum(self.counts.values())

    @property
    def content_percent(self) -> int | None:
        """Return the share of the three better grades in whole percent, rounded down; None without ratings.

        Examples:
            >>> Figures("", "", "", {5: 2, 2: 1}).content_percent
            66
        """
        good = self.total - sum(self.counts.get(grade, 0) for grade in BAD)
        return good * 100 // self.total if self.total else None


def steps(case: Case) -> list[Step]:
    """Return the completed steps of a case, in order, each with its rating."""
    wanted = case.actions.filter(kind__in=[*_STEP_OF, "approve"]).order_by("seq")
    actions = list(wanted.values_list("seq", "kind", "business_date"))
    signed = max((seq for seq, kind, _ in actions if kind == "approve"), default=0)
    last = signed if case.state in _APPROVED else 0
    rated = {rating.seq: rating for rating in case.ratings.select_related("call_back")}
    return [
        Step(seq, _STEP_OF.get(kind, "decided"), on, rated.get(seq))
        for seq, kind, on in actions
        if kind != "approve" or seq == last
    ]


def channel_of(case: Case) -> str:
    """Return where a case came in: window when staff entered it, online otherwise."""
    return WINDOW if case.entered_by_id else ONLINE


def rate(*, number: str, seq: int, grade: int, reasons: Collection[str], remark: str, by: Actor, on: date) -> Rating:
    """Keep what a person thinks of one step of their own case; a bad one opens a call-back.

    Args:
        number: The case.
        seq: The action that completed the step.
        grade: 5 very satisfied … 1 very dissatisfied.
        reasons: Codes of the case's channel; others are left out.
        remark: What they write; sealed, may be empty.
        by: The person.
        on: Business date; the clock of the call-back starts then.

    Raises:
        Refused: rating_not_yours, rating_no_step, rating_given, rating_no_grade.
    """
    case = cases.get(number)
    if by.kind != "citizen" or by.person_id != case.person_id:
        raise Refused(RATING_NOT_YOURS)
    step = next((one for one in steps(case) if one.seq == seq), None)
    if step is None:
        raise Refused(RATING_NO_STEP)
    if step.rating is not None:
        raise Refused(RATING_GIVEN)
    if grade not in GRADES:
        raise Refused(RATING_NO_GRADE)
    channel = channel_of(case)
    given = Rating(
        case=case,
        person_id=case.person_id,
        seq=seq,
        step=step.step,
        service=case.service,
        region=case.region,
        channel=channel,
        grade=grade,
        reasons=[code for code in REASONS[channel] if code in reasons],
        remark=remark.strip()[:TEXT_MAX] or None,
        rated_on=on,
    )
    return _kept(given, on=on)


def _kept(given: Rating, *, on: date) -> Rating:
    try:
        with transaction.atomic():
            given.save(force_insert=True)
            if given.grade in BAD:
                due = add_working_days(day=on, n=settings.YIBAO_CALL_BACK_DAYS)
                CallBack.objects.create(
                    rating=given, region=given.region, due_on=due.day, due_provisional=due.provisional
                )
    except IntegrityError:
        raise Refused(RATING_GIVEN) from None
    return given


def call_backs(*, by: Actor) -> QuerySet[CallBack]:
    """Return the call-backs an actor may make: of their office, of cases they did not handle, earliest due first."""
    handled = CaseAction.objects.filter(case_id=OuterRef("rating__case_id"), actor_kind="staff", actor_id=by.id)
    found = CallBack.objects.filter(region__startswith=prefix_of(by.region or "-"))
    if not CALLERS & by.roles:
        return found.none()
    return found.filter(~Exists(handled)).select_related("rating__case", "rating__person", "holder")


def waiting(*, by: Actor) -> QuerySet[CallBack]:
    """Return the call-backs not made yet that an actor may make."""
    return call_backs(by=by).filter(outcome="")


def take(*, number: int, by: Actor) -> CallBack:
    """Take a call-back, so that nobody is called twice.

    Args:
        number: Key of the call-back.
        by: A colleague who did not handle the case.

    Raises:
        Refused: call_back_not_yours, call_back_held.
    """
    with transaction.atomic():
        held = _mine(number, by)
        held.holder_id = by.user_id
        held.save(update_fields=["holder"])
    return held


def answer(*, number: int, outcome: str, found: str, done: str, by: Actor, at: datetime) -> CallBack:
    """Write down what a call-back found and what was done; the person reads it.

    Args:
        number: Key of the call-back.
        outcome: fixed, planned, explained or mistaken.
        found: What was found.
        done: What was done, or will be and by when.
        by: Who called.
        at: The moment.

    Raises:
        Refused: call_back_not_yours, call_back_held, call_back_empty.
    """
    if outcome not in OUTCOMES or not found.strip() or not done.strip():
        raise Refused(CALL_BACK_EMPTY)
    with transaction.atomic():
        held = _mine(number, by)
        held.holder_id, held.outcome, held.answered_at = by.user_id, outcome, at
        held.found, held.done = found.strip()[:TEXT_MAX], done.strip()[:TEXT_MAX]
        held.save()
    return held


def _mine(number: int, by: Actor) -> CallBack:
    held = CallBack.objects.select_for_update().get(pk=number)
    if not call_backs(by=by).filter(pk=number).exists():
        raise Refused(CALL_BACK_NOT_YOURS)
    if held.outcome or held.holder_id not in (None, by.user_id):
        raise Refused(CALL_BACK_HELD)
    return held


def figures(*, office: str, since: date, until: date) -> list[Figures]:
    """Return the ratings of an office counted by region, step and channel, the sum first, in one statement.

    Groups with fewer than `TOLD_LEAST` ratings stand in the sum only.

    Args:
        office: Six digits; what lies below it counts.
        since: First day counted.
        until: Last day counted.
    """
    found = Rating.objects.filter(region__startswith=prefix_of(office), rated_on__gte=since, rated_on__lte=until)
    rows = found.order_by().values_list("region", "step", "channel", "grade").annotate(number=Count("pk"))
    counted: dict[tuple[str, str, str], dict[int, int]] = {}
    for region, step, channel, grade, number in rows:
        for key in (("", "", ""), (region, step, channel)):
            grades = counted.setdefault(key, dict.fromkeys(GRADES, 0))
            grades[grade] += number
    whole = [Figures(*key, grades) for key, grades in sorted(counted.items())]
    return [one for one in whole if not one.region or one.total >= TOLD_LEAST]
