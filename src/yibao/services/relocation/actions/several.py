"""Steps of many transfers in one transaction: what they rest on read once, what they write sent together.

A step that fails is done alone, by the way it always had; so are all of a group where anything is not as it was read.
"""

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from functools import wraps
from typing import Any

from django.db import OperationalError, transaction

from yibao.casework.actors import Actor
from yibao.kernel.errors import InputInvalid, Refusal, Refused
from yibao.services.relocation.actions import arriving, loading, looking, money, paying, tables
from yibao.services.relocation.actions.refusals import refused
from yibao.services.relocation.models import AccountMove, Transfer
from yibao.store import batches, cases, chains, exchange, keys
from yibao.store.models import Case, InboxMessage
from yibao.store.planned import AT_ONCE, Apart, Together, Writer

GROUP = 100
Handler = Callable[..., None]
_NOT_HERE = (Refused, InputInvalid, Apart, chains.ChainBroken)
_log = logging.getLogger(__name__)


class Overtaken(RuntimeError):
    """Another worker was quicker with one of a group."""


def alone(writer: Writer) -> None:
    """Go on with one case by itself only.

    Raises:
        Apart: It is one of several.
    """
    if writer.together:
        raise Apart


def said(kind: str, *, alone: bool = False) -> Callable[[Handler], Handler]:
    """Return a decorator that makes of a function the handler of a kind of message, of one or of many at once.

    The function given is called as `handler(message=…, case=…, writer=…, at=now)`, with this place's case of the
    thread and its transfer, locked; None where the thread never came to be one.

    Args:
        kind: Such as `transfer.table`.
        alone: Whether each of its messages is handled by itself.
    """

    def put(handler: Handler) -> Handler:
        @exchange.handles(kind)
        @wraps(handler)
        def one(message: InboxMessage, *, at: datetime) -> None:
            handler(message=message, case=_side(message), writer=AT_ONCE, at=at)

        if not alone:
            exchange.handles_together(kind=kind, handler=lambda rows, *, at: _handled(rows, handler, at))
        return one

    return put


def _side(message: InboxMessage) -> Case | None:
    """Return this place's case of a thread with its transfer, locked; None where the thread never came to be one.

    Raises:
        Refused: not_of_this_transfer; the sender is not the other place.
    """
    mine = Transfer.objects.filter(thread=message.thread, place=message.receiver).select_related("case").first()
    if mine is None:
        return None
    _of_other(mine, message)
    return cases.locked(mine.case.number, beside=Transfer)


def _of_other(mine: Transfer, message: InboxMessage) -> None:
    if looking.area(mine.other, on=mine.case.opened_on) != message.sender:
        raise refused("not_of_this_transfer", message.sender)


def _handled(rows: Sequence[InboxMessage], handler: Handler, at: datetime) -> list[InboxMessage]:
    """Do what messages say, in the caller's transaction; those left out are handled alone."""
    threads = {(row.thread, row.receiver): row for row in rows}
    mine = Transfer.objects.filter(thread__in=[row.thread for row in rows])
    found = mine.values_list("thread", "place", "case__number")
    numbers = {number: row for thread, place, number in found if (row := threads.get((thread, place))) is not None}
    held = _read(list(numbers))
    writer, done = Together(held=held, at=at), []
    for case in held:
        row = numbers[case.number]
        with suppress(*_NOT_HERE), writer.planning():
            _of_other(case.transfer, row)
            handler(message=row, case=case, writer=writer, at=at)
            done.append(row)
    if done and writer.send(beside=lambda writes: exchange.mark_done(done, writes=writes, at=at)) != len(done):
        raise Overtaken
    return done


def _read(numbers: Sequence[str]) -> list[Case]:
    """Return cases, locked in their order; the first of them that asks what it rests on reads it for all."""
    held = cases.locked_all(numbers, beside=Transfer)
    by_case: dict[int, Transfer] = {case.pk: case.transfer for case in held}
    along = list(by_case.values())
    for case in held:
        case.transfer.case, case.transfer.along = case, along
    for move in AccountMove.objects.filter(transfer__in=by_case):
        by_case[move.pk].money = move
    return held


def _each(
    asked: Mapping[str, Any],
    *,
    plan: Callable[[Case, Any, Writer], object],
    one: Callable[[str, Any], object],
    on: date,
    at: datetime,
    after: Callable[[list[Case], Together], None] = lambda _, __: None,
) -> dict[str, Refusal]:
    """Take a step on each of some cases, a hundred in one transaction; return why it was not taken, by number."""
    numbers, refusals = list(asked), {}
    for start in range(0, len(numbers), GROUP):
        some = numbers[start : start + GROUP]
        done = _group(some, asked, plan, after, on=on, at=at)
        for number in some:
            if number in done:
                continue
            try:
                one(number, asked[number])
            except Refused as no:
                refusals[number] = no.refusal
    return refusals


def _group(
    numbers: Sequence[str],
    asked: Mapping[str, Any],
    plan: Callable[[Case, Any, Writer], object],
    after: Callable[[list[Case], Together], None],
    *,
    on: date,
    at: datetime,
) -> set[str]:
    try:
        with transaction.atomic():
            held, done = _read(numbers), []
            writer = Together(held=held, at=at)
            for case in held:
                with suppress(*_NOT_HERE), writer.planning():
                    plan(case, asked[case.number], writer)
                    done.append(case)
            after(done, writer)
            writer.send()
        return {case.number for case in done}
    except OperationalError:
        raise
    except Exception:
        # One case the whole group trips over must not stop the others: each gets a transaction of its own.
        _log.exception("a group of transfers is done one by one")
        return set()


def pay_all(*, numbers: Sequence[str], key: str, by: Actor, on: date, at: datetime) -> dict[str, Refusal]:
    """Do `pay` for many cases that wait in no batch; return why it was not done, by number of the case.

    Args:
        numbers: Numbers of cases of the old place.
        key: Made with the page that shows the button.
        by: Finance.
        on: Business date and accounting date.
        at: The moment.
    """
    now: dict[str, Any] = {"by": by, "on": on, "at": at}

    def claimed(done: list[Case], _: Together) -> None:
        if batches.waiting_among(done):
            raise Apart
        answers = {
            paying.key_of(number=case.number, key=key): money.key_of(kind=money.PAID, number=case.number, about=key)
            for case in done
        }
        contents = {paying.key_of(number=case.number, key=key): paying.content_of(case.number) for case in done}
        if not keys.claim_all(contents=contents, answers={k: {"posted": told} for k, told in answers.items()}, at=at):
            raise Overtaken

    return _each(
        dict.fromkeys(numbers),
        plan=lambda case, _, writer: paying.sent(case, about=key, writer=writer, **now),
        one=lambda number, _: paying.pay(number=number, key=key, **now), on=on, at=at, after=claimed,
    )  # fmt: skip


def confirm_all(*, paid: Mapping[str, str], by: Actor, on: date, at: datetime) -> dict[str, Refusal]:
    """Do `confirm_paid` for many cases; return why it was not done, by number of the case.

    Args:
        paid: The bank's reference, by number of the case.
        by: Finance.
        on: Business date.
        at: The moment.
    """
    now: dict[str, Any] = {"by": by, "on": on, "at": at}
    return _each(
        paid,
        plan=lambda case, told, writer: paying.confirmed(
            case, payments=paying.unconfirmed(case.transfer), reference=paying.named(told), writer=writer, **now
        ),
        one=lambda number, told: paying.confirm_paid(number=number, reference=told, **now), on=on, at=at,
    )  # fmt: skip


def build_all(*, numbers: Sequence[str], by: Actor, on: date, at: datetime) -> dict[str, Refusal]:
    """Do `build` for many cases; return why it was not done, by number of the case.

    Args:
        numbers: Numbers of cases of the old place.
        by: A clerk.
        on: Business date.
        at: The moment.
    """
    now: dict[str, Any] = {"by": by, "on": on, "at": at}
    return _each(
        dict.fromkeys(numbers),
        plan=lambda case, _, writer: tables.built(case, writer=writer, **now),
        one=lambda number, _: tables.build(number=number, **now), on=on, at=at,
    )  # fmt: skip


def sign_all(*, seen: Mapping[str, str], by: Actor, on: date, at: datetime) -> dict[str, Refusal]:
    """Do `sign` for many cases; return why it was not done, by number of the case.

    Args:
        seen: The hash that was shown of each table, by number of the case.
        by: A reviewer.
        on: Business date and accounting date.
        at: The moment.
    """
    now: dict[str, Any] = {"by": by, "on": on, "at": at}
    return _each(
        seen,
        plan=lambda case, shown, writer: tables.signed(case, seen=shown, writer=writer, **now),
        one=lambda number, shown: tables.sign(number=number, seen=shown, **now), on=on, at=at,
    )  # fmt: skip


def check_all(*, seen: Mapping[str, str], by: Actor, on: date, at: datetime) -> dict[str, Refusal]:
    """Do `check` for many cases; return why it was not done, by number of the case.

    Args:
        seen: The hash that was shown of each table, by number of the case.
        by: A clerk.
        on: Business date.
        at: The moment.
    """
    now: dict[str, Any] = {"by": by, "on": on, "at": at}
    return _each(
        seen,
        plan=lambda case, shown, writer: loading.checked(case, seen=shown, writer=writer, **now),
        one=lambda number, shown: loading.check(number=number, seen=shown, **now), on=on, at=at,
    )  # fmt: skip


def load_all(*, seen: Mapping[str, str], by: Actor, on: date, at: datetime) -> dict[str, Refusal]:
    """Do `load` for many cases; return why it was not done, by number of the case.

    Args:
        seen: The hash that was shown of each table, by number of the case.
        by: A reviewer.
        on: Business date and accounting date.
        at: The moment.
    """
    now: dict[str, Any] = {"by": by, "on": on, "at": at}
    return _each(
        seen,
        plan=lambda case, shown, writer: loading.loaded(case, seen=shown, writer=writer, **now),
        one=lambda number, shown: loading.load(number=number, seen=shown, **now), on=on, at=at,
        after=lambda done, _: loading.take_over([case.transfer for case in done], on=on),
    )  # fmt: skip


def arrived_all(*, came: Mapping[str, tuple[int, str]], by: Actor, on: date, at: datetime) -> dict[str, Refusal]:
    """Do `arrived` for many cases; return why it was not done, by number of the case.

    Args:
        came: The amount in fen and the bank's reference, by number of the case.
        by: Finance.
        on: The day it came; accounting date.
        at: The moment.
    """
    now: dict[str, Any] = {"by": by, "on": on, "at": at}
    return _each(
        came,
        plan=lambda case, told, writer: arriving.matched(
            case, amount_fen=told[0], reference=paying.named(told[1]), writer=writer, **now
        ),
        one=lambda number, told: arriving.arrived(number=number, amount_fen=told[0], reference=told[1], **now),
        on=on, at=at,
    )  # fmt: skip


def credit_all(*, numbers: Sequence[str], by: Actor, on: date, at: datetime) -> dict[str, Refusal]:
    """Do `credit` for many cases; return why it was not done, by number of the case.

    Args:
        numbers: Numbers of cases of the new place.
        by: Finance, another person than the one who matched the money.
        on: Accounting date.
        at: The moment.
    """
    now: dict[str, Any] = {"by": by, "on": on, "at": at}
    return _each(
        dict.fromkeys(numbers),
        plan=lambda case, _, writer: arriving.credited(case, writer=writer, **now),
        one=lambda number, _: arriving.credit(number=number, **now), on=on, at=at,
    )  # fmt: skip
