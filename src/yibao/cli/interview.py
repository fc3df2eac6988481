"""`yibao interview`: the questions that settle a case, asked in the terminal."""

from datetime import date, datetime
from importlib import import_module
from types import ModuleType

import click

from yibao import services
from yibao.kernel.errors import InputInvalid
from yibao.policy import NoRuleInForce, PackErrors, Region, UnknownRegion
from yibao.policy.interview import UNSURE, Interview
from yibao.policy.interview_terms import Term

BROKEN = "规则包有错误，请先运行 yibao packs check。 The packs have faults: run `yibao packs check` first."
NO_INTERVIEW = "“{service}”没有问答。 There is no interview for {service}."
NO_CHOICE = (
    "“{answer}”不是可选的回答；请写 问题=选项，如 scheme=employee。"
    " {answer!r} is no answer: write KEY=CODE, such as scheme=employee."
)
WORDS = {
    "zh": {
        "choose": "请选择（序号）", "unsure": "不清楚", "open": "还不能确定，要看档案记录", "bring": "要准备的材料",
        "sources": "依据", "weak": "依据可信度低：付款前须由经办人员核实。", "asked": "问了 {count} 个问题",
    },
    "en": {
        "choose": "Choose a number", "unsure": "I do not know", "open": "Not settled: the record decides",
        "bring": "What to bring", "sources": "It rests on", "asked": "{count} questions asked",
        "weak": "Low confidence: staff verify it before money moves.",
    },
}  # fmt: skip


@click.command(help="逐个提问，直到能说清楚。 Ask what can still change the answer, and nothing else.")
@click.option("--region", "code", required=True, help="六位地区代码 Code of the place, six digits.")
@click.option("--service", default="refund", show_default=True, help="哪项服务 Which service.")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), help="申请日期，默认今天 Day of application, or today.")
@click.option("--answer", "given", multiple=True, help="预先回答 Answers given before, KEY=CODE.")
@click.option(
    "--lang", "language", default="zh", show_default=True, type=click.Choice(["zh", "en"]), help="语言 Language."
)
def command(*, code: str, service: str, day: datetime | None, given: tuple[str, ...], language: str) -> None:
    """Ask and answer; exit 2 where the place, the service, the day or an answer is not known."""
    on = day.date() if day else date.today()  # noqa: DTZ011  (the day of whoever sits here)
    try:
        module, region = _module(service), services.packs().region_for(code)
        asked = module.interview(region=region, on=on)
    except PackErrors:
        click.echo(BROKEN, err=True)
        raise SystemExit(1) from None
    except (UnknownRegion, NoRuleInForce) as error:
        click.echo(f"{error.zh}\n{error.en}", err=True)
        raise SystemExit(2) from None
    answers = _given(given, asked)
    count = _ask(asked, answers, language)
    _tell(module, region, asked, answers, language)
    click.echo(WORDS[language]["asked"].format(count=count))


def _module(name: str) -> ModuleType:
    try:
        found = services.named(name)
        return import_module(f"yibao.services.{found.name}.interview")
    except InputInvalid as error:
        raise click.UsageError(str(error)) from None
    except ModuleNotFoundError:
        raise click.UsageError(NO_INTERVIEW.format(service=name)) from None


def _given(given: tuple[str, ...], asked: Interview) -> dict[str, str]:
    terms = {term.key: term for term in asked.terms}
    answers: dict[str, str] = {}
    for each in given:
        key, _, code = each.partition("=")
        if key not in terms or code not in [UNSURE, *(choice.code for choice in terms[key].choices)]:
            raise click.UsageError(NO_CHOICE.format(answer=each))
        answers[key] = code
    return answers


def _ask(asked: Interview, answers: dict[str, str], language: str) -> int:
    count = 0
    while (term := asked.standing(answers).question) is not None:
        answers[term.key] = _answer(term, language)
        count += 1
    return count


def _answer(term: Term, language: str) -> str:
    chinese, words = language == "zh", WORDS[language]
    click.echo(f"\n{term.zh if chinese else term.en}")
    hint = term.hint_zh if chinese else term.hint_en
    if hint:
        click.echo(f"  {hint}")
    for number, choice in enumerate(term.choices, 1):
        click.echo(f"  {number}  {choice.zh if chinese else choice.en}")
    click.echo(f"  0  {words['unsure']}")
    number = click.prompt(words["choose"], type=click.IntRange(0, len(term.choices)))
    return UNSURE if number == 0 else term.choices[number - 1].code


def _tell(module: ModuleType, region: Region, asked: Interview, answers: dict[str, str], language: str) -> None:
    told = module.answer(region=region, asked=asked, standing=asked.standing(answers))
    at, words = int(language == "en"), WORDS[language]
    outcomes = asked.table.vocabulary.enums["outcome"].labels
    click.echo("")
    click.echo(words["open"] if told.outcome == module.OPEN else outcomes[told.outcome][at])
    for each in told.possible:
        click.echo(f"  {each.rule}  {each.label[at]} → {outcomes[each.outcome][at]}")
        for name, value in each.terms:
            click.echo(f"      {name[at]}: {value[at]}")
        if each.why[at]:
            click.echo(f"      {each.why[at]} {each.next[at]}")
    for each in told.remarks:
        click.echo(f"  {each[at]}")
    if told.materials:
        click.echo(f"{words['bring']}: " + ", ".join(label[at] for _, label in told.materials))
    if told.sources:
        click.echo(f"{words['sources']}: " + ", ".join(source.number or source.title for source in told.sources))
    if told.low_confidence:
        click.echo(words["weak"])
