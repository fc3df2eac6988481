"""What a person is told after which step: read from data, written with the step itself, worded for its reader."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from django.db.models import Q, QuerySet

from yibao.casework.chain import Action
from yibao.casework.clocks import earliest_due
from yibao.casework.standing import Standing
from yibao.store import ready
from yibao.store.models import Case, CaseAction, Message, Person

KINDS_FILE = Path(__file__).with_name("kinds.yaml")


@dataclass(frozen=True, slots=True)
class Words:
    """A message in one language: its title, the whole of it, and what may leave the house."""

    title: str
    body: str
    outside: str


@cache
def data() -> Mapping[str, Any]:
    """Return the data of what is told when, as texts."""
    read: dict[str, Any] = yaml.load(KINDS_FILE.read_text(encoding="utf-8"), Loader=yaml.CBaseLoader)
    return read


def kind_after(*, verb: str, state: str, clock: str = "") -> str | None:
    """Return what is told after a step, or None.

    Args:
        verb: The step.
        state: The state it led to.
        clock: The clock an escalation is about.

    Examples:
        >>> kind_after(verb="escalate", state="correction_due", clock="correction")
        'overdue'
        >>> kind_after(verb="escalate", state="in_review", clock="decision")
        'late'
        >>> kind_after(verb="approve", state="in_review") is None
        True
    """
    told = _by_step()
    return told.get(f"{verb} {clock or state}") or told.get(verb)


@cache
def _by_step() -> Mapping[str, str]:
    kinds: Mapping[str, Mapping[str, Any]] = data()["kinds"]
    return {step: name for name, kind in kinds.items() for step in kind.get("after", ())}


def after_actions(steps: Iterable[tuple[Case, Action, Standing]], *, writes: ready.Writes) -> None:
    """Add the messages of steps, where there are any, to what is written with the steps: so all are there or none.

    Args:
        steps: Each case with what was done, and the standing it led to.
        writes: What is written with the steps.
    """
    rows = []
    for case, action, after in steps:
        kind = kind_after(verb=action.kind, state=after.state, clock=str(action.data.get("clock", "")))
        if kind is not None:
            due = earliest_due(after.clocks)
            rows += _messages(case=case, kind=kind, about=str(action.seq), at=action.at, due=due.day if due else None)
    writes.insert(rows, ignore_conflicts=True)


def write(*, case: Case, kind: str, about: str, at: datetime) -> None:
    """Write one message; the same news about the same thing is written once.

    Args:
        case: Whose person is told.
        kind: One of the data's kinds.
        about: The number of the action, or the day the limit began to run.
        at: The moment.
    """
    # Two workers may remind at once; the second finds it written.
    made = _messages(case=case, kind=kind, about=about, at=at, due=case.due_on)
    Message.objects.bulk_create(made, ignore_conflicts=True)


def _messages(*, case: Case, kind: str, about: str, at: datetime, due: date | None) -> list[Message]:
    return [
        ready.new(
            Message, person_id=person, service=case.service, case_number=case.number, kind=worded,
            key=f"{case.number}/{about}/{worded}{mark}", data={"due": due.isoformat() if due else ""}, made_at=at,
        )
        for person, worded, mark in _told(case, kind)
    ]  # fmt: skip


def _told(case: Case, kind: str) -> Iterator[tuple[UUID, str, str]]:
    """Yield who is told of a case, of what, and a mark that keeps the two messages of one step apart.

    Its person is told, or the agent who opened it for a unit; and where the person may object, both, but of money the
    person alone.
    """
    if case.unit_id is None:
        yield case.person_id, kind, ""
        return
    opened, worded = CaseAction.objects.get(case=case, seq=1).data, data()["kinds"][kind]
    both = opened.get("objection") is True
    if not (both and worded.get("of_money")):
        yield UUID(opened["acting"]["person"]), kind, ""
    if both:
        yield case.person_id, str(worded.get("of_unit", kind)), "/person"


def inbox(person_id: UUID) -> QuerySet[Message]:
    """Return a person's messages, newest first; those of records merged into theirs too."""
    return Message.objects.filter(person_id__in=_records_of(person_id)).order_by("-id")


def unread(person_id: UUID) -> int:
    """Return how many messages a person has not opened."""
    return inbox(person_id).filter(read_at=None).count()


def _records_of(person_id: UUID) -> QuerySet[Any]:
    return Person.objects.filter(Q(pk=person_id) | Q(merged_into_id=person_id)).values("pk")


def words(message: Message, *, language: str) -> Words:
    """Return a message in a reader's language, `zh` or `en`.

    Args:
        message: The message.
        language: Chinese is used for any other word.
    """
    language = language if language == "en" else "zh"
    kind = data()["kinds"][message.kind]
    told = {name: str(kind[name][language]) for name in ("title", "short", "body", "until")}
    due = str(message.data.get("due", ""))
    until = told["until"].format(day=day_words(date.fromisoformat(due), language=language)) if due else ""
    outside = str(data()["text"][language]).format(
        sender=data()["sender"][language], number=message.case_number, short=told["short"], until=until
    )
    body = f"{told['body']}{' ' if language == 'en' and until else ''}{until}".strip()
    return Words(told["title"], body, outside)


def code_words(*, code: str, minutes: int, language: str) -> tuple[str, str]:
    """Return subject and text of the message that carries a code."""
    language = language if language == "en" else "zh"
    text = str(data()["code"][language])
    return str(data()["code_subject"][language]), text.format(
        sender=data()["sender"][language], code=code, minutes=minutes
    )


def day_words(on: date, *, language: str) -> str:
    """Return a day in words.

    Examples:
        >>> day_words(date(2026, 12, 9), language="zh"), day_words(date(2026, 12, 9), language="en")
        ('2026年12月9日', '9 December 2026')
    """
    return f"{on.day} {on:%B} {on.year}" if language == "en" else f"{on.year}年{on.month}月{on.day}日"


def channels_of(kind: str) -> Sequence[str]:
    """Return the channels a kind goes out by, besides the inbox."""
    return tuple(data()["kinds"][kind]["by"])


def todo_of(kind: str) -> str:
    """Return what the person is to do about it: `correct`, `account`, or nothing."""
    return str(data()["kinds"][kind].get("todo", ""))


def remind_days() -> int:
    """Return how many working days before their own limit a person is reminded."""
    return int(data()["remind_days"])
