"""The record read in bulk says what the case files of everybody say."""

from datetime import date

import duckdb
import pytest

from yibao import services
from yibao.batch.demo import setup
from yibao.batch.history import history_facts, lines_of, put_history
from yibao.batch.record import record
from yibao.policy import casefile
from yibao.services.refund.columns import FACTS, VIEWS
from yibao.store.models import Person
from yibao.store.situations import case_file

DAY = date(2026, 3, 2)


def facts_of(lines):
    """Every fact of every payment, by person and payment."""
    connection = duckdb.connect(config={"threads": 1})
    put_history(lines=lines, views=VIEWS, connection=connection)
    rows = history_facts(facts=FACTS, connection=connection).to_pylist()
    return {(row.pop("person"), row.pop("payment")): row for row in rows}


@pytest.mark.django_db
def test_facts_of_the_bulk_record_are_those_of_the_case_files(settings, tmp_path):
    settings.YIBAO_DOCUMENTS_DIR = tmp_path
    setup.make(persons=120, seed=2026, on=DAY, quiet=True)
    packs = services.packs()
    people = Person.objects.filter(merged_into=None).values_list("pk", "region")
    plain = [(str(key), case_file(person_id=key, region=region, on=DAY, request={})) for key, region in people]
    given = [(key, casefile.read(case)) for key, case in plain]
    wanted, found = facts_of(lines_of(cases=given, packs=packs)), facts_of(record(packs=packs, on=DAY))
    assert found.keys() == wanted.keys()
    assert [key for key in wanted if found[key] != wanted[key]] == []
    told = [facts for facts in found.values() if facts["subsidy_recognised"] or facts["benefits_in_period"]]
    assert told
