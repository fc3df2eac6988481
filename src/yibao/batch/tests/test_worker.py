"""The worker does what is due, once, and one failing case never stops the others."""

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from yibao.batch import worker
from yibao.batch.demo import setup, staff
from yibao.store.models import Case, CaseClock, IssuedPaper, Outbox

DAY = date(2026, 3, 2)
AT = datetime(2026, 3, 2, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory):
    """The smallest city, with its cases under way; made once, undone after the last test of this file."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr("django.conf.settings.YIBAO_DOCUMENTS_DIR", tmp_path_factory.mktemp("documents"))
        yield setup.make(persons=71, seed=7, on=DAY, quiet=True)
        transaction.set_rollback(True)


@pytest.fixture
def town(made, db):
    """The city, with whatever the test changes undone."""
    return made


def run(*, on=DAY, at=AT):
    done = []
    for _ in range(50):
        done.append(worker.look(name="test", on=on, at=at))
        if not done[-1].work:
            return done
    raise AssertionError("the worker never ran out of work")


def test_letters_are_made_once(town):
    waiting = Outbox.objects.filter(done_at=None).count()
    done = run()

    assert sum(len(one.letters) for one in done) == waiting > 30
    assert not [line for one in done for line in one.failures]
    assert IssuedPaper.objects.filter(kind="acceptance_receipt").exists()
    assert run()[0].work == 0


def test_one_failing_case_stops_no_other_and_is_tried_again(town):
    Outbox.objects.create(kind="refund.paper", case_number="NONE", data={"paper": "x"}, due_at=AT - timedelta(days=90))
    Outbox.objects.create(kind="no.such.job", case_number="", data={}, due_at=AT - timedelta(days=90))
    first = worker.look(name="test", on=DAY, at=AT)

    assert len(first.failures) == 2
    assert len(first.letters) == worker.BATCH - 2
    failed = Outbox.objects.get(case_number="NONE")
    assert (failed.tries, failed.done_at, failed.lease_until) == (1, None, None)
    assert failed.due_at > AT
    assert failed.last_error == "Refused"


def test_a_row_that_keeps_failing_is_left_alone_in_the_end(town):
    Outbox.objects.all().delete()
    Outbox.objects.create(kind="no.such.job", data={}, due_at=AT)
    for hours in range(worker.TRIES_MAX + 3):
        worker.look(name="test", on=DAY, at=AT + timedelta(hours=hours))

    assert Outbox.objects.get().tries == worker.TRIES_MAX


def test_a_lease_that_ran_out_is_taken_over_and_a_live_one_is_not(town):
    row = Outbox.objects.filter(done_at=None).first()
    Outbox.objects.exclude(pk=row.pk).delete()
    Outbox.objects.filter(pk=row.pk).update(lease_until=AT + timedelta(minutes=1), lease_by="killed")
    assert worker.look(name="test", on=DAY, at=AT).letters == []
    assert worker.look(name="test", on=DAY, at=AT + timedelta(minutes=2)).letters == [row.case_number]


def test_a_limit_that_passed_is_escalated_once_and_shown_on_the_case(town):
    late = DAY + timedelta(days=60)
    passed = sorted(clock.case.number for clock in worker._late(late).select_related("case"))
    numbers = [number for one in run(on=late) for number in one.escalated]

    assert sorted(numbers) == passed
    case = Case.objects.get(number=next(number for number in numbers if numbers.count(number) == 1))
    assert case.actions.filter(kind="escalate").count() == 1
    assert not [number for one in run(on=late) for number in one.escalated]


def test_more_failing_clocks_than_a_batch_holds_never_keep_the_next_one_waiting(town, monkeypatch):
    late = DAY + timedelta(days=60)
    clocks = list(worker._late(late).order_by("due_on", "id"))
    failing = {clock.case.number for clock in clocks[:4]}
    fail = [clock for clock in clocks if clock.case.number in failing]
    act = worker.cases.act

    def fails(*, number: str, **words: object) -> Case:
        if number in failing:
            raise RuntimeError
        return act(number=number, **words)

    monkeypatch.setattr(worker, "BATCH", 3)
    monkeypatch.setattr("yibao.batch.worker.cases.act", fails)
    Outbox.objects.all().delete()
    put_off = worker.PutOff()
    looks = [worker.look(name="test", on=late, at=AT, put_off=put_off) for _ in range(len(clocks))]
    escalated = {number for done in looks for number in done.escalated}

    assert len(fail) > worker.BATCH
    assert len(clocks) > len(fail) + 1
    assert escalated == {clock.case.number for clock in clocks} - failing
    assert sum(len(done.failures) for done in looks) == len(fail)


def test_a_clock_started_again_is_escalated_again(town):
    late = DAY + timedelta(days=60)
    number = next(number for one in run(on=late) for number in one.escalated)
    CaseClock.objects.filter(case__number=number, finished_on=None).update(due_on=late + timedelta(days=5))

    assert not [one for done in run(on=late + timedelta(days=5)) for one in done.escalated if one == number]
    assert number in [one for done in run(on=late + timedelta(days=6)) for one in done.escalated]


def test_a_provisional_day_is_counted_again_when_the_calendar_came(town):
    clock = CaseClock.objects.filter(finished_on=None, due_on__isnull=False).first()
    right = clock.due_on
    CaseClock.objects.filter(pk=clock.pk).update(due_on=right + timedelta(days=3), due_provisional=True)
    done = worker.look(name="test", on=DAY, at=AT)

    assert clock.case.number in done.recomputed
    clock.refresh_from_db()
    assert (clock.due_on, clock.due_provisional) == (right, False)


def test_the_smallest_city_has_a_case_in_every_state_and_every_login(town):
    from yibao.casework.states import State

    assert set(Case.objects.values_list("state", flat=True)) == {str(state) for state in State}
    names = set(get_user_model().objects.values_list("username", flat=True))
    assert {one.username for one in staff.STAFF} <= names
    assert "citizen1" in names
