"""Messages between two areas of one database: once, in order, refused with a reason, put off when they fail."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from yibao.kernel.errors import Refused
from yibao.store import exchange, verify
from yibao.store.exchange import handling
from yibao.store.models import InboxMessage, OutboxMessage

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
HERE, THERE = "500000", "140100"


def carry(at=AT):
    """Let everything that is due be carried and handled."""
    while exchange.deliver_due(at=at).taken + exchange.handle_due(at=at).done:
        pass


def test_what_is_said_is_heard_once_and_in_order(say, heard):
    for n in range(5):
        say(n)
    carry()
    carry()
    assert heard == [(THERE, "T-1", n) for n in range(5)]
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {"delivered"}


def test_threads_do_not_wait_for_one_another(say, heard):
    say(1, fail=True)
    say(2, thread="T-2")
    say(3)
    carry()
    assert heard == [(THERE, "T-2", 2)]


def test_what_is_said_in_a_step_that_fails_was_never_said(say, heard):
    say(1)

    def step():
        with transaction.atomic():
            say(2)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        step()
    say(3)
    carry()
    assert [n for _, _, n in heard] == [1, 3]


def test_the_same_step_says_a_thing_once(say):
    first = say(1, key="step")
    assert say(1, key="step").message_id == first.message_id
    assert say(2, key="other").position == 2
    with pytest.raises(Refused) as no:
        say(3, key="step")
    assert no.value.refusal.code == "key_reused"
    assert say(4, key="last").position == 3


def test_nothing_is_said_to_an_area_nobody_knows(say):
    with pytest.raises(Refused) as no:
        say(1, receiver="330100")
    assert no.value.refusal.code == "area_not_joined"
    assert not OutboxMessage.objects.exists()


def test_a_refused_message_is_told_to_its_sender_and_the_thread_goes_on(say, heard):
    refused = say(1, refuse=True)
    say(2)
    carry()
    assert [n for _, _, n in heard] == [2]
    ours = OutboxMessage.objects.get(message_id=refused.message_id)
    assert (ours.state, ours.reason["code"], ours.reason["zh"]) == ("refused", "in_hospital", "正在住院")
    told = InboxMessage.objects.get(receiver=HERE)
    assert (told.kind, told.state) == ("refusal", "done")
    assert told.body["refused"] == str(refused.message_id)


def test_a_handler_of_refusals_hears_them(say, heard, monkeypatch):
    found = []
    monkeypatch.setitem(handling._HANDLERS, exchange.REFUSAL, lambda message, *, at: found.append(message.body))
    say(1, refuse=True)
    carry()
    assert [body["code"] for body in found] == ["in_hospital"]


def test_a_kind_nobody_handles_is_refused(areas):
    exchange.send(thread="T-1", kind="no.such", body={}, sender=HERE, receiver=THERE, key="k", at=AT)
    carry()
    assert OutboxMessage.objects.get(key="k").reason["code"] == "kind_unknown"


def test_a_kind_has_one_handler(heard):
    with pytest.raises(ValueError, match="have a handler already"):
        exchange.handles("test.note")(lambda message, *, at: None)


def test_what_fails_is_tried_again_later_and_in_the_end_shown_to_staff(say, heard):
    say(1, fail=True)
    say(2)
    carry()
    row = InboxMessage.objects.get(position=1)
    assert (row.state, row.tries, row.last_error) == ("waiting", 1, "ZeroDivisionError")
    at = AT
    for _ in range(handling.TRIES_MAX):
        at += timedelta(days=1)
        carry(at)
    row.refresh_from_db()
    assert (row.state, row.tries) == ("stuck", handling.TRIES_MAX)
    assert heard == []


def test_what_kills_its_worker_each_time_is_shown_to_staff(say, heard):
    say(1)
    exchange.deliver_due(at=AT)
    at = AT
    for _ in range(handling.TRIES_MAX):
        assert len(handling.lease(name="dying", at=at)) == 1
        at += timedelta(minutes=6)
    exchange.handle_due(at=at)
    assert InboxMessage.objects.get().state == "stuck"


def test_a_lease_that_ran_out_is_taken_over(say, heard):
    say(1)
    assert exchange.deliver_due(at=AT).taken == 1
    assert len(handling.lease(name="dead", at=AT)) == 1
    assert exchange.handle_due(at=AT).done == 0
    assert exchange.handle_due(at=AT + timedelta(minutes=6)).done == 1


def test_a_message_another_worker_has_done_is_not_done_again(say, heard):
    say(1)
    exchange.deliver_due(at=AT)
    (row,) = handling.lease(name="slow", at=AT)
    assert handling.handle(row, at=AT)
    assert not handling.handle(row, at=AT)
    assert len(heard) == 1


def test_a_body_cannot_be_read_in_the_database(say):
    say(1, name="张三")
    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM store_outboxmessage")
        (sealed,) = cursor.fetchone()
    assert "张三".encode() not in bytes(sealed)
    assert OutboxMessage.objects.get().body["name"] == "张三"


@pytest.mark.parametrize("model", [OutboxMessage, InboxMessage])
def test_what_was_said_is_never_changed_nor_deleted(say, model):
    say(1)
    exchange.deliver_due(at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(position=7)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.all().delete()
    assert verify.verify_audit() == []


def test_one_message_more_costs_the_sender_two_statements(say, django_assert_num_queries):
    say(1)
    with django_assert_num_queries(2):
        say(2)


def test_what_is_refused_leaves_no_gap(say, heard):
    say(1)
    with transaction.atomic():
        for wrong in ({"text": "字" * 30_000}, {"receiver": "330100"}):
            with pytest.raises(Refused):
                say(2, **wrong)
        say(3)
    carry()
    assert [n for _, _, n in heard] == [1, 3]


def test_a_hundred_messages_are_carried_in_as_many_statements_as_one(say, heard, django_assert_max_num_queries):
    for n in range(100):
        say(n, thread=f"T-{n}")
    with django_assert_max_num_queries(16):
        assert exchange.deliver_due(at=AT).taken == 100
