"""The simulation of many transfers with random trouble, and what must hold at its end."""

import pytest

from yibao.services.relocation.models import Transfer
from yibao.services.relocation.tests import simulation
from yibao.store import verify

SHORT, LONG, LONG_SEEDS = 30, 500, 20


@pytest.mark.django_db
def test_many_transfers_with_trouble_lose_nothing_and_all_end(staff, soaking, figures):
    """Thirty with `make test`; ten thousand, from twenty seeds, with `make soak`."""
    for seed in range(LONG_SEEDS if soaking else 1):
        world = simulation.World(seed, staff)
        world.begin(LONG if soaking else SHORT)
        world.run()
        assert simulation.faults(world) == []
    stages = list(Transfer.objects.values_list("stage", flat=True))
    figures("ends", {stage: stages.count(stage) for stage in sorted(set(stages))})
    assert {"loaded", "cancelled", "not_accepted"} <= set(stages)
    assert verify.verify_ledger() == []
    assert verify.verify_audit(files=False) == []
