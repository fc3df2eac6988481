"""Who has which case in hand, and how it came to them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.contrib.auth.models import User
from django.db.models import Count

from yibao.casework.actors import prefix_of
from yibao.store.models import Case, CaseAction

GIVING = ("hand_over", "assign")
HOLDING = ("take", "release", *GIVING)


@dataclass(frozen=True, slots=True)
class Received:
    """How a case came to the one who has it in hand.

    Attributes:
        kind: hand_over or assign.
        name: Who gave it.
        note: Why.
        at: When.
    """

    kind: str
    name: str
    note: str
    at: datetime


@dataclass(slots=True)
class Load:
    """What one colleague has in hand.

    Attributes:
        user_id: The login.
        name: The colleague.
        count: How many cases.
        overdue: Those past their deadline, the latest last.
    """

    user_id: int
    name: str
    count: int = 0
    overdue: list[Case] = field(default_factory=list)


def counts(user_ids: Collection[int]) -> dict[int, int]:
    """Return how many open cases each login has in hand; a login without any is given with 0."""
    held = Case.objects.filter(holder_id__in=user_ids, closed_on=None).values_list("holder_id")
    return {**dict.fromkeys(user_ids, 0), **dict(held.annotate(Count("pk")).order_by())}


def loads(*, office: str, on: date) -> list[Load]:
    """Return who has cases of an office in hand, the most first.

    Args:
        office: Six digits; cases of what lies below it count too.
        on: Today.
    """
    held = Case.objects.filter(holder__isnull=False, closed_on=None, region__startswith=prefix_of(office))
    names = {user.pk: user.get_full_name() for user in User.objects.filter(pk__in=held.values("holder_id"))}
    rows = held.values_list("holder_id").annotate(Count("pk")).order_by()
    found = {user_id: Load(user_id, names[user_id], count) for user_id, count in rows if user_id in names}
    for case in held.filter(due_on__lt=on).order_by("due_on", "pk"):
        if case.holder_id in found:
            found[case.holder_id].overdue.append(case)
    return sorted(found.values(), key=lambda one: (-one.count, one.name, one.user_id))


def received(cases: Iterable[Case]) -> dict[int, Received]:
    """Return how cases came to those who have them in hand, by the key of the case; one that was taken is left out."""
    held = {case.pk: case.holder_id for case in cases if case.holder_id is not None}
    if not held:
        return {}
    steps = CaseAction.objects.filter(case_id__in=held, kind__in=HOLDING).order_by("case_id", "seq")
    last = {step.case_id: step for step in steps}
    given = {pk: step for pk, step in last.items() if step.kind in GIVING and str(step.data["holder"]) == str(held[pk])}
    givers = User.objects.in_bulk([int(step.actor_id) for step in given.values()])
    return {
        pk: Received(step.kind, givers[int(step.actor_id)].get_full_name(), step.reason, step.at)
        for pk, step in given.items()
    }
