"""Which steps a page offers: the same tables the server checks, and nothing else."""

from yibao.casework import rights
from yibao.casework.actors import Actor
from yibao.casework.standing import Standing
from yibao.casework.states import State, verbs_from
from yibao.kernel.errors import Refusal, Refused
from yibao.services.refund import workflow
from yibao.services.refund.actions import money
from yibao.store import batches, cases, chains
from yibao.store.models import Case

CORRECT_ACCOUNT = "correct_account"
_HIDDEN_WITHOUT_MONEY = frozenset({"approve", "pay"})


def available(*, case: Case, actor: Actor) -> list[str]:
    """Return the verbs an actor may use on a case now.

    `correct_account` stands for answering the account again after a payment bounced (`save_answers`).

    Args:
        case: The case as it stands.
        actor: Who looks at it.
    """
    standing = _standing(case)
    found = rights.available(standing=standing, actor=actor)
    decision = cases.decision(case.number)
    if decision is not None:
        found = [verb for verb in found if _opens(verb, decision.outcome, case)]
    if "pay" in found and batches.batch_of(case):
        # Only its batch pays it now.
        found.remove("pay")
    if case.state == State.APPROVED and money.has_bounced(case) and _may_correct(case, actor):
        found.append(CORRECT_ACCOUNT)
    return found


def blocked(*, case: Case, actor: Actor) -> dict[str, Refusal]:
    """Return why an actor may not take the steps that the case's state allows: verb to refusal.

    Args:
        case: The case as it stands.
        actor: Who looks at it.
    """
    standing = _standing(case)
    offered = set(available(case=case, actor=actor))
    decision = cases.decision(case.number)
    seen = workflow.Standing(decision.outcome if decision else None, determined=True, confirmed=True)
    found: dict[str, Refusal] = {}
    for verb in verbs_from(standing.state):
        if verb in offered or verb in rights.SILENT_VERBS:
            continue
        try:
            rights.check(standing=standing, actor=actor, verb=verb)
        except Refused as refused:
            found[verb] = refused.refusal
        else:
            refusal = workflow.gate(verb=verb, standing=seen) if decision else None
            found |= {verb: refusal} if refusal else {}
    return found


def _standing(case: Case) -> Standing:
    """Return where the case stands; a step taken between reading the case and reading its actions is read again."""
    try:
        return cases.standing(case)
    except chains.ChainBroken:
        case.refresh_from_db()
        return cases.standing(case)


def _opens(verb: str, outcome: str, case: Case) -> bool:
    if verb not in _HIDDEN_WITHOUT_MONEY:
        return True
    # A signer is shown the button and told what is still to be entered or confirmed.
    seen = workflow.Standing(outcome, determined=True, confirmed=True)
    return workflow.gate(verb=verb, standing=seen) is None or case.refund.determined_fen is not None


def _may_correct(case: Case, actor: Actor) -> bool:
    if actor.kind == "citizen":
        return actor.concerns(person_id=case.person_id, unit_id=case.unit_id)
    return "clerk" in actor.roles and actor.works_in(case.region)
