"""Speed of columns: the eleven-row table on DuckDB, beside SQL written by hand, OpenFisca-core and Spark."""

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

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
MILLION = 1_000_000


def figures() -> list[Figure]:
    """Return the figures of both sizes; the yardsticks take part in the same run."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(os.environ.get("YIBAO_BENCH_DATA", folder))
        place.mkdir(parents=True, exist_ok=True)
        return [figure for size in SIZES for figure in _of_size(place, size)] + [_variants(place), *_spark(place)]


def _run(what: str, folder: Path, rows: int) -> dict[str, float]:
    """Return what one measurement prints, taken in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.columns_run", what, str(folder), str(rows)]
    answer = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return json.loads(answer.stdout.splitlines()[-1])


def _of_size(folder: Path, rows: int) -> Iterator[Figure]:
    size = f"{rows // MILLION} M rows"
    times = _run("in_memory", folder, rows)
    hand = min(times["days"], times["months"])
    ours, speed = times["ours"], rows / MILLION
    by_days, by_months = (f"{speed / times[name]:.1f} ({name})" for name in ("days", "months"))
    beside = f"{speed / ours:.1f} M rows/s; by hand {by_days}, {by_months}"
    yield Figure(f"{size} in columns, beside SQL by hand", ours / hand, "×", 1 / BY_HAND_MIN, beside)
    yield Figure(
        f"{size}, facts checked first", times["checked"] / ours, "× more", None, "bounds, codes, missing facts"
    )
    yield _openfisca(folder, rows, times)
    if rows == max(SIZES):
        yield Figure(f"{size}, most memory", _run("memory", folder, rows)["peak"], "MiB", MEMORY_MIB_MAX)
        parquet = _run("from_parquet", folder, rows)
        told = f"{speed / parquet['ours']:.1f} M rows/s; by hand {speed / parquet['days']:.1f}"
        ratio = parquet["ours"] / parquet["days"]
        yield Figure(f"{size} straight from Parquet, beside SQL by hand", ratio, "×", PARQUET_MAX, told)


def _yardstick(program: str, *arguments: str) -> dict[str, float] | None:
    """Return what a yardstick prints, None where its environment was not made."""
    python = Path(os.environ.get("YIBAO_BENCH_PYTHON", YARDSTICKS))
    if not python.exists():
        return None
    command = [str(python), "-W", "ignore", str(HERE / program), *arguments]
    answer = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    return json.loads(answer.stdout.splitlines()[-1])


def _openfisca(folder: Path, rows: int, times: dict[str, float]) -> Figure:
    name = f"{rows // MILLION} M rows in columns, beside OpenFisca-core"
    found = _yardstick("openfisca_program.py", str(write_population(folder=folder, rows=rows)), _rates(folder))
    if found is None:
        return Figure(name, times["ours"], "s", None, "`make bench` installs OpenFisca-core")
    if found["total"] != times["total"]:
        raise AssertionError(f"OpenFisca refunds {found['total']}, columns {times['total']}")
    told = f"{found['seconds'] / times['ours']:.1f} × as fast; it {rows / MILLION / found['seconds']:.2f} M rows/s"
    return Figure(name, times["ours"] / found["seconds"], "×", 1 / OPENFISCA_MIN, told)


def _rates(folder: Path) -> str:
    path = folder / "rates.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["key", "from", "rate"])
        writer.writerows(rate_lines())
    return str(path)


def _variants(folder: Path) -> Figure:
    times = _run("variants", folder, VARIANT_ROWS)
    told = f"{VARIANT_ROWS / MILLION / times['many']:.1f} M rows/s; one {VARIANT_ROWS / MILLION / times['one']:.1f}"
    ratio = times["many"] / times["one"]
    return Figure("100 variants by threshold, beside one", ratio, "×", VARIANTS_MAX, told)


def _spark(folder: Path) -> list[Figure]:
    query = _run("spark_query", folder, SPARK_ROWS)
    (folder / "spark.json").write_text(json.dumps(query), encoding="utf-8")
    population = write_population(folder=folder, rows=SPARK_ROWS)
    found = _yardstick("spark_program.py", str(population), str(folder / "spark.json"))
    if found is None:
        return []
    speed = SPARK_ROWS / MILLION / found["seconds"]
    return [Figure("1 M rows in columns on Spark, two cores", found["seconds"], "s", None, f"{speed:.2f} M rows/s")]
