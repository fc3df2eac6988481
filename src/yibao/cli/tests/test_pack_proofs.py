"""What is proved of the packs there are."""

from yibao import services
from yibao.policy import UnknownValue
from yibao.policy.proofs.proof import Prover, prove
from yibao.policy.proofs.witness import witnesses


def test_every_row_of_the_packs_has_a_witness_and_the_table_decides_all_of_them() -> None:
    for region in services.packs().regions.values():
        for domain, decision in region.stacks:
            on = region.stacks[domain, decision].breaks()[-1]
            table = region.table(domain, decision, on=on)
            reached = set()
            for facts in witnesses(table=table, on=on):
                assert table.facts_needed <= facts.keys()
                try:
                    reached.add(table.decide(facts).row)
                except UnknownValue:
                    continue
            prover = Prover(rows=table.decision_rows, vocabulary=table.vocabulary, days={}, evaluate=table.value_of)
            hidden = {item.row for item in prove(prover, hit=table.decision.hit).dead}
            assert reached >= {row.id for at, row in enumerate(table.decision_rows) if at not in hidden}
