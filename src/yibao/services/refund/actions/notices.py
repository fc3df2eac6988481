"""What the notices of a case say that ends early, is paid, or whose money comes back; taken from its record."""

from collections.abc import Iterable

from yibao.kernel.identifiers import mask_account, mask_id
from yibao.kernel.money import Money
from yibao.services.refund import documents, rulebook
from yibao.services.refund.actions import contents, letters
from yibao.services.refund.documents import Told, Transfer
from yibao.store.models import Case, Payment

_RECEIVERS = {
    "person": Told("本人", "the insured person"),
    "heir": Told("法定继承人或指定受益人", "the heir or beneficiary"),
    "unit": Told("缴费单位", "the unit that paid"),
    "unemployment_fund": Told("失业保险基金", "the unemployment fund"),
    "finance": Told("财政专户", "the fiscal account"),
    "account": Told("个人账户", "the personal account"),
}
_WAYS = {
    "original": Told("原渠道退回", "the way it was paid"),
    "slip": Told("凭退款单领取", "by refund slip"),
    "treasury": Told("国库退库", "from the treasury"),
}


def not_accepted_notice(*, case: Case) -> tuple[documents.NotAcceptedNotice, str] | None:
    """Return the 不予受理告知书 of an application that was not accepted; None of any other."""
    said = contents.last(case=case, kind="not_accept")
    if said is None or case.submitted_on is None:
        return None
    notice = documents.NotAcceptedNotice(
        name=case.person.name,
        masked_id=mask_id(case.person.identity),
        item=contents.ITEM,
        submitted_on=case.submitted_on,
        told_on=said.business_date,
        reason=Told(said.reason, ""),
        remedies=tuple(letters.remedies(region=rulebook.region(case.region), on=said.business_date)),
    )
    return notice, said.hash


def withdrawal_confirmation(*, case: Case) -> tuple[documents.WithdrawalConfirmation, str] | None:
    """Return the 撤回申请确认书 of an application that was sent and taken back; None of any other."""
    said = contents.last(case=case, kind="withdraw")
    if said is None or case.submitted_on is None:
        return None
    notice = documents.WithdrawalConfirmation(
        name=case.person.name,
        masked_id=mask_id(case.person.identity),
        item=contents.ITEM,
        submitted_on=case.submitted_on,
        withdrawn_on=said.business_date,
        reason=Told(said.reason, ""),
        lines=tuple(contents.paid_line(row=row, refund=None, receiver="") for row in case.refund.chosen.values()),
    )
    return notice, said.hash


def payment_notice(*, case: Case) -> tuple[documents.PaymentNotice, str] | None:
    """Return the 退费支付通知书 of the money sent last; None when none is on its way or has arrived."""
    said = contents.last(case=case, kind="pay")
    if said is None:
        return None
    sent = list(case.payments.filter(sent_on=said.business_date, status__in=["sent", "paid"]).order_by("pk"))
    if not sent:
        return None
    notice = documents.PaymentNotice(
        name=case.person.name,
        masked_id=mask_id(case.person.identity),
        item=contents.ITEM,
        sent_on=said.business_date,
        amount=_sum(sent),
        transfers=tuple(_transfer(payment) for payment in sent),
    )
    return notice, said.hash


def bounced_notice(*, case: Case) -> tuple[documents.BouncedNotice, str] | None:
    """Return the 退费未到账通知书 of the money that came back last; None when none did."""
    said = contents.last(case=case, kind="bounce")
    if said is None:
        return None
    back = list(case.payments.filter(settled_on=said.business_date, status="bounced").order_by("pk"))
    notice = documents.BouncedNotice(
        name=case.person.name,
        masked_id=mask_id(case.person.identity),
        item=contents.ITEM,
        bounced_on=said.business_date,
        amount=_sum(back),
        transfers=tuple(_transfer(payment) for payment in back),
        reason=Told(said.reason, ""),
    )
    return notice, said.hash


def _sum(payments: Iterable[Payment]) -> Money:
    return Money(sum(payment.amount_fen for payment in payments))


def _transfer(payment: Payment) -> Transfer:
    account = payment.bank_account
    return Transfer(
        receiver=_RECEIVERS.get(payment.receiver, Told(payment.receiver, "")),
        amount=Money(payment.amount_fen),
        way=_WAYS.get(payment.route, Told(payment.route, "")),
        bank=account.bank_name if account else contents.NO_NUMBER,
        masked_account=mask_account(account.number) if account else "",
    )
