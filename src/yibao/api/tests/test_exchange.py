"""The door for messages of other areas: signed batches in, signed receipts out, every no named."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client

from yibao.exchange.batch import BATCH_BYTES_MAX, CONTENT_TYPE, open_receipt, sign_batch
from yibao.exchange.envelope import Envelope
from yibao.store import exchange
from yibao.store.exchange import partners
from yibao.store.models import InboxMessage

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
HERE, THERE = "500000", "140100"
DOOR = "/api/exchange/batches"


@pytest.fixture
def batch(db):
    for area in (HERE, THERE):
        partners.host(area=area, at=AT)
    text = Envelope(uuid4(), "T-1", 1, "test.note", HERE, THERE, AT, {"n": 1}).text()
    return sign_batch(texts=[text], receiver=THERE, by=partners.signer(HERE))


def post(content, kind=CONTENT_TYPE):
    return Client().post(DOOR, content, content_type=kind)


def test_a_signed_batch_is_taken_and_answered_with_a_signed_receipt(batch):
    answer = post(batch[0])
    assert (answer.status_code, answer["Content-Type"]) == (200, CONTENT_TYPE)
    number = str(InboxMessage.objects.get().message_id)
    receipt = open_receipt(answer.content, keys=partners.public_key, of=THERE, batch=batch[1], ids=[number])
    assert receipt.results == {number: "taken"}


@pytest.mark.parametrize(
    ("content", "kind", "status", "code"),
    [
        pytest.param(b"a.b.c", CONTENT_TYPE, 400, "batch_unreadable", id="noise"),
        pytest.param(b"{}", "application/json", 415, "wrong_type", id="another type"),
        pytest.param(b"a" * (BATCH_BYTES_MAX + 1), CONTENT_TYPE, 413, "batch_too_large", id="too large"),
    ],
)
def test_every_no_is_named(db, content, kind, status, code):
    answer = post(content, kind)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    told = answer.json()
    assert told["code"] == code
    assert all(told[member] for member in ("title", "detail", "next_zh", "next_en"))


def test_what_nobody_here_signed_for_is_told_nothing_of(batch):
    partners.new_version(area=HERE, at=AT)
    partners.use_key(area=HERE, version=2)
    partners.end_key(area=HERE, version=1, at=AT)
    answer = post(batch[0])
    assert (answer.status_code, answer.json()["code"]) == (401, "key_unknown")
    assert not InboxMessage.objects.exists()


def test_an_address_may_send_so_many_batches_a_minute(batch, settings):
    settings.YIBAO_EXCHANGE_MINUTE = 2
    assert [post(batch[0]).status_code for _ in range(3)] == [200, 200, 429]


def test_only_batches_are_taken(db):
    assert Client().get(DOOR).status_code == 405


class Door:
    """The way through the door of this very installation."""

    def carry(self, *, batch, address):
        return post(batch).content


def test_what_is_said_goes_through_the_door(batch):
    exchange.send(thread="T-2", kind="test.note", body={"n": 2}, sender=HERE, receiver=THERE, key="k", at=AT)
    assert exchange.deliver_due(at=AT, carrier=Door()).taken == 1
    assert InboxMessage.objects.get().body == {"n": 2}
