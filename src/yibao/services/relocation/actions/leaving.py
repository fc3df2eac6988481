"""Relations whose years are told to the new place: nothing that was paid for them is given back here any more."""

from collections.abc import Iterator
from datetime import date

from yibao.services.relocation.actions import earlier, looking
from yibao.services.relocation.models import Transfer
from yibao.store.models import Enrolment, MovedEnrolment
from yibao.store.planned import Writer


def relations(row: Transfer, *, on: date) -> Iterator[Enrolment]:
    """Yield the relations the person has at this place.

    Args:
        row: The old place's side.
        on: Business date.
    """
    for each in looking.known(row, on=on).record.enrolments:
        if each.person_id == row.person_id and looking.area(each.region, on=on) == row.place:
            yield each


def leave(row: Transfer, *, on: date, writer: Writer) -> None:
    """Note that the relations go: from the day the table is sent its months are the new place's to give back.

    Args:
        row: The old place's side, its case locked.
        on: The day; noted again, the later day stands.
        writer: What it is written by.
    """
    told = {"to_region": row.target, "moved_on": on, "case_number": row.case.number}
    moved = earlier.moves(row).moved
    for each in relations(row, on=on):
        note = MovedEnrolment(enrolment=each, **told)
        if each.pk in moved:
            writer.change(note, *told)
        else:
            writer.add(note)


def stay(row: Transfer) -> None:
    """Note that the relations stay after all: the table came back, or the transfer ended without it."""
    MovedEnrolment.objects.filter(case_number=row.case.number).delete()
