"""Logins of staff: made by one officer, given roles by two, locked by one; each step in the chain of its login."""

from yibao.store.accounts.chain import note
from yibao.store.accounts.steps import (
    create,
    drop,
    first_officers,
    lock,
    propose,
    release,
    reset,
    take_role,
    unlock,
)

__all__ = [
    "create",
    "drop",
    "first_officers",
    "lock",
    "note",
    "propose",
    "release",
    "reset",
    "take_role",
    "unlock",
]
