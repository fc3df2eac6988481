"""Promise letters (告知承诺书): what was told, what was promised, and what a later check found."""

from django.db import models

from yibao.store.fields import CanonicalJson, SealedText
from yibao.store.models.cases import Case
from yibao.store.models.papers import IssuedPaper
from yibao.store.models.persons import Person

OUTCOMES = ["", "kept", "broken"]
CAUSES = ["draw", "objection"]


class PromiseLetter(models.Model):
    """A letter that stands in for one material of one case; its file is an issued paper of the same number."""

    number = models.CharField(max_length=40, unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="promises")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="promises", db_index=False)
    service = models.CharField(max_length=30)
    region = models.CharField(max_length=6)
    material = models.CharField(max_length=40)
    # told, promise and consequence in both languages, and their source: word for word as they were signed.
    words = CanonicalJson()
    paper = models.OneToOneField(IssuedPaper, on_delete=models.PROTECT, related_name="promise")
    signer = SealedText()
    signed_by = models.CharField(max_length=40, blank=True)
    # Signed on paper before a clerk, or by the person's own login.
    at_window = models.BooleanField(default=False)
    signed_at = models.DateTimeField()
    signed_on = models.DateField()
    keep_until = models.DateField()
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["region", "-signed_on"], name="promise_region_signed"),
            models.Index(fields=["person", "-id"], name="promise_person"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "material"], condition=models.Q(taken_back_at__isnull=True), name="promise_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class PromiseCheck(models.Model):
    """One check of a kept letter: drawn by chance, or asked for by the person against an earlier outcome."""

    letter = models.ForeignKey(PromiseLetter, on_delete=models.PROTECT, related_name="checks")
    cause = models.CharField(max_length=10, default="draw")
    # Out of how many letters it was drawn.
    out_of = models.PositiveIntegerField(default=1)
    drawn_by = models.CharField(max_length=40, blank=True)
    drawn_on = models.DateField()
    outcome = models.CharField(max_length=10, blank=True)
    found = models.CharField(max_length=500, blank=True)
    checked_by = models.CharField(max_length=40, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    # Until when the person may not use the promise way; empty with `broken` = no source says for how long.
    closed_until = models.DateField(null=True, blank=True)
    # What the person says against the outcome of the check before.
    objection = SealedText(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["letter"], condition=models.Q(outcome=""), name="promise_one_check_at_a_time"
            ),
            models.CheckConstraint(condition=models.Q(outcome__in=OUTCOMES), name="promise_outcome_known"),
            models.CheckConstraint(condition=models.Q(cause__in=CAUSES), name="promise_cause_known"),
        ]
