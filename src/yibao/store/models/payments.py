"""Money on its way out."""

from django.db import models

from yibao.store.models.cases import Case
from yibao.store.models.journal import JournalTransaction
from yibao.store.models.persons import BankAccount

LIVE = ["sent", "paid"]


class Payment(models.Model):
    """One transfer to one receiver; a receiver of a case has at most one that is sent or paid."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="payments")
    receiver = models.CharField(max_length=60)
    amount_fen = models.BigIntegerField()
    route = models.CharField(max_length=12)
    slip_number = models.CharField(max_length=40, blank=True)
    bank_account = models.ForeignKey(BankAccount, null=True, blank=True, on_delete=models.PROTECT)
    status = models.CharField(max_length=10, default="sent")
    sent_on = models.DateField()
    settled_on = models.DateField(null=True, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    transaction = models.ForeignKey(
        JournalTransaction, null=True, blank=True, on_delete=models.PROTECT, related_name="payments"
    )

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["settled_on"], condition=models.Q(settled_on__isnull=False), name="payment_by_day"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "receiver"], condition=models.Q(status__in=LIVE), name="payment_live_once"
            ),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="payment_above_zero"),
            models.CheckConstraint(condition=models.Q(status__in=[*LIVE, "bounced"]), name="payment_status_known"),
            models.CheckConstraint(
                condition=models.Q(route__in=["original", "slip", "treasury"]), name="payment_route_known"
            ),
        ]
