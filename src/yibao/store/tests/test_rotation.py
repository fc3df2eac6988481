"""The keys of the record are changed while everybody goes on working, and a killed run is begun again."""

import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.db import IntegrityError, connection, connections, transaction

from yibao.cli import main
from yibao.kernel.errors import Refused
from yibao.store import cases, crypto, documents, keyring, packs, persons, rotation, startup, verify
from yibao.store.models import Person, StoredDecision

pytestmark = pytest.mark.django_db(transaction=True)
IDENTITIES = [f"5001011976030100{number:02d}" for number in range(7)]


@pytest.fixture(autouse=True)
def own_keys(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys and files of this test alone, and slices of two rows."""
    settings.YIBAO_KEYS_DIR = tmp_path / "keys"
    settings.YIBAO_DOCUMENTS_DIR = tmp_path / "documents"
    monkeypatch.setattr(rotation, "SLICE", 2)


@pytest.fixture
def town(make_person: Callable[..., Person], desk: Any) -> list[Person]:
    """Seven persons, one of them with a decided case, and three files."""
    found = [make_person(identity=one, phone=f"138000000{place:02d}") for place, one in enumerate(IDENTITIES)]
    case = desk.submitted(found[0])
    packs.save(version="v1", region="500000", texts={"a.yaml": "a: 1"}, at=case.actions.first().at)
    with transaction.atomic():
        cases.record_decision(
            case=case, service="refund", decided_on=case.opened_on, pack_version="v1", evidence_hash="e1",
            case_file={"service": "refund"}, canonical={"decision": "refund"}, outcome="refund",
            amount_fen=194910, at=case.actions.first().at,
        )  # fmt: skip
    for content in (b"one", b"two", b"three"):
        documents.put(content)
    return found


def findable() -> bool:
    found = [persons.find(identity=one) for one in IDENTITIES]
    by_phone = [Person.objects.get(persons.with_phone(f"138000000{place:02d}")) for place in range(len(IDENTITIES))]
    return found == by_phone and None not in found


def test_everybody_is_found_at_every_moment(town: list[Person]) -> None:
    rotation.keyring.add(crypto.keys_dir())
    seen = []

    def look(_done: int) -> None:
        assert findable()
        startup.require()
        seen.append(sorted(rotation.counts()))

    assert rotation.rotate(told=look) > len(town)
    assert seen[0] == [1, 2]
    assert seen[-1] == [2]
    assert verify.verify_audit() == []


def test_nothing_is_left_under_the_old_key_and_it_is_laid_aside(town: list[Person]) -> None:
    keyring.add(crypto.keys_dir())
    rotation.rotate()
    rotation.retire(1)
    assert crypto.ring() == keyring.Ring(2, (2,), (1,))
    kept = {file.name for file in (crypto.keys_dir() / keyring.RETIRED).iterdir()}
    assert kept == {"record.key", "index.key"}
    assert findable()
    assert [documents.get(file.name) for file in rotation.files()]
    assert len(crypto.blind_indexes(value="x", place="y")) == 1
    assert verify.verify_audit() == []
    # A third key after it, and a retirement that was cut off is finished by the next one.
    assert keyring.add(crypto.keys_dir()) == 3
    rotation.retire(1)


@pytest.mark.parametrize(
    ("version", "code"), [(1, "key_still_needed"), (2, "key_in_use"), (9, "no_such_key")], ids=lambda value: str(value)
)
def test_a_key_that_is_needed_is_not_retired(town: list[Person], version: int, code: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, phone FROM store_person LIMIT 1")
        one, before = cursor.fetchone()
        keyring.add(crypto.keys_dir())
        rotation.rotate()
        cursor.execute("UPDATE store_person SET phone = %s WHERE id = %s", [bytes(before), one])
    with pytest.raises(Refused) as refused:
        rotation.retire(version)
    assert refused.value.refusal.code == code
    assert findable()
    assert crypto.ring().live == (1, 2)


def test_a_key_by_which_somebody_is_still_found_is_not_retired(town: list[Person]) -> None:
    stored = Person.objects.values_list("identity_index", flat=True).get(pk=town[3].pk)
    keyring.add(crypto.keys_dir())
    rotation.rotate()
    Person.objects.filter(pk=town[3].pk).update(identity_index=stored)
    with pytest.raises(Refused) as refused:
        rotation.retire(1)
    assert refused.value.refusal.details == ("1", "1")


def test_without_a_newer_key_there_is_nothing_to_change_to(town: list[Person]) -> None:
    with pytest.raises(Refused) as refused:
        rotation.rotate()
    assert refused.value.refusal.code == "no_newer_key"


@pytest.mark.parametrize("place", range(0, 8, 2))
def test_a_killed_run_is_begun_again(town: list[Person], place: int) -> None:
    keyring.add(crypto.keys_dir())
    assert killed_before_update(place)
    assert crypto.ring().current == 2
    assert findable()
    assert verify.verify_audit() == []
    rotation.rotate()
    assert list(rotation.counts()) == [2]
    rotation.retire(1)
    assert findable()


def killed_before_update(place: int) -> bool:
    """Rotate in a process that kills itself before its `place`th change of a row; return whether it did."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        connection.connection = None
        done = 0

        def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal done
            if sql.startswith("UPDATE"):
                if done == place:
                    os.kill(os.getpid(), signal.SIGKILL)
                done += 1
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(count):
                rotation.rotate()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_writers_go_on_and_nothing_of_theirs_is_lost(town: list[Person]) -> None:
    keyring.add(crypto.keys_dir())
    stop, doubled, written = threading.Event(), [], {}

    def write() -> None:
        try:
            place = 0
            while not stop.is_set():
                place += 1
                one = Person.objects.get(pk=town[place % len(town)].pk)
                one.name = f"第{place}次"
                one.save()
                written[one.pk] = one.name
                with suppress(IntegrityError), transaction.atomic():
                    twin = {"sex": "M", "born": one.born, "region": one.region, "name": "重名"}
                    Person.objects.create(identity=one.identity, **twin)
                    doubled.append(one.identity)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(3):
            rotation.rotate()
    finally:
        stop.set()
        writer.join()
    rotation.rotate()
    rotation.retire(1)
    assert written
    assert doubled == []
    assert {one.pk: one.name for one in Person.objects.filter(pk__in=written)} == written
    assert Person.objects.count() == len(town)


def test_a_kept_row_may_be_sealed_anew_and_not_changed(town: list[Person]) -> None:
    kept = StoredDecision.objects.get()
    for change in ({"case_file": "{}"}, {"outcome": "other"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            StoredDecision.objects.update(**change)
    keyring.add(crypto.keys_dir())
    keyring.use(folder=crypto.keys_dir(), version=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredDecision.objects.update(case_file=kept.case_file, outcome="other")
    StoredDecision.objects.update(case_file=kept.case_file)
    with pytest.raises(IntegrityError), transaction.atomic():
        StoredDecision.objects.update(case_file=kept.case_file)


def test_a_value_of_a_lost_key_says_so(town: list[Person]) -> None:
    keyring.add(crypto.keys_dir())
    rotation.rotate()
    keyring.file_of(folder=crypto.keys_dir(), name="record", version=2).unlink()
    crypto._cipher.cache_clear()
    crypto._key.cache_clear()
    with pytest.raises(crypto.SealBroken, match="key 2"):
        Person.objects.first()


def test_the_commands_change_the_keys_in_four_steps(town: list[Person]) -> None:
    def run(*arguments: str) -> str:
        done = CliRunner().invoke(main, ["keys", *arguments])
        return f"{done.exit_code} {done.output}"

    assert "no newer key" in run("rotate").lower()
    assert run("new").startswith("0 已新建第 2 版密钥")
    assert "待用 waiting" in run("list")
    assert run("retire", "1").startswith("1 这个版本的密钥正在使用")
    assert "sealed anew" in run("rotate")
    assert "旧 old" in run("list")
    assert run("retire", "1").startswith("0 ")
    assert "已停用 retired" in run("list")
    assert findable()
