"""`yibao schema`: the published forms as JSON Schema."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from yibao import services
from yibao.authoring.new import SCHEMAS
from yibao.authoring.schema import SUFFIX, schemas

_FORMS: dict[str, Callable[[], dict[str, Any]]] = {"case": services.case_schema}
_PACKS = "packs"
_NO_FOLDER = (
    "没有这个文件夹：{root}。请写规则包所在的文件夹。 There is no folder {root}: name the folder that holds the packs."
)
_WRITTEN = "已写出 {path} written"
_NOT_WRITTEN = (
    "写不进去（{why}）。请写一个您能写的规则包文件夹。 Nothing can be written there ({why}): name a folder of yours."
)
_USE = (
    "规则包文件第一行写上 # yaml-language-server: $schema=../{folder}/refund{suffix} ，编辑器就会提示。"
    " With that line first in a pack file, editors complete and mark it."
)


@click.command()
@click.argument("form", type=click.Choice([*sorted(_FORMS), _PACKS]))
@click.argument("root", required=False, type=click.Path(path_type=Path))
def command(form: str, root: Path | None) -> None:
    """打印公开格式的 JSON Schema；packs：为编辑器写出规则包各文件的格式。

    Print the JSON Schema of a published form; packs: write those of the files of packs, for editors.
    """
    if form in _FORMS:
        click.echo(_shown(_FORMS[form]()))
        return
    root = root or services.packs_folder()
    if not root.is_dir():
        click.echo(_NO_FOLDER.format(root=root), err=True)
        raise SystemExit(2)
    try:
        _write(root, root / SCHEMAS)
    except OSError as error:
        click.echo(_NOT_WRITTEN.format(why=f"{error.strerror}: {error.filename}"), err=True)
        raise SystemExit(2) from None
    click.echo(_USE.format(folder=SCHEMAS, suffix=SUFFIX))


def _write(root: Path, folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    made = schemas(vocabularies=services.vocabularies(), case=services.case_schema(), root=root)
    for name, schema in made.items():
        path = folder / f"{name}{SUFFIX}"
        path.write_text(_shown(schema) + "\n", encoding="utf-8")
        click.echo(_WRITTEN.format(path=path))


def _shown(schema: dict[str, Any]) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=2)
