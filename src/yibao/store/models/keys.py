"""Numbers that are given once, and requests that take effect once."""

from django.db import models

from yibao.store.fields import CanonicalJson


class NumberSequence(models.Model):
    """The last number given out under a name such as `case/CQ/2023`."""

    name = models.CharField(max_length=60, primary_key=True)
    last = models.PositiveIntegerField(default=0)


class IdempotencyKey(models.Model):
    """A request that takes effect once: the same key and content get the stored answer again."""

    key = models.CharField(max_length=200, primary_key=True)
    content_hash = models.CharField(max_length=64)
    answer = CanonicalJson(null=True)
    made_at = models.DateTimeField()
    # From then on nobody repeats the request any more; empty where the key guards money, and stays.
    until = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["until"], condition=models.Q(until__isnull=False), name="idempotency_key_until"),
        ]


class Outbox(models.Model):
    """Work for the worker, taken under a lease and taken over when the lease runs out."""

    kind = models.CharField(max_length=40)
    case_number = models.CharField(max_length=30, blank=True)
    data = CanonicalJson(default=dict)
    due_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    lease_by = models.CharField(max_length=60, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_at", "id"]
        indexes = [models.Index(fields=["due_at"], condition=models.Q(done_at__isnull=True), name="outbox_due")]
