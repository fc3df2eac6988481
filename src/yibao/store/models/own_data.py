"""Copies of their own data that people asked for."""

from datetime import datetime

from django.db import models

from yibao.store.models.persons import Person


class DataCopy(models.Model):
    """A copy of one person's data: asked for, made, fetched once; its file lies sealed until then."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="data_copies", db_index=False)
    asked_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, blank=True)
    until = models.DateTimeField(null=True, blank=True)
    fetched_at = models.DateTimeField(null=True, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["person", "-id"], name="data_copy_person")]

    def state(self, at: datetime) -> str:
        """Return where the copy stands at a moment: asked, ready, fetched or lapsed."""
        if self.fetched_at is not None:
            return "fetched"
        if self.until is None:
            return "asked"
        return "ready" if at < self.until else "lapsed"
