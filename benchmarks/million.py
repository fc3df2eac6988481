"""A million open cases made from one, so that the work list can be timed as in a large city."""

from django.db import connection, transaction

from yibao.store.models import Case, CaseTurn

OPEN_CASES = 1_000_000
SPREAD_DAYS = 400
_SERIES = {
    "sqlite": "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < {many}) ",
    "postgresql": "WITH series AS (SELECT generate_series(1, {many}) AS n) ",
}
_DUE = {"sqlite": "date('2023-02-01', (n %% {days}) || ' days')", "postgresql": "DATE '2023-02-01' + n %% {days}"}


def fill(pattern: Case) -> None:
    """Copy a submitted case a million times, with deadlines over more than a year; its turns are copied with it.

    The copies have no actions and no papers: they stand in the list, and nobody opens them.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        turn = CaseTurn.objects.filter(case=pattern).get()
        _copy(cursor, "store_case", Case, pattern.pk, {"number": "'M' || n", "due_on": _due()})
        made = "SELECT id, due_on FROM store_case WHERE number LIKE 'M%%'"
        columns = "case_id, due_on, role, region, service"
        cursor.execute(
            f"INSERT INTO store_caseturn ({columns}) SELECT id, due_on, %s, %s, %s FROM ({made}) made",
            [turn.role, turn.region, turn.service],
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy(cursor: object, table: str, model: type[Case], pk: int, changed: dict[str, str]) -> None:
    names = [field.column for field in model._meta.concrete_fields if not field.primary_key]
    values = ", ".join(changed.get(name, f"pattern.{name}") for name in names)
    series = _SERIES[connection.vendor].format(many=OPEN_CASES)
    # Both engines read the series first and the one pattern row beside it.
    statement = f"INSERT INTO {table} ({', '.join(names)}) {series}SELECT {values} FROM series, {table} pattern"
    cursor.execute(f"{statement} WHERE pattern.id = %s", [pk])


def _due() -> str:
    return _DUE[connection.vendor].format(days=SPREAD_DAYS)
