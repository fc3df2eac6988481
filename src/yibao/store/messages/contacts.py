"""Where a person is reached: proposed by them, proved with a code, switched on and off."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from yibao.kernel.typed import plain
from yibao.store.messages.refusals import refuse
from yibao.store.models import Contact, Outbox, Person

CHANNELS = ("sms", "email")
CODE_MINUTES = 15
CODE_DIGITS = 6
AGAIN_AFTER = timedelta(minutes=1)
CODES_A_DAY = 5
WRONG_MAX = 5
MOBILE_DIGITS = 11
CODE_JOB = "contact.code"


def of(person_id: UUID) -> dict[str, Contact]:
    """Return a person's contacts by channel."""
    return {row.channel: row for row in Contact.objects.filter(person_id=person_id)}


def read_address(*, channel: str, text: str) -> str:
    """Return an address in its one spelling.

    Args:
        channel: `sms` or `email`.
        text: What was typed; blanks, hyphens, full-width signs and +86 are understood.

    Raises:
        Refused: no_mobile_number, no_email_address.

    Examples:
        >>> read_address(channel="sms", text="+86 138-0013-8000")
        '13800138000'
    """
    compact = plain(text)
    if channel == "email":
        try:
            validate_email(compact)
        except ValidationError:
            raise refuse("no_email_address") from None
        return compact
    number = compact.replace("-", "").removeprefix("+86")
    if len(number) == MOBILE_DIGITS and number.isascii() and number.isdigit() and number.startswith("1"):
        return number
    raise refuse("no_mobile_number")


def propose(*, person_id: UUID, channel: str, text: str, at: datetime) -> Contact:
    """Keep a new address and have a code sent there; the old one stays in use until the code was typed.

    Raises:
        Refused: no_mobile_number, no_email_address, code_just_sent, too_many_codes.
    """
    address = read_address(channel=channel, text=text)
    with transaction.atomic():
        Contact.objects.get_or_create(person_id=person_id, channel=channel)
        row = Contact.objects.select_for_update().get(person_id=person_id, channel=channel)
        if row.asked_at and at < row.asked_at + AGAIN_AFTER:
            raise refuse("code_just_sent")
        row.asked = row.asked + 1 if row.asked_at and at < row.asked_at + timedelta(days=1) else 1
        if row.asked > CODES_A_DAY:
            raise refuse("too_many_codes")
        row.proposed, row.nonce, row.asked_at, row.wrong = address, secrets.token_hex(16), at, 0
        row.save()
        Outbox.objects.create(kind=CODE_JOB, data={"contact": row.pk, "nonce": row.nonce}, due_at=at)
    return row


def code(row: Contact) -> str:
    """Return the code of a proposal: worked out from its nonce, so that no table holds it."""
    text = f"{row.pk}/{row.nonce}/{row.proposed}".encode()
    number = int.from_bytes(hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).digest()[:8], "big")
    return f"{number % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def waits(row: Contact, *, at: datetime) -> bool:
    """Return whether a proposal still waits for its code."""
    alive = row.asked_at is not None and at < row.asked_at + timedelta(minutes=CODE_MINUTES)
    return bool(row.proposed) and alive and row.wrong < WRONG_MAX


def confirm(*, person_id: UUID, channel: str, typed: str, at: datetime) -> Contact:
    """Take the proposed address into use when the code is right.

    Raises:
        Refused: code_wrong (counted: after five the code is void), code_expired.
    """
    with transaction.atomic():
        row = Contact.objects.select_for_update().filter(person_id=person_id, channel=channel).first()
        if row is None or not waits(row, at=at):
            raise refuse("code_expired")
        right = hmac.compare_digest(code(row).encode(), plain(typed).encode())
        if right:
            row.address, row.confirmed_at, row.proposed, row.nonce, row.wanted = row.proposed, at, None, "", True
        else:
            row.wrong += 1
        row.save()
    # Outside the transaction: the wrong guess stays counted.
    if not right:
        raise refuse("code_wrong")
    return row


def want(*, person_id: UUID, channel: str, wanted: bool) -> None:
    """Switch a confirmed channel on or off."""
    Contact.objects.filter(person_id=person_id, channel=channel).update(wanted=wanted)


def reached(person: Person) -> dict[str, str]:
    """Return where a person is to be reached now; nobody writes to a phone whose owner is dead."""
    if person.died_on is not None:
        return {}
    rows = Contact.objects.filter(person=person, wanted=True, confirmed_at__isnull=False)
    return {row.channel: str(row.address) for row in rows}
