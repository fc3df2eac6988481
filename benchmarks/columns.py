"""Speed of columns: the eleven-row table on DuckDB, beside SQL written by hand, OpenFisca-core and Spark."""

import csv
import json
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.columns_by_hand import FORMS
from benchmarks.measure import Figure
from benchmarks.population import rate_lines, write_population

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
YARDSTICKS = ROOT / ".venv" / "bench" / "bin" / "python"
SIZES = (1_000_000, 10_000_000)
SPARK_ROWS = 1_000_000
VARIANT_ROWS = 1_000_000
BY_HAND_MIN = 0.77
OPENFISCA_MIN = 8
MEMORY_MIB_MAX = 2048
PARQUET_MAX = 1.5
VARIANTS_MAX = 1.2
LINEAR_MAX = 1.2
MILLION = 1_000_000


def figures() -> list[Figure]:
    """Return the figures of both sizes; the yardsticks take part in the same run."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(os.environ.get("YIBAO_BENCH_DATA", folder))
        place.mkdir(parents=True, exist_ok=True)
        taken = {size: _run("in_memory", place, size) for size in SIZES}
        sized = [figure for size in SIZES for figure in _of_size(place, size, taken[size])]
        return [*sized, _linear(taken), *_of_many(place), *_spark(place)]


def _run(what: str, folder: Path, rows: int) -> dict[str, float]:
    """Return what one measurement prints, taken in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.columns_run", what, str(folder), str(rows)]
    answer = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(answer.stdout.splitlines()[-1])


def _of_size(folder: Path, rows: int, times: dict[str, float]) -> Iterator[Figure]:
    size = f"{rows // MILLION} M rows"
    yield _by_hand(f"{size} in columns, speed of SQL by hand", times, rows, BY_HAND_MIN)
    more = times["checked"] / times["ours"]
    yield Figure(f"{size}, facts checked first", more, "× more", None, "bounds, codes, missing facts")
    yield _openfisca(folder, rows, times)
    if rows == max(SIZES):
        yield Figure(f"{size}, most memory", _run("memory", folder, rows)["peak"], "MiB", MEMORY_MIB_MAX)
        parquet = _run("from_parquet", folder, rows)
        yield _by_hand(f"{size} straight from Parquet, speed of SQL by hand", parquet, rows, 1 / PARQUET_MAX)


def _by_hand(name: str, times: dict[str, float], rows: int, least: float) -> Figure:
    """Return how fast columns are beside the fastest form written by hand."""
    best = min(FORMS, key=lambda form: times[form])
    speeds = ", ".join(f"{rows / MILLION / times[form]:.1f} ({form})" for form in FORMS)
    told = f"{rows / MILLION / times['ours']:.1f} M rows/s; by hand {speeds}"
    return Figure(name, times[best] / times["ours"], "×", None, told, least=round(least, 2))


def _linear(taken: dict[int, dict[str, float]]) -> Figure:
    few, many = (taken[size]["ours"] / size * MILLION for size in SIZES)
    told = f"{few * 1000:.0f} and {many * 1000:.0f} ms for a million rows of each"
    return Figure("time per row, the larger beside the smaller", many / few, "×", LINEAR_MAX, told)


def _yardstick(program: str, *arguments: str) -> dict[str, float] | None:
    """Return what a yardstick prints, None where its environment was not made."""
    python = Path(os.environ.get("YIBAO_BENCH_PYTHON", YARDSTICKS))
    if not python.exists():
        return None
    command = [str(python), "-W", "ignore", str(HERE / program), *arguments]
    answer = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return json.loads(answer.stdout.splitlines()[-1])


def _openfisca(folder: Path, rows: int, times: dict[str, float]) -> Figure:
    name = f"{rows // MILLION} M rows in columns, speed of OpenFisca-core"
    found = _yardstick("openfisca_program.py", str(write_population(folder=folder, rows=rows)), _rates(folder))
    if found is None:
        return Figure(name, times["ours"], "s", None, "`make bench` installs OpenFisca-core")
    if found["total"] != times["total"]:
        raise AssertionError(f"OpenFisca refunds {found['total']}, columns {times['total']}")
    told = f"OpenFisca-core {rows / MILLION / found['seconds']:.2f} M rows/s, the same total to the fen"
    return Figure(name, found["seconds"] / times["ours"], "×", None, told, least=OPENFISCA_MIN)


def _rates(folder: Path) -> str:
    path = folder / "rates.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "from", "rate"])
        writer.writerows(rate_lines())
    return str(path)


def _of_many(folder: Path) -> Iterator[Figure]:
    times = _run("variants", folder, VARIANT_ROWS) | _run("regions", folder, VARIANT_ROWS)
    speeds = {name: VARIANT_ROWS / MILLION / spent for name, spent in times.items()}
    told = f"{speeds['many']:.1f} M rows/s; one {speeds['one']:.1f}"
    yield Figure("100 variants by threshold, beside one", times["many"] / times["one"], "×", VARIANTS_MAX, told)
    told = f"{speeds['all']:.1f} M rows/s; ten {speeds['few']:.1f}"
    yield Figure("300 regions, beside ten", times["all"] / times["few"], "×", VARIANTS_MAX, told)


def _spark(folder: Path) -> list[Figure]:
    name = "1 M rows in columns on Spark, two cores"
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        return [Figure(name, math.nan, "s", None, "not measured: Spark needs Java 17")]
    query = _run("spark_query", folder, SPARK_ROWS)
    (folder / "spark.json").write_text(json.dumps(query), encoding="utf-8")
    population = write_population(folder=folder, rows=SPARK_ROWS)
    found = _yardstick("spark_program.py", str(population), str(folder / "spark.json"))
    if found is None:
        return []
    speed = SPARK_ROWS / MILLION / found["seconds"]
    return [Figure(name, found["seconds"], "s", None, f"{speed:.2f} M rows/s")]
