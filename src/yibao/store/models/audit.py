"""Who looked, and the signed heads over everything that was written."""

from django.db import models

from yibao.store.fields import SealedText
from yibao.store.models.persons import Person


class ReadLog(models.Model):
    """One look at one person's record; chained per day and process, never changed, never deleted."""

    chain = models.CharField(max_length=60)
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    reader_kind = models.CharField(max_length=10)
    reader_id = models.CharField(max_length=40, blank=True)
    role = models.CharField(max_length=30, blank=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="reads", db_index=False)
    purpose = models.CharField(max_length=60)
    case_number = models.CharField(max_length=30, blank=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [models.Index(fields=["person", "-at"], name="read_log_person")]
        constraints = [models.UniqueConstraint(fields=["chain", "seq"], name="read_log_seq_once")]


class Unmasking(models.Model):
    """A look at which numbers were shown in full: what was said of its purpose; kept like the look itself."""

    look = models.OneToOneField(ReadLog, on_delete=models.PROTECT, related_name="unmasking")
    note = SealedText(blank=True)


class AuditHead(models.Model):
    """The signed Merkle root of one day over all chain ends and journal hashes up to given ids."""

    day = models.DateField(unique=True)
    last_action_id = models.BigIntegerField()
    last_transaction_id = models.BigIntegerField()
    last_read_id = models.BigIntegerField()
    # Empty in heads from before logins were covered; their signatures say nothing of it.
    last_login_id = models.BigIntegerField(null=True)
    leaf_count = models.PositiveIntegerField()
    root = models.CharField(max_length=64)
    previous_root = models.CharField(max_length=64, blank=True)
    public_key = models.CharField(max_length=64)
    signature = models.CharField(max_length=128)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["day"]
