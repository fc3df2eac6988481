"""The actions of cases as they were written, and where the cases stand after them."""

from collections.abc import Iterable, Sequence
from typing import Any

from yibao.casework.standing import Standing, standing_of
from yibao.store import projection, ready, together
from yibao.store.models import Case, CaseAction

_ACTIONS = ready.Reader(CaseAction)
_CHAINS = f"SELECT {_ACTIONS.columns} FROM store_caseaction WHERE case_id {{among}}"


class ChainBroken(RuntimeError):
    """A case's actions were changed behind the system's back; run `yibao audit verify` and restore."""


def select(held: Iterable[Case]) -> together.Select:
    """Return the read of the actions of cases.

    Args:
        held: The cases, locked where a step is to follow.
    """
    return together.Select(_CHAINS, together.kinds_of(CaseAction), (list({case.pk: None for case in held}),))


def standings_of(rows: Iterable[Sequence[Any]], *, held: Iterable[Case]) -> dict[int, Standing]:
    """Return where cases stand, by the key of the case.

    Args:
        rows: What `select` read of them.
        held: The cases.

    Raises:
        ChainBroken: A chain does not end where its case says it does.
    """
    wanted = {case.pk: case for case in held}
    found: dict[int, list[CaseAction]] = {pk: [] for pk in wanted}
    for values in rows:
        row = _ACTIONS.made(values)
        found[row.case_id].append(row)
    return {pk: _standing(case, sorted(found[pk], key=_by_seq)) for pk, case in wanted.items()}


def _by_seq(row: CaseAction) -> int:
    return int(row.seq)


def _standing(case: Case, rows: list[CaseAction]) -> Standing:
    if not rows or rows[-1].hash != case.chain_hash or rows[-1].seq != case.action_count:
        raise ChainBroken(f"the actions of case {case.number} do not end where the case says they do")
    return standing_of(projection.action_of(row) for row in rows)
