"""What a transfer is at one place, beside its case: what was asked, what was checked, the table, the money."""

from django.db import models
from django.db.models import Q

from yibao.store.fields import CanonicalJson
from yibao.store.models import BankAccount, Case, Enrolment, JournalTransaction, Person

SIDES = ["out", "in"]


class Transfer(models.Model):
    """One side of one transfer; both sides share the thread of their messages."""

    case = models.OneToOneField(Case, primary_key=True, on_delete=models.PROTECT, related_name="transfer")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="transfers")
    thread = models.CharField(max_length=40)
    side = models.CharField(max_length=3)
    # The pooling area this side's rules are of, and where the case is; `other` answers for the other side.
    place = models.CharField(max_length=6)
    source = models.CharField(max_length=6)
    target = models.CharField(max_length=6)
    applied_here = models.BooleanField()
    by = models.CharField(max_length=6, default="person")
    channel = models.CharField(max_length=10, default="app")
    materials = CanonicalJson(default=list)
    records = CanonicalJson(default=dict)
    # The relation the other place has, as it told; and what each place found.
    told = CanonicalJson(default=dict)
    checks = CanonicalJson(default=dict)
    type = models.CharField(max_length=10, blank=True)
    days = CanonicalJson(default=dict)
    stage = models.CharField(max_length=16, default="draft")
    live = models.BooleanField(default=True)
    accepted_on = models.DateField(null=True, blank=True)
    sent_on = models.DateField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    loaded_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    ended_because = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["thread", "side"], name="transfer_side_once"),
            models.UniqueConstraint(fields=["person", "place"], condition=Q(live=True), name="transfer_one_open"),
            models.CheckConstraint(condition=Q(side__in=SIDES), name="transfer_side_known"),
        ]

    def __str__(self) -> str:
        return f"transfer {self.thread}/{self.side}"

    @property
    def other(self) -> str:
        """Code of the other place."""
        return self.target if self.side == "out" else self.source


class Table(models.Model):
    """One version of the information table, as it was made at the old place or as it came to the new one."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="tables", db_index=False)
    version = models.PositiveSmallIntegerField()
    body = CanonicalJson()
    evidence_hash = models.CharField(max_length=64)
    state = models.CharField(max_length=10, default="built")
    made_on = models.DateField()
    made_by = models.CharField(max_length=40, blank=True)
    signed_by = models.CharField(max_length=40, blank=True)
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["transfer", "version"], name="transfer_table_once"),
            models.CheckConstraint(
                condition=Q(state__in=["built", "sent", "received", "checked", "returned", "loaded"]),
                name="transfer_table_state_known",
            ),
        ]


class LoadedPeriod(models.Model):
    """A period of the old place as the new place took it over; its enrolment stands with the others of the person."""

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="periods")
    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="+")
    scheme = models.CharField(max_length=10)
    region = models.CharField(max_length=6)
    first_month = models.IntegerField()
    end_month = models.IntegerField()
    months = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10)
    base_fen = models.BigIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["first_month", "id"]


class AccountMove(models.Model):
    """The money of a transfer at one place; it has a clock and an end of its own."""

    transfer = models.OneToOneField(Transfer, primary_key=True, on_delete=models.PROTECT, related_name="money")
    mode = models.CharField(max_length=12, blank=True)
    state = models.CharField(max_length=10, default="here")
    principal_fen = models.BigIntegerField(default=0)
    interest_fen = models.BigIntegerField(default=0)
    interest_known = models.BooleanField(default=False)
    amount_fen = models.BigIntegerField(default=0)
    # At the old place: where the new one wants it; None where that has not said.
    bank_account = models.ForeignKey(BankAccount, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    notice = CanonicalJson(default=dict)
    # The money's own clock: begins when it arrived, no limit where no source sets one.
    working_days = models.PositiveSmallIntegerField(null=True, blank=True)
    arrived_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    due_provisional = models.BooleanField(default=False)
    escalated_on = models.DateField(null=True, blank=True)
    arrived_by = models.CharField(max_length=40, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    settlement = models.ForeignKey(
        JournalTransaction, null=True, blank=True, on_delete=models.PROTECT, related_name="settled_accounts"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="transfer_money_not_negative"),
        ]
        indexes = [models.Index(fields=["due_on"], condition=Q(ended_on__isnull=True), name="transfer_money_due")]


class Arrears(models.Model):
    """What a person owes at a place, as a clerk recorded it; a transfer waits until it is cleared."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="arrears")
    place = models.CharField(max_length=6)
    amount_fen = models.BigIntegerField()
    noted_on = models.DateField()
    noted_by = models.CharField(max_length=40, blank=True)
    cleared_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(amount_fen__gt=0), name="arrears_above_zero")]
