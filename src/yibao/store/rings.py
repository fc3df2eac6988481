"""When Python looks for rings of objects nobody holds any more; whatever the process is doing waits for it."""

import gc

MADE_BETWEEN = 50_000
"""How many objects are made between two looks: rules and rows are trees, so that looks find next to nothing.

With Python's own few hundred, they take a tenth of a command's time.
"""
MADE_BETWEEN_WHEN_SETTLED = 5_000
"""The same, once a look goes through young objects only: pages leave rings behind, and a short look takes 3 ms."""


def begin() -> None:
    """Look seldom, while a process reads what it needs or does one piece of work."""
    gc.set_threshold(MADE_BETWEEN)


def settle() -> None:
    """Take everything loaded by now for what stays, and look at the rest more often; for a process that works for days.

    A look over packs and pages would take some 65 ms.

    Examples:
        >>> settle()
        >>> gc.get_freeze_count() > 1_000
        True
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(MADE_BETWEEN_WHEN_SETTLED)
