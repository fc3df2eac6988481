"""Batches of payments: who made one, who released it, what is in it, and what the bank said."""

from django.conf import settings
from django.db import models

from yibao.store.fields import SealedText
from yibao.store.models.cases import Case
from yibao.store.models.payments import Payment
from yibao.store.models.persons import BankAccount

STATES = ["made", "released", "sent", "dropped"]
EFFECTS = ["paid", "bounced", "on_way", "repeated", "late", "contradicts", "unknown"]


class PayerAccount(models.Model):
    """The account a fund pays from."""

    region = models.CharField(max_length=6)
    scheme = models.CharField(max_length=20)
    holder = models.CharField(max_length=120)
    number = SealedText()
    clearing_code = models.CharField(max_length=12)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["region", "scheme"], name="payer_account_once")]


class ClearingMember(models.Model):
    """Which number in the clearing system (联行号) a bank has under the name people write."""

    bank_name = models.CharField(max_length=80, primary_key=True)
    code = models.CharField(max_length=12)


class PaymentBatch(models.Model):
    """Payments that go to the bank in one file: one finance person makes it, another one releases it."""

    number = models.CharField(max_length=30, unique=True)
    region = models.CharField(max_length=6)
    scheme = models.CharField(max_length=20)
    flow = models.CharField(max_length=12)
    state = models.CharField(max_length=10, default="made")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="batches_made")
    made_at = models.DateTimeField()
    made_on = models.DateField()
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="batches_released"
    )
    released_at = models.DateTimeField(null=True, blank=True)
    released_on = models.DateField(null=True, blank=True)
    # What the file says; empty until it is written.
    sent_at = models.DateTimeField(null=True, blank=True)
    count = models.PositiveIntegerField(default=0)
    total_fen = models.BigIntegerField(default=0)
    file_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["region", "-id"], name="payment_batch_region")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=STATES), name="payment_batch_state_known"),
            models.CheckConstraint(
                condition=models.Q(released_by__isnull=True) | ~models.Q(released_by=models.F("made_by")),
                name="payment_batch_two_persons",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=["made", "dropped"]) | models.Q(released_by__isnull=False),
                name="payment_batch_released_before_sent",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class BatchItem(models.Model):
    """A case in a batch, as it was when the batch was made; waiting until it is paid or left out."""

    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="items")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="batch_items")
    amount_fen = models.BigIntegerField()
    evidence_hash = models.CharField(max_length=64)
    # Where the money is to go: what the second person is shown, and nothing else is paid.
    bank_account = models.ForeignKey(BankAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    payment = models.OneToOneField(Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="batch_item")
    # Code of the refusal that kept it out of the file.
    left_out = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=models.Q(payment__isnull=True, left_out=""),
                name="batch_item_waiting_once",
            ),
            models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="batch_item_above_zero"),
        ]


class BankMessage(models.Model):
    """One message of the bank that was read in."""

    batch = models.ForeignKey(PaymentBatch, on_delete=models.PROTECT, related_name="messages")
    message_id = models.CharField(max_length=35)
    sha256 = models.CharField(max_length=64)
    # When the bank wrote it: of two messages about one payment the later written one is believed.
    written_at = models.DateTimeField()
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    imported_at = models.DateTimeField()
    imported_on = models.DateField(db_index=True)
    finished = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["message_id"], name="bank_message_once")]


class BankResult(models.Model):
    """What one line of a message said of one payment, and what came of it; written with its effect, once."""

    message = models.ForeignKey(BankMessage, on_delete=models.PROTECT, related_name="results", db_index=False)
    line = models.PositiveIntegerField()
    end_to_end = models.CharField(max_length=35)
    payment = models.ForeignKey(Payment, null=True, blank=True, on_delete=models.PROTECT, related_name="bank_results")
    status = models.CharField(max_length=4)
    reason = models.CharField(max_length=200, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    effect = models.CharField(max_length=12)

    class Meta:
        ordering = ["message_id", "line"]
        constraints = [
            models.UniqueConstraint(fields=["message", "line"], name="bank_result_once"),
            models.CheckConstraint(condition=models.Q(effect__in=EFFECTS), name="bank_result_effect_known"),
        ]
