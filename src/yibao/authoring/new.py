"""A new pack: a folder made from the template, named after a place, with the place's parent found from its code."""

from __future__ import annotations

import re
import shutil
import tempfile
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from yibao.authoring.scalars import written
from yibao.kernel.errors import InputInvalid, InputProblem
from yibao.policy.diagnostics import Findings, PackErrors
from yibao.policy.folder import KINDS, MANIFEST
from yibao.policy.load import load_packs
from yibao.policy.source import Mapping as Read
from yibao.policy.source import read

TEMPLATE = "_template"
SCHEMAS = ".schema"
_CODE = re.compile(r"[0-9]{6}")
_NATION = "000000"
_TOP = re.compile(r"[a-z]+:")
_EXAMPLE = (
    "# 例子：去掉下面各行行首的“# ”，改成本地的规定。 An example: take away the leading '# ' and make it yours.\n"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a person says of a new pack.

    Attributes:
        code: six digits.
        name: in Chinese.
        en: in English; gives the folder its name.
        maintainers: who answers for the pack.
        on: the day the pack is begun.
        parent: code of the level above; empty to find it from the code.
        kind: nation, province, pooling or county; empty to find it from the code.
    """

    code: str
    name: str
    en: str
    maintainers: tuple[str, ...]
    on: date
    parent: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A new pack as it stands.

    Attributes:
        folder: where it is.
        parent: code of the level above, empty for the nation.
        kind: nation, province, pooling or county.
    """

    folder: Path
    parent: str
    kind: str


def new_pack(*, wanted: Wanted, root: Path, vocabularies: Mapping[str, Path]) -> Made:
    """Make the folder of a new pack; it is there whole, or not at all.

    Args:
        wanted: what a person says of it.
        root: the folder of packs, with the template in it.
        vocabularies: domain to its `facts.yaml`.

    Raises:
        InputInvalid: something is wrong with what was said; nothing was written.
        PackErrors: the packs have faults already, so that the new one cannot be tried; nothing was written.
    """
    known = _known(root)
    problems = [*_problems(wanted, root, known)]
    parent = wanted.parent or _parent(wanted.code, known)
    if not problems and wanted.code != _NATION and parent not in known:
        problems.append(_no_parent(parent or _NATION, known))
    if problems:
        raise InputInvalid(problems)
    made = Made(root / f"{wanted.code}_{_slug(wanted.en)}", parent, wanted.kind or _kind(wanted.code))
    with tempfile.TemporaryDirectory(prefix=".new-", dir=root) as place:
        stage = Path(place) / made.folder.name
        _write(stage, root / TEMPLATE, wanted, made)
        load_packs(roots=[root, Path(place)], vocabularies=vocabularies)
        stage.rename(made.folder)
    return made


def _known(root: Path) -> dict[str, str]:
    """Return the code of every pack there is, to the name of its folder."""
    found = {}
    for manifest in sorted(root.glob(f"[0-9]*/{MANIFEST}")):
        found[manifest.parent.name.partition("_")[0]] = manifest.parent.name
    return found


def _problems(wanted: Wanted, root: Path, known: dict[str, str]) -> list[InputProblem]:
    found = [*_place_problems(wanted.code, root, known), *_word_problems(wanted)]
    if wanted.parent and wanted.parent not in known:
        found.append(_no_parent(wanted.parent, known))
    return found


def _place_problems(code: str, root: Path, known: dict[str, str]) -> list[InputProblem]:
    found = []
    if not (root / TEMPLATE / MANIFEST).is_file():
        zh = f"{root} 里没有模板文件夹 {TEMPLATE}。请用 --into 指明规则包所在的文件夹。"
        en = f"There is no folder {TEMPLATE} in {root}: say with --into where the packs are."
        found.append(InputProblem("into", zh, en))
    if not _CODE.fullmatch(code):
        zh = f"地区代码“{code}”不是六位数字。请写半角数字，如 510100。"
        en = f"The region code {code!r} is not six digits: write it like 510100."
        found.append(InputProblem("code", zh, en))
    elif code in known or list(root.glob(f"{code}_*")):
        folder = known.get(code) or next(root.glob(f"{code}_*")).name
        zh = f"地区 {code} 已有文件夹 {folder}，没有改动它。请直接修改它，或核对代码。"
        en = f"Region {code} has the folder {folder} already, it was left as it is: edit it, or look at the code again."
        found.append(InputProblem("code", zh, en))
    return found


def _word_problems(wanted: Wanted) -> list[InputProblem]:
    found = []
    if not _sound(wanted.name):
        zh, en = "名称是空的或含换行。请写中文名称，如 成都市。", "The name is empty or broken: write it like 成都市."
        found.append(InputProblem("name", zh, en))
    if not _slug(wanted.en):
        zh = f"英文名称“{wanted.en}”里没有字母。请写拼音或英文，如 Chengdu，文件夹用它命名。"
        en = f"The English name {wanted.en!r} has no letter: write it like Chengdu, the folder is named after it."
        found.append(InputProblem("en", zh, en))
    if not wanted.maintainers or not all(map(_sound, wanted.maintainers)):
        zh = "没有写维护人。请用 --maintainer 写上负责这个规则包的人或科室。"
        en = "Nobody is named: say with --maintainer which person or office answers for the pack."
        found.append(InputProblem("maintainer", zh, en))
    if wanted.kind and wanted.kind not in KINDS:
        zh = f"层级“{wanted.kind}”不在可选值之内：{'、'.join(KINDS)}。"
        en = f"The kind {wanted.kind!r} is none of {', '.join(KINDS)}."
        found.append(InputProblem("kind", zh, en))
    return found


def _no_parent(parent: str, known: dict[str, str]) -> InputProblem:
    shown = "、".join(known) or "无"
    zh = f"没有上级地区“{parent}”的规则包；现有：{shown}。请先建立上级的规则包，或用 --parent 写现有的代码。"
    en = f"There is no pack of the parent region {parent!r}; there are: {', '.join(known) or 'none'}. Make it first, or"
    return InputProblem("parent", zh, f"{en} name one of these with --parent.")


def _sound(text: str) -> bool:
    return bool(text.strip()) and text.isprintable()


def _slug(en: str) -> str:
    plain = unicodedata.normalize("NFKD", en).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_") if re.search(r"[a-z]", plain) else ""


def _parent(code: str, known: dict[str, str]) -> str:
    """Return the nearest level above that has a pack: the city's, the province's, the nation's."""
    for digits in (4, 2, 0):
        above = code[:digits].ljust(len(_NATION), "0")
        if above != code and above in known:
            return above
    return ""


def _kind(code: str) -> str:
    """Return the kind of region a code stands for: the more zeros at its end, the higher."""
    digits = len(code.rstrip("0"))
    steps = [kind for kind, most in zip(KINDS, (0, 2, 4, len(code)), strict=True) if digits <= most]
    return steps[0]


def _write(stage: Path, template: Path, wanted: Wanted, made: Made) -> None:
    shutil.copytree(template, stage)
    old = _word(template / MANIFEST, "code")
    for path in sorted(stage.rglob("*.yaml")):
        text = path.read_text(encoding="utf-8").replace(old, wanted.code)
        depth = len(path.relative_to(stage).parts)
        name = "cases" if depth > 1 else path.stem
        line = f"# yaml-language-server: $schema={'../' * depth}{SCHEMAS}/{name}.schema.json\n"
        text = _manifest(text, wanted, made) if path.name == MANIFEST else _commented(text)
        path.write_text(line + text, encoding="utf-8")


def _word(path: Path, key: str) -> str:
    node = read(text=path.read_text(encoding="utf-8"), file=path.name, findings=Findings())
    found = node.get(key) if isinstance(node, Read) else None
    return getattr(found, "text", "")


def _manifest(text: str, wanted: Wanted, made: Made) -> str:
    """Return the manifest with what is said of the new pack in place of the template's words."""
    people = ", ".join(written(name.strip()) for name in wanted.maintainers)
    values = {
        "code": f'"{wanted.code}"',
        "name": written(wanted.name.strip()),
        "en": written(wanted.en.strip()),
        "parent": f'"{made.parent}"' if made.parent else "",
        "kind": made.kind,
        "checked_on": str(wanted.on),
        "maintainers": f"[{people}]",
    }
    lines = []
    for line in text.splitlines():
        key = line.partition(":")[0]
        if line.startswith("#") or (key in values and not values[key]):
            continue
        lines.append(f"{key}: {values[key]}" if key in values else line)
    return "\n".join(lines) + "\n"


def _commented(text: str) -> str:
    """Return a file of the template with all it says as comments: nothing made up comes into force."""
    head: list[str] = []
    lines = text.splitlines(keepends=True)
    while lines and not _TOP.match(lines[0]):
        head.append(lines.pop(0))
    head += lines[:1]
    return "".join([*head, _EXAMPLE, *(f"# {line}" if line.strip() else "#\n" for line in lines[1:])])


__all__ = ["SCHEMAS", "Made", "PackErrors", "Wanted", "new_pack"]
