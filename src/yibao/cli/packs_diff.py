"""`yibao packs diff`: two regions or two days side by side, and who gains and who loses."""

from datetime import date, datetime
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from yibao import services
from yibao.policy import PackErrors, Packs, Region, UnknownRegion
from yibao.policy.compare import Difference, Side, differences

BROKEN = "规则包有错误，请先运行 yibao packs check。 The packs have faults: run `yibao packs check` first."
PLACES = "请写两个地区代码，如 500000 450200。 Name two regions, such as 500000 450200."
DAY = "“{text}”不是日期，请写成 2020-08-01 的样子。 {text!r} is no day: write it like 2020-08-01."
DAYS = "最多写两个日期。 At most two days."
NOTHING = "没有不同。 Nothing differs."
FOUND = "共 {count} 处不同。 {count} differences."
EFFECT = {
    "zh": (
        "{persons} 人按两边的规则各算一次：{gain} 人多得，共 {gained} 元；{lose} 人少得，共 {lost} 元；{same} 人不变。",
        "合计 {before} 元 → {after} 元；{open} 人只在一边要人工审核，暂差 {waiting} 元；{undecided} 人的记录无法计算。",
        "  {persons} 人  {fen} 元  {old} → {new}",
    ),
    "en": (
        "{persons} persons decided under either side: {gain} get more, {gained} yuan in all; {lose} get less, {lost}"
        " yuan; {same} get the same.",
        "Sum {before} → {after} yuan; {open} are left to a person on one side only, {waiting} yuan apart meanwhile;"
        " {undecided} records cannot be decided.",
        "  {persons} persons  {fen} yuan  {old} → {new}",
    ),
}


@click.command("diff", help="比较两个地区或两个日期的规则。 Compare two regions, or two days: --on D1 [D2].")
@click.argument("places", nargs=-1, metavar="A B [D2]")
@click.option("--on", "first", help="日期，可再写第二个 Day, and a second one after it: --on D1 [D2].")
@click.option("--domain", default="refund", show_default=True, help="哪项业务 Which domain.")
@click.option("--effect", "count", is_flag=True, help="再算演示人口各人多得少得 Decide the population as well.")
@click.option("--persons", default=500, show_default=True, type=click.IntRange(1), help="算多少人 How many persons.")
@click.option(
    "--lang", "language", default="zh", show_default=True, type=click.Choice(["zh", "en"]), help="语言 Language."
)
def diff(*, places: tuple[str, ...], first: str | None, domain: str, count: bool, persons: int, language: str) -> None:
    """Print what differs; exit 2 where a region, a day or a domain is not known."""
    codes = [place for place in places if "-" not in place]
    days = [_day(text) for text in ([first] if first else []) + [place for place in places if "-" in place]]
    if len(codes) != 2:
        raise click.UsageError(PLACES)
    if len(days) > 2:
        raise click.UsageError(DAYS)
    packs = _packs()
    if domain not in next(iter(packs.regions.values())).vocabularies:
        raise click.UsageError(f"没有“{domain}”这项业务。 There is no domain {domain!r}.")
    days = days or [date.today()]  # noqa: DTZ011  (the day of whoever sits here)
    old, new = Side(_region(packs, codes[0]), days[0]), Side(_region(packs, codes[1]), days[-1])
    found = differences(old=old, new=new, domain=domain, language=language)
    for each in found:
        _show(each)
    click.echo(FOUND.format(count=len(found)) if found else NOTHING)
    if count:
        _effect(old, new, persons, language)


def _show(each: Difference) -> None:
    click.echo(each.sentence)
    for line in each.details:
        click.echo(f"    {line}")


def _day(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007  (a day has no zone)
    except ValueError:
        raise click.UsageError(DAY.format(text=text)) from None


def _packs() -> Packs:
    try:
        return services.packs()
    except PackErrors:
        click.echo(BROKEN, err=True)
        raise SystemExit(1) from None


def _region(packs: Packs, code: str) -> Region:
    try:
        return packs.region_for(code)
    except UnknownRegion as error:
        _wrong(error)


def _wrong(error: UnknownRegion) -> NoReturn:
    click.echo(f"{error.zh}\n{error.en}", err=True)
    raise SystemExit(2)


def _effect(old: Side, new: Side, persons: int, language: str) -> None:
    from yibao.cli.django_setup import require_database

    require_database()
    from yibao.batch import compare

    keys = compare.people(persons)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("人口 persons", total=len(keys))
        sides = [compare.Side(side.region, side.on) for side in (old, new)]
        told = compare.effect(old=sides[0], new=sides[1], persons=keys, advance=lambda: progress.advance(task))
    head, sums, move = EFFECT[language]
    gain, lose = told.gain, told.lose
    words = {"gain": gain.persons, "gained": compare.shown(gain.fen), "lose": lose.persons}
    click.echo(head.format(persons=told.persons, lost=compare.shown(lose.fen), same=told.same, **words))
    before, after = map(compare.shown, told.totals)
    left = {"open": told.open.persons, "waiting": compare.shown(told.open.fen), "undecided": told.undecided}
    click.echo(sums.format(before=before, after=after, **left))
    for (one, other), group in sorted(told.moves.items(), key=lambda each: -abs(each[1].fen)):
        click.echo(move.format(persons=group.persons, fen=compare.shown(group.fen), old=one, new=other))
