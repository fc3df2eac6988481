"""What areas say to one another: messages out and in, with whom they are exchanged, and the keys that sign them."""

import json
from functools import cached_property
from typing import Any

from django.db import models

from yibao.store.fields import CanonicalJson, SealedText


class ExchangePartner(models.Model):
    """An area messages are exchanged with; without an address it is kept in this database."""

    area = models.CharField(max_length=6, primary_key=True)
    address = models.CharField(max_length=200, blank=True)
    joined_at = models.DateTimeField()
    # The version of its key that an area kept here signs with.
    signs_with = models.PositiveIntegerField(default=1)
    # An area that does not answer is left alone for a while, which grows.
    failures = models.PositiveIntegerField(default=0)
    paused_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=60, blank=True)


class ExchangeKey(models.Model):
    """One version of the key an area signs with; the private half only of areas kept here."""

    partner = models.ForeignKey(ExchangePartner, on_delete=models.PROTECT, related_name="keys", db_index=False)
    version = models.PositiveIntegerField()
    public = models.CharField(max_length=64)
    private = SealedText(null=True, blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["partner", "version"], name="exchange_key_version_once")]


class ExchangeThread(models.Model):
    """The last position given to a message of one thread from one area to another."""

    thread = models.CharField(max_length=60)
    sender = models.CharField(max_length=6)
    receiver = models.CharField(max_length=6)
    last = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "sender", "receiver"], name="exchange_thread_once"),
        ]


class _Message(models.Model):
    """What a message is at either end; `content` is its canonical text, empty once it need not be kept any more."""

    message_id = models.UUIDField(unique=True)
    thread = models.CharField(max_length=60)
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=60)
    sender = models.CharField(max_length=6)
    receiver = models.CharField(max_length=6)
    content_hash = models.CharField(max_length=64)
    content = SealedText(null=True, blank=True)
    sent_at = models.DateTimeField()
    state = models.CharField(max_length=10, default="waiting")
    # Why it was refused: code and sentences, nothing of a person.
    reason = CanonicalJson(null=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_by = models.CharField(max_length=60, blank=True)

    class Meta:
        abstract = True

    @cached_property
    def body(self) -> dict[str, Any]:
        """Return what it says; empty once its content is not kept any more."""
        found: dict[str, Any] = json.loads(self.content)["body"] if self.content else {}
        return found


class OutboxMessage(_Message):
    """A message on its way: waiting, delivered, refused by its handler, or stuck: not taken, which staff are shown."""

    # The same step of the same case never says the same thing twice.
    key = models.CharField(max_length=200, unique=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "sender", "receiver", "position"], name="outbox_position_once"),
        ]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(state="waiting"), name="outbox_message_waiting"),
            models.Index(fields=["id"], condition=models.Q(state="stuck"), name="outbox_message_stuck"),
        ]


class InboxMessage(_Message):
    """A message that came: waiting for its turn, done, refused, or stuck, which staff are shown."""

    received_at = models.DateTimeField()
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=60, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "sender", "receiver", "position"], name="inbox_position_once"),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=models.Q(state="waiting"), name="inbox_message_waiting"),
            models.Index(fields=["id"], condition=models.Q(state="stuck"), name="inbox_message_stuck"),
        ]


class TurnedAway(models.Model):
    """Batches that were turned away at the door: one row for a sender on record and a reason, however often."""

    # Empty where the sender is not on record: whatever a stranger claims is not kept.
    sender = models.CharField(max_length=6, blank=True)
    code = models.CharField(max_length=60)
    times = models.PositiveIntegerField(default=1)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sender", "code"], name="exchange_turned_away_once")]
