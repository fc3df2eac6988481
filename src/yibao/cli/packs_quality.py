"""`yibao packs quality`: what every pack claims, what it has earned, and what it lacks for more."""

import click
from rich.console import Console
from rich.table import Table

from yibao import services
from yibao.batch.quality import standing
from yibao.batch.reached import unreached
from yibao.policy import PackErrors, load_packs
from yibao.policy.cases import read_cases

BROKEN = (
    "规则包或例子有错误，请先运行 yibao packs check 和 yibao packs test。"
    " The packs or their examples have faults: run `yibao packs check` and `yibao packs test` first."
)
TOO_MUCH = "{code} 写的是 {claimed}，只够 {earned}。 {code} claims {claimed} and has earned {earned}."
ALONE = (
    "{code} 的等级没有判断：它的规则由下级地区的例子用到，这里没有那些规则包。"
    " The quality of {code} was not judged: its rules are used by examples of regions whose packs are not here."
)
NOTHING = "—"


@click.command(
    "quality", help="列出各规则包的等级和还缺什么。 List the quality every pack has earned, and what it lacks."
)
def quality() -> None:
    """Print what each pack claims, has earned and lacks; exit 1 where one claims more than it has earned.

    The nation by itself is not judged: the examples that use its rules are those of the regions below it.
    """
    try:
        packs = load_packs(roots=[services.packs_folder()], vocabularies=services.vocabularies())
        cases = {code: read_cases(folder=folder) for code, folder in packs.folders.items()}
    except PackErrors:
        click.echo(BROKEN, err=True)
        raise SystemExit(1) from None
    if len(packs.regions) == 1:
        (alone,) = packs.regions
        if len(packs.regions[alone].chain) == 1:
            click.echo(ALONE.format(code=alone))
            return
    silent = unreached(packs=packs, cases=[case for own in cases.values() for case in own])
    found = [standing(region=packs.regions[code], cases=own, unreached=silent) for code, own in cases.items()]
    table = Table("地区 region", "", "例子 examples", "等级 claims", "够 earned", "还缺 lacks")
    for each in found:
        lacking = "\n".join(f"{zh} {en}" for zh, en in each.missing)
        names = f"{each.region.name} {each.region.en}"
        earned = each.earned or NOTHING
        table.add_row(each.region.code, names, str(each.examples), each.region.quality, earned, lacking)
    Console(width=140).print(table)
    wrong = [each for each in found if not each.holds]
    for each in wrong:
        claimed, earned = each.region.quality, each.earned or NOTHING
        click.echo(TOO_MUCH.format(code=each.region.code, claimed=claimed, earned=earned))
    raise SystemExit(1 if wrong else 0)
