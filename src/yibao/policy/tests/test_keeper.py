"""A good change of the packs is taken up whole; a bad one is refused with all its faults, and the old answers go on."""

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from yibao.policy import Keeper, PackErrors, Packs
from yibao.policy.tests.making import DAY, FILES, write

AT = datetime(2026, 1, 5, 9, tzinfo=UTC)
ROW = "500000_chongqing/refund.yaml"


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    folder, vocabularies = write(folder=tmp_path, files=FILES)
    return Keeper(roots=[folder], vocabularies=vocabularies)


@pytest.fixture
def packs(keeper: Keeper, tmp_path: Path) -> Path:
    return tmp_path / "packs"


def change(packs: Path, old: str, new: str, name: str = ROW) -> None:
    """Change a text as an editor does: the new file takes the place of the old one."""
    path = packs / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    other = path.with_suffix(".new")
    other.write_text(text.replace(old, new), encoding="utf-8")
    os.replace(other, path)


def looks(keeper: Keeper, *, after: timedelta = timedelta(seconds=10), times: int = 2) -> datetime:
    at = AT + after
    for _ in range(times):
        keeper.look(at=at, wait=True)
        at += timedelta(seconds=2)
    return at - timedelta(seconds=2)


def label(packs: Packs) -> str:
    return packs.regions["500000"].table("refund", "situation", on=DAY).rows[0].label


def test_what_was_good_is_kept_without_reading_it_again(keeper: Keeper) -> None:
    first = keeper.in_use
    looks(keeper)
    assert keeper.in_use.packs is first.packs


def test_the_time_of_the_first_look_is_told(keeper: Keeper) -> None:
    assert keeper.in_use.since is None
    keeper.look(at=AT)
    assert keeper.in_use.since == AT


def test_a_good_change_is_taken_up(keeper: Keeper, packs: Path) -> None:
    old = keeper.in_use.packs
    change(packs, label(old), "改过的名称")
    at = looks(keeper)
    assert label(keeper.in_use.packs) == "改过的名称"
    assert label(old) != "改过的名称"
    assert (keeper.in_use.since, keeper.in_use.faults) == (at, ())
    assert keeper.in_use.packs.version != old.version


def test_a_bad_change_is_refused_with_every_fault_and_the_old_version_goes_on(
    keeper: Keeper, packs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keeper.look(at=AT)
    old = keeper.in_use
    change(packs, "outcome: refund", "outcome: refnd")
    change(packs, "quality: bronze", "quality: iron", "000000_national/pack.yaml")
    at = looks(keeper)
    using = keeper.in_use
    assert (using.packs, using.since, using.refused_at) == (old.packs, AT, at)
    assert {"500000_chongqing/refund.yaml", "000000_national/pack.yaml"} <= {fault.file for fault in using.faults}
    [line] = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "refnd" in line.getMessage()
    assert old.packs.version in line.getMessage()


def test_a_bad_change_is_told_once_and_forgotten_when_it_is_put_right(
    keeper: Keeper, packs: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keeper.look(at=AT)
    change(packs, "outcome: refund", "outcome: refnd")
    looks(keeper, times=5)
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 1
    change(packs, "outcome: refnd", "outcome: refund")
    looks(keeper, after=timedelta(minutes=1))
    assert keeper.in_use.faults == ()


def test_texts_are_not_read_while_they_are_being_written(keeper: Keeper, packs: Path) -> None:
    old = keeper.in_use.packs
    for second in range(0, 10, 2):
        change(packs, "quality: bronze", "quality: bronze\n", "000000_national/pack.yaml")
        keeper.look(at=AT + timedelta(seconds=second), wait=True)
        assert keeper.in_use.packs is old


def test_it_looks_at_most_every_two_seconds(keeper: Keeper, packs: Path) -> None:
    old = keeper.in_use.packs
    change(packs, label(old), "改过的名称")
    for _ in range(5):
        keeper.look(at=AT, wait=True)
    assert keeper.in_use.packs is old


def test_packs_that_are_gone_are_a_fault_and_the_old_ones_go_on(keeper: Keeper, packs: Path) -> None:
    old = keeper.in_use.packs
    packs.rename(packs.with_name("elsewhere"))
    looks(keeper)
    assert keeper.in_use.packs is old
    assert [fault.code for fault in keeper.in_use.faults] == ["no_packs"]


def test_what_cannot_be_read_at_all_is_a_fault(keeper: Keeper, packs: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = keeper.in_use.packs
    change(packs, label(old), "改过的名称")

    def broken(**_: object) -> Packs:
        raise OSError("disk")

    monkeypatch.setattr("yibao.policy.keeper.load_packs", broken)
    looks(keeper)
    assert keeper.in_use.packs is old
    assert [fault.code for fault in keeper.in_use.faults] == ["unreadable"]


def test_without_a_good_version_nothing_is_in_use(keeper: Keeper, packs: Path) -> None:
    change(packs, "outcome: refund", "outcome: refnd")
    with pytest.raises(PackErrors):
        keeper.look(at=AT)
    change(packs, "outcome: refnd", "outcome: refund")
    assert keeper.in_use.packs.regions


def test_many_threads_read_once_and_see_whole_versions(
    keeper: Keeper, packs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from yibao.policy import keeper as module

    read: list[int] = []
    load = module.load_packs

    def counted(**options: object) -> Packs:
        read.append(1)
        return load(**options)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "load_packs", counted)
    versions: set[str] = set()

    def work(number: int) -> None:
        if number == 20:
            change(packs, "quality: bronze", "quality: silver", "000000_national/pack.yaml")
        keeper.look(at=AT + timedelta(seconds=number), wait=number > 50)
        versions.add(keeper.in_use.packs.version)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(80)))
    looks(keeper, after=timedelta(minutes=5))
    assert len(read) == 2
    assert len(versions | {keeper.in_use.packs.version}) == 2
