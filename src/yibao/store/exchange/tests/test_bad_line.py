"""Whatever a line does to the batches, every message is handled exactly once, and in the order of its thread."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yibao.exchange.line import BadLine, Weather
from yibao.store import exchange, verify
from yibao.store.exchange import delivering, handling, partners
from yibao.store.models import OutboxMessage

pytestmark = pytest.mark.django_db
AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
HERE, THERE = "500000", "140100"
SHORT, LONG = 12, 300
ROUNDS_MAX = 400
CHANCE = st.integers(0, 60)


class Undone(Exception):
    """Takes back what one example wrote."""


class Road:
    """The way over a bad line, with everything signed."""

    def __init__(self, line):
        self.line, self.at = line, AT

    def carry(self, *, batch, address):
        return self.line.send(batch, post=lambda request: exchange.receive(request, at=self.at))


def talk(road, *, messages, batch_max):
    """Say things to and fro, and let the worker look until all is quiet; leases of the dead run out meanwhile."""
    for n, (thread, back) in enumerate(messages):
        sides = (THERE, HERE) if back else (HERE, THERE)
        exchange.send(
            thread=f"T-{thread}", kind="test.note", body={"n": n}, sender=sides[0], receiver=sides[1],
            key=f"step/{n}", at=AT,
        )  # fmt: skip
    for _ in range(ROUNDS_MAX):
        exchange.deliver_due(at=road.at, carrier=road, batch_max=batch_max)
        exchange.handle_due(at=road.at)
        road.at += timedelta(minutes=11)
        if not OutboxMessage.objects.filter(state="waiting").exists():
            break
    road.line.clear()
    while exchange.handle_due(at=road.at).done:
        pass


def test_every_message_is_handled_once_and_in_order_in_any_weather(areas, heard, soaking):
    @settings(
        max_examples=LONG if soaking else SHORT, deadline=None, suppress_health_check=list(HealthCheck), database=None
    )
    @given(
        weather=st.builds(Weather, drop=CHANCE, mute=CHANCE, delay=CHANCE, repeat=CHANCE),
        seed=st.integers(0, 10**6),
        messages=st.lists(st.tuples(st.integers(1, 3), st.booleans()), min_size=1, max_size=25),
        batch_max=st.integers(1, 7),
    )
    def holds(weather, seed, messages, batch_max):
        heard.clear()
        try:
            with transaction.atomic():
                talk(Road(BadLine(weather=weather, seed=seed)), messages=messages, batch_max=batch_max)
                assert_said_and_heard(messages, heard)
                raise Undone
        except Undone:
            pass

    holds()


def assert_said_and_heard(messages, heard):
    for side in (HERE, THERE):
        for thread in {thread for thread, _ in messages}:
            said = [n for n, (t, back) in enumerate(messages) if t == thread and (HERE if back else THERE) == side]
            assert [n for to, t, n in heard if (to, t) == (side, f"T-{thread}")] == said
    assert verify.verify_audit(files=False) == []


def test_the_same_seed_meets_the_same_misfortunes():
    def met(seed):
        line = BadLine(weather=Weather(30, 30, 30, 30), seed=seed)
        for n in range(50):
            try:
                line.send(bytes([n]), post=lambda request: request)
            except ConnectionError:
                continue
        return line.met

    assert met(7) == met(7) != met(8)
    assert all(met(7).values())


def test_a_worker_that_dies_at_any_step_loses_and_doubles_nothing(say, heard, monkeypatch):
    """Each step of carrying and handling is broken off in turn; the next worker goes on when the lease has run out."""
    steps = [
        (delivering, "lease"), (delivering, "settle"), (exchange.receiving, "take"), (handling, "lease"),
        (handling, "handle"), (handling, "_done"),
    ]  # fmt: skip
    at = AT
    for n, (module, name) in enumerate(steps):
        say(n)
        for before in (True, False):
            with monkeypatch.context() as broken:
                broken.setattr(module, name, broken_off(getattr(module, name), before=before))
                look(at)
            at += timedelta(minutes=11)
        say(100 + n)
    for _ in range(30):
        look(at)
        at += timedelta(minutes=30)
    said = [value for n in range(len(steps)) for value in (n, 100 + n)]
    assert [n for _, _, n in heard] == said
    assert partners.all_of()[0].failures == 0


def broken_off(work, *, before):
    def step(*given, **named):
        if not before:
            work(*given, **named)
        raise SystemExit

    return step


def look(at):
    with suppress(SystemExit):
        exchange.deliver_due(at=at)
        exchange.handle_due(at=at)
