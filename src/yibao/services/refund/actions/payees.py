"""Where a person's money goes."""

from yibao.services.refund.models import RefundRequest
from yibao.store.models import BankAccount, Case


def account_of(*, case: Case, request: RefundRequest) -> BankAccount | None:
    """Return the account the person is paid on: the one given, else the one the contribution came from."""
    if request.bank_account_id:
        return request.bank_account
    return BankAccount.objects.filter(person_id=case.person_id, original_route=True).order_by("-id").first()
