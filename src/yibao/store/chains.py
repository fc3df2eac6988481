"""The actions of cases as they were written, and where the cases stand after them."""

from collections.abc import Iterable, Sequence
from threading import Lock
from typing import Any

from yibao.casework.standing import Standing, standing_of
from yibao.store import projection, ready, together
from yibao.store.models import Case, CaseAction

_ACTIONS = ready.Reader(CaseAction)
_CHAINS = f"SELECT {_ACTIONS.columns} FROM store_caseaction WHERE case_id {{among}}"
_ENDS = (
    "SELECT store_case.id, store_caseaction.hash FROM store_case JOIN store_caseaction"
    " ON store_caseaction.case_id = store_case.id AND store_caseaction.seq = store_case.action_count"
    " WHERE store_case.id {among}"
)
_REMEMBERED_MAX = 4_096
_remembered: dict[str, Standing] = {}
_remembering = Lock()


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


def standings(held: Iterable[Case]) -> dict[int, Standing]:
    """Return where cases stand, by the key of the case; what this process computed before is not computed again.

    The end of each remembered chain is read and held against its case; any other chain is read as a whole.

    Args:
        held: The cases, locked.

    Raises:
        ChainBroken: A chain does not end where its case says it does.
    """
    wanted = list(held)
    found = {case.pk: there for case in wanted if (there := _remembered.get(case.chain_hash)) is not None}
    known, others = ([case for case in wanted if (case.pk in found) is remembered] for remembered in (True, False))
    reads = [select(others)] if others else []
    if known:
        reads.append(together.Select(_ENDS, ("bigint", "text"), ([case.pk for case in known],)))
    rows = together.read(*reads) if reads else []
    if known:
        ends = {int(pk): str(hashed) for pk, hashed in rows.pop()}
        for case in known:
            _ends_there(case, ends.get(case.pk))
    return found | (standings_of(*rows, held=others) if others else {})


def remember(*, chain_hash: str, standing: Standing) -> None:
    """Keep where a case stands when its chain ends with a hash, for `standings`.

    The hash covers every action of the chain, so what stands after it is the same whoever computed it, and also where
    the step that led to it was never written.

    Args:
        chain_hash: Of the last action.
        standing: After that action.
    """
    with _remembering:
        _remembered[chain_hash] = standing
        if len(_remembered) > _REMEMBERED_MAX:
            del _remembered[next(iter(_remembered))]


def _ends_there(case: Case, hashed: str | None) -> None:
    if hashed != case.chain_hash:
        raise ChainBroken(f"the actions of case {case.number} do not end where the case says they do")


def _by_seq(row: CaseAction) -> int:
    return int(row.seq)


def _standing(case: Case, rows: list[CaseAction]) -> Standing:
    last = rows[-1] if rows and rows[-1].seq == case.action_count else None
    _ends_there(case, last.hash if last is not None else None)
    return standing_of(projection.action_of(row) for row in rows)
