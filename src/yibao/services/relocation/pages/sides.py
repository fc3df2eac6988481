"""Whose transfer it is: that of the reader, or one the reader's office answers for."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from yibao.store.models import Case

NAME, CLERK = "relocation", "clerk"


def own_case(request: HttpRequest, number: str) -> Case:
    """Return a transfer of the reader.

    Raises:
        Http404: There is none, it is somebody else's, or a clerk's draft at the window; they look alike on purpose.
    """
    found = Case.objects.select_related("transfer__money", "transfer__person").filter(number=number, service=NAME)
    case = found.first()
    if case is None or not request.actor.concerns(person_id=case.person_id, unit_id=case.unit_id):
        raise Http404
    if case.state == "draft" and case.entered_by_id is not None:
        raise Http404
    return case


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
