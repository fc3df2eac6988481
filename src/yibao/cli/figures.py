"""`yibao figures`: the kept numbers of closed days: made anew, or compared with the record."""

import sys

import click

from yibao.cli.django_setup import require_ready


@click.group("figures")
def command() -> None:
    """办理情况的每日数字：重新统计、与档案核对。 The daily figures: counted anew, or compared with the record."""


@command.command("rebuild")
def rebuild() -> None:
    """按档案重新统计每个已结束的日子。 Count every closed day anew from the record."""
    require_ready()
    from django.utils import timezone

    from yibao.store import counting

    days = counting.rebuild(on=timezone.localdate(), at=timezone.now())
    click.echo(f"已统计 counted: {days} 天 days")


@command.command("check")
def check() -> None:
    """与档案核对，有出入即列出，以 1 结束。 Compare with the record; list what differs and end with 1."""
    require_ready()
    from yibao.store import counting

    found = counting.faults()
    for line in found:
        click.echo(line)
    if found:
        click.echo("请运行 yibao figures rebuild 重新统计。 Run `yibao figures rebuild` to count anew.")
        sys.exit(1)
    click.echo("每日数字与档案一致 the daily figures are those of the record")
