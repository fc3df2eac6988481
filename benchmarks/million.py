"""A million open cases copied from a few, so that the work list can be timed as in a large city.

The copies have no papers and no actions: they stand in the list, and nobody opens them. They differ in what the list
can be narrowed by: deadline, district, amount, who has taken them, and by which channel they came.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction

from yibao.services.refund.models import RefundRequest
from yibao.store.models import Case, CaseTurn

OPEN_CASES = 1_000_000
SPREAD_DAYS = 397
DISTRICTS = 37
AMOUNTS = 999_983
# One case in ten is taken, those of the reader are a few hundred; one in a hundred came in at the window.
TAKEN = 10
OWN = 5000
WINDOW = 100
_SERIES = {
    "sqlite": "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {many}) ",
    "postgresql": "WITH series AS (SELECT generate_series(1, {many}) AS n) ",
}
_DUE = {"sqlite": "date('2023-02-01', (n % {days}) || ' days')", "postgresql": "DATE '2023-02-01' + n % {days}"}
# What a writer that copies what is right already need not prove again.
_UNCHECKED = {
    "sqlite": ("PRAGMA foreign_keys = OFF", "PRAGMA cache_size = -200000", "PRAGMA synchronous = OFF"),
    "postgresql": ("SET session_replication_role = replica", "SET synchronous_commit = off"),
}
_CHECKED = {
    "sqlite": ("PRAGMA foreign_keys = ON", "PRAGMA cache_size = -16384", "PRAGMA synchronous = FULL"),
    "postgresql": ("RESET session_replication_role", "RESET synchronous_commit"),
}


def fill(patterns: Sequence[Case], *, holders: tuple[int, int], many: int = OPEN_CASES) -> None:
    """Copy open cases, in equal parts, until so many stand beside them; their turns are copied with them.

    Args:
        patterns: Cases of this service, each in a state of its own.
        holders: Logins of who has taken some of them: the first a few hundred, the second one in ten.
        many: How many copies.
    """
    with _unchecked(), transaction.atomic(), connection.cursor() as cursor:
        for place, pattern in enumerate(patterns):
            _copies(cursor, pattern, prefix=f"M{place}-", holders=holders, many=many // len(patterns))
    with connection.cursor() as cursor:
        # PostgreSQL cleans up by itself within minutes; before that the first to read a page would pay for it.
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _copies(cursor: Any, pattern: Case, *, prefix: str, holders: tuple[int, int], many: int) -> None:
    last = Case.objects.latest("pk").pk
    reader, colleague = holders
    changed = {
        "number": f"'{prefix}' || n",
        "due_on": _DUE[connection.vendor].format(days=SPREAD_DAYS),
        "region": f"'5001' || (11 + n % {DISTRICTS})",
        "amount_fen": f"1 + (n * 7919) % {AMOUNTS}",
        "holder_id": f"CASE WHEN n % {OWN} = 0 THEN {reader} WHEN n % {TAKEN} = 1 THEN {colleague} END",
    }
    series = _SERIES[connection.vendor].format(many=many)
    _insert(cursor, Case, changed, f"series, {Case._meta.db_table} pattern WHERE pattern.id = {pattern.pk}", series)
    made = f"{Case._meta.db_table} made WHERE made.id > {last} AND pattern.case_id = {pattern.pk}"
    carried = ("region", "due_on", "number", "level", "amount_fen", "holder_id")
    own = {"case_id": "made.id", **{name: f"made.{name}" for name in carried}}
    _insert(cursor, CaseTurn, own, f"{CaseTurn._meta.db_table} pattern, {made}")
    channel = {"case_id": "made.id", "channel": f"CASE made.id % {WINDOW} WHEN 0 THEN 'window' ELSE 'app' END"}
    _insert(cursor, RefundRequest, channel, f"{RefundRequest._meta.db_table} pattern, {made}")


def _insert(cursor: Any, model: type[models.Model], changed: Mapping[str, str], source: str, series: str = "") -> None:
    names = [field.column for field in model._meta.concrete_fields if field.column != "id"]
    values = ", ".join(changed.get(name, f"pattern.{name}") for name in names)
    statement = f"{series}INSERT INTO {model._meta.db_table} ({', '.join(names)}) SELECT {values} FROM {source}"
    cursor.execute(statement)


@contextmanager
def _unchecked() -> Iterator[None]:
    """Let the database take over copies of what is right without proving each again."""
    with connection.cursor() as cursor:
        for statement in _UNCHECKED[connection.vendor]:
            cursor.execute(statement)
        try:
            yield
        finally:
            for statement in _CHECKED[connection.vendor]:
                cursor.execute(statement)
