"""Counts of requests, failed sign-ins and what is told of ended sessions go when nobody needs them, and not before."""

from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yibao.casework import limits
from yibao.casework.limits import WINDOW_SECONDS_MAX, Limit
from yibao.store import retention
from yibao.web.models import FAILURES_MAX, LOCK_MINUTES, LOCK_MINUTES_MAX, OpenSession, RequestCount, SignInFailure

pytestmark = pytest.mark.django_db
AT = datetime(2023, 2, 10, 2, 34, 56, tzinfo=UTC)
SECOND = timedelta(seconds=1)
A_DAY = timedelta(minutes=LOCK_MINUTES_MAX)
LIMITS = [one for one in vars(limits).values() if isinstance(one, Limit)]


@pytest.fixture(autouse=True)
def own_folder(settings, tmp_path):
    settings.YIBAO_DOCUMENTS_DIR = tmp_path / "documents"


def gone(at: datetime, *, dry: bool = False) -> dict[str, int]:
    return {one.rule.code: one.count for one in retention.run(at=at, dry=dry) if one.count}


def fail(times: int, at: datetime = AT) -> SignInFailure:
    return [SignInFailure.record(login_hash="a", at=at) for _ in range(times)][-1]


class TestRequests:
    @pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
    def test_a_count_in_its_window_stays_and_goes_on(self, limit):
        begun = limit.window(AT)
        last = datetime.fromtimestamp(begun + limit.seconds - 1, UTC)
        RequestCount.more(key="k", window=begun)
        assert gone(last) == {}
        assert RequestCount.more(key="k", window=limit.window(last)) == 2

    @pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
    def test_a_count_goes_when_the_longest_window_is_over(self, limit):
        RequestCount.more(key="k", window=limit.window(AT))
        over = datetime.fromtimestamp(limit.window(AT) + WINDOW_SECONDS_MAX, UTC)
        assert gone(over - SECOND) == {}
        assert gone(over, dry=True) == {"counts": 1}
        assert gone(over) == {"counts": 1}
        assert not RequestCount.objects.exists()
        assert gone(over) == {}

    @pytest.mark.parametrize("seconds", [0, WINDOW_SECONDS_MAX + 1])
    def test_no_window_is_longer_than_counts_are_kept(self, seconds):
        with pytest.raises(ValueError, match="a window has"):
            Limit("long", 1, seconds)

    def test_a_count_that_begins_anew_while_others_are_deleted_stays(self):
        for key in ("quiet", "back"):
            RequestCount.more(key=key, window=0)

        def come_back(execute, sql, parameters, many, context):
            if sql.startswith("DELETE"):
                RequestCount.objects.filter(key="back").update(window=int(AT.timestamp()))
            return execute(sql, parameters, many, context)

        with connection.execute_wrapper(come_back):
            assert gone(AT) == {"counts": 1}
        assert RequestCount.objects.get().key == "back"


class TestFailures:
    def test_a_lock_that_holds_stays_and_still_locks(self):
        until = fail(FAILURES_MAX).locked_until
        assert gone(until - SECOND) == {}
        assert SignInFailure.locked(login_hash="a", at=until - SECOND) == 1

    def test_a_lock_of_a_day_outlives_the_day(self):
        until = AT + A_DAY
        SignInFailure.objects.create(login_hash="a", rounds=9, locked_until=until, failed_at=AT)
        assert gone(until) == {}
        assert gone(until + A_DAY - SECOND) == {}
        assert gone(until + A_DAY) == {"failures": 1}

    def test_the_lock_before_makes_the_next_one_longer_until_it_is_forgotten(self):
        until = fail(FAILURES_MAX).locked_until
        soon = until + A_DAY - SECOND
        assert gone(soon) == {}
        assert fail(FAILURES_MAX, soon).wait(at=soon) == 2 * LOCK_MINUTES

    def test_each_lock_in_a_row_is_twice_as_long_until_a_day_is_the_longest(self):
        held, at = [], AT
        for _ in range(9):
            for _ in range(FAILURES_MAX):
                row = fail(1, at)
            held.append(row.wait(at=at))
            at = row.locked_until
        assert held == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]

    def test_failures_short_of_a_lock_count_for_a_day(self):
        fail(FAILURES_MAX - 1)
        assert gone(AT + A_DAY - SECOND) == {}
        assert fail(1, AT + A_DAY - SECOND).wait(at=AT + A_DAY - SECOND) == LOCK_MINUTES

    @pytest.mark.parametrize("times", [1, FAILURES_MAX - 1, FAILURES_MAX, FAILURES_MAX + 1])
    @pytest.mark.parametrize("deleted", [True, False])
    def test_what_is_forgotten_counts_for_nothing_deleted_or_not(self, times, deleted):
        for n in range(times):
            row = fail(1, AT + n * timedelta(minutes=LOCK_MINUTES))
        over = max(row.failed_at, row.locked_until or row.failed_at) + A_DAY
        if deleted:
            assert gone(over, dry=True) == {"failures": 1}
            assert gone(over) == {"failures": 1}
            assert gone(over) == {}
        again = fail(1, over)
        assert (again.count, again.rounds, again.locked_until, again.failed_at) == (1, 0, None, over)

    def test_whoever_tried_before_the_lock_fell_does_not_open_it(self):
        until = fail(FAILURES_MAX).locked_until
        late = fail(1, AT - SECOND)
        assert (late.locked_until, late.count, late.rounds) == (until, 0, 1)
        assert SignInFailure.locked(login_hash="a", at=AT) == LOCK_MINUTES


class TestOpenSessions:
    """A session lives for so long after it was seen last, and what the list tells of it goes with it."""

    LIFE = timedelta(seconds=settings.SESSION_COOKIE_AGE)

    @pytest.fixture
    def told(self):
        user = get_user_model().objects.create(username="somebody")
        return OpenSession.objects.create(session_key="k", user=user, began_at=AT, seen_at=AT, browser="Firefox")

    def test_what_is_told_of_an_ended_session_goes(self, told):
        assert gone(AT + self.LIFE) == {}
        assert gone(AT + self.LIFE + SECOND, dry=True) == {"open_sessions": 1}
        assert gone(AT + self.LIFE + SECOND) == {"open_sessions": 1}
        assert not OpenSession.objects.exists()

    def test_a_session_that_was_kept_longer_stays_on_the_list_until_it_ends(self, told):
        until = AT + self.LIFE + timedelta(minutes=1)
        Session.objects.create(session_key=told.session_key, session_data="", expire_date=until)
        assert gone(until - SECOND) == {}
        assert gone(until + SECOND) == {"sessions": 1, "open_sessions": 1}

    def test_a_session_whose_key_is_being_changed_stays_on_the_list(self, told):
        assert gone(AT + SECOND) == {}


def test_many_rows_are_deleted_a_piece_at_a_time(monkeypatch):
    monkeypatch.setattr(retention, "PIECE", 2)
    for n in range(5):
        RequestCount.more(key=str(n), window=0)
    with CaptureQueriesContext(connection) as seen:
        assert gone(AT) == {"counts": 5}
    assert sum(one["sql"].startswith("DELETE") for one in seen) == 3
    assert not RequestCount.objects.exists()
