"""`yibao explain`: what is in force for a parameter or a rule, and the file and line it comes from."""

from datetime import datetime

import click

from yibao import services
from yibao.policy import NoRuleInForce, PackErrors, UnknownName, UnknownRegion, UnknownValue

BROKEN = "规则包有错误，请先运行 yibao packs check。 The packs have faults: run `yibao packs check` first."
TRY = (
    "请写参数名（如 individual_annual_base），或 决定.行号（如 situation.R3），并核对日期。"
    " Write a parameter (individual_annual_base) or DECISION.ROW (situation.R3), and look at the date."
)


@click.command(
    help="说明某地某日有效的数值或规则及其出处。 Explain what is in force somewhere on a day, and from where."
)
@click.argument("region")
@click.argument("key")
@click.option("--on", "on", required=True, type=click.DateTime(["%Y-%m-%d"]), help="日期 Day, YYYY-MM-DD.")
@click.option(
    "--lang", "language", default="zh", show_default=True, type=click.Choice(["zh", "en"]), help="语言 Language."
)
def command(*, region: str, key: str, on: datetime, language: str) -> None:
    """Print the value or rule in force; exit 2 where the region, the name or the day is not known."""
    try:
        lines = services.packs().explain(region=region, key=key, on=on.date(), language=language)
    except PackErrors:
        click.echo(BROKEN, err=True)
        raise SystemExit(1) from None
    except (UnknownRegion, UnknownName, UnknownValue, NoRuleInForce) as error:
        click.echo(f"{error.zh}\n{error.en}\n{TRY}", err=True)
        raise SystemExit(2) from None
    for line in lines:
        click.echo(line)
