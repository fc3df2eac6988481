"""Speed of the rules: a whole refund decision, loading and checking every pack, and what more rows and values cost."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

import yibao
from benchmarks.measure import Figure, median_seconds
from benchmarks.population import measured_packs, packs_of_rows, table_words
from yibao.policy import load_packs

ROOT = Path(__file__).resolve().parent.parent
COLD_LOAD = """
import time
start = time.perf_counter()
from yibao import services
services.packs()
print(time.perf_counter() - start)
"""
FEW, MANY, UNIT = 20, 220, 200
VALUES = 3000
LOAD_MS_MAX = 5
COLD_SECONDS_MAX = 5
ROUNDS = 3


def figures() -> list[Figure]:
    """Return the figures of this module."""
    return [_whole_decision(), _cold_load(), _more_rows(), _more_values()]


def _whole_decision() -> Figure:
    case = json.loads((ROOT / "docs/tutorial/case.json").read_text(encoding="utf-8"))
    spent = median_seconds(run=lambda: yibao.decide(case), times=500)
    return Figure("one refund, from case file to decision", spent * 1000, "ms", 1)


def _cold_load() -> Figure:
    command = [sys.executable, "-c", COLD_LOAD]
    spans = [float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(ROUNDS)]
    return Figure("load and check every pack, in a new process", sorted(spans)[1], "s", COLD_SECONDS_MAX)


def _spent(packs: Path) -> float:
    spans = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        load_packs(roots=[packs], vocabularies=table_words())
        spans.append(time.perf_counter() - start)
    return min(spans)


def _more_rows() -> Figure:
    with tempfile.TemporaryDirectory() as place:
        few, many = (packs_of_rows(folder=Path(place), rows=rows) for rows in (FEW, MANY))
        spent, parsing = ((measure(many) - measure(few)) * 1000 for measure in (_spent, _parsing))
    told = f"read, typed, proved against one another; YAML's C parser alone takes {parsing:.1f} ms for these rows"
    return Figure("200 rows more in a table, loaded and checked", spent, "ms", None, told)


def _parsing(packs: Path) -> float:
    texts = [path.read_text(encoding="utf-8") for path in packs.rglob("*.yaml")]

    def parse() -> None:
        for text in texts:
            for _ in yaml.parse(text, Loader=yaml.CSafeLoader):
                pass

    return median_seconds(run=parse, times=ROUNDS)


def _more_values() -> Figure:
    with tempfile.TemporaryDirectory() as place:
        measured_packs(folder=Path(place))
        full = _spent(Path(place) / "packs")
        none = _spent(packs_of_rows(folder=Path(place), rows=0))
    told = f"of {VALUES}, each with its days and source"
    spent = (full - none) / VALUES * UNIT * 1000
    return Figure("200 dated values more, loaded and checked", spent, "ms", LOAD_MS_MAX, told)
