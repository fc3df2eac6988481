"""The keys the record is sealed with, by version: files of 32 random bytes, and one file that says which are in use.

`record.key` and `index.key` are version 1, made on first use; version 2 is `record.2.key` and `index.2.key`.
`ring.json` names the version that seals now and those that may still be met; it is replaced as a whole, and every
process sees that it changed before it seals the next value. A retired key lies in `retired/`, for old backups.
"""

import json
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

KEY_BYTES = 32
NAMES = ("record", "index")
RETIRED = "retired"
_RING = "ring.json"
_Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Ring:
    """Which versions there are.

    Attributes:
        current: The version that seals now.
        live: Every version that opens, oldest first; those above `current` wait for their first use.
        retired: Versions that opened once.
    """

    current: int = 1
    live: tuple[int, ...] = (1,)
    retired: tuple[int, ...] = ()

    @property
    def newest(self) -> int:
        """Return the highest version that opens."""
        return max(self.live)


def ring(folder: Path) -> Ring:
    """Return the ring as it stands this moment; one look at a file, and a read where it changed.

    Args:
        folder: Where the keys lie.
    """
    try:
        found = (folder / _RING).stat()
    except FileNotFoundError:
        return Ring()
    return _read(folder, (found.st_ino, found.st_mtime_ns, found.st_size))


@cache
def _read(folder: Path, _stamp: _Stamp) -> Ring:
    told = json.loads((folder / _RING).read_text(encoding="utf-8"))
    return Ring(told["current"], tuple(told["live"]), tuple(told["retired"]))


def write(*, folder: Path, ring: Ring) -> None:
    """Replace the ring: a reader finds the old one or the new one, also after a power cut.

    Args:
        folder: Where the keys lie.
        ring: As it shall stand.
    """
    told = {"current": ring.current, "live": list(ring.live), "retired": list(ring.retired)}
    _draft(folder / _RING, json.dumps(told).encode()).replace(folder / _RING)
    _sync(folder)


def add(folder: Path) -> int:
    """Make the keys of the next version and return its number; nothing is sealed with it yet."""
    now = ring(folder)
    version = max(*now.live, *now.retired, 1) + 1
    for name in NAMES:
        key(folder=folder, name=name, version=version)
    write(folder=folder, ring=replace(now, live=(*now.live, version)))
    return version


def use(*, folder: Path, version: int) -> None:
    """Seal with a version from now on.

    Args:
        folder: Where the keys lie.
        version: One that is live.
    """
    write(folder=folder, ring=replace(ring(folder), current=version))


def retire(*, folder: Path, version: int) -> None:
    """Take a version off the ring and lay its keys into `retired/`; harmless when that was begun before.

    Args:
        folder: Where the keys lie.
        version: One that nothing is sealed with any more.
    """
    now = ring(folder)
    live = tuple(one for one in now.live if one != version)
    write(folder=folder, ring=replace(now, live=live, retired=tuple(sorted({*now.retired, version}))))
    (folder / RETIRED).mkdir(mode=0o700, exist_ok=True)
    for name in NAMES:
        with suppress(FileNotFoundError):
            file_of(folder=folder, name=name, version=version).replace(
                folder / RETIRED / file_of(folder=folder, name=name, version=version).name
            )
    _sync(folder)


def file_of(*, folder: Path, name: str, version: int = 1) -> Path:
    """Return where a key lies: the first version has no number in its name."""
    return folder / (f"{name}.key" if version == 1 else f"{name}.{version}.key")


def key(*, folder: Path, name: str, version: int = 1) -> bytes:
    """Return a key, made now where there is none; of several processes that make it at once, one wins.

    Args:
        folder: Where the keys lie; made where missing.
        name: record, index or audit.
        version: Its version.
    """
    file = file_of(folder=folder, name=name, version=version)
    if not file.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = _draft(file, secrets.token_bytes(KEY_BYTES))
        with suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
        _sync(folder)
    return file.read_bytes()


def _draft(file: Path, content: bytes) -> Path:
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    return draft


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
