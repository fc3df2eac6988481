"""Two records of one person become one, and nothing is lost: the old record stays and points at the kept one."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from yibao.ledger.accounts import Account, AccountKind
from yibao.store import posting
from yibao.store.models import CitizenLogin, LedgerAccount, Person
from yibao.store.refusals import refuse


def merge_persons(*, source_id: UUID, target_id: UUID, key: str, on: date, at: datetime) -> Person:
    """Point a duplicate record, such as one under a birth-certificate number, at the one that is kept.

    Its enrolments, contributions and events count for the kept person from now on; its personal accounts are
    moved, each in one transaction of the journal; its login shows the kept record.

    Args:
        source_id: The duplicate.
        target_id: The record that is kept, not itself merged.
        key: The request's key; the same request again changes nothing.
        on: Accounting date of the moves.
        at: Now.

    Returns:
        The kept person.

    Raises:
        Refused: `not_the_same_person` when the duplicate was merged elsewhere or the kept one was merged itself.
    """
    with transaction.atomic():
        pair = {row.pk: row for row in Person.objects.select_for_update().filter(pk__in=[source_id, target_id])}
        source, target = pair.get(source_id), pair.get(target_id)
        if source is None or target is None or source is target or target.merged_into_id is not None:
            raise refuse("not_the_same_person", str(source_id), str(target_id))
        if source.merged_into_id not in (None, target_id):
            raise refuse("not_the_same_person", str(source_id), str(target_id))
        Person.objects.filter(pk=source_id).update(merged_into=target)
        # Records merged into the duplicate earlier follow it, so that one step always leads to the kept one.
        Person.objects.filter(merged_into_id=source_id).update(merged_into=target)
        CitizenLogin.objects.filter(person_id=source_id).update(person=target)
        _move_accounts(source_id, target_id, key=key, on=on, at=at)
    return target


def _move_accounts(source_id: UUID, target_id: UUID, *, key: str, on: date, at: datetime) -> None:
    owned = LedgerAccount.objects.filter(person_id=source_id, kind=AccountKind.PERSONAL, closed_on=None)
    for row in owned.order_by("pk"):
        posting.merge_personal_accounts(
            source=Account.parse(row.code),
            target=Account(AccountKind.PERSONAL, row.region, row.scheme, target_id),
            key=f"{key}/{row.pk}",
            on=on,
            at=at,
        )
