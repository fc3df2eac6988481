"""Turn one database address into Django's settings for SQLite or PostgreSQL."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# 16 MiB of pages for each connection: a filter that looks through 1,500 cases finds them there the next time.
SQLITE_START = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; PRAGMA cache_size=-16384"
SQLITE_WAIT_SECONDS = 20
# Statements that keep their values apart (`store.ready`) stay prepared with their connection. A pooler between us and
# the server that gives each transaction another connection would lose them: use the pool of the process instead.
PREPARED = {"prepare_threshold": 0}


class DatabaseAddressError(ImproperlyConfigured):
    """The address in YIBAO_DATABASE_URL names no database that can be used."""


def database(*, url: str, test_name: str, pool_size: int) -> Mapping[str, Any]:
    """Return the settings of the one database behind an address.

    Args:
        url: `sqlite:///path/to/file` or `postgres://user:password@host:port/name`.
        test_name: Name of the database tests make for themselves (SQLite: a file).
        pool_size: Most connections one process keeps to PostgreSQL; 0 keeps no pool.

    Returns:
        One entry for Django's `DATABASES`.

    Raises:
        DatabaseAddressError: The address is of another kind; correct YIBAO_DATABASE_URL.

    Examples:
        >>> entry = database(url="postgres://yibao@127.0.0.1:5432/city", test_name="t", pool_size=0)
        >>> entry["HOST"], entry["PORT"], entry["NAME"], entry["OPTIONS"]
        ('127.0.0.1', 5432, 'city', {'prepare_threshold': 0})
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(parts.path.removeprefix("/") if parts.path.startswith("//") else parts.path), test_name)
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.removeprefix("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": parts.port or "",
            "OPTIONS": PREPARED | ({"pool": {"min_size": 1, "max_size": pool_size}} if pool_size else {}),
            "TEST": {"NAME": test_name},
        }
    raise DatabaseAddressError(
        f"数据库地址“{parts.scheme}:…”不能识别，请把 YIBAO_DATABASE_URL 写成 sqlite:///文件 或 postgres://用户@主机:端口/库名。"
        f" The database address '{parts.scheme}:...' is of no known kind;"
        " write YIBAO_DATABASE_URL as sqlite:///file or postgres://user@host:port/name."
    )


def _sqlite(file: Path, test_name: str) -> Mapping[str, Any]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": file,
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": SQLITE_WAIT_SECONDS, "init_command": SQLITE_START},
        # A file, not memory: tests with two connections must meet the locks that users meet.
        "TEST": {"NAME": file.with_name(f"{test_name}.sqlite3")},
    }
