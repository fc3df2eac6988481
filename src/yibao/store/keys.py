"""Requests that take effect once, however often they arrive.

Locks are taken in one fixed order everywhere: the case row, then the idempotency key, then ledger
accounts by id. Two requests with one key wait for each other here, before any account is touched.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from yibao.kernel.canonical import canonical_json, content_hash
from yibao.store import ready
from yibao.store.models import IdempotencyKey
from yibao.store.refusals import refuse

KEY_LENGTH_MAX = 80

_CLAIM = (
    "INSERT INTO store_idempotencykey (key, content_hash, answer, made_at, until) VALUES (%s, %s, %s, %s, %s)"
    " ON CONFLICT (key) DO NOTHING"
)


def pressed(sent: Mapping[str, str]) -> str:
    """Return the key that came with a form, cut to its length.

    Forms carry a key made when they were shown. Without one, all forms of a person would be one request, of which
    only the first took effect.

    Args:
        sent: The fields of the form.

    Raises:
        Refused: `no_key`; nothing was changed.
    """
    key = sent.get("key", "").strip()[:KEY_LENGTH_MAX]
    if not key:
        raise refuse("no_key")
    return key


@dataclass(slots=True)
class Slot:
    """The place of one request's answer.

    Attributes:
        repeated: The request has taken effect before; give `answer` back and change nothing.
        answer: The stored answer, or the one to store.
    """

    repeated: bool
    answer: Any = None


def claim_all(*, contents: Mapping[str, Any], answers: Mapping[str, Any], at: datetime) -> bool:
    """Take many keys inside the caller's transaction; False where one was taken before: end the transaction then.

    Args:
        contents: What is asked under each key, as plain data.
        answers: The answer under each key.
        at: Now.
    """
    rows = [
        IdempotencyKey(key=key, content_hash=content_hash(contents[key]), answer=answers[key], made_at=at)
        for key in sorted(contents)
    ]
    return ready.insert(rows, ignore_conflicts=True) == len(rows)


@contextmanager
def once(*, key: str, content: Any, at: datetime, passing: bool = False) -> Iterator[Slot]:
    """Run a block once per key, inside one transaction.

    Args:
        key: The request's own key.
        content: What is asked, as plain data; the same key with other content is refused.
        at: Now.
        passing: The key is forgotten after YIBAO_KEEP_KEY_DAYS: of a request that the state of its case refuses by
            then anyway, never of one that moves money.

    Raises:
        Refused: `key_reused`; show it, nothing was changed.
    """
    with transaction.atomic():
        slot = claim(key=key, content=content, at=at, passing=passing)
        yield slot
        if not slot.repeated:
            IdempotencyKey.objects.filter(key=key).update(answer=slot.answer)


def claim(*, key: str, content: Any, at: datetime, answer: Any = None, passing: bool = False) -> Slot:
    """Take a key inside the caller's transaction; waits for another transaction that holds it.

    Args:
        key: The request's own key.
        content: What is asked, as plain data.
        at: Now.
        answer: The answer, when it is known beforehand.
        passing: As with `once`.

    Returns:
        A slot; `repeated` when the key was taken before with the same content.

    Raises:
        Refused: `key_reused`.
    """
    wanted = content_hash(content)
    with connection.cursor() as cursor:
        stored = None if answer is None else canonical_json(answer)
        until = at + timedelta(days=settings.YIBAO_KEEP_KEY_DAYS) if passing else None
        moments = [connection.ops.adapt_datetimefield_value(one) for one in (at, until)]
        cursor.execute(_CLAIM, [key, wanted, stored, *moments])
        if cursor.rowcount == 1:
            return Slot(repeated=False, answer=answer)
    row = IdempotencyKey.objects.get(key=key)
    if row.content_hash != wanted:
        raise refuse("key_reused", key)
    return Slot(repeated=True, answer=row.answer)
