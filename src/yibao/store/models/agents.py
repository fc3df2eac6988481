"""Who may act for which unit, since when, by what letter, recorded by whom."""

from django.db import models
from django.db.models import F, Q

from yibao.store.fields import CanonicalJson
from yibao.store.models.persons import Person, Unit


class UnitAgent(models.Model):
    """The right of a person to act for a unit, half-open in days; what was recorded is never rewritten, only ended."""

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="agents")
    agent = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="agent_of")
    # Names of the services it covers; empty for all.
    services = CanonicalJson(default=list)
    start = models.DateField()
    end = models.DateField()
    # The unit's letter as the clerk kept it; the file lies with the other documents.
    paper_sha256 = models.CharField(max_length=64)
    paper_type = models.CharField(max_length=30)
    recorded_at = models.DateTimeField()
    # Login number of the clerk.
    recorded_by = models.CharField(max_length=40)
    revoked_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [models.CheckConstraint(condition=Q(end__gt=F("start")), name="unit_agent_period")]
