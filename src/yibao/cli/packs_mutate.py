"""`yibao packs check --mutate`: rules changed bit by bit, and how many of the changes the examples notice."""

from collections.abc import Sequence
from dataclasses import dataclass

import click
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from yibao.batch.mutation import trial
from yibao.policy import Packs, Region
from yibao.policy.cases import Case, read_cases
from yibao.policy.mutants.mutant import mutants
from yibao.policy.mutants.trial import Tried

ALL = "all"
PERCENT = 100
ENOUGH = 90
NO_PACK = "没有地区“{code}”的规则包；现有：{known}。 There is no pack of {code}; there are: {known}."
TOUCHED = "{count} 个例子用到，都没有发现 {count} examples use it, none notices"
UNTOUCHED = "没有例子用到 no example uses it"
NOTICED = (
    "改动 {count} 处，例子发现 {noticed} 处（{share}），每个地区应不少于 90%。"
    " {noticed} of {count} changes were noticed ({share}), it should be at least 90 % in every region."
)
NOTHING = "—"


@dataclass(frozen=True, slots=True)
class Score:
    """How many changes of one region's pack its examples notice."""

    region: Region
    tried: tuple[Tried, ...]

    @property
    def unnoticed(self) -> list[Tried]:
        """Return the changes nobody noticed."""
        return [each for each in self.tried if each.noticed is None]

    @property
    def noticed(self) -> int:
        """Return how many were noticed."""
        return len(self.tried) - len(self.unnoticed)

    @property
    def enough(self) -> bool:
        """Return whether nine in ten were; a pack without rules of its own has nothing to notice."""
        return enough(noticed=self.noticed, count=len(self.tried))


def enough(*, noticed: int, count: int) -> bool:
    """Return whether nine changes in ten were noticed.

    Example:
        >>> enough(noticed=9, count=10), enough(noticed=899, count=1000), enough(noticed=0, count=0)
        (True, False, True)
    """
    return noticed * PERCENT >= count * ENOUGH


def share(*, noticed: int, count: int) -> str:
    """Return a share as it is read, rounded down, so that 90 % is never shown where it is not reached.

    Example:
        >>> share(noticed=899, count=1000), share(noticed=0, count=0)
        ('89.9%', '—')
    """
    if not count:
        return NOTHING
    whole, tenth = divmod(noticed * PERCENT * 10 // count, 10)
    return f"{whole}.{tenth}%"


def mutate(*, packs: Packs, codes: Sequence[str], quiet: bool) -> bool:
    """Try every change of some regions' packs, print those nobody notices and the score of each.

    Args:
        packs: as they are loaded.
        codes: six digits each, or `all` for every region that has a pack.
        quiet: leaves out the changes nobody notices.

    Returns:
        Whether nine in ten were noticed in every region.

    Raises:
        SystemExit: 2, a region has no pack.
        PackErrors: examples are not written as they should be.
    """
    chosen = list(packs.folders) if ALL in codes else list(dict.fromkeys(codes))
    for code in chosen:
        if code not in packs.folders:
            click.echo(NO_PACK.format(code=code, known=", ".join(packs.folders)), err=True)
            raise SystemExit(2)
    cases = {code: read_cases(folder=packs.folders[code]) for code in chosen}
    scores = []
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for code in chosen:
            scores.append(_score(packs.regions[code], cases[code], progress))
    if not quiet:
        for score in scores:
            _tell(score.unnoticed)
    if len(scores) > 1:
        _print(scores)
    noticed, count = sum(score.noticed for score in scores), sum(len(score.tried) for score in scores)
    click.echo(NOTICED.format(noticed=noticed, count=count, share=share(noticed=noticed, count=count)))
    return all(score.enough for score in scores)


def _score(region: Region, cases: list[Case], progress: Progress) -> Score:
    found = list(mutants(region))
    running = progress.add_task(f"改动 mutants {region.code} {region.name}", total=len(found))
    tried = []
    for each in trial(region=region, cases=cases).run(found):
        progress.advance(running)
        tried.append(each)
    progress.remove_task(running)
    return Score(region, tuple(tried))


def _tell(unnoticed: list[Tried]) -> None:
    for each in unnoticed:
        reach = TOUCHED.format(count=each.touched) if each.touched else UNTOUCHED
        click.echo(f"{each.mutant.mark} {reach}\n    {each.mutant.zh}\n    {each.mutant.en}")


def _print(scores: list[Score]) -> None:
    table = Table("地区 region", "", "改动 changes", "发现 noticed", "比例 share", "")
    for column in table.columns[2:5]:
        column.justify = "right"
    for score in scores:
        count = len(score.tried)
        told = share(noticed=score.noticed, count=count)
        names = f"{score.region.name} {score.region.en}"
        mark = "" if score.enough else "不足 90% below 90 %"
        table.add_row(score.region.code, names, str(count), str(score.noticed), told, mark)
    Console(width=110).print(table)
