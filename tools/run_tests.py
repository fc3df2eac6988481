"""Run every test, on SQLite and then on PostgreSQL, and close with one count.

A skipped test counts as failed: whatever a test needs, `tools/machine.sh install` brings.
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
MACHINE = str(ROOT / "tools" / "machine.sh")


@dataclass(frozen=True, slots=True)
class Count:
    """How many tests passed and how many did not."""

    passed: int
    failed: int

    def __add__(self, other: "Count") -> "Count":
        return Count(self.passed + other.passed, self.failed + other.failed)


def read_report(*, report: Path, exit_code: int) -> Count:
    """Return the count of one session from its JUnit report.

    Args:
        report: The file pytest wrote; missing when pytest could not start.
        exit_code: What pytest returned; a failure that no test shows still counts as one.
    """
    if not report.exists():
        return Count(0, 1)
    suites = ElementTree.parse(report).getroot().findall(".//testsuite")
    numbers = [
        {key: int(suite.get(key, "0")) for key in ("tests", "failures", "errors", "skipped")} for suite in suites
    ]
    total = sum(suite["tests"] for suite in numbers)
    failed = sum(suite["failures"] + suite["errors"] + suite["skipped"] for suite in numbers)
    return Count(max(total - failed, 0), max(failed, 1 if exit_code else 0))


def session(*, name: str, environment: dict[str, str], arguments: list[str]) -> Count:
    """Run pytest once and return its count."""
    print(f"\n=== {name} ===", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={report}", *arguments]
        exit_code = subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode
        return read_report(report=report, exit_code=exit_code)


def main(arguments: list[str]) -> int:
    """Run both sessions; return 0 when nothing failed."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("YIBAO_")}
    parallel = ["-n", str(min(os.cpu_count() or 1, 8)), "--dist", "loadfile", "--no-loadscope-reorder"]
    already_running = subprocess.run([MACHINE, "running"], check=False).returncode == 0
    address = subprocess.run([MACHINE, "start"], check=True, stdout=subprocess.PIPE, text=True).stdout.strip()
    try:
        count = session(name="SQLite", environment=environment, arguments=[*parallel, *arguments])
        on_postgresql = environment | {"YIBAO_DATABASE_URL": address}
        count += session(
            name="PostgreSQL", environment=on_postgresql, arguments=["--only-database", *parallel, *arguments]
        )
    finally:
        if not already_running:
            subprocess.run([MACHINE, "stop"], check=False)
    print(f"\n{count.passed} passed, {count.failed} failed", flush=True)
    return 1 if count.failed else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
