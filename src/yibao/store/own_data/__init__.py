"""A person's copy of what is on record about them: asked for, made by the worker, fetched once.

Source: 中华人民共和国个人信息保护法 (2021-08-20), arts. 44 to 50.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from yibao.casework.actors import Actor
from yibao.store import audit_log, documents
from yibao.store.models import DataCopy, Outbox, Person
from yibao.store.own_data.file import written
from yibao.store.own_data.sections import collected
from yibao.store.refusals import refuse

KEPT = timedelta(days=7)
JOB = "store.own_data"
ASKED, MADE, FETCHED = "own_copy_asked", "own_copy_made", "own_copy"


def latest(person_id: UUID) -> DataCopy | None:
    """Return the copy a person asked for last, or None."""
    return DataCopy.objects.filter(person_id=person_id).order_by("-pk").first()


def ask(*, person_id: UUID, by: Actor, at: datetime) -> DataCopy:
    """Ask for a copy; while one is being made or lies ready, that one stands.

    Args:
        person_id: Whose record.
        by: The person.
        at: Now.
    """
    with transaction.atomic():
        Person.objects.select_for_update().get(pk=person_id)
        before = latest(person_id)
        if before is not None and before.state(at) in ("asked", "ready"):
            return before
        copy = DataCopy.objects.create(person_id=person_id, asked_at=at)
        Outbox.objects.create(kind=JOB, data={"copy": copy.pk}, due_at=at)
        audit_log.record_read(reader=by, person_id=person_id, purpose=ASKED, at=at)
    return copy


def make(*, copy_id: int, at: datetime) -> None:
    """Make a copy that was asked for, once; nothing is locked while it is written.

    Args:
        copy_id: Of the copy.
        at: Now.
    """
    copy = DataCopy.objects.get(pk=copy_id)
    if copy.sha256:
        return
    content = written(person=copy.person, sections=collected(copy.person), at=at)
    digest = documents.put(content)
    with transaction.atomic():
        waiting = DataCopy.objects.filter(pk=copy_id, sha256="")
        if waiting.update(sha256=digest, ready_at=at, until=at + KEPT):
            audit_log.record_read(reader=Actor.system(), person_id=copy.person_id, purpose=MADE, at=at)


def fetch(*, person_id: UUID, by: Actor, at: datetime) -> bytes:
    """Hand a copy out, once; the file is gone afterwards.

    Args:
        person_id: Whose record.
        by: The person.
        at: Now.

    Returns:
        A ZIP file with the copy to read (HTML) and to process (JSON).

    Raises:
        Refused: `no_copy_ready`: none was made, its time has passed, or it was fetched before.
    """
    with transaction.atomic():
        copy = DataCopy.objects.select_for_update().filter(person_id=person_id).order_by("-pk").first()
        if copy is None or copy.state(at) != "ready":
            raise refuse("no_copy_ready")
        content = documents.get(copy.sha256)
        DataCopy.objects.filter(pk=copy.pk).update(fetched_at=at)
        audit_log.record_read(reader=by, person_id=person_id, purpose=FETCHED, at=at)
        transaction.on_commit(lambda: documents.path_of(copy.sha256).unlink(missing_ok=True))
    return content
