"""What the record knows of a person's insurance: relations, payments, credits, use, events.

Days are half-open (`start` .. `end`, `end` None = open); months are indexes `year * 12 + month - 1`, half-open.
"""

from django.db import models
from django.utils.functional import cached_property

from yibao.store.fields import CanonicalJson
from yibao.store.models.persons import Person, Unit

SCHEMES = ["employee", "resident"]
CATEGORIES = ["unit", "individual", "unemployed", "resident", "student", "newborn"]
STATUSES = ["normal", "suspended", "ended"]


class Enrolment(models.Model):
    """One insured relation of one person."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="enrolments")
    scheme = models.CharField(max_length=10)
    category = models.CharField(max_length=12)
    tier = models.PositiveSmallIntegerField(null=True, blank=True)
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="enrolments")
    region = models.CharField(max_length=6)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, default="normal")
    benefits_from = models.DateField(null=True, blank=True)
    years_kind = models.CharField(max_length=10, blank=True)

    class Meta:
        ordering = ["start", "id"]
        constraints = [
            models.CheckConstraint(condition=models.Q(scheme__in=SCHEMES), name="enrolment_scheme_known"),
            models.CheckConstraint(condition=models.Q(category__in=CATEGORIES), name="enrolment_category_known"),
            models.CheckConstraint(condition=models.Q(status__in=STATUSES), name="enrolment_status_known"),
            models.CheckConstraint(
                condition=models.Q(end__isnull=True) | models.Q(end__gt=models.F("start")),
                name="enrolment_ends_after_start",
            ),
        ]

    @cached_property
    def unit_code(self) -> str | None:
        """Credit code of the unit; read along where whole records are read."""
        return self.unit.credit_code if self.unit else None


class MovedEnrolment(models.Model):
    """That a relation moved to another place with all that was paid for it; here a copy stays."""

    enrolment = models.OneToOneField(Enrolment, primary_key=True, on_delete=models.PROTECT, related_name="moved")
    to_region = models.CharField(max_length=6)
    moved_on = models.DateField()
    case_number = models.CharField(max_length=30)


class Contribution(models.Model):
    """One payment for months of cover; `amount_fen` None = paid, amount unknown."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="contributions")
    kind = models.CharField(max_length=10)
    first_month = models.IntegerField()
    end_month = models.IntegerField()
    paid_on = models.DateField(null=True, blank=True)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    payer = models.CharField(max_length=20)
    collector = models.CharField(max_length=10, blank=True)
    standard = models.CharField(max_length=12, blank=True)
    years = models.PositiveSmallIntegerField(null=True, blank=True)
    base_fen = models.BigIntegerField(null=True, blank=True)
    rate = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        ordering = ["first_month", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["annual", "monthly", "lump_sum", "back"]), name="contribution_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(end_month__gt=models.F("first_month")), name="contribution_covers_months"
            ),
            models.CheckConstraint(
                condition=models.Q(amount_fen__isnull=True) | models.Q(amount_fen__gte=0),
                name="contribution_not_negative",
            ),
        ]

    @cached_property
    def parts_held(self) -> list["ContributionPart"]:
        """Who paid what into which fund; read along where whole records are read, as the two below."""
        return list(self.parts.all())

    @cached_property
    def credits_held(self) -> list["AccountCredit"]:
        """What it credits to the personal account."""
        return list(self.credits.all())

    @cached_property
    def refunds_held(self) -> list["ContributionRefund"]:
        """What of it was given back."""
        return list(self.refunds.all())


class ContributionPart(models.Model):
    """What one payer paid into one fund (pool, account, large_claim)."""

    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="parts")
    fund = models.CharField(max_length=12)
    payer = models.CharField(max_length=20)
    amount_fen = models.BigIntegerField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(fund__in=["pool", "account", "large_claim"]), name="contribution_part_fund_known"
            ),
            models.CheckConstraint(condition=models.Q(amount_fen__gte=0), name="contribution_part_not_negative"),
        ]


class AccountCredit(models.Model):
    """What a contribution credits to the personal account each month, over a run of months.

    `kind` credit = the ordinary credit, retiree = the one a retired person would have got.
    """

    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="credits")
    kind = models.CharField(max_length=8, default="credit")
    first_month = models.IntegerField()
    end_month = models.IntegerField()
    amount_fen = models.BigIntegerField()

    class Meta:
        ordering = ["first_month", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["credit", "retiree"]), name="account_credit_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(end_month__gt=models.F("first_month"), amount_fen__gte=0),
                name="account_credit_whole",
            ),
        ]


class ContributionRefund(models.Model):
    """Months of a contribution whose money has already been given back, by which case."""

    contribution = models.ForeignKey(Contribution, on_delete=models.PROTECT, related_name="refunds")
    first_month = models.IntegerField()
    end_month = models.IntegerField()
    amount_fen = models.BigIntegerField()
    case_number = models.CharField(max_length=30, blank=True)

    class Meta:
        ordering = ["first_month", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(end_month__gt=models.F("first_month"), amount_fen__gte=0),
                name="contribution_refund_whole",
            ),
        ]


class BenefitUse(models.Model):
    """Care paid for under an enrolment: outpatient, inpatient, or from the personal account."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.PROTECT, related_name="benefits")
    on = models.DateField()
    kind = models.CharField(max_length=12)
    amount_fen = models.BigIntegerField()

    class Meta:
        ordering = ["on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=["outpatient", "inpatient", "account"]), name="benefit_use_kind_known"
            ),
        ]


class RecordEvent(models.Model):
    """Something that happened to a person, with the members its kind carries (`from`, `to`, `group`, …)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=30)
    on = models.DateField(null=True, blank=True)
    data = CanonicalJson(default=dict)

    class Meta:
        ordering = ["on", "id"]
