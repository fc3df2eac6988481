"""The money of the demo city on its way: accounts of the funds, numbers of the banks, and one batch at the bank."""

from datetime import date, datetime

from yibao.batch.demo.names import REGION
from yibao.batch.demo.staff import staff_actor
from yibao.services import payouts
from yibao.store import batches
from yibao.store.models import ClearingMember, PayerAccount

BANKS = {"演示银行": "102653000012", "演示银行重庆分行": "102653000029"}
FUNDS = {"employee": "31001500050000050001", "resident": "31001500050000050002"}
HOLDER = "演示市基本医疗保险基金"
FUND_BANK = "105653000014"


def make_accounts() -> None:
    """Record what a batch needs to know of the funds and the banks; all of it made up."""
    ClearingMember.objects.bulk_create(ClearingMember(bank_name=name, code=code) for name, code in BANKS.items())
    PayerAccount.objects.bulk_create(
        PayerAccount(region=REGION, scheme=scheme, holder=HOLDER, number=number, clearing_code=FUND_BANK)
        for scheme, number in FUNDS.items()
    )


def make_batch(*, on: date, at: datetime) -> None:
    """Send one case to the bank in a batch: made by one of finance, released by the other."""
    make_accounts()
    maker, checker = staff_actor("finance"), staff_actor("finance2")
    groups, _ = payouts.due(by=maker)
    group = groups[0]
    made = batches.make(
        region=group.region, scheme=group.scheme, flow=group.flow, dues=group.dues[:1], key="demo", by=maker, on=on,
        at=at,
    )  # fmt: skip
    payouts.release(number=made.number, key="demo", by=checker, on=on, at=at)
