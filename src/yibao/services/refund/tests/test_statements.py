"""What a signature costs in statements, and that a decision made before never stands in for another one."""

from dataclasses import replace
from datetime import date, datetime
from types import SimpleNamespace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yibao.bank.pain002 import BANK_TIME
from yibao.kernel.identifiers import make_resident_id
from yibao.services import bulk as service
from yibao.services.refund import actions, rulebook
from yibao.services.refund.actions import evidence
from yibao.store import bulk, cases
from yibao.store.bulk import Query
from yibao.store.models import AccountCredit, Case

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2023, 2, 10)
AT = datetime(2023, 2, 10, 15, tzinfo=BANK_TIME)
QUERY = Query("reviewer", "500000", "refund")
NOW = {"on": DAY, "at": AT}
# PostgreSQL takes all that is written with a signature in one statement, SQLite one after the other.
ONE_MOST = {"postgresql": 14, "sqlite": 21}
GROUP_MOST = {"postgresql": 26, "sqlite": 33}
FRAMING = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


def statements(work):
    with CaptureQueriesContext(connection) as captured:
        work()
    return sum(not one["sql"].startswith(FRAMING) for one in captured)


def released(staff, key):
    run = service.make(query=QUERY, key=key, by=staff["reviewer"], **NOW)
    run.rows.filter(drawn__isnull=False).update(verdict="agreed")
    return bulk.release(number=run.number, by=staff["reviewer"], at=AT)


def accepted(make_walk, record, serials):
    for serial in serials:
        make_walk(record.chen(make_resident_id(area="500112", born=date(1976, 3, 1), serial=serial))).accepted()


def test_a_signature_that_posts_what_is_owed_takes_few_statements(make_walk, chen, staff):
    walk = make_walk(chen).accepted()
    seen = Case.objects.get(number=walk.number).evidence_hash
    signed = {"number": walk.number, "level": 1, "seen": seen, "by": staff["reviewer"], "role": "reviewer", **NOW}
    assert statements(lambda: actions.approve(**signed)) <= ONE_MOST[connection.vendor]
    assert Case.objects.get(number=walk.number).state == "approved"


def test_a_group_of_many_takes_as_many_statements_as_a_group_of_few(make_walk, record, staff):
    accepted(make_walk, record, range(2))
    few = statements(lambda: service.work(number=released(staff, "few").number, **NOW))
    accepted(make_walk, record, range(2, 8))
    run = released(staff, "many")
    many = statements(lambda: service.work(number=run.number, **NOW))
    assert set(bulk.progress(run)) == {"approved"}
    assert many <= few
    assert many - statements(lambda: service.work(number=run.number, **NOW)) <= GROUP_MOST[connection.vendor]


class TestADecisionMadeBefore:
    @pytest.fixture
    def case(self, make_walk, chen):
        return cases.get(make_walk(chen).accepted().number)

    @staticmethod
    def now(case):
        return evidence.gather(case=case, request=case.refund, on=DAY)

    def test_stands_for_the_same_evidence_taken_anew(self, case):
        assert evidence.decided(self.now(case)) is evidence.decided(self.now(case))

    def test_never_stands_for_a_changed_row_of_the_record(self, case):
        before = self.now(case)
        AccountCredit.objects.update(amount_fen=1)
        after = self.now(case)
        assert after.hash != before.hash
        assert evidence.decided(after) == rulebook.decide(after.case_file)
        assert evidence.decided(after) != evidence.decided(before)

    def test_never_stands_for_another_day(self, case):
        before = self.now(case)
        early = "2022-12-31"
        after = replace(before, on=early, case_file={**before.case_file, "on": early})
        assert evidence.decided(after) == rulebook.decide(after.case_file)
        assert evidence.decided(after) != evidence.decided(before)

    def test_never_stands_for_other_rules(self, case, monkeypatch):
        before = evidence.decided(self.now(case))
        rules = rulebook.region(case.region)
        read = []
        other = SimpleNamespace(code=rules.code, version="other")
        monkeypatch.setattr(rulebook, "region", lambda code: other)
        monkeypatch.setattr(evidence.rules, "decide", lambda case, region: read.append(region) or before)
        evidence.decided(self.now(case))
        assert read == [other]
