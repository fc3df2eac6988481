"""Run in a process of its own, with Django set up: one of two installations between which people move.

With stay it does one verb for each line of JSON it reads, and answers with JSON.
"""

import json
import os
import signal
import sys
import traceback
from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Count, Sum
from django.utils import timezone
from mover_desk import BANK, act
from mover_people import TOWN, apply, begin, wrong_types

from yibao import services
from yibao.casework.actors import Actor
from yibao.casework.states import CLOSED
from yibao.ledger.accounts import AccountKind
from yibao.services.relocation import workflow
from yibao.services.relocation.models import LoadedPeriod, Transfer
from yibao.store import exchange, verify
from yibao.store.exchange import partners, troubles
from yibao.store.models import (
    Case,
    CaseAction,
    CaseClock,
    ClearingMember,
    Entry,
    InboxMessage,
    JournalTransaction,
    OutboxMessage,
    PayerAccount,
    Payment,
    PersonalAccountBalance,
    StaffRole,
)  # fmt: skip

ROLES = ("clerk", "clerk2", "reviewer", "finance", "finance2")
CLEARING = "102653000012"
LONG_AFTER = timedelta(hours=2)
ONCE_EACH = ("submit", "accept", "not_accept", "complete", "withdraw", "refuse", "confirm_paid")
"""Acts a case has at most once."""


def host(areas: list[str]) -> dict[str, str]:
    """Keep some areas here, with staff and accounts; return their public keys."""
    TOWN.areas = areas
    # Read once here, and not by each of the processes that may be killed.
    services.packs()
    ClearingMember.objects.get_or_create(bank_name=BANK, defaults={"code": CLEARING})
    for area in areas:
        TOWN.staff[area] = {name: _employed(area, name) for name in ROLES}
        PayerAccount.objects.create(
            region=area,
            scheme="employee",
            holder="演示医保基金",
            number=f"310015000{area}",
            clearing_code=CLEARING,
        )
    return {area: str(partners.host(area=area, at=timezone.now()).keys.get().public) for area in areas}


def _employed(area: str, name: str) -> Actor:
    user, role = get_user_model().objects.create(username=f"{name}-{area}", first_name=name), name.rstrip("2")
    StaffRole.objects.create(user=user, role=role, region=area)
    return Actor(user.pk, name, "staff", frozenset({role}), area)


def join(keys: dict[str, str], address: str) -> None:
    """Enter the areas of the other installation."""
    for area, public in keys.items():
        partners.join(area=area, address=address, public=public, version=1, at=timezone.now())


def carry(turn: int) -> int:
    """Carry what waits, over the line; return how much arrived for sure."""
    TOWN.tick(turn, "carry")
    return exchange.deliver_due(at=TOWN.at).taken


def handle(turn: int) -> int:
    """Handle what came: a few, or all; return how many."""
    TOWN.tick(turn, "handle")
    moved = 0
    for _ in range(TOWN.dice.choice((1, 3, 9))):
        done = exchange.handle_due(at=TOWN.at)
        assert done.failures == [], done.failures
        moved += done.done + done.refused
        if not done.done + done.refused:
            break
    return moved


def die_if_told(verb: str, *arguments: Any) -> Any:
    """Do a verb in a process that may be killed; None where it was."""
    # A connection left open would be one socket for parent and child.
    connection.close()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writing, json.dumps(VERBS[verb](*arguments)).encode())
        except BaseException:
            # What went wrong would end with the child, and the parent could only tell that nothing was answered.
            traceback.print_exc()
            raise
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        answer = told.read()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return None
    assert answer, f"{verb} ended with {os.waitstatus_to_exitcode(status)} and no answer"
    return json.loads(answer)


def waiting() -> int:
    """Return how many messages are on their way out or wait for their turn."""
    return sum(states.get("waiting", 0) for states in troubles.counts().values())


def paid() -> dict[str, int]:
    """Return what the bank carried out, by thread."""
    rows = Payment.objects.filter(status="paid", case_id__gt=TOWN.first_case, case__service="relocation")
    return {one.case.transfer.thread: one.amount_fen for one in rows.select_related("case__transfer")}


def books() -> dict[str, Any]:
    """Return what the books say: of each transfer by thread and side, and of each person's account."""
    rows = Entry.objects.filter(transaction_id__gt=TOWN.first_entry, transaction__case_number__startswith="ZY-")
    sums: dict[str, dict[str, int]] = {}
    summed = rows.order_by().values_list("transaction__case_number", "account__kind").annotate(total=Sum("amount_fen"))
    for number, kind, total in summed:
        sums.setdefault(number, {})[kind] = total
    sides = Transfer.objects.filter(case_id__gt=TOWN.first_case).values_list("case__number", "thread", "side")
    accounts = PersonalAccountBalance.objects.filter(account__person_id__in=TOWN.stories)
    held = accounts.values_list("account__person", "balance_fen")
    return {
        "sides": [[thread, side, _position(sums.get(number, {}))] for number, thread, side in sides],
        "held": {TOWN.stories[person].serial: fen for person, fen in held},
    }


def _position(sums: dict[str, int]) -> dict[str, int]:
    # A debit of the person's account takes from it; the bank's grows by one.
    return {
        "account": -sums.get(AccountKind.PERSONAL, 0),
        "interest": sums.get(AccountKind.POOL, 0),
        "transit": -sums.get(AccountKind.TRANSIT, 0),
        "bank": sums.get(AccountKind.BANK, 0),
    }


def faults() -> list[str]:
    """Return what is wrong here at the end of the stories: what is open, doubled, lost or out of turn."""
    mine = Case.objects.filter(pk__gt=TOWN.first_case, service="relocation")
    found = [f"{case.number} is {case.state}" for case in mine.exclude(state__in=[*CLOSED, "draft"])]
    clocks = CaseClock.objects.filter(case__in=mine, finished_on=None)
    found += [f"clock {clock.name} of {clock.case_id} is lost" for clock in clocks if clock.due_on is None]
    found += [f"clock {clock.name} of {clock.case_id} runs on" for clock in clocks.filter(case__state__in=CLOSED)]
    for row in Transfer.objects.filter(case__in=mine).exclude(stage="draft").select_related("money"):
        if row.stage not in workflow.ENDED:
            found.append(f"{row} rests at {row.stage}")
        move = workflow.Money(row.money.state)
        moved = row.stage == workflow.Stage.LOADED
        if moved and not workflow.money_ended(side=row.side, mode=row.money.mode, money=move):
            found.append(f"{row}: money is {move}")
    mine_here = Transfer.objects.filter(case__in=mine).select_related("case")
    return [*found, *wrong_types(mine_here), *_doubled(), *_in_trouble()]


def _doubled() -> list[str]:
    """Return what was done more than once."""
    acts = CaseAction.objects.filter(case_id__gt=TOWN.first_case, case__service="relocation", kind__in=ONCE_EACH)
    twice = [f"{pk} {kind} {n} times" for pk, kind, n in _counted(acts, "case_id", "kind") if n > 1]
    booked = JournalTransaction.objects.filter(
        case_number__startswith="ZY-", kind__in=["transfer.arrived", "transfer.credited"]
    )
    twice += [f"{number} {kind} {n} times" for number, kind, n in _counted(booked, "case_number", "kind") if n > 1]
    settled = Payment.objects.filter(status="paid", case_id__gt=TOWN.first_case)
    twice += [f"{number} paid {n} times" for number, n in _counted(settled, "case__number") if n > 1]
    periods = LoadedPeriod.objects.filter(transfer_id__gt=TOWN.first_case)
    names = ("transfer_id", "scheme", "region", "first_month")
    return twice + [f"years {period} loaded twice" for *period, n in _counted(periods, *names) if n > 1]


def _counted(rows: Any, *names: str) -> Any:
    return rows.order_by().values_list(*names).annotate(Count("pk"))


def _in_trouble() -> list[str]:
    late = TOWN.at + LONG_AFTER
    found = [f"{one.side} {one.kind} {one.thread} {one.why}" for one in troubles.troubles(at=late)]
    refused = InboxMessage.objects.filter(pk__gt=TOWN.first_message["in"], state="refused")
    return found + [f"{one.kind} on {one.thread} was refused" for one in refused]


def said() -> dict[str, list[str]]:
    """Return the numbers of what was said here, by thread and the two ends, in order."""
    return _in_order(OutboxMessage.objects.filter(pk__gt=TOWN.first_message["out"], state="delivered"))


def heard() -> dict[str, list[str]]:
    """Return the numbers of what was heard and done here, by thread and the two ends, in the order it was done."""
    return _in_order(InboxMessage.objects.filter(pk__gt=TOWN.first_message["in"], state="done"), "done_at")


def _in_order(rows: Any, *first: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in rows.order_by(*first, "position").values_list("thread", "sender", "receiver", "message_id"):
        found.setdefault("/".join(row[:3]), []).append(str(row[3]))
    return found


def ends() -> dict[str, dict[str, str]]:
    """Return where each thread ended, by side, and how its money did."""
    found: dict[str, dict[str, str]] = {}
    rows = Transfer.objects.filter(case_id__gt=TOWN.first_case).exclude(stage="draft")
    for thread, side, stage, money in rows.values_list("thread", "side", "stage", "money__state"):
        found.setdefault(thread, {})[side] = f"{stage} {money}"
    return found


def proof() -> list[str]:
    """Return every fault of books, chains and projections."""
    return [*verify.verify_ledger(), *verify.verify_audit(files=False)]


VERBS: dict[str, Any] = {
    one.__name__: one
    for one in (
        *(host, join, begin, apply, act, carry, handle, die_if_told, waiting, paid, books),
        *(faults, said, heard, ends, proof),
    )
}


def stay() -> None:
    """Do one verb for each line of JSON: its name and its arguments."""
    for line in sys.stdin:
        verb, *arguments = json.loads(line)
        sys.stdout.write(json.dumps(VERBS[verb](*arguments)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    stay()
