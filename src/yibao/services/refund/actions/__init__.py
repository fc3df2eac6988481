"""What may be done with a refund: one function for each step, one transaction for each call.

Locks are taken in one order everywhere: the case row, then the idempotency key, then the contributions asked for by
number, then ledger accounts by number. Nothing is typeset, and no other service is asked, while a lock is held.
"""

from yibao.services.papers.reprinting import reprinted
from yibao.services.refund.actions.applying import (
    attach,
    detach,
    open_draft,
    preview,
    resubmit,
    save_answers,
    submit,
    withdraw,
)
from yibao.services.refund.actions.blanks import BLANKS, blank, known_blank
from yibao.services.refund.actions.bulk import BESIDE, sign_together, weak
from yibao.services.refund.actions.buttons import available, blocked
from yibao.services.refund.actions.dues import dues
from yibao.services.refund.actions.employer import payments as payments_of_unit
from yibao.services.refund.actions.employer import told as told_to_unit
from yibao.services.refund.actions.evidence import as_stored
from yibao.services.refund.actions.papers import Begun, begin_paper, keep_paper, make_paper
from yibao.services.refund.actions.payees import original as original_account
from yibao.services.refund.actions.paying import bounced, confirm_paid, pay
from yibao.services.refund.actions.promising import promise, take_back_promise
from yibao.services.refund.actions.reprinting import reprint
from yibao.services.refund.actions.reviewing import Asked, accept, approve, ask_correction, not_accept, recheck, refuse

__all__ = [
    "BESIDE",
    "BLANKS",
    "Asked",
    "Begun",
    "accept",
    "approve",
    "as_stored",
    "ask_correction",
    "attach",
    "available",
    "begin_paper",
    "blank",
    "blocked",
    "bounced",
    "confirm_paid",
    "detach",
    "dues",
    "keep_paper",
    "known_blank",
    "make_paper",
    "not_accept",
    "open_draft",
    "original_account",
    "pay",
    "payments_of_unit",
    "preview",
    "promise",
    "recheck",
    "refuse",
    "reprint",
    "reprinted",
    "resubmit",
    "save_answers",
    "sign_together",
    "submit",
    "take_back_promise",
    "told_to_unit",
    "weak",
    "withdraw",
]
