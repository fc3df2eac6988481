"""Speed of the rules: a whole refund decision, loading and checking every pack."""

import json
import subprocess
import sys
from pathlib import Path

import yibao
from benchmarks.measure import Figure, median_seconds

ROOT = Path(__file__).resolve().parent.parent
COLD_LOAD = """
import time
start = time.perf_counter()
from yibao import services
services.packs()
print(time.perf_counter() - start)
"""


def figures() -> list[Figure]:
    """Return the figures of this module."""
    return [_whole_decision(), _cold_load()]


def _whole_decision() -> Figure:
    case = json.loads((ROOT / "docs/tutorial/case.json").read_text(encoding="utf-8"))
    spent = median_seconds(run=lambda: yibao.decide(case), times=500)
    return Figure("one refund, from case file to decision", spent * 1000, "ms", 1)


def _cold_load() -> Figure:
    command = [sys.executable, "-c", COLD_LOAD]
    spans = [float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(3)]
    return Figure("load and check every pack, cold", sorted(spans)[1], "s", 2)
