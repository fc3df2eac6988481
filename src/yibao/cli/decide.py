"""`yibao decide`: the decision of one or more case files."""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from yibao.kernel.errors import InputInvalid, InputProblem

_WORDS = {
    "zh": {
        "decision": "决定", "amount": "金额", "lines": "缴费", "steps": "步骤", "refusals": "说明", "next": "下一步",
        "materials": "材料", "missing": "缺", "present": "有", "approval": "审批", "earliest": "最早申请日",
        "latest": "最迟申请日", "sources": "依据", "low": "依据仅为网络资料，须人工确认", "months": "个月",
        "paid": "应退部分", "offset": "抵扣", "refund": "退", "to": "付给", "person": "本人", "heir": "继承人或受益人",
        "unit": "单位", "unemployment_fund": "失业保险基金", "finance": "财政", "account": "个人账户", "yuan": "元",
        "open": "由人工核定", "trace": "逐条核对", "version": "规则版本", "others": "其他可能适用的规定",
        "keep": "保留的参保关系", "then": "退费后", "pay_again": "重新缴费", "no_cover": "当年不再享受待遇",
        "colon": "：", "grade": "可信度",
    },
    "en": {
        "decision": "decision", "amount": "amount", "lines": "payments", "steps": "steps", "refusals": "reasons",
        "next": "next", "materials": "papers", "missing": "missing", "present": "there", "approval": "approval",
        "earliest": "earliest day", "latest": "latest day", "sources": "sources",
        "low": "rests on hints only, a person must confirm", "months": "months", "paid": "part to refund",
        "offset": "set off", "refund": "refund", "to": "to", "person": "the person", "heir": "the heir or beneficiary",
        "unit": "the unit", "unemployment_fund": "the unemployment fund", "finance": "finance",
        "account": "the personal account", "yuan": "yuan", "open": "a person decides", "trace": "rules looked at",
        "version": "version of the rules", "others": "other rules that may apply", "keep": "enrolment kept",
        "then": "afterwards", "pay_again": "pay again", "no_cover": "no cover for the rest of the year",
        "colon": ": ", "grade": "grade",
    },
}  # fmt: skip


@click.command()
@click.argument("cases", nargs=-1, required=True, metavar="CASE.json …")
@click.option("--json", "as_json", is_flag=True, help="每个文件一行 JSON。 One line of JSON per file.")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True, help="语言。 Language.")
@click.option("--trace", is_flag=True, help="列出逐条核对的规则。 Show every rule that was looked at.")
def command(cases: tuple[str, ...], as_json: bool, lang: str, trace: bool) -> None:
    """对案件文件作出决定；“-”读标准输入。 Decide case files; `-` reads standard input.

    退出码 0：已决定；1：规则包有误；2：输入有误。 Exit code 0: decided, 1: a pack is wrong, 2: the input is wrong.
    """
    from yibao import services
    from yibao.policy import PackErrors

    wrong = False
    for name in cases:
        try:
            decision = services.decide(_read(name))
        except PackErrors as error:
            click.echo(str(error), err=True)
            sys.exit(1)
        except InputInvalid as error:
            wrong = True
            _tell(name=name, error=error, lang=lang, as_json=as_json)
            continue
        answer = decision.json()
        if as_json:
            click.echo(json.dumps(answer, ensure_ascii=False))
        elif len(cases) > 1:
            click.echo(f"{name}{_WORDS[lang]['colon']}{_headline(answer, lang)}")
        else:
            lines = decision.trace_lines(lang) if trace else []
            click.echo("\n".join(_page(answer, lang, lines)))
    if wrong:
        sys.exit(2)


def _read(name: str) -> Mapping[str, Any]:
    from yibao.policy.casefile.reading import read_json

    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise _unreadable(f"读不到文件：{error.strerror}，请核对路径。", f"cannot read it: {error.strerror}") from None
    except UnicodeDecodeError:
        raise _unreadable("文件不是 UTF-8 编码，请另存为 UTF-8。", "the file is not UTF-8: save it as UTF-8") from None
    return read_json(text)


def _unreadable(zh: str, en: str) -> InputInvalid:
    return InputInvalid([InputProblem("(file)", zh, en)])


def _tell(*, name: str, error: InputInvalid, lang: str, as_json: bool) -> None:
    problems = [{"where": each.where, "zh": each.zh, "en": each.en} for each in error.problems]
    if as_json:
        click.echo(json.dumps({"error": "input", "file": name, "problems": problems}, ensure_ascii=False))
    other = "en" if lang == "zh" else "zh"
    for each in problems:
        click.echo(f"{name}: {each['where']}: {each[lang]}\n    {each[other]}", err=True)


def _headline(answer: Mapping[str, Any], lang: str) -> str:
    from yibao import services

    words = _WORDS[lang]
    outcomes = services.named(answer["service"]).text(lang).get("outcomes", {})
    outcome = outcomes.get(answer["decision"], answer["decision"])
    if answer.get("amount") is None:
        return f"{outcome}（{answer['decision']}）"
    return f"{outcome}（{answer['decision']}） {answer['amount']} {words['yuan']}"


def _page(answer: Mapping[str, Any], lang: str, trace: list[str]) -> Iterator[str]:
    words = _WORDS[lang]
    english = "_en" if lang == "en" else ""
    yield f"{words['decision']}{words['colon']}{_headline(answer, lang)}"
    yield from _facts(answer, lang)
    yield from _refusals(answer, lang)
    for title, rows in (
        (words["lines"], [_line(line, lang) for line in answer.get("lines", ())]),
        (words["steps"], [_step(step, english, words["colon"]) for step in answer.get("steps", ())]),
        (words["materials"], [_paper(paper, lang, english) for paper in answer.get("materials", ())]),
        (words["approval"], [_level(level, english) for level in answer.get("approval", ())]),
        (words["others"], [f"{each['rule']} {each['label' + english]}" for each in answer.get("others", ())]),
        (words["sources"], [_source(each, words) for each in answer.get("sources", ())]),
        (words["trace"], trace),
    ):
        if rows:
            yield ""
            yield f"{title}"
            yield from (f"  {row}" for row in rows)
    yield ""
    yield f"{words['version']}{words['colon']}{answer['pack']['region']} {answer['pack']['version']}"


def _facts(answer: Mapping[str, Any], lang: str) -> Iterator[str]:
    words = _WORDS[lang]
    if answer.get("low_confidence"):
        yield f"! {words['low']}"
    for name in ("earliest", "latest", "keep"):
        if answer.get(name):
            yield f"{words[name]}{words['colon']}{answer[name]}"
    if answer.get("then"):
        yield f"{words['then']}{words['colon']}{words.get(answer['then'], answer['then'])}"


def _refusals(answer: Mapping[str, Any], lang: str) -> Iterator[str]:
    words = _WORDS[lang]
    for each in answer.get("refusals", ()):
        yield f"- {each[lang]}（{each['code']}）"
        yield f"  {words['next']}{words['colon']}{each['next_' + lang]}"


def _line(line: Mapping[str, Any], lang: str) -> str:
    words = _WORDS[lang]
    shown = f"{line['payment']}  {line['months']} {words['months']}  {words['paid']} {line['paid']}"
    shown += f"  {words['offset']} {line['offset']}  {words['refund']} {line['refund']}"
    for part in line["parts"]:
        receiver = words.get(part["receiver"], part["receiver"])
        shown += f"  {words['to']} {receiver} {part['amount']}"
    if line["earliest"]:
        shown += f"  {words['earliest']} {line['earliest']}"
    return f"{shown}  [{', '.join(line['rules'])}]"


def _step(step: Mapping[str, str], english: str, colon: str) -> str:
    return f"{step['label' + english]}{colon}{step['value' + english]}\n      {step['source' + english]}"


def _paper(paper: Mapping[str, Any], lang: str, english: str) -> str:
    words = _WORDS[lang]
    return f"[{words['present'] if paper['satisfied'] else words['missing']}] {paper['label' + english]}"


def _level(level: Mapping[str, Any], english: str) -> str:
    return f"{level['level']}. {' + '.join(level['labels' + english])}"


def _source(each: Mapping[str, Any], words: Mapping[str, str]) -> str:
    shown = each["number"] or f"《{each['title']}》"
    return f"{each['id']}  {shown}  {words['grade']} {each['grade']}"
