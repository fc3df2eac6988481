"""What the agency does: accept, ask, sign level by level, refuse; the decision is made anew each time it counts."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from yibao.casework import refusals as house
from yibao.casework.actors import Actor
from yibao.casework.standing import Standing
from yibao.casework.states import State
from yibao.kernel.errors import Refused
from yibao.services.refund import rulebook, workflow
from yibao.services.refund.actions import evidence, merging, money, papers, promises
from yibao.services.refund.actions.refusals import refused
from yibao.services.refund.models import RefundRequest
from yibao.services.refund.rules import Decision
from yibao.store import cases, ready
from yibao.store.models import Case

NOTE_MAX = 500
AWAITING = "awaiting_determination"
RESTING_ON_FACTS = (State.SUBMITTED, State.ACCEPTED, State.IN_REVIEW, State.APPROVED)


def _kept(work: Callable[[], Case]) -> Case:
    """Run work in one transaction; what it wrote stays when it ends with `evidence_changed`, and only then."""
    kept: Refused | None = None
    with transaction.atomic():
        try:
            return work()
        except Refused as no:
            if no.refusal.code != "evidence_changed":
                raise
            kept = no
    raise kept


def accept(*, number: str, seen: str, by: Actor, on: date, at: datetime) -> Case:
    """Accept a complete application: the decision is stored, its levels are pinned, its clock starts.

    Args:
        number: Number of the case.
        seen: Evidence hash shown on the page.
        by: A clerk.
        on: Business date.
        at: The moment.

    Raises:
        Refused: materials_missing, payment_moved, evidence_changed (409), not_your_role, wrong_state.
    """

    def work() -> Case:
        case = cases.locked(number, beside=RefundRequest)
        found = _unchanged(case, on=on, at=at)
        if seen != found.hash:
            raise house.refuse("evidence_changed")
        decision = evidence.decided(found)
        plain = decision.json()
        _pass("accept", plain=plain, request=case.refund)
        evidence.check_here(evidence.selected(case.refund))
        kept = evidence.keep(case=case, request=case.refund, evidence=found, decision=decision, on=on, at=at)
        data = {
            "levels": _levels(decision),
            "amount_fen": evidence.amount_fen(plain=plain, request=case.refund),
            "pack": plain["pack"]["version"],
            "decision": kept.sha256,
            "clocks": promises.clocks(rulebook.region(decision.region), verb="accept"),
        }
        case = cases.act(
            number=number, kind="accept", by=by, at=at, on=on, seen=seen, evidence_hash=found.hash, data=data
        )
        papers.follows(numbers=[number], kind="acceptance_receipt", at=at)
        return case

    return _kept(work)


def _unchanged(case: Case, *, on: date, at: datetime) -> evidence.Evidence:
    """Return the evidence as it is; when it is no longer what the case says, say so on record and stop.

    Raises:
        Refused: `evidence_changed`; the record keeps the new hash, signatures are void.
    """
    found = evidence.gather(case=case, request=case.refund, on=on)
    if found.hash == case.evidence_hash:
        return found
    _change(case, found, evidence.decided(found), on=on, at=at)
    raise house.refuse("evidence_changed")


def recheck(*, number: str, on: date, at: datetime) -> Case:
    """Look again at a case after its person's record was corrected; signatures upon other facts are void.

    Args:
        number: Number of the case.
        on: Business date.
        at: The moment.
    """

    def work() -> Case:
        case = cases.locked(number, beside=RefundRequest)
        if case.state in RESTING_ON_FACTS:
            _unchanged(case, on=on, at=at)
        return case

    try:
        return _kept(work)
    except Refused as no:
        if no.refusal.code != "evidence_changed":
            raise
    return cases.get(number)


def _change(case: Case, found: evidence.Evidence, decision: Decision, *, on: date, at: datetime) -> None:
    """Write down that facts or amount differ from what was signed; an approved case owes nothing any more."""
    plain = decision.json()
    evidence.keep_rules(decision, at=at)
    if case.state == State.APPROVED:
        money.take_back(case=case, on=on, at=at, why="evidence")
        papers.void(case=case, kind="decision_letter", at=at)
    reviewing = case.state in (State.ACCEPTED, State.IN_REVIEW, State.APPROVED)
    cases.act(
        number=case.number,
        kind="evidence_changed" if reviewing else "decide",
        by=Actor.system(),
        at=at,
        on=on,
        evidence_hash=found.hash,
        data={"amount_fen": evidence.amount_fen(plain=plain, request=case.refund), "pack": plain["pack"]["version"]},
    )


def _pass(verb: str, *, plain: Mapping[str, Any], request: RefundRequest, confirmed: bool = False) -> None:
    standing = workflow.Standing(
        outcome=plain["decision"],
        determined=request.determined_fen is not None,
        awaiting=any(refusal["code"] == AWAITING for refusal in plain["refusals"]),
        low_confidence=bool(plain["low_confidence"]),
        confirmed=confirmed,
    )
    refusal = workflow.gate(verb=verb, standing=standing)
    if refusal is not None:
        raise Refused(refusal)


def _levels(decision: Decision) -> list[dict[str, Any]]:
    """Return who signs: the decision's own chain, or the ordinary one where a person decides."""
    plain = [{key: level[key] for key in ("level", "roles", "order")} for level in decision.approval]
    return plain or promises.ordinary_levels(rulebook.region(decision.region))


def not_accept(*, number: str, reason: str, seen: str, by: Actor, on: date, at: datetime) -> Case:
    """Close an application that is not accepted, with a reason the person reads.

    Raises:
        Refused: no_reason, not_your_role, wrong_state, evidence_changed.
    """
    if not reason.strip():
        raise refused("no_reason")
    text = reason.strip()[:NOTE_MAX]
    with transaction.atomic():
        case = cases.act(number=number, kind="not_accept", by=by, at=at, on=on, seen=seen, reason=text)
        papers.follows(numbers=[number], kind="not_accepted_notice", at=at)
        return case


def ask_correction(
    *, number: str, items: Sequence[Mapping[str, str]], seen: str, by: Actor, on: date, at: datetime
) -> Case:
    """Send the case back with one notice of everything that is missing; the office's clocks stand still.

    Args:
        number: Number of the case.
        items: What is missing: `material` or `field`, and a `note`. Materials the decision finds missing are
            added, so that nothing is asked for later.
        seen: Evidence hash shown on the page.
        by: A clerk, or the role that signs at this level.
        on: Business date.
        at: The moment.

    Raises:
        Refused: no_items, not_your_role, wrong_state, evidence_changed.
    """
    with transaction.atomic():
        case = cases.locked(number, beside=RefundRequest)
        found = evidence.gather(case=case, request=case.refund, on=on)
        decision = evidence.decided(found)
        listed = _everything(items, decision.json())
        if not listed:
            raise refused("no_items")
        clocks = promises.clocks(rulebook.region(decision.region), verb="ask_correction")
        data = {"items": listed, "clocks": clocks}
        case = cases.act(number=number, kind="ask_correction", by=by, at=at, on=on, seen=seen, data=data)
        papers.follows(numbers=[number], kind="correction_notice", at=at)
        return case


def _everything(items: Sequence[Mapping[str, str]], plain: Mapping[str, Any]) -> list[dict[str, str]]:
    listed = [{name: item[name] for name in ("material", "field", "note") if item.get(name)} for item in items]
    named = {item.get("material") for item in listed}
    missing = [item["code"] for item in plain["materials"] if not item["satisfied"]]
    return [item for item in listed if item] + [{"material": code} for code in missing if code not in named]


def approve(
    *,
    number: str,
    level: int,
    seen: str,
    by: Actor,
    on: date,
    at: datetime,
    role: str = "",
    confirmed: bool = False,
    bulk: str = "",
) -> Case:
    """Sign at a level. The last signature stores the decision made anew and posts what is owed.

    Args:
        number: Number of the case.
        level: Level shown on the page.
        seen: Evidence hash shown on the page.
        by: Who signs.
        on: Business date and accounting date; at: the moment.
        role: The role to sign as, for somebody who holds several.
        confirmed: The signer has checked a decision of low confidence, or one a person must make.
        bulk: Number of the bulk approval it is part of.

    Raises:
        Refused: evidence_changed (409, back to level 1), level_passed, two_person_rule, not_confirmed (422),
            amount_not_determined, already_refunded, payment_moved, wrong_state.
    """

    def work() -> Case:
        case = cases.locked(number, beside=RefundRequest)
        gathered, standings = evidence.gather_standing([(case, case.refund)], on=on)
        found = gathered[case.pk]
        try:
            signing = signable(
                case=case,
                standing=standings[case.pk],
                found=found,
                asked=Asked(level, seen, confirmed, bulk),
                acting=cases.Acting(by, at, on, role),
            )
        except Stale as stale:
            _change(case, found, stale.decision, on=on, at=at)
            raise house.refuse("evidence_changed") from None
        if signing.step.after.state is State.APPROVED:
            return _conclude(signing, on=on, at=at)
        cases.write([signing.step])
        return case

    return _kept(work)


class Stale(Exception):
    """Evidence or amount differ from what the case says; whoever signs writes that down and stops.

    Attributes:
        decision: The decision upon the evidence as it is now.
    """

    def __init__(self, decision: Decision) -> None:
        super().__init__()
        self.decision = decision


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for who signs.

    Attributes:
        level: Level shown to them.
        seen: Evidence hash shown to them.
        confirmed: They have checked a decision of low confidence, or one a person must make.
        bulk: Number of the bulk approval it is part of, or empty.
    """

    level: int
    seen: str
    confirmed: bool = False
    bulk: str = ""


@dataclass(frozen=True, slots=True)
class Signing:
    """A signature that may be given, not yet written.

    Attributes:
        step: The checked step.
        found: The evidence as it is.
        decision: The decision made anew.
        plain: The decision as it is kept.
    """

    step: cases.Step
    found: evidence.Evidence
    decision: Decision
    plain: dict[str, Any]


def signable(
    *, case: Case, standing: Standing, found: evidence.Evidence, asked: Asked, acting: cases.Acting
) -> Signing:
    """Check one signature, of a page or of many, against everything that could forbid it; nothing is written.

    Args:
        case: The locked case.
        standing: Where it stands, from its actions.
        found: Its evidence as it is now.
        asked: What the signer was shown.
        acting: Who signs, when and as what.

    Raises:
        Stale: Evidence or amount changed.
        Refused: level_passed, level_unknown, chain_changed, payment_moved, a gate of the workflow or of casework.
    """
    if case.state in (State.ACCEPTED, State.IN_REVIEW) and asked.level != case.level:
        raise refused("level_passed" if asked.level < case.level else "level_unknown")
    request, decision = case.refund, evidence.decided(found)
    plain = decision.canonical()
    if found.hash != case.evidence_hash or case.amount_fen != evidence.amount_fen(plain=plain, request=request):
        raise Stale(decision)
    if [(level["roles"], level["order"]) for level in case.process] != [
        (list(level["roles"]), level["order"]) for level in _levels(decision)
    ]:
        raise refused("chain_changed")
    if standing.round > 1:
        # A relation that moved changed the evidence; whoever signs anew learns that it is not refunded here.
        evidence.check_here(evidence.selected(request))
    _pass("approve", plain=plain, request=request, confirmed=asked.confirmed)
    data = {"level": asked.level, "confirmed": asked.confirmed} | ({"bulk": asked.bulk} if asked.bulk else {})
    step = cases.step(
        case=case,
        before=standing,
        kind="approve",
        acting=acting,
        seen=asked.seen,
        evidence_hash=found.hash,
        data=data,
    )
    return Signing(step, found, decision, plain)


def _conclude(signing: Signing, *, on: date, at: datetime) -> Case:
    """Write the last signature with its decision, and put what is owed into the books."""
    case, plain, writes = signing.step.case, signing.plain, ready.Writes()
    request: RefundRequest = case.refund
    found, decision = signing.found, signing.decision
    evidence.keep(case=case, request=request, evidence=found, decision=decision, on=on, at=at, beside=writes)
    papers.follows(numbers=[case.number], kind="decision_letter", at=at, beside=writes)
    merged = plain["decision"] == "accounts_merged"
    if merged or not money.paid_lines(plain=plain, request=request):
        # What was credited covers all of it: rightly claimed, and nothing is left to pay.
        cases.write([signing.step], beside=writes)
        if merged:
            merging.merge(case=case, plain=plain, on=on, at=at)
        return cases.act(number=case.number, kind="complete", by=Actor.system(), at=at, on=on)
    given = evidence.given_back(evidence=found, decision=decision)
    account = money.personal_account(case=case, plain=plain)
    taken, balance = money.taken_and_held(request.chosen.values(), account=account)
    if code := money.reserve(case=case, plain=plain, request=request, given=given, taken=taken, beside=writes):
        raise refused(code)
    posted = money.owe(
        case=case,
        request=request,
        plain=plain,
        given=given,
        balance=balance,
        on=on,
        at=at,
        seq=signing.step.action.seq,
        beside=writes,
    )
    cases.write([signing.step], beside=writes)
    posted()
    return case


def refuse(*, number: str, reason_code: str, note: str, seen: str, by: Actor, on: date, at: datetime) -> Case:
    """Refuse a case under review with a named reason; the person reads reason and note.

    Raises:
        Refused: reason_unknown, no_reason (the reason `other` needs a note), two_person_rule, wrong_state,
            evidence_changed.
    """
    if reason_code not in workflow.REFUSE_REASONS:
        raise refused("reason_unknown", reason_code)
    text = note.strip()[:NOTE_MAX]
    if reason_code == "other" and not text:
        raise refused("no_reason")
    data = {"reason_code": reason_code}
    with transaction.atomic():
        case = cases.act(number=number, kind="refuse", by=by, at=at, on=on, seen=seen, reason=text, data=data)
        papers.follows(numbers=[number], kind="decision_letter", at=at)
        return case
