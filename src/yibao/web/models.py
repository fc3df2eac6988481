"""Failed sign-ins, so that guessing is stopped in every process at once."""

from datetime import datetime, timedelta

from django.db import models, transaction

FAILURES_MAX = 5
LOCK_MINUTES = 15


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
