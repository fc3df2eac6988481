"""Cases: the only writer of actions and of the projections beside them.

The case row is locked first of all; an idempotency key and ledger accounts come after it, in that order,
in whatever transaction the caller has open. A projection is never computed from itself: every action is
applied to the standing that all earlier actions give.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from yibao.casework import rights
from yibao.casework.actors import Actor
from yibao.casework.chain import Action, action_hash
from yibao.casework.proof import decision_hash
from yibao.casework.refusals import refuse as refuse_step
from yibao.casework.standing import Standing, apply, opened
from yibao.kernel.canonical import canonical_json, text_hash
from yibao.store import chains, locking, projection, ready, together
from yibao.store.messages import telling
from yibao.store.models import Case, CaseAction, StoredDecision
from yibao.store.records import decision_record
from yibao.store.refusals import refuse


def open_case(
    *,
    number: str,
    service: str,
    region: str,
    person_id: UUID,
    by: Actor,
    at: datetime,
    on: date,
    data: Mapping[str, Any] | None = None,
) -> Case:
    """Open a case with its first action.

    Args:
        number: Taken from `numbers.next_number` beforehand.
        service: Name of the public service.
        region: Six digits of the office that will have it.
        person_id: The insured person.
        by: Who opens it.
        at: Now.
        on: Business date.
        data: Further plain values for the action; no personal data. The actor's level is added.
    """
    with transaction.atomic():
        step = opening(
            number=number, service=service, region=region, person_id=person_id, by=by, at=at, on=on, data=data
        )
        step.case.save(force_insert=True)
        write([step])
    return step.case


def opening(
    *,
    number: str,
    service: str,
    region: str,
    person_id: UUID,
    by: Actor,
    at: datetime,
    on: date,
    data: Mapping[str, Any] | None = None,
) -> "Step":
    """Return the first step of a case with its row, neither of them written; arguments as those of `open_case`."""
    facts = {**(data or {}), **by.evidence(), "service": service, "region": region, "person": str(person_id)}
    action = Action(1, "open", by.kind, by.id, "", at, on, data=facts)
    standing = opened(action)
    case = Case(
        number=number, service=service, region=region, person_id=person_id, unit_id=by.unit_id, state=standing.state,
        opened_on=on,
    )  # fmt: skip
    return Step(case, action, None, standing)


@dataclass(frozen=True, slots=True)
class Step:
    """One step on a case, checked and not yet written.

    Attributes:
        case: The locked case.
        action: The action that says it.
        before: The standing before; None for the first action.
        after: The standing it leads to.
    """

    case: Case
    action: Action
    before: Standing | None
    after: Standing


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, when and as what.

    Attributes:
        by: Who.
        at: Now.
        on: Business date.
        role: The role to act in; empty picks the one whose turn it is.
    """

    by: Actor
    at: datetime
    on: date
    role: str = ""


def act(
    *,
    number: str,
    kind: str,
    by: Actor,
    at: datetime,
    on: date,
    role: str = "",
    reason: str = "",
    evidence_hash: str = "",
    seen: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> Case:
    """Take one step on a case: check it, append it to the chain, write the projection, all or nothing.

    Args:
        number: The case.
        kind: The verb.
        by: Who acts.
        at: Now.
        on: Business date.
        role: The role to act in; empty picks the one whose turn it is.
        reason: Why, without personal data.
        evidence_hash: Hash of the evidence as this action leaves it; empty when it changes none.
        seen: Hash of the evidence the actor was shown; None when the step needs none.
        data: What the verb needs: levels, amount_fen, pack, clocks, holder; further plain values are kept.

    Returns:
        The case with its new projection.

    Raises:
        Refused: A named refusal of `casework.refusals`, or `no_such_case`; nothing was changed.
    """
    acting = Acting(by, at, on, role)
    with transaction.atomic():
        case = locked(number)
        taken = step(
            case=case,
            before=standing(case),
            kind=kind,
            acting=acting,
            reason=reason,
            evidence_hash=evidence_hash,
            seen=seen,
            data=data,
        )
        write([taken])
    return case


def step(
    *,
    case: Case,
    before: Standing,
    kind: str,
    acting: Acting,
    reason: str = "",
    evidence_hash: str = "",
    seen: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> Step:
    """Check a step and return it; nothing is written. `act` is this and `write`.

    Args:
        case: The locked case.
        before: Its standing, from its actions.
        kind: The verb.
        acting: Who acts, when and as what.
        reason: As `act`; so are the others.
        evidence_hash: Hash of the evidence as this action leaves it.
        seen: Hash of the evidence the actor was shown.
        data: What the verb needs.

    Raises:
        Refused: A named refusal of `casework.refusals`.
    """
    by = acting.by
    role = rights.check(standing=before, actor=by, verb=kind, role=acting.role)
    if seen is not None and seen != before.evidence_hash:
        raise refuse_step("evidence_changed", before.evidence_hash)
    seq, evidence = case.action_count + 1, evidence_hash or seen or ""
    facts = {**(data or {}), **by.evidence()}
    action = Action(seq, kind, by.kind, by.id, role, acting.at, acting.on, reason, evidence, facts)
    return Step(case, action, before, apply(standing=before, action=action))


def write(steps: Sequence[Step], *, beside: ready.Writes | None = None) -> None:
    """Append checked steps to their chains and write the projections, in a handful of statements.

    Args:
        steps: At most one for each case; the cases are locked by the caller's transaction.
        beside: What is to be written along; none of it may rest on the steps being there.
    """
    writes = ready.Writes() if beside is None else beside
    writes.insert([chained(one) for one in steps])
    telling.after_actions(((one.case, one.action, one.after) for one in steps), writes=writes)
    projection.write([projection.Moved(one.case, one.before, one.after) for one in steps], beside=writes)


def locked(number: str, *, beside: type[Model] | None = None) -> Case:
    """Return a case, locked until the caller's transaction ends; the first lock of any transaction.

    Args:
        number: The case.
        beside: A model of a service with one row for each case, to be read and locked along.

    Raises:
        Refused: `no_such_case`.
    """
    found = locked_all([number], beside=beside)
    if not found:
        raise refuse("no_such_case", number)
    return found[0]


def locked_all(numbers: Collection[str], *, skip_held: bool = False, beside: type[Model] | None = None) -> list[Case]:
    """Return cases by their order of opening, locked until the caller's transaction ends; unknown numbers are left out.

    Args:
        numbers: The cases.
        skip_held: Whether a case that another transaction holds is left out instead of waited for.
        beside: A model of a service with one row for each case, to be read and locked along.
    """
    return locking.cases(numbers, skip_held=skip_held, beside=beside)


def get(number: str) -> Case:
    """Return a case with its person, holder and pack version.

    Raises:
        Refused: `no_such_case`.
    """
    case = Case.objects.select_related("person", "holder", "entered_by").filter(number=number).first()
    if case is None:
        raise refuse("no_such_case", number)
    return case


def standing(case: Case) -> Standing:
    """Return where a case stands, from its actions; asks the pure library what is allowed.

    Raises:
        ChainBroken: The chain does not end where the case says it does.
    """
    return standings([case])[case.pk]


def standings(held: Iterable[Case]) -> dict[int, Standing]:
    """Return where cases stand, by the key of the case, in one statement however many they are.

    Raises:
        ChainBroken: A chain does not end where its case says it does.
    """
    wanted = list(held)
    return chains.standings_of(*together.read(chains.select(wanted)), held=wanted)


def timeline(number: str) -> list[CaseAction]:
    """Return the actions of a case, oldest first."""
    return list(CaseAction.objects.filter(case__number=number).order_by("seq"))


def record_decision(*, at: datetime, **made: Any) -> StoredDecision:
    """Keep a decision as it was made: the sealed case file, the canonical result, the rules by version.

    Args:
        at: Now.
        made: The members of `Made`.
    """
    return record_decisions([Made(**made)], at=at)[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A decision to keep.

    Attributes:
        case: The case.
        service: Name of the public service or of its second decision.
        decided_on: The day that picked the rules.
        pack_version: A version that `packs.save` keeps.
        evidence_hash: Hash of what was decided on.
        case_file: What went in; sealed.
        canonical: What came out: codes, values and row ids.
        outcome: The decision's word.
        amount_fen: Its amount; None where there is none.
    """

    case: Case
    service: str
    decided_on: date
    pack_version: str
    evidence_hash: str
    case_file: Mapping[str, Any]
    canonical: Mapping[str, Any]
    outcome: str
    amount_fen: int | None


def record_decisions(made: Iterable[Made], *, at: datetime, beside: ready.Writes | None = None) -> list[StoredDecision]:
    """Keep decisions as they were made, in one statement however many they are; their keys are not read back.

    Args:
        made: The decisions.
        at: Now.
        beside: What they are written along with; at once where it is left out.
    """
    rows = [_sealed(one, at) for one in made]
    writes = ready.Writes() if beside is None else beside
    writes.insert(rows)
    if beside is None:
        writes.send()
    return rows


def _sealed(made: Made, at: datetime) -> StoredDecision:
    row = ready.new(
        StoredDecision,
        case_id=made.case.pk,
        service=made.service,
        decided_on=made.decided_on,
        pack_version_id=made.pack_version,
        evidence_hash=made.evidence_hash,
        case_file=canonical_json(dict(made.case_file)),
        canonical=dict(made.canonical),
        outcome=made.outcome,
        amount_fen=made.amount_fen,
        at=at,
    )
    sealed = text_hash(row.case_file)
    row.sha256 = decision_hash(decision_record(row, number=made.case.number, canonical=row.canonical, sealed=sealed))
    return row


def decision(number: str) -> StoredDecision | None:
    """Return the latest stored decision of a case."""
    return StoredDecision.objects.filter(case__number=number).order_by("-id").first()


def chained(one: Step) -> CaseAction:
    """Return the row of a step, its case's chain moved on by it; to be written by the caller."""
    case, action = one.case, one.action
    hashed = action_hash(case_number=case.number, previous=case.chain_hash, action=action)
    row = ready.new(
        CaseAction,
        case_id=case.pk,
        seq=action.seq,
        kind=action.kind,
        actor_kind=action.actor_kind,
        actor_id=action.actor_id,
        role=action.role,
        at=action.at,
        business_date=action.business_date,
        reason=action.reason,
        evidence_hash=action.evidence_hash,
        data=dict(action.data),
        previous_hash=case.chain_hash,
        hash=hashed,
    )
    case.chain_hash, case.action_count = hashed, action.seq
    return row
