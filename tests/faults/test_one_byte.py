"""One byte of the stored file is changed behind the system's back: the proof fails and says where."""

import shutil
import sqlite3
from pathlib import Path

import pytest

CHANGED = {
    "the key of a posting": ("ledger", "SELECT key FROM store_journaltransaction ORDER BY id LIMIT 1"),
    "the hash of a posting": ("ledger", "SELECT content_hash FROM store_journaltransaction ORDER BY id DESC LIMIT 1"),
    "what was done": ("audit", "SELECT data FROM store_caseaction WHERE data LIKE '%payment_proof%' LIMIT 1"),
    "the hash of an action": ("audit", "SELECT hash FROM store_caseaction ORDER BY id LIMIT 1"),
    "the evidence seen": ("audit", "SELECT evidence_hash FROM store_caseaction WHERE kind = 'attach' LIMIT 1"),
}


@pytest.fixture
def copy(on_a_file, tmp_path):
    """The installation once more, in a folder that may be spoilt."""
    with sqlite3.connect(on_a_file.home / "yibao.sqlite3") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return type(on_a_file)(Path(shutil.copytree(on_a_file.home, tmp_path / "home")))


def test_nothing_changed_is_proven(copy):
    assert [copy.yibao(what, "verify").returncode for what in ("ledger", "audit")] == [0, 0]


@pytest.mark.parametrize("name", CHANGED)
def test_a_changed_byte_is_told(copy, name):
    what, query = CHANGED[name]
    file = copy.home / "yibao.sqlite3"
    with sqlite3.connect(file) as database:
        stored = database.execute(query).fetchone()[0].encode()
    spoil(file, stored)
    proof = copy.yibao(what, "verify")
    assert proof.returncode == 1
    assert "✗" in proof.stderr
    assert "Traceback" not in proof.stderr


def spoil(file: Path, stored: bytes) -> None:
    """Change the last letter or digit of a stored text, wherever the file holds it."""
    whole = file.read_bytes()
    assert stored in whole
    place = max(at for at, one in enumerate(stored) if chr(one).isalnum())
    changed = bytearray(stored)
    changed[place] ^= 1
    file.write_bytes(whole.replace(stored, bytes(changed)))


def test_a_fen_moved_by_somebody_with_the_file_is_told(copy):
    with sqlite3.connect(copy.home / "yibao.sqlite3") as database:
        for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            database.execute(f'DROP TRIGGER "{name}"')
        database.execute("UPDATE store_entry SET amount_fen = amount_fen + 1 WHERE id = 1")
    proof = copy.yibao("ledger", "verify")
    assert proof.returncode == 1
    assert "✗" in proof.stderr
