"""Sealing the whole record with another key while everybody goes on working.

Rows are read in slices, sealed anew outside any transaction, and written in short ones: each row only if it is still
as it was read, so that nothing a writer changed meanwhile is overwritten. What was sealed stays sealed: a run that is
killed is simply begun again, and finds what is left.
"""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, models, transaction

from yibao.store import crypto, keyring
from yibao.store.fields import BlindIndex, SealedText, spelled
from yibao.store.refusals import refuse

SLICE = 500
Told = Callable[[int], None]
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Sealed:
    """A table that holds sealed columns.

    Attributes:
        model: Its model.
        columns: The sealed columns.
        indexes: The blind indexes of some of them.
    """

    model: type[models.Model]
    columns: tuple[SealedText, ...]
    indexes: tuple[BlindIndex, ...]

    @property
    def name(self) -> str:
        """Return the table's name."""
        return self.model._meta.db_table


def tables() -> list[Sealed]:
    """Return every table with sealed columns, of the store and of every service."""
    found = []
    for model in sorted(apps.get_models(), key=lambda one: one._meta.db_table):
        fields = model._meta.concrete_fields
        columns = tuple(one for one in fields if isinstance(one, SealedText))
        if columns:
            found.append(Sealed(model, columns, tuple(one for one in fields if isinstance(one, BlindIndex))))
    return found


def counts() -> dict[int, int]:
    """Return how many values and files each version of the keys has sealed."""
    found: dict[int, int] = {}
    for table in tables():
        for column in table.columns:
            for version, count in _heads(table.name, column.column):
                found[version] = found.get(version, 0) + count
    for file in files():
        version = _version_of_file(file)
        found[version] = found.get(version, 0) + 1
    return found


def rotate(*, told: Told = lambda _done: None) -> int:
    """Seal everything with the newest key; searches by number find everybody meanwhile.

    Args:
        told: Called after each slice with how many values or files it held.

    Returns:
        How many rows and files were sealed anew; those another run or a writer had sealed already do not count.

    Raises:
        Refused: no_newer_key; make one first.
    """
    ring = crypto.ring()
    if ring.newest == 1:
        raise refuse("no_newer_key")
    keyring.use(folder=crypto.keys_dir(), version=ring.newest)
    done = 0
    for table in tables():
        for rows in _slices(table, ring.newest):
            done += _reseal(table, rows)
            told(sum(value is not None for row in rows for value in row[1 : 1 + len(table.columns)]))
        done += sum(_reseal(table, rows) for rows in _astray(table))
    for file in files():
        if _version_of_file(file) != ring.newest:
            done += _reseal_file(file)
            told(1)
    return done


def retire(version: int) -> None:
    """Take a key out of use for good; it is laid aside for the backups made under it.

    Writers wait while it is proven that nothing is sealed with it any more, and that everybody is found without it.

    Args:
        version: An older version.

    Raises:
        Refused: no_such_key, key_in_use, key_still_needed; nothing was changed.
    """
    ring = crypto.ring()
    if version not in (*ring.live, *ring.retired):
        raise refuse("no_such_key", str(version))
    if version >= ring.current:
        raise refuse("key_in_use", str(version))
    astray = sum(len(rows) for table in tables() for rows in _astray(table))
    with transaction.atomic():
        _stop_writers()
        left = counts().get(version, 0) + astray
        if left:
            raise refuse("key_still_needed", str(version), str(left))
        keyring.retire(folder=crypto.keys_dir(), version=version)


def files() -> Iterator[Path]:
    """Return every sealed file of the documents folder."""
    folder = Path(settings.YIBAO_DOCUMENTS_DIR)
    yield from (file for file in sorted(folder.glob("??/*")) if not file.name.startswith("."))


def _heads(table: str, column: str) -> Iterator[tuple[int, int]]:
    first = f"substr({column}, 1, 1)"
    whole = f"substr({column}, 1, {crypto.HEAD_BYTES})"
    with connection.cursor() as cursor:
        # A value of the first version is told by one byte; what follows it is different in every row.
        shown = f"CASE WHEN {first} = %s THEN {first} ELSE {whole} END"
        cursor.execute(
            f"SELECT head, count(*) FROM (SELECT {shown} AS head FROM {table} WHERE {column} IS NOT NULL) AS heads"
            " GROUP BY head",
            [crypto.head(1)],
        )
        rows = cursor.fetchall()
    for head, count in rows:
        yield crypto.version_of(bytes(head) + b"\x00") or 0, count


def _slices(table: Sealed, version: int) -> Iterator[list[Row]]:
    """Yield the rows that another key sealed."""
    other = " OR ".join(f"substr({column.column}, 1, {crypto.HEAD_BYTES}) <> %s" for column in table.columns)
    return _read(table, f"({other})", [crypto.head(version)] * len(table.columns))


def _astray(table: Sealed) -> Iterator[list[Row]]:
    """Yield the rows that are not found by what is sealed in them: the key changed while they were being written."""
    if not table.indexes:
        return
    for rows in _read(table, "1 = 1", []):
        yield [row for row in rows if _wanted(table, row) != list(row[1 + len(table.columns) :])]


def _read(table: Sealed, condition: str, values: list[Any]) -> Iterator[list[Row]]:
    """Yield rows by their key, in slices: the key, sealed values and blind indexes, as the database keeps them."""
    pk = table.model._meta.pk.column
    names = ", ".join([pk, *(one.column for one in (*table.columns, *table.indexes))])
    last: list[Any] = []
    while True:
        after = f"{pk} > %s AND" if last else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {names} FROM {table.name} WHERE {after} {condition} ORDER BY {pk} LIMIT {SLICE}",
                [*last, *values],
            )
            rows = cursor.fetchall()
        if not rows:
            return
        last = [rows[-1][0]]
        yield rows


def _reseal(table: Sealed, rows: list[Row]) -> int:
    names = [one.column for one in (*table.columns, *table.indexes)]
    same = " AND ".join(f"{column.column} IS NOT DISTINCT FROM %s" for column in table.columns)
    pk = table.model._meta.pk.column
    statement = f"UPDATE {table.name} SET {', '.join(f'{name} = %s' for name in names)} WHERE {pk} = %s AND {same}"
    written = [[*_anew(table, row), row[0], *row[1 : 1 + len(table.columns)]] for row in rows]
    done = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for values in written:
            cursor.execute(statement, values)
            done += cursor.rowcount
    return done


def _anew(table: Sealed, row: Row) -> list[Any]:
    """Return a row's sealed values and blind indexes under the key that seals now."""
    sealed: list[Any] = []
    for column, value in zip(table.columns, row[1:], strict=False):
        plain = _open(table, column, value)
        sealed.append(None if plain is None else crypto.seal(plain=plain, place=_place(table, column)))
    return [*sealed, *_wanted(table, row)]


def _wanted(table: Sealed, row: Row) -> list[str | None]:
    places = {column.name: (place, column) for place, column in enumerate(table.columns, 1)}
    found: list[str | None] = []
    for index in table.indexes:
        place, column = places[index.of]
        value = spelled((_open(table, column, row[place]) or b"").decode())
        found.append(crypto.blind_index(value=value, place=index.place()) if value else None)
    return found


def _open(table: Sealed, column: SealedText, value: Any) -> bytes | None:
    return None if value is None else crypto.unseal(sealed=bytes(value), place=_place(table, column))


def _place(table: Sealed, column: SealedText) -> str:
    return f"{table.name}.{column.column}"


def _reseal_file(file: Path) -> int:
    place = f"document/{file.name}"
    with suppress(FileNotFoundError):
        content = crypto.seal(plain=crypto.unseal(sealed=file.read_bytes(), place=place), place=place)
        draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(file)
        return 1
    return 0


def _version_of_file(file: Path) -> int:
    with suppress(FileNotFoundError), file.open("rb") as stream:
        return crypto.version_of(stream.read(crypto.HEAD_BYTES + 1)) or 0
    return crypto.ring().current


def _stop_writers() -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            names = ", ".join(table.name for table in tables())
            cursor.execute(f"LOCK TABLE {names} IN SHARE MODE")
