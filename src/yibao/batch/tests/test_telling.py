"""What a person is told: once, by the channels they chose, with nothing personal in it, whatever breaks."""

import os
import signal
from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core import mail
from django.db import connection, connections, transaction

from yibao.batch import telling as out
from yibao.batch import worker
from yibao.casework.actors import Actor
from yibao.kernel.errors import Refused
from yibao.store import cases
from yibao.store.messages import contacts, telling, undelivered
from yibao.store.messages.channels import Letter, Undeliverable
from yibao.store.models import CaseClock, CitizenLogin, Contact, Delivery, Message, Outbox, Person, ReaderSettings

AT = datetime(2023, 2, 10, 2, 0, tzinfo=UTC)
DAY = date(2023, 2, 10)
NAME, IDENTITY, PHONE = "司马懿德", "500101197603010017", "13800138000"


class Post:
    """A channel that remembers what it was given, and fails as long as it is told to."""

    def __init__(self):
        self.letters, self.failing = [], None

    def send(self, letter: Letter) -> None:
        if self.failing:
            raise self.failing
        self.letters.append(letter)


@pytest.fixture
def post(monkeypatch):
    """One channel for text messages and one for e-mail."""
    made = {"sms": Post(), "email": Post()}
    monkeypatch.setattr(out, "channel", made.__getitem__)
    return made


@pytest.fixture
def person(db):
    person = Person.objects.create(identity=IDENTITY, name=NAME, sex="F", born=date(1976, 3, 1), region="500112")
    user = get_user_model().objects.create(username="told")
    CitizenLogin.objects.create(user=user, person=person)
    for channel, address in (("sms", PHONE), ("email", "told@example.com")):
        Contact.objects.create(person=person, channel=channel, address=address, confirmed_at=AT)
    return person


def step(person, kind, number="C1", **more):
    by = more.pop("by", Actor(None, "", "citizen", person_id=person.pk))
    return cases.act(number=number, kind=kind, by=by, at=AT, on=DAY, **more)


def submitted(person, number="C1"):
    by = Actor(None, "", "citizen", person_id=person.pk)
    cases.open_case(number=number, service="refund", region="500112", person_id=person.pk, by=by, at=AT, on=DAY)
    return step(person, "submit", number, evidence_hash="e1")


def clerk():
    user, _ = get_user_model().objects.get_or_create(username="clerk")
    return Actor(user.pk, "clerk", "staff", frozenset({"clerk"}), "500000")


def asked(person, number="C1"):
    submitted(person, number)
    return step(person, "ask_correction", number, by=clerk(), data={"items": [], "clocks": {"correction": 10}})


def run(at=AT, on=DAY):
    done = [worker.look(name="test", on=on, at=at)]
    while done[-1].work > len(done[-1].failures):
        done.append(worker.look(name="test", on=on, at=at))
    return done


STEPS = [
    ("submit", "submitted", "", "received"),
    ("accept", "accepted", "", "accepted"),
    ("not_accept", "not_accepted", "", "not_accepted"),
    ("ask_correction", "correction_due", "", "correction"),
    ("approve", "in_review", "", None),
    ("approve", "approved", "", "approved"),
    ("complete", "completed", "", "approved"),
    ("refuse", "refused", "", "refused"),
    ("pay", "executing", "", None),
    ("confirm_paid", "executing", "", None),
    ("confirm_paid", "completed", "", "paid"),
    ("bounce", "approved", "", "bounced"),
    ("escalate", "in_review", "decision", "late"),
    ("escalate", "correction_due", "correction", "overdue"),
    ("withdraw", "withdrawn", "", None),
    ("save_answers", "draft", "", None),
    ("note", "accepted", "", None),
]


@pytest.mark.parametrize(("verb", "state", "clock", "kind"), STEPS)
def test_each_step_tells_what_the_data_says(verb, state, clock, kind):
    assert telling.kind_after(verb=verb, state=state, clock=clock) == kind


@pytest.mark.parametrize("kind", sorted(telling.data()["kinds"]))
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("due", ["", "2026-12-09"])
def test_every_kind_has_its_words_in_both_languages(kind, language, due):
    words = telling.words(Message(kind=kind, case_number="CQ-2026-000001", data={"due": due}), language=language)
    assert all((words.title, words.body, words.outside))
    assert "{" not in words.title + words.body + words.outside
    assert "CQ-2026-000001" in words.outside
    assert "http" not in words.outside
    assert (words.title.isascii(), words.body.isascii()) == (language == "en",) * 2


def test_the_news_is_there_with_the_step_or_not_at_all(person):
    with transaction.atomic():
        submitted(person)
        transaction.set_rollback(True)
    assert not Message.objects.exists()

    submitted(person)

    assert [row.kind for row in telling.inbox(person.pk)] == ["received"]
    assert telling.unread(person.pk) == 1


def test_each_chosen_channel_gets_each_message_once_and_nothing_personal(person, post):
    asked(person)
    run()
    run(AT + timedelta(hours=1))

    assert [len(post[name].letters) for name in ("sms", "email")] == [1, 1]
    sms = post["sms"].letters[0]
    assert sms.to == PHONE
    assert "C1" in sms.text
    assert "2023年2月24日" in sms.text
    assert not [secret for secret in (NAME, NAME[:2], IDENTITY, PHONE, "http", "token") if secret in sms.text]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.parametrize(
    ("change", "sent"),
    [
        (lambda person: Contact.objects.filter(channel="sms").update(wanted=False), {"email"}),
        (lambda person: Contact.objects.filter(channel="email").update(confirmed_at=None), {"sms"}),
        (lambda person: Contact.objects.all().delete(), set()),
        (lambda person: Person.objects.filter(pk=person.pk).update(died_on=date(2023, 2, 9)), set()),
    ],
    ids=["switched off", "never confirmed", "no contact", "died yesterday"],
)
def test_only_what_the_person_chose_is_used(person, post, change, sent):
    asked(person)
    change(person)
    run()

    assert {name for name in post if post[name].letters} == sent
    assert telling.inbox(person.pk).count() == 2


def test_a_channel_switched_off_while_a_message_waits_gets_nothing(person, post):
    asked(person)
    out.spread(at=AT)
    contacts.want(person_id=person.pk, channel="sms", wanted=False)
    run()

    assert post["sms"].letters == []
    assert Delivery.objects.get(channel="sms").state == "dropped"


def test_words_are_in_the_persons_language(person, post):
    ReaderSettings.objects.create(user=person.logins.get().user, language="en")
    asked(person)
    run()
    assert "Please add it by 24 February 2023." in post["sms"].letters[0].text


def test_a_dead_channel_stops_no_other_and_is_given_up_in_the_end(person, post):
    post["sms"].failing = Undeliverable("http_503")
    asked(person)
    done = worker.look(name="test", on=DAY, at=AT)
    at, waits = AT, []

    assert len(post["email"].letters) == 1
    assert done.failures == ["C1: Undeliverable"]
    while Delivery.objects.get(channel="sms").state == "waiting":
        waits.append((Outbox.objects.get(done_at=None).due_at - at).total_seconds() // 60)
        at = Outbox.objects.get(done_at=None).due_at
        worker.look(name="test", on=DAY, at=at)

    assert waits == [1, 2, 4, 8, 16, 32, 64]
    failed = undelivered.failed("500000").get()
    assert (failed.channel, failed.why, failed.message.kind) == ("sms", "http_503", "correction")
    assert not undelivered.failed("510000").exists()

    post["sms"].failing = None
    assert undelivered.send_again(delivery=failed.pk, region="510000", at=at) is None
    undelivered.send_again(delivery=failed.pk, region="500112", at=at)
    run(at)
    assert len(post["sms"].letters) == 1
    assert not undelivered.failed("500000").exists()


def test_what_can_never_arrive_is_not_tried_again(person, post):
    post["sms"].failing = Undeliverable("http_404", permanent=True)
    asked(person)
    assert next(one.failures for one in run()) == []
    assert Delivery.objects.get(channel="sms").state == "failed"


def test_a_reminder_comes_once_for_each_time_the_limit_runs(person, post):
    asked(person)
    due = CaseClock.objects.get(name="correction").due_on

    def reminded(on):
        run(AT + (on - DAY), on)
        return Message.objects.filter(kind="reminder").count()

    assert [reminded(due - timedelta(days=days)) for days in (7, 2, 2, 1, 0)] == [0, 1, 1, 1, 1]
    assert telling.todo_of("reminder") == "correct"


@pytest.mark.django_db(transaction=True)
def test_killed_between_sending_and_writing_it_down_it_goes_again_and_arrives_once(person, settings, tmp_path):
    settings.YIBAO_OUTBOX_DIR = tmp_path
    asked(person)
    out.spread(at=AT)
    connections.close_all()
    if (child := os.fork()) == 0:
        connection.connection = None
        out._end = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
        try:
            worker.look(name="killed", on=DAY, at=AT)
        finally:
            os._exit(0)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])

    assert Delivery.objects.filter(state="waiting").count() == 2
    assert worker.look(name="second", on=DAY, at=AT + timedelta(minutes=1)).sent != ["C1", "C1"]
    run(AT + worker.LEASE + timedelta(minutes=2))

    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert len(list((tmp_path / "sms").glob("*.txt"))) == 1
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 1


class TestCodes:
    """An address counts when its owner typed the code that was sent there."""

    def propose(self, person, text="13900139000", at=AT, channel="sms"):
        return contacts.propose(person_id=person.pk, channel=channel, text=text, at=at)

    def refused(self, work):
        with pytest.raises(Refused) as caught:
            work()
        return caught.value.refusal.code

    def test_the_old_address_stays_until_the_code_of_the_new_one_is_typed(self, person, post):
        row = self.propose(person)
        run()
        code = contacts.code(row)
        assert code in post["sms"].letters[0].text
        assert contacts.reached(person)["sms"] == PHONE
        contacts.confirm(person_id=person.pk, channel="sms", typed=f" {code[:3]} {code[3:]}", at=AT)
        assert contacts.reached(person)["sms"] == "13900139000"

    def test_no_table_holds_the_code(self, person):
        code = contacts.code(self.propose(person))
        assert code not in repr([*Outbox.objects.values(), *Contact.objects.values("nonce", "asked", "wrong")])

    def test_guessing_ends_after_five(self, person):
        row = self.propose(person)
        wrong = "000000" if contacts.code(row) != "000000" else "000001"

        def guess(typed=wrong):
            contacts.confirm(person_id=person.pk, channel="sms", typed=typed, at=AT)

        codes = [self.refused(guess) for _ in range(6)]
        assert codes == ["code_wrong"] * 5 + ["code_expired"]
        assert self.refused(lambda: guess(contacts.code(row))) == "code_expired"

    def test_a_code_is_good_for_fifteen_minutes_and_for_one_proposal(self, person):
        old = contacts.code(self.propose(person))
        new = contacts.code(self.propose(person, at=AT + timedelta(minutes=2)))
        confirm = {"person_id": person.pk, "channel": "sms"}
        soon, late = AT + timedelta(minutes=3), AT + timedelta(minutes=18)
        if old != new:
            assert self.refused(lambda: contacts.confirm(**confirm, typed=old, at=soon)) == "code_wrong"
        assert self.refused(lambda: contacts.confirm(**confirm, typed=new, at=late)) == "code_expired"

    def test_codes_are_not_sent_without_end(self, person):
        self.propose(person)
        assert self.refused(lambda: self.propose(person, at=AT + timedelta(seconds=30))) == "code_just_sent"
        for minutes in (2, 4, 6, 8):
            self.propose(person, at=AT + timedelta(minutes=minutes))
        assert self.refused(lambda: self.propose(person, at=AT + timedelta(minutes=10))) == "too_many_codes"
        self.propose(person, at=AT + timedelta(days=2))

    @pytest.mark.parametrize(
        ("channel", "text", "read"),
        [
            ("sms", "１３９００１３９０００", "13900139000"),
            ("sms", "+86 139-0013-9000", "13900139000"),
            ("sms", "139　0013　9000", "13900139000"),
            ("sms", "1390013900", "no_mobile_number"),
            ("sms", "٠١٢٣٤٥٦٧٨٩٠", "no_mobile_number"),
            ("sms", "", "no_mobile_number"),
            ("email", " wang＠example.com ", "wang@example.com"),
            ("email", "wang", "no_email_address"),
            ("email", "a@b.example\r\nBcc: c@d.example", "no_email_address"),
            ("email", "x" * 400 + "@example.com", "no_email_address"),
        ],
    )
    def test_addresses_are_read_kindly(self, channel, text, read):
        if read.startswith("no_"):
            assert self.refused(lambda: contacts.read_address(channel=channel, text=text)) == read
        else:
            assert contacts.read_address(channel=channel, text=text) == read
