"""What is proved of the packs there are."""

from datetime import date

from yibao import services
from yibao.policy import Table, UnknownValue
from yibao.policy.proofs.proof import Prover, prove
from yibao.policy.proofs.witness import witnesses
from yibao.policy.table import Facts
from yibao.policy.tree import Expression
from yibao.policy.types import Value

BLOCKED_MAX = 12
"""Rows of all packs, each once."""


def decided(table: Table, facts: Facts) -> str | None:
    """The row a case comes to, None where it turns on a value nobody has set."""
    try:
        return table.decide(facts).row
    except UnknownValue:
        return None


def blocked(table: Table, on: date) -> set[str]:
    """Rows no case can be shown for, because the way to them leads over a value nobody has set."""
    met: list[Expression] = []

    def evaluate(node: Expression, facts: Facts) -> Value:
        try:
            return table.value_of(node, facts)
        except UnknownValue:
            met.append(node)
            raise

    as_of, day = table.decision.as_of, on.toordinal()
    prover = Prover(
        rows=table.decision_rows,
        vocabulary=table.vocabulary,
        days={as_of: (day, day)},
        evaluate=evaluate,
        names=table.facts_needed | {as_of},
    )
    found = set()
    for position, row in enumerate(table.decision_rows):
        met.clear()
        facts = prover.reached(position)
        if met or (facts is not None and decided(table, facts) is None):
            found.add(row.id)
    return found


def test_every_row_of_the_packs_has_a_witness_and_the_table_decides_all_of_them() -> None:
    without: set[str] = set()
    for region in services.packs().regions.values():
        for domain, decision in region.stacks:
            on = region.stacks[domain, decision].breaks()[-1]
            table = region.table(domain, decision, on=on)
            reached = set()
            for facts in witnesses(table=table, on=on):
                assert table.facts_needed <= facts.keys()
                reached.add(decided(table, facts))
            prover = Prover(rows=table.decision_rows, vocabulary=table.vocabulary, days={}, evaluate=table.value_of)
            hidden = {item.row for item in prove(prover, hit=table.decision.hit).dead}
            left = {row.id for at, row in enumerate(table.decision_rows) if at not in hidden} - reached
            if left:
                assert left <= blocked(table, on), (region.code, domain, decision)
                without |= left
    assert len(without) <= BLOCKED_MAX, without
