"""`yibao packs table`: tables of a pack into a spreadsheet, and back again."""

from pathlib import Path
from typing import NoReturn

import click

from yibao import services
from yibao.authoring.tables import book
from yibao.authoring.tables.transfer import Desk, ImportFaults, desk, take_over
from yibao.kernel.errors import InputInvalid
from yibao.policy import PackErrors, Packs

BROKEN = "规则包有错误，请先运行 yibao packs check。 The packs have faults: run `yibao packs check` first."
FORM = "文件名请以 .xlsx 或 .csv 结尾：{path}。 The file's name should end with .xlsx or .csv: {path}."
THERE = (
    "{path} 已经存在，没有改动它。请换个名字，或加 --force 覆盖。"
    " {path} is there already, it was left as it is: --force replaces it."
)
NO_FILE = "没有这个文件：{path}。 There is no file {path}."
WRITTEN = "已写出 {path}：{sheets} written"
SHEET = "{title} {lines} 行 lines"
NOTHING = "没有改动。 Nothing was changed."
CHANGED = (
    "共 {count} 处改动，已写入 {folder}。请运行 yibao packs test。 {count} changes were made: run `yibao packs test`."
)
KEPT = "共 {count} 处错误，规则包没有改动。 {count} faults, the pack was left as it is."
TABLE = click.argument("table")
REGION = click.argument("region")
FILE = click.argument("file", type=click.Path(path_type=Path))


@click.group(help="规则表与电子表格互转。 Tables of a pack in a spreadsheet, and back.")
def table() -> None:
    """Hold the two verbs."""


@table.command("export", help="把一个地区自己的表写成 .xlsx 或 .csv；TABLE 是表名或 parameters。 Write a table.")
@REGION
@TABLE
@FILE
@click.option("--force", is_flag=True, help="覆盖已有文件 Replace a file that is there.")
def export(*, region: str, table: str, file: Path, force: bool) -> None:
    """Write the table and the parameters; exit 2 where the region, the table or the file will not do."""
    _, found = _desk(region, table, file)
    if file.exists() and not force:
        _stop(THERE.format(path=file))
    try:
        views = found.views()
        book.write(views=views, path=file)
    except OSError as error:
        _stop(f"{error.strerror}: {file}")
    shown = views[:1] if file.suffix.lower() == book.CSV else views
    sheets = "；".join(SHEET.format(title=view.title, lines=len(view.lines)) for view in shown)
    click.echo(WRITTEN.format(path=file, sheets=sheets))


@table.command(
    "import", help="把改过的表写回规则包；有错就什么都不改。 Bring a changed table back; all of it or nothing."
)
@REGION
@TABLE
@FILE
def bring_back(*, region: str, table: str, file: Path) -> None:
    """Print every change, or every fault with its place; exit 1 for faults, 2 where there is no such table."""
    packs, found = _desk(region, table, file)
    if not file.is_file():
        _stop(NO_FILE.format(path=file))
    try:
        changes = take_over(desk=found, path=file, packs=packs)
    except ImportFaults as error:
        for fault in error.faults:
            click.echo(fault.told())
        click.echo(KEPT.format(count=len(error.faults)))
        raise SystemExit(1) from None
    except book.Unreadable as error:
        _stop(f"{error.zh}\n{error.en}")
    for line in changes:
        click.echo(line)
    click.echo(CHANGED.format(count=len(changes), folder=found.folder.name) if changes else NOTHING)


def _desk(region: str, table: str, file: Path) -> tuple[Packs, Desk]:
    if file.suffix.lower() not in book.FORMS:
        _stop(FORM.format(path=file))
    try:
        packs = services.packs()
        return packs, desk(packs=packs, code=region, table=table)
    except PackErrors:
        click.echo(BROKEN, err=True)
        raise SystemExit(1) from None
    except InputInvalid as error:
        _stop("\n".join(f"{problem.zh}\n{problem.en}" for problem in error.problems))


def _stop(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    raise SystemExit(2)
