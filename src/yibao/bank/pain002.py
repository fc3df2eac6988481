"""pain.002, the bank's answer: what became of each order of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from importlib import import_module
from typing import Any

import pyiso20022.pain.pain_002_001_10 as p
from xsdata.models.datatype import XmlDateTime

from yibao.bank import pain001, xml
from yibao.bank.orders import BankFileInvalid

WRITTEN = "pain.002.001.10"
READ = ("pain.002.001.03", "pain.002.001.10", "pain.002.001.12")
PAID = frozenset({"ACSC", "ACCC"})
"""The bank has paid: the debtor's account is charged, or the creditor's has the money."""
REJECTED = frozenset({"RJCT"})
BANK_TIME = timezone(timedelta(hours=8))
REASON_MAX = 105


@dataclass(frozen=True, slots=True)
class Line:
    """What the bank says of one order.

    Attributes:
        end_to_end: Which order.
        status: ISO code: ACSC and ACCC paid, RJCT rejected, all others still on the way.
        reason: What went wrong, in the bank's words; empty where nothing did.
        amount_fen: The amount the bank repeats, or None.
        reference: The bank's own number of the transfer; may be empty.
    """

    end_to_end: str
    status: str
    reason: str = ""
    amount_fen: int | None = None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class StatusReport:
    """One message of the bank.

    Attributes:
        message_id: The bank's own number of the message.
        made_at: When the bank wrote it; later beats earlier.
        batch: Number of the batch it answers to.
        count: Orders of that batch as the bank saw them, or None.
        total_fen: Their sum, or None.
        status: What holds for the whole batch; empty where only lines say something.
        reason: Why the whole batch was rejected; may be empty.
        lines: One for each order the message speaks of.
    """

    message_id: str
    made_at: datetime
    batch: str
    lines: tuple[Line, ...]
    count: int | None = None
    total_fen: int | None = None
    status: str = ""
    reason: str = ""


def read(content: bytes) -> StatusReport:
    """Return what a file of the bank says.

    Args:
        content: A pain.002 of version 03, 10 or 12.

    Raises:
        BankFileInvalid: It is no XML, no pain.002, or does not keep to its schema; nothing was changed.

    Examples:
        >>> line = Line("P000000000127", "ACSC", amount_fen=194910)
        >>> said = StatusReport("B1", datetime(2023, 2, 10, 9, tzinfo=BANK_TIME), "PB-500000-2023-000001", (line,))
        >>> read(write(said)) == said
        True
    """
    root = xml.tree(content)
    message = xml.message_of(root)
    if message not in READ:
        raise BankFileInvalid(
            f"文件不是付款回执，可读入 {'、'.join(READ)}",
            f"the file is no answer to a batch; read are {', '.join(READ)}",
        )
    kinds = import_module(f"pyiso20022.pain.{message.replace('.', '_')}")
    report = xml.bind(root=root, kind=kinds.Document).cstmr_pmt_sts_rpt
    group = report.orgnl_grp_inf_and_sts
    return StatusReport(
        message_id=report.grp_hdr.msg_id,
        made_at=_moment(report.grp_hdr.cre_dt_tm),
        batch=group.orgnl_msg_id,
        lines=tuple(
            _line(one)
            for part in report.orgnl_pmt_inf_and_sts
            for one in part.tx_inf_and_sts
            if one.orgnl_end_to_end_id
        ),
        count=int(group.orgnl_nb_of_txs) if group.orgnl_nb_of_txs else None,
        total_fen=None if group.orgnl_ctrl_sum is None else xml.fen(group.orgnl_ctrl_sum),
        status=_code(group.grp_sts),
        reason=_reason(group.sts_rsn_inf),
    )


def write(report: StatusReport) -> bytes:
    """Return a message as the bank sends it."""
    group = p.OriginalGroupHeader17(
        orgnl_msg_id=report.batch,
        orgnl_msg_nm_id=pain001.MESSAGE,
        orgnl_nb_of_txs=None if report.count is None else str(report.count),
        orgnl_ctrl_sum=None if report.total_fen is None else xml.yuan(report.total_fen),
        grp_sts=report.status or None,
        sts_rsn_inf=_reasons(report.reason),
    )
    lines = [_written(line) for line in report.lines]
    part = p.OriginalPaymentInstruction32(orgnl_pmt_inf_id=report.batch, tx_inf_and_sts=lines)
    header = p.GroupHeader86(msg_id=report.message_id, cre_dt_tm=XmlDateTime.from_datetime(report.made_at))
    body = p.CustomerPaymentStatusReportV10(
        grp_hdr=header, orgnl_grp_inf_and_sts=group, orgnl_pmt_inf_and_sts=[part] if lines else []
    )
    message = p.Document(cstmr_pmt_sts_rpt=body)
    xml.check(message)
    return xml.text(message=message, namespace=WRITTEN)


def _written(line: Line) -> Any:
    reference = None
    if line.amount_fen is not None:
        money = p.ActiveOrHistoricCurrencyAndAmount(value=xml.yuan(line.amount_fen), ccy=pain001.CURRENCY)
        reference = p.OriginalTransactionReference28(amt=p.AmountType4Choice(instd_amt=money))
    return p.PaymentTransaction105(
        orgnl_instr_id=line.end_to_end,
        orgnl_end_to_end_id=line.end_to_end,
        tx_sts=line.status,
        sts_rsn_inf=_reasons(line.reason),
        acct_svcr_ref=line.reference or None,
        orgnl_tx_ref=reference,
    )


def _reasons(reason: str) -> list[Any]:
    return [p.StatusReasonInformation12(addtl_inf=[reason[:REASON_MAX]])] if reason else []


def _line(said: Any) -> Line:
    original = said.orgnl_tx_ref
    amount = original.amt.instd_amt.value if original and original.amt and original.amt.instd_amt else None
    return Line(
        end_to_end=said.orgnl_end_to_end_id,
        status=_code(said.tx_sts),
        reason=_reason(said.sts_rsn_inf),
        amount_fen=None if amount is None else xml.fen(Decimal(amount)),
        reference=said.acct_svcr_ref or "",
    )


def _reason(said: list[Any]) -> str:
    parts = []
    for one in said:
        parts += [code for code in (one.rsn and (one.rsn.cd or one.rsn.prtry),) if code]
        parts += one.addtl_inf
    return " ".join(parts)


def _code(status: Any) -> str:
    # Version 03 lists its codes, later ones leave them open.
    return "" if status is None else str(getattr(status, "value", status))


def _moment(said: Any) -> datetime:
    moment: datetime = said.to_datetime()
    return moment if moment.tzinfo else moment.replace(tzinfo=BANK_TIME)
