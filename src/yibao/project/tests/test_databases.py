"""The database is set up the way the ledger relies on."""

import sqlite3
from contextlib import closing

import pytest
from django.db import connection

from yibao.project.databases import DatabaseAddressError, database


def pragma(name: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return cursor.fetchone()[0]


def test_money_is_safe_when_the_power_fails(tmp_path):
    entry = database(url=f"sqlite:////{tmp_path}/x.sqlite3", test_name="t", pool_size=8)
    with closing(sqlite3.connect(entry["NAME"])) as opened:
        opened.executescript(entry["OPTIONS"]["init_command"])
        told = [opened.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")]
    assert told == ["wal", 2]


@pytest.mark.django_db
def test_a_connection_is_opened_as_the_settings_say():
    if connection.vendor == "sqlite":
        assert (pragma("journal_mode"), pragma("foreign_keys")) == ("wal", 1)
    else:
        with connection.cursor() as cursor:
            cursor.execute("SHOW default_transaction_isolation")
            assert cursor.fetchone()[0] == "read committed"


def test_sqlite_takes_its_lock_when_a_transaction_begins():
    entry = database(url="sqlite:////tmp/x.sqlite3", test_name="t", pool_size=8)
    assert entry["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert str(entry["NAME"]) == "/tmp/x.sqlite3"


def test_postgresql_keeps_a_pool_of_the_given_size():
    entry = database(url="postgres://a:b%20c@h:5/n", test_name="t", pool_size=8)
    assert entry["OPTIONS"] == {"prepare_threshold": 0, "pool": {"min_size": 1, "max_size": 8}}
    assert (entry["USER"], entry["PASSWORD"]) == ("a", "b c")


def test_an_address_of_another_kind_is_refused_in_both_languages():
    with pytest.raises(DatabaseAddressError, match=r"YIBAO_DATABASE_URL.*write YIBAO_DATABASE_URL"):
        database(url="mysql://x", test_name="t", pool_size=0)
