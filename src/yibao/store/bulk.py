"""Approvals of many cases at once: the stored query, the drawing of what is inspected, the release, each row's end.

A run is locked only in transactions that lock no case; a case is locked first, then its row in the run. What a
row's signature checks and writes is the service's own approval and nothing else.
"""

import hashlib
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum

from yibao.casework.actors import Actor, prefix_of
from yibao.casework.refusals import refuse as refuse_step
from yibao.casework.states import UNDER_REVIEW
from yibao.store import keys, numbers, seats
from yibao.store.models import BulkRow, BulkRun, Case, CaseTurn, Outbox, ReadLog
from yibao.store.refusals import refuse

JOB = "bulk.approve"
SEED_BYTES = 16
CHUNK = 1000
SIZE_MAX = 10_000


@dataclass(frozen=True, slots=True)
class Query:
    """Which cases: a work list and its filters.

    Attributes:
        role: The role that signs.
        region: Office of the signer; what lies below it is included.
        service: Name of the public service.
        due_by: Only cases with a deadline up to this day, when given.
        most_fen: Only cases of at most this amount, when given.
    """

    role: str
    region: str
    service: str
    due_by: date | None = None
    most_fen: int | None = None

    def plain(self) -> dict[str, Any]:
        """Return the filters as they are kept with a run."""
        return {"due_by": self.due_by.isoformat() if self.due_by else None, "most_fen": self.most_fen}


@dataclass(frozen=True, slots=True)
class Found:
    """What a query finds.

    Attributes:
        cases: Those that can be approved together, first deadline first.
        weak: Those left out because they rest on weak sources or on a person's judgement.
        held: How many are left out because a colleague has taken them.
        more: Whether there are more than one run takes.
    """

    cases: list[Case]
    weak: list[Case]
    held: int
    more: bool

    @property
    def total_fen(self) -> int:
        """Return the sum of what would be approved."""
        return sum(case.amount_fen or 0 for case in self.cases)

    @property
    def weak_fen(self) -> int:
        """Return the sum of what is left out for its sources."""
        return sum(case.amount_fen or 0 for case in self.weak)


def find(query: Query, *, by: Actor, weak: Callable[[Collection[int]], set[int]]) -> Found:
    """Return what a query finds, in three statements for each thousand cases.

    Args:
        query: The stored query.
        by: Who would sign.
        weak: Tells which cases rest on weak sources, by key.

    Raises:
        Refused: not_your_role, not_your_region.
    """
    may_sign(by=by, role=query.role, region=query.region)
    turns = CaseTurn.objects.filter(role=query.role, service=query.service, case__state__in=UNDER_REVIEW)
    turns = turns.filter(region__startswith=prefix_of(query.region))
    if query.due_by is not None:
        turns = turns.filter(due_on__lte=query.due_by)
    if query.most_fen is not None:
        turns = turns.filter(case__amount_fen__lte=query.most_fen)
    by_others = Q(case__holder__isnull=False) & ~Q(case__holder=by.user_id)
    rows = turns.exclude(by_others).select_related("case").order_by("due_on", "case_id")[: SIZE_MAX + 1]
    cases = [turn.case for turn in rows]
    found = cases[:SIZE_MAX]
    doubtful = {pk for part in _parts(found) for pk in weak([case.pk for case in part])}
    return Found(
        cases=[case for case in found if case.pk not in doubtful],
        weak=[case for case in found if case.pk in doubtful],
        held=turns.filter(by_others).count(),
        more=len(cases) > SIZE_MAX,
    )


def _parts(cases: Sequence[Case]) -> Iterable[Sequence[Case]]:
    return (cases[start : start + CHUNK] for start in range(0, len(cases), CHUNK))


def may_sign(*, by: Actor, role: str, region: str) -> None:
    """Let nobody pass who does not hold the role there.

    Raises:
        Refused: not_your_role or not_your_region.
    """
    if by.kind != "staff" or role not in by.roles:
        raise refuse_step("not_your_role", "approve", role)
    if not by.works_in(region):
        raise refuse_step("not_your_region", region)


def make(*, query: Query, found: Found, inspected: int, key: str, by: Actor, on: date, at: datetime) -> BulkRun:
    """Keep what a query found as a run and draw what must be inspected; the same key again returns the same run.

    Args:
        query: The stored query.
        found: What it found for the same person.
        inspected: How many rows must be opened and judged before the rest may go.
        key: Made with the page that shows the button.
        by: The signer.
        on: Business date.
        at: The moment.

    Raises:
        Refused: nothing_to_approve, not_your_role, not_your_region, key_reused; nothing was made.
    """
    may_sign(by=by, role=query.role, region=query.region)
    if not found.cases:
        raise refuse("nothing_to_approve")
    number = f"BA-{query.region}-{on.year}-{numbers.next_number(f'bulk/{query.region}/{on.year}'):06d}"
    content = {"query": query.plain(), "role": query.role, "service": query.service, "by": by.id}
    with keys.once(key=f"bulk/make/{key}", content=content, at=at, passing=True) as slot:
        if slot.repeated:
            return get(slot.answer)
        run = BulkRun.objects.create(
            number=number,
            service=query.service,
            region=query.region,
            role=query.role,
            filters=query.plain(),
            seed=secrets.token_hex(SEED_BYTES),
            inspected=inspected,
            weak=len(found.weak),
            weak_fen=found.weak_fen,
            held=found.held,
            made_by_id=by.user_id,
            made_at=at,
            made_on=on,
        )
        BulkRow.objects.bulk_create(
            (
                BulkRow(
                    run=run, case=case, level=case.level, evidence_hash=case.evidence_hash, amount_fen=case.amount_fen
                )
                for case in found.cases
            ),
            batch_size=CHUNK,
        )
        _draw(run, inspected)
        slot.answer = number
    return run


def drawing_order(*, seed: str, numbers: Iterable[str]) -> list[str]:
    """Return case numbers in the order in which a seed draws them; anybody can draw again and compare.

    Examples:
        >>> drawing_order(seed="00", numbers=["CQ-2023-000001", "CQ-2023-000002", "CQ-2023-000003"])[:2]
        ['CQ-2023-000003', 'CQ-2023-000001']
    """
    return sorted(numbers, key=lambda number: hashlib.sha256(f"{seed}/{number}".encode()).digest())


def _draw(run: BulkRun, count: int) -> None:
    """Draw so many more rows; fewer where fewer are left."""
    left = dict(run.rows.filter(drawn__isnull=True).values_list("case__number", "pk"))
    first = run.rows.filter(drawn__isnull=False).count() + 1
    for place, number in enumerate(drawing_order(seed=run.seed, numbers=left)[:count], first):
        BulkRow.objects.filter(pk=left[number]).update(drawn=place)


def get(number: str) -> BulkRun:
    """Return a run.

    Raises:
        Refused: no_such_bulk.
    """
    found = BulkRun.objects.select_related("made_by").filter(number=number).first()
    if found is None:
        raise refuse("no_such_bulk", number)
    return found


def of_office(region: str) -> QuerySet[BulkRun]:
    """Return the runs of an office, newest first."""
    return BulkRun.objects.filter(region__startswith=prefix_of(region)).select_related("made_by")


def mark(*, number: str, row: int, agreed: bool, by: Actor, at: datetime) -> BulkRun:
    """Say whether an inspected row is right; one that is not is taken out, and as many again must be inspected.

    Args:
        number: The run.
        row: Key of the row.
        agreed: Whether the signer agrees with it.
        by: Who made the run; nobody else inspects it.
        at: The moment.

    Raises:
        Refused: bulk_not_yours, bulk_wrong_state, bulk_not_drawn, bulk_not_opened, no_such_bulk.
    """
    with transaction.atomic():
        run = _locked(number, by)
        if run.state != "inspecting":
            raise refuse("bulk_wrong_state", run.state)
        held = run.rows.select_related("case").filter(pk=row, drawn__isnull=False).first()
        if held is None:
            raise refuse("bulk_not_drawn")
        if not opened(run=run, cases=[held.case]):
            raise refuse("bulk_not_opened", held.case.number)
        if held.verdict == "not_agreed":
            return run
        held.verdict, held.marked_at = ("agreed" if agreed else "not_agreed"), at
        if not agreed:
            held.outcome, held.done_at = "taken_out", at
            _draw(run, run.inspected)
        held.save(update_fields=["verdict", "marked_at", "outcome", "done_at"])
    return run


def opened(*, run: BulkRun, cases: Sequence[Case]) -> set[str]:
    """Return which cases the signer has opened since the run was made, by the log of reads."""
    looks = ReadLog.objects.filter(
        person_id__in=[case.person_id for case in cases],
        case_number__in=[case.number for case in cases],
        reader_id=str(run.made_by_id),
        at__gte=run.made_at,
    )
    return set(looks.values_list("case_number", flat=True))


def left_to_inspect(run: BulkRun) -> int:
    """Return how many drawn rows wait for a judgement."""
    return run.rows.filter(drawn__isnull=False, verdict="").count()


def release(*, number: str, by: Actor, at: datetime) -> BulkRun:
    """Let the rest go to the worker, once every drawn row was judged; again changes nothing.

    Raises:
        Refused: bulk_not_inspected, bulk_not_yours, bulk_wrong_state, no_such_bulk, not_your_role.
    """
    with transaction.atomic():
        run = _locked(number, by)
        may_sign(by=by, role=run.role, region=run.region)
        if run.state in ("released", "done"):
            return run
        if run.state != "inspecting":
            raise refuse("bulk_wrong_state", run.state)
        if left := left_to_inspect(run):
            raise refuse("bulk_not_inspected", left)
        run.state, run.released_at = "released", at
        run.save(update_fields=["state", "released_at"])
        Outbox.objects.create(kind=JOB, data={"run": number}, due_at=at)
    return run


def drop(*, number: str, by: Actor) -> BulkRun:
    """Give up a run that was not released.

    Raises:
        Refused: bulk_not_yours, bulk_wrong_state, no_such_bulk.
    """
    with transaction.atomic():
        run = _locked(number, by)
        if run.state not in ("inspecting", "dropped"):
            raise refuse("bulk_wrong_state", run.state)
        run.state = "dropped"
        run.save(update_fields=["state"])
    return run


def _locked(number: str, by: Actor) -> BulkRun:
    run = BulkRun.objects.select_for_update().filter(number=number).first()
    if run is None:
        raise refuse("no_such_bulk", number)
    if run.made_by_id != by.user_id:
        raise refuse("bulk_not_yours", number)
    return run


def signer(run: BulkRun) -> Actor:
    """Return who signs, with the roles they hold now; a role taken away since signs nothing."""
    user = get_user_model().objects.get(pk=run.made_by_id)
    seat = seats.staff_actor(user, office=run.region) if user.is_active else None
    return seat or Actor(user.pk, user.get_full_name(), "staff", frozenset(), run.region)


def group(*, run: BulkRun, after: int, size: int) -> list[BulkRow]:
    """Return the next rows that wait, no two of one person.

    Args:
        run: The run.
        after: Key of the row the group before ended with.
        size: Most rows.
    """
    waiting = run.rows.filter(outcome="waiting", pk__gt=after).select_related("case").order_by("pk")
    found: dict[Any, BulkRow] = {}
    for row in waiting[:size]:
        if row.case.person_id in found:
            break
        found[row.case.person_id] = row
    return list(found.values())


def still_waiting(*, rows: Sequence[BulkRow], cases: Sequence[Case]) -> dict[str, BulkRow]:
    """Return the rows of locked cases that still wait, by case number, locked; another worker may have been quicker."""
    ours = {case.pk: case.number for case in cases}
    held = BulkRow.objects.select_for_update().filter(pk__in=[row.pk for row in rows], outcome="waiting")
    return {ours[row.case_id]: row for row in held.filter(case__in=ours).order_by("pk")}


def tell(rows: Iterable[BulkRow], *, outcome: str, at: datetime, code: str = "") -> None:
    """Write down what came of rows, in the transaction that did it."""
    waiting = BulkRow.objects.filter(pk__in=[row.pk for row in rows], outcome="waiting")
    waiting.update(outcome=outcome, code=code, done_at=at)


def finish(*, run: BulkRun, at: datetime) -> None:
    """Close a run of which no row waits; again changes nothing."""
    with transaction.atomic():
        held = BulkRun.objects.select_for_update().get(pk=run.pk)
        if held.state == "released" and not held.rows.filter(outcome="waiting").exists():
            held.state, held.finished_at = "done", at
            held.save(update_fields=["state", "finished_at"])


def progress(run: BulkRun) -> dict[str, Mapping[str, int]]:
    """Return count and sum of the rows by their outcome, in one statement."""
    found = run.rows.order_by().values_list("outcome").annotate(count=Count("id"), sum=Sum("amount_fen"))
    return {outcome: {"count": count, "sum": total or 0} for outcome, count, total in found}
