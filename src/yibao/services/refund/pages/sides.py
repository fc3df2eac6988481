"""Who fills an application in: the person on the portal, or a clerk for them at the counter.

Both answer the same questions on the same pages; what differs stands here.
"""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from yibao.services.refund import actions
from yibao.services.refund.actions.buttons import CORRECT_ACCOUNT
from yibao.store import agencies, audit_log
from yibao.store.models import Case

CLERK = "clerk"
WINDOW = "window"
THEN, LATER = "then", "later"
"""What the second button of a question sends: keep the answer, and go back to the list of what is missing."""
PURPOSE = "counter"
AS_EMPLOYER = "unit"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the counter.

    Attributes:
        space: Namespace of its addresses.
        layout: Template its pages extend.
        section: Item of the navigation its pages stand under.
        steps: Its questions, in order.
        door: Full name of the page before the first question.
        home: Full name of the page to go to when an application is given up.
    """

    space: str
    layout: str
    section: str
    steps: tuple[str, ...]
    door: str
    home: str

    def at(self, name: str, *args: object) -> str:
        """Return an address of this side."""
        return reverse(f"{self.space}:{name}", args=args)

    def words(self, say: Any, key: str, **values: object) -> str:
        """Return the words of this side: its own where it has some, else those for everybody."""
        own = f"refund.{self.section}.{key}"
        return say(own if say.find(own) else f"refund.{key}", **values)

    def around(self) -> dict[str, str]:
        """Return what every template of an application needs to know of its side."""
        return {"space": self.space, "layout": self.layout, "section": self.section}


PORTAL = Side(
    space="refund",
    layout="layouts/portal.html",
    section="cases",
    steps=("payments", "reason", "account", "materials", "check"),
    door="refund:index",
    home="portal:cases",
)
COUNTER = Side(
    space="workbench_refund",
    layout="layouts/workbench.html",
    section="counter",
    steps=("payments", "reason", "account", "seen", "materials", "check"),
    door="workbench_refund:counter",
    home="workbench_refund:counter",
)


EMPLOYER = Side(
    space="refund",
    layout="layouts/portal.html",
    section="unit",
    steps=("payments", "reason", "account", "materials", "check"),
    door="refund:unit",
    home="portal:unit",
)


def side_of(request: HttpRequest) -> Side:
    """Return on which side of the counter the reader sits, and for whom."""
    if request.actor.unit_id:
        return EMPLOYER
    return COUNTER if request.actor.kind == "staff" else PORTAL


def only_clerks(request: HttpRequest) -> None:
    """Let nobody but a clerk pass.

    Raises:
        PermissionDenied: the reader takes in no applications.
    """
    if CLERK not in request.actor.roles:
        raise PermissionDenied


def by_right(request: HttpRequest) -> str:
    """Return by what right the reader applies for another: then nobody asks; empty where they apply for themselves."""
    return request.actor.acting.kind if request.actor.acting else ""


def put_off(request: HttpRequest, case: Case) -> HttpResponse | None:
    """Return the way to the list of a draft, where the person asked to go on later; else None."""
    wanted = request.POST.get(THEN) == LATER and case.state == "draft" and side_of(request) is PORTAL
    return redirect("refund:case", case.number) if wanted else None


def account_is_wrong(case: Case, request: HttpRequest) -> bool:
    """Return whether a payment came back and the person may correct the account."""
    return case.state == "approved" and CORRECT_ACCOUNT in actions.available(case=case, actor=request.actor)


def own_case(request: HttpRequest, number: str) -> Case:
    """Return a case the reader fills in: their own, or one entered at their office's counter.

    Raises:
        Http404: no such refund, or somebody else's; the two look alike on purpose.
        Refused: acting_for_unit, act_for_unit_first, units_case: it is theirs in another part they play.
        PermissionDenied: staff of another role or region.
    """
    if side_of(request) is COUNTER:
        return _counter_case(request, number)
    case = Case.objects.select_related("refund", "person").filter(number=number, service="refund").first()
    if case is None or _begun_at_counter(case):
        raise Http404
    if not request.actor.concerns(person_id=case.person_id, unit_id=case.unit_id):
        raise agencies.in_another_part(by=request.actor, case=case) or Http404
    if case.unit_id and request.method == "GET":
        record_look(request, case, purpose=AS_EMPLOYER)
    return case


def _begun_at_counter(case: Case) -> bool:
    return case.state == "draft" and case.entered_by_id is not None


def _counter_case(request: HttpRequest, number: str) -> Case:
    only_clerks(request)
    case = desk_case(request, number)
    if case.refund.channel != WINDOW:
        raise Http404
    if request.method == "GET":
        record_look(request, case, purpose=PURPOSE)
    return case


def desk_case(request: HttpRequest, number: str) -> Case:
    """Return a refund that the office of the signed-in member of staff answers for.

    Raises:
        Http404: there is no such refund, or it is a draft that nobody but its author sees.
        PermissionDenied: it belongs to another region.
    """
    case = (
        Case.objects.select_related("refund", "person", "unit", "entered_by", "refund__bank_account")
        .filter(number=number, service="refund")
        .first()
    )
    if case is None:
        raise Http404
    if not request.actor.works_in(case.region):
        raise PermissionDenied
    if case.state == "draft" and case.entered_by_id != request.actor.user_id:
        raise Http404
    return case


def record_look(request: HttpRequest, case: Case, *, purpose: str) -> None:
    """Write down that a member of staff, or an agent, looked at the record of a case's person."""
    audit_log.record_read(
        reader=request.actor,
        person_id=case.person_id,
        purpose=purpose,
        at=request.at,
        case_number=case.number,
        role=min(request.actor.roles, default=""),
    )
