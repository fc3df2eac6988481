"""The only writer of the journal.

Locks are taken in one fixed order everywhere: the case row, then the idempotency key, then the balances
of personal accounts by account id. Funds, banks and payables keep no running row, so that postings of one
region do not wait for each other.
"""

from yibao.store.posting.accounts import balance, checkpoint, held_select, personal_balance, personal_balances
from yibao.store.posting.bulk import post_all, post_many, record_contributions
from yibao.store.posting.merge import merge_personal_accounts
from yibao.store.posting.periods import close_period
from yibao.store.posting.single import draft_of, post, post_along, reverse

__all__ = [
    "balance",
    "checkpoint",
    "close_period",
    "draft_of",
    "held_select",
    "merge_personal_accounts",
    "personal_balance",
    "personal_balances",
    "post",
    "post_all",
    "post_along",
    "post_many",
    "record_contributions",
    "reverse",
]
