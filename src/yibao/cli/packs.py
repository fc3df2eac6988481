"""`yibao packs`: check the packs of rules, and run their worked examples."""

import re
from pathlib import Path
from typing import NoReturn

import click
from rich.console import Console
from rich.progress import Progress

import yibao
from yibao import services
from yibao.batch.reached import unreached
from yibao.cli import packs_mutate
from yibao.cli.packs_diff import diff
from yibao.cli.packs_new import new
from yibao.cli.packs_quality import quality
from yibao.cli.packs_table import table
from yibao.cli.packs_variants import variants
from yibao.kernel.errors import InputInvalid
from yibao.policy import Diagnostic, PackErrors, Packs, UnknownRegion, load_packs
from yibao.policy.cases import Case, Outcome, read_cases, run_cases
from yibao.policy.diagnostics import Findings

ROOTS = click.argument("roots", nargs=-1, type=click.Path(path_type=Path))
PLACE = re.compile(r"\d{6}")
NO_FOLDER = (
    "没有这个文件夹：{root}。请写规则包所在的文件夹。 There is no folder {root}: name the folder that holds the packs."
)
CHECKED = (
    "{regions} 个地区的规则包没有错误，{warnings} 处提示。"
    " The packs of {regions} regions have no fault, {warnings} remarks."
)
FAULTS = (
    "共 {count} 处错误，没有载入任何规则包。请按上面的位置改正后再查。"
    " {count} faults, no pack was loaded: correct them at the places above and check again."
)
NO_REGION = "没有地区“{code}”的规则包；现有：{known}。 There is no pack of {code!r}; there are: {known}."
CAME_OUT = "{good} 个例子结果正确，{bad} 个不符。 {good} examples came out as expected, {bad} did not."
NOT_RUN = "没有运行：这里没有 {places} 的规则包。 Not run: there is no pack of {places} here."
LEFT = (
    "另有 {count} 个例子没有运行：它们还要用到 {places} 的规则包，放进同一个文件夹就能运行。"
    " {count} more were not run: they need the packs of {places} as well, and run once these are in the folder."
)
NO_RULES = (
    "例子要用所载入的规则包来算，请先让 YIBAO_PACKS 指向 {root}。"
    " The examples are decided by the packs in use: set YIBAO_PACKS to {root} first."
)


REGIONS = click.option(
    "--region",
    "regions",
    multiple=True,
    metavar="REGION",
    help="只看该地区，可写多次 This region only; may be repeated.",
)


@click.group(help="检查规则包。 Check the packs of rules.")
def command() -> None:
    """Hold the verbs for packs."""


command.add_command(diff)
command.add_command(new)
command.add_command(quality)
command.add_command(table)
command.add_command(variants)


@command.command("check", help="检查规则包，列出全部错误。 Check packs, list every fault.")
@ROOTS
@REGIONS
@click.option("--quiet", is_flag=True, help="不列提示。 Leave remarks out.")
@click.option(
    "--mutate",
    metavar="REGION",
    multiple=True,
    help="逐项小改该地区（all：全部地区）的规则，看例子能否发现；可写多次。"
    " Change the rules of a region (all: of every region) bit by bit: do its examples notice? May be repeated.",
)
def check(*, roots: tuple[Path, ...], regions: tuple[str, ...], quiet: bool, mutate: tuple[str, ...]) -> None:
    """Print every fault with file, line and column; exit 1 where there is one, 2 where there is no such folder."""
    packs = _load(roots)
    unsafe = services.process_proof(packs)
    if unsafe:
        _fail(PackErrors(unsafe))
    remarks = [*packs.warnings, *([] if quiet else _without_example(packs))]
    chosen = regions or tuple(code for code in mutate if code in packs.folders)
    if chosen:
        names = {folder.name for folder in _chosen(packs, chosen)}
        remarks = [remark for remark in remarks if remark.file.partition("/")[0] in names]
    if not quiet:
        for remark in remarks:
            click.echo(_line(remark))
    click.echo(CHECKED.format(regions=len(packs.regions), warnings=len(remarks)))
    if mutate:
        try:
            noticed = packs_mutate.mutate(packs=packs, codes=mutate, quiet=quiet)
        except PackErrors as error:
            _fail(error)
        raise SystemExit(0 if noticed else 1)


def _without_example(packs: Packs) -> list[Diagnostic]:
    """Return a remark for every row no worked example turns on."""
    findings = Findings()
    for row in unreached(packs=packs, cases=_cases(packs)):
        findings.warning("no_example", row.mark, name=row.id)
    return findings.sorted()


def _chosen(packs: Packs, regions: tuple[str, ...]) -> list[Path]:
    """Return the folders of some regions, of all where none is named; exit 2 where there is no such region."""
    for code in regions:
        if code not in packs.folders:
            known = "、".join(packs.folders)
            click.echo(NO_REGION.format(code=code, known=known), err=True)
            raise SystemExit(2)
    return [packs.folders[code] for code in regions or packs.folders]


def _cases(packs: Packs, regions: tuple[str, ...] = ()) -> list[Case]:
    try:
        return [case for folder in _chosen(packs, regions) for case in read_cases(folder=folder)]
    except PackErrors as error:
        _fail(error)


@command.command("test", help="运行规则包里的例子。 Run the worked examples of the packs.")
@ROOTS
@REGIONS
def test(*, roots: tuple[Path, ...], regions: tuple[str, ...]) -> None:
    """Print every example that does not come out as expected; exit 1 where there is one.

    Examples about places whose packs are not in the folder are named and not run.
    """
    packs = _load(roots)
    for root in roots:
        if root.resolve() != services.packs_folder().resolve():
            click.echo(NO_RULES.format(root=root), err=True)
            raise SystemExit(2)
    cases = _cases(packs, regions)
    failed = _run(cases)
    left = {outcome.case.mark: places for outcome in failed if (places := _missing(packs, outcome.case))}
    wrong = [outcome for outcome in failed if outcome.case.mark not in left]
    for outcome in failed:
        _tell(outcome, left.get(outcome.case.mark, []))
    click.echo(CAME_OUT.format(good=len(cases) - len(failed), bad=len(wrong)))
    if left:
        places = "、".join(sorted({place for told in left.values() for place in told}))
        click.echo(LEFT.format(count=len(left), places=places))
    raise SystemExit(1 if wrong else 0)


def _tell(outcome: Outcome, missing: list[str]) -> None:
    case = outcome.case
    click.echo(f"{case.mark} {case.name} {case.en}")
    if missing:
        click.echo(f"    {NOT_RUN.format(places='、'.join(missing))}")
        return
    click.echo(f"    {case.why}")
    for difference in outcome.differences:
        click.echo(f"    {difference}")


def _missing(packs: Packs, case: Case) -> list[str]:
    """Return the places whose rules an example asks for and no pack here has, where only that keeps it undecided."""
    if "invalid" in case.expect:
        return []
    try:
        yibao.decide(case.given)
    except InputInvalid as error:
        places = [_told(case.given, problem.where) for problem in error.problems]
        return places if not any(_known(packs, place) for place in places) else []
    return []


def _told(given: object, where: str) -> str:
    for member in where.split("."):
        given = given.get(member) if isinstance(given, dict) else None
    return str(given)


def _known(packs: Packs, place: str) -> bool:
    """Whether a pack knows the rules of a place; what is no place counts as known: a pack would not help."""
    try:
        return not PLACE.fullmatch(place) or bool(packs.region_for(place))
    except UnknownRegion:
        return False


def _run(cases: list[Case]) -> list[Outcome]:
    with Progress(console=Console(stderr=True), transient=True) as progress:
        running = progress.add_task("例子 examples", total=len(cases))
        wrong = []
        for outcome in run_cases(cases=cases, decide=yibao.decide):
            progress.advance(running)
            if outcome.differences:
                wrong.append(outcome)
    return wrong


def _load(roots: tuple[Path, ...]) -> Packs:
    places = list(roots) or [services.packs_folder()]
    for root in places:
        if not root.is_dir():
            click.echo(NO_FOLDER.format(root=root), err=True)
            raise SystemExit(2)
    try:
        return load_packs(roots=places, vocabularies=services.vocabularies(), also=services.process_faults)
    except PackErrors as error:
        _fail(error)


def _fail(error: PackErrors) -> NoReturn:
    faults = [item for item in error.diagnostics if item.severity.value == "error"]
    for item in faults:
        click.echo(_line(item))
    click.echo(FAULTS.format(count=len(faults)))
    raise SystemExit(1)


def _line(item: Diagnostic) -> str:
    hint = f"\n    → {item.hint}" if item.hint else ""
    place = f"{item.file}:{item.line}:{item.column}"
    return f"{place} {item.severity.value} {item.code}\n    {item.message_zh}\n    {item.message_en}{hint}"
