"""A clerk who has seen somebody gives them a code, with which they raise their own session, once and soon."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from yibao.casework.actors import Actor
from yibao.casework.refusals import refuse
from yibao.kernel.typed import plain
from yibao.store import audit_log
from yibao.store.models import Person, WindowCode

CLERK = "clerk"
LEVEL = "L3"
"""What a clerk makes sure of who sees somebody with their identity document, and what a code is worth."""
CODE_DIGITS = 8
CODE_MINUTES = 10
WRONG_MAX = 5
GIVEN_A_DAY = 6
GIVEN, USED, SPENT = "window_code_given", "window_code_used", "window_code_spent"
"""Why a look stands in the person's list of looks, and in its chain."""


def give(*, person: Person, by: Actor, at: datetime) -> str:
    """Return a new code for a person, to be read to them; the ones before it are worth nothing any more.

    Args:
        person: Who stands at the window with their identity document.
        by: A clerk of the person's region.
        at: Now.

    Raises:
        Refused: `not_your_role`, `not_your_region`, `window_codes_too_many`, `window_person_died`.
    """
    if by.kind != "staff" or CLERK not in by.roles:
        raise refuse("not_your_role", CLERK)
    if not by.works_in(person.region):
        raise refuse("not_your_region", person.region)
    if person.died_on is not None:
        raise refuse("window_person_died")
    code = f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"
    with transaction.atomic():
        Person.objects.select_for_update().only("pk").get(pk=person.pk)
        if WindowCode.objects.filter(person=person, made_at__gt=at - timedelta(days=1)).count() >= GIVEN_A_DAY:
            raise refuse("window_codes_too_many")
        WindowCode.objects.create(
            person=person,
            level=LEVEL,
            digest=_digest(person.pk, code),
            made_at=at,
            ends_at=at + timedelta(minutes=CODE_MINUTES),
            made_by=by.id,
        )
        audit_log.record_read(reader=by, person_id=person.pk, purpose=GIVEN, at=at, role=CLERK)
    return code


def use(*, person_id: UUID, code: str, by: Actor, at: datetime) -> str:
    """Return the level a code is worth, and use it up.

    Args:
        person_id: Who is signed in, themselves.
        code: What was typed; blanks and hyphens do not matter.
        by: The same, as the one who acts.
        at: Now.

    Raises:
        Refused: `window_code_wrong` (with the tries that are left), `window_code_expired`, `window_code_used`,
            `window_code_spent`; a wrong try is counted all the same.
    """
    with transaction.atomic():
        # Only the newest counts: a person holds one code at a time.
        row = WindowCode.objects.select_for_update().filter(person_id=person_id).order_by("-id").first()
        refusal = _why_not(row, _digest(person_id, plain(code).replace("-", "")), at)
        if row is not None and refusal == "window_code_wrong":
            row.wrong += 1
            if row.wrong >= WRONG_MAX:
                audit_log.record_read(reader=by, person_id=person_id, purpose=SPENT, at=at)
            row.save(update_fields=["wrong"])
        elif row is not None and not refusal:
            row.used_at = at
            row.save(update_fields=["used_at"])
            audit_log.record_read(reader=by, person_id=person_id, purpose=USED, at=at)
    # Raised after the transaction: the count of wrong tries must outlive the refusal.
    if row is None or refusal:
        raise refuse(refusal or "window_code_wrong", WRONG_MAX - row.wrong if row else 0)
    return row.level


def _why_not(row: WindowCode | None, digest: str, at: datetime) -> str:
    if row is None:
        return "window_code_wrong"
    if row.wrong >= WRONG_MAX:
        return "window_code_spent"
    if not hmac.compare_digest(row.digest, digest):
        return "window_code_wrong"
    if row.used_at is not None:
        return "window_code_used"
    return "window_code_expired" if at >= row.ends_at else ""


def _digest(person_id: UUID, code: str) -> str:
    text = f"window code {person_id} {code}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()
