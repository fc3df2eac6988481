"""What the pages keep for themselves: failed sign-ins, so that guessing is stopped everywhere, and own filters."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction

FAILURES_MAX = 5
LOCK_MINUTES = 15
FILTERS_MAX = 20


class SignInFailure(models.Model):
    """Failures in a row under one login name, which is kept only as a keyed hash."""

    login_hash = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)

    def is_locked(self, *, at: datetime) -> bool:
        """Return whether sign-in is refused at a point in time."""
        return self.locked_until is not None and at < self.locked_until

    @classmethod
    def record(cls, *, login_hash: str, at: datetime) -> "SignInFailure":
        """Count one more failure; the last allowed one locks.

        Args:
            login_hash: the keyed hash of what was typed.
            at: when it happened.
        """
        with transaction.atomic():
            row, _ = cls.objects.select_for_update().get_or_create(login_hash=login_hash)
            row.count = 1 if row.locked_until and at >= row.locked_until else row.count + 1
            row.locked_until = at + timedelta(minutes=LOCK_MINUTES) if row.count >= FAILURES_MAX else None
            row.save()
        return row


class SavedFilter(models.Model):
    """The filters of the work list that a member of staff keeps under a name of their own."""

    NAME_MAX = 30
    QUERY_MAX = 600

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters")
    name = models.CharField(max_length=NAME_MAX)
    query = models.CharField(max_length=QUERY_MAX)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_filter_name_once")]

    def __str__(self) -> str:
        return self.name
