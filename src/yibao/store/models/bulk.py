"""Approvals of many cases at once: what was asked, what was inspected, what came of each row."""

from django.conf import settings
from django.db import models

from yibao.store.fields import CanonicalJson
from yibao.store.models.cases import Case

STATES = ["inspecting", "released", "done", "dropped"]
VERDICTS = ["", "agreed", "not_agreed"]
OUTCOMES = ["waiting", "approved", "refused", "changed", "taken_out", "failed"]


class BulkRun(models.Model):
    """One approval of many cases: a stored query, an inspection drawn from it, and its release."""

    number = models.CharField(max_length=30, unique=True)
    service = models.CharField(max_length=30)
    region = models.CharField(max_length=6)
    role = models.CharField(max_length=30)
    filters = CanonicalJson(default=dict)
    state = models.CharField(max_length=12, default="inspecting")
    # The drawing can be repeated: rows stand in the order of the hash of seed and case number.
    seed = models.CharField(max_length=32)
    inspected = models.PositiveIntegerField()
    weak = models.PositiveIntegerField(default=0)
    weak_fen = models.BigIntegerField(default=0)
    held = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bulk_runs")
    made_at = models.DateTimeField()
    made_on = models.DateField()
    released_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["region", "-id"], name="bulk_run_region")]
        constraints = [models.CheckConstraint(condition=models.Q(state__in=STATES), name="bulk_run_state_known")]

    def __str__(self) -> str:
        return self.number


class BulkRow(models.Model):
    """A case in a bulk approval, as it was shown: its level, evidence and amount, and what came of it."""

    run = models.ForeignKey(BulkRun, on_delete=models.PROTECT, related_name="rows", db_index=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="bulk_rows")
    level = models.PositiveSmallIntegerField()
    evidence_hash = models.CharField(max_length=64)
    amount_fen = models.BigIntegerField(null=True, blank=True)
    # Place in the drawing; only rows that were drawn have one.
    drawn = models.PositiveIntegerField(null=True, blank=True)
    verdict = models.CharField(max_length=12, blank=True)
    marked_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, default="waiting")
    # Code of the refusal that kept it from being approved.
    code = models.CharField(max_length=60, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["run", "outcome", "id"], name="bulk_row_outcome")]
        constraints = [
            models.UniqueConstraint(fields=["run", "case"], name="bulk_row_once"),
            models.CheckConstraint(condition=models.Q(verdict__in=VERDICTS), name="bulk_row_verdict_known"),
            models.CheckConstraint(condition=models.Q(outcome__in=OUTCOMES), name="bulk_row_outcome_known"),
        ]
