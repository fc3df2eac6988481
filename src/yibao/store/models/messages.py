"""What a person is told: the inbox, the channels they chose, and each message on its way out; how they like to read."""

from django.conf import settings
from django.db import models

from yibao.store.fields import CanonicalJson, SealedText
from yibao.store.models.persons import Person


class Message(models.Model):
    """One thing a person is told, written with the action that gives the news; holds no personal data."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="messages", db_index=False)
    service = models.CharField(max_length=30)
    case_number = models.CharField(max_length=30)
    kind = models.CharField(max_length=30)
    # Case, action and kind: the same news is never written twice.
    key = models.CharField(max_length=120, unique=True)
    data = CanonicalJson(default=dict)
    made_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    # When the worker saw it and made one delivery for each channel.
    spread_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-id"], name="message_person"),
            models.Index(fields=["person"], condition=models.Q(read_at__isnull=True), name="message_unread"),
            models.Index(fields=["id"], condition=models.Q(spread_at__isnull=True), name="message_to_spread"),
        ]


class Delivery(models.Model):
    """One message by one channel: waiting, sent, or given up, which staff are shown."""

    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="deliveries", db_index=False)
    channel = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default="waiting")
    why = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "channel"], name="delivery_channel_once")]
        indexes = [models.Index(fields=["-id"], condition=models.Q(state="failed"), name="delivery_failed")]


class Contact(models.Model):
    """Where a person may be reached by one channel, once they have proved with a code that it is theirs."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="contacts", db_index=False)
    channel = models.CharField(max_length=10)
    address = SealedText(null=True, blank=True)
    wanted = models.BooleanField(default=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # A new address waits here; the confirmed one stays in use until the code was typed.
    proposed = SealedText(null=True, blank=True)
    nonce = models.CharField(max_length=40, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    asked = models.PositiveSmallIntegerField(default=0)
    wrong = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "channel"], name="contact_channel_once")]


class ReaderSettings(models.Model):
    """How somebody likes to read, on whatever device they sign in."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reader_settings")
    language = models.CharField(max_length=5, default="zh")
    large = models.BooleanField(default=False)
