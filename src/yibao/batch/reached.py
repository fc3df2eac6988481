"""Rows the worked examples of all packs reach, and those none of them does."""

from collections.abc import Mapping, Sequence

from yibao import services
from yibao.kernel.errors import InputInvalid
from yibao.policy import Packs, UnknownRegion, UnknownValue
from yibao.policy.cases import Case
from yibao.policy.mutants.trial import Consult, Recording
from yibao.policy.rows import Row
from yibao.policy.tree import parameters_of

Key = tuple[str, str, str, str]


def unreached(*, packs: Packs, cases: Sequence[Case]) -> list[Row]:
    """Return the rows and amounts no worked example turns on, in the order in which they are written.

    Tables for reference are left out: no decision rests on them.

    Args:
        packs: whose rows are looked at, each once, with the pack that writes it.
        cases: the worked examples of all packs; one that is refused as wrong input reaches nothing.
    """
    found: set[Key] = set()
    kept: list[Consult] = []
    # One recording region each: its tables are compiled once for all its examples.
    regions = {code: Recording.of(region, kept) for code, region in packs.regions.items()}
    asked = Packs({**regions}, packs.folders, packs.warnings)
    for case in cases:
        kept.clear()
        _decide(asked, case.given)
        found |= {key for consult in kept for key in _rows(consult)}
    rows: dict[Key, Row] = {}
    for region in packs.regions.values():
        for (domain, decision), stack in region.stacks.items():
            if region.vocabularies[domain].decisions[decision].for_reference:
                continue
            rows |= {(row.region, domain, decision, row.id): row for row in stack.rows if row.region == region.code}
    return sorted(
        (row for key, row in rows.items() if key not in found), key=lambda row: (row.mark.file, row.mark.line)
    )


def _decide(packs: Packs, given: Mapping[str, object]) -> None:
    try:
        case = services.read(given)
        services.decide_read(case=case, region=packs.region_for(case.region), rules=packs)
    except (InputInvalid, UnknownRegion):
        return


def _rows(consult: Consult) -> set[Key]:
    if consult.table is None:
        return set()
    try:
        trace = consult.table.trace(consult.facts)
    except UnknownValue as missing:
        # An example answered by naming the number a row lacks turns on that row.
        lacking = [row for row in consult.table.decision_rows if _lacks(row, missing.name)]
        return {(row.region, consult.domain, consult.decision, row.id) for row in lacking}
    except LookupError:
        return set()
    held = [*trace.holding, *trace.cases.values()]
    return {(row.region, consult.domain, consult.decision, row.id) for row in held}


def _lacks(row: Row, parameter: str) -> bool:
    return any(item.name == parameter for cell in row.cells for item in parameters_of(cell.condition))
