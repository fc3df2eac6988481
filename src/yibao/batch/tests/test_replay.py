"""Every stored decision follows again from what was stored with it, and one that was touched is named."""

import json
import shutil
from contextlib import contextmanager
from datetime import date

import pytest
from click.testing import CliRunner
from django.db import connection, transaction

from yibao import services
from yibao.batch import replay
from yibao.batch.demo import setup
from yibao.cli import main
from yibao.kernel.canonical import canonical_json
from yibao.store import guards
from yibao.store.models import PackVersion, StoredDecision

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker, tmp_path_factory):
    """The smallest city, with its cases under way; made once, undone after the last test of this file."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr("django.conf.settings.YIBAO_DOCUMENTS_DIR", tmp_path_factory.mktemp("documents"))
        yield setup.make(persons=71, seed=7, on=DAY, quiet=True)
        transaction.set_rollback(True)


@pytest.fixture
def town(made, db):
    """The city, with whatever the test changes undone."""
    return made


@contextmanager
def behind():
    """Run a block behind the back of the database; what it still has to check is checked first."""
    connection.check_constraints()
    with guards.lifted():
        yield


def tampered(row, **columns):
    with behind():
        StoredDecision.objects.filter(pk=row.pk).update(**columns)


def run(*arguments):
    return CliRunner().invoke(main, ["replay", *arguments])


def test_every_decision_of_the_city_comes_out_the_same(town):
    told = replay.replay()

    assert told.faults == []
    assert told.decisions == StoredDecision.objects.count() > 30
    assert told.versions == PackVersion.objects.count() == 1


def test_it_still_does_after_sentences_and_rows_of_a_pack_have_changed(town, tmp_path, monkeypatch):
    changed = tmp_path / "packs"
    shutil.copytree(services.packs_folder(), changed)
    pack = changed / "500000_chongqing" / "refund.yaml"
    text = pack.read_text(encoding="utf-8")
    text = text.replace("领取失业保险金期间重复缴费", "失业期间重复缴费").replace(
        'fund_overlap_months: "> 0"', 'fund_overlap_months: "> 11"'
    )
    pack.write_text(text, encoding="utf-8")
    monkeypatch.setenv("YIBAO_PACKS", str(changed))
    row = StoredDecision.objects.filter(outcome="refund", canonical__contains='"R3"').first()
    now = services.decide(json.loads(row.case_file)).canonical()

    assert now["pack"]["version"] != row.pack_version_id
    assert now["decision"] != row.outcome
    assert replay.replay().faults == []


def test_a_changed_decision_is_named(town):
    row = StoredDecision.objects.filter(outcome="refund").first()
    tampered(row, canonical={**row.canonical, "amount": "99999.99"})
    result = run("--all")

    assert result.exit_code == 1
    assert row.case.number in result.output
    assert "99999.99" in result.output
    assert run(row.case.number).exit_code == 1


def test_a_changed_case_file_is_named(town):
    row = StoredDecision.objects.filter(outcome="refund").first()
    tampered(row, case_file=row.case_file.replace('"amount":"', '"amount":"1'))

    assert [row.case.number in fault for fault in replay.replay().faults] == [True]


def test_rules_that_are_not_those_of_their_version_are_named(town):
    kept = PackVersion.objects.get()
    with behind():
        texts = {name: text + "\n# a remark added later\n" for name, text in kept.texts.items()}
        PackVersion.objects.filter(pk=kept.pk).update(texts=texts)
    told = replay.replay()

    assert len(told.faults) == told.decisions
    assert replay.OTHER_TEXTS in told.faults[0]


def test_a_seal_that_does_not_open_is_named(town):
    row = StoredDecision.objects.first()
    with behind(), connection.cursor() as cursor:
        broken = connection.Database.Binary(b"no seal")
        cursor.execute("UPDATE store_storeddecision SET case_file = %s WHERE id = %s", [broken, row.pk])

    assert [replay.NOT_OPENED in fault for fault in replay.replay().faults] == [True]


def test_the_command_says_how_many_came_out_the_same(town):
    result = run("--all")

    assert result.exit_code == 0
    assert f"{StoredDecision.objects.count()} decisions by 1 versions" in result.output


@pytest.mark.parametrize("arguments", [(), ("--all", "CQ-2026-000001"), ("CQ-1900-000001",)])
def test_asking_for_nothing_or_for_what_is_not_there_is_wrong_input(town, arguments):
    assert run(*arguments).exit_code == 2


def test_what_is_stored_is_compared_as_canonical_text(town):
    row = StoredDecision.objects.first()
    tampered(row, canonical={key: value for key, value in row.canonical.items() if key != "low_confidence"})

    assert replay.LONGER in "".join(replay.replay().faults)
    assert "low_confidence" not in canonical_json(StoredDecision.objects.get(pk=row.pk).canonical)
