"""Who may act for whom, since when, by what paper, confirmed by whom."""

from django.db import models
from django.db.models import F, Q

from yibao.casework.representation import KINDS
from yibao.store.fields import CanonicalJson
from yibao.store.models.persons import Person


class Representation(models.Model):
    """One person's right to act for another, half-open in days; what was asked is never rewritten, only ended."""

    kind = models.CharField(max_length=10)
    representative = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="acts_for")
    represented = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="represented_by")
    # Names of the services it covers; empty for all.
    services = CanonicalJson(default=list)
    start = models.DateField()
    end = models.DateField(null=True, blank=True)
    # The authorisation or proof as it was handed in; the file lies with the other documents.
    paper_sha256 = models.CharField(max_length=64, blank=True)
    paper_type = models.CharField(max_length=30, blank=True)
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # Login number of the clerk or of the represented person, and the level of the latter.
    confirmed_by = models.CharField(max_length=40, blank=True)
    confirmed_as = models.CharField(max_length=10, blank=True)
    confirmed_level = models.CharField(max_length=2, blank=True)
    revoked_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="representation_kind_known"),
            models.CheckConstraint(condition=Q(end__isnull=True) | Q(end__gt=F("start")), name="representation_period"),
            models.CheckConstraint(condition=~Q(representative=F("represented")), name="representation_of_another"),
        ]
