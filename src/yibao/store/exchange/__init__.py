"""Messages between areas: written with the step that says them, carried in signed batches, handled once and in order.

A message is written to the outbox inside the transaction of the step it tells of (`send`). It is carried to the inbox
of the receiver under a lease (`deliver_due`), within this database or over HTTP, and there it is stored once
(`receive`). Its handler runs in one transaction with the mark that it was handled (`handle_due`); several of one kind,
each of another thread, are handled in one, and whatever fails there is handled alone.

Locks: the case row first, then the thread's row of `send`; `send` stands after what the step itself locks.
"""

from yibao.store.exchange.delivering import deliver_due
from yibao.store.exchange.handling import REFUSAL, handle_due, handles, handles_together, mark_done
from yibao.store.exchange.receiving import receive
from yibao.store.exchange.sending import send

__all__ = ["REFUSAL", "deliver_due", "handle_due", "handles", "handles_together", "mark_done", "receive", "send"]
