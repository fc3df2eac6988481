"""Cases: the only writer of actions and of the projections beside them.

The case row is locked first of all; an idempotency key and ledger accounts come after it, in that order,
in whatever transaction the caller has open. A projection is never computed from itself: every action is
applied to the standing that all earlier actions give.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from yibao.casework import rights
from yibao.casework.actors import Actor
from yibao.casework.chain import Action, action_hash
from yibao.casework.proof import decision_hash
from yibao.casework.refusals import refuse as refuse_step
from yibao.casework.standing import Standing, apply, opened, standing_of
from yibao.kernel.canonical import canonical_json, text_hash
from yibao.store import projection
from yibao.store.messages import telling
from yibao.store.models import Case, CaseAction, PackVersion, StoredDecision
from yibao.store.records import decision_record
from yibao.store.refusals import refuse


class ChainBroken(RuntimeError):
    """A case's actions were changed behind the system's back; run `yibao audit verify` and restore."""


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
        data: Further plain values for the action; no personal data.
    """
    facts = {**(data or {}), "service": service, "region": region, "person": str(person_id)}
    action = Action(1, "open", by.kind, by.id, "", at, on, data=facts)
    standing = opened(action)
    with transaction.atomic():
        case = Case.objects.create(
            number=number, service=service, region=region, person_id=person_id, state=standing.state, opened_on=on
        )
        _append(case, action, standing, before=None)
    return case


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
    with transaction.atomic():
        case = locked(number)
        before = standing(case)
        acting = rights.check(standing=before, actor=by, verb=kind, role=role)
        if seen is not None and seen != before.evidence_hash:
            raise refuse_step("evidence_changed", before.evidence_hash)
        evidence = evidence_hash or seen or ""
        seq, facts = case.action_count + 1, dict(data or {})
        action = Action(seq, kind, by.kind, by.id, acting, at, on, reason, evidence, facts)
        _append(case, action, apply(standing=before, action=action), before=before)
    return case


def locked(number: str) -> Case:
    """Return a case, locked until the caller's transaction ends; the first lock of any transaction.

    Raises:
        Refused: `no_such_case`.
    """
    case = Case.objects.select_for_update().filter(number=number).first()
    if case is None:
        raise refuse("no_such_case", number)
    return case


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
    rows = list(case.actions.order_by("seq"))
    if not rows or rows[-1].hash != case.chain_hash or rows[-1].seq != case.action_count:
        raise ChainBroken(f"the actions of case {case.number} do not end where the case says they do")
    return standing_of(projection.action_of(row) for row in rows)


def timeline(number: str) -> list[CaseAction]:
    """Return the actions of a case, oldest first."""
    return list(CaseAction.objects.filter(case__number=number).order_by("seq"))


def record_decision(
    *,
    case: Case,
    service: str,
    decided_on: date,
    pack_version: str,
    evidence_hash: str,
    case_file: Mapping[str, Any],
    canonical: Mapping[str, Any],
    outcome: str,
    amount_fen: int | None,
    at: datetime,
) -> StoredDecision:
    """Keep a decision as it was made: the sealed case file, the canonical result, the rules by version.

    Args:
        case: The case.
        service: Name of the public service or of its second decision.
        decided_on: The day that picked the rules.
        pack_version: A version that `packs.save` keeps.
        evidence_hash: Hash of what was decided on.
        case_file: What went in; sealed.
        canonical: What came out: codes, values and row ids.
        outcome: The decision's word.
        amount_fen: Its amount; None where there is none.
        at: Now.
    """
    row = StoredDecision(
        case=case,
        service=service,
        decided_on=decided_on,
        pack_version=PackVersion.objects.only("version").get(version=pack_version),
        evidence_hash=evidence_hash,
        case_file=canonical_json(dict(case_file)),
        canonical=dict(canonical),
        outcome=outcome,
        amount_fen=amount_fen,
        at=at,
    )
    sealed = text_hash(row.case_file)
    row.sha256 = decision_hash(decision_record(row, number=case.number, canonical=row.canonical, sealed=sealed))
    row.save(force_insert=True)
    return row


def decision(number: str) -> StoredDecision | None:
    """Return the latest stored decision of a case."""
    return StoredDecision.objects.filter(case__number=number).order_by("-id").first()


def _append(case: Case, action: Action, standing_after: Standing, *, before: Standing | None) -> None:
    hashed = action_hash(case_number=case.number, previous=case.chain_hash, action=action)
    CaseAction.objects.create(
        case=case,
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
    projection.write(case=case, before=before, after=standing_after)
    telling.after_action(case=case, action=action)
