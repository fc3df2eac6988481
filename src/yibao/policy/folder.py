"""A pack as its files: read once, kept as texts for the content hash, and as nodes for the readers."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from collections.abc import Mapping as Texts
from dataclasses import dataclass, field
from pathlib import Path

from yibao.policy.diagnostics import Findings, Mark, suggest
from yibao.policy.documents import Source, read_documents
from yibao.policy.shape import entries, needed, texts, word
from yibao.policy.source import Mapping, Node, read

NATION = "nation"
KINDS = (NATION, "province", "pooling", "county")
QUALITIES = ("bronze", "silver", "gold")
PACK_KEYS = (
    "code", "name", "en", "parent", "kind", "schemes", "quality", "checked_on", "maintainers", "note",
)  # fmt: skip
DOMAIN_KEYS = ("domain", "facts", "tables", "settings", "parameters", "note")
_MEANT = {
    "国家": "nation", "全国": "nation", "省": "province", "自治区": "province", "直辖市": "province", "市": "pooling",
    "统筹区": "pooling", "地级市": "pooling", "区": "county", "县": "county", "区县": "county", "铜级": "bronze",
    "银级": "silver", "金级": "gold",
}  # fmt: skip
_CODE = re.compile(r"[0-9]{6}")
MANIFEST, DOCUMENTS = "pack.yaml", "sources.yaml"


@dataclass(slots=True)
class Pack:
    """One region's pack as it is written.

    Attributes:
        folder: name of the folder.
        code: six digits.
        name: in Chinese.
        en: in English.
        kind: nation, province, pooling or county.
        parent: code of the level above, empty for the nation.
        quality: bronze, silver or gold.
        checked_on: when somebody last looked, as written.
        texts: path to text of all files that decide anything.
        domains: domain to document.
        csv: name of a parameter to the text of its mass values and their path.
        sources: own documents by id.
        mark: of the manifest.
        path: where the folder is, None for a pack taken from stored texts.
    """

    folder: str
    code: str
    name: str
    en: str
    kind: str
    parent: str
    quality: str
    checked_on: str
    texts: dict[str, str]
    mark: Mark
    path: Path | None = None
    domains: dict[str, Mapping] = field(default_factory=dict)
    csv: dict[str, tuple[str, str]] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)


def folder_texts(*, folder: Path, findings: Findings) -> dict[str, str]:
    """Return the texts of a pack's folder that decide anything, by path from the folder's parent."""
    found = {}
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("params/*.csv")]):
        name = path.relative_to(folder.parent).as_posix()
        try:
            found[name] = path.read_bytes().decode("utf-8").removeprefix("\ufeff")
        except UnicodeDecodeError:
            findings.error("not_utf8", Mark(name, 1, 1))
        except OSError as error:
            findings.error("unreadable", Mark(name, 1, 1), problem=type(error).__name__)
    return found


def read_pack(
    *, folder: str, files: Texts[str, str], vocabularies: Iterable[str], findings: Findings, path: Path | None = None
) -> Pack | None:
    """Return a pack from its texts, or None where its manifest cannot be read.

    Args:
        folder: name of its folder.
        files: path (from the folder's parent) to text.
        vocabularies: the domains there are.
        findings: gets every fault.
        path: the folder, for the case files in it.
    """
    manifest = f"{folder}/{MANIFEST}"
    if manifest not in files:
        findings.error("missing_key", Mark(manifest, 1, 1), key=MANIFEST)
        return None
    node = read(text=files[manifest], file=manifest, findings=findings)
    if node is None:
        return None
    pack = _manifest(node, folder, dict(files), path, findings)
    for name, text in files.items():
        short = name.removeprefix(f"{folder}/")
        if short.startswith("params/"):
            pack.csv[Path(short).stem] = (name, text)
        elif short != MANIFEST:
            document = read(text=text, file=name, findings=findings)
            if document is not None:
                _take(pack, short, document, tuple(vocabularies), findings)
    return pack


def _take(pack: Pack, name: str, node: Node, vocabularies: tuple[str, ...], findings: Findings) -> None:
    if name == DOCUMENTS:
        pack.sources = read_documents(node=node, findings=findings)
        return
    top = entries(node=node, keys=DOMAIN_KEYS, findings=findings)
    domain = needed(node=top, key="domain", findings=findings)
    if domain and domain not in vocabularies:
        known = ", ".join(vocabularies)
        findings.error("unknown_domain", top.entries["domain"][1].mark, name=domain, hint=known)
    elif domain in pack.domains:
        findings.error("duplicate_name", top.mark, name=domain, where=str(pack.domains[domain].mark))
    elif domain:
        pack.domains[domain] = top


def _manifest(node: Node, folder: str, files: dict[str, str], path: Path | None, findings: Findings) -> Pack:
    words = entries(node=node, keys=PACK_KEYS, findings=findings)
    code = needed(node=words, key="code", findings=findings)
    if code and (not _CODE.fullmatch(code) or folder.partition("_")[0] != code):
        hint = f'"{folder.partition("_")[0]}"'
        findings.error("bad_code", words.entries["code"][1].mark, region=code, hint=hint)
    kind = _choice(words, "kind", KINDS, findings)
    _choice(words, "quality", QUALITIES, findings)
    texts(node=words.get("schemes"), findings=findings)
    return Pack(
        folder=folder,
        code=code,
        name=needed(node=words, key="name", findings=findings),
        en=word(node=words, key="en"),
        kind=kind,
        parent=word(node=words, key="parent"),
        quality=word(node=words, key="quality"),
        checked_on=word(node=words, key="checked_on"),
        texts=files,
        mark=words.mark,
        path=path,
    )


def _choice(words: Mapping, key: str, choices: tuple[str, ...], findings: Findings) -> str:
    """Return the choice that is written, nothing where it is none of them."""
    text = needed(node=words, key=key, findings=findings)
    if text and text not in choices:
        hint = _MEANT.get(text) or suggest(name=text, choices=choices)
        findings.error("bad_choice", words.entries[key][1].mark, text=text, choices=", ".join(choices), hint=hint)
    return text if text in choices else ""


def content_hash(files: Texts[str, str]) -> str:
    """Return the version of a set of texts: 16 hex digits that change with any byte of any file."""
    return digest(files)[:16]


def digest(files: Texts[str, str]) -> str:
    """Return 64 hex digits that change with any byte of any text, and with any name."""
    found = hashlib.sha256()
    for name in sorted(files):
        for part in (name.encode(), files[name].encode()):
            found.update(len(part).to_bytes(8, "big"))
            found.update(part)
    return found.hexdigest()
