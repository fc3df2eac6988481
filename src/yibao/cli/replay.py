"""`yibao replay`: decide again what was decided before, by the rules kept with it."""

import sys

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from yibao.cli.django_setup import require_database

WHICH = "请写受理编号，或 --all 重算全部。 Name cases, or --all for every decision on record."
NOT_THERE = "没有这些案件的决定：{numbers}。请核对受理编号。 There is no decision of {numbers}: look at the numbers."
GOOD = (
    "{decisions} 个决定按 {versions} 个规则版本重新推导，全部一致。"
    " {decisions} decisions by {versions} versions of the rules came out the same."
)
BAD = "{decisions} 个决定中 {bad} 个不一致。 Of {decisions} decisions {bad} did not come out the same."


@click.command(help="按存档的规则重算已作的决定。 Decide again by the stored rules; each must come out the same.")
@click.argument("numbers", nargs=-1)
@click.option("--all", "every", is_flag=True, help="全部决定 Every decision on record.")
def command(*, numbers: tuple[str, ...], every: bool) -> None:
    """Print each decision that differs; exit 0 when none does, 1 when one does, 2 when nothing was named."""
    if every == bool(numbers):
        raise click.UsageError(WHICH)
    require_database()
    from yibao.batch import replay

    rows = replay.stored(numbers)
    absent = sorted(set(numbers) - set(rows.values_list("case__number", flat=True)))
    if absent:
        raise click.UsageError(NOT_THERE.format(numbers=", ".join(absent)))
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("重算 replay", total=rows.count())
        told = replay.replay(numbers=numbers, advance=lambda: progress.advance(task))
    for fault in told.faults:
        click.echo(f"✗ {fault}", err=True)
    words = BAD if told.faults else GOOD
    click.echo(words.format(decisions=told.decisions, versions=told.versions, bad=len(told.faults)))
    sys.exit(1 if told.faults else 0)
