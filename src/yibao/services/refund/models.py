"""What a refund asks for beyond its case, and which months have been given back."""

from django.db import models
from django.utils.functional import cached_property

from yibao.store.fields import CanonicalJson
from yibao.store.models import BankAccount, Case, Contribution
from yibao.store.situations import payment_key

GROUNDS = ["cover", "price"]


class RefundRequest(models.Model):
    """The answers of one application; the case itself holds state, level and clocks."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="refund")
    reason = models.CharField(max_length=30, blank=True)
    applicant = models.CharField(max_length=12, default="payer")
    channel = models.CharField(max_length=20, default="app")
    payments = models.ManyToManyField(Contribution, related_name="+", blank=True)
    bank_account = models.ForeignKey(BankAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Materials a clerk saw at the window, without a file.
    seen_at_window = CanonicalJson(default=list)
    determined_fen = models.BigIntegerField(null=True, blank=True)
    determined_worksheet = models.CharField(max_length=500, blank=True)
    determined_by = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(determined_fen__isnull=True) | models.Q(determined_fen__gte=0),
                name="refund_determined_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"refund of {self.case_id}"

    @cached_property
    def chosen(self) -> dict[str, Contribution]:
        """Return the payments asked for with their parts and credits, by their name in case files."""
        rows = self.payments.select_related("enrolment").prefetch_related("parts", "credits").order_by("pk")
        return {payment_key(row): row for row in rows}


class RefundedMonth(models.Model):
    """A month of a contribution that an approved case gives back; the database refuses the second one.

    `ground` cover = the month's money goes back; price = it was charged too much. One month may have both,
    never more together than was paid (checked where the amount is approved).
    """

    contribution = models.ForeignKey(
        Contribution, on_delete=models.PROTECT, related_name="refunded_months", db_index=False
    )
    month = models.IntegerField()
    ground = models.CharField(max_length=8)
    # What of the refund falls on this month; what does not divide stands on the first one.
    amount_fen = models.BigIntegerField()
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="refunded_months")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contribution", "month", "ground"], name="refunded_month_once"),
            models.CheckConstraint(condition=models.Q(ground__in=GROUNDS), name="refunded_month_ground_known"),
        ]
