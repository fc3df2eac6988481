"""`yibao packs variants`: how many tables the regions really have, by content."""

import click
from rich.console import Console
from rich.table import Table

from yibao import services
from yibao.policy import PackErrors, load_packs
from yibao.policy.to_sql_variants import merge

BROKEN = (
    "规则包有错误，请先运行 yibao packs check 并改正。"
    " The packs have faults: run `yibao packs check` and correct them first."
)


@click.command("variants", help="列出每张表的变体数。 List how many variants every table has.")
def variants() -> None:
    """Print regions, spans of days, contents and variants per table; exit 1 where packs have faults."""
    try:
        packs = load_packs(roots=[services.packs_folder()], vocabularies=services.vocabularies())
    except PackErrors:
        click.echo(BROKEN, err=True)
        raise SystemExit(1) from None
    words = next(iter(packs.regions.values())).vocabularies
    table = Table("表 table", "地区 regions", "时段 spans", "内容 contents", "变体 variants", "行 rows")
    for domain, vocabulary in words.items():
        for decision in vocabulary.decisions:
            regions = {code: each for code, each in packs.regions.items() if (domain, decision) in each.stacks}
            if regions:
                merged = merge(regions=regions, domain=domain, decision=decision)
                counts = (len(regions), len(merged.spans), merged.contents, merged.variants, len(merged.entries))
                table.add_row(f"{domain}.{decision}", *(str(count) for count in counts))
    Console(width=100).print(table)
