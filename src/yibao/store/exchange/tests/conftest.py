"""Two areas kept in one database, and what was heard of them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from yibao.kernel.errors import Refusal, Refused
from yibao.store import exchange
from yibao.store.exchange import handling, partners

AT = datetime(2026, 1, 5, 2, 0, tzinfo=UTC)
HERE, THERE = "500000", "140100"
NO = Refusal("in_hospital", "正在住院", "in hospital", "请出院后再办。", "Come back after leaving the hospital.")


@pytest.fixture
def areas(db: None) -> None:
    """Both areas take part."""
    for area in (HERE, THERE):
        partners.host(area=area, at=AT)


@pytest.fixture
def heard() -> Iterator[list[tuple[str, str, Any]]]:
    """What handlers were told, in order: receiver, thread, and what it said."""
    found: list[tuple[str, str, Any]] = []

    @exchange.handles("test.note")
    def note(message: Any, *, at: datetime) -> None:
        if message.body.get("refuse"):
            raise Refused(NO)
        if message.body.get("fail"):
            raise ZeroDivisionError
        found.append((message.receiver, message.thread, message.body["n"]))

    yield found
    del handling._HANDLERS["test.note"]


@pytest.fixture
def say(areas: None) -> Callable[..., Any]:
    """Say something from here to there; every call another step."""
    steps: list[str] = []

    def one(n: int, *, thread: str = "T-1", sender: str = HERE, receiver: str = THERE, **more: Any) -> Any:
        steps.append(thread)
        key = more.pop("key", f"{thread}/{len(steps)}")
        return exchange.send(
            thread=thread, kind="test.note", body={"n": n, **more}, sender=sender, receiver=receiver, key=key, at=AT
        )

    return one
