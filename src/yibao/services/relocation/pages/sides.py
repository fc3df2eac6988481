"""Whose transfer it is: that of the reader, or one the reader's office answers for."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from yibao.services.relocation import actions
from yibao.store import agencies, audit_log
from yibao.store.models import Case

NAME, CLERK = "relocation", "clerk"
AS_EMPLOYER = "unit_transfer"


def own_case(request: HttpRequest, number: str) -> Case:
    """Return a transfer of the reader, or of the unit they act for; an agent's look is logged.

    Raises:
        Http404: There is none, it is somebody else's, or a clerk's draft at the window; they look alike on purpose.
        Refused: acting_for_unit, act_for_unit_first: it is theirs in another part they play.
    """
    found = Case.objects.select_related("transfer__money", "transfer__person", "unit")
    case = found.filter(number=number, service=NAME).first()
    if case is None:
        raise Http404
    if not actions.theirs(case, by=request.actor):
        drafted = case.unit_id is not None and case.submitted_on is None and request.actor.person_id == case.person_id
        no = None if drafted else agencies.in_another_part(by=request.actor, case=case)
        raise no or Http404
    if case.unit_id and request.actor.unit_id and request.method == "GET":
        record_look(request, case.person_id, number=number)
    return case


def record_look(request: HttpRequest, person_id: UUID, *, number: str = "") -> None:
    """Write down that an agent of a unit looked.

    Args:
        request: The agent's.
        person_id: At whose transfer.
        number: Of the case, where there is one.
    """
    audit_log.record_read(
        reader=request.actor, person_id=person_id, purpose=AS_EMPLOYER, at=request.at, case_number=number
    )


def desk_case(request: HttpRequest, number: str) -> Case:
    """Return a transfer the reader's office answers for.

    Raises:
        Http404: There is none, or it is a draft, which is its applicant's alone.
        PermissionDenied: It belongs to another region.
    """
    found = Case.objects.select_related("transfer__money", "person").filter(number=number, service=NAME).first()
    if found is None or found.state == "draft":
        raise Http404
    if not request.actor.works_in(found.region):
        raise PermissionDenied
    return found
