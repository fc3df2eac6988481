"""At every row and every neighbouring cut the checks know of, columns decide as the closure does."""

from datetime import date
from itertools import islice
from random import Random

import pytest

from yibao import services
from yibao.batch.columns import Asked
from yibao.batch.tests.columns_making import cases, differing
from yibao.policy.proofs.witness import witnesses

DAY = date(2023, 6, 1)
MOST = 600


@pytest.mark.parametrize("decision", ["situation", "amount"])
@pytest.mark.parametrize("code", ["000000", "500000"])
def test_columns_agree_with_the_closure_on_every_witness(code: str, decision: str) -> None:
    packs = services.packs()
    table = packs.regions[code].table("refund", decision, on=DAY)
    asked = Asked("refund", decision, ("case_number", "asked_in"), only=code)
    # Rows of other days read facts a witness of this day does not name.
    (others,) = cases(packs=packs, asked=asked, dice=Random(4), count=1)
    found = [
        {**others, **facts, "case_number": number, "asked_in": code}
        for number, facts in enumerate(islice(witnesses(table=table, on=DAY), MOST))
    ]
    assert found
    assert differing(packs, asked, found) == []
