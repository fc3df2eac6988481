"""Where money goes: each receiver on their own account, the person's never on the unit's."""

from yibao.services.refund.models import RefundRequest
from yibao.store.models import BankAccount, Case

PERSONAL = frozenset({"person", "heir"})
"""Receivers paid on the account a person gave."""
UNIT = frozenset({"unit"})


def applicants(case: Case) -> frozenset[str]:
    """Return the receivers that are paid on the account the applicant gave."""
    return PERSONAL if case.unit_id is None else UNIT


def account_of(*, case: Case, request: RefundRequest) -> BankAccount | None:
    """Return the account the applicant is paid on: the one given, else the one the contribution came from."""
    if request.bank_account_id:
        return request.bank_account
    return original(case=case)


def account_for(receiver: str, *, case: Case, request: RefundRequest) -> BankAccount | None:
    """Return the account a receiver is paid on; None where it is not known here.

    Args:
        receiver: One of the decision's.
        case: The case.
        request: Its answers.
    """
    if receiver in applicants(case):
        return account_of(case=case, request=request)
    return original(case=case, of_person=True) if receiver in PERSONAL else None


def original(*, case: Case, of_person: bool = False) -> BankAccount | None:
    """Return the account the contributions came from, where the record knows it.

    Args:
        case: The case.
        of_person: The insured person's, also where a unit applied.
    """
    known = BankAccount.objects.filter(original_route=True).order_by("-id")
    if case.unit_id is None or of_person:
        return known.filter(person_id=case.person_id).first()
    return known.filter(unit_id=case.unit_id).first()
