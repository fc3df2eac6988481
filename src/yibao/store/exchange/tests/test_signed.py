"""Signed batches: taken by a key on record and by nothing else; a batch that comes again changes nothing."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from yibao.exchange.batch import MESSAGES_MAX, Signer, new_key, open_receipt, sign_batch
from yibao.exchange.envelope import Envelope
from yibao.kernel.errors import Refused
from yibao.store import exchange
from yibao.store.exchange import partners, troubles
from yibao.store.models import ExchangeKey, InboxMessage, OutboxMessage

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
HERE, THERE, ELSEWHERE = "500000", "140100", "330100"


class Straight:
    """The way to the same installation, with everything signed."""

    def carry(self, *, batch, address):
        self.batch = batch
        return exchange.receive(batch, at=AT)


def message(position=1, **changes):
    given = {
        "id": uuid4(), "thread": "T-1", "position": position, "kind": "test.note", "sender": HERE,
        "receiver": THERE, "sent_at": AT, "body": {"n": position},
    }  # fmt: skip
    return Envelope(**{**given, **changes})


def refused(batch):
    with pytest.raises(Refused) as no:
        exchange.receive(batch, at=AT)
    assert not InboxMessage.objects.exists()
    return no.value.refusal.code


@pytest.fixture
def signed(areas):
    """Sign messages as the area here does."""

    def make(*messages, by=None, receiver=THERE):
        texts = [one if isinstance(one, str) else one.text() for one in messages]
        return sign_batch(texts=texts, receiver=receiver, by=by or partners.signer(HERE))

    return make


def test_what_is_carried_signed_is_heard(say, heard):
    for n in range(3):
        say(n)
    assert exchange.deliver_due(at=AT, carrier=Straight()).taken == 3
    for _ in range(3):
        exchange.handle_due(at=AT)
    assert [n for _, _, n in heard] == [0, 1, 2]


def test_a_batch_that_comes_again_changes_nothing(signed):
    batch, told = signed(message(1), message(2))
    first = exchange.receive(batch, at=AT)
    again = exchange.receive(batch, at=AT + timedelta(hours=1))
    assert first == again
    assert InboxMessage.objects.count() == 2
    assert open_receipt(
        again, keys=partners.public_key, of=THERE, batch=told,
        ids=[str(number) for number in InboxMessage.objects.values_list("message_id", flat=True)],
    )  # fmt: skip


def test_one_number_stands_for_one_message(signed):
    number = uuid4()
    exchange.receive(signed(message(1, id=number))[0], at=AT)
    batch, told = signed(message(1, id=number, body={"n": 7}), message(2))
    receipt = exchange.receive(batch, at=AT)
    later = InboxMessage.objects.get(position=2)
    results = open_receipt(
        receipt, keys=partners.public_key, of=THERE, batch=told, ids=[str(number), str(later.message_id)]
    ).results
    assert results == {str(number): "id_reused", str(later.message_id): "taken"}
    assert InboxMessage.objects.get(message_id=number).body == {"n": 1}


def test_what_is_not_taken_stands_still_until_it_is_sent_again(say, signed, heard):
    exchange.receive(signed(message(1))[0], at=AT)
    row = say(1)
    exchange.deliver_due(at=AT, carrier=Straight())
    (trouble,) = troubles.troubles(at=AT)
    assert (trouble.side, trouble.message_id, trouble.why) == ("out", row.message_id, "position_taken")
    assert troubles.resend(message_id=row.message_id, at=AT) == "out"
    assert troubles.counts()["out"] == {"waiting": 1}


@pytest.mark.parametrize("at", [5, 40, 200, -5])
def test_one_changed_sign_is_seen(signed, at):
    batch, _ = signed(message())
    changed = bytearray(batch)
    changed[at] = ord("A") if changed[at] != ord("A") else ord("B")
    assert refused(bytes(changed)) in ("signature_wrong", "batch_unreadable", "key_unknown")


def test_nobody_signs_for_another_area(signed):
    there = partners.signer(THERE)
    assert refused(signed(message(), by=there)[0]) == "batch_mixed"
    assert refused(signed(message(), by=Signer(HERE, 1, there.secret))[0]) == "signature_wrong"
    assert refused(signed(message(), by=Signer(HERE, 2, new_key()[0]))[0]) == "key_unknown"


def test_what_is_for_another_area_is_not_taken(signed):
    batch, _ = signed(message(receiver=ELSEWHERE), receiver=ELSEWHERE)
    assert refused(batch) == "not_our_message"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        pytest.param("{}", "message_malformed", id="nothing said"),
        pytest.param('{"a":1,"a":1}', "message_malformed", id="a member twice"),
        pytest.param("7", "message_malformed", id="a number"),
        pytest.param("{", "batch_unreadable", id="cut off"),
        pytest.param("[" * 5000, "batch_unreadable", id="nested without end"),
    ],
)
def test_what_has_not_the_published_form_is_refused_by_name(signed, text, code):
    assert refused(signed(text)[0]) == code


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param('"n":1', '"n":1.5', id="a broken number"),
        pytest.param('"n":1', '"n":"\\u0000"', id="a NUL"),
        pytest.param('"n":1', '"n":"\\ud800"', id="half of a sign"),
        pytest.param('"n":1', '"n":' + "[" * 20 + "]" * 20, id="nested deeply"),
        pytest.param('"position":1', '"position":0', id="no place"),
        pytest.param('"position":1', '"position":true', id="a truth value for a place"),
        pytest.param("+00:00", "Z", id="another spelling of a moment"),
        pytest.param('"kind":"test.note"', '"kind":"Test note"', id="no kind"),
        pytest.param('"thread":"T-1"', '"thread":"张三"', id="a name for a thread"),
        pytest.param('"receiver":"140100"', '"receiver":"500000"', id="said to oneself"),
    ],
)
def test_a_member_that_is_wrong_is_refused(signed, old, new):
    text = message().text()
    assert old in text
    assert refused(signed(text.replace(old, new))[0]) == "message_malformed"


def test_a_batch_has_one_spelling(signed):
    assert refused(signed(message().text().replace('"body"', ' "body"'))[0]) == "batch_not_canonical"


def test_a_batch_holds_at_most_a_hundred(signed):
    many = [message(n) for n in range(1, MESSAGES_MAX + 2)]
    assert refused(signed(*many)[0]) == "batch_too_large"
    exchange.receive(signed(*many[:-1])[0], at=AT)
    assert InboxMessage.objects.count() == MESSAGES_MAX


def test_a_message_too_large_is_never_said(say):
    with pytest.raises(Refused) as no:
        say(1, text="字" * 30_000)
    assert no.value.refusal.code == "message_too_large"
    assert not OutboxMessage.objects.exists()


def test_large_messages_go_in_several_batches(say):
    for n in range(60):
        say(n, text="x" * 60_000)
    sizes = []

    class Weighing(Straight):
        def carry(self, *, batch, address):
            sizes.append(len(batch))
            return super().carry(batch=batch, address=address)

    assert exchange.deliver_due(at=AT, carrier=Weighing()).taken == 60
    assert len(sizes) == 2


def test_a_receipt_for_something_else_counts_for_nothing(say, signed):
    class Deceiving:
        def carry(self, *, batch, address):
            return exchange.receive(signed(message(9, thread="T-9"))[0], at=AT)

    say(1)
    done = exchange.deliver_due(at=AT, carrier=Deceiving())
    assert (done.taken, done.failures) == (0, [f"{THERE}: receipt_wrong"])
    assert OutboxMessage.objects.get().state == "waiting"


def test_keys_are_changed_while_messages_go_on(say, heard):
    straight = Straight()
    say(1)
    exchange.deliver_due(at=AT, carrier=straight)
    signed_with_the_first = straight.batch
    key = partners.new_version(area=HERE, at=AT)
    assert partners.signer(HERE).version == 1
    partners.use_key(area=HERE, version=key.version)
    say(2)
    assert exchange.deliver_due(at=AT, carrier=straight).taken == 1
    assert partners.signer(HERE).version == 2
    exchange.receive(signed_with_the_first, at=AT)
    partners.end_key(area=HERE, version=1, at=AT)
    assert ExchangeKey.objects.get(partner=HERE, version=1).private is None
    with pytest.raises(Refused) as no:
        exchange.receive(signed_with_the_first, at=AT)
    assert no.value.refusal.code == "key_unknown"
    assert InboxMessage.objects.count() == 2


def test_the_key_that_signs_is_not_ended(areas):
    with pytest.raises(Refused) as no:
        partners.end_key(area=HERE, version=1, at=AT)
    assert no.value.refusal.code == "signing_key_in_use"
    with pytest.raises(Refused) as no:
        partners.use_key(area=HERE, version=2)
    assert no.value.refusal.code == "no_such_signing_key"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"area": "33"}, "area_wrong"),
        ({"address": "ftp://x"}, "address_wrong"),
        ({"address": "https://user:word@host/"}, "address_wrong"),
        ({"public": "abc"}, "public_key_wrong"),
    ],
)
def test_a_partner_is_entered_with_what_can_be_right(areas, changes, code):
    given = {"area": ELSEWHERE, "address": "https://agency.example/api/exchange", "public": new_key()[1]}
    with pytest.raises(Refused) as no:
        partners.join(**{**given, **changes}, version=1, at=AT)
    assert no.value.refusal.code == code


def test_another_key_under_the_same_version_is_refused(areas):
    given = {"area": ELSEWHERE, "address": "https://agency.example/api/exchange", "version": 1, "at": AT}
    public = new_key()[1]
    partners.join(public=public, **given)
    partners.join(public=public, **given)
    with pytest.raises(Refused) as no:
        partners.join(public=new_key()[1], **given)
    assert no.value.refusal.code == "key_version_taken"


def test_an_area_that_does_not_answer_is_left_alone_for_longer_and_longer(say):
    class Cut:
        asked = 0

        def carry(self, *, batch, address):
            self.asked += 1
            raise ConnectionError("203.0.113.7 张三")

    cut, at = Cut(), AT
    say(1)
    for expected, seconds in enumerate((10, 20, 40), 1):
        assert exchange.deliver_due(at=at, carrier=cut).failures == [f"{THERE}: ConnectionError"]
        assert exchange.deliver_due(at=at + timedelta(seconds=seconds - 1), carrier=cut).failures == []
        at += timedelta(seconds=seconds)
        assert cut.asked == expected
    assert exchange.deliver_due(at=at, carrier=Straight()).taken == 1
    assert partners.all_of()[0].failures == 0
