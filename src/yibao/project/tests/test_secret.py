"""The session secret is private and stable."""

import stat
from concurrent.futures import ThreadPoolExecutor

from yibao.project.secret import secret


def test_only_the_owner_can_read_the_key(tmp_path):
    secret(folder=tmp_path / "keys", name="session")
    assert stat.S_IMODE((tmp_path / "keys" / "session").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "keys").stat().st_mode) == 0o700


def test_a_second_start_reads_the_same_key(tmp_path):
    assert secret(folder=tmp_path, name="session") == secret(folder=tmp_path, name="session")


def test_two_starts_at_once_agree_on_one_key(tmp_path):
    def start(_: int) -> str:
        return secret(folder=tmp_path, name="session")

    with ThreadPoolExecutor(2) as pool:
        assert len(set(pool.map(start, range(2)))) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["session"]
