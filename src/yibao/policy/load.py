"""Loading packs: all of them or none, every fault of every pack told at once."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from yibao.policy import explain as explanation
from yibao.policy.advice import advise
from yibao.policy.check import Proofs, check_region
from yibao.policy.diagnostics import Diagnostic, Findings, Mark, PackErrors, UnknownRegion
from yibao.policy.folder import Pack, content_hash, folder_texts, read_pack
from yibao.policy.holes import check_holes, check_readings
from yibao.policy.level import Level, LevelReader
from yibao.policy.region import Region
from yibao.policy.resolve import Stack, join
from yibao.policy.source import read
from yibao.policy.terms import Vocabulary, read_vocabulary

if TYPE_CHECKING:
    from yibao.policy.proved import Proved

VOCABULARY = "vocabulary"
_PREFIXES = ((6, ""), (4, "00"), (2, "0000"))


@dataclass(frozen=True, slots=True)
class Packs:
    """Every region whose rules are known.

    Attributes:
        regions: by code.
        folders: code to the folder of the region's pack, for its case files; empty for stored texts.
        warnings: findings that do not keep a pack from loading.
    """

    regions: dict[str, Region]
    folders: dict[str, Path]
    warnings: tuple[Diagnostic, ...]

    @property
    def version(self) -> str:
        """Return 16 hex digits that change with any text of any region."""
        return content_hash({code: region.version for code, region in self.regions.items()})

    def region_for(self, code: str) -> Region:
        """Return the region whose rules hold at a place: its own, its city's or its province's.

        Args:
            code: six digits.

        Raises:
            UnknownRegion: nobody's; `known` lists the places there are.
        """
        for digits, rest in _PREFIXES:
            region = self.regions.get(code[:digits] + rest)
            if region is not None and len(code) == _PREFIXES[0][0]:
                return region
        raise UnknownRegion(code, self.regions)

    def explain(self, *, region: str, key: str, on: date, language: str = "zh") -> list[str]:
        """Return what is in force for a parameter or a row on a day, with file and line, in sentences.

        Args:
            region: six digits; county codes are taken to their pooling area.
            key: a parameter's name or label, `TABLE`, or `TABLE.ROW`.
            on: the day.
            language: `zh` or `en`.

        Raises:
            UnknownRegion: nobody knows the rules there.
            UnknownName: there is nothing of this name; `hint` says what could be meant.
            UnknownValue, NoRuleInForce: there is, but nothing of it is in force on that day.
        """
        return explanation.explain_key(region=self.region_for(region), key=key, on=on, language=language)


def load_packs(
    *,
    roots: Iterable[Path],
    vocabularies: Mapping[str, Path],
    also: Callable[[Packs], list[Diagnostic]] | None = None,
    proved: Proved | None = None,
) -> Packs:
    """Load every pack of some folders, or none where any has a fault.

    Args:
        roots: folders whose sub-folders are packs; names that begin with `_` or `.` are left out.
        vocabularies: domain to its `facts.yaml`.
        also: what else must find nothing wrong with packs that are sound as rules, such as their processes.
        proved: where packs that were proved once are kept; without it everything is read and proved.

    Raises:
        PackErrors: every fault of every pack, with file, line, column; keep what was loaded before.
    """
    findings = Findings()
    texts: dict[str, str] = {}
    folders: dict[str, Path] = {}
    roots = [Path(root) for root in roots]
    for root in roots:
        for folder in sorted(path for path in root.iterdir() if path.is_dir()) if root.is_dir() else []:
            if not folder.name.startswith(("_", ".")):
                folders[folder.name] = folder
                texts |= folder_texts(folder=folder, findings=findings)
    if not folders:
        findings.error("no_packs", Mark(", ".join(str(root) for root in roots), 1, 1), where=", ".join(map(str, roots)))
    words = {domain: path.read_bytes().decode("utf-8") for domain, path in vocabularies.items()}
    packs = _known_or_proved(texts, folders, words, findings, proved)
    faults = also(packs) if also is not None else []
    if faults:
        raise PackErrors([*faults, *packs.warnings])
    return packs


def load_texts(*, texts: Mapping[str, str]) -> Packs:
    """Load packs from the texts a region kept (`Region.texts`), as a stored version is replayed.

    Args:
        texts: path to text, vocabularies under `vocabulary/DOMAIN.yaml`.

    Raises:
        PackErrors: the texts are not those of packs that once loaded.
    """
    words = {Path(name).stem: text for name, text in texts.items() if name.startswith(f"{VOCABULARY}/")}
    files = {name: text for name, text in texts.items() if not name.startswith(f"{VOCABULARY}/")}
    return _load(files, {}, words, Findings())


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Hold the garbage collector: what is loaded stays, and looking it through again and again costs a third more."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


@_collector_paused()
def _known_or_proved(
    texts: dict[str, str],
    folders: dict[str, Path],
    words: dict[str, str],
    findings: Findings,
    proved: Proved | None,
) -> Packs:
    if proved is None or findings.items:
        return _load(texts, folders, words, findings)
    known = proved.find(texts=texts, words=words, folders=folders)
    if known is None:
        known = _load(texts, folders, words, findings)
        proved.keep(texts=texts, words=words, packs=known)
    return known


@_collector_paused()
def _load(texts: dict[str, str], folders: dict[str, Path], words: dict[str, str], findings: Findings) -> Packs:
    vocabularies = _vocabularies(words, findings)
    packs: dict[str, Pack] = {}
    for folder in sorted({name.partition("/")[0] for name in texts} | set(folders)):
        files = {name: text for name, text in texts.items() if name.startswith(f"{folder}/")}
        pack = read_pack(
            folder=folder, files=files, vocabularies=vocabularies, findings=findings, path=folders.get(folder)
        )
        if pack is None:
            continue
        if pack.code in packs:
            findings.error("duplicate_region", pack.mark, region=pack.code, where=packs[pack.code].folder)
        packs[pack.code] = pack
    levels: dict[str, Level] = {}
    for pack in packs.values():
        _level(pack, packs, levels, vocabularies, findings, ())
    proofs = Proofs()
    regions = {
        code: _region(level, vocabularies, words, proofs, findings) for code, level in levels.items() if code in packs
    }
    if findings.failed:
        raise PackErrors(findings.sorted())
    places = {code: pack.path for code, pack in packs.items() if pack.path is not None}
    return Packs(dict(sorted(regions.items())), places, tuple(findings.sorted()))


def _vocabularies(words: dict[str, str], findings: Findings) -> dict[str, Vocabulary]:
    found = {}
    for domain, text in words.items():
        node = read(text=text, file=f"{VOCABULARY}/{domain}.yaml", findings=findings)
        found[domain] = Vocabulary(domain) if node is None else read_vocabulary(node=node, findings=findings)
    return found


def _level(
    pack: Pack,
    packs: dict[str, Pack],
    levels: dict[str, Level],
    vocabularies: dict[str, Vocabulary],
    findings: Findings,
    below: tuple[str, ...],
) -> Level:
    """Return the level of a pack, reading those above it first."""
    if pack.code in levels:
        return levels[pack.code]
    above = None
    if pack.code in below:
        findings.error("parent_cycle", pack.mark, region=pack.code)
    elif pack.parent in packs:
        above = _level(packs[pack.parent], packs, levels, vocabularies, findings, (*below, pack.code))
    elif pack.parent:
        findings.error("unknown_parent", pack.mark, region=pack.parent, known=", ".join(packs))
    levels[pack.code] = LevelReader(pack, above, vocabularies, findings).read()
    return levels[pack.code]


def _region(
    level: Level, vocabularies: dict[str, Vocabulary], words: dict[str, str], proofs: Proofs, findings: Findings
) -> Region:
    chain = level.chain()
    texts = {name: text for part in chain for name, text in part.pack.texts.items()}
    texts |= {f"{VOCABULARY}/{domain}.yaml": text for domain, text in words.items()}
    stacks: dict[tuple[str, str], Stack] = {}
    marks: dict[tuple[str, str], Mark] = {}
    for domain, vocabulary in vocabularies.items():
        for name in vocabulary.decisions:
            layers = [part.layers[domain, name] for part in chain if (domain, name) in part.layers]
            if layers:
                stacks[domain, name] = join(layers=layers, findings=findings)
                marks[domain, name] = layers[-1].mark
    pack = level.pack
    region = Region(
        code=pack.code,
        name=pack.name,
        en=pack.en,
        kind=pack.kind,
        chain=tuple(part.pack.code for part in chain),
        quality=pack.quality,
        checked_on=pack.checked_on,
        version=content_hash(texts),
        texts=texts,
        vocabularies=vocabularies,
        sources=level.sources,
        series=level.series,
        stacks=stacks,
        named=level.named,
        settings=level.settings,
    )
    if chain[0].pack.parent:
        return region
    check_region(region=region, marks=marks, proofs=proofs, findings=findings)
    check_holes(region=region, reads=proofs.reads_all, findings=findings)
    check_readings(region=region, mark=pack.mark, findings=findings)
    advise(region=region, findings=findings)
    return region
