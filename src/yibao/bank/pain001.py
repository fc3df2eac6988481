"""pain.001.001.09, the order to pay: accounts as Othr/Id, banks as ClrSysMmbId of CNAPS."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pyiso20022.pain.pain_001_001_09 as p
from xsdata.models.datatype import XmlDate, XmlDateTime

from yibao.bank import xml
from yibao.bank.orders import BankFileInvalid, Bulk, Order, Party

MESSAGE = "pain.001.001.09"
CLEARING = "CNAPS"
CURRENCY = "CNY"
NAME_MAX = 140


def write(bulk: Bulk) -> bytes:
    """Return the file of a batch; the same batch gives the same bytes.

    Args:
        bulk: At least one order.

    Raises:
        BankFileInvalid: Something does not fit the schema, such as an account of forty digits.
    """
    count, total = str(len(bulk.orders)), xml.yuan(bulk.total_fen)
    header = p.GroupHeader85(
        msg_id=bulk.message_id,
        cre_dt_tm=XmlDateTime.from_datetime(bulk.made_at.replace(microsecond=0)),
        nb_of_txs=count,
        ctrl_sum=total,
        initg_pty=p.PartyIdentification135(nm=bulk.payer.name[:NAME_MAX]),
    )
    instruction = p.PaymentInstruction30(
        pmt_inf_id=bulk.message_id,
        pmt_mtd=p.PaymentMethod3Code.TRF,
        btch_bookg=False,
        nb_of_txs=count,
        ctrl_sum=total,
        reqd_exctn_dt=p.DateAndDateTime2Choice(dt=XmlDate.from_date(bulk.execute_on)),
        dbtr=p.PartyIdentification135(nm=bulk.payer.name[:NAME_MAX]),
        dbtr_acct=_account(bulk.payer),
        dbtr_agt=_bank(bulk.payer),
        cdt_trf_tx_inf=[_transfer(order) for order in bulk.orders],
    )
    initiation = p.CustomerCreditTransferInitiationV09(grp_hdr=header, pmt_inf=[instruction])
    message = p.Document(cstmr_cdt_trf_initn=initiation)
    xml.check(message)
    return xml.text(message=message, namespace=MESSAGE)


def read(content: bytes) -> Bulk:
    """Return the batch of a file, as the bank reads it.

    Raises:
        BankFileInvalid: It is no pain.001 of this version, or its sums are not those of its orders.
    """
    root = xml.tree(content)
    if xml.message_of(root) != MESSAGE:
        raise BankFileInvalid(f"文件不是付款指令 {MESSAGE}", f"the file is no {MESSAGE}")
    message = xml.bind(root=root, kind=p.Document).cstmr_cdt_trf_initn
    if len(message.pmt_inf) != 1:
        raise BankFileInvalid("文件应当只有一组付款", "the file must hold one group of payments")
    group, header = message.pmt_inf[0], message.grp_hdr
    made_at: datetime = header.cre_dt_tm.to_datetime()
    bulk = Bulk(
        message_id=header.msg_id,
        made_at=made_at,
        execute_on=group.reqd_exctn_dt.dt.to_date(),
        payer=_party(group.dbtr, group.dbtr_acct, group.dbtr_agt),
        orders=tuple(_order(transfer) for transfer in group.cdt_trf_tx_inf),
    )
    if (header.nb_of_txs, xml.fen(header.ctrl_sum)) != (str(len(bulk.orders)), bulk.total_fen):
        raise BankFileInvalid("笔数或合计与明细不符", "the count or the control sum is not that of the orders")
    return bulk


def _account(party: Party) -> Any:
    other = p.GenericAccountIdentification1(id=party.account)
    return p.CashAccount38(id=p.AccountIdentification4Choice(othr=other), ccy=CURRENCY)


def _bank(party: Party) -> Any:
    system = p.ClearingSystemIdentification2Choice(cd=CLEARING)
    member = p.ClearingSystemMemberIdentification2(clr_sys_id=system, mmb_id=party.clearing_code)
    institution = p.FinancialInstitutionIdentification18(clr_sys_mmb_id=member)
    return p.BranchAndFinancialInstitutionIdentification6(fin_instn_id=institution)


def _transfer(order: Order) -> Any:
    amount = p.ActiveOrHistoricCurrencyAndAmount(value=xml.yuan(order.amount_fen), ccy=CURRENCY)
    return p.CreditTransferTransaction34(
        pmt_id=p.PaymentIdentification6(instr_id=order.end_to_end, end_to_end_id=order.end_to_end),
        amt=p.AmountType4Choice(instd_amt=amount),
        cdtr_agt=_bank(order.payee),
        cdtr=p.PartyIdentification135(nm=order.payee.name[:NAME_MAX]),
        cdtr_acct=_account(order.payee),
        rmt_inf=p.RemittanceInformation16(ustrd=[order.memo]) if order.memo else None,
    )


def _party(who: Any, account: Any, bank: Any) -> Party:
    return Party(who.nm, account.id.othr.id, bank.fin_instn_id.clr_sys_mmb_id.mmb_id)


def _order(transfer: Any) -> Order:
    memo = transfer.rmt_inf.ustrd[0] if transfer.rmt_inf else ""
    payee = _party(transfer.cdtr, transfer.cdtr_acct, transfer.cdtr_agt)
    return Order(transfer.pmt_id.end_to_end_id, xml.fen(transfer.amt.instd_amt.value), payee, memo)
