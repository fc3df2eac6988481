"""`yibao sweep`: look through everybody at once."""

from datetime import datetime
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from yibao.kernel.errors import InputInvalid
from yibao.kernel.money import display_fen

WRONG_INPUT = 2
NO_DECISION = (
    "没有这个决定：{name}。请写成 refund.situation 这样。 There is no decision {name}: write it like refund.situation."
)
NO_PARQUET = "这不是 Parquet 文件：{file}。请导出成 Parquet 再试。 This is no Parquet file: {file}. Export it as one."
NONE_FOUND = "没有发现重复缴费。 No payment was made twice."


@click.command(
    help="在全部记录里查重复缴费，或对 Parquet 文件算出结果。 Find what was paid twice, or decide a file of facts."
)
@click.argument("facts", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--decision", default="refund.situation", show_default=True, help="决定 domain.decision")
@click.option("--region", default="500000", show_default=True, help="地区代码 region")
@click.option("--region-column", default="", help="文件中地区代码的列 column that holds the region")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="查看日，默认今天 day, today by default")
def command(*, facts: Path | None, decision: str, region: str, region_column: str, day: datetime | None) -> None:
    """Print duplicates of the record, or effects by row of a file; exit 2 where the file cannot be decided."""
    table = _duplicates(day) if facts is None else _effects(facts, decision, region, region_column)
    Console(width=100).print(table) if table.row_count else click.echo(NONE_FOUND)


def _duplicates(day: datetime | None) -> Table:
    from yibao.cli.django_setup import require_database

    require_database()
    from django.utils import timezone

    from yibao import services
    from yibao.batch.sweep import duplicates
    from yibao.services.refund.columns import FACTS, VIEWS

    packs = services.packs()
    words = next(iter(packs.regions.values())).vocabularies["refund"].facts
    table = Table("重复 duplicate", "缴费 payments", "人 persons", "月 months", "相应缴费 paid for them (yuan)")
    on = day.date() if day else timezone.localdate()
    for each in duplicates(packs=packs, on=on, views=VIEWS, facts=FACTS):
        counts = (str(each.payments), str(each.persons), str(each.months), display_fen(each.paid))
        table.add_row(words[each.fact].label, *counts)
    return table


def _effects(facts: Path, decision: str, region: str, column: str) -> Table:
    import duckdb

    from yibao import services
    from yibao.batch.columns import Asked
    from yibao.batch.sweep import effects
    from yibao.policy import UnknownRegion

    packs = services.packs()
    domain, _, name = decision.partition(".")
    words = next(iter(packs.regions.values())).vocabularies
    if domain not in words or name not in words[domain].decisions:
        click.echo(NO_DECISION.format(name=decision), err=True)
        raise SystemExit(WRONG_INPUT)
    try:
        found = effects(
            packs=packs, facts=facts, asked=Asked(domain, name, region=column, only="" if column else region)
        )
    except (duckdb.InvalidInputException, duckdb.IOException) as error:
        raise click.UsageError(NO_PARQUET.format(file=facts)) from error
    except UnknownRegion as error:
        raise click.UsageError(f"{error.zh}。 {error.en}.") from error
    except InputInvalid as error:
        for problem in error.problems:
            click.echo(f"{problem.where}: {problem.zh} {problem.en}", err=True)
        raise SystemExit(WRONG_INPUT) from None
    amounts = words[domain].decisions[name].amounts
    table = Table("行 row", "件 cases", *(f"{each} (yuan)" for each in amounts))
    for each in found:
        table.add_row(each.row, str(each.count), *(display_fen(sum_) for sum_ in each.amounts.values()))
    return table
