"""Codes that clerks give at a window, with which somebody raises their own session."""

from django.db import models

from yibao.store.models.persons import Person


class WindowCode(models.Model):
    """A code for one person and one level, good for minutes and once; only its keyed hash is kept."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="window_codes")
    level = models.CharField(max_length=2)
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    # Login number of the clerk who saw the person and the identity document.
    made_by = models.CharField(max_length=40)
    wrong = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
