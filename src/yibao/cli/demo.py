"""`yibao demo`: the synthetic city everything can be tried on."""

import sys
from datetime import date, datetime

import click

from yibao.cli.django_setup import require_database

WRONG_INPUT = 2


@click.group()
def command() -> None:
    """建立演示城市（全部为合成数据）。 Make the demo city, all of it synthetic."""


@command.command()
@click.option("--persons", default=20_000, show_default=True, help="人数 number of persons")
@click.option("--seed", default=2026, show_default=True, help="同一种子得到同一城市 the same seed gives the same city")
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="城市的日期，默认今天 day of the city, today by default"
)
def make(persons: int, seed: int, day: datetime | None) -> None:
    """把演示城市写入空的数据库。 Write the demo city into an empty database."""
    require_database()
    from yibao.batch.demo import setup

    if not setup.is_empty():
        click.echo(
            "数据库里已有参保人；请换一个空的数据库 The database holds persons already: use an empty one", err=True
        )
        sys.exit(WRONG_INPUT)
    try:
        setup.make(persons=persons, seed=seed, on=day.date() if day else _today())
    except ValueError as wrong:
        click.echo(str(wrong), err=True)
        sys.exit(WRONG_INPUT)
    click.echo(setup.welcome())


@command.command()
@click.option("--persons", default=20_000, show_default=True, help="人数 number of persons")
def ensure(persons: int) -> None:
    """数据库为空时建立演示城市，然后显示登录名。 Make the city when the database is empty; print the logins."""
    require_database()
    from yibao.batch.demo import setup

    if setup.is_empty():
        try:
            setup.make(persons=persons, seed=2026, on=_today())
        except ValueError as wrong:
            raise click.UsageError(str(wrong)) from wrong
    click.echo(setup.welcome())


@command.command(name="list")
def listing() -> None:
    """列出每一类重复缴费的一位参保人。 List one planted person for each kind of overpayment."""
    require_database()
    from yibao.batch.demo import setup

    for line in setup.manifest_lines(on=_today()):
        click.echo(line)


def _today() -> date:
    from django.utils import timezone

    return timezone.localdate()
