"""Approving many cases at once, for every service whose `actions` have `sign_together`, `approve` and `weak`.

Nothing here is one long transaction: a group of rows is signed in one, each row that cannot be signed with the others
in one of its own, by the same approval as on its page. Killed in between, `work` goes on where it stopped.
"""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from threading import Lock
from types import ModuleType

from django.conf import settings
from django.db import OperationalError, connection, transaction

import yibao.services
from yibao.casework import refusals as house_refusals
from yibao.casework.actors import Actor
from yibao.kernel.errors import Refusal, Refused
from yibao.policy import UnknownRegion
from yibao.store import bulk, cases
from yibao.store import refusals as store_refusals
from yibao.store.bulk import Found, Query
from yibao.store.models import BulkRow, BulkRun

# Roles the packs' chains may name; which of them sign in a region, its chains say.
SIGNERS = frozenset(
    ("reviewer", "county_agency", "county_hrss", "county_finance", "city_agency", "city_hrss", "city_finance")
)
GROUP = 100
# Somebody else acted on the case, or what it rests on changed, since the list was made.
CHANGED = frozenset(
    {"evidence_changed", "level_passed", "level_unknown", "wrong_state", "already_signed", "chain_changed"}
)

_log = logging.getLogger(__name__)


@cache
def actions_of(service: str) -> ModuleType | None:
    """Return the actions of a service that approves in bulk, or None."""
    name = f"yibao.services.{service}.actions"
    found = import_module(name) if find_spec(name) else None
    return found if hasattr(found, "sign_together") else None


def services_in_bulk() -> list[str]:
    """Return the names of the services that approve in bulk.

    Examples:
        >>> "refund" in services_in_bulk()
        True
    """
    return [name for name in yibao.services.find() if actions_of(name)]


def signing_roles(by: Actor) -> list[str]:
    """Return the roles of a member of staff that sign at some level in their region."""
    try:
        region = yibao.services.packs().region_for(by.region or "")
    except UnknownRegion:
        return []
    chains = [chain for name in services_in_bulk() for chain in region.setting(name, "chains").values()]
    roles = {role for chain in chains for level in chain["levels"] for role in level["roles"]}
    return sorted(by.roles & roles)


@cache
def reasons(service: str) -> dict[str, Refusal]:
    """Return every refusal a row of a service may end with, by code.

    Examples:
        >>> reasons("refund")["held_by_other"].status, reasons("refund")["decision_does_not_pay"].status
        (409, 409)
    """
    own = import_module(f"yibao.services.{service}.actions.refusals").REFUSALS
    gates = {gate.code: gate for gate in import_module(f"yibao.services.{service}.workflow").GATES}
    return {**store_refusals.REFUSALS, **house_refusals.REFUSALS, **own, **gates}


def find(query: Query, *, by: Actor) -> Found:
    """Return what a stored query finds for a signer.

    Raises:
        Refused: no_bulk_service, not_your_role, not_your_region.
    """
    return bulk.find(query, by=by, weak=_own(query.service).weak)


def make(*, query: Query, key: str, by: Actor, on: date, at: datetime) -> BulkRun:
    """Keep what a query finds now as a run, and draw what must be inspected.

    Raises:
        Refused: nothing_to_approve, no_bulk_service, not_your_role, not_your_region, key_reused.
    """
    found = find(query, by=by)
    return bulk.make(query=query, found=found, inspected=settings.YIBAO_BULK_INSPECTED, key=key, by=by, on=on, at=at)


def _own(service: str) -> ModuleType:
    own = actions_of(service) if service in yibao.services.find() else None
    if own is None:
        raise bulk.refuse("no_bulk_service", service)
    return own


def work(*, number: str, on: date, at: datetime, size: int = GROUP) -> BulkRun:
    """Sign what waits in a released run, group by group; killed, called again or called twice at once, nothing is
    signed twice.

    Args:
        number: The run.
        on: Business date and accounting date.
        at: The moment.
        size: Most rows of one transaction.

    Raises:
        Refused: no_such_bulk, bulk_wrong_state: it was not released.
    """
    run = bulk.get(number)
    if run.state == "done":
        return run
    if run.state != "released":
        raise bulk.refuse("bulk_wrong_state", run.state)
    acting, groups = cases.Acting(bulk.signer(run), at, on, run.role), _Groups(run, size)
    if _worth_two(run, size):
        _sign_by_two(run, acting, groups)
    else:
        _sign(run, acting, groups)
    bulk.finish(run=run, at=at)
    return bulk.get(number)


class _Groups:
    """Hands out the groups of a run that wait, each to one of those who sign.

    Args:
        run: The run.
        size: Most rows of a group.
    """

    def __init__(self, run: BulkRun, size: int) -> None:
        self._run, self._size = run, size
        self._after, self._patient, self._ended = 0, False, False
        self._taking = Lock()

    def take(self) -> tuple[list[BulkRow], bool]:
        """Return the next group, empty at the end, and whether cases that somebody else holds are waited for."""
        with self._taking:
            while not self._ended:
                rows = bulk.group(run=self._run, after=self._after, size=self._size)
                if rows:
                    self._after = rows[-1].pk
                    return rows, self._patient
                # What another worker held is waited for in a second round.
                self._ended = self._patient or not self._after
                self._after, self._patient = 0, True
            return [], self._patient

    def stop(self) -> None:
        """Hand out nothing more."""
        self._ended = True


def _worth_two(run: BulkRun, size: int) -> bool:
    """Return whether somebody else may sign groups meanwhile: rows are locked one by one, and there is another group.

    Within a transaction of the caller nobody else would see what it wrote.
    """
    apart = connection.features.has_select_for_update_skip_locked and not connection.in_atomic_block
    return apart and run.rows.filter(outcome="waiting").count() > size


def _sign_by_two(run: BulkRun, acting: cases.Acting, groups: _Groups) -> None:
    """Sign with two connections: while the server works for one, Python works for the other."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="bulk") as second:
        signing = second.submit(_sign_and_close, run, acting, groups)
        try:
            _sign(run, acting, groups)
        finally:
            groups.stop()
        signing.result()


def _sign_and_close(run: BulkRun, acting: cases.Acting, groups: _Groups) -> None:
    try:
        _sign(run, acting, groups)
    finally:
        # The connection is this thread's own, and the thread ends.
        connection.close()


def _sign(run: BulkRun, acting: cases.Acting, groups: _Groups) -> None:
    """Sign group by group until no row waits."""
    while True:
        rows, wait = groups.take()
        if not rows:
            return
        _group(run, rows, acting, wait=wait)


def _group(run: BulkRun, rows: list[BulkRow], acting: cases.Acting, *, wait: bool) -> None:
    """Sign a group in one transaction; what is not signed with the others is signed alone."""
    try:
        left = _together(run, rows, acting, wait=wait)
    except OperationalError:
        raise
    except Exception:
        # One row the whole group trips over must not stop the others: each gets a transaction of its own.
        _log.exception("a group of %s is signed one by one", run.number)
        left = rows
    for row in left:
        _alone(run, row, acting)


def _together(run: BulkRun, rows: list[BulkRow], acting: cases.Acting, *, wait: bool) -> list[BulkRow]:
    own = _own(run.service)
    with transaction.atomic():
        held = cases.locked_all([row.case.number for row in rows], skip_held=not wait, beside=own.BESIDE)
        waiting = bulk.still_waiting(rows=rows, cases=held)
        asked = {number: own.Asked(row.level, row.evidence_hash, bulk=run.number) for number, row in waiting.items()}
        signed = own.sign_together(asked=asked, held=[case for case in held if case.number in asked], acting=acting)
        bulk.tell([waiting.pop(number) for number in signed], outcome="approved", at=acting.at)
    by_key = {row.pk: row for row in rows}
    return [by_key[row.pk] for row in waiting.values()]


def _alone(run: BulkRun, row: BulkRow, acting: cases.Acting) -> None:
    """Sign one row by the approval of its page, and write down what came of it in the same transaction."""
    number = row.case.number
    try:
        with transaction.atomic():
            held = cases.locked(number)
            if not bulk.still_waiting(rows=[row], cases=[held]):
                return
            outcome, code = _signed(run, row, acting)
            bulk.tell([row], outcome=outcome, code=code, at=acting.at)
    except OperationalError:
        raise
    except Exception as error:
        _log.exception("%s could not be signed", number)
        # The kind of error only: its text may hold what a person wrote.
        bulk.tell([row], outcome="failed", code=type(error).__name__, at=acting.at)


def _signed(run: BulkRun, row: BulkRow, acting: cases.Acting) -> tuple[str, str]:
    try:
        _own(run.service).approve(
            number=row.case.number,
            level=row.level,
            seen=row.evidence_hash,
            by=acting.by,
            on=acting.on,
            at=acting.at,
            role=acting.role,
            bulk=run.number,
        )
    except Refused as no:
        return ("changed" if no.refusal.code in CHANGED else "refused"), no.refusal.code
    return "approved", ""
