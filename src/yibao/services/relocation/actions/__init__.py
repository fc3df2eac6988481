"""What may be done with a transfer: one function for each step at either place, one transaction for each call.

Locks are taken in one order everywhere: the case row with its transfer, then the person, then the idempotency key, then
ledger accounts by number, then the thread of a message.
"""

from yibao.services.relocation.actions.applying import ask_stop, both, hindrances, open_draft, submit, withdraw
from yibao.services.relocation.actions.arriving import arrived, credit, waiting_money
from yibao.services.relocation.actions.calling_off import refuse
from yibao.services.relocation.actions.employer import RECEIPT, check_employee
from yibao.services.relocation.actions.employer import ended as told_of_end
from yibao.services.relocation.actions.employer import told as told_to_unit
from yibao.services.relocation.actions.issuing import PREFIXES, make_paper, offered
from yibao.services.relocation.actions.limits import (
    escalate_beside,
    late_beside,
    recount_beside,
    recountable_beside,
)
from yibao.services.relocation.actions.loading import check, load, send_back
from yibao.services.relocation.actions.owing import owed
from yibao.services.relocation.actions.papers import paper
from yibao.services.relocation.actions.paying import bounced, confirm_paid, dues, pay
from yibao.services.relocation.actions.progress import available, money_follows, money_of, progress, theirs
from yibao.services.relocation.actions.queued import TOGETHER, Waiting, how_many, queued
from yibao.services.relocation.actions.recording import clear_arrears, note_arrears
from yibao.services.relocation.actions.several import (
    arrived_all,
    build_all,
    check_all,
    confirm_all,
    credit_all,
    load_all,
    pay_all,
    sign_all,
)
from yibao.services.relocation.actions.tables import build, sign
from yibao.services.relocation.actions.wishes import Wish

__all__ = [
    "PREFIXES",
    "RECEIPT",
    "TOGETHER",
    "Waiting",
    "Wish",
    "arrived",
    "arrived_all",
    "ask_stop",
    "available",
    "both",
    "bounced",
    "build",
    "build_all",
    "check",
    "check_all",
    "check_employee",
    "clear_arrears",
    "confirm_all",
    "confirm_paid",
    "credit",
    "credit_all",
    "dues",
    "escalate_beside",
    "hindrances",
    "how_many",
    "late_beside",
    "load",
    "load_all",
    "make_paper",
    "money_follows",
    "money_of",
    "note_arrears",
    "offered",
    "open_draft",
    "owed",
    "paper",
    "pay",
    "pay_all",
    "progress",
    "queued",
    "recount_beside",
    "recountable_beside",
    "refuse",
    "send_back",
    "sign",
    "sign_all",
    "submit",
    "theirs",
    "told_of_end",
    "told_to_unit",
    "waiting_money",
    "withdraw",
]
