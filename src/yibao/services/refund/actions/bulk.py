"""Signing many refunds in one transaction: the checks of one signature for each, a handful of statements for all."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from yibao.casework.states import State
from yibao.kernel.errors import InputInvalid, Refused
from yibao.kernel.money import Money
from yibao.policy import UnknownRegion
from yibao.services.refund.actions import evidence, money, papers
from yibao.services.refund.actions.reviewing import Asked, Signing, Stale, signable
from yibao.services.refund.models import RefundedMonth, RefundRequest
from yibao.services.refund.rulebook import GivenBack
from yibao.store import cases, chains, posting, ready
from yibao.store.models import Case, StoredDecision
from yibao.store.models.cases import WEAK

BESIDE = RefundRequest
# What keeps a case out of the group; signed alone, it says so by name and writes what a change writes.
_NOT_HERE = (Refused, Stale, InputInvalid, UnknownRegion, chains.ChainBroken)


def sign_together(*, asked: Mapping[str, Asked], held: Sequence[Case], acting: cases.Acting) -> list[str]:
    """Sign those of some cases that pass every check, in the caller's transaction; the others stay as they are.

    Args:
        asked: What the signer was shown of each case, by number.
        held: The cases with what stands `BESIDE` them, locked in their order, no two of one person.
        acting: Who signs, when and as what.

    Returns:
        Numbers of the signed cases. Sign each of the others alone, and it says why it could not be signed.
    """
    # One statement more for a hundred cases; rows of all tables in one would be wider than what it saves.
    found = evidence.gather_all([(case, case.refund) for case in held], on=acting.on)
    standings = cases.standings(held)
    passing = []
    for case in held:
        try:
            passing.append(
                signable(
                    case=case,
                    standing=standings[case.pk],
                    found=found[case.pk],
                    asked=asked[case.number],
                    acting=acting,
                )
            )
        except _NOT_HERE:
            continue
    last = [one for one in passing if one.step.after.state is State.APPROVED]
    owing = _owing(last)
    signed = [one for one in passing if one.step.after.state is not State.APPROVED] + [one.signing for one in owing]
    writes = ready.Writes()
    _keep(owing, acting, writes)
    cases.write([one.step for one in signed], beside=writes)
    _post(owing, acting)
    return [one.step.case.number for one in signed]


@dataclass(frozen=True, slots=True)
class _Owing:
    """A last signature after which money is owed."""

    signing: Signing
    given: Mapping[str, GivenBack]
    months: list[RefundedMonth]


def _owing(last: Sequence[Signing]) -> list[_Owing]:
    """Return the last signatures that owe money there is room for; whatever ends otherwise is signed alone."""
    paying = [one for one in last if one.plain["decision"] != "accounts_merged" and _lines(one)]
    taken = money.taken_of(row for one in paying for row in one.step.case.refund.chosen.values())
    found = []
    for one in paying:
        case = one.step.case
        given = evidence.given_back(evidence=one.found, decision=one.decision)
        code, rows = money.reservable(case=case, plain=one.plain, request=case.refund, given=given, taken=taken)
        if not code:
            found.append(_Owing(one, given, rows))
            for row in rows:
                taken.months[row.contribution_id].append(row)
    return found


def _lines(one: Signing) -> bool:
    return bool(money.paid_lines(plain=one.plain, request=one.step.case.refund))


def _keep(owing: Sequence[_Owing], acting: cases.Acting, writes: ready.Writes) -> None:
    """Keep the decisions and set the months aside along with the signatures, as `approve` does for one."""
    for decision in {one.signing.decision.version: one.signing.decision for one in owing}.values():
        evidence.keep_rules(decision, at=acting.at)
    made = [
        evidence.to_keep(
            case=one.signing.step.case,
            request=one.signing.step.case.refund,
            evidence=one.signing.found,
            decision=one.signing.decision,
            on=acting.on,
        )
        for one in owing
    ]
    cases.record_decisions(made, at=acting.at, beside=writes)
    writes.insert([row for one in owing for row in one.months])
    numbers = [one.signing.step.case.number for one in owing]
    papers.follows(numbers=numbers, kind="decision_letter", at=acting.at, beside=writes)


def _post(owing: Sequence[_Owing], acting: cases.Acting) -> None:
    """Post what is owed, as `approve` does for one."""
    accounts = [money.personal_account(case=one.signing.step.case, plain=one.signing.plain) for one in owing]
    balances = posting.personal_balances(accounts)
    drafts = [
        money.owed(
            case=one.signing.step.case,
            request=one.signing.step.case.refund,
            plain=one.signing.plain,
            given=one.given,
            balance=Money(max(0, balances.get(account.code, 0))),
            on=acting.on,
            seq=one.signing.step.action.seq,
        )
        for one, account in zip(owing, accounts, strict=True)
    ]
    posting.post_many(drafts=drafts, at=acting.at)


def weak(case_ids: Collection[int]) -> set[int]:
    """Return which cases rest on weak sources only, or on a person's own judgement: each of them is looked at alone."""
    kept = StoredDecision.objects.filter(case_id__in=case_ids).order_by("id")
    latest = dict(kept.annotate(weak=WEAK).values_list("case_id", "weak"))
    return {case for case in case_ids if latest.get(case, True)}
