"""Speed of the rules: a whole refund decision, loading and checking every pack, and what more rows and values cost."""

import json
import os
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from unittest.mock import patch

import yaml

import yibao
from benchmarks.measure import Figure, median_seconds
from benchmarks.population import measured_packs, packs_of_rows, table_words
from yibao.policy import Proved, load_packs, to_python

ROOT = Path(__file__).resolve().parent.parent
LOAD = """
import time
start = time.perf_counter()
from yibao import services
services.packs()
print(time.perf_counter() - start)
"""
FEW, MANY, UNIT = 20, 220, 200
VALUES = 3000
DAY = date(2022, 6, 15)
LOAD_MS_MAX = 5
COLD_SECONDS_MAX = 5
ROUNDS = 3


def figures() -> list[Figure]:
    """Return the figures of this module."""
    return [_whole_decision(), _cold_load(), _warm_load(), *_more_rows(), *_more_values()]


def _whole_decision() -> Figure:
    case = json.loads((ROOT / "docs/tutorial/case.json").read_text(encoding="utf-8"))
    spent = median_seconds(run=lambda: yibao.decide(case), times=500)
    return Figure("one refund, from case file to decision", spent * 1000, "ms", 1)


def _cold_load() -> Figure:
    with tempfile.TemporaryDirectory() as home:
        spans = [_in_new_process(Path(home) / str(number)) for number in range(ROUNDS)]
    return Figure("cold: read and prove every pack, in a new process", sorted(spans)[1], "s", COLD_SECONDS_MAX)


def _warm_load() -> Figure:
    with tempfile.TemporaryDirectory() as home:
        cold, *spans = [_in_new_process(Path(home)) for _ in range(ROUNDS + 1)]
    told = f"proved before and kept in a file, which the first process wrote in {cold:.2f} s"
    return Figure("warm: load every pack, in a new process", sorted(spans)[1], "s", None, told)


def _in_new_process(home: Path) -> float:
    command, environment = [sys.executable, "-c", LOAD], {**os.environ, "YIBAO_HOME": str(home)}
    printed = subprocess.run(command, check=True, capture_output=True, text=True, env=environment)
    return float(printed.stdout)


def _spent(packs: Path, proved: Proved | None = None) -> float:
    spans = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        load_packs(roots=[packs], vocabularies=table_words(), proved=proved)
        spans.append(time.perf_counter() - start)
    return min(spans)


def _spent_warm(packs: Path) -> float:
    with tempfile.TemporaryDirectory() as place:
        proved = Proved(Path(place))
        load_packs(roots=[packs], vocabularies=table_words(), proved=proved)
        return _spent(packs, proved)


def _spent_unproved(packs: Path) -> float:
    with patch("yibao.policy.load.check_region"):
        return _spent(packs)


def _first_asked(packs: Path) -> float:
    spans = []
    for _ in range(ROUNDS):
        region = load_packs(roots=[packs], vocabularies=table_words()).regions["000000"]
        to_python._PROGRAMS.clear()
        start = time.perf_counter()
        region.table("refund", "refund", on=DAY)
        spans.append(time.perf_counter() - start)
    return min(spans)


def _more_rows() -> list[Figure]:
    with tempfile.TemporaryDirectory() as place:
        few, many = (packs_of_rows(folder=Path(place), rows=rows) for rows in (FEW, MANY))
        ways = (_spent, _spent_unproved, _spent_warm, _first_asked, _parsing)
        proved, read, warm, asked, parsing = ((measure(many) - measure(few)) * 1000 for measure in ways)
    told = f"YAML's C parser alone takes {parsing:.1f} ms for these rows"
    return [
        Figure("cold: 200 rows more in a table, read and proved", proved, "ms", None, told),
        Figure("cold: the same without the proof", read, "ms", None, told),
        Figure("warm: 200 rows more, proved before", warm, "ms", LOAD_MS_MAX, "every row made, none left for later"),
        Figure("200 rows more, compiled when the table is first asked", asked, "ms", None, "the same, cold or warm"),
    ]


def _parsing(packs: Path) -> float:
    texts = [path.read_text(encoding="utf-8") for path in packs.rglob("*.yaml")]

    def parse() -> None:
        for text in texts:
            for _ in yaml.parse(text, Loader=yaml.CSafeLoader):
                pass

    return median_seconds(run=parse, times=ROUNDS)


def _more_values() -> list[Figure]:
    with tempfile.TemporaryDirectory() as place:
        measured_packs(folder=Path(place))
        full, none = Path(place) / "packs", packs_of_rows(folder=Path(place), rows=0)
        cold, warm = ((measure(full) - measure(none)) / VALUES * UNIT * 1000 for measure in (_spent, _spent_warm))
    told = f"of {VALUES}, each with its days and source"
    return [
        Figure("cold: 200 dated values more, read and checked", cold, "ms", LOAD_MS_MAX, told),
        Figure("warm: the same", warm, "ms", LOAD_MS_MAX, told),
    ]
