"""What a corrected record does to a case that is open."""

from datetime import date

import pytest

from yibao.services.refund import actions
from yibao.store.models import Contribution

pytestmark = pytest.mark.django_db


def test_a_corrected_record_sends_a_case_under_review_back_to_the_first_level(walk):
    walk.accepted()
    Contribution.objects.filter(enrolment__person=walk.person, payer="person").update(paid_on=date(2022, 1, 6))
    actions.recheck(number=walk.number, **walk.now())
    assert (walk.case.state, walk.case.level, walk.case.actions.last().kind) == ("accepted", 1, "evidence_changed")
    before = walk.case.action_count
    actions.recheck(number=walk.number, **walk.now())
    assert walk.case.action_count == before
