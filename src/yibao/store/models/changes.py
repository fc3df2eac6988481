"""Corrections of the record: each adds a version, none is taken away."""

from django.db import models

from yibao.store.fields import SealedText
from yibao.store.models.cases import Case
from yibao.store.models.persons import Person

TARGETS = ["person", "enrolment", "contribution"]


class RecordChange(models.Model):
    """One field of one registered record, before and after, and the case that ordered the change."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="record_changes")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="record_changes", db_index=False)
    target = models.CharField(max_length=20)
    target_key = models.CharField(max_length=40)
    field = models.CharField(max_length=30)
    # 1 is what was registered at first; the first correction makes version 2.
    version = models.PositiveIntegerField()
    before = SealedText()
    after = SealedText()
    changed_on = models.DateField()
    changed_at = models.DateTimeField()
    changed_by = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["person", "-id"], name="record_change_person")]
        constraints = [
            models.UniqueConstraint(fields=["target", "target_key", "field", "version"], name="record_version_once"),
            models.CheckConstraint(condition=models.Q(target__in=TARGETS), name="record_change_target_known"),
        ]
