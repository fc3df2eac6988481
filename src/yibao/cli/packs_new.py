"""`yibao packs new`: the folder of a new region."""

from datetime import date
from pathlib import Path

import click

from yibao import services
from yibao.authoring.new import Made, Wanted, new_pack
from yibao.kernel.errors import InputInvalid
from yibao.policy import PackErrors
from yibao.policy.folder import KINDS

BROKEN = (
    "现有的规则包有错误，没有新建。请先运行 yibao packs check，改正后再试。"
    " The packs there are have faults, nothing was made: run `yibao packs check`, correct them and try again."
)
NOT_WRITTEN = (
    "写不进去（{why}），没有新建。请换一个您能写的文件夹（--into）。"
    " Nothing can be written there ({why}), nothing was made: name a folder of yours with --into."
)
MADE = """已建立 {folder}：上级 {parent}，层级 {kind}。还没有任何规定，全部沿用上级。
Made {folder}: parent {parent}, kind {kind}. It has no rule of its own yet, what the parent decides holds.

接下来 Next:
  1. yibao schema packs    让编辑器提示可以写什么 completion for your editor
  2. sources.yaml          登记文件 the documents first
  3. refund.yaml           只写与上级不同的规则 only the rules that differ
  4. cases/good、bad       每行一个应退、一个不退的例子 for every row an example of each kind
  5. yibao packs check     查错 look for faults
  6. yibao packs test      运行例子 run the examples
完整步骤 Step by step: docs/how-to/{page}"""


@click.command(
    "new",
    help="新建一个地区的规则包：代码、中文名、英文名。 Make the pack of a region: its code, Chinese and English name.",
)
@click.argument("code", default="")
@click.argument("name", default="")
@click.argument("en", default="")
@click.option(
    "--maintainer", "maintainers", multiple=True, help="维护人，可写多次 Who answers for it; may be repeated."
)
@click.option("--parent", default="", help="上级代码，缺省按代码找 Parent's code; else found from the code.")
@click.option("--kind", default="", help=f"层级 {', '.join(KINDS)}，缺省按代码定 Kind; else taken from the code.")
@click.option("--into", type=click.Path(path_type=Path), help="规则包所在的文件夹 The folder of packs.")
def new(
    *, code: str, name: str, en: str, maintainers: tuple[str, ...], parent: str, kind: str, into: Path | None
) -> None:
    """Make a pack and say what comes next; exit 2 where the input is wrong, 1 where the packs have faults already."""
    today = date.today()  # noqa: DTZ011  (the day of whoever sits here)
    wanted = Wanted(code, name, en, maintainers, today, parent, kind)
    try:
        made = new_pack(wanted=wanted, root=into or services.packs_folder(), vocabularies=services.vocabularies())
    except InputInvalid as error:
        for problem in error.problems:
            click.echo(f"{problem.zh}\n{problem.en}", err=True)
        raise SystemExit(2) from None
    except PackErrors:
        click.echo(BROKEN, err=True)
        raise SystemExit(1) from None
    except OSError as error:
        click.echo(NOT_WRITTEN.format(why=f"{error.strerror}: {error.filename}"), err=True)
        raise SystemExit(2) from None
    click.echo(_told(made))


def _told(made: Made) -> str:
    return MADE.format(
        folder=made.folder, parent=made.parent or "无 none", kind=made.kind, page="empty-folder-to-silver.zh-CN.md"
    )
