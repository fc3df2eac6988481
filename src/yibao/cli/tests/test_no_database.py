"""A command that needs the record says in a sentence that there is none, and what to do; it never ends in a trace."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


def run(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    own = {key: value for key, value in os.environ.items() if not key.startswith(("YIBAO_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-c", "from yibao.cli import main; main()", *arguments],
        env=own | {"YIBAO_HOME": str(home)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", ["demo make --persons 10", "ledger verify", "audit export record.json"])
def test_a_command_on_an_empty_database_says_to_migrate(tmp_path: Path, command: str) -> None:
    told = run(tmp_path, *command.split())
    assert told.returncode == 1
    assert "yibao manage migrate" in told.stderr
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize(
    ("address", "code", "words"),
    [("mysql://city", 2, "sqlite:///file"), ("sqlite:////no/such/folder/city.db", 1, "YIBAO_DATABASE_URL")],
)
def test_an_address_that_names_no_database_is_told(tmp_path: Path, address: str, code: int, words: str) -> None:
    told = run(tmp_path, "replay", "--all", YIBAO_DATABASE_URL=address)
    assert told.returncode == code
    assert words in told.stderr
    assert "Traceback" not in told.stderr
