"""How far cases, books and bank were compared: what agreed by a day is a sum, what did not stays open by name."""

from django.db import models

from yibao.store.models.journal import JournalTransaction
from yibao.store.models.payments import Payment


class ReconciliationDay(models.Model):
    """A checkpoint: everything dated up to a day and on record by then was looked at; never changed, never deleted."""

    on = models.DateField()
    made_at = models.DateTimeField()
    # The last rows on record when it was made: what is younger counts as new, whatever day it bears.
    payment_through = models.BigIntegerField()
    result_through = models.BigIntegerField()
    transaction_through = models.BigIntegerField()

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["-on", "-id"], name="reconciliation_day_last")]


class ReconciliationSum(models.Model):
    """What agreed for good by a day, of one way out of one region."""

    day = models.ForeignKey(ReconciliationDay, on_delete=models.PROTECT, related_name="sums", db_index=False)
    region = models.CharField(max_length=6)
    route = models.CharField(max_length=12)
    count = models.BigIntegerField()
    fen = models.BigIntegerField()
    by_hand_fen = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "region", "route"], name="reconciliation_sum_once")]


class ReconciliationOpen(models.Model):
    """What has to be looked at again after a day: on its way, differing, or dated later."""

    day = models.ForeignKey(ReconciliationDay, on_delete=models.PROTECT, related_name="open")
    payment = models.ForeignKey(Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    transaction = models.ForeignKey(
        JournalTransaction, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
