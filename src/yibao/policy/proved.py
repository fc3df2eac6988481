"""Packs that were proved once, kept in files: what neither texts nor code have changed since is not proved again.

A file is plain numbers and texts; nothing in it is run. It is named after all texts the packs are made of and the code
that read them, so that it is never out of date. Whatever is wrong with one, the packs are read and proved as if there
were none.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import platform
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import yaml
from holidays.version import __version__ as holidays_version

from yibao.policy.flat import flatten, rebuild
from yibao.policy.folder import digest
from yibao.policy.load import Packs

MOST_FILES = 32
_PACKAGE = Path(__file__).resolve().parent.parent
_PROVING = ("kernel", "policy")
_log = logging.getLogger(__name__)


def _code() -> str:
    """Return the mark of the code that reads and proves packs, and of what it stands on."""
    files = {
        path.relative_to(_PACKAGE).as_posix(): path.read_text(encoding="utf-8")
        for name in _PROVING
        for path in (_PACKAGE / name).rglob("*.py")
        if "tests" not in path.parts
    }
    stands_on = {"python": platform.python_version(), "yaml": yaml.__version__, "holidays": holidays_version}
    return digest(files | stands_on)


# Taken when the code is loaded: later its files may be those of another version, which this process does not run.
CODE = _code()


class Proved:
    """A folder of files; any number of processes may use it at once.

    Args:
        folder: made where it is missing; a folder that cannot be written keeps nothing.
        code: the mark of the code that proves.

    Example:
        >>> with tempfile.TemporaryDirectory() as place:
        ...     Proved(Path(place)).find(texts={}, words={}, folders={}) is None
        True
    """

    def __init__(self, folder: Path, *, code: str = CODE) -> None:
        self.folder = folder
        self.code = code

    def find(self, *, texts: Mapping[str, str], words: Mapping[str, str], folders: Mapping[str, Path]) -> Packs | None:
        """Return the packs made of some texts, None where they are not known to be proved.

        Args:
            texts: path to text, of the packs.
            words: domain to text, of the vocabularies.
            folders: name of a pack's folder to where it is now.
        """
        name = self._name(texts, words)
        path = self.folder / name
        try:
            if not _own(path):
                return None
            regions, places, warnings = rebuild(_opened(path.read_bytes(), name), given=_given(texts, words))
            os.utime(path)
            return Packs(regions, {code: folders[place] for code, place in places.items()}, warnings)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
            _log.warning("proved packs cannot be read, they are proved anew: %s", type(error).__name__)
            return None

    def keep(self, *, texts: Mapping[str, str], words: Mapping[str, str], packs: Packs) -> None:
        """Keep packs without fault; where that cannot be done they are proved again next time.

        Args:
            texts: path to text, of the packs.
            words: domain to text, of the vocabularies.
            packs: made of them.
        """
        places = {code: folder.name for code, folder in packs.folders.items()}
        name = self._name(texts, words)
        try:
            flat = flatten((packs.regions, places, packs.warnings), given=_given(texts, words))
            body = json.dumps(flat, ensure_ascii=False, separators=(",", ":")).encode()
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            _put(self.folder / name, _seal(body, name) + b"\n" + body)
            self._forget()
        except (OSError, ValueError, TypeError) as error:
            _log.warning("proved packs cannot be kept: %s", type(error).__name__)

    def _name(self, texts: Mapping[str, str], words: Mapping[str, str]) -> str:
        parts = {f"texts/{name}": text for name, text in texts.items()}
        parts |= {f"words/{name}": text for name, text in words.items()}
        return f"{digest(parts | {'code': self.code})}.json"

    def _forget(self) -> None:
        """Delete the files longest not used, so that only some stay."""
        with suppress(FileNotFoundError):
            files = sorted(os.scandir(self.folder), key=lambda file: file.stat().st_mtime_ns, reverse=True)
            for file in files[MOST_FILES:]:
                os.unlink(file)


def _given(texts: Mapping[str, str], words: Mapping[str, str]) -> Iterable[str]:
    """Return the texts themselves in a fixed order; they are read from the packs and stand in no file twice."""
    return [*(texts[name] for name in sorted(texts)), *(words[name] for name in sorted(words))]


def _seal(body: bytes, name: str) -> bytes:
    return hashlib.sha256(name.encode() + body).hexdigest().encode()


def _opened(content: bytes, name: str) -> dict[str, list[object]]:
    """Return what a file holds.

    Raises:
        ValueError: it is not as it was written, or was written under another name.
    """
    seal, _, body = content.partition(b"\n")
    if seal != _seal(body, name):
        raise ValueError("not as it was written")
    held: dict[str, list[object]] = json.loads(body)
    return held


def _own(path: Path) -> bool:
    """Return whether nobody but this user can have written a file."""
    found = path.stat()
    return found.st_uid == os.geteuid() and not found.st_mode & 0o022


def _put(path: Path, content: bytes) -> None:
    """Write a file so that others see all of it or none."""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as file:
        try:
            file.write(content)
            file.close()
            os.replace(file.name, path)
        except OSError:
            Path(file.name).unlink(missing_ok=True)
            raise
