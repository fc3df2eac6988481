"""What the copy of a person's own data holds of their transfers, beside the case itself."""

from yibao.services.relocation.models import AccountMove, Arrears, LoadedPeriod, Table, Transfer
from yibao.store.own_data.sections import Section, of

SECTIONS = (
    Section("transfers", "关系转移接续", "Transfers", of(Transfer), (
        ("case.number", "申请编号", "case"), ("source", "转出地", "from"), ("target", "转入地", "to"),
        ("stage", "进度", "stage"), ("accepted_on", "受理日期", "accepted on"),
        ("loaded_on", "年限转入日期", "loaded on"),
        ("ended_because", "终止原因", "ended because"),
    )),
    Section("transfer_tables", "转移信息表", "Information tables", of(Table, path="transfer__person_id"), (
        ("transfer.case.number", "申请编号", "case"), ("version", "版本", "version"), ("made_on", "日期", "on"),
        ("body", "内容", "content"), ("state", "状态", "state"),
    )),
    Section("transfer_periods", "转入的参保时段", "Periods taken over", of(LoadedPeriod, path="transfer__person_id"), (
        ("transfer.case.number", "申请编号", "case"), ("region", "地区", "place"), ("first_month", "起始月", "from"),
        ("months", "月数", "months"), ("kind", "年限种类", "kind"),
    )),
    Section("transfer_money", "转移的个人账户", "Account money moved", of(AccountMove, path="transfer__person_id"), (
        ("transfer.case.number", "申请编号", "case"), ("amount_fen", "金额（元）", "amount in yuan"),
        ("interest_fen", "其中利息（元）", "of it interest in yuan"), ("state", "状态", "state"),
    )),
    Section("arrears", "欠费记录", "Arrears", of(Arrears), (
        ("place", "地区", "place"), ("amount_fen", "金额（元）", "amount in yuan"),
        ("noted_on", "登记日期", "noted on"), ("cleared_on", "缴清日期", "cleared on"),
    )),
)  # fmt: skip
