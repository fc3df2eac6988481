"""The double-entry journal: entries sum to zero per transaction, checked by the database at commit.

`amount_fen` is signed: a debit is positive, a credit negative.
"""

from django.db import models

from yibao.store.models.persons import Person, Unit


class LedgerAccount(models.Model):
    """An account of the chart, per region and scheme; personal accounts are one per person and region."""

    code = models.CharField(max_length=120, unique=True)
    region = models.CharField(max_length=6)
    scheme = models.CharField(max_length=10)
    kind = models.CharField(max_length=30)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="accounts")
    closed_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["region", "kind", "scheme"], name="ledger_account_chart")]

    def __str__(self) -> str:
        return self.code


class JournalTransaction(models.Model):
    """One posting of two or more entries; never changed, never deleted, reversed at most once."""

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=40)
    region = models.CharField(max_length=6)
    case_number = models.CharField(max_length=30, blank=True, db_index=True)
    accounting_date = models.DateField(db_index=True)
    posted_at = models.DateTimeField()
    memo = models.CharField(max_length=200, blank=True)
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversed_by")
    content_hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["id"]


class Entry(models.Model):
    """One signed amount on one account; never changed, never deleted."""

    transaction = models.ForeignKey(
        JournalTransaction, on_delete=models.PROTECT, related_name="entries", db_index=False
    )
    line = models.PositiveSmallIntegerField()
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="entries")
    amount_fen = models.BigIntegerField()

    class Meta:
        ordering = ["transaction_id", "line"]
        constraints = [
            models.UniqueConstraint(fields=["transaction", "line"], name="entry_line_once"),
            models.CheckConstraint(condition=~models.Q(amount_fen=0), name="entry_not_zero"),
        ]


class PersonalAccountBalance(models.Model):
    """The running balance of a personal account, in the person's favour; the lock row of every spend."""

    account = models.OneToOneField(LedgerAccount, primary_key=True, on_delete=models.PROTECT, related_name="balance")
    balance_fen = models.BigIntegerField(default=0)
    # Taken over from another system below zero: shown and worked off, never made worse by our postings.
    imported_negative = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(balance_fen__gte=0) | models.Q(imported_negative=True),
                name="personal_account_not_below_zero",
            ),
        ]


class BalanceCheckpoint(models.Model):
    """The balance of an account over all transactions up to one; balances are a checkpoint plus the tail."""

    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="checkpoints", db_index=False)
    through = models.ForeignKey(JournalTransaction, on_delete=models.PROTECT, related_name="+")
    balance_fen = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "through"], name="balance_checkpoint_once")]


class AccountingPeriod(models.Model):
    """A closed month of one region's books; the database refuses postings dated inside it."""

    region = models.CharField(max_length=6)
    month = models.IntegerField()
    closed_at = models.DateTimeField()
    closed_by = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["region", "month"], name="accounting_period_once")]
