"""What the pages keep for themselves: failed sign-ins and requests counted for all processes, sessions, own filters."""

from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from yibao.casework.limits import WINDOW_SECONDS_MAX
from yibao.store import ready

FAILURES_MAX = 5
ADDRESS_FAILURES_MAX = 50
LOCK_MINUTES = 15
FILTERS_MAX = 20
LOCK_MINUTES_MAX = 24 * 60
MINUTE_SECONDS = 60


class SignInFailure(models.Model):
    """Failures in a row under one login name or from one address, which are kept only as keyed hashes.

    A day after the last failure and the end of the lock all of it is forgotten.
    """

    login_hash = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveSmallIntegerField(default=0)
    rounds = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField()

    def is_locked(self, *, at: datetime) -> bool:
        """Return whether sign-in is refused at a point in time."""
        return self.locked_until is not None and at < self.locked_until

    def wait(self, *, at: datetime) -> int | None:
        """Return how many minutes the lock still holds, at least 1, or None where it does not."""
        if self.locked_until is None or at >= self.locked_until:
            return None
        return -int(-(self.locked_until - at).total_seconds() // MINUTE_SECONDS)

    @classmethod
    def locked(cls, *, login_hash: str, at: datetime) -> int | None:
        """Return how many minutes a lock still holds, or None where there is none."""
        found = cls.objects.filter(login_hash=login_hash).first()
        return found.wait(at=at) if found else None

    @classmethod
    def over(cls, *, at: datetime) -> QuerySet["SignInFailure"]:
        """Return failures that count no more: neither towards a lock nor for how long the next one holds."""
        since = at - timedelta(minutes=LOCK_MINUTES_MAX)
        return cls.objects.filter(Q(locked_until=None) | Q(locked_until__lte=since), failed_at__lte=since)

    @classmethod
    def record(cls, *, login_hash: str, at: datetime, most: int = FAILURES_MAX) -> "SignInFailure":
        """Count one more failure; the last allowed one locks, each time in a row for twice as long, up to a day.

        Args:
            login_hash: the keyed hash of what was typed.
            at: when it happened.
            most: the failure that locks.
        """
        with transaction.atomic():
            cls.over(at=at).filter(login_hash=login_hash).delete()
            found = cls.objects.select_for_update()
            row, _ = found.get_or_create(login_hash=login_hash, defaults={"failed_at": at})
            # Tried before the lock fell and wrong after it: the lock stays as it is.
            if row.is_locked(at=at):
                return row
            row.count, row.locked_until, row.failed_at = row.count + 1, None, at
            if row.count >= most:
                # Doubled no more often than could matter: the rounds of an address know no end.
                minutes = min(LOCK_MINUTES << min(row.rounds, LOCK_MINUTES_MAX.bit_length()), LOCK_MINUTES_MAX)
                row.locked_until, row.count, row.rounds = at + timedelta(minutes=minutes), 0, row.rounds + 1
            row.save()
        return row


class SavedFilter(models.Model):
    """The filters of the work list that a member of staff keeps under a name of their own."""

    NAME_MAX = 30
    QUERY_MAX = 600

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_filters", db_index=False
    )
    name = models.CharField(max_length=NAME_MAX)
    query = models.CharField(max_length=QUERY_MAX)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="saved_filter_name_once")]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def of(cls, user_id: int) -> list["SavedFilter"]:
        """Return those of one login, by name."""
        reader = _reader_of(cls)
        sql = f"SELECT {reader.columns} FROM {cls._meta.db_table} WHERE user_id {{among}} ORDER BY name"
        return [reader.made(row) for row in ready.rows(sql, [user_id])]


@cache
def _reader_of(model: type[SavedFilter]) -> ready.Reader[SavedFilter]:
    return ready.Reader(model)


class RequestCount(models.Model):
    """How many requests of one kind one login or address made within one window of time."""

    key = models.CharField(primary_key=True, max_length=64)
    window = models.BigIntegerField()
    count = models.PositiveIntegerField(default=1)

    _COUNT = """
        INSERT INTO web_requestcount (key, "window", count) VALUES (%s, %s, 1)
        ON CONFLICT (key) DO UPDATE SET "window" = excluded."window",
            count = CASE WHEN web_requestcount."window" = excluded."window" THEN web_requestcount.count + 1 ELSE 1 END
        RETURNING count
    """

    @classmethod
    def more(cls, *, key: str, window: int) -> int:
        """Count one more request in one statement, and return how many there were in this window.

        Args:
            key: the keyed hash of who and what.
            window: when the window began, in seconds since 1970; a new one begins at 1.
        """
        with connection.cursor() as cursor:
            cursor.execute(cls._COUNT, [key, window])
            return int(cursor.fetchone()[0])

    @classmethod
    def over(cls, *, at: datetime) -> QuerySet["RequestCount"]:
        """Return counts whose window is over, whichever limit it belongs to."""
        return cls.objects.filter(window__lte=int(at.timestamp()) - WINDOW_SECONDS_MAX)


class OpenSession(models.Model):
    """A session that is open, so that its owner can see it and end it."""

    session_key = models.CharField(primary_key=True, max_length=40)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="open_sessions")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    browser = models.CharField(max_length=80, blank=True)

    @classmethod
    def over(cls, *, at: datetime) -> QuerySet["OpenSession"]:
        """Return what is told of sessions that are not open any more.

        Args:
            at: Now. One that was seen within the life of a session stays: its key may be changing just now.
        """
        oldest = at - timedelta(seconds=settings.SESSION_COOKIE_AGE)
        alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=at)
        return cls.objects.filter(~Exists(alive), seen_at__lt=oldest)
