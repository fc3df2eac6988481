"""`yibao demo` and `yibao worker` as a person types them."""

import pytest
from click.testing import CliRunner
from django.db import OperationalError

from yibao.batch.worker import Done
from yibao.casework.standing import OTHER_PLACE
from yibao.casework.verifier.proof import Proof, faults
from yibao.cli import demo, worker
from yibao.store import guards, heads, verify
from yibao.store.models import Case, CaseClock, CaseTurn, Outbox, Person

pytestmark = pytest.mark.django_db


def run(command, *arguments):
    return CliRunner().invoke(command, list(arguments))


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.YIBAO_DOCUMENTS_DIR = tmp_path / "documents"


def test_a_city_is_made_once_and_the_logins_are_shown_each_time():
    first = run(demo.command, "ensure", "--persons", "71")
    second = run(demo.command, "ensure", "--persons", "71")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert Person.objects.exclude(logins__user__username__startswith="mover").count() == 71
    for result in (first, second):
        assert "citizen1" in result.stdout
        assert "1,949.10" in result.stdout
    refused = run(demo.command, "make", "--persons", "71")
    assert refused.exit_code == 2
    assert "换一个空的数据库" in refused.stderr


def test_the_cases_of_every_service_in_the_city_are_proven_by_the_file_handed_to_auditors(tmp_path):
    run(demo.command, "make", "--persons", "71")
    export = tmp_path / "audit.jsonl"
    verify.export(what="audit", file=export)
    assert Case.objects.values("service").distinct().count() > 1
    assert CaseTurn.objects.filter(role=OTHER_PLACE).exists()
    assert list(faults(file=export, proof=Proof(bytes.fromhex(heads.own_public_key())))) == []


def test_a_city_too_small_is_refused_and_leaves_nothing():
    result = run(demo.command, "make", "--persons", "5")

    assert result.exit_code == 2
    assert "71" in result.stderr
    assert not Person.objects.exists()


def test_the_list_names_one_person_of_each_kind():
    result = run(demo.command, "list")

    assert result.exit_code == 0
    assert "citizen1" in result.stdout.splitlines()[0]
    assert "R3" in result.stdout.splitlines()[0]


def test_the_worker_stops_when_nothing_is_due_and_says_what_failed():
    from django.utils import timezone

    assert run(worker.command, "--once").exit_code == 0
    Outbox.objects.create(kind="no.such.job", data={}, due_at=timezone.now())
    result = run(worker.command, "--once")
    assert result.exit_code == 1
    assert "稍后重试" in result.stdout


def test_the_worker_does_not_start_on_a_database_without_guards():
    guards.remove()
    result = run(worker.command, "--once")

    assert result.exit_code == 1
    assert "store_entry_balances" in result.stderr


def test_the_worker_ends_though_an_escalation_keeps_failing(monkeypatch):
    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    run(demo.command, "make", "--persons", "71")
    monkeypatch.setattr("yibao.batch.worker.cases.act", fails)
    CaseClock.objects.filter(finished_on=None, due_on__isnull=False).update(due_on="2001-01-01")
    result = run(worker.command, "--once")

    assert result.exit_code == 1
    assert "RuntimeError" in result.stdout


def test_the_worker_outlives_a_database_that_is_away(monkeypatch):
    looks = iter([OperationalError("gone"), Done(work=1, letters=["CQ-2026-000001"])])

    def look(**_: object) -> Done:
        found = next(looks, None)
        if found is None:
            # The next signal would end it.
            raise KeyboardInterrupt
        if isinstance(found, Exception):
            raise found
        return found

    monkeypatch.setattr("yibao.batch.worker.look", look)
    monkeypatch.setattr("yibao.cli.worker.time.sleep", lambda seconds: None)
    told = run(worker.command).stdout

    assert "数据库暂时连不上" in told
    assert "文书 letter CQ-2026-000001" in told
