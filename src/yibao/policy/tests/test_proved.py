"""Packs that were proved once answer as those that are proved now; whatever is wrong with their file is harmless."""

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from yibao.policy import Diagnostic, PackErrors, Packs, Proved, Severity, load, load_packs, load_texts, proved
from yibao.policy.explain import sentences
from yibao.policy.flat import flatten, rebuild
from yibao.policy.tests.making import DAY, FACTS, FILES, replaced, write

ROW = "500000_chongqing/refund.yaml"
LABEL = "label: 失业期间重复缴费"


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    return tmp_path / "home/cache/packs"


@pytest.fixture
def reading(tmp_path: Path, shelf: Path) -> Callable[..., Packs]:
    folder, words = write(folder=tmp_path, files=FILES)

    def read(**others: object) -> Packs:
        return load_packs(roots=[folder], vocabularies=words, **{"proved": Proved(shelf), **others})  # type: ignore[arg-type]

    return read


@pytest.fixture
def proofs(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows whenever packs are read and proved."""
    made: list[int] = []
    proving = load._load

    def counted(*arguments: object) -> Packs:
        made.append(1)
        return proving(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(load, "_load", counted)
    return made


def the_file(shelf: Path) -> Path:
    (file,) = shelf.iterdir()
    return file


def everything(packs: Packs) -> object:
    return flatten((packs.regions, packs.warnings))


def told(packs: Packs) -> list[str]:
    table = packs.regions["500000"].table("refund", "situation", on=DAY)
    return sentences(table.trace(FACTS), language="zh")


def test_what_was_proved_is_not_proved_again(reading: Callable[..., Packs], proofs: list[int]) -> None:
    first, second = reading(), reading()
    assert len(proofs) == 1
    assert everything(first) == everything(second)
    assert (first.version, first.folders, first.warnings) == (second.version, second.folders, second.warnings)


def test_both_decide_and_explain_alike(reading: Callable[..., Packs]) -> None:
    first, second = reading(), reading()
    for name in ("situation", "amount"):
        one, other = (packs.regions["500000"].table("refund", name, on=DAY) for packs in (first, second))
        assert one.decide(FACTS) == other.decide(FACTS)
    assert told(first) == told(second)


def test_stored_texts_are_replayed_to_the_same_version(reading: Callable[..., Packs]) -> None:
    reading()
    known = reading().regions["500000"]
    assert load_texts(texts=known.texts).regions["500000"].version == known.version


def test_what_a_line_is_told_by_stays_apart_from_an_equal_line() -> None:
    value = '{from: 2016-01-01, value: "1.00", source: cq}'
    one, other = (f"{{label: {label}, type: money, values: [{value}]}}" for label in "甲乙")
    both = f"domain: contribution\nparameters: {{a: {one}, b: {other}}}\n"
    files = {**FILES, "500000_chongqing/contribution.yaml": both}
    packs = load_texts(texts=files)
    series = rebuild(flatten(packs.regions))["500000"].series
    first, second = (series[name].find(DAY) for name in ("a", "b"))
    assert first == second
    assert first is not second


def test_where_the_packs_are_now_is_told(
    reading: Callable[..., Packs], tmp_path: Path, shelf: Path, proofs: list[int]
) -> None:
    reading()
    (tmp_path / "packs").rename(tmp_path / "moved")
    words = {path.stem: path for path in (tmp_path / "vocabulary").iterdir()}
    packs = load_packs(roots=[tmp_path / "moved"], vocabularies=words, proved=Proved(shelf))
    assert packs.folders["500000"] == tmp_path / "moved/500000_chongqing"
    assert len(proofs) == 1


@pytest.mark.parametrize("name", [ROW, "000000_national/sources.yaml", "500000_chongqing/pack.yaml"])
def test_a_text_that_changed_is_proved(
    reading: Callable[..., Packs], tmp_path: Path, proofs: list[int], name: str
) -> None:
    before = reading().regions["500000"].version
    path = tmp_path / "packs" / name
    path.write_text(path.read_text(encoding="utf-8") + "# 改\n", encoding="utf-8")
    assert reading().regions["500000"].version != before
    assert len(proofs) == 2


def test_words_that_changed_are_proved(reading: Callable[..., Packs], tmp_path: Path, proofs: list[int]) -> None:
    reading()
    path = tmp_path / "vocabulary/refund.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("label: 退费情形", "label: 情形"), encoding="utf-8")
    assert reading().regions["500000"].vocabularies["refund"].decisions["situation"].label == "情形"
    assert len(proofs) == 2


def test_other_code_proves_by_itself(reading: Callable[..., Packs], shelf: Path, proofs: list[int]) -> None:
    reading(proved=Proved(shelf, code="of yesterday"))
    reading()
    assert len(proofs) == 2


def test_packs_with_a_fault_never_load_and_are_never_kept(
    reading: Callable[..., Packs], tmp_path: Path, shelf: Path
) -> None:
    reading()
    path = tmp_path / "packs" / ROW
    path.write_text(replaced(ROW, "scheme: employee, overlap", "schme: employee, overlap")[ROW], encoding="utf-8")
    for _ in range(2):
        with pytest.raises(PackErrors, match="schme"):
            reading()
    assert the_file(shelf)


def test_a_text_that_cannot_be_read_is_told_though_the_rest_is_known(
    reading: Callable[..., Packs], tmp_path: Path
) -> None:
    reading()
    (tmp_path / "packs/500000_chongqing/more.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(PackErrors, match="not_utf8"):
        reading()


def test_what_else_is_asked_of_packs_is_asked_of_known_ones_too(reading: Callable[..., Packs]) -> None:
    reading()
    fault = Diagnostic("chain_unknown", Severity.ERROR, "链", "chain", "a", 1, 1)
    with pytest.raises(PackErrors, match="chain_unknown"):
        reading(also=lambda _: [fault])


def sealed(name: str, body: bytes) -> bytes:
    return hashlib.sha256(name.encode() + body).hexdigest().encode() + b"\n" + body


def body_of(name: str, content: bytes) -> dict[str, list[object]]:
    held: dict[str, list[object]] = json.loads(content.partition(b"\n")[2])
    return held


def with_groups(change: Callable[[list[object]], list[object]]) -> Callable[[str, bytes], bytes]:
    def spoilt(name: str, content: bytes) -> bytes:
        held = body_of(name, content)
        return sealed(name, json.dumps({**held, "groups": change(held["groups"])}).encode())

    return spoilt


SPOILT: dict[str, Callable[[str, bytes], bytes]] = {
    "empty": lambda name, content: b"",
    "cut off": lambda name, content: content[: len(content) // 2],
    "one byte": lambda name, content: content.replace("退费情形".encode(), "退费晴形".encode()),
    "no JSON": lambda name, content: sealed(name, b"\x80\x04K\x01."),
    "another JSON": lambda name, content: sealed(name, b"[1, 2]"),
    "nested without end": lambda name, content: sealed(name, b"[" * 200_000),
    "nothing in it": lambda name, content: sealed(name, b'{"texts": [], "groups": []}'),
    "another file's": lambda name, content: sealed("0.json", content.partition(b"\n")[2]),
    "a kind there is none of": with_groups(lambda groups: [*groups, [999, 1, [0]]]),
    "what comes later": with_groups(lambda groups: list(reversed(groups))),
    "parts are missing": with_groups(lambda groups: [[*group[:-1]] for group in groups]),  # type: ignore[index]
    "a part too short": with_groups(lambda groups: [[*group[:-1], [0]] for group in groups]),  # type: ignore[index]
    "only texts": with_groups(lambda groups: [[0, 1, [0], [0], [0]]]),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_file_that_is_wrong_is_passed_over_and_mended(
    reading: Callable[..., Packs], shelf: Path, proofs: list[int], how: str
) -> None:
    good = everything(reading())
    file = the_file(shelf)
    content = file.read_bytes()
    file.write_bytes(SPOILT[how](file.name, content))
    assert everything(reading()) == good
    assert file.read_bytes() == content
    assert len(proofs) == 2


def test_a_file_others_may_have_written_is_passed_over(
    reading: Callable[..., Packs], shelf: Path, proofs: list[int]
) -> None:
    reading()
    the_file(shelf).chmod(0o666)
    reading()
    assert len(proofs) == 2
    assert the_file(shelf).stat().st_mode & 0o777 == 0o600


def test_nothing_of_a_file_is_run_and_no_other_class_is_made() -> None:
    data = {"texts": ["touch /tmp/never"], "groups": [[99, 1, [0]]]}
    with pytest.raises(LookupError):
        rebuild(data)
    with pytest.raises(TypeError):
        flatten((os.system,))


def test_a_folder_that_cannot_be_made_keeps_nothing_and_stops_nobody(
    reading: Callable[..., Packs], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    assert reading(proved=Proved(tmp_path / "file/cache")).regions


def test_only_the_files_last_used_stay(
    reading: Callable[..., Packs], shelf: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proved, "MOST_FILES", 3)
    reading()
    first = the_file(shelf)
    for number in range(4):
        reading(proved=Proved(shelf, code=str(number)))
        os.utime(first, ns=(2**62, 2**62))
    assert len(list(shelf.iterdir())) == 3
    assert first.exists()


def test_many_write_at_once_and_nobody_reads_a_half(reading: Callable[..., Packs], shelf: Path) -> None:
    good = everything(reading())
    the_file(shelf).unlink()
    with ThreadPoolExecutor(8) as pool:
        assert [everything(packs) for packs in pool.map(lambda _: reading(), range(24))] == [good] * 24
    assert the_file(shelf)


SEVERAL = """
import sys
from pathlib import Path
from yibao.policy import Proved, load_packs
packs, words, shelf = map(Path, sys.argv[1:])
vocabularies = {path.stem: path for path in words.iterdir()}
for _ in range(3):
    print(load_packs(roots=[packs], vocabularies=vocabularies, proved=Proved(shelf)).version)
    for file in shelf.iterdir():
        file.unlink(missing_ok=True)
"""


def test_processes_that_write_and_delete_under_one_another_read_the_same(
    reading: Callable[..., Packs], tmp_path: Path, shelf: Path
) -> None:
    version = reading().version
    command = [sys.executable, "-c", SEVERAL, *map(str, (tmp_path / "packs", tmp_path / "vocabulary", shelf))]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for process in running:
        printed, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        assert printed.split() == [version] * 3


def test_days_and_whole_numbers_come_back_as_what_they_were() -> None:
    things = (True, 1, "1", None, date(2024, 2, 29), (), [], {}, {"a": [1, (2,)]}, -(2**70))
    back = rebuild(flatten(things))
    assert back == things
    assert [type(thing) for thing in back] == [type(thing) for thing in things]
