"""`yibao ledger`: prove the books, or write them out for somebody else to prove."""

import sys
from pathlib import Path

import click

from yibao.cli.django_setup import prepare, require_database


@click.group("ledger")
def command() -> None:
    """核对账务。 Prove the books."""


@command.command("verify")
@click.option("--export", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="核对导出文件。")
def verify(file: Path | None) -> None:
    """从分录重算全部余额和校验值，差一分即失败。 Recompute every balance and hash from the entries."""
    prepare() if file else require_database()
    from yibao.store import verify as proof

    try:
        faults = proof.verify_ledger(proof.read_export(file) if file else None)
    except proof.ExportUnreadable as error:
        raise click.UsageError(str(error)) from error
    report(faults=faults, good="账务核对无误。 / The books are proven.")


@command.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export(file: Path) -> None:
    """导出账务，供他人核对。 Write the books to a file that `ledger verify --export` proves."""
    require_database()
    from yibao.store import verify as proof

    click.echo(f"{proof.export(what='ledger', file=file)} 条记录 / records: {file}")


def report(*, faults: list[str], good: str) -> None:
    """Print each fault on a line of its own and end the program: 0 without faults, 1 with.

    Args:
        faults: Sentences.
        good: What to say when there is none.
    """
    for fault in faults:
        click.echo(f"✗ {fault}", err=True)
    if faults:
        click.echo(f"共 {len(faults)} 处不符。 / {len(faults)} faults.", err=True)
        sys.exit(1)
    click.echo(good)
