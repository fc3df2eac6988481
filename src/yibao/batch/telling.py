"""The worker's part of messages: one delivery for each channel a person chose, each sent on its own; reminders.

Sending comes before writing it down: a worker killed in between sends again, with the same key, and the channel
drops the second. So a message goes out at least once, and arrives once where the channel keeps keys.
"""

from datetime import date, datetime

from django.db import connection, transaction
from django.db.models import Exists, OuterRef

from yibao.kernel.workdays import add_working_days
from yibao.store.messages import contacts, telling, undelivered
from yibao.store.messages.channels import Letter, Undeliverable, channel
from yibao.store.models import CaseClock, Contact, Delivery, Message, Outbox, ReaderSettings

TRIES_MAX = 8
BATCH = 200
CORRECTION = "correction"
REMINDER = "reminder"


def spread(*, at: datetime) -> int:
    """Make a delivery for each channel of the messages nobody has spread yet; return how many messages."""
    with transaction.atomic():
        fresh = Message.objects.filter(spread_at=None).select_related("person").order_by("id")
        if connection.features.has_select_for_update_skip_locked:
            fresh = fresh.select_for_update(skip_locked=True, of=("self",))
        messages = list(fresh[:BATCH])
        for message in messages:
            _deliver(message, at)
        Message.objects.filter(pk__in=[message.pk for message in messages]).update(spread_at=at)
    return len(messages)


def _deliver(message: Message, at: datetime) -> None:
    wanted = telling.channels_of(message.kind)
    for name in contacts.reached(message.person) if wanted else ():
        if name in wanted:
            row, made = Delivery.objects.get_or_create(message=message, channel=name, defaults={"made_at": at})
            if made:
                undelivered.to_send(row, at=at)


def send(row: Outbox, on: date, at: datetime) -> None:
    """Send one message by one channel; given up after the last try, which staff are shown.

    Raises:
        Undeliverable: this time; the worker tries again later.
    """
    delivery = Delivery.objects.select_related("message__person").get(pk=row.data["delivery"])
    if delivery.state != "waiting":
        return
    try:
        gone = _send(delivery)
    except Exception as error:
        lasting = isinstance(error, Undeliverable) and error.permanent
        if not lasting and row.tries + 1 < TRIES_MAX:
            raise
        _end(delivery, "failed", at, why=str(error) if isinstance(error, Undeliverable) else type(error).__name__)
        return
    _end(delivery, "sent" if gone else "dropped", at)


def _send(delivery: Delivery) -> bool:
    """Return whether it went out: a channel switched off in the meantime gets nothing."""
    message = delivery.message
    address = contacts.reached(message.person).get(delivery.channel)
    if address is None:
        return False
    words = telling.words(message, language=_language(message.person_id))
    letter = Letter(to=address, subject=words.title, text=words.outside, key=f"{message.key}/{delivery.channel}")
    channel(delivery.channel).send(letter)
    return True


def _end(delivery: Delivery, state: str, at: datetime, *, why: str = "") -> None:
    ended = {"state": state, "why": why[:60], "ended_at": at}
    Delivery.objects.filter(pk=delivery.pk, state="waiting").update(**ended)


def _language(person_id: object) -> str:
    found = ReaderSettings.objects.filter(user__citizen_login__person_id=person_id).values_list("language", flat=True)
    return found.first() or "zh"


def send_code(row: Outbox, on: date, at: datetime) -> None:
    """Send the code of a proposed address; one that was replaced or is too old is not sent any more."""
    contact = Contact.objects.filter(pk=row.data["contact"], nonce=row.data["nonce"]).first()
    if contact is None or not contacts.waits(contact, at=at):
        return
    subject, text = telling.code_words(
        code=contacts.code(contact), minutes=contacts.CODE_MINUTES, language=_language(contact.person_id)
    )
    channel(contact.channel).send(Letter(str(contact.proposed), subject, text, f"{contact.pk}/{contact.nonce}"))


def remind(*, on: date, at: datetime) -> int:
    """Remind persons whose own limit is near, once for each limit; return how many were reminded."""
    until = add_working_days(day=on, n=telling.remind_days()).day
    reminded = Message.objects.filter(
        kind=REMINDER, case_number=OuterRef("case__number"), made_at__date__gte=OuterRef("running_since")
    )
    near = CaseClock.objects.filter(~Exists(reminded), name=CORRECTION, finished_on=None, due_on__range=(on, until))
    clocks = list(near.filter(running_since__isnull=False).select_related("case").order_by("due_on", "id")[:BATCH])
    for clock in clocks:
        telling.write(case=clock.case, kind=REMINDER, about=f"{clock.running_since}", at=at)
    return len(clocks)
