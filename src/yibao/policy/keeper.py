"""Keeping packs in use while their texts change: a good change is taken up whole, a bad one is told and left."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock, Thread

from yibao.policy.diagnostics import Diagnostic, Findings, Mark, PackErrors, Severity
from yibao.policy.load import Packs, load_packs
from yibao.policy.proved import Proved

LOOK_EVERY = timedelta(seconds=2)

# What a file looks like from outside: path, last change, size, and which file it is.
_Stamp = tuple[tuple[str, int, int, int], ...]
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class InUse:
    """The version of the packs that decides now.

    Attributes:
        packs: all of them; never a part.
        since: when this process took them up, None until somebody told it the time.
        faults: every fault of the texts as they stand, empty while those are the texts in use.
        refused_at: when these faults were found.
    """

    packs: Packs
    since: datetime | None
    faults: tuple[Diagnostic, ...] = ()
    refused_at: datetime | None = None


class Keeper:
    """Holds the last good version of the packs of some folders; safe to use from many threads.

    Args:
        roots: folders whose sub-folders are packs.
        vocabularies: domain to its `facts.yaml`.
        also: what else must find nothing wrong with packs that are sound as rules.
        proved: where packs that were proved once are kept; without it they are proved in every process.

    Example:
        >>> Keeper(roots=[], vocabularies={}).in_use
        Traceback (most recent call last):
        yibao.policy.diagnostics.PackErrors: :1:1 error no_packs: 没有找到规则包： / no pack was found in
    """

    def __init__(
        self,
        *,
        roots: list[Path],
        vocabularies: Mapping[str, Path],
        also: Callable[[Packs], list[Diagnostic]] | None = None,
        proved: Proved | None = None,
    ) -> None:
        self._roots = roots
        self._proved = proved
        self._also = also
        self._vocabularies = dict(vocabularies)
        self._in_use: InUse | None = None
        self._first = Lock()
        self._looking = Lock()
        self._looked_at: datetime | None = None
        self._seen: _Stamp | None = None
        self._tried: _Stamp | None = None

    @property
    def in_use(self) -> InUse:
        """Return what is in use, read at the first call and kept.

        Raises:
            PackErrors: the texts have never been good while this process ran; every fault is named.
        """
        if self._in_use is None:
            with self._first:
                if self._in_use is None:
                    stamp = self._stamp()
                    packs = self._packs()
                    self._seen = self._tried = stamp
                    self._in_use = InUse(packs, None)
        return self._in_use

    def look(self, *, at: datetime, wait: bool = False) -> None:
        """Notice changed texts, at most every two seconds, and take them up when all of them are good.

        Texts are read when two looks one after the other find them the same, so that nothing is taken up in the
        middle of being written. Reading happens beside the work that goes on; whoever works meanwhile has the last
        good version.

        Args:
            at: now.
            wait: whether to return only when what was found has been read.

        Raises:
            PackErrors: there is no good version yet.
        """
        known = self.in_use
        if known.since is None:
            self._in_use = InUse(known.packs, at, known.faults, known.refused_at)
        soon = self._looked_at is not None and abs(at - self._looked_at) < LOOK_EVERY
        if soon or not self._looking.acquire(blocking=wait):
            return
        reader = None
        try:
            self._looked_at = at
            stamp = self._stamp()
            settled, self._seen = stamp == self._seen, stamp
            if settled and stamp != self._tried:
                reader = Thread(target=self._read, args=(stamp, at), name="packs", daemon=True)
        finally:
            if reader is None:
                self._looking.release()
        if reader is not None:
            reader.start()
            if wait:
                reader.join()

    def _read(self, stamp: _Stamp, at: datetime) -> None:
        """Read texts that have changed; take them up, or say why not. Ends with the looking free."""
        try:
            packs, faults = self._load()
            # What changed while it was read is read again at a later look.
            if self._stamp() == stamp:
                self._tried = stamp
                self._in_use = _after(self.in_use, packs, faults, at)
        finally:
            self._looking.release()

    def _packs(self) -> Packs:
        return load_packs(roots=self._roots, vocabularies=self._vocabularies, also=self._also, proved=self._proved)

    def _load(self) -> tuple[Packs | None, tuple[Diagnostic, ...]]:
        """Return the packs, or every fault of them."""
        try:
            return self._packs(), ()
        except PackErrors as errors:
            return None, tuple(one for one in errors.diagnostics if one.severity is Severity.ERROR)
        except Exception as error:
            # Whatever it was, those who work now go on with what was good.
            _log.exception("the packs cannot be read")
            findings = Findings()
            findings.error("unreadable", Mark(str(self._roots[0]), 1, 1), problem=type(error).__name__)
            return None, tuple(findings.items)

    def _stamp(self) -> _Stamp:
        files = [*self._vocabularies.values(), *(file for root in self._roots for file in _files(root))]
        return tuple(sorted(one for file in files for one in _look_at(file)))


def _after(known: InUse, packs: Packs | None, faults: tuple[Diagnostic, ...], at: datetime) -> InUse:
    """Return what is in use once texts were read, and log it."""
    if packs is None:
        told = "规则包有 %d 处错误，仍用版本 %s / the packs have %d faults, version %s goes on\n%s"
        count, version = len(faults), known.packs.version
        _log.error(told, count, version, count, version, "\n".join(map(str, faults)))
        return InUse(known.packs, known.since, faults, at)
    if packs.version == known.packs.version:
        return InUse(known.packs, known.since)
    _log.info("已读入规则包，版本 %s / packs taken up, version %s", packs.version, packs.version)
    return InUse(packs, at)


def _files(root: Path) -> Iterator[os.DirEntry[str]]:
    """Return the files that may decide anything, without opening one."""
    for pack in _within(root):
        if pack.is_dir() and not pack.name.startswith(("_", ".")):
            for entry in _within(pack):
                if entry.name == "params":
                    yield from _within(entry)
                elif entry.name.endswith(".yaml"):
                    yield entry


def _within(folder: os.PathLike[str]) -> list[os.DirEntry[str]]:
    try:
        return list(os.scandir(folder))
    except OSError:
        return []


def _look_at(file: os.PathLike[str]) -> Iterator[tuple[str, int, int, int]]:
    try:
        found = os.stat(file)
    except OSError:
        return
    yield os.fspath(file), found.st_mtime_ns, found.st_size, found.st_ino
